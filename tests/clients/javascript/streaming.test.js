// What happens is seen at once, over WebSockets.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { ACME, GLOBEX, Listener, fresh, picture, plain } from "./support.js";

describe("streams, with masto.js", async () => {
    const [ada, carl, ben] = await Promise.all([ACME.person("ada"), ACME.person("carl"), GLOBEX.person("ben")]);
    const isUpdate = (event, post) => event.event === "update" && event.payload.uri === post.uri;

    // Few connections for all that they listen to: masto.js takes a second to make one.
    const streams = { ada: ada.streams(), pictures: ada.streams(), carl: carl.streams() };
    after(() => Object.values(streams).forEach((one) => one.close()));
    await Promise.all(Object.values(streams).map((one) => one.prepare()));

    /** Reads a stream while `journey` lasts. */
    async function listening(subscription, journey) {
        try {
            await journey(new Listener().read(subscription));
        } finally {
            subscription.unsubscribe();
        }
    }

    test("one's own stream has one's home and what one is told", async () => {
        await listening(streams.carl.user.subscribe(), async (listener) => {
            const post = (await listener.provoke(() => ada.post("News"), isUpdate, "ada's post")).payload;
            assert.equal(post.account.acct, "ada");
            await ada.masto.v1.statuses.$select(post.id).update({ status: "Better news" });
            const edit = await listener.hear((one) => one.event === "status.update" && one.payload.id === post.id, "the edit");
            assert.deepEqual([plain(edit.payload.content), edit.stream], ["Better news", ["user"]]);
            await ada.masto.v1.statuses.$select(post.id).remove();
            await listener.hear((one) => one.event === "delete" && one.payload === post.id, "the end of the post");
            const mention = await ada.post("@carl hello");
            await listener.hear((one) => one.event === "notification" && one.payload.status?.id === mention.id, "the mention");
            const filter = await carl.masto.v2.filters.create({ title: fresh("filter"), context: ["home"] });
            await listener.hear((one) => one.event === "filters_changed", "the change of filters");
            await carl.masto.v2.filters.$select(filter.id).remove();
            // Carl follows ben, at the other company.
            const remote = await ben.post("From afar");
            await listener.hear((one) => isUpdate(one, remote), "ben's post");
        });
    });

    test("what one is told has a stream of its own", async () => {
        await listening(streams.ada.user.notification.subscribe(), async (listener) => {
            const isIt = (event, post) => event.event === "notification" && event.payload.status?.id === post.id;
            const told = await listener.provoke(() => carl.post("@ada knock knock"), isIt, "the mention");
            assert.deepEqual([told.payload.type, told.payload.account.acct, told.stream], ["mention", "carl", ["user:notification"]]);
        });
    });

    test("the public streams have what is public, here or elsewhere", async () => {
        const here = () => carl.post("For everybody");
        const there = () => ben.post("For everybody, from Globex");
        for (const [name, subscription, act] of [
            ["public", streams.ada.public.subscribe(), here],
            ["public:local", streams.ada.public.local.subscribe(), here],
            ["public:remote", streams.ada.public.remote.subscribe(), there],
        ]) {
            await listening(subscription, async (listener) => {
                assert.deepEqual((await listener.provoke(act, isUpdate, `a post on ${name}`)).stream, [name]);
            });
        }
    });

    test("posts with pictures have streams of their own", async () => {
        // A picture belongs to one post.
        const withPicture = (person) => async () => {
            const { id } = await person.masto.v2.media.create({ file: picture() });
            return person.post("Look", { mediaIds: [id] });
        };
        for (const [name, subscription, act] of [
            ["public:media", streams.pictures.public.media.subscribe(), withPicture(carl)],
            ["public:local:media", streams.pictures.public.local.media.subscribe(), withPicture(carl)],
            ["public:remote:media", streams.pictures.public.remote.media.subscribe(), withPicture(ben)],
        ]) {
            await listening(subscription, async (listener) => {
                const { stream, payload } = await listener.provoke(act, isUpdate, `a picture on ${name}`);
                assert.deepEqual([stream, payload.mediaAttachments.length], [[name], 1]);
            });
        }
    });

    test("hashtags and lists have streams", async () => {
        const tag = fresh("news");
        const act = () => carl.post(`#${tag}`);
        await listening(streams.ada.hashtag.subscribe({ tag }), async (listener) => {
            assert.deepEqual((await listener.provoke(act, isUpdate, "a post with the hashtag")).stream, ["hashtag", tag]);
        });
        await listening(streams.ada.hashtag.local.subscribe({ tag }), async (listener) => {
            assert.deepEqual((await listener.provoke(act, isUpdate, "a post with the hashtag")).stream, ["hashtag:local", tag]);
        });
        const lis = await ACME.newcomer("lis");
        await lis.masto.v1.accounts.$select(ada.id).follow();
        const list = await lis.masto.v1.lists.create({ title: "Teachers" });
        await lis.masto.v1.lists.$select(list.id).accounts.create({ accountIds: [ada.id] });
        streams.lis = lis.streams();
        await listening(streams.lis.list.subscribe({ list: list.id }), async (listener) => {
            const heard = await listener.provoke(() => ada.post("For the list"), isUpdate, "a post on the list");
            assert.deepEqual(heard.stream, ["list", list.id]);
        });
    });

    test("one connection carries many streams, and one that is left is silent", async () => {
        const tag = fresh("many");
        await listening(streams.ada.public.local.subscribe(), async (listener) => {
            const subscription = streams.ada.hashtag.subscribe({ tag });
            const tagged = new Listener().read(subscription);
            const post = () => carl.post(`#${tag}`);
            await tagged.provoke(post, isUpdate, "a post with the hashtag");
            await listener.provoke(post, isUpdate, "a public post");
            subscription.unsubscribe();
            const last = await post();
            await listener.hear((event) => isUpdate(event, last), "the last post");
            await assert.rejects(tagged.hear((event) => isUpdate(event, last), "it", 0), /was not heard/);
        });
    });
});

