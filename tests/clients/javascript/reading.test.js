// People read: timelines page by page, lists, hashtags, what filters hide, and what they were told of.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ACME, GLOBEX, fresh, ids, refused } from "./support.js";

const accts = (list) => list.map((one) => one.acct);

describe("reading, with masto.js", async () => {
    const [ada, carl, ben] = await Promise.all([ACME.person("ada"), ACME.person("carl"), GLOBEX.person("ben")]);

    test("every page, forward and back, has each post once", async () => {
        const [jo, tag] = [await ACME.newcomer("jo"), fresh("pages")];
        const written = [];
        for (let number = 0; number < 7; number += 1) written.unshift((await jo.post(`page ${number} #${tag}`)).id);
        const { timelines, accounts } = jo.masto.v1;
        const stranger = ACME.masto();
        for (const first of [
            () => timelines.home.list({ limit: 3 }),
            () => timelines.tag.$select(tag).list({ limit: 3 }),
            () => accounts.$select(jo.id).statuses.list({ limit: 3 }),
            () => stranger.v1.timelines.tag.$select(tag).list({ limit: 3 }),
        ]) {
            const pages = [];
            for await (const page of first()) pages.push(page);
            assert.deepEqual(pages.map((page) => page.length).filter(Boolean), [3, 3, 1]);
            assert.deepEqual(pages.flatMap(ids), written);
        }
        const back = [];
        for await (const page of timelines.home.list({ limit: 3, minId: written.at(-1) }).setDirection("prev")) {
            if (page.length === 0) break;
            back.unshift(...ids(page));
        }
        assert.deepEqual(back, written.slice(0, -1));
    });

    test("the public timeline knows what is from here", async () => {
        const tag = fresh("where");
        const [here, there] = [await ada.post(`#${tag} from here`), await ben.post(`#${tag} from there`)];
        const arrived = await ada.homePost(there.uri);
        const shown = async (which) => {
            const all = new Set(ids(await ada.masto.v1.timelines.public.list({ limit: 40, ...which })));
            return [here.id, arrived.id].map((id) => all.has(id));
        };
        assert.deepEqual(await shown({}), [true, true]);
        assert.deepEqual(await shown({ local: true }), [true, false]);
        assert.deepEqual(await shown({ remote: true }), [false, true]);
        assert.deepEqual(ids(await ada.masto.v1.timelines.tag.$select(tag).list({ local: true })), [here.id]);
    });

    test("a list has its own timeline", async () => {
        const lea = await ACME.newcomer("lea");
        const { lists } = lea.masto.v1;
        await lea.masto.v1.accounts.$select(ada.id).follow();
        await lea.masto.v1.accounts.$select(carl.id).follow();
        const list = await lists.create({ title: "Teachers", exclusive: false, repliesPolicy: "followed" });
        assert.deepEqual([list.title, list.exclusive, list.repliesPolicy], ["Teachers", false, "followed"]);
        const select = lists.$select(list.id);
        await select.accounts.create({ accountIds: [ada.id, carl.id] });
        await select.accounts.remove({ accountIds: [carl.id] });
        assert.deepEqual(accts(await select.accounts.list()), ["ada"]);
        assert.deepEqual(ids(await lea.masto.v1.accounts.$select(ada.id).lists.list()), [list.id]);
        const [hers, his] = [await ada.post("From a teacher"), await carl.post("From a colleague")];
        const shown = ids(await lea.masto.v1.timelines.list.$select(list.id).list());
        assert.ok(shown.includes(hers.id) && !shown.includes(his.id));
        assert.equal((await select.update({ title: "Mentors", exclusive: true })).exclusive, true);
        assert.equal((await select.fetch()).title, "Mentors");
        assert.deepEqual((await lists.list()).map((one) => one.title), ["Mentors"]);
        const after = await ada.post("Kept off home");
        assert.ok(!ids(await lea.masto.v1.timelines.home.list()).includes(after.id));
        await select.remove();
        assert.equal((await refused(select.fetch())).status, 404);
    });

    test("hashtags are followed, and shown on profiles", async () => {
        const [max, tag] = [await ACME.newcomer("max"), fresh("gardening")];
        const select = max.masto.v1.tags.$select(tag);
        assert.equal((await select.follow()).following, true);
        assert.deepEqual((await max.masto.v1.followedTags.list()).map((one) => one.name), [tag]);
        const post = await carl.post(`Tomatoes #${tag}`);
        assert.ok(ids(await max.masto.v1.timelines.home.list()).includes(post.id));
        assert.equal((await select.fetch()).history.length, 7);
        assert.equal((await select.unfollow()).following, false);

        assert.equal((await select.feature()).featuring, true);
        assert.equal((await select.unfeature()).featuring, false);
        await max.post(`Beans #${tag}`);
        const { featuredTags } = max.masto.v1;
        assert.deepEqual((await featuredTags.suggestions.list()).map((one) => one.name), [tag]);
        const featured = await featuredTags.create({ name: tag });
        assert.deepEqual([featured.name, String(featured.statusesCount)], [tag, "1"]);
        assert.deepEqual(ids(await featuredTags.list()), [featured.id]);
        assert.deepEqual((await carl.masto.v1.accounts.$select(max.id).featuredTags.list()).map((one) => one.name), [tag]);
        await featuredTags.$select(featured.id).remove();
        assert.deepEqual(await featuredTags.list(), []);
    });

    test("filters say what they match, word by word and post by post", async () => {
        const [mo, word] = [await ACME.newcomer("mo"), fresh("spoiler")];
        const { filters } = mo.masto.v2;
        const filter = await filters.create({
            title: "Finale",
            context: ["home", "public", "account"],
            filterAction: "warn",
            expiresIn: 3600,
            keywordsAttributes: [{ keyword: word, wholeWord: true }],
        });
        assert.deepEqual([filter.title, filter.filterAction, filter.keywords[0].keyword], ["Finale", "warn", word]);
        const select = filters.$select(filter.id);
        const [post, other] = [await ada.post(`The ${word} is that`), await ada.post("Nothing to see")];
        const matches = async (id) => {
            const found = await mo.masto.v1.accounts.$select(ada.id).statuses.list({ limit: 10 });
            return found.find((one) => one.id === id).filtered;
        };
        const [result] = await matches(post.id);
        assert.deepEqual([result.filter.title, result.keywordMatches, result.statusMatches], ["Finale", [word], null]);
        assert.deepEqual(await matches(other.id), []);

        const keyword = await select.keywords.create({ keyword: fresh("ending"), wholeWord: false });
        assert.equal((await select.keywords.list()).length, 2);
        const one = filters.keywords.$select(keyword.id);
        assert.equal((await one.update({ keyword: "epilogue", wholeWord: true })).keyword, "epilogue");
        assert.equal((await one.fetch()).wholeWord, true);
        await one.remove();
        assert.equal((await refused(one.fetch())).status, 404);

        const added = await select.statuses.create({ statusId: other.id });
        assert.equal(added.statusId, other.id);
        assert.deepEqual((await matches(other.id))[0].statusMatches, [other.id]);
        assert.deepEqual(ids(await select.statuses.list()), [added.id]);
        assert.equal((await filters.statuses.$select(added.id).fetch()).statusId, other.id);
        await filters.statuses.$select(added.id).remove();
        assert.deepEqual(await select.statuses.list(), []);

        const changed = await select.update({
            title: "All endings",
            context: ["home"],
            filterAction: "hide",
            keywordsAttributes: [{ id: filter.keywords[0].id, _destroy: true }, { keyword: "finale" }],
        });
        assert.deepEqual([changed.title, changed.context, changed.filterAction], ["All endings", ["home"], "hide"]);
        assert.deepEqual(changed.keywords.map((one) => one.keyword), ["finale"]);
        assert.equal((await select.fetch()).title, "All endings");
        assert.deepEqual(ids(await filters.list()), [filter.id]);
        await select.remove();
        assert.deepEqual(await filters.list(), []);
    });

    test("filters of the first version are words", async () => {
        const nia = await ACME.newcomer("nia");
        const { filters } = nia.masto.v1;
        const filter = await filters.create({ phrase: "monday", context: ["home"], irreversible: false, wholeWord: true });
        assert.deepEqual([filter.phrase, filter.context, filter.wholeWord], ["monday", ["home"], true]);
        const select = filters.$select(filter.id);
        assert.equal((await select.update({ phrase: "tuesday", context: ["home"] })).phrase, "tuesday");
        assert.equal((await select.fetch()).phrase, "tuesday");
        assert.deepEqual(ids(await filters.list()), [filter.id]);
        await select.remove();
        assert.deepEqual(await filters.list(), []);
    });

    test("what one was told is read one by one, counted and cleared", async () => {
        const olli = await ACME.newcomer("olli");
        const post = await olli.post("Tell me what you think");
        await carl.masto.v1.accounts.$select(olli.id).follow();
        await carl.masto.v1.statuses.$select(post.id).favourite();
        await carl.masto.v1.statuses.$select(post.id).reblog();
        const reply = await carl.post(`@${olli.name} I think so too`, { inReplyToId: post.id });
        const { notifications, markers } = olli.masto.v1;
        const told = await notifications.list();
        assert.deepEqual(told.map((one) => one.type), ["mention", "reblog", "favourite", "follow"]);
        assert.deepEqual(told.map((one) => one.status?.id), [reply.id, post.id, post.id, undefined]);
        assert.equal((await notifications.list({ types: ["follow"], accountId: carl.id })).length, 1);
        assert.deepEqual((await notifications.list({ excludeTypes: ["mention", "follow"] })).map((one) => one.type), ["reblog", "favourite"]);
        assert.equal((await notifications.fetch({ limit: 2 })).length, 2);
        assert.equal((await notifications.unreadCount.fetch()).count, 4);
        const saved = await markers.create({ notifications: { lastReadId: told[1].id }, home: { lastReadId: post.id } });
        assert.equal(saved.notifications.lastReadId, told[1].id);
        const kept = await markers.fetch({ timeline: ["home", "notifications"] });
        assert.deepEqual([kept.home.lastReadId, kept.notifications.lastReadId], [post.id, told[1].id]);
        assert.equal((await notifications.unreadCount.fetch()).count, 1);
        assert.equal((await notifications.$select(told[3].id).fetch()).type, "follow");
        await notifications.$select(told[0].id).dismiss();
        assert.deepEqual(ids(await notifications.list()), ids(told.slice(1)));
        await notifications.clear();
        assert.deepEqual(await notifications.list(), []);
    });

    test("a post at the other company is found by its address", async () => {
        const finn = await GLOBEX.person("finn");
        const post = await finn.post(fresh("Hidden in plain sight "));
        const { statuses } = await carl.masto.v2.search.list({ q: post.url, resolve: true, type: "statuses" });
        assert.deepEqual(statuses.map((one) => one.uri), [post.uri]);
        const tag = fresh("zebra");
        await carl.post(`#${tag}`);
        const { hashtags } = await carl.masto.v2.search.list({ q: `#${tag}`, type: "hashtags" });
        assert.deepEqual(hashtags.map((one) => one.name), [tag]);
    });
});

