//! All SQL about who gets no account here. Few rows, which administrators made.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date};
use diesel_async::RunQueryDsl;

use crate::base::id::RuleId;
use crate::db::Conn;
use crate::db::schema::{canonical_email_blocks, email_domain_block_days, email_domain_blocks, ip_blocks};
use crate::db::sql::Sql;

/// The rules on these domains, and whether each lets people in whom somebody approves.
pub async fn list_email_domain_rules(conn: &mut Conn, domains: &[&str]) -> QueryResult<Vec<(RuleId, bool)>> {
    email_domain_blocks::table
        .filter(email_domain_blocks::domain.eq_any(domains))
        .select((email_domain_blocks::id, email_domain_blocks::allow_with_approval))
        .load(conn)
        .await
}

/// Counts that somebody came with an address that these rules are about. Of a rule that was taken back meanwhile, nothing is counted.
pub async fn upsert_attempt(conn: &mut Conn, rules: &[RuleId], day: NaiveDate) -> QueryResult<usize> {
    Sql::new(
        "INSERT INTO email_domain_block_days AS d (block_id, day, attempts)
         SELECT b.id, $2, 1 FROM (SELECT id FROM email_domain_blocks WHERE id = ANY ($1) ORDER BY id FOR KEY SHARE) b
         ON CONFLICT (block_id, day) DO UPDATE SET attempts = d.attempts + 1",
    )
    .bind::<Array<BigInt>, _>(rules)
    .bind::<Date, _>(day)
    .execute(conn)
    .await
}

/// Forgets what was counted before a day.
pub async fn delete_attempts_before(conn: &mut Conn, day: NaiveDate) -> QueryResult<usize> {
    diesel::delete(email_domain_block_days::table.filter(email_domain_block_days::day.lt(day))).execute(conn).await
}

pub async fn is_email_blocked(conn: &mut Conn, hash: &str) -> QueryResult<bool> {
    let blocks = canonical_email_blocks::table.filter(canonical_email_blocks::canonical_email_hash.eq(hash));
    diesel::select(diesel::dsl::exists(blocks)).get_result(conn).await
}

/// Networks with a rule that holds now, and what it says.
pub async fn list_ip_rules(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<Vec<(String, String)>> {
    ip_blocks::table
        .filter(ip_blocks::expires_at.is_null().or(ip_blocks::expires_at.gt(now)))
        .select((ip_blocks::ip, ip_blocks::severity))
        .load(conn)
        .await
}
