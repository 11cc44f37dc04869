//! The page of a person or a group.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::frame::{Card, Frame};
use super::store;
use super::view::{self, Pictures, PostView, Who};
use super::visitor::Visitor;
use crate::accounts::{self, Account, ActorType, Field};
use crate::app::App;
use crate::base::handle::Handle;
use crate::base::page::PageQuery;
use crate::base::{Error, Result, text};
use crate::edge::negotiate;
use crate::emojis;

/// Posts on a page.
pub const POSTS: i64 = 20;

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage {
    frame: Frame,
    who: Who,
    note: String,
    /// Names and values, both HTML.
    fields: Vec<(String, String)>,
    joined: String,
    bot: bool,
    own: bool,
    posts: Vec<PostView>,
    older: Option<String>,
    first: bool,
}

/// A local person or group; the instance's own actor has no page.
pub async fn find(app: &App, name: &str) -> Result<Account> {
    let handle = Handle::parse(name).map_err(|_| Error::NotFound("Account"))?;
    let handle = handle.relative_to(&app.config.instance.domain);
    let mut conn = app.db.get().await?;
    let found = match &handle.domain {
        None => accounts::store::find_local(&mut conn, &handle.username).await?,
        Some(domain) => accounts::store::find_remote(&mut conn, &handle.username, domain).await?,
    };
    found
        .filter(|account| !account.is_suspended() && account.actor_type != ActorType::Application.as_str())
        .ok_or(Error::NotFound("Account"))
}

/// GET /@NAME.
pub async fn profile(
    visitor: Visitor,
    request: HttpRequest,
    name: web::Path<String>,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse> {
    let account = find(&visitor.app, &name).await?;
    if !account.is_local() {
        // Its page is where it lives.
        return Ok(HttpResponse::Found().insert_header((header::LOCATION, account.url)).finish());
    }
    if negotiate::wants_activity(&request) {
        return Ok(negotiate::see(&account.uri));
    }
    let page = query.page(POSTS, POSTS);
    let (app, t, viewer) = (&visitor.app, &visitor.texts, visitor.viewer());
    let mut conn = app.db.get().await?;
    let mut ids = if account.is_group() {
        store::list_of_group(&mut conn, viewer, account.id, page.below, POSTS + 1, app.now()).await?
    } else {
        store::list_of_account(&mut conn, viewer, account.id, page.below, POSTS + 1, app.now()).await?
    };
    let more = ids.len() > 20;
    ids.truncate(20);
    let older = ids.last().filter(|_| more).map(|last| format!("?max_id={last}"));
    let posts = view::load(app, &mut conn, t, viewer, &ids).await?;
    let emojis = emojis::view::load(app, &mut conn, [&accounts::entity::named(&account)]).await?;
    drop(conn);
    let who = Who::new(&account, app, &emojis);
    let pictures = Pictures::new(&emojis, account.domain.as_deref(), &app.origin);
    let field = |field: Field| (pictures.text(&field.name), pictures.html(&field.value));
    let title = if account.is_group() {
        t.with("group-title", "name", &who.name)
    } else {
        t.with("person-title", "name", &who.name)
    };
    let mut frame = Frame::new(&visitor, title);
    frame.noindex = !account.indexable;
    frame.activity = Some(account.uri.clone());
    frame.card = Some(Card {
        kind: "profile",
        url: account.url.clone(),
        description: text::strip_markup_to_text_line(&account.note, 200),
        image: account.avatar(&app.origin),
    });
    let page = ProfilePage {
        frame,
        note: pictures.html(&account.note),
        fields: account.profile_fields().into_iter().map(field).collect(),
        joined: account.created_at.format("%B %Y").to_string(),
        bot: account.actor_type == ActorType::Service.as_str(),
        own: viewer.0 == Some(account.id),
        who,
        posts,
        older,
        first: page.below == i64::MAX,
    };
    visitor.page(StatusCode::OK, &page)
}
