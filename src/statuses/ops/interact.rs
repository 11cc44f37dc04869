//! Favourites and boosts, by people here and elsewhere.

use super::publish::usual_visibility;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{FavouriteId, StatusId};
use crate::base::visibility::{Audience, Viewer, Visibility};
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::db::changes::Change;
use crate::federation::delivery;
use crate::jobs;
use crate::notifications::{self, Kind as Notice};
use crate::statuses::store::{self, Count};
use crate::statuses::{NewStatus, Status, StatusPublished, wire};

/// The post that is meant, if this account may see it: what is boosted, when a boost is named.
pub async fn find_original(conn: &mut Conn, viewer: &Account, id: StatusId) -> Result<Status> {
    let viewer = Viewer::account(viewer.id);
    let found = store::find_visible(conn, viewer, id).await?.ok_or(Error::NotFound("Record"))?;
    match found.reblog_of_id {
        None => Ok(found),
        Some(original) => store::find_visible(conn, viewer, original).await?.ok_or(Error::NotFound("Record")),
    }
}

async fn author_of(conn: &mut Conn, status: &Status) -> Result<Account> {
    accounts::store::find_account(conn, status.account_id).await?.ok_or(Error::NotFound("Record"))
}

/// Favourites a post; twice is once.
pub async fn favourite(app: &App, by: &Account, id: StatusId) -> Result<Status> {
    app.transaction(async |conn| {
        let status = find_original(conn, by, id).await?;
        let now = app.now();
        let favourite = FavouriteId(app.ids.mint(now));
        let uri = format!("{}/likes/{favourite}", by.uri);
        if store::insert_favourite(conn, favourite, by.id, status.id, &uri, now).await? {
            let author = author_of(conn, &status).await?;
            notifications::ops::notify(app, conn, &[author.id], by.id, Notice::Favourite, Some(status.id)).await?;
            if !author.is_local() {
                let body = wire::like(by, &author, &status, &uri);
                delivery::send(app, conn, by.id, &uri, &body, std::slice::from_ref(&author.inbox_uri)).await?;
            }
        }
        Ok(status)
    })
    .await
}

/// Takes a favourite back, also of a post that one does not see any more.
pub async fn unfavourite(app: &App, by: &Account, id: StatusId) -> Result<Status> {
    app.transaction(async |conn| {
        let (status, uri) = match store::delete_favourite(conn, by.id, id).await? {
            Some(uri) => (store::find_status(conn, id).await?.ok_or(Error::NotFound("Record"))?, Some(uri)),
            None => {
                let status = find_original(conn, by, id).await?;
                let uri = store::delete_favourite(conn, by.id, status.id).await?;
                (status, uri)
            }
        };
        if let Some(uri) = uri {
            notifications::store::delete_about_status(conn, by.id, Notice::Favourite, status.id).await?;
            let author = author_of(conn, &status).await?;
            if !author.is_local() {
                delivery::withdraw(conn, &uri).await?;
                let undo = format!("{uri}/undo");
                let body = wire::undo(by, &undo, wire::like(by, &author, &status, &uri), &[author.uri.as_str()], &[]);
                delivery::send(app, conn, by.id, &undo, &body, std::slice::from_ref(&author.inbox_uri)).await?;
            }
        }
        Ok(status)
    })
    .await
}

/// From now on the account is told of nothing in a post's thread, or (`false`) it is told again.
pub async fn mute_thread(app: &App, by: &Account, id: StatusId, muted: bool) -> Result<Status> {
    app.transaction(async |conn| {
        let status = find_original(conn, by, id).await?;
        if muted {
            store::insert_thread_mute(conn, by.id, status.thread_id, app.now()).await?;
        } else {
            store::delete_thread_mute(conn, by.id, status.thread_id).await?;
        }
        Ok(status)
    })
    .await
}

