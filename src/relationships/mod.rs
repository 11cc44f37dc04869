//! Who follows whom: the nouns.

pub mod api;
pub mod inbox;
pub mod ops;
pub mod store;
pub mod wire;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::base::id::{AccountId, FollowId};
use crate::db::schema::follows;

/// A row of `follows`: a follow, or a request while `accepted_at` is `None`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = follows, check_for_backend(diesel::pg::Pg))]
pub struct Follow {
    pub id: FollowId,
    pub account_id: AccountId,
    pub target_account_id: AccountId,
    /// The Follow activity's id.
    pub uri: String,
    pub accepted_at: Option<DateTime<Utc>>,
    pub show_reblogs: bool,
    pub notify: bool,
    pub languages: Option<Vec<Option<String>>>,
    pub created_at: DateTime<Utc>,
}
