//! The writing half of the store: posts and what hangs on them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, FavouriteId, StatusId, TagId};
use crate::db::Conn;
use crate::db::changes::Deletion;
use crate::db::schema::{favourites, idempotency_keys, status_mentions, statuses, tags, tombstones};
use crate::db::sql::Sql;
use crate::statuses::{NewStatus, Status};

/// Inserts a post; `None` when one with this `uri`, or this boost, is already there.
pub async fn insert_status(conn: &mut Conn, status: &NewStatus) -> QueryResult<Option<Status>> {
    diesel::insert_into(statuses::table)
        .values(status)
        .on_conflict_do_nothing()
        .returning(Status::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// What [`delete_status`] is about to remove: the post, or the boost, and boosts of it (a thousand at most).
pub async fn list_going(conn: &mut Conn, id: StatusId) -> QueryResult<Vec<Deletion>> {
    Sql::new(
        "SELECT s.id, s.account_id, s.audience_kind, s.audience_id, s.local,
                o.account_id AS boosted_account_id, o.audience_kind AS boosted_audience_kind,
                ARRAY(SELECT m.account_id FROM status_mentions m JOIN users u ON u.account_id = m.account_id
                      WHERE m.status_id = s.id LIMIT 100) AS mentioned,
                ARRAY(SELECT t.tag_id FROM status_tags t WHERE t.status_id = s.id LIMIT 30) AS tags
         FROM statuses s LEFT JOIN statuses o ON o.id = s.reblog_of_id WHERE s.id = ANY (ARRAY(
             SELECT $1 UNION ALL (SELECT b.id FROM statuses b WHERE b.reblog_of_id = $1 LIMIT 1000)))",
    )
    .bind::<BigInt, _>(id)
    .load(conn)
    .await
}

/// Removes a post with all that hangs on it. Returns whether it was there.
pub async fn delete_status(conn: &mut Conn, id: StatusId) -> QueryResult<bool> {
    Ok(diesel::delete(statuses::table.find(id)).execute(conn).await? == 1)
}

/// Nobody else records or deletes the post with this `uri` before the transaction ends: either sees what the other did.
pub async fn lock_uri(conn: &mut Conn, uri: &str) -> QueryResult<usize> {
    Sql::new("SELECT pg_advisory_xact_lock(hashtextextended('status:' || $1, 0))")
        .bind::<Text, _>(uri)
        .execute(conn)
        .await
}

/// What is said to be deleted, and never was here.
const UNKNOWN: &str = "Unknown";

/// Remembers that this actor deleted an id. `was_open`: anyone could see what was there.
pub async fn insert_tombstone(
    conn: &mut Conn,
    uri: &str,
    account_uri: &str,
    was_open: bool,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(tombstones::table)
        .values((
            tombstones::uri.eq(uri),
            tombstones::account_uri.eq(account_uri),
            tombstones::was_open.eq(was_open),
            tombstones::deleted_at.eq(now),
            tombstones::former_type.eq("Note"),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

/// Remembers that this actor deleted an id at which nothing is here: for a while, since its Create may be on its way.
pub async fn insert_unknown_tombstone(
    conn: &mut Conn,
    uri: &str,
    account_uri: &str,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(tombstones::table)
        .values((
            tombstones::uri.eq(uri),
            tombstones::account_uri.eq(account_uri),
            tombstones::deleted_at.eq(now),
            tombstones::former_type.eq(UNKNOWN),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

/// Forgets what was deleted before `before` without having been here, a batch at a time.
pub async fn delete_unknown_tombstones_before(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM tombstones WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM tombstones WHERE former_type = 'Unknown' AND deleted_at < $1
             ORDER BY deleted_at LIMIT 10000))",
    )
    .bind::<diesel::sql_types::Timestamptz, _>(before)
    .execute(conn)
    .await
}

pub async fn insert_mentions(conn: &mut Conn, id: StatusId, accounts: &[AccountId]) -> QueryResult<usize> {
    let rows: Vec<_> = accounts
        .iter()
        .map(|account| (status_mentions::status_id.eq(id), status_mentions::account_id.eq(*account)))
        .collect();
    diesel::insert_into(status_mentions::table).values(rows).on_conflict_do_nothing().execute(conn).await
}

/// Ties a post to its hashtags (normalised), making those that are new.
pub async fn insert_tags(
    conn: &mut Conn,
    id: StatusId,
    names: &[(TagId, String)],
    now: DateTime<Utc>,
) -> QueryResult<()> {
    // In one order, so that two at once do not wait for each other.
    let mut names: Vec<&(TagId, String)> = names.iter().collect();
    names.sort_unstable_by(|one, other| one.1.cmp(&other.1));
    let rows: Vec<_> =
        names.iter().map(|(id, name)| (tags::id.eq(*id), tags::name.eq(name), tags::created_at.eq(now))).collect();
    diesel::insert_into(tags::table).values(rows).on_conflict_do_nothing().execute(conn).await?;
    let names: Vec<&str> = names.iter().map(|(_, name)| name.as_str()).collect();
    Sql::new("INSERT INTO status_tags (tag_id, status_id) SELECT t.id, $1 FROM tags t WHERE t.name = ANY ($2) ON CONFLICT DO NOTHING")
        .bind::<BigInt, _>(id)
        .bind::<Array<Text>, _>(names)
        .execute(conn)
        .await?;
    Ok(())
}

/// Counts a post or a boost of its account in (1) or out (-1). Only those that anyone may see are counted: how much
/// somebody writes to the few, and when, is for nobody else to see.
pub async fn count_of_account(conn: &mut Conn, status: &Status, by: i64) -> QueryResult<usize> {
    if !status.audience().is_open() {
        return Ok(0);
    }
    Sql::new(
        "UPDATE account_stats SET statuses_count = greatest(statuses_count + $2, 0),
             last_status_at = CASE WHEN $2 > 0 THEN greatest(last_status_at, $3) ELSE last_status_at END
         WHERE account_id = $1",
    )
    .bind::<BigInt, _>(status.account_id)
    .bind::<BigInt, _>(by)
    .bind::<Timestamptz, _>(status.created_at)
    .execute(conn)
    .await
}

/// Which count of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    Replies,
    Reblogs,
    Favourites,
    Quotes,
}

/// Counts a reply, boost, favourite or quote in (1) or out (-1).
pub async fn count_on_status(conn: &mut Conn, id: StatusId, count: Count, by: i64) -> QueryResult<usize> {
    let text = match count {
        Count::Replies => {
            "INSERT INTO status_stats AS s (status_id, replies_count) SELECT id, greatest($2, 0) FROM statuses WHERE id = $1
             ON CONFLICT (status_id) DO UPDATE SET replies_count = greatest(s.replies_count + $2, 0)"
        }
        Count::Reblogs => {
            "INSERT INTO status_stats AS s (status_id, reblogs_count) SELECT id, greatest($2, 0) FROM statuses WHERE id = $1
             ON CONFLICT (status_id) DO UPDATE SET reblogs_count = greatest(s.reblogs_count + $2, 0)"
        }
        Count::Favourites => {
            "INSERT INTO status_stats AS s (status_id, favourites_count) SELECT id, greatest($2, 0) FROM statuses WHERE id = $1
             ON CONFLICT (status_id) DO UPDATE SET favourites_count = greatest(s.favourites_count + $2, 0)"
        }
        Count::Quotes => {
            "INSERT INTO status_stats AS s (status_id, quotes_count) SELECT id, greatest($2, 0) FROM statuses WHERE id = $1
             ON CONFLICT (status_id) DO UPDATE SET quotes_count = greatest(s.quotes_count + $2, 0)"
        }
    };
    Sql::new(text).bind::<BigInt, _>(id).bind::<BigInt, _>(by).execute(conn).await
}

/// Remembers inboxes that a post was sent to.
pub async fn insert_hosts(conn: &mut Conn, id: StatusId, inboxes: &[String]) -> QueryResult<usize> {
    Sql::new(
        "INSERT INTO status_hosts (status_id, inbox_uri)
         SELECT s.id, inbox FROM statuses s, unnest($2) AS inbox WHERE s.id = $1 ON CONFLICT DO NOTHING",
    )
    .bind::<BigInt, _>(id)
    .bind::<Array<Text>, _>(inboxes)
    .execute(conn)
    .await
}

/// Which of our inboxes' owners have an agreement in force; for posts to partners.
pub async fn list_partner_domains(conn: &mut Conn, domains: &[String], now: DateTime<Utc>) -> QueryResult<Vec<String>> {
    use crate::db::schema::instances;
    instances::table
        .filter(instances::domain.eq_any(domains))
        .filter(instances::partner_from.le(now))
        .filter(instances::partner_until.is_null().or(instances::partner_until.gt(now)))
        .select(instances::domain)
        .load(conn)
        .await
}

/// The post that was made with this key, if any.
pub async fn find_idempotent(conn: &mut Conn, account: AccountId, key: &str) -> QueryResult<Option<StatusId>> {
    idempotency_keys::table.find((account, key)).select(idempotency_keys::status_id).first(conn).await.optional()
}

/// Remembers the key; 0 when another request was faster.
pub async fn insert_idempotency_key(
    conn: &mut Conn,
    account: AccountId,
    key: &str,
    id: StatusId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::account_id.eq(account),
            idempotency_keys::key.eq(key),
            idempotency_keys::status_id.eq(id),
            idempotency_keys::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

pub async fn delete_idempotency_keys_before(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(before))).execute(conn).await
}

/// Inserts a favourite; `None` when there is one already.
pub async fn insert_favourite(
    conn: &mut Conn,
    id: FavouriteId,
    account: AccountId,
    status: StatusId,
    uri: &str,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let inserted = diesel::insert_into(favourites::table)
        .values((
            favourites::id.eq(id),
            favourites::account_id.eq(account),
            favourites::status_id.eq(status),
            favourites::uri.eq(uri),
            favourites::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if inserted == 1 {
        count_on_status(conn, status, Count::Favourites, 1).await?;
    }
    Ok(inserted == 1)
}

/// Ends a favourite. Returns its activity's id if there was one.
pub async fn delete_favourite(conn: &mut Conn, account: AccountId, status: StatusId) -> QueryResult<Option<String>> {
    let deleted: Option<String> = diesel::delete(
        favourites::table.filter(favourites::account_id.eq(account)).filter(favourites::status_id.eq(status)),
    )
    .returning(favourites::uri)
    .get_result(conn)
    .await
    .optional()?;
    if deleted.is_some() {
        count_on_status(conn, status, Count::Favourites, -1).await?;
    }
    Ok(deleted)
}

/// The post that a Like's id belongs to, if it was this account's.
pub async fn find_favourite_by_uri(conn: &mut Conn, account: AccountId, uri: &str) -> QueryResult<Option<StatusId>> {
    favourites::table
        .filter(favourites::uri.eq(uri))
        .filter(favourites::account_id.eq(account))
        .select(favourites::status_id)
        .first(conn)
        .await
        .optional()
}

/// Gives these rows another version, since what is shown with them has changed.
pub async fn touch(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<usize> {
    diesel::update(statuses::table.filter(statuses::id.eq_any(ids)))
        .set(statuses::kind.eq(statuses::kind))
        .execute(conn)
        .await
}
