// People find what others wrote, pages that posts link to, and those whom they could follow.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, test } from "node:test";

import { ACME, fresh, ids, refused, until } from "./support.js";

/** A page of somebody else's, while `journey` lasts. */
async function page(title, journey) {
    const html = `<!DOCTYPE html><html lang="en"><head><title>${title}</title><meta name="description" content="A guide."></head></html>`;
    const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(html));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
        await journey(`http://127.0.0.1:${server.address().port}/${fresh("page")}`);
    } finally {
        server.close().closeAllConnections();
    }
}

/** Somebody who can be found, and who wrote. */
async function author(word) {
    const person = await ACME.newcomer(word);
    await person.masto.v1.accounts.updateCredentials({ discoverable: true, indexable: true });
    return person;
}

describe("finding, with masto.js", async () => {
    const [ada, carl] = await Promise.all([ACME.person("ada"), ACME.person("carl")]);

    test("posts are found by their words", async () => {
        const [bea, word] = [await author("bea"), fresh("xylophone")];
        const [first, second] = [await bea.post(`A ${word} in the library`, { language: "en" }), await bea.post(`Another ${word}`)];
        const { search } = carl.masto.v2;
        const found = async (q, more = {}) => ids((await search.list({ q, type: "statuses", ...more })).statuses);
        assert.deepEqual(await found(word), [second.id, first.id]);
        assert.deepEqual(await found(`${word} libraries`), [first.id]);
        assert.deepEqual(await found(word, { limit: 1, offset: 1 }), [first.id]);
        assert.deepEqual(await found(word, { accountId: bea.id, maxId: second.id }), [first.id]);
        assert.deepEqual(await found(`from:${bea.name} ${word}`), [second.id, first.id]);
        assert.deepEqual(await found(word, { accountId: ada.id }), []);
    });

    test("a page that a post links to says what it is, and leads to the post", async () => {
        await page("How to sharpen", async (url) => {
            const post = await ada.post(`Read this: ${url}`);
            const select = carl.masto.v1.statuses.$select(post.id);
            const card = await until(async () => (await select.fetch()).card, "the post has a card");
            assert.deepEqual([card.url, card.title, card.description, card.type], [url, "How to sharpen", "A guide.", "link"]);
            assert.deepEqual(ids(await carl.masto.v1.timelines.link.list({ url })), [post.id]);
        });
    });

    test("those whom one could follow are suggested, until one does not want them", async () => {
        const [cal, dee, eva] = await Promise.all(["cal", "dee", "eva"].map((word) => author(word)));
        const tag = fresh("wood");
        await cal.masto.v1.tags.$select(tag).follow();
        // What they wrote is public; what they follow would tell nobody anything.
        for (const person of [dee, eva]) for (const what of ["Oak", "Elm"]) await person.post(`${what}, for #${tag}`);
        const suggested = async () => (await cal.masto.v2.suggestions.list()).map((one) => one.account.id);
        assert.deepEqual(new Set(await suggested()), new Set([dee.id, eva.id]));
        const [{ source, sources }] = await cal.masto.v2.suggestions.list({ limit: 1 });
        assert.ok(source && sources.length > 0);
        assert.equal((await cal.masto.v1.suggestions.list()).length, 2);
        await cal.masto.v1.suggestions.$select(dee.id).remove();
        assert.deepEqual(await suggested(), [eva.id]);
    });

    test("the directory lists those who want to be found", async () => {
        const fin = await author("fin");
        const shown = async (more) => ids(await ACME.masto().v1.directory.list({ local: true, limit: 80, ...more }));
        assert.ok((await shown({ order: "new" })).includes(fin.id));
        await fin.post("Here I am");
        assert.ok((await shown({ order: "active" })).includes(fin.id));
        await fin.masto.v1.accounts.updateCredentials({ discoverable: false });
        assert.ok(!(await shown({ order: "new" })).includes(fin.id));
    });

    test("an instance says what it does, and what it does not", async () => {
        const stranger = ACME.masto();
        const languages = await stranger.v1.instance.languages.list();
        assert.ok(languages.some((one) => one.code === "de" && one.name === "German"));
        assert.deepEqual(await stranger.v1.instance.translationLanguages.list(), {});
        const reports = carl.masto.v1.annualReports;
        assert.deepEqual((await reports.list()).annualReports, []);
        assert.equal((await reports.$select("2026").state.fetch()).state, "ineligible");
        const post = await ada.post("Bonjour", { language: "fr" });
        assert.equal((await refused(carl.masto.v1.statuses.$select(post.id).translate({ lang: "en" }))).status, 404);
        assert.equal((await refused(carl.masto.v1.emails.confirmations.create())).status, 403);
    });
});

describe("finding, with megalodon", async () => {
    const carl = await ACME.person("carl");

    test("posts and people are found", async () => {
        const [gil, word] = [await author("gil"), fresh("zither")];
        const post = await gil.post(`My ${word}`);
        const { data: found } = await carl.megalodon.search(word, { type: "statuses", limit: 5 });
        assert.deepEqual(ids(found.statuses), [post.id]);
        const { data: directory } = await carl.megalodon.getInstanceDirectory({ order: "new", local: true, limit: 80 });
        assert.ok(ids(directory).includes(gil.id));
    });

    test("those whom one could follow are suggested", async () => {
        const [hugo, ines] = await Promise.all(["hugo", "ines"].map((word) => author(word)));
        const tag = fresh("brick");
        await hugo.megalodon.followTag(tag);
        for (const what of ["Clay", "Lime"]) await ines.post(`${what}, for #${tag}`);
        assert.deepEqual(ids((await hugo.megalodon.getSuggestions(5)).data), [ines.id]);
    });
});
