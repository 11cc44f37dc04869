//! All SQL about conversations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conversation;
use crate::base::id::{AccountId, ConversationId, StatusId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::{conversations, notifications};
use crate::db::sql::Sql;
use crate::visible;

/// The people here who were told that a post mentions them.
pub async fn list_told(conn: &mut Conn, status: StatusId) -> QueryResult<Vec<AccountId>> {
    notifications::table
        .filter(notifications::status_id.eq(status))
        .filter(notifications::type_.eq("mention"))
        .filter(notifications::filtered.eq(false))
        .select(notifications::account_id)
        .load(conn)
        .await
}

#[derive(QueryableByName)]
struct StatusRow {
    #[diesel(sql_type = BigInt)]
    id: StatusId,
}

/// The direct posts of these accounts that a person was told mention them, oldest first; the newest, so many.
pub async fn list_let_in(conn: &mut Conn, me: AccountId, from: &[AccountId], most: i64) -> QueryResult<Vec<StatusId>> {
    let rows: Vec<StatusRow> = Sql::new(concat!(
        "SELECT l.id FROM (
             SELECT s.id FROM notifications n JOIN statuses s ON s.id = n.status_id
             WHERE n.account_id = $1 AND n.from_account_id = ANY ($2) AND n.type = 'mention' AND NOT n.filtered
               AND s.audience_kind = 4 AND ",
        visible!(),
        " ORDER BY s.id DESC LIMIT $3) l ORDER BY l.id"
    ))
    .bind::<BigInt, _>(me)
    .bind::<Array<BigInt>, _>(from)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = BigInt)]
    id: ConversationId,
    #[diesel(sql_type = BigInt)]
    account_id: AccountId,
    #[diesel(sql_type = Nullable<BigInt>)]
    last_status_id: Option<StatusId>,
}

/// Puts posts into the conversations of people: those that they have with the same others in the post's thread, or new ones, of these
/// ids. Unread is one whose newest of these posts is by somebody else. Returns which, and whose.
pub async fn upsert(
    conn: &mut Conn,
    rows: &[(ConversationId, AccountId, StatusId)],
    now: DateTime<Utc>,
) -> QueryResult<Vec<(ConversationId, AccountId)>> {
    let rows: Vec<Kept> = Sql::new(
        "WITH mine AS (SELECT row.id, row.account_id, s.id AS status_id, s.thread_id, s.account_id AS author_id, ARRAY(
                           SELECT e.account_id FROM (SELECT s.account_id UNION SELECT m.account_id FROM status_mentions m
                                                     WHERE m.status_id = s.id) e
                           WHERE e.account_id <> row.account_id ORDER BY 1) AS others
                       FROM unnest($1, $2, $3) AS row (id, account_id, status_id) JOIN statuses s ON s.id = row.status_id),
              newest AS (SELECT DISTINCT ON (account_id, thread_id, others) * FROM mine
                         ORDER BY account_id, thread_id, others, status_id DESC),
              kept AS (
                  INSERT INTO conversations
                      (id, account_id, thread_id, participants, participants_hash, last_status_id, unread, created_at)
                  SELECT n.id, n.account_id, n.thread_id, n.others,
                         sha256(convert_to(array_to_string(n.others, ','), 'UTF8')), n.status_id, n.account_id <> n.author_id, $4
                  FROM newest n
                  ON CONFLICT (account_id, thread_id, participants_hash) DO UPDATE
                  SET last_status_id = greatest(conversations.last_status_id, excluded.last_status_id),
                      unread = excluded.unread
                  RETURNING id, account_id, thread_id, participants_hash, last_status_id),
              tied AS (INSERT INTO conversation_statuses (conversation_id, status_id)
                       SELECT k.id, m.status_id FROM kept k JOIN mine m ON m.account_id = k.account_id AND m.thread_id = k.thread_id
                           AND sha256(convert_to(array_to_string(m.others, ','), 'UTF8')) = k.participants_hash
                       ON CONFLICT DO NOTHING)
         SELECT id, account_id, last_status_id FROM kept",
    )
    .bind::<Array<BigInt>, _>(rows.iter().map(|(id, ..)| *id).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(rows.iter().map(|(_, account, _)| *account).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(rows.iter().map(|(.., status)| *status).collect::<Vec<_>>())
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.account_id)).collect())
}

