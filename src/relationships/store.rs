//! All SQL about follows, and about how two accounts stand to each other.

mod blocks;
mod digests;
mod hiding;
mod marks;
mod mutes;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text, Timestamptz};
use diesel_async::RunQueryDsl;

pub use blocks::*;
pub use digests::*;
pub use marks::*;
pub use mutes::*;

use super::{Follow, Standing};
use crate::accounts::Account;
use crate::base::id::{AccountId, FollowId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::{accounts, follows};
use crate::db::sql::Sql;

/// The follow of one account by another, answered or not.
pub async fn find_follow(conn: &mut Conn, from: AccountId, to: AccountId) -> QueryResult<Option<Follow>> {
    follows::table
        .filter(follows::account_id.eq(from))
        .filter(follows::target_account_id.eq(to))
        .select(Follow::as_select())
        .first(conn)
        .await
        .optional()
}

/// A follow by its activity's id.
pub async fn find_by_uri(conn: &mut Conn, uri: &str) -> QueryResult<Option<Follow>> {
    follows::table.filter(follows::uri.eq(uri)).select(Follow::as_select()).first(conn).await.optional()
}

/// Inserts a follow; `None` when there is one already, or its `uri` is taken.
pub async fn insert_follow(conn: &mut Conn, follow: &Follow) -> QueryResult<Option<Follow>> {
    let inserted: Option<Follow> = diesel::insert_into(follows::table)
        .values(follow)
        .on_conflict_do_nothing()
        .returning(Follow::as_returning())
        .get_result(conn)
        .await
        .optional()?;
    if inserted.as_ref().is_some_and(|follow| follow.accepted_at.is_some()) {
        count(conn, follow.account_id, follow.target_account_id, 1).await?;
    }
    Ok(inserted)
}

/// Marks a request as accepted. Returns whether it was one.
pub async fn accept_follow(conn: &mut Conn, follow: &Follow, now: DateTime<Utc>) -> QueryResult<bool> {
    let accepted = diesel::update(follows::table.find(follow.id).filter(follows::accepted_at.is_null()))
        .set(follows::accepted_at.eq(now))
        .execute(conn)
        .await?;
    if accepted == 1 {
        count(conn, follow.account_id, follow.target_account_id, 1).await?;
    }
    Ok(accepted == 1)
}

/// What the follower chose: boosts, notifications, languages.
pub async fn update_options(conn: &mut Conn, follow: &Follow) -> QueryResult<usize> {
    diesel::update(follows::table.find(follow.id))
        .set((
            follows::show_reblogs.eq(follow.show_reblogs),
            follows::notify.eq(follow.notify),
            follows::languages.eq(&follow.languages),
        ))
        .execute(conn)
        .await
}

/// A later Follow of the same pair replaces the id of the earlier one, so that an Undo of it is understood.
pub async fn update_uri(conn: &mut Conn, id: FollowId, uri: &str) -> QueryResult<usize> {
    diesel::update(follows::table.find(id)).set(follows::uri.eq(uri)).execute(conn).await
}

/// Ends a follow or a request, and with it a recommendation: only those whom one follows are recommended. Returns it if
/// there was one.
pub async fn delete_follow(conn: &mut Conn, from: AccountId, to: AccountId) -> QueryResult<Option<Follow>> {
    let deleted: Option<Follow> =
        diesel::delete(follows::table.filter(follows::account_id.eq(from)).filter(follows::target_account_id.eq(to)))
            .returning(Follow::as_returning())
            .get_result(conn)
            .await
            .optional()?;
    if deleted.as_ref().is_some_and(|follow| follow.accepted_at.is_some()) {
        count(conn, from, to, -1).await?;
        delete_endorsement(conn, from, to).await?;
    }
    Ok(deleted)
}

async fn count(conn: &mut Conn, follower: AccountId, target: AccountId, by: i64) -> QueryResult<()> {
    for (account, count) in [
        (
            follower,
            "UPDATE account_stats SET following_count = greatest(following_count + $2, 0) WHERE account_id = $1",
        ),
        (target, "UPDATE account_stats SET followers_count = greatest(followers_count + $2, 0) WHERE account_id = $1"),
    ] {
        Sql::new(count).bind::<BigInt, _>(account).bind::<BigInt, _>(by).execute(conn).await?;
    }
    Ok(())
}

/// The distinct inboxes, shared where there is one, of an account's followers on other servers.
pub async fn list_follower_inboxes(conn: &mut Conn, id: AccountId) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Inbox {
        #[diesel(sql_type = Text)]
        inbox: String,
    }
    let rows: Vec<Inbox> = Sql::new(
        "SELECT DISTINCT coalesce(a.shared_inbox_uri, a.inbox_uri) AS inbox
         FROM follows f JOIN accounts a ON a.id = f.account_id
         WHERE f.target_account_id = $1 AND f.accepted_at IS NOT NULL AND a.domain IS NOT NULL AND a.suspended_at IS NULL",
    )
    .bind::<BigInt, _>(id)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.inbox).collect())
}

