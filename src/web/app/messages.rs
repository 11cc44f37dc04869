//! Messages: conversations among those whom direct posts name.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts::{self, Account};
use crate::base::id::{AccountId, ConversationId, StatusId};
use crate::base::page::{Page, PageQuery};
use crate::base::visibility::Audience;
use crate::base::{Error, Result};
use crate::conversations::{Conversation, store};
use crate::edge::params::Form;
use crate::emojis::{self, Named};
use crate::statuses;
use crate::web::frame::Frame;
use crate::web::profile::POSTS;
use crate::web::view::{self, PostView, Who};
use crate::web::visitor::Visitor;

/// A conversation, by its last post.
struct Thread {
    id: ConversationId,
    unread: bool,
    people: Vec<Who>,
    last: PostView,
}

#[derive(Template)]
#[template(path = "app/conversations.html")]
struct MessagesPage {
    frame: Frame,
    threads: Vec<Thread>,
    older: Option<String>,
}

/// GET /conversations.
pub async fn list(visitor: Visitor, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    let (app, me) = (&visitor.app, visitor.me()?);
    let page = Page { below: query.page(POSTS, POSTS).below, above: 0, upwards: false, limit: POSTS + 1 };
    let mut conn = app.db.get().await?;
    let mut rows = store::list_page(&mut conn, me.id, page).await?;
    let more = rows.len() > 20;
    rows.truncate(20);
    let people: Vec<AccountId> = rows.iter().flat_map(|row| row.people().iter().copied()).collect();
    let people = accounts::store::list_accounts(&mut conn, &people).await?;
    let named: Vec<Named> = people.iter().map(accounts::entity::named).collect();
    let emojis = emojis::view::load(app, &mut conn, &named).await?;
    let who = |account: &Account| (account.id, Who::new(account, app, &emojis));
    let people: HashMap<AccountId, Who> = people.iter().map(who).collect();
    let last: Vec<StatusId> = rows.iter().filter_map(|row| row.last_status_id).collect();
    let last = statuses::store::list_visible(&mut conn, visitor.viewer(), &last).await?;
    let posts = view::load(app, &mut conn, &visitor.texts, visitor.viewer(), &last).await?;
    drop(conn);
    let mut posts: HashMap<StatusId, PostView> = posts.into_iter().map(|post| (post.id, post)).collect();
    let older = rows.last().and_then(|row| row.last_status_id).filter(|_| more).map(|id| format!("?max_id={id}"));
    let thread = |row: &Conversation| {
        Some(Thread {
            id: row.id,
            unread: row.unread,
            people: row.people().iter().filter_map(|id| people.get(id)).cloned().collect(),
            last: posts.remove(&row.last_status_id?)?,
        })
    };
    let threads = rows.iter().filter_map(thread).collect();
    let frame = Frame::new(&visitor, visitor.texts.say("nav-conversations"));
    visitor.page(StatusCode::OK, &MessagesPage { frame, threads, older })
}

/// Whoever is shown the end of a conversation has read it.
pub async fn note_read(visitor: &mut Visitor, shown: impl Iterator<Item = &PostView>) -> Result<()> {
    let Some(me) = visitor.reader().map(|me| me.id).filter(|_| visitor.unread) else { return Ok(()) };
    let direct = Audience::Direct.name();
    let shown: Vec<StatusId> = shown.filter(|post| post.audience_class == direct).map(|post| post.id).collect();
    if shown.is_empty() {
        return Ok(());
    }
    let mut conn = visitor.app.db.get().await?;
    store::update_read(&mut conn, me, &shown).await?;
    visitor.unread = store::has_unread(&mut conn, me).await?;
    Ok(())
}

fn id_in(path: &str) -> Result<ConversationId> {
    path.parse().map_err(|_| Error::NotFound("Page"))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Mark {
    token: String,
    unread: String,
}

/// POST /conversations/ID: read, or not yet.
pub async fn mark(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<String>,
    Form(form): Form<Mark>,
) -> Result<HttpResponse> {
    visitor.require_own_form(&request, &form.token)?;
    let me = visitor.me()?;
    let id = id_in(&path)?;
    let mut conn = visitor.app.db.get().await?;
    if !store::update_unread(&mut conn, me.id, id, form.unread == "true").await? {
        return Err(Error::NotFound("Conversation"));
    }
    Ok(crate::web::see_other("/conversations"))
}

/// POST /conversations/ID/remove: for oneself; the posts stay.
pub async fn remove(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<String>,
    Form(form): Form<Mark>,
) -> Result<HttpResponse> {
    visitor.require_own_form(&request, &form.token)?;
    let me = visitor.me()?;
    if !store::delete(&mut *visitor.app.db.get().await?, me.id, id_in(&path)?).await? {
        return Err(Error::NotFound("Conversation"));
    }
    Ok(crate::web::see_other("/conversations"))
}
