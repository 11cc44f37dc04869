//! Links in letters: a new password for who forgot theirs, and whether an address is somebody's. Opening one changes nothing (programs
//! that look at letters open links too); its page has a form.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::Bare;
use crate::accounts::registration::LEAST_PASSWORD;
use crate::base::{Error, Result};
use crate::edge::limits;
use crate::edge::params::Form;
use crate::security::Purpose;
use crate::security::ops::links::{self, Opened};
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "auth/forgot.html")]
struct ForgotPage {
    frame: Frame,
    email: String,
    /// This server writes no letters.
    without_mail: bool,
    contact: String,
    sent: bool,
    problem: Option<String>,
}

fn forgot_page(
    mut visitor: Visitor,
    status: StatusCode,
    email: String,
    sent: bool,
    problem: Option<String>,
) -> Result<HttpResponse> {
    visitor.prepare_form()?;
    let config = &visitor.app.config;
    let page = ForgotPage {
        frame: Frame::new(&visitor, visitor.texts.say("reset-title")),
        email,
        without_mail: !config.mail.is_set_up(),
        contact: visitor.app.settings().contact_email.clone(),
        sent,
        problem,
    };
    visitor.page(status, &page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    sent: Option<String>,
}

/// GET /auth/reset.
pub async fn ask(visitor: Visitor, wanted: web::Query<Sent>) -> Result<HttpResponse> {
    let sent = wanted.sent.is_some() && visitor.app.config.mail.is_set_up();
    forgot_page(visitor, StatusCode::OK, String::new(), sent, None)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Forgotten {
    token: String,
    email: String,
}

/// POST /auth/reset: the answer is the same whether anybody has the address.
pub async fn send(visitor: Visitor, request: HttpRequest, Form(form): Form<Forgotten>) -> Result<HttpResponse> {
    limits::sign_in(&visitor.app, &request)?;
    if !visitor.is_own_form(&request, &form.token) {
        let problem = visitor.texts.say("form-expired");
        return forgot_page(visitor, StatusCode::UNPROCESSABLE_ENTITY, form.email, false, Some(problem));
    }
    if !visitor.app.config.mail.is_set_up() {
        return forgot_page(visitor, StatusCode::UNPROCESSABLE_ENTITY, form.email, false, None);
    }
    if !form.email.contains('@') {
        let problem = visitor.texts.say("reset-email-invalid");
        return forgot_page(visitor, StatusCode::UNPROCESSABLE_ENTITY, form.email, false, Some(problem));
    }
    if limits::letter(&visitor.app, &form.email).is_ok() {
        links::forgot(&visitor.app, &form.email).await?;
    }
    Ok(crate::web::see_other("/auth/reset?sent=1"))
}

#[derive(Template)]
#[template(path = "auth/reset.html")]
struct ResetPage {
    frame: Frame,
    action: String,
    email: String,
    least_password: String,
    why: Option<String>,
}

/// A page whose address has a secret in it: it is kept nowhere.
fn secret_page(visitor: &Visitor, status: StatusCode, template: &impl Template) -> Result<HttpResponse> {
    let mut response = visitor.page(status, template)?;
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::REFERRER_POLICY, header::HeaderValue::from_static("same-origin"));
    Ok(response)
}

async fn reset_page(
    mut visitor: Visitor,
    status: StatusCode,
    secret: &str,
    why: Option<String>,
) -> Result<HttpResponse> {
    let Some(email) = links::look(&visitor.app, secret, Purpose::Reset).await? else { return expired(&visitor) };
    visitor.prepare_form()?;
    let page = ResetPage {
        frame: Frame::new(&visitor, visitor.texts.say("reset-choose")),
        action: format!("/auth/reset/{secret}"),
        email,
        least_password: visitor.texts.with("sign-up-password-hint", "count", LEAST_PASSWORD),
        why,
    };
    secret_page(&visitor, status, &page)
}

#[derive(Template)]
#[template(path = "auth/note.html")]
struct NotePage {
    frame: Frame,
    heading: String,
    text: String,
    link: &'static str,
    link_text: String,
}

fn expired(visitor: &Visitor) -> Result<HttpResponse> {
    let t = &visitor.texts;
    let page = NotePage {
        frame: Frame::new(visitor, t.say("link-expired")),
        heading: t.say("link-expired"),
        text: t.say("link-expired-text"),
        link: "/auth/reset",
        link_text: t.say("reset-title"),
    };
    visitor.page(StatusCode::NOT_FOUND, &page)
}

/// GET /auth/reset/TOKEN.
pub async fn choose(visitor: Visitor, request: HttpRequest, secret: web::Path<String>) -> Result<HttpResponse> {
    if links::look(&visitor.app, &secret, Purpose::Reset).await?.is_none() {
        limits::sign_in(&visitor.app, &request)?;
    }
    reset_page(visitor, StatusCode::OK, &secret, None).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    token: String,
    password: String,
}

/// POST /auth/reset/TOKEN: then sign in with the new password, and with the second factor as ever.
pub async fn set(
    visitor: Visitor,
    request: HttpRequest,
    secret: web::Path<String>,
    Form(form): Form<Chosen>,
) -> Result<HttpResponse> {
    limits::sign_in(&visitor.app, &request)?;
    visitor.require_own_form(&request, &form.token)?;
    match links::reset(&visitor.app, &secret, &form.password).await {
        Ok(Opened::Done) => Ok(crate::web::see_other("/auth/sign_in?changed=1")),
        Ok(Opened::Expired | Opened::Taken) => expired(&visitor),
        Err(Error::Invalid { .. }) => {
            let why = visitor.texts.with("sign-up-password-short", "count", LEAST_PASSWORD);
            reset_page(visitor, StatusCode::UNPROCESSABLE_ENTITY, &secret, Some(why)).await
        }
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "auth/confirm.html")]
struct ConfirmPage {
    frame: Frame,
    action: String,
    email: String,
}

/// GET /auth/confirm/TOKEN.
pub async fn confirm(mut visitor: Visitor, request: HttpRequest, secret: web::Path<String>) -> Result<HttpResponse> {
    let found = match links::look(&visitor.app, &secret, Purpose::Confirm).await? {
        Some(email) => Some(email),
        None => links::look(&visitor.app, &secret, Purpose::Change).await?,
    };
    let Some(email) = found else {
        limits::sign_in(&visitor.app, &request)?;
        return expired(&visitor);
    };
    visitor.prepare_form()?;
    let frame = Frame::new(&visitor, visitor.texts.say("confirm-title"));
    let action = format!("/auth/confirm/{secret}");
    secret_page(&visitor, StatusCode::OK, &ConfirmPage { frame, action, email })
}

/// POST /auth/confirm/TOKEN.
pub async fn confirmed(
    visitor: Visitor,
    request: HttpRequest,
    secret: web::Path<String>,
    Form(form): Form<Bare>,
) -> Result<HttpResponse> {
    limits::sign_in(&visitor.app, &request)?;
    visitor.require_own_form(&request, &form.token)?;
    let t = &visitor.texts;
    match links::confirm(&visitor.app, &secret).await? {
        Opened::Done if visitor.account().is_some() => Ok(crate::web::see_other("/settings/email?done=1")),
        Opened::Done => Ok(crate::web::see_other("/auth/sign_in?confirmed=1")),
        Opened::Expired => expired(&visitor),
        Opened::Taken => {
            let page = NotePage {
                frame: Frame::new(&visitor, t.say("confirm-taken")),
                heading: t.say("confirm-taken"),
                text: t.say("confirm-taken-text"),
                link: "/settings/email",
                link_text: t.say("email-title"),
            };
            visitor.page(StatusCode::CONFLICT, &page)
        }
    }
}
