//! Collections as ActivityPub has them (FEP-7aa9), in the shape that Mastodon gives them. Pure.

use serde_json::{Value, json};

use super::{Collection, Item, MOST_KEPT, Placed, RemoteCollection, RemoteItem};
use crate::accounts::Account;
use crate::accounts::wire::{context as general, rfc3339};
use crate::base::activitystreams as read;
use crate::base::text;

/// Our limits on what others say, in characters; longer texts are cut.
const MOST_NAME: usize = 256;
const MOST_DESCRIPTION: usize = 2048;

/// Collections of somebody that are read when they are met.
const MOST_LISTED: usize = 10;

const FEP: &str = "https://w3id.org/fep/7aa9#";
const GTS: &str = "https://gotosocial.org/ns#";

/// The vocabularies of these documents.
fn context() -> Value {
    let id = |space: &str, name: &str| json!({"@id": format!("{space}{name}"), "@type": "@id"});
    let mut context = general();
    if let Some(parts) = context.as_array_mut() {
        parts.push(json!({
            "FeaturedCollection": format!("{FEP}FeaturedCollection"),
            "FeaturedItem": format!("{FEP}FeaturedItem"),
            "FeatureRequest": format!("{FEP}FeatureRequest"),
            "FeatureAuthorization": format!("{FEP}FeatureAuthorization"),
            "featuredObject": id(FEP, "featuredObject"),
            "featuredObjectType": id(FEP, "featuredObjectType"),
            "featureAuthorization": id(FEP, "featureAuthorization"),
            "topic": id(FEP, "topic"),
            "interactingObject": id(GTS, "interactingObject"),
            "interactionTarget": id(GTS, "interactionTarget"),
        }));
    }
    context
}

/// An object with its context.
pub fn document(mut object: Value) -> Value {
    if let Some(object) = object.as_object_mut() {
        object.insert("@context".into(), context());
    }
    object
}

/// Where the collections of one of ours are listed.
pub fn list_uri(owner: &Account) -> String {
    format!("{}/featured_collections", owner.uri)
}

/// Where one of ours says that it agrees to be where an item puts it.
pub fn authorization_uri(member: &Account, item: &Item) -> String {
    format!("{}/feature_authorizations/{}", member.uri, item.id)
}

/// A collection of ours, with those who agreed to be in it.
pub fn collection(collection: &Collection, owner: &Account, items: &[Placed], origin: &str) -> Value {
    let mut object = json!({
        "id": collection.uri,
        "type": "FeaturedCollection",
        "attributedTo": owner.uri,
        "name": collection.name,
        "url": collection.page(),
        "sensitive": collection.sensitive,
        "discoverable": collection.discoverable,
        "published": rfc3339(collection.created_at),
        "updated": rfc3339(collection.updated_at),
        "totalItems": items.len(),
        "orderedItems": items.iter().map(item).collect::<Vec<_>>(),
    });
    let Some(fields) = object.as_object_mut() else { return object };
    match &collection.language {
        Some(language) => fields.insert("summaryMap".into(), json!({language: collection.description})),
        None => fields.insert("summary".into(), json!(collection.description)),
    };
    if let Some(tag) = &collection.tag {
        let topic = json!({"type": "Hashtag", "name": format!("#{tag}"), "href": text::tag_url(origin, tag)});
        fields.insert("topic".into(), topic);
    }
    object
}

/// An account's place in a collection of ours.
pub fn item((item, actor_type): &Placed) -> Value {
    json!({
        "id": item.uri,
        "type": "FeaturedItem",
        "featuredObject": item.object_uri,
        "featuredObjectType": actor_type,
        "featureAuthorization": item.authorization_uri,
    })
}

/// The list of somebody's collections.
pub fn list(id: &str, uris: &[String]) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": id,
        "type": "OrderedCollection",
        "totalItems": uris.len(),
        "orderedItems": uris,
    })
}

/// That one of ours agrees to be in a collection.
pub fn authorization(item: &Item, collection_uri: &str) -> Value {
    json!({
        "id": item.authorization_uri,
        "type": "FeatureAuthorization",
        "interactingObject": collection_uri,
        "interactionTarget": item.object_uri,
    })
}

/// An activity of the owner's, about a collection or what is in it: `Add`, `Remove` (with a target), `Update`.
pub fn change(kind: &str, owner: &Account, uri: &str, object: Value, target: Option<&str>) -> Value {
    let mut activity = json!({
        "@context": context(),
        "id": uri,
        "type": kind,
        "actor": owner.uri,
        "to": [read::PUBLIC],
        "cc": [owner.followers_uri],
        "object": object,
    });
    if let (Some(target), Some(activity)) = (target, activity.as_object_mut()) {
        activity.insert("target".into(), json!(target));
    }
    activity
}

/// Asks an account of another server whether it wants to be in a collection.
pub fn request(uri: &str, owner: &Account, member: &Account, collection: &Collection) -> Value {
    json!({
        "@context": context(),
        "id": uri,
        "type": "FeatureRequest",
        "actor": owner.uri,
        "to": [member.uri],
        "object": member.uri,
        "instrument": collection.uri,
    })
}

/// What one of ours says to such a request: where its consent is, or `None` for no.
pub fn answer(uri: &str, member: &Account, owner: &Account, request_uri: &str, consent: Option<&str>) -> Value {
    let mut activity = json!({
        "@context": context(),
        "id": uri,
        "type": if consent.is_some() { "Accept" } else { "Reject" },
        "actor": member.uri,
        "to": [owner.uri],
        "object": request_uri,
    });
    if let (Some(consent), Some(activity)) = (consent, activity.as_object_mut()) {
        activity.insert("result".into(), json!(consent));
    }
    activity
}

