//! /admin/announcements: what everyone here is told.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::Deserialize;

use super::{Admin, NOT_FOUND, Sent};
use crate::announcements::ops::Draft;
use crate::announcements::store;
use crate::base::id::AnnouncementId;
use crate::base::text::strip_markup_to_text_line;
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::moderation::ops;
use crate::web::frame::Frame;
use crate::web::settings::form::Problems;
use crate::web::settings::{Menu, saved};

const PATH: &str = "/admin/announcements";

/// Characters by which an announcement is called.
const SHOWN: usize = 60;

struct Row {
    id: AnnouncementId,
    content: String,
    name: String,
    when: String,
    over: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    token: String,
    text: String,
    starts: String,
    ends: String,
}

#[derive(Template)]
#[template(path = "admin/announcements.html")]
struct ListPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    rows: Vec<Row>,
    text: String,
    starts: String,
    ends: String,
}

async fn page(staff: &Admin, request: &HttpRequest, typed: Typed, problems: Problems) -> Result<HttpResponse> {
    let (app, t) = (&staff.visitor.app, staff.texts());
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut rows = store::list(&mut *app.db.get().await?).await?;
    rows.reverse();
    let page = ListPage {
        frame: Frame::new(&staff.visitor, t.say("admin-announcements")),
        menu: staff.menu(PATH, request),
        problems,
        rows: rows
            .into_iter()
            .map(|row| Row {
                id: row.id,
                name: strip_markup_to_text_line(&row.content, SHOWN),
                when: t.moment(row.published_at),
                over: !row.holds(app.now()),
                content: row.content,
            })
            .collect(),
        text: typed.text,
        starts: typed.starts,
        ends: typed.ends,
    };
    staff.visitor.page(status, &page)
}

/// GET /admin/announcements
pub async fn list(staff: Admin, request: HttpRequest) -> Result<HttpResponse> {
    page(&staff, &request, Typed::default(), Problems::default()).await
}

/// The beginning of a day.
fn day(field: &'static str, text: &str) -> Result<Option<DateTime<Utc>>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let day: NaiveDate = text.trim().parse().map_err(|_| Error::invalid(field, "is no day, such as 2030-01-31"))?;
    Ok(Some(day.and_time(NaiveTime::MIN).and_utc()))
}

/// POST /admin/announcements
pub async fn announce(staff: Admin, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    if !staff.visitor.holds_form(&request, &typed.token)? {
        return page(&staff, &request, typed, Problems::expired(staff.texts())).await;
    }
    let done = async {
        let (starts_at, ends_at) = (day("starts_at", &typed.starts)?, day("ends_at", &typed.ends)?);
        let draft = Draft { text: typed.text.replace("\r\n", "\n"), starts_at, ends_at, all_day: true };
        ops::announce(&staff.visitor.app, &staff.by, &draft).await
    };
    match done.await {
        Ok(_) => Ok(saved(PATH)),
        Err(error) => {
            let names = [("text", "text"), ("starts_at", "starts"), ("ends_at", "ends")];
            let problems = Problems::of(staff.texts(), error, &names)?;
            page(&staff, &request, typed, problems).await
        }
    }
}

/// POST /admin/announcements/{id}/withdraw
pub async fn withdraw(
    staff: Admin,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Sent>,
) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &form.token)?;
    let id = id.parse().map_err(|_| NOT_FOUND)?;
    ops::withdraw(&staff.visitor.app, &staff.by, id).await?;
    Ok(saved(PATH))
}
