//! Emoji as Mastodon's API has them (https://docs.joinmastodon.org/entities/CustomEmoji/). Pure.

use serde_json::{Value, json};

use super::CustomEmoji;

/// An emoji.
pub fn emoji(emoji: &CustomEmoji, origin: &str) -> Value {
    json!({
        "shortcode": emoji.shortcode,
        "url": emoji.url(origin),
        "static_url": emoji.static_url(origin),
        "visible_in_picker": emoji.visible_in_picker,
        "category": emoji.category,
    })
}
