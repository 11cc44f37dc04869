//! The keywords of filters, and the posts that they name
//! (https://docs.joinmastodon.org/methods/filters/#keywords-get and what follows).

use actix_web::web;
use serde::Deserialize;
use serde_json::json;

use super::{KeywordBody, NOT_FOUND, parse};
use crate::app::App;
use crate::base::Error;
use crate::base::id::StatusId;
use crate::base::visibility::Viewer;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::filters::{entity, ops, store};
use crate::oauth::extract::Client;
use crate::statuses;

/// GET /api/v2/filters/{id}/keywords
pub async fn keywords(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("read:filters")?;
    let mut conn = app.db.get().await?;
    let filter = store::find_filter(&mut conn, me, parse(&id)?).await?.ok_or(NOT_FOUND)?;
    let keywords = store::list_keywords(&mut conn, &[filter.id]).await?;
    Ok(ok(&keywords.iter().map(entity::keyword).collect::<Vec<_>>()))
}

/// POST /api/v2/filters/{id}/keywords
pub async fn add_keyword(
    app: web::Data<App>,
    client: Client,
    id: web::Path<String>,
    body: Params<KeywordBody>,
) -> Answer {
    let me = client.require("write:filters")?;
    Ok(ok(&entity::keyword(&ops::add_keyword(&app, me, parse(&id)?, &body.0.change()).await?)))
}

/// GET /api/v2/filters/keywords/{id}
pub async fn keyword(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("read:filters")?;
    let mut conn = app.db.get().await?;
    let (_, keyword) = store::find_keyword(&mut conn, me, parse(&id)?).await?.ok_or(NOT_FOUND)?;
    Ok(ok(&entity::keyword(&keyword)))
}

/// PUT /api/v2/filters/keywords/{id}
pub async fn update_keyword(
    app: web::Data<App>,
    client: Client,
    id: web::Path<String>,
    body: Params<KeywordBody>,
) -> Answer {
    let me = client.require("write:filters")?;
    Ok(ok(&entity::keyword(&ops::update_keyword(&app, me, parse(&id)?, &body.0.change()).await?)))
}

/// DELETE /api/v2/filters/keywords/{id}
pub async fn delete_keyword(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("write:filters")?;
    ops::delete_keyword(&app, me, parse(&id)?).await?;
    Ok(ok(&json!({})))
}

/// GET /api/v2/filters/{id}/statuses
pub async fn statuses(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("read:filters")?;
    let mut conn = app.db.get().await?;
    let filter = store::find_filter(&mut conn, me, parse(&id)?).await?.ok_or(NOT_FOUND)?;
    let named = store::list_statuses(&mut conn, &[filter.id]).await?;
    Ok(ok(&named.iter().map(entity::named_status).collect::<Vec<_>>()))
}

#[derive(Deserialize)]
pub struct StatusBody {
    #[serde(default, deserialize_with = "lenient::id")]
    status_id: Option<StatusId>,
}

/// POST /api/v2/filters/{id}/statuses
pub async fn add_status(
    app: web::Data<App>,
    client: Client,
    id: web::Path<String>,
    body: Params<StatusBody>,
) -> Answer {
    let me = client.require("write:filters")?;
    let status = body.0.status_id.ok_or_else(|| Error::invalid("Status", "can't be blank"))?;
    let status = {
        let mut conn = app.db.get().await?;
        let seen = statuses::store::find_visible(&mut conn, Viewer::account(me), status).await?;
        seen.ok_or(NOT_FOUND)?
    };
    Ok(ok(&entity::named_status(&ops::add_status(&app, me, parse(&id)?, status.id).await?)))
}

/// GET /api/v2/filters/statuses/{id}
pub async fn status(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("read:filters")?;
    let mut conn = app.db.get().await?;
    Ok(ok(&entity::named_status(&store::find_status(&mut conn, me, parse(&id)?).await?.ok_or(NOT_FOUND)?)))
}

/// DELETE /api/v2/filters/statuses/{id}
pub async fn delete_status(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("write:filters")?;
    Ok(ok(&entity::named_status(&ops::delete_status(&app, me, parse(&id)?).await?)))
}
