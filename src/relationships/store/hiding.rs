//! Whom a person does not want to see or hear: SQL conditions for every timeline, thread and notification. Who may see a
//! post at all is `visible!`'s to say, blocks included; what is here is left out where posts come by themselves, and opens
//! all the same when its address is asked for.
//!
//! Each takes the parameter that holds the time now, as a literal such as `"$5"`: a mute may have an end. `$1` is the
//! viewer, 0 for a stranger, who hides nobody.

/// The ids of those whom the viewer blocks or, at the moment, mutes, as a subquery. It depends on the viewer alone, so
/// Postgres reads it once for a statement.
#[macro_export]
macro_rules! hidden_people {
    ($now:literal) => {
        concat!(
            "(SELECT hb.target_account_id FROM blocks hb WHERE hb.account_id = $1
              UNION ALL SELECT hm.target_account_id FROM mutes hm
              WHERE hm.account_id = $1 AND (hm.expires_at IS NULL OR hm.expires_at > ",
            $now,
            "))"
        )
    };
}

/// Whether the viewer blocks or mutes this account (an SQL expression), or blocks its domain. Never null.
#[macro_export]
macro_rules! hidden {
    ($who:literal, $now:literal) => {
        concat!(
            "(",
            $who,
            " IN ",
            $crate::hidden_people!($now),
            " OR coalesce((SELECT ha.domain FROM accounts ha WHERE ha.id = ",
            $who,
            "), '') IN (SELECT hd.domain FROM account_domain_blocks hd WHERE hd.account_id = $1))"
        )
    };
}

/// Whether the row `s` of `statuses` boosts a post by somebody whom the viewer hides.
#[macro_export]
macro_rules! boosts_hidden {
    ($now:literal) => {
        concat!(
            "(s.reblog_of_id IS NOT NULL AND ",
            $crate::hidden!("(SELECT ho.account_id FROM statuses ho WHERE ho.id = s.reblog_of_id)", $now),
            ")"
        )
    };
}

/// The one filter of timelines: whether the row `s` of `statuses` may come to the viewer by itself. It is not by somebody
/// whom they hide, boosts nothing by such, and names nobody whom they block or mute, as in Mastodon; in one's own posts
/// one may name whom one likes.
#[macro_export]
macro_rules! shown {
    ($now:literal) => {
        concat!(
            "NOT (",
            $crate::hidden!("s.account_id", $now),
            " OR ",
            $crate::boosts_hidden!($now),
            // EXISTS is asked once for a statement, and spares those who hide nobody the rest.
            " OR (s.account_id <> $1 AND EXISTS ",
            $crate::hidden_people!($now),
            " AND EXISTS (SELECT 1 FROM status_mentions hw
                WHERE hw.status_id IN (s.id, s.reblog_of_id) AND hw.account_id IN ",
            $crate::hidden_people!($now),
            ")))"
        )
    };
}

/// Whether the row `s` of `statuses` may come to those who do not follow its author: nobody silenced the author, or the
/// author's server. One who follows them sees them all the same, and so do they themselves.
#[macro_export]
macro_rules! unsilenced {
    () => {
        "((SELECT true FROM accounts la LEFT JOIN instances li ON li.domain = la.domain
             WHERE la.id = s.account_id AND (la.silenced_at IS NOT NULL OR li.silenced_at IS NOT NULL)) IS NULL
          OR s.account_id = $1
          OR (SELECT true FROM follows lf
              WHERE lf.account_id = $1 AND lf.target_account_id = s.account_id AND lf.accepted_at IS NOT NULL))"
    };
}

/// Whether a person (`$who`, an SQL expression) wants to be told of what `$from` does: they do not block them, do not mute
/// their notifications, and do not block their domain. Row by row, as in `visible!`: at most one row answers each.
#[macro_export]
macro_rules! heard {
    ($who:literal, $from:literal, $now:literal) => {
        concat!(
            "(SELECT true FROM blocks nb WHERE nb.account_id = ",
            $who,
            " AND nb.target_account_id = ",
            $from,
            ") IS NULL AND (SELECT true FROM mutes nm WHERE nm.account_id = ",
            $who,
            " AND nm.target_account_id = ",
            $from,
            " AND nm.hide_notifications AND (nm.expires_at IS NULL OR nm.expires_at > ",
            $now,
            ")) IS NULL AND (SELECT true FROM account_domain_blocks nd WHERE nd.account_id = ",
            $who,
            " AND nd.domain = (SELECT na.domain FROM accounts na WHERE na.id = ",
            $from,
            ")) IS NULL"
        )
    };
}
