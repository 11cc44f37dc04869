//! Replies that were here before what they answer, and threads that turn out to be one.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::RunQueryDsl;

use crate::base::id::StatusId;
use crate::db::Conn;
use crate::db::sql::Sql;
use crate::statuses::Status;

/// A reply that has its parent now.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Adopted {
    #[diesel(sql_type = BigInt)]
    pub id: StatusId,
    #[diesel(sql_type = BigInt)]
    pub thread_id: StatusId,
    /// Anyone may see it.
    #[diesel(sql_type = Bool)]
    pub open: bool,
}

/// Gives the replies that waited for this post their parent: each once, however many do this at the same time.
pub async fn adopt_replies(conn: &mut Conn, parent: &Status) -> QueryResult<Vec<Adopted>> {
    Sql::new(
        "UPDATE statuses SET in_reply_to_id = $1,
             in_reply_to_account_id = CASE WHEN $4 AND account_id = $2 THEN $5 ELSE $2 END
         WHERE in_reply_to_uri = $3 AND in_reply_to_id IS NULL AND id <> $1
         RETURNING id, thread_id, audience_kind IN (1, 2) AS open",
    )
    .bind::<BigInt, _>(parent.id)
    .bind::<BigInt, _>(parent.account_id)
    .bind::<Text, _>(&parent.uri)
    .bind::<Bool, _>(parent.in_reply_to_uri.is_some())
    .bind::<Nullable<BigInt>, _>(parent.in_reply_to_account_id)
    .load(conn)
    .await
}

/// Whom these replies answer is known now: so is whom those answer who went on with one of them, their own (a thousand at most).
pub async fn update_continued(conn: &mut Conn, replies: &[StatusId]) -> QueryResult<usize> {
    Sql::new(
        "WITH RECURSIVE continued AS (
             SELECT id, account_id, in_reply_to_account_id AS answered FROM statuses
             WHERE id = ANY ($1) AND in_reply_to_account_id IS NOT NULL
             UNION
             SELECT s.id, s.account_id, c.answered FROM continued c JOIN statuses s ON s.in_reply_to_id = c.id
             WHERE s.account_id = c.account_id AND s.in_reply_to_account_id IS NULL)
         UPDATE statuses s SET in_reply_to_account_id = c.answered
         FROM (SELECT id, answered FROM continued LIMIT 1000) c WHERE s.id = c.id AND s.in_reply_to_account_id IS NULL",
    )
    .bind::<Array<BigInt>, _>(replies)
    .execute(conn)
    .await
}

/// How long a thread is.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct ThreadSize {
    #[diesel(sql_type = BigInt)]
    pub thread_id: StatusId,
    /// Posts in it.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// It began with a post of ours.
    #[diesel(sql_type = Bool)]
    pub ours: bool,
}

/// How long these threads are; nobody counts beyond `most`.
pub async fn list_thread_sizes(conn: &mut Conn, threads: &[StatusId], most: i64) -> QueryResult<Vec<ThreadSize>> {
    Sql::new(
        "SELECT t.id AS thread_id,
                (SELECT count(*) FROM (SELECT 1 FROM statuses s WHERE s.thread_id = t.id LIMIT $2) counted) AS size,
                EXISTS (SELECT 1 FROM statuses f WHERE f.id = t.id AND f.local) AS ours
         FROM unnest($1) AS t (id)",
    )
    .bind::<Array<BigInt>, _>(threads)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await
}

/// Makes one thread of several.
pub async fn move_threads(conn: &mut Conn, from: &[StatusId], to: StatusId) -> QueryResult<usize> {
    Sql::new("UPDATE statuses SET thread_id = $2 WHERE thread_id = ANY ($1)")
        .bind::<Array<BigInt>, _>(from)
        .bind::<BigInt, _>(to)
        .execute(conn)
        .await
}
