// What people are told: in groups, by their own rules, in conversations, and by those who run the instance.
//
// Needs an announcement, "Lunch and learn", which the script that runs this makes.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ACME, GLOBEX, Listener, ids, plain, refused, until } from "./support.js";

const newcomers = (...words) => Promise.all(words.map((word) => ACME.newcomer(word)));

describe("notices, with masto.js", async () => {
    const carl = await ACME.person("carl");

    test("what many do with one post is one group", async () => {
        const [ann, bob, cleo] = await newcomers("ann", "bob", "cleo");
        const post = await ann.post("A find");
        for (const person of [bob, cleo]) await person.masto.v1.statuses.$select(post.id).favourite();
        const mention = await bob.post(`@${ann.name} thank you`);
        const { notifications } = ann.masto.v2;
        const page = await notifications.list({ groupedTypes: ["favourite", "follow", "reblog"], expandAccounts: "full" });
        assert.deepEqual(page.notificationGroups.map((one) => one.type), ["mention", "favourite"]);
        const [single, group] = page.notificationGroups;
        assert.deepEqual([single.notificationsCount, single.statusId], [1, mention.id]);
        assert.deepEqual([group.notificationsCount, group.statusId], [2, post.id]);
        assert.deepEqual(group.sampleAccountIds, [cleo.id, bob.id]);
        assert.deepEqual(new Set(ids(page.accounts)), new Set([bob.id, cleo.id]));
        assert.deepEqual(new Set(ids(page.statuses)), new Set([post.id, mention.id]));
        assert.equal((await notifications.unreadCount.fetch()).count, 2);
        const select = notifications.$select(group.groupKey);
        assert.equal((await select.fetch()).notificationGroups[0].notificationsCount, 2);
        assert.deepEqual(ids(await select.accounts.fetch()), [cleo.id, bob.id]);
        await select.dismiss();
        assert.deepEqual((await notifications.list()).notificationGroups.map((one) => one.type), ["mention"]);
    });

    test("people choose whose notifications they take, and whose wait", async () => {
        const [dan, eli, fay, gus] = await newcomers("dan", "eli", "fay", "gus");
        const { policy } = dan.masto.v2.notifications;
        assert.equal((await policy.fetch()).forNotFollowing, "accept");
        const changed = await fetch(`${ACME.url}/api/v2/notifications/policy`, {
            method: "PATCH",
            headers: { authorization: `Bearer ${dan.token}`, "content-type": "application/json" },
            body: JSON.stringify({ for_not_following: "filter" }),
        });
        assert.equal((await changed.json()).for_not_following, "filter");
        assert.equal((await policy.fetch()).forNotFollowing, "filter");
        for (const person of [eli, fay, gus]) await person.post(`@${dan.name} hello`);
        const { requests } = dan.masto.v1.notifications;
        const waiting = await requests.list();
        assert.deepEqual(waiting.map((one) => one.account.id), [gus.id, fay.id, eli.id]);
        assert.deepEqual(await dan.masto.v1.notifications.list(), []);
        assert.equal((await policy.fetch()).summary.pendingRequestsCount, 3);
        const [third, second, first] = waiting.map((one) => requests.$select(one.id));
        assert.equal(plain((await first.fetch()).lastStatus.content), `@${dan.name} hello`);
        await first.accept();
        await until(async () => (await requests.merged.fetch()).merged, "eli is let in");
        assert.deepEqual((await dan.masto.v1.notifications.list()).map((one) => one.account.id), [eli.id]);
        await second.dismiss();
        assert.equal((await refused(third.fetch().then(() => first.fetch()))).status, 404);
        await requests.accept({ id: [waiting[0].id] });
        assert.deepEqual(await requests.list(), []);
        await fay.post(`@${dan.name} once more`);
        const [again] = await requests.list();
        await requests.dismiss({ id: [again.id] });
        assert.deepEqual(await requests.list(), []);
    });

    test("a policy is changed as masto.js does", async () => {
        const [ben] = await newcomers("ben");
        const { policy } = ben.masto.v2.notifications;
        const changed = await policy.update({ forNewAccounts: "filter", forPrivateMentions: "drop" });
        assert.deepEqual([changed.forNewAccounts, changed.forPrivateMentions, changed.forNotFollowing], ["filter", "drop", "accept"]);
    });

    test("a conversation is one's own to read and to put away", async () => {
        const [hal, ivo] = [await ACME.newcomer("hal"), await GLOBEX.newcomer("ivo")];
        const first = await hal.post(`${ivo.handle} between us`, { visibility: "direct" });
        const [mine] = await hal.masto.v1.conversations.list();
        assert.deepEqual([mine.lastStatus.id, mine.unread], [first.id, false]);
        const arrived = await until(async () => (await ivo.masto.v1.conversations.list())[0], "the message is there");
        assert.deepEqual([arrived.unread, arrived.accounts.map((one) => one.acct)], [true, [hal.acct]]);
        const select = ivo.masto.v1.conversations.$select(arrived.id);
        assert.equal((await select.read()).unread, false);
        assert.equal((await select.unread()).unread, true);
        await ivo.post(`${hal.handle} indeed`, { visibility: "direct", inReplyToId: arrived.lastStatus.id });
        const answered = async () => {
            const [one] = await hal.masto.v1.conversations.list();
            return one.unread && one.id === mine.id;
        };
        await until(answered, "the answer is in the same conversation");
        await select.remove();
        assert.deepEqual(await ivo.masto.v1.conversations.list(), []);
    });

    test("conversations have a stream", async () => {
        const [jon] = await newcomers("jon");
        const streams = jon.streams();
        try {
            const listener = new Listener().read(streams.direct.subscribe());
            const act = () => carl.post(`@${jon.name} psst`, { visibility: "direct" });
            const isIt = (event, post) => event.event === "conversation" && event.payload.lastStatus.id === post.id;
            assert.equal((await listener.provoke(act, isIt, "the conversation")).payload.unread, true);
        } finally {
            streams.close();
        }
    });

    test("everyone is told, may react, and put it away", async () => {
        const [kay] = await newcomers("kay");
        const { announcements } = kay.masto.v1;
        const find = async (more = undefined) => (await announcements.list(more)).find((one) => plain(one.content) === "Lunch and learn");
        const told = await find();
        assert.deepEqual([told.read, told.reactions], [false, []]);
        const select = announcements.$select(told.id);
        await select.reactions.$select(encodeURIComponent("🍲")).update();
        assert.deepEqual((await find()).reactions.map((one) => [one.name, one.me]), [["🍲", true]]);
        await select.reactions.$select(encodeURIComponent("🍲")).remove();
        assert.deepEqual((await find()).reactions, []);
        await select.dismiss();
        assert.ok((await find())?.read ?? true);
    });

});

