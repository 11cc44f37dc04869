//! All SQL about notifications.

mod events;
mod groups;
mod policies;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

pub use events::*;
pub use groups::*;
pub use policies::*;

use super::{GroupKeys, Kind, Notification, Reported, Subject, TYPES};
use crate::base::id::{AccountId, NotificationId, ReportId, StatusId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::{notifications, reports, users};
use crate::db::sql::Sql;
use crate::{heard, visible};

/// What somebody did.
#[derive(Clone, Debug)]
pub struct About {
    pub from: AccountId,
    pub kind: Kind,
    pub subject: Subject,
    pub keys: GroupKeys,
}

/// A notification that is new.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Told {
    #[diesel(sql_type = BigInt)]
    pub id: NotificationId,
    #[diesel(sql_type = BigInt)]
    pub account_id: AccountId,
    #[diesel(sql_type = Bool)]
    pub filtered: bool,
}

/// The number of what becomes of a notification, by the policy `p` of the person `u`: the harshest of those that apply. Follows,
/// and followers of three days, are not strangers; what a person let in, and mentions by those who look after the instance,
/// always come. A direct post that belongs to a thread in which the person wrote to its author themselves is no stranger's.
macro_rules! verdict {
    () => {
        "CASE WHEN NOT $7
              OR EXISTS (SELECT 1 FROM notification_permissions np
                         WHERE np.account_id = u.account_id AND np.from_account_id = $3)
              OR ($4 = 'mention' AND EXISTS (SELECT 1 FROM users su WHERE su.account_id = $3 AND su.role <> 'user'))
         THEN 0 ELSE greatest(
             CASE WHEN EXISTS (SELECT 1 FROM follows f WHERE f.account_id = u.account_id AND f.target_account_id = $3
                               AND f.accepted_at IS NOT NULL)
             THEN 0 ELSE greatest(
                 coalesce(p.for_not_following, 0),
                 CASE WHEN a.created_at > $6 - interval '30 days' THEN coalesce(p.for_new_accounts, 0) ELSE 0 END,
                 CASE WHEN a.silenced_at IS NOT NULL OR i.silenced_at IS NOT NULL
                      THEN coalesce(p.for_limited_accounts, 1) ELSE 0 END,
                 CASE WHEN p.for_private_mentions > 0 AND $4 = 'mention'
                       AND (SELECT s.audience_kind FROM statuses s WHERE s.id = $5) = 4
                       AND NOT EXISTS (
                           SELECT 1 FROM (SELECT r.id, r.account_id, r.audience_kind FROM statuses r
                                          WHERE r.thread_id = (SELECT s.thread_id FROM statuses s WHERE s.id = $5)
                                          ORDER BY r.id DESC LIMIT 200) r
                           WHERE r.account_id = u.account_id AND r.audience_kind = 4 AND EXISTS (
                               SELECT 1 FROM status_mentions rm WHERE rm.status_id = r.id AND rm.account_id = $3))
                      THEN p.for_private_mentions ELSE 0 END) END,
             CASE WHEN p.for_not_followers > 0 AND NOT EXISTS (
                      SELECT 1 FROM follows f WHERE f.account_id = $3 AND f.target_account_id = u.account_id
                      AND f.accepted_at <= $6 - interval '3 days')
                  THEN p.for_not_followers ELSE 0 END) END"
    };
}

/// The key of the last group of the same thing, if it still goes on: its first is not too old, nor did four hours pass without
/// another. Else a new one. One row is read.
macro_rules! group_key {
    () => {
        "coalesce((SELECT l.group_key FROM (
                 SELECT g.group_key, g.created_at FROM notifications g
                 WHERE g.account_id = row.account_id AND g.group_key >= $10 AND g.group_key < $11
                 ORDER BY g.group_key DESC, g.id DESC LIMIT 1) l
             WHERE l.group_key >= $9 AND l.created_at > $6 - interval '4 hours'), $8)"
    };
}

