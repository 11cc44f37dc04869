//! Quotes and their consent as ActivityPub has them (FEP-044f, and what was before it) ↔ nouns. Pure.

use serde_json::{Map, Value, json};

use super::{Policy, RemoteQuote};
use crate::accounts::Account;
use crate::accounts::wire::context;
use crate::base::activitystreams as read;
use crate::base::id::QuoteId;
use crate::base::text;

/// FEP-e232's relation by which a link is a quote.
const QUOTE_RELATION: &str = "https://misskey-hub.net/ns#_misskey_quote";

/// Of a post that quotes, what its `Note` says of that.
#[derive(Clone, Debug)]
pub struct Quoting {
    /// What is quoted: its id and its page. `None`: it is deleted.
    pub quoted: Option<(String, String)>,
    /// The stamp, once there is one.
    pub approval_uri: Option<String>,
}

/// The properties of a `Note` that quotes, but for its link.
pub fn properties(quoting: &Quoting) -> Map<String, Value> {
    let mut found = Map::new();
    match &quoting.quoted {
        Some((uri, _)) => {
            for name in ["quote", "quoteUri", "_misskey_quote"] {
                found.insert(name.into(), json!(uri));
            }
        }
        None => {
            found.insert("quote".into(), json!({"type": "Tombstone"}));
        }
    }
    if let Some(uri) = &quoting.approval_uri {
        found.insert("quoteAuthorization".into(), json!(uri));
    }
    found
}

/// The quote as a link among the tags (FEP-e232).
pub fn link(quoting: &Quoting) -> Option<Value> {
    let (uri, url) = quoting.quoted.as_ref()?;
    Some(json!({
        "type": "Link",
        "mediaType": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
        "href": uri,
        "name": format!("RE: {url}"),
        "rel": QUOTE_RELATION,
    }))
}

/// The HTML of a post that quotes, with a paragraph for those who don't know quotes, unless the text links there already.
pub fn with_link(html: String, uri: &str, url: &str) -> String {
    if text::links(&html).iter().any(|link| link == url || link == uri) {
        return html;
    }
    let url = text::escape_html(url);
    format!("<p class=\"quote-inline\">RE: <a href=\"{url}\" rel=\"nofollow noopener noreferrer\">{url}</a></p>{html}")
}

/// Who may quote a post of this author's, as its `Note` says it.
pub fn interaction_policy(policy: Policy, author: &Account) -> Value {
    let [automatic, manual] = policy.keys().map(|keys| {
        let name = |key: &str| match key {
            "public" => Some(read::PUBLIC.to_owned()),
            "followers" => Some(author.followers_uri.clone()),
            "following" => Some(author.following_uri.clone()),
            _ => None,
        };
        keys.into_iter().filter_map(name).collect::<Vec<_>>()
    });
    let automatic = if automatic.is_empty() { vec![author.uri.clone()] } else { automatic };
    json!({"canQuote": {"automaticApproval": automatic, "manualApproval": manual}})
}

/// Reads who may quote a post. What is not said is not allowed.
pub fn parse_policy(object: &Value, author_uri: &str, followers_uri: &str) -> Policy {
    let said = object.get("interactionPolicy").and_then(|policy| read::one(policy, "canQuote"));
    let Some(said) = said else { return Policy::NOBODY };
    let flags = |names: [&str; 2]| {
        let all = names.into_iter().flat_map(|name| read::ids(said, name)).take(100);
        all.fold(0, |flags, id| {
            flags
                | match id {
                    id if read::is_public(id) => Policy::PUBLIC,
                    id if !followers_uri.is_empty() && id == followers_uri => Policy::FOLLOWERS,
                    id if id == author_uri => 0,
                    _ => Policy::UNSUPPORTED,
                }
        })
    };
    // Each with the name that GoToSocial had before.
    Policy::new(flags(["automaticApproval", "always"]), flags(["manualApproval", "approvalRequired"]))
}

/// Reads what a post quotes: the first of all the ways to say it.
pub fn parse_quote(object: &Value) -> Option<RemoteQuote> {
    let said = read::one(object, "quote");
    let deleted = said.is_some_and(|quote| read::is_a(quote, "Tombstone"));
    let named = ["quote", "quoteUri", "_misskey_quote", "quoteUrl"].into_iter().find_map(|name| read::id(object, name));
    let uri = named.or_else(|| linked(object)).filter(|uri| read::host(uri).is_some());
    if uri.is_none() && !deleted {
        return None;
    }
    let approval_uri = read::id(object, "quoteAuthorization").filter(|uri| read::host(uri).is_some());
    Some(RemoteQuote {
        uri: uri.unwrap_or_default().to_owned(),
        approval_uri: approval_uri.map(str::to_owned),
        legacy: said.is_none(),
        deleted,
    })
}

fn linked(object: &Value) -> Option<&str> {
    let is_quote = |tag: &&Value| {
        read::is_a(tag, "Link") && read::many(tag, "rel").iter().any(|rel| rel.as_str() == Some(QUOTE_RELATION))
    };
    read::many(object, "tag").iter().find(is_quote).and_then(|tag| tag.get("href")).and_then(read::id_of)
}

/// A `QuoteRequest`, ours or another's.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub uri: &'a str,
    pub actor_uri: &'a str,
    /// The id of what is quoted.
    pub quoted_uri: &'a str,
    /// The id of the post that quotes.
    pub status_uri: &'a str,
}

