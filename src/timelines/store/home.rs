//! Home, and lists: what comes of those whom one follows, and with the hashtags that one follows.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::id::{AccountId, ListId, StatusId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::sql::Sql;
use crate::lists::List;
use crate::statuses::PageRow;
use crate::{for_each_viewer, hidden, shown, visible};

/// Whether the row `s` boosts a post that came here less than a day before (in ids: milliseconds << 16), by itself or by another
/// boost: `$comes` says of such an earlier row `e` whether it comes here. So a post that many boost stands in a timeline once.
/// What is dear to find out of the earlier one, such as in which language it is, is not asked; then it counts as one that did
/// not come. One row of the primary key, and a hundred boosts at most of those right before, by the index of these.
macro_rules! came_before {
    ($now:literal, $comes:expr) => {
        concat!(
            "(s.reblog_of_id IS NOT NULL AND (SELECT true FROM (
                 SELECT o.id, o.account_id, o.reblog_of_id, o.in_reply_to_uri, o.in_reply_to_account_id, o.audience_kind
                 FROM statuses o WHERE o.id = s.reblog_of_id
                 UNION ALL
                 (SELECT o.id, o.account_id, o.reblog_of_id, o.in_reply_to_uri, o.in_reply_to_account_id, o.audience_kind
                  FROM statuses o WHERE o.reblog_of_id = s.reblog_of_id AND o.id < s.id ORDER BY o.id DESC LIMIT 100)) e
               WHERE e.id < s.id AND e.id > s.id - 5662310400000 AND ",
            $comes,
            " AND NOT ",
            hidden!("e.account_id", $now),
            " AND (SELECT true FROM accounts ea WHERE ea.id = e.account_id AND ea.suspended_at IS NOT NULL) IS NULL
               LIMIT 1) IS NOT NULL)"
        )
    };
}

/// Whether the earlier row `e` comes to home: see [`came_before`].
macro_rules! came_home {
    () => {
            "(e.account_id = $1 OR (((SELECT true FROM follows ef WHERE ef.account_id = $1 AND ef.target_account_id = e.account_id
                AND ef.accepted_at IS NOT NULL AND ef.languages IS NULL AND (e.reblog_of_id IS NULL OR ef.show_reblogs))
                  AND (e.in_reply_to_uri IS NULL OR e.in_reply_to_account_id IN (e.account_id, $1)
                   OR (SELECT true FROM follows er WHERE er.account_id = $1
                       AND er.target_account_id = e.in_reply_to_account_id AND er.accepted_at IS NOT NULL))
                OR e.reblog_of_id IS NULL AND e.audience_kind = 1
                  AND (SELECT true FROM status_tags et JOIN tag_follows eg ON eg.tag_id = et.tag_id AND eg.account_id = $1
                       WHERE et.status_id = e.id LIMIT 1))
              AND (SELECT true FROM lists el JOIN list_accounts ex ON ex.list_id = el.id
                   WHERE el.account_id = $1 AND el.exclusive AND ex.account_id = e.account_id LIMIT 1) IS NULL))"
    };
}

/// Whether the earlier row `e` comes to the list `$list` (an SQL expression): see [`came_before`].
macro_rules! came_to_list {
    ($list:literal) => {
        concat!(
            "(SELECT true FROM list_accounts em LEFT JOIN follows ef ON ef.id = em.follow_id
              WHERE em.list_id = ",
            $list,
            " AND em.account_id = e.account_id AND (e.account_id = $1 OR ef.accepted_at IS NOT NULL
                AND ef.languages IS NULL AND (e.reblog_of_id IS NULL OR ef.show_reblogs)))
             AND (e.in_reply_to_uri IS NULL OR e.in_reply_to_account_id IN (e.account_id, $1))"
        )
    };
}

