//! What keeps an account its person's own: the password, an app that makes codes, passkeys, recovery codes. Everything here asks for
//! the password again first.

pub mod passkeys;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts::registration::LEAST_PASSWORD;
use crate::accounts::sign_in;
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::security::ops::{self, totp};
use crate::security::{Factors, GuessKind};
use crate::web::auth::{Bare, Elsewhere, Sure};
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;

const HERE: &str = "/settings/security";

/// What was just done, as the address says it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: Option<String>,
}

/// A passkey, as its person sees it.
struct Key {
    id: String,
    name: String,
    made: String,
    used: Option<String>,
}

#[derive(Template)]
#[template(path = "settings/security.html")]
struct SecurityPage {
    frame: Frame,
    factors: Factors,
    passkeys: Vec<Key>,
    codes_left: String,
    /// What others guessed at.
    guesses: Vec<String>,
    least_password: String,
    /// What is wrong with the new password.
    why: Option<String>,
    done: Option<String>,
}

async fn page(sure: &Sure, status: StatusCode, why: Option<String>, done: Option<String>) -> Result<HttpResponse> {
    let Sure(me) = sure;
    let t = &me.visitor.texts;
    let factors = ops::factors(&me.visitor.app, me.account.id).await?;
    let passkeys = ops::passkeys::list(&me.visitor.app, me.account.id).await?;
    let key = |row: crate::security::PasskeyRow| Key {
        id: row.id.to_string(),
        name: if row.name.is_empty() { t.say("security-passkey-unnamed") } else { row.name },
        made: t.with("security-passkey-made", "date", t.day(row.created_at)),
        used: row.last_used_at.map(|at| t.with("security-passkey-used", "date", t.day(at))),
    };
    let guesses = ops::guesses::list(&me.visitor.app, me.account.id).await?.into_iter().map(|guesses| {
        let key = if guesses.kind == GuessKind::Code.as_str() {
            "security-codes-guessed"
        } else {
            "security-password-guessed"
        };
        format!(
            "{} {}",
            t.with(key, "count", guesses.times),
            t.with("security-guessed-last", "time", t.moment(guesses.last_at))
        )
    });
    let page = SecurityPage {
        frame: Frame::new(&me.visitor, t.say("security-title")),
        factors,
        passkeys: passkeys.into_iter().map(key).collect(),
        guesses: guesses.collect(),
        codes_left: t.count("security-codes-left", &factors.codes),
        least_password: t.with("sign-up-password-hint", "count", LEAST_PASSWORD),
        why,
        done,
    };
    me.visitor.page(status, &page)
}

fn done_in_words(sure: &Sure, done: Option<&str>) -> Option<String> {
    let t = &sure.0.visitor.texts;
    match done? {
        "password" => Some(t.say("security-password-done")),
        "app-off" => Some(t.say("security-app-off-done")),
        "passkey" => Some(t.say("security-passkey-done")),
        "passkey-off" => Some(t.say("security-passkey-off-done")),
        _ => None,
    }
}

