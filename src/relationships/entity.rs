//! How relationships read in the client API.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Standing;
use crate::accounts::entity::time;

/// How one account stands to another (https://docs.joinmastodon.org/entities/Relationship/).
pub fn relationship(standing: &Standing) -> Value {
    json!({
        "id": standing.id,
        "following": standing.following,
        "showing_reblogs": standing.showing_reblogs,
        "notifying": standing.notifying,
        "languages": standing.languages,
        "followed_by": standing.followed_by,
        "blocking": standing.blocking,
        "blocked_by": standing.blocked_by,
        "muting": standing.muting,
        "muting_notifications": standing.muting_notifications,
        "muting_expires_at": standing.muting_expires_at.map(time),
        "requested": standing.requested,
        "requested_by": standing.requested_by,
        "domain_blocking": standing.domain_blocking,
        "endorsed": standing.endorsed,
        "note": standing.note,
    })
}

/// An account as it stands in a list of those who are muted (https://docs.joinmastodon.org/entities/Account/#MutedAccount).
/// `account` is its written entity.
pub fn muted_account(account: &str, expires_at: Option<DateTime<Utc>>) -> String {
    let open = account.strip_suffix('}').unwrap_or(account);
    format!("{open},\"mute_expires_at\":{}}}", json!(expires_at.map(time)))
}
