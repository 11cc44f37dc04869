//! Mutes. One that has an end is none from then on; the row is swept up later.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, MuteId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::mutes;
use crate::relationships::Mute;

/// Inserts a mute, or changes the one that there is.
pub async fn upsert_mute(conn: &mut Conn, mute: &Mute) -> QueryResult<usize> {
    diesel::insert_into(mutes::table)
        .values(mute)
        .on_conflict((mutes::account_id, mutes::target_account_id))
        .do_update()
        .set((mutes::hide_notifications.eq(mute.hide_notifications), mutes::expires_at.eq(mute.expires_at)))
        .execute(conn)
        .await
}

pub async fn delete_mute(conn: &mut Conn, from: AccountId, to: AccountId) -> QueryResult<usize> {
    diesel::delete(mutes::table.filter(mutes::account_id.eq(from)).filter(mutes::target_account_id.eq(to)))
        .execute(conn)
        .await
}

/// A page of an account's mutes that hold now, newest first.
pub async fn list_mutes(conn: &mut Conn, me: AccountId, now: DateTime<Utc>, page: Page) -> QueryResult<Vec<Mute>> {
    let query = mutes::table
        .filter(mutes::account_id.eq(me))
        .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)))
        .filter(mutes::id.lt(MuteId(page.below)))
        .filter(mutes::id.gt(MuteId(page.above)))
        .limit(page.limit)
        .select(Mute::as_select())
        .into_boxed();
    let query = if page.upwards { query.order(mutes::id.asc()) } else { query.order(mutes::id.desc()) };
    Ok(page.newest_first(query.load(conn).await?))
}

/// Removes mutes that have ended, a batch at a time.
pub async fn delete_expired_mutes(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<usize> {
    // An array, since a planner joins a subquery of so many by reading the whole table.
    diesel::sql_query(
        "DELETE FROM mutes WHERE id = ANY (ARRAY(
             SELECT id FROM mutes WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000))",
    )
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await
}
