//! All SQL about who gets no account here. Few rows, which administrators made.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::Conn;
use crate::db::schema::{canonical_email_blocks, email_domain_blocks, ip_blocks};

/// Of the rules on these domains, whether each lets people in whom somebody approves.
pub async fn list_email_domain_rules(conn: &mut Conn, domains: &[&str]) -> QueryResult<Vec<bool>> {
    email_domain_blocks::table
        .filter(email_domain_blocks::domain.eq_any(domains))
        .select(email_domain_blocks::allow_with_approval)
        .load(conn)
        .await
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
