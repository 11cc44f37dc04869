//! What somebody does with a post, by the buttons below it.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::StatusId;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::bookmarks;
use crate::edge::params::{Form, lenient};
use crate::polls;
use crate::quotes;
use crate::relationships;
use crate::statuses::{self, Status, ops};
use crate::web::view::page_of;
use crate::web::visitor::{Visitor, safe_path};

/// The id of a post in a path.
pub fn id_in(path: &str) -> Result<StatusId> {
    path.parse().map_err(|_| Error::NotFound("Page"))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Act {
    token: String,
    #[serde(rename = "do")]
    act: String,
    return_to: Option<String>,
    /// The article on the page to come back to.
    row: Option<String>,
}

/// To where the button was.
fn back(return_to: Option<&str>, row: Option<&str>) -> HttpResponse {
    let page = safe_path(return_to).split('#').next().unwrap_or("/").to_owned();
    match row.and_then(|row| row.parse::<StatusId>().ok()) {
        Some(row) => crate::web::see_other(&format!("{page}#post-{row}")),
        None => crate::web::see_other(&page),
    }
}

/// POST /posts/ID: the buttons below a post, by their values.
pub async fn act(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<String>,
    Form(form): Form<Act>,
) -> Result<HttpResponse> {
    let (app, me) = (&visitor.app, visitor.me()?);
    visitor.require_own_form(&request, &form.token)?;
    let id = id_in(&path)?;
    match form.act.as_str() {
        "favourite" => drop(ops::favourite(app, me, id).await?),
        "unfavourite" => drop(ops::unfavourite(app, me, id).await?),
        "boost" => drop(ops::reblog(app, me, id, None).await?),
        "unboost" => drop(ops::unreblog(app, me, id).await?),
        "bookmark" => drop(bookmarks::ops::bookmark(app, me, id, true).await?),
        "unbookmark" => drop(bookmarks::ops::bookmark(app, me, id, false).await?),
        "pin" => drop(crate::pins::ops::pin(app, me, id).await?),
        "unpin" => drop(crate::pins::ops::unpin(app, me, id).await?),
        "mute_thread" => drop(ops::mute_thread(app, me, id, true).await?),
        "unmute_thread" => drop(ops::mute_thread(app, me, id, false).await?),
        "unquote" => unquote(app, me, id).await?,
        "mute" => relationships::ops::mute(app, me, &author(app, me, id).await?, true, 0).await?,
        "block" => {
            let author = author(app, me, id).await?;
            relationships::ops::block(app, me, &author).await?;
            accounts::view::invalidate(app, me.id);
            accounts::view::invalidate(app, author.id);
            // The post's own page is gone for them.
            if safe_path(form.return_to.as_deref()).ends_with(&format!("/{id}")) {
                return Ok(crate::web::see_other(&page_of(&author)));
            }
        }
        _ => return Err(Error::invalid("do", "is nothing that can be done with a post")),
    }
    // The article of somebody who is muted or blocked is gone.
    let row = form.row.as_deref().filter(|_| !matches!(form.act.as_str(), "mute" | "block"));
    Ok(back(form.return_to.as_deref(), row))
}

/// One's own post is not to be quoted there any more.
async fn unquote(app: &App, me: &Account, quoting: StatusId) -> Result<()> {
    let quoted = quotes::ops::find_linked(&mut *app.db.get().await?, quoting).await?;
    let quoted = quoted.ok_or(Error::NotFound("Post"))?;
    quotes::ops::revoke(app, me, quoted.id, quoting).await.map(drop)
}

async fn author(app: &App, me: &Account, id: StatusId) -> Result<Account> {
    let mut conn = app.db.get().await?;
    let status = ops::find_original(&mut conn, me, id).await?;
    accounts::store::find_account(&mut conn, status.account_id).await?.ok_or(Error::NotFound("Account"))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Vote {
    token: String,
    return_to: Option<String>,
    #[serde(deserialize_with = "lenient::list")]
    choices: Vec<String>,
}

/// POST /posts/ID/vote.
pub async fn vote(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<String>,
    Form(form): Form<Vote>,
) -> Result<HttpResponse> {
    let (app, me) = (&visitor.app, visitor.me()?);
    visitor.require_own_form(&request, &form.token)?;
    let id = id_in(&path)?;
    let poll = {
        let mut conn = app.db.get().await?;
        let status = statuses::store::find_visible(&mut conn, Viewer::account(me.id), id).await?;
        let status: Status = status.ok_or(Error::NotFound("Post"))?;
        polls::store::list_of_statuses(&mut conn, &[status.id]).await?.pop().ok_or(Error::NotFound("Post"))?
    };
    let choices: Vec<i64> = form.choices.iter().filter_map(|choice| choice.parse().ok()).collect();
    // Nothing chosen: the page again, with its hint.
    if !choices.is_empty() {
        polls::ops::vote(app, me, poll.id, &choices).await?;
    }
    Ok(back(form.return_to.as_deref(), Some(&id.to_string())))
}
