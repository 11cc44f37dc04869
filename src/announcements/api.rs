//! /api/v1/announcements (https://docs.joinmastodon.org/methods/announcements/). They are made on the command line.

use actix_web::web;
use serde::Deserialize;
use serde_json::json;

use super::{ops, view};
use crate::app::App;
use crate::base::id::AnnouncementId;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::oauth::extract::Client;

#[derive(Deserialize)]
pub struct Query {
    #[serde(default, deserialize_with = "lenient::boolean")]
    with_dismissed: Option<bool>,
}

/// GET /api/v1/announcements: for whoever is signed in, whatever their token may do besides.
pub async fn list(app: web::Data<App>, client: Client, query: Params<Query>) -> Answer {
    let nobody = || Error::Unauthenticated("This method requires an authenticated user".into());
    let me = client.account_id.ok_or_else(nobody)?;
    let mut conn = app.db.get().await?;
    Ok(ok(&view::load_for(&app, &mut conn, me, query.0.with_dismissed == Some(true)).await?))
}

fn id_in(path: &str) -> Result<AnnouncementId> {
    path.parse().map_err(|_| Error::NotFound("Record"))
}

/// POST /api/v1/announcements/{id}/dismiss
pub async fn dismiss(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let me = client.require("write:accounts")?;
    ops::dismiss(&app, me, id_in(&path)?).await?;
    Ok(ok(&json!({})))
}

/// PUT /api/v1/announcements/{id}/reactions/{name}
pub async fn react(app: web::Data<App>, client: Client, path: web::Path<(String, String)>) -> Answer {
    let me = client.require("write:favourites")?;
    let (id, name) = path.into_inner();
    ops::react(&app, me, id_in(&id)?, &name).await?;
    Ok(ok(&json!({})))
}

/// DELETE /api/v1/announcements/{id}/reactions/{name}
pub async fn take_back(app: web::Data<App>, client: Client, path: web::Path<(String, String)>) -> Answer {
    let me = client.require("write:favourites")?;
    let (id, name) = path.into_inner();
    ops::take_back(&app, me, id_in(&id)?, &name).await?;
    Ok(ok(&json!({})))
}
