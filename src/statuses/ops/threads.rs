//! Where posts of ours stand in their threads, and when those of others are read again.

use chrono::TimeDelta;

use crate::accounts;
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams::host;
use crate::db::Conn;
use crate::jobs;
use crate::statuses::wire::{Place, threads};
use crate::statuses::{Status, ThreadAwaited, store};

/// A thread from elsewhere is read again after this, when somebody looks.
const FRESH: TimeDelta = TimeDelta::minutes(15);

/// Whose followers a post of ours names besides its author's, and where its thread is: of one that is for everyone, and answers one that
/// is. To name them makes it no wider; their server passes it on to them (ActivityPub §7.1.2).
pub async fn find_place(conn: &mut Conn, status: &Status) -> Result<Place> {
    let mut place = Place::default();
    if !status.local || !status.audience().is_open() || status.reblog_of_id.is_some() {
        return Ok(place);
    }
    let Some(parent) = status.in_reply_to_id else {
        place.context = Some(threads::context_of(status)).filter(|_| status.thread_id == status.id);
        return Ok(place);
    };
    let above = store::list_statuses(conn, &[parent, status.thread_id]).await?;
    if let Some(parent) = above.iter().find(|above| above.id == parent && above.audience().is_open())
        && parent.account_id != status.account_id
        && let Some(author) = accounts::store::find_account(conn, parent.account_id).await?
        && !author.followers_uri.is_empty()
    {
        place.answered = Some(author.followers_uri);
    }
    let root = above.iter().find(|above| above.id == status.thread_id);
    place.context = match root {
        Some(root) if root.local => Some(threads::context_of(root)).filter(|_| root.audience().is_open()),
        _ => store::find_context(conn, &[parent, status.thread_id]).await?,
    };
    Ok(place)
}

/// Somebody here looks at a post from elsewhere: has its thread read from its server, if it was not a short while ago. Enqueues
/// [`ThreadAwaited`].
pub async fn ask_anew(app: &App, status: &Status) -> Result<()> {
    let Some(host) = host(&status.uri).filter(|_| !status.local && status.audience().is_open()) else {
        return Ok(());
    };
    let now = app.now();
    app.background_transaction(async |conn| {
        if store::claim_thread(conn, status.id, now, now - FRESH).await? {
            jobs::enqueue(app, conn, &ThreadAwaited { status_id: status.id, host }).await?;
        }
        Ok(())
    })
    .await
}
