//! /api/v1/notifications (https://docs.joinmastodon.org/methods/notifications/).

pub mod grouped;
pub mod policy;
pub mod requests;
mod write;

use actix_web::web;
use serde::Deserialize;
use serde_json::json;

use super::store::Which;
use super::{TYPES, store};
use crate::app::App;
use crate::base::Error;
use crate::base::id::{AccountId, NotificationId};
use crate::base::page::PageQuery;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, page as answer_page, written};
use crate::oauth::extract::Client;
use crate::statuses::view;

pub use write::write_for_each;
use write::{Fallbacks, write};

const NOT_FOUND: Error = Error::NotFound("Record");

/// Those that are counted when a client does not say, and at most.
const USUAL_COUNT: i64 = 100;
const MOST_COUNT: i64 = 1000;

#[derive(Deserialize)]
pub struct Query {
    #[serde(default, deserialize_with = "lenient::list")]
    types: Vec<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    exclude_types: Vec<String>,
    #[serde(default, deserialize_with = "lenient::id")]
    account_id: Option<AccountId>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    include_filtered: Option<bool>,
    #[serde(default, deserialize_with = "lenient::list")]
    supported_types: Vec<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    grouped_types: Vec<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    expand_accounts: Option<String>,
    #[serde(flatten)]
    page: PageQuery,
}

impl Query {
    /// What is wanted: the types that are named, or all, without those that are excluded.
    fn which(&self) -> Which {
        let named = |name: &str| self.types.is_empty() || self.types.iter().any(|wanted| wanted == name);
        let excluded = |name: &str| self.exclude_types.iter().any(|excluded| excluded == name);
        Which {
            types: TYPES.into_iter().filter(|name| named(name) && !excluded(name)).collect(),
            from: self.account_id,
            filtered: self.include_filtered == Some(true),
        }
    }

    /// The parameters, other than those of paging, for the links.
    fn suffix(&self) -> String {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        let lists = [
            ("types[]", &self.types),
            ("exclude_types[]", &self.exclude_types),
            ("grouped_types[]", &self.grouped_types),
            ("supported_types[]", &self.supported_types),
        ];
        for (name, values) in lists {
            pairs.extend_pairs(values.iter().map(|value| (name, value)));
        }
        if let Some(id) = self.account_id {
            pairs.append_pair("account_id", &id.to_string());
        }
        if let Some(expand) = &self.expand_accounts {
            pairs.append_pair("expand_accounts", expand);
        }
        if self.include_filtered == Some(true) {
            pairs.append_pair("include_filtered", "true");
        }
        let pairs = pairs.finish();
        if pairs.is_empty() { pairs } else { format!("?{pairs}") }
    }

    /// How many are counted at most.
    fn most_counted(&self) -> i64 {
        self.page.page(USUAL_COUNT, MOST_COUNT).limit
    }
}

/// GET /api/v1/notifications
pub async fn list(app: web::Data<App>, client: Client, query: Params<Query>) -> Answer {
    let me = client.require("read:notifications")?;
    let query = query.0;
    let page = query.page.page(40, 80);
    let mut conn = app.db.get().await?;
    let rows = store::list_page(&mut conn, me, &query.which(), page, app.now()).await?;
    let fallbacks = Fallbacks::load(&mut conn, me, &query.supported_types).await?;
    let found = write(&app, &mut conn, me, &rows, &fallbacks).await?;
    let url = format!("{}/api/v1/notifications{}", app.origin, query.suffix());
    Ok(answer_page(view::array(&found), &url, rows.iter().map(|row| row.id.0), page.limit))
}

/// What can be said when one notification, or one group, is asked for.
#[derive(Deserialize)]
pub struct Supported {
    #[serde(default, deserialize_with = "lenient::list")]
    supported_types: Vec<String>,
}

/// GET /api/v1/notifications/{id}
pub async fn show(app: web::Data<App>, client: Client, id: web::Path<String>, query: Params<Supported>) -> Answer {
    let me = client.require("read:notifications")?;
    let id: NotificationId = id.parse().map_err(|_| NOT_FOUND)?;
    let mut conn = app.db.get().await?;
    let row = store::find_notification(&mut conn, me, id, app.now()).await?.ok_or(NOT_FOUND)?;
    let fallbacks = Fallbacks::load(&mut conn, me, &query.0.supported_types).await?;
    let found = write(&app, &mut conn, me, &[row], &fallbacks).await?;
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

/// GET /api/v1/notifications/unread_count: since the marker.
pub async fn unread_count(app: web::Data<App>, client: Client, query: Params<Query>) -> Answer {
    let me = client.require("read:notifications")?;
    let query = query.0;
    let mut conn = app.db.get().await?;
    let count = store::count_unread(&mut conn, me, &query.which(), query.most_counted(), app.now()).await?;
    Ok(ok(&json!({"count": count})))
}
