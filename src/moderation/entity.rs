//! Reports and what administrators see, as Mastodon's API has them (https://docs.joinmastodon.org/entities/Report/,
//! https://docs.joinmastodon.org/entities/Admin_Account/ and the like). Pure.

use serde_json::{Value, json};

use super::{DomainBlock, Report};
use crate::accounts::entity::{role, time};
use crate::accounts::{Account, User};
use crate::base::id::AccountId;
use crate::base::secret;
use crate::notifications;

/// A report, for whoever made it. `target` is the written entity of the account.
pub fn report(report: &Report, target: Value) -> Value {
    notifications::entity::report(&report.told(), target)
}

/// An account as administrators see it. Addresses from where people sign in are not kept, so there are none.
pub fn admin_account(account: &Account, user: Option<&User>, inviter: Option<AccountId>, entity: Value) -> Value {
    json!({
        "id": account.id,
        "username": account.username,
        "domain": account.domain,
        "created_at": time(account.created_at),
        "email": user.map_or("", |user| user.email.as_str()),
        "ip": null,
        "ips": [],
        "locale": user.map_or("", |user| user.locale.as_str()),
        "invite_request": user.and_then(|user| user.registration_reason.as_deref()),
        "role": user.map(role),
        "confirmed": user.is_none_or(|user| user.email_awaited_since.is_none()),
        "approved": user.is_none_or(|user| user.approved_at.is_some()),
        "disabled": user.is_some_and(|user| user.disabled_at.is_some()),
        "sensitized": account.sensitized_at.is_some(),
        "silenced": account.silenced_at.is_some(),
        "suspended": account.is_suspended(),
        "account": entity,
        "created_by_application_id": user.and_then(|user| user.created_by_application_id),
        "invited_by_account_id": inviter,
    })
}

/// Those whom a report names, as administrators see them.
pub struct Named {
    pub account: Value,
    pub target: Value,
    pub assigned: Value,
    pub taken_by: Value,
}

/// A report as administrators see it.
pub fn admin_report(report: &Report, named: Named, statuses: Vec<Value>, rules: Vec<Value>) -> Value {
    json!({
        "id": report.id,
        "action_taken": report.action_taken_at.is_some(),
        "action_taken_at": report.action_taken_at.map(time),
        "category": report.category,
        "comment": report.comment,
        "forwarded": report.forwarded,
        "created_at": time(report.created_at),
        "updated_at": time(report.updated_at),
        "account": named.account,
        "target_account": named.target,
        "assigned_account": named.assigned,
        "action_taken_by_account": named.taken_by,
        "statuses": statuses,
        "rules": rules,
    })
}

/// A domain's block, as administrators see it.
pub fn domain_block(block: &DomainBlock) -> Value {
    let digest: String = secret::hash(&block.domain).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "id": block.id,
        "domain": block.domain,
        "digest": digest,
        "created_at": time(block.created_at),
        "severity": block.severity,
        "reject_media": block.reject_media,
        "reject_reports": block.reject_reports,
        "private_comment": block.private_comment,
        "public_comment": block.public_comment,
        "obfuscate": block.obfuscate,
    })
}
