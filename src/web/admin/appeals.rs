//! /admin/appeals: what people say against what moderators did to them.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::accounts::rows;
use super::{NOT_FOUND, Sent, Staffer};
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, WarningId};
use crate::db::Conn;
use crate::edge::params::Form;
use crate::moderation::ops;
use crate::notifications::store;
use crate::web::frame::Frame;
use crate::web::settings::{Menu, saved};
use crate::web::texts::Texts;

const PATH: &str = "/admin/appeals";

/// Appeals that are shown at once.
const MOST: i64 = 50;

/// An appeal that waits.
pub struct AppealRow {
    pub id: WarningId,
    pub account_id: AccountId,
    pub handle: String,
    /// What was done, and what was said with it.
    pub done: String,
    pub told: String,
    /// What is said against it.
    pub text: String,
    pub when: String,
}

#[derive(Template)]
#[template(path = "admin/appeals.html")]
struct AppealsPage {
    frame: Frame,
    menu: Menu,
    appeals: Vec<AppealRow>,
}

fn done_in_words(t: &Texts, action: &str) -> String {
    match action {
        "sensitive" => t.say("admin-act-sensitive"),
        "silence" => t.say("admin-act-silence"),
        "disable" => t.say("admin-act-disable"),
        "suspend" => t.say("admin-act-suspend"),
        _ => t.say("admin-act-warn"),
    }
}

/// Appeals that wait, the oldest first.
pub async fn appeal_rows(app: &App, conn: &mut Conn, t: &Texts, most: i64) -> Result<Vec<AppealRow>> {
    let found = store::list_pending_appeals(conn, most).await?;
    let ids: Vec<AccountId> = found.iter().map(|(warning, _)| warning.target_account_id).collect();
    let people: HashMap<AccountId, String> =
        rows(app, conn, t, &ids).await?.into_iter().map(|row| (row.id, row.handle)).collect();
    let mut appeals = Vec::with_capacity(found.len());
    for (warning, appeal) in found {
        appeals.push(AppealRow {
            id: warning.id,
            account_id: warning.target_account_id,
            handle: people.get(&warning.target_account_id).cloned().unwrap_or_default(),
            done: done_in_words(t, &warning.action),
            told: warning.text,
            text: appeal.text,
            when: t.moment(appeal.created_at),
        });
    }
    Ok(appeals)
}

/// GET /admin/appeals
pub async fn list(staff: Staffer, request: HttpRequest) -> Result<HttpResponse> {
    let (app, t) = (&staff.visitor.app, staff.texts());
    let appeals = appeal_rows(app, &mut *app.db.get().await?, t, MOST).await?;
    let page = AppealsPage {
        frame: Frame::new(&staff.visitor, t.say("admin-appeals")),
        menu: staff.menu(PATH, &request),
        appeals,
    };
    staff.visitor.page(StatusCode::OK, &page)
}

/// POST /admin/appeals/{id}: it is taken back, or stays as it is.
pub async fn decide(
    staff: Staffer,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Sent>,
) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &form.token)?;
    let id: WarningId = id.parse().map_err(|_| NOT_FOUND)?;
    let approve = match form.act.as_str() {
        "approve" => true,
        "reject" => false,
        _ => return Err(NOT_FOUND),
    };
    ops::decide(&staff.visitor.app, &staff.by, id, approve).await?;
    Ok(saved(PATH))
}
