//! /admin/reports: what people reported, and what becomes of it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::accounts::{Row, rows};
use super::{NOT_FOUND, Sent, Staffer};
use crate::accounts::object::InstanceActor;
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, ReportId};
use crate::base::page::PageQuery;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::edge::params::Form;
use crate::moderation::ops::{self, ReportChange};
use crate::moderation::store::{self, ReportFilter};
use crate::moderation::{CATEGORIES, Report, ReportNote};
use crate::statuses;
use crate::web::frame::Frame;
use crate::web::settings::form::{Choice, Problems, choices};
use crate::web::settings::{Menu, saved};
use crate::web::texts::Texts;
use crate::web::view::{self, PostView};

const PATH: &str = "/admin/reports";
const ON_PAGE: i64 = 50;
const MOST_NOTES: i64 = 200;

/// A report in a list.
pub struct ReportRow {
    pub id: ReportId,
    /// About whom, by whom, who looks after it; may be empty.
    pub about: String,
    pub by: String,
    pub assigned: String,
    pub category: String,
    pub comment: String,
    pub when: String,
}

fn category_in_words(t: &Texts, category: &str) -> String {
    match category {
        "spam" => t.say("admin-report-spam"),
        "legal" => t.say("admin-report-legal"),
        "violation" => t.say("admin-report-violation"),
        _ => t.say("admin-report-other"),
    }
}

/// Reports of a list, in its order.
pub async fn report_rows(app: &App, conn: &mut Conn, t: &Texts, reports: &[Report]) -> Result<Vec<ReportRow>> {
    let named = |report: &Report| [Some(report.account_id), Some(report.target_account_id), report.assigned_account_id];
    let mut ids: Vec<AccountId> = reports.iter().flat_map(named).flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    let people = rows(app, conn, t, &ids).await?;
    let handle = |id: AccountId| people.iter().find(|row| row.id == id).map(|row| row.handle.clone());
    let row = |report: &Report| ReportRow {
        id: report.id,
        about: handle(report.target_account_id).unwrap_or_default(),
        by: handle(report.account_id).unwrap_or_default(),
        assigned: report.assigned_account_id.and_then(handle).unwrap_or_default(),
        category: category_in_words(t, &report.category),
        comment: report.comment.clone(),
        when: t.moment(report.created_at),
    };
    Ok(reports.iter().map(row).collect())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    state: String,
    #[serde(flatten)]
    page: PageQuery,
}

#[derive(Template)]
#[template(path = "admin/reports.html")]
struct ListPage {
    frame: Frame,
    menu: Menu,
    reports: Vec<ReportRow>,
    resolved: bool,
    older: Option<String>,
}

/// GET /admin/reports
pub async fn list(staff: Staffer, request: HttpRequest, wanted: web::Query<Wanted>) -> Result<HttpResponse> {
    let (app, t) = (&staff.visitor.app, staff.texts());
    let resolved = wanted.state == "resolved";
    let page = wanted.page.page(ON_PAGE, ON_PAGE);
    let filter = ReportFilter { resolved, ..ReportFilter::default() };
    let mut conn = app.db.get().await?;
    let found = store::list_reports(&mut conn, filter, page).await?;
    let full = i64::try_from(found.len()).unwrap_or(0) == page.limit;
    let older = found.last().filter(|_| full).map(|last| format!("{PATH}?state={}&max_id={}", wanted.state, last.id));
    let reports = report_rows(app, &mut conn, t, &found).await?;
    drop(conn);
    let page = ListPage {
        frame: Frame::new(&staff.visitor, t.say("admin-reports")),
        menu: staff.menu(PATH, &request),
        reports,
        resolved,
        older,
    };
    staff.visitor.page(StatusCode::OK, &page)
}

/// What a moderator wrote.
struct Note {
    author: String,
    when: String,
    content: String,
}

#[derive(Template)]
#[template(path = "admin/report.html")]
struct ReportPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    row: ReportRow,
    target: Option<Row>,
    /// Of the posts that were reported, those that whoever reported could see, blocks aside.
    posts: Vec<PostView>,
    /// Some are not shown: deleted, or not for the eyes of whoever reported.
    hidden: bool,
    rules: Vec<String>,
    notes: Vec<Note>,
    categories: Vec<Choice>,
    resolved: String,
    assigned_to_me: bool,
    /// It can be passed on to the server of whoever is reported; or it was.
    may_forward: bool,
    forwarded: bool,
    text: String,
}

/// Written for the moderator who looks: what whoever reported has done with a post, or hides, is theirs alone to know.
async fn posts_of(app: &App, conn: &mut Conn, t: &Texts, moderator: Viewer, report: &Report) -> Result<Vec<PostView>> {
    let reporter = Viewer::account(report.account_id);
    let mut seen = statuses::store::list_reported(conn, reporter, &report.statuses()).await?;
    seen.sort_unstable();
    let mut posts = view::load(app, conn, t, moderator, &seen).await?;
    // Here there is nothing to do with them, and no filter stands before them.
    for post in &mut posts {
        post.acts = None;
        post.filtered = None;
    }
    Ok(posts)
}

