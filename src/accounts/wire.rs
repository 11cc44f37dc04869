//! Actors as ActivityPub has them (ActivityPub §4.1) ↔ accounts. Pure.

pub mod pictures;
pub mod proof;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    Account, ActorType, EVERYONE, FOLLOWED, FOLLOWERS, Featuring, Field, NewAccount, OTHERS, PictureTexts,
    RemoteProofKey, attribution,
};
use crate::base::activitystreams as read;
use crate::base::id::AccountId;
use crate::base::text;
use crate::emojis::RemoteEmoji;
use crate::emojis::wire::parse_emojis;

/// The vocabularies that our documents use.
pub fn context() -> Value {
    json!([
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/v1",
        {
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "sensitive": "as:sensitive",
            "Hashtag": "as:Hashtag",
            "toot": "http://joinmastodon.org/ns#",
            "Emoji": "toot:Emoji",
            "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
            "movedTo": {"@id": "as:movedTo", "@type": "@id"},
            "discoverable": "toot:discoverable",
            "indexable": "toot:indexable",
            "featured": {"@id": "toot:featured", "@type": "@id"},
            "attributionDomains": {"@id": "toot:attributionDomains", "@container": "@set"},
            "blurhash": "toot:blurhash",
            "votersCount": "toot:votersCount",
            "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
            "schema": "http://schema.org/",
            "PropertyValue": "schema:PropertyValue",
            "value": "schema:value",
            "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
            "quoteUri": "http://fedibird.com/ns#quoteUri",
            "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
            "quoteAuthorization": {"@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id"},
            "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
            "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
            "gts": "https://gotosocial.org/ns#",
            "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
            "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
            "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
            "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
            "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
            "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
            "canFeature": {"@id": "https://w3id.org/fep/7aa9#canFeature", "@type": "@id"},
            "featuredCollections": {"@id": "https://w3id.org/fep/7aa9#featuredCollections", "@type": "@id"},
            "pl": "https://pollen.network/ns#"
        }
    ])
}

/// Our limits on what others say of themselves; longer texts are cut.
const MOST_NAME: usize = 200;
const MOST_NOTE: usize = 20_000;
const MOST_URL: usize = 2048;
const MOST_FIELDS: usize = 16;
const MOST_ALIASES: usize = 32;

/// What a remote actor says of itself, checked for shape and size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteActor {
    pub uri: String,
    pub actor_type: ActorType,
    pub username: String,
    pub display_name: String,
    /// Sanitised HTML.
    pub note: String,
    pub url: String,
    pub fields: Vec<Field>,
    pub avatar_url: Option<String>,
    pub header_url: Option<String>,
    /// What is to be seen on them.
    pub pictures: PictureTexts,
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub inbox_uri: String,
    pub shared_inbox_uri: Option<String>,
    pub outbox_uri: String,
    pub followers_uri: String,
    pub following_uri: String,
    pub featured_uri: String,
    pub key_id: String,
    pub public_key_pem: String,
    pub published: Option<DateTime<Utc>>,
    /// The handle that the actor names for itself (FEP-2c59).
    pub webfinger: Option<String>,
    /// ActivityPub ids of accounts that are the same person, as this one says.
    pub also_known_as: Vec<String>,
    /// Keys by which it proves what it does.
    pub proof_keys: Vec<RemoteProofKey>,
    pub emojis: Vec<RemoteEmoji>,
    /// What it says of being put into collections, if anything.
    pub featuring: Option<Featuring>,
    /// Whose pages may name it as their author.
    pub attribution_domains: Vec<String>,
}

/// Reads an actor. The error says what is missing.
pub fn parse_actor(object: &Value) -> Result<RemoteActor, &'static str> {
    let uri = read::own_id(object).ok_or("the actor has no id")?;
    let types = read::many(object, "type").iter().filter_map(Value::as_str);
    let actor_type = types.filter_map(ActorType::parse).next().ok_or("it is no actor")?;
    let username = read::text(object, "preferredUsername").unwrap_or_default();
    if !crate::base::handle::is_username(username) {
        return Err("the actor has no usable preferredUsername");
    }
    let own = |object: &Value, name: &str| url_in(object, name).filter(|url| read::same_host(url, uri));
    // Whoever names a third one's as theirs would have us post to it whatever they follow.
    let inbox_uri = own(object, "inbox").ok_or("the actor has no inbox on its host")?;
    let endpoints = object.get("endpoints").unwrap_or(&Value::Null);
    let (key_id, public_key_pem) = public_key(object, uri).ok_or("the actor has no publicKey of its own")?;
    let flag = |name: &str| read::one(object, name).and_then(Value::as_bool).unwrap_or(false);
    Ok(RemoteActor {
        actor_type,
        username: username.to_owned(),
        display_name: cut(&text::plain_text(read::text(object, "name").unwrap_or_default()), MOST_NAME),
        note: text::sanitise_remote(&cut(read::text(object, "summary").unwrap_or_default(), MOST_NOTE)),
        url: read::page_url(object).filter(|url| is_http(url)).unwrap_or(uri).to_owned(),
        fields: fields(object),
        avatar_url: image(object, "icon"),
        header_url: image(object, "image"),
        pictures: pictures::read_texts(object),
        locked: flag("manuallyApprovesFollowers"),
        discoverable: flag("discoverable"),
        indexable: flag("indexable"),
        inbox_uri,
        shared_inbox_uri: own(endpoints, "sharedInbox"),
        outbox_uri: own(object, "outbox").unwrap_or_default(),
        followers_uri: own(object, "followers").unwrap_or_default(),
        following_uri: own(object, "following").unwrap_or_default(),
        featured_uri: own(object, "featured").unwrap_or_default(),
        key_id,
        public_key_pem,
        published: read::time(object, "published"),
        webfinger: read::text(object, "webfinger").map(str::to_owned),
        also_known_as: read::ids(object, "alsoKnownAs")
            .filter(|uri| is_http(uri))
            .take(MOST_ALIASES)
            .map(str::to_owned)
            .collect(),
        proof_keys: proof::read_keys(object, uri),
        emojis: parse_emojis(object),
        featuring: featuring(object, &own(object, "featuredCollections").unwrap_or_default(), uri),
        attribution_domains: attribution_domains(object),
        uri: uri.to_owned(),
    })
}

