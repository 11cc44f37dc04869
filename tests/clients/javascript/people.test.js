// People find one another, follow, let others follow, and leave each other alone.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ACME, GLOBEX, fresh, ids, refused, until } from "./support.js";

const accts = (list) => list.map((one) => one.acct);

describe("people, with masto.js", async () => {
    const [ada, carl, ben, eve] = await Promise.all([
        ACME.person("ada"),
        ACME.person("carl"),
        GLOBEX.person("ben"),
        GLOBEX.person("eve"),
    ]);

    test("people are found by name, by id, and by what one remembers", async () => {
        const { accounts } = carl.masto.v1;
        assert.equal((await accounts.lookup({ acct: "dora" })).displayName, "Dora Okafor");
        assert.deepEqual(accts(await accounts.search.list({ q: "Dora Okafor" })), ["dora"]);
        assert.deepEqual(accts(await accounts.search.list({ q: ben.handle, resolve: true })), [ben.acct]);
        assert.equal((await accounts.$select(ada.id).fetch()).acct, "ada");
        assert.deepEqual(new Set(accts(await accounts.fetch({ id: [ada.id, carl.id] }))), new Set(["ada", "carl"]));
        assert.equal((await refused(accounts.lookup({ acct: "nobody" }))).status, 404);
    });

    test("a follow is seen at both companies, and can be taken back", async () => {
        const ida = await ACME.newcomer("ida");
        const remote = await ida.find(ben.handle);
        const select = ida.masto.v1.accounts.$select(remote.id);
        await select.follow({ reblogs: false, notify: true, languages: ["en"] });
        await until(async () => (await ida.relationship(remote.id)).following, "ben's server accepts");
        const { showingReblogs, notifying, languages } = await ida.relationship(remote.id);
        assert.deepEqual([showingReblogs, notifying, languages], [false, true, ["en"]]);
        assert.deepEqual(accts(await ida.masto.v1.accounts.$select(ida.id).following.list()), [ben.acct]);
        const followers = async () => accts(await ben.masto.v1.accounts.$select(ben.id).followers.list({ limit: 80 }));
        assert.ok((await followers()).includes(ida.acct));
        const post = await ben.post("For all who follow me", { visibility: "private", language: "en" });
        assert.equal((await ida.homePost(post.uri)).visibility, "private");
        assert.equal((await select.unfollow()).following, false);
        await until(async () => !(await followers()).includes(ida.acct), "ben's server hears of it");
    });

    test("whoever is locked decides who follows, and can send followers away", async () => {
        const hana = await ACME.newcomer("hana");
        assert.equal((await hana.masto.v1.accounts.updateCredentials({ locked: true })).locked, true);
        for (const person of [ben, eve]) {
            const { id } = await person.find(hana.handle);
            const asked = await person.masto.v1.accounts.$select(id).follow();
            assert.deepEqual([asked.following, asked.requested], [false, true]);
        }
        const { followRequests } = hana.masto.v1;
        const both = async () => {
            const asking = await followRequests.list();
            return asking.length === 2 && asking;
        };
        const asking = await until(both, "both ask");
        assert.deepEqual(new Set(accts(asking)), new Set([ben.acct, eve.acct]));
        const [a, b] = [ben, eve].map((person) => asking.find((one) => one.acct === person.acct).id);
        assert.equal((await hana.relationship(a)).requestedBy, true);
        assert.equal((await followRequests.$select(a).authorize()).followedBy, true);
        assert.equal((await followRequests.$select(b).reject()).followedBy, false);
        const standing = async (person) => person.relationship((await person.find(hana.handle)).id);
        await until(async () => (await standing(ben)).following, "ben hears that he may");
        await until(async () => !(await standing(eve)).requested, "eve hears that she may not");
        await hana.masto.v1.accounts.$select(a).removeFromFollowers();
        assert.equal((await hana.relationship(a)).followedBy, false);
        await until(async () => !(await standing(ben)).following, "ben hears that he no longer follows");
    });

    test("people are put into a collection, and take themselves out of it", async () => {
        const [lea, max, noa] = await Promise.all(["lea", "max", "noa"].map((word) => ACME.newcomer(word)));
        const draft = { name: "Ask them about Rust", description: "Patient people", tagName: "rust", accountIds: [max.id] };
        const { collection } = await lea.masto.v1.collections.create(draft);
        assert.deepEqual([collection.name, collection.tag.name, collection.itemCount], ["Ask them about Rust", "rust", 1]);
        const select = lea.masto.v1.collections.$select(collection.id);
        const { collectionItem } = await select.items.create({ accountId: noa.id });
        assert.equal(collectionItem.state, "accepted");
        const seen = await max.masto.v1.collections.$select(collection.id).fetch();
        assert.deepEqual(new Set(seen.accounts.map((one) => one.acct)), new Set([lea.name, max.name, noa.name]));
        const listed = async (list) => ids((await list).collections);
        const own = () => lea.masto.v1.accounts.$select(lea.id).collections.list();
        const among = (person) => person.masto.v1.accounts.$select(person.id).inCollections.list();
        assert.deepEqual(await listed(own()), [collection.id]);
        assert.deepEqual(await listed(among(noa)), [collection.id]);
        const changed = await select.update({ name: "Ask them", discoverable: false });
        assert.deepEqual([changed.collection.name, changed.collection.discoverable], ["Ask them", false]);
        const item = (person) => seen.collection.items.find((one) => one.accountId === person.id).id;
        await noa.masto.v1.collections.$select(collection.id).items.$select(item(noa)).revoke();
        assert.deepEqual(await listed(among(noa)), []);
        await select.items.$select(item(max)).remove();
        assert.equal((await select.fetch()).collection.itemCount, 0);
        assert.equal((await refused(max.masto.v1.collections.$select(collection.id).remove())).status, 403);
        await select.remove();
        assert.deepEqual(await listed(own()), []);
    });

    test("whom one blocks is gone, in both directions", async () => {
        const [jan, kim] = await Promise.all([ACME.newcomer("jan"), GLOBEX.newcomer("kim")]);
        const there = await jan.follow(kim);
        const here = await kim.find(jan.handle);
        const select = jan.masto.v1.accounts.$select(there);
        const blocked = await select.block();
        assert.deepEqual([blocked.blocking, blocked.following], [true, false]);
        assert.deepEqual(accts(await jan.masto.v1.blocks.list()), [kim.acct]);
        await until(async () => (await kim.relationship(here.id)).blockedBy, "kim's server hears of the block");
        assert.equal((await select.unblock()).blocking, false);
        assert.deepEqual(await jan.masto.v1.blocks.list(), []);
        await until(async () => !(await kim.relationship(here.id)).blockedBy, "kim's server hears of its end");
    });

    test("whom one mutes is not heard for a while", async () => {
        const leo = await ACME.newcomer("leo");
        await leo.masto.v1.accounts.$select(ada.id).follow();
        const select = leo.masto.v1.accounts.$select(ada.id);
        const muted = await select.mute({ notifications: false, duration: 3600 });
        assert.deepEqual([muted.muting, muted.mutingNotifications, muted.following], [true, false, true]);
        const [listed] = await leo.masto.v1.mutes.list();
        assert.equal(listed.acct, "ada");
        assert.ok(Date.parse(listed.muteExpiresAt) > Date.now());
        const post = await ada.post("Is anybody there?");
        assert.ok(!ids(await leo.masto.v1.timelines.home.list()).includes(post.id));
        assert.equal((await select.unmute()).muting, false);
        assert.ok(ids(await leo.masto.v1.timelines.home.list()).includes(post.id));
    });

    test("a whole domain can be blocked", async () => {
        const mia = await ACME.newcomer("mia");
        const { id } = await mia.find(ben.handle);
        await mia.masto.v1.domainBlocks.create({ domain: GLOBEX.domain });
        assert.deepEqual(await mia.masto.v1.domainBlocks.list(), [GLOBEX.domain]);
        assert.equal((await mia.relationship(id)).domainBlocking, true);
        await mia.masto.v1.domainBlocks.remove({ domain: GLOBEX.domain });
        assert.deepEqual(await mia.masto.v1.domainBlocks.list(), []);
    });

    test("a note is for oneself, a recommendation for everybody", async () => {
        const noa = await ACME.newcomer("noa");
        const id = await noa.follow(ben);
        const select = noa.masto.v1.accounts.$select(id);
        assert.equal((await select.note.create({ comment: "Met at the meetup" })).note, "Met at the meetup");
        assert.equal((await noa.relationship(id)).note, "Met at the meetup");
        assert.equal((await ada.relationship((await ada.find(ben.handle)).id)).note, "");
        for (const [recommend, not] of [[select.endorse, select.unendorse], [select.pin, select.unpin]]) {
            assert.equal((await recommend()).endorsed, true);
            assert.deepEqual(accts(await noa.masto.v1.endorsements.list()), [ben.acct]);
            assert.deepEqual(accts(await carl.masto.v1.accounts.$select(noa.id).endorsements.list()), [ben.acct]);
            assert.equal((await not()).endorsed, false);
        }
    });

    test("one sees whom those whom one follows know", async () => {
        const oda = await ACME.newcomer("oda");
        await oda.masto.v1.accounts.$select(carl.id).follow();
        // Carl follows ada; but whom people follow is for nobody else to see, where counts are not shown.
        const [asked] = await oda.masto.v1.accounts.familiarFollowers.fetch({ id: [ada.id] });
        assert.equal(asked.id, ada.id);
        assert.deepEqual(asked.accounts, []);
    });
});