/// Inserts notifications for those of these accounts that are people of this instance and want to hear of whom, and of the
/// thread, that it is about. What was said before is not said again. Returns those that are new.
pub async fn insert_notifications(
    conn: &mut Conn,
    to: &[(NotificationId, AccountId)],
    about: &About,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Told>> {
    let (ids, accounts): (Vec<NotificationId>, Vec<AccountId>) = to.iter().copied().unzip();
    let keys = &about.keys;
    Sql::new(concat!(
        "INSERT INTO notifications
             (id, account_id, from_account_id, type, status_id, report_id, collection_id, severance_id, warning_id,
              created_at, filtered, group_key)
         SELECT row.id, row.account_id, $3, $4, $5, $12, $13, $14, $15, $6, v.verdict = 1,
                CASE WHEN v.verdict = 0 AND $8 <> '' THEN ",
        group_key!(),
        " END
         FROM unnest($1, $2) AS row (id, account_id) JOIN users u ON u.account_id = row.account_id
              JOIN accounts a ON a.id = $3 LEFT JOIN instances i ON i.domain = a.domain
              LEFT JOIN notification_policies p ON p.account_id = u.account_id
              CROSS JOIN LATERAL (SELECT ",
        verdict!(),
        ") v (verdict)
         WHERE v.verdict < 2 AND ",
        heard!("u.account_id", "$3", "$6"),
        " AND (SELECT true FROM thread_mutes tm WHERE tm.account_id = u.account_id
               AND tm.thread_id = (SELECT ts.thread_id FROM statuses ts WHERE ts.id = $5)) IS NULL
         ON CONFLICT DO NOTHING RETURNING id, account_id, filtered",
    ))
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<BigInt>, _>(accounts)
    .bind::<BigInt, _>(about.from)
    .bind::<Text, _>(about.kind.as_str())
    .bind::<Nullable<BigInt>, _>(about.subject.status())
    .bind::<Timestamptz, _>(now)
    .bind::<Bool, _>(about.kind.is_filterable())
    .bind::<Text, _>(&keys.new)
    .bind::<Text, _>(&keys.oldest)
    .bind::<Text, _>(&keys.from)
    .bind::<Text, _>(&keys.to)
    .bind::<Nullable<BigInt>, _>(about.subject.report())
    .bind::<Nullable<BigInt>, _>(about.subject.collection())
    .bind::<Nullable<BigInt>, _>(about.subject.severance())
    .bind::<Nullable<BigInt>, _>(about.subject.warning())
    .load(conn)
    .await
}

/// Those who look after the instance and may sign in.
pub async fn list_staff(conn: &mut Conn) -> QueryResult<Vec<AccountId>> {
    users::table
        .filter(users::role.ne("user"))
        .filter(users::approved_at.is_not_null())
        .filter(users::disabled_at.is_null())
        .select(users::account_id)
        .load(conn)
        .await
}

/// Reports that somebody is told of, in no particular order.
pub async fn list_reports(conn: &mut Conn, ids: &[ReportId]) -> QueryResult<Vec<Reported>> {
    reports::table.filter(reports::id.eq_any(ids)).select(Reported::as_select()).load(conn).await
}

/// The columns of a [`Notification`], of the rows `n`.
macro_rules! columns {
    () => {
        "n.id, n.account_id, n.from_account_id, n.type AS type_, n.status_id, n.created_at, n.group_key, n.report_id,
         n.collection_id, n.severance_id, n.warning_id"
    };
}
use columns;

/// Notifications of anybody, oldest first, without those that are filtered, or from people of whom who was told does not want to
/// hear at the moment. Whether they may see what it is about is not asked.
pub async fn list_heard(conn: &mut Conn, ids: &[NotificationId], now: DateTime<Utc>) -> QueryResult<Vec<Notification>> {
    Sql::new(concat!(
        "SELECT ",
        columns!(),
        " FROM notifications n WHERE n.id = ANY ($1) AND NOT n.filtered AND ",
        heard!("n.account_id", "n.from_account_id", "$2"),
        " ORDER BY n.id"
    ))
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await
}

/// Withdraws what was said about a follow, or a request for one.
pub async fn delete_about_follow(conn: &mut Conn, to: AccountId, from: AccountId) -> QueryResult<usize> {
    diesel::delete(
        notifications::table
            .filter(notifications::account_id.eq(to))
            .filter(notifications::from_account_id.eq(from))
            .filter(notifications::type_.eq_any(["follow", "follow_request"]))
            .filter(notifications::status_id.is_null()),
    )
    .execute(conn)
    .await
}

/// Withdraws what was said about a favourite or a boost.
pub async fn delete_about_status(
    conn: &mut Conn,
    from: AccountId,
    kind: Kind,
    status_id: StatusId,
) -> QueryResult<usize> {
    diesel::delete(
        notifications::table
            .filter(notifications::status_id.eq(status_id))
            .filter(notifications::from_account_id.eq(from))
            .filter(notifications::type_.eq(kind.as_str())),
    )
    .execute(conn)
    .await
}

/// What a notification `n` is about may still be seen by whom it is for: reports, by those who look after the instance. Row by row:
/// joined, all posts would be read.
macro_rules! may_be_told {
    () => {
        concat!(
            "(n.status_id IS NULL OR (SELECT true FROM statuses s WHERE s.id = n.status_id AND ",
            visible!(),
            ")) AND (n.report_id IS NULL OR (SELECT true FROM users r WHERE r.account_id = $1 AND r.role <> 'user'))"
        )
    };
}
use may_be_told;

// The types stand in a CASE, where the planner does not count on them: it would fetch and sort all mentions of a person rather
// than walk to the newest. What is filtered lies in an index of its own, so that none of it is walked past.
macro_rules! page_before {
    ($which:literal) => {
        concat!(
            "SELECT u.* FROM (SELECT ",
            columns!(),
            " FROM notifications n
                 WHERE n.account_id = $1 AND n.id < $2 AND n.id > $3 AND ($6 = 0 OR n.from_account_id = $6)
                   AND ",
            $which,
            " AND CASE WHEN n.type = ANY ($5) THEN ",
            may_be_told!(),
            " AND ",
            heard!("$1", "n.from_account_id", "$7"),
            " ELSE false END ORDER BY n.id "
        )
    };
}

/// Which notifications of a person.
#[derive(Clone, Debug)]
pub struct Which {
    pub types: Vec<&'static str>,
    pub from: Option<AccountId>,
    /// Those that are filtered, too.
    pub filtered: bool,
}

impl Which {
    /// All of them.
    pub fn all() -> Self {
        Self { types: TYPES.to_vec(), from: None, filtered: true }
    }
}

/// A page of what a person was told, newest first, without what they may not see any more, and whom they do not want to hear
/// of at the moment.
pub async fn list_page(
    conn: &mut Conn,
    me: AccountId,
    which: &Which,
    page: Page,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Notification>> {
    let text = match (page.upwards, which.filtered) {
        (true, false) => concat!(page_before!("NOT n.filtered"), "ASC LIMIT $4) u ORDER BY u.id ASC"),
        (true, true) => concat!(page_before!("true"), "ASC LIMIT $4) u ORDER BY u.id ASC"),
        (false, false) => concat!(page_before!("NOT n.filtered"), "DESC LIMIT $4) u ORDER BY u.id DESC"),
        (false, true) => concat!(page_before!("true"), "DESC LIMIT $4) u ORDER BY u.id DESC"),
    };
    let rows: Vec<Notification> = Sql::new(text)
        .bind::<BigInt, _>(me)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<Array<Text>, _>(&which.types)
        .bind::<BigInt, _>(which.from.map_or(0, |id| id.0))
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(page.newest_first(rows))
}

/// One of the things that a person was told, as [`list_page`] would show it; also one that is filtered.
pub async fn find_notification(
    conn: &mut Conn,
    me: AccountId,
    id: NotificationId,
    now: DateTime<Utc>,
) -> QueryResult<Option<Notification>> {
    let page = Page { below: id.0.saturating_add(1), above: id.0.saturating_sub(1), upwards: false, limit: 1 };
    Ok(list_page(conn, me, &Which::all(), page, now).await?.pop())
}

pub async fn delete_all(conn: &mut Conn, me: AccountId) -> QueryResult<usize> {
    diesel::delete(notifications::table.filter(notifications::account_id.eq(me))).execute(conn).await
}

pub async fn delete_one(conn: &mut Conn, me: AccountId, id: NotificationId) -> QueryResult<usize> {
    diesel::delete(notifications::table.find(id).filter(notifications::account_id.eq(me))).execute(conn).await
}

/// What came since the marker of the person `$1`, of the types `$3`, from `$4` (0: anybody), at the time `$2`.
macro_rules! unread {
    ($what:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM notifications n
             WHERE n.account_id = $1 AND NOT n.filtered AND ($4 = 0 OR n.from_account_id = $4) AND n.id > coalesce(
                 (SELECT m.last_read_id FROM markers m WHERE m.account_id = $1 AND m.timeline = 'notifications'), 0)
               AND CASE WHEN n.type = ANY ($3) THEN ",
            may_be_told!(),
            " AND ",
            heard!("$1", "n.from_account_id", "$2"),
            " ELSE false END"
        )
    };
}
use unread;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many of those that are not filtered came since the marker, without what the person may not see any more, or does not
/// want to hear of. So many at most are counted.
pub async fn count_unread(
    conn: &mut Conn,
    me: AccountId,
    which: &Which,
    most: i64,
    now: DateTime<Utc>,
) -> QueryResult<i64> {
    let rows: Vec<Count> = Sql::new(concat!("SELECT count(*) AS count FROM (", unread!("1"), " LIMIT $5) unread"))
        .bind::<BigInt, _>(me)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Text>, _>(&which.types)
        .bind::<BigInt, _>(which.from.map_or(0, |id| id.0))
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?;
    Ok(rows.iter().map(|row| row.count).sum())
}
