//! The keys of accounts: private ones of local accounts, read from the database once and kept parsed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

use super::store;
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::net::key::{self, PrivateKey};

/// Private keys kept parsed, at most: about 2 KB each.
const MOST_PRIVATE: usize = 4096;

struct PrivateKeys(Cache<AccountId, Arc<PrivateKey>>);

impl Default for PrivateKeys {
    fn default() -> Self {
        Self(Cache::new(MOST_PRIVATE))
    }
}

/// The private key of a local account.
pub async fn private_key(app: &App, id: AccountId) -> Result<Arc<PrivateKey>> {
    let cache = app.slot::<PrivateKeys>();
    if let Some(key) = cache.0.get(&id) {
        return Ok(key);
    }
    let mut conn = app.db.background().await?;
    let pem = store::find_private_key(&mut conn, id).await?;
    drop(conn);
    let pem = pem.ok_or_else(|| Error::internal(format!("account {id} has no private key")))?;
    let key = Arc::new(PrivateKey::from_pem(&pem).map_err(Error::internal)?);
    cache.0.insert(id, key.clone());
    Ok(key)
}

/// Key pairs made beforehand, private and public PEM, taken before new ones are made. For tests: a pair costs up to half a
/// second.
#[derive(Default)]
pub struct KeyPool(Mutex<Vec<(String, String)>>);

impl KeyPool {
    pub fn fill(&self, pairs: impl IntoIterator<Item = (String, String)>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(pairs);
    }
}

/// Key pairs that are made at once: each takes a core for up to half a second.
const AT_ONCE: usize = 2;

/// How long a new account may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(15);

/// The turns.
struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// A key pair for a new account: private and public PEM. Made off the runtime's threads, and only a few at once.
///
/// # Errors
/// [`Error::Unavailable`] when too many wait for theirs.
pub async fn new_pair(app: &App) -> Result<(String, String)> {
    let pooled = app.slot::<KeyPool>().0.lock().unwrap_or_else(PoisonError::into_inner).pop();
    if let Some(pair) = pooled {
        return Ok(pair);
    }
    let turns = app.slot::<Turns>();
    let turn = tokio::time::timeout(PATIENCE, turns.0.clone().acquire_owned())
        .await
        .map_err(|_| Error::Unavailable("Too many accounts are being made. Please try again in a minute.".into()))?
        .map_err(Error::internal)?;
    let made = tokio::task::spawn_blocking(move || {
        let made = key::generate();
        drop(turn);
        made
    });
    made.await.map_err(Error::internal)?.map_err(Error::internal)
}
