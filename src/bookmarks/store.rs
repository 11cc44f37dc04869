//! All SQL about bookmarks. `statuses::store` says of each post whether the viewer has one.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use super::BookmarkRow;
use crate::base::id::{AccountId, BookmarkId, StatusId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::bookmarks;
use crate::db::sql::Sql;
use crate::visible;

/// Keeps a post; twice is once.
pub async fn insert_bookmark(
    conn: &mut Conn,
    id: BookmarkId,
    account: AccountId,
    status: StatusId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(bookmarks::table)
        .values((
            bookmarks::id.eq(id),
            bookmarks::account_id.eq(account),
            bookmarks::status_id.eq(status),
            bookmarks::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

pub async fn delete_bookmark(conn: &mut Conn, account: AccountId, status: StatusId) -> QueryResult<usize> {
    let own = bookmarks::table.filter(bookmarks::account_id.eq(account));
    diesel::delete(own.filter(bookmarks::status_id.eq(status))).execute(conn).await
}

macro_rules! bookmarks_before {
    () => {
        concat!(
            "SELECT t.bookmark_id, t.id FROM (
                 SELECT b.id AS bookmark_id, s.id FROM bookmarks b JOIN statuses s ON s.id = b.status_id
                 WHERE b.account_id = $1 AND b.id < $2 AND b.id > $3 AND ",
            visible!(),
            " ORDER BY b.id "
        )
    };
}

/// What one keeps and may still see, paged by the bookmarks' ids, newest first.
pub async fn list_page(conn: &mut Conn, me: AccountId, page: Page) -> QueryResult<Vec<BookmarkRow>> {
    let text = if page.upwards {
        concat!(bookmarks_before!(), "ASC LIMIT $4) t ORDER BY t.bookmark_id ASC")
    } else {
        concat!(bookmarks_before!(), "DESC LIMIT $4) t ORDER BY t.bookmark_id DESC")
    };
    let rows: Vec<BookmarkRow> = Sql::new(text)
        .bind::<BigInt, _>(me)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await?;
    Ok(page.newest_first(rows))
}
