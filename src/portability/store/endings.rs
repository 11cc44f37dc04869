//! SQL about accounts that go, or went elsewhere.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, StatusId};
use crate::db::Conn;
use crate::db::schema::{account_moves, account_stats, accounts, favourites, follows, users};
use crate::db::sql::Sql;

/// Saves which accounts are the same person.
pub async fn update_aliases(
    conn: &mut Conn,
    id: AccountId,
    aliases: &[Option<String>],
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(accounts::table.find(id))
        .set((accounts::also_known_as.eq(aliases), accounts::updated_at.eq(now)))
        .execute(conn)
        .await
}

/// When an account last moved; a move that was taken back counts.
pub async fn find_moved_at(conn: &mut Conn, id: AccountId) -> QueryResult<Option<DateTime<Utc>>> {
    // Of two moves at once, the second sees the first.
    accounts::table.find(id).select(accounts::id).for_update().first::<AccountId>(conn).await.optional()?;
    account_moves::table.find(id).select(account_moves::moved_at).first(conn).await.optional()
}

/// Notes where an account moved to.
pub async fn update_moved(conn: &mut Conn, id: AccountId, to: &str, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::insert_into(account_moves::table)
        .values((account_moves::account_id.eq(id), account_moves::moved_at.eq(now)))
        .on_conflict(account_moves::account_id)
        .do_update()
        .set(account_moves::moved_at.eq(now))
        .execute(conn)
        .await?;
    diesel::update(accounts::table.find(id))
        .set((accounts::moved_to_uri.eq(to), accounts::updated_at.eq(now)))
        .execute(conn)
        .await
}

/// An account that moved is where it was again; when that was is kept.
pub async fn clear_moved(conn: &mut Conn, id: AccountId, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(accounts::table.find(id).filter(accounts::moved_to_uri.is_not_null()))
        .set((accounts::moved_to_uri.eq(None::<String>), accounts::updated_at.eq(now)))
        .execute(conn)
        .await
}

/// Marks an account as gone for good: whoever signed in with it is nobody, and what it said of itself is empty. The row of one
/// of ours stays, so that nobody else gets the name.
pub async fn mark_deleted(conn: &mut Conn, id: AccountId, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(users::table.find(id)).execute(conn).await?;
    diesel::update(accounts::table.find(id))
        .set((
            accounts::deleted_at.eq(now),
            accounts::suspended_at.eq(now),
            accounts::display_name.eq(""),
            accounts::note.eq(""),
            accounts::note_source.eq(""),
            accounts::fields.eq(serde_json::json!([])),
            accounts::avatar_url.eq(None::<String>),
            accounts::header_url.eq(None::<String>),
            accounts::discoverable.eq(false),
            accounts::indexable.eq(false),
            accounts::also_known_as.eq(Vec::<Option<String>>::new()),
            accounts::moved_to_uri.eq(None::<String>),
            accounts::updated_at.eq(now),
        ))
        .execute(conn)
        .await
}

/// People here who were suspended before this moment, and whose data are still there.
pub async fn list_suspended_before(conn: &mut Conn, before: DateTime<Utc>, limit: i64) -> QueryResult<Vec<AccountId>> {
    accounts::table
        .inner_join(users::table)
        .filter(accounts::suspended_at.lt(before))
        .filter(accounts::deleted_at.is_null())
        .limit(limit)
        .select(accounts::id)
        .load(conn)
        .await
}

/// One inbox of each server that we know, shared where it has one.
pub async fn list_known_inboxes(conn: &mut Conn) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Inbox {
        #[diesel(sql_type = Text)]
        inbox: String,
    }
    let rows: Vec<Inbox> = Sql::new(
        "SELECT a.inbox FROM instances i CROSS JOIN LATERAL (
             SELECT coalesce(shared_inbox_uri, inbox_uri) AS inbox FROM accounts
             WHERE domain = i.domain LIMIT 1) a",
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.inbox).collect())
}

