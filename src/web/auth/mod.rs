//! Getting in: passwords, e-mail, second factors, invitations. And who may see and change what keeps an account their own, in
//! `web::settings`.

pub mod admit;
pub mod invite;
pub mod letters;
pub mod passkey;
pub mod reset;
pub mod second;
pub mod sure;

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use futures_util::future::LocalBoxFuture;
use serde::Deserialize;

use super::settings::{email, invitations, security, sessions};
use super::visitor::Visitor;
use crate::accounts::{Account, User, sign_in};
use crate::base::{Error, Result};

/// The pages of this folder, and those of the settings that are about getting in.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/auth/second", web::get().to(second::ask))
        .route("/auth/second", web::post().to(second::code))
        .route("/auth/second/passkey", web::post().to(second::passkey))
        .route("/auth/passkey", web::post().to(passkey::begin))
        .route("/auth/passkey", web::get().to(passkey::ask))
        .route("/auth/passkey/answer", web::post().to(passkey::answer))
        .route("/auth/sure", web::get().to(sure::ask))
        .route("/auth/sure", web::post().to(sure::answer))
        .route("/auth/reset", web::get().to(reset::ask))
        .route("/auth/reset", web::post().to(reset::send))
        .route("/auth/reset/{token}", web::get().to(reset::choose))
        .route("/auth/reset/{token}", web::post().to(reset::set))
        .route("/auth/confirm/{token}", web::get().to(reset::confirm))
        .route("/auth/confirm/{token}", web::post().to(reset::confirmed))
        .route("/invite/{token}", web::get().to(invite::show))
        .route("/invite/{token}", web::post().to(invite::join))
        .route("/invite/{token}/accept", web::post().to(invite::accept));
    config
        .route("/settings/security", web::get().to(security::show))
        .route("/settings/security/password", web::post().to(security::password))
        .route("/settings/security/app", web::get().to(security::app))
        .route("/settings/security/app", web::post().to(security::begin_app))
        .route("/settings/security/app/confirm", web::post().to(security::confirm_app))
        .route("/settings/security/app/remove", web::post().to(security::remove_app))
        .route("/settings/security/codes", web::post().to(security::codes))
        .route("/settings/security/passkeys", web::get().to(security::passkeys::ask))
        .route("/settings/security/passkeys", web::post().to(security::passkeys::begin))
        .route("/settings/security/passkeys/add", web::post().to(security::passkeys::add))
        .route("/settings/security/passkeys/{id}/name", web::post().to(security::passkeys::rename))
        .route("/settings/security/passkeys/{id}/remove", web::post().to(security::passkeys::remove))
        .route("/settings/sessions", web::get().to(sessions::show))
        .route("/settings/sessions/browsers", web::post().to(sessions::end_browser))
        .route("/settings/sessions/others", web::post().to(sessions::end_others))
        .route("/settings/sessions/apps", web::post().to(sessions::end_app))
        .route("/settings/email", web::get().to(email::show))
        .route("/settings/email", web::post().to(email::change))
        .route("/settings/invitations", web::get().to(invitations::show))
        .route("/settings/invitations", web::post().to(invitations::invite))
        .route("/settings/invitations/{id}/revoke", web::post().to(invitations::revoke));
}

/// Where to go on to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Onward {
    pub return_to: Option<String>,
}

/// What a form without fields carries.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Bare {
    pub token: String,
}

/// `PATH?return_to=…`.
pub fn with_return(path: &str, return_to: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to).finish();
    format!("{path}?{query}")
}

/// Why a page is not shown to somebody: they are sent elsewhere first, or it went wrong.
#[derive(Debug)]
pub enum Elsewhere {
    To(String),
    Failed(Error),
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::To(place) => f.write_str(place),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl ResponseError for Elsewhere {
    fn error_response(&self) -> HttpResponse<BoxBody> {
        match self {
            Self::To(place) => super::see_other(place),
            Self::Failed(error) => error.error_response(),
        }
    }
}

impl From<Error> for Elsewhere {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Who is signed in. Others are asked to sign in first.
pub struct Signed {
    pub visitor: Visitor,
    pub account: Account,
    pub user: User,
}

/// Who is signed in, and gave their password again a short while ago. Others are asked for it first.
pub struct Sure(pub Signed);

/// Where to come back to: the page itself, or the one that has the form that was sent.
fn page_of(request: &HttpRequest) -> String {
    if request.method() == Method::GET {
        return request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    }
    let parts: Vec<&str> = request.path().split('/').take(3).collect();
    parts.join("/")
}

async fn signed(visitor: Result<Visitor>, page: &str) -> Result<Signed, Elsewhere> {
    let visitor = visitor?;
    match visitor.person.clone() {
        Some((account, user)) => Ok(Signed { visitor, account, user }),
        None => Err(Elsewhere::To(with_return("/auth/sign_in", page))),
    }
}

impl FromRequest for Signed {
    type Error = Elsewhere;
    type Future = LocalBoxFuture<'static, Result<Self, Elsewhere>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (visitor, page) = (Visitor::from_request(request, payload), page_of(request));
        Box::pin(async move { signed(visitor.await, &page).await })
    }
}

impl FromRequest for Sure {
    type Error = Elsewhere;
    type Future = LocalBoxFuture<'static, Result<Self, Elsewhere>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (visitor, page) = (Visitor::from_request(request, payload), page_of(request));
        Box::pin(async move {
            let signed = signed(visitor.await, &page).await?;
            let session = signed.visitor.session().unwrap_or_default();
            if sign_in::is_sure(&signed.visitor.app, session).await? {
                Ok(Self(signed))
            } else {
                Err(Elsewhere::To(with_return("/auth/sure", &page)))
            }
        })
    }
}
