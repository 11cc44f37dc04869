//! Follow, Accept, Reject, Block, Undo Follow and Undo Block from other servers.

use serde_json::Value;

use super::{Follow, ops, store, wire};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams as read;
use crate::db::Conn;
use crate::jobs::Outcome;
use crate::notifications;

/// `Follow` of one of ours.
pub async fn follow(app: &App, actor: &Account, activity: &Value) -> Result<Outcome> {
    let (Some(uri), Some(target)) = (read::own_id(activity), read::id(activity, "object")) else {
        return Ok(Outcome::drop("a Follow of nobody"));
    };
    app.background_transaction(async |conn| {
        let Some(target) = accounts::store::find_by_uri(conn, target).await?.filter(is_open) else {
            return Ok(Outcome::drop("a Follow of nobody here"));
        };
        ops::record_follow(app, conn, actor, &target, uri).await?;
        Ok(Outcome::Done)
    })
    .await
}

/// Whether somebody here can be followed.
fn is_open(account: &Account) -> bool {
    account.is_local() && !account.is_suspended()
}

/// `Accept` of a Follow that one of ours sent: only by the one who was asked.
pub async fn accept(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    app.background_transaction(async |conn| match find_sent(conn, actor, object).await? {
        Some(follow) => {
            // Once: what is accepted again has us ask for nothing again.
            if store::accept_follow(conn, &follow, app.now()).await? {
                accounts::ops::verify_fields(app, conn, actor).await?;
            }
            Ok(Outcome::Done)
        }
        None => Ok(Outcome::drop("an Accept of no Follow that was sent")),
    })
    .await
}

/// `Reject` of a Follow: the request is refused, or the follower removed.
pub async fn reject(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    app.background_transaction(async |conn| match find_sent(conn, actor, object).await? {
        Some(follow) => {
            store::delete_follow(conn, follow.account_id, follow.target_account_id).await?;
            Ok(Outcome::Done)
        }
        None => Ok(Outcome::drop("a Reject of no Follow that was sent")),
    })
    .await
}

/// The Follow that was sent to `actor`, by its id or by who follows whom.
async fn find_sent(conn: &mut Conn, actor: &Account, object: &Value) -> Result<Option<Follow>> {
    let Some(reference) = wire::parse_reference(object, "Follow") else { return Ok(None) };
    if let Some(uri) = &reference.uri
        && let Some(follow) = store::find_by_uri(conn, uri).await?
    {
        return Ok(Some(follow).filter(|follow| follow.target_account_id == actor.id));
    }
    let (Some(follower), Some(target)) = (&reference.actor_uri, &reference.object_uri) else { return Ok(None) };
    if *target != actor.uri {
        return Ok(None);
    }
    match accounts::store::find_by_uri(conn, follower).await? {
        Some(follower) if follower.is_local() => Ok(store::find_follow(conn, follower.id, actor.id).await?),
        _ => Ok(None),
    }
}

/// `Undo` of a Follow: only of one's own.
pub async fn undo(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let Some(reference) = wire::parse_reference(object, "Follow") else { return Ok(Outcome::drop("no Follow")) };
        if reference.actor_uri.as_ref().is_some_and(|follower| *follower != actor.uri) {
            return Ok(Outcome::drop("an Undo of somebody else's Follow"));
        }
        let mut found = match &reference.uri {
            Some(uri) => store::find_by_uri(conn, uri).await?,
            None => None,
        };
        if found.is_none()
            && let Some(target) = &reference.object_uri
            && let Some(target) = accounts::store::find_by_uri(conn, target).await?
        {
            found = store::find_follow(conn, actor.id, target.id).await?;
        }
        match found {
            Some(follow) if follow.account_id == actor.id => {
                store::delete_follow(conn, actor.id, follow.target_account_id).await?;
                notifications::store::delete_about_follow(conn, follow.target_account_id, actor.id).await?;
                Ok(Outcome::Done)
            }
            Some(_) => Ok(Outcome::drop("an Undo of somebody else's Follow")),
            None => Ok(Outcome::drop("an Undo of no Follow")),
        }
    })
    .await
}

/// `Block` of one of ours: follows end both ways, and neither sees the other's posts any more.
pub async fn block(app: &App, actor: &Account, activity: &Value) -> Result<Outcome> {
    let (Some(uri), Some(target)) = (read::own_id(activity), read::id(activity, "object")) else {
        return Ok(Outcome::drop("a Block of nobody"));
    };
    app.background_transaction(async |conn| {
        let Some(target) = accounts::store::find_by_uri(conn, target).await?.filter(Account::is_local) else {
            return Ok(Outcome::drop("a Block of nobody here"));
        };
        Ok(match ops::record_block(app, conn, actor, &target, uri).await? {
            true => Outcome::Done,
            false => Outcome::drop("a Block that was taken back before"),
        })
    })
    .await
}

/// `Undo` of a Block: only of one's own.
pub async fn undo_block(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let Some(reference) = wire::parse_reference(object, "Block") else { return Ok(Outcome::drop("no Block")) };
        if reference.actor_uri.as_ref().is_some_and(|by| *by != actor.uri) {
            return Ok(Outcome::drop("an Undo of somebody else's Block"));
        }
        let mut target = match &reference.uri {
            Some(uri) => store::find_block_by_uri(conn, actor.id, uri).await?.map(|block| block.target_account_id),
            None => None,
        };
        if target.is_none()
            && let Some(named) = &reference.object_uri
        {
            target = accounts::store::find_by_uri(conn, named).await?.map(|account| account.id);
        }
        if let Some(target) = target
            && store::delete_block(conn, actor.id, target).await?.is_some()
        {
            return Ok(Outcome::Done);
        }
        // The Block may still be on its way.
        match reference.uri.filter(|uri| object.is_object() && read::same_host(uri, &actor.uri)) {
            Some(uri) => {
                store::insert_undone(conn, &uri, actor, app.now()).await?;
                Ok(Outcome::Done)
            }
            None => Ok(Outcome::drop("an Undo of no Block")),
        }
    })
    .await
}
