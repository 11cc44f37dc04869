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

use crate::base::id::{AccountId, AuditId, ReportId, ReportNoteId, RuleId, StatusId};
use crate::base::{Error, Result, why};
use crate::db::schema::{audit_log, domain_blocks, report_notes, reports};
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

/// A row of `report_notes`: what a moderator wrote beside a report, for the others.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = report_notes, check_for_backend(diesel::pg::Pg))]
pub struct ReportNote {
    pub id: ReportNoteId,
    pub report_id: ReportId,
    pub account_id: Option<AccountId>,
    /// Who it was, by the name of then.
    pub author: String,
    /// Text.
    pub content: String,
    pub created_at: DateTime<Utc>,
}

/// A row of `audit_log`: an act of administration.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_log, check_for_backend(diesel::pg::Pg))]
pub struct Audit {
    pub id: AuditId,
    pub account_id: Option<AccountId>,
    /// Who it was, by the name of then, or `command line`.
    pub actor: String,
    /// Such as account.suspend.
    pub action: String,
    /// What it was done to, by the name of then.
    pub target: String,
    pub details: serde_json::Value,
    pub created_at: DateTime<Utc>,
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

/// How bad a domain's block is.
pub const SEVERITIES: [&str; 3] = ["silence", "suspend", "noop"];

/// The most that a comment on a block may have, in characters; of one in a list, so much is kept.
pub const MOST_COMMENT: usize = 1000;

/// What somebody says of a block; `None` leaves as it is, an empty comment is none.
#[derive(Clone, Debug, Default)]
pub struct RuleDraft {
    pub severity: Option<String>,
    pub reject_media: Option<bool>,
    pub reject_reports: Option<bool>,
    pub obfuscate: Option<bool>,
    pub private_comment: Option<String>,
    pub public_comment: Option<String>,
}

impl RuleDraft {
    /// Changes a block to what this says.
    pub fn apply(self, block: &mut DomainBlock) -> Result<()> {
        if let Some(severity) = self.severity.filter(|severity| !severity.is_empty()) {
            if !SEVERITIES.contains(&severity.as_str()) {
                return Err(Error::invalid("severity", "must be silence, suspend or noop"));
            }
            block.severity = severity;
        }
        block.reject_media = self.reject_media.unwrap_or(block.reject_media);
        block.reject_reports = self.reject_reports.unwrap_or(block.reject_reports);
        block.obfuscate = self.obfuscate.unwrap_or(block.obfuscate);
        for (field, given, kept) in [
            ("private_comment", self.private_comment, &mut block.private_comment),
            ("public_comment", self.public_comment, &mut block.public_comment),
        ] {
            if given.as_ref().is_some_and(|text| text.chars().count() > MOST_COMMENT) {
                return Err(Error::invalid(field, why!("can have at most {most} characters", most = MOST_COMMENT)));
            }
            if let Some(text) = given {
                *kept = Some(text).filter(|text| !text.is_empty());
            }
        }
        Ok(())
    }
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
