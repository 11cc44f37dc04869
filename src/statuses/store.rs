//! All SQL about posts, and the one rule on who may see them.

mod adoption;
mod around;
mod edits;
mod own;
mod parts;
mod threads;
mod write;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::RunQueryDsl;

pub use adoption::*;
pub use around::*;
pub use edits::*;
pub use own::*;
pub use parts::*;
pub use threads::*;
pub use write::*;

use super::Status;
use crate::accounts::Account;
use crate::base::id::{AccountId, ApplicationId, StatusId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::{accounts, status_hosts, status_mentions, status_tags, statuses, tags, tombstones};
use crate::db::sql::Sql;

/// The one visibility rule: an SQL condition on the row `s` of `statuses` for the viewer `$1` (0: anonymous).
///
/// A suspended author's posts are seen by nobody. Where one of two blocks the other, or the author blocks the viewer's
/// domain, the viewer sees nothing of the author's. Being mentioned counts in posts to followers and in direct ones alone:
/// nobody is let into an organisation, an agreement or a group by a mention. A boost is seen by whoever may see what it
/// boosts *and* the boost itself; the boosted post is checked where it is loaded. Every query that returns posts, or counts
/// them, has this condition.
///
/// `(SELECT true …)` where EXISTS would say the same: the rows that it finds are unique, and a planner turns EXISTS into joins
/// and hashes that read all suspended accounts, or all that the viewer was ever mentioned in, for a page of twenty.
#[macro_export]
macro_rules! visible {
    () => {
        $crate::visible!($crate::addressed!())
    };
    // Of posts that are no more: whoever goes for good is closed before their posts go.
    (formerly) => {
        $crate::visible!($crate::addressed!("vs.suspended_at IS NOT NULL AND vs.deleted_at IS NULL"))
    };
    ($addressed:expr) => {
        concat!(
            $addressed,
            " AND s.account_id NOT IN (SELECT vb.account_id FROM blocks vb WHERE vb.target_account_id = $1
           UNION ALL SELECT vb.target_account_id FROM blocks vb WHERE vb.account_id = $1
           UNION ALL SELECT vd.account_id FROM accounts vv JOIN account_domain_blocks vd ON vd.domain = vv.domain
             WHERE vv.id = $1)"
        )
    };
}

/// The part of the rule that blocks have nothing to do with: whether the row `s` is for the viewer `$1`, and its author not
/// suspended. By itself, and whoever the author is, it is the rule for posts that somebody reported, see [`list_reported`]; whoever
/// looks for themselves looks with [`visible!`](crate::visible).
#[macro_export]
macro_rules! addressed {
    () => {
        $crate::addressed!("vs.suspended_at IS NOT NULL")
    };
    // Of authors who are suspended too.
    (by anyone) => {
        $crate::addressed!("false")
    };
    ($closed:literal) => {
        concat!(
            "(s.audience_kind IN (1, 2)
          OR s.account_id = $1
          OR (s.audience_kind IN (3, 4)
                AND (SELECT true FROM status_mentions vm WHERE vm.status_id = s.id AND vm.account_id = $1))
          OR (s.audience_kind = 3 AND (SELECT true FROM follows vf
                WHERE vf.account_id = $1 AND vf.target_account_id = s.account_id AND vf.accepted_at IS NOT NULL))
          OR (s.audience_kind = 5 AND s.local
                AND (SELECT true FROM accounts va WHERE va.id = $1 AND va.domain IS NULL))
          OR (s.audience_kind = 6 AND (SELECT true FROM accounts va LEFT JOIN instances vi ON vi.domain = va.domain
                WHERE va.id = $1 AND (va.domain IS NULL
                  OR (vi.partner_from <= now() AND coalesce(vi.partner_until > now(), true)))))
          OR (s.audience_kind = 7 AND (SELECT true FROM memberships vg
                WHERE vg.audience_id = s.audience_id AND vg.account_id = $1)))
         AND (SELECT true FROM accounts vs WHERE vs.id = s.account_id AND ",
            $closed,
            ") IS NULL"
        )
    };
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = BigInt)]
    id: StatusId,
}

