//! What somebody does not want to read, or only after a warning: the nouns, and when a filter matches. Posts are known here by
//! their ids, and by their words as [`fold`] writes them.

pub mod api;
pub mod entity;
mod matcher;
pub mod ops;
pub mod store;
pub mod view;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

pub use matcher::{Matcher, fold};

use crate::base::id::{AccountId, FilterId, FilterKeywordId, FilterStatusId, StatusId};
use crate::db::schema::{filter_keywords, filter_statuses, filters};

/// Where a filter can apply. Clients look at it: the server says what matches wherever a post shows.
pub const CONTEXTS: [&str; 5] = ["home", "notifications", "public", "thread", "account"];

/// What a client does with a post that matches.
pub const ACTIONS: [&str; 3] = ["warn", "hide", "blur"];

/// Filters that one person may have.
pub const MOST_FILTERS: i64 = 100;

/// Keywords of all filters of one person.
pub const MOST_KEYWORDS: i64 = 500;

/// Characters of all these keywords: every page is looked through for them.
pub const MOST_CHARACTERS: i64 = 20_000;

/// Posts that all filters of one person name.
pub const MOST_STATUSES: i64 = 1_000;

/// Characters of a title.
pub const MOST_TITLE: usize = 256;

/// Characters of a keyword.
pub const MOST_KEYWORD: usize = 512;

/// A row of `filters`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = filters, check_for_backend(diesel::pg::Pg))]
pub struct Filter {
    pub id: FilterId,
    pub account_id: AccountId,
    pub title: String,
    /// Of [`CONTEXTS`].
    pub context: Vec<Option<String>>,
    /// One of [`ACTIONS`].
    pub action: String,
    /// `None`: until it is taken back.
    pub expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A row of `filter_keywords`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = filter_keywords, check_for_backend(diesel::pg::Pg))]
pub struct Keyword {
    pub id: FilterKeywordId,
    pub filter_id: FilterId,
    pub keyword: String,
    pub whole_word: bool,
}

/// A row of `filter_statuses`: a post that a filter names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = filter_statuses, check_for_backend(diesel::pg::Pg))]
pub struct NamedStatus {
    pub id: FilterStatusId,
    pub filter_id: FilterId,
    pub status_id: StatusId,
}

/// A filter with all that it has.
#[derive(Clone, Debug)]
pub struct WholeFilter {
    pub filter: Filter,
    pub keywords: Vec<Keyword>,
    pub statuses: Vec<NamedStatus>,
}

/// What a client says of a filter; `None` leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct FilterChanges {
    pub title: Option<String>,
    pub context: Option<Vec<String>>,
    pub action: Option<String>,
    /// Seconds from now; `Some(None)` is without end.
    pub expires_in: Option<Option<i64>>,
    pub keywords: Vec<KeywordChange>,
}

/// What a client says of a keyword: a new one if there is no `id`.
#[derive(Clone, Debug, Default)]
pub struct KeywordChange {
    pub id: Option<FilterKeywordId>,
    pub keyword: Option<String>,
    pub whole_word: Option<bool>,
    pub removed: bool,
}
