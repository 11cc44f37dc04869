//! What a group does with what is posted to it: a reaction to posts that were published or recorded here.
//!
//! Servers that know FEP-1b12 get the activity announced; Mastodon and its kin get the post announced, first posts of
//! threads only, so that replies don't flood anybody's home.

use serde_json::Value;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::base::id::StatusId;
use crate::base::visibility::Audience;
use crate::db::Conn;
use crate::federation::delivery;
use crate::jobs::Outcome;
use crate::relationships;
use crate::statuses::{self, Status, StatusDeleted, wire};

/// Relays a public post in a group of ours to the group's followers, if its author is one of them. Everything is one
/// transaction; a second run changes nothing.
pub async fn relay(app: &App, id: StatusId) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let Some(status) = statuses::store::find_status(conn, id).await? else {
            return Ok(Outcome::drop("the post is deleted"));
        };
        let group = match status.group_account_id {
            Some(group) if status.audience() == Audience::Public && status.reblog_of_id.is_none() => {
                accounts::store::find_account(conn, group).await?
            }
            _ => return Ok(Outcome::Done),
        };
        let Some(group) = group.filter(|group| group.is_local() && group.is_group() && !group.is_suspended()) else {
            return Ok(Outcome::Done);
        };
        if !relationships::store::is_following(conn, status.account_id, group.id).await? {
            return Ok(Outcome::drop("its author does not follow the group"));
        }
        let inboxes = relationships::store::list_follower_inboxes(conn, group.id).await?;
        announce_create(app, conn, &group, &status, &inboxes).await?;
        if status.in_reply_to_uri.is_none() {
            announce_post(app, conn, &group, &status, &inboxes).await?;
        }
        Ok(Outcome::Done)
    })
    .await
}

/// `Announce` of the Create, whose object is named by its id: receivers fetch it from its author's server.
async fn announce_create(
    app: &App,
    conn: &mut Conn,
    group: &Account,
    status: &Status,
    inboxes: &[String],
) -> Result<()> {
    let Some(author) = accounts::store::find_account(conn, status.account_id).await? else { return Ok(()) };
    let create = serde_json::json!({
        "id": format!("{}/activity", status.uri),
        "type": "Create",
        "actor": author.uri,
        "to": [crate::base::activitystreams::PUBLIC],
        "cc": [group.uri],
        "audience": group.uri,
        "object": status.uri,
    });
    announce(app, conn, group, &format!("{}/announces/{}", group.uri, status.id), create, inboxes).await
}

/// A boost by the group: what puts the post into its followers' homes, here and on every server.
async fn announce_post(app: &App, conn: &mut Conn, group: &Account, status: &Status, inboxes: &[String]) -> Result<()> {
    let uri = format!("{}/boosts/{}", group.uri, status.id);
    let boost = statuses::ops::record_announce(app, conn, group, status, uri, Audience::Public).await?;
    let Some(boost) = boost else { return Ok(()) };
    let Some(author) = accounts::store::find_account(conn, status.account_id).await? else { return Ok(()) };
    statuses::store::insert_hosts(conn, boost.id, inboxes).await?;
    let body = wire::announce(group, status, &author, &boost);
    delivery::send(app, conn, group.id, &boost.uri, &body, inboxes).await
}

async fn announce(
    app: &App,
    conn: &mut Conn,
    group: &Account,
    uri: &str,
    activity: Value,
    inboxes: &[String],
) -> Result<()> {
    let body = wire::announce_activity(group, uri, activity);
    delivery::send(app, conn, group.id, uri, &body, inboxes).await
}

/// Tells a group's followers that a post in it was deleted by its author.
pub async fn relay_delete(app: &App, job: &StatusDeleted) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let Some(group) = accounts::store::find_account(conn, job.group_account_id).await? else {
            return Ok(Outcome::drop("the group is gone"));
        };
        let inboxes = relationships::store::list_follower_inboxes(conn, group.id).await?;
        let delete = serde_json::json!({
            "id": format!("{}#delete", job.status_uri),
            "type": "Delete",
            "actor": job.account_uri,
            "to": [crate::base::activitystreams::PUBLIC],
            "object": job.status_uri,
        });
        let uri = format!("{}/announces/delete?of={}", group.uri, urlencode(&job.status_uri));
        announce(app, conn, &group, &uri, delete, &inboxes).await?;
        Ok(Outcome::Done)
    })
    .await
}

fn urlencode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
