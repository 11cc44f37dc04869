//! /api/v1/lists (https://docs.joinmastodon.org/methods/lists/). What is on one is in `timelines`.

use std::collections::BTreeSet;

use actix_web::web;
use serde::Deserialize;
use serde_json::json;

use super::{ListChanges, entity, ops, store};
use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, ListId};
use crate::base::page::{Page, PageQuery};
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, page as answer_page, written};
use crate::oauth::extract::Client;
use crate::statuses::view::array;

const NOT_FOUND: Error = Error::NotFound("Record");

/// Accounts that one request may name.
const MOST_IDS: usize = 1000;

fn parse(id: &str) -> Result<ListId> {
    id.parse().map_err(|_| NOT_FOUND)
}

#[derive(Deserialize)]
pub struct ListBody {
    #[serde(default, deserialize_with = "lenient::text")]
    title: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    replies_policy: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    exclusive: Option<bool>,
}

impl ListBody {
    fn changes(self) -> ListChanges {
        let replies_policy = self.replies_policy.filter(|policy| !policy.is_empty());
        ListChanges { title: self.title, replies_policy, exclusive: self.exclusive }
    }
}

/// GET /api/v1/lists
pub async fn index(app: web::Data<App>, client: Client) -> Answer {
    let me = client.require("read:lists")?;
    let mut conn = app.db.get().await?;
    let lists = store::list_lists(&mut conn, me).await?;
    Ok(ok(&lists.iter().map(entity::list).collect::<Vec<_>>()))
}

/// POST /api/v1/lists
pub async fn create(app: web::Data<App>, client: Client, body: Params<ListBody>) -> Answer {
    let me = client.require("write:lists")?;
    Ok(ok(&entity::list(&ops::create(&app, me, body.0.changes()).await?)))
}

/// GET /api/v1/lists/{id}
pub async fn show(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("read:lists")?;
    let mut conn = app.db.get().await?;
    Ok(ok(&entity::list(&store::find_list(&mut conn, me, parse(&id)?).await?.ok_or(NOT_FOUND)?)))
}

/// PUT /api/v1/lists/{id}
pub async fn update(app: web::Data<App>, client: Client, id: web::Path<String>, body: Params<ListBody>) -> Answer {
    let me = client.require("write:lists")?;
    Ok(ok(&entity::list(&ops::update(&app, me, parse(&id)?, body.0.changes()).await?)))
}

/// DELETE /api/v1/lists/{id}
pub async fn delete(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("write:lists")?;
    let mut conn = app.db.get().await?;
    if store::delete_list(&mut conn, me, parse(&id)?).await? { Ok(ok(&json!({}))) } else { Err(NOT_FOUND) }
}

/// GET /api/v1/lists/{id}/accounts; all at once when `limit` is 0.
pub async fn members(app: web::Data<App>, client: Client, id: web::Path<String>, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:lists")?;
    let mut conn = app.db.get().await?;
    let list = store::find_list(&mut conn, me, parse(&id)?).await?.ok_or(NOT_FOUND)?;
    let all = query.0.limit.as_deref().is_some_and(|limit| limit.trim() == "0");
    let page =
        if all { Page { below: i64::MAX, above: 0, upwards: false, limit: i64::MAX } } else { query.0.page(40, 80) };
    let rows = store::list_members(&mut conn, list.id, page).await?;
    let ids: Vec<AccountId> = rows.iter().map(|(_, id)| *id).collect();
    let body = array(&accounts::view::load_many(&app, &mut conn, Viewer::account(me), &ids).await?);
    if all {
        return Ok(written(body));
    }
    let url = format!("{}/api/v1/lists/{}/accounts", app.origin, list.id);
    Ok(answer_page(body, &url, rows.iter().map(|(id, _)| id.0), page.limit))
}

#[derive(Deserialize)]
pub struct MembersBody {
    #[serde(default, deserialize_with = "lenient::list")]
    account_ids: Vec<AccountId>,
}

impl MembersBody {
    fn ids(self) -> Result<BTreeSet<AccountId>> {
        if self.account_ids.len() > MOST_IDS {
            return Err(Error::invalid("account_ids", format!("may name {MOST_IDS} accounts at a time")));
        }
        Ok(self.account_ids.into_iter().collect())
    }
}

/// POST /api/v1/lists/{id}/accounts
pub async fn add(app: web::Data<App>, client: Client, id: web::Path<String>, body: Params<MembersBody>) -> Answer {
    let me = client.require("write:lists")?;
    ops::add(&app, me, parse(&id)?, &body.0.ids()?).await?;
    Ok(ok(&json!({})))
}

/// DELETE /api/v1/lists/{id}/accounts, the ids in the query or the body
pub async fn remove(app: web::Data<App>, client: Client, id: web::Path<String>, body: Params<MembersBody>) -> Answer {
    let me = client.require("write:lists")?;
    let members: Vec<AccountId> = body.0.ids()?.into_iter().collect();
    let mut conn = app.db.get().await?;
    let list = store::find_list(&mut conn, me, parse(&id)?).await?.ok_or(NOT_FOUND)?;
    store::delete_members(&mut conn, list.id, &members).await?;
    Ok(ok(&json!({})))
}

/// GET /api/v1/accounts/{id}/lists
pub async fn of_account(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("read:lists")?;
    let id: AccountId = id.parse().map_err(|_| NOT_FOUND)?;
    let mut conn = app.db.get().await?;
    let account = accounts::store::find_account(&mut conn, id).await?.ok_or(NOT_FOUND)?;
    let lists = store::list_with_member(&mut conn, me, account.id).await?;
    Ok(ok(&lists.iter().map(entity::list).collect::<Vec<_>>()))
}
