//! Passkeys: made, named, taken away.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{HERE, codes_page};
use crate::base::id::PasskeyId;
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::security::StepKind;
use crate::security::ops::passkeys as ops;
use crate::security::ops::steps::{self, Registered};
use crate::web::assets;
use crate::web::auth::{Bare, Elsewhere, Sure};
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "settings/passkey.html")]
struct PasskeyPage {
    frame: Frame,
    name: String,
    options: String,
    script: String,
    problem: Option<String>,
}

/// POST /settings/security/passkeys: the browser is asked to make one on the next page.
pub async fn begin(sure: Sure, request: HttpRequest, Form(form): Form<Bare>) -> Result<HttpResponse, Elsewhere> {
    let Sure(me) = sure;
    me.visitor.require_own_form(&request, &form.token)?;
    steps::begin_registration(&me.visitor.app, me.visitor.session().unwrap_or_default(), &me.account).await?;
    Ok(crate::web::see_other("/settings/security/passkeys"))
}

async fn page(visitor: &Visitor, status: StatusCode, name: String, problem: Option<String>) -> Result<HttpResponse> {
    let session = visitor.session().unwrap_or_default();
    let asked = steps::look(&visitor.app, StepKind::Register, session).await?;
    let Some((_, Some(challenge))) = asked else { return Ok(crate::web::see_other(HERE)) };
    let page = PasskeyPage {
        frame: Frame::new(visitor, visitor.texts.say("passkey-new-title")),
        name,
        options: challenge.options.to_string(),
        script: assets::path("passkey"),
        problem,
    };
    visitor.page(status, &page)
}

/// GET /settings/security/passkeys.
pub async fn ask(sure: Sure) -> Result<HttpResponse> {
    page(&sure.0.visitor, StatusCode::OK, String::new(), None).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Made {
    token: String,
    name: String,
    credential: String,
}

/// POST /settings/security/passkeys/add.
pub async fn add(sure: Sure, request: HttpRequest, Form(form): Form<Made>) -> Result<HttpResponse, Elsewhere> {
    let Sure(me) = sure;
    let visitor = &me.visitor;
    visitor.require_own_form(&request, &form.token)?;
    let session = visitor.session().unwrap_or_default();
    match steps::register(&visitor.app, session, me.account.id, &form.credential, &form.name).await? {
        Registered::Kept(codes) if codes.is_empty() => Ok(crate::web::see_other("/settings/security?done=passkey")),
        Registered::Kept(codes) => Ok(codes_page(visitor, codes)?),
        Registered::Refused => {
            // What was asked does not count any more: ask anew, and keep the name.
            steps::begin_registration(&visitor.app, session, &me.account).await?;
            let problem = visitor.texts.say("passkey-refused");
            Ok(page(visitor, StatusCode::UNPROCESSABLE_ENTITY, form.name, Some(problem)).await?)
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Name {
    token: String,
    name: String,
}

fn id_of(path: &str) -> Result<PasskeyId> {
    path.parse().map_err(|_| Error::NotFound("Passkey"))
}

/// POST /settings/security/passkeys/ID/name.
pub async fn rename(
    sure: Sure,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Name>,
) -> Result<HttpResponse, Elsewhere> {
    let Sure(me) = sure;
    me.visitor.require_own_form(&request, &form.token)?;
    ops::rename(&me.visitor.app, me.account.id, id_of(&id)?, &form.name).await?;
    Ok(crate::web::see_other("/settings/security?done=passkey"))
}

/// POST /settings/security/passkeys/ID/remove.
pub async fn remove(
    sure: Sure,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Bare>,
) -> Result<HttpResponse, Elsewhere> {
    let Sure(me) = sure;
    me.visitor.require_own_form(&request, &form.token)?;
    ops::remove(&me.visitor.app, me.account.id, id_of(&id)?).await?;
    Ok(crate::web::see_other("/settings/security?done=passkey-off"))
}
