//! All SQL of lists. Every function takes whose list it is: nobody else's is found or changed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::List;
use crate::base::id::{AccountId, ListAccountId, ListId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::{accounts, list_accounts, lists};
use crate::db::sql::Sql;

/// Somebody's lists, oldest first.
pub async fn list_lists(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<List>> {
    lists::table.filter(lists::account_id.eq(me)).order(lists::id).select(List::as_select()).load(conn).await
}

/// Those of somebody's lists that an account is on, oldest first.
pub async fn list_with_member(conn: &mut Conn, me: AccountId, member: AccountId) -> QueryResult<Vec<List>> {
    lists::table
        .inner_join(list_accounts::table)
        .filter(lists::account_id.eq(me))
        .filter(list_accounts::account_id.eq(member))
        .order(lists::id)
        .select(List::as_select())
        .load(conn)
        .await
}

pub async fn find_list(conn: &mut Conn, me: AccountId, id: ListId) -> QueryResult<Option<List>> {
    lists::table.find(id).filter(lists::account_id.eq(me)).select(List::as_select()).first(conn).await.optional()
}

/// As [`find_list`]; nobody else changes or removes it until the transaction ends.
pub async fn lock_list(conn: &mut Conn, me: AccountId, id: ListId) -> QueryResult<Option<List>> {
    let row = lists::table.find(id).filter(lists::account_id.eq(me)).select(List::as_select());
    row.for_update().first(conn).await.optional()
}

pub async fn insert_list(conn: &mut Conn, list: &List) -> QueryResult<usize> {
    diesel::insert_into(lists::table).values(list).execute(conn).await
}

/// Writes what may change of a list.
pub async fn update_list(conn: &mut Conn, list: &List) -> QueryResult<usize> {
    diesel::update(lists::table.find(list.id))
        .set((
            lists::title.eq(&list.title),
            lists::replies_policy.eq(&list.replies_policy),
            lists::exclusive.eq(list.exclusive),
        ))
        .execute(conn)
        .await
}

/// Removes a list with its memberships. Returns whether it was there.
pub async fn delete_list(conn: &mut Conn, me: AccountId, id: ListId) -> QueryResult<bool> {
    let row = lists::table.find(id).filter(lists::account_id.eq(me));
    Ok(diesel::delete(row).execute(conn).await? == 1)
}

/// Puts those of these accounts on a list that its owner follows, or asks to follow, or is; returns how many are new on it.
pub async fn insert_members(
    conn: &mut Conn,
    list: &List,
    members: &[(ListAccountId, AccountId)],
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    let (ids, accounts): (Vec<ListAccountId>, Vec<AccountId>) = members.iter().copied().unzip();
    // The follow is locked: one that ends at this moment ends the membership too.
    Sql::new(
        "WITH followed AS (
             SELECT f.id, f.target_account_id FROM follows f
             WHERE f.account_id = $2 AND f.target_account_id = ANY ($4) FOR KEY SHARE)
         INSERT INTO list_accounts (id, list_id, account_id, follow_id, created_at)
         SELECT row.id, $1, row.account_id, f.id, $5
         FROM unnest($3, $4) AS row (id, account_id) LEFT JOIN followed f ON f.target_account_id = row.account_id
         WHERE f.id IS NOT NULL OR row.account_id = $2
         ON CONFLICT DO NOTHING",
    )
    .bind::<BigInt, _>(list.id)
    .bind::<BigInt, _>(list.account_id)
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<BigInt>, _>(accounts)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await
}

/// Takes accounts off a list.
pub async fn delete_members(conn: &mut Conn, id: ListId, members: &[AccountId]) -> QueryResult<usize> {
    let rows = list_accounts::table.filter(list_accounts::list_id.eq(id));
    diesel::delete(rows.filter(list_accounts::account_id.eq_any(members))).execute(conn).await
}

/// Which of these accounts are on a list.
pub async fn list_among(conn: &mut Conn, id: ListId, among: &[AccountId]) -> QueryResult<Vec<AccountId>> {
    list_accounts::table
        .filter(list_accounts::list_id.eq(id))
        .filter(list_accounts::account_id.eq_any(among))
        .select(list_accounts::account_id)
        .load(conn)
        .await
}

/// A page of a list's members, newest first, with the ids by which it is paged; suspended ones are left out.
pub async fn list_members(conn: &mut Conn, id: ListId, page: Page) -> QueryResult<Vec<(ListAccountId, AccountId)>> {
    let query = list_accounts::table
        .inner_join(accounts::table)
        .filter(list_accounts::list_id.eq(id))
        .filter(accounts::suspended_at.is_null())
        .filter(list_accounts::id.lt(ListAccountId(page.below)))
        .filter(list_accounts::id.gt(ListAccountId(page.above)))
        .limit(page.limit)
        .select((list_accounts::id, list_accounts::account_id))
        .into_boxed();
    let query = if page.upwards { query.order(list_accounts::id.asc()) } else { query.order(list_accounts::id.desc()) };
    let rows: Vec<(ListAccountId, AccountId)> = query.load(conn).await?;
    Ok(page.newest_first(rows))
}
