//! Finds emoji of other servers that are in nothing any more: all that is here is looked through, a bite at a time, and what was found
//! nowhere by the end goes. So a round costs the same however much there is.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::id::EmojiId;
use crate::db::Conn;
use crate::db::schema::{custom_emojis as emojis, emoji_walks};
use crate::db::sql::Sql;

/// How far it was looked.
#[derive(Clone, Copy, Debug, Queryable, Selectable)]
#[diesel(table_name = emoji_walks, check_for_backend(diesel::pg::Pg))]
pub struct Walk {
    /// `None`: nobody looks at present.
    pub began_at: Option<DateTime<Utc>>,
    /// The last ones that were looked at.
    pub status_id: i64,
    pub account_id: i64,
}

/// Until the transaction ends, nobody else looks. `None` when somebody does.
pub async fn lock_walk(conn: &mut Conn) -> QueryResult<Option<Walk>> {
    emoji_walks::table.select(Walk::as_select()).for_update().skip_locked().first(conn).await.optional()
}

pub async fn update_walk(conn: &mut Conn, walk: Walk) -> QueryResult<usize> {
    diesel::update(emoji_walks::table)
        .set((
            emoji_walks::began_at.eq(walk.began_at),
            emoji_walks::status_id.eq(walk.status_id),
            emoji_walks::account_id.eq(walk.account_id),
        ))
        .execute(conn)
        .await
}

/// Whether an emoji of another server was found nowhere since `before`.
pub async fn has_stale(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    let row: Row = Sql::new(
        // The oldest one tells, by the index; asked for any, the database would rather read all where there is none.
        "SELECT coalesce((SELECT coalesce(used_at, created_at) < $1 FROM custom_emojis
             WHERE domain <> '' AND disabled_at IS NULL ORDER BY coalesce(used_at, created_at) LIMIT 1), false) AS found",
    )
    .bind::<Timestamptz, _>(before)
    .get_result(conn)
    .await?;
    Ok(row.found)
}

/// What a bite was.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Bite {
    #[diesel(sql_type = BigInt)]
    pub last: i64,
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// Notes as used what is named in a slice (id, domain, text) of what is here, each once in a walk. Those that are written are locked in the
/// order in which recording a post takes them. A walk of an index for each row.
macro_rules! mark {
    ($slice:literal) => {
        concat!(
            "WITH slice AS MATERIALIZED (",
            $slice,
            "),
             named AS (
                 SELECT DISTINCT s.domain, found.name[1] AS shortcode
                 FROM slice s CROSS JOIN LATERAL regexp_matches(s.text, ':([a-zA-Z0-9_]+)(?=:)', 'g') AS found (name)
                 WHERE s.domain IS NOT NULL AND strpos(s.text, ':') > 0),
             due AS (
                 SELECT e.id FROM (SELECT * FROM named ORDER BY domain, shortcode) n
                 CROSS JOIN LATERAL (SELECT c.id FROM custom_emojis c
                     WHERE c.domain = n.domain AND c.shortcode = n.shortcode AND coalesce(c.used_at, c.created_at) < $3
                     LIMIT 1 FOR UPDATE) e),
             used AS (UPDATE custom_emojis SET used_at = $4 WHERE id = ANY (ARRAY(SELECT id FROM due)))
             SELECT coalesce(max(id), $1) AS last, count(*) AS count FROM slice"
        )
    };
}

/// Looks through the next posts after this one. Those that come later note by themselves what they use.
pub async fn mark_in_statuses(
    conn: &mut Conn,
    after: i64,
    limit: i64,
    began: DateTime<Utc>,
    now: DateTime<Utc>,
) -> QueryResult<Bite> {
    Sql::new(mark!(
        "SELECT s.id, a.domain, concat_ws(' ', s.content, s.spoiler_text,
                (SELECT array_to_string(p.options, ' ') FROM polls p WHERE p.status_id = s.id LIMIT 1)) AS text
         FROM (SELECT * FROM statuses WHERE id > $1 ORDER BY id LIMIT $2) s
         CROSS JOIN LATERAL (SELECT domain FROM accounts WHERE id = s.account_id LIMIT 1) a"
    ))
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(limit)
    .bind::<Timestamptz, _>(began)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
}

/// As [`mark_in_statuses`], of profiles.
pub async fn mark_in_accounts(
    conn: &mut Conn,
    after: i64,
    limit: i64,
    began: DateTime<Utc>,
    now: DateTime<Utc>,
) -> QueryResult<Bite> {
    Sql::new(mark!(
        "SELECT a.id, a.domain, concat_ws(' ', a.display_name, a.note, a.fields::text) AS text
         FROM accounts a WHERE a.id > $1 ORDER BY a.id LIMIT $2"
    ))
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(limit)
    .bind::<Timestamptz, _>(began)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
}

/// An emoji is in something that came now.
pub async fn note_used(conn: &mut Conn, id: EmojiId, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(emojis::table.find(id)).set(emojis::used_at.eq(now)).execute(conn).await
}

/// Removes some emoji of other servers that were found nowhere since `before`. Returns which, by domain and name. What an administrator turned
/// off stays, since that was a decision.
pub async fn delete_unused(conn: &mut Conn, before: DateTime<Utc>, limit: i64) -> QueryResult<Vec<(String, String)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        domain: String,
        #[diesel(sql_type = Text)]
        shortcode: String,
    }
    let rows: Vec<Row> = Sql::new(
        "DELETE FROM custom_emojis WHERE id = ANY (ARRAY(
             SELECT id FROM custom_emojis
             WHERE domain <> '' AND disabled_at IS NULL AND coalesce(used_at, created_at) < $1
             ORDER BY coalesce(used_at, created_at) LIMIT $2 FOR UPDATE SKIP LOCKED))
         RETURNING domain, shortcode",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.domain, row.shortcode)).collect())
}