/// Whether the post `s` by the row `followed` (an account, and how the viewer follows it) is wanted of it: boosts and languages
/// as the follow says, and no boost of what came before.
macro_rules! wanted_of_followed {
    ($now:literal, $replies_to_others:expr, $came:expr) => {
        concat!(
            "(s.audience_kind <> 4 OR s.account_id = $1)
             AND (s.reblog_of_id IS NULL OR followed.show_reblogs)
             AND (s.in_reply_to_uri IS NULL OR s.in_reply_to_account_id IN (s.account_id, $1) OR ",
            $replies_to_others,
            ")
             AND (followed.languages IS NULL OR coalesce((
                  SELECT l.language = ANY (followed.languages)
                      OR split_part(l.language, '-', 1) = ANY (followed.languages)
                  FROM statuses l WHERE l.id = coalesce(s.reblog_of_id, s.id)), true))
             AND ",
            shown!($now),
            " AND ",
            visible!(),
            " AND NOT ",
            came_before!($now, $came)
        )
    };
}

/// Those of the posts `s` by the row `followed` that are on the page and wanted.
macro_rules! of_followed {
    ($replies_to_others:expr, $came:expr) => {
        concat!(
            "SELECT s.id, s.reblog_of_id FROM statuses s
             WHERE s.account_id = followed.id AND s.id < $2 AND s.id > $3 AND ",
            wanted_of_followed!("$5", $replies_to_others, $came),
            " ORDER BY s.id "
        )
    };
}

/// Whether the post `s`, which answers somebody else than its author and the viewer, comes to home: of one's own all do, of others
/// those to people whom one follows.
macro_rules! to_home {
    () => {
        concat!("s.account_id = $1 OR ", to_followed!())
    };
}

/// Whether the post `s` answers somebody whom the viewer follows.
macro_rules! to_followed {
    () => {
        "EXISTS (SELECT 1 FROM follows r WHERE r.account_id = $1
             AND r.target_account_id = s.in_reply_to_account_id AND r.accepted_at IS NOT NULL)"
    };
}

