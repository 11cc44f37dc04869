//! The page that an invitation opens: who vouches, from which organisation, whom both know; and the way in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Bare, Elsewhere, Signed};
use crate::accounts::{self, Account, entity};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::edge::limits;
use crate::edge::params::Form;
use crate::invitations::{Invitation, ops};
use crate::relationships;
use crate::web::frame::Frame;
use crate::web::sign_up::{self, SignUp};
use crate::web::visitor::Visitor;

/// How many of those whom both know are named.
const MOST_COMMON: i64 = 5;

/// Who vouches, as the pages say it.
pub struct Vouch {
    pub name: String,
    pub handle: String,
    pub url: String,
    pub picture: String,
    pub note: String,
    pub until: String,
}

impl Vouch {
    pub fn new(visitor: &Visitor, invitation: &Invitation, host: &Account) -> Self {
        let app = &visitor.app;
        Self {
            name: name_of(host),
            handle: format!("@{}", host.full_handle(&app.config.instance.domain)),
            url: host.url.clone(),
            picture: entity::avatar(host, &app.origin),
            note: invitation.note.clone(),
            until: visitor.texts.day(invitation.expires_at),
        }
    }
}

/// The name that somebody chose, or their user name.
pub fn name_of(account: &Account) -> String {
    if account.display_name.is_empty() { account.username.clone() } else { account.display_name.clone() }
}

#[derive(Template)]
#[template(path = "auth/invite.html")]
struct InvitePage {
    frame: Frame,
    vouch: Vouch,
    common: Vec<(String, String)>,
    action: String,
    /// It is the visitor's own.
    own: bool,
}

/// One that there is not is counted like an attempt to sign in.
async fn find(app: &App, request: &HttpRequest, token: &str) -> Result<(Invitation, Account)> {
    match ops::look(app, token).await? {
        Some(found) => Ok(found),
        None => limits::sign_in(app, request).and(Err(Error::Gone("Invitation"))),
    }
}

/// Those who follow the host and whom the visitor follows: name and address.
async fn common(app: &App, me: AccountId, host: AccountId) -> Result<Vec<(String, String)>> {
    let mut conn = app.db.get().await?;
    let pairs = relationships::store::list_familiar(&mut conn, me, &[host], MOST_COMMON).await?;
    let ids: Vec<AccountId> = pairs.into_iter().map(|(_, follower)| follower).filter(|id| *id != me).collect();
    let found = accounts::store::list_accounts(&mut conn, &ids).await?;
    Ok(found.iter().map(|account| (name_of(account), account.url.clone())).collect())
}

/// GET /invite/TOKEN: a stranger can register, who is signed in can accept.
pub async fn show(visitor: Visitor, request: HttpRequest, token: web::Path<String>) -> Result<HttpResponse> {
    let (invitation, host) = find(&visitor.app, &request, &token).await?;
    let action = format!("/invite/{token}");
    let vouch = Vouch::new(&visitor, &invitation, &host);
    let Some(me) = visitor.account() else {
        return sign_up::page(visitor, StatusCode::OK, SignUp::default(), None, &[], Some((action, vouch)));
    };
    let page = InvitePage {
        frame: Frame::new(&visitor, visitor.texts.with("invite-title", "name", &vouch.name)),
        common: common(&visitor.app, me.id, host.id).await?,
        own: me.id == host.id,
        action: format!("{action}/accept"),
        vouch,
    };
    visitor.page(StatusCode::OK, &page)
}

/// POST /invite/TOKEN: registers.
pub async fn join(
    visitor: Visitor,
    request: HttpRequest,
    token: web::Path<String>,
    Form(form): Form<SignUp>,
) -> Result<HttpResponse> {
    let (invitation, host) = find(&visitor.app, &request, &token).await?;
    let vouch = Vouch::new(&visitor, &invitation, &host);
    sign_up::register(visitor, request, form, Some((invitation, format!("/invite/{token}"), vouch))).await
}

/// POST /invite/TOKEN/accept: of somebody who has an account here.
pub async fn accept(
    signed: Signed,
    request: HttpRequest,
    token: web::Path<String>,
    Form(form): Form<Bare>,
) -> Result<HttpResponse, Elsewhere> {
    signed.visitor.require_own_form(&request, &form.token)?;
    let (invitation, host) = find(&signed.visitor.app, &request, &token).await?;
    ops::accept(&signed.visitor.app, &invitation, &signed.account).await?;
    Ok(crate::web::see_other(&format!("/@{}", host.username)))
}
