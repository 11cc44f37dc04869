//! Who of those who listen is concerned: all SQL of streams. Many viewers in one statement, by the same rules as the timelines.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, AudienceId, StatusId, TagId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::{follows, tags};
use crate::db::sql::Sql;
use crate::statuses::PageRow;
use crate::{for_each_viewer, has_media, shown, shown_in_public, unsilenced, visible};

/// Where a post shows, whoever may see it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Place {
    #[diesel(embed)]
    pub post: PageRow,
    #[diesel(sql_type = Bool)]
    pub local: bool,
    /// On the public timelines.
    #[diesel(sql_type = Bool)]
    pub public: bool,
    #[diesel(sql_type = Bool)]
    pub media: bool,
    /// On the timelines of these hashtags.
    #[diesel(sql_type = Array<Text>)]
    pub tags: Vec<String>,
}

/// Where these posts show. Those that are gone are left out.
pub async fn list_places(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<Place>> {
    Sql::new(concat!(
        "SELECT s.id, s.reblog_of_id, s.local, ",
        shown_in_public!(),
        " AS public, ",
        has_media!(),
        " AS media, ARRAY(SELECT t.name FROM status_tags st JOIN tags t ON t.id = st.tag_id
                           WHERE st.status_id = s.id AND s.audience_kind = 1) AS tags
          FROM statuses s WHERE s.id = ANY ($1)"
    ))
    .bind::<Array<BigInt>, _>(ids)
    .load(conn)
    .await
}

#[derive(QueryableByName)]
struct Look {
    #[diesel(sql_type = BigInt)]
    viewer: AccountId,
    #[diesel(sql_type = BigInt)]
    id: StatusId,
}

/// As on the public timelines: without whom each hides.
const SHOWN_TO_EACH: &str = for_each_viewer!(concat!(
    "SELECT look.me AS viewer, s.id FROM unnest($@, $2) AS look (me, post) JOIN statuses s ON s.id = look.post WHERE ",
    unsilenced!(),
    " AND ",
    shown!("$3")
));

/// Which of these viewers, each with a post of their own, do not hide who is in it. Whether they may see it is not asked.
pub async fn list_shown(
    conn: &mut Conn,
    looks: &[(Viewer, StatusId)],
    now: DateTime<Utc>,
) -> QueryResult<Vec<(Viewer, StatusId)>> {
    let (viewers, ids): (Vec<i64>, Vec<StatusId>) = looks.iter().map(|(viewer, id)| (viewer.bind(), *id)).unzip();
    let found: Vec<Look> = Sql::new(SHOWN_TO_EACH)
        .bind::<Array<BigInt>, _>(viewers)
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(found.into_iter().map(|look| (Viewer::from_bind(look.viewer.0), look.id)).collect())
}

/// Which of these people follow which of these accounts.
pub async fn list_follows(
    conn: &mut Conn,
    people: &[AccountId],
    accounts: &[AccountId],
) -> QueryResult<Vec<(AccountId, AccountId)>> {
    follows::table
        .filter(follows::account_id.eq_any(people))
        .filter(follows::target_account_id.eq_any(accounts))
        .filter(follows::accepted_at.is_not_null())
        .select((follows::account_id, follows::target_account_id))
        .load(conn)
        .await
}

/// A post that is no more, or what a boost that is no more boosted, with what decides who could see it.
#[derive(Clone, Copy, Debug)]
pub struct FormerPost {
    pub id: StatusId,
    pub account_id: AccountId,
    pub audience_kind: i16,
    pub audience_id: Option<AudienceId>,
    pub local: bool,
}

/// The rule on who may see a post, of rows that are made up of what was kept of them. Mentions are not among that.
const FORMERLY_VISIBLE: &str = for_each_viewer!(concat!(
    "SELECT s.me AS viewer, s.id
     FROM unnest($@, $2, $3, $4, $5, $6) AS s (me, id, account_id, audience_kind, audience_id, local) WHERE ",
    visible!(formerly)
));

/// Who of these viewers could see their posts, which are no more, if they were there.
pub async fn list_former_viewers(
    conn: &mut Conn,
    looks: &[(Viewer, FormerPost)],
) -> QueryResult<Vec<(Viewer, StatusId)>> {
    let viewers: Vec<i64> = looks.iter().map(|(viewer, _)| viewer.bind()).collect();
    let ids: Vec<StatusId> = looks.iter().map(|(_, post)| post.id).collect();
    let authors: Vec<AccountId> = looks.iter().map(|(_, post)| post.account_id).collect();
    let kinds: Vec<i16> = looks.iter().map(|(_, post)| post.audience_kind).collect();
    let audiences: Vec<Option<AudienceId>> = looks.iter().map(|(_, post)| post.audience_id).collect();
    let local: Vec<bool> = looks.iter().map(|(_, post)| post.local).collect();
    let found: Vec<Look> = Sql::new(FORMERLY_VISIBLE)
        .bind::<Array<BigInt>, _>(viewers)
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Array<BigInt>, _>(authors)
        .bind::<Array<SmallInt>, _>(kinds)
        .bind::<Array<Nullable<BigInt>>, _>(audiences)
        .bind::<Array<Bool>, _>(local)
        .load(conn)
        .await?;
    Ok(found.into_iter().map(|look| (Viewer::from_bind(look.viewer.0), look.id)).collect())
}

/// The names of hashtags.
pub async fn list_tag_names(conn: &mut Conn, ids: &[TagId]) -> QueryResult<Vec<(TagId, String)>> {
    tags::table.filter(tags::id.eq_any(ids)).select((tags::id, tags::name)).load(conn).await
}
