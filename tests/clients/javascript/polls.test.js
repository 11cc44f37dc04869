// People ask with a poll, and others answer it, at both companies.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ACME, GLOBEX, refused, until } from "./support.js";

const votes = (poll) => poll.options.map((one) => ("votesCount" in one ? one.votesCount : one.votes_count));

describe("polls, with masto.js", async () => {
    const [ada, carl, ben] = await Promise.all([ACME.person("ada"), ACME.person("carl"), GLOBEX.person("ben")]);
    const question = { options: ["Tabs", "Spaces", "Both"], expiresIn: 3600 };

    test("a poll is voted in, here and at the other company", async () => {
        const post = await ada.post("How do you indent?", { poll: question });
        const { poll } = post;
        assert.deepEqual(poll.options.map((one) => one.title), question.options);
        assert.deepEqual([poll.expired, poll.multiple, poll.votesCount, poll.voted], [false, false, 0, true]);
        assert.ok(Math.abs(Date.parse(poll.expiresAt) - Date.now() - 3_600_000) < 60_000);
        const select = carl.masto.v1.polls.$select(poll.id);
        assert.equal((await select.fetch()).voted, false);
        const voted = await select.votes.create({ choices: [1] });
        assert.deepEqual([voted.voted, voted.ownVotes, voted.votesCount], [true, [1], 1]);
        assert.deepEqual(votes(voted), [null, null, null], "the results are her own until the end");
        assert.equal((await refused(select.votes.create({ choices: [0] }))).status, 422);
        assert.equal((await refused(ada.masto.v1.polls.$select(poll.id).votes.create({ choices: [0] }))).status, 422);

        const arrived = await ben.homePost(post.uri);
        assert.deepEqual(arrived.poll.options.map((one) => one.title), question.options);
        const his = await ben.masto.v1.polls.$select(arrived.poll.id).votes.create({ choices: [0] });
        assert.deepEqual([his.voted, his.ownVotes], [true, [0]]);
        const counted = async () => votes(await ada.masto.v1.polls.$select(poll.id).fetch()).join() === "1,1,0";
        await until(counted, "ben's vote is counted at Acme");
    });

    test("more than one answer can be allowed, and the count hidden until the end", async () => {
        const { poll } = await ada.post("Which do you know?", { poll: { ...question, multiple: true, hideTotals: true } });
        assert.equal(poll.multiple, true);
        const voted = await carl.masto.v1.polls.$select(poll.id).votes.create({ choices: [0, 2] });
        assert.deepEqual(voted.ownVotes, [0, 2]);
        assert.deepEqual(votes(voted), [null, null, null]);
    });

    test("what is no poll is refused", async () => {
        for (const wrong of [{ options: ["One"] }, { expiresIn: 1 }, { options: ["Same", "Same"] }]) {
            assert.equal((await refused(ada.post("?", { poll: { ...question, ...wrong } }))).status, 422, JSON.stringify(wrong));
        }
    });
});

describe("polls, with megalodon", async () => {
    const [ada, carl] = await Promise.all([ACME.person("ada"), ACME.person("carl")]);

    test("a poll is voted in, and begins anew when it is edited", async () => {
        const poll = { options: ["Yes", "No"], expires_in: 3600, multiple: false, hide_totals: false };
        const { data: post } = await ada.megalodon.postStatus("Lunch?", { poll });
        const { data: voted } = await carl.megalodon.votePoll(post.poll.id, [0]);
        assert.deepEqual([voted.voted, voted.own_votes, votes(voted)], [true, [0], [null, null]]);
        assert.equal((await ada.megalodon.getPoll(post.poll.id)).data.votes_count, 1);
        const changed = { options: ["Yes", "No", "Later"], expires_in: 7200 };
        const { data: edited } = await ada.megalodon.editStatus(post.id, { status: "Lunch?", poll: changed });
        assert.deepEqual(votes(edited.poll), [0, 0, 0]);
        assert.equal(edited.id, post.id);
    });
});
