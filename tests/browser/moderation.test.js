// Somebody is reported, and those who look after the server act.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { ACME, check, checkLooks, close, fresh, main, post } from "./support.js";

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

for (const [how, options] of [["with JavaScript", {}], ["without JavaScript", { javaScriptEnabled: false }]]) test(`an announcement is read, and people react to it (${how})`, async () => {
    const [olga, ada, carl] = await Promise.all(["olga", "ada", "carl"].map((name) => ACME.person(name, options)));
    const words = fresh("We move on Friday");
    await olga.goto("/admin/announcements");
    await olga.locator("#text").fill(words);
    await main(olga).locator("form[action='/admin/announcements'] .actions button").click();
    const told = (page) => page.locator("section.told", { hasText: words });
    await ada.goto("/");
    await told(ada).getByText("React", { exact: true }).first().click();
    await told(ada).getByRole("button", { name: "🎉" }).click();
    await told(ada).locator("button[aria-pressed=true]").waitFor();
    await checkLooks(ada, "home with an announcement");
    await carl.goto("/");
    await told(carl).getByText("React", { exact: true }).first().click();
    await checkLooks(carl, "home with an announcement that somebody reacts to");
    await told(carl).getByLabel("Another emoji").fill("no emoji");
    await told(carl).getByLabel("Another emoji").press("Enter");
    await told(carl).locator(".why").waitFor();
    await check(carl);
    await told(carl).getByLabel("Another emoji").fill("❤️");
    await told(carl).getByLabel("Another emoji").press("Enter");
    await told(carl).locator("button[aria-pressed=true]").waitFor();
    await told(ada).getByRole("button", { name: "🎉" }).click();
    await ada.goto("/");
    assert.equal(await told(ada).locator("button[aria-pressed=true]").count(), 0);
    await told(ada).getByRole("button", { name: "I have read it" }).click();
    await ada.locator("nav.side").waitFor();
    assert.equal(await told(ada).count(), 0);
    // For the journeys after this one there is nothing to read.
    await olga.goto("/admin/announcements");
    const row = main(olga).locator("li", { hasText: words });
    await row.locator("summary").click();
    await row.locator("button").click();
    await olga.locator(".done").waitFor();
});