/// Boosts a post: public and unlisted ones, for whom one's posts usually are unless it is said (but not in messages); of one's own also
/// those to followers. Twice is once. Enqueues [`StatusPublished`]. Returns the boost.
pub async fn reblog(app: &App, by: &Account, id: StatusId, visibility: Option<Visibility>) -> Result<Status> {
    app.transaction(async |conn| {
        let original = find_original(conn, by, id).await?;
        if let Some(earlier) = store::find_reblog(conn, by.id, original.id).await? {
            return Ok(earlier);
        }
        let audience = match original.audience() {
            Audience::Public | Audience::Unlisted => match visibility {
                Some(visibility) => visibility.audience(),
                None => match usual_visibility(conn, by.id).await? {
                    Visibility::Direct => Audience::Followers,
                    usual => usual.audience(),
                },
            },
            Audience::Followers if original.account_id == by.id => Audience::Followers,
            _ => return Err(Error::invalid("", "This post cannot be boosted: it is not for everyone")),
        };
        if audience == Audience::Direct {
            return Err(Error::invalid("visibility", "of a boost must be public, unlisted or private"));
        }
        let now = app.now();
        let id = StatusId(app.ids.mint(now));
        let row = reblog_row(by, &original, id, format!("{}/statuses/{id}/activity", by.uri), audience, now);
        let Some(boost) = store::insert_status(conn, &row).await? else {
            return store::find_reblog(conn, by.id, original.id).await?.ok_or(Error::NotFound("Record"));
        };
        count_reblog(app, conn, &boost, &original).await?;
        jobs::enqueue(app, conn, &StatusPublished { status_id: boost.id, account_id: Some(by.id) }).await?;
        Ok(boost)
    })
    .await
}

fn reblog_row(
    by: &Account,
    original: &Status,
    id: StatusId,
    uri: String,
    audience: Audience,
    now: chrono::DateTime<chrono::Utc>,
) -> NewStatus {
    NewStatus {
        id,
        account_id: by.id,
        url: original.url.clone(),
        uri,
        local: by.is_local(),
        audience_kind: audience.kind(),
        audience_id: audience.id(),
        in_reply_to_id: None,
        in_reply_to_account_id: None,
        in_reply_to_uri: None,
        thread_id: id,
        reblog_of_id: Some(original.id),
        group_account_id: None,
        kind: 0,
        text: String::new(),
        content_type: "text/plain",
        content: String::new(),
        spoiler_text: String::new(),
        sensitive: false,
        language: None,
        application_id: None,
        created_at: now,
        quote_policy: 0,
    }
}

async fn count_reblog(app: &App, conn: &mut Conn, boost: &Status, original: &Status) -> Result<()> {
    store::count_on_status(conn, original.id, Count::Reblogs, 1).await?;
    store::count_of_account(conn, boost, 1).await?;
    app.announce(Change::Published(boost.id));
    let by = boost.account_id;
    notifications::ops::notify(app, conn, &[original.account_id], by, Notice::Reblog, Some(original.id)).await
}

/// Takes a boost back, also of a post that one does not see any more. `id` is that of the boosted post, or of a boost. Returns the
/// boosted post.
pub async fn unreblog(app: &App, by: &Account, id: StatusId) -> Result<Status> {
    app.transaction(async |conn| {
        let (original, boost) = match find_own_reblog(conn, by, id).await? {
            Some(boost) => (boost.reblog_of_id.unwrap_or(id), Some(boost)),
            None => {
                let original = find_original(conn, by, id).await?.id;
                (original, store::find_reblog(conn, by.id, original).await?)
            }
        };
        let original = store::find_status(conn, original).await?.ok_or(Error::NotFound("Record"))?;
        if let Some(boost) = boost {
            withdraw_reblog(app, conn, by, &boost).await?;
        }
        Ok(original)
    })
    .await
}

