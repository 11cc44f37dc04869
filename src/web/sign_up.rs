//! Registering: where the instance is open, and by an invitation.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::auth::invite::Vouch;
use super::frame::Frame;
use super::texts::Texts;
use super::visitor::Visitor;
use crate::accounts::registration::{self, FieldProblem, Problem, Refused, Registration, Wait};
use crate::base::{Error, Result};
use crate::config::RegistrationMode;
use crate::edge::limits;
use crate::edge::params::Form;
use crate::instances::api::texts;
use crate::invitations::{self, Invitation};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignUp {
    token: String,
    username: String,
    email: String,
    password: String,
    reason: String,
    agreement: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_up.html")]
struct SignUpPage {
    frame: Frame,
    /// Where the form leads.
    action: String,
    /// Who invites, where somebody does.
    vouch: Option<Vouch>,
    username: String,
    email: String,
    reason: String,
    /// Somebody has to approve, and reads the reason.
    asks_reason: bool,
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

/// The form. `invited`: where an invitation's form leads, and who vouches.
pub fn page(
    mut visitor: Visitor,
    status: StatusCode,
    form: SignUp,
    problem: Option<String>,
    problems: &[FieldProblem],
    invited: Option<(String, Vouch)>,
) -> Result<HttpResponse> {
    visitor.prepare_form()?;
    let t = visitor.texts.clone();
    let (action, vouch) = invited.map_or(("/auth/sign_up".to_owned(), None), |(action, vouch)| (action, Some(vouch)));
    let page = SignUpPage {
        frame: Frame::new(&visitor, t.say("sign-up")),
        asks_reason: vouch.is_none() && visitor.app.settings().registrations == RegistrationMode::Approval,
        action,
        vouch,
        username: form.username,
        email: form.email,
        reason: form.reason,
        agreement: form.agreement.is_some(),
        rules: visitor.app.settings().rules.clone(),
        least_password: t.with("sign-up-password-hint", "count", registration::LEAST_PASSWORD),
        problem,
        problems: problems.iter().map(|problem| words(&t, *problem)).collect(),
    };
    visitor.page(status, &page)
}

/// An instance that is closed, or takes only those who are invited, has no such form.
fn require_open(visitor: &Visitor) -> Result<()> {
    if visitor.app.settings().registrations.takes_strangers() { Ok(()) } else { Err(Error::NotFound("Page")) }
}

#[derive(Template)]
#[template(path = "closed.html")]
struct ClosedPage {
    frame: Frame,
    /// HTML.
    message: Option<String>,
    elsewhere: Option<String>,
}

/// What an instance that takes no strangers says to them, if it says anything.
fn closed(visitor: &Visitor) -> Result<HttpResponse> {
    if !visitor.app.settings().tell_how_to_join() {
        return Err(Error::NotFound("Page"));
    }
    let (message, elsewhere) = (texts::closed_html(&visitor.app), texts::elsewhere(&visitor.app));
    let frame = Frame::new(visitor, visitor.texts.say("closed-how"));
    visitor.page(StatusCode::OK, &ClosedPage { frame, message, elsewhere })
}

/// GET /auth/sign_up.
pub async fn form(visitor: Visitor) -> Result<HttpResponse> {
    if !visitor.app.settings().registrations.takes_strangers() {
        return closed(&visitor);
    }
    page(visitor, StatusCode::OK, SignUp::default(), None, &[], None)
}

/// POST /auth/sign_up.
pub async fn submit(visitor: Visitor, request: HttpRequest, Form(form): Form<SignUp>) -> Result<HttpResponse> {
    require_open(&visitor)?;
    register(visitor, request, form, None).await
}

#[derive(Template)]
#[template(path = "auth/waits.html")]
struct WaitsPage {
    frame: Frame,
    heading: String,
    text: String,
}

/// Makes the account, and signs in unless something is waited for. `invited`: by which invitation, where its form leads, and who
/// vouches.
pub async fn register(
    visitor: Visitor,
    request: HttpRequest,
    form: SignUp,
    invited: Option<(Invitation, String, Vouch)>,
) -> Result<HttpResponse> {
    limits::sign_in(&visitor.app, &request)?;
    let (invitation, shown) =
        invited.map_or((None, None), |(invitation, action, vouch)| (Some(invitation), Some((action, vouch))));
    if !visitor.is_own_form(&request, &form.token) {
        let problem = visitor.texts.say("form-expired");
        return page(visitor, StatusCode::UNPROCESSABLE_ENTITY, form, Some(problem), &[], shown);
    }
    let reason = form.reason.trim();
    let registration = Registration {
        username: form.username.trim().to_owned(),
        email: form.email.clone(),
        password: form.password.clone(),
        locale: Some(visitor.texts.code()),
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
        agreement: form.agreement.is_some(),
        address: Some(limits::address_of(&visitor.app, &request)),
        application_id: None,
    };
    let made = match &invitation {
        Some(invitation) => invitations::ops::register(&visitor.app, invitation, registration).await,
        None => registration::register(&visitor.app, registration).await,
    };
    let account = match made {
        Ok(account) => account,
        Err(Refused::Fields(problems)) => {
            return page(visitor, StatusCode::UNPROCESSABLE_ENTITY, form, None, &problems, shown);
        }
        Err(refused) => return Err(refused.into()),
    };
    let t = &visitor.texts;
    let (heading, text) = match registration::waits_for(&visitor.app, account.id).await? {
        Wait::Nothing => return visitor.signed_in(&request, &account, "/welcome").await,
        Wait::Address => (t.say("waits-address"), t.with("waits-address-text", "email", form.email.trim())),
        Wait::Approval => (t.say("waits-approval"), t.say("waits-approval-text")),
    };
    visitor.page(StatusCode::OK, &WaitsPage { frame: Frame::new(&visitor, heading.clone()), heading, text })
}
