//! All SQL of timelines: ids only, bounded by the page and the number of followees, never by the table. `statuses::view`
//! makes posts of them. What comes to people by itself passes `shown!`, too: `now` is for mutes that have an end.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, StatusId};
use crate::base::page::Page;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::markers;
use crate::db::sql::Sql;
use crate::statuses::PageRow;
use crate::{boosts_hidden, shown, unsilenced, visible};

/// The two directions of a page share everything but their order.
macro_rules! both_ways {
    ($upwards:expr, $before:expr, $after:expr) => {
        if $upwards {
            concat!($before, "ASC", $after, "ASC LIMIT $4")
        } else {
            concat!($before, "DESC", $after, "DESC LIMIT $4")
        }
    };
}

/// Pages are newest first, whichever way they were asked for.
fn newest_first<T>(mut rows: Vec<T>, page: Page) -> Vec<T> {
    if page.upwards {
        rows.reverse();
    }
    rows
}

macro_rules! home_before {
    () => {
        concat!(
            "WITH followed AS (
                 SELECT f.target_account_id AS id, f.show_reblogs, f.languages FROM follows f
                 WHERE f.account_id = $1 AND f.accepted_at IS NOT NULL
                 UNION ALL SELECT $1, true, NULL)
             SELECT t.id, t.reblog_of_id FROM followed CROSS JOIN LATERAL (
                 SELECT s.id, s.reblog_of_id FROM statuses s
                 WHERE s.account_id = followed.id AND s.id < $2 AND s.id > $3
                   AND (s.audience_kind <> 4 OR s.account_id = $1)
                   AND (s.reblog_of_id IS NULL OR followed.show_reblogs)
                   AND (s.in_reply_to_uri IS NULL OR s.in_reply_to_account_id IN (s.account_id, $1)
                        OR EXISTS (SELECT 1 FROM follows r WHERE r.account_id = $1
                             AND r.target_account_id = s.in_reply_to_account_id AND r.accepted_at IS NOT NULL))
                   AND (followed.languages IS NULL OR coalesce((
                        SELECT l.language = ANY (followed.languages)
                            OR split_part(l.language, '-', 1) = ANY (followed.languages)
                        FROM statuses l WHERE l.id = coalesce(s.reblog_of_id, s.id)), true))
                   AND ",
            shown!("$5"),
            " AND ",
            visible!(),
            " ORDER BY s.id "
        )
    };
}

/// Home: one's own posts and those of whom one follows. Replies show when they are to somebody one follows; messages and
/// others' boosts show as Mastodon does it. Of languages that one did not choose nothing shows, unless a post does not say which
/// it is in. For each followee one bounded walk of an index.
pub async fn home(conn: &mut Conn, me: AccountId, page: Page, now: DateTime<Utc>) -> QueryResult<Vec<PageRow>> {
    let rows = Sql::new(both_ways!(page.upwards, home_before!(), " LIMIT $4) t ORDER BY t.id "))
        .bind::<BigInt, _>(me)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(newest_first(rows, page))
}

/// Which part of the public timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    All,
    Local,
    Remote,
}

macro_rules! public_timeline {
    ($where:literal, $order:literal) => {
        concat!(
            "SELECT s.id, s.reblog_of_id FROM statuses s
             WHERE s.audience_kind = 1 AND s.reblog_of_id IS NULL AND s.id < $2 AND s.id > $3
               AND (s.in_reply_to_uri IS NULL OR s.in_reply_to_account_id = s.account_id)
               AND ($6 OR EXISTS (SELECT 1 FROM media_attachments m WHERE m.status_id = s.id))",
            $where,
            " AND ",
            unsilenced!(),
            " AND ",
            shown!("$5"),
            " AND ",
            visible!(),
            " ORDER BY s.id ",
            $order,
            " LIMIT $4"
        )
    };
}

/// Public posts that are no replies; only those with pictures, films or sounds when `media`.
pub async fn public(
    conn: &mut Conn,
    viewer: Viewer,
    part: Part,
    media: bool,
    page: Page,
    now: DateTime<Utc>,
) -> QueryResult<Vec<PageRow>> {
    let text = match (part, page.upwards) {
        (Part::All, true) => public_timeline!("", "ASC"),
        (Part::All, false) => public_timeline!("", "DESC"),
        (Part::Local, true) => public_timeline!(" AND s.local", "ASC"),
        (Part::Local, false) => public_timeline!(" AND s.local", "DESC"),
        (Part::Remote, true) => public_timeline!(" AND NOT s.local", "ASC"),
        (Part::Remote, false) => public_timeline!(" AND NOT s.local", "DESC"),
    };
    let rows = Sql::new(text)
        .bind::<BigInt, _>(viewer.bind())
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<Timestamptz, _>(now)
        .bind::<Bool, _>(!media)
        .load(conn)
        .await?;
    Ok(newest_first(rows, page))
}

