//! /api/v1/collections (https://docs.joinmastodon.org/methods/collections/).

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Changes, MOST_ITEMS, entity, object, ops, store, view};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{AccountId, CollectionId, CollectionItemId};
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, written};
use crate::oauth::extract::{Client, MaybeClient};
use crate::relationships;
use crate::statuses::view::array;

const NOT_FOUND: Error = Error::NotFound("Record");

#[derive(Deserialize)]
pub struct Body {
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    description: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    language: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    tag_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    sensitive: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    discoverable: Option<bool>,
    #[serde(default, deserialize_with = "lenient::list")]
    account_ids: Vec<String>,
}

impl Body {
    fn split(self) -> (Changes, Vec<String>) {
        let changes = Changes {
            name: self.name,
            description: self.description,
            language: self.language,
            tag: self.tag_name,
            sensitive: self.sensitive,
            discoverable: self.discoverable,
        };
        (changes, self.account_ids)
    }
}

fn parse(id: &str) -> Result<CollectionId> {
    id.parse().map_err(|_| NOT_FOUND)
}

async fn myself(app: &App, me: AccountId) -> Result<Account> {
    let mut conn = app.db.get().await?;
    accounts::store::find_account(&mut conn, me).await?.ok_or(NOT_FOUND)
}

async fn wrapped(app: &App, me: AccountId, id: CollectionId) -> Answer {
    let mut conn = app.db.get().await?;
    let seen = view::look_at(&mut conn, Viewer::account(me), id).await?.ok_or(NOT_FOUND)?;
    Ok(ok(&json!({"collection": seen.written(app)})))
}

/// POST /api/v1/collections
pub async fn create(app: web::Data<App>, client: Client, body: Params<Body>) -> Answer {
    let me = client.require("write:collections")?;
    let (changes, named) = body.0.split();
    // Before any server is asked for the sake of one.
    if named.len() > MOST_ITEMS {
        return Err(Error::invalid("account_ids", format!("may name at most {MOST_ITEMS} accounts")));
    }
    let mut members: Vec<AccountId> = Vec::with_capacity(named.len());
    for id in named.iter().filter(|id| !id.is_empty()) {
        let unknown = |_| Error::invalid("account_ids", "names an account that is not here");
        members.push(id.parse().map_err(unknown)?);
    }
    members.dedup();
    object::ask_anew(&app, &members).await?;
    let id = ops::create(&app, &myself(&app, me).await?, changes, &members).await?;
    wrapped(&app, me, id).await
}

/// GET /api/v1/collections/{id}, with the accounts that are in it.
pub async fn show(app: web::Data<App>, client: MaybeClient, id: web::Path<String>) -> Answer {
    let viewer = client.viewer("read:collections");
    let mut conn = app.db.get().await?;
    let seen = view::look_at(&mut conn, viewer, parse(&id)?).await?.ok_or(NOT_FOUND)?;
    let accounts = accounts::view::load_many(&app, &mut conn, viewer, &seen.accounts()).await?;
    Ok(written(format!("{{\"collection\":{},\"accounts\":{}}}", seen.written(&app), array(&accounts))))
}

/// PATCH /api/v1/collections/{id}
pub async fn update(app: web::Data<App>, client: Client, id: web::Path<String>, body: Params<Body>) -> Answer {
    let me = client.require("write:collections")?;
    let id = parse(&id)?;
    ops::update(&app, &myself(&app, me).await?, id, body.0.split().0).await?;
    wrapped(&app, me, id).await
}

/// DELETE /api/v1/collections/{id}
pub async fn delete(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let me = client.require("write:collections")?;
    ops::delete(&app, &myself(&app, me).await?, parse(&id)?).await?;
    Ok(ok(&json!({})))
}

#[derive(Deserialize)]
pub struct Pages {
    #[serde(default, deserialize_with = "lenient::number")]
    limit: Option<i64>,
    #[serde(default, deserialize_with = "lenient::number")]
    offset: Option<i64>,
}

impl Pages {
    fn read(&self) -> (i64, i64) {
        (self.limit.unwrap_or(40).clamp(1, 80), self.offset.unwrap_or(0).clamp(0, 100_000))
    }
}

