//! What this process knows of fetches: which are under way, which lately failed, and the keys that were read.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use quick_cache::sync::Cache;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use super::PAUSE;
use crate::accounts::Account;
use crate::base::{Error, Result, Shared};
use crate::net::key::PublicKey;
use crate::net::signature::Dialect;

/// How many documents one host is asked for at once.
const EACH_HOST: usize = 8;

/// How long one waits for a place at a host, and for what another fetches.
const MOST_WAIT: Duration = Duration::from_secs(3);

/// Requests that wait for the keys of their signers, at once: of all, and with keys on hosts of one site. Each holds what it brought for so long.
const MOST_WAITING: usize = 128;
const MOST_WAITING_FOR_ONE: usize = 32;

/// What is under way, and what lately failed.
pub struct Flights {
    under_way: Shared<String, tokio::sync::Mutex<()>>,
    /// By host.
    places: Shared<String, Semaphore>,
    /// For those who wait for keys: of all, and by host.
    waiting: Arc<Semaphore>,
    waiting_for: Shared<String, Semaphore>,
    pub failed: Cache<String, (DateTime<Utc>, bool)>,
    pub keys: Cache<String, KnownKey>,
    /// When an actor was fetched once more within the pause, for a key that it may have changed.
    once_more: Cache<String, DateTime<Utc>>,
    /// The dialect in which hosts took our signed GETs, where it is not draft-cavage.
    pub dialects: Cache<String, Dialect>,
}

#[derive(Clone)]
pub struct KnownKey {
    pub account: Account,
    pub key: Arc<PublicKey>,
    pub read_at: DateTime<Utc>,
}

fn later() -> Error {
    Error::Limited { retry_after_seconds: 5 }
}

impl Default for Flights {
    fn default() -> Self {
        Self {
            under_way: Shared::default(),
            places: Shared::default(),
            waiting: Arc::new(Semaphore::new(MOST_WAITING)),
            waiting_for: Shared::default(),
            failed: Cache::new(4096),
            keys: Cache::new(8192),
            once_more: Cache::new(4096),
            dialects: Cache::new(4096),
        }
    }
}

/// The last two names of a host: whoever has a domain has as many hosts below it as they like.
fn site_of(host: &str) -> &str {
    host.rmatch_indices('.').nth(1).and_then(|(at, _)| host.get(at + 1..)).unwrap_or(host)
}

impl Flights {
    /// Whoever has the turn at an address fetches, the others wait and look again.
    ///
    /// # Errors
    /// [`Error::Limited`] when it takes too long.
    pub async fn turn(&self, url: &str) -> Result<OwnedMutexGuard<()>> {
        let turn = self.under_way.get(url.to_owned(), tokio::sync::Mutex::default).lock_owned();
        tokio::time::timeout(MOST_WAIT, turn).await.map_err(|_| later())
    }

    /// A place among the requests that wait for keys to be fetched, of which this one is on that host.
    ///
    /// # Errors
    /// [`Error::Limited`] when there is none: whoever sent it comes again.
    pub fn place_to_wait(&self, host: &str) -> Result<[OwnedSemaphorePermit; 2]> {
        let of_host = self.waiting_for.get(site_of(host).to_owned(), || Semaphore::new(MOST_WAITING_FOR_ONE));
        let of_host = of_host.try_acquire_owned().map_err(|_| later())?;
        Ok([of_host, self.waiting.clone().try_acquire_owned().map_err(|_| later())?])
    }

    /// One of the places of a host. Whoever would wait for long comes again later: a host that lets us wait, or whose documents many want,
    /// holds up no more than that.
    ///
    /// # Errors
    /// [`Error::Limited`] when it takes too long.
    pub async fn place_at(&self, host: &str) -> Result<OwnedSemaphorePermit> {
        let place = self.places.get(host.to_owned(), || Semaphore::new(EACH_HOST)).acquire_owned();
        tokio::time::timeout(MOST_WAIT, place).await.map_err(|_| later())?.map_err(Error::internal)
    }

    /// Whether an actor that was read a moment ago may be fetched once more for a key that it may have changed since; then not again
    /// within the pause. So strangers have us fetch an actor twice in that time at most.
    pub fn take_once_more(&self, uri: &str, now: DateTime<Utc>) -> bool {
        let may = self.once_more.get(uri).is_none_or(|at| now - at >= PAUSE);
        if may {
            self.once_more.insert(uri.to_owned(), now);
        }
        may
    }

    /// An address that lately failed is not asked again.
    pub fn check(&self, url: &str, now: DateTime<Utc>) -> Result<()> {
        match self.failed.get(url) {
            Some((at, true)) if now - at < PAUSE => Err(Error::Gone("The remote actor")),
            Some((at, false)) if now - at < PAUSE => Err(Error::Remote("it did not answer a moment ago".into())),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F402
    #[test]
    fn hosts_below_one_domain_are_one_site() {
        for (host, site) in
            [("a.b.evil.test", "evil.test"), ("evil.test:8443", "evil.test:8443"), ("localhost", "localhost")]
        {
            assert_eq!(site_of(host), site);
        }
    }
}
