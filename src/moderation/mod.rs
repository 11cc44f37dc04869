//! What moderators and administrators do: reports, acts on accounts, whom the instance refuses. Nouns.

pub mod api;
pub mod entity;
pub mod inbox;
pub mod ops;
pub mod outbox;
pub mod store;
pub mod view;
pub mod wire;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::id::{AccountId, ReportId, RuleId, StatusId};
use crate::db::schema::{domain_blocks, reports};
use crate::jobs::Job;
use crate::notifications::Reported;

/// The categories of reports (https://docs.joinmastodon.org/entities/Report/#category).
pub const CATEGORIES: [&str; 4] = ["spam", "legal", "violation", "other"];

/// A row of `reports`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = reports, check_for_backend(diesel::pg::Pg))]
pub struct Report {
    pub id: ReportId,
    /// Who reports: a person of this instance, or another server's actor.
    pub account_id: AccountId,
    pub target_account_id: AccountId,
    /// The Flag's id.
    pub uri: String,
    pub category: String,
    pub comment: String,
    pub forwarded: bool,
    pub status_ids: Vec<Option<i64>>,
    pub rule_ids: Vec<Option<i64>>,
    pub collection_ids: Vec<Option<i64>>,
    pub assigned_account_id: Option<AccountId>,
    pub action_taken_at: Option<DateTime<Utc>>,
    pub action_taken_by_account_id: Option<AccountId>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Report {
    /// What those who look after the instance are told of it.
    pub fn told(&self) -> Reported {
        Reported {
            id: self.id,
            target_account_id: self.target_account_id,
            category: self.category.clone(),
            comment: self.comment.clone(),
            forwarded: self.forwarded,
            status_ids: self.status_ids.clone(),
            rule_ids: self.rule_ids.clone(),
            collection_ids: self.collection_ids.clone(),
            action_taken_at: self.action_taken_at,
            created_at: self.created_at,
        }
    }

    pub fn statuses(&self) -> Vec<StatusId> {
        self.status_ids.iter().flatten().map(|id| StatusId(*id)).collect()
    }
}

/// A row of `domain_blocks`: how this instance stands to a domain.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = domain_blocks, check_for_backend(diesel::pg::Pg))]
pub struct DomainBlock {
    pub id: RuleId,
    pub domain: String,
    pub severity: String,
    pub reject_media: bool,
    pub reject_reports: bool,
    pub private_comment: Option<String>,
    pub public_comment: Option<String>,
    pub obfuscate: bool,
    pub created_at: DateTime<Utc>,
}

/// A domain was suspended, or is no more: close its accounts, or open those again that were closed then.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DomainJudged {
    pub domain: String,
    /// When the block was made: the moment at which its accounts were closed.
    pub since: DateTime<Utc>,
}

impl Job for DomainJudged {
    const KIND: &'static str = "domain_judged";

    fn lane(&self) -> Option<String> {
        Some(format!("domain:{}", self.domain))
    }
}