/// `interactionPolicy.canFeature`, and the list of the actor's own collections (FEP-7aa9).
fn featuring(object: &Value, collections: &str, uri: &str) -> Option<Featuring> {
    let policy = read::one(object, "interactionPolicy").and_then(|policy| read::one(policy, "canFeature"));
    if policy.is_none() && collections.is_empty() {
        return None;
    }
    let (followers, following) = (read::id(object, "followers"), read::id(object, "following"));
    let who = |name: &str| {
        let ids = policy.into_iter().flat_map(|policy| read::ids(policy, name));
        ids.take(MOST_ALIASES).fold(0, |bits, id| match id {
            id if read::is_public(id) => bits | EVERYONE,
            id if Some(id) == followers => bits | FOLLOWERS,
            id if Some(id) == following => bits | FOLLOWED,
            // Itself: nobody else.
            id if id == uri => bits,
            _ => bits | OTHERS,
        })
    };
    Some(Featuring {
        automatic: who("automaticApproval"),
        manual: who("manualApproval"),
        collections_uri: collections.to_owned(),
    })
}

/// Each once; what is no domain is left out.
fn attribution_domains(object: &Value) -> Vec<String> {
    let said = read::many(object, "attributionDomains").iter().take(attribution::MOST_KEPT);
    let domains: BTreeSet<String> = said.filter_map(|one| attribution::domain(one.as_str()?)).collect();
    domains.into_iter().collect()
}

/// The actor's own key: owned by it, on its host. Of several, the first.
fn public_key(object: &Value, uri: &str) -> Option<(String, String)> {
    read::many(object, "publicKey").iter().find_map(|key| {
        let id = read::own_id(key)?;
        let pem = key.get("publicKeyPem").and_then(Value::as_str)?;
        let owner = read::id(key, "owner").or_else(|| read::id(key, "controller"));
        (owner.is_none_or(|owner| owner == uri) && read::same_host(id, uri) && pem.len() < 16 * 1024)
            .then(|| (id.to_owned(), pem.to_owned()))
    })
}

fn url_in(object: &Value, name: &str) -> Option<String> {
    read::id(object, name).filter(|url| is_http(url)).map(str::to_owned)
}

fn is_http(url: &str) -> bool {
    url.len() <= MOST_URL && read::host(url).is_some()
}

fn image(object: &Value, name: &str) -> Option<String> {
    let image = read::one(object, name)?;
    let url = match image {
        Value::String(url) => url.as_str(),
        image => read::page_url(image)?,
    };
    is_http(url).then(|| url.to_owned())
}

