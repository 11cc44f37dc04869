//! All SQL about arriving activities, deliveries and the state of other hosts.

mod domains;
mod waiting;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

pub use domains::*;
pub use waiting::*;

use crate::base::id::{AccountId, ActivityId, DeliveryId, JobId};
use crate::db::Conn;
use crate::db::schema::{deliveries, instances, outgoing_activities, received_activities};
use crate::db::sql::Sql;

/// An activity on its way into the queue, as one row of [`insert_received`].
#[derive(Clone, Debug)]
pub struct Received {
    pub job_id: JobId,
    /// The activity's id.
    pub uri: String,
    /// Who sent it.
    pub account_id: AccountId,
    /// Of the job.
    pub kind: &'static str,
    pub lane: Option<String>,
    pub payload: String,
}

/// Stores activities as jobs, leaving out those that were here before from the same actor. One statement for many. Returns how
/// many are new.
pub async fn insert_received(conn: &mut Conn, received: &[Received], now: DateTime<Utc>) -> QueryResult<usize> {
    let ids: Vec<JobId> = received.iter().map(|one| one.job_id).collect();
    let uris: Vec<&str> = received.iter().map(|one| one.uri.as_str()).collect();
    let accounts: Vec<AccountId> = received.iter().map(|one| one.account_id).collect();
    let lanes: Vec<Option<&str>> = received.iter().map(|one| one.lane.as_deref()).collect();
    let kinds: Vec<&str> = received.iter().map(|one| one.kind).collect();
    let payloads: Vec<&str> = received.iter().map(|one| one.payload.as_str()).collect();
    Sql::new(
        "WITH arrived AS (
             SELECT DISTINCT ON (uri, account_id) id, uri, account_id, kind, lane, payload
             FROM unnest($1, $2, $7, $6, $3, $4) AS row (id, uri, account_id, kind, lane, payload)
             ORDER BY uri, account_id, id),
         fresh AS (
             INSERT INTO received_activities (uri, account_id, received_at) SELECT uri, account_id, $5 FROM arrived
             ON CONFLICT DO NOTHING RETURNING uri, account_id)
         INSERT INTO jobs (id, kind, lane, payload, run_at, created_at)
         SELECT id, kind, lane, payload, $5, $5 FROM arrived JOIN fresh USING (uri, account_id)",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<Text>, _>(uris)
    .bind::<Array<Nullable<Text>>, _>(lanes)
    .bind::<Array<Text>, _>(payloads)
    .bind::<Timestamptz, _>(now)
    .bind::<Array<Text>, _>(kinds)
    .bind::<Array<BigInt>, _>(accounts)
    .execute(conn)
    .await
}

/// Forgets that an activity came from this account: when it comes again, it counts.
pub async fn delete_received(conn: &mut Conn, uri: &str, account_id: AccountId) -> QueryResult<usize> {
    let row = received_activities::table.filter(received_activities::uri.eq(uri));
    diesel::delete(row.filter(received_activities::account_id.eq(account_id))).execute(conn).await
}

/// Forgets activities that came before `before`; their replays are too old for the signature check by then.
pub async fn delete_received_before(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM received_activities WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM received_activities WHERE received_at < $1 ORDER BY received_at LIMIT 10000))",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await
}

/// Hosts that have spoken are alive: what waits for them goes out now.
pub async fn wake_hosts(conn: &mut Conn, hosts: &[String], now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(instances::table.filter(instances::domain.eq_any(hosts)).filter(instances::next_attempt_at.gt(now)))
        .set(instances::next_attempt_at.eq(None::<DateTime<Utc>>))
        .execute(conn)
        .await
}

