// People report, and those who look after Acme work it off, let people in, keep others out, and count.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ACME, GLOBEX, OUT_OF_BAND, PASSWORD, fresh, ids, owner, refused } from "./support.js";

const DAY = 86_400_000;
const span = { startAt: new Date(Date.now() - 7 * DAY).toISOString(), endAt: new Date().toISOString() };

describe("moderation, with masto.js", async () => {
    const [olga, carl] = await Promise.all([owner(), ACME.person("carl")]);
    const { admin } = olga.masto.v1;

    test("a report is worked off, and forwarded to the other company", async () => {
        const pete = await GLOBEX.newcomer("pete");
        const post = await pete.post("Buy now");
        const { statuses } = await carl.masto.v2.search.list({ q: post.url, resolve: true, type: "statuses" });
        const report = await carl.masto.v1.reports.create({
            accountId: statuses[0].account.id,
            statusIds: [statuses[0].id],
            comment: "Advertising",
            category: "spam",
            forward: true,
        });
        assert.deepEqual([report.comment, report.category, report.forwarded, report.actionTaken], ["Advertising", "spam", true, false]);
        assert.equal(report.targetAccount.acct, pete.acct);
        const listed = (await admin.reports.list({ resolved: false, targetAccountId: report.targetAccount.id }))[0];
        assert.deepEqual([listed.id, listed.account.username, ids(listed.statuses)], [report.id, "carl", [statuses[0].id]]);
        const select = admin.reports.$select(report.id);
        assert.equal((await select.assignToSelf()).assignedAccount.username, "olga");
        assert.equal((await select.unassign()).assignedAccount, null);
        assert.equal((await select.resolve()).actionTaken, true);
        assert.equal((await select.reopen()).actionTaken, false);
        assert.equal((await select.fetch()).comment, "Advertising");
        assert.equal((await refused(carl.masto.v1.admin.reports.list())).status, 403);
    });

    test("acts on an account hold until they are taken back", async () => {
        const mal = await ACME.newcomer("mal");
        const post = await mal.post("Hello");
        const select = admin.accounts.$select(mal.id);
        assert.equal((await select.fetch()).email, `${mal.name}@people.example`);
        const [found] = await admin.accounts.list({ local: true, username: mal.name });
        assert.equal(found.id, mal.id);
        const act = (type) => select.action.create({ type, text: "Because" });

        await act("silence");
        assert.ok(ids(await admin.accounts.list({ silenced: true })).includes(mal.id));
        assert.equal((await select.unsilence()).silenced, false);
        await act("sensitive");
        assert.equal((await carl.masto.v1.statuses.$select(post.id).fetch()).sensitive, true);
        assert.equal((await select.unsensitive()).sensitized, false);
        await act("suspend");
        assert.equal((await refused(carl.masto.v1.statuses.$select(post.id).fetch())).status, 404);
        assert.equal((await select.unsuspend()).suspended, false);
        assert.equal((await carl.masto.v1.statuses.$select(post.id).fetch()).id, post.id);
        await act("disable");
        assert.equal((await refused(mal.masto.v1.accounts.verifyCredentials())).status, 401);
        assert.equal((await select.enable()).disabled, false);
    });

    test("rules on addresses hold at registration, and some wait for approval", async () => {
        const { clientId, clientSecret } = await ACME.application();
        const granted = await ACME.oauth().token.create({
            grantType: "client_credentials",
            clientId,
            clientSecret,
            redirectUri: OUT_OF_BAND,
            scope: "write",
        });
        const register = (email, from = undefined) => {
            const username = fresh("una");
            const wishes = { username, password: PASSWORD, email, agreement: true, locale: "en", reason: "To learn" };
            return ACME.masto(granted.accessToken, from).v1.accounts.create(wishes).then(() => username);
        };

        const { emailDomainBlocks, canonicalEmailBlocks, ipBlocks } = admin;
        const spam = await emailDomainBlocks.create({ domain: `${fresh("spam")}.example` });
        assert.equal((await refused(register(`una@${spam.domain}`))).status, 422);
        assert.equal((await emailDomainBlocks.$select(spam.id).fetch()).domain, spam.domain);
        assert.ok(ids(await emailDomainBlocks.list()).includes(spam.id));
        await emailDomainBlocks.$select(spam.id).remove();
        assert.equal((await refused(emailDomainBlocks.$select(spam.id).fetch())).status, 404);

        const odd = await emailDomainBlocks.create({ domain: `${fresh("odd")}.example`, allowWithApproval: true });
        const names = [await register(`one@${odd.domain}`), await register(`two@${odd.domain}`)];
        const waiting = await admin.accounts.list({ pending: true });
        const [one, two] = names.map((name) => waiting.find((account) => account.username === name));
        assert.deepEqual([one.approved, one.inviteRequest], [false, "To learn"]);
        assert.equal((await admin.accounts.$select(one.id).approve()).approved, true);
        await admin.accounts.$select(two.id).reject();
        assert.equal((await refused(admin.accounts.$select(two.id).fetch())).status, 404);
        await emailDomainBlocks.$select(odd.id).remove();

        const email = `${fresh("vera")}@people.example`;
        const block = await canonicalEmailBlocks.create({ email });
        const select = canonicalEmailBlocks.$select(block.id);
        assert.equal((await select.fetch()).canonicalEmailHash, block.canonicalEmailHash);
        assert.deepEqual(ids(await canonicalEmailBlocks.test({ email: email.toUpperCase() })), [block.id]);
        assert.ok(ids(await canonicalEmailBlocks.list()).includes(block.id));
        assert.equal((await refused(register(email))).status, 422);
        await select.remove();
        await register(email);

        const network = await ipBlocks.create({ ip: "198.51.100.0/24", severity: "sign_up_block", comment: "A flood", expiresIn: 3600 });
        const its = ipBlocks.$select(network.id);
        assert.deepEqual([network.ip, network.severity], ["198.51.100.0/24", "sign_up_block"]);
        assert.ok((await refused(register(`${fresh("wim")}@people.example`, "198.51.100.7"))).status >= 400);
        assert.equal((await its.update({ severity: "sign_up_requires_approval", comment: "Fewer" })).comment, "Fewer");
        assert.equal((await its.fetch()).severity, "sign_up_requires_approval");
        assert.ok(ids(await ipBlocks.list()).includes(network.id));
        await its.remove();
        await register(`${fresh("xan")}@people.example`, "198.51.100.7");
    });

    test("domains are blocked, and allowed", async () => {
        const { domainBlocks, domainAllows } = admin;
        const domain = `${fresh("rude")}.example`;
        const block = await domainBlocks.create({
            domain,
            severity: "silence",
            rejectMedia: true,
            rejectReports: true,
            privateComment: "Ask Olga",
            publicComment: "Rude",
            obfuscate: true,
        });
        assert.deepEqual([block.domain, block.severity, block.rejectMedia, block.publicComment], [domain, "silence", true, "Rude"]);
        const select = domainBlocks.$select(block.id);
        assert.equal((await select.update({ severity: "suspend" })).severity, "suspend");
        assert.equal((await select.fetch()).privateComment, "Ask Olga");
        assert.ok(ids(await domainBlocks.list()).includes(block.id));
        await select.remove();
        assert.equal((await refused(select.fetch())).status, 404);

        const allowed = await domainAllows.create({ domain: `${fresh("friend")}.example` });
        const its = domainAllows.$select(allowed.id);
        assert.equal((await its.fetch()).domain, allowed.domain);
        assert.ok(ids(await domainAllows.list()).includes(allowed.id));
        await its.remove();
        assert.equal((await refused(its.fetch())).status, 404);
    });

    test("what is counted is counted", async () => {
        const keys = ["active_users", "new_users", "opened_reports", "resolved_reports"];
        const measures = await admin.measures.create({ keys, ...span });
        assert.deepEqual(measures.map((one) => one.key), keys);
        assert.ok(measures.every((one) => typeof one.total === "string" && one.data.length > 0));
        assert.ok(Number(measures[0].total) > 0);
        const dimensions = await admin.dimensions.create({ keys: ["languages", "software_versions"], ...span });
        assert.deepEqual(dimensions.map((one) => one.key), ["languages", "software_versions"]);
        const cohorts = await admin.retention.create({ ...span, frequency: "day" });
        assert.ok(Array.isArray(cohorts));
        for (const trend of ["tags", "statuses", "links"]) assert.deepEqual(await admin.trends[trend].list(), []);
    });

});

