//! Posts as Mastodon's API has them (https://docs.joinmastodon.org/entities/Status/), in two parts: what everyone who may
//! see a post sees, written once, and what depends on the viewer. Pure.

use serde::Serialize;
use serde_json::{Value, json};

use super::Status;
use super::ViewerPart;
use crate::accounts::Account;
use crate::accounts::entity::time;
use crate::base::text::tag_url;
use crate::cards;
use crate::emojis::Named;
use crate::media::Shown;
use crate::media::entity::attachment;

#[derive(Serialize)]
struct Mention<'a> {
    id: String,
    username: &'a str,
    url: &'a str,
    acct: String,
}

#[derive(Serialize)]
struct Shared<'a> {
    id: String,
    created_at: String,
    edited_at: Option<String>,
    in_reply_to_id: Option<String>,
    in_reply_to_account_id: Option<String>,
    sensitive: bool,
    spoiler_text: &'a str,
    visibility: &'static str,
    language: Option<&'a str>,
    uri: &'a str,
    url: &'a str,
    content: &'a str,
    application: Option<Value>,
    media_attachments: Vec<Value>,
    mentions: Vec<Mention<'a>>,
    tags: Vec<Value>,
    card: Option<Value>,
    pollen: Value,
}

/// The shared part of a post: a JSON object whose closing brace is left off, to be completed by [`complete`].
pub fn shared(
    status: &Status,
    mentioned: &[Account],
    tags: &[String],
    application: Option<&(String, Option<String>)>,
    group: Option<&Account>,
    (media, card): (&[Shown], Option<Value>),
    origin: &str,
) -> serde_json::Result<String> {
    let audience = status.audience();
    let shared = Shared {
        id: status.id.to_string(),
        created_at: time(status.created_at),
        edited_at: status.edited_at.map(time),
        in_reply_to_id: status.in_reply_to_id.map(|id| id.to_string()),
        in_reply_to_account_id: status.in_reply_to_account_id.map(|id| id.to_string()),
        sensitive: status.sensitive,
        spoiler_text: &status.spoiler_text,
        visibility: audience.visibility().as_str(),
        language: status.language.as_deref(),
        uri: &status.uri,
        url: &status.url,
        content: &status.content,
        application: application.map(|(name, website)| json!({"name": name, "website": website})),
        media_attachments: media.iter().map(|shown| attachment(shown, origin)).collect(),
        mentions: mentioned
            .iter()
            .map(|account| Mention {
                id: account.id.to_string(),
                username: &account.username,
                url: &account.url,
                acct: account.acct(),
            })
            .collect(),
        tags: tags.iter().map(|tag| json!({"name": tag, "url": tag_url(origin, tag)})).collect(),
        card,
        pollen: json!({
            "kind": status.kind().name(),
            "audience": audience.name(),
            "group": group.map(|group| json!({"id": group.id, "acct": group.acct(), "url": group.url})),
        }),
    };
    let mut text = serde_json::to_string(&shared)?;
    text.pop();
    Ok(text)
}

/// The names of emoji in the texts of a post; `domain` is its author's.
pub fn named(content: &str, spoiler_text: &str, options: &[impl AsRef<str>], domain: &str) -> Named {
    let mut named = Named::of(Some(domain));
    named.add_text(spoiler_text);
    named.add_html(content);
    named.with_texts(options)
}

/// A version of a post (https://docs.joinmastodon.org/entities/StatusEdit/).
pub struct Revision<'a> {
    pub content: &'a str,
    pub spoiler_text: &'a str,
    pub sensitive: bool,
    pub created_at: chrono::DateTime<chrono::Utc>,
    pub media: Vec<Value>,
    pub poll_options: Option<Vec<&'a str>>,
    pub emojis: Vec<Value>,
}

/// `account` is the author's entity, `quote` that of what the post quotes.
pub fn revision(revision: &Revision<'_>, account: &Value, quote: &Value) -> Value {
    json!({
        "content": revision.content,
        "spoiler_text": revision.spoiler_text,
        "sensitive": revision.sensitive,
        "created_at": time(revision.created_at),
        "account": account,
        "media_attachments": revision.media,
        "emojis": revision.emojis,
        "poll": revision.poll_options.as_ref().map(|options| {
            json!({"options": options.iter().map(|title| json!({"title": title})).collect::<Vec<Value>>()})
        }),
        "quote": quote,
    })
}

/// What stands in a post as JSON of its own.
#[derive(Clone, Copy, Debug)]
pub struct Inner<'a> {
    /// The author's.
    pub account: &'a str,
    /// The boosted post's.
    pub reblog: Option<&'a str>,
    pub poll: Option<&'a str>,
    pub quote: Option<&'a str>,
    /// See `quotes::entity::approval`.
    pub quote_approval: &'a str,
    /// Those in its texts, a list.
    pub emojis: &'a str,
    /// What the viewer's filters say, `None` for strangers.
    pub filtered: Option<&'a str>,
    /// Who wrote the page below it.
    pub card_author: Option<&'a str>,
    /// The collections that it links to, a list.
    pub tagged_collections: &'a str,
}

/// Joins the parts. What others did is counted only for the author, or where counts are shown (AUDIENCE rule 8).
pub fn complete(out: &mut String, shared: &str, part: &ViewerPart, inner: Inner<'_>, show_counts: bool) {
    use std::fmt::Write;
    let Inner { account, reblog, poll, quote, quote_approval, emojis, filtered, card_author, tagged_collections } =
        inner;
    let credited = card_author.map(|author| cards::entity::credited(shared, author));
    let shared = credited.as_deref().unwrap_or(shared);
    let counts = if part.own || show_counts {
        (part.reblogs_count, part.favourites_count, part.quotes_count)
    } else {
        (i64::from(part.reblogged), i64::from(part.favourited), i64::from(part.quoted))
    };
    if part.sensitized {
        // Within a text the quotes would be escaped, so it is the field.
        out.push_str(&shared.replacen("\"sensitive\":false", "\"sensitive\":true", 1));
    } else {
        out.push_str(shared);
    }
    out.push_str(",\"account\":");
    out.push_str(account);
    out.push_str(",\"emojis\":");
    out.push_str(emojis);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        ",\"replies_count\":{},\"reblogs_count\":{},\"favourites_count\":{},\"quotes_count\":{}",
        part.replies_count, counts.0, counts.1, counts.2
    );
    if let Some(filtered) = filtered {
        let _ = write!(
            out,
            ",\"favourited\":{},\"reblogged\":{},\"muted\":{},\"bookmarked\":{},\"pinned\":{},\"filtered\":{filtered}",
            part.favourited, part.reblogged, part.muted, part.bookmarked, part.pinned
        );
    } else {
        out.push_str(
            ",\"favourited\":null,\"reblogged\":null,\"muted\":null,\"bookmarked\":null,\"pinned\":null,\"filtered\":null",
        );
    }
    out.push_str(",\"poll\":");
    out.push_str(poll.unwrap_or("null"));
    out.push_str(",\"quote\":");
    out.push_str(quote.unwrap_or("null"));
    out.push_str(",\"quote_approval\":");
    out.push_str(quote_approval);
    out.push_str(",\"tagged_collections\":");
    out.push_str(tagged_collections);
    out.push_str(",\"reblog\":");
    out.push_str(reblog.unwrap_or("null"));
    out.push('}');
}
