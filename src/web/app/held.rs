//! Those whose notifications are held back, by what somebody chose: let them in, or put it away.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::base::id::{AccountId, NotificationRequestId, StatusId};
use crate::base::page::{Page, PageQuery};
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::notifications::{ops, store};
use crate::statuses;
use crate::web::frame::Frame;
use crate::web::network::people::{self, PersonView};
use crate::web::view::{self, PostView};
use crate::web::visitor::Visitor;

/// People on a page.
const PEOPLE: usize = 20;

/// Somebody of whom something is held back, with what they said last.
struct Held {
    id: NotificationRequestId,
    person: PersonView,
    last: Option<PostView>,
}

#[derive(Template)]
#[template(path = "app/held.html")]
struct HeldPage {
    frame: Frame,
    held: Vec<Held>,
    older: Option<String>,
}

/// GET /notifications/requests.
pub async fn list(visitor: Visitor, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    let (app, t, me, viewer) = (&visitor.app, &visitor.texts, visitor.me()?, visitor.viewer());
    let limit = i64::try_from(PEOPLE).unwrap_or(i64::MAX);
    let page = Page { above: 0, upwards: false, limit: limit + 1, ..query.page(limit, limit) };
    let mut conn = app.db.get().await?;
    let mut rows = store::list_requests(&mut conn, me.id, page, app.now()).await?;
    let more = rows.len() > PEOPLE;
    rows.truncate(PEOPLE);
    let ids: Vec<AccountId> = rows.iter().map(|row| row.from_account_id).collect();
    let people = people::load(app, &mut conn, viewer, &ids).await?;
    let last: Vec<StatusId> = rows.iter().filter_map(|row| row.last_status_id).collect();
    let last = statuses::store::list_visible(&mut conn, viewer, &last).await?;
    let posts = view::load(app, &mut conn, t, viewer, &last).await?;
    drop(conn);
    let mut people: HashMap<AccountId, PersonView> = people.into_iter().map(|person| (person.id, person)).collect();
    let mut posts: HashMap<StatusId, PostView> = posts.into_iter().map(|post| (post.row, post)).collect();
    let older = rows.last().filter(|_| more).map(|row| format!("/notifications/requests?max_id={}", row.id));
    let held = rows.iter().filter_map(|row| {
        let last = row.last_status_id.and_then(|id| posts.remove(&id));
        Some(Held { id: row.id, person: people.remove(&row.from_account_id)?, last })
    });
    let held = held.collect();
    let frame = Frame::new(&visitor, t.say("held-title"));
    visitor.page(StatusCode::OK, &HeldPage { frame, held, older })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    token: String,
    #[serde(rename = "do")]
    act: String,
}

/// POST /notifications/requests/ID: lets somebody in, or puts away what is held back.
pub async fn answer(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<String>,
    Form(form): Form<Answer>,
) -> Result<HttpResponse> {
    visitor.require_own_form(&request, &form.token)?;
    let (app, me) = (&visitor.app, visitor.me()?.id);
    let id: NotificationRequestId = path.parse().map_err(|_| Error::NotFound("Page"))?;
    match form.act.as_str() {
        "accept" => ops::accept(app, me, &[id]).await?,
        "dismiss" => ops::dismiss(app, me, &[id]).await?,
        _ => return Err(Error::invalid("do", "must be accept or dismiss")),
    };
    Ok(crate::web::see_other("/notifications/requests"))
}
