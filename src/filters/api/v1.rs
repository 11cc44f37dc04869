//! /api/v1/filters: each keyword as a filter of its own, for clients of before Mastodon 4.0
//! (https://docs.joinmastodon.org/methods/filters/#v1).

use actix_web::web;
use serde::Deserialize;
use serde_json::json;

use super::{NOT_FOUND, named_list, named_number, parse};
use crate::app::App;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::filters::{FilterChanges, KeywordChange, entity, ops, store, view};
use crate::oauth::extract::Client;

#[derive(Deserialize)]
pub struct Body {
    #[serde(default, deserialize_with = "lenient::text")]
    phrase: Option<String>,
    #[serde(default, deserialize_with = "named_list")]
    context: Option<Vec<String>>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    irreversible: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    whole_word: Option<bool>,
    #[serde(default, deserialize_with = "named_number")]
    expires_in: Option<Option<i64>>,
}

impl Body {
    fn changes(self) -> (FilterChanges, KeywordChange) {
        let keyword =
            KeywordChange { keyword: self.phrase.clone(), whole_word: self.whole_word, ..KeywordChange::default() };
        // A keyword may be longer than a title.
        let title = self.phrase.map(|phrase| phrase.trim().chars().take(crate::filters::MOST_TITLE).collect());
        let action = self.irreversible.map(|hide| if hide { "hide" } else { "warn" }.to_owned());
        let filter = FilterChanges {
            title,
            context: self.context,
            action,
            expires_in: self.expires_in,
            ..FilterChanges::default()
        };
        (filter, keyword)
    }
}

/// GET /api/v1/filters
pub async fn index(app: web::Data<App>, client: Client) -> Answer {
    let me = client.require("read:filters")?;
    let mut conn = app.db.get().await?;
    let filters = store::list_filters(&mut conn, me).await?;
    let whole = view::load_whole(&mut conn, filters).await?;
    let all = whole.iter().flat_map(|one| one.keywords.iter().map(|keyword| entity::v1(&one.filter, keyword)));
    Ok(ok(&all.collect::<Vec<_>>()))
}

/// GET /api/v1/filters/{id}
pub async fn show(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("read:filters")?;
    let mut conn = app.db.get().await?;
    let (filter, keyword) = store::find_keyword(&mut conn, me, parse(&id)?).await?.ok_or(NOT_FOUND)?;
    Ok(ok(&entity::v1(&filter, &keyword)))
}

/// POST /api/v1/filters
pub async fn create(app: web::Data<App>, client: Client, body: Params<Body>) -> Answer {
    let me = client.require("write:filters")?;
    let (changes, mut change) = body.0.changes();
    // Unlike in version 2.
    change.whole_word = Some(change.whole_word.unwrap_or(false));
    let (filter, keyword) = ops::create_v1(&app, me, &changes, &change).await?;
    Ok(ok(&entity::v1(&filter, &keyword)))
}

/// PUT /api/v1/filters/{id}
pub async fn update(app: web::Data<App>, client: Client, id: web::Path<String>, body: Params<Body>) -> Answer {
    let me = client.require("write:filters")?;
    let (changes, change) = body.0.changes();
    let (filter, keyword) = ops::update_v1(&app, me, parse(&id)?, &changes, &change).await?;
    Ok(ok(&entity::v1(&filter, &keyword)))
}

/// DELETE /api/v1/filters/{id}
pub async fn delete(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("write:filters")?;
    ops::delete_v1(&app, me, parse(&id)?).await?;
    Ok(ok(&json!({})))
}
