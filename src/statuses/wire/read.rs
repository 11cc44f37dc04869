//! Reading posts that others wrote. Notes are read whole; articles, pages, videos and events become a readable post with a
//! link; what cannot be shown at all is refused.

mod more;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::base::activitystreams as read;
use crate::base::text;
use crate::base::visibility::Audience;
use crate::emojis::RemoteEmoji;
use crate::emojis::wire::parse_emojis;
use crate::media::RemoteAttachment;
use crate::polls::wire::{RemotePoll, is_vote, parse_poll};
use crate::quotes::wire::{parse_policy, parse_quote};
use crate::quotes::{Policy, RemoteQuote};
use crate::statuses::Kind;

/// Our limits on what others send; longer lists are cut.
const MOST_MENTIONS: usize = 200;
const MOST_TAGS: usize = 30;
const MOST_SPOILER: usize = 1000;

/// Bytes of HTML that are kept of a post, without the link to the whole.
const MOST_HTML: usize = 128 * 1024;

/// A post as another server describes it, checked for shape and size.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteStatus {
    pub uri: String,
    pub url: String,
    pub author_uri: String,
    pub in_reply_to: Option<String>,
    pub audience: Audience,
    /// Everyone it is addressed to: `to` and `cc`.
    pub to: Vec<String>,
    /// Whom its tags mention.
    pub mentions: Vec<String>,
    /// As written, without #.
    pub tags: Vec<String>,
    /// The group that it is posted to (FEP-1b12).
    pub group: Option<String>,
    pub kind: Kind,
    /// Sanitised HTML.
    pub content: String,
    pub spoiler_text: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub media: Vec<RemoteAttachment>,
    /// Of a `Question`, if it has one that can be shown.
    pub poll: Option<RemotePoll>,
    pub quote: Option<RemoteQuote>,
    /// Who may quote it.
    pub quote_policy: Policy,
    pub published: Option<DateTime<Utc>>,
    pub updated: Option<DateTime<Utc>>,
    pub emojis: Vec<RemoteEmoji>,
}

impl RemoteStatus {
    /// Whether it is addressed to this actor.
    pub fn addresses(&self, uri: &str) -> bool {
        self.to.iter().any(|to| to == uri)
    }
}

/// Reads a post; `followers_uri` is its author's. The error says what is wrong.
pub fn parse_status(object: &Value, followers_uri: &str) -> Result<RemoteStatus, &'static str> {
    let uri = read::own_id(object).ok_or("the post has no id")?;
    let kind = read::type_of(object);
    if !is_post(kind) {
        return Err("it is no post");
    }
    if is_vote(object) {
        return Err("it is a vote, and no post");
    }
    let author = read::ids(object, "attributedTo").next().ok_or("the post has no author")?;
    if !read::same_host(uri, author) {
        return Err("the post is not on its author's host");
    }
    let mut to: Vec<String> = read::ids(object, "to").chain(read::ids(object, "cc")).map(str::to_owned).collect();
    to.truncate(MOST_MENTIONS * 2);
    let tags = hashtags(object);
    let url = read::page_url(object).filter(|url| read::host(url).is_some()).unwrap_or(uri);
    let spoiler =
        if kind == "Note" || kind == "Question" { read::text(object, "summary").unwrap_or_default() } else { "" };
    // An invisible space is how Misskey sends a warning without words.
    let spoiler =
        text::plain_text(spoiler).trim_matches(['\u{200b}', ' ']).chars().take(MOST_SPOILER).collect::<String>();
    let poll = parse_poll(object);
    Ok(RemoteStatus {
        url: url.to_owned(),
        author_uri: author.to_owned(),
        in_reply_to: read::id(object, "inReplyTo").filter(|uri| read::host(uri).is_some()).map(str::to_owned),
        audience: audience(object, followers_uri),
        to,
        mentions: mentions(object),
        group: read::id(object, "audience").filter(|uri| read::host(uri).is_some()).map(str::to_owned),
        kind: learning_kind(object, &tags),
        tags,
        content: content(object, kind, url, poll.is_some()),
        sensitive: read::one(object, "sensitive").and_then(Value::as_bool).unwrap_or(!spoiler.is_empty()),
        spoiler_text: spoiler,
        language: language(object),
        media: more::attached(object, kind),
        poll,
        quote: parse_quote(object),
        quote_policy: parse_policy(object, author, followers_uri),
        published: read::time(object, "published"),
        updated: read::time(object, "updated"),
        emojis: parse_emojis(object),
        uri: uri.to_owned(),
    })
}

