//! Who quotes a post, who may, and taking it back (https://docs.joinmastodon.org/methods/statuses/#quotes).

use actix_web::web;
use serde::Deserialize;

use super::{NOT_FOUND, account_of, answer, id_in};
use crate::app::App;
use crate::base::page::PageQuery;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, page as answer_page};
use crate::oauth::extract::Client;
use crate::quotes::{self, CHOICES, Choice};
use crate::statuses::{PageRow, store, view};

/// GET /api/v1/statuses/{id}/quotes: those that the viewer may see and does not hide, paged by the ids of the quotes.
pub async fn list(
    app: web::Data<App>,
    client: Client,
    path: web::Path<String>,
    query: web::Query<PageQuery>,
) -> Answer {
    let viewer = Viewer::account(client.require("read:statuses")?);
    let page = query.page(20, 40);
    let mut conn = app.db.get().await?;
    let status = store::find_visible(&mut conn, viewer, id_in(&path)?).await?.ok_or(NOT_FOUND)?;
    let found = quotes::store::list_page(&mut conn, viewer, status.id, page, app.now()).await?;
    let rows: Vec<PageRow> = found.iter().map(|row| PageRow { id: row.status_id, reblog_of_id: None }).collect();
    let written = view::load_many(&app, &mut conn, viewer, &rows).await?;
    let texts: Vec<String> = written.into_iter().map(|(_, json)| json).collect();
    let url = format!("{}/api/v1/statuses/{}/quotes", app.origin, status.id);
    Ok(answer_page(view::array(&texts), &url, found.iter().map(|row| row.id.0), page.limit))
}

/// POST /api/v1/statuses/{id}/quotes/{quoting}/revoke
pub async fn revoke(app: web::Data<App>, client: Client, path: web::Path<(String, String)>) -> Answer {
    let me = client.require("write:statuses")?;
    let (quoted, quoting) = path.into_inner();
    let status = quotes::ops::revoke(&app, &account_of(&app, me).await?, id_in(&quoted)?, id_in(&quoting)?).await?;
    answer(&app, Viewer::account(me), &status).await
}

#[derive(Deserialize)]
pub struct NewPolicy {
    #[serde(default, deserialize_with = "lenient::text")]
    quote_approval_policy: Option<String>,
}

/// Who may quote a post, as it stands in a request; `None` where nothing is said.
pub fn choice(said: Option<&str>) -> Result<Option<Choice>> {
    let Some(said) = said.filter(|said| !said.is_empty()) else { return Ok(None) };
    Choice::parse(said).map(Some).ok_or_else(|| Error::invalid("quote_approval_policy", CHOICES))
}

/// PUT /api/v1/statuses/{id}/interaction_policy
pub async fn change_policy(
    app: web::Data<App>,
    client: Client,
    path: web::Path<String>,
    new: Params<NewPolicy>,
) -> Answer {
    let me = client.require("write:statuses")?;
    let choice = choice(new.0.quote_approval_policy.as_deref())?;
    let status = quotes::ops::change_policy(&app, &account_of(&app, me).await?, id_in(&path)?, choice).await?;
    answer(&app, Viewer::account(me), &status).await
}
