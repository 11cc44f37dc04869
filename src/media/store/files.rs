//! The files: a row comes before what is in the store, and goes after it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, CardId, EmojiId, MediaId};
use crate::db::Conn;
use crate::db::schema::media_files as files;
use crate::db::sql::Sql;
use crate::media::{File, Role};

/// To what a file belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Attachment(MediaId),
    Account(AccountId),
    Card(CardId),
    Emoji(EmojiId),
}

/// What a file belongs to that belongs to nothing any more.
#[derive(Clone, Copy, AsChangeset)]
#[diesel(table_name = files, treat_none_as_null = true)]
struct Owned {
    attachment_id: Option<MediaId>,
    account_id: Option<AccountId>,
    card_id: Option<CardId>,
    emoji_id: Option<EmojiId>,
}

const NOBODYS: Owned = Owned { attachment_id: None, account_id: None, card_id: None, emoji_id: None };

pub async fn insert_files(conn: &mut Conn, rows: &[&File]) -> QueryResult<usize> {
    diesel::insert_into(files::table).values(rows.to_vec()).execute(conn).await
}

/// A file that is shown to whoever has its address: it belongs to something, whose owner is not suspended. Emoji are the
/// instance's.
pub async fn find_served(conn: &mut Conn, name: &str) -> QueryResult<Option<File>> {
    let found: Vec<File> = Sql::new(
        "SELECT f.* FROM media_files f LEFT JOIN media_attachments m ON m.id = f.attachment_id
         LEFT JOIN accounts a ON a.id = coalesce(f.account_id, m.account_id)
         WHERE f.name = $1 AND f.ready AND f.role <> 'source' AND f.copy_of IS NULL
           AND (f.emoji_id IS NOT NULL OR a.id IS NOT NULL AND a.suspended_at IS NULL)",
    )
    .bind::<Text, _>(name)
    .load(conn)
    .await?;
    Ok(found.into_iter().next())
}

/// The files of attachments that are whole in the store.
pub async fn list_files(conn: &mut Conn, attachments: &[MediaId]) -> QueryResult<Vec<File>> {
    files::table
        .filter(files::attachment_id.eq_any(attachments))
        .filter(files::ready)
        .select(File::as_select())
        .load(conn)
        .await
}

