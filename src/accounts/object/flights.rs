//! What this process knows of fetches: which are under way, which lately failed, and the keys that were read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use chrono::{DateTime, Utc};
use quick_cache::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::PAUSE;
use crate::accounts::Account;
use crate::base::{Error, Result};
use crate::net::key::PublicKey;
use crate::net::signature::Dialect;

/// How many documents one host is asked for at once.
const EACH_HOST: usize = 8;

/// How long one waits for a place at a host.
const MOST_WAIT: Duration = Duration::from_secs(3);

/// What is under way, and what lately failed.
pub struct Flights {
    under_way: Mutex<HashMap<String, Weak<Semaphore>>>,
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
            under_way: Mutex::default(),
            failed: Cache::new(4096),
            keys: Cache::new(8192),
            once_more: Cache::new(4096),
            dialects: Cache::new(4096),
        }
    }
}

impl Flights {
    /// The one place of an address: whoever has it fetches, the others wait and look again.
    pub async fn lock(&self, url: &str) -> Result<OwnedSemaphorePermit> {
        self.places(url, 1).acquire_owned().await.map_err(Error::internal)
    }

    /// One of the places of a host. Whoever would wait for long comes again later: a host that lets us wait, or whose documents many want,
    /// holds up no more than that.
    ///
    /// # Errors
    /// [`Error::Limited`] when it takes too long.
    pub async fn place_at(&self, host: &str) -> Result<OwnedSemaphorePermit> {
        let place = self.places(host, EACH_HOST).acquire_owned();
        let late = |_| Error::Limited { retry_after_seconds: 5 };
        tokio::time::timeout(MOST_WAIT, place).await.map_err(late)?.map_err(Error::internal)
    }

    fn places(&self, of: &str, count: usize) -> Arc<Semaphore> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = under_way.get(of).and_then(Weak::upgrade) {
            return places;
        }
        under_way.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(count));
        under_way.insert(of.to_owned(), Arc::downgrade(&places));
        places
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
