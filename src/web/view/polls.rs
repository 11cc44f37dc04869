//! Polls as pages show them.

use chrono::{DateTime, Utc};

use super::Pictures;
use crate::polls::Poll;
use crate::web::texts::Texts;

/// A poll as pages show it.
#[derive(Clone, Debug)]
pub struct PollView {
    /// Several answers may be chosen.
    pub multiple: bool,
    pub options: Vec<OptionView>,
    /// How many voted, and until when one can, in words.
    pub summary: String,
    /// When it ends, or ended, for programs; may be empty.
    pub until_iso: String,
    pub until: String,
}

/// An answer to choose, with its result when that is shown.
#[derive(Clone, Debug)]
pub struct OptionView {
    /// HTML.
    pub title: String,
    /// The share of all voters in percent, and in words.
    pub result: Option<(i64, String)>,
}

impl PollView {
    /// `open`: whoever looks sees the numbers before the end.
    pub(super) fn new(t: &Texts, poll: &Poll, pictures: &Pictures<'_>, now: DateTime<Utc>, open: bool) -> Self {
        // In a poll with several answers, shares of those who voted, as far as their number is known.
        let whole = poll.voters.filter(|_| poll.multiple).unwrap_or_else(|| poll.votes_count()).max(1);
        let share = |votes: i64| (votes.saturating_mul(100) / whole).clamp(0, 100);
        let options = poll.options.iter().zip(&poll.votes).map(|(title, votes)| OptionView {
            title: pictures.text(title),
            result: poll.shows_totals(now, open).then(|| (share(*votes), t.count("poll-votes", votes))),
        });
        let voters = poll.voters.unwrap_or_else(|| poll.votes_count());
        let voters = if poll.shows_votes(now, open) { t.count("poll-voters", &voters) } else { String::new() };
        let until = match poll.expires_at {
            Some(_) if poll.is_over(now) => t.say("poll-ended"),
            Some(_) if !poll.shows_totals(now, open) => t.say("poll-hidden"),
            Some(_) => t.say("poll-open"),
            None => String::new(),
        };
        Self {
            multiple: poll.multiple,
            options: options.collect(),
            summary: [voters, until].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            until_iso: poll.expires_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
            until: poll.expires_at.map(|at| t.moment(at)).unwrap_or_default(),
        }
    }
}
