//! Web push: devices that want to be told of notifications while no client runs on them. The nouns.

pub mod api;
pub mod encryption;
pub mod entity;
pub mod ops;
pub mod outbox;
pub mod store;
pub mod texts;
pub mod vapid;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::base::id::{AccountId, NotificationId, PushSubscriptionId, TokenId};
use crate::db::schema::push_subscriptions;
use crate::jobs::Job;

/// Types of notifications that a device can ask for: Mastodon's.
pub const ALERTS: [&str; 12] = [
    "mention",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "quote",
    "quoted_update",
    "admin.sign_up",
    "admin.report",
];

/// Whose doings a device wants to be told of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    #[default]
    All,
    /// Those whom the person follows.
    Followed,
    /// Those who follow the person.
    Follower,
    None,
}

impl Policy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Followed => "followed",
            Self::Follower => "follower",
            Self::None => "none",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::All, Self::Followed, Self::Follower, Self::None].into_iter().find(|policy| policy.as_str() == text)
    }
}

/// A row of `push_subscriptions`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = push_subscriptions, check_for_backend(diesel::pg::Pg))]
pub struct Subscription {
    pub id: PushSubscriptionId,
    pub token_id: TokenId,
    pub account_id: AccountId,
    pub endpoint: String,
    pub public_key: Vec<u8>,
    pub auth: Vec<u8>,
    pub standard: bool,
    pub policy: String,
    pub alerts: Vec<Option<String>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Subscription {
    pub fn policy(&self) -> Policy {
        Policy::parse(&self.policy).unwrap_or(Policy::None)
    }

    /// Whether this type of notification was asked for.
    pub fn wants(&self, kind: &str) -> bool {
        self.alerts.iter().flatten().any(|alert| alert == kind)
    }
}

/// A notification is to be pushed to a device.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct PushDue {
    pub notification_id: NotificationId,
    pub subscription_id: PushSubscriptionId,
}

impl Job for PushDue {
    const KIND: &'static str = "push_due";
    const OF_STRANGERS: Option<u64> = Some(60);
}
