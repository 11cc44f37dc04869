//! The password once more, before what keeps an account its person's own is changed.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Elsewhere, Onward, Signed, admit};
use crate::accounts::sign_in::{self, account_key};
use crate::base::Result;
use crate::edge::limits;
use crate::edge::params::Form;
use crate::security::ops::guesses;
use crate::web::frame::Frame;
use crate::web::visitor::{Visitor, safe_path};

#[derive(Template)]
#[template(path = "auth/sure.html")]
struct SurePage {
    frame: Frame,
    return_to: String,
    problem: Option<String>,
    username: String,
}

fn page(visitor: &Visitor, status: StatusCode, return_to: &str, problem: Option<String>) -> Result<HttpResponse> {
    let page = SurePage {
        frame: Frame::new(visitor, visitor.texts.say("sure-title")),
        return_to: safe_path(Some(return_to)).to_owned(),
        problem,
        username: visitor.account().map(|account| account.username.clone()).unwrap_or_default(),
    };
    visitor.page(status, &page)
}

/// GET /auth/sure.
pub async fn ask(signed: Signed, wanted: web::Query<Onward>) -> Result<HttpResponse> {
    page(&signed.visitor, StatusCode::OK, wanted.return_to.as_deref().unwrap_or_default(), None)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    token: String,
    password: String,
    return_to: String,
}

/// POST /auth/sure.
pub async fn answer(signed: Signed, request: HttpRequest, Form(form): Form<Answer>) -> Result<HttpResponse, Elsewhere> {
    let Signed { visitor, account, user } = signed;
    limits::sign_in(&visitor.app, &request)?;
    visitor.require_own_form(&request, &form.token)?;
    admit::count_attempt(&visitor, Some(account.id), account_key(account.id)).await?;
    if !sign_in::is_password(&visitor.app, &user, &form.password).await? {
        guesses::note_wrong_password(&visitor.app, &account_key(account.id), Some(account.id)).await?;
        let problem = visitor.texts.say("sure-wrong");
        return Ok(page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &form.return_to, Some(problem))?);
    }
    sign_in::make_sure(&visitor.app, visitor.session().unwrap_or_default()).await?;
    Ok(crate::web::see_other(safe_path(Some(&form.return_to))))
}
