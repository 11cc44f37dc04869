//! Whom somebody has to do with, by name alone, to take along and to hold against what is brought along: there may be very many of them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, ListId};
use crate::db::Conn;
use crate::db::schema::{accounts, blocks, follows, list_accounts, lists, mutes};

/// Lines of a list that is taken along, at most.
pub(super) const MOST: i64 = 100_000;

/// An account by name.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(diesel::pg::Pg))]
pub struct Named {
    pub id: AccountId,
    pub username: String,
    /// `None`: here.
    pub domain: Option<String>,
}

impl Named {
    /// `name@domain`; `own` is this instance's: names of our own people have no domain with us, and need one elsewhere.
    pub fn address(&self, own: &str) -> String {
        format!("{}@{}", self.username, self.domain.as_deref().unwrap_or(own))
    }
}

/// Whether anybody here follows, blocks or mutes an account, so that something would change if it moved.
pub async fn is_anybodys(conn: &mut Conn, id: AccountId) -> QueryResult<bool> {
    use diesel::dsl::{exists, select};
    let local = accounts::table.filter(accounts::domain.is_null()).select(accounts::id);
    let follow = follows::table.filter(follows::target_account_id.eq(id)).filter(follows::account_id.eq_any(local));
    let block = blocks::table.filter(blocks::target_account_id.eq(id)).filter(blocks::account_id.eq_any(local));
    let mute = mutes::table.filter(mutes::target_account_id.eq(id));
    select(exists(follow).or(exists(block)).or(exists(mute))).get_result(conn).await
}

/// How somebody follows: boosts, notifications, languages.
pub type Manner = (bool, bool, Option<Vec<Option<String>>>);

/// Whom somebody follows, and how.
pub async fn list_following(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<(Manner, Named)>> {
    follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_account_id)))
        .filter(follows::account_id.eq(me))
        .filter(accounts::deleted_at.is_null())
        .order(follows::id.desc())
        .limit(MOST)
        .select(((follows::show_reblogs, follows::notify, follows::languages), Named::as_select()))
        .load(conn)
        .await
}

pub async fn list_followers(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<Named>> {
    follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
        .filter(follows::target_account_id.eq(me))
        .filter(follows::accepted_at.is_not_null())
        .filter(accounts::deleted_at.is_null())
        .order(follows::id.desc())
        .limit(MOST)
        .select(Named::as_select())
        .load(conn)
        .await
}

pub async fn list_blocked(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<Named>> {
    blocks::table
        .inner_join(accounts::table.on(accounts::id.eq(blocks::target_account_id)))
        .filter(blocks::account_id.eq(me))
        .filter(accounts::deleted_at.is_null())
        .order(blocks::id.desc())
        .limit(MOST)
        .select(Named::as_select())
        .load(conn)
        .await
}

/// Whom somebody mutes now, and whether also what they do is not told.
pub async fn list_muted(conn: &mut Conn, me: AccountId, now: DateTime<Utc>) -> QueryResult<Vec<(bool, Named)>> {
    mutes::table
        .inner_join(accounts::table.on(accounts::id.eq(mutes::target_account_id)))
        .filter(mutes::account_id.eq(me))
        .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)))
        .filter(accounts::deleted_at.is_null())
        .order(mutes::id.desc())
        .limit(MOST)
        .select((mutes::hide_notifications, Named::as_select()))
        .load(conn)
        .await
}

/// Whom somebody has on their lists, list by list, each with its id and title.
pub async fn list_members(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<((ListId, String), Named)>> {
    list_accounts::table
        .inner_join(lists::table)
        .inner_join(accounts::table)
        .filter(lists::account_id.eq(me))
        .filter(accounts::deleted_at.is_null())
        .order((lists::id, list_accounts::id))
        .limit(MOST)
        .select(((lists::id, lists::title), Named::as_select()))
        .load(conn)
        .await
}
