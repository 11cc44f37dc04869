//! Reads collections on other servers, and the consent of those who are in them.

use serde_json::Value;
use url::Url;

use super::{Collection, CollectionUnverified, Item, State, ops, store, wire};
use crate::accounts::{self, Account, AccountDiscovered};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::budget::Budget;
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::jobs::Outcome;

async fn fetch(app: &App, uri: &str) -> Result<Value> {
    let url = Url::parse(uri).map_err(|_| Error::invalid("uri", "is no URL"))?;
    let host = read::host_of(&url).ok_or_else(|| Error::invalid("uri", "is no http(s) URL"))?;
    if host == app.config.instance.domain {
        return Err(Error::NotFound("Record"));
    }
    if crate::federation::policy::is_suspended(app, &host) {
        return Err(Error::Forbidden("This server does not federate with that one".into()));
    }
    accounts::object::get(app, &url).await
}

/// A collection of this owner's, fetched if we don't have it.
pub async fn resolve_of(app: &App, owner: &Account, uri: &str) -> Result<Collection> {
    let known = {
        let mut conn = app.db.background().await?;
        store::find_collection_by_uri(&mut conn, uri).await?
    };
    match known {
        Some(known) if known.account_id == owner.id => Ok(known),
        Some(_) => Err(Error::Forbidden("this collection is somebody else's".into())),
        None if read::same_host(uri, &owner.uri) => read_of(app, owner, uri).await,
        None => Err(Error::invalid("collection", "is on another host than its owner")),
    }
}

async fn read_of(app: &App, owner: &Account, uri: &str) -> Result<Collection> {
    let object = fetch(app, uri).await?;
    let remote = wire::parse_collection(&object).filter(|remote| remote.uri == uri);
    let remote = remote.ok_or_else(|| Error::invalid("collection", "is none"))?;
    app.background_transaction(async |conn| ops::record_collection(app, conn, owner, &remote).await).await
}

/// The collection at an address, whosever it is; fetched if we don't have it.
pub async fn resolve(app: &App, uri: &str) -> Result<Collection> {
    let known = {
        let mut conn = app.db.background().await?;
        store::find_collection_by_uri(&mut conn, uri).await?
    };
    if let Some(known) = known {
        return Ok(known);
    }
    let remote = wire::parse_collection(&fetch(app, uri).await?);
    let remote = remote.ok_or(Error::NotFound("Record"))?;
    if !read::same_host(&remote.uri, uri) {
        return Err(Error::NotFound("Record"));
    }
    let owner = accounts::object::resolve_actor(app, &remote.owner_uri).await?;
    app.background_transaction(async |conn| ops::record_collection(app, conn, &owner, &remote).await).await
}

/// Reads what an account that was met for the first time has of collections: eleven fetches at most. What cannot be had is left
/// out; it comes when its owner changes it.
pub async fn read_listed(app: &App, job: &AccountDiscovered) -> Result<Outcome> {
    let found = {
        let mut conn = app.db.background().await?;
        let account = accounts::store::find_account(&mut conn, job.account_id).await?;
        let said = accounts::store::featuring::find_featuring(&mut conn, job.account_id).await?;
        account.filter(|account| !account.is_local() && !account.is_suspended()).zip(said)
    };
    let Some((owner, said)) = found.filter(|(_, said)| !said.collections_uri.is_empty()) else {
        return Ok(Outcome::drop("it lists no collections"));
    };
    let list = match fetch(app, &said.collections_uri).await {
        Ok(list) => list,
        Err(error) => return unless_ours(error),
    };
    for uri in wire::listed(&list) {
        if let Err(error) = resolve_of(app, &owner, &uri).await {
            unless_ours(error)?;
        }
    }
    Ok(Outcome::Done)
}

/// A fault of ours is worth another try.
fn unless_ours(error: Error) -> Result<Outcome> {
    match error {
        Error::Internal(_) | Error::Unavailable(_) => Err(error),
        error => Ok(Outcome::drop(error.to_string())),
    }
}

