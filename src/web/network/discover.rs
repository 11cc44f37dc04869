//! Whom one could get to know: suggestions with their reasons, those who want to be found, groups. Nobody is ranked.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::people::{self, PersonView};
use super::{back, sign_in};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::params::Form;
use crate::suggestions::{self, Order};
use crate::web::frame::Frame;
use crate::web::store;
use crate::web::texts::Texts;
use crate::web::visitor::Visitor;

/// Suggestions, groups, and people of the directory on a page.
const SUGGESTED: i64 = 8;
const GROUPS: i64 = 12;
const PEOPLE: i64 = 20;

/// How far into the directory one can go.
const MOST_OFFSET: i64 = 5_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// all: those elsewhere, too.
    from: String,
    offset: Option<i64>,
}

#[derive(Template)]
#[template(path = "network/discover.html")]
struct DiscoverPage {
    frame: Frame,
    suggested: Vec<PersonView>,
    groups: Vec<PersonView>,
    people: Vec<PersonView>,
    everywhere: bool,
    /// The address of the next page of the directory.
    more: Option<String>,
    first: bool,
}

/// Whom somebody could follow, each with why.
pub async fn load_suggested(
    app: &App,
    conn: &mut Conn,
    t: &Texts,
    me: AccountId,
    limit: i64,
) -> Result<Vec<PersonView>> {
    let found = suggestions::view::find(app, conn, me, limit).await?;
    let reasons: HashMap<AccountId, String> = found.iter().map(|one| (one.id, in_words(t, &one.sources))).collect();
    let ids: Vec<AccountId> = found.iter().map(|one| one.id).collect();
    let mut views = people::load(app, conn, Viewer::account(me), &ids).await?;
    for view in &mut views {
        view.reason = reasons.get(&view.id).cloned().unwrap_or_default();
    }
    Ok(views)
}

fn in_words(t: &Texts, sources: &[String]) -> String {
    let reason = |source: &String| match source.as_str() {
        "featured" => t.say("discover-featured"),
        "friends_of_friends" => t.say("discover-friends"),
        _ => t.say("discover-topics"),
    };
    sources.iter().map(reason).collect::<Vec<_>>().join(" ")
}

/// Groups of this instance that want to be found.
pub async fn load_groups(app: &App, conn: &mut Conn, viewer: Viewer, limit: i64) -> Result<Vec<PersonView>> {
    let groups: Vec<AccountId> = store::list_groups(conn, limit).await?.iter().map(|group| group.id).collect();
    people::load(app, conn, viewer, &groups).await
}

/// Those who want to be found, newcomers first; groups are named by themselves.
pub async fn load_directory(
    app: &App,
    conn: &mut Conn,
    viewer: Viewer,
    local: bool,
    (limit, offset): (i64, i64),
) -> Result<Vec<PersonView>> {
    let which = (Order::New, local);
    let ids = suggestions::store::list_directory(conn, viewer, which, app.now(), (limit, offset)).await?;
    people::load(app, conn, viewer, &ids).await
}

/// GET /discover.
pub async fn discover(visitor: Visitor, query: web::Query<Query>) -> Result<HttpResponse> {
    let me = visitor.me()?.id;
    let (app, viewer) = (&visitor.app, visitor.viewer());
    let everywhere = query.from == "all";
    let offset = query.offset.unwrap_or(0).clamp(0, MOST_OFFSET);
    let first = offset == 0;
    let mut conn = app.db.get().await?;
    let (mut suggested, mut groups) = (Vec::new(), Vec::new());
    if first {
        suggested = load_suggested(app, &mut conn, &visitor.texts, me, SUGGESTED).await?;
        groups = load_groups(app, &mut conn, viewer, GROUPS).await?;
    }
    let mut people = load_directory(app, &mut conn, viewer, !everywhere, (PEOPLE + 1, offset)).await?;
    drop(conn);
    let full = people.len() > 20 && offset + PEOPLE <= MOST_OFFSET;
    people.truncate(20);
    people.retain(|person| !person.who.is_group);
    let from = if everywhere { "all" } else { "here" };
    let more = full.then(|| format!("/discover?from={from}&offset={}", offset + PEOPLE));
    let frame = Frame::new(&visitor, visitor.texts.say("discover-title"));
    visitor.page(StatusCode::OK, &DiscoverPage { frame, suggested, groups, people, everywhere, more, first })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Dismissal {
    token: String,
    return_to: Option<String>,
    account: String,
}

/// POST /discover/dismiss: not this one, for good.
pub async fn dismiss(visitor: Visitor, request: HttpRequest, Form(form): Form<Dismissal>) -> Result<HttpResponse> {
    let Some(me) = visitor.viewer().0 else { return Ok(sign_in("/discover")) };
    visitor.require_own_form(&request, &form.token)?;
    let app = &visitor.app;
    let id: AccountId = form.account.parse().map_err(|_| Error::NotFound("Account"))?;
    suggestions::ops::dismiss(app, me, id).await?;
    Ok(back(form.return_to.as_deref(), "/discover"))
}
