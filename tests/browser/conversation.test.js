// Two people at two companies converse, each in a browser.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { ACME, GLOBEX, PICTURE, check, close, fresh, main, picture, post, until } from "./support.js";

after(close);

describe("two people at two companies", () => {
    let ada;
    let ben;

    before(async () => {
        [ada, ben] = await Promise.all([ACME.person("ada"), GLOBEX.person("ben")]);
        await ben.goto(`/search?q=${encodeURIComponent(ACME.handle("ada"))}`);
        const follow = main(ben).getByRole("button", { name: /^Follow/ });
        if ((await follow.count()) > 0) await follow.first().click();
        await ada.goto(`/search?q=${encodeURIComponent(GLOBEX.handle("ben"))}`);
        const back = main(ada).getByRole("button", { name: /^Follow/ });
        if ((await back.count()) > 0) await back.first().click();
        await until(ben, `/@ada@${ACME.domain}`, () => ben.getByText("You follow"), "the follow");
        await until(ada, `/@ben@${GLOBEX.domain}`, () => ada.getByText("You follow"), "the follow");
    });

    test("a question is asked, answered, and edited", async () => {
        const words = fresh("How do you cache cargo builds");
        await ada.goto("/");
        await ada.locator("textarea[name=text]").fill(`${words}?`);
        await ada.locator("select[name=kind]").selectOption("question");
        await ada.getByRole("button", { name: "Send", exact: true }).click();
        await until(ben, "/", () => post(ben, words), "the question");
        await check(ben);
        await picture(ben, "home-desk");
        await post(ben, words).getByRole("link", { name: "Reply" }).click();
        await check(ben);
        // Whom it answers is named already.
        await ben.locator("#text").press("Control+End");
        await ben.locator("#text").pressSequentially("With a shared target directory.");
        await ben.locator("#write").getByRole("button", { name: "Reply", exact: true }).click();
        await until(ada, "/notifications", () => ada.getByText("With a shared target directory."), "the answer");
        await check(ada);
        await picture(ada, "notifications-desk");
        await ada.goto("/@ada");
        await post(ada, words).locator("footer a").first().click();
        await ada.getByText("With a shared target directory.").first().waitFor();
        await check(ada);
        await picture(ada, "thread-desk");
        const own = post(ada, words);
        await own.getByText("More", { exact: true }).click();
        await own.getByRole("link", { name: "Edit", exact: true }).click();
        await ada.locator("#text").fill(`${words} on two machines?`);
        await ada.getByRole("button", { name: "Save", exact: true }).click();
        await until(ben, "/", () => post(ben, `${words} on two machines?`), "the edit");
    });

    test("a picture has words, and is seen at the other company", async () => {
        const words = fresh("Our build times");
        await ada.goto("/compose");
        await check(ada);
        await picture(ada, "write-desk");
        await ada.locator("#text").fill(words);
        await ada.locator("input[type=file]").first().setInputFiles(PICTURE);
        await ada.getByRole("button", { name: "Send", exact: true }).click();
        // It is asked for, once.
        await ada.locator("#undescribed-why").waitFor();
        await check(ada);
        assert.match(await ada.locator("#text").inputValue(), new RegExp(words));
        await ada.locator("input[name=media_alt], input[name=alt]").first().fill("A chart that falls");
        await ada.getByRole("button", { name: "Send", exact: true }).click();
        const seen = await until(ben, "/", () => post(ben, words).locator("img[alt='A chart that falls']"), "the picture");
        await seen.scrollIntoViewIfNeeded();
        await ben.waitForFunction((image) => image.complete && image.naturalWidth > 0, await seen.elementHandle());
    });

    test("a poll is answered from the other company", async () => {
        const words = fresh("Where shall we meet");
        await ada.goto("/compose");
        await ada.locator("#text").fill(words);
        await ada.getByText("Ask with a poll").click();
        await ada.locator("input[name=poll]").nth(0).fill("Online");
        await ada.locator("input[name=poll]").nth(1).fill("In town");
        await ada.getByRole("button", { name: "Send", exact: true }).click();
        await until(ben, "/", () => post(ben, words), "the poll");
        await post(ben, words).getByLabel("In town").check();
        await check(ben);
        await post(ben, words).getByRole("button", { name: "Vote" }).click();
        await until(ada, "/@ada", () => post(ada, words).getByText("100 %"), "the vote");
        await check(ada);
    });

    test("a message reaches only whom it names", async () => {
        const words = fresh("Between us");
        await ada.goto(`/@ben@${GLOBEX.domain}`);
        await check(ada);
        await picture(ada, "profile-desk");
        await ada.getByRole("link", { name: /Write to .* alone/ }).click();
        await ada.locator("#text").fill(`${GLOBEX.handle("ben")} ${words}`);
        await ada.getByRole("button", { name: "Send", exact: true }).click();
        await until(ben, "/conversations", () => post(ben, words), "the message");
        await check(ben);
        const eve = await GLOBEX.person("eve");
        await eve.goto("/");
        assert.equal(await eve.getByText(words).count(), 0);
    });

    test("new posts are announced above, and nothing moves", async () => {
        await ben.goto("/");
        const words = fresh("Something new");
        await ada.goto("/");
        await ada.locator("textarea[name=text]").fill(words);
        await ada.getByRole("button", { name: "Send", exact: true }).click();
        await ben.locator(".fresh a").waitFor({ timeout: 90_000 });
        assert.equal(await ben.getByText(words).count(), 0);
        await ben.locator(".fresh a").click();
        await post(ben, words).waitFor();
    });
});
