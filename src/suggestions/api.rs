//! /api/v2/suggestions, /api/v1/suggestions, /api/v1/directory (https://docs.joinmastodon.org/methods/suggestions/,
//! https://docs.joinmastodon.org/methods/directory/).

use actix_web::web;
use serde::Deserialize;
use serde_json::json;

use super::{Order, Suggestion, ops, store, view};
use crate::accounts;
use crate::app::App;
use crate::base::Error;
use crate::base::id::AccountId;
use crate::base::visibility::Viewer;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, written};
use crate::oauth::extract::{Client, MaybeClient};
use crate::statuses::view::array;

const USUAL: i64 = 40;
const MOST: i64 = 80;

/// How far into the directory one can go.
const MOST_OFFSET: i64 = 5_000;

#[derive(Deserialize)]
pub struct LimitQuery {
    #[serde(default, deserialize_with = "lenient::number")]
    limit: Option<i64>,
}

impl LimitQuery {
    fn limit(&self) -> i64 {
        self.limit.unwrap_or(USUAL).clamp(1, MOST)
    }
}

/// GET /api/v2/suggestions
pub async fn v2(app: web::Data<App>, client: Client, query: Params<LimitQuery>) -> Answer {
    let me = client.require("read:accounts")?;
    let mut conn = app.db.get().await?;
    let found = view::find(&app, &mut conn, me, query.0.limit()).await?;
    let ids: Vec<AccountId> = found.iter().map(|one| one.id).collect();
    let accounts = accounts::view::load_json(&app, &mut conn, &ids).await?;
    let one = |suggestion: &Suggestion| {
        let account = accounts.get(&suggestion.id)?;
        let sources = json!(suggestion.sources);
        Some(format!("{{\"source\":\"{}\",\"sources\":{sources},\"account\":{account}}}", suggestion.source()))
    };
    Ok(written(array(&found.iter().filter_map(one).collect::<Vec<_>>())))
}

/// GET /api/v1/suggestions
pub async fn v1(app: web::Data<App>, client: Client, query: Params<LimitQuery>) -> Answer {
    let me = client.require("read:accounts")?;
    let mut conn = app.db.get().await?;
    let ids: Vec<AccountId> =
        view::find(&app, &mut conn, me, query.0.limit()).await?.iter().map(|one| one.id).collect();
    let accounts = accounts::view::load_many(&app, &mut conn, Viewer::account(me), &ids).await?;
    Ok(written(array(&accounts)))
}

/// DELETE /api/v1/suggestions/{id}: not this one, for good.
pub async fn dismiss(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("write:accounts")?;
    let id: AccountId = id.parse().map_err(|_| Error::NotFound("Record"))?;
    ops::dismiss(&app, me, id).await?;
    Ok(ok(&json!({})))
}

#[derive(Deserialize)]
pub struct DirectoryQuery {
    #[serde(default, deserialize_with = "lenient::text")]
    order: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    local: Option<bool>,
    #[serde(default, deserialize_with = "lenient::number")]
    limit: Option<i64>,
    #[serde(default, deserialize_with = "lenient::number")]
    offset: Option<i64>,
}

/// GET /api/v1/directory
pub async fn directory(app: web::Data<App>, client: MaybeClient, query: Params<DirectoryQuery>) -> Answer {
    let (viewer, query) = (client.viewer("read:accounts"), query.0);
    let order = if query.order.as_deref() == Some("new") { Order::New } else { Order::Active };
    let limit = query.limit.unwrap_or(USUAL).clamp(1, MOST);
    let offset = query.offset.unwrap_or(0).max(0);
    let mut conn = app.db.get().await?;
    let ids = if offset > MOST_OFFSET {
        Vec::new()
    } else {
        let local = query.local == Some(true);
        store::list_directory(&mut conn, viewer, (order, local), app.now(), (limit, offset)).await?
    };
    let accounts = accounts::view::load_many(&app, &mut conn, viewer, &ids).await?;
    Ok(written(array(&accounts)))
}
