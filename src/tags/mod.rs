//! Hashtags by themselves: how they are used, who follows them, on whose profile they stand. Names are normalised everywhere.

pub mod api;
pub mod entity;
pub mod ops;
pub mod store;
pub mod view;

use chrono::{DateTime, Utc};

use crate::base::id::{FeaturedTagId, TagId};

/// Hashtags that one person may follow: home looks for each.
pub const MOST_FOLLOWED: i64 = 500;

/// Hashtags that one person may show on their profile.
pub const MOST_FEATURED: i64 = 10;

/// Days that are counted, with today.
pub const DAYS: i64 = 7;

/// How often public posts had a hashtag on one day (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The midnight at which it begins, in seconds since 1970.
    pub start: i64,
    pub uses: i64,
    /// By how many.
    pub accounts: i64,
}

/// A hashtag on a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Featured {
    pub id: FeaturedTagId,
    pub tag_id: TagId,
    pub name: String,
}

/// How often somebody used a hashtag where anyone can see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub statuses_count: i64,
    pub last_status_at: Option<DateTime<Utc>>,
}
