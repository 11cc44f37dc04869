//! Keeps posts for a person, and lets go of them.

use super::store;
use crate::accounts::Account;
use crate::app::App;
use crate::base::id::{BookmarkId, StatusId};
use crate::base::{Error, Result};
use crate::statuses::{self, Status, ops};

/// Bookmarks a post, or what it boosts, which the person must see; or takes that back, also of a post that they do not see any more.
pub async fn bookmark(app: &App, by: &Account, id: StatusId, keep: bool) -> Result<Status> {
    app.transaction(async |conn| {
        if !keep && store::delete_bookmark(conn, by.id, id).await? == 1 {
            return statuses::store::find_status(conn, id).await?.ok_or(Error::NotFound("Record"));
        }
        let status = ops::find_original(conn, by, id).await?;
        let now = app.now();
        if keep {
            store::insert_bookmark(conn, BookmarkId(app.ids.mint(now)), by.id, status.id, now).await?;
        } else {
            store::delete_bookmark(conn, by.id, status.id).await?;
        }
        Ok(status)
    })
    .await
}
