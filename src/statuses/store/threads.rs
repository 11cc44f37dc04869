//! Threads of which people do not want to be told.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, StatusId};
use crate::db::Conn;
use crate::db::schema::thread_mutes;
use crate::db::sql::Sql;

/// From now on this account is not told of the thread; twice is once.
pub async fn insert_thread_mute(
    conn: &mut Conn,
    account: AccountId,
    thread: StatusId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(thread_mutes::table)
        .values((
            thread_mutes::account_id.eq(account),
            thread_mutes::thread_id.eq(thread),
            thread_mutes::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

pub async fn delete_thread_mute(conn: &mut Conn, account: AccountId, thread: StatusId) -> QueryResult<usize> {
    diesel::delete(thread_mutes::table.find((account, thread))).execute(conn).await
}

/// A thread became part of another: who muted the one has muted the other.
pub async fn move_thread_mutes(conn: &mut Conn, from: &[StatusId], to: StatusId) -> QueryResult<usize> {
    Sql::new(
        "WITH moved AS (DELETE FROM thread_mutes WHERE thread_id = ANY ($1) AND thread_id <> $2 RETURNING account_id, created_at)
         INSERT INTO thread_mutes (account_id, thread_id, created_at)
         SELECT account_id, $2, min(created_at) FROM moved GROUP BY account_id ON CONFLICT DO NOTHING",
    )
    .bind::<diesel::sql_types::Array<BigInt>, _>(from)
    .bind::<BigInt, _>(to)
    .execute(conn)
    .await
}

/// Forgets who muted a thread of which no post is left.
pub async fn delete_mutes_of_empty(conn: &mut Conn, thread: StatusId) -> QueryResult<usize> {
    Sql::new(
        "DELETE FROM thread_mutes WHERE thread_id = $1 AND NOT EXISTS (SELECT 1 FROM statuses WHERE thread_id = $1)",
    )
    .bind::<BigInt, _>(thread)
    .execute(conn)
    .await
}
