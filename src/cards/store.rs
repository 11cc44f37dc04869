//! All SQL about cards.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::query_dsl::methods;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Card;
use crate::base::id::{AccountId, CardId, StatusId};
use crate::db::Conn;
use crate::db::schema::{card_authors, cards, status_cards};
use crate::db::sql::Sql;

#[derive(QueryableByName)]
struct OfStatus {
    #[diesel(sql_type = BigInt)]
    status_id: StatusId,
    #[diesel(embed)]
    card: Card,
    #[diesel(sql_type = Nullable<BigInt>)]
    named_id: Option<AccountId>,
    #[diesel(sql_type = Nullable<Text>)]
    named_at: Option<String>,
}

/// The cards of posts, with whom their pages name, and where those were found; without those that have nothing to show. Of each post by
/// itself: long pages have many, and never so many as there are cards.
pub async fn list_of_statuses(
    conn: &mut Conn,
    ids: &[StatusId],
) -> QueryResult<Vec<(StatusId, Card, Option<(AccountId, String)>)>> {
    let rows: Vec<OfStatus> = Sql::new(
        "SELECT k.status_id, c.*, a.account_id AS named_id, a.host AS named_at FROM unnest($1) AS wanted (id)
         CROSS JOIN LATERAL (SELECT s.status_id, s.card_id FROM status_cards s WHERE s.status_id = wanted.id LIMIT 1) k
         CROSS JOIN LATERAL (SELECT * FROM cards WHERE cards.id = k.card_id LIMIT 1) c
         LEFT JOIN LATERAL (SELECT n.account_id, n.host FROM card_authors n WHERE n.card_id = c.id LIMIT 1) a ON true
         WHERE c.title <> ''",
    )
    .bind::<Array<BigInt>, _>(ids)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.status_id, row.card, row.named_id.zip(row.named_at))).collect())
}

pub async fn find_by_url(conn: &mut Conn, url: &str) -> QueryResult<Option<Card>> {
    cards::table.filter(cards::url.eq(url)).select(Card::as_select()).first(conn).await.optional()
}

/// Where the picture of a card is.
pub async fn find_image(conn: &mut Conn, id: CardId) -> QueryResult<Option<String>> {
    let found = cards::table.find(id).select(cards::image_url).first::<Option<String>>(conn).await.optional()?;
    Ok(found.flatten())
}

/// Keeps a card, in place of what was known of its address. Returns its id.
pub async fn upsert_card(conn: &mut Conn, card: &Card) -> QueryResult<CardId> {
    let known = cards::table.filter(cards::url.eq(&card.url)).select(cards::id).first(conn).await.optional()?;
    let card = Card { id: known.unwrap_or(card.id), ..card.clone() };
    diesel::insert_into(cards::table)
        .values(&card)
        .on_conflict(cards::url)
        .do_update()
        .set(&card)
        .returning(cards::id)
        .get_result(conn)
        .await
}

/// Keeps whom a page names, and where it was found; `None`: nobody.
pub async fn set_author(conn: &mut Conn, card: CardId, author: Option<&(AccountId, String)>) -> QueryResult<usize> {
    let Some((account, host)) = author else {
        return diesel::delete(card_authors::table.find(card)).execute(conn).await;
    };
    let said = (card_authors::account_id.eq(account), card_authors::host.eq(host));
    diesel::insert_into(card_authors::table)
        .values((card_authors::card_id.eq(card), said))
        .on_conflict(card_authors::card_id)
        .do_update()
        .set(said)
        .execute(conn)
        .await
}

/// What the picture of a card is like, now that it is here.
pub async fn update_picture(
    conn: &mut Conn,
    id: CardId,
    image_url: &str,
    (width, height): (i32, i32),
    blurhash: Option<&str>,
) -> QueryResult<usize> {
    diesel::update(cards::table.find(id).filter(cards::image_url.eq(image_url)))
        .set((cards::width.eq(width), cards::height.eq(height), cards::blurhash.eq(blurhash)))
        .execute(conn)
        .await
}

/// The picture of a card is none that can be shown.
pub async fn forget_picture(conn: &mut Conn, id: CardId) -> QueryResult<usize> {
    diesel::update(cards::table.find(id)).set(cards::image_url.eq(None::<String>)).execute(conn).await
}

/// Puts a card below a post, in place of the one that is there; `None` takes it away. Returns whether something changed.
pub async fn set_card(conn: &mut Conn, status: StatusId, card: Option<CardId>) -> QueryResult<bool> {
    let Some(card) = card else {
        return Ok(diesel::delete(status_cards::table.find(status)).execute(conn).await? > 0);
    };
    let row = (status_cards::status_id.eq(status), status_cards::card_id.eq(card));
    let put = diesel::insert_into(status_cards::table)
        .values(row)
        .on_conflict(status_cards::status_id)
        .do_update()
        .set(status_cards::card_id.eq(card));
    let other = methods::FilterDsl::filter(put, status_cards::card_id.ne(card));
    Ok(other.execute(conn).await? > 0)
}

/// The newest posts that have this card, so many at most.
pub async fn list_with_card(conn: &mut Conn, card: CardId, limit: i64) -> QueryResult<Vec<StatusId>> {
    status_cards::table
        .filter(status_cards::card_id.eq(card))
        .order(status_cards::status_id.desc())
        .limit(limit)
        .select(status_cards::status_id)
        .load(conn)
        .await
}

/// Forgets some cards that no post has, and that were not asked for since then. Returns how many.
pub async fn delete_unused_before(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    Sql::new(
        "DELETE FROM cards WHERE id IN (
             SELECT c.id FROM cards c WHERE c.fetched_at < $1
               AND (SELECT true FROM status_cards k WHERE k.card_id = c.id LIMIT 1) IS NULL
             ORDER BY c.fetched_at LIMIT $2)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(500)
    .execute(conn)
    .await
}
