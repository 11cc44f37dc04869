// Somebody is reported, and those who look after the server act.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { ACME, check, close, fresh, main, picture, post } from "./support.js";

after(close);

test("a post is reported, its author suspended, and all of it is in the audit log", async () => {
    const [mal, ada] = await Promise.all([ACME.newcomer("mal"), ACME.person("ada")]);
    const olga = await ACME.person("olga");
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
    await picture(olga, "report-desk");
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

test("everything that those who run the server look at is in order", async () => {
    const olga = await ACME.person("olga");
    for (const path of ["", "/accounts", "/servers", "/rules", "/announcements", "/emoji", "/instance", "/queues", "/storage", "/audit"]) {
        const answer = await olga.goto(`/admin${path}`);
        assert.equal(answer.status(), 200, path);
        await check(olga, `/admin${path}`);
    }
    await olga.goto("/admin");
    await picture(olga, "administration-desk");
});