/// The ActivityPub ids of those here who follow an account.
pub async fn list_local_followers(conn: &mut Conn, id: AccountId) -> QueryResult<Vec<String>> {
    follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
        .filter(follows::target_account_id.eq(id))
        .filter(accounts::domain.is_null())
        .filter(follows::accepted_at.is_not_null())
        .select(accounts::uri)
        .load(conn)
        .await
}

/// People here who follow this account and asked to be told when it posts.
pub async fn list_watchers(conn: &mut Conn, id: AccountId) -> QueryResult<Vec<AccountId>> {
    follows::table
        .filter(follows::target_account_id.eq(id))
        .filter(follows::notify)
        .filter(follows::accepted_at.is_not_null())
        .select(follows::account_id)
        .load(conn)
        .await
}

/// Whether anyone here follows this account.
pub async fn has_local_followers(conn: &mut Conn, id: AccountId) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    let rows: Vec<Found> = Sql::new(
        "SELECT EXISTS (SELECT 1 FROM follows f JOIN accounts a ON a.id = f.account_id
             WHERE f.target_account_id = $1 AND f.accepted_at IS NOT NULL AND a.domain IS NULL) AS found",
    )
    .bind::<BigInt, _>(id)
    .load(conn)
    .await?;
    Ok(rows.iter().any(|row| row.found))
}

/// Whether one account follows another (accepted).
pub async fn is_following(conn: &mut Conn, from: AccountId, to: AccountId) -> QueryResult<bool> {
    Ok(find_follow(conn, from, to).await?.is_some_and(|follow| follow.accepted_at.is_some()))
}

/// Which of these accounts somebody follows (accepted).
pub async fn list_followed(conn: &mut Conn, from: AccountId, among: &[AccountId]) -> QueryResult<Vec<AccountId>> {
    follows::table
        .filter(follows::account_id.eq(from))
        .filter(follows::target_account_id.eq_any(among))
        .filter(follows::accepted_at.is_not_null())
        .select(follows::target_account_id)
        .load(conn)
        .await
}

/// Which side of a follow a list is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those who follow.
    Followers,
    /// Those who are followed.
    Following,
    /// Those who ask to follow.
    Requests,
}

/// A page of accounts on one side of an account's follows, newest first, with the ids by which it is paged.
pub async fn list_page(
    conn: &mut Conn,
    id: AccountId,
    side: Side,
    page: Page,
) -> QueryResult<Vec<(FollowId, Account)>> {
    let mut query = follows::table
        .filter(follows::id.lt(FollowId(page.below)))
        .filter(follows::id.gt(FollowId(page.above)))
        .limit(page.limit)
        .select((follows::id, follows::account_id, follows::target_account_id))
        .into_boxed();
    query = match side {
        Side::Following => query.filter(follows::account_id.eq(id)).filter(follows::accepted_at.is_not_null()),
        Side::Followers => query.filter(follows::target_account_id.eq(id)).filter(follows::accepted_at.is_not_null()),
        Side::Requests => query.filter(follows::target_account_id.eq(id)).filter(follows::accepted_at.is_null()),
    };
    query = if page.upwards { query.order(follows::id.asc()) } else { query.order(follows::id.desc()) };
    let rows: Vec<(FollowId, AccountId, AccountId)> = page.newest_first(query.load(conn).await?);
    let other = |row: &(FollowId, AccountId, AccountId)| if side == Side::Following { row.2 } else { row.1 };
    let ids: Vec<AccountId> = rows.iter().map(other).collect();
    let found = accounts::table.filter(accounts::id.eq_any(ids)).select(Account::as_select()).load(conn).await?;
    let mut found: HashMap<AccountId, Account> = found.into_iter().map(|account| (account.id, account)).collect();
    Ok(rows.iter().filter_map(|row| Some((row.0, found.remove(&other(row))?))).collect())
}

