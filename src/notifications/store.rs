//! All SQL about notifications.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::{Kind, Notification};
use crate::base::id::{AccountId, NotificationId, StatusId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::notifications;
use crate::db::sql::Sql;
use crate::{heard, visible};

/// Inserts notifications for those of these accounts that are people of this instance and want to hear of `from`, and of the thread
/// that it is about. What was said before is not said again. Returns those that are new.
pub async fn insert_notifications(
    conn: &mut Conn,
    to: &[(NotificationId, AccountId)],
    from: AccountId,
    kind: Kind,
    status_id: Option<StatusId>,
    now: DateTime<Utc>,
) -> QueryResult<Vec<(NotificationId, AccountId)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: NotificationId,
        #[diesel(sql_type = BigInt)]
        account_id: AccountId,
    }
    let (ids, accounts): (Vec<NotificationId>, Vec<AccountId>) = to.iter().copied().unzip();
    let rows: Vec<Row> = Sql::new(concat!(
        "INSERT INTO notifications (id, account_id, from_account_id, type, status_id, created_at)
         SELECT row.id, row.account_id, $3, $4, $5, $6
         FROM unnest($1, $2) AS row (id, account_id) JOIN users u ON u.account_id = row.account_id
         WHERE ",
        heard!("u.account_id", "$3", "$6"),
        " AND (SELECT true FROM thread_mutes tm WHERE tm.account_id = u.account_id
               AND tm.thread_id = (SELECT ts.thread_id FROM statuses ts WHERE ts.id = $5)) IS NULL
         ON CONFLICT DO NOTHING RETURNING id, account_id",
    ))
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<BigInt>, _>(accounts)
    .bind::<BigInt, _>(from)
    .bind::<Text, _>(kind.as_str())
    .bind::<Nullable<BigInt>, _>(status_id)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.account_id)).collect())
}

/// Notifications of anybody, oldest first, without those from people of whom who was told does not want to hear at the
/// moment. Whether they may see what it is about is not asked.
pub async fn list_heard(conn: &mut Conn, ids: &[NotificationId], now: DateTime<Utc>) -> QueryResult<Vec<Notification>> {
    Sql::new(concat!(
        "SELECT n.id, n.account_id, n.from_account_id, n.type AS type_, n.status_id, n.created_at
         FROM notifications n WHERE n.id = ANY ($1) AND ",
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

/// Every type that there is.
pub const TYPES: [&str; 8] = ["mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update"];

/// What a notification `n` is about may still be seen by whom it is for. Row by row: joined, all posts would be read.
macro_rules! may_be_told {
    () => {
        concat!("(n.status_id IS NULL OR (SELECT true FROM statuses s WHERE s.id = n.status_id AND ", visible!(), "))")
    };
}

// The types stand in a CASE, where the planner does not count on them: it would fetch and sort all mentions of a person rather
// than walk to the newest.
macro_rules! page_before {
    () => {
        concat!(
            "SELECT u.* FROM (
                 SELECT n.id, n.account_id, n.from_account_id, n.type AS type_, n.status_id, n.created_at
                 FROM notifications n
                 WHERE n.account_id = $1 AND n.id < $2 AND n.id > $3 AND ($6 = 0 OR n.from_account_id = $6)
                   AND CASE WHEN n.type = ANY ($5) THEN ",
            may_be_told!(),
            " AND ",
            heard!("$1", "n.from_account_id", "$7"),
            " ELSE false END ORDER BY n.id "
        )
    };
}

/// A page of what a person was told, newest first, without what they may not see any more, and whom they do not want to hear
/// of at the moment.
pub async fn list_page(
    conn: &mut Conn,
    me: AccountId,
    types: &[&str],
    from: Option<AccountId>,
    page: Page,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Notification>> {
    let text = if page.upwards {
        concat!(page_before!(), "ASC LIMIT $4) u ORDER BY u.id ASC")
    } else {
        concat!(page_before!(), "DESC LIMIT $4) u ORDER BY u.id DESC")
    };
    let mut rows: Vec<Notification> = Sql::new(text)
        .bind::<BigInt, _>(me)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<Array<Text>, _>(types)
        .bind::<BigInt, _>(from.map_or(0, |id| id.0))
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    if page.upwards {
        rows.reverse();
    }
    Ok(rows)
}

/// One of the things that a person was told, as [`list_page`] would show it.
pub async fn find_notification(
    conn: &mut Conn,
    me: AccountId,
    id: NotificationId,
    now: DateTime<Utc>,
) -> QueryResult<Option<Notification>> {
    let page = Page { below: id.0.saturating_add(1), above: id.0.saturating_sub(1), upwards: false, limit: 1 };
    Ok(list_page(conn, me, &TYPES, None, page, now).await?.pop())
}

pub async fn delete_all(conn: &mut Conn, me: AccountId) -> QueryResult<usize> {
    diesel::delete(notifications::table.filter(notifications::account_id.eq(me))).execute(conn).await
}

pub async fn delete_one(conn: &mut Conn, me: AccountId, id: NotificationId) -> QueryResult<usize> {
    diesel::delete(notifications::table.find(id).filter(notifications::account_id.eq(me))).execute(conn).await
}

/// How many came since the marker, without what the person may not see any more, or does not want to hear of; a hundred at most are counted.
pub async fn count_unread(conn: &mut Conn, me: AccountId, now: DateTime<Utc>) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let rows: Vec<Count> = Sql::new(concat!(
        "SELECT count(*) AS count FROM (
             SELECT 1 FROM notifications n
             WHERE n.account_id = $1 AND n.id > coalesce(
                 (SELECT m.last_read_id FROM markers m WHERE m.account_id = $1 AND m.timeline = 'notifications'), 0)
               AND ",
        may_be_told!(),
        " AND ",
        heard!("$1", "n.from_account_id", "$2"),
        " LIMIT 100) unread"
    ))
    .bind::<BigInt, _>(me)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.iter().map(|row| row.count).sum())
}
