//! An account's life beyond its posts: other names of the same person, moves, what is taken along, the end. Nouns.

pub mod api;
pub mod entity;
pub mod inbox;
pub mod object;
pub mod ops;
pub mod outbox;
pub mod store;
pub mod view;
pub mod wire;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::id::{AccountId, ImportId};
use crate::db::schema::imports;
use crate::jobs::Job;

/// After a move, the next one is possible in so many days.
pub const MOVE_PAUSE: TimeDelta = TimeDelta::days(30);

/// So long somebody's posts and ties are kept after they were suspended; then they go for good.
pub const SUSPENDED_KEPT: TimeDelta = TimeDelta::days(30);

/// An account goes for good: take out what hangs on it, and tell all servers if it is ours.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountDeleted {
    pub account_id: AccountId,
}

impl Job for AccountDeleted {
    const KIND: &'static str = "account_deleted";
}

/// An account of ours moved: tell its followers' servers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountMoved {
    pub account_id: AccountId,
}

impl Job for AccountMoved {
    const KIND: &'static str = "account_moved";
}

/// Somebody moved: people here who follow, block or mute the old account do so with the new one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FollowersCarried {
    pub from: AccountId,
    pub to: AccountId,
}

impl Job for FollowersCarried {
    const KIND: &'static str = "followers_carried";
}

/// Somebody brought a list along: work it off.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportBegun {
    pub import_id: ImportId,
    pub account_id: AccountId,
}

impl Job for ImportBegun {
    const KIND: &'static str = "import_begun";

    /// One list of a person after the other.
    fn lane(&self) -> Option<String> {
        Some(format!("import:{}", self.account_id))
    }
}

/// What a list that somebody brings along is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    Following,
    Blocks,
    Mutes,
    DomainBlocks,
    Lists,
    Bookmarks,
}

impl ListKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Following => "following",
            Self::Blocks => "blocks",
            Self::Mutes => "mutes",
            Self::DomainBlocks => "domain_blocks",
            Self::Lists => "lists",
            Self::Bookmarks => "bookmarks",
        }
    }

    /// By our name for it, or Mastodon's.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "following" => Self::Following,
            "blocks" | "blocking" => Self::Blocks,
            "mutes" | "muting" => Self::Mutes,
            "domain_blocks" | "domain_blocking" => Self::DomainBlocks,
            "lists" => Self::Lists,
            "bookmarks" => Self::Bookmarks,
            _ => return None,
        })
    }
}

/// A line of such a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// In the file, from 1.
    pub line: usize,
    /// `name@domain`, a domain, or the ActivityPub id of a post.
    pub name: String,
    /// Of a list of accounts: its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_reblogs: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hide_notifications: Option<bool>,
}

/// A line that came to nothing, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub line: usize,
    pub text: String,
    pub error: String,
}

/// A row of `imports`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = imports, check_for_backend(diesel::pg::Pg))]
pub struct Import {
    pub id: ImportId,
    pub account_id: AccountId,
    pub kind: String,
    /// merge or overwrite.
    pub mode: String,
    pub entries: serde_json::Value,
    pub total: i32,
    pub processed: i32,
    pub imported: i32,
    pub failures: serde_json::Value,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}
