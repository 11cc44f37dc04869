//! What waits for other hosts, as administrators look at it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::db::Conn;
use crate::db::schema::deliveries;
use crate::db::sql::Sql;

/// What waits for a host, and how the host is.
#[derive(Clone, Debug, QueryableByName)]
pub struct Waiting {
    #[diesel(sql_type = Text)]
    pub host: String,
    #[diesel(sql_type = BigInt)]
    pub deliveries: i64,
    /// Those that failed and are tried again by themselves.
    #[diesel(sql_type = BigInt)]
    pub set_aside: i64,
    #[diesel(sql_type = Timestamptz)]
    pub oldest: DateTime<Utc>,
    #[diesel(sql_type = Integer)]
    pub failures: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub failing_since: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What was said at the last failure.
    #[diesel(sql_type = Nullable<Text>)]
    pub error: Option<String>,
}

/// Hosts for which something waits, those with the most first; or one host. Reads all that waits.
pub async fn list_waiting(conn: &mut Conn, host: Option<&str>) -> QueryResult<Vec<Waiting>> {
    Sql::new(
        "SELECT d.host, count(*) AS deliveries, count(d.not_before) AS set_aside, min(d.created_at) AS oldest,
                coalesce(i.failures, 0) AS failures, i.failing_since, i.next_attempt_at,
                (array_agg(d.last_error ORDER BY d.id DESC) FILTER (WHERE d.last_error IS NOT NULL))[1] AS error
         FROM deliveries d LEFT JOIN instances i ON i.domain = d.host
         WHERE $1 = '' OR d.host = $1
         GROUP BY d.host, i.domain ORDER BY deliveries DESC, d.host LIMIT 1000",
    )
    .bind::<Text, _>(host.unwrap_or_default())
    .load(conn)
    .await
}

/// Everything that waits for a host is due now. Returns how much that is.
pub async fn hasten_deliveries_to(conn: &mut Conn, host: &str) -> QueryResult<usize> {
    diesel::update(deliveries::table.filter(deliveries::host.eq(host)))
        .set(deliveries::not_before.eq(None::<DateTime<Utc>>))
        .execute(conn)
        .await
}
