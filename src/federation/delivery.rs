//! Outgoing activities: rows written with the change that they announce. Called from `ops`; `sender` sends them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use quick_cache::sync::Cache;

use super::policy::is_suspended;
use super::store::{self, NewDelivery};
use crate::accounts::{self, wire};
use crate::app::App;
use crate::base::activitystreams::{self as read, host};
use crate::base::id::{AccountId, ActivityId, DeliveryId};
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::net::proof::{self, ProofKey};
use crate::relationships::{self, wire::followers};

/// Stores an activity, with its actor's proof (FEP-8b32), and one delivery for each inbox, inside the caller's transaction. Our
/// own inboxes and those of suspended servers are left out. An activity that was stored before (`activity_uri`) is left as it is,
/// so jobs may call this twice.
pub async fn send(
    app: &App,
    conn: &mut Conn,
    from: AccountId,
    activity_uri: &str,
    body: &serde_json::Value,
    inboxes: &[String],
) -> Result<()> {
    let targets = targets(app, inboxes);
    if targets.is_empty() {
        return Ok(());
    }
    let digests = match read::id(body, "actor").is_some_and(|actor| followers::are_told(body, actor)) {
        true => followers::digests(&relationships::store::list_follower_digests(conn, from).await?),
        false => HashMap::new(),
    };
    let body = match (proof_key(app, conn, from).await?, read::id(body, "actor")) {
        (Some(key), Some(actor)) => {
            proof::attach(body, &key, &wire::proof::key_id(actor), app.now()).map_err(Error::internal)?.to_string()
        }
        _ => body.to_string(),
    };
    write(app, conn, from, activity_uri, &body, targets, &digests).await
}

/// Stores what another server's actor sent us, byte for byte, to be sent on in the name of a local account; once for each of
/// its ids.
pub async fn pass_on(
    app: &App,
    conn: &mut Conn,
    from: AccountId,
    activity_uri: &str,
    body: &str,
    inboxes: &[String],
) -> Result<()> {
    write(app, conn, from, activity_uri, body, targets(app, inboxes), &HashMap::new()).await
}

/// The inboxes that something may go to, each once, with their hosts.
fn targets<'i>(app: &App, inboxes: &'i [String]) -> Vec<(&'i str, String)> {
    let wanted: BTreeSet<&str> = inboxes.iter().map(String::as_str).collect();
    wanted
        .into_iter()
        .filter_map(|inbox| Some((inbox, host(inbox)?)))
        .filter(|(_, host)| *host != app.config.instance.domain && !is_suspended(app, host))
        .collect()
}

async fn write(
    app: &App,
    conn: &mut Conn,
    from: AccountId,
    activity_uri: &str,
    body: &str,
    targets: Vec<(&str, String)>,
    digests: &HashMap<String, String>,
) -> Result<()> {
    if targets.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let id = ActivityId(app.ids.mint(now));
    let Some(activity_id) = store::insert_outgoing(conn, id, from, activity_uri, body, now).await? else {
        return Ok(());
    };
    let rows: Vec<NewDelivery> = targets
        .into_iter()
        .map(|(inbox, host)| NewDelivery {
            id: DeliveryId(app.ids.mint(now)),
            activity_id,
            followers_digest: digests.get(&host).cloned(),
            host,
            account_id: from,
            inbox_uri: inbox.to_owned(),
            created_at: now,
        })
        .collect();
    // Postgres takes at most 65,535 parameters in one statement.
    for part in rows.chunks(5000) {
        store::insert_deliveries(conn, part).await?;
    }
    Ok(())
}

/// Keys for proofs that are kept parsed, at most.
const MOST_KEYS: usize = 4096;

struct ProofKeys(Cache<AccountId, Arc<ProofKey>>);

impl Default for ProofKeys {
    fn default() -> Self {
        Self(Cache::new(MOST_KEYS))
    }
}

/// The key by which a local account proves what it does. Every account gets one when it is made, or at the next start.
async fn proof_key(app: &App, conn: &mut Conn, id: AccountId) -> Result<Option<Arc<ProofKey>>> {
    let cache = app.slot::<ProofKeys>();
    if let Some(key) = cache.0.get(&id) {
        return Ok(Some(key));
    }
    let Some(secret) = accounts::store::proofs::find_proof_key(conn, id).await? else {
        tracing::info!(account = %id, "an activity goes out without a proof: its actor has no key for one yet");
        return Ok(None);
    };
    let key = Arc::new(ProofKey::from_multibase(&secret).map_err(Error::internal)?);
    cache.0.insert(id, key.clone());
    Ok(Some(key))
}

/// Withdraws what has not been sent yet of an activity, inside the caller's transaction: what follows it (a Delete of the
/// post, an Undo of the boost) must not be overtaken by it.
pub async fn withdraw(conn: &mut Conn, activity_uri: &str) -> Result<()> {
    store::withdraw_deliveries(conn, activity_uri).await?;
    Ok(())
}

/// As [`withdraw`], of all activities of an actor that are about an object of theirs: its Create (`/activity`), and whatever has an id with a
/// fragment of the object's.
pub async fn withdraw_all(conn: &mut Conn, from: AccountId, object_uri: &str) -> Result<()> {
    store::withdraw_deliveries_about(conn, from, object_uri).await?;
    Ok(())
}