/// How `me` stands to each of these accounts now; those that don't exist are left out.
pub async fn list_standings(
    conn: &mut Conn,
    me: AccountId,
    others: &[AccountId],
    now: DateTime<Utc>,
) -> QueryResult<Vec<Standing>> {
    Sql::new(
        "SELECT a.id, coalesce(mine.accepted_at IS NOT NULL, false) AS following,
                coalesce(mine.id IS NOT NULL AND mine.accepted_at IS NULL, false) AS requested,
                coalesce(theirs.accepted_at IS NOT NULL, false) AS followed_by,
                coalesce(theirs.id IS NOT NULL AND theirs.accepted_at IS NULL, false) AS requested_by,
                coalesce(mine.show_reblogs, false) AS showing_reblogs, coalesce(mine.notify, false) AS notifying,
                mine.languages, blocking.id IS NOT NULL AS blocking, blocked_by.id IS NOT NULL AS blocked_by,
                mute.id IS NOT NULL AS muting, coalesce(mute.hide_notifications, false) AS muting_notifications,
                mute.expires_at AS muting_expires_at, domain.id IS NOT NULL AS domain_blocking,
                endorsement.id IS NOT NULL AS endorsed, coalesce(note.comment, '') AS note
         FROM accounts a
         LEFT JOIN LATERAL (SELECT * FROM follows f
             WHERE f.account_id = $1 AND f.target_account_id = a.id LIMIT 1) mine ON true
         LEFT JOIN LATERAL (SELECT * FROM follows f
             WHERE f.account_id = a.id AND f.target_account_id = $1 LIMIT 1) theirs ON true
         LEFT JOIN LATERAL (SELECT * FROM blocks r
             WHERE r.account_id = $1 AND r.target_account_id = a.id LIMIT 1) blocking ON true
         LEFT JOIN LATERAL (SELECT * FROM blocks r
             WHERE r.account_id = a.id AND r.target_account_id = $1 LIMIT 1) blocked_by ON true
         LEFT JOIN LATERAL (SELECT * FROM mutes r
             WHERE r.account_id = $1 AND r.target_account_id = a.id
               AND (r.expires_at IS NULL OR r.expires_at > $3) LIMIT 1) mute ON true
         LEFT JOIN LATERAL (SELECT * FROM account_domain_blocks r
             WHERE r.account_id = $1 AND r.domain = a.domain LIMIT 1) domain ON true
         LEFT JOIN LATERAL (SELECT * FROM endorsements r
             WHERE r.account_id = $1 AND r.target_account_id = a.id LIMIT 1) endorsement ON true
         LEFT JOIN LATERAL (SELECT * FROM account_notes r
             WHERE r.account_id = $1 AND r.target_account_id = a.id LIMIT 1) note ON true
         WHERE a.id = ANY ($2)",
    )
    .bind::<BigInt, _>(me)
    .bind::<Array<BigInt>, _>(others)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await
}

/// How many ask to follow this account; at most a hundred are counted.
pub async fn count_requests(conn: &mut Conn, id: AccountId) -> QueryResult<i64> {
    let some: Vec<FollowId> = follows::table
        .filter(follows::target_account_id.eq(id))
        .filter(follows::accepted_at.is_null())
        .limit(100)
        .select(follows::id)
        .load(conn)
        .await?;
    Ok(i64::try_from(some.len()).unwrap_or(100))
}
