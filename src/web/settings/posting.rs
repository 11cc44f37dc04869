//! /settings/posting: what a new post begins with.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::form::{Choice, Problems, choices};
use super::{Me, Menu, saved};
use crate::accounts::api;
use crate::accounts::ops::ProfileChanges;
use crate::base::Result;
use crate::edge::params::{Form, lenient};
use crate::web::frame::Frame;

const PATH: &str = "/settings/posting";

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    token: String,
    visibility: String,
    language: String,
    quote_policy: String,
    #[serde(deserialize_with = "lenient::boolean")]
    sensitive: Option<bool>,
}

#[derive(Template)]
#[template(path = "settings/posting.html")]
struct PostingPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    audiences: Vec<Choice>,
    languages: Vec<Choice>,
    quoters: Vec<Choice>,
    sensitive: bool,
}

fn page(me: &Me, request: &HttpRequest, typed: &Typed, problems: Problems) -> Result<HttpResponse> {
    let t = &me.visitor.texts;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let languages = std::iter::once(("", t.say("settings-posting-language-none"))).chain(t.languages_written());
    let page = PostingPage {
        frame: Frame::new(&me.visitor, t.say("settings-posting")),
        menu: Menu::settings(t, PATH, request),
        problems,
        audiences: choices(
            [
                ("public", t.say("audience-public")),
                ("unlisted", t.say("audience-unlisted")),
                ("private", t.say("settings-posting-followers")),
                ("direct", t.say("audience-direct")),
            ],
            &typed.visibility,
        ),
        languages: choices(languages, &typed.language),
        quoters: choices(
            [
                ("public", t.say("settings-posting-quotes-all")),
                ("followers", t.say("settings-posting-quotes-followers")),
                ("nobody", t.say("settings-posting-quotes-nobody")),
            ],
            &typed.quote_policy,
        ),
        sensitive: typed.sensitive == Some(true),
    };
    me.visitor.page(status, &page)
}

/// GET /settings/posting
pub async fn show(me: Me, request: HttpRequest) -> Result<HttpResponse> {
    let typed = Typed {
        token: String::new(),
        visibility: me.user.default_visibility.clone(),
        language: me.user.default_language.clone().unwrap_or_default(),
        quote_policy: me.user.default_quote_policy.clone(),
        sensitive: Some(me.user.default_sensitive),
    };
    page(&me, &request, &typed, Problems::default())
}

/// POST /settings/posting
pub async fn save(me: Me, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    me.visitor.require_own_form(&request, &typed.token)?;
    let changes = ProfileChanges {
        default_visibility: Some(typed.visibility.clone()),
        default_language: Some(typed.language.clone()),
        default_quote_policy: Some(typed.quote_policy.clone()),
        default_sensitive: Some(typed.sensitive == Some(true)),
        ..ProfileChanges::default()
    };
    match api::change(&me.visitor.app, &me.account, changes).await {
        Ok(_) => Ok(saved(PATH)),
        Err(error) => {
            let names = [
                ("source[privacy]", "visibility"),
                ("source[language]", "language"),
                ("source[quote_policy]", "quote_policy"),
            ];
            let problems = Problems::of(&me.visitor.texts, error, &names)?;
            page(&me, &request, &typed, problems)
        }
    }
}
