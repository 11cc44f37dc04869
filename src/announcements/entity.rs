//! Announcements as Mastodon's API has them (https://docs.joinmastodon.org/entities/Announcement/,
//! https://docs.joinmastodon.org/entities/Reaction/). Pure.

use serde_json::{Value, json};

use super::{Announcement, Linked, Reaction};
use crate::accounts::entity::time;
use crate::base::id::AnnouncementId;
use crate::base::text::tag_url;
use crate::emojis::Named;

/// An announcement. `read`: whether the viewer put it away; `None` when it is for everyone. `emojis` are those in its text. Of `linked`,
/// what it names is told.
pub fn announcement(
    row: &Announcement,
    read: Option<bool>,
    reactions: &[Reaction],
    emojis: &[Value],
    linked: &Linked,
    origin: &str,
) -> Value {
    let accounts = row.mentions().filter_map(|id| linked.accounts.iter().find(|account| account.id == id));
    let mentions: Vec<Value> = accounts
        .map(|account| {
            json!({"id": account.id, "username": account.username, "url": account.url, "acct": account.acct()})
        })
        .collect();
    let posts = row.statuses().filter_map(|id| linked.posts.iter().find(|post| post.id == id));
    let statuses: Vec<Value> = posts.map(|post| json!({"id": post.id, "url": post.url})).collect();
    let tags: Vec<Value> =
        row.tags.iter().flatten().map(|name| json!({"name": name, "url": tag_url(origin, name)})).collect();
    let reactions: Vec<Value> = reactions
        .iter()
        .map(|one| {
            let emoji = one.emoji.as_ref();
            json!({
                "name": one.name,
                "count": one.count,
                "me": read.map(|_| one.me),
                "url": emoji.map(|emoji| emoji.url(origin)),
                "static_url": emoji.map(|emoji| emoji.static_url(origin)),
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
        "mentions": mentions,
        "statuses": statuses,
        "tags": tags,
        "emojis": emojis,
        "reactions": reactions,
    })
}

/// The names of emoji in an announcement.
pub fn named(row: &Announcement) -> Named {
    let mut named = Named::default();
    named.add_html(&row.content);
    named
}

/// How many react with an emoji now, as streams tell of it; `with` is `None` when nobody does any more.
pub fn reaction(id: AnnouncementId, name: &str, with: Option<&Reaction>, origin: &str) -> Value {
    let mut told = json!({"announcement_id": id, "name": name, "count": with.map_or(0, |one| one.count)});
    if let (Some(emoji), Some(told)) = (with.and_then(|one| one.emoji.as_ref()), told.as_object_mut()) {
        told.insert("url".into(), emoji.url(origin).into());
        told.insert("static_url".into(), emoji.static_url(origin).into());
    }
    told
}
