//! Polls as Mastodon's API has them (https://docs.joinmastodon.org/entities/Poll/). Pure.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Poll;
use crate::accounts::entity::time;

/// What the one who looks has to do with a poll.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// It is their own: in that they have no vote, and as in Mastodon it counts as given.
    pub own: bool,
    pub choices: &'a [i16],
}

/// A poll as it is at this moment; `seen` is `None` for strangers, `emojis` are those in its options.
pub fn poll(poll: &Poll, seen: Option<Seen<'_>>, emojis: &[Value], now: DateTime<Utc>) -> Value {
    let shown = poll.shows_totals(now);
    let options = poll.options.iter().zip(&poll.votes);
    json!({
        "id": poll.id,
        "expires_at": poll.expires_at.map(time),
        "expired": poll.is_over(now),
        "multiple": poll.multiple,
        "votes_count": poll.votes_count(),
        "voters_count": poll.voters,
        "options": options
            .map(|(title, votes)| json!({"title": title, "votes_count": shown.then_some(votes)}))
            .collect::<Vec<Value>>(),
        "emojis": emojis,
        "voted": seen.map(|seen| seen.own || !seen.choices.is_empty()),
        "own_votes": seen.map(|seen| seen.choices),
    })
}
