//! Emoji of ours as other servers read them.

use actix_web::web;

use super::{store, wire};
use crate::accounts::wire::context;
use crate::app::App;
use crate::base::Error;
use crate::base::id::EmojiId;
use crate::edge::negotiate::activity;
use crate::edge::respond::Answer;

/// GET /emojis/{id}
pub async fn emoji(app: web::Data<App>, id: web::Path<String>) -> Answer {
    let id: EmojiId = id.parse().map_err(|_| Error::NotFound("Emoji"))?;
    let found = store::find_emoji(&mut *app.db.get().await?, id).await?;
    let shown =
        |emoji: &super::CustomEmoji| emoji.is_local() && emoji.disabled_at.is_none() && !emoji.image_url.is_empty();
    let emoji = found.filter(shown).ok_or(Error::NotFound("Emoji"))?;
    let mut object = wire::tag(&emoji, &app.origin);
    if let Some(object) = object.as_object_mut() {
        object.insert("@context".into(), context());
    }
    Ok(activity(&object))
}
