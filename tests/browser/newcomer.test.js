// The first five minutes, and what an invitation leads to.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { ACME, GLOBEX, PHONE, check, close, fresh, main, register } from "./support.js";

after(close);

/** The three steps, from the page on which they begin to home. */
async function firstSteps(page, zone) {
    await page.waitForURL("**/welcome");
    await check(page);
    if (zone) assert.equal(await page.locator("#time_zone").inputValue(), zone);
    await page.locator("#display_name").fill("Nia Newcomer");
    await page.locator("#note").fill("I look after the build, and learn Rust.");
    await page.locator("#learning").fill("rust");
    await page.locator("#helping").fill("builds");
    await page.getByRole("button", { name: /people/i }).click();
    await page.waitForURL("**/welcome/people");
    await check(page);
    await main(page).getByRole("button", { name: /Follow/ }).first().click();
    await page.waitForURL("**/welcome/people**");
    await page.getByRole("link", { name: /groups/i }).last().click();
    await page.waitForURL("**/welcome/groups");
    await check(page);
    await main(page).getByRole("button", { name: /Join/ }).first().click();
    await main(page).locator(".actions a.button").last().click();
    await page.waitForURL(`${ACME.url}/`);
}

describe("somebody new", () => {
    for (const [how, options] of [
        ["with JavaScript", { timezoneId: "Asia/Tokyo" }],
        ["without JavaScript", { javaScriptEnabled: false }],
        ["on a phone, in the dark", { viewport: PHONE, colorScheme: "dark" }],
    ]) {
        test(`registers, takes the first three steps, and writes (${how})`, async () => {
            const page = await ACME.stranger(options);
            await page.goto("/");
            await check(page);
            await page.getByRole("link", { name: "Create an account" }).first().click();
            const name = fresh("nia");
            await register(page, name);
            await firstSteps(page, options.timezoneId);
            await check(page);
            await page.locator("textarea[name=text]").fill(`Hello from ${name}`);
            await page.getByRole("button", { name: "Send", exact: true }).click();
            await main(page).getByText(`Hello from ${name}`).first().waitFor();
            await page.goto(`/@${name}`);
            assert.equal(await page.locator("article.post").count(), 1);
        });
    }

    test("is told at each field what is wrong, and what was typed stays", async () => {
        const page = await ACME.stranger();
        await page.goto("/auth/sign_up");
        await page.locator("#username").fill("not a name");
        await page.locator("#email").fill("nia@people.example");
        await page.locator("#password").fill("short");
        await page.getByRole("button", { name: "Create an account" }).click();
        await page.locator("#username-why").waitFor();
        await page.locator("#password-why").waitFor();
        await page.locator("#agreement-why").waitFor();
        assert.equal(await page.locator("#email").inputValue(), "nia@people.example");
        await check(page);
    });

    for (const [how, options] of [["with JavaScript", {}], ["without JavaScript", { javaScriptEnabled: false }]]) test(`comes by an invitation, and is tied to whoever vouches (${how})`, async () => {
        const ada = await ACME.person("ada", options);
        await ada.goto("/settings/invitations");
        await check(ada);
        const where = fresh("We met at the build meetup");
        await ada.locator("#note").fill(where);
        await ada.getByRole("button", { name: "Make an invitation" }).click();
        const link = (await ada.locator("code.copy").first().innerText()).trim();
        await check(ada);
        const page = await ACME.stranger(options);
        await page.goto(link);
        await page.getByText(where).waitFor();
        await check(page);
        const name = fresh("ivo");
        await register(page, name);
        await page.waitForURL("**/welcome");
        await page.goto("/@ada");
        await page.getByText("You follow").first().waitFor();
        await ada.goto(`/@${name}`);
        await ada.getByText("follows you").first().waitFor();
    });

    test("finds somebody elsewhere by their address", async () => {
        const page = await ACME.newcomer("fay");
        await page.goto("/welcome/people");
        await page.locator("#q").fill(GLOBEX.handle("ben"));
        await page.locator("main form[role=search] button").click();
        await main(page).getByRole("button", { name: /Follow/ }).first().waitFor();
        await check(page);
    });
});
