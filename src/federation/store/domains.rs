//! How this instance stands to others: the rules that administrators made. Few, and read as a whole.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::Conn;
use crate::db::schema::{domain_allows, domain_blocks, ip_blocks};

/// A rule on a domain and those below it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = domain_blocks, check_for_backend(diesel::pg::Pg))]
pub struct DomainRule {
    pub domain: String,
    /// suspend, silence or noop.
    pub severity: String,
    pub reject_media: bool,
    pub reject_reports: bool,
}

pub async fn list_domain_rules(conn: &mut Conn) -> QueryResult<Vec<DomainRule>> {
    domain_blocks::table.select(DomainRule::as_select()).load(conn).await
}

pub async fn list_allowed_domains(conn: &mut Conn) -> QueryResult<Vec<String>> {
    domain_allows::table.select(domain_allows::domain).load(conn).await
}

/// Networks from which nothing is answered, and until when.
pub async fn list_shut_out(conn: &mut Conn) -> QueryResult<Vec<(String, Option<DateTime<Utc>>)>> {
    ip_blocks::table
        .filter(ip_blocks::severity.eq("no_access"))
        .select((ip_blocks::ip, ip_blocks::expires_at))
        .load(conn)
        .await
}
