//! /api/v1/notifications/requests: those of whom something was filtered
//! (https://docs.joinmastodon.org/methods/notifications/#get-requests).

use actix_web::web;
use serde::Deserialize;
use serde_json::json;

use super::NOT_FOUND;
use super::write::load_statuses;
use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, NotificationRequestId};
use crate::base::page::PageQuery;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, page as answer_page, written};
use crate::notifications::{Request, entity, ops, store};
use crate::oauth::extract::Client;
use crate::statuses::view;

/// Requests that are answered at once, at most.
const MOST: usize = 100;

async fn write(app: &App, conn: &mut Conn, me: AccountId, rows: &[Request]) -> Result<Vec<String>> {
    let from: Vec<AccountId> = rows.iter().map(|row| row.from_account_id).collect();
    let from = accounts::view::load_json(app, conn, &from).await?;
    let statuses = load_statuses(app, conn, me, rows.iter().filter_map(|row| row.last_status_id)).await?;
    let one = |row: &Request| {
        let status = row.last_status_id.and_then(|id| statuses.get(&id));
        Some(entity::request(row, from.get(&row.from_account_id)?, status.map_or("null", String::as_str)))
    };
    Ok(rows.iter().filter_map(one).collect())
}

/// GET /api/v1/notifications/requests
pub async fn list(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:notifications")?;
    let page = query.0.page(40, 80);
    let mut conn = app.db.get().await?;
    let rows = store::list_requests(&mut conn, me, page, app.now()).await?;
    let found = write(&app, &mut conn, me, &rows).await?;
    let url = format!("{}/api/v1/notifications/requests", app.origin);
    Ok(answer_page(view::array(&found), &url, rows.iter().map(|row| row.id.0), page.limit))
}

fn id_in(path: &str) -> Result<NotificationRequestId> {
    path.parse().map_err(|_| NOT_FOUND)
}

/// GET /api/v1/notifications/requests/{id}
pub async fn show(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let me = client.require("read:notifications")?;
    let mut conn = app.db.get().await?;
    let row = store::find_request(&mut conn, me, id_in(&path)?, app.now()).await?.ok_or(NOT_FOUND)?;
    let found = write(&app, &mut conn, me, &[row]).await?;
    Ok(written(found.into_iter().next().ok_or(NOT_FOUND)?))
}

/// POST /api/v1/notifications/requests/{id}/accept
pub async fn accept(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let me = client.require("write:notifications")?;
    if ops::accept(&app, me, &[id_in(&path)?]).await? == 0 {
        return Err(NOT_FOUND);
    }
    Ok(ok(&json!({})))
}

/// POST /api/v1/notifications/requests/{id}/dismiss
pub async fn dismiss(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let me = client.require("write:notifications")?;
    if ops::dismiss(&app, me, &[id_in(&path)?]).await? == 0 {
        return Err(NOT_FOUND);
    }
    Ok(ok(&json!({})))
}

#[derive(Deserialize)]
pub struct Ids {
    #[serde(default, deserialize_with = "lenient::list")]
    id: Vec<NotificationRequestId>,
}

impl Ids {
    fn read(self) -> Result<Vec<NotificationRequestId>> {
        if self.id.len() > MOST {
            return Err(Error::invalid("id", format!("can be at most {MOST} at once")));
        }
        Ok(self.id)
    }
}

/// POST /api/v1/notifications/requests/accept. Those of others are passed over.
pub async fn accept_many(app: web::Data<App>, client: Client, ids: Params<Ids>) -> Answer {
    let me = client.require("write:notifications")?;
    ops::accept(&app, me, &ids.0.read()?).await?;
    Ok(ok(&json!({})))
}

/// POST /api/v1/notifications/requests/dismiss. Those of others are passed over.
pub async fn dismiss_many(app: web::Data<App>, client: Client, ids: Params<Ids>) -> Answer {
    let me = client.require("write:notifications")?;
    ops::dismiss(&app, me, &ids.0.read()?).await?;
    Ok(ok(&json!({})))
}

/// GET /api/v1/notifications/requests/merged: what was accepted is back already when the answer to that is given.
pub async fn merged(client: Client) -> Answer {
    client.require("read:notifications")?;
    Ok(ok(&json!({"merged": true})))
}
