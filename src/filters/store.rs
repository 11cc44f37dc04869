//! All SQL of filters. Every function that finds takes whose they are: nobody else's is found or changed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::{Filter, Keyword, NamedStatus};
use crate::base::id::{AccountId, FilterId, FilterKeywordId, FilterStatusId, StatusId};
use crate::db::Conn;
use crate::db::schema::{filter_keywords, filter_statuses, filters};
use crate::db::sql::Sql;

/// Somebody's filters, oldest first.
pub async fn list_filters(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<Filter>> {
    filters::table.filter(filters::account_id.eq(me)).order(filters::id).select(Filter::as_select()).load(conn).await
}

pub async fn find_filter(conn: &mut Conn, me: AccountId, id: FilterId) -> QueryResult<Option<Filter>> {
    let row = filters::table.find(id).filter(filters::account_id.eq(me));
    row.select(Filter::as_select()).first(conn).await.optional()
}

/// The keywords of these filters, oldest first.
pub async fn list_keywords(conn: &mut Conn, of: &[FilterId]) -> QueryResult<Vec<Keyword>> {
    filter_keywords::table
        .filter(filter_keywords::filter_id.eq_any(of))
        .order(filter_keywords::id)
        .select(Keyword::as_select())
        .load(conn)
        .await
}

/// The posts that these filters name, as they were added.
pub async fn list_statuses(conn: &mut Conn, of: &[FilterId]) -> QueryResult<Vec<NamedStatus>> {
    filter_statuses::table
        .filter(filter_statuses::filter_id.eq_any(of))
        .order(filter_statuses::id)
        .select(NamedStatus::as_select())
        .load(conn)
        .await
}

/// A keyword of one of somebody's filters, with its filter.
pub async fn find_keyword(
    conn: &mut Conn,
    me: AccountId,
    id: FilterKeywordId,
) -> QueryResult<Option<(Filter, Keyword)>> {
    filters::table
        .inner_join(filter_keywords::table)
        .filter(filters::account_id.eq(me))
        .filter(filter_keywords::id.eq(id))
        .select((Filter::as_select(), Keyword::as_select()))
        .first(conn)
        .await
        .optional()
}

/// A post that one of somebody's filters names.
pub async fn find_status(conn: &mut Conn, me: AccountId, id: FilterStatusId) -> QueryResult<Option<NamedStatus>> {
    filters::table
        .inner_join(filter_statuses::table)
        .filter(filters::account_id.eq(me))
        .filter(filter_statuses::id.eq(id))
        .select(NamedStatus::as_select())
        .first(conn)
        .await
        .optional()
}

pub async fn insert_filter(conn: &mut Conn, filter: &Filter) -> QueryResult<usize> {
    diesel::insert_into(filters::table).values(filter).execute(conn).await
}

/// Writes what may change of a filter.
pub async fn update_filter(conn: &mut Conn, filter: &Filter) -> QueryResult<usize> {
    diesel::update(filters::table.find(filter.id))
        .set((
            filters::title.eq(&filter.title),
            filters::context.eq(&filter.context),
            filters::action.eq(&filter.action),
            filters::expires_at.eq(filter.expires_at),
        ))
        .execute(conn)
        .await
}

/// Removes a filter with all that it has. Returns whether it was there.
pub async fn delete_filter(conn: &mut Conn, me: AccountId, id: FilterId) -> QueryResult<bool> {
    let row = filters::table.find(id).filter(filters::account_id.eq(me));
    Ok(diesel::delete(row).execute(conn).await? == 1)
}

pub async fn insert_keyword(conn: &mut Conn, keyword: &Keyword) -> QueryResult<usize> {
    diesel::insert_into(filter_keywords::table).values(keyword).execute(conn).await
}

pub async fn update_keyword(conn: &mut Conn, keyword: &Keyword) -> QueryResult<usize> {
    diesel::update(filter_keywords::table.find(keyword.id))
        .set((filter_keywords::keyword.eq(&keyword.keyword), filter_keywords::whole_word.eq(keyword.whole_word)))
        .execute(conn)
        .await
}

pub async fn delete_keyword(conn: &mut Conn, id: FilterKeywordId) -> QueryResult<usize> {
    diesel::delete(filter_keywords::table.find(id)).execute(conn).await
}

/// Names a post in a filter. Returns whether it was not named before.
pub async fn insert_status(conn: &mut Conn, named: &NamedStatus) -> QueryResult<bool> {
    let insert = diesel::insert_into(filter_statuses::table).values(named).on_conflict_do_nothing();
    Ok(insert.execute(conn).await? == 1)
}

pub async fn delete_status(conn: &mut Conn, id: FilterStatusId) -> QueryResult<usize> {
    diesel::delete(filter_statuses::table.find(id)).execute(conn).await
}

/// How much somebody has of all.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Amounts {
    #[diesel(sql_type = BigInt)]
    pub filters: i64,
    #[diesel(sql_type = BigInt)]
    pub keywords: i64,
    /// Of all keywords.
    #[diesel(sql_type = BigInt)]
    pub characters: i64,
    #[diesel(sql_type = BigInt)]
    pub statuses: i64,
}

