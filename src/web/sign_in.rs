//! Signing in and out.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::Url;

use super::auth::admit;
use super::frame::Frame;
use super::visitor::{Visitor, safe_path};
use crate::accounts::sign_in::{self as ops, Proven};
use crate::app::App;
use crate::base::{Error, Result};
use crate::edge::limits;
use crate::edge::params::Form;
use crate::edge::respond::called_origin;
use crate::security::ops::guesses;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    return_to: Option<String>,
    /// As other pages write it.
    next: Option<String>,
    /// What was just done, or failed.
    again: Option<String>,
    changed: Option<String>,
    confirmed: Option<String>,
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
    /// What was just done.
    done: Option<String>,
    /// A client sent the person here.
    for_client: bool,
    /// What they wrote while their session ended.
    written: Option<String>,
}

fn page(
    mut visitor: Visitor,
    status: StatusCode,
    login: String,
    return_to: &str,
    problem: Option<String>,
    done: Option<String>,
) -> Result<HttpResponse> {
    visitor.prepare_form()?;
    let return_to = safe_path(Some(return_to)).to_owned();
    let frame = Frame::new(&visitor, visitor.texts.say("sign-in"));
    let for_client = return_to.starts_with("/oauth/authorize");
    visitor.page(status, &SignInPage { frame, login, return_to, problem, done, for_client, written: None })
}

/// What a form is answered with that nobody is signed in for any more: a 401 with the way to sign in, and then to `return_to`. What was
/// written is shown, to be taken along; with JavaScript the browser keeps it, too.
pub fn ended(mut visitor: Visitor, return_to: &str, written: Option<String>) -> Result<HttpResponse> {
    visitor.prepare_form()?;
    let t = &visitor.texts;
    let problem = match &written {
        Some(_) => t.say("sign-in-ended-written"),
        None => t.say("sign-in-ended"),
    };
    let page = SignInPage {
        frame: Frame::new(&visitor, t.say("sign-in")),
        login: String::new(),
        return_to: safe_path(Some(return_to)).to_owned(),
        problem: Some(problem),
        done: None,
        for_client: false,
        written,
    };
    visitor.page(StatusCode::UNAUTHORIZED, &page)
}

/// The path, with its query, of the page of ours on which a form was, if the browser says.
pub fn page_before(app: &App, request: &HttpRequest) -> Option<String> {
    let page = Url::parse(request.headers().get(header::REFERER)?.to_str().ok()?).ok()?;
    let origin = page.origin().ascii_serialization();
    let ours = origin == app.origin || origin == called_origin(app, request);
    let query = page.query().map(|query| format!("?{query}")).unwrap_or_default();
    ours.then(|| format!("{}{query}", page.path()))
}

/// GET /auth/sign_in.
pub async fn form(visitor: Visitor, wanted: web::Query<Wanted>) -> Result<HttpResponse> {
    let wanted = wanted.into_inner();
    let t = &visitor.texts;
    let problem = wanted.again.map(|_| t.say("sign-in-again"));
    let done = match (wanted.changed, wanted.confirmed) {
        (Some(_), _) => Some(t.say("sign-in-changed")),
        (None, Some(_)) => Some(t.say("sign-in-confirmed")),
        (None, None) => None,
    };
    let return_to = wanted.return_to.or(wanted.next).unwrap_or_default();
    page(visitor, StatusCode::OK, String::new(), &return_to, problem, done)
}

/// POST /auth/sign_in. What was typed stays in the form, but for the password.
pub async fn submit(visitor: Visitor, request: HttpRequest, Form(form): Form<SignIn>) -> Result<HttpResponse> {
    limits::sign_in(&visitor.app, &request)?;
    let return_to = form.return_to.unwrap_or_default();
    if !visitor.is_own_form(&request, &form.token) {
        let problem = visitor.texts.say("form-expired");
        return page(visitor, StatusCode::UNPROCESSABLE_ENTITY, form.login, &return_to, Some(problem), None);
    }
    let claim = ops::claim(&visitor.app, &form.login).await?;
    admit::count_attempt(&visitor, claim.account(), claim.key.clone()).await?;
    let (key, account) = (claim.key.clone(), claim.account());
    match ops::prove(&visitor.app, claim, &form.password).await {
        Ok(Proven::Known(account)) => admit::after_password(visitor, &request, &account, &return_to).await,
        Ok(Proven::Unconfirmed(account)) => {
            // Whoever knows the password may have it sent again, but not without end.
            if limits::letter(&visitor.app, &account.uri).is_ok() {
                ops::ask_again(&visitor.app, account.id).await?;
            }
            let problem = visitor.texts.say("sign-in-unconfirmed");
            page(visitor, StatusCode::FORBIDDEN, form.login, &return_to, Some(problem), None)
        }
        Err(Error::Unauthenticated(_)) => {
            guesses::note_wrong_password(&visitor.app, &key, account).await?;
            let problem = visitor.texts.say("sign-in-wrong");
            page(visitor, StatusCode::UNPROCESSABLE_ENTITY, form.login, &return_to, Some(problem), None)
        }
        Err(Error::Forbidden(_)) => {
            let problem = visitor.texts.say("sign-in-not-yet");
            page(visitor, StatusCode::FORBIDDEN, form.login, &return_to, Some(problem), None)
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
