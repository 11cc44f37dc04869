//! What stands around a post: its thread, and who did something with it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, StatusId};
use crate::base::page::Page;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::sql::Sql;
use crate::{hidden, visible};

/// A post of a thread: what it answers.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct ThreadRow {
    #[diesel(sql_type = BigInt)]
    pub id: StatusId,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub in_reply_to_id: Option<StatusId>,
    /// By somebody whom the viewer does not want to see.
    #[diesel(sql_type = Bool)]
    pub hidden: bool,
    /// Its author goes on with what they wrote themselves.
    #[diesel(sql_type = Bool)]
    pub goes_on: bool,
    /// Of its text, in bytes.
    #[diesel(sql_type = Integer)]
    pub size: i32,
}

/// Posts of a thread that the viewer may see, oldest first.
pub async fn list_thread(
    conn: &mut Conn,
    viewer: Viewer,
    thread: StatusId,
    limit: i64,
    now: DateTime<Utc>,
) -> QueryResult<Vec<ThreadRow>> {
    Sql::new(concat!(
        "SELECT s.id, s.in_reply_to_id, ",
        hidden!("s.account_id", "$4"),
        " AS hidden, s.in_reply_to_account_id IS NOT DISTINCT FROM s.account_id AS goes_on,
         octet_length(s.content) AS size FROM statuses s
         WHERE s.thread_id = $2 AND s.reblog_of_id IS NULL AND ",
        visible!(),
        " ORDER BY s.id LIMIT $3"
    ))
    .bind::<BigInt, _>(viewer.bind())
    .bind::<BigInt, _>(thread)
    .bind::<BigInt, _>(limit)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await
}

/// What people do with a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interaction {
    Favourite,
    Reblog,
}

/// Somebody who did something with a post.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Interacted {
    /// Of the favourite, or of the boost.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub account_id: AccountId,
}

macro_rules! favourites {
    ($order:literal) => {
        concat!(
            // As all are bound alike, the viewer is in each.
            "SELECT f.id, f.account_id FROM favourites f WHERE f.status_id = $2 AND f.id < $3 AND f.id > $4 AND $1 >= 0
             ORDER BY f.id ",
            $order,
            " LIMIT $5"
        )
    };
}

macro_rules! reblogs {
    ($order:literal) => {
        concat!(
            "SELECT s.id, s.account_id FROM statuses s WHERE s.reblog_of_id = $2 AND s.id < $3 AND s.id > $4 AND ",
            visible!(),
            " ORDER BY s.id ",
            $order,
            " LIMIT $5"
        )
    };
}

/// There is one at most. It is found first and then held against the page, or the planner would walk along all that the viewer
/// ever did.
const OWN_FAVOURITE: &str = "SELECT own.id, own.account_id FROM (
        SELECT f.id, f.account_id FROM favourites f WHERE f.account_id = $1 AND f.status_id = $2 LIMIT 1) own
    WHERE own.id < $3 AND own.id > $4 LIMIT $5";

const OWN_REBLOG: &str = concat!(
    "SELECT own.id, own.account_id FROM (
         SELECT s.id, s.account_id FROM statuses s WHERE s.account_id = $1 AND s.reblog_of_id = $2 AND ",
    visible!(),
    " LIMIT 1) own WHERE own.id < $3 AND own.id > $4 LIMIT $5"
);

/// Who did that with a post, newest first: everyone, or with `own` the viewer alone. Boosts that the viewer may not see are left
/// out.
pub async fn list_interacted(
    conn: &mut Conn,
    viewer: Viewer,
    id: StatusId,
    interaction: Interaction,
    own: bool,
    page: Page,
) -> QueryResult<Vec<Interacted>> {
    // visible! stands in what is about boosts.
    let text = match (interaction, own, page.upwards) {
        (Interaction::Favourite, true, _) => OWN_FAVOURITE,
        (Interaction::Favourite, false, true) => favourites!("ASC"),
        (Interaction::Favourite, false, false) => favourites!("DESC"),
        (Interaction::Reblog, true, _) => OWN_REBLOG,
        (Interaction::Reblog, false, true) => reblogs!("ASC"),
        (Interaction::Reblog, false, false) => reblogs!("DESC"),
    };
    let rows = Sql::new(text)
        .bind::<BigInt, _>(viewer.bind())
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await?;
    Ok(page.newest_first(rows))
}