/// One way through home: what the followed wrote, and what has a followed hashtag. Each gives at most a page, so that few rows
/// are united, and what comes both ways comes once.
macro_rules! home_text {
    ($order:literal) => {
        concat!(
            "WITH apart AS (
                 SELECT x.account_id FROM lists xl JOIN list_accounts x ON x.list_id = xl.id
                 WHERE xl.account_id = $1 AND xl.exclusive AND x.account_id <> $1),
             followed AS (
                 SELECT f.target_account_id AS id, f.show_reblogs, f.languages FROM follows f
                 WHERE f.account_id = $1 AND f.accepted_at IS NOT NULL AND f.target_account_id NOT IN (TABLE apart)
                 UNION ALL SELECT $1, true, NULL)
             SELECT h.id, h.reblog_of_id FROM (
                 (SELECT t.id, t.reblog_of_id FROM followed CROSS JOIN LATERAL (",
            of_followed!(to_home!(), came_home!()),
            $order,
            " LIMIT $4) t ORDER BY t.id ",
            $order,
            " LIMIT $4)
                 UNION
                 (SELECT DISTINCT t.id, t.reblog_of_id FROM tag_follows g CROSS JOIN LATERAL (
                      SELECT s.id, s.reblog_of_id FROM status_tags st JOIN statuses s ON s.id = st.status_id
                      WHERE st.tag_id = g.tag_id AND st.status_id < $2 AND st.status_id > $3
                        AND s.audience_kind = 1 AND s.reblog_of_id IS NULL
                        AND s.account_id NOT IN (TABLE apart) AND ",
            shown!("$5"),
            " AND ",
            visible!(),
            " ORDER BY st.status_id ",
            $order,
            " LIMIT $4) t WHERE g.account_id = $1 ORDER BY t.id ",
            $order,
            " LIMIT $4)) h ORDER BY h.id ",
            $order,
            " LIMIT $4"
        )
    };
}

/// Home: one's own posts, those of whom one follows, and public ones with hashtags that one follows; but for members of lists
/// that keep them to themselves. Replies show when they are to somebody one follows, or one's own; messages show as Mastodon does
/// it; a boost, also one's own, when neither the post nor another boost of it came within the day before. Of languages that one
/// did not choose of a person nothing of theirs shows, unless a post does not say which it is in. For each followee and hashtag
/// one bounded walk of an index.
pub async fn home(conn: &mut Conn, me: AccountId, page: Page, now: DateTime<Utc>) -> QueryResult<Vec<PageRow>> {
    let text = if page.upwards { home_text!("ASC") } else { home_text!("DESC") };
    let rows = Sql::new(text)
        .bind::<BigInt, _>(me)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(page.newest_first(rows))
}

/// A post that comes to a home, by its owner, or to a list.
#[derive(QueryableByName)]
struct ComesTo {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(embed)]
    row: PageRow,
}

/// As [`home`], the other way round: from posts to the homes that they come to.
const HOME_OF_EACH: &str = for_each_viewer!(concat!(
    "WITH posts AS (SELECT * FROM statuses WHERE id = ANY ($2)),
          apart AS (
              SELECT xl.account_id AS owner, x.account_id FROM lists xl JOIN list_accounts x ON x.list_id = xl.id
              WHERE xl.account_id = ANY ($@) AND xl.exclusive AND x.account_id <> xl.account_id
                AND x.account_id IN (SELECT account_id FROM posts)),
          followed AS (
              SELECT f.account_id AS me, f.target_account_id AS id, f.show_reblogs, f.languages FROM follows f
              WHERE f.account_id = ANY ($@) AND f.accepted_at IS NOT NULL
                AND f.target_account_id IN (SELECT account_id FROM posts)
              UNION ALL SELECT own.me, own.me, true, NULL FROM unnest($@) AS own (me)),
          tagged AS (SELECT g.account_id AS me, g.tag_id FROM tag_follows g WHERE g.account_id = ANY ($@))
     SELECT followed.me AS place, s.id, s.reblog_of_id FROM followed JOIN posts s ON s.account_id = followed.id
     WHERE (followed.me, s.account_id) NOT IN (TABLE apart) AND ",
    wanted_of_followed!("$3", to_home!(), came_home!()),
    " UNION SELECT tagged.me AS place, s.id, s.reblog_of_id FROM posts s
        JOIN status_tags st ON st.status_id = s.id JOIN tagged ON tagged.tag_id = st.tag_id
      WHERE s.audience_kind = 1 AND s.reblog_of_id IS NULL AND (tagged.me, s.account_id) NOT IN (TABLE apart) AND ",
    shown!("$3"),
    " AND ",
    visible!()
));

/// To whose homes of these people these posts come.
pub async fn list_homes(
    conn: &mut Conn,
    people: &[AccountId],
    ids: &[StatusId],
    now: DateTime<Utc>,
) -> QueryResult<Vec<(AccountId, PageRow)>> {
    let found: Vec<ComesTo> = Sql::new(HOME_OF_EACH)
        .bind::<Array<BigInt>, _>(people)
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(found.into_iter().map(|one| (AccountId(one.place), one.row)).collect())
}

/// As [`list`], the other way round: from posts to the lists that they come to.
const LIST_OF_EACH: &str = for_each_viewer!(concat!(
    "WITH posts AS (SELECT * FROM statuses WHERE id = ANY ($2)),
          followed AS (
              SELECT w.account_id AS me, w.id AS list_id, w.replies_policy, m.account_id AS id, f.show_reblogs, f.languages
              FROM lists w JOIN list_accounts m ON m.list_id = w.id JOIN follows f ON f.id = m.follow_id
              WHERE w.id = ANY ($@) AND f.accepted_at IS NOT NULL AND m.account_id IN (SELECT account_id FROM posts)
              UNION ALL SELECT w.account_id, w.id, w.replies_policy, w.account_id, true, NULL
              FROM lists w JOIN list_accounts m ON m.list_id = w.id AND m.account_id = w.account_id
              WHERE w.id = ANY ($@))
     SELECT followed.list_id AS place, s.id, s.reblog_of_id FROM followed JOIN posts s ON s.account_id = followed.id WHERE ",
    wanted_of_followed!(
        "$3",
        concat!(
            "(followed.replies_policy <> 'none' AND ",
            to_followed!(),
            " AND (followed.replies_policy = 'followed' OR EXISTS (SELECT 1 FROM list_accounts r
                  WHERE r.list_id = followed.list_id AND r.account_id = s.in_reply_to_account_id)))"
        ),
        came_to_list!("followed.list_id")
    )
));

