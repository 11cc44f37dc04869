//! Whom one could follow, and the directory of those who want to be found. Nobody is ranked: no order here says how many follow
//! somebody.

pub mod api;
pub mod ops;
pub mod store;
pub mod view;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};

use crate::base::id::AccountId;

/// Somebody whom one could follow.
#[derive(Clone, Debug, QueryableByName)]
pub struct Suggestion {
    #[diesel(sql_type = BigInt)]
    pub id: AccountId,
    /// Why, in Mastodon's words: `featured`, `friends_of_friends`, `similar_to_recently_followed`.
    #[diesel(sql_type = Array<Text>)]
    pub sources: Vec<String>,
}

impl Suggestion {
    /// The one reason that older clients know.
    pub fn source(&self) -> &'static str {
        if self.sources.iter().any(|source| source == "featured") { "staff" } else { "past_interactions" }
    }
}

/// How the directory is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By when they last wrote.
    Active,
    /// By when they came.
    New,
}