/// GET /settings/security.
pub async fn show(sure: Sure, wanted: web::Query<Done>) -> Result<HttpResponse> {
    let done = done_in_words(&sure, wanted.done.as_deref());
    page(&sure, StatusCode::OK, None, done).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewPassword {
    token: String,
    password: String,
}

/// POST /settings/security/password: signs out everywhere but here.
pub async fn password(
    sure: Sure,
    request: HttpRequest,
    Form(form): Form<NewPassword>,
) -> Result<HttpResponse, Elsewhere> {
    let Sure(me) = &sure;
    me.visitor.require_own_form(&request, &form.token)?;
    match sign_in::set_password(&me.visitor.app, me.account.id, &form.password).await {
        Ok(()) => Ok(me.visitor.signed_in(&request, &me.account, "/settings/security?done=password").await?),
        Err(Error::Invalid { .. }) => {
            let why = me.visitor.texts.with("sign-up-password-short", "count", LEAST_PASSWORD);
            Ok(page(&sure, StatusCode::UNPROCESSABLE_ENTITY, Some(why), None).await?)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "settings/app.html")]
struct AppPage {
    frame: Frame,
    picture: String,
    key: String,
    url: String,
    why: Option<String>,
}

async fn app_page(visitor: &Visitor, status: StatusCode, why: Option<String>) -> Result<HttpResponse> {
    let account = visitor.account().ok_or(Error::NotFound("Account"))?;
    let Some(shown) = totp::show(&visitor.app, account).await? else { return Ok(crate::web::see_other(HERE)) };
    let page = AppPage {
        frame: Frame::new(visitor, visitor.texts.say("app-title")),
        picture: shown.picture,
        key: shown.text,
        url: shown.url,
        why,
    };
    secret(visitor, status, &page)
}

/// A page with a secret on it: it is kept nowhere.
fn secret(visitor: &Visitor, status: StatusCode, template: &impl Template) -> Result<HttpResponse> {
    let mut response = visitor.page(status, template)?;
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// POST /settings/security/app: makes a key.
pub async fn begin_app(sure: Sure, request: HttpRequest, Form(form): Form<Bare>) -> Result<HttpResponse, Elsewhere> {
    let Sure(me) = sure;
    me.visitor.require_own_form(&request, &form.token)?;
    totp::begin(&me.visitor.app, me.account.id).await?;
    Ok(crate::web::see_other("/settings/security/app"))
}

/// GET /settings/security/app: shows the key.
pub async fn app(sure: Sure) -> Result<HttpResponse> {
    app_page(&sure.0.visitor, StatusCode::OK, None).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Code {
    token: String,
    code: String,
}

/// POST /settings/security/app/confirm: the key is in force from now on.
pub async fn confirm_app(sure: Sure, request: HttpRequest, Form(form): Form<Code>) -> Result<HttpResponse, Elsewhere> {
    let Sure(me) = sure;
    me.visitor.require_own_form(&request, &form.token)?;
    match totp::confirm(&me.visitor.app, me.account.id, &form.code).await? {
        Some(codes) => Ok(codes_page(&me.visitor, codes)?),
        None => {
            let why = me.visitor.texts.say("app-wrong");
            Ok(app_page(&me.visitor, StatusCode::UNPROCESSABLE_ENTITY, Some(why)).await?)
        }
    }
}

/// POST /settings/security/app/remove.
pub async fn remove_app(sure: Sure, request: HttpRequest, Form(form): Form<Bare>) -> Result<HttpResponse, Elsewhere> {
    let Sure(me) = sure;
    me.visitor.require_own_form(&request, &form.token)?;
    totp::remove(&me.visitor.app, me.account.id).await?;
    Ok(crate::web::see_other("/settings/security?done=app-off"))
}

#[derive(Template)]
#[template(path = "settings/codes.html")]
struct CodesPage {
    frame: Frame,
    codes: Vec<String>,
}

/// The answer to the form that made them, and no page of its own: the codes can be shown once only, since they are known nowhere
/// afterwards. `codes`: none when the person has some already.
fn codes_page(visitor: &Visitor, codes: Vec<String>) -> Result<HttpResponse> {
    let frame = Frame::new(visitor, visitor.texts.say("codes-title"));
    secret(visitor, StatusCode::OK, &CodesPage { frame, codes })
}

/// POST /settings/security/codes: new ones in place of the old.
pub async fn codes(sure: Sure, request: HttpRequest, Form(form): Form<Bare>) -> Result<HttpResponse, Elsewhere> {
    let Sure(me) = sure;
    me.visitor.require_own_form(&request, &form.token)?;
    if !ops::factors(&me.visitor.app, me.account.id).await?.any() {
        return Ok(crate::web::see_other(HERE));
    }
    let codes = ops::make_codes(&me.visitor.app, me.account.id).await?;
    Ok(codes_page(&me.visitor, codes)?)
}