/// To which of these lists these posts come, as their owners see them.
pub async fn list_lists(
    conn: &mut Conn,
    lists: &[ListId],
    ids: &[StatusId],
    now: DateTime<Utc>,
) -> QueryResult<Vec<(ListId, PageRow)>> {
    let found: Vec<ComesTo> = Sql::new(LIST_OF_EACH)
        .bind::<Array<BigInt>, _>(lists)
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(found.into_iter().map(|one| (ListId(one.place), one.row)).collect())
}

macro_rules! list_before {
    () => {
        concat!(
            "WITH followed AS (
                 SELECT m.account_id AS id, f.show_reblogs, f.languages FROM list_accounts m
                 JOIN follows f ON f.id = m.follow_id WHERE m.list_id = $6 AND f.accepted_at IS NOT NULL
                 UNION ALL SELECT $1, true, NULL FROM list_accounts m WHERE m.list_id = $6 AND m.account_id = $1)
             SELECT t.id, t.reblog_of_id FROM followed CROSS JOIN LATERAL (",
            of_followed!(
                concat!(
                    "($7 <> 'none' AND ",
                    to_followed!(),
                    " AND ($7 = 'followed' OR EXISTS (SELECT 1 FROM list_accounts r
                         WHERE r.list_id = $6 AND r.account_id = s.in_reply_to_account_id)))"
                ),
                came_to_list!("$6")
            )
        )
    };
}

/// What home would show of a list's members, replies as the list says. The list is of `me`.
pub async fn list(
    conn: &mut Conn,
    me: AccountId,
    list: &List,
    page: Page,
    now: DateTime<Utc>,
) -> QueryResult<Vec<PageRow>> {
    let rows = Sql::new(both_ways!(page.upwards, list_before!(), " LIMIT $4) t ORDER BY t.id "))
        .bind::<BigInt, _>(me)
        .bind::<BigInt, _>(page.below)
        .bind::<BigInt, _>(page.above)
        .bind::<BigInt, _>(page.limit)
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(list.id)
        .bind::<Text, _>(&list.replies_policy)
        .load(conn)
        .await?;
    Ok(page.newest_first(rows))
}

/// What a person's home and lists are made of, and changes with.
#[derive(Clone, Debug, QueryableByName)]
pub struct Sources {
    /// Those whom they follow, and the hashtags that they follow, by number.
    #[diesel(sql_type = Array<BigInt>)]
    pub subjects: Vec<i64>,
    /// When the next of their mutes and filters ends.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub until: Option<DateTime<Utc>>,
}

pub async fn find_sources(conn: &mut Conn, me: AccountId, now: DateTime<Utc>) -> QueryResult<Sources> {
    Sql::new(
        "SELECT array(SELECT f.target_account_id FROM follows f WHERE f.account_id = $1
                      UNION SELECT g.tag_id FROM tag_follows g WHERE g.account_id = $1 ORDER BY 1) AS subjects,
                least((SELECT min(m.expires_at) FROM mutes m WHERE m.account_id = $1 AND m.expires_at > $2),
                      (SELECT min(l.expires_at) FROM filters l WHERE l.account_id = $1 AND l.expires_at > $2)) AS until",
    )
    .bind::<BigInt, _>(me)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
}