macro_rules! tag_before {
    () => {
        concat!(
            "SELECT u.id, u.reblog_of_id FROM (
                 SELECT s.id, s.reblog_of_id FROM status_tags t JOIN statuses s ON s.id = t.status_id
                 WHERE t.tag_id = (SELECT id FROM tags WHERE name = $5) AND t.status_id < $2 AND t.status_id > $3
                   AND s.audience_kind = 1 AND (s.local OR $6) AND (NOT s.local OR $7)
                   AND ($9 OR EXISTS (SELECT 1 FROM media_attachments m WHERE m.status_id = s.id)) AND ",
            unsilenced!(),
            " AND ",
            shown!("$8"),
            " AND ",
            visible!(),
            " ORDER BY t.status_id "
        )
    };
}

/// Public posts with a hashtag (normalised), replies too; only those with pictures, films or sounds when `media`.
pub async fn tag(
    conn: &mut Conn,
    viewer: Viewer,
    name: &str,
    part: Part,
    media: bool,
    page: Page,
    now: DateTime<Utc>,
) -> QueryResult<Vec<PageRow>> {
    let rows = Sql::new(both_ways!(page.upwards, tag_before!(), " LIMIT $4) u ORDER BY u.id "))
        .bind::<BigInt, _>(viewer.bind())
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<Text, _>(name)
        .bind::<Bool, _>(part != Part::Local)
        .bind::<Bool, _>(part != Part::Remote)
        .bind::<Timestamptz, _>(now)
        .bind::<Bool, _>(!media)
        .load(conn)
        .await?;
    Ok(newest_first(rows, page))
}

/// What of an account's posts is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Without {
    pub replies: bool,
    pub reblogs: bool,
    /// What has no picture, film or sound.
    pub text: bool,
}

macro_rules! account_before {
    () => {
        concat!(
            "SELECT t.id, t.reblog_of_id FROM (
                 SELECT s.id, s.reblog_of_id FROM statuses s
                 WHERE s.account_id = $5 AND s.id < $2 AND s.id > $3
                   AND ($6 OR s.in_reply_to_uri IS NULL OR s.in_reply_to_account_id = s.account_id)
                   AND ($7 OR s.reblog_of_id IS NULL)
                   AND ($9 OR EXISTS (SELECT 1 FROM media_attachments m WHERE m.status_id = s.id)) AND NOT ",
            boosts_hidden!("$8"),
            " AND ",
            visible!(),
            " ORDER BY s.id "
        )
    };
}

/// An account's posts and boosts, as far as the viewer may see them; not what it boosts of those whom the viewer hides. A
/// group's are what was posted to it.
pub async fn account(
    conn: &mut Conn,
    viewer: Viewer,
    id: AccountId,
    without: Without,
    page: Page,
    now: DateTime<Utc>,
) -> QueryResult<Vec<PageRow>> {
    let rows = Sql::new(both_ways!(page.upwards, account_before!(), " LIMIT $4) t ORDER BY t.id "))
        .bind::<BigInt, _>(viewer.bind())
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<BigInt, _>(id)
        .bind::<Bool, _>(!without.replies)
        .bind::<Bool, _>(!without.reblogs)
        .bind::<Timestamptz, _>(now)
        .bind::<Bool, _>(!without.text)
        .load(conn)
        .await?;
    Ok(newest_first(rows, page))
}

/// A favourite on a page.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct FavouriteRow {
    #[diesel(sql_type = BigInt)]
    pub favourite_id: i64,
    #[diesel(sql_type = BigInt)]
    pub id: StatusId,
}

macro_rules! favourites_before {
    () => {
        concat!(
            "SELECT t.favourite_id, t.id FROM (
                 SELECT f.id AS favourite_id, s.id FROM favourites f JOIN statuses s ON s.id = f.status_id
                 WHERE f.account_id = $1 AND f.id < $2 AND f.id > $3 AND ",
            visible!(),
            " ORDER BY f.id "
        )
    };
}

/// What one has favourited, paged by the favourites' ids.
pub async fn favourites(conn: &mut Conn, me: AccountId, page: Page) -> QueryResult<Vec<FavouriteRow>> {
    let rows = Sql::new(both_ways!(page.upwards, favourites_before!(), " LIMIT $4) t ORDER BY t.favourite_id "))
        .bind::<BigInt, _>(me)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await?;
    Ok(newest_first(rows, page))
}

/// How far a person has read.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = markers, check_for_backend(diesel::pg::Pg))]
pub struct Marker {
    pub timeline: String,
    pub last_read_id: i64,
    pub version: i32,
    pub updated_at: DateTime<Utc>,
}

pub async fn list_markers(conn: &mut Conn, me: AccountId) -> QueryResult<Vec<Marker>> {
    markers::table.filter(markers::account_id.eq(me)).select(Marker::as_select()).load(conn).await
}

/// Moves a marker.
pub async fn upsert_marker(
    conn: &mut Conn,
    me: AccountId,
    timeline: &str,
    last_read_id: i64,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(markers::table)
        .values((
            markers::account_id.eq(me),
            markers::timeline.eq(timeline),
            markers::last_read_id.eq(last_read_id),
            markers::updated_at.eq(now),
        ))
        .on_conflict((markers::account_id, markers::timeline))
        .do_update()
        .set((
            markers::last_read_id.eq(last_read_id),
            markers::version.eq(markers::version + 1),
            markers::updated_at.eq(now),
        ))
        .execute(conn)
        .await
}
