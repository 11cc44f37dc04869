//! What a person is told about: the nouns.

pub mod api;
pub mod ops;
pub mod store;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};

use crate::base::id::{AccountId, NotificationId, StatusId};
use crate::db::schema::notifications;

/// What happened (Mastodon's notification types).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Mention,
    /// Somebody whose posts one asked to be told of has posted.
    Status,
    Reblog,
    Follow,
    FollowRequest,
    Favourite,
    /// A poll of one's own, or in which one voted, has ended.
    Poll,
    Update,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Status => "status",
            Self::Reblog => "reblog",
            Self::Follow => "follow",
            Self::FollowRequest => "follow_request",
            Self::Favourite => "favourite",
            Self::Poll => "poll",
            Self::Update => "update",
        }
    }
}

/// A row of `notifications`.
#[derive(Clone, Debug, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = notifications, check_for_backend(diesel::pg::Pg))]
pub struct Notification {
    #[diesel(sql_type = BigInt)]
    pub id: NotificationId,
    #[diesel(sql_type = BigInt)]
    pub account_id: AccountId,
    #[diesel(sql_type = BigInt)]
    pub from_account_id: AccountId,
    #[diesel(column_name = type_, sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub status_id: Option<StatusId>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}
