//! Finds actors: in the database, else on their servers. One fetch for all who wait for it.

mod asking;
pub mod fields;
mod flights;
mod named;
pub mod proof;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use url::Url;

pub use asking::{InstanceActor, get};
use asking::{check_host, checked_url, in_time};
use flights::{Flights, KnownKey};
pub use named::{Sought, find, find_known, had, resolve_handles};

use super::wire::{self, RemoteActor};
use super::{Account, Meeting, ops, store, view};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::handle::Handle;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::federation::object::{self as lookup, Found};
use crate::federation::policy;
use crate::net::key::PublicKey;

/// After so long an actor is read again from its server, when somebody asks for it.
const FRESH: TimeDelta = TimeDelta::hours(24);

/// A key that fails, or an actor that could not be had, is fetched again only after this.
const PAUSE: TimeDelta = TimeDelta::minutes(5);

/// How far the clocks of servers are apart, and how coarse the times in proofs may be.
const CLOCKS: TimeDelta = TimeDelta::seconds(30);

/// A key is looked up in the database again after this, so that a suspension elsewhere counts soon.
const KEY_FRESH: TimeDelta = TimeDelta::minutes(1);

/// And one that does not fit after this, since another process may have fetched a newer one: a flood of wrong signatures costs no more.
const MISFIT_FRESH: TimeDelta = TimeDelta::seconds(5);

/// An actor that is to be fetched.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    uri: &'a str,
    named: Named,
    /// What its own host said of its handle, when it was asked already.
    found: Option<&'a Found>,
    meeting: Meeting,
}

impl<'a> Wanted<'a> {
    /// The actor with this id.
    fn actor(uri: &'a str) -> Self {
        Self { uri, named: Named::Actor, found: None, meeting: Meeting::AskedFor }
    }
}

/// What an address is said to be. Whoever names one can have it lead to anybody's actor, who has not said or done for that what is
/// said of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    /// The id of an actor: of whoever wrote, signed, or agreed to something. Nobody else is found there.
    Actor,
    /// The place of a key: its owner is on the same host, and names the key in turn.
    Key,
    /// Somebody here looks at what is there, or a domain says that one of its names is there; nothing is said of whom.
    Place,
}

impl Named {
    /// Whether an actor can be the one who is meant by an address.
    fn can_be(self, address: &str, uri: &str) -> bool {
        match self {
            Self::Actor => uri == address,
            Self::Key => read::same_host(uri, address),
            Self::Place => true,
        }
    }
}

/// The account with this ActivityPub id, fetched if we don't have it or haven't looked for a day. One that is known but
/// cannot be fetched now is served as it is. An address that leads to somebody else's actor is nobody's id.
pub async fn resolve_actor(app: &App, uri: &str) -> Result<Account> {
    resolve(app, Wanted::actor(uri)).await
}

/// As [`resolve_actor`], of an address that somebody here looks at: whom they find is who is there in the end.
pub async fn resolve_address(app: &App, address: &str) -> Result<Account> {
    resolve(app, Wanted { named: Named::Place, ..Wanted::actor(address) }).await
}

async fn resolve(app: &App, wanted: Wanted<'_>) -> Result<Account> {
    let asked_at = app.now();
    let known = {
        let mut conn = app.db.background().await?;
        store::find_by_uri(&mut conn, wanted.uri).await?
    };
    match known {
        Some(account) if account.is_local() => Ok(account),
        Some(account) if account.fetched_at.is_some_and(|at| app.now() - at < FRESH) => Ok(account),
        Some(account) => Ok(fetch(app, Wanted::actor(wanted.uri), asked_at).await.unwrap_or(account)),
        None => fetch(app, wanted, asked_at).await,
    }
}

/// As [`resolve_actor`], of somebody whom a post brought along, and not a person here who asked for them: what they have pinned and
/// listed is not read for that, but when somebody here follows them, or they are asked for.
pub async fn resolve_author(app: &App, uri: &str) -> Result<Account> {
    let asked_at = app.now();
    let known = {
        let mut conn = app.db.background().await?;
        store::find_by_uri(&mut conn, uri).await?
    };
    let in_passing = Wanted { meeting: Meeting::InPassing, ..Wanted::actor(uri) };
    let Some(account) = known else { return fetch(app, in_passing, asked_at).await };
    if account.is_local() || app.now() - account.fetched_at.unwrap_or(account.updated_at) < FRESH {
        return Ok(account);
    }
    let wanted = if account.fetched_at.is_some() { Wanted::actor(uri) } else { in_passing };
    Ok(fetch(app, wanted, asked_at).await.unwrap_or(account))
}

/// As [`resolve_actor`], but reads the actor from its server now.
pub async fn refresh_actor(app: &App, uri: &str) -> Result<Account> {
    fetch(app, Wanted::actor(uri), app.now()).await
}

