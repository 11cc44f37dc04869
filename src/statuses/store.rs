//! All SQL about posts, and the one rule on who may see them.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use super::{NewStatus, Status};
use crate::base::id::StatusId;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::statuses;
use crate::db::sql::Sql;

/// The one visibility rule: an SQL condition on the row `s` of `statuses` for the viewer `$1` (0: anonymous).
///
/// A suspended author's posts are seen by nobody. A boost is seen by whoever may see what it boosts *and* the boost
/// itself; the boosted post is checked where it is loaded. Every query that returns posts, or counts them, has this condition.
#[macro_export]
macro_rules! visible {
    () => {
        "(s.audience_kind IN (1, 2)
          OR s.account_id = $1
          OR EXISTS (SELECT 1 FROM status_mentions vm WHERE vm.status_id = s.id AND vm.account_id = $1)
          OR (s.audience_kind = 3 AND EXISTS (SELECT 1 FROM follows vf
                WHERE vf.account_id = $1 AND vf.target_account_id = s.account_id AND vf.accepted_at IS NOT NULL))
          OR (s.audience_kind = 5 AND s.local
                AND EXISTS (SELECT 1 FROM accounts va WHERE va.id = $1 AND va.domain IS NULL))
          OR (s.audience_kind = 6 AND EXISTS (SELECT 1 FROM accounts va LEFT JOIN instances vi ON vi.domain = va.domain
                WHERE va.id = $1 AND (va.domain IS NULL
                  OR (vi.partner_from <= now() AND coalesce(vi.partner_until > now(), true)))))
          OR (s.audience_kind = 7 AND EXISTS (SELECT 1 FROM memberships vg
                WHERE vg.audience_id = s.audience_id AND vg.account_id = $1)))
         AND NOT EXISTS (SELECT 1 FROM accounts vs WHERE vs.id = s.account_id AND vs.suspended_at IS NOT NULL)"
    };
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = BigInt)]
    id: StatusId,
}

/// Which of these posts the viewer may see. The order of `ids` is not kept.
pub async fn list_visible(conn: &mut Conn, viewer: Viewer, ids: &[StatusId]) -> QueryResult<Vec<StatusId>> {
    let rows: Vec<IdRow> = Sql::new(concat!("SELECT s.id FROM statuses s WHERE s.id = ANY ($2) AND ", visible!()))
        .bind::<BigInt, _>(viewer.bind())
        .bind::<diesel::sql_types::Array<BigInt>, _>(ids)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A post, if the viewer may see it.
pub async fn find_visible(conn: &mut Conn, viewer: Viewer, id: StatusId) -> QueryResult<Option<Status>> {
    if list_visible(conn, viewer, &[id]).await?.is_empty() {
        return Ok(None);
    }
    find_status(conn, id).await
}

/// A post whoever looks: for work on behalf of nobody. What shows it to somebody uses [`find_visible`].
pub async fn find_status(conn: &mut Conn, id: StatusId) -> QueryResult<Option<Status>> {
    statuses::table.find(id).select(Status::as_select()).first(conn).await.optional()
}

/// As [`find_status`], by ActivityPub id.
pub async fn find_by_uri(conn: &mut Conn, uri: &str) -> QueryResult<Option<Status>> {
    statuses::table.filter(statuses::uri.eq(uri)).select(Status::as_select()).first(conn).await.optional()
}

/// Inserts a post; `None` when one with this `uri` is already there.
pub async fn insert_status(conn: &mut Conn, status: &NewStatus) -> QueryResult<Option<Status>> {
    diesel::insert_into(statuses::table)
        .values(status)
        .on_conflict(statuses::uri)
        .do_nothing()
        .returning(Status::as_returning())
        .get_result(conn)
        .await
        .optional()
}
