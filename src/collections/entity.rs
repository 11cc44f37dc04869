//! Collections as Mastodon's API has them (https://docs.joinmastodon.org/entities/Collection/,
//! https://docs.joinmastodon.org/entities/CollectionItem/). Pure.

use serde_json::{Value, json};

use super::{Collection, Item, State};
use crate::accounts::entity::time;
use crate::base::text::{escape_html, tag_url};

/// A collection, with those of its items that the viewer may see.
pub fn collection(collection: &Collection, items: &[&Item], origin: &str) -> Value {
    let description =
        if collection.local { escape_html(&collection.description) } else { collection.description.clone() };
    json!({
        "id": collection.id,
        "account_id": collection.account_id,
        "uri": collection.uri,
        "url": collection.page(),
        "name": collection.name,
        "description": description,
        "language": collection.language,
        "local": collection.local,
        "sensitive": collection.sensitive,
        "discoverable": collection.discoverable,
        "tag": collection.tag.as_ref().map(|name| json!({"name": name, "url": tag_url(origin, name)})),
        "item_count": items.len(),
        "items": items.iter().map(|one| item(one)).collect::<Vec<_>>(),
        "created_at": time(collection.created_at),
        "updated_at": time(collection.updated_at),
    })
}

/// One of its items. Whom it was about is not said of those who said no.
pub fn item(item: &Item) -> Value {
    let shown = item.is(State::Accepted) || item.is(State::Pending);
    json!({
        "id": item.id,
        "account_id": item.account_id.filter(|_| shown),
        "state": item.state,
        "created_at": time(item.created_at),
    })
}
