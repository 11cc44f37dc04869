//! The thread that owns the server process: starts it, starts it again when it dies, and stops it.

use std::sync::mpsc::SyncSender;
use std::time::Duration;

use tokio::process::Child;
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::error::ClusterError;
use super::files::Prepared;
use super::{leftover, postmaster};

/// Between two attempts to start the server again: half as long again each time, up to the last.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));
/// How long a first start after a crash is tried.
const AFTER_CRASH: Duration = Duration::from_secs(30);
/// A server that has run this long was well: the next one is started at once.
const WELL: Duration = Duration::from_secs(5);

/// The thread's body. Reports through `ready` how the first start went, then watches until `stop`
/// is sent or dropped.
pub(super) fn run(prepared: &Prepared, mut stop: oneshot::Receiver<()>, ready: &SyncSender<Result<(), ClusterError>>) {
    // A runtime of its own on this thread: the caller's may come and go, and Postgres is to be a
    // child of a thread that stays.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(source) => {
            let _ = ready.send(Err(ClusterError::io("start a runtime for", "PostgreSQL", source)));
            return;
        }
    };
    runtime.block_on(async {
        let mut slot = None;
        let started = start_first(prepared, &mut slot).await;
        let failed = started.is_err();
        let _ = ready.send(started);
        if !failed {
            tokio::select! {
                () = watch(prepared, &mut slot) => {}
                _ = &mut stop => {}
            }
        }
        if let Some(mut child) = slot {
            postmaster::shut_down(&mut child).await;
        }
    });
}

/// After a crash, what the dead server was doing for its clients may go on for a moment, and
/// Postgres refuses to start beside it: that is waited for.
async fn start_first(prepared: &Prepared, slot: &mut Option<Child>) -> Result<(), ClusterError> {
    let patience = if leftover::is_there(prepared) { AFTER_CRASH } else { Duration::ZERO };
    let deadline = Instant::now() + patience;
    loop {
        match start(prepared, slot).await {
            Err(error @ ClusterError::Startup { .. }) if Instant::now() < deadline => {
                tracing::warn!(%error, "PostgreSQL does not start yet after a crash");
                if let Some(child) = slot {
                    postmaster::shut_down(child).await;
                }
                sleep(BACKOFF.0).await;
            }
            other => return other,
        }
    }
}

async fn start(prepared: &Prepared, slot: &mut Option<Child>) -> Result<(), ClusterError> {
    leftover::clear(prepared).await?;
    postmaster::launch(prepared, slot).await
}

/// Never returns while there is a server to watch. May be dropped at any point: the process, if
/// there is one, is in `slot`.
async fn watch(prepared: &Prepared, slot: &mut Option<Child>) {
    let mut hourly = interval(Duration::from_secs(3600));
    hourly.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut pause = BACKOFF.0;
    while let Some(child) = slot {
        let since = Instant::now();
        let status = loop {
            tokio::select! {
                status = child.wait() => break status,
                _ = hourly.tick() => postmaster::shorten_log(prepared),
            }
        };
        tracing::warn!(ended = postmaster::describe(status), "PostgreSQL died, starting it again");
        if since.elapsed() > WELL {
            pause = BACKOFF.0;
        } else {
            sleep(pause).await;
            pause = longer(pause);
        }
        // The first attempt may come too early, as in `start_first`.
        while let Err(error) = start(prepared, slot).await {
            tracing::warn!(%error, retry_in = ?pause, "PostgreSQL does not start");
            if let Some(child) = slot {
                postmaster::shut_down(child).await;
            }
            sleep(pause).await;
            pause = longer(pause);
        }
        tracing::info!("PostgreSQL runs again");
    }
}

fn longer(pause: Duration) -> Duration {
    (pause * 3 / 2).min(BACKOFF.1)
}
