//! Loads what a page of accounts needs, in a fixed number of queries, and keeps what everyone sees of an account written.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::{Account, Featuring, Stats, entity, store};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::relationships;

/// Bytes of written accounts that are kept.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// After so long an account is read again: a change made by another process shows by then.
const FRESH: TimeDelta = TimeDelta::seconds(1);

#[derive(Clone)]
struct Written {
    json: Arc<str>,
    at: DateTime<Utc>,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<AccountId, Written> for Bytes {
    fn weight(&self, _: &AccountId, written: &Written) -> u64 {
        u64::try_from(written.json.len()).unwrap_or(u64::MAX).saturating_add(64)
    }
}

struct Cached(Cache<AccountId, Written, Bytes>);

impl Default for Cached {
    fn default() -> Self {
        Self(Cache::with_weighter(4096, MOST_BYTES, Bytes))
    }
}

/// Drops what is kept of an account; whoever changes one calls this after the commit.
pub fn invalidate(app: &App, id: AccountId) {
    app.slot::<Cached>().0.remove(&id);
}

/// Accounts as JSON, as a stranger sees them, by id.
pub async fn load_json(app: &App, conn: &mut Conn, ids: &[AccountId]) -> Result<HashMap<AccountId, Arc<str>>> {
    let cached = app.slot::<Cached>();
    let now = app.now();
    let mut found = HashMap::with_capacity(ids.len());
    let mut missing = Vec::new();
    for id in ids {
        match cached.0.get(id) {
            Some(written) if now - written.at < FRESH => {
                found.insert(*id, written.json);
            }
            _ => missing.push(*id),
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    missing.sort_unstable();
    missing.dedup();
    let rows = store::list_with_stats(conn, &missing).await?;
    let moved = load_moved(app, conn, &rows).await?;
    for (account, stats, featuring) in rows {
        let mut entity = entity::account(&account, &stats, &app.origin, app.config.culture.show_counts);
        entity.feature_approval = entity::approval(&account, featuring.as_ref());
        entity.moved = account.moved_to_uri.as_ref().and_then(|uri| moved.get(uri).cloned());
        let json: Arc<str> = serde_json::to_string(&entity).map_err(Error::internal)?.into();
        cached.0.insert(account.id, Written { json: json.clone(), at: now });
        found.insert(account.id, json);
    }
    Ok(found)
}

/// Where these accounts moved to, by ActivityPub id. How those are seen is not told of further moves.
async fn load_moved(
    app: &App,
    conn: &mut Conn,
    accounts: &[(Account, Stats, Option<Featuring>)],
) -> Result<HashMap<String, serde_json::Value>> {
    let uris: Vec<&str> = accounts.iter().filter_map(|(account, ..)| account.moved_to_uri.as_deref()).collect();
    if uris.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<AccountId> = store::list_by_uris(conn, &uris).await?.iter().map(|account| account.id).collect();
    let mut found = HashMap::new();
    for (account, stats, featuring) in store::list_with_stats(conn, &ids).await? {
        let mut entity = entity::account(&account, &stats, &app.origin, app.config.culture.show_counts);
        entity.feature_approval = entity::approval(&account, featuring.as_ref());
        found.insert(account.uri.clone(), serde_json::to_value(&entity).map_err(Error::internal)?);
    }
    Ok(found)
}

/// Accounts as JSON, in the order of `ids`; one's own with its counts.
pub async fn load_many(app: &App, conn: &mut Conn, viewer: Viewer, ids: &[AccountId]) -> Result<Vec<Arc<str>>> {
    let mut found = load_json(app, conn, ids).await?;
    if let Some(own) = viewer.0
        && ids.contains(&own)
        && let Some((account, stats, _)) = store::list_with_stats(conn, &[own]).await?.into_iter().next()
    {
        let mut entity = entity::account(&account, &stats, &app.origin, true);
        let uri = account.moved_to_uri.clone().unwrap_or_default();
        entity.moved = load_moved(app, conn, &[(account, stats, None)]).await?.remove(&uri);
        found.insert(own, serde_json::to_string(&entity).map_err(Error::internal)?.into());
    }
    Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
}

/// One's own account with what only oneself sees.
pub async fn load_credential(app: &App, conn: &mut Conn, account: &Account) -> Result<serde_json::Value> {
    let user = store::find_user(conn, account.id).await?.ok_or(Error::NotFound("Account"))?;
    let stats = store::list_with_stats(conn, &[account.id]).await?.into_iter().next().map(|(_, stats, _)| stats);
    let requests = relationships::store::count_requests(conn, account.id).await?;
    let stats = stats.unwrap_or(Stats::NONE);
    let mut entity = entity::account(account, &stats, &app.origin, true);
    let uri = account.moved_to_uri.clone().unwrap_or_default();
    entity.moved = load_moved(app, conn, &[(account.clone(), stats, None)]).await?.remove(&uri);
    Ok(entity::credential(&entity, account, &user, requests))
}

/// One's own profile, as one wrote it.
pub fn profile(app: &App, account: &Account) -> serde_json::Value {
    entity::profile(account, &app.origin)
}
