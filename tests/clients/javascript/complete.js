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

const covers = (pattern, name) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern);

test("each method of the libraries is called, or stands among the exceptions", (context) => {
    const known = [...mastoMethods(), ...megalodonMethods(Mastodon)];
    // Else the declarations were not understood.
    assert.ok(known.length > 380, `only ${known.length} methods were found`);
    const called = answered();
    const exceptions = Object.values(EXCEPTIONS).flat();
    const missing = known.filter((name) => !called.has(name) && !exceptions.some((pattern) => covers(pattern, name)));
    assert.deepEqual(missing, [], "these methods are neither called nor among the exceptions");
    const needless = exceptions.filter((pattern) => !known.some((name) => covers(pattern, name) && !called.has(name)));
    assert.deepEqual(needless, [], "these exceptions are of no method, or of one that is called");
    context.diagnostic(`${known.filter((name) => called.has(name)).length} of ${known.length} methods were answered`);
});
