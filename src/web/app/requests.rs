//! Those who ask to follow somebody.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts;
use crate::base::id::AccountId;
use crate::base::page::{Page, PageQuery};
use crate::base::{Error, Result, text};
use crate::edge::params::Form;
use crate::emojis::{self, Named};
use crate::relationships::ops;
use crate::relationships::store::{self, Side};
use crate::web::frame::Frame;
use crate::web::view::Who;
use crate::web::visitor::{Visitor, safe_path};

/// People on a page.
const PEOPLE: i64 = 40;

/// Somebody who asks, and the beginning of what they say of themselves.
struct Asking {
    id: AccountId,
    who: Who,
    about: String,
}

#[derive(Template)]
#[template(path = "app/follow_requests.html")]
struct RequestsPage {
    frame: Frame,
    people: Vec<Asking>,
    older: Option<String>,
}

/// GET /follow_requests.
pub async fn list(visitor: Visitor, query: web::Query<PageQuery>) -> Result<HttpResponse> {
    let (app, me) = (&visitor.app, visitor.me()?);
    let page = Page { below: query.page(PEOPLE, PEOPLE).below, above: 0, upwards: false, limit: PEOPLE + 1 };
    let mut conn = app.db.get().await?;
    let mut rows = store::list_page(&mut conn, me.id, Side::Requests, page).await?;
    let more = rows.len() > 40;
    rows.truncate(40);
    let named: Vec<Named> = rows.iter().map(|(_, account)| accounts::entity::named(account)).collect();
    let emojis = emojis::view::load(app, &mut conn, &named).await?;
    drop(conn);
    let older = rows.last().filter(|_| more).map(|(id, _)| format!("?max_id={id}"));
    let asking = |(_, account): &(_, accounts::Account)| Asking {
        id: account.id,
        who: Who::new(account, app, &emojis),
        about: text::strip_markup_to_text_line(&account.note, 200),
    };
    let people = rows.iter().map(asking).collect();
    let frame = Frame::new(&visitor, visitor.texts.say("requests-title"));
    visitor.page(StatusCode::OK, &RequestsPage { frame, people, older })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Reply {
    token: String,
    #[serde(rename = "do")]
    act: String,
    return_to: Option<String>,
}

/// POST /follow_requests/ID: yes or no.
pub async fn answer(
    visitor: Visitor,
    request: HttpRequest,
    path: web::Path<String>,
    Form(form): Form<Reply>,
) -> Result<HttpResponse> {
    visitor.require_own_form(&request, &form.token)?;
    let (app, me) = (&visitor.app, visitor.me()?);
    let from: AccountId = path.parse().map_err(|_| Error::NotFound("Page"))?;
    let done = match form.act.as_str() {
        "accept" => ops::accept_request(app, me, from).await,
        "reject" => ops::reject(app, me, from).await,
        _ => return Err(Error::invalid("do", "must be accept or reject")),
    };
    match done {
        // Answered already, or taken back.
        Ok(()) | Err(Error::NotFound(_)) => {}
        Err(error) => return Err(error),
    }
    accounts::view::invalidate(app, me.id);
    accounts::view::invalidate(app, from);
    Ok(crate::web::see_other(safe_path(form.return_to.as_deref().or(Some("/follow_requests")))))
}
