//! Home: what those whom one follows have posted, newest first, until one is up to date.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::compose::form;
use super::marks::{self, Seen};
use super::told::{self, Refused, Told};
use crate::base::Result;
use crate::base::id::StatusId;
use crate::base::page::{Page, PageQuery};
use crate::timelines;
use crate::web::frame::Frame;
use crate::web::profile::POSTS;
use crate::web::texts::Texts;
use crate::web::view::{self, PostView};
use crate::web::visitor::Visitor;

/// New posts that are counted.
const MOST_NEW: i64 = 40;

#[derive(Template)]
#[template(path = "app/home.html")]
struct HomePage {
    frame: Frame,
    /// On the first page.
    write: Option<form::Form>,
    /// What those who run the instance tell everyone.
    told: Vec<Told>,
    /// After which post others are new.
    since: Option<StatusId>,
    posts: Vec<PostView>,
    seen: Seen,
    /// The row before which all was seen.
    begins: Option<i64>,
    older: Option<String>,
    /// Nothing at all.
    empty: bool,
}

impl HomePage {
    fn begins_at(&self, row: &StatusId) -> bool {
        self.begins == Some(row.0)
    }
}

/// GET /, for those who are signed in.
pub async fn home(visitor: Visitor, query: web::Query<marks::Query>) -> Result<HttpResponse> {
    page(&visitor, &query, None).await
}

/// Home, with what could not be done with an announcement on it.
pub(super) async fn page(visitor: &Visitor, query: &marks::Query, refused: Option<Refused>) -> Result<HttpResponse> {
    let (app, me, viewer) = (&visitor.app, visitor.me()?, visitor.viewer());
    let page = query.page(POSTS + 1);
    let below = page.below;
    let mut conn = app.db.get().await?;
    let rows = timelines::view::home(app, &mut conn, me.id, page, app.now()).await?;
    let ids: Vec<StatusId> = rows.iter().take(20).map(|row| row.id).collect();
    let mut posts = view::load(app, &mut conn, &visitor.texts, viewer, &ids).await?;
    posts.retain(|post| !post.filtered.as_ref().is_some_and(|filtered| filtered.hides_in("home")));
    let first = below == i64::MAX;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let told = if first { told::load(app, &mut conn, &visitor.texts, me.id, refused).await? } else { Vec::new() };
    drop(conn);
    let write = if first { Some(form::short(visitor, None, String::new())?) } else { None };
    let seen = marks::look(visitor, "home", query, ids.first().map(|id| id.0), true).await?;
    let onward = seen.onward(ids.last().map(|id| id.0));
    let mut frame = Frame::new(visitor, visitor.texts.say("nav-home"));
    // Buttons on it come back here, also when it answers a form.
    if first {
        frame.path = "/".into();
    }
    let page = HomePage {
        begins: seen.begins(posts.iter().map(|post| post.row.0)),
        seen,
        frame,
        write,
        told,
        // Where there is nothing yet, the first is new, too.
        since: first.then(|| ids.first().copied().unwrap_or(StatusId(0))),
        older: ids.last().filter(|_| rows.len() > 20).map(|last| format!("/?max_id={last}{onward}")),
        empty: rows.is_empty() && first,
        posts,
    };
    visitor.page(status, &page)
}

#[derive(Template)]
#[template(path = "app/new.html")]
struct NewPosts {
    t: Texts,
    count: i64,
}

/// GET /home/new?since_id=ID: a line with a link when there are newer posts, else nothing. A part of a page, for the script.
pub async fn new_posts(visitor: Visitor, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    let (app, me) = (&visitor.app, visitor.me()?);
    let above = query.page(MOST_NEW, MOST_NEW).above;
    let page = Page { below: i64::MAX, above, upwards: false, limit: MOST_NEW };
    let mut conn = app.db.get().await?;
    let rows = timelines::view::home(app, &mut conn, me.id, page, app.now()).await?;
    drop(conn);
    let count = i64::try_from(rows.len()).unwrap_or(MOST_NEW);
    visitor.page(StatusCode::OK, &NewPosts { t: visitor.texts.clone(), count })
}

#[derive(Template)]
#[template(path = "app/apps.html")]
struct AppsPage {
    frame: Frame,
    handle: String,
}

/// GET /apps: how to use an app with one's account.
pub async fn apps(visitor: Visitor) -> Result<HttpResponse> {
    let handle = format!("@{}", visitor.me()?.full_handle(&visitor.app.config.instance.domain));
    let frame = Frame::new(&visitor, visitor.texts.say("home-connect"));
    visitor.page(StatusCode::OK, &AppsPage { frame, handle })
}
