//! All SQL about hashtags by themselves. What is counted passes `visible!`, and is bounded.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::{Featured, Usage};
use crate::base::id::{AccountId, FeaturedTagId, TagFollowId, TagId};
use crate::base::page::Page;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::{featured_tags, tag_follows, tags};
use crate::db::sql::Sql;
use crate::visible;

/// The row of a hashtag, made with this id if there is none.
pub async fn ensure_tag(conn: &mut Conn, id: TagId, name: &str, now: DateTime<Utc>) -> QueryResult<TagId> {
    let row = (tags::id.eq(id), tags::name.eq(name), tags::created_at.eq(now));
    diesel::insert_into(tags::table).values(row).on_conflict_do_nothing().execute(conn).await?;
    tags::table.filter(tags::name.eq(name)).select(tags::id).first(conn).await
}

/// Follows a hashtag; twice is once.
pub async fn insert_follow(
    conn: &mut Conn,
    id: TagFollowId,
    me: AccountId,
    tag: TagId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(tag_follows::table)
        .values((
            tag_follows::id.eq(id),
            tag_follows::account_id.eq(me),
            tag_follows::tag_id.eq(tag),
            tag_follows::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

pub async fn delete_follow(conn: &mut Conn, me: AccountId, name: &str) -> QueryResult<usize> {
    let tag = tags::table.filter(tags::name.eq(name)).select(tags::id);
    let row = tag_follows::table.filter(tag_follows::account_id.eq(me)).filter(tag_follows::tag_id.eq_any(tag));
    diesel::delete(row).execute(conn).await
}

pub async fn count_follows(conn: &mut Conn, me: AccountId) -> QueryResult<i64> {
    tag_follows::table.filter(tag_follows::account_id.eq(me)).count().get_result(conn).await
}

/// A page of the hashtags that somebody follows, newest first, with the ids by which it is paged.
pub async fn list_followed(conn: &mut Conn, me: AccountId, page: Page) -> QueryResult<Vec<(TagFollowId, String)>> {
    let query = tag_follows::table
        .inner_join(tags::table)
        .filter(tag_follows::account_id.eq(me))
        .filter(tag_follows::id.lt(TagFollowId(page.below)))
        .filter(tag_follows::id.gt(TagFollowId(page.above)))
        .limit(page.limit)
        .select((tag_follows::id, tags::name))
        .into_boxed();
    let query = if page.upwards { query.order(tag_follows::id.asc()) } else { query.order(tag_follows::id.desc()) };
    let rows: Vec<(TagFollowId, String)> = query.load(conn).await?;
    Ok(page.newest_first(rows))
}

/// Puts a hashtag on somebody's profile; twice is once.
pub async fn insert_featured(
    conn: &mut Conn,
    id: FeaturedTagId,
    me: AccountId,
    tag: TagId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(featured_tags::table)
        .values((
            featured_tags::id.eq(id),
            featured_tags::account_id.eq(me),
            featured_tags::tag_id.eq(tag),
            featured_tags::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

pub async fn delete_featured(conn: &mut Conn, me: AccountId, id: FeaturedTagId) -> QueryResult<bool> {
    let row = featured_tags::table.find(id).filter(featured_tags::account_id.eq(me));
    Ok(diesel::delete(row).execute(conn).await? == 1)
}

pub async fn delete_featured_named(conn: &mut Conn, me: AccountId, name: &str) -> QueryResult<usize> {
    let tag = tags::table.filter(tags::name.eq(name)).select(tags::id);
    let row = featured_tags::table.filter(featured_tags::account_id.eq(me)).filter(featured_tags::tag_id.eq_any(tag));
    diesel::delete(row).execute(conn).await
}

/// The hashtags on a profile, oldest first.
pub async fn list_featured(conn: &mut Conn, of: AccountId) -> QueryResult<Vec<Featured>> {
    let rows: Vec<(FeaturedTagId, TagId, String)> = featured_tags::table
        .inner_join(tags::table)
        .filter(featured_tags::account_id.eq(of))
        .order(featured_tags::id)
        .select((featured_tags::id, tags::id, tags::name))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, tag_id, name)| Featured { id, tag_id, name }).collect())
}

/// Whether somebody follows a hashtag, and shows it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Standing {
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Bool)]
    pub following: bool,
    #[diesel(sql_type = Bool)]
    pub featuring: bool,
}

/// How somebody stands to each of these hashtags; those that nobody ever used are left out.
pub async fn list_standings(conn: &mut Conn, me: AccountId, names: &[String]) -> QueryResult<Vec<Standing>> {
    Sql::new(
        "SELECT t.name,
                EXISTS (SELECT 1 FROM tag_follows f WHERE f.account_id = $1 AND f.tag_id = t.id) AS following,
                EXISTS (SELECT 1 FROM featured_tags f WHERE f.account_id = $1 AND f.tag_id = t.id) AS featuring
         FROM tags t WHERE t.name = ANY ($2)",
    )
    .bind::<BigInt, _>(me)
    .bind::<Array<Text>, _>(names)
    .load(conn)
    .await
}

