//! Notifications as Mastodon's API has them (https://docs.joinmastodon.org/entities/Notification/,
//! https://docs.joinmastodon.org/methods/grouped_notifications/, https://docs.joinmastodon.org/entities/NotificationPolicy/,
//! https://docs.joinmastodon.org/entities/NotificationRequest/). Pure.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Appeal, Filtered, Level, Notification, Policy, Reported, Request, Severance, Warning};
use crate::accounts::entity::time;
use crate::base::id::{AccountId, NotificationId, StatusId};

/// What a notification is about that is no post, written already; `null` where there is none.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub report: Value,
    pub event: Value,
    pub warning: Value,
    pub collection: Value,
}

impl About {
    /// What there is to read of it, for clients that do not know what it is: the words of moderators, what a collection is called and is
    /// for, what a report says, which server was blocked.
    pub fn in_words(&self) -> Option<String> {
        let said =
            |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let parts = [
            said(&self.warning, "text"),
            said(&self.collection, "name"),
            said(&self.collection, "description"),
            said(&self.report, "comment"),
            said(&self.event, "target_name"),
        ];
        let words = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
        (!words.is_empty()).then_some(words)
    }
}

/// One notification. The account and the post are written already; `null` where there is none.
pub fn notification(row: &Notification, account: &str, status: &str, about: &About, fallback: &Value) -> String {
    let head = json!({
        "id": row.id,
        "type": row.kind,
        "created_at": time(row.created_at),
        "group_key": row.group_key(),
        "report": about.report,
        "event": about.event,
        "moderation_warning": about.warning,
        "collection": about.collection,
        "fallback": fallback,
    })
    .to_string();
    let head = head.strip_suffix('}').unwrap_or_default();
    format!("{head},\"account\":{account},\"status\":{status}}}")
}

/// The part of a group that is on one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnPage {
    pub newest: NotificationId,
    pub oldest: NotificationId,
    pub latest_at: DateTime<Utc>,
}

/// Notifications that are shown as one.
#[derive(Clone, Debug)]
pub struct Group {
    pub key: String,
    pub kind: String,
    pub status_id: Option<StatusId>,
    pub about: About,
    pub count: i64,
    pub newest: NotificationId,
    /// Who was last, newest first.
    pub sample: Vec<AccountId>,
    /// `None` where it is shown by itself.
    pub on_page: Option<OnPage>,
}

/// One group. `most_recent_notification_id` is a number, as Mastodon's is: strict clients refuse a text. The others are texts.
pub fn group(group: &Group, fallback: &Value) -> Value {
    json!({
        "group_key": group.key,
        "type": group.kind,
        "notifications_count": group.count,
        "most_recent_notification_id": group.newest.0,
        "page_min_id": group.on_page.map(|page| page.oldest),
        "page_max_id": group.on_page.map(|page| page.newest),
        "latest_page_notification_at": group.on_page.map(|page| time(page.latest_at)),
        "sample_account_ids": group.sample,
        "status_id": group.status_id,
        "report": group.about.report,
        "event": group.about.event,
        "moderation_warning": group.about.warning,
        "collection": group.about.collection,
        "fallback": fallback,
    })
}

/// Of an account, what a row of avatars needs.
pub fn partial_account(account: &Value) -> Value {
    let names = ["id", "acct", "locked", "bot", "url", "avatar", "avatar_static", "avatar_description"];
    names.into_iter().map(|name| (name.to_owned(), account.get(name).cloned().unwrap_or_default())).collect()
}

fn summary(filtered: Filtered) -> Value {
    json!({
        "pending_requests_count": filtered.requests,
        "pending_notifications_count": filtered.notifications,
    })
}

/// A policy, in three levels.
pub fn policy(policy: &Policy, filtered: Filtered) -> Value {
    let level = |number| Level::from_number(number).as_str();
    json!({
        "for_not_following": level(policy.for_not_following),
        "for_not_followers": level(policy.for_not_followers),
        "for_new_accounts": level(policy.for_new_accounts),
        "for_private_mentions": level(policy.for_private_mentions),
        "for_limited_accounts": level(policy.for_limited_accounts),
        "summary": summary(filtered),
    })
}

/// A policy, as clients know it that were written before there were levels.
pub fn policy_v1(policy: &Policy, filtered: Filtered) -> Value {
    let filters = |number| Level::from_number(number) != Level::Accept;
    json!({
        "filter_not_following": filters(policy.for_not_following),
        "filter_not_followers": filters(policy.for_not_followers),
        "filter_new_accounts": filters(policy.for_new_accounts),
        "filter_private_mentions": filters(policy.for_private_mentions),
        "summary": summary(filtered),
    })
}

/// Somebody of whom something was filtered. The account and the post are written already.
pub fn request(row: &Request, account: &str, status: &str) -> String {
    let head = json!({
        "id": row.id,
        "created_at": time(row.created_at),
        "updated_at": time(row.updated_at),
        "notifications_count": row.count.to_string(),
    })
    .to_string();
    let head = head.strip_suffix('}').unwrap_or_default();
    format!("{head},\"account\":{account},\"last_status\":{status}}}")
}

/// A report (https://docs.joinmastodon.org/entities/Report/). `target` is the written entity of the account.
pub fn report(report: &Reported, target: Value) -> Value {
    let texts = |ids: &[Option<i64>]| ids.iter().flatten().map(i64::to_string).collect::<Vec<_>>();
    json!({
        "id": report.id,
        "action_taken": report.action_taken_at.is_some(),
        "action_taken_at": report.action_taken_at.map(time),
        "category": report.category,
        "comment": report.comment,
        "forwarded": report.forwarded,
        "created_at": time(report.created_at),
        "status_ids": texts(&report.status_ids),
        "rule_ids": texts(&report.rule_ids),
        "collection_ids": texts(&report.collection_ids),
        "target_account": target,
    })
}

/// Follows that a block ended (https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/). Which they were is not kept,
/// which `purged` says.
pub fn severance(severance: &Severance) -> Value {
    json!({
        "id": severance.id,
        "type": severance.kind,
        "purged": true,
        "target_name": severance.target_name,
        "followers_count": severance.followers_count,
        "following_count": severance.following_count,
        "created_at": time(severance.created_at),
    })
}

/// What moderators did (https://docs.joinmastodon.org/entities/AccountWarning/), and what was said against it. `target` is the written
/// entity of the account.
pub fn warning(warning: &Warning, appeal: Option<&Appeal>, target: Value) -> Value {
    json!({
        "id": warning.id,
        "action": warning.action,
        "text": warning.text,
        "status_ids": warning.status_ids.iter().flatten().map(i64::to_string).collect::<Vec<_>>(),
        "target_account": target,
        "appeal": appeal.map(|appeal| json!({"text": appeal.text, "state": appeal.state})),
        "created_at": time(warning.created_at),
    })
}
