//! Announcements as Mastodon's API has them (https://docs.joinmastodon.org/entities/Announcement/,
//! https://docs.joinmastodon.org/entities/Reaction/). Pure.

use serde_json::{Value, json};

use super::{Announcement, Reactions};
use crate::accounts::entity::time;
use crate::base::id::AnnouncementId;
use crate::base::text::tag_url;

/// An announcement. `read`: whether the viewer put it away; `None` when it is for everyone.
pub fn announcement(row: &Announcement, read: Option<bool>, reactions: &[Reactions], origin: &str) -> Value {
    let tags: Vec<Value> =
        row.tags.iter().flatten().map(|name| json!({"name": name, "url": tag_url(origin, name)})).collect();
    let reactions: Vec<Value> = reactions
        .iter()
        .map(|one| {
            json!({
                "name": one.name,
                "count": one.count,
                "me": read.map(|_| one.me),
                "url": null,
                "static_url": null,
            })
        })
        .collect();
    json!({
        "id": row.id,
        "content": row.content,
        "starts_at": row.starts_at.map(time),
        "ends_at": row.ends_at.map(time),
        "all_day": row.all_day,
        "published": true,
        "published_at": time(row.published_at),
        "updated_at": time(row.updated_at),
        "read": read,
        "mentions": [],
        "statuses": [],
        "tags": tags,
        "emojis": [],
        "reactions": reactions,
    })
}

/// How many react with an emoji now, as streams tell of it.
pub fn reaction(id: AnnouncementId, name: &str, count: i64) -> Value {
    json!({"announcement_id": id, "name": name, "count": count})
}
