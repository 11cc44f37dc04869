//! One delivery: signed, posted, and what its answer means.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use url::Url;

use super::Bodies;
use crate::accounts::keys;
use crate::app::App;
use crate::base::{Error, Result};
use crate::config::seconds;
use crate::federation::policy::is_suspended;
use crate::federation::store::DueDelivery;
use crate::net::fetch::{FetchError, Fetcher};
use crate::net::signature::{self, Dialect};
use crate::relationships::wire::followers::{self, SYNCHRONIZATION};

/// For how long a refusal that may be the peer's own passing trouble is tried again.
const REFUSAL_PATIENCE: TimeDelta = TimeDelta::hours(24);

/// A delivery that fails so often is set aside, and the host's lane goes on without it.
const POISON_ATTEMPTS: i32 = 3;

/// What one attempt says of the delivery and of its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Delivered,
    /// The inbox is gone for good (410).
    InboxGone,
    /// Not now; this delivery alone waits.
    SetAside(String),
    /// Never.
    GiveUp(String),
    /// The host is in trouble: everything for it waits.
    HostFails {
        why: String,
        retry_after: Option<Duration>,
        counts: bool,
    },
}

impl Verdict {
    /// The same, of a host that took another delivery a moment ago: where it gives no answer, or none but that it cannot, that is perhaps for
    /// this one alone. So it counts, until this one waits by itself. A host that asks for a pause is only asked for too much.
    pub(super) fn of_a_host_that_speaks(self) -> Self {
        match self {
            Self::HostFails { why, retry_after: None, .. } => Self::HostFails { why, retry_after: None, counts: true },
            other => other,
        }
    }
}

/// The dialect of signatures that a host takes, as known so far: shared by all who send to it in one turn.
pub(super) struct Spoken {
    message_signatures: AtomicBool,
}

impl Spoken {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { message_signatures: AtomicBool::new(dialect == Dialect::Rfc9421) }
    }

    fn now(&self) -> Dialect {
        if self.message_signatures.load(Ordering::Relaxed) { Dialect::Rfc9421 } else { Dialect::Cavage }
    }

    fn set(&self, dialect: Dialect) {
        self.message_signatures.store(dialect == Dialect::Rfc9421, Ordering::Relaxed);
    }

    /// What is to be remembered, if it is not what was known before.
    pub(super) fn learned(&self, before: Dialect) -> Option<Dialect> {
        Some(self.now()).filter(|dialect| *dialect != before)
    }
}

/// Signs and posts one delivery.
pub(super) async fn attempt(app: &App, delivery: &DueDelivery, bodies: &Bodies, spoken: &Spoken) -> Verdict {
    let Some(body) = bodies.get(&delivery.activity_id) else {
        return Verdict::GiveUp("its activity is gone".into());
    };
    if is_suspended(app, &delivery.host) {
        return Verdict::GiveUp("its host is suspended".into());
    }
    match guarded(post(app, delivery, body, spoken)).await {
        Verdict::SetAside(why) if app.now() - delivery.created_at >= patience(app) => Verdict::GiveUp(why),
        verdict => verdict,
    }
}

/// A fault of ours, such as a key that cannot be read, and a panic, are nothing that the host can help: this delivery waits, and holds up
/// no other.
async fn guarded(attempt: impl Future<Output = Result<Verdict>>) -> Verdict {
    match AssertUnwindSafe(attempt).catch_unwind().await {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(error)) => Verdict::SetAside(error.to_string()),
        Err(_) => {
            tracing::error!("sending a delivery panicked");
            Verdict::SetAside("sending it panicked".into())
        }
    }
}

/// For how long a delivery is tried.
pub(super) fn patience(app: &App) -> TimeDelta {
    let patience = seconds(app.config.delivery.give_up_after_days * 86_400.0);
    TimeDelta::from_std(patience).unwrap_or(TimeDelta::days(14))
}

