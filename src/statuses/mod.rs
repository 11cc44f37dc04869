//! Posts: the nouns. Who may see one is decided in `store` alone.

pub mod api;
pub mod entity;
pub mod inbox;
mod jobs;
pub mod object;
pub mod ops;
pub mod outbox;
pub mod store;
pub mod view;
pub mod wire;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, SmallInt};

pub use jobs::{
    ParentAwaited, StatusDeleted, StatusEdited, StatusPublished, StatusRecorded, StatusRestated, ThreadAwaited,
};

use crate::base::id::{AccountId, ApplicationId, AudienceId, EditId, MediaId, StatusId};
use crate::base::visibility::{Audience, Visibility};
use crate::db::schema::{status_edits, statuses};
use crate::media::Details;
use crate::polls::{PollChange, PollDraft};
use crate::quotes::{Choice, Policy};

/// What a learning post is. It comes by hashtag or from the API, and shows as a hashtag in clients that don't know kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Plain,
    Question,
    Resource,
    TodayILearned,
    Lesson,
}

impl Kind {
    /// The number in `statuses.kind`.
    pub fn number(self) -> i16 {
        match self {
            Self::Plain => 0,
            Self::Question => 1,
            Self::Resource => 2,
            Self::TodayILearned => 3,
            Self::Lesson => 4,
        }
    }

    pub fn from_number(number: i16) -> Self {
        match number {
            1 => Self::Question,
            2 => Self::Resource,
            3 => Self::TodayILearned,
            4 => Self::Lesson,
            _ => Self::Plain,
        }
    }

    /// The name in the API and in class names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Question => "question",
            Self::Resource => "resource",
            Self::TodayILearned => "today_i_learned",
            Self::Lesson => "lesson",
        }
    }

    /// The kind that a normalised hashtag (lower case, no #) asks for.
    pub fn from_hashtag(tag: &str) -> Option<Self> {
        Some(match tag {
            "question" => Self::Question,
            "resource" => Self::Resource,
            "til" | "todayilearned" => Self::TodayILearned,
            "lesson" | "lessonlearned" => Self::Lesson,
            _ => return None,
        })
    }

    pub fn parse(name: &str) -> Option<Self> {
        let all = [Self::Plain, Self::Question, Self::Resource, Self::TodayILearned, Self::Lesson];
        all.into_iter().find(|kind| kind.name() == name)
    }

    /// The hashtag that plain clients see; `None` for a plain post.
    pub fn hashtag(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Question => Some("question"),
            Self::Resource => Some("resource"),
            Self::TodayILearned => Some("til"),
            Self::Lesson => Some("lesson"),
        }
    }
}

/// A row of `statuses`: a post, or a boost (`reblog_of_id`).
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = statuses, check_for_backend(diesel::pg::Pg))]
pub struct Status {
    pub id: StatusId,
    pub account_id: AccountId,
    pub uri: String,
    pub url: String,
    pub local: bool,
    pub audience_kind: i16,
    pub audience_id: Option<AudienceId>,
    pub in_reply_to_id: Option<StatusId>,
    pub in_reply_to_account_id: Option<AccountId>,
    pub in_reply_to_uri: Option<String>,
    pub thread_id: StatusId,
    pub reblog_of_id: Option<StatusId>,
    pub group_account_id: Option<AccountId>,
    pub kind: i16,
    pub text: String,
    pub content_type: String,
    pub content: String,
    pub spoiler_text: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub application_id: Option<ApplicationId>,
    pub created_at: DateTime<Utc>,
    pub edited_at: Option<DateTime<Utc>>,
    pub quote_policy: i32,
}

impl Status {
    pub fn audience(&self) -> Audience {
        Audience::from_row(self.audience_kind, self.audience_id)
    }

    pub fn kind(&self) -> Kind {
        Kind::from_number(self.kind)
    }

    /// Who may quote it.
    pub fn quote_policy(&self) -> Policy {
        Policy::from_number(self.quote_policy)
    }
}

/// An insert into `statuses`.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = statuses)]
pub struct NewStatus {
    pub id: StatusId,
    pub account_id: AccountId,
    pub uri: String,
    pub url: String,
    pub local: bool,
    pub audience_kind: i16,
    pub audience_id: Option<AudienceId>,
    pub in_reply_to_id: Option<StatusId>,
    pub in_reply_to_account_id: Option<AccountId>,
    pub in_reply_to_uri: Option<String>,
    pub thread_id: StatusId,
    pub reblog_of_id: Option<StatusId>,
    pub group_account_id: Option<AccountId>,
    pub kind: i16,
    pub text: String,
    pub content_type: &'static str,
    pub content: String,
    pub spoiler_text: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub application_id: Option<ApplicationId>,
    pub created_at: DateTime<Utc>,
    pub quote_policy: i32,
}

