//! What somebody wrote, for themselves.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, StatusId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::sql::Sql;
use crate::statuses::Status;
use crate::visible;

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = BigInt)]
    id: StatusId,
}

/// All posts and boosts of an account of ours as it sees them itself, newest first.
pub async fn list_own(conn: &mut Conn, id: AccountId, below: StatusId, limit: i64) -> QueryResult<Vec<Status>> {
    let rows: Vec<IdRow> = Sql::new(concat!(
        "SELECT s.id FROM statuses s WHERE s.account_id = $1 AND s.id < $2 AND ",
        visible!(),
        " ORDER BY s.id DESC LIMIT $3"
    ))
    .bind::<BigInt, _>(Viewer::account(id).bind())
    .bind::<BigInt, _>(below)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    in_order(conn, rows).await
}

/// As [`list_own`], of those that were edited.
pub async fn list_own_edited(conn: &mut Conn, id: AccountId, below: StatusId, limit: i64) -> QueryResult<Vec<Status>> {
    let rows: Vec<IdRow> = Sql::new(concat!(
        "SELECT s.id FROM statuses s WHERE s.account_id = $1 AND s.id < $2 AND s.edited_at IS NOT NULL
           AND s.reblog_of_id IS NULL AND ",
        visible!(),
        " ORDER BY s.id DESC LIMIT $3"
    ))
    .bind::<BigInt, _>(Viewer::account(id).bind())
    .bind::<BigInt, _>(below)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    in_order(conn, rows).await
}

/// These rows, newest first.
async fn in_order(conn: &mut Conn, rows: Vec<IdRow>) -> QueryResult<Vec<Status>> {
    let ids: Vec<StatusId> = rows.into_iter().map(|row| row.id).collect();
    let mut found = super::list_statuses(conn, &ids).await?;
    found.sort_unstable_by_key(|status| std::cmp::Reverse(status.id));
    Ok(found)
}
