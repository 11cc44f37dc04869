//! What others say of collections: of theirs, and of places in ours.

use chrono::TimeDelta;

use super::{may_feature, tell, tell_members, touch};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::id::{CollectionId, CollectionItemId};
use crate::base::{Error, Result};
use crate::collections::{
    Collection, CollectionUnverified, Item, MOST_KEPT, RemoteCollection, RemoteItem, State, store, wire,
};
use crate::db::Conn;
use crate::federation::delivery;
use crate::jobs;
use crate::notifications::{self, Kind};

/// Those who are in a collection are asked no more often.
const CHECK_PAUSE: TimeDelta = TimeDelta::minutes(5);

/// Records a collection of an actor who was verified, with all that is in it: a new row, or the one that there is. Enqueues
/// [`CollectionUnverified`] for those whose consent is still to be read.
pub async fn record_collection(
    app: &App,
    conn: &mut Conn,
    owner: &Account,
    remote: &RemoteCollection,
) -> Result<Collection> {
    if remote.owner_uri != owner.uri || owner.is_local() || !read::same_host(&remote.uri, &owner.uri) {
        return Err(Error::Forbidden("a collection is described by its owner alone".into()));
    }
    accounts::store::lock_account(conn, owner.id).await?;
    let now = app.now();
    let known = store::find_collection_by_uri(conn, &remote.uri).await?;
    if known.as_ref().is_some_and(|known| known.account_id != owner.id) {
        return Err(Error::Forbidden("this collection is somebody else's".into()));
    }
    let collection = Collection {
        id: known.as_ref().map_or_else(|| CollectionId(app.ids.mint(now)), |known| known.id),
        account_id: owner.id,
        uri: remote.uri.clone(),
        url: remote.url.clone(),
        local: false,
        name: remote.name.clone(),
        description: remote.description.clone(),
        language: remote.language.clone(),
        tag: remote.tag.clone(),
        sensitive: remote.sensitive,
        discoverable: remote.discoverable,
        created_at: remote.published.filter(|at| *at < now).unwrap_or(now),
        updated_at: now,
    };
    match &known {
        None => drop(store::insert_collection(conn, &collection).await?),
        Some(_) => drop(store::update_collection(conn, &collection).await?),
    }
    if let Some(named) = &remote.named {
        let uris: Vec<&str> = named.iter().map(String::as_str).collect();
        store::delete_others(conn, collection.id, &uris).await?;
    }
    for item in &remote.items {
        put_item(app, conn, &collection, item).await?;
    }
    check_later(app, conn, &collection).await?;
    if known.is_some_and(|known| (&known.name, &known.description) != (&collection.name, &collection.description)) {
        tell_members(app, conn, &collection).await?;
    }
    Ok(collection)
}

/// Records that an actor who was verified has an account in a collection of theirs. `false`: it may not be. Enqueues
/// [`CollectionUnverified`] where its consent is still to be read.
pub async fn record_item(
    app: &App,
    conn: &mut Conn,
    owner: &Account,
    collection_uri: &str,
    remote: &RemoteItem,
) -> Result<bool> {
    let collection = store::find_collection_by_uri(conn, collection_uri).await?;
    let Some(mut collection) = collection.filter(|one| one.account_id == owner.id && !one.local) else {
        return Ok(false);
    };
    store::lock_collection(conn, collection.id).await?;
    if !put_item(app, conn, &collection, remote).await? {
        return Ok(false);
    }
    check_later(app, conn, &collection).await?;
    touch(app, conn, &mut collection).await?;
    Ok(true)
}

