//! All SQL about attachments and files.

mod files;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;
use serde_json::Value;

pub use files::*;

use super::{Attachment, Details, Kind, NewAttachment, state};
use crate::base::id::{AccountId, MediaId, ScheduledStatusId, StatusId};
use crate::db::Conn;
use crate::db::schema::media_attachments as attachments;
use crate::db::sql::Sql;

pub async fn insert_attachments(conn: &mut Conn, rows: &[NewAttachment]) -> QueryResult<Vec<Attachment>> {
    diesel::insert_into(attachments::table).values(rows).returning(Attachment::as_returning()).get_results(conn).await
}

pub async fn find_attachment(conn: &mut Conn, id: MediaId) -> QueryResult<Option<Attachment>> {
    attachments::table.find(id).select(Attachment::as_select()).first(conn).await.optional()
}

/// An attachment by the name under which we pass it on, unless its author is suspended.
pub async fn find_by_key(conn: &mut Conn, key: &str) -> QueryResult<Option<Attachment>> {
    use crate::db::schema::accounts;
    attachments::table
        .inner_join(accounts::table)
        .filter(attachments::remote_key.eq(key))
        .filter(accounts::suspended_at.is_null())
        .select(Attachment::as_select())
        .first(conn)
        .await
        .optional()
}

/// Attachments by id, in the order that they had in their post.
pub async fn list_attachments(conn: &mut Conn, ids: &[MediaId]) -> QueryResult<Vec<Attachment>> {
    attachments::table
        .filter(attachments::id.eq_any(ids))
        .order((attachments::position, attachments::id))
        .select(Attachment::as_select())
        .load(conn)
        .await
}

/// Somebody's own attachments of these ids; nobody else can attach them meanwhile.
pub async fn lock_own(conn: &mut Conn, owner: AccountId, ids: &[MediaId]) -> QueryResult<Vec<Attachment>> {
    attachments::table
        .filter(attachments::id.eq_any(ids))
        .filter(attachments::account_id.eq(owner))
        .filter(attachments::remote_url.is_null())
        .order(attachments::id)
        .select(Attachment::as_select())
        .for_update()
        .load(conn)
        .await
}

