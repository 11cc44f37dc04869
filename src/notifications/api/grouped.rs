//! /api/v2/notifications (https://docs.joinmastodon.org/methods/grouped_notifications/).
//!
//! A page is put together from the [`ROWS_FOR_EACH`] times as many notifications that come next: they are read in one walk, and
//! those with the same key become one, until there are as many groups as are wanted. So a page never reads more rows than that,
//! however large its groups are; it may have fewer groups than its limit, and a large group may come again on the next page,
//! as it does in Mastodon, with the part of it that is on that page. The `Link` header leads past what was read. Then one query
//! says of all groups how many there are of each, and who was last.

use std::collections::{HashMap, HashSet};

use actix_web::web;
use serde_json::{Value, json};

use super::write::{Events, Fallbacks, load_statuses};
use super::{NOT_FOUND, Query, Supported};
use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, StatusId};
use crate::base::page::{Page, PageQuery};
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::params::Params;
use crate::edge::respond::{Answer, ok, page as answer_page, written};
use crate::notifications::entity::{self, Group, OnPage};
use crate::notifications::store::Which;
use crate::notifications::{GROUPED_TYPES, GroupName, Notification, store};
use crate::oauth::extract::Client;
use crate::statuses::view;

/// Notifications that are read for each group that is wanted.
const ROWS_FOR_EACH: i64 = 5;

impl Query {
    /// The types that are to be grouped.
    fn grouped(&self) -> Vec<&'static str> {
        let wanted = |name: &&str| self.grouped_types.is_empty() || self.grouped_types.iter().any(|one| one == name);
        GROUPED_TYPES.into_iter().filter(wanted).collect()
    }
}

/// Notifications that are shown as one, as far as they were read.
struct Found {
    key: String,
    rows: Vec<Notification>,
}

/// Puts notifications that are newest first together; the first `limit` groups, from the end at which the page begins. A group
/// stands where its newest does.
fn gather(rows: Vec<Notification>, grouped: &[&str], limit: usize, upwards: bool) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let rows: Box<dyn Iterator<Item = Notification>> =
        if upwards { Box::new(rows.into_iter().rev()) } else { Box::new(rows.into_iter()) };
    for row in rows {
        let key = if grouped.contains(&row.kind.as_str()) { row.group_key() } else { row.own_key() };
        if let Some(one) = places.get(&key).and_then(|place| found.get_mut(*place)) {
            one.rows.push(row);
        } else if found.len() == limit {
            break;
        } else {
            places.insert(key.clone(), found.len());
            found.push(Found { key, rows: vec![row] });
        }
    }
    for one in &mut found {
        one.rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.rows.first().map(|row| row.id)));
    found
}

/// Groups with all that is said of them; those whose post, or whose people, are gone meanwhile are left out.
async fn complete(app: &App, conn: &mut Conn, me: AccountId, found: &[Found], paged: bool) -> Result<Vec<Group>> {
    let keys: Vec<String> = found.iter().filter(|one| is_group(one)).map(|one| one.key.clone()).collect();
    let summaries = store::list_summaries(conn, me, &keys, app.now()).await?;
    let summaries: HashMap<&str, &store::Summary> =
        summaries.iter().map(|summary| (summary.group_key.as_str(), summary)).collect();
    let firsts: Vec<Notification> = found.iter().filter_map(|one| one.rows.first().cloned()).collect();
    let events = Events::load(app, conn, &firsts).await?;
    let group = |one: &Found| {
        let (newest, oldest) = (one.rows.first()?, one.rows.last()?);
        let on_page = OnPage { newest: newest.id, oldest: oldest.id, latest_at: newest.created_at };
        let of_it = summaries.get(one.key.as_str());
        Some(Group {
            key: one.key.clone(),
            kind: newest.kind.clone(),
            status_id: newest.status_id,
            about: events.of(newest)?,
            count: of_it.map_or(1, |summary| summary.count),
            newest: of_it.map_or(newest.id, |summary| summary.newest),
            sample: of_it.map_or_else(|| vec![newest.from_account_id], |summary| summary.sample.clone()),
            on_page: paged.then_some(on_page),
        })
    };
    Ok(found.iter().filter_map(group).collect())
}

/// Whether it is known by the key of its rows, not by that of the one row.
fn is_group(found: &Found) -> bool {
    found.rows.first().is_some_and(|row| row.group_key.as_deref() == Some(found.key.as_str()))
}

