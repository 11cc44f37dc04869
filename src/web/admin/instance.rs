//! /admin/rules, /admin/instance: what the instance says of itself, and who may register. What stands in the configuration file holds
//! until it is changed here, and again when it is changed back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use url::Url;

use super::Admin;
use crate::base::{Error, Result};
use crate::config::{RegistrationMode, Settings, is_web_page};
use crate::edge::params::Form;
use crate::moderation::ops;
use crate::web::frame::Frame;
use crate::web::settings::form::{Choice, Problems, choices};
use crate::web::settings::{Menu, saved};

const RULES: &str = "/admin/rules";
const INSTANCE: &str = "/admin/instance";

/// Bytes of an address, at most.
const MOST_URL: usize = 2000;

#[derive(Template)]
#[template(path = "admin/rules.html")]
struct RulesPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    rules: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Rules {
    token: String,
    /// One on each line.
    rules: String,
}

fn rules_page(staff: &Admin, request: &HttpRequest, rules: String, problems: Problems) -> Result<HttpResponse> {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = RulesPage {
        frame: Frame::new(&staff.visitor, staff.texts().say("admin-rules")),
        menu: staff.menu(RULES, request),
        problems,
        rules,
    };
    staff.visitor.page(status, &page)
}

/// GET /admin/rules
pub async fn rules(staff: Admin, request: HttpRequest) -> Result<HttpResponse> {
    let rules = staff.visitor.app.settings().rules.join("\n");
    rules_page(&staff, &request, rules, Problems::default())
}

