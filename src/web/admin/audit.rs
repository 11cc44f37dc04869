//! /admin/audit: what administrators and moderators did, by pages, by clients and by the command line.

use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::SecondsFormat;
use futures_util::stream;
use serde::Deserialize;

use super::Admin;
use crate::app::App;
use crate::base::page::{Page, PageQuery};
use crate::base::{Error, Result};
use crate::moderation::Audit;
use crate::moderation::store::{self, AuditFilter};
use crate::portability::entity::line;
use crate::web::frame::Frame;
use crate::web::settings::Menu;

const PATH: &str = "/admin/audit";
const ON_PAGE: i64 = 100;

/// Entries that are written at once.
const BITE: i64 = 1000;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    actor: String,
    action: String,
    target: String,
    #[serde(flatten)]
    page: PageQuery,
}

impl Wanted {
    fn filter(&self) -> AuditFilter {
        AuditFilter {
            actor: self.actor.trim().trim_start_matches('@').to_owned(),
            action: self.action.trim().to_owned(),
            target: self.target.trim().trim_start_matches('@').to_owned(),
        }
    }

    /// These wishes as parameters.
    fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("actor", &self.actor).append_pair("action", &self.action);
        query.append_pair("target", &self.target).finish()
    }
}

struct Row {
    when: String,
    when_iso: String,
    actor: String,
    action: String,
    target: String,
    details: String,
}

/// What is said besides, without what is empty.
fn details(entry: &Audit) -> String {
    let said = entry.details.as_object().into_iter().flatten();
    let said = said.filter(|(_, value)| !value.is_null() && value.as_str() != Some(""));
    let said = said.map(|(name, value)| match value.as_str() {
        Some(text) => format!("{name}: {text}"),
        None => format!("{name}: {value}"),
    });
    said.collect::<Vec<_>>().join(", ")
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    frame: Frame,
    menu: Menu,
    rows: Vec<Row>,
    actor: String,
    action: String,
    target: String,
    older: Option<String>,
    csv: String,
}

/// GET /admin/audit
pub async fn list(staff: Admin, request: HttpRequest, wanted: web::Query<Wanted>) -> Result<HttpResponse> {
    let (t, wanted) = (staff.texts(), wanted.into_inner());
    let page = wanted.page.page(ON_PAGE, ON_PAGE);
    let found = store::list_audit(&mut *staff.visitor.app.db.get().await?, &wanted.filter(), page).await?;
    let full = i64::try_from(found.len()).unwrap_or(0) == page.limit;
    let query = wanted.query();
    let row = |entry: &Audit| Row {
        when: t.moment(entry.created_at),
        when_iso: entry.created_at.to_rfc3339(),
        details: details(entry),
        actor: entry.actor.clone(),
        action: entry.action.clone(),
        target: entry.target.clone(),
    };
    let page = AuditPage {
        frame: Frame::new(&staff.visitor, t.say("admin-audit")),
        menu: staff.menu(PATH, &request),
        rows: found.iter().map(row).collect(),
        older: found.last().filter(|_| full).map(|last| format!("{PATH}?{query}&max_id={}", last.id)),
        csv: format!("{PATH}.csv?{query}"),
        actor: wanted.actor,
        action: wanted.action,
        target: wanted.target,
    };
    staff.visitor.page(StatusCode::OK, &page)
}

fn record(entry: &Audit) -> String {
    let when = entry.created_at.to_rfc3339_opts(SecondsFormat::Millis, true);
    line(&[&when, &entry.actor, &entry.action, &entry.target, &entry.details.to_string()])
}

/// The entries below an id as lines; and below which to go on.
async fn lines(app: &App, filter: &AuditFilter, below: i64) -> Result<(String, Option<i64>)> {
    let page = Page { below, above: 0, upwards: false, limit: BITE };
    let found = store::list_audit(&mut *app.db.get().await?, filter, page).await?;
    Ok((found.iter().map(record).collect(), found.last().map(|last| last.id.0)))
}

/// GET /admin/audit.csv: all entries that are asked for, newest first.
pub async fn export(staff: Admin, wanted: web::Query<Wanted>) -> Result<HttpResponse> {
    let (app, filter) = (staff.visitor.app.clone(), wanted.filter());
    let head = Bytes::from(line(&["Time", "Who", "What", "To what", "Details"]));
    let rest = stream::unfold(Some((app, filter, i64::MAX)), |state| async move {
        let (app, filter, below) = state?;
        match lines(&app, &filter, below).await {
            Ok((_, None)) => None,
            Ok((text, Some(below))) => Some((Ok(Bytes::from(text)), Some((app, filter, below)))),
            Err(error) => Some((Err(error), None)),
        }
    });
    let body = futures_util::StreamExt::chain(stream::iter([Ok::<_, Error>(head)]), rest);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .streaming(Box::pin(body)))
}
