//! All SQL about pins. `statuses::store` says of each post whether the viewer pinned it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use super::MOST_PINS;
use crate::base::id::{AccountId, PinId, StatusId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::{accounts, status_pins};
use crate::db::sql::Sql;
use crate::statuses::PageRow;
use crate::visible;

/// Nobody else changes the account's pins until the transaction ends, so that their limit holds.
pub async fn lock(conn: &mut Conn, account: AccountId) -> QueryResult<()> {
    accounts::table.find(account).select(accounts::id).for_no_key_update().first::<AccountId>(conn).await.map(drop)
}

pub async fn count_pins(conn: &mut Conn, account: AccountId) -> QueryResult<i64> {
    status_pins::table.filter(status_pins::account_id.eq(account)).count().get_result(conn).await
}

pub async fn is_pinned(conn: &mut Conn, status: StatusId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(status_pins::table.filter(status_pins::status_id.eq(status))))
        .get_result(conn)
        .await
}

/// Pins a post of its author's; twice is once.
pub async fn insert_pin(
    conn: &mut Conn,
    id: PinId,
    account: AccountId,
    status: StatusId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(status_pins::table)
        .values((
            status_pins::id.eq(id),
            status_pins::account_id.eq(account),
            status_pins::status_id.eq(status),
            status_pins::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

/// Unpins a post; which pin that was.
pub async fn delete_pin(conn: &mut Conn, account: AccountId, status: StatusId) -> QueryResult<Option<PinId>> {
    let own = status_pins::table.filter(status_pins::account_id.eq(account));
    diesel::delete(own.filter(status_pins::status_id.eq(status)))
        .returning(status_pins::id)
        .get_result(conn)
        .await
        .optional()
}

/// Of an account that has pinned more than are kept, the oldest pins go.
pub async fn trim(conn: &mut Conn, account: AccountId) -> QueryResult<usize> {
    Sql::new(
        "DELETE FROM status_pins WHERE id IN (
             SELECT id FROM status_pins WHERE account_id = $1 ORDER BY id DESC OFFSET $2)",
    )
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(MOST_PINS)
    .execute(conn)
    .await
}

/// What an account has pinned and the viewer may see, what was pinned last first.
pub async fn list_pinned(conn: &mut Conn, viewer: Viewer, account: AccountId) -> QueryResult<Vec<PageRow>> {
    Sql::new(concat!(
        "SELECT s.id, s.reblog_of_id FROM status_pins p JOIN statuses s ON s.id = p.status_id
         WHERE p.account_id = $2 AND ",
        visible!(),
        " ORDER BY p.id DESC LIMIT $3"
    ))
    .bind::<BigInt, _>(viewer.bind())
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(MOST_PINS)
    .load(conn)
    .await
}
