//! Following and being followed, for clients (https://docs.joinmastodon.org/methods/accounts/#follow,
//! https://docs.joinmastodon.org/methods/follow_requests/).

pub mod blocks;
pub mod marks;

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::entity;
use super::ops::{self, FollowOptions};
use super::store::{self, Side};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::page::PageQuery;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, page as answer_page, written};
use crate::oauth::extract::{Client, MaybeClient};
use crate::statuses::view::array;

const NOT_FOUND: Error = Error::NotFound("Record");

async fn myself(app: &App, me: AccountId) -> Result<Account> {
    let mut conn = app.db.get().await?;
    accounts::store::find_account(&mut conn, me).await?.ok_or(NOT_FOUND)
}

async fn both(app: &App, me: AccountId, other: &str) -> Result<(Account, Account)> {
    let other: AccountId = other.parse().map_err(|_| NOT_FOUND)?;
    let mut conn = app.db.get().await?;
    let me = accounts::store::find_account(&mut conn, me).await?.ok_or(NOT_FOUND)?;
    let other = accounts::store::find_account(&mut conn, other).await?.ok_or(NOT_FOUND)?;
    Ok((me, other))
}

async fn standing(app: &App, me: AccountId, other: AccountId) -> Answer {
    let mut conn = app.db.get().await?;
    let standings = store::list_standings(&mut conn, me, &[other], app.now()).await?;
    Ok(ok(&entity::relationship(standings.first().ok_or(NOT_FOUND)?)))
}

/// Both sides' written entities show their counts anew.
fn changed(app: &App, one: AccountId, other: AccountId) {
    accounts::view::invalidate(app, one);
    accounts::view::invalidate(app, other);
}

#[derive(Deserialize)]
pub struct FollowBody {
    #[serde(default, deserialize_with = "lenient::boolean")]
    reblogs: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    notify: Option<bool>,
    #[serde(default, deserialize_with = "languages")]
    languages: Option<Vec<String>>,
}

/// A list; one without anything in it, which forms write as `languages[]=`, is all languages, none at all leaves as it is.
fn languages<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Vec<String>>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    if value.is_null() {
        return Ok(None);
    }
    lenient::list(value).map(Some).map_err(serde::de::Error::custom)
}

/// POST /api/v1/accounts/{id}/follow
pub async fn follow(app: web::Data<App>, client: Client, id: web::Path<String>, body: Params<FollowBody>) -> Answer {
    let (me, other) = both(&app, client.require("write:follows")?, &id).await?;
    let FollowBody { reblogs, notify, languages } = body.0;
    let languages = languages.map(ops::chosen_languages).transpose()?;
    ops::follow(&app, &me, &other, FollowOptions { show_reblogs: reblogs, notify, languages }).await?;
    changed(&app, me.id, other.id);
    standing(&app, me.id, other.id).await
}

/// POST /api/v1/accounts/{id}/unfollow
pub async fn unfollow(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let (me, other) = both(&app, client.require("write:follows")?, &id).await?;
    ops::unfollow(&app, &me, &other).await?;
    changed(&app, me.id, other.id);
    standing(&app, me.id, other.id).await
}

/// POST /api/v1/accounts/{id}/remove_from_followers
pub async fn remove_follower(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let (me, other) = both(&app, client.require("write:follows")?, &id).await?;
    match ops::reject(&app, &me, other.id).await {
        Ok(()) | Err(Error::NotFound(_)) => {}
        Err(error) => return Err(error),
    }
    changed(&app, me.id, other.id);
    standing(&app, me.id, other.id).await
}

/// POST /api/v1/follow_requests/{id}/authorize
pub async fn authorize(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let (me, other) = both(&app, client.require("write:follows")?, &id).await?;
    ops::accept_request(&app, &me, other.id).await?;
    changed(&app, me.id, other.id);
    standing(&app, me.id, other.id).await
}

/// POST /api/v1/follow_requests/{id}/reject
pub async fn reject(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let (me, other) = both(&app, client.require("write:follows")?, &id).await?;
    ops::reject(&app, &me, other.id).await?;
    changed(&app, me.id, other.id);
    standing(&app, me.id, other.id).await
}

#[derive(Deserialize)]
pub struct Ids {
    #[serde(default, deserialize_with = "lenient::list")]
    id: Vec<String>,
}

