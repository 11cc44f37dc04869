//! Nouns: what a notification is about, besides an account and a post.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::base::id::{AccountId, CollectionId, ReportId, SeveranceId, StatusId, WarningId};
use crate::db::schema::{account_warnings, appeals, reports, severances};

/// What a notification is about, besides an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Nothing,
    Status(StatusId),
    Report(ReportId),
    Collection(CollectionId),
    Severance(SeveranceId),
    Warning(WarningId),
}

impl Subject {
    pub fn status(self) -> Option<StatusId> {
        if let Self::Status(id) = self { Some(id) } else { None }
    }

    pub fn report(self) -> Option<ReportId> {
        if let Self::Report(id) = self { Some(id) } else { None }
    }

    pub fn collection(self) -> Option<CollectionId> {
        if let Self::Collection(id) = self { Some(id) } else { None }
    }

    pub fn severance(self) -> Option<SeveranceId> {
        if let Self::Severance(id) = self { Some(id) } else { None }
    }

    pub fn warning(self) -> Option<WarningId> {
        if let Self::Warning(id) = self { Some(id) } else { None }
    }
}

/// Of a row of `reports`, what those who look after the instance are told.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = reports, check_for_backend(diesel::pg::Pg))]
pub struct Reported {
    pub id: ReportId,
    pub target_account_id: AccountId,
    pub category: String,
    pub comment: String,
    pub forwarded: bool,
    pub status_ids: Vec<Option<i64>>,
    pub rule_ids: Vec<Option<i64>>,
    pub collection_ids: Vec<Option<i64>>,
    pub action_taken_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A row of `severances`: follows of a person that a block of a whole domain ended.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = severances, check_for_backend(diesel::pg::Pg))]
pub struct Severance {
    pub id: SeveranceId,
    pub account_id: AccountId,
    /// `domain_block`, by those who look after the instance; `user_domain_block`, by the person.
    pub kind: String,
    pub target_name: String,
    pub followers_count: i32,
    pub following_count: i32,
    /// When the block was made.
    pub created_at: DateTime<Utc>,
}

/// A row of `account_warnings`: what moderators did to an account, and said of it.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = account_warnings, check_for_backend(diesel::pg::Pg))]
pub struct Warning {
    pub id: WarningId,
    pub target_account_id: AccountId,
    pub action: String,
    pub text: String,
    pub status_ids: Vec<Option<i64>>,
    pub created_at: DateTime<Utc>,
}

/// What became of an appeal, as Mastodon calls it (https://docs.joinmastodon.org/entities/Appeal/#state).
pub const PENDING: &str = "pending";
pub const APPROVED: &str = "approved";
pub const REJECTED: &str = "rejected";

/// A row of `appeals`: why somebody says that what moderators did to them is wrong.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = appeals, check_for_backend(diesel::pg::Pg))]
pub struct Appeal {
    pub warning_id: WarningId,
    pub text: String,
    pub state: String,
    pub created_at: DateTime<Utc>,
}
