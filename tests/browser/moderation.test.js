// Somebody is reported, and those who look after the server act.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { ACME, check, close, fresh, main, post } from "./support.js";

after(close);

for (const [how, options] of [["with JavaScript", {}], ["without JavaScript", { javaScriptEnabled: false }]]) test(`a post is reported, its author suspended, and all of it is in the audit log (${how})`, async () => {
    const [mal, ada] = await Promise.all([ACME.newcomer("mal", options), ACME.person("ada", options)]);
    const olga = await ACME.person("olga", options);
    const words = fresh("Buy cheap watches");
    await mal.goto("/");
    await mal.locator("textarea[name=text]").fill(words);
    await mal.getByRole("button", { name: "Send", exact: true }).click();
    await post(mal, words).waitFor();
    await ada.goto(`/@${mal.person}`);
    const seen = post(ada, words);
    await seen.getByText("More", { exact: true }).click();
    await seen.getByRole("link", { name: "Report" }).click();
    await check(ada);
    await ada.getByLabel(/It is spam/).check();
    await ada.locator("#comment").fill("Again and again");
    await ada.getByRole("button", { name: "Send the report" }).click();
    await ada.getByText("Your report is sent").waitFor();
    await check(ada);
    // Nobody else gets in there.
    assert.equal((await ada.goto("/admin/reports")).status(), 404);
    await olga.goto("/admin/reports");
    await check(olga);
    await main(olga).locator("a", { hasText: mal.person }).first().click();
    await olga.getByText("Again and again").waitFor();
    await olga.getByText(words).first().waitFor();
    await check(olga);
    await main(olga).locator(`a[href^="/admin/accounts/"]`).first().click();
    await check(olga);
    await olga.locator("textarea[name=text]").fill("Advertising");
    await olga.locator("button[value=suspend]").first().click();
    await mal.goto("/");
    assert.equal(await mal.locator("nav.side").count(), 0, "the session has ended");
    assert.equal((await ada.goto(`/@${mal.person}`)).status() >= 400, true);
    await olga.goto("/admin/audit");
    await main(olga).getByText(mal.person).first().waitFor();
    await check(olga);
});
