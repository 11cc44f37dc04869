//! All SQL of collections. Who may see which is said in `collections::view`.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Collection, Item, Placed, State};
use crate::base::id::{AccountId, CollectionId, CollectionItemId};
use crate::claim_due;
use crate::db::Conn;
use crate::db::schema::{accounts, collection_checks, collection_items as items, collections};

pub async fn find_collection(conn: &mut Conn, id: CollectionId) -> QueryResult<Option<Collection>> {
    collections::table.find(id).select(Collection::as_select()).first(conn).await.optional()
}

pub async fn find_collection_by_uri(conn: &mut Conn, uri: &str) -> QueryResult<Option<Collection>> {
    collections::table.filter(collections::uri.eq(uri)).select(Collection::as_select()).first(conn).await.optional()
}

/// The collections with these ids or pages, each with the two.
pub async fn list_by_addresses(
    conn: &mut Conn,
    addresses: &[&str],
) -> QueryResult<Vec<(CollectionId, String, Option<String>)>> {
    collections::table
        .filter(collections::uri.eq_any(addresses).or(collections::url.eq_any(addresses)))
        .select((collections::id, collections::uri, collections::url))
        .load(conn)
        .await
}

/// As [`find_collection`]; nobody else changes it, or what is in it, until the transaction ends.
pub async fn lock_collection(conn: &mut Conn, id: CollectionId) -> QueryResult<Option<Collection>> {
    let row = collections::table.find(id).select(Collection::as_select());
    row.for_no_key_update().first(conn).await.optional()
}

/// Collections whose owner is not suspended, in no particular order.
pub async fn list_collections(conn: &mut Conn, ids: &[CollectionId]) -> QueryResult<Vec<Collection>> {
    collections::table
        .inner_join(accounts::table)
        .filter(collections::id.eq_any(ids))
        .filter(accounts::suspended_at.is_null())
        .select(Collection::as_select())
        .load(conn)
        .await
}

/// Somebody's collections, newest first; `all`: also those that are not on their profile.
pub async fn list_of(
    conn: &mut Conn,
    owner: AccountId,
    all: bool,
    (limit, offset): (i64, i64),
) -> QueryResult<Vec<CollectionId>> {
    let rows = collections::table.filter(collections::account_id.eq(owner)).into_boxed();
    let rows = if all { rows } else { rows.filter(collections::discoverable) };
    rows.order(collections::id.desc()).limit(limit).offset(offset).select(collections::id).load(conn).await
}

/// Somebody's collections by name, each with the place that an account has in it, if any.
pub async fn list_with_place(
    conn: &mut Conn,
    owner: AccountId,
    member: AccountId,
) -> QueryResult<Vec<(Collection, Option<Item>)>> {
    let place = items::collection_id.eq(collections::id).and(items::account_id.eq(member));
    collections::table
        .left_join(items::table.on(place))
        .filter(collections::account_id.eq(owner))
        .order((collections::name, collections::id))
        .select((Collection::as_select(), Option::<Item>::as_select()))
        .load(conn)
        .await
}

/// Collections that somebody is in, where they were put last first.
pub async fn list_with(
    conn: &mut Conn,
    member: AccountId,
    (limit, offset): (i64, i64),
) -> QueryResult<Vec<CollectionId>> {
    items::table
        .filter(items::account_id.eq(member))
        .filter(items::state.eq(State::Accepted.as_str()))
        .order(items::id.desc())
        .limit(limit)
        .offset(offset)
        .select(items::collection_id)
        .load(conn)
        .await
}

pub async fn count_of(conn: &mut Conn, owner: AccountId) -> QueryResult<i64> {
    collections::table.filter(collections::account_id.eq(owner)).count().get_result(conn).await
}

pub async fn insert_collection(conn: &mut Conn, collection: &Collection) -> QueryResult<usize> {
    diesel::insert_into(collections::table).values(collection).execute(conn).await
}

/// Writes what may change of a collection.
pub async fn update_collection(conn: &mut Conn, collection: &Collection) -> QueryResult<usize> {
    diesel::update(collections::table.find(collection.id))
        .set((
            collections::name.eq(&collection.name),
            collections::url.eq(&collection.url),
            collections::description.eq(&collection.description),
            collections::language.eq(&collection.language),
            collections::tag.eq(&collection.tag),
            collections::sensitive.eq(collection.sensitive),
            collections::discoverable.eq(collection.discoverable),
            collections::updated_at.eq(collection.updated_at),
        ))
        .execute(conn)
        .await
}

pub async fn delete_collection(conn: &mut Conn, id: CollectionId) -> QueryResult<usize> {
    diesel::delete(collections::table.find(id)).execute(conn).await
}

/// What is in these collections, or may come to be, in its order; suspended accounts are left out.
pub async fn list_placed(conn: &mut Conn, ids: &[CollectionId]) -> QueryResult<Vec<Placed>> {
    items::table
        .inner_join(accounts::table)
        .filter(items::collection_id.eq_any(ids))
        .filter(items::state.eq_any([State::Accepted.as_str(), State::Pending.as_str()]))
        .filter(accounts::suspended_at.is_null())
        .order((items::collection_id, items::id))
        .select((Item::as_select(), accounts::actor_type))
        .load(conn)
        .await
}

pub async fn find_item(conn: &mut Conn, id: CollectionItemId) -> QueryResult<Option<Item>> {
    items::table.find(id).select(Item::as_select()).first(conn).await.optional()
}

