//! Whom somebody has to do with, by name alone: there may be very many of them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::schema::{accounts, blocks, follows, list_accounts, lists, mutes};

/// Lines of a list that is taken along, at most.
pub(super) const MOST: i64 = 100_000;

/// A user name, and where it is; `None`: here.
pub type Name = (String, Option<String>);

/// How somebody follows: boosts, notifications, languages.
pub type Manner = (bool, bool, Option<Vec<Option<String>>>);

/// Whom somebody follows, and how.
pub async fn list_following_names(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<(Manner, Name)>> {
    follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_account_id)))
        .filter(follows::account_id.eq(me))
        .filter(accounts::deleted_at.is_null())
        .order(follows::id.desc())
        .limit(MOST)
        .select(((follows::show_reblogs, follows::notify, follows::languages), (accounts::username, accounts::domain)))
        .load(conn)
        .await
}

pub async fn list_follower_names(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<Name>> {
    follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
        .filter(follows::target_account_id.eq(me))
        .filter(follows::accepted_at.is_not_null())
        .filter(accounts::deleted_at.is_null())
        .order(follows::id.desc())
        .limit(MOST)
        .select((accounts::username, accounts::domain))
        .load(conn)
        .await
}

pub async fn list_blocked_names(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<Name>> {
    blocks::table
        .inner_join(accounts::table.on(accounts::id.eq(blocks::target_account_id)))
        .filter(blocks::account_id.eq(me))
        .filter(accounts::deleted_at.is_null())
        .order(blocks::id.desc())
        .limit(MOST)
        .select((accounts::username, accounts::domain))
        .load(conn)
        .await
}

/// Whom somebody mutes now, and whether also what they do is not told.
pub async fn list_muted_names(conn: &mut Conn, me: AccountId, now: DateTime<Utc>) -> QueryResult<Vec<(bool, Name)>> {
    mutes::table
        .inner_join(accounts::table.on(accounts::id.eq(mutes::target_account_id)))
        .filter(mutes::account_id.eq(me))
        .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)))
        .filter(accounts::deleted_at.is_null())
        .order(mutes::id.desc())
        .limit(MOST)
        .select((mutes::hide_notifications, (accounts::username, accounts::domain)))
        .load(conn)
        .await
}

/// Whom somebody has on their lists, list by list, by their titles.
pub async fn list_member_names(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<(String, Name)>> {
    list_accounts::table
        .inner_join(lists::table)
        .inner_join(accounts::table)
        .filter(lists::account_id.eq(me))
        .filter(accounts::deleted_at.is_null())
        .order((lists::id, list_accounts::id))
        .limit(MOST)
        .select((lists::title, (accounts::username, accounts::domain)))
        .load(conn)
        .await
}
