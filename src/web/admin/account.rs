//! /admin/accounts/{id}: somebody, and what is done about them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::accounts::{PATH, Row, row};
use super::reports::{ReportRow, report_rows};
use super::{Admin, NOT_FOUND, Staff, Staffer};
use crate::accounts::{self, Account, ROLES, User};
use crate::base::id::{AccountId, ReportId};
use crate::base::page::Page;
use crate::base::{Error, Result, text, why};
use crate::edge::params::{Form, lenient};
use crate::moderation::ops::{self, Act, MOST_NOTE, Reason};
use crate::moderation::store::{self, ReportFilter};
use crate::web::frame::Frame;
use crate::web::settings::form::{Choice, Problems, choices};
use crate::web::settings::{Menu, saved};
use crate::web::texts::Texts;

/// Reports about somebody that are shown.
const MOST_REPORTS: i64 = 50;

/// Something that can be done about an account.
struct Doing {
    act: &'static str,
    label: String,
    /// What it means.
    about: String,
}

#[derive(Template)]
#[template(path = "admin/account.html")]
struct AccountPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    who: Row,
    url: String,
    note: String,
    email: String,
    joined: String,
    last_sign_in: String,
    /// What can be done about it; what cannot be taken back apart.
    doings: Vec<Doing>,
    lasting: Vec<Doing>,
    report: String,
    text: String,
    warns: bool,
    roles: Vec<Choice>,
    reports: Vec<ReportRow>,
}

/// What a form asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    token: String,
    act: String,
    text: String,
    report: String,
    /// The name of the account, for what cannot be taken back.
    confirm: String,
    #[serde(deserialize_with = "lenient::boolean")]
    warns: Option<bool>,
    role: String,
}

fn doings(t: &Texts, account: &Account, user: Option<&User>) -> Vec<Doing> {
    let doing = |act: &'static str, label: String, about: String| Doing { act, label, about };
    let mut all = Vec::new();
    if user.is_some_and(|user| user.approved_at.is_none()) {
        return vec![doing("approve", t.say("admin-act-approve"), t.say("admin-act-approve-about"))];
    }
    if user.is_some() {
        all.push(doing("none", t.say("admin-act-warn"), t.say("admin-act-warn-about")));
    }
    if account.sensitized_at.is_some() {
        all.push(doing("unsensitive", t.say("admin-act-unsensitive"), String::new()));
    } else {
        all.push(doing("sensitive", t.say("admin-act-sensitive"), t.say("admin-act-sensitive-about")));
    }
    if account.silenced_at.is_some() {
        all.push(doing("unsilence", t.say("admin-act-unsilence"), String::new()));
    } else {
        all.push(doing("silence", t.say("admin-act-silence"), t.say("admin-act-silence-about")));
    }
    match user.map(|user| user.disabled_at.is_some()) {
        Some(true) => all.push(doing("enable", t.say("admin-act-enable"), String::new())),
        Some(false) => all.push(doing("disable", t.say("admin-act-disable"), t.say("admin-act-disable-about"))),
        None => {}
    }
    if account.is_suspended() {
        all.push(doing("unsuspend", t.say("admin-act-unsuspend"), String::new()));
    } else {
        all.push(doing("suspend", t.say("admin-act-suspend"), t.say("admin-act-suspend-about")));
    }
    all
}

fn lasting(t: &Texts, account: &Account, user: Option<&User>, admin: bool) -> Vec<Doing> {
    if user.is_some_and(|user| user.approved_at.is_none()) {
        return vec![Doing { act: "reject", label: t.say("admin-act-reject"), about: t.say("admin-act-reject-about") }];
    }
    if admin && account.is_suspended() {
        return vec![Doing { act: "delete", label: t.say("admin-act-delete"), about: t.say("admin-act-delete-about") }];
    }
    Vec::new()
}