/// One of ours is in it only if they agreed; somebody else, when their server says so, which is read later.
async fn put_item(app: &App, conn: &mut Conn, collection: &Collection, remote: &RemoteItem) -> Result<bool> {
    let known = store::find_place(conn, collection.id, &remote.object_uri).await?;
    let taken = store::find_item_by_uri(conn, &remote.uri).await?;
    if taken.is_some_and(|taken| known.as_ref().is_none_or(|known| known.id != taken.id)) {
        return Ok(false);
    }
    let account = accounts::store::find_by_uri(conn, &remote.object_uri).await?;
    let ours = read::host(&remote.object_uri).is_some_and(|host| host == app.config.instance.domain);
    if ours || account.as_ref().is_some_and(Account::is_local) {
        let agreed = known.filter(|known| known.is(State::Accepted));
        let Some(item) = agreed else { return Ok(false) };
        store::update_item(conn, &Item { uri: Some(remote.uri.clone()), ..item }).await?;
        return Ok(true);
    }
    let Some(item) = known else {
        let most = i64::try_from(MOST_KEPT).unwrap_or(i64::MAX);
        if store::count_items(conn, collection.id).await? >= most {
            return Ok(false);
        }
        let item = Item {
            id: CollectionItemId(app.mint()),
            collection_id: collection.id,
            account_id: account.map(|account| account.id),
            object_uri: remote.object_uri.clone(),
            state: State::Pending.as_str().into(),
            uri: Some(remote.uri.clone()),
            request_uri: None,
            authorization_uri: Some(remote.authorization_uri.clone()),
            created_at: app.now(),
        };
        store::insert_item(conn, &item).await?;
        return Ok(true);
    };
    // The consent that was read, or taken back, stays what it is.
    let same = item.authorization_uri.as_deref() == Some(remote.authorization_uri.as_str());
    let state = if same && !item.is(State::Rejected) { item.state.clone() } else { State::Pending.as_str().into() };
    let (uri, authorization_uri) = (Some(remote.uri.clone()), Some(remote.authorization_uri.clone()));
    store::update_item(conn, &Item { state, uri, authorization_uri, ..item }).await?;
    Ok(true)
}

async fn check_later(app: &App, conn: &mut Conn, collection: &Collection) -> Result<()> {
    if store::list_unverified(conn, collection.id).await?.is_empty() {
        return Ok(());
    }
    check(app, conn, collection, None).await
}

/// Has those asked whose consent is still to be read, inside the caller's transaction: from the first one after `asked` on, at once, or some
/// minutes after the last time. When they are to be asked anyway, that has them all. Enqueues [`CollectionUnverified`].
pub async fn check(app: &App, conn: &mut Conn, collection: &Collection, asked: Option<CollectionItemId>) -> Result<()> {
    let at = store::claim_check(conn, collection.id, app.now(), CHECK_PAUSE).await?;
    // What changed is looked at from the beginning; what goes on knows of no change since.
    if at.is_some() || asked.is_none() {
        store::update_asked(conn, collection.id, asked).await?;
    }
    if let Some(at) = at {
        jobs::enqueue_at(app, conn, &CollectionUnverified { collection_id: collection.id }, at).await?;
    }
    Ok(())
}

/// Removes a collection of an actor's own. `false`: there is none.
pub async fn forget_collection(conn: &mut Conn, owner: &Account, uri: &str) -> Result<bool> {
    let found = store::find_collection_by_uri(conn, uri).await?.filter(|one| one.account_id == owner.id && !one.local);
    let Some(collection) = found else { return Ok(false) };
    Ok(store::delete_collection(conn, collection.id).await? == 1)
}

/// Removes a place in a collection of an actor's own. Who took their consent back stays noted. `false`: there is none.
pub async fn forget_item(conn: &mut Conn, owner: &Account, uri: &str) -> Result<bool> {
    let Some(item) = store::find_item_by_uri(conn, uri).await? else { return Ok(false) };
    let collection = store::lock_collection(conn, item.collection_id).await?;
    let Some(collection) = collection.filter(|one| one.account_id == owner.id && !one.local) else { return Ok(false) };
    if item.account_id.is_some() {
        let kind = Kind::Collected;
        notifications::store::delete_about_collection(conn, item.account_id, kind, collection.id).await?;
    }
    if !item.is(State::Revoked) {
        store::delete_item(conn, item.id).await?;
    }
    Ok(true)
}