fn is_post(kind: &str) -> bool {
    matches!(kind, "Note" | "Article" | "Page" | "Question" | "Event" | "Video" | "Audio" | "Image" | "Document")
}

/// Public when everyone is in `to`, unlisted when in `cc`; else followers when they are addressed, else direct.
fn audience(object: &Value, followers_uri: &str) -> Audience {
    if read::ids(object, "to").any(read::is_public) {
        Audience::Public
    } else if read::ids(object, "cc").any(read::is_public) {
        Audience::Unlisted
    } else if !followers_uri.is_empty()
        && read::ids(object, "to").chain(read::ids(object, "cc")).any(|to| to == followers_uri)
    {
        Audience::Followers
    } else {
        Audience::Direct
    }
}

fn mentions(object: &Value) -> Vec<String> {
    let mentions = read::many(object, "tag").iter().filter(|tag| read::is_a(tag, "Mention"));
    mentions.filter_map(|tag| read::id(tag, "href")).take(MOST_MENTIONS).map(str::to_owned).collect()
}

fn hashtags(object: &Value) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in read::many(object, "tag").iter().filter(|tag| read::is_a(tag, "Hashtag")) {
        let name = read::text(tag, "name").unwrap_or_default().trim_start_matches('#');
        let usable =
            !name.is_empty() && name.chars().count() <= text::HASHTAG_MAX && !name.contains(char::is_whitespace);
        if usable && tags.len() < MOST_TAGS && !tags.iter().any(|known| known == name) {
            tags.push(name.to_owned());
        }
    }
    tags
}

/// By `additionalType`, with or without its namespace spelled out, else by hashtag.
fn learning_kind(object: &Value, tags: &[String]) -> Kind {
    let types = read::many(object, "schema:additionalType").iter().chain(read::many(object, "additionalType"));
    let named = types.filter_map(read::id_of).find_map(|name| {
        let name = name.rsplit(['/', '#', ':']).next().unwrap_or_default();
        Some(match name {
            "Question" => Kind::Question,
            "LearningResource" => Kind::Resource,
            "TodayILearned" => Kind::TodayILearned,
            "Lesson" => Kind::Lesson,
            _ => return None,
        })
    });
    named.or_else(|| tags.iter().find_map(|tag| Kind::from_hashtag(&text::normalise_tag(tag)))).unwrap_or_default()
}

/// The content, or that of its one language; with the name as a heading and a link for what is more than a note. A question whose
/// poll is read needs no link. What is very long is cut, and has a link to the whole.
fn content(object: &Value, kind: &str, url: &str, has_poll: bool) -> String {
    let map = object.get("contentMap").and_then(Value::as_object).and_then(|map| map.values().find_map(Value::as_str));
    let content = read::text(object, "content").or(map).unwrap_or_default();
    let mut html = more::html(object, content);
    if kind != "Note" {
        html = with_heading(object, kind, html);
    }
    let shortened = text::cut_html(&html, MOST_HTML);
    let linked = shortened.is_some() || (kind != "Note" && !has_poll);
    if kind == "Note" && !linked {
        return html;
    }
    let mut whole = shortened.unwrap_or(html);
    if linked {
        let url = text::escape_html(url);
        whole.push_str(&format!("<p><a href=\"{url}\">{url}</a></p>"));
    }
    text::sanitise_remote(&whole)
}

/// What is more than a note, below its name and, of an event, when and where it is.
fn with_heading(object: &Value, kind: &str, mut html: String) -> String {
    let name = text::plain_text(read::text(object, "name").unwrap_or_default());
    if html.is_empty() {
        html = text::sanitise_remote(read::text(object, "summary").unwrap_or_default());
    }
    let mut whole = String::new();
    if !name.is_empty() {
        whole.push_str(&format!("<p><strong>{}</strong></p>", text::escape_html(&name)));
    }
    if kind == "Event" {
        whole.push_str(&more::when_and_where(object));
    }
    whole + &html
}

fn language(object: &Value) -> Option<String> {
    let map = object.get("contentMap").and_then(Value::as_object)?;
    map.keys().find_map(|language| text::language_tag(language))
}

#[cfg(test)]
mod tests;
