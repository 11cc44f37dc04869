//! What notifications are about that is no post: collections, follows that ended with a block, words of moderators.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, CollectionId, SeveranceId, WarningId};
use crate::db::Conn;
use crate::db::schema::{account_warnings, appeals, notifications, severances};
use crate::notifications::{Appeal, Kind, PENDING, Severance, Warning};

/// Withdraws what was said about a collection: to one account, or (`None`) to all.
pub async fn delete_about_collection(
    conn: &mut Conn,
    to: Option<AccountId>,
    kind: Kind,
    id: CollectionId,
) -> QueryResult<usize> {
    let rows =
        notifications::table.filter(notifications::collection_id.eq(id)).filter(notifications::type_.eq(kind.as_str()));
    match to {
        Some(to) => diesel::delete(rows.filter(notifications::account_id.eq(to))).execute(conn).await,
        None => diesel::delete(rows).execute(conn).await,
    }
}

/// Notes some more follows that ended with the same block; the row of all of them.
pub async fn upsert_severance(conn: &mut Conn, severed: &Severance) -> QueryResult<Severance> {
    let key = (severances::account_id, severances::kind, severances::target_name, severances::created_at);
    diesel::insert_into(severances::table)
        .values(severed)
        .on_conflict(key)
        .do_update()
        .set((
            severances::followers_count.eq(severances::followers_count + severed.followers_count),
            severances::following_count.eq(severances::following_count + severed.following_count),
        ))
        .returning(Severance::as_returning())
        .get_result(conn)
        .await
}

/// Notes follows that a block ended, of many people at once; those of whom it is noted already are left out.
pub async fn insert_severances(conn: &mut Conn, severed: &[Severance]) -> QueryResult<Vec<Severance>> {
    diesel::insert_into(severances::table)
        .values(severed)
        .on_conflict_do_nothing()
        .returning(Severance::as_returning())
        .get_results(conn)
        .await
}

/// The row of what a block (see [`Severance`]) ended for a person, if anything.
pub async fn find_severance(conn: &mut Conn, of: &Severance) -> QueryResult<Option<Severance>> {
    severances::table
        .filter(severances::account_id.eq(of.account_id))
        .filter(severances::kind.eq(&of.kind))
        .filter(severances::target_name.eq(&of.target_name))
        .filter(severances::created_at.eq(of.created_at))
        .select(Severance::as_select())
        .first(conn)
        .await
        .optional()
}

/// Severances by id, in no particular order.
pub async fn list_severances(conn: &mut Conn, ids: &[SeveranceId]) -> QueryResult<Vec<Severance>> {
    severances::table.filter(severances::id.eq_any(ids)).select(Severance::as_select()).load(conn).await
}

pub async fn insert_warning(conn: &mut Conn, warning: &Warning) -> QueryResult<usize> {
    diesel::insert_into(account_warnings::table).values(warning).execute(conn).await
}

/// Warnings by id, in no particular order, with what was said against them.
pub async fn list_warnings(conn: &mut Conn, ids: &[WarningId]) -> QueryResult<Vec<(Warning, Option<Appeal>)>> {
    account_warnings::table
        .left_join(appeals::table)
        .filter(account_warnings::id.eq_any(ids))
        .select((Warning::as_select(), Option::<Appeal>::as_select()))
        .load(conn)
        .await
}

/// The last warnings of a person, the newest first, with what they said against them.
pub async fn list_warnings_of(
    conn: &mut Conn,
    of: AccountId,
    limit: i64,
) -> QueryResult<Vec<(Warning, Option<Appeal>)>> {
    account_warnings::table
        .left_join(appeals::table)
        .filter(account_warnings::target_account_id.eq(of))
        .order(account_warnings::id.desc())
        .limit(limit)
        .select((Warning::as_select(), Option::<Appeal>::as_select()))
        .load(conn)
        .await
}

pub async fn find_warning(conn: &mut Conn, id: WarningId) -> QueryResult<Option<Warning>> {
    account_warnings::table.find(id).select(Warning::as_select()).first(conn).await.optional()
}

/// Keeps what somebody says against a warning; `false` when they did so before.
pub async fn insert_appeal(conn: &mut Conn, appeal: &Appeal) -> QueryResult<bool> {
    Ok(diesel::insert_into(appeals::table).values(appeal).on_conflict_do_nothing().execute(conn).await? == 1)
}

/// Appeals that wait, the oldest first, with what they are against.
pub async fn list_pending_appeals(conn: &mut Conn, limit: i64) -> QueryResult<Vec<(Warning, Appeal)>> {
    appeals::table
        .inner_join(account_warnings::table)
        .filter(appeals::state.eq(PENDING))
        .order(appeals::warning_id)
        .limit(limit)
        .select((Warning::as_select(), Appeal::as_select()))
        .load(conn)
        .await
}

/// Decides on an appeal that waits. Returns whether there is one.
pub async fn update_appeal(conn: &mut Conn, id: WarningId, state: &str) -> QueryResult<bool> {
    let waiting = appeals::table.find(id).filter(appeals::state.eq(PENDING));
    Ok(diesel::update(waiting).set(appeals::state.eq(state)).execute(conn).await? == 1)
}
