//! Blocks of accounts, and a person's blocks of whole domains.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::RunQueryDsl;

use crate::accounts::Account;
use crate::base::id::{AccountId, BlockId, DomainBlockId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::{account_domain_blocks, blocks, tombstones};
use crate::db::sql::Sql;
use crate::relationships::Block;

/// Until the end of the transaction, nobody else decides who of these two follows or blocks whom.
pub async fn lock_pair(conn: &mut Conn, one: AccountId, other: AccountId) -> QueryResult<()> {
    let pair = format!("relationship:{}:{}", one.min(other), one.max(other));
    Sql::new("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))").bind::<Text, _>(pair).execute(conn).await?;
    Ok(())
}

/// The block of one account by another.
pub async fn find_block(conn: &mut Conn, from: AccountId, to: AccountId) -> QueryResult<Option<Block>> {
    blocks::table
        .filter(blocks::account_id.eq(from))
        .filter(blocks::target_account_id.eq(to))
        .select(Block::as_select())
        .first(conn)
        .await
        .optional()
}

/// The block by this account whose activity has this id.
pub async fn find_block_by_uri(conn: &mut Conn, from: AccountId, uri: &str) -> QueryResult<Option<Block>> {
    blocks::table
        .filter(blocks::uri.eq(uri))
        .filter(blocks::account_id.eq(from))
        .select(Block::as_select())
        .first(conn)
        .await
        .optional()
}

/// Inserts a block, or gives the one that there is the id of the later activity.
pub async fn upsert_block(conn: &mut Conn, block: &Block) -> QueryResult<usize> {
    diesel::insert_into(blocks::table)
        .values(block)
        .on_conflict((blocks::account_id, blocks::target_account_id))
        .do_update()
        .set(blocks::uri.eq(&block.uri))
        .execute(conn)
        .await
}

/// Ends a block. Returns it if there was one.
pub async fn delete_block(conn: &mut Conn, from: AccountId, to: AccountId) -> QueryResult<Option<Block>> {
    diesel::delete(blocks::table.filter(blocks::account_id.eq(from)).filter(blocks::target_account_id.eq(to)))
        .returning(Block::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// Remembers that this actor took back a Block that did not come yet.
pub async fn insert_undone(conn: &mut Conn, uri: &str, actor: &Account, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::insert_into(tombstones::table)
        .values((
            tombstones::uri.eq(uri),
            tombstones::account_uri.eq(&actor.uri),
            tombstones::deleted_at.eq(now),
            tombstones::former_type.eq("Block"),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

/// Whether this actor took the activity back before it came.
pub async fn is_undone(conn: &mut Conn, uri: &str, actor: &Account) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(tombstones::table.find((uri, &actor.uri)))).get_result(conn).await
}

/// Which of these accounts block this one, or are blocked by it.
pub async fn list_estranged(conn: &mut Conn, from: AccountId, among: &[AccountId]) -> QueryResult<Vec<AccountId>> {
    ids(Sql::new(
        "SELECT b.target_account_id AS id FROM blocks b WHERE b.account_id = $1 AND b.target_account_id = ANY ($2)
         UNION SELECT b.account_id FROM blocks b WHERE b.target_account_id = $1 AND b.account_id = ANY ($2)",
    )
    .bind::<BigInt, _>(from)
    .bind::<Array<BigInt>, _>(among)
    .load(conn)
    .await)
}

/// Of these accounts, each pair of which one blocks the other, or the other's domain; both ways round.
pub async fn list_estranged_pairs(
    conn: &mut Conn,
    among: &[AccountId],
) -> QueryResult<HashSet<(AccountId, AccountId)>> {
    #[derive(QueryableByName)]
    struct Pair {
        #[diesel(sql_type = BigInt)]
        one: AccountId,
        #[diesel(sql_type = BigInt)]
        other: AccountId,
    }
    let rows: Vec<Pair> = Sql::new(
        "SELECT b.account_id AS one, b.target_account_id AS other FROM blocks b
         WHERE b.account_id = ANY ($1) AND b.target_account_id = ANY ($1)
         UNION SELECT d.account_id, a.id FROM account_domain_blocks d JOIN accounts a ON a.domain = d.domain
         WHERE d.account_id = ANY ($1) AND a.id = ANY ($1)",
    )
    .bind::<Array<BigInt>, _>(among)
    .load(conn)
    .await?;
    Ok(rows.iter().flat_map(|pair| [(pair.one, pair.other), (pair.other, pair.one)]).collect())
}

/// Which of these accounts this one blocks, by themselves or with their domain.
pub async fn list_refused(conn: &mut Conn, by: AccountId, among: &[AccountId]) -> QueryResult<Vec<AccountId>> {
    ids(Sql::new(
        "SELECT b.target_account_id AS id FROM blocks b WHERE b.account_id = $1 AND b.target_account_id = ANY ($2)
         UNION SELECT a.id FROM accounts a JOIN account_domain_blocks d ON d.account_id = $1 AND d.domain = a.domain
         WHERE a.id = ANY ($2)",
    )
    .bind::<BigInt, _>(by)
    .bind::<Array<BigInt>, _>(among)
    .load(conn)
    .await)
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = BigInt)]
    id: AccountId,
}

fn ids(rows: QueryResult<Vec<IdRow>>) -> QueryResult<Vec<AccountId>> {
    Ok(rows?.into_iter().map(|row| row.id).collect())
}

/// A page of those whom an account blocks, newest first, with the ids by which it is paged.
pub async fn list_blocks(conn: &mut Conn, me: AccountId, page: Page) -> QueryResult<Vec<(BlockId, AccountId)>> {
    let query = blocks::table
        .filter(blocks::account_id.eq(me))
        .filter(blocks::id.lt(BlockId(page.below)))
        .filter(blocks::id.gt(BlockId(page.above)))
        .limit(page.limit)
        .select((blocks::id, blocks::target_account_id))
        .into_boxed();
    let query = if page.upwards { query.order(blocks::id.asc()) } else { query.order(blocks::id.desc()) };
    Ok(page.newest_first(query.load(conn).await?))
}

/// Inserts a person's block of a domain (normalised). Returns whether it is new.
pub async fn insert_domain_block(
    conn: &mut Conn,
    id: DomainBlockId,
    by: AccountId,
    domain: &str,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let inserted = diesel::insert_into(account_domain_blocks::table)
        .values((
            account_domain_blocks::id.eq(id),
            account_domain_blocks::account_id.eq(by),
            account_domain_blocks::domain.eq(domain),
            account_domain_blocks::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(inserted == 1)
}

pub async fn delete_domain_block(conn: &mut Conn, by: AccountId, domain: &str) -> QueryResult<usize> {
    let row = account_domain_blocks::table.filter(account_domain_blocks::account_id.eq(by));
    diesel::delete(row.filter(account_domain_blocks::domain.eq(domain))).execute(conn).await
}

/// Whether a person blocks this domain; nobody blocks one's own, which is `None`.
pub async fn is_domain_blocked(conn: &mut Conn, by: AccountId, domain: Option<&str>) -> QueryResult<bool> {
    let Some(domain) = domain else { return Ok(false) };
    let found = account_domain_blocks::table
        .filter(account_domain_blocks::account_id.eq(by))
        .filter(account_domain_blocks::domain.eq(domain));
    diesel::select(diesel::dsl::exists(found)).get_result(conn).await
}

/// A page of the domains that a person blocks, newest first, with the ids by which it is paged.
pub async fn list_domain_blocks(
    conn: &mut Conn,
    me: AccountId,
    page: Page,
) -> QueryResult<Vec<(DomainBlockId, String)>> {
    let query = account_domain_blocks::table
        .filter(account_domain_blocks::account_id.eq(me))
        .filter(account_domain_blocks::id.lt(DomainBlockId(page.below)))
        .filter(account_domain_blocks::id.gt(DomainBlockId(page.above)))
        .limit(page.limit)
        .select((account_domain_blocks::id, account_domain_blocks::domain))
        .into_boxed();
    let query = if page.upwards {
        query.order(account_domain_blocks::id.asc())
    } else {
        query.order(account_domain_blocks::id.desc())
    };
    Ok(page.newest_first(query.load(conn).await?))
}

/// When a person blocked a domain.
pub async fn find_domain_blocked_at(
    conn: &mut Conn,
    by: AccountId,
    domain: &str,
) -> QueryResult<Option<DateTime<Utc>>> {
    account_domain_blocks::table
        .filter(account_domain_blocks::account_id.eq(by))
        .filter(account_domain_blocks::domain.eq(domain))
        .select(account_domain_blocks::created_at)
        .first(conn)
        .await
        .optional()
}

/// How many on some servers one of ours follows and is followed by.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Tied {
    #[diesel(sql_type = BigInt)]
    pub account_id: AccountId,
    #[diesel(sql_type = BigInt)]
    pub followers: i64,
    #[diesel(sql_type = BigInt)]
    pub following: i64,
}

/// Everybody here who follows somebody on these servers, or is followed.
pub async fn list_tied_to(conn: &mut Conn, servers: &[String]) -> QueryResult<Vec<Tied>> {
    Sql::new(
        "SELECT t.account_id, sum(t.followers)::bigint AS followers, sum(t.following)::bigint AS following FROM (
             SELECT f.account_id, 0 AS followers, 1 AS following
             FROM accounts a JOIN follows f ON f.target_account_id = a.id
             WHERE a.domain = ANY ($1) AND f.accepted_at IS NOT NULL
             UNION ALL
             SELECT f.target_account_id, 1, 0 FROM accounts a JOIN follows f ON f.account_id = a.id
             WHERE a.domain = ANY ($1) AND f.accepted_at IS NOT NULL) t
         JOIN users u ON u.account_id = t.account_id GROUP BY t.account_id ORDER BY t.account_id",
    )
    .bind::<Array<Text>, _>(servers)
    .load(conn)
    .await
}

/// Some accounts of a domain that a person follows or is followed by, or asks to or is asked by.
pub async fn list_tied_on(conn: &mut Conn, me: AccountId, domain: &str, limit: i64) -> QueryResult<Vec<AccountId>> {
    ids(Sql::new(
        "SELECT f.target_account_id AS id FROM follows f JOIN accounts a ON a.id = f.target_account_id
         WHERE f.account_id = $1 AND a.domain = $2
         UNION SELECT f.account_id FROM follows f JOIN accounts a ON a.id = f.account_id
         WHERE f.target_account_id = $1 AND a.domain = $2 LIMIT $3",
    )
    .bind::<BigInt, _>(me)
    .bind::<Text, _>(domain)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await)
}