describe("moderation, with megalodon", async () => {
    const [carl, olga] = await Promise.all([ACME.person("carl"), owner()]);

    test("somebody reports what breaks a rule", async () => {
        const rex = await ACME.newcomer("rex");
        const { data: post } = await rex.megalodon.postStatus("Rude words", {});
        const { data: report } = await carl.megalodon.report(rex.id, {
            status_ids: [post.id],
            comment: "Rude",
            category: "violation",
            rule_ids: [2],
        });
        assert.deepEqual([report.category, report.status_ids, report.rule_ids], ["violation", [post.id], ["2"]]);
        const { rules } = await olga.masto.v1.admin.reports.$select(report.id).fetch();
        assert.deepEqual(ids(rules), ["2"]);
    });

    test("somebody reports", async () => {
        const rex = await ACME.newcomer("rex");
        const { data: post } = await rex.megalodon.postStatus("Buy now", {});
        const options = { status_ids: [post.id], comment: "Advertising", category: "spam", forward: false };
        const { data: report } = await carl.megalodon.report(rex.id, options);
        assert.deepEqual([report.comment, report.category, report.status_ids], ["Advertising", "spam", [post.id]]);
        assert.equal((await olga.masto.v1.admin.reports.$select(report.id).fetch()).comment, "Advertising");
    });
});
