//! Polls: what a post asks, with answers to choose from. The nouns. Who may see a poll is who may see its post.

pub mod api;
pub mod entity;
pub mod inbox;
pub mod ops;
pub mod store;
pub mod view;
pub mod wire;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use serde::{Deserialize, Serialize};

use crate::base::id::{AccountId, PollId, StatusId};
use crate::jobs::Job;

/// As in Mastodon: what a poll that is made here may have. The instance entity says so to clients.
pub const LEAST_OPTIONS: usize = 2;
pub const MOST_OPTIONS: usize = 4;
pub const MOST_CHARACTERS: usize = 50;

/// How long it may be open, in seconds: five minutes to a month.
pub const LEAST_SECONDS: i64 = 300;
pub const MOST_SECONDS: i64 = 2_629_746;

/// A row of `polls`.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Poll {
    #[diesel(sql_type = BigInt)]
    pub id: PollId,
    #[diesel(sql_type = BigInt)]
    pub status_id: StatusId,
    #[diesel(sql_type = Bool)]
    pub multiple: bool,
    #[diesel(sql_type = Bool)]
    pub hide_totals: bool,
    #[diesel(sql_type = Array<Text>)]
    pub options: Vec<String>,
    /// As many as there are options.
    #[diesel(sql_type = Array<BigInt>)]
    pub votes: Vec<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub voters: Option<i64>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub expires_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Timestamptz)]
    pub checked_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub end_awaited_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub update_due_at: Option<DateTime<Utc>>,
}

impl Poll {
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// Whether how many voted is shown before the end, too, to whom it is `open`: to its author, and where counts are shown to everybody
    /// (AUDIENCE rule 8). One without an end, as other servers have them, would never be shown.
    pub fn shows_votes(&self, now: DateTime<Utc>, open: bool) -> bool {
        open || self.expires_at.is_none() || self.is_over(now)
    }

    /// As [`Poll::shows_votes`], how often each option was chosen: not when the author hides it until the end, from themselves, too.
    pub fn shows_totals(&self, now: DateTime<Utc>, open: bool) -> bool {
        self.shows_votes(now, open && !self.hide_totals)
    }

    /// All choices of all voters.
    pub fn votes_count(&self) -> i64 {
        self.votes.iter().fold(0, |sum, votes| sum.saturating_add(*votes))
    }
}

/// Somebody's choice of one option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Vote {
    #[diesel(sql_type = BigInt)]
    pub poll_id: PollId,
    #[diesel(sql_type = BigInt)]
    pub account_id: AccountId,
    #[diesel(sql_type = SmallInt)]
    pub choice: i16,
}

/// A poll as a client writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PollDraft {
    pub options: Vec<String>,
    /// Seconds from when it is published.
    pub expires_in: i64,
    pub multiple: bool,
    pub hide_totals: bool,
}

/// What becomes of a post's poll when the post is edited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PollChange {
    /// It stays, or there is none.
    #[default]
    Keep,
    Remove,
    To(PollDraft),
}

/// Votes came in: tell whoever has the poll, a while later and all at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PollTallied {
    pub poll_id: PollId,
    /// Its author.
    pub account_id: AccountId,
    /// When this is due, in microseconds since 1970: a name for this run.
    pub at: i64,
}

impl Job for PollTallied {
    const KIND: &'static str = "poll_tallied";

    /// After the post itself, and its edits: see `statuses::StatusPublished`.
    fn lane(&self) -> Option<String> {
        Some(format!("author:{}", self.account_id))
    }
}

/// A poll has ended: tell its author and the people here who voted, and whoever has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PollEnded {
    pub poll_id: PollId,
    /// Its author.
    pub account_id: AccountId,
    /// The end, in microseconds since 1970. A poll that ends at another time by now has another job.
    pub at: i64,
}

impl Job for PollEnded {
    const KIND: &'static str = "poll_ended";

    fn lane(&self) -> Option<String> {
        Some(format!("author:{}", self.account_id))
    }
}

/// Somebody looks at a poll from elsewhere whose numbers are old: read them again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PollStale {
    pub poll_id: PollId,
}

impl Job for PollStale {
    const KIND: &'static str = "poll_stale";
    const OF_STRANGERS: Option<u64> = Some(60);
}
