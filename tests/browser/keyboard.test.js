// The keyboard is enough: one gets everywhere with Tab and Enter, and always sees where one is.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { ACME, DESK, PASSWORD, PHONE, close, fresh, post } from "./support.js";

after(close);

/** Where the focus is: whether it is that, is seen, and is not behind something else. */
function focus(wanted) {
    const at = document.activeElement;
    const style = getComputedStyle(at);
    const box = at.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, Math.min(box.top + box.height / 2, box.top + 12));
    return {
        there: at.matches(wanted),
        nowhere: at === document.body,
        seen: style.outlineStyle !== "none" || style.boxShadow !== "none",
        free: top !== null && (at.contains(top) || top.contains(at)),
        what: at.outerHTML.slice(0, 160),
    };
}

async function step(page, wanted) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(focus, wanted);
    if (!at.nowhere) {
        assert.ok(at.seen, `the focus is not seen on ${at.what}`);
        assert.ok(at.free, `the focus is behind something: ${at.what}`);
    }
    return at;
}

/** Goes on until the focus is where it should be. */
async function reach(page, wanted) {
    for (let steps = 0; steps < 300; steps += 1) if ((await step(page, wanted)).there) return;
    throw new Error(`the keyboard does not reach ${wanted}`);
}

describe("with the keyboard alone", () => {
    test("a post is written and answered", async () => {
        const page = await ACME.stranger();
        await page.goto("/auth/sign_in");
        // The field has the focus already.
        await page.keyboard.type("ada@acme.example");
        await reach(page, "#password");
        await page.keyboard.type(PASSWORD);
        await page.keyboard.press("Enter");
        await page.locator("nav.side").waitFor();
        await step(page, ".skip");
        assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop");
        await page.keyboard.press("Enter");
        // Past the navigation.
        const first = await step(page, "main *");
        assert.ok(first.there, `after the skip link comes ${first.what}`);
        const words = fresh("Written with the keyboard");
        if (!(await page.evaluate(() => document.activeElement.matches("textarea")))) await reach(page, "textarea[name=text]");
        await page.keyboard.type(words);
        await reach(page, "button[value=send]");
        await page.keyboard.press("Enter");
        await post(page, words).waitFor();
        await page.goto("/@ada");
        await reach(page, ".acts a");
        await page.keyboard.press("Enter");
        await page.waitForURL("**/compose?reply=*");
        await reach(page, "#text");
        await page.keyboard.type(fresh("An answer by keyboard"));
        await reach(page, "#write button[value=send]");
        await page.keyboard.press("Enter");
        await page.getByText("An answer by keyboard").first().waitFor();
    });

    for (const [how, viewport] of [["a desk", DESK], ["a phone", PHONE]]) {
        test(`one gets through every page and out again, on ${how}`, async () => {
            const page = await ACME.person("ada", { viewport });
            for (const path of ["/", "/compose", "/@dora", "/notifications", "/settings/profile"]) {
                await page.goto(path);
                await reach(page, ".skip");
                await reach(page, ".foot a");
                // Around the end, and not caught anywhere.
                await reach(page, ".skip");
            }
        });
    }

    test("the menu of a phone opens, and leads on", async () => {
        const page = await ACME.person("ada", { viewport: PHONE });
        await page.goto("/");
        const groups = page.locator(".side a[href='/groups']");
        assert.equal(await groups.isVisible(), false);
        await reach(page, ".side summary");
        await page.keyboard.press("Enter");
        await groups.waitFor();
        await reach(page, ".side a[href='/groups']");
        await page.keyboard.press("Enter");
        await page.waitForURL("**/groups");
    });
});
