//! All SQL of the job queue.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, RunQueryDsl};

use crate::base::id::JobId;
use crate::db::Conn;
use crate::db::schema::jobs;
use crate::db::sql::Sql;

#[derive(Insertable)]
#[diesel(table_name = jobs)]
pub struct NewJob {
    pub id: JobId,
    pub kind: &'static str,
    pub lane: Option<String>,
    pub payload: String,
    pub run_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

/// A job that a worker holds.
#[derive(Clone, Debug, QueryableByName)]
pub struct ClaimedJob {
    #[diesel(sql_type = BigInt)]
    pub id: JobId,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub lane: Option<String>,
    #[diesel(sql_type = Text)]
    pub payload: String,
    /// This attempt counted in.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
}

pub async fn insert_job(conn: &mut Conn, job: &NewJob) -> QueryResult<usize> {
    diesel::insert_into(jobs::table).values(job).execute(conn).await
}

/// Jobs of one lane that a worker holds at most: the others stay where another worker can have them.
pub const MOST_OF_LANE: usize = 16;

/// Claims up to `limit` due jobs until `lease_until`, leaving out the lanes of which a job is held: by this process (`busy_lanes`), by
/// another, or by one that has died and whose lease goes on, and what is of some kinds. What a dead one held comes before all that arrived
/// meanwhile.
///
/// Claims come one after the other, also those of several processes: of two at once, each would see a lane free that the other takes.
pub async fn claim_jobs(
    conn: &mut Conn,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    busy_lanes: &[String],
    without_kinds: &[&str],
    limit: i64,
) -> QueryResult<Vec<ClaimedJob>> {
    conn.transaction(async |conn| {
        // By itself: what a statement sees is settled when it begins.
        Sql::new("SELECT pg_advisory_xact_lock(hashtextextended('claim jobs', 0))").execute(conn).await?;
        claim(conn, now, lease_until, busy_lanes, without_kinds, limit).await
    })
    .await
}

async fn claim(
    conn: &mut Conn,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    busy_lanes: &[String],
    without_kinds: &[&str],
    limit: i64,
) -> QueryResult<Vec<ClaimedJob>> {
    let mut claimed: Vec<ClaimedJob> = Sql::new(
        "WITH held AS MATERIALIZED (SELECT lane FROM jobs WHERE leased_until > $1 AND lane IS NOT NULL),
         due AS (
             SELECT id, lane, run_at FROM jobs
             WHERE failed_at IS NULL AND run_at <= $1 AND (leased_until IS NULL OR leased_until <= $1) AND kind <> ALL ($6)
               AND (lane IS NULL OR (lane <> ALL ($3) AND lane NOT IN (SELECT lane FROM held)))
             ORDER BY run_at, id LIMIT 4 * $4),
         placed AS (SELECT id, lane, run_at, row_number() OVER (PARTITION BY lane ORDER BY id) AS place FROM due),
         chosen AS (SELECT id FROM placed WHERE lane IS NULL OR place <= $5 ORDER BY run_at, id LIMIT $4)
         UPDATE jobs SET leased_until = $2, attempts = attempts + 1 FROM chosen WHERE jobs.id = chosen.id
         RETURNING jobs.id, jobs.kind, jobs.lane, jobs.payload, jobs.attempts",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(lease_until)
    .bind::<Array<Text>, _>(busy_lanes)
    .bind::<BigInt, _>(limit)
    .bind::<BigInt, _>(i64::try_from(MOST_OF_LANE).unwrap_or(i64::MAX))
    .bind::<Array<Text>, _>(without_kinds)
    .load(conn)
    .await?;
    claimed.sort_unstable_by_key(|job| job.id);
    Ok(claimed)
}

/// Renews the leases of jobs. Returns those that this worker holds still: one whose lease ended may be another's by now, which its count
/// of attempts tells.
pub async fn extend_leases(
    conn: &mut Conn,
    jobs: impl Iterator<Item = &ClaimedJob>,
    lease_until: DateTime<Utc>,
) -> QueryResult<Vec<JobId>> {
    let (ids, attempts) = named(jobs);
    Sql::new(
        "UPDATE jobs SET leased_until = $3 FROM unnest($1, $2) AS held (id, attempts)
         WHERE jobs.id = held.id AND jobs.attempts = held.attempts AND leased_until IS NOT NULL RETURNING jobs.id",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<Integer>, _>(attempts)
    .bind::<Timestamptz, _>(lease_until)
    .load::<Held>(conn)
    .await
    .map(|held| held.into_iter().map(|held| held.id).collect())
}

/// Gives jobs back that were claimed and not begun: it is as if they never had been. Those of another worker stay with it.
pub async fn release_jobs(conn: &mut Conn, jobs: impl Iterator<Item = &ClaimedJob>) -> QueryResult<usize> {
    let (ids, attempts) = named(jobs);
    Sql::new(
        "UPDATE jobs SET leased_until = NULL, attempts = jobs.attempts - 1 FROM unnest($1, $2) AS held (id, attempts)
         WHERE jobs.id = held.id AND jobs.attempts = held.attempts AND leased_until IS NOT NULL",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<Integer>, _>(attempts)
    .execute(conn)
    .await
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = BigInt)]
    id: JobId,
}

fn named<'a>(jobs: impl Iterator<Item = &'a ClaimedJob>) -> (Vec<JobId>, Vec<i32>) {
    jobs.map(|job| (job.id, job.attempts)).unzip()
}

/// Removes jobs that are done.
pub async fn delete_jobs(conn: &mut Conn, ids: &[JobId]) -> QueryResult<usize> {
    diesel::delete(jobs::table.filter(jobs::id.eq_any(ids))).execute(conn).await
}

/// Sets the next attempt of a job that failed, unless another worker has it by now.
pub async fn postpone_job(conn: &mut Conn, job: &ClaimedJob, run_at: DateTime<Utc>, error: &str) -> QueryResult<usize> {
    diesel::update(jobs::table.find(job.id).filter(jobs::attempts.eq(job.attempts)))
        .set((jobs::run_at.eq(run_at), jobs::leased_until.eq(None::<DateTime<Utc>>), jobs::last_error.eq(error)))
        .execute(conn)
        .await
}

/// Sets a job aside for a person to look at, unless another worker has it by now.
pub async fn fail_job(conn: &mut Conn, job: &ClaimedJob, now: DateTime<Utc>, error: &str) -> QueryResult<usize> {
    diesel::update(jobs::table.find(job.id).filter(jobs::attempts.eq(job.attempts)))
        .set((jobs::failed_at.eq(now), jobs::leased_until.eq(None::<DateTime<Utc>>), jobs::last_error.eq(error)))
        .execute(conn)
        .await
}

/// The earliest moment at which a job is due; `None` when there are none.
pub async fn next_due(conn: &mut Conn) -> QueryResult<Option<DateTime<Utc>>> {
    jobs::table.filter(jobs::failed_at.is_null()).select(diesel::dsl::min(jobs::run_at)).first(conn).await
}

/// How many jobs wait, and how many were set aside. For metrics and tests.
pub async fn count_jobs(conn: &mut Conn) -> QueryResult<(i64, i64)> {
    let waiting = jobs::table.filter(jobs::failed_at.is_null()).count().get_result(conn).await?;
    let failed = jobs::table.filter(jobs::failed_at.is_not_null()).count().get_result(conn).await?;
    Ok((waiting, failed))
}

/// A job that was set aside, as administrators look at it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = jobs, check_for_backend(diesel::pg::Pg))]
pub struct FailedJob {
    pub id: JobId,
    pub kind: String,
    pub attempts: i32,
    pub failed_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// The jobs that were set aside last.
pub async fn list_failed_jobs(conn: &mut Conn, offset: i64, limit: i64) -> QueryResult<Vec<FailedJob>> {
    jobs::table
        .filter(jobs::failed_at.is_not_null())
        .order((jobs::failed_at.desc(), jobs::id.desc()))
        .offset(offset)
        .limit(limit)
        .select(FailedJob::as_select())
        .load(conn)
        .await
}

/// Forgets jobs that were set aside before, a batch at a time.
pub async fn delete_failed_before(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM jobs WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM jobs WHERE failed_at < $1 ORDER BY failed_at LIMIT 1000))",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await
}

/// Lets a job that was set aside run again, as if it never had. Returns its kind; `None` when there is no such job.
pub async fn revive_job(conn: &mut Conn, id: JobId, now: DateTime<Utc>) -> QueryResult<Option<String>> {
    diesel::update(jobs::table.find(id).filter(jobs::failed_at.is_not_null()))
        .set((
            jobs::failed_at.eq(None::<DateTime<Utc>>),
            jobs::last_error.eq(None::<String>),
            jobs::attempts.eq(0),
            jobs::run_at.eq(now),
        ))
        .returning(jobs::kind)
        .get_result(conn)
        .await
        .optional()
}

/// Removes a job that was set aside. Returns its kind; `None` when there is no such job.
pub async fn delete_failed_job(conn: &mut Conn, id: JobId) -> QueryResult<Option<String>> {
    diesel::delete(jobs::table.find(id).filter(jobs::failed_at.is_not_null()))
        .returning(jobs::kind)
        .get_result(conn)
        .await
        .optional()
}