pub async fn find_amounts(conn: &mut Conn, me: AccountId) -> QueryResult<Amounts> {
    let rows: Vec<Amounts> = Sql::new(
        "SELECT count(*) AS filters, coalesce(sum(k.count), 0)::bigint AS keywords,
                coalesce(sum(k.characters), 0)::bigint AS characters, coalesce(sum(n.count), 0)::bigint AS statuses
         FROM filters f
         CROSS JOIN LATERAL (SELECT count(*), sum(char_length(keyword)) AS characters FROM filter_keywords
             WHERE filter_id = f.id) k
         CROSS JOIN LATERAL (SELECT count(*) FROM filter_statuses WHERE filter_id = f.id) n
         WHERE f.account_id = $1",
    )
    .bind::<BigInt, _>(me)
    .load(conn)
    .await?;
    rows.into_iter().next().ok_or(diesel::result::Error::NotFound)
}

/// A filter that is in force, with what of it matters to a page.
#[derive(Clone, Debug, QueryableByName)]
pub struct ActiveRow {
    #[diesel(sql_type = BigInt)]
    pub id: FilterId,
    #[diesel(sql_type = BigInt)]
    pub account_id: AccountId,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Array<Nullable<Text>>)]
    pub context: Vec<Option<String>>,
    #[diesel(sql_type = Text)]
    pub action: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub expires_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Array<Text>)]
    pub keywords: Vec<String>,
    /// For each keyword.
    #[diesel(sql_type = Array<Bool>)]
    pub whole_words: Vec<bool>,
    /// Of those on the page.
    #[diesel(sql_type = Array<BigInt>)]
    pub statuses: Vec<StatusId>,
}

/// These people's filters that are in force, oldest first; of the posts that they name those among `page`.
pub async fn list_active(
    conn: &mut Conn,
    people: &[AccountId],
    page: &[StatusId],
    now: DateTime<Utc>,
) -> QueryResult<Vec<ActiveRow>> {
    Sql::new(
        "SELECT f.id, f.account_id, f.title, f.context, f.action, f.expires_at, f.created_at,
                ARRAY(SELECT k.keyword FROM filter_keywords k WHERE k.filter_id = f.id ORDER BY k.id) AS keywords,
                ARRAY(SELECT k.whole_word FROM filter_keywords k WHERE k.filter_id = f.id ORDER BY k.id) AS whole_words,
                ARRAY(SELECT n.status_id FROM filter_statuses n
                      WHERE n.filter_id = f.id AND n.status_id = ANY ($2)) AS statuses
         FROM filters f WHERE f.account_id = ANY ($1) AND (f.expires_at IS NULL OR f.expires_at > $3) ORDER BY f.id",
    )
    .bind::<Array<BigInt>, _>(people)
    .bind::<Array<BigInt>, _>(page)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await
}
