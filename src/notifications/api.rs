//! /api/v1/notifications (https://docs.joinmastodon.org/methods/notifications/).

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::web;
use serde::Deserialize;
use serde_json::json;

use super::{Notification, store};
use crate::accounts::{self, entity::time};
use crate::app::App;
use crate::base::id::{AccountId, NotificationId, StatusId};
use crate::base::page::PageQuery;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, page as answer_page, written};
use crate::oauth::extract::Client;
use crate::statuses::PageRow;
use crate::statuses::view;

const NOT_FOUND: Error = Error::NotFound("Record");

#[derive(Deserialize)]
pub struct Query {
    #[serde(default, deserialize_with = "lenient::list")]
    types: Vec<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    exclude_types: Vec<String>,
    #[serde(default, deserialize_with = "lenient::id")]
    account_id: Option<AccountId>,
    #[serde(flatten)]
    page: PageQuery,
}

impl Query {
    /// The types that are wanted: those that are named, or all, without those that are excluded.
    fn wanted(&self) -> Vec<&'static str> {
        let named = |name: &str| self.types.is_empty() || self.types.iter().any(|wanted| wanted == name);
        let excluded = |name: &str| self.exclude_types.iter().any(|excluded| excluded == name);
        store::TYPES.into_iter().filter(|name| named(name) && !excluded(name)).collect()
    }
}

/// Notifications as JSON, in their order, with the accounts and posts that they are about.
async fn write(app: &App, conn: &mut Conn, me: AccountId, rows: &[Notification]) -> Result<Vec<String>> {
    let viewer = Viewer::account(me);
    let from: Vec<AccountId> = rows.iter().map(|row| row.from_account_id).collect();
    let from: HashMap<AccountId, Arc<str>> = accounts::view::load_json(app, conn, &from).await?;
    let mut about: Vec<StatusId> = rows.iter().filter_map(|row| row.status_id).collect();
    about.sort_unstable();
    about.dedup();
    let about: Vec<PageRow> = about.into_iter().map(|id| PageRow { id, reblog_of_id: None }).collect();
    let about: HashMap<StatusId, String> = view::load_many(app, conn, viewer, &about).await?.into_iter().collect();
    let one = |row: &Notification| {
        entity(row, from.get(&row.from_account_id)?, row.status_id.map(|id| about.get(&id).map(String::as_str)))
    };
    Ok(rows.iter().filter_map(one).collect())
}

/// As [`write`], for notifications of many people: each as the one who is told sees it. In as many queries as one page
/// takes.
pub async fn write_for_each(
    app: &App,
    conn: &mut Conn,
    rows: &[Notification],
) -> Result<Vec<(NotificationId, String)>> {
    let from: Vec<AccountId> = rows.iter().map(|row| row.from_account_id).collect();
    let from: HashMap<AccountId, Arc<str>> = accounts::view::load_json(app, conn, &from).await?;
    let looks: Vec<(Viewer, PageRow)> = rows
        .iter()
        .filter_map(|row| Some((Viewer::account(row.account_id), PageRow { id: row.status_id?, reblog_of_id: None })))
        .collect();
    let about = view::load_for_each(app, conn, &looks).await?;
    let one = |row: &Notification| {
        let status = row.status_id.map(|id| about.get(&(Viewer::account(row.account_id), id)).map(String::as_str));
        Some((row.id, entity(row, from.get(&row.from_account_id)?, status)?))
    };
    Ok(rows.iter().filter_map(one).collect())
}

/// One notification. `status` is the post that it is about, if any; one that may not be seen makes it none.
fn entity(row: &Notification, account: &str, status: Option<Option<&str>>) -> Option<String> {
    let status = match status {
        Some(found) => found?,
        None => "null",
    };
    let head = json!({
        "id": row.id,
        "type": row.kind,
        "created_at": time(row.created_at),
        "group_key": format!("ungrouped-{}", row.id),
        "report": null,
        "event": null,
        "moderation_warning": null,
        "collection": null,
        "fallback": null,
    })
    .to_string();
    let head = head.strip_suffix('}')?;
    Some(format!("{head},\"account\":{account},\"status\":{status}}}"))
}

/// GET /api/v1/notifications
pub async fn list(app: web::Data<App>, client: Client, query: Params<Query>) -> Answer {
    let me = client.require("read:notifications")?;
    let query = query.0;
    let page = query.page.page(40, 80);
    let mut conn = app.db.get().await?;
    let rows = store::list_page(&mut conn, me, &query.wanted(), query.account_id, page, app.now()).await?;
    let found = write(&app, &mut conn, me, &rows).await?;
    let url = format!("{}/api/v1/notifications{}", app.origin, suffix(&query));
    Ok(answer_page(view::array(&found), &url, rows.iter().map(|row| row.id.0), page.limit))
}

/// The parameters, other than those of paging, for the links.
fn suffix(query: &Query) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for name in &query.types {
        pairs.append_pair("types[]", name);
    }
    for name in &query.exclude_types {
        pairs.append_pair("exclude_types[]", name);
    }
    if let Some(id) = query.account_id {
        pairs.append_pair("account_id", &id.to_string());
    }
    let pairs = pairs.finish();
    if pairs.is_empty() { pairs } else { format!("?{pairs}") }
}

/// GET /api/v1/notifications/{id}
pub async fn show(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("read:notifications")?;
    let id: NotificationId = id.parse().map_err(|_| NOT_FOUND)?;
    let mut conn = app.db.get().await?;
    let row = store::find_notification(&mut conn, me, id, app.now()).await?.ok_or(NOT_FOUND)?;
    let found = write(&app, &mut conn, me, &[row]).await?;
    Ok(written(found.into_iter().next().ok_or(NOT_FOUND)?))
}

/// POST /api/v1/notifications/clear
pub async fn clear(app: web::Data<App>, client: Client) -> Answer {
    let me = client.require("write:notifications")?;
    let mut conn = app.db.get().await?;
    store::delete_all(&mut conn, me).await?;
    Ok(ok(&json!({})))
}

/// POST /api/v1/notifications/{id}/dismiss
pub async fn dismiss(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("write:notifications")?;
    let id: NotificationId = id.parse().map_err(|_| NOT_FOUND)?;
    let mut conn = app.db.get().await?;
    store::delete_one(&mut conn, me, id).await?;
    Ok(ok(&json!({})))
}

/// GET /api/v1/notifications/unread_count: since the marker; a hundred at most are counted.
pub async fn unread_count(app: web::Data<App>, client: Client) -> Answer {
    let me = client.require("read:notifications")?;
    let mut conn = app.db.get().await?;
    Ok(ok(&json!({"count": store::count_unread(&mut conn, me, app.now()).await?})))
}