async fn page(
    staff: &Staffer,
    request: &HttpRequest,
    id: ReportId,
    text: String,
    problems: Problems,
) -> Result<HttpResponse> {
    let (app, t) = (&staff.visitor.app, staff.texts());
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut conn = app.db.get().await?;
    let report = store::find_report(&mut conn, id).await?.ok_or(NOT_FOUND)?;
    let row = report_rows(app, &mut conn, t, std::slice::from_ref(&report)).await?.pop().ok_or(NOT_FOUND)?;
    let target = rows(app, &mut conn, t, &[report.target_account_id]).await?.pop();
    let people =
        crate::accounts::store::list_accounts(&mut conn, &[report.account_id, report.target_account_id]).await?;
    let is_local = |id: AccountId| people.iter().any(|account| account.id == id && account.is_local());
    let posts = posts_of(app, &mut conn, t, staff.visitor.viewer(), &report).await?;
    let notes = store::list_notes(&mut conn, id, MOST_NOTES).await?;
    drop(conn);
    let settings = app.settings();
    let rule = |number: &i64| settings.rules.get(usize::try_from(number - 1).ok()?).cloned();
    let note = |note: ReportNote| Note { author: note.author, when: t.moment(note.created_at), content: note.content };
    let page = ReportPage {
        frame: Frame::new(&staff.visitor, t.with("admin-report-title", "name", &row.about)),
        menu: staff.menu(PATH, request),
        problems,
        hidden: posts.len() < report.statuses().len(),
        posts,
        rules: report.rule_ids.iter().flatten().filter_map(rule).collect(),
        notes: notes.into_iter().map(note).collect(),
        categories: choices(CATEGORIES.map(|one| (one, category_in_words(t, one))), &report.category),
        resolved: report.action_taken_at.map(|at| t.moment(at)).unwrap_or_default(),
        assigned_to_me: report.assigned_account_id == Some(staff.by.account.id),
        may_forward: is_local(report.account_id) && !is_local(report.target_account_id),
        forwarded: report.forwarded,
        row,
        target,
        text,
    };
    staff.visitor.page(status, &page)
}

/// GET /admin/reports/{id}
pub async fn show(staff: Staffer, request: HttpRequest, id: web::Path<String>) -> Result<HttpResponse> {
    let id = id.parse().map_err(|_| NOT_FOUND)?;
    page(&staff, &request, id, String::new(), Problems::default()).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NoteForm {
    token: String,
    text: String,
}

/// POST /admin/reports/{id}/note
pub async fn note(
    staff: Staffer,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<NoteForm>,
) -> Result<HttpResponse> {
    let id: ReportId = id.parse().map_err(|_| NOT_FOUND)?;
    if !staff.visitor.holds_form(&request, &form.token)? {
        let problems = Problems::expired(staff.texts());
        return page(&staff, &request, id, form.text, problems).await;
    }
    match ops::add_note(&staff.visitor.app, &staff.by, id, &form.text).await {
        Ok(()) => Ok(saved(&format!("{PATH}/{id}"))),
        Err(error) => {
            let problems = Problems::of(staff.texts(), error, &[("text", "text")])?;
            page(&staff, &request, id, form.text, problems).await
        }
    }
}

/// POST /admin/reports/{id}/change: assign, unassign, resolve, reopen, forward, classify.
pub async fn change(
    staff: Staffer,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Sent>,
) -> Result<HttpResponse> {
    let id: ReportId = id.parse().map_err(|_| NOT_FOUND)?;
    staff.visitor.require_own_form(&request, &form.token)?;
    let app = &staff.visitor.app;
    let change = match form.act.as_str() {
        "assign" => Some(ReportChange::AssignToSelf),
        "unassign" => Some(ReportChange::Unassign),
        "resolve" => Some(ReportChange::Resolve),
        "reopen" => Some(ReportChange::Reopen),
        "classify" => Some(ReportChange::Classify { category: Some(form.what), rule_ids: None }),
        "forward" => None,
        _ => return Err(NOT_FOUND),
    };
    let done = match change {
        Some(change) => ops::change_report(app, &staff.by, id, change).await.map(drop),
        None => ops::forward_report(app, &staff.by, id, &app.get::<InstanceActor>()?.0).await,
    };
    match done {
        Ok(()) => Ok(saved(&format!("{PATH}/{id}"))),
        Err(error) => {
            let problems = Problems::of(staff.texts(), error, &[("category", "what")])?;
            page(&staff, &request, id, String::new(), problems).await
        }
    }
}