/// Stores an activity that goes out; `None` when it is stored already, with its deliveries.
pub async fn insert_outgoing(
    conn: &mut Conn,
    id: ActivityId,
    account_id: AccountId,
    uri: &str,
    body: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<ActivityId>> {
    diesel::insert_into(outgoing_activities::table)
        .values((
            outgoing_activities::id.eq(id),
            outgoing_activities::account_id.eq(account_id),
            outgoing_activities::uri.eq(uri),
            outgoing_activities::body.eq(body),
            outgoing_activities::created_at.eq(now),
        ))
        .on_conflict(outgoing_activities::uri)
        .do_nothing()
        .returning(outgoing_activities::id)
        .get_result(conn)
        .await
        .optional()
}

/// One delivery to be inserted.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = deliveries)]
pub struct NewDelivery {
    pub id: DeliveryId,
    pub activity_id: ActivityId,
    pub host: String,
    pub account_id: AccountId,
    pub inbox_uri: String,
    pub created_at: DateTime<Utc>,
    /// Of the sender's followers on this host, where it is to be told.
    pub followers_digest: Option<String>,
}

pub async fn insert_deliveries(conn: &mut Conn, rows: &[NewDelivery]) -> QueryResult<usize> {
    diesel::insert_into(deliveries::table).values(rows).on_conflict_do_nothing().execute(conn).await
}

/// A host whose lane a worker holds.
#[derive(Clone, Debug, QueryableByName)]
pub struct ClaimedHost {
    #[diesel(sql_type = Text)]
    pub domain: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub failing_since: Option<DateTime<Utc>>,
    #[diesel(sql_type = Integer)]
    pub failures: i32,
    /// It takes signatures by RFC 9421, and did not take those of draft-cavage.
    #[diesel(sql_type = Bool)]
    pub message_signatures: bool,
}

/// Takes up to `limit` hosts that have deliveries due and whose lane is free, until `lease_until`: the next ones after a host, by name.
///
/// Walks the distinct hosts through the index on (host, id), so the cost grows with the hosts that wait, not with what
/// waits for them.
pub async fn claim_hosts(
    conn: &mut Conn,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: i64,
    after: &str,
) -> QueryResult<Vec<ClaimedHost>> {
    Sql::new(
        "WITH RECURSIVE waiting (host) AS (
             (SELECT host FROM deliveries WHERE host > $4 ORDER BY host LIMIT 1)
             UNION ALL
             SELECT (SELECT d.host FROM deliveries d WHERE d.host > w.host ORDER BY d.host LIMIT 1)
             FROM waiting w WHERE w.host IS NOT NULL),
         due AS (
             SELECT w.host FROM waiting w LEFT JOIN instances i ON i.domain = w.host
             WHERE w.host IS NOT NULL
               AND coalesce(i.next_attempt_at <= $1, true) AND coalesce(i.leased_until < $1, true)
               AND EXISTS (SELECT 1 FROM deliveries d WHERE d.host = w.host AND coalesce(d.not_before <= $1, true))
             LIMIT $3)
         INSERT INTO instances AS i (domain, created_at, leased_until) SELECT host, $1, $2 FROM due
         ON CONFLICT (domain) DO UPDATE SET leased_until = $2 WHERE coalesce(i.leased_until < $1, true)
         RETURNING domain, failing_since, failures, message_signatures",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(lease_until)
    .bind::<BigInt, _>(limit)
    .bind::<Text, _>(after)
    .load(conn)
    .await
}

/// A delivery with all that is needed to send it.
#[derive(Clone, Debug, QueryableByName)]
pub struct DueDelivery {
    #[diesel(sql_type = BigInt)]
    pub id: DeliveryId,
    #[diesel(sql_type = Text)]
    pub host: String,
    #[diesel(sql_type = BigInt)]
    pub account_id: AccountId,
    #[diesel(sql_type = Text)]
    pub key_id: String,
    #[diesel(sql_type = Text)]
    pub inbox_uri: String,
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    pub activity_id: ActivityId,
    #[diesel(sql_type = Nullable<Text>)]
    pub followers_digest: Option<String>,
}

/// What to send to each of these hosts, oldest first, at most `each` for one host.
pub async fn list_due(
    conn: &mut Conn,
    hosts: &[String],
    now: DateTime<Utc>,
    each: i64,
) -> QueryResult<Vec<DueDelivery>> {
    Sql::new(
        "SELECT d.id, d.host, d.account_id, a.public_key_id AS key_id, d.inbox_uri, d.attempts, d.created_at, d.activity_id,
                d.followers_digest
         FROM unnest($1) AS h (host)
         CROSS JOIN LATERAL (SELECT * FROM deliveries d
             WHERE d.host = h.host AND coalesce(d.not_before <= $2, true) ORDER BY d.id LIMIT $3) d
         JOIN accounts a ON a.id = d.account_id
         ORDER BY d.id",
    )
    .bind::<Array<Text>, _>(hosts)
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(each)
    .load(conn)
    .await
}

/// The JSON of activities that go out.
pub async fn list_bodies(conn: &mut Conn, ids: &[ActivityId]) -> QueryResult<Vec<(ActivityId, String)>> {
    outgoing_activities::table
        .filter(outgoing_activities::id.eq_any(ids))
        .select((outgoing_activities::id, outgoing_activities::body))
        .load(conn)
        .await
}

/// Removes deliveries that are done or given up.
pub async fn delete_deliveries(conn: &mut Conn, ids: &[DeliveryId]) -> QueryResult<usize> {
    diesel::delete(deliveries::table.filter(deliveries::id.eq_any(ids))).execute(conn).await
}

/// What has not been sent yet of an activity will not be.
pub async fn withdraw_deliveries(conn: &mut Conn, activity_uri: &str) -> QueryResult<usize> {
    let activity = outgoing_activities::table.filter(outgoing_activities::uri.eq(activity_uri));
    let ids = activity.select(outgoing_activities::id);
    diesel::delete(deliveries::table.filter(deliveries::activity_id.eq_any(ids))).execute(conn).await
}

/// What has not been sent yet of the activities of an account that are about an object will not be.
pub async fn withdraw_deliveries_about(conn: &mut Conn, from: AccountId, object_uri: &str) -> QueryResult<usize> {
    Sql::new(
        "DELETE FROM deliveries d USING outgoing_activities o
         WHERE d.activity_id = o.id AND o.account_id = $1 AND (o.uri = $2 || '/activity' OR starts_with(o.uri, $2 || '#'))",
    )
    .bind::<BigInt, _>(from)
    .bind::<Text, _>(object_uri)
    .execute(conn)
    .await
}

/// Everything that waits for a host is given up. How the host is, is known as before: until something was delivered again, one goes first.
pub async fn delete_deliveries_to(conn: &mut Conn, host: &str) -> QueryResult<usize> {
    diesel::delete(deliveries::table.filter(deliveries::host.eq(host))).execute(conn).await
}

/// What has waited for a host since before or at this moment is given up.
pub async fn delete_deliveries_before(conn: &mut Conn, host: &str, before: DateTime<Utc>) -> QueryResult<usize> {
    let long = deliveries::table.filter(deliveries::host.eq(host)).filter(deliveries::created_at.le(before));
    diesel::delete(long).execute(conn).await
}

/// Notes a failed attempt; with `not_before`, sets the delivery aside until then so that it holds up nobody.
pub async fn fail_delivery(
    conn: &mut Conn,
    id: DeliveryId,
    not_before: Option<DateTime<Utc>>,
    error: &str,
) -> QueryResult<usize> {
    diesel::update(deliveries::table.find(id))
        .set((
            deliveries::attempts.eq(deliveries::attempts + 1),
            deliveries::not_before.eq(not_before),
            deliveries::last_error.eq(error),
        ))
        .execute(conn)
        .await
}

/// Gives back the lanes of hosts that are well.
pub async fn release_hosts(conn: &mut Conn, hosts: &[String]) -> QueryResult<usize> {
    Sql::new(
        "UPDATE instances SET leased_until = NULL, failing_since = NULL, failures = 0, next_attempt_at = NULL
         WHERE domain = ANY ($1)",
    )
    .bind::<Array<Text>, _>(hosts)
    .execute(conn)
    .await
}

/// Gives back the lane of a host that fails, closed until `next_attempt_at`.
pub async fn release_failing_host(
    conn: &mut Conn,
    host: &str,
    failing_since: DateTime<Utc>,
    failures: i32,
    next_attempt_at: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(instances::table.find(host))
        .set((
            instances::leased_until.eq(None::<DateTime<Utc>>),
            instances::failing_since.eq(failing_since),
            instances::failures.eq(failures),
            instances::next_attempt_at.eq(next_attempt_at),
        ))
        .execute(conn)
        .await
}

/// Remembers which dialect of signatures a host takes.
pub async fn update_dialect(conn: &mut Conn, host: &str, message_signatures: bool) -> QueryResult<usize> {
    diesel::update(instances::table.find(host))
        .set(instances::message_signatures.eq(message_signatures))
        .execute(conn)
        .await
}

/// Renews the leases of lanes that are still being served.
pub async fn extend_host_leases(conn: &mut Conn, hosts: &[String], lease_until: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(instances::table.filter(instances::domain.eq_any(hosts)))
        .set(instances::leased_until.eq(lease_until))
        .execute(conn)
        .await
}

/// An inbox that is gone for good: nobody behind it follows anyone any more. Returns how many follows ended.
pub async fn delete_follows_through(conn: &mut Conn, inbox_uri: &str) -> QueryResult<usize> {
    diesel::sql_query(
        "WITH ended AS (
             DELETE FROM follows f USING (
                 SELECT id FROM accounts WHERE domain IS NOT NULL AND inbox_uri = $1
                 UNION SELECT id FROM accounts WHERE domain IS NOT NULL AND shared_inbox_uri = $1) a
             WHERE a.id = f.account_id
             RETURNING f.target_account_id, f.accepted_at),
         counts AS (SELECT target_account_id, count(*) AS n FROM ended WHERE accepted_at IS NOT NULL GROUP BY 1)
         UPDATE account_stats s SET followers_count = greatest(0, s.followers_count - c.n)
         FROM counts c WHERE s.account_id = c.target_account_id",
    )
    .bind::<Text, _>(inbox_uri)
    .execute(conn)
    .await
}

/// Removes activities whose deliveries have all ended, a batch at a time.
pub async fn delete_sent_before(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM outgoing_activities WHERE ctid = ANY (ARRAY(
             SELECT o.ctid FROM outgoing_activities o
             WHERE o.id < $1 AND (SELECT true FROM deliveries d WHERE d.activity_id = o.id LIMIT 1) IS NULL
             ORDER BY o.id LIMIT 5000))",
    )
    .bind::<BigInt, _>(before.timestamp_millis() << 16)
    .execute(conn)
    .await
}

/// How many deliveries wait, and to how many hosts that fail. For metrics and tests.
pub async fn count_deliveries(conn: &mut Conn) -> QueryResult<(i64, i64)> {
    let waiting = deliveries::table.count().get_result(conn).await?;
    let failing = instances::table.filter(instances::failing_since.is_not_null()).count().get_result(conn).await?;
    Ok((waiting, failing))
}
