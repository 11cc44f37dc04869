//! Pinning and unpinning, by people here and elsewhere.

use super::{MOST_PINS, PinChanged, can_be_pinned, store};
use crate::accounts::Account;
use crate::app::App;
use crate::base::id::{PinId, StatusId};
use crate::base::visibility::{Audience, Viewer};
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::jobs;
use crate::statuses::{self, Status};

/// Pins one's own post; twice is once. Enqueues [`PinChanged`].
pub async fn pin(app: &App, by: &Account, id: StatusId) -> Result<Status> {
    app.transaction(async |conn| {
        let status = find(conn, by, id).await?;
        if status.reblog_of_id.is_some() {
            return Err(Error::invalid("", "A boost cannot be pinned"));
        }
        if status.account_id != by.id {
            return Err(Error::invalid("", "Someone else's post cannot be pinned"));
        }
        if !can_be_pinned(status.audience()) {
            return Err(Error::invalid("", "Posts that are only visible to mentioned users cannot be pinned"));
        }
        store::lock(conn, by.id).await?;
        if store::is_pinned(conn, status.id).await? {
            return Ok(status);
        }
        if store::count_pins(conn, by.id).await? >= MOST_PINS {
            return Err(Error::invalid("", "You have already pinned the maximum number of posts"));
        }
        let pin = PinId(app.ids.mint(app.now()));
        store::insert_pin(conn, pin, by.id, status.id, app.now()).await?;
        announce(app, conn, &status, pin, true).await?;
        Ok(status)
    })
    .await
}

/// Unpins one's own post. Enqueues [`PinChanged`].
pub async fn unpin(app: &App, by: &Account, id: StatusId) -> Result<Status> {
    app.transaction(async |conn| {
        let status = find(conn, by, id).await?;
        if let Some(pin) = store::delete_pin(conn, by.id, status.id).await? {
            announce(app, conn, &status, pin, false).await?;
        }
        Ok(status)
    })
    .await
}

async fn find(conn: &mut Conn, by: &Account, id: StatusId) -> Result<Status> {
    statuses::store::find_visible(conn, Viewer::account(by.id), id).await?.ok_or(Error::NotFound("Record"))
}

/// Other servers are told when the post may have reached them.
async fn announce(app: &App, conn: &mut Conn, status: &Status, pin_id: PinId, pinned: bool) -> Result<()> {
    if !matches!(status.audience(), Audience::Public | Audience::Unlisted | Audience::Followers) {
        return Ok(());
    }
    let (account_id, status_id, status_uri) = (status.account_id, status.id, status.uri.clone());
    jobs::enqueue(app, conn, &PinChanged { account_id, status_id, status_uri, pin_id, pinned }).await
}

/// Records that a remote author, who was verified, pinned a post of theirs. Of many, those that were pinned last are kept. Says
/// whether it may be.
pub async fn record(app: &App, conn: &mut Conn, author: &Account, status: &Status) -> Result<bool> {
    if status.account_id != author.id || status.reblog_of_id.is_some() || !can_be_pinned(status.audience()) {
        return Ok(false);
    }
    store::lock(conn, author.id).await?;
    store::insert_pin(conn, PinId(app.ids.mint(app.now())), author.id, status.id, app.now()).await?;
    store::trim(conn, author.id).await?;
    Ok(true)
}