/// One of ours takes its consent back.
pub fn withdrawal(uri: &str, member: &Account, owner: &Account, item: &Item, collection_uri: &str) -> Value {
    json!({
        "@context": context(),
        "id": uri,
        "type": "Delete",
        "actor": member.uri,
        "to": [owner.uri],
        "object": authorization(item, collection_uri),
    })
}

/// The ids in somebody's list of collections.
pub fn listed(object: &Value) -> Vec<String> {
    let ids = read::ids(object, "orderedItems").chain(read::ids(object, "items"));
    ids.take(MOST_LISTED).map(str::to_owned).collect()
}

/// Reads a collection. `None`: it is none.
pub fn parse_collection(object: &Value) -> Option<RemoteCollection> {
    if !read::is_a(object, "FeaturedCollection") {
        return None;
    }
    let uri = read::own_id(object)?;
    let owner_uri = read::id(object, "attributedTo").filter(|owner| read::same_host(owner, uri))?;
    let map = read::one(object, "summaryMap").and_then(Value::as_object).and_then(|map| map.iter().next());
    let (language, summary) = match map {
        Some((language, summary)) => (Some(language.as_str()), summary.as_str()),
        None => (None, read::text(object, "summary")),
    };
    let flag = |name: &str, usual| read::one(object, name).and_then(Value::as_bool).unwrap_or(usual);
    let topic = read::one(object, "topic").and_then(|topic| read::text(topic, "name"));
    let topic = topic.map(|name| name.trim_start_matches('#')).filter(|name| text::is_tag(name));
    let items = read::many(object, "orderedItems").iter().take(MOST_KEPT);
    let named = object.get("orderedItems").map(|_| items.clone().filter_map(read::id_of).map(str::to_owned).collect());
    Some(RemoteCollection {
        uri: uri.to_owned(),
        owner_uri: owner_uri.to_owned(),
        url: read::page_url(object).filter(|url| read::host(url).is_some()).map(str::to_owned),
        name: cut(&text::plain_text(read::text(object, "name").unwrap_or_default()), MOST_NAME),
        description: text::sanitise_remote(&cut(summary.unwrap_or_default(), MOST_DESCRIPTION)),
        language: language.filter(|language| text::valid_language(language)).map(str::to_owned),
        tag: topic.map(text::normalise_tag),
        sensitive: flag("sensitive", false),
        discoverable: flag("discoverable", false),
        published: read::time(object, "published"),
        items: items.filter_map(|item| parse_item(item, uri)).collect(),
        named,
    })
}

/// Reads a place in a collection. It is on the collection's host, and the consent on that of the account.
pub fn parse_item(object: &Value, collection_uri: &str) -> Option<RemoteItem> {
    let uri = read::own_id(object).filter(|uri| read::same_host(uri, collection_uri))?;
    let object_uri = read::id(object, "featuredObject")?;
    let authorization = read::id(object, "featureAuthorization").filter(|at| read::same_host(at, object_uri))?;
    read::is_a(object, "FeaturedItem").then(|| RemoteItem {
        uri: uri.to_owned(),
        object_uri: object_uri.to_owned(),
        authorization_uri: authorization.to_owned(),
    })
}

/// Whether a document is the consent of an account to be in a collection.
pub fn is_consent(object: &Value, uri: &str, collection_uri: &str, object_uri: &str) -> bool {
    read::is_a(object, "FeatureAuthorization")
        && read::own_id(object) == Some(uri)
        && read::id(object, "interactingObject") == Some(collection_uri)
        && read::id(object, "interactionTarget") == Some(object_uri)
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_believed_on_their_hosts_alone() {
        let item = |id: &str, of: &str, consent: &str| json!({"type": "FeaturedItem", "id": id, "featuredObject": of, "featureAuthorization": consent});
        let collection = "https://a.test/c/1";
        let right = item("https://a.test/i/1", "https://b.test/u", "https://b.test/ok");
        assert!(parse_item(&right, collection).is_some());
        for wrong in [
            item("https://b.test/i/1", "https://b.test/u", "https://b.test/ok"),
            item("https://a.test/i/1", "https://b.test/u", "https://a.test/ok"),
            json!({"type": "FeaturedItem", "id": "https://a.test/i/1", "featuredObject": "https://b.test/u"}),
            json!("https://a.test/i/1"),
        ] {
            assert_eq!(parse_item(&wrong, collection), None, "{wrong}");
        }
    }

    #[test]
    fn collections_are_read_and_bounded() {
        let items: Vec<Value> = (0..200)
            .map(|n| {
                json!({"type": "FeaturedItem", "id": format!("https://a.test/i/{n}"), "featuredObject": "https://b.test/u",
                    "featureAuthorization": "https://b.test/ok"})
            })
            .collect();
        let mut object = json!({
            "type": "FeaturedCollection", "id": "https://a.test/c", "attributedTo": "https://a.test/u",
            "name": "x".repeat(500), "summaryMap": {"de": "<b onclick=x>Gute</b> Leute"}, "sensitive": "yes",
            "topic": {"type": "Hashtag", "name": "#Rust"}, "orderedItems": items,
        });
        let read = parse_collection(&object).unwrap();
        assert_eq!((read.name.len(), read.items.len(), read.language.as_deref()), (256, 150, Some("de")));
        assert!(!read.description.contains("onclick") && !read.sensitive && !read.discoverable);
        assert_eq!(read.tag.as_deref(), Some("rust"));
        object["attributedTo"] = json!("https://b.test/u");
        assert_eq!(parse_collection(&object), None);
    }
}
