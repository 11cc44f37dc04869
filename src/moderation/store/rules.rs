//! All SQL about whom the instance refuses: domains, addresses of people who register, networks. Tables of a few rows, which
//! administrators fill by hand.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::base::id::RuleId;
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::{
    canonical_email_blocks, domain_allows, domain_blocks, email_domain_block_days as days, email_domain_blocks,
    ip_blocks,
};
use crate::moderation::DomainBlock;

/// A row of `domain_allows`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = domain_allows, check_for_backend(diesel::pg::Pg))]
pub struct DomainAllow {
    pub id: RuleId,
    pub domain: String,
    pub created_at: DateTime<Utc>,
    /// Why, for other administrators; may be empty.
    pub reason: String,
}

/// A row of `email_domain_blocks`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = email_domain_blocks, check_for_backend(diesel::pg::Pg))]
pub struct EmailDomainBlock {
    pub id: RuleId,
    pub domain: String,
    pub allow_with_approval: bool,
    pub created_at: DateTime<Utc>,
}

/// A row of `canonical_email_blocks`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = canonical_email_blocks, check_for_backend(diesel::pg::Pg))]
pub struct CanonicalEmailBlock {
    pub id: RuleId,
    pub canonical_email_hash: String,
    pub created_at: DateTime<Utc>,
}

/// A row of `ip_blocks`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = ip_blocks, treat_none_as_null = true, check_for_backend(diesel::pg::Pg))]
pub struct IpBlock {
    pub id: RuleId,
    /// A network: `192.0.2.0/24`.
    pub ip: String,
    pub severity: String,
    pub comment: String,
    pub expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// The four functions that every table of rules has.
macro_rules! rule_table {
    ($row:ident, $table:ident, $insert:ident, $find:ident, $list:ident, $delete:ident) => {
        /// Inserts a row; `false` when there is one for the same already.
        pub async fn $insert(conn: &mut Conn, row: &$row) -> QueryResult<bool> {
            Ok(diesel::insert_into($table::table).values(row).on_conflict_do_nothing().execute(conn).await? == 1)
        }

        /// A row by its id.
        pub async fn $find(conn: &mut Conn, id: RuleId) -> QueryResult<Option<$row>> {
            $table::table.find(id).select($row::as_select()).first(conn).await.optional()
        }

        /// A page of rows, newest first.
        pub async fn $list(conn: &mut Conn, page: Page) -> QueryResult<Vec<$row>> {
            let query = $table::table
                .filter($table::id.lt(RuleId(page.below)))
                .filter($table::id.gt(RuleId(page.above)))
                .limit(page.limit)
                .select($row::as_select())
                .into_boxed();
            let query = if page.upwards { query.order($table::id.asc()) } else { query.order($table::id.desc()) };
            let found: Vec<$row> = query.load(conn).await?;
            Ok(page.newest_first(found))
        }

        /// Removes a row. Returns whether there was one.
        pub async fn $delete(conn: &mut Conn, id: RuleId) -> QueryResult<bool> {
            Ok(diesel::delete($table::table.find(id)).execute(conn).await? == 1)
        }
    };
}

rule_table!(
    DomainBlock,
    domain_blocks,
    insert_domain_block,
    find_domain_block,
    list_domain_blocks,
    delete_domain_block
);
rule_table!(
    DomainAllow,
    domain_allows,
    insert_domain_allow,
    find_domain_allow,
    list_domain_allows,
    delete_domain_allow
);
rule_table!(
    EmailDomainBlock,
    email_domain_blocks,
    insert_email_domain_block,
    find_email_domain_block,
    list_email_domain_blocks,
    delete_email_domain_block
);
rule_table!(
    CanonicalEmailBlock,
    canonical_email_blocks,
    insert_canonical_email_block,
    find_canonical_email_block,
    list_canonical_email_blocks,
    delete_canonical_email_block
);
rule_table!(IpBlock, ip_blocks, insert_ip_block, find_ip_block, list_ip_blocks, delete_ip_block);

/// Blocks of domains with names of this pattern, by name.
pub async fn list_domain_blocks_named(conn: &mut Conn, pattern: &str, limit: i64) -> QueryResult<Vec<DomainBlock>> {
    domain_blocks::table
        .filter(domain_blocks::domain.ilike(pattern))
        .order(domain_blocks::domain)
        .limit(limit)
        .select(DomainBlock::as_select())
        .load(conn)
        .await
}

/// The block of this very domain.
pub async fn find_block_of_domain(conn: &mut Conn, domain: &str) -> QueryResult<Option<DomainBlock>> {
    let block = domain_blocks::table.filter(domain_blocks::domain.eq(domain));
    block.select(DomainBlock::as_select()).first(conn).await.optional()
}

pub async fn update_domain_block(conn: &mut Conn, block: &DomainBlock) -> QueryResult<usize> {
    diesel::update(domain_blocks::table.find(block.id))
        .set((
            domain_blocks::severity.eq(&block.severity),
            domain_blocks::reject_media.eq(block.reject_media),
            domain_blocks::reject_reports.eq(block.reject_reports),
            domain_blocks::private_comment.eq(&block.private_comment),
            domain_blocks::public_comment.eq(&block.public_comment),
            domain_blocks::obfuscate.eq(block.obfuscate),
        ))
        .execute(conn)
        .await
}

pub async fn update_ip_block(conn: &mut Conn, block: &IpBlock) -> QueryResult<usize> {
    diesel::update(ip_blocks::table.find(block.id)).set(block).execute(conn).await
}

/// How many came with addresses that these rules are about, by rule and day.
pub async fn list_attempts(conn: &mut Conn, rules: &[RuleId]) -> QueryResult<Vec<(RuleId, NaiveDate, i64)>> {
    days::table
        .filter(days::block_id.eq_any(rules))
        .select((days::block_id, days::day, days::attempts))
        .load(conn)
        .await
}

/// Blocks of this address's hash.
pub async fn list_blocks_of_email(conn: &mut Conn, hash: &str) -> QueryResult<Vec<CanonicalEmailBlock>> {
    let blocks = canonical_email_blocks::table.filter(canonical_email_blocks::canonical_email_hash.eq(hash));
    blocks.select(CanonicalEmailBlock::as_select()).load(conn).await
}

/// Removes networks' blocks that have ended.
pub async fn delete_expired_ip_blocks(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(ip_blocks::table.filter(ip_blocks::expires_at.le(now))).execute(conn).await
}
