//! Threads as collections: the posts that answer one (`replies`), and all of a thread (`context`, FEP-7888 and FEP-f228), of ours and
//! of others. Pure.

use serde_json::{Value, json};

use crate::base::activitystreams as read;
use crate::statuses::Status;

/// Where the posts that answer a post of ours are.
pub fn replies_of(status: &Status) -> String {
    format!("{}/replies", status.uri)
}

/// Where the thread that a post of ours began is.
pub fn context_of(status: &Status) -> String {
    format!("{}/context", status.uri)
}

/// The head of such a collection; `owner` is who wrote the post.
pub fn collection(id: &str, owner: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": id,
        "type": "OrderedCollection",
        "attributedTo": owner,
        "first": format!("{id}?page=true"),
    })
}

/// A page of it: ids of posts, oldest first. With `next`, there are more above that id.
pub fn page(id: &str, own: &str, uris: &[String], next: Option<i64>) -> Value {
    let mut page = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": own,
        "type": "OrderedCollectionPage",
        "partOf": id,
        "orderedItems": uris,
    });
    if let (Some(next), Some(page)) = (next, page.as_object_mut()) {
        page.insert("next".into(), format!("{id}?page=true&min_id={next}").into());
    }
    page
}

/// Where a post from elsewhere says that its thread is, and what answers it.
pub fn links(object: &Value) -> (Option<&str>, Option<&str>) {
    let link = |name| read::id(object, name).filter(|uri| read::host(uri).is_some());
    (link("context"), link("replies"))
}

/// The ids in a collection or a page of one, with an embedded first page, and where the next page is.
pub fn listed(document: &Value) -> (Vec<&str>, Option<&str>) {
    let of = |page| read::ids(page, "orderedItems").chain(read::ids(page, "items"));
    let first = read::one(document, "first");
    let embedded = first.filter(|page| page.is_object() && of(page).next().is_some());
    let items = of(document).chain(embedded.into_iter().flat_map(of)).collect();
    let next = match (embedded, first) {
        (Some(page), _) => read::id(page, "next"),
        (None, Some(page)) => read::id_of(page),
        (None, None) => read::id(document, "next"),
    };
    (items, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F292
    #[test]
    fn collections_of_every_shape_are_read() {
        let mastodon = json!({"type": "Collection", "id": "https://a.test/1/replies", "first": {
            "type": "CollectionPage", "next": "https://a.test/1/replies?page=true", "items": ["https://a.test/2"]}});
        assert_eq!(listed(&mastodon), (vec!["https://a.test/2"], Some("https://a.test/1/replies?page=true")));
        let linked = json!({"type": "OrderedCollection", "first": "https://a.test/1?page=1"});
        assert_eq!(listed(&linked), (vec![], Some("https://a.test/1?page=1")));
        let page = json!({"orderedItems": [{"id": "https://a.test/3"}, 5, null], "next": {"id": "https://a.test/p2"}});
        assert_eq!(listed(&page), (vec!["https://a.test/3"], Some("https://a.test/p2")));
        for odd in [json!(5), json!([]), json!({"first": [], "items": {"x": 1}}), json!({"first": {"first": {}}})] {
            assert_eq!(listed(&odd), (vec![], None), "{odd}");
        }
        let post = json!({"context": "tag:a.test,2026:1", "replies": mastodon});
        assert_eq!(links(&post), (None, Some("https://a.test/1/replies")));
    }
}
