//! When a post wants a card.

use chrono::TimeDelta;

use super::{CardWanted, first_link};
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams::host_of;
use crate::base::secret;
use crate::db::Conn;
use crate::jobs;
use crate::statuses::Status;

/// Whether the links of this post may be fetched: of what is for everyone, and of what people here write for whomever. An
/// address in a message from elsewhere may be one that is to be opened once, by the one whom it was sent to.
pub fn may_fetch(status: &Status) -> bool {
    status.local || status.audience().is_open()
}

/// Enqueues [`CardWanted`] for a new post with a link. What comes from elsewhere waits for a moment that is another one on each
/// server, so that a page is not asked by all of them at once.
pub async fn want(app: &App, conn: &mut Conn, status: &Status) -> Result<()> {
    if !app.config.posts.preview_cards || !may_fetch(status) {
        return Ok(());
    }
    let own = &app.config.instance.domain;
    let Some(host) = first_link(&status.content, own, &[]).as_ref().and_then(host_of) else { return Ok(()) };
    let delay = if status.local { 0 } else { app.config.posts.preview_delay_seconds };
    let chance = secret::hash(&format!("{own} {}", status.uri))
        .iter()
        .take(4)
        .fold(0, |sum, byte| (sum << 8) | u32::from(*byte));
    let wait = TimeDelta::seconds(i64::from(chance.checked_rem(delay).unwrap_or(0)));
    jobs::enqueue_at(app, conn, &CardWanted { status_id: status.id, host }, app.now() + wait).await?;
    Ok(())
}

/// As [`want`], for a post that was edited: when its first link is another one now, or there is none any more.
pub async fn want_anew(app: &App, conn: &mut Conn, earlier: &Status, now: &Status) -> Result<()> {
    let own = &app.config.instance.domain;
    let [before, after] = [earlier, now].map(|status| first_link(&status.content, own, &[]));
    if before == after {
        return Ok(());
    }
    match before {
        Some(before) if after.is_none() && app.config.posts.preview_cards => {
            let host = host_of(&before).unwrap_or_default();
            jobs::enqueue(app, conn, &CardWanted { status_id: now.id, host }).await
        }
        _ => want(app, conn, now).await,
    }
}
