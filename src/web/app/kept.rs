//! What somebody keeps to find again, and what they thanked for.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use crate::base::Result;
use crate::base::id::StatusId;
use crate::base::page::{Page, PageQuery};
use crate::bookmarks;
use crate::timelines;
use crate::web::frame::Frame;
use crate::web::profile::POSTS;
use crate::web::view::{self, PostView};
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "app/posts.html")]
struct PostsPage {
    frame: Frame,
    lead: String,
    /// What is said where there is nothing; not where filters take all of it away.
    empty: Option<String>,
    posts: Vec<PostView>,
    older: Option<String>,
}

/// One more than is shown, to know whether there are older ones.
pub(super) fn wanted(query: &PageQuery) -> Page {
    Page { below: query.page(POSTS, POSTS).below, above: 0, upwards: false, limit: POSTS + 1 }
}

/// A page of posts, by what they are paged by and their ids. `context`: whose filters take posts away; what somebody keeps is there
/// whatever they filter.
pub(super) async fn page(
    visitor: &Visitor,
    rows: Vec<(i64, StatusId)>,
    context: Option<&str>,
    words: [&str; 3],
) -> Result<HttpResponse> {
    let (app, t) = (&visitor.app, &visitor.texts);
    let ids: Vec<StatusId> = rows.iter().take(20).map(|(_, id)| *id).collect();
    let last = rows.get(19).filter(|_| rows.len() > 20);
    let mut conn = app.db.get().await?;
    let mut posts = view::load(app, &mut conn, t, visitor.viewer(), &ids).await?;
    drop(conn);
    if let Some(context) = context {
        posts.retain(|post| !post.filtered.as_ref().is_some_and(|one| one.hides_in(context)));
    }
    let [title, lead, empty] = words.map(str::to_owned);
    let empty = ids.is_empty().then_some(empty);
    let older = last.map(|(id, _)| format!("?max_id={id}"));
    visitor.page(StatusCode::OK, &PostsPage { frame: Frame::new(visitor, title), lead, empty, posts, older })
}

/// GET /bookmarks.
pub async fn bookmarks(visitor: Visitor, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    let (me, t) = (visitor.me()?, &visitor.texts);
    let rows = bookmarks::store::list_page(&mut *visitor.app.db.get().await?, me.id, wanted(&query)).await?;
    let rows = rows.iter().map(|row| (row.bookmark_id, row.id)).collect();
    let words = [t.say("nav-bookmarks"), t.say("bookmarks-lead"), t.say("bookmarks-empty")];
    page(&visitor, rows, None, words.each_ref().map(String::as_str)).await
}

/// GET /favourites.
pub async fn favourites(visitor: Visitor, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    let (me, t) = (visitor.me()?, &visitor.texts);
    let rows = timelines::store::favourites(&mut *visitor.app.db.get().await?, me.id, wanted(&query)).await?;
    let rows = rows.iter().map(|row| (row.favourite_id, row.id)).collect();
    let words = [t.say("nav-favourites"), t.say("favourites-lead"), t.say("favourites-empty")];
    page(&visitor, rows, None, words.each_ref().map(String::as_str)).await
}
