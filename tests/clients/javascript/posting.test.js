// People write, with pictures, now or later, and change and take back what they wrote.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ACME, GLOBEX, fresh, ids, picture, pictureStream, plain, refused, until } from "./support.js";

const hours = (number) => new Date(Date.now() + number * 3_600_000).toISOString();

describe("posting, with masto.js", async () => {
    const [ada, carl, ben] = await Promise.all([ACME.person("ada"), ACME.person("carl"), GLOBEX.person("ben")]);

    test("a post is what was written, and is seen at the other company", async () => {
        const tag = fresh("borrow");
        const text = `Two & two\n\nmake <four> #${tag} @carl`;
        const posted = await ada.post(text, { spoilerText: "arithmetic", language: "en", sensitive: true });
        assert.match(posted.content, /Two &amp; two/);
        assert.deepEqual([posted.spoilerText, posted.language, posted.sensitive], ["arithmetic", "en", true]);
        assert.deepEqual([posted.visibility, posted.editedAt, posted.reblog, posted.poll], ["public", null, null, null]);
        assert.deepEqual(posted.tags.map((one) => one.name), [tag]);
        assert.deepEqual(posted.mentions.map((one) => one.acct), ["carl"]);
        assert.equal(posted.application.name, "Journeys");
        const { id } = posted;
        assert.equal((await carl.masto.v1.statuses.$select(id).fetch()).content, posted.content);
        assert.deepEqual(ids(await carl.masto.v1.statuses.fetch({ id: [id] })), [id]);
        const source = await ada.masto.v1.statuses.$select(id).source.fetch();
        assert.deepEqual([source.text, source.spoilerText], [text, "arithmetic"]);
        const arrived = await ben.homePost(posted.uri);
        assert.equal(plain(arrived.content), plain(posted.content));
        assert.equal(arrived.account.acct, ada.acct);
    });

    test("a picture is posted with its description, which can be changed afterwards", async () => {
        const { media } = ada.masto.v2;
        const file = await media.create({ file: picture(), description: "A green square", focus: "0.5,-0.5" });
        assert.deepEqual([file.type, file.description], ["image", "A green square"]);
        assert.deepEqual(file.meta.focus, { x: 0.5, y: -0.5 });
        assert.deepEqual([file.meta.original.width, file.meta.original.height], [16, 16]);
        const second = await media.create({ file: picture(), skipPolling: true });
        const select = ada.masto.v1.media.$select(second.id);
        await until(async () => (await select.fetch()).url, "the second picture is ready");
        assert.equal((await select.update({ description: "The same again" })).description, "The same again");
        const third = await ada.masto.v1.media.create({ file: picture() });
        assert.ok(third.url);

        const post = await ada.post("Three squares", { mediaIds: [file.id, second.id, third.id] });
        assert.deepEqual(ids(post.mediaAttachments), [file.id, second.id, third.id]);
        const shown = await fetch(post.mediaAttachments[0].url);
        assert.deepEqual([shown.status, shown.headers.get("content-type")], [200, "image/png"]);
        const edited = await ada.masto.v1.statuses.$select(post.id).update({
            status: "Two squares",
            mediaIds: [file.id, second.id],
            mediaAttributes: [{ id: file.id, description: "A square in green" }],
        });
        assert.deepEqual(edited.mediaAttachments.map((one) => one.description), ["A square in green", "The same again"]);
        const arrived = await ben.homePost(post.uri);
        const there = async () => {
            const now = await ben.masto.v1.statuses.$select(arrived.id).fetch();
            return now.mediaAttachments[0]?.description === "A square in green" && now.mediaAttachments.length === 2;
        };
        await until(there, "ben sees the edited post with two pictures");
    });

    test("an edit is seen everywhere, with what was there before", async () => {
        const post = await ada.post("Ferris is a lobster", { language: "en" });
        const arrived = await ben.homePost(post.uri);
        const select = ada.masto.v1.statuses.$select(post.id);
        const edited = await select.update({ status: "Ferris is a crab", spoilerText: "taxonomy" });
        assert.deepEqual([edited.id, plain(edited.content), edited.spoilerText], [post.id, "Ferris is a crab", "taxonomy"]);
        assert.ok(Date.parse(edited.editedAt) >= Date.parse(post.createdAt));
        const versions = await select.history.list();
        assert.deepEqual(versions.map((one) => plain(one.content)), ["Ferris is a lobster", "Ferris is a crab"]);
        assert.deepEqual(versions.map((one) => one.account.acct), ["ada", "ada"]);
        const there = async () => plain((await ben.masto.v1.statuses.$select(arrived.id).fetch()).content);
        await until(async () => (await there()) === "Ferris is a crab", "ben sees the edit");
        assert.equal((await ben.masto.v1.statuses.$select(arrived.id).history.list()).length, 2);
        assert.equal((await refused(carl.masto.v1.statuses.$select(post.id).update({ status: "Mine" }))).status, 404);
    });

    test("a deleted post gives its text back and is gone at both companies", async () => {
        const post = await ada.post("Let me rephrase");
        const arrived = await ben.homePost(post.uri);
        assert.equal((await ada.masto.v1.statuses.$select(post.id).remove()).text, "Let me rephrase");
        assert.equal((await refused(carl.masto.v1.statuses.$select(post.id).fetch())).status, 404);
        const there = () => ben.masto.v1.statuses.$select(arrived.id).fetch().then(() => false, (error) => error.statusCode === 404);
        await until(there, "the post is gone at Globex");
    });

    test("a post can wait for its time, which can be changed", async () => {
        const { scheduledStatuses } = ada.masto.v1;
        const scheduled = await ada.post("Good morning", { scheduledAt: hours(2), visibility: "unlisted" });
        assert.deepEqual([scheduled.params.text, scheduled.params.visibility], ["Good morning", "unlisted"]);
        assert.deepEqual(scheduled.mediaAttachments, []);
        const select = ada.masto.v1.scheduledStatuses.$select(scheduled.id);
        const later = hours(30);
        assert.equal(Date.parse((await select.update({ scheduledAt: later })).scheduledAt), Date.parse(later));
        assert.equal(Date.parse((await select.fetch()).scheduledAt), Date.parse(later));
        assert.ok(ids(await scheduledStatuses.list()).includes(scheduled.id));
        await select.remove();
        assert.equal((await refused(select.fetch())).status, 404);
        assert.equal((await refused(ada.post("Too soon", { scheduledAt: hours(0.01) }))).status, 422);
    });

    test("a thread is told in order, and can be muted", async () => {
        const root = await ada.post("How long is a piece of string?");
        const answer = await carl.post("@ada Twice from its middle", { inReplyToId: root.id });
        assert.deepEqual([answer.inReplyToId, answer.inReplyToAccountId], [root.id, ada.id]);
        const thanks = await ada.post("Of course!", { inReplyToId: answer.id });
        const around = await carl.masto.v1.statuses.$select(answer.id).context.fetch();
        assert.deepEqual([ids(around.ancestors), ids(around.descendants)], [[root.id], [thanks.id]]);
        assert.equal((await ada.masto.v1.statuses.$select(root.id).fetch()).repliesCount, 1);

        assert.equal((await ada.masto.v1.statuses.$select(root.id).mute()).muted, true);
        const quiet = await carl.post("@ada One more thing", { inReplyToId: root.id });
        assert.equal((await ada.masto.v1.statuses.$select(root.id).unmute()).muted, false);
        const loud = await carl.post("@ada And one more", { inReplyToId: root.id });
        const told = (await ada.masto.v1.notifications.list({ types: ["mention"] })).map((one) => one.status.id);
        assert.ok(told.includes(loud.id) && !told.includes(quiet.id));
    });

    test("a quote shows what it quotes, and stands in its list", async () => {
        const post = await ada.post("Worth passing on");
        const quoting = await carl.post("Hear, hear", { quotedStatusId: post.id });
        assert.deepEqual([quoting.quote.state, quoting.quote.quotedStatus.id], ["accepted", post.id]);
        assert.deepEqual(ids(await ada.masto.v1.statuses.$select(post.id).quotes.list()), [quoting.id]);
        const closed = await ada.post("Not this one", { quoteApprovalPolicy: "nobody" });
        assert.equal((await refused(carl.post("But", { quotedStatusId: closed.id }))).status, 422);
    });

    test("a favourite, a boost and a bookmark can be taken back", async () => {
        const post = await ada.post("Worth a second look");
        const select = carl.masto.v1.statuses.$select(post.id);
        assert.equal((await select.favourite()).favourited, true);
        const mine = ada.masto.v1.statuses.$select(post.id);
        assert.deepEqual((await mine.favouritedBy.list()).map((one) => one.acct), ["carl"]);
        assert.ok(ids(await carl.masto.v1.favourites.list()).includes(post.id));
        assert.equal((await select.unfavourite()).favourited, false);
        const boost = await select.reblog({ visibility: "unlisted" });
        assert.deepEqual([boost.reblog.id, boost.reblog.reblogged, boost.visibility], [post.id, true, "unlisted"]);
        assert.deepEqual((await mine.rebloggedBy.list()).map((one) => one.acct), ["carl"]);
        assert.equal((await select.unreblog()).reblogged, false);
        assert.equal((await select.bookmark()).bookmarked, true);
        assert.equal((await carl.masto.v1.bookmarks.list())[0].id, post.id);
        assert.equal((await select.unbookmark()).bookmarked, false);
        assert.ok(!ids(await carl.masto.v1.bookmarks.list()).includes(post.id));
    });

    test("what is pinned stands on the profile", async () => {
        const post = await ada.post("If you read one thing of mine");
        const select = ada.masto.v1.statuses.$select(post.id);
        assert.equal((await select.pin()).pinned, true);
        const pinned = async () => ids(await carl.masto.v1.accounts.$select(ada.id).statuses.list({ pinned: true }));
        assert.ok((await pinned()).includes(post.id));
        assert.equal((await select.unpin()).pinned, false);
        assert.ok(!(await pinned()).includes(post.id));
        assert.equal((await refused(carl.masto.v1.statuses.$select(post.id).pin())).status, 422);
    });
});