async fn page<const RANK: usize>(
    staff: &Staff<RANK>,
    request: &HttpRequest,
    id: AccountId,
    asked: Asked,
    problems: Problems,
) -> Result<HttpResponse> {
    let (app, t) = (&staff.visitor.app, staff.texts());
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut conn = app.db.get().await?;
    let account = accounts::store::find_account(&mut conn, id).await?;
    let account = account.filter(|account| account.deleted_at.is_none()).ok_or(NOT_FOUND)?;
    let user = accounts::store::find_user(&mut conn, id).await?;
    let first = Page { below: i64::MAX, above: 0, upwards: false, limit: MOST_REPORTS };
    let open = ReportFilter { about: Some(id), ..ReportFilter::default() };
    let reports = store::list_reports(&mut conn, open, first).await?;
    let reports = report_rows(app, &mut conn, t, &reports).await?;
    drop(conn);
    let rank = user.as_ref().map_or(0, User::rank);
    let may = rank < staff.by.rank() && account.actor_type != "Application";
    let offers_roles = may && staff.is_admin() && user.is_some();
    let roles = ROLES.iter().take(if offers_roles { staff.by.rank() } else { 0 });
    let user = user.as_ref();
    let page = AccountPage {
        frame: Frame::new(&staff.visitor, account.username.clone()),
        menu: staff.menu(PATH, request),
        problems,
        who: row(app, t, &account, user),
        url: account.url.clone(),
        note: text::plain_text(&account.note),
        email: user.map(|user| user.email.clone()).unwrap_or_default(),
        joined: t.moment(account.created_at),
        last_sign_in: user.and_then(|user| user.last_sign_in_at).map(|at| t.moment(at)).unwrap_or_default(),
        doings: if may { doings(t, &account, user) } else { Vec::new() },
        lasting: if may { lasting(t, &account, user, staff.is_admin()) } else { Vec::new() },
        report: asked.report,
        text: asked.text,
        warns: asked.warns == Some(true),
        roles: choices(roles.map(|role| (*role, role_in_words(t, role))), user.map_or("", |user| user.role.as_str())),
        reports,
    };
    staff.visitor.page(status, &page)
}

fn role_in_words(t: &Texts, role: &str) -> String {
    match role {
        "moderator" => t.say("admin-role-moderator"),
        "admin" => t.say("admin-role-admin"),
        "owner" => t.say("admin-role-owner"),
        _ => t.say("admin-role-user"),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct About {
    /// The report that is worked off.
    report: String,
}

/// GET /admin/accounts/{id}
pub async fn show(
    staff: Staffer,
    request: HttpRequest,
    id: web::Path<String>,
    about: web::Query<About>,
) -> Result<HttpResponse> {
    let id = id.parse().map_err(|_| NOT_FOUND)?;
    let asked = Asked { report: about.into_inner().report, warns: Some(true), ..Asked::default() };
    page(&staff, &request, id, asked, Problems::default()).await
}

fn act_of(name: &str, is_admin: bool) -> Option<Act> {
    Some(match name {
        "unsensitive" => Act::Unsensitive,
        "unsilence" => Act::Unsilence,
        "enable" => Act::Enable,
        "unsuspend" => Act::Unsuspend,
        "approve" => Act::Approve,
        "reject" => Act::Reject,
        "delete" if is_admin => Act::Delete,
        "delete" => return None,
        name => return Act::parse(name),
    })
}

/// POST /admin/accounts/{id}/act
pub async fn act(
    staff: Staffer,
    request: HttpRequest,
    id: web::Path<String>,
    Form(asked): Form<Asked>,
) -> Result<HttpResponse> {
    let id: AccountId = id.parse().map_err(|_| NOT_FOUND)?;
    staff.visitor.require_own_form(&request, &asked.token)?;
    let app = &staff.visitor.app;
    let act = act_of(&asked.act, staff.is_admin()).ok_or(NOT_FOUND)?;
    let account = accounts::store::find_account(&mut *app.db.get().await?, id).await?.ok_or(NOT_FOUND)?;
    let lasting = matches!(act, Act::Reject | Act::Delete);
    let handle = account.full_handle(&app.config.instance.domain);
    let confirmed = asked.confirm.trim().trim_start_matches('@');
    if lasting && confirmed != account.username && confirmed != handle {
        let why = staff.texts().with("admin-confirm-wrong", "name", format!("@{handle}"));
        return page(&staff, &request, id, asked, Problems::one("confirm", why)).await;
    }
    let done = async {
        if asked.text.chars().count() > MOST_NOTE {
            return Err(Error::invalid("text", why!("can have at most {most} characters", most = MOST_NOTE)));
        }
        let report: Option<ReportId> = asked.report.parse().ok();
        let reason = Reason { report, text: asked.text.trim().to_owned(), warns: asked.warns == Some(true) };
        ops::act(app, &staff.by, id, act, reason).await
    };
    match done.await {
        Ok(()) if lasting => Ok(saved(PATH)),
        Ok(()) => Ok(saved(&format!("{PATH}/{id}"))),
        Err(error) => {
            let problems = Problems::of(staff.texts(), error, &[("text", "text")])?;
            page(&staff, &request, id, asked, problems).await
        }
    }
}

/// POST /admin/accounts/{id}/role
pub async fn role(
    staff: Admin,
    request: HttpRequest,
    id: web::Path<String>,
    Form(asked): Form<Asked>,
) -> Result<HttpResponse> {
    let id: AccountId = id.parse().map_err(|_| NOT_FOUND)?;
    staff.visitor.require_own_form(&request, &asked.token)?;
    match ops::set_role(&staff.visitor.app, &staff.by, id, &asked.role).await {
        Ok(()) => Ok(saved(&format!("{PATH}/{id}"))),
        Err(error) => {
            let problems = Problems::of(staff.texts(), error, &[("role", "role")])?;
            page(&staff, &request, id, asked, problems).await
        }
    }
}
