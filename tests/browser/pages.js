// Every page that there is: its route as src/web has it, who is shown it, and an address of it. A page that is missing here fails a test.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { ACME, GLOBEX, fresh, main, post } from "./support.js";

const STRANGER = "stranger";
const PERSON = "person";
const STAFF = "staff";

export const VIEWERS = [STRANGER, PERSON, STAFF];

/** [route, who is shown it, address]; in an address `{…}` stands for what `make` has made. */
const PAGES = [
    ["/", [STRANGER, PERSON], "/"],
    ["/about", [STRANGER, PERSON], "/about"],
    ["/privacy-policy", [STRANGER], "/privacy-policy"],
    ["/auth/sign_in", [STRANGER], "/auth/sign_in"],
    ["/auth/sign_up", [STRANGER], "/auth/sign_up"],
    ["/auth/reset", [STRANGER], "/auth/reset"],
    ["/auth/reset/{token}", [STRANGER], "{reset}"],
    ["/invite/{token}", [STRANGER], "{invitation}"],
    ["/oauth/authorize", [STRANGER, PERSON], "{authorize}"],
    ["/@{name}", [STRANGER, PERSON], "/@ada"],
    ["/@{name}", [STRANGER, PERSON], "/@rust-guild"],
    ["/@{name}", [PERSON], "/@dora"],
    ["/@{name}", [PERSON], "{ben}"],
    ["/@{name}/{tab:replies|media|about|members}", [STRANGER, PERSON], "/@ada/replies"],
    ["/@{name}/{tab:replies|media|about|members}", [PERSON], "/@ada/media"],
    ["/@{name}/{tab:replies|media|about|members}", [PERSON], "/@rust-guild/about"],
    ["/@{name}/{tab:replies|media|about|members}", [STRANGER, PERSON], "/@rust-guild/members"],
    ["/@{name}/report", [PERSON], "/@dora/report"],
    ["/@{name}/collections/{id}", [STRANGER, PERSON], "{collection}"],
    ["/@{name}/{id}", [STRANGER, PERSON], "{post}"],
    ["/@{name}/{id}/history", [STRANGER, PERSON], "{post}/history"],
    ["/@{name}/{id}/edit", [PERSON], "{post}/edit"],
    ["/posts/{id}/delete", [PERSON], "/posts/{id}/delete"],
    ["/tags/{name}", [STRANGER, PERSON], "/tags/rust"],
    ["/compose", [PERSON], "/compose"],
    ["/compose", [PERSON], "/compose?group=rust-guild"],
    ["/compose", [PERSON], "/compose?reply={id}"],
    ["/notifications", [PERSON], "/notifications"],
    ["/notifications", [PERSON], "/notifications?only=mentions"],
    ["/follow_requests", [PERSON], "/follow_requests"],
    ["/conversations", [PERSON], "/conversations"],
    ["/notifications/requests", [PERSON], "/notifications/requests"],
    ["/scheduled", [PERSON], "/scheduled"],
    ["/local", [PERSON], "/local"],
    ["/followers", [PERSON], "/followers"],
    ["/following", [PERSON], "/following"],
    ["/muted", [PERSON], "/muted"],
    ["/blocked", [PERSON], "/blocked"],
    ["/blocked_servers", [PERSON], "/blocked_servers"],
    ["/collections", [PERSON], "/collections"],
    ["/collections/{id}/edit", [PERSON], "/collections/{shelf}/edit"],
    ["/bookmarks", [PERSON], "/bookmarks"],
    ["/favourites", [PERSON], "/favourites"],
    ["/apps", [PERSON], "/apps"],
    ["/search", [PERSON], "/search"],
    ["/search", [STRANGER, PERSON], "/search?q=rust"],
    ["/search", [PERSON], "/search?q=nothing-like-this"],
    ["/discover", [PERSON], "/discover"],
    ["/groups", [PERSON], "/groups"],
    ["/groups/new", [PERSON], "/groups/new"],
    ["/lists", [PERSON], "/lists"],
    ["/lists/{id}", [PERSON], "{list}"],
    ["/lists/{id}/edit", [PERSON], "{list}/edit"],
    ["/topics", [PERSON], "/topics"],
    ["/welcome", [PERSON], "/welcome"],
    ["/welcome/people", [PERSON], "/welcome/people"],
    ["/welcome/groups", [PERSON], "/welcome/groups"],
    ["/settings", [PERSON], "/settings"],
    ["/settings/profile", [PERSON], "/settings/profile"],
    ["/settings/appearance", [PERSON], "/settings/appearance"],
    ["/settings/posting", [PERSON], "/settings/posting"],
    ["/settings/notifications", [PERSON], "/settings/notifications"],
    ["/settings/filters", [PERSON], "/settings/filters"],
    ["/settings/filters/new", [PERSON], "/settings/filters/new"],
    ["/settings/filters/{id}", [PERSON], "{filter}"],
    ["/settings/warnings", [PERSON], "/settings/warnings"],
    ["/settings/data", [PERSON], "/settings/data"],
    ["/settings/account", [PERSON], "/settings/account"],
    ["/settings/account/delete", [PERSON], "/settings/account/delete"],
    ["/settings/security", [PERSON], "/settings/security"],
    ["/settings/sessions", [PERSON], "/settings/sessions"],
    ["/settings/email", [PERSON], "/settings/email"],
    ["/settings/invitations", [PERSON], "/settings/invitations"],
    ["/auth/sure", [PERSON], "/auth/sure"],
    ["/admin", [STAFF], "/admin"],
    ["/admin/access", [STAFF], "/admin/access"],
    ["/admin/storage", [STAFF], "/admin/storage"],
    ["/admin/accounts", [STAFF], "/admin/accounts"],
    ["/admin/accounts/{id}", [STAFF], "{account}"],
    ["/admin/reports", [STAFF], "/admin/reports"],
    ["/admin/appeals", [STAFF], "/admin/appeals"],
    ["/admin/servers", [STAFF], "/admin/servers"],
    ["/admin/servers", [STAFF], "/admin/servers?q=a"],
    ["/admin/servers/blocks/{id}", [STAFF], "{block}"],
    ["/admin/rules", [STAFF], "/admin/rules"],
    ["/admin/instance", [STAFF], "/admin/instance"],
    ["/admin/announcements", [STAFF], "/admin/announcements"],
    ["/admin/emoji", [STAFF], "/admin/emoji"],
    ["/admin/queues", [STAFF], "/admin/queues"],
    ["/admin/audit", [STAFF], "/admin/audit"],
];

