//! How relationships read in the client API.

use serde_json::{Value, json};

use super::Standing;

/// How one account stands to another (https://docs.joinmastodon.org/entities/Relationship/).
pub fn relationship(standing: &Standing) -> Value {
    json!({
        "id": standing.id,
        "following": standing.following,
        "showing_reblogs": standing.showing_reblogs,
        "notifying": standing.notifying,
        "languages": null,
        "followed_by": standing.followed_by,
        "blocking": false,
        "blocked_by": false,
        "muting": false,
        "muting_notifications": false,
        "muting_expires_at": null,
        "requested": standing.requested,
        "requested_by": standing.requested_by,
        "domain_blocking": false,
        "endorsed": false,
        "note": "",
    })
}
