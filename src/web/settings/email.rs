//! The address that somebody is written to at, and signs in with.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts::registration::check_email;
use crate::base::{Error, Result};
use crate::edge::limits;
use crate::edge::params::Form;
use crate::security::ops::links;
use crate::web::auth::{Elsewhere, Sure};
use crate::web::frame::Frame;

#[derive(Template)]
#[template(path = "settings/email.html")]
struct EmailPage {
    frame: Frame,
    current: String,
    email: String,
    with_mail: bool,
    why: Option<String>,
    done: Option<String>,
}

fn page(
    sure: &Sure,
    status: StatusCode,
    email: String,
    why: Option<String>,
    done: Option<String>,
) -> Result<HttpResponse> {
    let Sure(me) = sure;
    let page = EmailPage {
        frame: Frame::new(&me.visitor, me.visitor.texts.say("email-title")),
        current: me.user.email.clone(),
        email,
        with_mail: me.visitor.app.config.mail.is_set_up(),
        why,
        done,
    };
    me.visitor.page(status, &page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: Option<String>,
    sent: Option<String>,
}

/// GET /settings/email.
pub async fn show(sure: Sure, wanted: web::Query<Done>) -> Result<HttpResponse> {
    let t = &sure.0.visitor.texts;
    let done = match (&wanted.sent, &wanted.done) {
        (Some(_), _) => Some(t.say("email-sent")),
        (None, Some(_)) => Some(t.say("email-done")),
        (None, None) => None,
    };
    page(&sure, StatusCode::OK, String::new(), None, done)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    token: String,
    email: String,
}

/// POST /settings/email. With a mail server the answer is the same whether somebody has the address already.
pub async fn change(sure: Sure, request: HttpRequest, Form(form): Form<Wanted>) -> Result<HttpResponse, Elsewhere> {
    let Sure(me) = &sure;
    let (app, t) = (&me.visitor.app, &me.visitor.texts);
    limits::sign_in(app, &request)?;
    me.visitor.require_own_form(&request, &form.token)?;
    let email = form.email.trim().to_lowercase();
    let wrong = |why: String| page(&sure, StatusCode::UNPROCESSABLE_ENTITY, form.email.clone(), Some(why), None);
    if check_email(&email).is_err() {
        return Ok(wrong(t.say("sign-up-email-invalid"))?);
    }
    if email == me.user.email {
        return Ok(wrong(t.say("email-same"))?);
    }
    // Of each who asks: nobody can use up what somebody else may have written to an address.
    if limits::letter(app, &format!("{} {email}", me.account.id)).is_err() {
        return Ok(wrong(t.say("email-too-often"))?);
    }
    match links::change_email(app, me.account.id, &email).await {
        Ok(true) => Ok(crate::web::see_other("/settings/email?sent=1")),
        Ok(false) => Ok(crate::web::see_other("/settings/email?done=1")),
        Err(Error::Invalid { .. }) => Ok(wrong(t.say("sign-up-email-taken"))?),
        Err(error) => Err(error.into()),
    }
}
