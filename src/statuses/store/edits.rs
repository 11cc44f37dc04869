//! Edits: what a post is now, and what it was before.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, EditId, StatusId};
use crate::db::Conn;
use crate::db::schema::{status_edits, status_mentions, status_tags, statuses};
use crate::db::sql::Sql;
use crate::statuses::{Status, Version};

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = BigInt)]
    account_id: AccountId,
}

/// Earlier versions that are kept of one post, and their bytes together; the first is among them.
const MOST_VERSIONS: i64 = 100;
const MOST_BYTES: i64 = 1024 * 1024;

/// The versions `v` of the post `$1` with what is kept of them: as many as there may be (`$2`), and not more bytes together than there
/// may be (`$3`). Those right after the first are too many first.
macro_rules! kept_versions {
    () => {
        "SELECT v.id, v.place = 1 OR v.later < $2 AND v.bytes_from_here + v.bytes_of_first <= $3 AS kept FROM (
             SELECT id, row_number() OVER (ORDER BY id) AS place,
                    row_number() OVER (ORDER BY id DESC) AS later,
                    sum(bytes) OVER (ORDER BY id DESC) AS bytes_from_here,
                    first_value(bytes) OVER (ORDER BY id) AS bytes_of_first
             FROM (SELECT id, octet_length(content) + octet_length(spoiler_text) + octet_length(media::text)
                              + coalesce(octet_length(array_to_string(poll_options, '')), 0) AS bytes
                   FROM status_edits WHERE status_id = $1) sized) v"
    };
}

/// A post that is about to be changed, whoever looks; nobody else changes it meanwhile.
pub async fn lock_status(conn: &mut Conn, id: StatusId) -> QueryResult<Option<Status>> {
    statuses::table.find(id).select(Status::as_select()).for_update().first(conn).await.optional()
}

/// What an edit makes of a post's own row.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = statuses, treat_none_as_null = true)]
pub struct Edited {
    pub text: String,
    pub content_type: String,
    pub content: String,
    pub spoiler_text: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub kind: i16,
    pub edited_at: DateTime<Utc>,
}

pub async fn update_edited(conn: &mut Conn, id: StatusId, edited: &Edited) -> QueryResult<Status> {
    diesel::update(statuses::table.find(id)).set(edited).returning(Status::as_returning()).get_result(conn).await
}

/// A post came that had been edited elsewhere.
pub async fn update_edited_at(conn: &mut Conn, id: StatusId, edited_at: DateTime<Utc>) -> QueryResult<Status> {
    diesel::update(statuses::table.find(id))
        .set(statuses::edited_at.eq(edited_at))
        .returning(Status::as_returning())
        .get_result(conn)
        .await
}

/// Keeps what a post was. Of many versions, those right after the first go.
pub async fn insert_version(conn: &mut Conn, version: &Version) -> QueryResult<usize> {
    diesel::insert_into(status_edits::table).values(version).execute(conn).await?;
    Sql::new(concat!(
        "DELETE FROM status_edits WHERE id IN (SELECT k.id FROM (",
        kept_versions!(),
        ") k WHERE NOT k.kept)"
    ))
    .bind::<BigInt, _>(version.status_id)
    .bind::<BigInt, _>(MOST_VERSIONS)
    .bind::<BigInt, _>(MOST_BYTES)
    .execute(conn)
    .await
}

#[derive(QueryableByName)]
struct VersionRow {
    #[diesel(sql_type = BigInt)]
    id: EditId,
}

/// What a post was before its edits, oldest first; of a post that had more before there was a limit, what would be kept now.
pub async fn list_versions(conn: &mut Conn, id: StatusId) -> QueryResult<Vec<Version>> {
    let kept: Vec<VersionRow> = Sql::new(concat!("SELECT k.id FROM (", kept_versions!(), ") k WHERE k.kept"))
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(MOST_VERSIONS)
        .bind::<BigInt, _>(MOST_BYTES)
        .load(conn)
        .await?;
    let kept: Vec<EditId> = kept.into_iter().map(|row| row.id).collect();
    status_edits::table
        .filter(status_edits::id.eq_any(kept))
        .order(status_edits::id)
        .select(Version::as_select())
        .load(conn)
        .await
}

/// Takes people's names off a post.
pub async fn delete_mentions(conn: &mut Conn, id: StatusId, accounts: &[AccountId]) -> QueryResult<usize> {
    diesel::delete(
        status_mentions::table
            .filter(status_mentions::status_id.eq(id))
            .filter(status_mentions::account_id.eq_any(accounts)),
    )
    .execute(conn)
    .await
}

/// Takes all hashtags off a post.
pub async fn delete_tags(conn: &mut Conn, id: StatusId) -> QueryResult<usize> {
    diesel::delete(status_tags::table.filter(status_tags::status_id.eq(id))).execute(conn).await
}

/// The people of this instance who boosted a post: they are told when it changes.
pub async fn list_local_boosters(conn: &mut Conn, id: StatusId) -> QueryResult<Vec<AccountId>> {
    let rows: Vec<AccountRow> = Sql::new(
        "SELECT b.account_id FROM statuses b JOIN users u ON u.account_id = b.account_id WHERE b.reblog_of_id = $1",
    )
    .bind::<BigInt, _>(id)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.account_id).collect())
}
