//! Follows of somebody elsewhere, brought to what that server says of them.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::federation::delivery;
use crate::notifications;
use crate::relationships::{store, wire};

/// Undos that are sent for one list, at most.
const MOST_UNDONE: usize = 100;

/// Ends the follows of `target` that its server does not know of, and were there when its list was asked for; takes requests that it
/// counts as follows as accepted; and takes back follows that it knows of and we don't.
pub async fn synchronise(app: &App, target: &Account, listed: &HashSet<&str>, asked_at: DateTime<Utc>) -> Result<()> {
    let ours: Vec<&str> = listed.iter().copied().filter(|uri| uri.starts_with(&app.origin)).collect();
    app.background_transaction(async |conn| {
        for (follower, uri, accepted_at) in store::list_local_followers(conn, target.id).await? {
            if !listed.contains(uri.as_str()) && accepted_at < asked_at {
                store::delete_follow(conn, follower, target.id).await?;
                notifications::store::delete_about_follow(conn, target.id, follower).await?;
            }
        }
        let mut undone = 0;
        for follower in accounts::store::list_by_uris(conn, &ours).await?.iter().filter(|account| account.is_local()) {
            match store::find_follow(conn, follower.id, target.id).await? {
                Some(follow) if follow.accepted_at.is_none() => {
                    store::accept_follow(conn, &follow, app.now()).await?;
                }
                Some(_) => {}
                None if undone < MOST_UNDONE => {
                    undone += 1;
                    let uri = format!("{}#unknown_follows/{}/{}", follower.uri, target.id, asked_at.timestamp_micros());
                    let body = wire::followers::undo_unknown(&uri, follower, target);
                    let inbox = std::slice::from_ref(&target.inbox_uri);
                    delivery::send(app, conn, follower.id, &uri, &body, inbox).await?;
                }
                None => {}
            }
        }
        Ok(())
    })
    .await
}
