//! What actors do to themselves: Update, Delete.

use serde_json::Value;

use super::{Account, object, store};
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams as read;
use crate::jobs::Outcome;

/// `Update` of an actor: only of the one who signed.
pub async fn update(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    if read::id_of(object) != Some(actor.uri.as_str()) {
        return Ok(Outcome::drop("an actor may only update itself"));
    }
    if object.is_object() {
        object::record_embedded(app, actor, object).await?;
    } else {
        object::refresh_actor(app, &actor.uri).await?;
    }
    Ok(Outcome::Done)
}

/// `Delete` of an actor by itself: its account goes, with its posts, follows and notifications.
pub async fn delete(app: &App, actor: &Account) -> Result<Outcome> {
    object::forget_key(app, actor);
    app.background_transaction(async |conn| {
        store::delete_remote(conn, actor.id).await?;
        Ok(())
    })
    .await?;
    Ok(Outcome::Done)
}
