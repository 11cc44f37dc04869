//! What groups on other servers announce (FEP-1b12). The activity inside is only a hint: what it says is fetched from the
//! host that it is about.

use serde_json::Value;

use crate::accounts::Account;
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams as read;
use crate::jobs::Outcome;
use crate::{relationships, statuses};

/// `Announce` of an activity by a group that somebody here follows.
pub async fn announced_activity(app: &App, group: &Account, activity: &Value) -> Result<Outcome> {
    let followed = {
        let mut conn = app.db.background().await?;
        relationships::store::has_local_followers(&mut conn, group.id).await?
    };
    if !group.is_group() || !followed {
        return Ok(Outcome::drop("nobody here follows this group"));
    }
    let Some(uri) = read::id(activity, "object") else { return Ok(Outcome::drop("it is about nothing")) };
    match read::type_of(activity) {
        "Create" => created(app, uri).await,
        "Update" => updated(app, uri).await,
        "Delete" => deleted(app, group, uri).await,
        other => Ok(Outcome::drop(format!("an announced {other} changes nothing here"))),
    }
}

/// A post in the group: fetched from its author's server. Whether it is in the group is for the post to say, not for the
/// group: `statuses::ops::record` reads whom it names.
async fn created(app: &App, uri: &str) -> Result<Outcome> {
    statuses::object::resolve_status(app, uri, 2).await?;
    Ok(Outcome::Done)
}

/// A post that is said to be changed is read again, from its author's server.
async fn updated(app: &App, uri: &str) -> Result<Outcome> {
    let known = {
        let mut conn = app.db.background().await?;
        statuses::store::find_by_uri(&mut conn, uri).await?
    };
    match known.filter(|status| !status.local && status.audience().is_open()) {
        Some(status) => statuses::object::refresh_status(app, &status).await,
        None => Ok(Outcome::drop("it isn't here")),
    }
}

/// A post that is said to be deleted goes when its own server says so too. Only of an open post in this group: of others
/// our asking is answered with a 404 in any case.
async fn deleted(app: &App, group: &Account, uri: &str) -> Result<Outcome> {
    let known = {
        let mut conn = app.db.background().await?;
        statuses::store::find_by_uri(&mut conn, uri).await?
    };
    let Some(status) = known.filter(|status| !status.local) else { return Ok(Outcome::drop("it isn't here")) };
    if !status.audience().is_open() || status.group_account_id != Some(group.id) {
        return Ok(Outcome::drop("it is not in this group"));
    }
    statuses::object::delete_if_gone(app, &status).await
}
