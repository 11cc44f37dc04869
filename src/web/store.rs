//! SQL for pages of posts. Every query has the one visibility rule, and leaves out whom the visitor hides, as timelines do.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::accounts::Account;
use crate::base::id::{AccountId, AudienceId, StatusId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::{accounts, audiences, follows};
use crate::db::sql::Sql;
use crate::{shown, visible};

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = BigInt)]
    id: StatusId,
}

fn ids(rows: Vec<IdRow>) -> Vec<StatusId> {
    rows.into_iter().map(|row| row.id).collect()
}

/// The first posts of threads that a group has passed on, newest first. What others addressed to it stays outside.
pub async fn list_of_group(
    conn: &mut Conn,
    viewer: Viewer,
    group: AccountId,
    below: i64,
    limit: i64,
    now: DateTime<Utc>,
) -> QueryResult<Vec<StatusId>> {
    Sql::new(concat!(
        "SELECT s.id FROM statuses s WHERE s.group_account_id = $2 AND s.id < $3
           AND s.reblog_of_id IS NULL AND s.in_reply_to_uri IS NULL AND s.in_reply_to_id IS NULL
           AND EXISTS (SELECT 1 FROM statuses b WHERE b.reblog_of_id = s.id AND b.account_id = $2) AND ",
        shown!("$5"),
        " AND ",
        visible!(),
        " ORDER BY s.id DESC LIMIT $4"
    ))
    .bind::<BigInt, _>(viewer.bind())
    .bind::<BigInt, _>(group)
    .bind::<BigInt, _>(below)
    .bind::<BigInt, _>(limit)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await
    .map(ids)
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    id: StatusId,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many replies to each post the viewer may see; posts without any are left out.
pub async fn count_replies(conn: &mut Conn, viewer: Viewer, posts: &[StatusId]) -> QueryResult<Vec<(StatusId, i64)>> {
    let rows: Vec<CountRow> = Sql::new(concat!(
        "SELECT s.in_reply_to_id AS id, count(*) AS count FROM statuses s WHERE s.in_reply_to_id = ANY ($2) AND ",
        visible!(),
        " GROUP BY s.in_reply_to_id"
    ))
    .bind::<BigInt, _>(viewer.bind())
    .bind::<Array<BigInt>, _>(posts)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.count)).collect())
}

/// Whose members these audiences are.
pub async fn list_audience_groups(conn: &mut Conn, ids: &[AudienceId]) -> QueryResult<Vec<(AudienceId, AccountId)>> {
    audiences::table
        .filter(audiences::id.eq_any(ids))
        .select((audiences::id, audiences::group_account_id))
        .load(conn)
        .await
}

/// Groups of this instance that want to be found, by name.
pub async fn list_groups(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Account>> {
    accounts::table
        .filter(accounts::domain.is_null())
        // Written out, as in the index that has no others.
        .filter(diesel::dsl::sql::<Bool>("accounts.actor_type = 'Group'"))
        .filter(accounts::discoverable)
        .filter(accounts::suspended_at.is_null())
        .order(accounts::username)
        .limit(limit)
        .select(Account::as_select())
        .load(conn)
        .await
}

/// The groups that somebody is in, those that they joined last first.
pub async fn list_groups_of(conn: &mut Conn, me: AccountId, limit: i64) -> QueryResult<Vec<AccountId>> {
    follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_account_id)))
        .filter(follows::account_id.eq(me))
        .filter(accounts::actor_type.eq("Group"))
        .filter(accounts::suspended_at.is_null())
        .order(follows::id.desc())
        .limit(limit)
        .select(accounts::id)
        .load(conn)
        .await
}
