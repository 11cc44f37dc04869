// What holds on every page as fewer people have it: without JavaScript, and in each language beside English.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { LANGUAGES, VIEWERS, addresses, makeAll, open, walk } from "./pages.js";
import { PHONE, check, close, main } from "./support.js";

after(close);

describe("every page", () => {
    let made;
    before(async () => {
        made = await makeAll();
    });

    for (const viewer of VIEWERS) {
        test(`is there without JavaScript as a ${viewer} sees it`, async () => {
            const page = await open(viewer, { javaScriptEnabled: false });
            await walk(page, addresses(viewer, made), async (path) => {
                assert.ok((await main(page).innerText()).trim() !== "", `${path} is empty`);
            });
        });

        for (const language of LANGUAGES.filter((one) => one !== "en")) {
            test(`is in order as a ${viewer} reads it in ${language}`, async () => {
                const page = await open(viewer, { locale: language, viewport: PHONE });
                await walk(page, addresses(viewer, made), async (path) => {
                    assert.equal(await page.locator("html").getAttribute("lang"), language, path);
                    await check(page, `${path} in ${language}`);
                });
            });
        }
    }
});