/// One's own boost, by its id or that of what it boosts.
async fn find_own_reblog(conn: &mut Conn, by: &Account, id: StatusId) -> Result<Option<Status>> {
    if let Some(boost) = store::find_reblog(conn, by.id, id).await? {
        return Ok(Some(boost));
    }
    let named = store::find_status(conn, id).await?;
    Ok(named.filter(|named| named.account_id == by.id && named.reblog_of_id.is_some()))
}

/// Removes a boost of ours and tells whoever was told of it.
pub(super) async fn withdraw_reblog(app: &App, conn: &mut Conn, by: &Account, boost: &Status) -> Result<()> {
    let inboxes = store::list_hosts(conn, boost.id).await?;
    let original = match boost.reblog_of_id {
        Some(id) => store::find_status(conn, id).await?,
        None => None,
    };
    remove_reblog(app, conn, by, boost).await?;
    delivery::withdraw(conn, &boost.uri).await?;
    if let Some(original) = original {
        let author = author_of(conn, &original).await?;
        let undo = format!("{}/undo", boost.uri);
        let announce = wire::announce(by, &original, &author, boost);
        let body = wire::undo(by, &undo, announce, &[], &[by.followers_uri.as_str(), author.uri.as_str()]);
        delivery::send(app, conn, by.id, &undo, &body, &inboxes).await?;
    }
    Ok(())
}

pub(super) async fn remove_reblog(app: &App, conn: &mut Conn, by: &Account, boost: &Status) -> Result<()> {
    if super::delete::take_out(app, conn, boost).await? {
        store::count_of_account(conn, boost, -1).await?;
        if let Some(original) = boost.reblog_of_id {
            store::count_on_status(conn, original, Count::Reblogs, -1).await?;
            notifications::store::delete_about_status(conn, by.id, Notice::Reblog, original).await?;
        }
    }
    Ok(())
}

/// Records the Like of a remote actor. Only what it may see can be liked.
pub async fn record_like(app: &App, conn: &mut Conn, by: &Account, status: &Status, uri: &str) -> Result<()> {
    let status = find_original(conn, by, status.id).await?;
    let now = app.now();
    if store::insert_favourite(conn, FavouriteId(app.ids.mint(now)), by.id, status.id, uri, now).await? {
        notifications::ops::notify(app, conn, &[status.account_id], by.id, Notice::Favourite, Some(status.id)).await?;
    }
    Ok(())
}

/// Takes a remote actor's Like back.
pub async fn undo_remote_like(conn: &mut Conn, by: &Account, status: StatusId) -> Result<bool> {
    let deleted = store::delete_favourite(conn, by.id, status).await?.is_some();
    if deleted {
        notifications::store::delete_about_status(conn, by.id, Notice::Favourite, status).await?;
    }
    Ok(deleted)
}

/// Records the boost of a remote actor (or of a group of ours): only of public and unlisted posts. `None` when it is there
/// already, or may not be.
pub async fn record_announce(
    app: &App,
    conn: &mut Conn,
    by: &Account,
    original: &Status,
    uri: String,
    audience: Audience,
) -> Result<Option<Status>> {
    if !original.audience().is_open()
        || original.reblog_of_id.is_some()
        || store::is_tombstone(conn, &uri, &by.uri).await?
    {
        return Ok(None);
    }
    let now = app.now();
    let row = reblog_row(by, original, StatusId(app.ids.mint(now)), uri, audience, now);
    let boost = store::insert_status(conn, &row).await?;
    if let Some(boost) = &boost {
        count_reblog(app, conn, boost, original).await?;
    }
    Ok(boost)
}

/// Takes a remote actor's boost back, named by its id; one that is not here yet will not come.
pub async fn undo_remote_announce(app: &App, conn: &mut Conn, by: &Account, boost: &Status) -> Result<()> {
    store::insert_tombstone(conn, &boost.uri, &by.uri, false, app.now()).await?;
    remove_reblog(app, conn, by, boost).await
}