/// Answers an actor who asks whether one of ours wants to be in their collection, as [`may_feature`] has it. Who took their
/// consent back does not give it again.
pub async fn answer_request(
    app: &App,
    conn: &mut Conn,
    owner: &Account,
    collection: &Collection,
    member: &Account,
    request_uri: &str,
) -> Result<()> {
    store::lock_collection(conn, collection.id).await?;
    let known = store::find_place(conn, collection.id, &member.uri).await?;
    let taken = store::find_item_by_request(conn, request_uri).await?;
    let other = taken.is_some_and(|taken| known.as_ref().is_none_or(|known| known.id != taken.id));
    let revoked = known.as_ref().is_some_and(|known| known.is(State::Revoked));
    if other || revoked || !may_feature(conn, owner, member).await? {
        return answer(app, conn, owner, member, request_uri, None).await;
    }
    let fresh = known.is_none();
    let mut item = known.unwrap_or_else(|| Item {
        id: CollectionItemId(app.mint()),
        collection_id: collection.id,
        account_id: Some(member.id),
        object_uri: member.uri.clone(),
        state: State::Accepted.as_str().into(),
        uri: None,
        request_uri: None,
        authorization_uri: None,
        created_at: app.now(),
    });
    item.request_uri = Some(request_uri.to_owned());
    item.state = State::Accepted.as_str().into();
    let consent = wire::authorization_uri(member, &item);
    item.authorization_uri = Some(consent.clone());
    if fresh {
        store::insert_item(conn, &item).await?;
        let (to, kind) = ([member.id], Kind::Collected);
        notifications::ops::notify_of_collection(app, conn, &to, owner.id, kind, collection.id).await?;
    } else {
        store::update_item(conn, &item).await?;
    }
    answer(app, conn, owner, member, request_uri, Some(&consent)).await
}

async fn answer(
    app: &App,
    conn: &mut Conn,
    owner: &Account,
    member: &Account,
    request_uri: &str,
    consent: Option<&str>,
) -> Result<()> {
    let uri = format!("{}#answers/feature_requests/{}", member.uri, app.mint());
    let body = wire::answer(&uri, member, owner, request_uri, consent);
    delivery::send(app, conn, member.id, &uri, &body, std::slice::from_ref(&owner.inbox_uri)).await
}

/// Records what an account that was asked says to it: where its consent is, or `None` for no. `false`: it was not asked.
pub async fn record_answer(
    app: &App,
    conn: &mut Conn,
    member: &Account,
    request_uri: &str,
    consent: Option<&str>,
) -> Result<bool> {
    let Some(item) = store::find_item_by_request(conn, request_uri).await? else { return Ok(false) };
    let collection = store::lock_collection(conn, item.collection_id).await?;
    let Some(mut collection) = collection.filter(|one| one.local && item.account_id == Some(member.id)) else {
        return Ok(false);
    };
    // Another one may have been faster.
    let Some(item) = store::find_item(conn, item.id).await? else { return Ok(false) };
    let consent = consent.filter(|consent| read::same_host(consent, &member.uri));
    if let (Some(consent), true) = (consent, item.is(State::Pending) || item.is(State::Rejected)) {
        let owner = accounts::store::find_account(conn, collection.account_id).await?;
        let owner = owner.ok_or(Error::NotFound("Account"))?;
        let (state, authorization_uri) = (State::Accepted.as_str().to_owned(), Some(consent.to_owned()));
        let item = Item { state, authorization_uri, ..item };
        store::update_item(conn, &item).await?;
        touch(app, conn, &mut collection).await?;
        let object = wire::item(&(item, member.actor_type.clone()));
        tell(app, conn, &owner, &collection, "Add", object, Some(&collection.uri)).await?;
    } else if consent.is_none() {
        end_consent(app, conn, &mut collection, item, State::Rejected).await?;
    }
    Ok(true)
}

/// Records that an account, which was verified, took its consent (an ActivityPub id) back. `false`: nothing stands on it.
pub async fn record_withdrawal(app: &App, conn: &mut Conn, member: &Account, consent_uri: &str) -> Result<bool> {
    let items = store::list_authorized(conn, member.id, consent_uri).await?;
    let found = !items.is_empty();
    for item in items {
        let Some(mut collection) = store::lock_collection(conn, item.collection_id).await? else { continue };
        end_consent(app, conn, &mut collection, item, State::Revoked).await?;
    }
    Ok(found)
}

/// Other servers are told, if the account was in a collection of ours.
async fn end_consent(app: &App, conn: &mut Conn, collection: &mut Collection, item: Item, state: State) -> Result<()> {
    let was_in = item.is(State::Accepted) && collection.local;
    let uri = item.uri.clone().unwrap_or_default();
    store::update_item(conn, &Item { state: state.as_str().into(), ..item }).await?;
    let owner = accounts::store::find_account(conn, collection.account_id).await?;
    if let Some(owner) = owner.filter(|_| was_in) {
        touch(app, conn, collection).await?;
        tell(app, conn, &owner, collection, "Remove", uri.into(), Some(&collection.uri)).await?;
    }
    Ok(())
}
