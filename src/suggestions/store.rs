//! All SQL about whom one could follow.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Timestamptz};
use diesel_async::RunQueryDsl;

use super::{Order, Suggestion};
use crate::base::id::AccountId;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::suggestion_dismissals as dismissals;
use crate::db::sql::Sql;
use crate::{hidden, visible};

/// Whether the account `a` may be shown to those who do not know it: it wants to be found, is there, and neither it nor the viewer
/// (`$1`) hides the other; `$2` is the time now.
macro_rules! offered {
    () => {
        concat!(
            "a.discoverable AND a.id <> $1 AND a.actor_type <> 'Application' AND a.suspended_at IS NULL
             AND a.silenced_at IS NULL AND a.deleted_at IS NULL AND a.moved_to_uri IS NULL
             AND (SELECT true FROM instances i
                  WHERE i.domain = a.domain AND (i.silenced_at IS NOT NULL OR i.suspended_at IS NOT NULL)) IS NULL
             AND (SELECT true FROM blocks b WHERE b.account_id = a.id AND b.target_account_id = $1) IS NULL AND NOT ",
            hidden!("a.id", "$2")
        )
    };
}

/// Whom one could follow: those whom administrators of this instance recommend; people here who show on their profile a hashtag that one
/// follows, or wrote such hashtags lately in public, twice at least; and, with `friends`, those whom at least two follow whom one
/// follows. Whoever asks chooses whom and what they follow, so what comes of that tells of each of these: without `friends` nothing is
/// read but what everybody may. In an order that is another one each day (`seed`).
pub async fn list_suggestions(
    conn: &mut Conn,
    me: AccountId,
    friends: bool,
    now: DateTime<Utc>,
    (seed, limit): (i64, i64),
) -> QueryResult<Vec<Suggestion>> {
    Sql::new(concat!(
        "WITH mine AS (
             SELECT f.target_account_id AS id FROM follows f
             WHERE $5 AND f.account_id = $1 AND f.accepted_at IS NOT NULL ORDER BY f.id DESC LIMIT 300),
         tags AS (SELECT t.tag_id FROM tag_follows t WHERE t.account_id = $1 ORDER BY t.id DESC LIMIT 50),
         candidates AS (
             SELECT g.id, 'friends_of_friends' AS source FROM mine CROSS JOIN LATERAL (
                 SELECT f.target_account_id AS id FROM follows f
                 WHERE f.account_id = mine.id AND f.accepted_at IS NOT NULL ORDER BY f.id DESC LIMIT 50) g
             GROUP BY g.id HAVING count(*) >= 2
             UNION ALL
             SELECT g.id, 'similar_to_recently_followed' FROM tags CROSS JOIN LATERAL (
                 (SELECT s.account_id AS id, 1 AS weight FROM (
                      SELECT st.status_id FROM status_tags st WHERE st.tag_id = tags.tag_id ORDER BY st.status_id DESC LIMIT 20) w
                  JOIN statuses s ON s.id = w.status_id WHERE s.local AND s.audience_kind = 1 AND ",
        visible!(),
        ")
                 UNION ALL
                 (SELECT f.account_id, 2 FROM featured_tags f WHERE f.tag_id = tags.tag_id LIMIT 50)) g
             GROUP BY g.id HAVING sum(g.weight) >= 2
             UNION ALL
             (SELECT e.target_account_id, 'featured' FROM users u JOIN endorsements e ON e.account_id = u.account_id
              WHERE u.role IN ('admin', 'owner') LIMIT 100))
         SELECT a.id, array_agg(DISTINCT c.source) AS sources
         FROM candidates c JOIN accounts a ON a.id = c.id
         WHERE (c.source <> 'similar_to_recently_followed' OR a.domain IS NULL)
           AND (SELECT true FROM follows f WHERE f.account_id = $1 AND f.target_account_id = a.id) IS NULL
           AND (SELECT true FROM suggestion_dismissals d WHERE d.account_id = $1 AND d.target_account_id = a.id) IS NULL
           AND ",
        offered!(),
        " GROUP BY a.id ORDER BY hashint8extended(a.id, $3) LIMIT $4"
    ))
    .bind::<BigInt, _>(me)
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(seed)
    .bind::<BigInt, _>(limit)
    .bind::<Bool, _>(friends)
    .load(conn)
    .await
}

/// From now on this account is not suggested to `me`. Twice is once.
pub async fn insert_dismissal(
    conn: &mut Conn,
    me: AccountId,
    target: AccountId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(dismissals::table)
        .values((
            dismissals::account_id.eq(me),
            dismissals::target_account_id.eq(target),
            dismissals::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

macro_rules! directory {
    ($from:literal, $where:literal, $order:literal) => {
        concat!("SELECT a.id FROM ", $from, " WHERE ", $where, offered!(), " ORDER BY ", $order, " LIMIT $3 OFFSET $4")
    };
}

/// Those who want to be found, without whom the viewer hides.
pub async fn list_directory(
    conn: &mut Conn,
    viewer: Viewer,
    (order, local): (Order, bool),
    now: DateTime<Utc>,
    (limit, offset): (i64, i64),
) -> QueryResult<Vec<AccountId>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = BigInt)]
        id: AccountId,
    }
    let text = match (order, local) {
        (Order::New, false) => directory!("accounts a", "", "a.id DESC"),
        (Order::New, true) => directory!("accounts a", "a.domain IS NULL AND ", "a.id DESC"),
        // One by one in their order: a planner would rather read all who want to be found, and sort them.
        (Order::Active, false) => concat!(
            "SELECT o.id FROM account_stats t CROSS JOIN LATERAL (
                 SELECT a.id FROM accounts a WHERE a.id = t.account_id AND ",
            offered!(),
            " OFFSET 0) o WHERE t.last_status_at IS NOT NULL
             ORDER BY t.last_status_at DESC, t.account_id DESC LIMIT $3 OFFSET $4"
        ),
        (Order::Active, true) => directory!(
            "account_stats t JOIN accounts a ON a.id = t.account_id",
            "t.last_status_at IS NOT NULL AND a.domain IS NULL AND ",
            "t.last_status_at DESC, t.account_id DESC"
        ),
    };
    let rows: Vec<Found> = Sql::new(text)
        .bind::<BigInt, _>(viewer.bind())
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(limit)
        .bind::<BigInt, _>(offset)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
