//! Bookmarks: posts that a person keeps to find again. Nobody else knows of them.

pub mod api;
pub mod ops;
pub mod store;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::base::id::StatusId;

/// A bookmark on a page.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct BookmarkRow {
    #[diesel(sql_type = BigInt)]
    pub bookmark_id: i64,
    #[diesel(sql_type = BigInt)]
    pub id: StatusId,
}
