//! How lists read in the client API.

use serde_json::{Value, json};

use super::List;

/// A list (https://docs.joinmastodon.org/entities/List/).
pub fn list(list: &List) -> Value {
    json!({
        "id": list.id,
        "title": list.title,
        "replies_policy": list.replies_policy,
        "exclusive": list.exclusive,
    })
}