/// The place of an account (its ActivityPub id) in a collection, whatever became of it.
pub async fn find_place(conn: &mut Conn, id: CollectionId, object_uri: &str) -> QueryResult<Option<Item>> {
    items::table
        .filter(items::collection_id.eq(id))
        .filter(items::object_uri.eq(object_uri))
        .select(Item::as_select())
        .first(conn)
        .await
        .optional()
}

pub async fn find_item_by_uri(conn: &mut Conn, uri: &str) -> QueryResult<Option<Item>> {
    items::table.filter(items::uri.eq(uri)).select(Item::as_select()).first(conn).await.optional()
}

pub async fn find_item_by_request(conn: &mut Conn, uri: &str) -> QueryResult<Option<Item>> {
    items::table.filter(items::request_uri.eq(uri)).select(Item::as_select()).first(conn).await.optional()
}

/// Places of an account that stand on this consent.
pub async fn list_authorized(conn: &mut Conn, member: AccountId, uri: &str) -> QueryResult<Vec<Item>> {
    items::table
        .filter(items::authorization_uri.eq(uri))
        .filter(items::account_id.eq(member))
        .select(Item::as_select())
        .load(conn)
        .await
}

/// Items of a collection whose consent is still to be read.
pub async fn list_unverified(conn: &mut Conn, id: CollectionId) -> QueryResult<Vec<Item>> {
    items::table
        .filter(items::collection_id.eq(id))
        .filter(items::state.eq(State::Pending.as_str()))
        .filter(items::request_uri.is_null())
        .order(items::id)
        .select(Item::as_select())
        .load(conn)
        .await
}

/// Notes that those who are in a collection are to be asked, now, or so long after the last time. Returns when; `None` when that is noted
/// already, for a moment that lies ahead.
pub async fn claim_check(
    conn: &mut Conn,
    id: CollectionId,
    now: DateTime<Utc>,
    pause: TimeDelta,
) -> QueryResult<Option<DateTime<Utc>>> {
    claim_due!(conn, "collection_checks", "collection_id", id, now, pause)
}

/// The last one of a collection who was asked, of those who are asked in turn; `None` when that begins anew.
pub async fn find_asked(conn: &mut Conn, id: CollectionId) -> QueryResult<Option<CollectionItemId>> {
    let asked = collection_checks::table.find(id).select(collection_checks::asked_item_id);
    Ok(asked.first(conn).await.optional()?.flatten())
}

/// Notes up to whom they were asked.
pub async fn update_asked(conn: &mut Conn, id: CollectionId, asked: Option<CollectionItemId>) -> QueryResult<usize> {
    let check = diesel::update(collection_checks::table.find(id));
    check.set(collection_checks::asked_item_id.eq(asked)).execute(conn).await
}

/// How many there are in a collection that are in it, or may come to be.
pub async fn count_items(conn: &mut Conn, id: CollectionId) -> QueryResult<i64> {
    let states = [State::Accepted.as_str(), State::Pending.as_str()];
    let rows = items::table.filter(items::collection_id.eq(id)).filter(items::state.eq_any(states));
    rows.count().get_result(conn).await
}

pub async fn insert_item(conn: &mut Conn, item: &Item) -> QueryResult<usize> {
    diesel::insert_into(items::table).values(item).execute(conn).await
}

/// Writes what may change of an item.
pub async fn update_item(conn: &mut Conn, item: &Item) -> QueryResult<usize> {
    diesel::update(items::table.find(item.id))
        .set((
            items::account_id.eq(item.account_id),
            items::state.eq(&item.state),
            items::uri.eq(&item.uri),
            items::request_uri.eq(&item.request_uri),
            items::authorization_uri.eq(&item.authorization_uri),
        ))
        .execute(conn)
        .await
}

pub async fn delete_item(conn: &mut Conn, id: CollectionItemId) -> QueryResult<usize> {
    diesel::delete(items::table.find(id)).execute(conn).await
}

/// Removes from a collection what its server does not name any more. Who took their consent back stays noted.
pub async fn delete_others(conn: &mut Conn, id: CollectionId, uris: &[&str]) -> QueryResult<usize> {
    let rows = items::table
        .filter(items::collection_id.eq(id))
        .filter(items::state.ne(State::Revoked.as_str()))
        .filter(items::uri.is_not_null())
        .filter(items::uri.ne_all(uris));
    diesel::delete(rows).execute(conn).await
}

/// People of this instance who are in a collection.
pub async fn list_local_members(conn: &mut Conn, id: CollectionId) -> QueryResult<Vec<AccountId>> {
    items::table
        .inner_join(accounts::table)
        .filter(items::collection_id.eq(id))
        .filter(items::state.eq(State::Accepted.as_str()))
        .filter(accounts::domain.is_null())
        .select(accounts::id)
        .load(conn)
        .await
}

/// The inboxes, shared where there is one, of those on other servers who are in a collection.
pub async fn list_member_inboxes(conn: &mut Conn, id: CollectionId) -> QueryResult<Vec<String>> {
    let rows: Vec<(Option<String>, String)> = items::table
        .inner_join(accounts::table)
        .filter(items::collection_id.eq(id))
        .filter(items::state.eq(State::Accepted.as_str()))
        .filter(accounts::domain.is_not_null())
        .filter(accounts::suspended_at.is_null())
        .select((accounts::shared_inbox_uri, accounts::inbox_uri))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(shared, own)| shared.unwrap_or(own)).collect())
}

/// Places of one account in collections of another, whatever became of them.
pub async fn list_places_between(conn: &mut Conn, owner: AccountId, member: AccountId) -> QueryResult<Vec<Item>> {
    items::table
        .inner_join(collections::table)
        .filter(collections::account_id.eq(owner))
        .filter(items::account_id.eq(member))
        .select(Item::as_select())
        .load(conn)
        .await
}
