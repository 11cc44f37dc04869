//! Whom servers should know to follow somebody here, summed up by the database itself (FEP-8fcf), and follows of somebody elsewhere by
//! their server's list.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::accounts::Account;
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::schema::{accounts, follower_digests, follows};
use crate::db::sql::Sql;
use crate::relationships::FollowerDigest;

/// The sums of an account's followers, one for each origin of their ids. Triggers keep them.
pub async fn list_follower_digests(conn: &mut Conn, id: AccountId) -> QueryResult<Vec<FollowerDigest>> {
    follower_digests::table
        .filter(follower_digests::account_id.eq(id))
        .filter(follower_digests::followers.gt(0))
        .select(FollowerDigest::as_select())
        .load(conn)
        .await
}

/// The ids of an account's followers that begin with one of these origins.
pub async fn list_follower_uris_at(conn: &mut Conn, id: AccountId, origins: &[&str]) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        uri: String,
    }
    let rows: Vec<Row> = Sql::new(
        "SELECT a.uri FROM follows f JOIN accounts a ON a.id = f.account_id
         WHERE f.target_account_id = $1 AND f.accepted_at IS NOT NULL AND a.domain IS NOT NULL
           AND uri_origin(a.uri) = ANY ($2)",
    )
    .bind::<BigInt, _>(id)
    .bind::<Array<Text>, _>(origins)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.uri).collect())
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

async fn number(query: Sql<'_>, conn: &mut Conn) -> QueryResult<i64> {
    let rows: Vec<Number> = query.load(conn).await?;
    Ok(rows.into_iter().next().map_or(0, |row| row.number))
}

/// Ends some follows of somebody elsewhere by people here who are not listed, if they were accepted before. Returns how many.
pub async fn delete_unlisted(
    conn: &mut Conn,
    target: AccountId,
    listed: &[&str],
    before: DateTime<Utc>,
    limit: i64,
) -> QueryResult<i64> {
    let query = Sql::new(
        "WITH chosen AS (
             SELECT f.id FROM follows f JOIN accounts a ON a.id = f.account_id
             WHERE f.target_account_id = $1 AND f.accepted_at < $3 AND a.domain IS NULL
               AND NOT EXISTS (SELECT 1 FROM unnest($2) l (uri) WHERE l.uri = a.uri)
             ORDER BY f.id LIMIT $4),
         ended AS (DELETE FROM follows f USING chosen WHERE f.id = chosen.id AND f.accepted_at < $3 RETURNING f.account_id),
         unrecommended AS (
             DELETE FROM endorsements e USING ended WHERE e.account_id = ended.account_id AND e.target_account_id = $1),
         followers AS (
             UPDATE account_stats s SET following_count = greatest(0, s.following_count - 1)
             FROM ended WHERE s.account_id = ended.account_id),
         followed AS (
             UPDATE account_stats s SET followers_count = greatest(0, s.followers_count - (SELECT count(*) FROM ended))
             WHERE s.account_id = $1 AND EXISTS (SELECT 1 FROM ended))
         SELECT count(*) AS number FROM ended",
    );
    let query = query.bind::<BigInt, _>(target).bind::<Array<Text>, _>(listed);
    number(query.bind::<Timestamptz, _>(before).bind::<BigInt, _>(limit), conn).await
}

/// Takes some requests by people here who are listed as accepted. Returns how many.
pub async fn accept_listed(
    conn: &mut Conn,
    target: AccountId,
    listed: &[&str],
    now: DateTime<Utc>,
    limit: i64,
) -> QueryResult<i64> {
    let query = Sql::new(
        "WITH chosen AS (
             SELECT f.id FROM follows f JOIN accounts a ON a.id = f.account_id
             WHERE f.target_account_id = $1 AND f.accepted_at IS NULL AND a.domain IS NULL AND a.uri = ANY ($2)
             ORDER BY f.id LIMIT $4),
         accepted AS (
             UPDATE follows f SET accepted_at = $3 FROM chosen WHERE f.id = chosen.id AND f.accepted_at IS NULL
             RETURNING f.account_id),
         followers AS (
             UPDATE account_stats s SET following_count = s.following_count + 1
             FROM accepted WHERE s.account_id = accepted.account_id),
         followed AS (
             UPDATE account_stats s SET followers_count = s.followers_count + (SELECT count(*) FROM accepted)
             WHERE s.account_id = $1 AND EXISTS (SELECT 1 FROM accepted))
         SELECT count(*) AS number FROM accepted",
    );
    let query = query.bind::<BigInt, _>(target).bind::<Array<Text>, _>(listed);
    number(query.bind::<Timestamptz, _>(now).bind::<BigInt, _>(limit), conn).await
}

/// Those of these people here, if they are some, who neither follow somebody nor ask to.
pub async fn list_not_following(
    conn: &mut Conn,
    target: AccountId,
    uris: &[&str],
    limit: i64,
) -> QueryResult<Vec<Account>> {
    let follow =
        follows::table.filter(follows::account_id.eq(accounts::id)).filter(follows::target_account_id.eq(target));
    accounts::table
        .filter(accounts::uri.eq_any(uris))
        .filter(accounts::domain.is_null())
        .filter(diesel::dsl::not(diesel::dsl::exists(follow)))
        .order(accounts::id)
        .limit(limit)
        .select(Account::as_select())
        .load(conn)
        .await
}