/** What is no page, or is seen elsewhere, and where. */
const ELSEWHERE = {
    "/robots.txt": "a file",
    "/assets/{name}": "files",
    "/@{name}/qr.svg": "a picture",
    "/home/new": "a line of a page: conversation.test.js",
    "/admin/servers/blocks.csv": "a file",
    "/admin/audit.csv": "a file",
    "/settings/data/archive.tar": "a file",
    "/settings/data/{name}": "files",
    "/terms-of-service": "only where there are terms; looks like /privacy-policy",
    "/auth/confirm/{token}": "from a letter, which the demo does not send; looks like /auth/reset/{token}",
    "/auth/second": "signing-in.test.js",
    "/auth/passkey": "signing-in.test.js",
    "/settings/security/app": "signing-in.test.js",
    "/settings/security/passkeys": "signing-in.test.js",
    "/admin/reports/{id}": "moderation.test.js",
};

/** The languages in which there are pages; whoever adds one has its pages looked at. */
export const LANGUAGES = (process.env.POLLEN_LANGUAGES ?? "en").split(" ");

/** The addresses that this viewer is shown. */
export function addresses(viewer, made) {
    const shown = PAGES.filter(([, viewers]) => viewers.includes(viewer)).map(([, , address]) => address);
    return shown.map((address) => address.replace(/\{(\w+)\}/g, (_, name) => made[name] ?? assertMade(name)));
}

function assertMade(name) {
    throw new Error(`nothing was made for {${name}}`);
}

