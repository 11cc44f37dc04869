//! Pinning (https://docs.joinmastodon.org/methods/statuses/#pin). What is pinned is listed with its author's posts.

use actix_web::web;

use super::ops;
use crate::app::App;
use crate::base::visibility::Viewer;
use crate::edge::respond::Answer;
use crate::oauth::extract::Client;
use crate::statuses::api::{account_of, answer, id_in};

/// POST /api/v1/statuses/{id}/pin
pub async fn pin(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let me = client.require("write:accounts")?;
    let status = ops::pin(&app, &account_of(&app, me).await?, id_in(&path)?).await?;
    answer(&app, Viewer::account(me), &status).await
}

/// POST /api/v1/statuses/{id}/unpin
pub async fn unpin(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let me = client.require("write:accounts")?;
    let status = ops::unpin(&app, &account_of(&app, me).await?, id_in(&path)?).await?;
    answer(&app, Viewer::account(me), &status).await
}
