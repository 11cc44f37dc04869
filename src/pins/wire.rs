//! Pins as ActivityPub has them: `Add` and `Remove` on the `featured` collection, as Mastodon does it. Pure.

use serde_json::{Value, json};

use super::MOST_PINS;
use crate::accounts::Account;
use crate::accounts::wire::context;
use crate::base::activitystreams as read;

/// The `Add` of a post to its author's featured ones, or (`pinned` is false) its `Remove`.
pub fn change(author: &Account, uri: &str, status_uri: &str, pinned: bool) -> Value {
    json!({
        "@context": context(),
        "id": uri,
        "type": if pinned { "Add" } else { "Remove" },
        "actor": author.uri,
        "to": [author.followers_uri],
        "object": status_uri,
        "target": author.featured_uri,
    })
}

/// The `featured` collection: the ids of what is pinned.
pub fn featured(id: &str, uris: &[String]) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": id,
        "type": "OrderedCollection",
        "totalItems": uris.len(),
        "orderedItems": uris,
    })
}

/// Where the first page of a collection is, when its items are not in it.
pub fn first_page(collection: &Value) -> Option<&str> {
    match read::one(collection, "first")? {
        page if items(page).is_empty() => read::id_of(page),
        _ => None,
    }
}

/// The ids of what stands first in a collection, or in its first page; embedded posts are only hints to fetch them.
pub fn items(collection: &Value) -> Vec<&str> {
    let of = |object| read::ids(object, "orderedItems").chain(read::ids(object, "items"));
    let embedded = read::one(collection, "first").filter(|page| page.is_object());
    let all = of(collection).chain(embedded.into_iter().flat_map(of));
    all.take(usize::try_from(MOST_PINS).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collections_of_every_shape_are_read_and_bounded() {
        let mastodon =
            json!({"type": "OrderedCollection", "orderedItems": [{"id": "https://a.test/1"}, "https://a.test/2"]});
        assert_eq!(items(&mastodon), ["https://a.test/1", "https://a.test/2"]);
        let page = json!({"first": {"type": "CollectionPage", "items": ["https://a.test/3"]}});
        assert_eq!((items(&page), first_page(&page)), (vec!["https://a.test/3"], None));
        let link = json!({"first": "https://a.test/featured?page=1"});
        assert_eq!((items(&link).len(), first_page(&link)), (0, Some("https://a.test/featured?page=1")));
        let many: Vec<String> = (0..50).map(|n| format!("https://a.test/{n}")).collect();
        assert_eq!(items(&json!({"orderedItems": many})).len(), 5);
        assert!(items(&json!({"orderedItems": [5, null, {}]})).is_empty());
        assert!(items(&json!("https://a.test/")).is_empty());
    }
}
