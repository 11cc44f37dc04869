//! What is swept up from time to time, in small bites: replays that are too old to matter, activities that were sent,
//! sign-ins, codes and mutes that have expired, files that nobody needs.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;

use crate::app::App;
use crate::base::{Error, Result};
use crate::db::freshness;
use crate::{
    accounts, cards, emojis, federation, jobs, media, moderation, portability, quotes, relationships, security,
    statuses,
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

/// Whoever looks after the instance has a month to put right what kept a job from being done.
const KEEP_FAILED: TimeDelta = TimeDelta::days(30);

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
                if round(&app, &mut horizon).await.is_err() {
                    tracing::warn!("not all could be swept up; it will be tried again");
                }
            }
            _ = stop.changed() => {}
        }
    }
}

/// One round: [`sweep`], and the changed rows that were there at the last one.
///
/// # Errors
/// As [`sweep`].
pub async fn round(app: &App, horizon: &mut Option<i64>) -> Result<()> {
    let mut round = Round { app, failure: sweep(app).await.err() };
    round.note("changed rows", forget_changes(app, horizon).await);
    round.end()
}

/// Sweeps up all that has its time.
///
/// # Errors
/// The first one. What fails keeps nothing else from being swept up.
pub async fn sweep(app: &App) -> Result<()> {
    let mut round = Round { app, failure: None };
    sweep_rows(&mut round).await;
    round.note("codes and browsers", forget_expired(app).await);
    round.note("people who never confirmed their address", forget_unconfirmed(app).await);
    // Of accounts that a process of an earlier version made beside this one.
    round.note("keys for proofs", accounts::ops::ensure_proof_keys(app).await);
    round.note("suspended accounts", portability::outbox::end_suspended(app).await);
    round.note("stamps of quotes", quotes::ops::check_stamps(app).await);
    round.note("emoji", emojis::ops::sweep(app).await);
    round.note("files", media::object::sweep(app).await);
    round.end()
}

/// Deletes rows, a bite at a time, until there are no more, by a function of a store that returns how many it deleted.
macro_rules! clear {
    ($round:ident, $what:literal, $delete:path, $before:expr) => {
        let cleared = async {
            let mut conn = $round.app.db.background().await?;
            while $delete(&mut conn, $before).await? > 0 {}
            Ok(())
        };
        let cleared = cleared.await;
        $round.note($what, cleared);
    };
}

async fn sweep_rows(round: &mut Round<'_>) {
    let now = round.app.now();
    clear!(round, "received activities", federation::store::delete_received_before, now - KEEP_RECEIVED);
    clear!(round, "sent activities", federation::store::delete_sent_before, now - KEEP_SENT);
    clear!(round, "tombstones", statuses::store::delete_unknown_tombstones_before, now - KEEP_RECEIVED);
    clear!(round, "mutes", relationships::store::delete_expired_mutes, now);
    let before = now - KEEP_IDEMPOTENCY_KEYS;
    clear!(round, "idempotency keys", statuses::store::delete_idempotency_keys_before, before);
    clear!(round, "sessions", accounts::store::delete_expired_sessions, now);
    let before = now - security::ops::guesses::REMEMBERED;
    clear!(round, "guesses", security::store::guesses::delete_before, before);
    clear!(round, "spent keys", portability::store::delete_spent_keys, now - KEEP_SENT);
    clear!(round, "imports", portability::store::delete_imports_before, now - KEEP_IMPORTS);
    clear!(round, "blocks of networks", moderation::store::delete_expired_ip_blocks, now);
    let before = (now - KEEP_REFUSED).date_naive();
    clear!(round, "refused addresses", accounts::store::refusals::delete_attempts_before, before);
    clear!(round, "jobs that were set aside", jobs::store::delete_failed_before, now - KEEP_FAILED);
    clear!(round, "cards", cards::store::delete_unused_before, now - KEEP_CARDS);
}

/// Codes, links, and browsers that were not seen for long.
async fn forget_expired(app: &App) -> Result<()> {
    let (mut conn, now) = (app.db.background().await?, app.now());
    security::store::delete_expired(&mut conn, now, now - KEEP_BROWSERS).await?;
    Ok(())
}

/// A round, and what went wrong in it first.
struct Round<'a> {
    app: &'a App,
    failure: Option<Error>,
}

impl Round<'_> {
    fn note(&mut self, what: &str, outcome: Result<()>) {
        if let Err(error) = outcome {
            tracing::warn!(%error, cause = ?std::error::Error::source(&error), what, "sweeping up failed");
            self.failure.get_or_insert(error);
        }
    }

    fn end(self) -> Result<()> {
        self.failure.map_or(Ok(()), Err)
    }
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
