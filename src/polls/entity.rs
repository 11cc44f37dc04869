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

/// A poll as it is at this moment; `seen` is `None` for strangers, `emojis` are those in its options. `counts`: everybody sees the numbers
/// before the end. Where they do not, one's own vote is all that counts.
pub fn poll(poll: &Poll, seen: Option<Seen<'_>>, emojis: &[Value], now: DateTime<Utc>, counts: bool) -> Value {
    let open = counts || seen.is_some_and(|seen| seen.own);
    let shown = poll.shows_totals(now, open);
    let (votes, voters) = if poll.shows_votes(now, open) {
        (poll.votes_count(), poll.voters)
    } else {
        let own = seen.map_or(0, |seen| i64::try_from(seen.choices.len()).unwrap_or(i64::MAX));
        (own, poll.voters.map(|_| own.min(1)))
    };
    let options = poll.options.iter().zip(&poll.votes);
    json!({
        "id": poll.id,
        "expires_at": poll.expires_at.map(time),
        "expired": poll.is_over(now),
        "multiple": poll.multiple,
        "votes_count": votes,
        "voters_count": voters,
        "options": options
            .map(|(title, votes)| json!({"title": title, "votes_count": shown.then_some(votes)}))
            .collect::<Vec<Value>>(),
        "emojis": emojis,
        "voted": seen.map(|seen| seen.own || !seen.choices.is_empty()),
        "own_votes": seen.map(|seen| seen.choices),
    })
}
