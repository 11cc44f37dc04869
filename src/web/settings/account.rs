//! /settings/account: other accounts of the same person, moving there, and the end.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::form::Problems;
use super::{Me, Menu, saved};
use crate::accounts::{sign_in, view};
use crate::base::{Error, Result};
use crate::edge::limits;
use crate::edge::params::Form;
use crate::portability::{MOVE_PAUSE, object, ops, view as portability};
use crate::web::auth::admit;
use crate::web::frame::Frame;

const PATH: &str = "/settings/account";

/// Another account of the same person.
struct Alias {
    uri: String,
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    token: String,
    alias: String,
    uri: String,
    target: String,
    username: String,
    password: String,
}

#[derive(Template)]
#[template(path = "settings/account.html")]
struct AccountPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    handle: String,
    aliases: Vec<Alias>,
    alias: String,
    target: String,
    /// Where the person moved.
    moved: Option<String>,
    pause: String,
}

#[derive(Template)]
#[template(path = "settings/delete.html")]
struct DeletePage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    handle: String,
    own_name: String,
    username: String,
}

async fn page(me: &Me, request: &HttpRequest, typed: &Typed, problems: Problems) -> Result<HttpResponse> {
    let t = &me.visitor.texts;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let known = portability::load_aliases(&mut *me.visitor.app.db.get().await?, &me.account).await?;
    let alias = |(uri, acct): (String, Option<String>)| Alias {
        name: acct.map_or_else(|| uri.clone(), |acct| format!("@{acct}")),
        uri,
    };
    let page = AccountPage {
        frame: Frame::new(&me.visitor, t.say("settings-account")),
        menu: Menu::settings(t, PATH, request),
        problems,
        handle: format!("@{}", me.account.full_handle(&me.visitor.app.config.instance.domain)),
        aliases: known.into_iter().map(alias).collect(),
        alias: typed.alias.clone(),
        target: typed.target.clone(),
        moved: me.account.moved_to_uri.clone(),
        pause: t.count("settings-move-pause", &MOVE_PAUSE.num_days()),
    };
    me.visitor.page(status, &page)
}

/// GET /settings/account
pub async fn show(me: Me, request: HttpRequest) -> Result<HttpResponse> {
    page(&me, &request, &Typed::default(), Problems::default()).await
}

/// Back to the page when it went well, else the page with what is wrong with `field`.
async fn finish(
    me: &Me,
    request: &HttpRequest,
    typed: &Typed,
    outcome: Result<()>,
    field: &str,
) -> Result<HttpResponse> {
    match outcome {
        Ok(()) => {
            view::invalidate(&me.visitor.app, me.account.id);
            Ok(saved(PATH))
        }
        Err(error) => {
            let problems = Problems::of(&me.visitor.texts, error, &[("acct", field), ("password", "password")])?;
            page(me, request, typed, problems).await
        }
    }
}

/// POST /settings/account/aliases
pub async fn add_alias(me: Me, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    me.visitor.require_own_form(&request, &typed.token)?;
    let added = async {
        let other = object::resolve(&me.visitor.app, &typed.alias).await?;
        ops::add_alias(&me.visitor.app, &me.account, &other).await
    };
    finish(&me, &request, &typed, added.await, "alias").await
}

/// POST /settings/account/aliases/remove
pub async fn remove_alias(me: Me, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    me.visitor.require_own_form(&request, &typed.token)?;
    let removed = ops::remove_alias(&me.visitor.app, &me.account, &typed.uri).await;
    finish(&me, &request, &typed, removed, "alias").await
}

/// Fails unless the password is right. How often one may try is limited.
async fn confirm(me: &Me, request: &HttpRequest, password: &str) -> Result<()> {
    limits::sign_in(&me.visitor.app, request)?;
    admit::count_attempt(&me.visitor, Some(me.account.id), sign_in::account_key(me.account.id)).await?;
    if sign_in::is_password(&me.visitor.app, &me.user, password).await? {
        return Ok(());
    }
    Err(Error::invalid("password", "is not your password"))
}

/// POST /settings/account/move
pub async fn move_away(me: Me, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    me.visitor.require_own_form(&request, &typed.token)?;
    let moved = async {
        confirm(&me, &request, &typed.password).await?;
        let target = object::resolve(&me.visitor.app, &typed.target).await?;
        ops::move_away(&me.visitor.app, &me.account, &target).await
    };
    finish(&me, &request, &typed, moved.await, "target").await
}

/// POST /settings/account/stay
pub async fn stay(me: Me, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    me.visitor.require_own_form(&request, &typed.token)?;
    let stayed = ops::stay(&me.visitor.app, &me.account).await;
    finish(&me, &request, &typed, stayed, "target").await
}

fn deletion(me: &Me, request: &HttpRequest, username: String, problems: Problems) -> Result<HttpResponse> {
    let t = &me.visitor.texts;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = DeletePage {
        frame: Frame::new(&me.visitor, t.say("settings-delete")),
        menu: Menu::settings(t, PATH, request),
        problems,
        handle: format!("@{}", me.account.full_handle(&me.visitor.app.config.instance.domain)),
        own_name: me.account.username.clone(),
        username,
    };
    me.visitor.page(status, &page)
}

/// GET /settings/account/delete
pub async fn ask_to_delete(me: Me, request: HttpRequest) -> Result<HttpResponse> {
    deletion(&me, &request, String::new(), Problems::default())
}

/// POST /settings/account/delete: for good.
pub async fn delete(me: Me, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    me.visitor.require_own_form(&request, &typed.token)?;
    let app = &me.visitor.app;
    if typed.username.trim().trim_start_matches('@') != me.account.username {
        let why = me.visitor.texts.with("settings-delete-name-wrong", "name", &me.account.username);
        return deletion(&me, &request, typed.username, Problems::one("username", why));
    }
    match confirm(&me, &request, &typed.password).await {
        Ok(()) => {}
        Err(error) => {
            let problems = Problems::of(&me.visitor.texts, error, &[("password", "password")])?;
            return deletion(&me, &request, typed.username, problems);
        }
    }
    app.transaction(async |conn| ops::begin_deletion(app, conn, &me.account).await).await?;
    view::invalidate(app, me.account.id);
    me.visitor.signed_out("/").await
}