/// Lets conversations that end with a post end with the one before. Returns those that have one, with whose they are, and those
/// that have none.
pub async fn take_out(
    conn: &mut Conn,
    status: StatusId,
) -> QueryResult<(Vec<(ConversationId, AccountId)>, Vec<ConversationId>)> {
    let rows: Vec<Kept> = Sql::new(
        "UPDATE conversations c SET last_status_id = (
             SELECT max(cs.status_id) FROM conversation_statuses cs WHERE cs.conversation_id = c.id AND cs.status_id <> $1)
         WHERE c.last_status_id = $1 RETURNING c.id, c.account_id, c.last_status_id",
    )
    .bind::<BigInt, _>(status)
    .load(conn)
    .await?;
    let (kept, empty): (Vec<Kept>, Vec<Kept>) = rows.into_iter().partition(|row| row.last_status_id.is_some());
    let kept = kept.into_iter().map(|row| (row.id, row.account_id)).collect();
    Ok((kept, empty.into_iter().map(|row| row.id).collect()))
}

pub async fn delete_empty(conn: &mut Conn, ids: &[ConversationId]) -> QueryResult<usize> {
    let empty = conversations::table.filter(conversations::id.eq_any(ids));
    diesel::delete(empty.filter(conversations::last_status_id.is_null())).execute(conn).await
}

/// The columns of a [`Conversation`], of the rows `c`.
macro_rules! columns {
    () => {
        "c.id, c.account_id, c.participants[1:100] AS participants, c.last_status_id, c.unread"
    };
}

/// A page of a person's conversations, by their last post, newest first; those whose last post the person may not see are left
/// out.
pub async fn list_page(conn: &mut Conn, me: AccountId, page: Page) -> QueryResult<Vec<Conversation>> {
    macro_rules! before {
        () => {
            concat!(
                "SELECT u.* FROM (SELECT ",
                columns!(),
                " FROM conversations c
                  WHERE c.account_id = $1 AND c.last_status_id < $2 AND c.last_status_id > $3
                    AND (SELECT true FROM statuses s WHERE s.id = c.last_status_id AND ",
                visible!(),
                ") ORDER BY c.last_status_id "
            )
        };
    }
    let text = if page.upwards {
        concat!(before!(), "ASC LIMIT $4) u ORDER BY u.last_status_id DESC")
    } else {
        concat!(before!(), "DESC LIMIT $4) u ORDER BY u.last_status_id DESC")
    };
    Sql::new(text)
        .bind::<BigInt, _>(me)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await
}

/// Conversations by their ids, each as its person has it. Whether they may see the last post is asked where it is written.
pub async fn list_some(conn: &mut Conn, ids: &[ConversationId]) -> QueryResult<Vec<Conversation>> {
    Sql::new(concat!("SELECT ", columns!(), " FROM conversations c WHERE c.id = ANY ($1) ORDER BY c.id"))
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await
}

/// Whether a person has a conversation that they have not read, and whose last post they may see.
pub async fn has_unread(conn: &mut Conn, me: AccountId) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    let rows: Vec<Found> = Sql::new(concat!(
        "SELECT EXISTS (SELECT FROM conversations c
             WHERE c.account_id = $1 AND c.unread AND (SELECT true FROM statuses s WHERE s.id = c.last_status_id AND ",
        visible!(),
        ")) AS found"
    ))
    .bind::<BigInt, _>(me)
    .load(conn)
    .await?;
    Ok(rows.iter().any(|row| row.found))
}

/// Marks those of a person's conversations as read that end with one of these posts, which they are shown. Returns how many.
pub async fn update_read(conn: &mut Conn, me: AccountId, shown: &[StatusId]) -> QueryResult<usize> {
    let own = conversations::table.filter(conversations::account_id.eq(me)).filter(conversations::unread);
    let read = own.filter(conversations::last_status_id.eq_any(shown));
    diesel::update(read).set(conversations::unread.eq(false)).execute(conn).await
}

/// Marks one of a person's conversations. Returns whether it is theirs.
pub async fn update_unread(conn: &mut Conn, me: AccountId, id: ConversationId, unread: bool) -> QueryResult<bool> {
    let own = conversations::table.find(id).filter(conversations::account_id.eq(me));
    Ok(diesel::update(own).set(conversations::unread.eq(unread)).execute(conn).await? == 1)
}

/// Removes one of a person's conversations, for them alone. Returns whether it was theirs.
pub async fn delete(conn: &mut Conn, me: AccountId, id: ConversationId) -> QueryResult<bool> {
    let own = conversations::table.find(id).filter(conversations::account_id.eq(me));
    Ok(diesel::delete(own).execute(conn).await? == 1)
}
