//! Posts as ActivityPub has them ↔ nouns. Pure. PRODUCT's table says how learning posts travel: schema.org terms on a
//! plain Note, so that every peer sees a sensible post.

mod read;
pub mod threads;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

pub use read::{RemoteStatus, parse_status};

use super::{Kind, Status};
use crate::accounts::Account;
use crate::accounts::wire::{context, rfc3339};
use crate::base::activitystreams::PUBLIC;
use crate::base::text::tag_url;
use crate::base::visibility::Audience;
use crate::emojis::CustomEmoji;
use crate::emojis::wire::tag as emoji_tag;
use crate::media::Shown;
use crate::media::wire::documents;
use crate::quotes;
use crate::quotes::wire::Quoting;

/// What a post looks like with all that it names.
#[derive(Clone, Debug)]
pub struct Parts {
    pub status: Status,
    pub author: Account,
    pub mentioned: Vec<Account>,
    /// Normalised.
    pub tags: Vec<String>,
    pub group: Option<Account>,
    pub media: Vec<Shown>,
    /// What makes a `Question` of it: see `polls::wire::question`.
    pub poll: Option<Map<String, Value>>,
    pub quote: Option<Quoting>,
    /// Of ours, that it shows.
    pub emojis: Vec<CustomEmoji>,
    pub place: Place,
}

/// Where a post of ours stands in its thread.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The followers of whom it answers, when both posts are for everyone: they are named, so that their server passes it on.
    pub answered: Option<String>,
    /// The address of the thread (FEP-7888).
    pub context: Option<String>,
}

/// `schema:additionalType` of a kind; plain posts have none.
pub fn additional_type(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Plain => None,
        Kind::Question => Some("schema:Question"),
        Kind::Resource => Some("schema:LearningResource"),
        Kind::TodayILearned => Some("pl:TodayILearned"),
        Kind::Lesson => Some("pl:Lesson"),
    }
}

/// `to` and `cc` of a post (ActivityPub §5.1 and Mastodon's four audiences).
fn recipients(parts: &Parts) -> (Vec<String>, Vec<String>) {
    let Parts { status, author, mentioned, place, .. } = parts;
    // A post of ours has that only when it is for everyone.
    let people = mentioned.iter().map(|account| account.uri.clone()).chain(place.answered.clone());
    match status.audience() {
        Audience::Public => {
            (vec![PUBLIC.to_owned()], std::iter::once(author.followers_uri.clone()).chain(people).collect())
        }
        Audience::Unlisted => {
            (vec![author.followers_uri.clone()], std::iter::once(PUBLIC.to_owned()).chain(people).collect())
        }
        Audience::Followers | Audience::Partners => (vec![author.followers_uri.clone()], people.collect()),
        Audience::Direct | Audience::Organisation | Audience::Group(_) => (people.collect(), Vec::new()),
    }
}

/// A post as a `Note`, or a `Question` when it has a poll.
pub fn note(parts: &Parts, origin: &str, own_domain: &str) -> Value {
    let Parts { status, author, .. } = parts;
    let (to, cc) = recipients(parts);
    let mut note = json!({
        "@context": context(),
        "id": status.uri,
        "type": "Note",
        "attributedTo": author.uri,
        "to": to,
        "cc": cc,
        "published": rfc3339(status.created_at),
        "url": status.url,
        "content": status.content,
        "sensitive": status.sensitive,
        "summary": (!status.spoiler_text.is_empty()).then_some(&status.spoiler_text),
        "inReplyTo": status.in_reply_to_uri,
        "tag": tag_list(parts, origin, own_domain),
        "attachment": documents(&parts.media, origin),
    });
    let Some(object) = note.as_object_mut() else { return note };
    if let Some(language) = &status.language {
        object.insert("contentMap".into(), json!({language: status.content}));
    }
    if !status.text.is_empty() {
        object.insert("source".into(), json!({"content": status.text, "mediaType": status.content_type}));
    }
    if let Some(kind) = additional_type(status.kind()) {
        object.insert("schema:additionalType".into(), kind.into());
    }
    if let Some(group) = &parts.group {
        object.insert("audience".into(), group.uri.clone().into());
    }
    if let Some(poll) = &parts.poll {
        object.extend(poll.clone());
    }
    if let Some(quote) = &parts.quote {
        object.extend(quotes::wire::properties(quote));
    }
    object.insert("interactionPolicy".into(), quotes::wire::interaction_policy(status.quote_policy(), author));
    if status.local && status.audience().is_open() && status.reblog_of_id.is_none() {
        object.insert("replies".into(), threads::replies_of(status).into());
    }
    if let Some(context) = &parts.place.context {
        object.insert("context".into(), context.clone().into());
    }
    if let Some(edited) = status.edited_at {
        object.insert("updated".into(), rfc3339(edited).into());
    }
    note
}