/// The account with this handle; `None` as domain is ours.
pub async fn resolve_handle(app: &App, handle: &Handle) -> Result<Account> {
    let (own, asked_at) = (&app.config.instance.domain, app.now());
    let domain = handle.domain.as_deref().filter(|domain| domain != own);
    let known = {
        let mut conn = app.db.background().await?;
        match domain {
            None => store::find_local(&mut conn, &handle.username).await?,
            Some(domain) => store::find_remote(&mut conn, &handle.username, domain).await?,
        }
    };
    let Some(domain) = domain else { return known.ok_or(Error::NotFound("Account")) };
    if let Some(account) = known {
        if account.fetched_at.is_some_and(|at| app.now() - at < FRESH) {
            return Ok(account);
        }
        return Ok(fetch(app, Wanted::actor(&account.uri), asked_at).await.unwrap_or(account));
    }
    check_host(app, domain)?;
    let found = lookup::look_up(app, &handle.username, domain).await?;
    // What the actor's own host has said need not be asked again.
    let own_word = read::host(&found.actor_uri).is_some_and(|host| host == domain || host == found.domain);
    let found_there = Some(&found).filter(|_| own_word);
    let wanted = Wanted { named: Named::Place, found: found_there, ..Wanted::actor(&found.actor_uri) };
    let account = fetch(app, wanted, asked_at).await?;
    // Whose handle it is, is for the actor's own host to say: anybody's WebFinger can point at anybody's actor.
    if account.domain.as_ref() != Some(&found.domain) || !account.username.eq_ignore_ascii_case(&found.username) {
        return Err(Error::invalid("account", "is the name of an actor that has another one"));
    }
    Ok(account)
}

/// Fetches an actor and records it. What somebody fetched since `asked_at`, which is before the caller looked for it here, will do.
async fn fetch(app: &App, wanted: Wanted<'_>, asked_at: DateTime<Utc>) -> Result<Account> {
    let uri = wanted.uri;
    let url = checked_url(app, uri)?;
    let flights = app.slot::<Flights>();
    flights.check(uri, app.now())?;
    let _turn = flights.turn(uri).await?;
    // Somebody may have fetched it while we waited.
    let known = {
        let mut conn = app.db.background().await?;
        store::find_by_uri(&mut conn, uri).await?
    };
    if let Some(account) = known.filter(|account| account.fetched_at.is_some_and(|at| at >= asked_at)) {
        return Ok(account);
    }
    match fetch_and_record(app, &url, wanted).await {
        Ok(account) => {
            flights.failed.remove(uri);
            flights.keys.remove(&account.public_key_id);
            Ok(account)
        }
        // It was not asked, or it is not to blame.
        Err(error) if matches!(error, Error::Limited { .. }) || error.is_our_fault() => Err(error),
        Err(error) => {
            flights.failed.insert(uri.to_owned(), (app.now(), matches!(error, Error::Gone(_) | Error::NotFound(_))));
            Err(error)
        }
    }
}

async fn fetch_and_record(app: &App, url: &Url, wanted: Wanted<'_>) -> Result<Account> {
    let object = get(app, url).await?;
    let actor = parse(&object)?;
    if !wanted.named.can_be(wanted.uri, &actor.uri) {
        return Err(Error::invalid("actor", "is somebody else than its address says"));
    }
    // Where it was found may be elsewhere than where it was asked for.
    checked_url(app, &actor.uri)?;
    let domain = match wanted.found {
        Some(found) if is_of(found, &actor) => found.domain.clone(),
        _ => handle_domain(app, &actor).await?,
    };
    if policy::refuses(app, &actor.uri, Some(&domain)) {
        return Err(Error::Forbidden("This server does not federate with that one".into()));
    }
    record(app, &actor, &domain, wanted.meeting).await
}

async fn record(app: &App, actor: &RemoteActor, domain: &str, meeting: Meeting) -> Result<Account> {
    let upsert = async |conn: &mut Conn| ops::upsert_remote(app, conn, actor, domain, meeting).await;
    let account = app.background_transaction(upsert).await?;
    view::invalidate(app, account.id);
    Ok(account)
}

/// Records what an actor says of itself in an activity that it signed.
pub async fn record_embedded(app: &App, known: &Account, object: &Value) -> Result<Account> {
    let actor = parse(object)?;
    if actor.uri != known.uri {
        return Err(Error::Forbidden("an actor may only update itself".into()));
    }
    let domain = known.domain.clone().ok_or_else(|| Error::Forbidden("this actor is ours".into()))?;
    if !actor.username.eq_ignore_ascii_case(&known.username) {
        // Whose name that is, its domain must say anew.
        return refresh_actor(app, &known.uri).await;
    }
    let account = record(app, &actor, &domain, Meeting::AskedFor).await?;
    forget_key(app, &account);
    Ok(account)
}

/// Drops what is kept in memory of an account's key.
pub fn forget_key(app: &App, account: &Account) {
    app.slot::<Flights>().keys.remove(&account.public_key_id);
}

fn parse(object: &Value) -> Result<RemoteActor> {
    wire::parse_actor(object).map_err(|why| Error::invalid("actor", why))
}

