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