fn named(request: &Request<'_>) -> Value {
    json!({
        "id": request.uri,
        "type": "QuoteRequest",
        "actor": request.actor_uri,
        "object": request.quoted_uri,
        "instrument": request.status_uri,
    })
}

/// The `QuoteRequest` for a post of ours, with the post in it: whom it is sent to need not fetch it.
pub fn request(request: &Request<'_>, to: &str, note: Value) -> Value {
    let mut activity = named(request);
    if let Some(activity) = activity.as_object_mut() {
        activity.insert("@context".into(), context());
        activity.insert("to".into(), json!([to]));
        activity.insert("instrument".into(), crate::accounts::wire::without_context(note));
    }
    activity
}

/// The answer to a `QuoteRequest`: an `Accept` with the stamp, else a `Reject`.
pub fn answer(by: &Account, uri: &str, request: &Request<'_>, stamp_uri: Option<&str>) -> Value {
    let mut activity = json!({
        "@context": context(),
        "id": uri,
        "type": if stamp_uri.is_some() { "Accept" } else { "Reject" },
        "actor": by.uri,
        "to": [request.actor_uri],
        "object": named(request),
    });
    if let (Some(activity), Some(stamp)) = (activity.as_object_mut(), stamp_uri) {
        activity.insert("result".into(), json!(stamp));
    }
    activity
}

/// Where the stamp of somebody here for a quote is.
pub fn stamp_uri(by: &Account, id: QuoteId) -> String {
    format!("{}/quote_authorizations/{id}", by.uri)
}

/// A stamp: that its author agrees to be quoted here.
pub fn stamp(uri: &str, by: &Account, quoted_uri: &str, status_uri: &str) -> Value {
    json!({
        "@context": context(),
        "id": uri,
        "type": "QuoteAuthorization",
        "attributedTo": by.uri,
        "interactionTarget": quoted_uri,
        "interactingObject": status_uri,
    })
}

/// Whether a document is the stamp of this author for this quote.
pub fn is_stamp(object: &Value, uri: &str, author_uri: &str, quoted_uri: &str, status_uri: &str) -> bool {
    read::is_a(object, "QuoteAuthorization")
        && read::own_id(object) == Some(uri)
        && read::id(object, "attributedTo") == Some(author_uri)
        && read::id(object, "interactionTarget") == Some(quoted_uri)
        && read::id(object, "interactingObject") == Some(status_uri)
}

/// The `Delete` of a stamp.
pub fn delete_stamp(by: &Account, stamp_uri: &str) -> Value {
    json!({
        "@context": context(),
        "id": format!("{stamp_uri}#delete"),
        "type": "Delete",
        "actor": by.uri,
        "to": [read::PUBLIC],
        "object": {"id": stamp_uri, "type": "QuoteAuthorization"},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F226
    #[test]
    fn a_quote_is_read_in_every_spelling() {
        let uri = "https://b.test/notes/1";
        let link = json!([{"type": "Link", "href": uri, "rel": QUOTE_RELATION}]);
        for (object, legacy) in [
            (json!({"quote": uri, "quoteUri": "https://c.test/2"}), false),
            (json!({"quote": {"id": uri, "type": "Note"}}), false),
            (json!({"quoteUri": uri}), true),
            (json!({"quoteUrl": uri}), true),
            (json!({"_misskey_quote": uri}), true),
            (json!({"tag": link}), true),
        ] {
            let quote = parse_quote(&object).unwrap();
            assert_eq!((quote.uri.as_str(), quote.legacy, quote.deleted), (uri, legacy, false), "{object}");
        }
        assert!(parse_quote(&json!({"quote": {"type": "Tombstone"}})).unwrap().deleted);
        for nothing in [json!({}), json!({"quote": 5}), json!({"quoteUrl": "x"}), json!({"tag": [{"type": "Link"}]})] {
            assert_eq!(parse_quote(&nothing), None, "{nothing}");
        }
    }

    #[test]
    fn policies_are_read() {
        let read = |can_quote: Value| {
            parse_policy(&json!({"interactionPolicy": {"canQuote": can_quote}}), "https://b.test/a", "https://b.test/f")
        };
        assert_eq!(read(json!({"automaticApproval": [read::PUBLIC]})), Policy::new(Policy::PUBLIC, 0));
        assert_eq!(read(json!({"always": "https://b.test/f", "manualApproval": ["as:Public"]})).keys()[1], ["public"]);
        assert_eq!(read(json!({"automaticApproval": "https://b.test/a"})), Policy::NOBODY);
        assert_eq!(read(json!({"automaticApproval": "https://b.test/x"})).keys()[0], ["unsupported_policy"]);
        assert_eq!(read(json!(7)), Policy::NOBODY);
    }

    #[test]
    fn those_who_know_no_quotes_get_a_link() {
        let (uri, url) = ("https://b.test/n/1", "https://b.test/@b/1?a&b");
        let linked = "<p><a href=\"https://b.test/@b/1?a&amp;b\">x</a></p>".to_owned();
        assert_eq!(with_link(linked.clone(), uri, url), linked);
        assert!(with_link("<p>x</p>".into(), uri, url).starts_with("<p class=\"quote-inline\">RE: <a href=\"https"));
    }
}
