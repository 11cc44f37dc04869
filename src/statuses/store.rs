//! All SQL about posts, and the one rule on who may see them.

mod edits;
mod own;
mod threads;
mod write;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

pub use edits::*;
pub use own::*;
pub use threads::*;
pub use write::*;

use super::{Status, ViewerPart};
use crate::accounts::Account;
use crate::base::id::{AccountId, ApplicationId, AudienceId, StatusId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::{accounts, status_hosts, status_mentions, status_tags, statuses, tags, tombstones};
use crate::db::sql::Sql;
use crate::{for_each_viewer, hidden};

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
        $crate::visible!("vs.suspended_at IS NOT NULL")
    };
    // Of posts that are no more: whoever goes for good is closed before their posts go.
    (formerly) => {
        $crate::visible!("vs.suspended_at IS NOT NULL AND vs.deleted_at IS NULL")
    };
    ($closed:literal) => {
        concat!(
            "(s.audience_kind IN (1, 2)
          OR s.account_id = $1
          OR (s.audience_kind IN (3, 4)
                AND (SELECT true FROM status_mentions vm WHERE vm.status_id = s.id AND vm.account_id = $1))
          OR (s.audience_kind = 3 AND (SELECT true FROM follows vf
                WHERE vf.account_id = $1 AND vf.target_account_id = s.account_id AND vf.accepted_at IS NOT NULL))
          OR (s.audience_kind = 5 AND s.local AND (SELECT true FROM accounts va WHERE va.id = $1 AND va.domain IS NULL))
          OR (s.audience_kind = 6 AND (SELECT true FROM accounts va LEFT JOIN instances vi ON vi.domain = va.domain
                WHERE va.id = $1 AND (va.domain IS NULL
                  OR (vi.partner_from <= now() AND coalesce(vi.partner_until > now(), true)))))
          OR (s.audience_kind = 7
                AND (SELECT true FROM memberships vg WHERE vg.audience_id = s.audience_id AND vg.account_id = $1)))
         AND (SELECT true FROM accounts vs WHERE vs.id = s.account_id AND ",
            $closed,
            ") IS NULL AND s.account_id NOT IN (SELECT vb.account_id FROM blocks vb WHERE vb.target_account_id = $1
           UNION ALL SELECT vb.target_account_id FROM blocks vb WHERE vb.account_id = $1
           UNION ALL SELECT vd.account_id FROM accounts vv
             JOIN account_domain_blocks vd ON vd.domain = vv.domain WHERE vv.id = $1)"
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
    #[diesel(sql_type = Nullable<BigInt>)]
    pub parent_account_id: Option<AccountId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub parent_thread_id: Option<StatusId>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub parent_audience_kind: Option<i16>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub parent_audience_id: Option<AudienceId>,
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
                p.id AS parent_id, p.account_id AS parent_account_id, p.thread_id AS parent_thread_id,
                p.audience_kind AS parent_audience_kind, p.audience_id AS parent_audience_id,
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

/// The viewer's part of posts that the viewer `$1` may see, of the rows `s`; `$more` are further columns, `$from` says which
/// rows.
macro_rules! viewer_parts {
    ($more:literal, $from:literal) => {
        concat!(
            "SELECT s.id, s.xmin::text::bigint AS version, s.account_id = $1 AS own,
                    (SELECT a.sensitized_at IS NOT NULL FROM accounts a WHERE a.id = s.account_id) AS sensitized,
                    EXISTS (SELECT 1 FROM favourites f WHERE f.account_id = $1 AND f.status_id = s.id) AS favourited,
                    EXISTS (SELECT 1 FROM statuses r WHERE r.reblog_of_id = s.id AND r.account_id = $1) AS reblogged,
                    EXISTS (SELECT 1 FROM bookmarks k WHERE k.account_id = $1 AND k.status_id = s.id) AS bookmarked,
                    EXISTS (SELECT 1 FROM thread_mutes m WHERE m.account_id = $1 AND m.thread_id = s.thread_id) AS muted,
                    s.account_id = $1 AND EXISTS (SELECT 1 FROM status_pins p WHERE p.status_id = s.id) AS pinned,
                    EXISTS (SELECT 1 FROM polls q WHERE q.status_id = s.id) AS polled,
                    EXISTS (SELECT 1 FROM quotes q WHERE q.status_id = s.id) AS quoting,
                    EXISTS (SELECT 1 FROM quotes q WHERE q.account_id = $1 AND q.quoted_status_id = s.id AND q.state = 1) AS quoted,
                    s.audience_kind, s.quote_policy,
                    s.quote_policy & 262148 <> 0 AND EXISTS (SELECT 1 FROM follows w WHERE w.account_id = $1
                        AND w.target_account_id = s.account_id AND w.accepted_at IS NOT NULL) AS follows,
                    s.quote_policy & 524296 <> 0 AND EXISTS (SELECT 1 FROM follows w WHERE w.account_id = s.account_id
                        AND w.target_account_id = $1 AND w.accepted_at IS NOT NULL) AS followed,
                    coalesce(t.quotes_count, 0) AS quotes_count,
                    coalesce(t.replies_count, 0) AS replies_count, coalesce(t.reblogs_count, 0) AS reblogs_count,
                    coalesce(t.favourites_count, 0) AS favourites_count",
            $more,
            " FROM ",
            $from,
            " LEFT JOIN status_stats t ON t.status_id = s.id WHERE s.id = ANY ($2) AND ",
            visible!()
        )
    };
}

/// The viewer's part of those of these posts that the viewer may see. This is the permission for whatever is shown from a
/// cache.
pub async fn list_viewer_parts(conn: &mut Conn, viewer: Viewer, ids: &[StatusId]) -> QueryResult<Vec<ViewerPart>> {
    Sql::new(viewer_parts!("", "statuses s"))
        .bind::<BigInt, _>(viewer.bind())
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await
}

/// The viewer's part, for many viewers at once, each of a post of their own.
const PARTS_OF_EACH: &str = for_each_viewer!(viewer_parts!(
    ", me AS viewer",
    "unnest($@, $2) AS look (me, post) JOIN statuses s ON s.id = look.post"
));

/// As [`list_viewer_parts`], for many who look at once, each at a post of their own. Those who may not see theirs are left
/// out.
pub async fn list_parts_of_each(
    conn: &mut Conn,
    looks: &[(Viewer, StatusId)],
) -> QueryResult<Vec<(Viewer, ViewerPart)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        viewer: i64,
        #[diesel(embed)]
        part: ViewerPart,
    }
    let (viewers, ids): (Vec<i64>, Vec<StatusId>) = looks.iter().map(|(viewer, id)| (viewer.bind(), *id)).unzip();
    let rows: Vec<Row> =
        Sql::new(PARTS_OF_EACH).bind::<Array<BigInt>, _>(viewers).bind::<Array<BigInt>, _>(ids).load(conn).await?;
    Ok(rows.into_iter().map(|row| (Viewer::from_bind(row.viewer), row.part)).collect())
}

