//! Follows of somebody elsewhere, brought to what that server says of them.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::accounts::Account;
use crate::app::App;
use crate::base::Result;
use crate::federation::delivery;
use crate::relationships::{store, wire};

/// Follows that change in one transaction: whom it concerns waits no longer than that takes.
const BATCH: i64 = 200;

/// Undos that are sent for one list, at most, and of these in one transaction.
const MOST_UNDONE: i64 = 100;
const UNDONE_AT_ONCE: usize = 20;

/// Ends the follows of `target` that its server does not know of, and were there when its list was asked for; takes requests that it
/// counts as follows as accepted; and takes back follows that it knows of and we don't. In small transactions: a second run finds what
/// is left.
pub async fn synchronise(app: &App, target: &Account, listed: &HashSet<&str>, asked_at: DateTime<Utc>) -> Result<()> {
    let ours: Vec<&str> = listed.iter().copied().filter(|uri| uri.starts_with(&app.origin)).collect();
    loop {
        let end = async |conn: &mut _| Ok(store::delete_unlisted(conn, target.id, &ours, asked_at, BATCH).await?);
        if app.background_transaction(end).await? < BATCH {
            break;
        }
    }
    loop {
        let accept = async |conn: &mut _| Ok(store::accept_listed(conn, target.id, &ours, app.now(), BATCH).await?);
        if app.background_transaction(accept).await? < BATCH {
            break;
        }
    }
    let unknown = {
        let mut conn = app.db.background().await?;
        store::list_not_following(&mut conn, target.id, &ours, MOST_UNDONE).await?
    };
    for some in unknown.chunks(UNDONE_AT_ONCE) {
        app.background_transaction(async |conn| {
            for follower in some {
                let uri = format!("{}#unknown_follows/{}/{}", follower.uri, target.id, asked_at.timestamp_micros());
                let body = wire::followers::undo_unknown(&uri, follower, target);
                let inbox = std::slice::from_ref(&target.inbox_uri);
                delivery::send(app, conn, follower.id, &uri, &body, inbox).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}