/// Documents that are fetched in one go for those who are in a collection, at most, and of these from one host: whoever describes it chooses
/// whom we ask.
const MOST: usize = 30;
const MOST_OF_HOST: usize = 15;

/// What it costs to look somebody up who is not known: the actor, and the name.
const MEMBER: usize = 2;

/// Asks the servers of those who are said to be in a collection of another server whether they agreed. Of many, the rest is asked some
/// minutes later. Who cannot be asked now waits until the collection changes. A second run asks only for the rest.
pub async fn verify(app: &App, job: &CollectionUnverified) -> Result<Outcome> {
    let (collection, mut asked, items) = {
        let mut conn = app.db.background().await?;
        let collection = store::find_collection(&mut conn, job.collection_id).await?;
        let asked = store::find_asked(&mut conn, job.collection_id).await?;
        (collection, asked, store::list_unverified(&mut conn, job.collection_id).await?)
    };
    let Some(collection) = collection.filter(|collection| !collection.local) else {
        return Ok(Outcome::drop("the collection is gone"));
    };
    let mut budget = Budget::new(MOST, MOST_OF_HOST);
    let before = asked;
    for item in items.into_iter().filter(|item| before.is_none_or(|before| item.id > before)) {
        let host = item.authorization_uri.as_deref().and_then(read::host).unwrap_or_default();
        let fetches = if item.account_id.is_some() { 1 } else { 1 + MEMBER };
        let tired = budget.is_tired_of(&host);
        if !tired && !budget.take(&host, fetches) {
            let go_on = async |conn: &mut _| ops::check(app, conn, &collection, asked).await;
            app.background_transaction(go_on).await?;
            return Ok(Outcome::Done);
        }
        asked = Some(item.id);
        if tired {
            continue;
        }
        match consent(app, &collection, &item).await {
            Ok(member) => settle(app, &item, member).await?,
            Err(error) => {
                budget.note_failure(&host, &error);
                unless_ours(error)?;
            }
        }
    }
    Ok(Outcome::Done)
}

/// The account, if its server says that it agrees; `None`, if it does not.
async fn consent(app: &App, collection: &Collection, item: &Item) -> Result<Option<Account>> {
    let Some(uri) = &item.authorization_uri else { return Ok(None) };
    let object = match fetch(app, uri).await {
        Ok(object) => object,
        Err(Error::NotFound(_) | Error::Gone(_) | Error::Forbidden(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !wire::is_consent(&object, uri, &collection.uri, &item.object_uri) {
        return Ok(None);
    }
    let member = accounts::object::resolve_actor(app, &item.object_uri).await?;
    Ok(Some(member).filter(|member| !member.is_local()))
}

async fn settle(app: &App, item: &Item, member: Option<Account>) -> Result<()> {
    let state = if member.is_some() { State::Accepted } else { State::Rejected };
    let account_id = member.map(|member| member.id).or(item.account_id);
    app.background_transaction(async |conn| {
        // What came meanwhile is newer.
        let now = store::find_item(conn, item.id).await?;
        if let Some(now) = now.filter(|now| now == item) {
            store::update_item(conn, &Item { account_id, state: state.as_str().into(), ..now }).await?;
        }
        Ok(())
    })
    .await
}

/// Reads again what accounts of other servers say of being in collections, of those of whom nothing is known, before one is tried.
pub async fn ask_anew(app: &App, ids: &[AccountId]) -> Result<()> {
    let accounts = {
        let mut conn = app.db.get().await?;
        accounts::store::list_with_stats(&mut conn, ids).await?
    };
    let unknown = accounts.into_iter().filter(|(account, _, said)| {
        let long_ago = account.fetched_at.is_some_and(|at| app.now() - at > chrono::TimeDelta::hours(1));
        said.featuring.is_none() && !account.is_local() && long_ago
    });
    // Side by side, since a person waits. One that cannot be had says nothing, and is not put in.
    let ask = async |account: Account| drop(accounts::object::refresh_actor(app, &account.uri).await);
    futures_util::future::join_all(unknown.map(|(account, ..)| ask(account))).await;
    Ok(())
}