/// Groups with the accounts and posts that they name. `partial`: of each group the last account is written whole, of the
/// others what a row of avatars needs.
async fn write(
    app: &App,
    conn: &mut Conn,
    me: AccountId,
    groups: &[Group],
    fallbacks: &Fallbacks,
    partial: bool,
) -> Result<String> {
    let statuses = load_statuses(app, conn, me, groups.iter().filter_map(|group| group.status_id)).await?;
    let seen = |group: &&Group| group.status_id.is_none_or(|id| statuses.contains_key(&id));
    let groups: Vec<&Group> = groups.iter().filter(seen).collect();
    let everyone: Vec<AccountId> = groups.iter().flat_map(|group| group.sample.iter().copied()).collect();
    let known = accounts::view::load_json(app, conn, &everyone).await?;
    let last: HashSet<AccountId> = groups.iter().filter_map(|group| group.sample.first().copied()).collect();
    let (mut whole, mut parts, mut told) = (Vec::new(), Vec::new(), HashSet::new());
    for id in everyone {
        let Some(account) = known.get(&id).filter(|_| told.insert(id)) else { continue };
        if partial && !last.contains(&id) {
            let account: Value = serde_json::from_str(account).map_err(Error::internal)?;
            parts.push(entity::partial_account(&account).to_string());
        } else {
            whole.push(account.clone());
        }
    }
    let fallback = |group: &Group| {
        let account = group.sample.first().and_then(|id| known.get(id));
        account.map_or(Value::Null, |account| fallbacks.of(&group.kind, account, &group.about))
    };
    let written: Vec<Value> = groups.iter().map(|group| entity::group(group, &fallback(group))).collect();
    let mut ids: Vec<StatusId> = statuses.keys().copied().collect();
    ids.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    let statuses: Vec<&String> = ids.iter().filter_map(|id| statuses.get(id)).collect();
    Ok(format!(
        "{{\"accounts\":{},\"partial_accounts\":{},\"statuses\":{},\"notification_groups\":{}}}",
        view::array(&whole),
        if partial { view::array(&parts) } else { "null".into() },
        view::array(&statuses),
        Value::Array(written)
    ))
}

async fn find_page(
    app: &App,
    conn: &mut Conn,
    me: AccountId,
    which: &Which,
    grouped: &[&str],
    page: Page,
) -> Result<Vec<Found>> {
    let read = Page { limit: page.limit * ROWS_FOR_EACH, ..page };
    let rows = store::list_page(conn, me, which, read, app.now()).await?;
    let limit = usize::try_from(page.limit).map_err(Error::internal)?;
    Ok(gather(rows, grouped, limit, page.upwards))
}

/// A page of groups as [`list`] answers with, and the oldest id that was read, if there is more.
pub async fn load(
    app: &App,
    conn: &mut Conn,
    me: AccountId,
    which: &Which,
    grouped: &[&str],
    page: Page,
) -> Result<(Vec<Group>, Option<i64>)> {
    let found = find_page(app, conn, me, which, grouped, page).await?;
    let groups = complete(app, conn, me, &found, true).await?;
    let oldest = found.iter().flat_map(|one| one.rows.iter().map(|row| row.id.0)).min();
    let rest = match oldest {
        Some(below) => store::list_page(conn, me, which, Page { below, limit: 1, ..page }, app.now()).await?,
        None => Vec::new(),
    };
    Ok((groups, oldest.filter(|_| !rest.is_empty())))
}

/// GET /api/v2/notifications
pub async fn list(app: web::Data<App>, client: Client, query: Params<Query>) -> Answer {
    let me = client.require("read:notifications")?;
    let query = query.0;
    let partial = match query.expand_accounts.as_deref() {
        None | Some("" | "full") => false,
        Some("partial_avatars") => true,
        Some(_) => return Err(Error::invalid("expand_accounts", "must be full or partial_avatars")),
    };
    let page = query.page.page(40, 80);
    let mut conn = app.db.get().await?;
    let found = find_page(&app, &mut conn, me, &query.which(), &query.grouped(), page).await?;
    let ids: Vec<i64> = found.iter().flat_map(|one| one.rows.iter().map(|row| row.id.0)).collect();
    let groups = complete(&app, &mut conn, me, &found, true).await?;
    let fallbacks = Fallbacks::load(&mut conn, me, &query.supported_types).await?;
    let body = write(&app, &mut conn, me, &groups, &fallbacks, partial).await?;
    let url = format!("{}/api/v2/notifications{}", app.origin, query.suffix());
    Ok(answer_page(body, &url, ids.into_iter(), page.limit))
}

/// GET /api/v2/notifications/unread_count: groups that have something that came since the marker.
pub async fn unread_count(app: web::Data<App>, client: Client, query: Params<Query>) -> Answer {
    let me = client.require("read:notifications")?;
    let (query, now) = (query.0, app.now());
    let (which, grouped, most) = (query.which(), query.grouped(), query.most_counted());
    let mut conn = app.db.get().await?;
    let count = store::count_unread_groups(&mut conn, me, &which, &grouped, most, now).await?;
    Ok(ok(&json!({"count": count})))
}

