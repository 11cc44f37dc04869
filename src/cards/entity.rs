//! Cards as Mastodon's API has them (https://docs.joinmastodon.org/entities/PreviewCard/). Pure.

use serde_json::{Value, json};

use super::Card;
use crate::accounts::entity::time;
use crate::media::card_picture_url;

/// A card within a post, where nobody was named yet, with its author.
pub fn credited(post: &str, account: &str) -> String {
    // Within a text the quotes would be escaped, so these are the fields; a post has no other accounts so far.
    const NOBODY: &str = "\"authors\":[]";
    if post.contains(NOBODY) {
        return post.replacen(
            NOBODY,
            &format!("\"authors\":[{{\"name\":\"\",\"url\":\"\",\"account\":{account}}}]"),
            1,
        );
    }
    post.replacen("\"account\":null", &format!("\"account\":{account}"), 1)
}

/// A card. Its picture has an address of ours, so that nobody's reader tells other servers who reads what.
pub fn card(card: &Card, origin: &str) -> Value {
    let image = card.image_url.as_ref().map(|url| card_picture_url(origin, card.id, url));
    let author = json!({"name": card.author_name, "url": card.author_url, "account": null});
    let authors = if card.author_name.is_empty() { Vec::new() } else { vec![author] };
    json!({
        "url": card.url,
        "title": card.title,
        "description": card.description,
        "language": card.language,
        "type": card.kind,
        "author_name": card.author_name,
        "author_url": card.author_url,
        "authors": authors,
        "provider_name": card.provider_name,
        "provider_url": card.provider_url,
        // Nobody's markup is passed on.
        "html": "",
        "width": card.width,
        "height": card.height,
        "image": image,
        "image_description": card.image_description,
        "embed_url": image.as_deref().filter(|_| card.kind == "photo").unwrap_or_default(),
        "blurhash": card.blurhash,
        "published_at": card.published_at.map(time),
    })
}
