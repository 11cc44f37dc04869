//! Who follows, blocks and mutes whom: the nouns.

pub mod api;
pub mod entity;
pub mod inbox;
pub mod object;
pub mod ops;
pub mod outbox;
pub mod store;
pub mod wire;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};

use crate::base::id::{AccountId, BlockId, FollowId, MuteId};
use crate::db::schema::{blocks, follower_digests, follows, mutes};
use crate::jobs::Job;

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

/// A row of `blocks`: of an account by another, one of the two ours.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = blocks, check_for_backend(diesel::pg::Pg))]
pub struct Block {
    pub id: BlockId,
    pub account_id: AccountId,
    pub target_account_id: AccountId,
    /// The Block activity's id.
    pub uri: String,
    pub created_at: DateTime<Utc>,
}

/// A row of `mutes`: of an account by a person of this instance. Nobody else knows of it.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = mutes, check_for_backend(diesel::pg::Pg))]
pub struct Mute {
    pub id: MuteId,
    pub account_id: AccountId,
    pub target_account_id: AccountId,
    pub hide_notifications: bool,
    /// `None`: until it is taken back.
    pub expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A person blocked a domain: end what ties them to its accounts.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct DomainBlocked {
    pub account_id: AccountId,
    /// Normalised.
    pub domain: String,
}

impl Job for DomainBlocked {
    const KIND: &'static str = "domain_blocked";
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
    /// Of the posts that are shown at home; `None` for all.
    #[diesel(sql_type = Nullable<Array<Nullable<Text>>>)]
    pub languages: Option<Vec<Option<String>>>,
    #[diesel(sql_type = Bool)]
    pub blocking: bool,
    #[diesel(sql_type = Bool)]
    pub blocked_by: bool,
    #[diesel(sql_type = Bool)]
    pub muting: bool,
    #[diesel(sql_type = Bool)]
    pub muting_notifications: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub muting_expires_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    pub domain_blocking: bool,
    #[diesel(sql_type = Bool)]
    pub endorsed: bool,
    /// What one noted of the other; empty for nothing.
    #[diesel(sql_type = Text)]
    pub note: String,
}

/// One account blocked another: what binds them besides follows ends too.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct AccountBlocked {
    /// Who blocked.
    pub account_id: AccountId,
    pub target_account_id: AccountId,
}

impl Job for AccountBlocked {
    const KIND: &'static str = "account_blocked";
}

/// The ids of those who follow an account here and whose ids begin with this origin, summed up: the XOR of their SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = follower_digests, check_for_backend(diesel::pg::Pg))]
pub struct FollowerDigest {
    pub origin: String,
    pub part_1: i64,
    pub part_2: i64,
    pub part_3: i64,
    pub part_4: i64,
}

impl FollowerDigest {
    pub fn sum(&self) -> [u8; 32] {
        let mut sum = [0; 32];
        let parts = [self.part_1, self.part_2, self.part_3, self.part_4];
        for (place, part) in sum.chunks_exact_mut(8).zip(parts) {
            place.copy_from_slice(&part.to_be_bytes());
        }
        sum
    }
}
