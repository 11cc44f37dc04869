//! Emoji as ActivityPub has them (https://docs.joinmastodon.org/spec/activitypub/#Emoji) ↔ nouns. Pure.

use chrono::{SecondsFormat, SubsecRound};
use serde_json::{Value, json};

use super::{CustomEmoji, MOST_NAMES, RemoteEmoji};
use crate::base::activitystreams as read;
use crate::base::id::EmojiId;
use crate::base::text;

const MOST_URL: usize = 2048;

/// The ActivityPub id of an emoji of ours.
pub fn uri(origin: &str, id: EmojiId) -> String {
    format!("{origin}/emojis/{id}")
}

/// An emoji of ours, as it stands among the tags of what shows it.
pub fn tag(emoji: &CustomEmoji, origin: &str) -> Value {
    let media_type = if emoji.image_url.ends_with(".gif") { "image/gif" } else { "image/png" };
    json!({
        "id": uri(origin, emoji.id),
        "type": "Emoji",
        "name": format!(":{}:", emoji.shortcode),
        "updated": emoji.updated_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "icon": {"type": "Image", "mediaType": media_type, "url": emoji.url(origin)},
    })
}

/// The emoji among the tags of a post or an actor: the first dozens that have a name and a picture.
pub fn parse_emojis(object: &Value) -> Vec<RemoteEmoji> {
    let mut found: Vec<RemoteEmoji> = Vec::new();
    for emoji in read::many(object, "tag").iter().filter(|tag| read::is_a(tag, "Emoji")).filter_map(parse) {
        if found.len() < MOST_NAMES && !found.iter().any(|known| known.shortcode == emoji.shortcode) {
            found.push(emoji);
        }
    }
    found
}

fn parse(tag: &Value) -> Option<RemoteEmoji> {
    let name = read::text(tag, "name")?.trim();
    let name = name.strip_prefix(':').and_then(|name| name.strip_suffix(':')).unwrap_or(name);
    let url = match read::one(tag, "icon")? {
        Value::String(url) => url.as_str(),
        icon => read::page_url(icon)?,
    };
    let usable = text::is_shortcode(name) && url.len() <= MOST_URL && read::host(url).is_some();
    // As exact as it is kept.
    let updated = read::time(tag, "updated").map(|time| time.trunc_subsecs(6));
    usable.then(|| RemoteEmoji { shortcode: name.to_owned(), url: url.to_owned(), updated })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F231
    #[test]
    fn emoji_are_read_as_programs_write_them() {
        let icon = json!({"type": "Image", "mediaType": "image/png", "url": "https://b.test/blob.png"});
        let tags = json!({"tag": [
            {"type": "Hashtag", "name": "#blob"},
            {"type": "Emoji", "name": ":blob:", "updated": "2026-01-02T03:04:05.123456789Z", "icon": icon},
            {"type": ["Emoji"], "name": "cat", "icon": "https://b.test/cat.png"},
            {"type": "Emoji", "name": ":dog:", "icon": [{"url": [{"href": "https://b.test/dog.png"}]}]},
            {"type": "Emoji", "name": ":blob:", "icon": "https://b.test/again.png"},
        ]});
        let found = parse_emojis(&tags);
        let seen: Vec<(&str, &str)> = found.iter().map(|one| (one.shortcode.as_str(), one.url.as_str())).collect();
        let expected =
            [("blob", "https://b.test/blob.png"), ("cat", "https://b.test/cat.png"), ("dog", "https://b.test/dog.png")];
        assert_eq!(seen, expected);
        assert_eq!(found[0].updated.unwrap().to_rfc3339(), "2026-01-02T03:04:05.123456+00:00");
    }

    /// F231
    #[test]
    fn what_has_no_name_or_no_picture_is_none() {
        let icon = json!("https://b.test/x.png");
        for (name, icon) in [
            (json!(":a:"), icon.clone()),
            (json!(":no spaces:"), icon.clone()),
            (json!("\"><script>"), icon.clone()),
            (json!("x".repeat(129)), icon.clone()),
            (json!(5), icon),
            (json!(":blob:"), json!("javascript:alert(1)")),
            (json!(":blob:"), json!({"type": "Image"})),
            (json!(":blob:"), json!(null)),
            (json!(":blob:"), json!(format!("https://b.test/{}", "x".repeat(3000)))),
        ] {
            let object = json!({"tag": {"type": "Emoji", "name": name, "icon": icon}});
            assert_eq!(parse_emojis(&object), [], "{object}");
        }
        let many: Vec<Value> =
            (0..100).map(|n| json!({"type": "Emoji", "name": format!("e{n}"), "icon": "https://b.test/x"})).collect();
        assert_eq!(parse_emojis(&json!({"tag": many})).len(), MOST_NAMES);
    }
}
