//! All SQL about announcements. There are few: those that hold are read with each question.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::RunQueryDsl;

use super::{Announcement, LinkedPost, NewReaction, Reactions};
use crate::base::id::{AccountId, AnnouncementId, StatusId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::{announcement_reactions as reactions, announcement_reads as reads, announcements};
use crate::db::sql::Sql;
use crate::visible;

/// Announcements that are shown at once, at most.
const MOST: i64 = 100;

pub async fn insert(conn: &mut Conn, row: &Announcement) -> QueryResult<usize> {
    diesel::insert_into(announcements::table).values(row).execute(conn).await
}

/// Removes an announcement. Returns whether it was there.
pub async fn delete(conn: &mut Conn, id: AnnouncementId) -> QueryResult<bool> {
    Ok(diesel::delete(announcements::table.find(id)).execute(conn).await? == 1)
}

pub async fn find(conn: &mut Conn, id: AnnouncementId) -> QueryResult<Option<Announcement>> {
    announcements::table.find(id).select(Announcement::as_select()).first(conn).await.optional()
}

/// As [`find`]; nobody else adds a reaction meanwhile.
pub async fn lock(conn: &mut Conn, id: AnnouncementId) -> QueryResult<Option<Announcement>> {
    announcements::table.find(id).select(Announcement::as_select()).for_update().first(conn).await.optional()
}

/// The last announcements, the newest last, also those that are over.
pub async fn list(conn: &mut Conn) -> QueryResult<Vec<Announcement>> {
    let mut rows: Vec<Announcement> = announcements::table
        .order(announcements::id.desc())
        .limit(MOST)
        .select(Announcement::as_select())
        .load(conn)
        .await?;
    rows.reverse();
    Ok(rows)
}

/// Which of these announcements a person put away.
pub async fn list_read(conn: &mut Conn, me: AccountId, ids: &[AnnouncementId]) -> QueryResult<Vec<AnnouncementId>> {
    reads::table
        .filter(reads::account_id.eq(me))
        .filter(reads::announcement_id.eq_any(ids))
        .select(reads::announcement_id)
        .load(conn)
        .await
}

pub async fn insert_read(conn: &mut Conn, me: AccountId, id: AnnouncementId, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::insert_into(reads::table)
        .values((reads::announcement_id.eq(id), reads::account_id.eq(me), reads::read_at.eq(now)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

/// Of the posts with these ids, or ActivityPub ids, those that are for everyone and that the viewer may see; boosts are none.
pub async fn list_linked(
    conn: &mut Conn,
    viewer: Viewer,
    ids: &[StatusId],
    uris: &[String],
) -> QueryResult<Vec<LinkedPost>> {
    Sql::new(concat!(
        "SELECT s.id, s.url FROM statuses s
         WHERE (s.id = ANY ($2) OR s.uri = ANY ($3)) AND s.audience_kind IN (1, 2) AND s.reblog_of_id IS NULL AND ",
        visible!(),
        " ORDER BY s.id"
    ))
    .bind::<BigInt, _>(viewer.bind())
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<Text>, _>(uris)
    .load(conn)
    .await
}

/// What people react to these announcements with; what was first stands first. No `me`: a stranger.
pub async fn list_reactions(
    conn: &mut Conn,
    me: Option<AccountId>,
    ids: &[AnnouncementId],
) -> QueryResult<Vec<Reactions>> {
    Sql::new(
        "SELECT announcement_id, name, count(*) AS count, bool_or(account_id = $1) AS me
         FROM announcement_reactions WHERE announcement_id = ANY ($2)
         GROUP BY announcement_id, name ORDER BY announcement_id, min(id)",
    )
    .bind::<BigInt, _>(me.map_or(0, |id| id.0))
    .bind::<Array<BigInt>, _>(ids)
    .load(conn)
    .await
}

/// Adds somebody's reaction. Returns whether it is new.
pub async fn insert_reaction(conn: &mut Conn, new: &NewReaction) -> QueryResult<bool> {
    Ok(diesel::insert_into(reactions::table).values(new).on_conflict_do_nothing().execute(conn).await? == 1)
}

/// Takes somebody's reaction back. Returns whether there was one.
pub async fn delete_reaction(conn: &mut Conn, me: AccountId, id: AnnouncementId, name: &str) -> QueryResult<bool> {
    let own = reactions::table
        .filter(reactions::announcement_id.eq(id))
        .filter(reactions::name.eq(name))
        .filter(reactions::account_id.eq(me));
    Ok(diesel::delete(own).execute(conn).await? == 1)
}
