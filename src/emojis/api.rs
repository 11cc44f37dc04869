//! GET /api/v1/custom_emojis (https://docs.joinmastodon.org/methods/custom_emojis/). Emoji are made on the command line.

use actix_web::web;

use super::{entity, store};
use crate::app::App;
use crate::edge::respond::{Answer, ok};

/// GET /api/v1/custom_emojis: those that pickers offer.
pub async fn list(app: web::Data<App>) -> Answer {
    let own = store::list_own(&mut *app.db.get().await?).await?;
    let offered = own.iter().filter(|emoji| emoji.visible_in_picker && emoji.disabled_at.is_none());
    Ok(ok(&offered.map(|emoji| entity::emoji(emoji, &app.origin)).collect::<Vec<_>>()))
}