/// In the dialect that the host took last; on a 401 once in the other. Where that is not taken either, the first answer counts.
async fn post(app: &App, delivery: &DueDelivery, body: &str, spoken: &Spoken) -> Result<Verdict> {
    let now = app.now();
    let inbox = match Url::parse(&delivery.inbox_uri) {
        Ok(inbox) => inbox,
        Err(error) => return Ok(Verdict::GiveUp(format!("its inbox is no URL: {error}"))),
    };
    let key = keys::private_key(app, delivery.account_id).await?;
    let fetcher = app.get::<Fetcher>()?;
    let synchronization = delivery.followers_digest.as_ref().map(|digest| {
        let actor = delivery.key_id.split('#').next().unwrap_or_default();
        (SYNCHRONIZATION, followers::header(actor, digest))
    });
    let sign = |dialect| {
        let signed =
            signature::sign_request_as(dialect, &key, &delivery.key_id, "post", &inbox, now, Some(body.as_bytes()));
        signed
            .map(|headers| headers.into_iter().chain(synchronization.clone()).collect::<Vec<_>>())
            .map_err(Error::internal)
    };
    let dialect = spoken.now();
    let answer = fetcher.post(&inbox, sign(dialect)?, body.to_owned().into()).await;
    if matches!(&answer, Ok(outcome) if outcome.status == 401) {
        let second = fetcher.post(&inbox, sign(dialect.other())?, body.to_owned().into()).await;
        if matches!(&second, Ok(outcome) if (200..300).contains(&outcome.status)) {
            spoken.set(dialect.other());
            return Ok(Verdict::Delivered);
        }
    }
    Ok(match answer {
        Ok(outcome) => judge(outcome.status, outcome.retry_after, &outcome.body_excerpt, delivery, now),
        Err(FetchError::Refused(why)) => Verdict::GiveUp(format!("this address is not spoken to: {why}")),
        Err(error) if delivery.attempts >= POISON_ATTEMPTS => Verdict::SetAside(error.to_string()),
        Err(error) => Verdict::HostFails { why: error.to_string(), retry_after: None, counts: false },
    })
}

/// What a status code means for a delivery and its host.
fn judge(
    status: u16,
    retry_after: Option<Duration>,
    said: &str,
    delivery: &DueDelivery,
    now: DateTime<Utc>,
) -> Verdict {
    let why = format!("{status} {}", said.chars().take(200).collect::<String>());
    match status {
        200..=299 => Verdict::Delivered,
        410 => Verdict::InboxGone,
        401 | 403 | 404 if now - delivery.created_at < REFUSAL_PATIENCE => Verdict::SetAside(why),
        408 | 425 | 429 | 500..=599 if delivery.attempts < POISON_ATTEMPTS => {
            Verdict::HostFails { why, retry_after, counts: (500..=599).contains(&status) && status != 503 }
        }
        408 | 425 | 429 | 500..=599 => Verdict::SetAside(why),
        401 | 403 | 404 => Verdict::GiveUp(why),
        _ if delivery.attempts < 1 => Verdict::SetAside(why),
        _ => Verdict::GiveUp(why),
    }
}

/// A host that failed so often may fail for one delivery alone, which is not to be the one that goes first for ever.
const MANY_FAILURES: i32 = 3;

/// Which one goes first: the oldest, or after many failures the oldest of each actor in turn.
pub(super) fn probe_of(deliveries: &[Arc<DueDelivery>], failures: i32) -> usize {
    if failures < MANY_FAILURES {
        return 0;
    }
    let mut actors = HashSet::new();
    let firsts = deliveries.iter().enumerate().filter(|(_, delivery)| actors.insert(delivery.account_id));
    let firsts: Vec<usize> = firsts.map(|(index, _)| index).collect();
    let turn = usize::try_from(failures).unwrap_or(0) % firsts.len().max(1);
    firsts.get(turn).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_panics_waits_by_itself() {
        let broken = guarded(async { panic!("as a library may") }).await;
        assert_eq!(broken, Verdict::SetAside("sending it panicked".into()));
        assert_eq!(guarded(async { Ok(Verdict::Delivered) }).await, Verdict::Delivered);
        let faulty = guarded(async { Err(Error::NotFound("The key")) }).await;
        assert!(matches!(faulty, Verdict::SetAside(_)));
    }
}
