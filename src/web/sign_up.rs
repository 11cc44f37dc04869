//! Registering, where the instance is open.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::frame::Frame;
use super::texts::Texts;
use super::visitor::Visitor;
use crate::accounts::registration::{self, FieldProblem, Problem, Refused, Registration};
use crate::base::{Error, Result};
use crate::config::RegistrationMode;
use crate::edge::limits;
use crate::edge::params::Form;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignUp {
    token: String,
    username: String,
    email: String,
    password: String,
    agreement: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_up.html")]
struct SignUpPage {
    frame: Frame,
    username: String,
    email: String,
    agreement: bool,
    rules: Vec<String>,
    least_password: String,
    /// The form as a whole.
    problem: Option<String>,
    problems: Vec<Wrong>,
}

/// A field, and what is wrong with it.
struct Wrong {
    field: &'static str,
    why: String,
}

impl SignUpPage {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.why.as_str())
    }
}

fn words(t: &Texts, (field, problem): FieldProblem) -> Wrong {
    let why = match (field, problem) {
        ("agreement", _) => t.say("sign-up-agreement-missing"),
        ("username", Problem::Taken) => t.say("sign-up-username-taken"),
        ("username", Problem::Reserved) => t.say("sign-up-username-reserved"),
        ("username", _) => t.say("sign-up-username-invalid"),
        ("email", Problem::Blocked) => t.say("sign-up-email-refused"),
        ("email", Problem::Taken) => t.say("sign-up-email-taken"),
        ("email", _) => t.say("sign-up-email-invalid"),
        _ => t.with("sign-up-password-short", "count", registration::LEAST_PASSWORD),
    };
    Wrong { field, why }
}

fn page(
    mut visitor: Visitor,
    status: StatusCode,
    form: SignUp,
    problem: Option<String>,
    problems: &[FieldProblem],
) -> Result<HttpResponse> {
    visitor.prepare_form()?;
    let t = visitor.texts.clone();
    let page = SignUpPage {
        frame: Frame::new(&visitor, t.say("sign-up")),
        username: form.username,
        email: form.email,
        agreement: form.agreement.is_some(),
        rules: visitor.app.settings().rules.clone(),
        least_password: t.with("sign-up-password-hint", "count", registration::LEAST_PASSWORD),
        problem,
        problems: problems.iter().map(|problem| words(&t, *problem)).collect(),
    };
    visitor.page(status, &page)
}

/// A closed instance has no such page.
fn require_open(visitor: &Visitor) -> Result<()> {
    match visitor.app.settings().registrations {
        RegistrationMode::Open | RegistrationMode::Approval => Ok(()),
        RegistrationMode::Closed => Err(Error::NotFound("Page")),
    }
}

/// GET /auth/sign_up.
pub async fn form(visitor: Visitor) -> Result<HttpResponse> {
    require_open(&visitor)?;
    page(visitor, StatusCode::OK, SignUp::default(), None, &[])
}

/// POST /auth/sign_up: makes the account and signs in.
pub async fn submit(visitor: Visitor, request: HttpRequest, Form(form): Form<SignUp>) -> Result<HttpResponse> {
    require_open(&visitor)?;
    limits::sign_in(&visitor.app, &request)?;
    if !visitor.is_own_form(&request, &form.token) {
        let problem = visitor.texts.say("form-expired");
        return page(visitor, StatusCode::UNPROCESSABLE_ENTITY, form, Some(problem), &[]);
    }
    let registration = Registration {
        username: form.username.trim().to_owned(),
        email: form.email.clone(),
        password: form.password.clone(),
        locale: Some(visitor.texts.code()),
        reason: None,
        agreement: form.agreement.is_some(),
        address: Some(limits::address_of(&visitor.app, &request)),
    };
    match registration::register(&visitor.app, registration).await {
        Ok(account) if !registration::is_approved(&visitor.app, account.id).await? => {
            let problem = Some(visitor.texts.say("sign-in-not-yet"));
            page(visitor, StatusCode::OK, SignUp::default(), problem, &[])
        }
        Ok(account) => visitor.signed_in(&request, &account, "/welcome").await,
        Err(Refused::Fields(problems)) => page(visitor, StatusCode::UNPROCESSABLE_ENTITY, form, None, &problems),
        Err(refused) => Err(refused.into()),
    }
}
