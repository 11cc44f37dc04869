//! Lists: people whose posts somebody reads by themselves.

pub mod edit;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::profile::POSTS;
use super::{Wrong, field_of, sign_in};
use crate::base::id::{ListId, StatusId};
use crate::base::page::{Page, PageQuery};
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::lists::{self, List, ListChanges, MOST_LISTS, MOST_TITLE, ops, store};
use crate::timelines;
use crate::web::frame::Frame;
use crate::web::texts::Texts;
use crate::web::view::{self, PostView};
use crate::web::visitor::Visitor;

const NOT_FOUND: Error = Error::NotFound("List");

/// What a form says of a list. Boxes that are not ticked are not sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListForm {
    token: String,
    title: String,
    replies_policy: String,
    exclusive: Option<String>,
}

impl ListForm {
    fn changes(&self) -> ListChanges {
        let policy = Some(self.replies_policy.clone()).filter(|policy| !policy.is_empty());
        let exclusive = Some(self.exclusive.is_some());
        ListChanges { title: Some(self.title.clone()), replies_policy: policy, exclusive }
    }

    fn of(list: &List) -> Self {
        Self {
            token: String::new(),
            title: list.title.clone(),
            replies_policy: list.replies_policy.clone(),
            exclusive: list.exclusive.then(String::new),
        }
    }
}

/// What is wrong with a list, in words; all else stays an error.
fn in_words(t: &Texts, error: Error, form: &ListForm) -> Result<Wrong> {
    Ok(match field_of(error)? {
        "Title" if form.title.trim().is_empty() => Wrong { field: "title", why: t.say("lists-title-blank") },
        "Title" => Wrong { field: "title", why: t.with("lists-title-long", "most", MOST_TITLE) },
        "replies_policy" => Wrong { field: "replies_policy", why: t.say("lists-policy-wrong") },
        _ => Wrong { field: "title", why: t.with("lists-most", "most", MOST_LISTS) },
    })
}

#[derive(Template)]
#[template(path = "network/lists.html")]
struct ListsPage {
    frame: Frame,
    lists: Vec<List>,
    form: ListForm,
    wrong: Option<Wrong>,
}

async fn page(visitor: &Visitor, status: StatusCode, form: ListForm, wrong: Option<Wrong>) -> Result<HttpResponse> {
    let me = visitor.account().ok_or(NOT_FOUND)?.id;
    let lists = {
        let mut conn = visitor.app.db.get().await?;
        store::list_lists(&mut conn, me).await?
    };
    let frame = Frame::new(visitor, visitor.texts.say("lists-title"));
    visitor.page(status, &ListsPage { frame, lists, form, wrong })
}

/// GET /lists.
pub async fn lists(visitor: Visitor) -> Result<HttpResponse> {
    visitor.me()?;
    let form = ListForm { replies_policy: "list".into(), ..ListForm::default() };
    page(&visitor, StatusCode::OK, form, None).await
}

/// POST /lists: makes one, then its members can be chosen.
pub async fn make(visitor: Visitor, request: HttpRequest, Form(form): Form<ListForm>) -> Result<HttpResponse> {
    let Some(me) = visitor.viewer().0 else { return Ok(sign_in("/lists")) };
    visitor.require_own_form(&request, &form.token)?;
    match ops::create(&visitor.app, me, form.changes()).await {
        Ok(list) => Ok(crate::web::see_other(&format!("/lists/{}/edit", list.id))),
        Err(error) => {
            let wrong = in_words(&visitor.texts, error, &form)?;
            page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, form, Some(wrong)).await
        }
    }
}

/// A list of the visitor's.
async fn find(visitor: &Visitor, id: &str) -> Result<List> {
    let (me, id): (_, ListId) = (visitor.viewer().0.ok_or(NOT_FOUND)?, id.parse().map_err(|_| NOT_FOUND)?);
    let mut conn = visitor.app.db.get().await?;
    store::find_list(&mut conn, me, id).await?.ok_or(NOT_FOUND)
}

#[derive(Template)]
#[template(path = "network/list.html")]
struct ListPage {
    frame: Frame,
    list: List,
    posts: Vec<PostView>,
    older: Option<String>,
    first: bool,
    /// Nobody is on it yet.
    bare: bool,
}

/// GET /lists/ID: the posts of those who are on it.
pub async fn read(visitor: Visitor, id: web::Path<String>, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    let me = visitor.me()?.id;
    let list = find(&visitor, &id).await?;
    let (app, viewer) = (&visitor.app, visitor.viewer());
    let page = Page { above: 0, upwards: false, limit: POSTS + 1, ..query.page(POSTS, POSTS) };
    let mut conn = app.db.get().await?;
    let rows = timelines::view::list(app, &mut conn, me, &list, page, app.now()).await?;
    let mut ids: Vec<StatusId> = rows.into_iter().map(|row| row.id).collect();
    let more = ids.len() > 20;
    ids.truncate(20);
    let older = ids.last().filter(|_| more).map(|last| format!("?max_id={last}"));
    let mut posts = view::load(app, &mut conn, &visitor.texts, viewer, &ids).await?;
    posts.retain(|post| !post.filtered.as_ref().is_some_and(|one| one.hides_in("home")));
    let one = Page { below: i64::MAX, above: 0, upwards: false, limit: 1 };
    let bare = lists::store::list_members(&mut conn, list.id, one).await?.is_empty();
    drop(conn);
    let frame = Frame::new(&visitor, list.title.clone());
    let first = page.below == i64::MAX;
    visitor.page(StatusCode::OK, &ListPage { frame, list, posts, older, first, bare })
}
