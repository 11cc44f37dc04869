// People say who they are and what they wish, devices ask to be told, and instances introduce themselves.

import assert from "node:assert/strict";
import { createECDH, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, test } from "node:test";

import { detector, isCancel } from "megalodon";

import { ACME, GLOBEX, picture, plain, refused, until } from "./support.js";

/** A push service for one device: where it is reached, and what comes. */
async function device() {
    const got = [];
    const server = createServer((request, response) => {
        const parts = [];
        request.on("data", (part) => parts.push(part));
        request.on("end", () => {
            got.push({ method: request.method, headers: request.headers, body: Buffer.concat(parts) });
            response.writeHead(201).end();
        });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const ecdh = createECDH("prime256v1");
    const keys = { p256dh: ecdh.generateKeys("base64url"), auth: randomBytes(16).toString("base64url") };
    const endpoint = `http://127.0.0.1:${server.address().port}/device`;
    return { got, subscription: { endpoint, keys }, close: () => server.close().closeAllConnections() };
}

describe("settings, with masto.js", async () => {
    const [ada, carl, ben] = await Promise.all([ACME.person("ada"), ACME.person("carl"), GLOBEX.person("ben")]);

    test("a profile has an address of its own, at which it is read and changed", async () => {
        const yan = await ACME.newcomer("yan");
        const changed = await yan.masto.v1.profile.update({ displayName: "Yan", note: "Learns #sql", locked: true, avatar: picture() });
        assert.deepEqual([changed.displayName, changed.note, changed.locked], ["Yan", "Learns #sql", true]);
        assert.deepEqual(await yan.masto.v1.profile.fetch(), changed);
        assert.equal((await refused(ACME.masto().v1.profile.fetch())).status, 401);
    });

    test("a profile is what its owner writes, and has pictures that can be taken away", async () => {
        const zoe = await ACME.newcomer("zoe");
        const me = await zoe.masto.v1.accounts.updateCredentials({
            displayName: "Zoe <3",
            note: "Learns #sql & more",
            bot: true,
            discoverable: true,
            hideCollections: false,
            fieldsAttributes: [{ name: "Team", value: "Payments" }],
            source: { privacy: "unlisted", sensitive: true, language: "de" },
            avatar: picture(),
            header: picture(),
        });
        assert.deepEqual([me.displayName, me.bot, me.discoverable], ["Zoe <3", true, true]);
        assert.deepEqual(me.fields.map((one) => [one.name, plain(one.value)]), [["Team", "Payments"]]);
        assert.deepEqual([me.source.note, me.source.privacy, me.source.language], ["Learns #sql & more", "unlisted", "de"]);
        const before = await ada.masto.v1.accounts.$select(zoe.id).fetch();
        assert.equal(plain(before.note), "Learns #sql & more");
        assert.equal((await fetch(before.avatar)).headers.get("content-type"), "image/png");

        const wished = await zoe.masto.v1.preferences.fetch();
        assert.equal(wished["posting:default:visibility"], "unlisted");
        assert.equal(wished["posting:default:sensitive"], true);
        assert.equal(wished["posting:default:language"], "de");
        const post = await zoe.post("Ohne Angaben");
        assert.deepEqual([post.visibility, post.language, post.sensitive], ["unlisted", "de", true]);

        await zoe.masto.v1.profile.avatar.remove();
        const { avatar, header } = await zoe.masto.v1.profile.header.remove();
        assert.ok(avatar !== before.avatar && header !== before.header);
    });

    test("a profile that is changed is changed at the other company", async () => {
        const yan = await ACME.newcomer("yan");
        await ben.follow(yan);
        await yan.masto.v1.accounts.updateCredentials({ displayName: "Yan, of Acme" });
        const there = async () => (await ben.find(yan.handle)).displayName === "Yan, of Acme";
        await until(there, "Globex knows the new name");
    });

    test("a device is told, in a sealed message", async () => {
        const xia = await ACME.newcomer("xia");
        const { push } = xia.masto.v1;
        const phone = await device();
        try {
            const data = { alerts: { mention: true, favourite: false } };
            const made = await push.subscription.create({ subscription: phone.subscription, data, policy: "all" });
            assert.equal(made.endpoint, phone.subscription.endpoint);
            assert.deepEqual([made.alerts.mention, made.alerts.favourite], [true, false]);
            assert.equal(Buffer.from(made.serverKey, "base64url").length, 65);
            assert.equal((await push.subscription.fetch()).id, made.id);
            await carl.post(`@${xia.name} are you there?`);
            await until(() => phone.got.length > 0, "the device is told");
            const [{ method, headers }] = phone.got;
            assert.equal(method, "POST");
            assert.match(headers["content-encoding"], /^aes(128)?gcm$/);
            assert.match(headers.authorization, /^(vapid|WebPush) /);
            assert.equal((await push.subscription.update({ data: { alerts: { follow: true } } })).alerts.follow, true);
            await push.subscription.remove();
            assert.equal((await refused(push.subscription.fetch())).status, 404);
        } finally {
            phone.close();
        }
    });

    test("an instance introduces itself", async () => {
        const stranger = ACME.masto();
        const about = await stranger.v2.instance.fetch();
        assert.deepEqual([about.domain, about.title], [ACME.domain, "Acme"]);
        assert.match(about.version, /^4\./);
        assert.equal(about.configuration.statuses.maxCharacters, 5000);
        assert.match(about.configuration.urls.streaming, /^ws/);
        assert.equal(about.rules[0].text, "Ask. No question is too small.");
        const old = await stranger.v1.instance.fetch();
        assert.deepEqual([old.uri, old.title, old.registrations], [ACME.domain, "Acme", true]);
        assert.equal(old.urls.streamingApi, about.configuration.urls.streaming);
        assert.equal(typeof (await stranger.v1.instance.extendedDescription.fetch()).content, "string");
        assert.ok(Array.isArray(await carl.masto.v1.instance.domainBlocks.fetch()));
        assert.ok(Array.isArray(await stranger.v1.instance.peers.list()));
        assert.ok(Array.isArray(await stranger.v1.instance.activity.list()));
        assert.deepEqual(await stranger.v1.customEmojis.list(), []);
        // Nobody is ranked here.
        for (const trend of ["tags", "statuses", "links"]) assert.deepEqual(await stranger.v1.trends[trend].list(), []);
    });
});

describe("settings, with megalodon", async () => {
    const carl = await ACME.person("carl");

    test("a profile is what its owner writes", async () => {
        const { megalodon } = await ACME.newcomer("wes");
        const { data: me } = await megalodon.updateCredentials({
            display_name: "Wes",
            note: "Bakes",
            discoverable: false,
            fields_attributes: [{ name: "Team", value: "Bread" }],
            source: { privacy: "private", sensitive: false, language: "fr" },
        });
        assert.deepEqual([me.display_name, me.source.note, me.fields[0].name], ["Wes", "Bakes", "Team"]);
        const { data: wished } = await megalodon.getPreferences();
        assert.equal(wished["posting:default:visibility"], "private");
        assert.equal(wished["posting:default:language"], "fr");
    });

    test("a device is told, in a sealed message", async () => {
        const val = await ACME.newcomer("val");
        const { megalodon } = val;
        const phone = await device();
        try {
            const { data: made } = await megalodon.subscribePushNotification(phone.subscription, { alerts: { mention: true } });
            assert.deepEqual([made.endpoint, made.alerts.mention], [phone.subscription.endpoint, true]);
            assert.equal((await megalodon.getPushSubscription()).data.id, made.id);
            await carl.post(`@${val.name} are you there?`);
            await until(() => phone.got.length > 0, "the device is told");
            assert.equal((await megalodon.updatePushSubscription({ alerts: { follow: true } })).data.alerts.follow, true);
            assert.equal((await megalodon.deletePushSubscription()).status, 200);
            assert.equal((await refused(megalodon.getPushSubscription())).status, 404);
        } finally {
            phone.close();
        }
    });

    test("an instance introduces itself", async () => {
        const stranger = ACME.megalodon();
        const { data: about } = await stranger.getInstance();
        assert.deepEqual([about.uri, about.title], [ACME.domain, "Acme"]);
        assert.equal(await detector(ACME.url), "mastodon");
        assert.equal(about.configuration.statuses.max_characters, 5000);
        assert.equal(await stranger.streamingURL(), about.urls.streaming_api);
        assert.ok(Array.isArray((await stranger.getInstancePeers()).data));
        assert.ok(Array.isArray((await stranger.getInstanceActivity()).data));
        assert.deepEqual((await stranger.getInstanceCustomEmojis()).data, []);
        assert.deepEqual((await stranger.getInstanceTrends(5)).data, []);
    });

    test("a request that takes too long can be given up", async () => {
        const stranger = ACME.megalodon();
        const asked = stranger.getInstance();
        stranger.cancel();
        await assert.rejects(asked, isCancel);
    });
});
