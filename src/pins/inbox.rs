//! `Add` and `Remove` on an actor's own `featured` collection. Other collections are not known here.

use serde_json::Value;

use super::{ops, store};
use crate::accounts::Account;
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams as read;
use crate::jobs::Outcome;
use crate::{relationships, statuses};

/// The id of the post that is added or removed: on the actor's own host, in the actor's own collection.
fn pinned<'a>(actor: &Account, activity: &Value, object: &'a Value) -> Option<&'a str> {
    let target = read::id(activity, "target")?;
    let own = !actor.featured_uri.is_empty() && target == actor.featured_uri;
    read::id_of(object).filter(|uri| own && read::same_host(uri, &actor.uri))
}

/// `Add`: a post that isn't here is fetched when somebody here follows the actor.
pub async fn add(app: &App, actor: &Account, activity: &Value, object: &Value) -> Result<Outcome> {
    let Some(uri) = pinned(actor, activity, object) else {
        return Ok(Outcome::drop("an Add of something else than a pin"));
    };
    let (known, followed) = {
        let mut conn = app.db.background().await?;
        let known = statuses::store::find_by_uri(&mut conn, uri).await?;
        (known, relationships::store::has_local_followers(&mut conn, actor.id).await?)
    };
    let status = match known {
        Some(status) => status,
        None if followed => statuses::object::resolve_status(app, uri, 0).await?,
        None => return Ok(Outcome::drop("nobody here has to do with it")),
    };
    let recorded = app.background_transaction(async |conn| ops::record(app, conn, actor, &status).await).await?;
    Ok(if recorded { Outcome::Done } else { Outcome::drop("it may not be pinned") })
}

/// `Remove`
pub async fn remove(app: &App, actor: &Account, activity: &Value, object: &Value) -> Result<Outcome> {
    let Some(uri) = pinned(actor, activity, object) else {
        return Ok(Outcome::drop("a Remove of something else than a pin"));
    };
    app.background_transaction(async |conn| match statuses::store::find_by_uri(conn, uri).await? {
        Some(status) if store::delete_pin(conn, actor.id, status.id).await?.is_some() => Ok(Outcome::Done),
        _ => Ok(Outcome::drop("a Remove of what isn't pinned")),
    })
    .await
}
