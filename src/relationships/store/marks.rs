//! What a person notes of others for themselves, and whom they recommend on their profile.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt};
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, EndorsementId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::{account_notes, accounts, endorsements};
use crate::db::sql::Sql;

/// Writes down what one notes of another account, in place of what was noted before.
pub async fn upsert_note(
    conn: &mut Conn,
    from: AccountId,
    of: AccountId,
    comment: &str,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(account_notes::table)
        .values((
            account_notes::account_id.eq(from),
            account_notes::target_account_id.eq(of),
            account_notes::comment.eq(comment),
            account_notes::updated_at.eq(now),
        ))
        .on_conflict((account_notes::account_id, account_notes::target_account_id))
        .do_update()
        .set((account_notes::comment.eq(comment), account_notes::updated_at.eq(now)))
        .execute(conn)
        .await
}

pub async fn delete_note(conn: &mut Conn, from: AccountId, of: AccountId) -> QueryResult<usize> {
    diesel::delete(account_notes::table.find((from, of))).execute(conn).await
}

/// Recommends an account; twice is once.
pub async fn insert_endorsement(
    conn: &mut Conn,
    id: EndorsementId,
    from: AccountId,
    of: AccountId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(endorsements::table)
        .values((
            endorsements::id.eq(id),
            endorsements::account_id.eq(from),
            endorsements::target_account_id.eq(of),
            endorsements::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

pub async fn delete_endorsement(conn: &mut Conn, from: AccountId, of: AccountId) -> QueryResult<usize> {
    let row = endorsements::table.filter(endorsements::account_id.eq(from));
    diesel::delete(row.filter(endorsements::target_account_id.eq(of))).execute(conn).await
}

/// A page of those whom an account recommends, newest first, with the ids by which it is paged; suspended ones are left out.
pub async fn list_endorsements(
    conn: &mut Conn,
    of: AccountId,
    page: Page,
) -> QueryResult<Vec<(EndorsementId, AccountId)>> {
    let query = endorsements::table
        .inner_join(accounts::table.on(accounts::id.eq(endorsements::target_account_id)))
        .filter(endorsements::account_id.eq(of))
        .filter(accounts::suspended_at.is_null())
        .filter(endorsements::id.lt(EndorsementId(page.below)))
        .filter(endorsements::id.gt(EndorsementId(page.above)))
        .limit(page.limit)
        .select((endorsements::id, endorsements::target_account_id))
        .into_boxed();
    let query = if page.upwards { query.order(endorsements::id.asc()) } else { query.order(endorsements::id.desc()) };
    Ok(page.newest_first(query.load(conn).await?))
}

#[derive(QueryableByName)]
struct FamiliarRow {
    #[diesel(sql_type = BigInt)]
    target_id: AccountId,
    #[diesel(sql_type = BigInt)]
    follower_id: AccountId,
}

/// For each of these accounts some of its followers whom `me` follows, at most `each`: pairs of the account and a follower.
pub async fn list_familiar(
    conn: &mut Conn,
    me: AccountId,
    of: &[AccountId],
    each: i64,
) -> QueryResult<Vec<(AccountId, AccountId)>> {
    let rows: Vec<FamiliarRow> = Sql::new(
        "SELECT t.id AS target_id, f.follower_id FROM unnest($2) AS t (id) CROSS JOIN LATERAL (
             SELECT theirs.account_id AS follower_id FROM follows mine
             JOIN follows theirs ON theirs.account_id = mine.target_account_id AND theirs.target_account_id = t.id
             WHERE mine.account_id = $1 AND mine.accepted_at IS NOT NULL AND theirs.accepted_at IS NOT NULL
             ORDER BY mine.id DESC LIMIT $3) f",
    )
    .bind::<BigInt, _>(me)
    .bind::<Array<BigInt>, _>(of)
    .bind::<BigInt, _>(each)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.target_id, row.follower_id)).collect())
}
