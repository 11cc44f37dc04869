//! All SQL about emoji.

mod walk;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::RunQueryDsl;

pub use walk::*;

use super::CustomEmoji;
use crate::base::id::EmojiId;
use crate::db::Conn;
use crate::db::schema::custom_emojis as emojis;
use crate::db::sql::Sql;

/// Emoji of ours that are listed, at most.
const MOST: i64 = 10_000;

pub async fn find_emoji(conn: &mut Conn, id: EmojiId) -> QueryResult<Option<CustomEmoji>> {
    emojis::table.find(id).select(CustomEmoji::as_select()).first(conn).await.optional()
}

/// One of ours by its name; nobody else changes it until the transaction ends.
pub async fn lock_own(conn: &mut Conn, shortcode: &str) -> QueryResult<Option<CustomEmoji>> {
    emojis::table
        .filter(emojis::domain.eq(""))
        .filter(emojis::shortcode.eq(shortcode))
        .select(CustomEmoji::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// All of ours, by category and name.
pub async fn list_own(conn: &mut Conn) -> QueryResult<Vec<CustomEmoji>> {
    emojis::table
        .filter(emojis::domain.eq(""))
        .filter(emojis::image_url.ne(""))
        .order((emojis::category.asc().nulls_first(), emojis::shortcode))
        .limit(MOST)
        .select(CustomEmoji::as_select())
        .load(conn)
        .await
}

/// Those of these emoji, each a domain and a name, that there are and that are shown.
pub async fn list_shown(conn: &mut Conn, domains: &[&str], names: &[&str]) -> QueryResult<Vec<CustomEmoji>> {
    // One walk of the index for each.
    Sql::new(
        "SELECT e.* FROM unnest($1, $2) AS wanted (domain, shortcode)
         CROSS JOIN LATERAL (SELECT * FROM custom_emojis c
             WHERE c.domain = wanted.domain AND c.shortcode = wanted.shortcode LIMIT 1) e
         WHERE e.disabled_at IS NULL AND e.image_url <> ''",
    )
    .bind::<Array<Text>, _>(domains)
    .bind::<Array<Text>, _>(names)
    .load(conn)
    .await
}

/// What is known of another server's emoji of these names.
pub async fn list_known(conn: &mut Conn, domain: &str, names: &[&str]) -> QueryResult<Vec<CustomEmoji>> {
    emojis::table
        .filter(emojis::domain.eq(domain))
        .filter(emojis::shortcode.eq_any(names))
        .select(CustomEmoji::as_select())
        .load(conn)
        .await
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many emoji of a server are known; so many are counted at most.
pub async fn count_of_domain(conn: &mut Conn, domain: &str, most: i64) -> QueryResult<i64> {
    let rows: Vec<Counted> =
        Sql::new("SELECT count(*) AS count FROM (SELECT 1 FROM custom_emojis WHERE domain = $1 LIMIT $2) known")
            .bind::<Text, _>(domain)
            .bind::<BigInt, _>(most)
            .load(conn)
            .await?;
    Ok(rows.into_iter().next().map_or(0, |row| row.count))
}

/// Adds emoji; those that are there already stay as they are.
pub async fn insert_emojis(conn: &mut Conn, rows: &[CustomEmoji]) -> QueryResult<usize> {
    diesel::insert_into(emojis::table).values(rows).on_conflict_do_nothing().execute(conn).await
}

/// An emoji of another server has another picture, as something says that came now.
pub async fn update_remote(
    conn: &mut Conn,
    id: EmojiId,
    url: &str,
    updated: DateTime<Utc>,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(emojis::table.find(id))
        .set((emojis::image_url.eq(url), emojis::updated_at.eq(updated), emojis::used_at.eq(now)))
        .execute(conn)
        .await
}

/// Writes what may change of one of ours.
pub async fn update_own(conn: &mut Conn, emoji: &CustomEmoji) -> QueryResult<usize> {
    diesel::update(emojis::table.find(emoji.id))
        .set((
            emojis::image_url.eq(&emoji.image_url),
            emojis::static_url.eq(&emoji.static_url),
            emojis::visible_in_picker.eq(emoji.visible_in_picker),
            emojis::category.eq(&emoji.category),
            emojis::disabled_at.eq(emoji.disabled_at),
            emojis::updated_at.eq(emoji.updated_at),
        ))
        .execute(conn)
        .await
}

/// Removes an emoji; its files belong to nothing afterwards. Returns whether it was there.
pub async fn delete_emoji(conn: &mut Conn, id: EmojiId) -> QueryResult<bool> {
    Ok(diesel::delete(emojis::table.find(id)).execute(conn).await? == 1)
}
