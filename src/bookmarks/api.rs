//! /api/v1/bookmarks, and bookmarking (https://docs.joinmastodon.org/methods/bookmarks/).

use actix_web::web;

use super::{ops, store};
use crate::app::App;
use crate::base::page::PageQuery;
use crate::base::visibility::Viewer;
use crate::edge::params::Params;
use crate::edge::respond::{Answer, page as answer_page};
use crate::oauth::extract::Client;
use crate::statuses::api::{account_of, answer, answer_taken_back, id_in};
use crate::statuses::{PageRow, view};

/// POST /api/v1/statuses/{id}/bookmark
pub async fn bookmark(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    set(&app, client, path, true).await
}

/// POST /api/v1/statuses/{id}/unbookmark
pub async fn unbookmark(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    set(&app, client, path, false).await
}

async fn set(app: &App, client: Client, path: web::Path<String>, keep: bool) -> Answer {
    let me = client.require("write:bookmarks")?;
    let by = account_of(app, me).await?;
    let status = ops::bookmark(app, &by, id_in(&path)?, keep).await?;
    if keep { answer(app, Viewer::account(me), &status).await } else { answer_taken_back(app, me, &status).await }
}

/// GET /api/v1/bookmarks: by when they were made, newest first.
pub async fn list(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:bookmarks")?;
    let page = query.0.page(20, 40);
    let mut conn = app.db.get().await?;
    let found = store::list_page(&mut conn, me, page).await?;
    let rows: Vec<PageRow> = found.iter().map(|row| PageRow { id: row.id, reblog_of_id: None }).collect();
    let posts = view::load_many(&app, &mut conn, Viewer::account(me), &rows).await?;
    let texts: Vec<&str> = posts.iter().map(|(_, json)| json.as_str()).collect();
    let ids = found.iter().map(|row| row.bookmark_id);
    Ok(answer_page(view::array(&texts), &format!("{}/api/v1/bookmarks", app.origin), ids, page.limit))
}
