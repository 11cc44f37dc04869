//! Lists of accounts whose posts somebody reads by themselves: the nouns.

pub mod api;
pub mod entity;
pub mod ops;
pub mod store;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::base::id::{AccountId, ListId};
use crate::db::schema::lists;

/// To whom replies show on a list: people whom its owner follows, members of the list, nobody.
pub const REPLIES_POLICIES: [&str; 3] = ["followed", "list", "none"];

/// Lists that one person may have.
pub const MOST_LISTS: i64 = 50;

/// Characters of a title.
pub const MOST_TITLE: usize = 256;

/// A row of `lists`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = lists, check_for_backend(diesel::pg::Pg))]
pub struct List {
    pub id: ListId,
    pub account_id: AccountId,
    pub title: String,
    /// One of [`REPLIES_POLICIES`].
    pub replies_policy: String,
    /// Its members' posts are not on home.
    pub exclusive: bool,
    pub created_at: DateTime<Utc>,
}

/// What a client says of a list; `None` leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct ListChanges {
    pub title: Option<String>,
    pub replies_policy: Option<String>,
    pub exclusive: Option<bool>,
}
