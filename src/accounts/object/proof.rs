//! Believes an activity for the sake of its proof, whoever passed it on.

use chrono::TimeDelta;
use serde_json::Value;

use super::{may_refetch, refresh_actor, resolve_actor};
use crate::accounts::{Account, store};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::{Error, Result};
use crate::net::proof::{self, Claim, PublicProofKey};

/// How old a proof may be. The ids of activities are remembered for longer, so an old one that is passed on again is known.
const MOST_AGE: TimeDelta = TimeDelta::days(14);

/// How far the clocks of two servers may be apart.
const LEEWAY: TimeDelta = TimeDelta::hours(1);

/// Whether an activity carries a proof that we can read, of whatever worth.
pub fn is_proven(activity: &Value) -> bool {
    proof::claim(activity).is_some()
}

/// The activity's actor, when its proof holds: made with a key that the actor names as its own, on its host, and not long ago. The
/// actor is fetched when it isn't known; when the key isn't, or does not fit, it is fetched again, at most every five minutes, and once
/// more when the proof is newer than what we have.
/// Errors are `Unauthenticated` where the proof does not hold.
pub async fn prove(app: &App, activity: &Value) -> Result<Account> {
    let refused = |why: &str| Error::Unauthenticated(format!("The proof was not accepted: {why}"));
    let claim = proof::claim(activity).ok_or_else(|| refused("there is none that is understood"))?;
    let actor_uri = read::id(activity, "actor").ok_or_else(|| refused("the activity has no actor"))?;
    let now = app.now();
    if now - claim.created > MOST_AGE || claim.created - now > LEEWAY || claim.expires.is_some_and(|at| at < now) {
        return Err(refused("it is too old, or from the future"));
    }
    if !read::same_host(&claim.method, actor_uri) {
        return Err(refused("its key is on another host than its actor"));
    }
    let account = resolve_actor(app, actor_uri).await?;
    if account.uri != actor_uri || account.is_local() || account.is_suspended() {
        return Err(refused("its actor is another one, ours, or suspended"));
    }
    if holds(app, activity, &claim, &account).await? {
        return Ok(account);
    }
    if !may_refetch(app, &account, claim.created) {
        return Err(refused("it was not made with a key of its actor's"));
    }
    let account = refresh_actor(app, actor_uri).await?;
    if !account.is_suspended() && holds(app, activity, &claim, &account).await? {
        return Ok(account);
    }
    Err(refused("it was not made with a key of its actor's"))
}

/// Whether a proof on what its own actor sent speaks against it: made with a key that the actor names, and it does not hold. A key
/// that is not known, or has expired, says nothing, for the signature of the request holds.
pub async fn is_contradicted(app: &App, actor: &Account, activity: &Value) -> Result<bool> {
    let Some(claim) = proof::claim(activity) else { return Ok(false) };
    let known = {
        let mut conn = app.db.background().await?;
        store::proofs::find_remote_proof_key(&mut conn, actor.id, &claim.method).await?
    };
    let speaks = known.is_some_and(|key| key.expires_at.is_none_or(|at| app.now() < at));
    if !speaks || holds(app, activity, &claim, actor).await? {
        return Ok(false);
    }
    if !may_refetch(app, actor, claim.created) {
        return Ok(true);
    }
    match refresh_actor(app, &actor.uri).await {
        Ok(actor) => Ok(!holds(app, activity, &claim, &actor).await?),
        Err(error) if error.is_transient() => Err(error),
        Err(_) => Ok(true),
    }
}

async fn holds(app: &App, activity: &Value, claim: &Claim, account: &Account) -> Result<bool> {
    let key = {
        let mut conn = app.db.background().await?;
        store::proofs::find_remote_proof_key(&mut conn, account.id, &claim.method).await?
    };
    let Some(key) = key.filter(|key| key.expires_at.is_none_or(|at| app.now() < at)) else { return Ok(false) };
    Ok(PublicProofKey::from_multibase(&key.public_key_multibase).is_ok_and(|key| proof::verify(activity, claim, &key)))
}