/// The domain of an actor's handle: that of its id, unless WebFinger on both domains agrees on another (FEP-2c59).
async fn handle_domain(app: &App, actor: &RemoteActor) -> Result<String> {
    let host = read::host(&actor.uri).ok_or_else(|| Error::invalid("actor", "has no host"))?;
    match in_time(lookup::look_up(app, &actor.username, &host)).await {
        Ok(found) if is_of(&found, actor) => Ok(found.domain),
        _ => Ok(host),
    }
}

/// Whether a WebFinger answer is about this actor, and under the name that the actor gives itself.
fn is_of(found: &Found, actor: &RemoteActor) -> bool {
    found.actor_uri == actor.uri && found.username.eq_ignore_ascii_case(&actor.username)
}

/// Whether an actor may be fetched again for a key that does not fit: it was not lately, or this once, since the key is said to be newer.
fn may_refetch(app: &App, account: &Account, used_at: DateTime<Utc>) -> bool {
    match account.fetched_at {
        Some(at) if app.now() - at < PAUSE => {
            used_at > at - CLOCKS && app.slot::<Flights>().take_once_more(&account.uri, app.now())
        }
        _ => true,
    }
}

/// The actor and its key for a signature's `keyId`. With `force`, it is fetched again, at most twice in five minutes.
pub async fn resolve_key(app: &App, key_id: &str, force: bool) -> Result<(Account, Arc<PublicKey>)> {
    let flights = app.slot::<Flights>();
    let now = app.now();
    let known = match find_key(app, key_id, if force { MISFIT_FRESH } else { KEY_FRESH }).await? {
        Some(known) if !force => return Ok(known),
        other => other,
    };
    let owner = match &known {
        Some((account, _)) => Some(account.clone()),
        // Perhaps its owner is known, by another key.
        None => {
            let mut conn = app.db.background().await?;
            store::find_by_uri(&mut conn, without_fragment(key_id)).await?
        }
    };
    if let Some(owner) = owner {
        if owner.is_local() {
            return Err(Error::Unauthenticated("this key is ours".into()));
        }
        let lately = owner.fetched_at.is_some_and(|at| now - at < PAUSE);
        if lately && !flights.take_once_more(&owner.uri, now) {
            return known.ok_or_else(not_its_owners);
        }
    }
    let _place = flights.place_to_wait(&read::host(key_id).unwrap_or_default())?;
    let account = fetch_key_owner(app, key_id).await?;
    if account.public_key_id != key_id {
        return Err(not_its_owners());
    }
    keep_key(&flights, account, now)
}

fn not_its_owners() -> Error {
    Error::Unauthenticated("the key is not its owner's".into())
}

fn without_fragment(key_id: &str) -> &str {
    key_id.split('#').next().unwrap_or(key_id)
}

/// A key that we know, as it was no longer ago than this.
async fn find_key(app: &App, key_id: &str, fresh: TimeDelta) -> Result<Option<(Account, Arc<PublicKey>)>> {
    let (flights, now) = (app.slot::<Flights>(), app.now());
    if let Some(known) = flights.keys.get(key_id).filter(|known| now - known.read_at < fresh) {
        return Ok(Some((known.account, known.key)));
    }
    let account = {
        let mut conn = app.db.background().await?;
        store::find_by_key_id(&mut conn, key_id).await?
    };
    account.map(|account| keep_key(&flights, account, now)).transpose()
}

fn keep_key(flights: &Flights, account: Account, now: DateTime<Utc>) -> Result<(Account, Arc<PublicKey>)> {
    let key = PublicKey::from_pem(&account.public_key_pem)
        .map_err(|error| Error::Unauthenticated(format!("the key {error}")))?;
    let key = Arc::new(key);
    let known = KnownKey { account: account.clone(), key: key.clone(), read_at: now };
    flights.keys.insert(account.public_key_id.clone(), known);
    Ok((account, key))
}

/// The actor behind a key: the key's document is the actor itself (a fragment of it), or names its owner. Key, owner and
/// actor must point back at each other, on one host.
async fn fetch_key_owner(app: &App, key_id: &str) -> Result<Account> {
    let (flights, asked_at) = (app.slot::<Flights>(), app.now());
    if key_id.contains('#') {
        return fetch(app, Wanted { named: Named::Key, ..Wanted::actor(without_fragment(key_id)) }, asked_at).await;
    }
    let url = checked_url(app, key_id)?;
    flights.check(key_id, app.now())?;
    let document = match get(app, &url).await {
        Ok(document) => document,
        Err(error @ Error::Limited { .. }) => return Err(error),
        Err(error) => {
            flights.failed.insert(key_id.to_owned(), (app.now(), matches!(error, Error::Gone(_) | Error::NotFound(_))));
            return Err(error);
        }
    };
    let owner = read::id(&document, "owner").or_else(|| read::id(&document, "controller"));
    let owner = owner.or_else(|| read::own_id(&document)).unwrap_or_default().to_owned();
    if !read::same_host(&owner, key_id) {
        return Err(Error::Unauthenticated("the key's owner is on another host".into()));
    }
    fetch(app, Wanted::actor(&owner), asked_at).await
}
