//! /settings/warnings: what moderators told somebody, and what they say against it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::Problems;
use super::{Me, Menu, saved};
use crate::base::id::WarningId;
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::moderation::ops::{self, APPEAL_DAYS};
use crate::notifications::{APPROVED, Appeal, REJECTED, Warning, store};
use crate::web::frame::Frame;
use crate::web::texts::Texts;

const PATH: &str = "/settings/warnings";

/// Messages that are shown.
const MOST: i64 = 100;

struct Row {
    id: WarningId,
    /// What its field is called on the page.
    field: String,
    /// What was done, in words.
    done: String,
    text: String,
    when: String,
    /// What was said against it, and what became of that.
    appeal: Option<(String, String)>,
    /// Something can be said against it.
    open: bool,
    /// What was typed and cannot be taken.
    typed: String,
}

#[derive(Template)]
#[template(path = "settings/warnings.html")]
struct WarningsPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    lead: String,
    rows: Vec<Row>,
}

fn done_in_words(t: &Texts, action: &str) -> String {
    match action {
        "sensitive" => t.say("warning-sensitive"),
        "silence" => t.say("warning-silence"),
        "disable" => t.say("warning-disable"),
        "suspend" => t.say("warning-suspend"),
        _ => t.say("warning-none"),
    }
}

fn state_in_words(t: &Texts, state: &str) -> String {
    match state {
        APPROVED => t.say("appeal-approved"),
        REJECTED => t.say("appeal-rejected"),
        _ => t.say("appeal-pending"),
    }
}

fn field(id: WarningId) -> String {
    format!("text-{id}")
}

async fn page(
    me: &Me,
    request: &HttpRequest,
    typed: Option<(WarningId, String)>,
    problems: Problems,
) -> Result<HttpResponse> {
    let (app, t) = (&me.visitor.app, &me.visitor.texts);
    let found = store::list_warnings_of(&mut *app.db.get().await?, me.account.id, MOST).await?;
    let row = |(warning, appeal): (Warning, Option<Appeal>)| Row {
        done: done_in_words(t, &warning.action),
        when: t.moment(warning.created_at),
        open: appeal.is_none() && ops::can_be_appealed(app, &warning),
        appeal: appeal.map(|appeal| (state_in_words(t, &appeal.state), appeal.text)),
        typed: typed.iter().find(|(id, _)| *id == warning.id).map(|(_, text)| text.clone()).unwrap_or_default(),
        id: warning.id,
        field: field(warning.id),
        text: warning.text,
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = WarningsPage {
        frame: Frame::new(&me.visitor, t.say("settings-warnings")),
        menu: Menu::settings(t, PATH, request),
        problems,
        lead: t.with("settings-warnings-lead", "days", APPEAL_DAYS),
        rows: found.into_iter().map(row).collect(),
    };
    me.visitor.page(status, &page)
}

/// GET /settings/warnings
pub async fn show(me: Me, request: HttpRequest) -> Result<HttpResponse> {
    page(&me, &request, None, Problems::default()).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    token: String,
    text: String,
}

/// POST /settings/warnings/{id}: this is wrong.
pub async fn appeal(
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse> {
    me.visitor.require_own_form(&request, &typed.token)?;
    let id: WarningId = id.parse().map_err(|_| Error::NotFound("Page"))?;
    let text = typed.text.replace("\r\n", "\n");
    match ops::appeal(&me.visitor.app, me.account.id, id, &text).await {
        Ok(()) => Ok(saved(PATH)),
        Err(error) => {
            let field = field(id);
            let problems = Problems::of(&me.visitor.texts, error, &[("text", field.as_str())])?;
            page(&me, &request, Some((id, text)), problems).await
        }
    }
}