/// A post of a thread: what it answers.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct ThreadRow {
    #[diesel(sql_type = BigInt)]
    pub id: StatusId,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub in_reply_to_id: Option<StatusId>,
    /// By somebody whom the viewer does not want to see.
    #[diesel(sql_type = Bool)]
    pub hidden: bool,
}

/// Posts of a thread that the viewer may see, oldest first.
pub async fn list_thread(
    conn: &mut Conn,
    viewer: Viewer,
    thread: StatusId,
    limit: i64,
    now: DateTime<Utc>,
) -> QueryResult<Vec<ThreadRow>> {
    Sql::new(concat!(
        "SELECT s.id, s.in_reply_to_id, ",
        hidden!("s.account_id", "$4"),
        " AS hidden FROM statuses s
         WHERE s.thread_id = $2 AND s.reblog_of_id IS NULL AND ",
        visible!(),
        " ORDER BY s.id LIMIT $3"
    ))
    .bind::<BigInt, _>(viewer.bind())
    .bind::<BigInt, _>(thread)
    .bind::<BigInt, _>(limit)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await
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

/// What people do with a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interaction {
    Favourite,
    Reblog,
}

/// Who did that with a post, newest first. Boosts that the viewer may not see are left out.
pub async fn list_interacted(
    conn: &mut Conn,
    viewer: Viewer,
    id: StatusId,
    interaction: Interaction,
    limit: i64,
) -> QueryResult<Vec<AccountId>> {
    let rows: Vec<AccountRow> = match interaction {
        Interaction::Favourite => {
            Sql::new("SELECT f.account_id FROM favourites f WHERE f.status_id = $1 ORDER BY f.id DESC LIMIT $2")
        }
        Interaction::Reblog => Sql::new(concat!(
            "SELECT s.account_id FROM statuses s WHERE s.reblog_of_id = $2 AND ",
            visible!(),
            " ORDER BY s.id DESC LIMIT $3"
        ))
        .bind::<BigInt, _>(viewer.bind()),
    }
    .bind::<BigInt, _>(id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.account_id).collect())
}

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = BigInt)]
    account_id: AccountId,
}