/// POST /admin/rules
pub async fn save_rules(staff: Admin, request: HttpRequest, Form(typed): Form<Rules>) -> Result<HttpResponse> {
    if !staff.visitor.holds_form(&request, &typed.token)? {
        return rules_page(&staff, &request, typed.rules, Problems::expired(staff.texts()));
    }
    let app = &staff.visitor.app;
    let lines = typed.rules.lines().map(str::trim).filter(|line| !line.is_empty());
    let rules: Vec<String> = lines.map(str::to_owned).collect();
    match ops::change_settings(app, &staff.by, |before| Ok(Settings { rules, ..before.clone() })).await {
        Ok(()) => Ok(saved(RULES)),
        Err(error) => {
            let problems = Problems::of(staff.texts(), error, &[("rules", "rules")])?;
            rules_page(&staff, &request, typed.rules, problems)
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    token: String,
    title: String,
    description: String,
    contact_email: String,
    registrations: String,
    registrations_message: String,
    registrations_url: String,
    extended_description: String,
    privacy_policy: String,
    terms_of_service: String,
    terms_effective_date: String,
    next_terms_of_service: String,
    next_terms_effective_date: String,
}

#[derive(Template)]
#[template(path = "admin/instance.html")]
struct InstancePage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    title: String,
    description: String,
    contact_email: String,
    modes: Vec<Choice>,
    registrations_message: String,
    registrations_url: String,
    extended_description: String,
    privacy_policy: String,
    terms_of_service: String,
    terms_effective_date: String,
    next_terms_of_service: String,
    next_terms_effective_date: String,
    /// Keys that are not as in the configuration file.
    changed: Vec<String>,
}

/// What the configuration file calls it.
fn mode_name(mode: RegistrationMode) -> String {
    serde_json::to_value(mode).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn page(staff: &Admin, request: &HttpRequest, typed: Typed, problems: Problems) -> Result<HttpResponse> {
    let (app, t) = (&staff.visitor.app, staff.texts());
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let changed = app.settings().changes(&Settings::of(&app.config));
    let modes = [
        (mode_name(RegistrationMode::Open), t.say("admin-instance-open")),
        (mode_name(RegistrationMode::Approval), t.say("admin-instance-approval")),
        (mode_name(RegistrationMode::Invitation), t.say("admin-instance-invitation")),
        (mode_name(RegistrationMode::Closed), t.say("admin-instance-closed")),
    ];
    let page = InstancePage {
        frame: Frame::new(&staff.visitor, t.say("admin-instance")),
        menu: staff.menu(INSTANCE, request),
        problems,
        modes: choices(modes, &typed.registrations),
        title: typed.title,
        description: typed.description,
        contact_email: typed.contact_email,
        registrations_message: typed.registrations_message,
        registrations_url: typed.registrations_url,
        extended_description: typed.extended_description,
        privacy_policy: typed.privacy_policy,
        terms_of_service: typed.terms_of_service,
        terms_effective_date: typed.terms_effective_date,
        next_terms_of_service: typed.next_terms_of_service,
        next_terms_effective_date: typed.next_terms_effective_date,
        changed: changed.into_iter().map(|(key, _)| key).collect(),
    };
    staff.visitor.page(status, &page)
}

/// GET /admin/instance
pub async fn show(staff: Admin, request: HttpRequest) -> Result<HttpResponse> {
    let now = (*staff.visitor.app.settings()).clone();
    let typed = Typed {
        token: String::new(),
        registrations: mode_name(now.registrations),
        registrations_message: now.registrations_message,
        registrations_url: now.registrations_url.map(String::from).unwrap_or_default(),
        title: now.title,
        description: now.description,
        contact_email: now.contact_email,
        extended_description: now.extended_description,
        privacy_policy: now.privacy_policy,
        terms_of_service: now.terms_of_service,
        terms_effective_date: now.terms_effective_date.map(|date| date.to_string()).unwrap_or_default(),
        next_terms_of_service: now.next_terms_of_service,
        next_terms_effective_date: now.next_terms_effective_date.map(|date| date.to_string()).unwrap_or_default(),
    };
    page(&staff, &request, typed, Problems::default())
}

impl Typed {
    fn settings(&self, before: &Settings) -> Result<Settings> {
        let day = |field: &'static str, text: &str| match text.trim() {
            "" => Ok(None),
            date => {
                let wrong = |_| Error::invalid(field, "is no day, such as 2030-01-31");
                date.parse::<NaiveDate>().map(Some).map_err(wrong)
            }
        };
        let url = match self.registrations_url.trim() {
            "" => None,
            url => {
                let wrong = || Error::invalid("registrations_url", "must be the address of a web page");
                let url = Url::parse(url).ok().filter(|url| is_web_page(url) && url.as_str().len() <= MOST_URL);
                Some(url.ok_or_else(wrong)?)
            }
        };
        let mode = serde_json::Value::String(self.registrations.clone());
        let lines = |text: &str| text.replace("\r\n", "\n");
        Ok(Settings {
            title: self.title.trim().to_owned(),
            description: lines(self.description.trim()),
            contact_email: self.contact_email.trim().to_owned(),
            registrations: serde_json::from_value(mode)
                .map_err(|_| Error::invalid("registrations", "must be one of these"))?,
            registrations_message: lines(&self.registrations_message),
            registrations_url: url,
            extended_description: lines(&self.extended_description),
            privacy_policy: lines(&self.privacy_policy),
            terms_of_service: lines(&self.terms_of_service),
            terms_effective_date: day("terms_effective_date", &self.terms_effective_date)?,
            next_terms_of_service: lines(&self.next_terms_of_service),
            next_terms_effective_date: day("next_terms_effective_date", &self.next_terms_effective_date)?,
            ..before.clone()
        })
    }
}

/// POST /admin/instance
pub async fn save(staff: Admin, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    if !staff.visitor.holds_form(&request, &typed.token)? {
        return page(&staff, &request, typed, Problems::expired(staff.texts()));
    }
    let app = &staff.visitor.app;
    match ops::change_settings(app, &staff.by, |before| typed.settings(before)).await {
        Ok(()) => Ok(saved(INSTANCE)),
        Err(error) => {
            let names = [
                "title",
                "description",
                "contact_email",
                "registrations",
                "registrations_message",
                "registrations_url",
                "extended_description",
                "privacy_policy",
                "terms_of_service",
                "terms_effective_date",
                "next_terms_of_service",
                "next_terms_effective_date",
            ];
            let problems = Problems::of(staff.texts(), error, &names.map(|name| (name, name)))?;
            page(&staff, &request, typed, problems)
        }
    }
}
