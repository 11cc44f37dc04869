// Kindnesses of the script: new posts wait above and move nothing, what is being written is kept.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { ACME, check, close, fresh, post } from "./support.js";

after(close);

test("new posts are announced above, and nothing that is read moves", async () => {
    const [carl, ada] = [await ACME.person("carl"), await ACME.person("ada")];
    await carl.clock.install();
    await carl.goto("/");
    // In the middle of a text, as one reads.
    const read = carl.locator("article.post").nth(3);
    await read.evaluate((at) => at.scrollIntoView({ block: "start", behavior: "instant" }));
    const place = () => read.evaluate((at) => [at.id, Math.round(at.getBoundingClientRect().top), Math.round(scrollY)]);
    const before = await place();
    assert.ok(before[2] > 0, "there is something to scroll");
    const words = fresh("Something new");
    await ada.goto("/");
    await ada.locator("textarea[name=text]").fill(words);
    await ada.getByRole("button", { name: "Send", exact: true }).click();
    await post(ada, words).waitFor();
    await carl.clock.runFor(61_000);
    const line = carl.locator(".fresh a");
    await line.waitFor();
    assert.deepEqual(await place(), before);
    assert.equal(await carl.getByText(words).count(), 0);
    const { top, bottom } = await line.evaluate((at) => at.getBoundingClientRect().toJSON());
    assert.ok(top >= 0 && bottom < 200, `it is seen where one reads: from ${top} to ${bottom}`);
    // Over the page, as it is, it may lie on a link; that moves with the page, and the line is gone when it was followed.
    await check(carl, "home with news", ["color-contrast", "link-name"]);
    await line.click();
    await post(carl, words).waitFor();
    assert.equal(await carl.evaluate(() => scrollY), 0);
});

test("what is written survives a reload until it is sent", async () => {
    const page = await ACME.person("carl");
    const words = fresh("A draft");
    await page.goto("/compose");
    await page.locator("#text").fill(words);
    await page.reload();
    assert.equal(await page.locator("#text").inputValue(), words);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await post(page, words).waitFor();
    await page.goto("/compose");
    assert.equal(await page.locator("#text").inputValue(), "");
});

test("a message that was begun is not found again where it would go to everyone", async () => {
    const page = await ACME.person("carl");
    const words = fresh("Between us");
    await page.goto(`/@ada`);
    await page.getByRole("link", { name: /Write to .* alone/ }).click();
    const begun = await page.locator("#text").inputValue();
    assert.match(begun, /^@ada/);
    await page.locator("#text").fill(`${begun}${words}`);
    for (const path of ["/", "/compose", "/compose?audience=direct", "/compose?to=ben&audience=direct", "/compose?text=Look"]) {
        await page.goto(path);
        assert.doesNotMatch(await page.locator("#text").inputValue(), new RegExp(words), path);
    }
    assert.equal(await page.locator("#text").inputValue(), "Look");
    await page.goto("/@ada");
    await page.getByRole("link", { name: /Write to .* alone/ }).click();
    assert.equal(await page.locator("#text").inputValue(), `${begun}${words}`);
    assert.equal(await page.locator("input[name=audience]:checked").inputValue(), "direct");
    // Whoever takes the name away writes to somebody else: the page still says to whom it goes.
    await page.locator("#text").fill(words);
    await page.reload();
    assert.equal(await page.locator("#text").inputValue(), begun);
});

test("what is written comes back as it was meant, on home too", async () => {
    const page = await ACME.person("carl");
    const words = fresh("For my followers");
    await page.goto("/compose");
    await page.locator("#text").fill(words);
    await page.locator("#warning").fill("A warning");
    await page.locator("#kind").selectOption("lesson");
    await page.locator("input[name=audience][value=private]").check();
    await page.goto("/");
    assert.equal(await page.locator("#text").inputValue(), words);
    assert.equal(await page.locator("select[name=audience]").inputValue(), "private");
    assert.equal(await page.locator("select[name=kind]").inputValue(), "lesson");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const sent = page.locator("article.post", { hasText: "A warning" }).first();
    await sent.waitFor();
    assert.match(await sent.innerText(), /[Ff]ollowers/);
    await page.goto("/");
    assert.equal(await page.locator("#text").inputValue(), "");
});

test("what could not be sent is there until it was", async () => {
    const page = await ACME.person("carl");
    const words = fresh("Not lost");
    await page.goto("/compose");
    await page.locator("#text").fill(words);
    await page.route("**/compose", (route) => (route.request().method() === "POST" ? route.fulfill({ status: 502, contentType: "text/plain", body: "No" }) : route.continue()));
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("No", { exact: true }).waitFor();
    await page.unroute("**/compose");
    page.wrong.length = 0;
    // Another page in between says nothing of it.
    await page.goto("/notifications");
    await page.goto("/compose");
    assert.equal(await page.locator("#text").inputValue(), words);
    // Whoever is signed out meanwhile finds it again after signing in.
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.locator("#login").waitFor();
    assert.equal(await page.locator("#written").inputValue(), words);
    await check(page);
    await page.context().addCookies(cookies);
    await page.goto("/compose");
    assert.equal(await page.locator("#text").inputValue(), words);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await post(page, words).waitFor();
    await page.goto("/compose");
    assert.equal(await page.locator("#text").inputValue(), "");
});
