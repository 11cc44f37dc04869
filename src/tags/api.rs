//! /api/v1/tags, /api/v1/followed_tags, /api/v1/featured_tags (https://docs.joinmastodon.org/methods/tags/,
//! https://docs.joinmastodon.org/methods/followed_tags/, https://docs.joinmastodon.org/methods/featured_tags/).

use actix_web::web;
use serde::Deserialize;
use serde_json::json;

use super::{ops, store, view};
use crate::accounts;
use crate::app::App;
use crate::base::Error;
use crate::base::id::{AccountId, FeaturedTagId};
use crate::base::page::PageQuery;
use crate::base::text::{is_tag, normalise_tag};
use crate::base::visibility::Viewer;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, page as answer_page};
use crate::oauth::extract::{Client, MaybeClient};

const NOT_FOUND: Error = Error::NotFound("Record");

/// Suggestions of hashtags to show.
const SUGGESTIONS: i64 = 10;

/// A hashtag's name as clients write it, normalised; `None` when it is none.
fn read(name: &str) -> Option<String> {
    let name = normalise_tag(name.trim().trim_start_matches('#'));
    is_tag(&name).then_some(name)
}

async fn one(app: &App, viewer: Viewer, name: String) -> Answer {
    let mut conn = app.db.get().await?;
    Ok(ok(view::load_many(app, &mut conn, viewer, &[name]).await?.first().ok_or(NOT_FOUND)?))
}

/// GET /api/v1/tags/{name}
pub async fn show(app: web::Data<App>, client: MaybeClient, name: web::Path<String>) -> Answer {
    one(&app, client.viewer("read:follows"), read(&name).ok_or(NOT_FOUND)?).await
}

/// POST /api/v1/tags/{name}/follow
pub async fn follow(app: web::Data<App>, client: Client, name: web::Path<String>) -> Answer {
    let me = client.require("write:follows")?;
    let name = read(&name).ok_or(NOT_FOUND)?;
    ops::follow(&app, me, &name).await?;
    one(&app, Viewer::account(me), name).await
}

/// POST /api/v1/tags/{name}/unfollow
pub async fn unfollow(app: web::Data<App>, client: Client, name: web::Path<String>) -> Answer {
    let me = client.require("write:follows")?;
    let name = read(&name).ok_or(NOT_FOUND)?;
    {
        let mut conn = app.db.get().await?;
        store::delete_follow(&mut conn, me, &name).await?;
    }
    one(&app, Viewer::account(me), name).await
}

/// POST /api/v1/tags/{name}/feature
pub async fn feature(app: web::Data<App>, client: Client, name: web::Path<String>) -> Answer {
    let me = client.require("write:accounts")?;
    let name = read(&name).ok_or(NOT_FOUND)?;
    ops::feature(&app, me, &name).await?;
    one(&app, Viewer::account(me), name).await
}

/// POST /api/v1/tags/{name}/unfeature
pub async fn unfeature(app: web::Data<App>, client: Client, name: web::Path<String>) -> Answer {
    let me = client.require("write:accounts")?;
    let name = read(&name).ok_or(NOT_FOUND)?;
    {
        let mut conn = app.db.get().await?;
        store::delete_featured_named(&mut conn, me, &name).await?;
    }
    one(&app, Viewer::account(me), name).await
}

/// GET /api/v1/followed_tags
pub async fn followed(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:follows")?;
    let page = query.0.page(100, 200);
    let mut conn = app.db.get().await?;
    let rows = store::list_followed(&mut conn, me, page).await?;
    let names: Vec<String> = rows.iter().map(|(_, name)| name.clone()).collect();
    let found = view::load_many(&app, &mut conn, Viewer::account(me), &names).await?;
    let body = serde_json::to_string(&found).map_err(Error::internal)?;
    let url = format!("{}/api/v1/followed_tags", app.origin);
    Ok(answer_page(body, &url, rows.iter().map(|(id, _)| id.0), page.limit))
}

async fn featured_of(app: &App, viewer: Viewer, of: AccountId) -> Answer {
    let mut conn = app.db.get().await?;
    let account = accounts::store::find_account(&mut conn, of).await?.ok_or(NOT_FOUND)?;
    let rows = if account.is_suspended() { Vec::new() } else { store::list_featured(&mut conn, of).await? };
    Ok(ok(&view::load_featured(app, &mut conn, viewer, of, rows).await?))
}

/// GET /api/v1/featured_tags
pub async fn featured(app: web::Data<App>, client: Client) -> Answer {
    let me = client.require("read:accounts")?;
    featured_of(&app, Viewer::account(me), me).await
}

/// GET /api/v1/accounts/{id}/featured_tags
pub async fn featured_by(app: web::Data<App>, client: MaybeClient, id: web::Path<String>) -> Answer {
    let id: AccountId = id.parse().map_err(|_| NOT_FOUND)?;
    featured_of(&app, client.viewer("read:accounts"), id).await
}

#[derive(Deserialize)]
pub struct FeatureBody {
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
}

/// POST /api/v1/featured_tags
pub async fn create_featured(app: web::Data<App>, client: Client, body: Params<FeatureBody>) -> Answer {
    let me = client.require("write:accounts")?;
    let name = body.0.name.as_deref().and_then(read).ok_or_else(|| Error::invalid("Tag", "is invalid"))?;
    let featured = ops::feature(&app, me, &name).await?;
    let mut conn = app.db.get().await?;
    let found = view::load_featured(&app, &mut conn, Viewer::account(me), me, vec![featured]).await?;
    Ok(ok(found.first().ok_or(NOT_FOUND)?))
}

/// DELETE /api/v1/featured_tags/{id}
pub async fn delete_featured(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("write:accounts")?;
    let id: FeaturedTagId = id.parse().map_err(|_| NOT_FOUND)?;
    let mut conn = app.db.get().await?;
    if store::delete_featured(&mut conn, me, id).await? { Ok(ok(&json!({}))) } else { Err(NOT_FOUND) }
}

/// GET /api/v1/featured_tags/suggestions: of what one uses oneself.
pub async fn suggestions(app: web::Data<App>, client: Client) -> Answer {
    let me = client.require("read:accounts")?;
    let mut conn = app.db.get().await?;
    let names = store::list_suggested(&mut conn, me, SUGGESTIONS).await?;
    Ok(ok(&view::load_many(&app, &mut conn, Viewer::account(me), &names).await?))
}
