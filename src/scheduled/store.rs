//! All SQL about scheduled posts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::ScheduledStatus;
use crate::base::id::{AccountId, JobId, ScheduledStatusId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::{scheduled_statuses as scheduled, users};
use crate::db::sql::Sql;

/// Nobody else schedules for this person until the transaction ends, so that the limits hold.
pub async fn lock_person(conn: &mut Conn, account: AccountId) -> QueryResult<()> {
    users::table.find(account).select(users::account_id).for_no_key_update().first::<AccountId>(conn).await.map(drop)
}

pub async fn insert(conn: &mut Conn, row: &ScheduledStatus) -> QueryResult<usize> {
    diesel::insert_into(scheduled::table).values(row).execute(conn).await
}

pub async fn find(conn: &mut Conn, id: ScheduledStatusId) -> QueryResult<Option<ScheduledStatus>> {
    scheduled::table.find(id).select(ScheduledStatus::as_select()).first(conn).await.optional()
}

/// As [`find`]; nobody else changes or publishes it meanwhile.
pub async fn lock(conn: &mut Conn, id: ScheduledStatusId) -> QueryResult<Option<ScheduledStatus>> {
    scheduled::table.find(id).select(ScheduledStatus::as_select()).for_update().first(conn).await.optional()
}

/// The one that was made with this idempotency key, as long as it waits.
pub async fn find_by_key(conn: &mut Conn, account: AccountId, key: &str) -> QueryResult<Option<ScheduledStatus>> {
    scheduled::table
        .filter(scheduled::account_id.eq(account))
        .filter(scheduled::idempotency_key.eq(key))
        .select(ScheduledStatus::as_select())
        .first(conn)
        .await
        .optional()
}

/// How many somebody has scheduled in all, and for the day (UTC) of `at`; `but` is not counted.
pub async fn count(
    conn: &mut Conn,
    account: AccountId,
    at: DateTime<Utc>,
    but: Option<ScheduledStatusId>,
) -> QueryResult<(i64, i64)> {
    #[derive(QueryableByName)]
    struct Counts {
        #[diesel(sql_type = BigInt)]
        all: i64,
        #[diesel(sql_type = BigInt)]
        that_day: i64,
    }
    let rows: Vec<Counts> = Sql::new(
        "SELECT count(*) AS all, count(*) FILTER (WHERE (scheduled_at AT TIME ZONE 'UTC')::date = ($2 AT TIME ZONE 'UTC')::date)
             AS that_day FROM scheduled_statuses WHERE account_id = $1 AND id <> $3",
    )
    .bind::<BigInt, _>(account)
    .bind::<Timestamptz, _>(at)
    .bind::<BigInt, _>(but.map_or(0, |id| id.0))
    .load(conn)
    .await?;
    let [counts] = rows.as_slice() else { return Ok((0, 0)) };
    Ok((counts.all, counts.that_day))
}

/// Puts one off, or forward, with the job that wakes for it.
pub async fn update_time(
    conn: &mut Conn,
    id: ScheduledStatusId,
    at: DateTime<Utc>,
    job: JobId,
) -> QueryResult<ScheduledStatus> {
    diesel::update(scheduled::table.find(id))
        .set((scheduled::scheduled_at.eq(at), scheduled::job_id.eq(job)))
        .returning(ScheduledStatus::as_returning())
        .get_result(conn)
        .await
}

pub async fn delete(conn: &mut Conn, id: ScheduledStatusId) -> QueryResult<usize> {
    diesel::delete(scheduled::table.find(id)).execute(conn).await
}

/// What somebody has scheduled, in the order in which it is published, after so many.
pub async fn list_by_time(
    conn: &mut Conn,
    account: AccountId,
    skip: i64,
    limit: i64,
) -> QueryResult<Vec<ScheduledStatus>> {
    scheduled::table
        .filter(scheduled::account_id.eq(account))
        .order((scheduled::scheduled_at, scheduled::id))
        .select(ScheduledStatus::as_select())
        .offset(skip)
        .limit(limit)
        .load(conn)
        .await
}

/// What somebody has scheduled, by id, newest first.
pub async fn list_page(conn: &mut Conn, account: AccountId, page: Page) -> QueryResult<Vec<ScheduledStatus>> {
    let own = scheduled::table
        .filter(scheduled::account_id.eq(account))
        .filter(scheduled::id.lt(ScheduledStatusId(page.below)))
        .filter(scheduled::id.gt(ScheduledStatusId(page.above)))
        .select(ScheduledStatus::as_select())
        .limit(page.limit)
        .into_boxed();
    let own = if page.upwards { own.order(scheduled::id.asc()) } else { own.order(scheduled::id.desc()) };
    let rows: Vec<ScheduledStatus> = own.load(conn).await?;
    Ok(page.newest_first(rows))
}
