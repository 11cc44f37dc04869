//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::frame::Frame;
use super::visitor::{Visitor, safe_path};
use crate::accounts::sign_in as ops;
use crate::base::{Error, Result};
use crate::edge::limits;
use crate::edge::params::Form;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    return_to: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignIn {
    token: String,
    login: String,
    password: String,
    return_to: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    login: String,
    return_to: String,
    problem: Option<String>,
    /// A client sent the person here.
    for_client: bool,
}

fn page(
    mut visitor: Visitor,
    status: StatusCode,
    login: String,
    return_to: &str,
    problem: Option<String>,
) -> Result<HttpResponse> {
    visitor.prepare_form()?;
    let return_to = safe_path(Some(return_to)).to_owned();
    let frame = Frame::new(&visitor, visitor.texts.say("sign-in"));
    let for_client = return_to.starts_with("/oauth/authorize");
    visitor.page(status, &SignInPage { frame, login, return_to, problem, for_client })
}

/// GET /auth/sign_in.
pub async fn form(visitor: Visitor, wanted: web::Query<Wanted>) -> Result<HttpResponse> {
    let return_to = wanted.into_inner().return_to.unwrap_or_default();
    page(visitor, StatusCode::OK, String::new(), &return_to, None)
}

/// POST /auth/sign_in. What was typed stays in the form, but for the password.
pub async fn submit(visitor: Visitor, request: HttpRequest, Form(form): Form<SignIn>) -> Result<HttpResponse> {
    limits::sign_in(&visitor.app, &request)?;
    let return_to = form.return_to.unwrap_or_default();
    if !visitor.is_own_form(&request, &form.token) {
        let problem = visitor.texts.say("form-expired");
        return page(visitor, StatusCode::UNPROCESSABLE_ENTITY, form.login, &return_to, Some(problem));
    }
    match ops::authenticate(&visitor.app, &form.login, &form.password).await {
        Ok(account) => visitor.signed_in(&request, &account, safe_path(Some(&return_to))).await,
        Err(Error::Unauthenticated(_)) => {
            let problem = visitor.texts.say("sign-in-wrong");
            page(visitor, StatusCode::UNPROCESSABLE_ENTITY, form.login, &return_to, Some(problem))
        }
        Err(Error::Forbidden(_)) => {
            let problem = visitor.texts.say("sign-in-not-yet");
            page(visitor, StatusCode::FORBIDDEN, form.login, &return_to, Some(problem))
        }
        Err(error) => Err(error),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignOut {
    token: String,
}

/// POST /auth/sign_out.
pub async fn sign_out(visitor: Visitor, request: HttpRequest, Form(form): Form<SignOut>) -> Result<HttpResponse> {
    visitor.require_own_form(&request, &form.token)?;
    visitor.signed_out("/").await
}
