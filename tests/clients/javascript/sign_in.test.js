// Clients introduce themselves, people let them in, register through them, and shut them out again.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { describe, test } from "node:test";

import { ACME, OUT_OF_BAND, PASSWORD, consent, fresh, refused } from "./support.js";

describe("signing in, with masto.js", () => {
    test("a client with a challenge is let in at its own address, and needs its verifier", async () => {
        const redirectUri = "pollen-journeys://signed-in";
        const app = await ACME.masto().v1.apps.create({
            clientName: "Challenger",
            redirectUris: [redirectUri, OUT_OF_BAND],
            scopes: "read write",
            website: "https://challenger.example",
        });
        assert.equal(app.name, "Challenger");
        assert.equal(app.website, "https://challenger.example");
        const verifier = randomBytes(48).toString("base64url");
        const asked = new URLSearchParams({
            response_type: "code",
            client_id: app.clientId,
            redirect_uri: redirectUri,
            scope: "read",
            state: "of mind",
            code_challenge: createHash("sha256").update(verifier).digest("base64url"),
            code_challenge_method: "S256",
        });
        const page = await consent(`${ACME.url}/oauth/authorize?${asked}`, "carl@acme.example");
        assert.ok(page.url.startsWith(redirectUri), page.url);
        const { searchParams } = new URL(page.url);
        assert.equal(searchParams.get("state"), "of mind");
        const request = {
            grantType: "authorization_code",
            clientId: app.clientId,
            clientSecret: app.clientSecret,
            redirectUri,
            code: searchParams.get("code"),
        };
        const oauth = ACME.oauth();
        for (const more of [{}, { codeVerifier: randomBytes(48).toString("base64url") }]) {
            const { status, error } = await refused(oauth.token.create({ ...request, ...more }));
            assert.deepEqual([status, error], [400, "invalid_grant"]);
        }
        const token = await oauth.token.create({ ...request, codeVerifier: verifier });
        assert.deepEqual([token.tokenType, token.scope], ["Bearer", "read"]);

        const carl = ACME.masto(token.accessToken);
        assert.equal((await carl.v1.accounts.verifyCredentials()).username, "carl");
        assert.equal((await carl.v1.apps.verifyCredentials()).name, "Challenger");
        assert.equal((await refused(carl.v1.statuses.create({ status: "more than it was allowed" }))).status, 403);

        const { clientId, clientSecret } = app;
        await oauth.revoke({ clientId, clientSecret, token: token.accessToken });
        assert.equal((await refused(carl.v1.accounts.verifyCredentials())).status, 401);
    });

    test("a newcomer is signed in at once, and told field by field what cannot be accepted", async () => {
        const nina = await ACME.newcomer("nina");
        assert.equal(nina.account.statusesCount, 0);
        const { clientId, clientSecret } = await ACME.application();
        const redirectUri = OUT_OF_BAND;
        const app = await ACME.oauth().token.create({ grantType: "client_credentials", clientId, clientSecret, redirectUri, scope: "write" });
        const username = fresh("otto");
        const wishes = { username, password: PASSWORD, email: `${username}@people.example`, agreement: true, locale: "en" };
        for (const [field, value, code] of [
            ["username", "ada", "ERR_TAKEN"],
            ["email", "nowhere", "ERR_INVALID"],
            ["password", "short", "ERR_TOO_SHORT"],
        ]) {
            const { status, details } = await refused(ACME.masto(app.accessToken).v1.accounts.create({ ...wishes, [field]: value }));
            assert.equal(status, 422, field);
            assert.deepEqual(details[field].map((one) => one.error), [code]);
        }
    });
});

describe("signing in, with megalodon", () => {
    test("a person lets a client in by the code on the page, and shuts it out again", async () => {
        const stranger = ACME.megalodon();
        const app = await stranger.registerApp("Whale", { scopes: ["read", "write", "follow"], website: "https://whale.example" });
        assert.equal(app.name, "Whale");
        const page = await consent(app.url, "dora@acme.example");
        const token = await stranger.fetchAccessToken(app.client_id, app.client_secret, page.code);
        const dora = ACME.megalodon(token.access_token);
        const me = (await dora.verifyAccountCredentials()).data;
        assert.deepEqual([me.acct, me.display_name, me.source.privacy], ["dora", "Dora Okafor", "public"]);
        assert.equal((await dora.verifyAppCredentials()).data.name, "Whale");
        assert.equal((await refused(stranger.fetchAccessToken(app.client_id, app.client_secret, page.code))).status, 400);
        assert.equal((await stranger.revokeToken(app.client_id, app.client_secret, token.access_token)).status, 200);
        assert.equal((await refused(dora.verifyAccountCredentials())).status, 401);
    });

    test("the address where people allow it can be made later", async () => {
        const stranger = ACME.megalodon();
        const app = await stranger.createApp("Later", { scopes: ["read"] });
        const url = await stranger.generateAuthUrl(app.client_id, app.client_secret, { scope: ["read"] });
        const { code } = await consent(url, "carl@acme.example");
        const token = await stranger.fetchAccessToken(app.client_id, app.client_secret, code);
        assert.equal(token.scope, "read");
        assert.equal((await ACME.megalodon(token.access_token).verifyAccountCredentials()).data.username, "carl");
    });

    test("a newcomer is signed in at once", async () => {
        const { clientId, clientSecret } = await ACME.application();
        const app = await ACME.oauth().token.create({
            grantType: "client_credentials",
            clientId,
            clientSecret,
            redirectUri: OUT_OF_BAND,
            scope: "read write",
        });
        const name = fresh("pia");
        const client = ACME.megalodon(app.accessToken);
        const token = (await client.registerAccount(name, `${name}@people.example`, PASSWORD, true, "en", "To learn")).data;
        assert.equal((await ACME.megalodon(token.access_token).verifyAccountCredentials()).data.username, name);
    });
});
