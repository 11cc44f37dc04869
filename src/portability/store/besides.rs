//! SQL about what else there is of somebody, to take along: a part at a time.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Named;
use crate::base::id::{AccountId, StatusId};
use crate::db::Conn;
use crate::db::schema::{account_notes, accounts};
use crate::db::sql::Sql;
use crate::visible;

/// What somebody noted of others for themselves, below an account's id.
pub async fn list_noted(
    conn: &mut Conn,
    me: AccountId,
    below: AccountId,
    limit: i64,
) -> QueryResult<Vec<(Named, String)>> {
    account_notes::table
        .inner_join(accounts::table.on(accounts::id.eq(account_notes::target_account_id)))
        .filter(account_notes::account_id.eq(me))
        .filter(account_notes::target_account_id.lt(below))
        .order(account_notes::target_account_id.desc())
        .limit(limit)
        .select((Named::as_select(), account_notes::comment))
        .load(conn)
        .await
}

/// What somebody chose in a poll.
#[derive(Clone, Debug, QueryableByName)]
pub struct Choice {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// Of the post.
    #[diesel(sql_type = Text)]
    pub uri: String,
    #[diesel(sql_type = Text)]
    pub answer: String,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// What somebody chose in polls that they may see, the last first, below an id.
pub async fn list_choices(conn: &mut Conn, me: AccountId, below: i64, limit: i64) -> QueryResult<Vec<Choice>> {
    Sql::new(concat!(
        "SELECT w.id, s.uri, coalesce(p.options[w.choice + 1], '') AS answer, w.created_at
         FROM poll_votes w JOIN polls p ON p.id = w.poll_id JOIN statuses s ON s.id = p.status_id
         WHERE w.account_id = $1 AND w.id < $2 AND ",
        visible!(),
        " ORDER BY w.id DESC LIMIT $3"
    ))
    .bind::<BigInt, _>(me)
    .bind::<BigInt, _>(below)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await
}

/// A message that somebody was sent.
#[derive(Clone, Debug, QueryableByName)]
pub struct Received {
    #[diesel(sql_type = BigInt)]
    pub id: StatusId,
    #[diesel(sql_type = Text)]
    pub uri: String,
    /// Whose it is.
    #[diesel(sql_type = Text)]
    pub author: String,
    #[diesel(sql_type = Text)]
    pub spoiler_text: String,
    /// HTML.
    #[diesel(sql_type = Text)]
    pub content: String,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// What others wrote to somebody and those whom they named alone, as far as they may see it, the newest first, below an id.
pub async fn list_received(conn: &mut Conn, me: AccountId, below: StatusId, limit: i64) -> QueryResult<Vec<Received>> {
    Sql::new(concat!(
        "SELECT s.id, s.uri, a.uri AS author, s.spoiler_text, s.content, s.created_at
         FROM status_mentions m JOIN statuses s ON s.id = m.status_id JOIN accounts a ON a.id = s.account_id
         WHERE m.account_id = $1 AND m.status_id < $2 AND s.audience_kind = 4 AND s.account_id <> $1 AND ",
        visible!(),
        " ORDER BY m.status_id DESC LIMIT $3"
    ))
    .bind::<BigInt, _>(me)
    .bind::<BigInt, _>(below)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await
}
