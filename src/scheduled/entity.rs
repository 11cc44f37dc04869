//! Scheduled posts as Mastodon's API has them (https://docs.joinmastodon.org/entities/ScheduledStatus/). Pure.

use serde_json::{Value, json};

use super::ScheduledStatus;
use crate::accounts::entity::time;
use crate::statuses::StatusDraft;

/// A scheduled post; `media` are the entities of what it will have attached.
pub fn scheduled_status(row: &ScheduledStatus, draft: &StatusDraft, media: &[Value]) -> Value {
    json!({
        "id": row.id,
        "scheduled_at": time(row.scheduled_at),
        "params": {
            "text": draft.text,
            "spoiler_text": draft.spoiler_text,
            "sensitive": draft.sensitive,
            "language": draft.language,
            "visibility": draft.visibility,
            "in_reply_to_id": draft.in_reply_to,
            "media_ids": (!draft.media.is_empty()).then_some(&draft.media),
            "poll": draft.poll,
            "quoted_status_id": draft.quoted,
            "quote_approval_policy": draft.quote_policy,
            "allowed_mentions": null,
            "idempotency": row.idempotency_key,
            "scheduled_at": null,
            "application_id": draft.application_id,
            "with_rate_limit": false,
            "pollen": {
                "kind": draft.kind.map(|kind| kind.name()),
                "content_type": if draft.markdown { "text/markdown" } else { "text/plain" },
            },
        },
        "media_attachments": media,
    })
}