fn tag_list(parts: &Parts, origin: &str, own_domain: &str) -> Vec<Value> {
    let mentions = parts.mentioned.iter().map(|account| {
        json!({"type": "Mention", "href": account.uri, "name": format!("@{}", account.full_handle(own_domain))})
    });
    let tags = parts
        .tags
        .iter()
        .map(|tag| json!({"type": "Hashtag", "href": tag_url(origin, tag), "name": format!("#{tag}")}));
    let emojis = parts.emojis.iter().map(|emoji| emoji_tag(emoji, origin));
    mentions.chain(tags).chain(parts.quote.as_ref().and_then(quotes::wire::link)).chain(emojis).collect()
}

/// The `Create` of a post.
pub fn create(parts: &Parts, origin: &str, own_domain: &str) -> Value {
    let note = note(parts, origin, own_domain);
    let mut create = json!({
        "@context": context(),
        "id": format!("{}/activity", parts.status.uri),
        "type": "Create",
        "actor": parts.author.uri,
        "published": rfc3339(parts.status.created_at),
        "to": note.get("to"),
        "cc": note.get("cc"),
        "object": crate::accounts::wire::without_context(note),
    });
    if let (Some(group), Some(object)) = (&parts.group, create.as_object_mut()) {
        object.insert("audience".into(), group.uri.clone().into());
    }
    create
}

/// The `Update` of a post that was edited at this moment, or whose poll has other numbers. `uri` is the activity's own.
pub fn update(parts: &Parts, uri: &str, at: DateTime<Utc>, origin: &str, own_domain: &str) -> Value {
    let note = note(parts, origin, own_domain);
    json!({
        "@context": context(),
        "id": uri,
        "type": "Update",
        "actor": parts.author.uri,
        "published": rfc3339(at),
        "to": note.get("to"),
        "cc": note.get("cc"),
        "object": crate::accounts::wire::without_context(note),
    })
}

/// The `Announce` of a post: a boost.
pub fn announce(by: &Account, original: &Status, author: &Account, boost: &Status) -> Value {
    let (to, cc) = match boost.audience() {
        Audience::Public => (vec![PUBLIC], vec![by.followers_uri.as_str(), author.uri.as_str()]),
        Audience::Unlisted => (vec![by.followers_uri.as_str()], vec![PUBLIC, author.uri.as_str()]),
        _ => (vec![by.followers_uri.as_str()], vec![author.uri.as_str()]),
    };
    json!({
        "@context": context(),
        "id": boost.uri,
        "type": "Announce",
        "actor": by.uri,
        "published": rfc3339(boost.created_at),
        "to": to,
        "cc": cc,
        "object": original.uri,
    })
}

/// A group's `Announce` of an activity that happened in it (FEP-1b12).
pub fn announce_activity(group: &Account, uri: &str, activity: Value) -> Value {
    json!({
        "@context": context(),
        "id": uri,
        "type": "Announce",
        "actor": group.uri,
        "to": [PUBLIC],
        "cc": [group.followers_uri],
        "audience": group.uri,
        "object": crate::accounts::wire::without_context(activity),
    })
}

/// The `Like` of a post.
pub fn like(by: &Account, author: &Account, status: &Status, uri: &str) -> Value {
    json!({
        "@context": context(),
        "id": uri,
        "type": "Like",
        "actor": by.uri,
        "to": [author.uri],
        "object": status.uri,
    })
}

/// The `Undo` of an activity.
pub fn undo(by: &Account, uri: &str, activity: Value, to: &[&str], cc: &[&str]) -> Value {
    json!({
        "@context": context(),
        "id": uri,
        "type": "Undo",
        "actor": by.uri,
        "to": to,
        "cc": cc,
        "object": crate::accounts::wire::without_context(activity),
    })
}

/// The `Delete` of a post, with its Tombstone (ActivityPub §6.4). `answered` is as in [`Place`].
pub fn delete(
    author: &Account,
    status: &Status,
    mentioned: &[String],
    answered: Option<&str>,
    uri: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Value {
    let to: Vec<&str> = match status.audience() {
        Audience::Public | Audience::Unlisted => vec![PUBLIC],
        Audience::Followers | Audience::Partners => vec![author.followers_uri.as_str()],
        Audience::Direct | Audience::Organisation | Audience::Group(_) => {
            mentioned.iter().map(String::as_str).collect()
        }
    };
    json!({
        "@context": context(),
        "id": uri,
        "type": "Delete",
        "actor": author.uri,
        "to": to,
        "cc": answered.into_iter().collect::<Vec<_>>(),
        "published": rfc3339(now),
        "object": {"id": status.uri, "type": "Tombstone"},
    })
}