/// The attachments of posts, in their order within each.
pub async fn list_of_statuses(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<Attachment>> {
    attachments::table
        .filter(attachments::status_id.eq_any(ids))
        .order((attachments::status_id, attachments::position, attachments::id))
        .select(Attachment::as_select())
        .load(conn)
        .await
}

/// How many attachments of somebody's wait for a post.
pub async fn count_unattached(conn: &mut Conn, owner: AccountId) -> QueryResult<i64> {
    attachments::table
        .filter(attachments::account_id.eq(owner))
        .filter(attachments::status_id.is_null())
        .filter(attachments::scheduled_status_id.is_null())
        .count()
        .get_result(conn)
        .await
}

pub async fn update_details(conn: &mut Conn, id: MediaId, details: &Details) -> QueryResult<()> {
    if let Some(description) = &details.description {
        diesel::update(attachments::table.find(id)).set(attachments::description.eq(description)).execute(conn).await?;
    }
    if let Some((x, y)) = details.focus {
        let focus = (attachments::focus_x.eq(x), attachments::focus_y.eq(y));
        diesel::update(attachments::table.find(id)).set(focus).execute(conn).await?;
    }
    Ok(())
}

/// What was found out about the small picture.
pub async fn update_small(conn: &mut Conn, id: MediaId, meta: &Value, blurhash: Option<&str>) -> QueryResult<usize> {
    diesel::update(attachments::table.find(id))
        .set((attachments::meta.eq(meta), attachments::blurhash.eq(blurhash)))
        .execute(conn)
        .await
}

/// Ends the waiting of an attachment; 0 when it does not wait any more.
pub async fn finish(
    conn: &mut Conn,
    id: MediaId,
    kind: Kind,
    meta: &Value,
    blurhash: Option<&str>,
) -> QueryResult<usize> {
    diesel::update(attachments::table.find(id).filter(attachments::state.eq(state::WAITING)))
        .set((
            attachments::state.eq(state::READY),
            attachments::kind.eq(kind.as_str()),
            attachments::meta.eq(meta),
            attachments::blurhash.eq(blurhash),
        ))
        .execute(conn)
        .await
}

/// An attachment cannot be processed.
pub async fn fail(conn: &mut Conn, id: MediaId, why: &str) -> QueryResult<usize> {
    diesel::update(attachments::table.find(id).filter(attachments::state.eq(state::WAITING)))
        .set((attachments::state.eq(state::FAILED), attachments::failure.eq(why)))
        .execute(conn)
        .await
}

/// Makes an attachment part of a post.
pub async fn attach(conn: &mut Conn, id: MediaId, status: StatusId, position: i16) -> QueryResult<usize> {
    diesel::update(attachments::table.find(id))
        .set((
            attachments::status_id.eq(status),
            attachments::position.eq(position),
            attachments::unattached_since.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await
}

/// Keeps attachments for a post that waits for its time, `until` when nobody sweeps them.
pub async fn reserve(
    conn: &mut Conn,
    ids: &[MediaId],
    scheduled: ScheduledStatusId,
    until: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(attachments::table.filter(attachments::id.eq_any(ids)))
        .set((attachments::scheduled_status_id.eq(scheduled), attachments::unattached_since.eq(until)))
        .execute(conn)
        .await
}

/// What is kept for a scheduled post is kept until another time.
pub async fn update_reserved(
    conn: &mut Conn,
    scheduled: ScheduledStatusId,
    until: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(attachments::table.filter(attachments::scheduled_status_id.eq(scheduled)))
        .set(attachments::unattached_since.eq(until))
        .execute(conn)
        .await
}

/// What was kept for a scheduled post is free again.
pub async fn release_reserved(conn: &mut Conn, scheduled: ScheduledStatusId, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(attachments::table.filter(attachments::scheduled_status_id.eq(scheduled)))
        .set((attachments::scheduled_status_id.eq(None::<ScheduledStatusId>), attachments::unattached_since.eq(now)))
        .execute(conn)
        .await
}

/// Takes all attachments but these off a post; returns which.
pub async fn detach_others(
    conn: &mut Conn,
    status: StatusId,
    kept: &[MediaId],
    now: DateTime<Utc>,
) -> QueryResult<Vec<MediaId>> {
    diesel::update(
        attachments::table.filter(attachments::status_id.eq(status)).filter(attachments::id.ne_all(kept.to_vec())),
    )
    .set((attachments::status_id.eq(None::<StatusId>), attachments::unattached_since.eq(now)))
    .returning(attachments::id)
    .get_results(conn)
    .await
}

/// What a post from elsewhere now says of an attachment that it had before.
pub async fn update_remote(conn: &mut Conn, id: MediaId, new: &NewAttachment) -> QueryResult<usize> {
    diesel::update(attachments::table.find(id))
        .set((
            attachments::position.eq(new.position),
            attachments::kind.eq(new.kind),
            attachments::description.eq(&new.description),
            attachments::blurhash.eq(&new.blurhash),
            attachments::focus_x.eq(new.focus_x),
            attachments::focus_y.eq(new.focus_y),
            attachments::meta.eq(&new.meta),
            attachments::remote_type.eq(&new.remote_type),
            attachments::remote_preview_url.eq(&new.remote_preview_url),
        ))
        .execute(conn)
        .await
}

/// Removes attachments; their files belong to nothing afterwards.
pub async fn delete_attachments(conn: &mut Conn, ids: &[MediaId]) -> QueryResult<usize> {
    diesel::delete(attachments::table.filter(attachments::id.eq_any(ids))).execute(conn).await
}

/// Removes some of the attachments that have belonged to no post since before this moment.
pub async fn delete_unattached_before(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    Sql::new(
        "DELETE FROM media_attachments WHERE id IN (
             SELECT id FROM media_attachments
             WHERE status_id IS NULL AND unattached_since < $1 AND scheduled_status_id IS NULL
             ORDER BY unattached_since LIMIT $2 FOR UPDATE SKIP LOCKED)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(500_i64)
    .execute(conn)
    .await
}

/// The server that an account is on; `None` for one of ours.
pub async fn find_domain(conn: &mut Conn, id: AccountId) -> QueryResult<Option<String>> {
    use crate::db::schema::accounts;
    let found: Option<Option<String>> =
        accounts::table.find(id).select(accounts::domain).first(conn).await.optional()?;
    Ok(found.flatten())
}

/// Where a remote account's avatar and header are.
pub async fn find_pictures(conn: &mut Conn, id: AccountId) -> QueryResult<Option<(Option<String>, Option<String>)>> {
    use crate::db::schema::accounts;
    accounts::table
        .find(id)
        .filter(accounts::domain.is_not_null())
        .filter(accounts::suspended_at.is_null())
        .select((accounts::avatar_url, accounts::header_url))
        .first(conn)
        .await
        .optional()
}
