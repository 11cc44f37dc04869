//! Create, Update, Delete, Like, Announce and their Undo from other servers. Each has the verified actor and checks that it
//! may do this to that post.

use serde_json::Value;

use super::ops::{self, Arrival};
use super::{object, store, wire};
use crate::accounts::Account;
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams as read;
use crate::base::visibility::{Audience, Viewer};
use crate::jobs::Outcome;
use crate::polls;

/// `Create` of a post by its author, or of a vote.
pub async fn create(app: &App, actor: &Account, _activity: &Value, object: &Value) -> Result<Outcome> {
    if !object.is_object() {
        return Ok(Outcome::drop("a Create without its object"));
    }
    if polls::wire::is_vote(object) {
        return polls::inbox::vote(app, actor, object).await;
    }
    let remote = match wire::parse_status(object, &actor.followers_uri) {
        Ok(remote) => remote,
        Err(why) => return Ok(Outcome::drop(why)),
    };
    if remote.author_uri != actor.uri {
        return Ok(Outcome::drop("a Create of somebody else's post"));
    }
    let recorded =
        app.background_transaction(async |conn| ops::record(app, conn, actor, &remote, Arrival::Pushed).await).await?;
    Ok(match recorded {
        Some(_) => Outcome::Done,
        None => Outcome::drop("nobody here has to do with it, or it is deleted"),
    })
}

/// `Update` of a post by its author.
pub async fn update(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    let remote = match wire::parse_status(object, &actor.followers_uri) {
        Ok(remote) => remote,
        Err(why) => return Ok(Outcome::drop(why)),
    };
    if remote.author_uri != actor.uri || !read::same_host(&remote.uri, &actor.uri) {
        return Ok(Outcome::drop("an Update of somebody else's post"));
    }
    let edited = app.background_transaction(async |conn| ops::record_edit(app, conn, actor, &remote).await).await?;
    match edited {
        Some(_) => Ok(Outcome::Done),
        None => Ok(Outcome::drop("an Update of a post that isn't here")),
    }
}

/// `Delete` of a post, by id or Tombstone: only of one's own, on one's own host.
pub async fn delete(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    let Some(uri) = read::id_of(object).filter(|uri| read::same_host(uri, &actor.uri)) else {
        return Ok(Outcome::drop("a Delete of something on another host"));
    };
    app.background_transaction(async |conn| ops::delete_remote(app, conn, actor, uri).await).await?;
    Ok(Outcome::Done)
}

/// `Like` of a post that is here and that the actor may see. One with an emoji (FEP-c0e0) is a `Like`.
pub async fn like(app: &App, actor: &Account, activity: &Value, object: &Value) -> Result<Outcome> {
    let (Some(uri), Some(target)) = (read::own_id(activity), read::id_of(object)) else {
        return Ok(Outcome::drop("a Like of nothing"));
    };
    app.background_transaction(async |conn| match store::find_by_uri(conn, target).await? {
        Some(status) => {
            ops::record_like(app, conn, actor, &status, uri).await?;
            Ok(Outcome::Done)
        }
        None => Ok(Outcome::drop("a Like of a post that isn't here")),
    })
    .await
}

/// `Announce` of a post: a boost. What is embedded is never believed; the post is fetched by its id.
pub async fn announce(app: &App, actor: &Account, activity: &Value, object: &Value) -> Result<Outcome> {
    let (Some(uri), Some(target)) = (read::own_id(activity), read::id_of(object)) else {
        return Ok(Outcome::drop("an Announce of nothing"));
    };
    let (known, followed) = {
        let mut conn = app.db.background().await?;
        let known = store::find_by_uri(&mut conn, target).await?;
        (known, crate::relationships::store::has_local_followers(&mut conn, actor.id).await?)
    };
    if !followed && !known.as_ref().is_some_and(|status| status.local) {
        return Ok(Outcome::drop("nobody here has to do with this boost"));
    }
    let original = match known {
        Some(status) => status,
        None => object::resolve_status(app, target, 0).await?,
    };
    let audience = if read::ids(activity, "to").any(read::is_public) {
        Audience::Public
    } else if read::ids(activity, "cc").any(read::is_public) {
        Audience::Unlisted
    } else {
        Audience::Followers
    };
    app.background_transaction(async |conn| {
        if store::find_visible(conn, Viewer::account(actor.id), original.id).await?.is_none() {
            return Ok(Outcome::drop("the actor may not see what it boosts"));
        }
        Ok(match ops::record_announce(app, conn, actor, &original, uri.to_owned(), audience).await? {
            Some(_) => Outcome::Done,
            None => Outcome::drop("it may not be boosted, or is already"),
        })
    })
    .await
}

/// Whether an embedded activity names another actor.
fn is_somebody_elses(actor: &Account, activity: &Value) -> bool {
    read::id(activity, "actor").is_some_and(|named| named != actor.uri)
}

/// `Undo` of a Like: only of one's own.
pub async fn undo_like(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    if is_somebody_elses(actor, object) {
        return Ok(Outcome::drop("an Undo of somebody else's Like"));
    }
    app.background_transaction(async |conn| {
        let mut found = match read::id_of(object) {
            Some(uri) => store::find_favourite_by_uri(conn, actor.id, uri).await?,
            None => None,
        };
        // Of several reactions to a post, one was taken as the favourite: only that one takes it back.
        if found.is_none()
            && !read::is_a(object, "EmojiReact")
            && let Some(target) = read::id(object, "object")
        {
            found = store::find_by_uri(conn, target).await?.map(|status| status.id);
        }
        match found {
            Some(status) if ops::undo_remote_like(conn, actor, status).await? => Ok(Outcome::Done),
            _ => Ok(Outcome::drop("an Undo of no Like of one's own")),
        }
    })
    .await
}

/// `Undo` of an Announce: only of one's own.
pub async fn undo_announce(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    if is_somebody_elses(actor, object) {
        return Ok(Outcome::drop("an Undo of somebody else's Announce"));
    }
    app.background_transaction(async |conn| {
        let mut found = match read::id_of(object) {
            Some(uri) => store::find_by_uri(conn, uri).await?.filter(|status| status.reblog_of_id.is_some()),
            None => None,
        };
        if found.is_none()
            && let Some(target) = read::id(object, "object")
            && let Some(original) = store::find_by_uri(conn, target).await?
        {
            found = store::find_reblog(conn, actor.id, original.id).await?;
        }
        match found {
            Some(boost) if boost.account_id == actor.id => {
                ops::undo_remote_announce(app, conn, actor, &boost).await?;
                Ok(Outcome::Done)
            }
            // The Announce may still be on its way.
            None => match read::id_of(object).filter(|uri| read::same_host(uri, &actor.uri)) {
                Some(uri) if object.is_object() => {
                    store::insert_unknown_tombstone(conn, uri, &actor.uri, app.now()).await?;
                    Ok(Outcome::Done)
                }
                _ => Ok(Outcome::drop("an Undo of nothing that is known")),
            },
            Some(_) => Ok(Outcome::drop("an Undo of somebody else's Announce")),
        }
    })
    .await
}