/// The pictures that somebody here has given their account.
pub async fn list_pictures(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<File>> {
    files::table
        .filter(files::account_id.eq(account))
        .filter(files::copy_of.is_null())
        .filter(files::ready)
        .order(files::name)
        .select(File::as_select())
        .load(conn)
        .await
}

/// How much the files are, as everyone sees them, that somebody here has in their posts.
pub async fn count_of_author(conn: &mut Conn, author: AccountId) -> QueryResult<Usage> {
    let found: Vec<Usage> = Sql::new(
        "SELECT false AS copies, count(*) AS files, coalesce(sum(f.size), 0)::bigint AS bytes
         FROM media_attachments m JOIN media_files f ON f.attachment_id = m.id
         WHERE m.account_id = $1 AND m.status_id IS NOT NULL AND f.role = 'original' AND f.ready",
    )
    .bind::<BigInt, _>(author)
    .load(conn)
    .await?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// Our copy of what is at this address elsewhere.
pub async fn find_copy(conn: &mut Conn, owner: Owner, role: Role, url: &str) -> QueryResult<Option<File>> {
    let found = files::table
        .filter(files::copy_of.eq(url))
        .filter(files::role.eq(role.as_str()))
        .filter(files::ready)
        .select(File::as_select())
        .order(files::created_at.desc());
    match owner {
        Owner::Attachment(id) => found.filter(files::attachment_id.eq(id)).first(conn).await.optional(),
        Owner::Account(id) => found.filter(files::account_id.eq(id)).first(conn).await.optional(),
        Owner::Card(id) => found.filter(files::card_id.eq(id)).first(conn).await.optional(),
        Owner::Emoji(id) => found.filter(files::emoji_id.eq(id)).first(conn).await.optional(),
    }
}

/// They are whole in the store.
pub async fn set_ready(conn: &mut Conn, names: &[&str]) -> QueryResult<usize> {
    diesel::update(files::table.filter(files::name.eq_any(names.to_vec())))
        .set(files::ready.eq(true))
        .execute(conn)
        .await
}

/// Gives a file another name, and with it another address.
pub async fn rename(conn: &mut Conn, name: &str, new: &str) -> QueryResult<usize> {
    diesel::update(files::table.find(name)).set(files::name.eq(new)).execute(conn).await
}

/// These files belong to nothing any more.
pub async fn release(conn: &mut Conn, names: &[&str]) -> QueryResult<usize> {
    diesel::update(files::table.filter(files::name.eq_any(names.to_vec()))).set(NOBODYS).execute(conn).await
}

/// The files of these emoji, but those that are kept, belong to nothing any more.
pub async fn release_emojis(conn: &mut Conn, emojis: &[EmojiId], kept: &[&str]) -> QueryResult<usize> {
    let theirs = files::table.filter(files::emoji_id.eq_any(emojis)).filter(files::name.ne_all(kept.to_vec()));
    diesel::update(theirs).set(NOBODYS).execute(conn).await
}

/// What else its owner had in this role belongs to nothing any more.
pub async fn release_others(conn: &mut Conn, owner: Owner, role: Role, kept: Option<&str>) -> QueryResult<usize> {
    let others = files::role.eq(role.as_str()).and(files::name.ne(kept.unwrap_or_default().to_owned()));
    match owner {
        Owner::Attachment(id) => {
            diesel::update(files::table.filter(files::attachment_id.eq(id)).filter(others.and(files::ready)))
                .set(NOBODYS)
                .execute(conn)
                .await
        }
        Owner::Account(id) => {
            diesel::update(files::table.filter(files::account_id.eq(id)).filter(others.and(files::ready)))
                .set(NOBODYS)
                .execute(conn)
                .await
        }
        Owner::Card(id) => {
            diesel::update(files::table.filter(files::card_id.eq(id)).filter(others.and(files::ready)))
                .set(NOBODYS)
                .execute(conn)
                .await
        }
        Owner::Emoji(id) => {
            diesel::update(files::table.filter(files::emoji_id.eq(id)).filter(others.and(files::ready)))
                .set(NOBODYS)
                .execute(conn)
                .await
        }
    }
}

/// Files that did not become whole since this moment never will.
pub async fn release_unready_before(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    Sql::new(
        "UPDATE media_files SET attachment_id = NULL, account_id = NULL, card_id = NULL, emoji_id = NULL
         WHERE NOT ready AND created_at < $1
           AND (attachment_id IS NOT NULL OR account_id IS NOT NULL OR card_id IS NOT NULL OR emoji_id IS NOT NULL)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await
}

/// Where some of the files are that belong to nothing, the oldest first, without the first `passed_over`.
pub async fn list_released(conn: &mut Conn, limit: i64, passed_over: i64) -> QueryResult<Vec<String>> {
    files::table
        .filter(files::attachment_id.is_null())
        .filter(files::account_id.is_null())
        .filter(files::card_id.is_null())
        .filter(files::emoji_id.is_null())
        .order((files::created_at, files::name))
        .limit(limit)
        .offset(passed_over)
        .select(files::path)
        .load(conn)
        .await
}

/// Forgets files that are not in the store any more.
pub async fn delete_files(conn: &mut Conn, paths: &[String]) -> QueryResult<usize> {
    diesel::delete(files::table.filter(files::path.eq_any(paths.to_vec()))).execute(conn).await
}

/// Remembers that a copy was looked at, to the hour.
pub async fn touch(conn: &mut Conn, file: &File, now: DateTime<Utc>) -> QueryResult<usize> {
    if now - file.used_at < TimeDelta::hours(1) {
        return Ok(0);
    }
    diesel::update(files::table.find(&file.name)).set(files::used_at.eq(now)).execute(conn).await
}

/// Lets the copies go that were not looked at for the longest time, until the rest have at most so many bytes. Returns how
/// many went.
pub async fn release_copies_above(conn: &mut Conn, most_bytes: i64) -> QueryResult<usize> {
    Sql::new(
        "UPDATE media_files SET attachment_id = NULL, account_id = NULL, card_id = NULL, emoji_id = NULL FROM (
             SELECT name, sum(size) OVER (ORDER BY used_at DESC, name) AS total FROM media_files
             WHERE copy_of IS NOT NULL
               AND (attachment_id IS NOT NULL OR account_id IS NOT NULL OR card_id IS NOT NULL
                 OR emoji_id IS NOT NULL)) newest
         WHERE media_files.name = newest.name AND newest.total > $1",
    )
    .bind::<BigInt, _>(most_bytes)
    .execute(conn)
    .await
}

/// How much lies in the store.
#[derive(Clone, Copy, Debug, Default, QueryableByName)]
pub struct Usage {
    /// Copies of what lies on other servers, which can be fetched again; else what is ours.
    #[diesel(sql_type = Bool)]
    pub copies: bool,
    #[diesel(sql_type = BigInt)]
    pub files: i64,
    #[diesel(sql_type = BigInt)]
    pub bytes: i64,
}

/// How much lies in the store. Reads all files' rows: for administrators who ask.
pub async fn count_usage(conn: &mut Conn) -> QueryResult<Vec<Usage>> {
    Sql::new(
        "SELECT copy_of IS NOT NULL AS copies, count(*) AS files, coalesce(sum(size), 0)::bigint AS bytes
         FROM media_files GROUP BY 1 ORDER BY 1",
    )
    .load(conn)
    .await
}
