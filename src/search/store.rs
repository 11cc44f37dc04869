//! All SQL of search that is nobody else's.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Json, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Document;
use crate::base::id::{AccountId, StatusId};
use crate::base::page::Page;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::statuses;
use crate::db::sql::Sql;
use crate::media;
use crate::polls;
use crate::statuses::Status;
use crate::{hidden, unsilenced, visible};

/// Hashtags that begin with this text (normalised), as far as their timelines show anything to the viewer: one that stands
/// in posts to the few alone is known to nobody else.
pub async fn list_tags(
    conn: &mut Conn,
    viewer: Viewer,
    text: &str,
    limit: i64,
    offset: i64,
) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Text)]
        name: String,
    }
    // Between two texts, since a prepared plan for LIKE with a pattern that it does not know has no use for an index.
    let after = format!("{text}{}", char::MAX);
    let rows: Vec<Name> = Sql::new(concat!(
        "SELECT t.name FROM tags t WHERE t.name ~>=~ $2 AND t.name ~<~ $3 AND (
             SELECT true FROM status_tags st JOIN statuses s ON s.id = st.status_id
             WHERE st.tag_id = t.id AND s.audience_kind = 1 AND ",
        visible!(),
        " LIMIT 1) ORDER BY t.name USING ~<~ LIMIT $4 OFFSET $5"
    ))
    .bind::<BigInt, _>(viewer.bind())
    .bind::<Text, _>(text)
    .bind::<Text, _>(after)
    .bind::<BigInt, _>(limit)
    .bind::<BigInt, _>(offset)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Writes what these posts are found by, anew for those that have it. Boosts are found as what they boost.
pub async fn index(conn: &mut Conn, statuses: &[&Status]) -> QueryResult<usize> {
    let statuses: Vec<&&Status> = statuses.iter().filter(|status| status.reblog_of_id.is_none()).collect();
    if statuses.is_empty() {
        return Ok(0);
    }
    let ids: Vec<StatusId> = statuses.iter().map(|status| status.id).collect();
    let media = media::store::list_of_statuses(conn, &ids).await?;
    let polls = polls::store::list_of_statuses(conn, &ids).await?;
    let media_of = |id: StatusId| media.iter().filter(|one| one.status_id == Some(id)).collect::<Vec<_>>();
    let poll_of = |id: StatusId| polls.iter().find(|poll| poll.status_id == id);
    let document = |status: &&&Status| Document::new(status, &media_of(status.id), poll_of(status.id));
    let documents: Vec<Document> = statuses.iter().map(document).collect();
    upsert(conn, &documents).await
}

/// As [`index`], for a post that is new. `bare`: nothing is attached to it, and it asks nothing, so nothing has to be read.
pub async fn index_new(conn: &mut Conn, status: &Status, bare: bool) -> QueryResult<usize> {
    if bare { upsert(conn, &[Document::new(status, &[], None)]).await } else { index(conn, &[status]).await }
}