/// How often a hashtag was used on a day.
#[derive(Clone, Debug, QueryableByName)]
pub struct DayRow {
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Days since 1970.
    #[diesel(sql_type = BigInt)]
    pub day: i64,
    #[diesel(sql_type = BigInt)]
    pub uses: i64,
    #[diesel(sql_type = BigInt)]
    pub accounts: i64,
}

/// How often public posts that the viewer may see, and came after the id `above`, had each of these hashtags, by the day on which
/// they came. Of each the newest `most` are counted; days without any are left out.
pub async fn list_history(
    conn: &mut Conn,
    viewer: Viewer,
    names: &[String],
    above: i64,
    most: i64,
) -> QueryResult<Vec<DayRow>> {
    Sql::new(concat!(
        "SELECT w.name, u.day, count(*) AS uses, count(DISTINCT u.account_id) AS accounts
         FROM unnest($2) AS w (name) CROSS JOIN LATERAL (
             SELECT s.account_id, (s.id >> 16) / 86400000 AS day
             FROM status_tags t JOIN statuses s ON s.id = t.status_id
             WHERE t.tag_id = (SELECT id FROM tags WHERE name = w.name) AND t.status_id > $3 AND s.audience_kind = 1 AND ",
        visible!(),
        " ORDER BY t.status_id DESC LIMIT $4) u
         GROUP BY w.name, u.day"
    ))
    .bind::<BigInt, _>(viewer.bind())
    .bind::<Array<Text>, _>(names)
    .bind::<BigInt, _>(above)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await
}

/// The newest posts of an account that are looked through for its hashtags.
const LOOKED_THROUGH: i64 = 1_000;

/// The posts `p` and tags `t` of an account's newest posts that anyone may see. Post by post: a planner would rather read
/// all tags of all posts than those of a thousand.
macro_rules! used {
    ($which:literal) => {
        concat!(
            "FROM (SELECT s.id, s.created_at FROM statuses s
                 WHERE s.account_id = $2 AND s.reblog_of_id IS NULL AND s.audience_kind IN (1, 2) AND ",
            visible!(),
            " ORDER BY s.id DESC LIMIT $3) p
              CROSS JOIN LATERAL (SELECT st.tag_id FROM status_tags st WHERE st.status_id = p.id",
            $which,
            " OFFSET 0) t"
        )
    };
}

#[derive(QueryableByName)]
struct UsageRow {
    #[diesel(sql_type = BigInt)]
    tag_id: TagId,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last: Option<DateTime<Utc>>,
}

/// How an account used hashtags where anyone may see it, as far as the viewer may; those that it didn't are left out.
pub async fn list_usage(
    conn: &mut Conn,
    viewer: Viewer,
    of: AccountId,
    among: &[TagId],
) -> QueryResult<Vec<(TagId, Usage)>> {
    let rows: Vec<UsageRow> = Sql::new(concat!(
        "SELECT t.tag_id, count(*) AS count, max(p.created_at) AS last ",
        used!(" AND st.tag_id = ANY ($4)"),
        " GROUP BY t.tag_id"
    ))
    .bind::<BigInt, _>(viewer.bind())
    .bind::<BigInt, _>(of)
    .bind::<BigInt, _>(LOOKED_THROUGH)
    .bind::<Array<BigInt>, _>(among)
    .load(conn)
    .await?;
    let usage = |row: UsageRow| (row.tag_id, Usage { statuses_count: row.count, last_status_at: row.last });
    Ok(rows.into_iter().map(usage).collect())
}

/// The hashtags that somebody uses most and doesn't show, the most used first.
pub async fn list_suggested(conn: &mut Conn, me: AccountId, limit: i64) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let rows: Vec<Name> = Sql::new(concat!(
        "SELECT (SELECT g.name FROM tags g WHERE g.id = m.tag_id) AS name FROM (
             SELECT t.tag_id, count(*) AS uses ",
        used!(""),
        " WHERE NOT EXISTS (SELECT 1 FROM featured_tags f WHERE f.account_id = $1 AND f.tag_id = t.tag_id)
             GROUP BY t.tag_id ORDER BY uses DESC, t.tag_id LIMIT $4) m ORDER BY m.uses DESC, m.tag_id"
    ))
    .bind::<BigInt, _>(me)
    .bind::<BigInt, _>(me)
    .bind::<BigInt, _>(LOOKED_THROUGH)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}
