// What holds on every page, for everyone who is shown it: axe-core finds nothing, nothing scrolls sideways, pages are small.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { VIEWERS, addresses, makeAll, open, unseen, walk } from "./pages.js";
import { ACME, check, checkLooks, close } from "./support.js";

after(close);

/** How large a page may be, without pictures and what is kept between pages. */
const MOST_BYTES = 100_000;

test("no page is forgotten here", () => {
    const { routes, missing, gone } = unseen();
    assert.ok(routes > 70, `only ${routes} routes were found`);
    assert.deepEqual(missing, [], "pages that tests/browser/pages.js does not know");
    assert.deepEqual(gone, [], "pages of tests/browser/pages.js that there are not");
});

describe("every page", () => {
    let made;
    before(async () => {
        made = await makeAll();
    });

    for (const viewer of VIEWERS) {
        test(`is in order as a ${viewer} sees it`, async () => {
            const page = await open(viewer);
            await walk(page, addresses(viewer, made), async (path, answer) => {
                const size = (await answer.body()).length;
                assert.ok(size < MOST_BYTES, `${path} has ${size} bytes`);
                await checkLooks(page, path);
            });
        });
    }

    test("that there is not, or that one may not see, says so in the same way", async () => {
        const page = await ACME.person("ada");
        for (const path of ["/nothing/here", "/@nobody", "/admin", "/lists/1"]) {
            assert.equal((await page.goto(path)).status(), 404, path);
            await check(page, path);
        }
    });

    test("cannot be framed, and sends forms nowhere else", async () => {
        const page = await ACME.stranger();
        await walk(page, addresses("stranger", made), async (path, answer) => {
            const policy = answer.headers()["content-security-policy"];
            assert.match(policy, /frame-ancestors 'none'/, path);
            assert.match(policy, /form-action 'self'/, path);
            assert.doesNotMatch(policy, /unsafe-/, path);
        });
    });
});