/** Routes of the sources that nobody looks at, and those looked at that there are not. */
export function unseen() {
    const source = join(process.env.POLLEN_SOURCE, "src", "web");
    const routes = new Set();
    for (const file of readdirSync(source, { recursive: true })) {
        if (!file.endsWith(".rs")) continue;
        for (const [, route] of readFileSync(join(source, file), "utf8").matchAll(/\.route\(\s*"([^"]+)",\s*web::get\(\)/g)) routes.add(route);
    }
    const seen = new Set([...PAGES.map(([route]) => route), ...Object.keys(ELSEWHERE)]);
    return { routes: routes.size, missing: [...routes].filter((route) => !seen.has(route)), gone: [...seen].filter((route) => !routes.has(route)) };
}

/** Sends the form with this address. */
const submit = (page, action) => page.locator(`main form[action="${action}"] .actions button`).first().click();

/** Makes one of each thing that has a page of its own, as a person does. */
async function make(page, instance) {
    const made = { reset: new URL(process.env.POLLEN_RESET).pathname, ben: `/@ben@${GLOBEX.domain}` };
    const words = fresh("Worth looking at");
    await page.goto("/compose");
    await page.locator("#text").fill(`${words} #rust`);
    await page.locator("#write button[value=send]").click();
    made.post = new URL(await post(page, words).locator("footer a").first().getAttribute("href"), instance.url).pathname;
    made.id = made.post.split("/").at(-1);
    await page.goto("/lists");
    await page.locator("#title").fill(fresh("Colleagues"));
    await submit(page, "/lists");
    await page.waitForURL("**/lists/**");
    made.list = new URL(page.url()).pathname.replace(/\/edit$/, "");
    await page.goto("/settings/filters/new");
    await page.locator("#title").fill(fresh("Spoilers"));
    await page.locator("input[name='keywords[0][keyword]']").fill("finale");
    await page.locator("input[name='context[]']").first().check();
    await submit(page, "/settings/filters/new");
    await page.goto("/settings/filters");
    made.filter = await main(page).locator("a[href^='/settings/filters/']:not([href$=new])").first().getAttribute("href");
    await page.goto("/settings/invitations");
    await submit(page, "/settings/invitations");
    made.invitation = new URL((await page.locator("code.copy").first().innerText()).trim()).pathname;
    Object.assign(made, await authorise(page, instance));
    return made;
}

/** Lets an application in, which then makes a collection. */
async function authorise(page, instance) {
    const send = async (path, fields, token) => {
        const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
        const answer = await fetch(`${process.env.POLLEN_ACME}${path}`, { method: "POST", headers, body: JSON.stringify(fields) });
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        return answer.json();
    };
    const redirect_uri = "urn:ietf:wg:oauth:2.0:oob";
    const scopes = "read write";
    const app = await send("/api/v1/apps", { client_name: "A notebook", redirect_uris: redirect_uri, scopes });
    const authorize = `/oauth/authorize?${new URLSearchParams({ client_id: app.client_id, redirect_uri, scope: scopes, response_type: "code" })}`;
    await page.goto(authorize);
    await main(page).locator("button.button:not(.quiet)").click();
    const code = (await main(page).locator("code, input.code").first().evaluate((at) => at.value ?? at.textContent)).trim();
    const { access_token } = await send("/oauth/token", { grant_type: "authorization_code", code, redirect_uri, client_id: app.client_id, client_secret: app.client_secret });
    const collection = await send("/api/v1/collections", { name: "People who explain well", description: "Whom to ask first." }, access_token);
    const { id } = collection.collection ?? collection;
    return { authorize, collection: `/@ada/collections/${id}`, shelf: id };
}

/** Makes what only those who run the server can. */
async function makeAsStaff(page) {
    await page.goto("/admin/servers");
    await page.locator("#domain").fill(`${fresh("spam").toLowerCase()}.example`);
    await submit(page, "/admin/servers/blocks");
    await page.locator(".done").waitFor();
    await page.goto("/admin/servers");
    const block = await main(page).locator("a[href^='/admin/servers/blocks/']").first().getAttribute("href");
    await page.goto("/admin/accounts");
    return { block, account: await main(page).locator("a[href^='/admin/accounts/']").first().getAttribute("href") };
}

/** One of each thing that has a page of its own. */
export async function makeAll() {
    return { ...(await make(await open(PERSON), ACME)), ...(await makeAsStaff(await open(STAFF))) };
}

/** A window of such a viewer. */
export function open(viewer, options) {
    if (viewer === STRANGER) return ACME.stranger(options);
    return ACME.person(viewer === PERSON ? "ada" : "olga", options);
}

/** Does the same on all pages, and tells all that is wrong. */
export async function walk(page, paths, look) {
    const wrong = [];
    for (const path of paths) {
        try {
            const answer = await page.goto(path);
            assert.equal(answer.status(), 200, path);
            await look(path, answer);
        } catch (error) {
            wrong.push(error.message);
        }
    }
    assert.ok(wrong.length === 0, wrong.join("\n"));
}
