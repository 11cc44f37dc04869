//! What is swept up from time to time, in small bites: replays that are too old to matter, activities that were sent,
//! sign-ins, codes and mutes that have expired, files that nobody needs.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;

use crate::app::App;
use crate::base::Result;
use crate::db::freshness;
use crate::{
    accounts, cards, emojis, federation, media, moderation, portability, quotes, relationships, security, statuses,
};

/// How often.
const PERIOD: Duration = Duration::from_secs(600);

/// A signature is believed for an hour, a proof for two weeks; a month is generous.
const KEEP_RECEIVED: TimeDelta = TimeDelta::days(30);

/// Long enough for a job that runs twice to see that its activity went out.
const KEEP_SENT: TimeDelta = TimeDelta::days(2);

/// Idempotency keys are honoured for a day.
const KEEP_IDEMPOTENCY_KEYS: TimeDelta = TimeDelta::days(1);

/// A browser is known for as long as its cookie.
const KEEP_BROWSERS: TimeDelta = TimeDelta::days(365);

/// How a list that was brought along went, can be read for a month.
const KEEP_IMPORTS: TimeDelta = TimeDelta::days(30);

/// What pages say of themselves is kept for a month after the last post that links to them.
const KEEP_CARDS: TimeDelta = TimeDelta::days(30);

/// How many came with addresses that are refused is told of the last seven days.
const KEEP_REFUSED: TimeDelta = TimeDelta::days(7);

/// People who are forgotten in one round, at most.
const BITE: i64 = 1000;

/// Sweeps until `stop` turns true.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(PERIOD);
    // What was changed before the last round is read by everyone by this one.
    let mut horizon = None;
    while !*stop.borrow() {
        tokio::select! {
            _ = ticks.tick() => {
                let swept = match sweep(&app).await {
                    Ok(()) => forget_changes(&app, &mut horizon).await,
                    failed => failed,
                };
                if let Err(error) = swept {
                    tracing::warn!(%error, "sweeping up failed; it will be tried again");
                }
            }
            _ = stop.changed() => {}
        }
    }
}

/// One round.
pub async fn sweep(app: &App) -> Result<()> {
    let now = app.now();
    let mut conn = app.db.background().await?;
    while federation::store::delete_received_before(&mut conn, now - KEEP_RECEIVED).await? > 0 {}
    while federation::store::delete_sent_before(&mut conn, now - KEEP_SENT).await? > 0 {}
    while statuses::store::delete_unknown_tombstones_before(&mut conn, now - KEEP_RECEIVED).await? > 0 {}
    while relationships::store::delete_expired_mutes(&mut conn, now).await? > 0 {}
    statuses::store::delete_idempotency_keys_before(&mut conn, now - KEEP_IDEMPOTENCY_KEYS).await?;
    accounts::store::delete_expired_sessions(&mut conn, now).await?;
    security::store::delete_expired(&mut conn, now, now - KEEP_BROWSERS).await?;
    security::store::guesses::delete_before(&mut conn, now - security::ops::guesses::REMEMBERED).await?;
    portability::store::delete_spent_keys(&mut conn, now - KEEP_SENT).await?;
    portability::store::delete_imports_before(&mut conn, now - KEEP_IMPORTS).await?;
    moderation::store::delete_expired_ip_blocks(&mut conn, now).await?;
    let counted = (now - KEEP_REFUSED).date_naive();
    accounts::store::refusals::delete_attempts_before(&mut conn, counted).await?;
    while cards::store::delete_unused_before(&mut conn, now - KEEP_CARDS).await? > 0 {}
    drop(conn);
    forget_unconfirmed(app).await?;
    // Of accounts that a process of an earlier version made beside this one.
    accounts::ops::ensure_proof_keys(app).await?;
    portability::outbox::end_suspended(app).await?;
    quotes::ops::check_stamps(app).await?;
    emojis::ops::sweep(app).await?;
    media::object::sweep(app).await
}

/// Forgets people who registered and never confirmed their address.
async fn forget_unconfirmed(app: &App) -> Result<()> {
    let days = app.config.registrations.unconfirmed_days;
    if days == 0 {
        return Ok(());
    }
    let before = app.now() - TimeDelta::days(days.into());
    let found = {
        let mut conn = app.db.background().await?;
        accounts::store::sign_ins::list_unconfirmed(&mut conn, before, BITE).await?
    };
    for id in found {
        app.background_transaction(async |conn| {
            accounts::store::sign_ins::delete_unconfirmed(conn, id).await?;
            Ok(())
        })
        .await?;
        accounts::view::invalidate(app, id);
    }
    Ok(())
}

/// Deletes the changed rows of before the last call.
async fn forget_changes(app: &App, horizon: &mut Option<i64>) -> Result<()> {
    let mut conn = app.db.background().await?;
    let next = freshness::find_horizon(&mut conn).await?;
    if let Some(horizon) = horizon.replace(next) {
        freshness::delete_before(&mut conn, horizon).await?;
    }
    Ok(())
}