fn fields(object: &Value) -> Vec<Field> {
    read::many(object, "attachment")
        .iter()
        .filter(|attachment| read::is_a(attachment, "PropertyValue"))
        .take(MOST_FIELDS)
        .map(|field| Field {
            name: cut(&text::plain_text(read::text(field, "name").unwrap_or_default()), MOST_NAME),
            value: text::sanitise_remote(&cut(read::text(field, "value").unwrap_or_default(), MOST_URL)),
            verified_at: None,
        })
        .collect()
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// The row for a remote actor. `domain` is the one of its handle.
pub fn new_account(actor: &RemoteActor, domain: &str, id: AccountId, now: DateTime<Utc>) -> NewAccount {
    NewAccount {
        id,
        username: actor.username.clone(),
        domain: Some(domain.to_owned()),
        actor_type: actor.actor_type.as_str(),
        uri: actor.uri.clone(),
        url: actor.url.clone(),
        display_name: actor.display_name.clone(),
        note_source: String::new(),
        note: actor.note.clone(),
        fields: serde_json::to_value(&actor.fields).unwrap_or_else(|_| json!([])),
        avatar_url: actor.avatar_url.clone(),
        header_url: actor.header_url.clone(),
        locked: actor.locked,
        discoverable: actor.discoverable,
        indexable: actor.indexable,
        inbox_uri: actor.inbox_uri.clone(),
        shared_inbox_uri: actor.shared_inbox_uri.clone(),
        outbox_uri: actor.outbox_uri.clone(),
        followers_uri: actor.followers_uri.clone(),
        following_uri: actor.following_uri.clone(),
        featured_uri: actor.featured_uri.clone(),
        public_key_id: actor.key_id.clone(),
        public_key_pem: actor.public_key_pem.clone(),
        created_at: actor.published.filter(|published| *published < now).unwrap_or(now),
        updated_at: now,
        fetched_at: Some(now),
        also_known_as: actor.also_known_as.iter().cloned().map(Some).collect(),
    }
}

/// A local account as an actor; `tags` are the emoji that it shows. Followers are not counted: nobody is ranked.
pub fn actor(account: &Account, tags: &[Value], own_domain: &str) -> Value {
    let mut object = json!({
        "@context": context(),
        "id": account.uri,
        "type": account.actor_type,
        "preferredUsername": account.username,
        "name": account.display_name,
        "summary": account.note,
        "url": account.url,
        "inbox": account.inbox_uri,
        "outbox": account.outbox_uri,
        "followers": account.followers_uri,
        "following": account.following_uri,
        "featured": account.featured_uri,
        "manuallyApprovesFollowers": account.locked,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "published": account.created_at.format("%Y-%m-%dT00:00:00Z").to_string(),
        "updated": rfc3339(account.updated_at),
        "webfinger": account.full_handle(own_domain),
        "publicKey": {
            "id": account.public_key_id,
            "owner": account.uri,
            "publicKeyPem": account.public_key_pem,
        },
    });
    // The instance's own actor has none, and is in none.
    if account.actor_type != ActorType::Application.as_str() {
        put(&mut object, "featuredCollections", json!(format!("{}/featured_collections", account.uri)));
        let who = if account.discoverable { read::PUBLIC } else { account.uri.as_str() };
        put(&mut object, "interactionPolicy", json!({"canFeature": {"automaticApproval": [who]}}));
    }
    let also: Vec<&str> = account.also_known_as.iter().flatten().map(String::as_str).collect();
    if !also.is_empty() {
        put(&mut object, "alsoKnownAs", json!(also));
    }
    if !tags.is_empty() {
        put(&mut object, "tag", json!(tags));
    }
    if let Some(moved_to) = &account.moved_to_uri {
        put(&mut object, "movedTo", json!(moved_to));
    }
    if let Some(shared) = &account.shared_inbox_uri {
        put(&mut object, "endpoints", json!({"sharedInbox": shared}));
    }
    let attachment: Vec<Value> = account
        .profile_fields()
        .into_iter()
        .map(|field| json!({"type": "PropertyValue", "name": field.name, "value": field.value}))
        .collect();
    if !attachment.is_empty() {
        put(&mut object, "attachment", Value::Array(attachment));
    }
    for (name, url) in [("icon", &account.avatar_url), ("image", &account.header_url)] {
        if let Some(url) = url {
            let media_type = if url.ends_with(".png") { "image/png" } else { "image/jpeg" };
            put(&mut object, name, json!({"type": "Image", "mediaType": media_type, "url": url}));
        }
    }
    object
}

/// Says in a local actor's document, or in an activity that has that embedded, whose pages may name it as their author.
pub fn show_attribution(document: &mut Value, domains: &[String]) {
    if domains.is_empty() {
        return;
    }
    let actor = match document.get("object") {
        Some(_) => document.get_mut("object"),
        None => Some(document),
    };
    if let Some(actor) = actor {
        put(actor, "attributionDomains", json!(domains));
    }
}

/// The `Update` of a local actor.
pub fn update(account: &Account, tags: &[Value], own_domain: &str, activity_uri: &str, now: DateTime<Utc>) -> Value {
    json!({
        "@context": context(),
        "id": activity_uri,
        "type": "Update",
        "actor": account.uri,
        "to": [read::PUBLIC],
        "cc": [account.followers_uri],
        "published": rfc3339(now),
        "object": without_context(actor(account, tags, own_domain)),
    })
}

/// An object to be embedded: its context is the outer one's.
pub fn without_context(mut object: Value) -> Value {
    if let Some(object) = object.as_object_mut() {
        object.remove("@context");
    }
    object
}

/// A collection whose items and number are nobody's business (AUDIENCE rule 8).
pub fn closed_collection(id: &str) -> Value {
    json!({"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "OrderedCollection"})
}

/// An empty collection.
pub fn empty_collection(id: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": id,
        "type": "OrderedCollection",
        "totalItems": 0,
        "orderedItems": [],
    })
}

/// A moment as ActivityPub and Mastodon write it: UTC, to the millisecond, so that
/// posts of one second keep their order elsewhere.
pub fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests;
