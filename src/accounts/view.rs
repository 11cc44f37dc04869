//! Loads what a page of accounts needs, in a fixed number of queries, and keeps what everyone sees of an account written.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde_json::Value;

use super::entity::AccountEntity;
use super::store::Besides;
use super::{Account, Stats, entity, store, wire};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::db::freshness::Position;
use crate::emojis::Named;
use crate::{emojis, relationships};

/// Bytes of written accounts that are kept.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// After so long an account is read again: a change made by another process shows by then.
const FRESH: TimeDelta = TimeDelta::seconds(1);

#[derive(Clone)]
struct Written {
    json: Arc<str>,
    at: DateTime<Utc>,
    /// Its emoji, see [`emojis::view::Emojis::subjects`].
    emojis: Arc<[i64]>,
    /// From when on it would be known that the account or its emoji changed; `None` when that says not enough: it names another.
    since: Option<Position>,
}

impl Written {
    /// Whether it may be shown: to those who know of every change up to a moment if there was none, to others for a second.
    fn holds(&self, app: &App, id: AccountId, known: Option<Position>) -> bool {
        match known {
            Some(_) => self.since.is_some_and(|since| app.freshness.unchanged(since, &[&[id.0], &self.emojis])),
            None => app.now() - self.at < FRESH,
        }
    }
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

/// Accounts as JSON, as a stranger sees them, by id; with a second's delay.
pub async fn load_json(app: &App, conn: &mut Conn, ids: &[AccountId]) -> Result<HashMap<AccountId, Arc<str>>> {
    Ok(load_json_known(app, conn, ids, None).await?.written)
}

/// Accounts as JSON, and what changes it besides them.
#[derive(Default)]
pub struct KnownJson {
    pub written: HashMap<AccountId, Arc<str>>,
    /// Their emoji: see [`emojis::view::Emojis::subjects`].
    pub subjects: Vec<i64>,
    /// Whether each stays as it is until its account or one of these changes.
    pub stays: bool,
}

/// As [`load_json`]. With `known` (see [`Freshness`](crate::db::freshness)), as they are after what was known then.
pub async fn load_json_known(
    app: &App,
    conn: &mut Conn,
    ids: &[AccountId],
    known: Option<Position>,
) -> Result<KnownJson> {
    let cached = app.slot::<Cached>();
    let now = app.now();
    let mut found = KnownJson { stays: true, ..KnownJson::default() };
    let mut missing = Vec::new();
    for id in ids {
        match cached.0.get(id) {
            Some(written) if written.holds(app, *id, known) => {
                found.subjects.extend(written.emojis.iter());
                found.written.insert(*id, written.json);
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
    for (account, mut entity, emojis) in write(app, conn, rows, app.config.culture.show_counts, known).await? {
        entity.moved = account.moved_to_uri.as_ref().and_then(|uri| moved.get(uri).cloned());
        let json: Arc<str> = serde_json::to_string(&entity).map_err(Error::internal)?.into();
        let since = known.filter(|_| account.moved_to_uri.is_none());
        found.stays &= since.is_some();
        found.subjects.extend(emojis.iter());
        cached.0.insert(account.id, Written { json: json.clone(), at: now, emojis, since });
        found.written.insert(account.id, json);
    }
    Ok(found)
}

/// Accounts as entities, with their emoji; where they moved to is not said.
async fn write(
    app: &App,
    conn: &mut Conn,
    rows: Vec<(Account, Stats, Besides)>,
    with_counts: bool,
    known: Option<Position>,
) -> Result<Vec<(Account, AccountEntity, Arc<[i64]>)>> {
    let named: Vec<Named> = rows.iter().map(|(account, ..)| entity::named(account)).collect();
    let emojis = emojis::view::load_known(app, conn, &named, known).await?;
    let write = |((account, stats, besides), named): ((Account, Stats, Besides), Named)| {
        let mut entity = entity::account(&account, &stats, &app.origin, with_counts);
        entity.emojis = emojis.json(&named);
        entity.feature_approval = entity::approval(&account, besides.featuring.as_ref());
        if !account.is_suspended() {
            entity.roles = entity::shown_roles(besides.role.as_deref());
            entity.avatar_description = besides.pictures.avatar;
            entity.header_description = besides.pictures.header;
            entity.show_media = besides.tabs.show_media;
            entity.show_media_replies = besides.tabs.show_media_replies;
            entity.show_featured = besides.tabs.show_featured;
        }
        (account, entity, emojis.subjects_of(&named).into())
    };
    Ok(rows.into_iter().zip(named).map(write).collect())
}

/// One's own account as an entity, with its counts.
async fn write_own(app: &App, conn: &mut Conn, own: (Account, Stats, Besides)) -> Result<Option<AccountEntity>> {
    let uri = own.0.moved_to_uri.clone().unwrap_or_default();
    let rows = vec![own];
    let moved = load_moved(app, conn, &rows).await?.remove(&uri);
    let written = write(app, conn, rows, true, None).await?.pop();
    Ok(written.map(|(_, entity, _)| AccountEntity { moved, ..entity }))
}

/// Where these accounts moved to, by ActivityPub id. How those are seen is not told of further moves.
async fn load_moved(
    app: &App,
    conn: &mut Conn,
    accounts: &[(Account, Stats, Besides)],
) -> Result<HashMap<String, Value>> {
    let uris: Vec<&str> = accounts.iter().filter_map(|(account, ..)| account.moved_to_uri.as_deref()).collect();
    if uris.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<AccountId> = store::list_by_uris(conn, &uris).await?.iter().map(|account| account.id).collect();
    let rows = store::list_with_stats(conn, &ids).await?;
    let mut found = HashMap::new();
    for (account, entity, _) in write(app, conn, rows, app.config.culture.show_counts, None).await? {
        found.insert(account.uri, serde_json::to_value(&entity).map_err(Error::internal)?);
    }
    Ok(found)
}

/// What an account of ours shows of emoji, as tags of its actor.
pub async fn load_emoji_tags(app: &App, conn: &mut Conn, account: &Account) -> Result<Vec<Value>> {
    let named = entity::named(account);
    let emojis = emojis::view::load(app, conn, [&named]).await?;
    Ok(emojis.list(&named).into_iter().map(|emoji| emojis::wire::tag(emoji, &app.origin)).collect())
}

/// Accounts as JSON, by id, each as its owner sees it: with its counts. With `known` as in [`load_json_known`]; nothing of it is kept, since
/// it is for its owner alone.
pub async fn load_own_json(
    app: &App,
    conn: &mut Conn,
    ids: &[AccountId],
    known: Option<Position>,
) -> Result<HashMap<AccountId, Arc<str>>> {
    let rows = store::list_with_stats(conn, ids).await?;
    let moved = load_moved(app, conn, &rows).await?;
    let mut found = HashMap::new();
    for (account, mut entity, _) in write(app, conn, rows, true, known).await? {
        entity.moved = account.moved_to_uri.as_ref().and_then(|uri| moved.get(uri).cloned());
        found.insert(account.id, serde_json::to_string(&entity).map_err(Error::internal)?.into());
    }
    Ok(found)
}

/// Accounts as JSON, in the order of `ids`; one's own with its counts.
pub async fn load_many(app: &App, conn: &mut Conn, viewer: Viewer, ids: &[AccountId]) -> Result<Vec<Arc<str>>> {
    let mut found = load_json(app, conn, ids).await?;
    if let Some(own) = viewer.0
        && ids.contains(&own)
    {
        found.extend(load_own_json(app, conn, &[own], None).await?);
    }
    Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
}

/// One's own account with what only oneself sees.
pub async fn load_credential(app: &App, conn: &mut Conn, account: &Account) -> Result<Value> {
    let user = store::find_user(conn, account.id).await?.ok_or(Error::NotFound("Account"))?;
    let found = store::list_with_stats(conn, &[account.id]).await?.into_iter().next();
    let requests = relationships::store::count_requests(conn, account.id).await?;
    let (stats, besides) = found.map_or((Stats::NONE, Besides::default()), |(_, stats, besides)| (stats, besides));
    let entity = write_own(app, conn, (account.clone(), stats, besides)).await?.ok_or(Error::NotFound("Account"))?;
    let domains = store::attribution::find_attribution(conn, account.id).await?;
    Ok(entity::credential(&entity, account, &user, requests, &domains))
}

/// One's own profile, as one wrote it.
pub async fn load_profile(app: &App, conn: &mut Conn, account: &Account) -> Result<Value> {
    let pictures = store::pictures::find_texts(conn, account.id).await?;
    let domains = store::attribution::find_attribution(conn, account.id).await?;
    let tabs = store::preferences::find_tabs(conn, account.id).await?;
    Ok(entity::profile(account, &pictures, tabs, &domains, &app.origin))
}

/// Says in an actor of ours, or in an activity that has it embedded, whose pages may name it, and what is to be seen on its pictures.
pub async fn show_besides(conn: &mut Conn, account: &Account, document: &mut Value) -> Result<()> {
    wire::show_attribution(document, &store::attribution::find_attribution(conn, account.id).await?);
    wire::pictures::describe(document, &store::pictures::find_texts(conn, account.id).await?);
    Ok(())
}