/// Which of these posts the viewer may see. The order of `ids` is not kept.
pub async fn list_visible(conn: &mut Conn, viewer: Viewer, ids: &[StatusId]) -> QueryResult<Vec<StatusId>> {
    let rows: Vec<IdRow> = Sql::new(concat!("SELECT s.id FROM statuses s WHERE s.id = ANY ($2) AND ", visible!()))
        .bind::<BigInt, _>(viewer.bind())
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A post, if the viewer may see it; a boost, if they may see what it boosts too.
pub async fn find_visible(conn: &mut Conn, viewer: Viewer, id: StatusId) -> QueryResult<Option<Status>> {
    if list_visible(conn, viewer, &[id]).await?.is_empty() {
        return Ok(None);
    }
    let found = find_status(conn, id).await?;
    match found.as_ref().and_then(|status| status.reblog_of_id) {
        Some(original) if list_visible(conn, viewer, &[original]).await?.is_empty() => Ok(None),
        _ => Ok(found),
    }
}

/// A post whoever looks: for work on behalf of nobody. What shows it to somebody uses [`find_visible`].
pub async fn find_status(conn: &mut Conn, id: StatusId) -> QueryResult<Option<Status>> {
    statuses::table.find(id).select(Status::as_select()).first(conn).await.optional()
}

/// As [`find_status`], by ActivityPub id.
pub async fn find_by_uri(conn: &mut Conn, uri: &str) -> QueryResult<Option<Status>> {
    statuses::table.filter(statuses::uri.eq(uri)).select(Status::as_select()).first(conn).await.optional()
}

/// Posts whoever looks, in no particular order.
pub async fn list_statuses(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<Status>> {
    statuses::table.filter(statuses::id.eq_any(ids)).select(Status::as_select()).load(conn).await
}

/// Some posts and boosts of an account that goes for good, to be taken out.
pub async fn list_some_of(conn: &mut Conn, author: AccountId, limit: i64) -> QueryResult<Vec<StatusId>> {
    statuses::table.filter(statuses::account_id.eq(author)).limit(limit).select(statuses::id).load(conn).await
}

/// Somebody's boost of a post.
pub async fn find_reblog(conn: &mut Conn, by: AccountId, of: StatusId) -> QueryResult<Option<Status>> {
    statuses::table
        .filter(statuses::reblog_of_id.eq(of))
        .filter(statuses::account_id.eq(by))
        .select(Status::as_select())
        .first(conn)
        .await
        .optional()
}

/// Whether this id was deleted by this actor. What others on its server say of it does not count.
pub async fn is_tombstone(conn: &mut Conn, uri: &str, account_uri: &str) -> QueryResult<bool> {
    let said =
        tombstones::table.filter(tombstones::uri.eq(uri)).filter(tombstones::account_uri.eq_any([account_uri, ""]));
    diesel::select(diesel::dsl::exists(said)).get_result(conn).await
}

/// Whether a post that anyone could see was deleted by its author: then strangers may know that it was there.
pub async fn was_open(conn: &mut Conn, uri: &str, account_uri: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(tombstones::table.find((uri, account_uri)).filter(tombstones::was_open)))
        .get_result(conn)
        .await
}

/// Who is mentioned in these posts.
pub async fn list_mentions(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<(StatusId, Account)>> {
    status_mentions::table
        .inner_join(accounts::table)
        .filter(status_mentions::status_id.eq_any(ids))
        .order((status_mentions::status_id, accounts::id))
        .select((status_mentions::status_id, Account::as_select()))
        .load(conn)
        .await
}

/// The normalised hashtags of these posts.
pub async fn list_tags(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<(StatusId, String)>> {
    status_tags::table
        .inner_join(tags::table)
        .filter(status_tags::status_id.eq_any(ids))
        .order((status_tags::status_id, tags::name))
        .select((status_tags::status_id, tags::name))
        .load(conn)
        .await
}

/// Inboxes that a post was ever sent to.
pub async fn list_hosts(conn: &mut Conn, id: StatusId) -> QueryResult<Vec<String>> {
    status_hosts::table.filter(status_hosts::status_id.eq(id)).select(status_hosts::inbox_uri).load(conn).await
}

/// What must be known of the world before a post from elsewhere is recorded.
#[derive(Clone, Debug, QueryableByName)]
pub struct Surroundings {
    /// It is deleted already.
    #[diesel(sql_type = Bool)]
    pub deleted: bool,
    /// Somebody here follows its author.
    #[diesel(sql_type = Bool)]
    pub followed: bool,
    /// Replies to it are here already.
    #[diesel(sql_type = Bool)]
    pub awaited: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub parent_id: Option<StatusId>,
    /// Whom the post answers: who goes on with an answer of their own, whom that one does.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub answered_account_id: Option<AccountId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub parent_thread_id: Option<StatusId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub parent_group_id: Option<AccountId>,
}

/// One query for all of [`Surroundings`]. An empty `parent_uri` is none.
pub async fn find_surroundings(
    conn: &mut Conn,
    uri: &str,
    author: &Account,
    parent_uri: &str,
) -> QueryResult<Surroundings> {
    let rows: Vec<Surroundings> = Sql::new(
        "SELECT EXISTS (SELECT 1 FROM tombstones WHERE uri = $1 AND account_uri IN ($4, '')) AS deleted,
                EXISTS (SELECT 1 FROM follows f JOIN accounts a ON a.id = f.account_id
                        WHERE f.target_account_id = $2 AND f.accepted_at IS NOT NULL AND a.domain IS NULL) AS followed,
                EXISTS (SELECT 1 FROM statuses w WHERE w.in_reply_to_uri = $1 AND w.in_reply_to_id IS NULL) AS awaited,
                p.id AS parent_id, p.thread_id AS parent_thread_id,
                CASE WHEN p.account_id = $2 AND p.in_reply_to_uri IS NOT NULL THEN p.in_reply_to_account_id
                     ELSE p.account_id END AS answered_account_id,
                p.group_account_id AS parent_group_id
         FROM (SELECT 1) one LEFT JOIN statuses p ON p.uri = $3",
    )
    .bind::<Text, _>(uri)
    .bind::<BigInt, _>(author.id)
    .bind::<Text, _>(parent_uri)
    .bind::<Text, _>(&author.uri)
    .load(conn)
    .await?;
    rows.into_iter().next().ok_or(diesel::result::Error::NotFound)
}

/// The posts of an account that anyone may see, newest first, for its outbox; none for a viewer whom the account blocks.
pub async fn list_public_of(
    conn: &mut Conn,
    viewer: Viewer,
    id: AccountId,
    below: StatusId,
    limit: i64,
) -> QueryResult<Vec<Status>> {
    let rows: Vec<IdRow> = Sql::new(concat!(
        "SELECT s.id FROM statuses s WHERE s.account_id = $2 AND s.id < $3 AND s.audience_kind IN (1, 2) AND ",
        visible!(),
        " ORDER BY s.id DESC LIMIT $4"
    ))
    .bind::<BigInt, _>(viewer.bind())
    .bind::<BigInt, _>(id)
    .bind::<BigInt, _>(below)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    let ids: Vec<StatusId> = rows.into_iter().map(|row| row.id).collect();
    let mut found = list_statuses(conn, &ids).await?;
    found.sort_unstable_by_key(|status| std::cmp::Reverse(status.id));
    Ok(found)
}

/// Names and pages of client applications, for the posts that were written with them.
pub async fn list_applications(
    conn: &mut Conn,
    ids: &[ApplicationId],
) -> QueryResult<Vec<(ApplicationId, String, Option<String>)>> {
    use crate::db::schema::oauth_applications as applications;
    applications::table
        .filter(applications::id.eq_any(ids))
        .select((applications::id, applications::name, applications::website))
        .load(conn)
        .await
}
