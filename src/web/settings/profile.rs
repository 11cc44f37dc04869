//! /settings/profile: what others see of a person.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::Problems;
use super::{Me, Menu, saved};
use crate::accounts::ops::{MOST_FIELDS, ProfileChanges};
use crate::accounts::{ActorType, api, store};
use crate::base::{Result, text};
use crate::edge::form::Files;
use crate::edge::params::{self, lenient};
use crate::media::Role;
use crate::web::frame::Frame;

const PATH: &str = "/settings/profile";

/// GET /settings.
pub async fn start(_me: Me) -> HttpResponse {
    crate::web::see_other(PATH)
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Line {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    token: String,
    display_name: String,
    note: String,
    #[serde(deserialize_with = "lenient::list")]
    fields: Vec<Line>,
    #[serde(deserialize_with = "lenient::boolean")]
    bot: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    locked: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    discoverable: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    indexable: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    remove_avatar: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    remove_header: Option<bool>,
    avatar_description: String,
    header_description: String,
    /// One on each line.
    attribution_domains: String,
}

#[derive(Template)]
#[template(path = "settings/profile.html")]
struct ProfilePage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    display_name: String,
    note: String,
    lines: Vec<Line>,
    bot: bool,
    locked: bool,
    discoverable: bool,
    indexable: bool,
    avatar: Option<String>,
    header: Option<String>,
    avatar_description: String,
    header_description: String,
    attribution_domains: String,
    url: String,
}

fn page(me: &Me, request: &HttpRequest, typed: Typed, problems: Problems) -> Result<HttpResponse> {
    let t = &me.visitor.texts;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut lines = typed.fields;
    lines.resize(MOST_FIELDS.max(lines.len()), Line::default());
    let page = ProfilePage {
        frame: Frame::new(&me.visitor, t.say("settings-profile")),
        menu: Menu::settings(t, PATH, request),
        problems,
        display_name: typed.display_name,
        note: typed.note,
        lines,
        bot: typed.bot == Some(true),
        locked: typed.locked == Some(true),
        discoverable: typed.discoverable == Some(true),
        indexable: typed.indexable == Some(true),
        avatar: me.account.avatar(&me.visitor.app.origin),
        header: me.account.header(&me.visitor.app.origin),
        avatar_description: typed.avatar_description,
        header_description: typed.header_description,
        attribution_domains: typed.attribution_domains,
        url: me.account.url.clone(),
    };
    me.visitor.page(status, &page)
}

/// GET /settings/profile
pub async fn show(me: Me, request: HttpRequest) -> Result<HttpResponse> {
    let account = &me.account;
    let fields = account.profile_fields().into_iter();
    let mut conn = me.visitor.app.db.get().await?;
    let said = store::pictures::find_texts(&mut conn, account.id).await?;
    let domains = store::attribution::find_attribution(&mut conn, account.id).await?;
    drop(conn);
    let typed = Typed {
        display_name: account.display_name.clone(),
        note: account.note_source.clone(),
        fields: fields.map(|field| Line { value: text::plain_text(&field.value), name: field.name }).collect(),
        bot: Some(account.actor_type == ActorType::Service.as_str()),
        locked: Some(account.locked),
        discoverable: Some(account.discoverable),
        indexable: Some(account.indexable),
        avatar_description: said.avatar,
        header_description: said.header,
        attribution_domains: domains.join("\n"),
        ..Typed::default()
    };
    page(&me, &request, typed, Problems::default())
}

/// POST /settings/profile
pub async fn save(me: Me, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse> {
    let app = &me.visitor.app;
    let most = app.config.media.image_bytes.saturating_mul(2);
    let (typed, files): (Typed, Files) =
        params::read_with_files(&request, payload, &["avatar", "header"], most).await?;
    if !me.visitor.holds_form(&request, &typed.token)? {
        return page(&me, &request, typed, Problems::expired(&me.visitor.texts));
    }
    let refused = match change(&me, &typed, files).await {
        Ok(()) => return Ok(saved(PATH)),
        Err(error) => error,
    };
    let names = [
        ("display_name", "display_name"),
        ("note", "note"),
        ("fields", "fields"),
        ("avatar", "avatar"),
        ("header", "header"),
        ("avatar_description", "avatar_description"),
        ("header_description", "header_description"),
        ("attribution_domains", "attribution_domains"),
        ("file", "avatar"),
    ];
    let problems = Problems::of(&me.visitor.texts, refused, &names)?;
    page(&me, &request, typed, problems)
}

async fn change(me: &Me, typed: &Typed, mut files: Files) -> Result<()> {
    let app = &me.visitor.app;
    let avatar = api::take_picture(app, me.account.id, Role::Avatar, files.remove("avatar")).await?;
    let header = api::take_picture(app, me.account.id, Role::Header, files.remove("header")).await?;
    // A picture that goes takes with it what was said of it.
    let said = |removed: Option<bool>, text: &str| (removed != Some(true)).then(|| text.to_owned());
    let removed = |asked: Option<bool>| (asked == Some(true)).then_some(None);
    let changes = ProfileChanges {
        display_name: Some(typed.display_name.clone()),
        note: Some(typed.note.replace("\r\n", "\n")),
        fields: Some(typed.fields.iter().map(|line| (line.name.clone(), line.value.clone())).collect()),
        locked: Some(typed.locked == Some(true)),
        bot: Some(typed.bot == Some(true)),
        discoverable: Some(typed.discoverable == Some(true)),
        indexable: Some(typed.indexable == Some(true)),
        avatar: avatar.or(removed(typed.remove_avatar)),
        avatar_description: said(typed.remove_avatar, &typed.avatar_description),
        header_description: said(typed.remove_header, &typed.header_description),
        header: header.or(removed(typed.remove_header)),
        attribution_domains: Some(typed.attribution_domains.lines().map(str::to_owned).collect()),
        ..ProfileChanges::default()
    };
    api::change(app, &me.account, changes).await?;
    Ok(())
}
