//! What people let in, and what waits to be let in.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, NotificationRequestId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::{
    notification_permissions as permissions, notification_policies as policies, notification_requests as requests,
    notifications,
};
use crate::db::sql::Sql;
use crate::notifications::{Filtered, NewRequest, Policy, Request};
use crate::{heard, visible};

/// A person's policy; what is usual, if they chose none.
pub async fn find_policy(conn: &mut Conn, me: AccountId) -> QueryResult<Policy> {
    let chosen = policies::table.find(me).select(Policy::as_select()).first(conn).await.optional()?;
    Ok(chosen.unwrap_or_else(|| Policy::usual(me)))
}

pub async fn upsert_policy(conn: &mut Conn, policy: &Policy) -> QueryResult<usize> {
    diesel::insert_into(policies::table)
        .values(policy)
        .on_conflict(policies::account_id)
        .do_update()
        .set(policy)
        .execute(conn)
        .await
}

/// Notes that something was filtered of somebody; for each, once.
pub async fn upsert_requests(conn: &mut Conn, new: &[NewRequest], now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::insert_into(requests::table)
        .values(new)
        .on_conflict((requests::account_id, requests::from_account_id))
        .do_update()
        .set(requests::updated_at.eq(now))
        .execute(conn)
        .await
}

/// A page of requests before its end: the person `$1`, ids between `$2` and `$3`, `$4` at most, the time `$5`. Those of whom the
/// person does not want to hear, and those of whom nothing is left, are left out: row by row, since EXISTS becomes a join that
/// reads all that is filtered of anybody.
macro_rules! requests_before {
    () => {
        concat!(
            "SELECT u.* FROM (
                 SELECT r.id, r.from_account_id, r.created_at, r.updated_at,
                        (SELECT count(*) FROM (SELECT 1 FROM notifications n WHERE n.account_id = $1
                             AND n.from_account_id = r.from_account_id AND n.filtered LIMIT 100) n) AS count,
                        (SELECT l.status_id FROM (SELECT n.id, n.status_id FROM notifications n WHERE n.account_id = $1
                             AND n.from_account_id = r.from_account_id AND n.filtered ORDER BY n.id DESC LIMIT 100) l
                         WHERE l.status_id IS NOT NULL AND (SELECT true FROM statuses s WHERE s.id = l.status_id AND ",
            visible!(),
            ") ORDER BY l.id DESC LIMIT 1) AS last_status_id
                 FROM notification_requests r
                 WHERE r.account_id = $1 AND r.id < $2 AND r.id > $3
                   AND (SELECT true FROM notifications n WHERE n.account_id = $1
                        AND n.from_account_id = r.from_account_id AND n.filtered LIMIT 1)
                   AND (SELECT true FROM accounts a WHERE a.id = r.from_account_id AND a.suspended_at IS NULL)
                   AND ",
            heard!("$1", "r.from_account_id", "$5"),
            " ORDER BY r.id "
        )
    };
}

/// A page of a person's requests, newest first.
pub async fn list_requests(
    conn: &mut Conn,
    me: AccountId,
    page: Page,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Request>> {
    let text = if page.upwards {
        concat!(requests_before!(), "ASC LIMIT $4) u ORDER BY u.id ASC")
    } else {
        concat!(requests_before!(), "DESC LIMIT $4) u ORDER BY u.id DESC")
    };
    let rows: Vec<Request> = Sql::new(text)
        .bind::<BigInt, _>(me)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(page.newest_first(rows))
}

/// One of a person's requests, as [`list_requests`] would show it.
pub async fn find_request(
    conn: &mut Conn,
    me: AccountId,
    id: NotificationRequestId,
    now: DateTime<Utc>,
) -> QueryResult<Option<Request>> {
    let page = Page { below: id.0.saturating_add(1), above: id.0.saturating_sub(1), upwards: false, limit: 1 };
    Ok(list_requests(conn, me, page, now).await?.pop())
}

/// How much is filtered of whom a person wants to hear at all: a hundred requests and a thousand notifications at most are
/// counted.
pub async fn count_filtered(conn: &mut Conn, me: AccountId, now: DateTime<Utc>) -> QueryResult<Filtered> {
    let rows: Vec<Filtered> = Sql::new(concat!(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM notification_requests r WHERE r.account_id = $1
                     AND (SELECT true FROM notifications n WHERE n.account_id = $1
                          AND n.from_account_id = r.from_account_id AND n.filtered LIMIT 1)
                     AND (SELECT true FROM accounts a WHERE a.id = r.from_account_id AND a.suspended_at IS NULL)
                     AND ",
        heard!("$1", "r.from_account_id", "$2"),
        " LIMIT 100) r) AS requests,
                (SELECT count(*) FROM (SELECT 1 FROM notifications n WHERE n.account_id = $1 AND n.filtered
                     AND (SELECT true FROM accounts a WHERE a.id = n.from_account_id AND a.suspended_at IS NULL)
                     AND ",
        heard!("$1", "n.from_account_id", "$2"),
        " LIMIT 1000) n) AS notifications"
    ))
    .bind::<BigInt, _>(me)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().unwrap_or_default())
}

/// Takes out some of a person's requests; whose they were.
pub async fn delete_requests(
    conn: &mut Conn,
    me: AccountId,
    ids: &[NotificationRequestId],
) -> QueryResult<Vec<AccountId>> {
    diesel::delete(requests::table.filter(requests::account_id.eq(me)).filter(requests::id.eq_any(ids)))
        .returning(requests::from_account_id)
        .get_results(conn)
        .await
}

/// From now on, everything of these accounts comes to the person.
pub async fn insert_permissions(
    conn: &mut Conn,
    me: AccountId,
    from: &[AccountId],
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    let rows: Vec<_> = from
        .iter()
        .map(|from| {
            let created = permissions::created_at.eq(now);
            (permissions::account_id.eq(me), permissions::from_account_id.eq(*from), created)
        })
        .collect();
    diesel::insert_into(permissions::table).values(rows).on_conflict_do_nothing().execute(conn).await
}

/// What was filtered of these accounts is shown.
pub async fn unfilter(conn: &mut Conn, me: AccountId, from: &[AccountId]) -> QueryResult<usize> {
    let held = notifications::table
        .filter(notifications::account_id.eq(me))
        .filter(notifications::from_account_id.eq_any(from))
        .filter(notifications::filtered);
    diesel::update(held).set(notifications::filtered.eq(false)).execute(conn).await
}

/// What was filtered of these accounts is gone.
pub async fn delete_filtered(conn: &mut Conn, me: AccountId, from: &[AccountId]) -> QueryResult<usize> {
    let held = notifications::table
        .filter(notifications::account_id.eq(me))
        .filter(notifications::from_account_id.eq_any(from))
        .filter(notifications::filtered);
    diesel::delete(held).execute(conn).await
}
