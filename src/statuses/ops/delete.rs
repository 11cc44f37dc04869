//! A post is deleted, by its author here or elsewhere.

use crate::accounts::Account;
use crate::app::App;
use crate::base::id::{MediaId, StatusId};
use crate::base::visibility::Audience;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::db::changes::Change;
use crate::federation::delivery;
use crate::jobs;
use crate::statuses::store::{self, Count};
use crate::statuses::{Status, StatusDeleted, wire};
use crate::{accounts, conversations, media, quotes, relationships};

/// Deletes one's own post. Its Delete goes to every inbox that the post was ever sent to (AUDIENCE rule 6), and to those
/// of the followers of now, in the same transaction. Returns what was deleted, and which files may be attached again when
/// `keep_media`.
pub async fn delete(app: &App, author: &Account, id: StatusId, keep_media: bool) -> Result<(Status, Vec<MediaId>)> {
    app.transaction(async |conn| {
        let status = store::find_status(conn, id).await?.ok_or(Error::NotFound("Record"))?;
        if status.account_id != author.id {
            return Err(Error::NotFound("Record"));
        }
        if status.reblog_of_id.is_some() {
            super::interact::withdraw_reblog(app, conn, author, &status).await?;
            return Ok((status, Vec::new()));
        }
        let mut inboxes = store::list_hosts(conn, id).await?;
        let mentioned: Vec<String> =
            store::list_mentions(conn, &[id]).await?.into_iter().map(|(_, account)| account.uri).collect();
        if matches!(status.audience(), Audience::Public | Audience::Unlisted | Audience::Followers) {
            inboxes.extend(relationships::store::list_follower_inboxes(conn, author.id).await?);
        }
        let place = super::find_place(conn, &status).await?;
        let kept = if keep_media { media::ops::detach(app, conn, id, &[]).await? } else { Vec::new() };
        let request = quotes::store::find_of_status(conn, id).await?.and_then(|quote| quote.request_uri);
        remove(app, conn, author, &status).await?;
        // What was set aside, too: the Delete must be the last that is heard of the post.
        delivery::withdraw_all(conn, author.id, &status.uri).await?;
        if let Some(request) = request {
            delivery::withdraw(conn, &request).await?;
        }
        let uri = format!("{}#delete", status.uri);
        let body = wire::delete(author, &status, &mentioned, place.answered.as_deref(), &uri, app.now());
        delivery::send(app, conn, author.id, &uri, &body, &inboxes).await?;
        Ok((status, kept))
    })
    .await
}

/// Carries out the Delete of a remote author. What isn't here is remembered as deleted, so that a Create which is still on
/// its way has no effect.
pub async fn delete_remote(app: &App, conn: &mut Conn, author: &Account, uri: &str) -> Result<()> {
    store::lock_uri(conn, uri).await?;
    match store::find_by_uri(conn, uri).await? {
        Some(status) if status.account_id != author.id => Err(Error::Forbidden("not the author".into())),
        Some(status) => remove(app, conn, author, &status).await,
        None => {
            store::insert_unknown_tombstone(conn, uri, &author.uri, app.now()).await?;
            Ok(())
        }
    }
}

/// Removes a post, or a boost, and tells of it and of the boosts that went with it. Returns whether it was there.
pub(super) async fn take_out(app: &App, conn: &mut Conn, status: &Status) -> Result<bool> {
    let going = store::list_going(conn, status.id).await?;
    let was_there = store::delete_status(conn, status.id).await?;
    if was_there {
        for gone in going {
            app.announce(Change::Deleted(Box::new(gone)));
        }
    }
    Ok(was_there)
}

/// Takes out some posts and boosts of an account that goes for good, with their counts; no other server is told of each, streams
/// are. Returns how many, 0 when there are none left.
pub async fn erase_some(app: &App, conn: &mut Conn, author: &Account, limit: i64) -> Result<usize> {
    let ids = store::list_some_of(conn, author.id, limit).await?;
    for status in store::list_statuses(conn, &ids).await? {
        if status.reblog_of_id.is_some() {
            super::interact::remove_reblog(app, conn, author, &status).await?;
        } else {
            remove(app, conn, author, &status).await?;
        }
    }
    Ok(ids.len())
}

/// Takes a post out, with its counts, and leaves a tombstone. A group of ours that relayed it is told.
async fn remove(app: &App, conn: &mut Conn, author: &Account, status: &Status) -> Result<()> {
    media::ops::status_deleted(app, conn, status.id).await?;
    conversations::ops::remove(app, conn, status).await?;
    quotes::ops::status_deleted(app, conn, status).await?;
    if !take_out(app, conn, status).await? {
        return Ok(());
    }
    store::insert_tombstone(conn, &status.uri, &author.uri, status.audience().is_open(), app.now()).await?;
    store::delete_mutes_of_empty(conn, status.thread_id).await?;
    store::count_of_account(conn, status, -1).await?;
    if let Some(parent) = status.in_reply_to_id
        && status.audience().is_open()
    {
        store::count_on_status(conn, parent, Count::Replies, -1).await?;
    }
    if let Some(group) = status.group_account_id
        && accounts::store::find_account(conn, group).await?.is_some_and(|group| group.is_local())
    {
        let job =
            StatusDeleted { group_account_id: group, account_uri: author.uri.clone(), status_uri: status.uri.clone() };
        jobs::enqueue(app, conn, &job).await?;
    }
    Ok(())
}