async fn upsert(conn: &mut Conn, documents: &[Document]) -> QueryResult<usize> {
    // A post that is deleted meanwhile waits until its row is written, and takes it along.
    Sql::new(
        "INSERT INTO status_search (status_id, words)
         SELECT s.id, array_to_tsvector(string_to_array(d.marks, ' ')) || to_tsvector(d.configuration::regconfig, d.words)
             || CASE WHEN EXISTS (SELECT 1 FROM status_cards k WHERE k.status_id = s.id)
                THEN array_to_tsvector('{f:card}') ELSE '' END
             || CASE WHEN EXISTS (SELECT 1 FROM quotes q WHERE q.status_id = s.id)
                THEN array_to_tsvector('{f:quote}') ELSE '' END
         FROM unnest($1, $2, $3, $4) AS d (id, configuration, words, marks) JOIN statuses s ON s.id = d.id
         FOR KEY SHARE OF s
         ON CONFLICT (status_id) DO UPDATE SET words = excluded.words",
    )
    .bind::<Array<BigInt>, _>(documents.iter().map(|document| document.id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(documents.iter().map(|document| document.configuration).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(documents.iter().map(|document| document.words.as_str()).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(documents.iter().map(|document| document.marks.as_str()).collect::<Vec<_>>())
    .execute(conn)
    .await
}

/// Some posts below an id, the newest first: to be written into the index, shown to nobody.
pub async fn list_below(conn: &mut Conn, below: StatusId, limit: i64) -> QueryResult<Vec<Status>> {
    statuses::table
        .filter(statuses::id.lt(below))
        .order(statuses::id.desc())
        .limit(limit)
        .select(Status::as_select())
        .load(conn)
        .await
}

/// How a configuration reads a word or phrase.
#[derive(Clone, Debug, QueryableByName)]
pub struct Reading {
    #[diesel(sql_type = Text)]
    pub configuration: String,
    /// Of the term, from 1.
    #[diesel(sql_type = BigInt)]
    pub place: i64,
    /// A `tsquery`; empty when there is nothing in it but words that the configuration leaves out.
    #[diesel(sql_type = Text)]
    pub query: String,
}

/// How each of these configurations reads each of these terms.
pub async fn list_readings(conn: &mut Conn, configurations: &[&str], terms: &[&str]) -> QueryResult<Vec<Reading>> {
    Sql::new(
        "SELECT c.name AS configuration, t.place, phraseto_tsquery(c.name::regconfig, t.words)::text AS query
         FROM unnest($1) AS c (name) CROSS JOIN unnest($2) WITH ORDINALITY AS t (words, place) ORDER BY 1, 2",
    )
    .bind::<Array<Text>, _>(configurations)
    .bind::<Array<Text>, _>(terms)
    .load(conn)
    .await
}

/// Ends the statements of this transaction that take longer.
pub async fn limit_time(conn: &mut Conn, most: Duration) -> QueryResult<usize> {
    Sql::new("SELECT set_config('statement_timeout', $1::text, true)")
        .bind::<Text, _>(most.as_millis().to_string())
        .execute(conn)
        .await
}

/// How many posts have these words, as the statistics say of them; nothing is read.
pub async fn estimate_posts(conn: &mut Conn, query: &str) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Plan {
        #[diesel(sql_type = Json, column_name = "QUERY PLAN")]
        plan: serde_json::Value,
    }
    let plan: Plan = Sql::new("EXPLAIN (FORMAT JSON) SELECT 1 FROM status_search x WHERE x.words @@ $1::tsquery")
        .bind::<Text, _>(query)
        .get_result(conn)
        .await?;
    Ok(plan.plan.pointer("/0/Plan/Plan Rows").and_then(serde_json::Value::as_i64).unwrap_or(0))
}

/// Among which posts words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The next so many along the page's direction, whether or not they have the words: for words that most have.
    Next(i64),
    All,
}

// Of all: first all that have the words, by the index of words alone, since a prepared plan knows nothing of them and would rather walk
// along the ids. Of the next: these, as they come. Then one by one in their order, until the page is full.
macro_rules! all {
    ($order:literal) => {
        concat!(
            "(WITH found AS MATERIALIZED (SELECT x.status_id FROM status_search x WHERE x.words @@ $2::tsquery)
              SELECT f.status_id FROM found f WHERE f.status_id < $3 AND f.status_id > $4 ORDER BY f.status_id ",
            $order,
            ")"
        )
    };
}

macro_rules! next {
    ($order:literal) => {
        concat!(
            "(SELECT w.status_id FROM (SELECT x.status_id, x.words FROM status_search x WHERE x.status_id < $3 AND x.status_id > $4
                 ORDER BY x.status_id ",
            $order,
            " LIMIT $10) w WHERE w.words @@ $2::tsquery)"
        )
    };
}

macro_rules! posts_in_order {
    ($source:ident, $order:literal) => {
        concat!(
            "SELECT p.id FROM ",
            $source!($order),
            " o CROSS JOIN LATERAL (SELECT s.id FROM statuses s WHERE s.id = o.status_id
                   AND (($8 AND (s.account_id = $1
                         OR (SELECT true FROM status_mentions fm WHERE fm.status_id = s.id AND fm.account_id = $1)
                         OR (SELECT true FROM favourites ff WHERE ff.status_id = s.id AND ff.account_id = $1)
                         OR (SELECT true FROM bookmarks fk WHERE fk.status_id = s.id AND fk.account_id = $1)
                         OR (SELECT true FROM statuses fb WHERE fb.reblog_of_id = s.id AND fb.account_id = $1)))
                     OR ($9 AND s.audience_kind = 1
                         AND (SELECT fa.indexable FROM accounts fa WHERE fa.id = s.account_id) AND ",
            unsilenced!(),
            ")) AND NOT ",
            hidden!("s.account_id", "$7"),
            " AND ",
            visible!(),
            " OFFSET 0) p ORDER BY o.status_id ",
            $order,
            " LIMIT $5 OFFSET $6"
        )
    };
}

/// Posts of which one may look for the words, newest first: one's own and those that one had to do with (`library`), and public
/// ones by people who agreed to be found (`public`). `query` is a `tsquery`. A page that is full is the same whatever the `reach`.
pub async fn list_posts(
    conn: &mut Conn,
    me: AccountId,
    query: &str,
    (library, public): (bool, bool),
    (page, offset): (Page, i64),
    reach: Reach,
    now: DateTime<Utc>,
) -> QueryResult<Vec<StatusId>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = BigInt)]
        id: StatusId,
    }
    let text = match (reach, page.upwards) {
        (Reach::All, true) => posts_in_order!(all, "ASC"),
        (Reach::All, false) => posts_in_order!(all, "DESC"),
        (Reach::Next(_), true) => posts_in_order!(next, "ASC"),
        (Reach::Next(_), false) => posts_in_order!(next, "DESC"),
    };
    let statement = Sql::new(text)
        .bind::<BigInt, _>(me)
        .bind::<Text, _>(query)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<BigInt, _>(offset)
        .bind::<Timestamptz, _>(now)
        .bind::<Bool, _>(library)
        .bind::<Bool, _>(public);
    let rows: Vec<Found> = match reach {
        Reach::Next(many) => statement.bind::<BigInt, _>(many).load(conn).await?,
        Reach::All => statement.load(conn).await?,
    };
    Ok(page.newest_first(rows).into_iter().map(|row| row.id).collect())
}