describe("posting, with megalodon", async () => {
    const [ada, carl, ben] = await Promise.all([ACME.person("ada"), ACME.person("carl"), GLOBEX.person("ben")]);

    test("a post is written, edited and deleted", async () => {
        const { data: post } = await ada.megalodon.postStatus("Lifetimes are regions", {
            spoiler_text: "rust",
            visibility: "unlisted",
            language: "en",
            sensitive: true,
        });
        assert.deepEqual([post.spoiler_text, post.visibility, post.language, post.sensitive], ["rust", "unlisted", "en", true]);
        const { data: edited } = await ada.megalodon.editStatus(post.id, { status: "Lifetimes are regions of code" });
        assert.equal(plain(edited.content), "Lifetimes are regions of code");
        assert.equal((await carl.megalodon.getStatus(post.id)).data.content, edited.content);
        assert.equal((await ada.megalodon.getStatusSource(post.id)).data.text, "Lifetimes are regions of code");
        assert.equal((await ada.megalodon.deleteStatus(post.id)).status, 200);
        assert.equal((await refused(carl.megalodon.getStatus(post.id))).status, 404);
    });

    test("a picture is posted with its description", async () => {
        const options = { description: "A green square", focus: "0.25,0.25" };
        const { data: file } = await ada.megalodon.uploadMedia(pictureStream(), options);
        await until(async () => (await ada.megalodon.getMedia(file.id)).data.url, "the picture is ready");
        const { data: changed } = await ada.megalodon.updateMedia(file.id, { description: "A square in green", focus: "0,0" });
        assert.deepEqual([changed.description, changed.meta.focus], ["A square in green", { x: 0, y: 0 }]);
        const { data: post } = await ada.megalodon.postStatus("Look", { media_ids: [file.id] });
        assert.equal(post.media_attachments[0].description, "A square in green");
        const arrived = await ben.homePost(post.uri);
        assert.equal(arrived.mediaAttachments[0].description, "A square in green");
    });

    test("a post can wait for its time, which can be changed", async () => {
        const { data: waiting } = await ada.megalodon.postStatus("Later", { scheduled_at: hours(5) });
        assert.equal(waiting.params.text, "Later");
        const later = hours(50);
        const { data: moved } = await ada.megalodon.scheduleStatus(waiting.id, later);
        assert.equal(Date.parse(moved.scheduled_at), Date.parse(later));
        assert.equal((await ada.megalodon.getScheduledStatus(waiting.id)).data.scheduled_at, moved.scheduled_at);
        assert.ok(ids((await ada.megalodon.getScheduledStatuses({ limit: 40 })).data).includes(waiting.id));
        await ada.megalodon.cancelScheduledStatus(waiting.id);
        assert.equal((await refused(ada.megalodon.getScheduledStatus(waiting.id))).status, 404);
    });

    test("others answer, like, share and keep it", async () => {
        const { data: post } = await ada.megalodon.postStatus("What do you keep notes in?", {});
        const { data: answer } = await carl.megalodon.postStatus("@ada Paper", { in_reply_to_id: post.id });
        const { data: around } = await ada.megalodon.getStatusContext(post.id, { limit: 10 });
        assert.deepEqual([ids(around.ancestors), ids(around.descendants)], [[], [answer.id]]);

        assert.equal((await carl.megalodon.favouriteStatus(post.id)).data.favourited, true);
        assert.deepEqual((await ada.megalodon.getStatusFavouritedBy(post.id)).data.map((one) => one.acct), ["carl"]);
        assert.ok(ids((await carl.megalodon.getFavourites({ limit: 5 })).data).includes(post.id));
        assert.equal((await carl.megalodon.unfavouriteStatus(post.id)).data.favourited, false);

        assert.equal((await carl.megalodon.reblogStatus(post.id)).data.reblog.id, post.id);
        assert.deepEqual((await ada.megalodon.getStatusRebloggedBy(post.id)).data.map((one) => one.acct), ["carl"]);
        assert.equal((await carl.megalodon.unreblogStatus(post.id)).data.reblogged, false);

        assert.equal((await carl.megalodon.bookmarkStatus(post.id)).data.bookmarked, true);
        assert.equal((await carl.megalodon.getBookmarks({ limit: 1 })).data[0].id, post.id);
        assert.equal((await carl.megalodon.unbookmarkStatus(post.id)).data.bookmarked, false);

        assert.equal((await ada.megalodon.muteStatus(post.id)).data.muted, true);
        assert.equal((await ada.megalodon.unmuteStatus(post.id)).data.muted, false);
        assert.equal((await ada.megalodon.pinStatus(post.id)).data.pinned, true);
        const { data: pinned } = await carl.megalodon.getAccountStatuses(ada.id, { pinned: true });
        assert.ok(ids(pinned).includes(post.id));
        assert.equal((await ada.megalodon.unpinStatus(post.id)).data.pinned, false);
    });
});
