//! /api/v1/conversations (https://docs.joinmastodon.org/methods/conversations/).

use std::collections::HashMap;

use actix_web::web;
use serde_json::json;

use super::{Conversation, entity, store};
use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, ConversationId, StatusId};
use crate::base::page::PageQuery;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::params::Params;
use crate::edge::respond::{Answer, ok, page as answer_page, written};
use crate::oauth::extract::Client;
use crate::statuses::PageRow;
use crate::statuses::view;

const NOT_FOUND: Error = Error::NotFound("Record");

/// A conversation as JSON.
struct Written {
    id: ConversationId,
    json: String,
    with_status: bool,
}

/// Conversations as JSON, in their order, each as its person sees it: in as many queries as one takes. A last post that they
/// may not see is none.
async fn write(app: &App, conn: &mut Conn, rows: &[Conversation]) -> Result<Vec<Written>> {
    let people: Vec<AccountId> = rows.iter().flat_map(|row| row.people().iter().copied()).collect();
    let people = accounts::view::load_json(app, conn, &people).await?;
    let looks: Vec<(Viewer, PageRow)> = rows
        .iter()
        .filter_map(|row| {
            Some((Viewer::account(row.account_id), PageRow { id: row.last_status_id?, reblog_of_id: None }))
        })
        .collect();
    let last: HashMap<(Viewer, StatusId), String> = view::load_for_each(app, conn, &looks).await?;
    let one = |row: &Conversation| {
        let accounts: Vec<_> = row.people().iter().filter_map(|id| people.get(id)).collect();
        let last = row.last_status_id.and_then(|id| last.get(&(Viewer::account(row.account_id), id)));
        let json = entity::conversation(row, &view::array(&accounts), last.map_or("null", String::as_str));
        Written { id: row.id, json, with_status: last.is_some() }
    };
    Ok(rows.iter().map(one).collect())
}

/// As [`write`], without those whose last post may not be seen: what streams tell.
pub async fn write_visible(app: &App, conn: &mut Conn, rows: &[Conversation]) -> Result<Vec<(ConversationId, String)>> {
    let written = write(app, conn, rows).await?.into_iter();
    Ok(written.filter(|one| one.with_status).map(|one| (one.id, one.json)).collect())
}

fn id_in(path: &str) -> Result<ConversationId> {
    path.parse().map_err(|_| NOT_FOUND)
}

/// GET /api/v1/conversations
pub async fn list(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:statuses")?;
    let page = query.0.page(20, 40);
    let mut conn = app.db.get().await?;
    let rows = store::list_page(&mut conn, me, page).await?;
    let found: Vec<String> = write(&app, &mut conn, &rows).await?.into_iter().map(|one| one.json).collect();
    let url = format!("{}/api/v1/conversations", app.origin);
    let ids = rows.iter().filter_map(|row| row.last_status_id).map(|id| id.0);
    Ok(answer_page(view::array(&found), &url, ids, page.limit))
}

async fn mark(app: &App, me: AccountId, id: ConversationId, unread: bool) -> Answer {
    let mut conn = app.db.get().await?;
    if !store::update_unread(&mut conn, me, id, unread).await? {
        return Err(NOT_FOUND);
    }
    let rows = store::list_some(&mut conn, &[id]).await?;
    let found = write(app, &mut conn, &rows).await?;
    Ok(written(found.into_iter().next().ok_or(NOT_FOUND)?.json))
}

/// POST /api/v1/conversations/{id}/read
pub async fn read(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let me = client.require("write:conversations")?;
    mark(&app, me, id_in(&path)?, false).await
}

/// POST /api/v1/conversations/{id}/unread
pub async fn unread(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let me = client.require("write:conversations")?;
    mark(&app, me, id_in(&path)?, true).await
}

/// DELETE /api/v1/conversations/{id}: for oneself; the posts stay.
pub async fn delete(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let me = client.require("write:conversations")?;
    if !store::delete(&mut *app.db.get().await?, me, id_in(&path)?).await? {
        return Err(NOT_FOUND);
    }
    Ok(ok(&json!({})))
}
