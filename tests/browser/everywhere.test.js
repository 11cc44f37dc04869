// What holds on every page: axe-core finds nothing, nothing scrolls sideways, the keyboard is enough, pages are small.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { ACME, DESK, PASSWORD, PHONE, check, close, fresh, picture, post } from "./support.js";

after(close);

const STRANGERS = ["/", "/about", "/privacy-policy", "/auth/sign_in", "/auth/sign_up", "/auth/reset", "/@ada", "/tags/rust"];
const PEOPLE = [
    "/", "/compose", "/notifications", "/search", "/search?q=rust", "/conversations", "/groups", "/groups/new", "/lists", "/bookmarks", "/favourites",
    "/follow_requests", "/discover", "/topics", "/tags/rust", "/apps", "/@ada", "/@ada/replies", "/@ada/media", "/@dora", "/welcome", "/welcome/people",
    "/welcome/groups", "/settings", "/settings/profile", "/settings/appearance", "/settings/posting", "/settings/filters", "/settings/filters/new",
    "/settings/data", "/settings/account", "/settings/security", "/settings/sessions", "/settings/email", "/settings/invitations",
];
/** Which of them are kept as pictures. */
const PICTURES = { "/": "home", "/@dora": "profile", "/settings/profile": "settings", "/discover": "discover", "/auth/sign_in": "sign-in" };

async function walk(page, paths, how) {
    for (const path of paths) {
        const answer = await page.goto(path);
        assert.equal(answer.status(), 200, path);
        const size = (await answer.body()).length;
        assert.ok(size < 100_000, `${path} has ${size} bytes`);
        await check(page, `${path} ${how}`);
        if (PICTURES[path]) await picture(page, `${PICTURES[path]}-${how}`);
    }
}

describe("every page", () => {
    for (const [how, options] of [
        ["desk-light", { viewport: DESK, colorScheme: "light" }],
        ["phone-dark", { viewport: PHONE, colorScheme: "dark" }],
    ]) {
        test(`is in order for strangers, ${how}`, async () => walk(await ACME.stranger(options), STRANGERS, `stranger-${how}`));
        test(`is in order for people, ${how}`, async () => walk(await ACME.person("ada", options), PEOPLE, how));
    }

    test("cannot be framed, and sends forms nowhere else", async () => {
        const page = await ACME.stranger();
        for (const path of STRANGERS) {
            const headers = (await page.goto(path)).headers();
            assert.match(headers["content-security-policy"], /frame-ancestors 'none'/, path);
            assert.match(headers["content-security-policy"], /form-action 'self'/, path);
            assert.doesNotMatch(headers["content-security-policy"], /unsafe-/, path);
        }
    });
});

test("a post is written and answered by keyboard alone", async () => {
    const page = await ACME.stranger();
    const press = async (key, times = 1) => {
        for (let time = 0; time < times; time += 1) await page.keyboard.press(key);
    };
    /** Goes on until the focus is where it should be; it must always be seen. */
    const reach = async (selector) => {
        for (let steps = 0; steps < 200; steps += 1) {
            await press("Tab");
            const [there, seen] = await page.evaluate((wanted) => {
                const at = document.activeElement;
                const style = getComputedStyle(at);
                return [at.matches(wanted), at === document.body || style.outlineStyle !== "none" || style.boxShadow !== "none"];
            }, selector);
            assert.ok(seen, `the focus is not seen on the way to ${selector}`);
            if (there) return;
        }
        throw new Error(`the keyboard does not reach ${selector}`);
    };
    await page.goto("/auth/sign_in");
    // The field has the focus already.
    await page.keyboard.type("ada@acme.example");
    await reach("#password");
    await page.keyboard.type(PASSWORD);
    await press("Enter");
    await page.locator("nav.side").waitFor();
    await press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await press("Enter");
    const words = fresh("Written with the keyboard");
    await reach("textarea[name=text]");
    await page.keyboard.type(words);
    await reach("button[value=send]");
    await press("Enter");
    await post(page, words).waitFor();
    await page.goto("/@ada");
    await reach(".acts a");
    await press("Enter");
    await page.locator("#text").waitFor();
    await reach("#text");
    await page.keyboard.type(fresh("An answer by keyboard"));
    await reach("button[value=send]");
    await press("Enter");
    await page.getByText("An answer by keyboard").first().waitFor();
});

test("what is written survives a reload until it is sent", async () => {
    const page = await ACME.person("carl");
    const words = fresh("A draft");
    await page.goto("/compose");
    await page.locator("#text").fill(words);
    await page.reload();
    assert.equal(await page.locator("#text").inputValue(), words);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.goto("/compose");
    assert.equal(await page.locator("#text").inputValue(), "");
});