/// A row of `status_edits`, and an insert into it: what a post was before an edit.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = status_edits, check_for_backend(diesel::pg::Pg))]
pub struct Version {
    pub id: EditId,
    pub status_id: StatusId,
    pub content: String,
    pub spoiler_text: String,
    pub sensitive: bool,
    /// A list of [`VersionMedia`].
    pub media: serde_json::Value,
    /// Since when it was so.
    pub created_at: DateTime<Utc>,
    /// What its poll asked, if it had one.
    pub poll_options: Option<Vec<Option<String>>>,
}

/// What an earlier version had attached, in its order.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VersionMedia {
    pub id: MediaId,
    pub description: String,
}

/// What the author's client makes of a post that is there. As in Mastodon it says all of it: what it leaves out is empty.
#[derive(Clone, Debug, Default)]
pub struct StatusChange {
    pub text: String,
    // Of these four, what is `None` stays as it is; `sensitive` is then said by the content warning alone.
    pub markdown: Option<bool>,
    pub sensitive: Option<bool>,
    pub language: Option<String>,
    pub kind: Option<Kind>,
    pub spoiler_text: String,
    /// Files of the post, or of the author's own that belong to no post, in the order in which they are shown.
    pub media: Vec<MediaId>,
    /// What is newly said of files that are in `media`.
    pub details: Vec<(MediaId, Details)>,
    pub poll: PollChange,
    /// `None`: as it is. It is no edit.
    pub quote_policy: Option<Choice>,
}

/// A post on a page, and what it boosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct PageRow {
    #[diesel(sql_type = BigInt)]
    pub id: StatusId,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub reblog_of_id: Option<StatusId>,
}

/// What of a post depends on who looks.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct ViewerPart {
    #[diesel(sql_type = BigInt)]
    pub id: StatusId,
    /// Of the row: it is another one after every change.
    #[diesel(sql_type = BigInt)]
    pub version: i64,
    #[diesel(sql_type = Bool)]
    pub own: bool,
    /// All that its author attaches is marked as sensitive.
    #[diesel(sql_type = Bool)]
    pub sensitized: bool,
    #[diesel(sql_type = Bool)]
    pub favourited: bool,
    #[diesel(sql_type = Bool)]
    pub reblogged: bool,
    #[diesel(sql_type = Bool)]
    pub bookmarked: bool,
    /// The viewer is not told of its thread.
    #[diesel(sql_type = Bool)]
    pub muted: bool,
    /// By the viewer, of their own.
    #[diesel(sql_type = Bool)]
    pub pinned: bool,
    /// It has a poll.
    #[diesel(sql_type = Bool)]
    pub polled: bool,
    /// It quotes another.
    #[diesel(sql_type = Bool)]
    pub quoting: bool,
    /// By the viewer, in a post of theirs.
    #[diesel(sql_type = Bool)]
    pub quoted: bool,
    #[diesel(sql_type = SmallInt)]
    pub audience_kind: i16,
    #[diesel(sql_type = Integer)]
    pub quote_policy: i32,
    /// The viewer follows its author, and the other way round: asked where its policy depends on it.
    #[diesel(sql_type = Bool)]
    pub follows: bool,
    #[diesel(sql_type = Bool)]
    pub followed: bool,
    #[diesel(sql_type = BigInt)]
    pub replies_count: i64,
    #[diesel(sql_type = BigInt)]
    pub reblogs_count: i64,
    #[diesel(sql_type = BigInt)]
    pub favourites_count: i64,
    #[diesel(sql_type = BigInt)]
    pub quotes_count: i64,
}

/// A post as a client writes it; one that waits for its time is kept like this.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct StatusDraft {
    pub text: String,
    /// `text/markdown`, or plain text.
    pub markdown: bool,
    pub spoiler_text: String,
    // Of these three, what is `None` is as the author's defaults say.
    pub sensitive: Option<bool>,
    pub language: Option<String>,
    pub visibility: Option<Visibility>,
    pub in_reply_to: Option<StatusId>,
    pub quoted: Option<StatusId>,
    /// Who may quote it; `None`: as the author's defaults say.
    pub quote_policy: Option<Choice>,
    /// Files of the author's own, in the order in which they are shown.
    pub media: Vec<MediaId>,
    /// In place of files.
    pub poll: Option<PollDraft>,
    pub kind: Option<Kind>,
    pub application_id: Option<ApplicationId>,
    pub idempotency_key: Option<String>,
}
