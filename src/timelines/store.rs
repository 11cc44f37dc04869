//! All SQL of timelines: ids only, bounded by the page and the number of followees, never by the table. `statuses::view`
//! makes posts of them. What comes to people by itself passes `shown!`, too: `now` is for mutes that have an end.

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

mod home;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text, Timestamptz};
use diesel_async::RunQueryDsl;

pub use home::*;

use crate::base::id::{AccountId, StatusId};
use crate::base::page::Page;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::markers;
use crate::db::sql::Sql;
use crate::statuses::PageRow;
use crate::{boosts_hidden, shown, unsilenced, visible};

/// Whether a post `s` is for the public timelines: an SQL condition, without the permission, and without whom the viewer
/// hides.
#[macro_export]
macro_rules! shown_in_public {
    () => {
        "(s.audience_kind = 1 AND s.reblog_of_id IS NULL
          AND (s.in_reply_to_uri IS NULL OR s.in_reply_to_account_id = s.account_id))"
    };
}

/// Whether a post `s` has pictures, films or sounds: an SQL condition.
#[macro_export]
macro_rules! has_media {
    () => {
        "EXISTS (SELECT 1 FROM media_attachments m WHERE m.status_id = s.id)"
    };
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
            "SELECT s.id, s.reblog_of_id FROM statuses s WHERE s.id < $2 AND s.id > $3 AND ",
            shown_in_public!(),
            " AND ($6 OR ",
            has_media!(),
            ")",
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
    Ok(page.newest_first(rows))
}

macro_rules! link_before {
    () => {
        concat!(
            "SELECT s.id, s.reblog_of_id FROM status_cards k JOIN statuses s ON s.id = k.status_id
             WHERE k.card_id = (SELECT id FROM cards WHERE url = $6) AND k.status_id < $2 AND k.status_id > $3
               AND s.audience_kind = 1 AND s.reblog_of_id IS NULL AND ",
            unsilenced!(),
            " AND ",
            shown!("$5"),
            " AND ",
            visible!(),
            " ORDER BY k.status_id "
        )
    };
}

/// Public posts below which the card of this address is.
pub async fn link(
    conn: &mut Conn,
    viewer: Viewer,
    url: &str,
    page: Page,
    now: DateTime<Utc>,
) -> QueryResult<Vec<PageRow>> {
    let text =
        if page.upwards { concat!(link_before!(), "ASC LIMIT $4") } else { concat!(link_before!(), "DESC LIMIT $4") };
    let rows = Sql::new(text)
        .bind::<BigInt, _>(viewer.bind())
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(url)
        .load(conn)
        .await?;
    Ok(page.newest_first(rows))
}

macro_rules! tag_before {
    () => {
        concat!(
            // In a CASE, a planner asks post by post, and not at all when there is nothing to ask.
            "SELECT DISTINCT u.id, u.reblog_of_id FROM tags w CROSS JOIN LATERAL (
                 SELECT s.id, s.reblog_of_id FROM status_tags t JOIN statuses s ON s.id = t.status_id
                 WHERE t.tag_id = w.id AND t.status_id < $2 AND t.status_id > $3
                   AND CASE WHEN cardinality($10) = 0 THEN true ELSE (
                        SELECT count(*) FROM tags a JOIN status_tags ta ON ta.tag_id = a.id
                        WHERE a.name = ANY ($10) AND ta.status_id = s.id) = cardinality($10) END
                   AND CASE WHEN cardinality($11) = 0 THEN true ELSE (
                        SELECT true FROM tags n JOIN status_tags tn ON tn.tag_id = n.id
                        WHERE n.name = ANY ($11) AND tn.status_id = s.id LIMIT 1) IS NULL END
                   AND s.audience_kind = 1 AND (s.local OR $6) AND (NOT s.local OR $7)
                   AND ($9 OR ",
            has_media!(),
            ") AND ",
            unsilenced!(),
            " AND ",
            shown!("$8"),
            " AND ",
            visible!(),
            " ORDER BY t.status_id "
        )
    };
}

/// Hashtags, normalised and each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tagged {
    /// At least one of these.
    pub any: Vec<String>,
    /// Each of these.
    pub all: Vec<String>,
    /// And none of these.
    pub none: Vec<String>,
}

impl Tagged {
    /// One hashtag, normalised, and whatever else.
    pub fn with(name: String) -> Self {
        Self { any: vec![name], ..Self::default() }
    }
}

/// Public posts with these hashtags, replies too; only those with pictures, films or sounds when `media`.
pub async fn tag(
    conn: &mut Conn,
    viewer: Viewer,
    tagged: &Tagged,
    part: Part,
    media: bool,
    page: Page,
    now: DateTime<Utc>,
) -> QueryResult<Vec<PageRow>> {
    let rows = Sql::new(both_ways!(page.upwards, tag_before!(), " LIMIT $4) u WHERE w.name = ANY ($5) ORDER BY u.id "))
        .bind::<BigInt, _>(viewer.bind())
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<Array<Text>, _>(&tagged.any)
        .bind::<Bool, _>(part != Part::Local)
        .bind::<Bool, _>(part != Part::Remote)
        .bind::<Timestamptz, _>(now)
        .bind::<Bool, _>(!media)
        .bind::<Array<Text>, _>(&tagged.all)
        .bind::<Array<Text>, _>(&tagged.none)
        .load(conn)
        .await?;
    Ok(page.newest_first(rows))
}

/// What of an account's posts is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Without<'a> {
    /// What does not have this hashtag, normalised.
    pub untagged: Option<&'a str>,
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
                   AND CASE WHEN $10 = '' THEN true ELSE (SELECT true FROM status_tags st
                        WHERE st.status_id = s.id AND st.tag_id = (SELECT id FROM tags WHERE name = $10)) END
                   AND ($9 OR ",
            has_media!(),
            ") AND NOT ",
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
    without: Without<'_>,
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
        .bind::<Text, _>(without.untagged.unwrap_or_default())
        .load(conn)
        .await?;
    Ok(page.newest_first(rows))
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
    Ok(page.newest_first(rows))
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

/// Moves a marker to where somebody has read; `back`: even if they had read on further.
pub async fn upsert_marker(
    conn: &mut Conn,
    me: AccountId,
    timeline: &str,
    last_read_id: i64,
    back: bool,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    Sql::new(
        "INSERT INTO markers (account_id, timeline, last_read_id, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, timeline) DO UPDATE
         SET last_read_id = excluded.last_read_id, version = markers.version + 1, updated_at = excluded.updated_at
         WHERE $5 OR markers.last_read_id < excluded.last_read_id",
    )
    .bind::<BigInt, _>(me)
    .bind::<Text, _>(timeline)
    .bind::<BigInt, _>(last_read_id)
    .bind::<Timestamptz, _>(now)
    .bind::<Bool, _>(back)
    .execute(conn)
    .await
}