describe("streams, with megalodon", async () => {
    const [ada, carl] = await Promise.all([ACME.person("ada"), ACME.person("carl")]);
    const isUpdate = (event, post) => event.kind === "update" && event.what.id === post.id;

    /** Reads a stream while `journey` lasts. */
    async function listening(opening, journey) {
        const stream = await opening;
        const listener = new Listener();
        for (const kind of ["update", "status_update", "delete", "notification", "conversation", "error", "parser-error"]) {
            stream.on(kind, (what) => listener.tell({ kind, what }));
        }
        try {
            await journey(listener);
        } finally {
            stream.stop();
        }
    }

    test("one's own stream has one's home and what one is told", async () => {
        await listening(carl.megalodon.userStreaming(), async (listener) => {
            const { what: post } = await listener.provoke(() => ada.post("News"), isUpdate, "ada's post");
            await ada.megalodon.editStatus(post.id, { status: "Better news" });
            const edit = await listener.hear((one) => one.kind === "status_update" && one.what.id === post.id, "the edit");
            assert.equal(plain(edit.what.content), "Better news");
            await ada.megalodon.deleteStatus(post.id);
            await listener.hear((one) => one.kind === "delete" && one.what === post.id, "the end of the post");
            const mention = await ada.post("@carl hello");
            const told = await listener.hear((one) => one.kind === "notification" && one.what.status?.id === mention.id, "the mention");
            assert.equal(told.what.type, "mention");
        });
    });

    test("public streams, hashtags and lists", async () => {
        const tag = fresh("whale");
        const act = () => carl.post(`#${tag}`);
        for (const opening of [ada.megalodon.publicStreaming(), ada.megalodon.localStreaming(), ada.megalodon.tagStreaming(tag)]) {
            await listening(opening, (listener) => listener.provoke(act, isUpdate, "carl's post"));
        }
        const lou = await ACME.newcomer("lou");
        await lou.megalodon.followAccount(carl.id);
        const { data: list } = await lou.megalodon.createList("Teachers");
        await lou.megalodon.addAccountsToList(list.id, [carl.id]);
        await listening(lou.megalodon.listStreaming(list.id), (listener) => listener.provoke(act, isUpdate, "carl's post"));
    });
});