/// GET /api/v1/accounts/relationships
pub async fn relationships(app: web::Data<App>, client: Client, ids: Params<Ids>) -> Answer {
    let me = client.require("read:follows")?;
    let ids: Vec<AccountId> = ids.0.id.iter().filter_map(|id| id.parse().ok()).take(80).collect();
    let mut conn = app.db.get().await?;
    let standings = store::list_standings(&mut conn, me, &ids, app.now()).await?;
    let found: Vec<_> = ids
        .iter()
        .filter_map(|id| standings.iter().find(|standing| standing.id == *id))
        .map(entity::relationship)
        .collect();
    Ok(ok(&found))
}

/// A page of accounts on one side of somebody's follows. Who follows whom is their own business: others see none of it
/// (AUDIENCE rule 8), unless the instance shows counts.
async fn list(
    app: &App,
    viewer: Viewer,
    id: AccountId,
    side: Side,
    path: String,
    query: &PageQuery,
) -> Result<HttpResponse> {
    let page = query.page(40, 80);
    let mut conn = app.db.get().await?;
    accounts::store::find_account(&mut conn, id).await?.ok_or(NOT_FOUND)?;
    let shown = viewer.0 == Some(id) || app.config.culture.show_counts;
    let rows = if shown { store::list_page(&mut conn, id, side, page).await? } else { Vec::new() };
    let ids: Vec<AccountId> = rows.iter().map(|(_, account)| account.id).collect();
    let found = accounts::view::load_many(app, &mut conn, viewer, &ids).await?;
    let url = format!("{}{path}", app.origin);
    Ok(answer_page(array(&found), &url, rows.iter().map(|(id, _)| id.0), page.limit))
}

/// GET /api/v1/accounts/{id}/followers
pub async fn followers(
    app: web::Data<App>,
    client: MaybeClient,
    id: web::Path<String>,
    query: Params<PageQuery>,
) -> Answer {
    let path = format!("/api/v1/accounts/{id}/followers");
    let id = id.parse().map_err(|_| NOT_FOUND)?;
    list(&app, client.viewer("read:accounts"), id, Side::Followers, path, &query.0).await
}

/// GET /api/v1/accounts/{id}/following
pub async fn following(
    app: web::Data<App>,
    client: MaybeClient,
    id: web::Path<String>,
    query: Params<PageQuery>,
) -> Answer {
    let path = format!("/api/v1/accounts/{id}/following");
    let id = id.parse().map_err(|_| NOT_FOUND)?;
    list(&app, client.viewer("read:accounts"), id, Side::Following, path, &query.0).await
}

/// GET /api/v1/follow_requests
pub async fn requests(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:follows")?;
    list(&app, Viewer::account(me), me, Side::Requests, "/api/v1/follow_requests".into(), &query.0).await
}

/// Familiar followers of one account, at most.
const MOST_FAMILIAR: i64 = 40;

/// GET /api/v1/accounts/familiar_followers: who follows somebody is their own business, so there are none to be told
/// (AUDIENCE rule 8), unless the instance shows counts.
pub async fn familiar_followers(app: web::Data<App>, client: Client, ids: Params<Ids>) -> Answer {
    let me = client.require("read:follows")?;
    let ids: Vec<AccountId> = ids.0.id.iter().filter_map(|id| id.parse().ok()).take(80).collect();
    let mut conn = app.db.get().await?;
    let known = accounts::store::list_accounts(&mut conn, &ids).await?;
    let shown = app.config.culture.show_counts;
    let pairs = if shown { store::list_familiar(&mut conn, me, &ids, MOST_FAMILIAR).await? } else { Vec::new() };
    let followers: Vec<AccountId> = pairs.iter().map(|(_, follower)| *follower).collect();
    let written_accounts = accounts::view::load_json(&app, &mut conn, &followers).await?;
    let mut by_account: HashMap<AccountId, Vec<_>> = HashMap::new();
    for (of, follower) in pairs {
        by_account.entry(of).or_default().extend(written_accounts.get(&follower));
    }
    let found = ids.iter().filter(|id| known.iter().any(|account| account.id == **id)).map(|id| {
        let followers = by_account.get(id).map(Vec::as_slice).unwrap_or_default();
        format!("{{\"id\":\"{id}\",\"accounts\":{}}}", array(followers))
    });
    Ok(written(array(&found.collect::<Vec<_>>())))
}
