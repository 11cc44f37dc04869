//! /api/v2/search (https://docs.joinmastodon.org/methods/search/).

use actix_web::web;
use serde::Deserialize;

use super::{ops, store};
use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, CollectionId};
use crate::base::page::{Page, PageQuery};
use crate::base::text::normalise_tag;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, written};
use crate::oauth::extract::MaybeClient;
use crate::statuses::{self, PageRow, Status, view};
use crate::{collections, tags};

#[derive(Deserialize)]
pub struct Query {
    #[serde(default, deserialize_with = "lenient::text")]
    q: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    resolve: Option<bool>,
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
}

/// What a search found.
#[derive(Default)]
struct Found {
    accounts: Vec<AccountId>,
    statuses: Vec<PageRow>,
    tags: Vec<String>,
    collections: Vec<CollectionId>,
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
    let found = find(&app, viewer, &query, &text, resolve, (limit, offset)).await?;
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

async fn find(
    app: &App,
    viewer: Viewer,
    query: &Query,
    text: &str,
    resolve: bool,
    (limit, offset): (i64, i64),
) -> Result<Found> {
    let wants = |kind: &str| query.kind.as_deref().is_none_or(|wanted| wanted.is_empty() || wanted == kind);
    if text.starts_with("https://") || text.starts_with("http://") {
        let mut found = find_address(app, text, resolve, wants("accounts"), wants("statuses")).await?;
        if wants("collections") && found.accounts.is_empty() && found.statuses.is_empty() {
            found.collections = find_collection(app, text, resolve).await?;
        }
        return Ok(found);
    }
    let mut found = Found::default();
    if wants("accounts") && !text.starts_with('#') {
        found.accounts = accounts::api::find(app, AccountId(viewer.bind()), text, resolve, limit, offset).await?;
    }
    if wants("hashtags") && !text.starts_with('@') {
        let mut conn = app.db.get().await?;
        let name = normalise_tag(text.trim_start_matches('#'));
        if !name.is_empty() {
            found.tags = store::list_tags(&mut conn, viewer, &name, limit, offset).await?;
        }
    }
    // As in Mastodon, strangers find no posts by their words.
    if let Some(me) = viewer.0
        && wants("statuses")
        && !text.starts_with('@')
    {
        // What is no id is nobody's.
        let author = query.account_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let author = author.map(|id| id.parse().unwrap_or(AccountId(0)));
        found.statuses = ops::find_posts(app, me, text, author, (query.page(limit), offset)).await?;
    }
    Ok(found)
}

/// What is at an address: a post or an account, ours by page or id, another server's when `resolve`.
async fn find_address(app: &App, url: &str, resolve: bool, accounts: bool, statuses: bool) -> Result<Found> {
    let mut found = Found::default();
    let known = {
        let mut conn = app.db.get().await?;
        let uri = own_uri(app, url).unwrap_or_else(|| url.to_owned());
        let status = statuses::store::find_by_uri(&mut conn, &uri).await?;
        let account = accounts::store::find_by_uri(&mut conn, &uri).await?;
        (status, account)
    };
    match known {
        (Some(status), _) if statuses => found.statuses.push(row(&status)),
        (_, Some(account)) if accounts => found.accounts.push(account.id),
        _ if resolve => {
            // What cannot be had is no error: nothing was found.
            if statuses && let Ok(status) = statuses::object::resolve_status(app, url, 3).await {
                found.statuses.push(row(&status));
            } else if accounts && let Ok(account) = accounts::object::resolve_actor(app, url).await {
                found.accounts.push(account.id);
            }
        }
        _ => {}
    }
    Ok(found)
}

/// The collection at an address, by its id; another server's when `resolve`.
async fn find_collection(app: &App, url: &str, resolve: bool) -> Result<Vec<CollectionId>> {
    let known = {
        let mut conn = app.db.get().await?;
        collections::store::find_collection_by_uri(&mut conn, url).await?
    };
    if known.is_some() || !resolve {
        return Ok(known.into_iter().map(|collection| collection.id).collect());
    }
    // What cannot be had is no error: nothing was found.
    Ok(collections::object::resolve(app, url).await.map(|collection| collection.id).into_iter().collect())
}

fn row(status: &Status) -> PageRow {
    PageRow { id: status.id, reblog_of_id: status.reblog_of_id }
}

/// The ActivityPub id behind the address of one of our pages.
fn own_uri(app: &App, url: &str) -> Option<String> {
    let path = url.strip_prefix(&app.origin)?.strip_prefix("/@")?;
    Some(match path.split_once('/') {
        Some((name, id)) => format!("{}/users/{name}/statuses/{id}", app.origin),
        None => format!("{}/users/{path}", app.origin),
    })
}
