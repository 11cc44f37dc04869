//! All SQL about notifications.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Kind;
use crate::base::id::{AccountId, NotificationId, StatusId};
use crate::db::Conn;
use crate::db::schema::notifications;
use crate::db::sql::Sql;

/// Inserts notifications for those of these accounts that are people of this instance. What was said before is not
/// said again.
pub async fn insert_notifications(
    conn: &mut Conn,
    to: &[(NotificationId, AccountId)],
    from: AccountId,
    kind: Kind,
    status_id: Option<StatusId>,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    let (ids, accounts): (Vec<NotificationId>, Vec<AccountId>) = to.iter().copied().unzip();
    Sql::new(
        "INSERT INTO notifications (id, account_id, from_account_id, type, status_id, created_at)
         SELECT row.id, row.account_id, $3, $4, $5, $6
         FROM unnest($1, $2) AS row (id, account_id) JOIN users u ON u.account_id = row.account_id
         ON CONFLICT DO NOTHING",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<BigInt>, _>(accounts)
    .bind::<BigInt, _>(from)
    .bind::<Text, _>(kind.as_str())
    .bind::<Nullable<BigInt>, _>(status_id)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
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
