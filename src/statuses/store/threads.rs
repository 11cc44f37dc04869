//! Threads: of which people do not want to be told, as other servers read them, and when those of others were read.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, StatusId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::{statuses, thread_mutes, thread_reads};
use crate::db::sql::Sql;
use crate::visible;

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
    .bind::<Array<BigInt>, _>(from)
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

/// A post of a thread, by its address.
#[derive(Clone, Debug, QueryableByName)]
pub struct OpenRow {
    #[diesel(sql_type = BigInt)]
    pub id: StatusId,
    #[diesel(sql_type = Text)]
    pub uri: String,
}

/// Which posts of a thread are listed.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    /// What answers this post.
    Replies(StatusId),
    /// All of the thread that this post begins.
    Thread(StatusId),
}

/// Posts of a thread, as far as they are for everyone and not kept from this viewer, oldest first, above an id.
pub async fn list_open(
    conn: &mut Conn,
    viewer: Viewer,
    of: Of,
    above: StatusId,
    limit: i64,
) -> QueryResult<Vec<OpenRow>> {
    macro_rules! open {
        ($column:literal) => {
            concat!(
                "SELECT s.id, s.uri FROM statuses s WHERE s.",
                $column,
                " = $2 AND s.id > $3 AND s.reblog_of_id IS NULL AND s.audience_kind IN (1, 2) AND ",
                visible!(),
                " ORDER BY s.id LIMIT $4"
            )
        };
    }
    let (query, id) = match of {
        Of::Replies(parent) => (open!("in_reply_to_id"), parent),
        Of::Thread(first) => (open!("thread_id"), first),
    };
    Sql::new(query)
        .bind::<BigInt, _>(viewer.bind())
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(above)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await
}

/// Which of these ids are posts that are here, and the threads that they are in.
pub async fn list_known(conn: &mut Conn, uris: &[&str]) -> QueryResult<Vec<(String, StatusId)>> {
    statuses::table.filter(statuses::uri.eq_any(uris)).select((statuses::uri, statuses::thread_id)).load(conn).await
}

/// Notes that a thread is read now. `false` when it was since `stale`.
pub async fn claim_thread(
    conn: &mut Conn,
    id: StatusId,
    now: DateTime<Utc>,
    stale: DateTime<Utc>,
) -> QueryResult<bool> {
    let claimed = Sql::new(
        "INSERT INTO thread_reads AS r (status_id, read_at) SELECT id, $2 FROM statuses WHERE id = $1
         ON CONFLICT (status_id) DO UPDATE SET read_at = $2 WHERE r.read_at < $3",
    )
    .bind::<BigInt, _>(id)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(stale)
    .execute(conn)
    .await?;
    Ok(claimed == 1)
}

/// Notes the address of the thread of a post from elsewhere.
pub async fn set_context(conn: &mut Conn, id: StatusId, context_uri: &str) -> QueryResult<usize> {
    diesel::update(thread_reads::table.find(id)).set(thread_reads::context_uri.eq(context_uri)).execute(conn).await
}

/// The addresses of the threads of these posts, where they are known.
pub async fn list_contexts(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<(StatusId, String)>> {
    thread_reads::table
        .filter(thread_reads::status_id.eq_any(ids))
        .filter(thread_reads::context_uri.is_not_null())
        .select((thread_reads::status_id, thread_reads::context_uri.assume_not_null()))
        .load(conn)
        .await
}