/// A page of collections, with links to the next and the one before, by how many are skipped. There was one more than is
/// shown, if there is a next.
async fn page(
    app: &App,
    viewer: Viewer,
    path: &str,
    mut ids: Vec<CollectionId>,
    (limit, offset): (i64, i64),
) -> Answer {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = ids.len() > most;
    ids.truncate(most);
    let mut conn = app.db.get().await?;
    let found: Vec<Value> = view::load_many(app, &mut conn, viewer, &ids).await?;
    let mut answer: HttpResponse = ok(&json!({"collections": found}));
    let url = format!("<{}{path}?limit={limit}&offset=", app.origin);
    let next = more.then(|| format!("{url}{}>; rel=\"next\"", offset + limit));
    let prev = (offset > 0).then(|| format!("{url}{}>; rel=\"prev\"", (offset - limit).max(0)));
    let links: Vec<String> = [next, prev].into_iter().flatten().collect();
    if !links.is_empty()
        && let Ok(value) = HeaderValue::from_str(&links.join(", "))
    {
        answer.headers_mut().insert(header::LINK, value);
    }
    Ok(answer)
}

/// GET /api/v1/accounts/{id}/collections
pub async fn of_account(
    app: web::Data<App>,
    client: MaybeClient,
    id: web::Path<String>,
    query: Params<Pages>,
) -> Answer {
    let viewer = client.viewer("read:collections");
    let id: AccountId = id.parse().map_err(|_| NOT_FOUND)?;
    let (limit, offset) = query.0.read();
    let mut conn = app.db.get().await?;
    let account = accounts::store::find_account(&mut conn, id).await?;
    account.filter(|account| account.deleted_at.is_none()).ok_or(NOT_FOUND)?;
    let parted = match viewer.0 {
        Some(me) => !relationships::store::list_estranged_pairs(&mut conn, &[me, id]).await?.is_empty(),
        None => false,
    };
    let ids = if parted {
        Vec::new()
    } else {
        store::list_of(&mut conn, id, viewer.0 == Some(id), (limit + 1, offset)).await?
    };
    drop(conn);
    page(&app, viewer, &format!("/api/v1/accounts/{id}/collections"), ids, (limit, offset)).await
}

/// GET /api/v1/accounts/{id}/in_collections: of one's own account.
pub async fn with_account(app: web::Data<App>, client: Client, id: web::Path<String>, query: Params<Pages>) -> Answer {
    let me = client.require("read:collections")?;
    let id: AccountId = id.parse().map_err(|_| NOT_FOUND)?;
    let (limit, offset) = query.0.read();
    let mut conn = app.db.get().await?;
    accounts::store::find_account(&mut conn, id).await?.ok_or(NOT_FOUND)?;
    if id != me {
        return Err(Error::Forbidden("This action is not allowed".into()));
    }
    let ids = store::list_with(&mut conn, me, (limit + 1, offset)).await?;
    drop(conn);
    let path = format!("/api/v1/accounts/{id}/in_collections");
    page(&app, Viewer::account(me), &path, ids, (limit, offset)).await
}

#[derive(Deserialize)]
pub struct ItemBody {
    #[serde(default, deserialize_with = "lenient::text")]
    account_id: Option<String>,
}

/// POST /api/v1/collections/{id}/items
pub async fn add(app: web::Data<App>, client: Client, id: web::Path<String>, body: Params<ItemBody>) -> Answer {
    let me = client.require("write:collections")?;
    let id = parse(&id)?;
    let member = body.0.account_id.filter(|member| !member.is_empty());
    let member = member.ok_or_else(|| Error::invalid("account_id", "can't be blank"))?;
    let member = member.parse().map_err(|_| Error::invalid("account_id", "names an account that is not here"))?;
    object::ask_anew(&app, &[member]).await?;
    let item = ops::add(&app, &myself(&app, me).await?, id, member).await?;
    Ok(ok(&json!({"collection_item": entity::item(&item)})))
}

fn both(path: &(String, String)) -> Result<(CollectionId, CollectionItemId)> {
    Ok((parse(&path.0)?, path.1.parse().map_err(|_| NOT_FOUND)?))
}

/// DELETE /api/v1/collections/{id}/items/{item}
pub async fn remove(app: web::Data<App>, client: Client, path: web::Path<(String, String)>) -> Answer {
    let me = client.require("write:collections")?;
    let (id, item) = both(&path)?;
    ops::remove(&app, &myself(&app, me).await?, id, item).await?;
    Ok(ok(&json!({})))
}

/// POST /api/v1/collections/{id}/items/{item}/revoke: one does not want to be in it any more.
pub async fn revoke(app: web::Data<App>, client: Client, path: web::Path<(String, String)>) -> Answer {
    let me = client.require("write:collections")?;
    let (id, item) = both(&path)?;
    ops::revoke(&app, &myself(&app, me).await?, id, item).await?;
    Ok(ok(&json!({})))
}
