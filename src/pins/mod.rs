//! Pins: what somebody shows first of their own posts, here and on other servers (their `featured` collection).

pub mod api;
pub mod inbox;
pub mod object;
pub mod ops;
pub mod outbox;
pub mod store;
pub mod wire;

use serde::{Deserialize, Serialize};

use crate::base::id::{AccountId, PinId, StatusId};
use crate::base::visibility::Audience;
use crate::jobs::Job;

/// Posts that one account may have pinned, as in Mastodon; of others, those that are kept.
pub const MOST_PINS: i64 = 5;

/// Whether posts for these can be pinned; messages cannot.
pub fn can_be_pinned(audience: Audience) -> bool {
    audience != Audience::Direct
}

/// Somebody of ours pinned a post, or unpinned it: tell the servers of those who follow them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PinChanged {
    pub account_id: AccountId,
    pub status_id: StatusId,
    pub status_uri: String,
    pub pin_id: PinId,
    pub pinned: bool,
}

impl Job for PinChanged {
    const KIND: &'static str = "pin_changed";

    /// After the post itself, see `statuses::StatusPublished`.
    fn lane(&self) -> Option<String> {
        Some(format!("author:{}", self.account_id))
    }
}
