// Run after all journeys: each method that the libraries have for a Mastodon server was answered with success in one of
// them, or stands here with the reason why it was not.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Mastodon } from "megalodon";

import { answered, mastoMethods, megalodonMethods } from "./methods.js";

/** Why methods are not called; a star stands for any end of a name. */
const EXCEPTIONS = {
    "Mastodon has it no longer": [
        "masto v1.search.list",
        "masto v1.timelines.direct.list",
        "masto v1.statuses.$select.card.fetch",
        "masto v1.accounts.$select.identityProofs.list",
        "megalodon getIdentityProof",
    ],
    "megalodon has it for other programs, and says of Mastodon that it cannot": [
        "megalodon getAccountFavourites",
        "megalodon readNotifications",
        "megalodon createEmojiReaction",
        "megalodon deleteEmojiReaction",
        "megalodon getEmojiReactions",
        "megalodon getEmojiReaction",
    ],
    "tokens hold until they are revoked, here as in Mastodon": ["megalodon refreshToken"],
    "Pollen takes PATCH alone; see the journey that is still to do": ["masto v2.notifications.policy.update"],
    "Pollen has no collections of accounts": [
        "masto v1.collections.*",
        "masto v1.accounts.$select.collections.list",
        "masto v1.accounts.$select.inCollections.list",
    ],
    "Pollen has no quotes": ["masto v1.statuses.$select.quotes.list"],
    "Pollen has a profile in the account alone": ["masto v1.profile.fetch", "masto v1.profile.update"],
    "nothing trends in Pollen, so there is nothing to approve": [
        "masto v1.admin.trends.links.$select.*",
        "masto v1.admin.trends.links.publishers.*",
        "masto v1.admin.trends.statuses.$select.*",
        "masto v1.admin.trends.tags.$select.*",
    ],
    "Pollen counts no years": [
        "masto v1.annualReports.$select.fetch",
        "masto v1.annualReports.$select.read",
        "masto v1.annualReports.$select.generate",
    ],
    "Pollen does not translate, and says so": ["masto v1.statuses.$select.translate"],
    "Pollen does not ask for addresses to be confirmed, and says so": ["masto v1.emails.confirmations.create"],
};

/** What is called in journeys that are switched off (`not_yet` in the script that runs this). */
const NOT_YET = {
    polls: ["masto v1.polls.*", "megalodon getPoll", "megalodon votePoll"],
    notices: [
        "masto v1.notifications.requests.*",
        "masto v2.notifications.*",
        "masto v1.conversations.*",
        "masto v1.announcements.*",
        "masto streaming.direct.subscribe",
        "megalodon getConversationTimeline",
        "megalodon readConversation",
        "megalodon deleteConversation",
        "megalodon getInstanceAnnouncements",
        "megalodon dismissInstanceAnnouncement",
        "megalodon addReactionToAnnouncement",
        "megalodon removeReactionFromAnnouncement",
        "megalodon directStreaming",
    ],
    finding: [
        "masto v1.suggestions.*",
        "masto v2.suggestions.list",
        "masto v1.directory.list",
        "masto v1.timelines.link.list",
        "masto v1.instance.languages.list",
        "masto v1.instance.translationLanguages.list",
        "masto v1.annualReports.list",
        "masto v1.annualReports.$select.state.fetch",
        "megalodon getSuggestions",
        "megalodon getInstanceDirectory",
    ],
};

const covers = (pattern, name) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern);

test("each method of the libraries is called, or stands among the exceptions", (context) => {
    const known = [...mastoMethods(), ...megalodonMethods(Mastodon)];
    // Else the declarations were not understood.
    assert.ok(known.length > 380, `only ${known.length} methods were found`);
    const called = answered();
    const off = (process.env.POLLEN_NOT_YET ?? "").split(" ").filter(Boolean);
    const exceptions = Object.values(EXCEPTIONS).flat();
    const excused = [...exceptions, ...off.flatMap((name) => NOT_YET[name])];
    const missing = known.filter((name) => !called.has(name) && !excused.some((pattern) => covers(pattern, name)));
    assert.deepEqual(missing, [], "these methods are neither called nor among the exceptions");
    const needless = exceptions.filter((pattern) => !known.some((name) => covers(pattern, name) && !called.has(name)));
    assert.deepEqual(needless, [], "these exceptions are of no method, or of one that is called");
    context.diagnostic(`${known.filter((name) => called.has(name)).length} of ${known.length} methods were answered`);
});
