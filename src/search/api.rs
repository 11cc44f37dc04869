//! /api/v2/search (https://docs.joinmastodon.org/methods/search/).

use actix_web::web;
use serde::Deserialize;

use super::{Asked, Wants, object};
use crate::accounts;
use crate::app::App;
use crate::base::Error;
use crate::base::id::AccountId;
use crate::base::page::{Page, PageQuery};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, written};
use crate::oauth::extract::MaybeClient;
use crate::statuses::view;
use crate::{collections, tags};

#[derive(Deserialize)]
pub struct Query {
    #[serde(default, deserialize_with = "lenient::text")]
    q: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    resolve: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    following: Option<bool>,
    #[serde(default, deserialize_with = "lenient::number")]
    limit: Option<i64>,
    #[serde(default, deserialize_with = "lenient::number")]
    offset: Option<i64>,
    /// Posts of this account alone.
    #[serde(default, deserialize_with = "lenient::text")]
    account_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    max_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    min_id: Option<String>,
}

impl Query {
    /// Posts are paged by id or by offset.
    fn page(&self, limit: i64) -> Page {
        let query = PageQuery { max_id: self.max_id.clone(), min_id: self.min_id.clone(), ..PageQuery::default() };
        Page { limit, ..query.page(limit, limit) }
    }

    fn wants(&self, kind: &str) -> bool {
        self.kind.as_deref().is_none_or(|wanted| wanted.is_empty() || wanted == kind)
    }
}

/// GET /api/v2/search. Looking things up on other servers, and turning pages, is for those who are signed in.
pub async fn search(app: web::Data<App>, client: MaybeClient, query: Params<Query>) -> Answer {
    let viewer = client.viewer("read:search");
    let query = query.0;
    let text = query.q.as_deref().unwrap_or_default().trim().to_owned();
    if text.is_empty() {
        return Err(Error::Malformed("the parameter q is missing".into()));
    }
    let resolve = query.resolve == Some(true);
    let offset = query.offset.unwrap_or(0).clamp(0, 10_000);
    if viewer.0.is_none() && (resolve || offset > 0) {
        return Err(Error::Unauthenticated("Search queries pagination and resolving need a signed-in user".into()));
    }
    let limit = query.limit.unwrap_or(20).clamp(1, 40);
    // What is no id is nobody's.
    let author = query.account_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
    let wants = Wants {
        accounts: query.wants("accounts"),
        statuses: query.wants("statuses"),
        hashtags: query.wants("hashtags"),
        collections: query.wants("collections"),
    };
    let asked = Asked {
        text: &text,
        wants,
        resolve,
        following: query.following == Some(true),
        author: author.map(|id| id.parse().unwrap_or(AccountId(0))),
        page: query.page(limit),
        offset,
    };
    let found = object::find(&app, viewer, &asked).await?;
    let mut conn = app.db.get().await?;
    let accounts = accounts::view::load_many(&app, &mut conn, viewer, &found.accounts).await?;
    let statuses = view::load_many(&app, &mut conn, viewer, &found.statuses).await?;
    let statuses: Vec<String> = statuses.into_iter().map(|(_, json)| json).collect();
    let tags = tags::view::load_many(&app, &mut conn, viewer, &found.tags).await?;
    let collections = collections::view::load_many(&app, &mut conn, viewer, &found.collections).await?;
    Ok(written(format!(
        "{{\"accounts\":{},\"statuses\":{},\"hashtags\":{},\"collections\":{}}}",
        view::array(&accounts),
        view::array(&statuses),
        serde_json::to_string(&tags).map_err(Error::internal)?,
        serde_json::to_string(&collections).map_err(Error::internal)?
    )))
}
