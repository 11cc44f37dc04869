//! `Move` from other servers, and `Delete` of an actor by itself.

use chrono::{DateTime, TimeDelta, Utc};
use quick_cache::sync::Cache;
use serde_json::Value;

use super::wire::{self, Moved};
use super::{ops, store};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::{Error, Result};
use crate::jobs::Outcome;

/// `Move` of an actor to another account, or from another one (FEP-7628).
pub async fn moved(app: &App, actor: &Account, activity: &Value) -> Result<Outcome> {
    match wire::parse_move(activity, &actor.uri) {
        Some(Moved::To(target)) => pushed(app, actor, target).await,
        Some(Moved::From(old)) => pulled(app, actor, old).await,
        None => Ok(Outcome::drop("a Move of somebody else, or to nowhere")),
    }
}

/// An account that was asked because of a `Move` is not asked again for one so soon.
const PAUSE: TimeDelta = TimeDelta::minutes(5);

/// Which accounts were asked because of a `Move`, and when.
struct Asked(Cache<String, DateTime<Utc>>);

impl Default for Asked {
    fn default() -> Self {
        Self(Cache::new(4096))
    }
}

/// An account as its server describes it now; as it is known, where that was asked for a moment ago: who moves from one to another all the
/// time has us ask nobody all the time.
async fn ask(app: &App, uri: &str, known: Option<Account>) -> Result<Account> {
    let asked = app.slot::<Asked>();
    if let (Some(known), Some(at)) = (known, asked.0.get(uri))
        && app.now() - at < PAUSE
    {
        return Ok(known);
    }
    // One that cannot be had is not asked again so soon anyway.
    let found = accounts::object::refresh_actor(app, uri).await?;
    asked.0.insert(uri.to_owned(), app.now());
    Ok(found)
}

/// The new account says itself that it is the same person: it is asked now.
async fn pushed(app: &App, actor: &Account, target: &str) -> Result<Outcome> {
    let (known, concerns) = {
        let mut conn = app.db.background().await?;
        (accounts::store::find_by_uri(&mut conn, target).await?, store::is_anybodys(&mut conn, actor.id).await?)
    };
    if !concerns {
        return Ok(Outcome::drop(NOBODYS));
    }
    let target = match known {
        Some(account) if account.is_local() => account,
        known => ask(app, target, known).await?,
    };
    record(app, actor, &target).await
}

const NOBODYS: &str = "a Move of somebody whom nobody here has to do with";

/// Each of the two says of the other that it is the same person. The new one is asked now, and the old one, too; where its server does not
/// answer, what it said last counts, for that is what a pull is for. Who is here moves from here alone.
async fn pulled(app: &App, actor: &Account, old: &str) -> Result<Outcome> {
    let mut conn = app.db.background().await?;
    let known = accounts::store::find_by_uri(&mut conn, old).await?;
    // Whom nobody here knows, nobody here follows.
    let Some(known) = known.filter(|known| !known.is_local()) else {
        return Ok(Outcome::drop("a Move from an account that is not known, or ours"));
    };
    if !store::is_anybodys(&mut conn, known.id).await? {
        return Ok(Outcome::drop(NOBODYS));
    }
    drop(conn);
    let new = ask(app, &actor.uri, Some(actor.clone())).await?;
    if !new.is_also(old) {
        return Ok(Outcome::drop("a Move from an account that the new one does not speak of"));
    }
    let old = match ask(app, old, Some(known.clone())).await {
        Ok(old) => old,
        Err(Error::Remote(_)) => known,
        Err(error) if error.is_our_fault() => return Err(error),
        Err(error) => return Ok(Outcome::drop(error.to_string())),
    };
    if old.is_suspended() || !old.is_also(&new.uri) {
        return Ok(Outcome::drop("a Move that the old account does not confirm"));
    }
    record(app, &old, &new).await
}

async fn record(app: &App, from: &Account, to: &Account) -> Result<Outcome> {
    let recorded = app.background_transaction(async |conn| ops::record_move(app, conn, from, to).await).await?;
    accounts::view::invalidate(app, from.id);
    Ok(match recorded {
        true => Outcome::Done,
        false => Outcome::drop("a Move that the new account does not confirm, or too soon after another"),
    })
}

/// `Delete` of an actor by itself: nobody sees it any more from now on, nor is anything taken from it. What hangs on it goes by a job.
pub async fn deleted(app: &App, actor: &Account) -> Result<Outcome> {
    app.background_transaction(async |conn| ops::begin_removal(app, conn, actor).await).await?;
    accounts::object::forget_key(app, actor);
    accounts::view::invalidate(app, actor.id);
    Ok(Outcome::Done)
}
