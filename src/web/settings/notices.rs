//! /settings/notifications: of whom one wants to be told.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::form::{Choice, choices};
use super::{Me, Menu, saved};
use crate::base::{Error, Result};
use crate::edge::params::Form;
use crate::notifications::{Level, Policy, ops, store};
use crate::web::frame::Frame;
use crate::web::texts::Texts;

const PATH: &str = "/settings/notifications";

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    token: String,
    not_following: String,
    not_followers: String,
    new_accounts: String,
    private_mentions: String,
    limited_accounts: String,
}

/// Of whom, and what becomes of what they do.
struct Question {
    name: &'static str,
    label: String,
    hint: String,
    answers: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "settings/notices.html")]
struct NoticesPage {
    frame: Frame,
    menu: Menu,
    questions: Vec<Question>,
}

/// By what a form calls it: what is asked, and a hint.
fn words(name: &str) -> [&'static str; 2] {
    match name {
        "not_following" => ["settings-notices-not-following", "settings-notices-not-following-hint"],
        "not_followers" => ["settings-notices-not-followers", "settings-notices-not-followers-hint"],
        "new_accounts" => ["settings-notices-new-accounts", "settings-notices-new-accounts-hint"],
        "private_mentions" => ["settings-notices-private-mentions", "settings-notices-private-mentions-hint"],
        _ => ["settings-notices-limited-accounts", "settings-notices-limited-accounts-hint"],
    }
}

fn question(t: &Texts, name: &'static str, level: i16) -> Question {
    let [label, hint] = words(name);
    let chosen = Level::from_number(level).as_str();
    let levels = [
        ("accept", t.say("settings-notices-accept")),
        ("filter", t.say("settings-notices-filter")),
        ("drop", t.say("settings-notices-drop")),
    ];
    Question { name, label: t.say(label), hint: t.say(hint), answers: choices(levels, chosen) }
}

/// GET /settings/notifications
pub async fn show(me: Me, request: HttpRequest) -> Result<HttpResponse> {
    let t = &me.visitor.texts;
    let policy = store::find_policy(&mut *me.visitor.app.db.get().await?, me.account.id).await?;
    let questions = [
        ("not_following", policy.for_not_following),
        ("not_followers", policy.for_not_followers),
        ("new_accounts", policy.for_new_accounts),
        ("private_mentions", policy.for_private_mentions),
        ("limited_accounts", policy.for_limited_accounts),
    ];
    let page = NoticesPage {
        frame: Frame::new(&me.visitor, t.say("settings-notices")),
        menu: Menu::settings(t, PATH, &request),
        questions: questions.into_iter().map(|(name, level)| question(t, name, level)).collect(),
    };
    me.visitor.page(StatusCode::OK, &page)
}

/// A choice that the form offers.
fn level(typed: &str) -> Result<i16> {
    Level::parse(typed).map(Level::number).ok_or_else(|| Error::invalid("form", "has no such choice"))
}

/// POST /settings/notifications
pub async fn save(me: Me, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    me.visitor.require_own_form(&request, &typed.token)?;
    let chosen = Policy {
        account_id: me.account.id,
        for_not_following: level(&typed.not_following)?,
        for_not_followers: level(&typed.not_followers)?,
        for_new_accounts: level(&typed.new_accounts)?,
        for_private_mentions: level(&typed.private_mentions)?,
        for_limited_accounts: level(&typed.limited_accounts)?,
    };
    ops::change_policy(&me.visitor.app, me.account.id, move |policy| *policy = chosen).await?;
    Ok(saved(PATH))
}