describe("notices, with megalodon", async () => {
    const carl = await ACME.person("carl");

    test("a conversation is one's own to read and to put away", async () => {
        const [lin] = await newcomers("lin");
        const { megalodon } = lin;
        await carl.post(`@${lin.name} between us`, { visibility: "direct" });
        const { data: found } = await megalodon.getConversationTimeline({ limit: 5 });
        assert.deepEqual(found.map((one) => [one.unread, one.accounts[0].acct]), [[true, "carl"]]);
        assert.equal((await megalodon.readConversation(found[0].id)).data.unread, false);
        assert.equal((await megalodon.deleteConversation(found[0].id)).status, 200);
        assert.deepEqual((await megalodon.getConversationTimeline()).data, []);
    });

    test("conversations have a stream", async () => {
        const [moe] = await newcomers("moe");
        const stream = await moe.megalodon.directStreaming();
        const listener = new Listener();
        stream.on("conversation", (what) => listener.tell(what));
        try {
            const act = () => carl.post(`@${moe.name} psst`, { visibility: "direct" });
            await listener.provoke(act, (event, post) => event.last_status.id === post.id, "the conversation");
        } finally {
            stream.stop();
        }
    });

    test("everyone is told, may react, and put it away", async () => {
        const { megalodon } = (await newcomers("nan"))[0];
        const find = async () => (await megalodon.getInstanceAnnouncements()).data.find((one) => plain(one.content) === "Lunch and learn");
        const told = await find();
        const soup = encodeURIComponent("🍜");
        assert.equal((await megalodon.addReactionToAnnouncement(told.id, soup)).status, 200);
        assert.ok((await find()).reactions.some((one) => one.name === "🍜" && one.me));
        assert.equal((await megalodon.removeReactionFromAnnouncement(told.id, soup)).status, 200);
        assert.equal((await megalodon.dismissInstanceAnnouncement(told.id)).status, 200);
        assert.ok((await find())?.read ?? true);
    });
});
