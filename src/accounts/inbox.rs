//! What actors do to themselves: Update. Their Delete is in `portability::inbox`.

use serde_json::Value;

use super::{Account, object};
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
