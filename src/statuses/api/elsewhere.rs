//! What becomes of a post elsewhere: in another language, or within another page.

use actix_web::web;
use serde::Deserialize;
use serde_json::json;

use super::{NOT_FOUND, id_in};
use crate::accounts;
use crate::app::App;
use crate::base::Error;
use crate::base::text::{escape_html, strip_markup_to_text_line, without_quote};
use crate::base::visibility::Viewer;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::oauth::extract::{Client, MaybeClient};
use crate::statuses::store;

/// POST /api/v1/statuses/{id}/translate. There is no service that translates: as in Mastodon without one, that is a 404, and a 403 for
/// what is not for everyone.
pub async fn translate(app: web::Data<App>, client: Client, path: web::Path<String>) -> Answer {
    let viewer = Viewer::account(client.require("read:statuses")?);
    let mut conn = app.db.get().await?;
    let status = store::find_visible(&mut conn, viewer, id_in(&path)?).await?.ok_or(NOT_FOUND)?;
    if !status.audience().is_open() {
        return Err(Error::Forbidden("Only posts that are for everyone are translated".into()));
    }
    Err(Error::NotFound("A service that translates"))
}

#[derive(Deserialize)]
pub struct EmbedQuery {
    #[serde(default, deserialize_with = "lenient::text")]
    url: Option<String>,
    #[serde(default, deserialize_with = "lenient::number")]
    maxwidth: Option<i64>,
}

/// Letters of a post that are shown within another page.
const MOST_LETTERS: usize = 500;

/// GET /api/oembed (https://docs.joinmastodon.org/methods/oembed/): a post of ours that everyone may see, for a page that links to it. As
/// a quotation with a link, without scripts and frames.
pub async fn oembed(app: web::Data<App>, client: MaybeClient, query: Params<EmbedQuery>) -> Answer {
    let viewer = client.viewer("read:statuses");
    let url = query.0.url.as_deref().unwrap_or_default();
    let id = url.strip_prefix(&app.origin).and_then(|path| path.split(['?', '#']).next()?.rsplit('/').next());
    let mut conn = app.db.get().await?;
    let status = store::find_visible(&mut conn, viewer, id_in(id.unwrap_or_default())?).await?.ok_or(NOT_FOUND)?;
    if !status.local || status.reblog_of_id.is_some() || !status.audience().is_open() {
        return Err(NOT_FOUND);
    }
    let author = accounts::store::find_account(&mut conn, status.account_id).await?.ok_or(NOT_FOUND)?;
    let name = if author.display_name.is_empty() { &author.username } else { &author.display_name };
    let handle = author.full_handle(&app.config.instance.domain);
    // What has a warning is read after it.
    let text = match status.spoiler_text.as_str() {
        "" => strip_markup_to_text_line(&without_quote(&status.content), MOST_LETTERS),
        warning => warning.to_owned(),
    };
    let html = format!(
        "<blockquote cite=\"{url}\"><p>{}</p><p>— <a href=\"{url}\">{} (@{})</a></p></blockquote>",
        escape_html(&text),
        escape_html(name),
        escape_html(&handle),
        url = escape_html(&status.url),
    );
    Ok(ok(&json!({
        "type": "rich",
        "version": "1.0",
        "title": format!("Post by {name}"),
        "author_name": name,
        "author_url": author.url,
        "provider_name": app.settings().title,
        "provider_url": format!("{}/", app.origin),
        "cache_age": 86_400,
        "html": html,
        "width": query.0.maxwidth.unwrap_or(400).clamp(200, 800),
        "height": null,
    })))
}
