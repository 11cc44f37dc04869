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

/// How long one waits for a place at a host.
const MOST_WAIT: Duration = Duration::from_secs(3);

/// What is under way, and what lately failed.
pub struct Flights {
    under_way: Shared<String, tokio::sync::Mutex<()>>,
    /// By host.
    places: Shared<String, Semaphore>,
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

impl Default for Flights {
    fn default() -> Self {
        Self {
            under_way: Shared::default(),
            places: Shared::default(),
            failed: Cache::new(4096),
            keys: Cache::new(8192),
            once_more: Cache::new(4096),
            dialects: Cache::new(4096),
        }
    }
}

impl Flights {
    /// Whoever has the turn at an address fetches, the others wait and look again.
    pub async fn turn(&self, url: &str) -> OwnedMutexGuard<()> {
        self.under_way.get(url.to_owned(), tokio::sync::Mutex::default).lock_owned().await
    }

    /// One of the places of a host. Whoever would wait for long comes again later: a host that lets us wait, or whose documents many want,
    /// holds up no more than that.
    ///
    /// # Errors
    /// [`Error::Limited`] when it takes too long.
    pub async fn place_at(&self, host: &str) -> Result<OwnedSemaphorePermit> {
        let place = self.places.get(host.to_owned(), || Semaphore::new(EACH_HOST)).acquire_owned();
        let late = |_| Error::Limited { retry_after_seconds: 5 };
        tokio::time::timeout(MOST_WAIT, place).await.map_err(late)?.map_err(Error::internal)
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
