//! Topics are hashtags: the page of one, and those that somebody follows.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::profile::POSTS;
use super::{Wrong, back, encoded, field_of, sign_in};
use crate::base::id::StatusId;
use crate::base::page::{Page, PageQuery};
use crate::base::text::{is_tag, normalise_tag};
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::tags::{self, MOST_FOLLOWED};
use crate::timelines::{self, store::Part, store::Tagged};
use crate::web::frame::Frame;
use crate::web::view::{self, PostView};
use crate::web::visitor::Visitor;

/// A topic where it is named.
#[derive(Clone, Debug)]
pub struct TopicView {
    pub name: String,
    pub path: String,
}

impl TopicView {
    /// `name`: normalised.
    pub fn new(name: String) -> Self {
        Self { path: format!("/tags/{}", encoded(&name)), name }
    }
}

#[derive(Template)]
#[template(path = "network/tag.html")]
struct TagPage {
    frame: Frame,
    topic: TopicView,
    posts: Vec<PostView>,
    older: Option<String>,
    first: bool,
    following: bool,
    /// On one's profile.
    featuring: bool,
}

/// GET /tags/NAME.
pub async fn tag(visitor: Visitor, name: web::Path<String>, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    let normalised = normalise_tag(&name);
    let (app, viewer) = (&visitor.app, visitor.viewer());
    // One more than is shown, to know whether there are older ones.
    let page = Page { above: 0, upwards: false, limit: POSTS + 1, ..query.page(POSTS, POSTS) };
    let tagged = Tagged::with(normalised.clone());
    let mut conn = app.db.get().await?;
    let rows = timelines::store::tag(&mut conn, viewer, &tagged, Part::All, false, page, app.now()).await?;
    let mut ids: Vec<StatusId> = rows.into_iter().map(|row| row.id).collect();
    let more = ids.len() > 20;
    ids.truncate(20);
    let older = ids.last().filter(|_| more).map(|last| format!("?max_id={last}"));
    let mut posts = view::load(app, &mut conn, &visitor.texts, viewer, &ids).await?;
    posts.retain(|post| !post.filtered.as_ref().is_some_and(|one| one.hides_in("public")));
    let standing = match viewer.0 {
        Some(me) => tags::store::list_standings(&mut conn, me, std::slice::from_ref(&normalised)).await?.pop(),
        None => None,
    };
    drop(conn);
    let page = TagPage {
        frame: Frame::new(&visitor, format!("#{normalised}")),
        topic: TopicView::new(normalised),
        posts,
        older,
        first: page.below == i64::MAX,
        following: standing.as_ref().is_some_and(|standing| standing.following),
        featuring: standing.as_ref().is_some_and(|standing| standing.featuring),
    };
    visitor.page(StatusCode::OK, &page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Act {
    token: String,
    return_to: Option<String>,
}

/// POST /tags/NAME/ACT: follows a topic or shows it on one's profile, or neither any more.
pub async fn act(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    Form(form): Form<Act>,
) -> Result<HttpResponse> {
    let (name, act) = path.into_inner();
    if !is_tag(&name) {
        return Err(Error::NotFound("Topic"));
    }
    let topic = TopicView::new(normalise_tag(&name));
    let Some(me) = visitor.viewer().0 else { return Ok(sign_in(&topic.path)) };
    visitor.require_own_form(&request, &form.token)?;
    let app = &visitor.app;
    match act.as_str() {
        "follow" => tags::ops::follow(app, me, &topic.name).await?,
        "feature" => drop(tags::ops::feature(app, me, &topic.name).await?),
        "unfollow" => {
            let mut conn = app.db.get().await?;
            tags::store::delete_follow(&mut conn, me, &topic.name).await?;
        }
        _ => {
            let mut conn = app.db.get().await?;
            tags::store::delete_featured_named(&mut conn, me, &topic.name).await?;
        }
    }
    Ok(back(form.return_to.as_deref(), &topic.path))
}

#[derive(Template)]
#[template(path = "network/topics.html")]
struct TopicsPage {
    frame: Frame,
    topics: Vec<TopicView>,
    name: String,
    wrong: Option<Wrong>,
}

async fn page(visitor: &Visitor, status: StatusCode, name: String, wrong: Option<Wrong>) -> Result<HttpResponse> {
    let me = visitor.account().ok_or(Error::NotFound("Account"))?.id;
    let all = Page { below: i64::MAX, above: 0, upwards: false, limit: MOST_FOLLOWED };
    let mut topics = {
        let mut conn = visitor.app.db.get().await?;
        tags::store::list_followed(&mut conn, me, all).await?
    };
    topics.sort_by(|(_, one), (_, other)| one.cmp(other));
    let topics = topics.into_iter().map(|(_, name)| TopicView::new(name)).collect();
    let frame = Frame::new(visitor, visitor.texts.say("topics-title"));
    visitor.page(status, &TopicsPage { frame, topics, name, wrong })
}

/// GET /topics.
pub async fn topics(visitor: Visitor) -> Result<HttpResponse> {
    visitor.me()?;
    page(&visitor, StatusCode::OK, String::new(), None).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    token: String,
    name: String,
}

/// POST /topics: follows a topic by its name.
pub async fn follow_named(visitor: Visitor, request: HttpRequest, Form(form): Form<Named>) -> Result<HttpResponse> {
    let Some(me) = visitor.viewer().0 else { return Ok(sign_in("/topics")) };
    visitor.require_own_form(&request, &form.token)?;
    let name = form.name.trim().trim_start_matches('#').to_owned();
    let t = &visitor.texts;
    let why = if is_tag(&name) {
        match tags::ops::follow(&visitor.app, me, &normalise_tag(&name)).await {
            Ok(()) => return Ok(back(None, "/topics")),
            Err(error) => field_of(error).map(|_| t.with("topics-most", "most", MOST_FOLLOWED))?,
        }
    } else {
        t.say("topics-name-wrong")
    };
    let wrong = Wrong { field: "name", why };
    page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, form.name, Some(wrong)).await
}
