//! The second factor: a code of an app, a passkey, or a recovery code, after the password.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Onward, admit};
use crate::base::Result;
use crate::edge::limits;
use crate::edge::params::Form;
use crate::security::StepKind;
use crate::security::ops::steps::{self, Attempt};
use crate::web::assets;
use crate::web::frame::Frame;
use crate::web::visitor::{Visitor, safe_path};

#[derive(Template)]
#[template(path = "auth/second.html")]
struct SecondPage {
    frame: Frame,
    return_to: String,
    problem: Option<String>,
    /// What a passkey is asked to sign, of who has one.
    options: Option<String>,
    script: String,
}

async fn page(visitor: &Visitor, status: StatusCode, return_to: &str, problem: Option<String>) -> Result<HttpResponse> {
    let Some((_, challenge)) = look(visitor).await? else { return Ok(admit::again(return_to)) };
    let page = SecondPage {
        frame: Frame::new(visitor, visitor.texts.say("second-title")),
        return_to: safe_path(Some(return_to)).to_owned(),
        problem,
        options: challenge.map(|challenge| challenge.options.to_string()),
        script: assets::path("passkey"),
    };
    visitor.page(status, &page)
}

type Looked = Option<(crate::base::id::AccountId, Option<crate::security::ops::passkeys::Challenge>)>;

async fn look(visitor: &Visitor) -> Result<Looked> {
    let found = match visitor.browser() {
        Some(browser) => steps::look(&visitor.app, StepKind::Second, browser).await?,
        None => None,
    };
    Ok(found.and_then(|(account, challenge)| Some((account?, challenge))))
}

/// GET /auth/second.
pub async fn ask(visitor: Visitor, wanted: web::Query<Onward>) -> Result<HttpResponse> {
    page(&visitor, StatusCode::OK, wanted.return_to.as_deref().unwrap_or_default(), None).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    token: String,
    code: String,
    credential: String,
    return_to: String,
}

/// POST /auth/second.
pub async fn code(visitor: Visitor, request: HttpRequest, Form(form): Form<Answer>) -> Result<HttpResponse> {
    limits::sign_in(&visitor.app, &request)?;
    if !visitor.is_own_form(&request, &form.token) {
        let problem = visitor.texts.say("form-expired");
        return page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &form.return_to, Some(problem)).await;
    }
    match steps::try_code(&visitor.app, visitor.browser().unwrap_or_default(), &form.code).await? {
        Attempt::Right(account) => admit::enter(visitor, &request, account, &form.return_to).await,
        Attempt::Over => Ok(admit::again(&form.return_to)),
        Attempt::Wrong => {
            let problem = visitor.texts.say("second-wrong");
            page(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &form.return_to, Some(problem)).await
        }
        Attempt::Closed(until) => {
            let minutes = (until - visitor.app.now()).num_minutes().saturating_add(1);
            let problem = visitor.texts.count("second-closed", &minutes);
            page(&visitor, StatusCode::TOO_MANY_REQUESTS, &form.return_to, Some(problem)).await
        }
    }
}

/// POST /auth/second/passkey.
pub async fn passkey(visitor: Visitor, request: HttpRequest, Form(form): Form<Answer>) -> Result<HttpResponse> {
    limits::sign_in(&visitor.app, &request)?;
    visitor.require_own_form(&request, &form.token)?;
    let browser = visitor.browser().unwrap_or_default();
    match steps::try_second_passkey(&visitor.app, browser, &form.credential).await? {
        Attempt::Right(account) => admit::enter(visitor, &request, account, &form.return_to).await,
        Attempt::Wrong | Attempt::Closed(_) | Attempt::Over => Ok(admit::again(&form.return_to)),
    }
}
