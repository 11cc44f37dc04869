//! What of a post depends on who looks: the part that is asked for with each page, and with it the permission.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt};
use diesel_async::RunQueryDsl;

use super::IdRow;
use crate::base::id::StatusId;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::sql::Sql;
use crate::statuses::ViewerPart;
use crate::{addressed, for_each_viewer, visible};

/// The viewer's part of posts, of the rows `s`; `$more` are further columns, `$from` says which
/// rows, `$rule` which of them the viewer sees.
macro_rules! viewer_parts {
    ($more:literal, $from:literal, $rule:expr) => {
        concat!(
            "SELECT s.id, s.xmin::text::bigint AS version, s.account_id = $1 AS own,
                    (SELECT a.sensitized_at IS NOT NULL FROM accounts a WHERE a.id = s.account_id) AS sensitized,
                    EXISTS (SELECT 1 FROM favourites f WHERE f.account_id = $1 AND f.status_id = s.id) AS favourited,
                    EXISTS (SELECT 1 FROM statuses r WHERE r.reblog_of_id = s.id AND r.account_id = $1) AS reblogged,
                    EXISTS (SELECT 1 FROM bookmarks k WHERE k.account_id = $1 AND k.status_id = s.id) AS bookmarked,
                    EXISTS (SELECT 1 FROM thread_mutes m WHERE m.account_id = $1 AND m.thread_id = s.thread_id) AS muted,
                    s.account_id = $1 AND EXISTS (SELECT 1 FROM status_pins p WHERE p.status_id = s.id) AS pinned,
                    EXISTS (SELECT 1 FROM polls q WHERE q.status_id = s.id) AS polled,
                    EXISTS (SELECT 1 FROM quotes q WHERE q.status_id = s.id) AS quoting,
                    EXISTS (SELECT 1 FROM quotes q WHERE q.account_id = $1 AND q.quoted_status_id = s.id AND q.state = 1) AS quoted,
                    s.audience_kind, s.quote_policy,
                    s.quote_policy & 262148 <> 0 AND EXISTS (SELECT 1 FROM follows w WHERE w.account_id = $1
                        AND w.target_account_id = s.account_id AND w.accepted_at IS NOT NULL) AS follows,
                    s.quote_policy & 524296 <> 0 AND EXISTS (SELECT 1 FROM follows w WHERE w.account_id = s.account_id
                        AND w.target_account_id = $1 AND w.accepted_at IS NOT NULL) AS followed,
                    coalesce(t.quotes_count, 0) AS quotes_count,
                    coalesce(t.replies_count, 0) AS replies_count, coalesce(t.reblogs_count, 0) AS reblogs_count,
                    coalesce(t.favourites_count, 0) AS favourites_count",
            $more,
            " FROM ",
            $from,
            " LEFT JOIN status_stats t ON t.status_id = s.id WHERE s.id = ANY ($2) AND ",
            $rule
        )
    };
}

/// The viewer's part of those of these posts that the viewer may see. This is the permission for whatever is shown from a
/// cache.
pub async fn list_viewer_parts(conn: &mut Conn, viewer: Viewer, ids: &[StatusId]) -> QueryResult<Vec<ViewerPart>> {
    Sql::new(viewer_parts!("", "statuses s", visible!()))
        .bind::<BigInt, _>(viewer.bind())
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await
}

/// The viewer's part, for many viewers at once, each of a post of their own.
const PARTS_OF_EACH: &str = for_each_viewer!(viewer_parts!(
    ", me AS viewer",
    "unnest($@, $2) AS look (me, post) JOIN statuses s ON s.id = look.post",
    visible!()
));

/// As [`list_viewer_parts`], for many who look at once, each at a post of their own. Those who may not see theirs are left
/// out.
pub async fn list_parts_of_each(
    conn: &mut Conn,
    looks: &[(Viewer, StatusId)],
) -> QueryResult<Vec<(Viewer, ViewerPart)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        viewer: i64,
        #[diesel(embed)]
        part: ViewerPart,
    }
    let (viewers, ids): (Vec<i64>, Vec<StatusId>) = looks.iter().map(|(viewer, id)| (viewer.bind(), *id)).unzip();
    let rows: Vec<Row> =
        Sql::new(PARTS_OF_EACH).bind::<Array<BigInt>, _>(viewers).bind::<Array<BigInt>, _>(ids).load(conn).await?;
    Ok(rows.into_iter().map(|row| (Viewer::from_bind(row.viewer), row.part)).collect())
}

/// Which of these posts somebody may report, and so show to those who look after the instance: what they could see if there were
/// no blocks and nobody were suspended. Whom somebody blocks they may report; who is reported cannot take the evidence away by
/// blocking them; and when somebody appeals against a suspension, what it was for must be there to be read.
pub async fn list_reported(conn: &mut Conn, reporter: Viewer, ids: &[StatusId]) -> QueryResult<Vec<StatusId>> {
    let rows: Vec<IdRow> =
        Sql::new(concat!("SELECT s.id FROM statuses s WHERE s.id = ANY ($2) AND ", addressed!(by anyone)))
            .bind::<BigInt, _>(reporter.bind())
            .bind::<Array<BigInt>, _>(ids)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Those of these posts that [`list_reported`] lists, for whoever works off a report: without what is the reporter's own, whom
/// they follow and what they did and chose to see.
pub async fn list_reported_parts(conn: &mut Conn, reporter: Viewer, ids: &[StatusId]) -> QueryResult<Vec<ViewerPart>> {
    let parts: Vec<ViewerPart> = Sql::new(viewer_parts!("", "statuses s", addressed!(by anyone)))
        .bind::<BigInt, _>(reporter.bind())
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await?;
    let nobodys = |part: ViewerPart| ViewerPart {
        own: false,
        favourited: false,
        reblogged: false,
        bookmarked: false,
        muted: false,
        pinned: false,
        quoted: false,
        follows: false,
        followed: false,
        ..part
    };
    Ok(parts.into_iter().map(nobodys).collect())
}
