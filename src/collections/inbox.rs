//! What other servers say of their collections, and of places in ours.

use serde_json::Value;

use super::{object, ops, wire};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::{Error, Result};
use crate::jobs::Outcome;
use crate::relationships;

fn done(found: bool) -> Outcome {
    if found { Outcome::Done } else { Outcome::drop("it is about no collection that is known") }
}

/// `FeatureRequest`: may somebody here be in a collection of the actor's?
pub async fn request(app: &App, actor: &Account, activity: &Value, member: &Value) -> Result<Outcome> {
    let (uri, collection) = (read::own_id(activity), read::id(activity, "instrument"));
    let (Some(uri), Some(collection), Some(member)) = (uri, collection, read::id_of(member)) else {
        return Ok(Outcome::drop("a FeatureRequest that names no account or no collection"));
    };
    let member = {
        let mut conn = app.db.background().await?;
        accounts::store::find_by_uri(&mut conn, member).await?
    };
    let Some(member) = member.filter(|member| member.is_local() && member.deleted_at.is_none()) else {
        return Ok(Outcome::drop("a FeatureRequest for nobody here"));
    };
    let collection = match object::resolve_of(app, actor, collection).await {
        Ok(collection) => collection,
        Err(error) if error.is_transient() => return Err(error),
        Err(error) => return Ok(Outcome::drop(error.to_string())),
    };
    app.background_transaction(async |conn| {
        ops::answer_request(app, conn, actor, &collection, &member, uri).await?;
        Ok(Outcome::Done)
    })
    .await
}

/// Whether an `Accept` or `Reject` answers such a request of ours.
pub fn is_answer(app: &App, object: &Value) -> bool {
    let uri = read::id_of(object).unwrap_or_default();
    read::is_a(object, "FeatureRequest") || uri.starts_with(&app.origin) && uri.contains("/feature_requests/")
}

/// `Accept` and `Reject` of such a request.
pub async fn answer(app: &App, actor: &Account, activity: &Value, object: &Value) -> Result<Outcome> {
    let Some(uri) = read::id_of(object) else { return Ok(Outcome::drop("an answer to nothing")) };
    let accepts = read::type_of(activity) == "Accept";
    let consent = read::id(activity, "result").filter(|_| accepts);
    if accepts && consent.is_none() {
        return Ok(Outcome::drop("an Accept that does not say where the consent is"));
    }
    let recorded =
        app.background_transaction(async |conn| ops::record_answer(app, conn, actor, uri, consent).await).await?;
    Ok(done(recorded))
}

/// Whether somebody here has to do with an actor's collection: it is known, somebody follows the actor, or is in it.
async fn concerns(app: &App, actor: &Account, uri: &str) -> Result<bool> {
    let mut conn = app.db.background().await?;
    Ok(super::store::find_collection_by_uri(&mut conn, uri).await?.is_some()
        || relationships::store::has_local_followers(&mut conn, actor.id).await?)
}

/// `Add` and `Update` of a whole collection of the actor's own, which is embedded.
pub async fn describe(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    let remote = wire::parse_collection(object);
    let Some(remote) = remote.filter(|one| one.owner_uri == actor.uri && read::same_host(&one.uri, &actor.uri)) else {
        return Ok(Outcome::drop("a collection that is not the actor's own"));
    };
    if !concerns(app, actor, &remote.uri).await? {
        return Ok(Outcome::drop("nobody here has to do with it"));
    }
    let record = async |conn: &mut _| ops::record_collection(app, conn, actor, &remote).await.map(drop);
    match app.background_transaction(record).await {
        Ok(()) => Ok(Outcome::Done),
        Err(Error::Forbidden(why)) => Ok(Outcome::drop(why.to_string())),
        Err(error) => Err(error),
    }
}

/// `Add` of an account to a collection of the actor's own.
pub async fn add(app: &App, actor: &Account, activity: &Value, object: &Value) -> Result<Outcome> {
    let target = read::id(activity, "target").filter(|target| read::same_host(target, &actor.uri));
    let Some((target, item)) = target.and_then(|target| Some((target, wire::parse_item(object, target)?))) else {
        return Ok(Outcome::drop("an Add of no account to no collection"));
    };
    let recorded =
        app.background_transaction(async |conn| ops::record_item(app, conn, actor, target, &item).await).await?;
    Ok(done(recorded))
}

/// `Remove` and `Delete`: of one of the actor's collections, of a place in one, or of the actor's consent to be in another's.
pub async fn remove(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    let Some(uri) = read::id_of(object).filter(|uri| read::same_host(uri, &actor.uri)) else {
        return Ok(Outcome::drop("it is not the actor's own"));
    };
    app.background_transaction(async |conn| {
        let found = ops::forget_collection(conn, actor, uri).await?
            || ops::forget_item(conn, actor, uri).await?
            || ops::record_withdrawal(app, conn, actor, uri).await?;
        Ok(done(found))
    })
    .await
}
