//! Signing in with a passkey and nothing else.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Onward, admit, with_return};
use crate::base::Result;
use crate::edge::limits;
use crate::edge::params::Form;
use crate::security::StepKind;
use crate::security::ops::steps::{self, Attempt};
use crate::web::assets;
use crate::web::frame::Frame;
use crate::web::visitor::{Visitor, safe_path};

#[derive(Template)]
#[template(path = "auth/passkey.html")]
struct PasskeyPage {
    frame: Frame,
    return_to: String,
    options: String,
    script: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    token: String,
    credential: String,
    return_to: String,
}

/// POST /auth/passkey: the browser is asked for a passkey on the next page. (A question is a row, so opening a page asks none.)
pub async fn begin(mut visitor: Visitor, request: HttpRequest, Form(form): Form<Answer>) -> Result<HttpResponse> {
    limits::sign_in(&visitor.app, &request)?;
    visitor.require_own_form(&request, &form.token)?;
    let browser = visitor.renew_browser()?.to_owned();
    steps::begin_passkey(&visitor.app, &browser).await?;
    visitor.sent_on(&with_return("/auth/passkey", safe_path(Some(&form.return_to))))
}

/// GET /auth/passkey.
pub async fn ask(visitor: Visitor, wanted: web::Query<Onward>) -> Result<HttpResponse> {
    let return_to = safe_path(wanted.return_to.as_deref()).to_owned();
    let asked = match visitor.browser() {
        Some(browser) => steps::look(&visitor.app, StepKind::Passkey, browser).await?,
        None => None,
    };
    let Some((_, Some(challenge))) = asked else { return Ok(admit::again(&return_to)) };
    let frame = Frame::new(&visitor, visitor.texts.say("passkey-title"));
    let (options, script) = (challenge.options.to_string(), assets::path("passkey"));
    visitor.page(StatusCode::OK, &PasskeyPage { frame, return_to, options, script })
}

/// POST /auth/passkey/answer.
pub async fn answer(visitor: Visitor, request: HttpRequest, Form(form): Form<Answer>) -> Result<HttpResponse> {
    limits::sign_in(&visitor.app, &request)?;
    visitor.require_own_form(&request, &form.token)?;
    match steps::try_passkey(&visitor.app, visitor.browser().unwrap_or_default(), &form.credential).await? {
        Attempt::Right(account) => admit::enter(visitor, &request, account, &form.return_to).await,
        Attempt::Wrong | Attempt::Closed(_) | Attempt::Over => Ok(admit::again(&form.return_to)),
    }
}
