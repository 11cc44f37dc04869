//! Who follows whom: the nouns.

pub mod api;
pub mod entity;
pub mod inbox;
pub mod ops;
pub mod store;
pub mod wire;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

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

/// How one account stands to another.
#[derive(Clone, Debug, QueryableByName)]
pub struct Standing {
    #[diesel(sql_type = BigInt)]
    pub id: AccountId,
    #[diesel(sql_type = Bool)]
    pub following: bool,
    #[diesel(sql_type = Bool)]
    pub requested: bool,
    #[diesel(sql_type = Bool)]
    pub followed_by: bool,
    #[diesel(sql_type = Bool)]
    pub requested_by: bool,
    #[diesel(sql_type = Bool)]
    pub showing_reblogs: bool,
    #[diesel(sql_type = Bool)]
    pub notifying: bool,
}
