//! Notifications that are shown as one.
//!
//! A group's key is written with each of its notifications, so a page is put together from a page of rows: see
//! `notifications::api::grouped`. What is said of a whole group is read along an index, the newest first, and no more than
//! [`MOST_COUNTED`] of each.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::{Count, Notification, Which, columns, may_be_told, unread};
use crate::base::id::{AccountId, NotificationId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::schema::notifications;
use crate::db::sql::Sql;
use crate::{heard, visible};

/// Notifications of one group that are counted, at most.
pub const MOST_COUNTED: i64 = 1000;

/// Accounts of one group that are shown at once, as in Mastodon.
pub const MOST_SAMPLES: i64 = 8;

/// What there is of a group.
#[derive(Clone, Debug, QueryableByName)]
pub struct Summary {
    #[diesel(sql_type = Text)]
    pub group_key: String,
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    #[diesel(sql_type = BigInt)]
    pub newest: NotificationId,
    /// Who was last, newest first.
    #[diesel(sql_type = Array<BigInt>)]
    pub sample: Vec<AccountId>,
}

/// Summaries of some groups of a person, without people of whom they do not want to hear.
pub async fn list_summaries(
    conn: &mut Conn,
    me: AccountId,
    keys: &[String],
    now: DateTime<Utc>,
) -> QueryResult<Vec<Summary>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Sql::new(concat!(
        "SELECT k.key AS group_key, g.count, g.newest, g.sample
         FROM unnest($2) AS k (key) CROSS JOIN LATERAL (
             SELECT count(*) AS count, max(m.id) AS newest,
                    (array_agg(m.from_account_id ORDER BY m.id DESC))[1:$4] AS sample
             FROM (SELECT n.id, n.from_account_id FROM notifications n
                   WHERE n.account_id = $1 AND n.group_key = k.key AND ",
        heard!("$1", "n.from_account_id", "$3"),
        " ORDER BY n.id DESC LIMIT $5) m) g WHERE g.count > 0"
    ))
    .bind::<BigInt, _>(me)
    .bind::<Array<Text>, _>(keys)
    .bind::<Timestamptz, _>(now)
    .bind::<diesel::sql_types::Integer, _>(i32::try_from(MOST_SAMPLES).unwrap_or(i32::MAX))
    .bind::<BigInt, _>(MOST_COUNTED)
    .load(conn)
    .await
}

/// A page of one group of a person, newest first, as [`super::list_page`] would show it.
pub async fn list_group(
    conn: &mut Conn,
    me: AccountId,
    key: &str,
    page: Page,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Notification>> {
    macro_rules! before {
        () => {
            concat!(
                "SELECT u.* FROM (SELECT ",
                columns!(),
                " FROM notifications n WHERE n.account_id = $1 AND n.group_key = $5 AND n.id < $2 AND n.id > $3 AND ",
                may_be_told!(),
                " AND ",
                heard!("$1", "n.from_account_id", "$6"),
                " ORDER BY n.id "
            )
        };
    }
    let text = if page.upwards {
        concat!(before!(), "ASC LIMIT $4) u ORDER BY u.id ASC")
    } else {
        concat!(before!(), "DESC LIMIT $4) u ORDER BY u.id DESC")
    };
    let rows: Vec<Notification> = Sql::new(text)
        .bind::<BigInt, _>(me)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<Text, _>(key)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(page.newest_first(rows))
}

/// How many groups have something that came since the marker, where these types are grouped. So many at most are counted, and
/// no more than [`MOST_COUNTED`] notifications looked at.
pub async fn count_unread_groups(
    conn: &mut Conn,
    me: AccountId,
    which: &Which,
    grouped: &[&'static str],
    most: i64,
    now: DateTime<Utc>,
) -> QueryResult<i64> {
    let rows: Vec<Count> = Sql::new(concat!(
        "SELECT least(count(DISTINCT coalesce(CASE WHEN type_ = ANY ($6) THEN group_key END, id::text)), $5) AS count FROM (",
        unread!("n.id, n.type AS type_, n.group_key"),
        " ORDER BY n.id DESC LIMIT $7) unread"
    ))
    .bind::<BigInt, _>(me)
    .bind::<Timestamptz, _>(now)
    .bind::<Array<Text>, _>(&which.types)
    .bind::<BigInt, _>(which.from.map_or(0, |id| id.0))
    .bind::<BigInt, _>(most)
    .bind::<Array<Text>, _>(grouped)
    .bind::<BigInt, _>(MOST_COUNTED)
    .load(conn)
    .await?;
    Ok(rows.iter().map(|row| row.count).sum())
}

pub async fn delete_group(conn: &mut Conn, me: AccountId, key: &str) -> QueryResult<usize> {
    let group = notifications::table.filter(notifications::account_id.eq(me)).filter(notifications::group_key.eq(key));
    diesel::delete(group).execute(conn).await
}