describe("people, with megalodon", async () => {
    const [ada, carl, ben] = await Promise.all([ACME.person("ada"), ACME.person("carl"), GLOBEX.person("ben")]);

    test("people are found", async () => {
        const { megalodon } = carl;
        assert.equal((await megalodon.lookupAccount("dora")).data.display_name, "Dora Okafor");
        assert.equal((await megalodon.getAccount(ada.id)).data.acct, "ada");
        const { data: found } = await megalodon.searchAccount(ben.handle, { resolve: true, limit: 2 });
        assert.deepEqual(accts(found), [ben.acct]);
        const { data: posts } = await megalodon.getAccountStatuses(ada.id, { limit: 3, exclude_replies: true, exclude_reblogs: true });
        assert.ok(posts.length > 0 && posts.every((one) => one.account.id === ada.id && !one.reblog));
        assert.equal((await refused(megalodon.getAccount("1"))).status, 404);
    });

    test("a follow is seen on both sides, page by page, and can be taken back", async () => {
        const [pat, kit, liv] = await Promise.all(["pat", "kit", "liv"].map((word) => ACME.newcomer(word)));
        for (const person of [kit, liv]) assert.equal((await person.megalodon.followAccount(pat.id, { reblog: true })).data.following, true);
        const { data: followers } = await pat.megalodon.getAccountFollowers(pat.id, { limit: 1, get_all: true });
        assert.deepEqual(accts(followers), [liv.name, kit.name]);
        const { data: following } = await kit.megalodon.getAccountFollowing(kit.id, { limit: 10 });
        assert.deepEqual(accts(following), [pat.name]);
        assert.equal((await kit.megalodon.subscribeAccount(pat.id)).data.notifying, true);
        assert.equal((await kit.megalodon.unsubscribeAccount(pat.id)).data.notifying, false);
        assert.equal((await kit.megalodon.getRelationship(pat.id)).data.following, true);
        const { data: both } = await pat.megalodon.getRelationships([kit.id, liv.id]);
        assert.deepEqual(both.map((one) => [one.id, one.followed_by]), [[kit.id, true], [liv.id, true]]);
        assert.equal((await kit.megalodon.unfollowAccount(pat.id)).data.following, false);
    });

    test("whoever is locked decides who follows", async () => {
        const [ria, sam, tom] = await Promise.all(["ria", "sam", "tom"].map((word) => ACME.newcomer(word)));
        assert.equal((await ria.megalodon.updateCredentials({ locked: true })).data.locked, true);
        for (const person of [sam, tom]) assert.equal((await person.megalodon.followAccount(ria.id)).data.requested, true);
        assert.equal((await ria.megalodon.getFollowRequests()).data.length, 2);
        assert.equal((await ria.megalodon.getFollowRequests(1)).data.length, 1);
        assert.equal((await ria.megalodon.acceptFollowRequest(sam.id)).data.followed_by, true);
        assert.equal((await ria.megalodon.rejectFollowRequest(tom.id)).data.followed_by, false);
        assert.equal((await sam.megalodon.getRelationship(ria.id)).data.following, true);
        assert.equal((await tom.megalodon.getRelationship(ria.id)).data.requested, false);
    });

    test("people leave each other alone", async () => {
        const [uma, vic] = await Promise.all(["uma", "vic"].map((word) => ACME.newcomer(word)));
        const { megalodon } = uma;
        assert.equal((await megalodon.blockAccount(vic.id)).data.blocking, true);
        assert.deepEqual(accts((await megalodon.getBlocks({ limit: 5 })).data), [vic.name]);
        assert.equal((await megalodon.unblockAccount(vic.id)).data.blocking, false);
        const { data: muted } = await megalodon.muteAccount(vic.id, true);
        assert.deepEqual([muted.muting, muted.muting_notifications], [true, true]);
        assert.deepEqual(accts((await megalodon.getMutes({ limit: 5 })).data), [vic.name]);
        assert.equal((await megalodon.unmuteAccount(vic.id)).data.muting, false);
        const domain = `${fresh("noise")}.example`;
        assert.equal((await megalodon.blockDomain(domain)).status, 200);
        assert.deepEqual((await megalodon.getDomainBlocks({ limit: 5 })).data, [domain]);
        assert.equal((await megalodon.unblockDomain(domain)).status, 200);
        assert.deepEqual((await megalodon.getDomainBlocks()).data, []);
    });

    test("notes and recommendations", async () => {
        const wim = await ACME.newcomer("wim");
        await wim.megalodon.followAccount(ada.id);
        assert.equal((await wim.megalodon.setAccountNote(ada.id, "Knows lifetimes")).data.note, "Knows lifetimes");
        assert.equal((await wim.megalodon.pinAccount(ada.id)).data.endorsed, true);
        assert.deepEqual(accts((await wim.megalodon.getEndorsements({ limit: 5 })).data), ["ada"]);
        assert.equal((await wim.megalodon.unpinAccount(ada.id)).data.endorsed, false);
    });
});
