//! SQL about the lists that people take along, and bring along.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::RunQueryDsl;

use super::names::MOST;
use crate::accounts::Account;
use crate::base::id::{AccountId, FollowId, ImportId};
use crate::db::Conn;
use crate::db::schema::{account_domain_blocks, accounts, blocks, follows, imports, mutes};
use crate::db::sql::Sql;
use crate::portability::{Failure, Import};
use crate::relationships::{Follow, Mute};
use crate::visible;

pub async fn list_blocked_domains(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<String>> {
    account_domain_blocks::table
        .filter(account_domain_blocks::account_id.eq(me))
        .order(account_domain_blocks::id.desc())
        .limit(MOST)
        .select(account_domain_blocks::domain)
        .load(conn)
        .await
}

#[derive(QueryableByName)]
struct Uri {
    #[diesel(sql_type = Text)]
    uri: String,
}

/// The ActivityPub ids of what somebody keeps and may see, what was kept last first.
pub async fn list_bookmarked(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<String>> {
    let rows: Vec<Uri> = Sql::new(concat!(
        "SELECT s.uri FROM bookmarks b JOIN statuses s ON s.id = b.status_id WHERE b.account_id = $1 AND ",
        visible!(),
        " ORDER BY b.id DESC LIMIT $2"
    ))
    .bind::<BigInt, _>(me)
    .bind::<BigInt, _>(MOST)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.uri).collect())
}

/// Keeps of what somebody keeps only these posts, by their ActivityPub ids.
pub async fn delete_other_bookmarks(conn: &mut Conn, me: AccountId, kept: &[&str]) -> QueryResult<usize> {
    Sql::new(
        "DELETE FROM bookmarks WHERE account_id = $1 AND status_id NOT IN (SELECT s.id FROM statuses s WHERE s.uri = ANY ($2))",
    )
    .bind::<BigInt, _>(me)
    .bind::<Array<Text>, _>(kept)
    .execute(conn)
    .await
}

/// Some people here who follow an account, below this follow, newest first.
pub async fn list_some_local_followers(
    conn: &mut Conn,
    of: AccountId,
    below: FollowId,
    limit: i64,
) -> QueryResult<Vec<(Follow, Account)>> {
    follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
        .filter(follows::target_account_id.eq(of))
        .filter(follows::id.lt(below))
        .filter(follows::accepted_at.is_not_null())
        .filter(accounts::domain.is_null())
        .order(follows::id.desc())
        .limit(limit)
        .select((Follow::as_select(), Account::as_select()))
        .load(conn)
        .await
}

/// People here who block an account.
pub async fn list_local_blockers(conn: &mut Conn, of: AccountId) -> QueryResult<Vec<Account>> {
    blocks::table
        .inner_join(accounts::table.on(accounts::id.eq(blocks::account_id)))
        .filter(blocks::target_account_id.eq(of))
        .filter(accounts::domain.is_null())
        .limit(MOST)
        .select(Account::as_select())
        .load(conn)
        .await
}

/// People here who mute an account now, and how.
pub async fn list_muters(conn: &mut Conn, of: AccountId, now: DateTime<Utc>) -> QueryResult<Vec<(Mute, Account)>> {
    mutes::table
        .inner_join(accounts::table.on(accounts::id.eq(mutes::account_id)))
        .filter(mutes::target_account_id.eq(of))
        .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)))
        .limit(MOST)
        .select((Mute::as_select(), Account::as_select()))
        .load(conn)
        .await
}

pub async fn insert_import(conn: &mut Conn, import: &Import) -> QueryResult<usize> {
    diesel::insert_into(imports::table).values(import).execute(conn).await
}

pub async fn find_import(conn: &mut Conn, id: ImportId) -> QueryResult<Option<Import>> {
    imports::table.find(id).select(Import::as_select()).first(conn).await.optional()
}

/// What somebody brought along lately, newest first.
pub async fn list_imports(conn: &mut Conn, me: AccountId, limit: i64) -> QueryResult<Vec<Import>> {
    imports::table
        .filter(imports::account_id.eq(me))
        .order(imports::id.desc())
        .limit(limit)
        .select(Import::as_select())
        .load(conn)
        .await
}

/// How many lists of somebody's are not worked off yet; at most ten are counted.
pub async fn count_open_imports(conn: &mut Conn, me: AccountId) -> QueryResult<usize> {
    let open: Vec<ImportId> = imports::table
        .filter(imports::account_id.eq(me))
        .filter(imports::finished_at.is_null())
        .limit(10)
        .select(imports::id)
        .load(conn)
        .await?;
    Ok(open.len())
}

/// Notes that a line is done: it worked, or failed.
pub async fn update_progress(
    conn: &mut Conn,
    id: ImportId,
    processed: i32,
    failure: Option<&Failure>,
) -> QueryResult<usize> {
    let import = imports::table.find(id).filter(imports::processed.lt(processed));
    match failure {
        None => {
            diesel::update(import)
                .set((imports::processed.eq(processed), imports::imported.eq(imports::imported + 1)))
                .execute(conn)
                .await
        }
        Some(failure) => {
            let failures = imports::failures.concat(serde_json::json!([failure]));
            diesel::update(import)
                .set((imports::processed.eq(processed), imports::failures.eq(failures)))
                .execute(conn)
                .await
        }
    }
}

/// A list is worked off; its lines are not kept.
pub async fn finish_import(conn: &mut Conn, id: ImportId, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(imports::table.find(id))
        .set((imports::finished_at.eq(now), imports::entries.eq(serde_json::json!([]))))
        .execute(conn)
        .await
}

/// Forgets lists that were worked off before this moment.
pub async fn delete_imports_before(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(imports::table.filter(imports::finished_at.lt(before))).execute(conn).await
}