/// Some follows of and by an account, as pairs of follower and followed.
pub async fn list_some_follows(conn: &mut Conn, id: AccountId, limit: i64) -> QueryResult<Vec<(AccountId, AccountId)>> {
    let pair = (follows::account_id, follows::target_account_id);
    let mut found = follows::table.filter(follows::account_id.eq(id)).limit(limit).select(pair).load(conn).await?;
    if found.is_empty() {
        found = follows::table.filter(follows::target_account_id.eq(id)).limit(limit).select(pair).load(conn).await?;
    }
    Ok(found)
}

/// Some posts that an account favourited.
pub async fn list_some_favourites(conn: &mut Conn, id: AccountId, limit: i64) -> QueryResult<Vec<StatusId>> {
    favourites::table.filter(favourites::account_id.eq(id)).limit(limit).select(favourites::status_id).load(conn).await
}

/// Nobody ties anything to this account until the transaction ends. Waits for those who are about to.
pub async fn lock_for_removal(conn: &mut Conn, id: AccountId) -> QueryResult<Option<AccountId>> {
    accounts::table.find(id).select(accounts::id).for_update().first(conn).await.optional()
}

/// Removes up to `limit` rows of each table that say of themselves that they go with an account (`ON DELETE CASCADE`),
/// also of tables that are newer than this function. Returns how many; 0 when nothing hangs on the account any more. Its
/// counts stay, since the account's row does.
pub async fn delete_some_hanging(conn: &mut Conn, id: AccountId, limit: i64) -> QueryResult<usize> {
    let delete = "DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE %2$I = $1 LIMIT $2))";
    for_each_reference(conn, "c", delete, id, limit).await
}

/// As [`delete_some_hanging`], of rows that stay and forget the account (`ON DELETE SET NULL`).
pub async fn detach_some(conn: &mut Conn, id: AccountId, limit: i64) -> QueryResult<usize> {
    let forget = "UPDATE %1$s SET %2$I = NULL WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE %2$I = $1 LIMIT $2))";
    for_each_reference(conn, "n", forget, id, limit).await
}

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    statement: String,
}

/// Executes a statement on each table and column that refer to accounts and say so of what a delete does (`pg_constraint.confdeltype`).
/// Returns how many rows that were.
async fn for_each_reference(
    conn: &mut Conn,
    on_delete: &str,
    statement: &str,
    id: AccountId,
    limit: i64,
) -> QueryResult<usize> {
    let references: Vec<Reference> = Sql::new(
        "SELECT format($2, c.conrelid::regclass, a.attname) AS statement
         FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
         WHERE c.contype = 'f' AND c.confdeltype::text = $1 AND cardinality(c.conkey) = 1
           AND c.confrelid = 'accounts'::regclass AND c.conrelid <> 'account_stats'::regclass",
    )
    .bind::<Text, _>(on_delete)
    .bind::<Text, _>(statement)
    .load(conn)
    .await?;
    let mut rows = 0;
    for reference in references {
        rows +=
            diesel::sql_query(reference.statement).bind::<BigInt, _>(id).bind::<BigInt, _>(limit).execute(conn).await?;
    }
    Ok(rows)
}

/// The counts of an account that has nothing any more.
pub async fn reset_stats(conn: &mut Conn, id: AccountId) -> QueryResult<usize> {
    diesel::update(account_stats::table.find(id))
        .set((
            account_stats::statuses_count.eq(0),
            account_stats::followers_count.eq(0),
            account_stats::following_count.eq(0),
            account_stats::last_status_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await
}

/// Removes the keys of accounts that went before this moment, and of which everything has been said.
pub async fn delete_spent_keys(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    Sql::new(
        "WITH spent AS (
             DELETE FROM account_keys k USING accounts a
             WHERE a.id = k.account_id AND a.deleted_at < $1
               AND (SELECT true FROM outgoing_activities o WHERE o.account_id = a.id LIMIT 1) IS NULL
             RETURNING k.account_id)
         DELETE FROM account_proof_keys p USING spent s WHERE p.account_id = s.account_id",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await
}