describe("reading, with megalodon", async () => {
    const [ada, carl, ben] = await Promise.all([ACME.person("ada"), ACME.person("carl"), GLOBEX.person("ben")]);

    test("timelines", async () => {
        const tag = fresh("times");
        const { data: here } = await ada.megalodon.postStatus(`#${tag} from here`, {});
        const { data: there } = await ben.megalodon.postStatus(`#${tag} from there`, {});
        const arrived = await ada.homePost(there.uri);
        const { megalodon } = ada;
        const both = async (page) => {
            const shown = ids((await page).data);
            return [here.id, arrived.id].map((id) => shown.includes(id));
        };
        assert.deepEqual(await both(megalodon.getPublicTimeline({ limit: 40 })), [true, true]);
        assert.deepEqual(await both(megalodon.getLocalTimeline({ limit: 40 })), [true, false]);
        assert.deepEqual(await both(megalodon.getHomeTimeline({ limit: 40 })), [true, true]);
        assert.deepEqual(await both(megalodon.getTagTimeline(tag, { limit: 1 })), [false, true]);
        assert.deepEqual(await both(megalodon.getTagTimeline(tag, { local: true })), [true, false]);
        const { data: found } = await megalodon.search(`#${tag}`, { type: "hashtags", limit: 5 });
        assert.deepEqual(found.hashtags.map((one) => one.name), [tag]);
    });

    test("a list has its own timeline", async () => {
        const pia = await ACME.newcomer("pia");
        const { megalodon } = pia;
        await megalodon.followAccount(ada.id);
        const { data: list } = await megalodon.createList("Teachers");
        assert.equal((await megalodon.addAccountsToList(list.id, [ada.id])).status, 200);
        assert.deepEqual(accts((await megalodon.getAccountsInList(list.id, { limit: 5 })).data), ["ada"]);
        assert.deepEqual(ids((await megalodon.getAccountLists(ada.id)).data), [list.id]);
        const post = await ada.post("From a teacher");
        assert.ok(ids((await megalodon.getListTimeline(list.id, { limit: 5 })).data).includes(post.id));
        assert.equal((await megalodon.deleteAccountsFromList(list.id, [ada.id])).status, 200);
        assert.deepEqual((await megalodon.getAccountsInList(list.id)).data, []);
        assert.equal((await megalodon.updateList(list.id, "Mentors")).data.title, "Mentors");
        assert.equal((await megalodon.getList(list.id)).data.title, "Mentors");
        assert.equal((await megalodon.deleteList(list.id)).status, 200);
        assert.deepEqual((await megalodon.getLists()).data, []);
    });

    test("hashtags are followed, and shown on profiles", async () => {
        const [quin, tag] = [await ACME.newcomer("quin"), fresh("baking")];
        const { megalodon } = quin;
        assert.equal((await megalodon.followTag(tag)).data.following, true);
        assert.deepEqual((await megalodon.getFollowedTags()).data.map((one) => one.name), [tag]);
        assert.equal((await megalodon.getTag(tag)).data.following, true);
        assert.equal((await megalodon.unfollowTag(tag)).data.following, false);
        await megalodon.postStatus(`Bread #${tag}`, {});
        assert.deepEqual((await megalodon.getSuggestedTags()).data.map((one) => one.name), [tag]);
        const { data: featured } = await megalodon.createFeaturedTag(tag);
        assert.deepEqual(ids((await megalodon.getFeaturedTags()).data), [featured.id]);
        assert.equal((await megalodon.deleteFeaturedTag(featured.id)).status, 200);
    });

    test("filters are words", async () => {
        const { megalodon } = await ACME.newcomer("rob");
        const { data: filter } = await megalodon.createFilter("monday", ["home"], { whole_word: true, expires_in: "3600" });
        assert.deepEqual([filter.phrase, filter.context, filter.whole_word], ["monday", ["home"], true]);
        assert.ok(Date.parse(filter.expires_at) > Date.now());
        assert.equal((await megalodon.updateFilter(filter.id, "tuesday", ["home"])).data.phrase, "tuesday");
        assert.equal((await megalodon.getFilter(filter.id)).data.phrase, "tuesday");
        assert.deepEqual(ids((await megalodon.getFilters()).data), [filter.id]);
        assert.equal((await megalodon.deleteFilter(filter.id)).status, 200);
    });

    test("what one was told is read one by one and cleared", async () => {
        const sol = await ACME.newcomer("sol");
        const { megalodon } = sol;
        const { data: post } = await megalodon.postStatus("Tell me", {});
        await carl.megalodon.favouriteStatus(post.id);
        await carl.megalodon.followAccount(sol.id);
        const { data: told } = await megalodon.getNotifications({ limit: 5 });
        assert.deepEqual(told.map((one) => one.type), ["follow", "favourite"]);
        assert.deepEqual(ids((await megalodon.getNotifications({ exclude_types: ["follow"] })).data), [told[1].id]);
        const { data: saved } = await megalodon.saveMarkers({
            home: { last_read_id: post.id },
            notifications: { last_read_id: told[1].id },
        });
        assert.equal(saved.notifications.last_read_id, told[1].id);
        assert.equal((await megalodon.getMarkers(["home"])).data.home.last_read_id, post.id);
        assert.equal((await megalodon.getNotification(told[1].id)).data.status.id, post.id);
        assert.equal((await megalodon.dismissNotification(told[1].id)).status, 200);
        assert.deepEqual(ids((await megalodon.getNotifications()).data), [told[0].id]);
        assert.equal((await megalodon.dismissNotifications()).status, 200);
        assert.deepEqual((await megalodon.getNotifications()).data, []);
    });
});
