//! /settings/appearance: how a person wants to see these pages.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::TZ_VARIANTS;
use serde::Deserialize;

use super::form::{Choice, Problems, choices};
use super::{Me, Menu, saved};
use crate::accounts::Preferences;
use crate::accounts::ops::preferences;
use crate::base::Result;
use crate::edge::params::Form;
use crate::web::frame::Frame;
use crate::web::texts::Texts;

const PATH: &str = "/settings/appearance";

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    token: String,
    theme: String,
    text_size: String,
    motion: String,
    language: String,
    time_zone: String,
}

#[derive(Template)]
#[template(path = "settings/appearance.html")]
struct AppearancePage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    themes: Vec<Choice>,
    sizes: Vec<Choice>,
    motions: Vec<Choice>,
    languages: Vec<Choice>,
    time_zone: String,
    zones: Vec<&'static str>,
    now: String,
}

fn page(me: &Me, request: &HttpRequest, typed: Typed, problems: Problems) -> Result<HttpResponse> {
    let t = &me.visitor.texts;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut languages = vec![(String::new(), t.say("settings-language-browser"))];
    languages.extend(Texts::languages());
    let page = AppearancePage {
        frame: Frame::new(&me.visitor, t.say("settings-appearance")),
        menu: Menu::settings(t, PATH, request),
        problems,
        themes: choices(
            [
                ("system", t.say("settings-theme-system")),
                ("light", t.say("settings-theme-light")),
                ("dark", t.say("settings-theme-dark")),
            ],
            &typed.theme,
        ),
        sizes: choices(
            [
                ("normal", t.say("settings-text-normal")),
                ("large", t.say("settings-text-large")),
                ("larger", t.say("settings-text-larger")),
            ],
            &typed.text_size,
        ),
        motions: choices(
            [("system", t.say("settings-motion-system")), ("still", t.say("settings-motion-still"))],
            &typed.motion,
        ),
        languages: choices(languages, &typed.language),
        time_zone: typed.time_zone,
        zones: TZ_VARIANTS.iter().map(|zone| zone.name()).collect(),
        now: t.moment(me.visitor.app.now()),
    };
    me.visitor.page(status, &page)
}

/// GET /settings/appearance
pub async fn show(me: Me, request: HttpRequest) -> Result<HttpResponse> {
    let now = me.visitor.preferences.clone();
    let typed = Typed {
        token: String::new(),
        theme: now.theme,
        text_size: now.text_size,
        motion: now.motion,
        language: now.language.unwrap_or_default(),
        time_zone: now.time_zone.unwrap_or_default(),
    };
    page(&me, &request, typed, Problems::default())
}

/// POST /settings/appearance
pub async fn save(me: Me, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    me.visitor.require_own_form(&request, &typed.token)?;
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let new = Preferences {
        theme: typed.theme.clone(),
        text_size: typed.text_size.clone(),
        motion: typed.motion.clone(),
        language: filled(&typed.language),
        time_zone: filled(&typed.time_zone),
    };
    match preferences::change(&me.visitor.app, me.account.id, &new).await {
        Ok(()) => Ok(saved(PATH)),
        Err(error) => {
            let names = [
                ("theme", "theme"),
                ("text_size", "text_size"),
                ("motion", "motion"),
                ("language", "language"),
                ("time_zone", "time_zone"),
            ];
            let problems = Problems::of(&me.visitor.texts, error, &names)?;
            page(&me, &request, typed, problems)
        }
    }
}
