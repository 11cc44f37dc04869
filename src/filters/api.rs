//! /api/v2/filters (https://docs.joinmastodon.org/methods/filters/).

pub mod parts;
pub mod v1;

use actix_web::web;
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::{FilterChanges, KeywordChange, entity, ops, store, view};
use crate::app::App;
use crate::base::id::FilterKeywordId;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::oauth::extract::Client;

const NOT_FOUND: Error = Error::NotFound("Record");

/// Changes of keywords that one request may ask for.
const MOST_CHANGES: usize = 1000;

fn parse<T: std::str::FromStr>(id: &str) -> Result<T> {
    id.parse().map_err(|_| NOT_FOUND)
}

/// A list of texts, when it is there at all.
fn named_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    lenient::list(deserializer).map(Some)
}

/// Seconds, when they are there at all; an empty text or null is without end.
fn named_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    lenient::number(deserializer).map(Some)
}

#[derive(Deserialize)]
pub struct KeywordBody {
    #[serde(default, deserialize_with = "lenient::id")]
    id: Option<FilterKeywordId>,
    #[serde(default, deserialize_with = "lenient::text")]
    keyword: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    whole_word: Option<bool>,
    #[serde(default, rename = "_destroy", deserialize_with = "lenient::boolean")]
    destroy: Option<bool>,
}

impl KeywordBody {
    fn change(self) -> KeywordChange {
        let removed = self.destroy == Some(true);
        KeywordChange { id: self.id, keyword: self.keyword, whole_word: self.whole_word, removed }
    }
}

#[derive(Deserialize)]
pub struct FilterBody {
    #[serde(default, deserialize_with = "lenient::text")]
    title: Option<String>,
    #[serde(default, deserialize_with = "named_list")]
    context: Option<Vec<String>>,
    #[serde(default, deserialize_with = "lenient::text")]
    filter_action: Option<String>,
    #[serde(default, deserialize_with = "named_number")]
    expires_in: Option<Option<i64>>,
    #[serde(default, deserialize_with = "lenient::list")]
    keywords_attributes: Vec<KeywordBody>,
}

impl FilterBody {
    fn changes(self) -> Result<FilterChanges> {
        if self.keywords_attributes.len() > MOST_CHANGES {
            return Err(Error::invalid("keywords_attributes", format!("may be {MOST_CHANGES} at a time")));
        }
        Ok(FilterChanges {
            title: self.title,
            context: self.context,
            action: self.filter_action.filter(|action| !action.is_empty()),
            expires_in: self.expires_in,
            keywords: self.keywords_attributes.into_iter().map(KeywordBody::change).collect(),
        })
    }
}

async fn answer(app: &App, filter: super::Filter) -> Answer {
    let mut conn = app.db.get().await?;
    let whole = view::load_whole(&mut conn, vec![filter]).await?;
    Ok(ok(&entity::filter(whole.first().ok_or(NOT_FOUND)?)))
}

/// GET /api/v2/filters
pub async fn index(app: web::Data<App>, client: Client) -> Answer {
    let me = client.require("read:filters")?;
    let mut conn = app.db.get().await?;
    let filters = store::list_filters(&mut conn, me).await?;
    let whole = view::load_whole(&mut conn, filters).await?;
    Ok(ok(&whole.iter().map(entity::filter).collect::<Vec<_>>()))
}

/// GET /api/v2/filters/{id}
pub async fn show(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("read:filters")?;
    let filter = {
        let mut conn = app.db.get().await?;
        store::find_filter(&mut conn, me, parse(&id)?).await?.ok_or(NOT_FOUND)?
    };
    answer(&app, filter).await
}

/// POST /api/v2/filters
pub async fn create(app: web::Data<App>, client: Client, body: Params<FilterBody>) -> Answer {
    let me = client.require("write:filters")?;
    answer(&app, ops::create(&app, me, &body.0.changes()?).await?).await
}

/// PUT /api/v2/filters/{id}
pub async fn update(app: web::Data<App>, client: Client, id: web::Path<String>, body: Params<FilterBody>) -> Answer {
    let me = client.require("write:filters")?;
    answer(&app, ops::update(&app, me, parse(&id)?, &body.0.changes()?).await?).await
}

/// DELETE /api/v2/filters/{id}
pub async fn delete(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("write:filters")?;
    ops::delete(&app, me, parse(&id)?).await?;
    Ok(ok(&json!({})))
}