/// The notifications that a key names, as far as they are on a page.
async fn find(app: &App, conn: &mut Conn, me: AccountId, key: &str, page: Page) -> Result<Vec<Notification>> {
    let rows = match GroupName::parse(key).ok_or(NOT_FOUND)? {
        GroupName::One(id) => {
            let beyond = id.0 >= page.below || id.0 <= page.above;
            store::find_notification(conn, me, id, app.now()).await?.filter(|_| !beyond).into_iter().collect()
        }
        GroupName::Group(key) => store::list_group(conn, me, &key, page, app.now()).await?,
    };
    Ok(rows)
}

/// GET /api/v2/notifications/{group_key}
pub async fn show(app: web::Data<App>, client: Client, key: web::Path<String>, query: Params<Supported>) -> Answer {
    let me = client.require("read:notifications")?;
    let mut conn = app.db.get().await?;
    let rows = find(&app, &mut conn, me, &key, PageQuery::default().page(1, 1)).await?;
    if rows.is_empty() {
        return Err(NOT_FOUND);
    }
    let groups = complete(&app, &mut conn, me, &[Found { key: key.into_inner(), rows }], false).await?;
    let fallbacks = Fallbacks::load(&mut conn, me, &query.0.supported_types).await?;
    Ok(written(write(&app, &mut conn, me, &groups, &fallbacks, false).await?))
}

/// GET /api/v2/notifications/{group_key}/accounts: those who did it, the last one first. Mastodon documents a scope to write
/// with, and asks for one to read with: either will do.
pub async fn accounts(app: web::Data<App>, client: Client, key: web::Path<String>, query: Params<PageQuery>) -> Answer {
    let scope = if client.scopes.allow("read:notifications") { "read:notifications" } else { "write:notifications" };
    let me = client.require(scope)?;
    let page = query.0.page(40, 80);
    let mut conn = app.db.get().await?;
    let rows = find(&app, &mut conn, me, &key, page).await?;
    let whole = PageQuery::default().page(1, 1);
    if rows.is_empty() && find(&app, &mut conn, me, &key, whole).await?.is_empty() {
        return Err(NOT_FOUND);
    }
    let ids: Vec<AccountId> = rows.iter().map(|row| row.from_account_id).collect();
    let known = accounts::view::load_json(&app, &mut conn, &ids).await?;
    let found: Vec<_> = ids.iter().filter_map(|id| known.get(id)).collect();
    let url = format!("{}/api/v2/notifications/{key}/accounts", app.origin);
    Ok(answer_page(view::array(&found), &url, rows.iter().map(|row| row.id.0), page.limit))
}

/// POST /api/v2/notifications/{group_key}/dismiss
pub async fn dismiss(app: web::Data<App>, client: Client, key: web::Path<String>) -> Answer {
    let me = client.require("write:notifications")?;
    let mut conn = app.db.get().await?;
    match GroupName::parse(&key).ok_or(NOT_FOUND)? {
        GroupName::One(id) => store::delete_one(&mut conn, me, id).await?,
        GroupName::Group(key) => store::delete_group(&mut conn, me, &key).await?,
    };
    Ok(ok(&json!({})))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::base::id::NotificationId;

    fn row(id: i64, kind: &str, key: Option<&str>) -> Notification {
        Notification {
            id: NotificationId(id),
            account_id: AccountId(1),
            from_account_id: AccountId(id),
            kind: kind.into(),
            status_id: None,
            created_at: DateTime::UNIX_EPOCH,
            group_key: key.map(str::to_owned),
            report_id: None,
            collection_id: None,
            severance_id: None,
            warning_id: None,
        }
    }

    fn ids(found: &[Found]) -> Vec<Vec<i64>> {
        found.iter().map(|one| one.rows.iter().map(|row| row.id.0).collect()).collect()
    }

    #[test]
    fn a_page_ends_where_the_next_group_begins() {
        let rows = || {
            let follow = Some("follow-1");
            vec![row(6, "follow", follow), row(5, "mention", None), row(4, "follow", follow), row(3, "mention", None)]
        };
        assert_eq!(ids(&gather(rows(), &GROUPED_TYPES, 2, false)), [vec![6, 4], vec![5]]);
        assert_eq!(ids(&gather(rows(), &GROUPED_TYPES, 1, false)), [[6]]);
        assert_eq!(ids(&gather(rows(), &["favourite"], 3, false)), [[6], [5], [4]]);
        assert_eq!(ids(&gather(rows(), &GROUPED_TYPES, 2, true)), [vec![4], vec![3]]);
        assert_eq!(ids(&gather(rows(), &GROUPED_TYPES, 3, true)), [vec![6, 4], vec![5], vec![3]]);
    }
}
