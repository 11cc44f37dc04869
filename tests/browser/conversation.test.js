// Two people at two companies converse, each in a browser; once more without JavaScript.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { ACME, GLOBEX, PICTURE, check, checkLooks, close, fresh, main, post, until } from "./support.js";

after(close);

/** Has each follow the other, by the address that they were told. */
async function meet(ada, ben) {
    for (const [page, other] of [[ben, ACME.handle("ada")], [ada, GLOBEX.handle("ben")]]) {
        await page.goto(`/search?q=${encodeURIComponent(other)}`);
        const follow = main(page).getByRole("button", { name: /^Follow/ });
        if ((await follow.count()) > 0) await follow.first().click();
        await until(page, `/${other}`, () => page.getByText("You follow"), "the follow");
    }
}

for (const [how, options] of [["with JavaScript", {}], ["without JavaScript", { javaScriptEnabled: false }]]) {
    describe(`two people at two companies, ${how}`, () => {
        let ada;
        let ben;

        before(async () => {
            [ada, ben] = await Promise.all([ACME.person("ada", options), GLOBEX.person("ben", options)]);
            await meet(ada, ben);
        });

        test("a question is asked, answered, and edited", async () => {
            const words = fresh("How do you cache cargo builds");
            const answer = fresh("With a shared target directory");
            await ada.goto("/");
            await ada.locator("textarea[name=text]").fill(`${words}?`);
            await ada.locator("select[name=kind]").selectOption("question");
            await ada.getByRole("button", { name: "Send", exact: true }).click();
            await until(ben, "/", () => post(ben, words), "the question");
            await check(ben);
            await post(ben, words).getByRole("link", { name: "Reply" }).click();
            await ben.locator("#text").waitFor();
            await check(ben);
            // Whom it answers is named already.
            await ben.locator("#text").press("Control+End");
            await ben.locator("#text").pressSequentially(answer);
            await ben.locator("#write").getByRole("button", { name: "Reply", exact: true }).click();
            await until(ada, "/notifications", () => ada.getByText(answer), "the answer");
            await check(ada);
            await ada.goto("/@ada");
            await post(ada, words).locator("footer a").first().click();
            await ada.getByText(answer).first().waitFor();
            await check(ada);
            const own = post(ada, words);
            await own.getByText("More", { exact: true }).click();
            await own.getByRole("link", { name: "Edit", exact: true }).click();
            await ada.locator("#text").fill(`${words} on two machines?`);
            await ada.getByRole("button", { name: "Save", exact: true }).click();
            await until(ben, "/", () => post(ben, `${words} on two machines?`), "the edit");
            // What it was before can be read.
            await post(ben, words).locator("footer a", { hasText: "edited" }).click();
            await ben.getByText("As it was first written").waitFor();
            assert.equal(await main(ben).getByText(`${words}?`, { exact: true }).count(), 1);
            await check(ben);
            await main(ben).getByRole("link", { name: "Back to the post" }).click();
            await post(ben, `${words} on two machines?`).waitFor();
        });

        test("a link says where it leads", async () => {
            const words = fresh("Worth a visit");
            await ada.goto("/");
            await ada.locator("textarea[name=text]").fill(`${words}: ${GLOBEX.url}/`);
            await ada.getByRole("button", { name: "Send", exact: true }).click();
            const card = await until(ada, "/@ada", () => post(ada, words).locator(".linked"), "the card");
            assert.equal(await card.getByRole("link").first().getAttribute("href"), `${GLOBEX.url}/`);
            assert.match(await card.innerText(), new RegExp(GLOBEX.domain.split(":")[0]));
            await checkLooks(ada, "a profile with a card");
        });

        test("who may quote a post is said where it is written", async () => {
            const words = fresh("Not for quoting");
            await ada.goto("/compose");
            await ada.locator("#text").fill(words);
            const quotes = ada.getByLabel("Who may quote it");
            await ada.getByLabel("Your followers", { exact: true }).check();
            assert.equal(await quotes.isVisible(), false, "what is for followers is not quoted");
            await ada.getByLabel("Everyone", { exact: true }).check();
            await quotes.selectOption("nobody");
            await check(ada);
            await ada.getByRole("button", { name: "Send", exact: true }).click();
            await until(ben, "/", () => post(ben, words), "the post");
            await post(ben, words).getByText("More", { exact: true }).click();
            assert.equal(await post(ben, words).getByRole("link", { name: "Quote" }).count(), 0);
        });

        test("a picture has words, and is seen at the other company", async () => {
            const words = fresh("Our build times");
            const said = fresh("A chart that falls");
            await ada.goto("/compose");
            await ada.locator("#text").fill(words);
            await ada.locator("input[type=file]").first().setInputFiles(PICTURE);
            await ada.getByRole("button", { name: "Send", exact: true }).click();
            // It is asked for, once.
            await ada.locator("#undescribed-why").waitFor();
            await check(ada);
            assert.match(await ada.locator("#text").inputValue(), new RegExp(words));
            await ada.locator("input[name=media_alt], input[name=alt]").first().fill(said);
            await ada.getByRole("button", { name: "Send", exact: true }).click();
            const seen = await until(ben, "/", () => post(ben, words).locator(`img[alt='${said}']`), "the picture");
            const picture = await fetch(GLOBEX.local(await seen.getAttribute("src")));
            assert.equal(picture.status, 200);
            assert.match(picture.headers.get("content-type"), /^image\//);
            if (!ben.scripted) return;
            await seen.scrollIntoViewIfNeeded();
            assert.equal(await seen.evaluate((image) => image.decode().then(() => image.naturalWidth)), 16);
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
            await ada.getByRole("link", { name: /Write to .* alone/ }).click();
            await ada.locator("#text").fill(`${GLOBEX.handle("ben")} ${words}`);
            await ada.getByRole("button", { name: "Send", exact: true }).click();
            await until(ben, "/conversations", () => post(ben, words), "the message");
            await check(ben);
            const eve = await GLOBEX.person("eve", options);
            await eve.goto("/");
            assert.equal(await eve.getByText(words).count(), 0);
        });
    });
}
