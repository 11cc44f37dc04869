//! /admin/emoji: the instance's own custom emoji.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Admin, Sent};
use crate::base::{Error, Result};
use crate::edge::form::Files;
use crate::edge::params::{self, Form, lenient};
use crate::emojis::ops::EmojiChanges;
use crate::emojis::{CustomEmoji, MOST_BYTES, object, store};
use crate::moderation::ops;
use crate::web::frame::Frame;
use crate::web::settings::form::Problems;
use crate::web::settings::{Menu, saved};

const PATH: &str = "/admin/emoji";

struct Row {
    shortcode: String,
    url: String,
    category: String,
    visible: bool,
    disabled: bool,
}

impl Row {
    fn new(emoji: CustomEmoji) -> Self {
        Self {
            visible: emoji.visible_in_picker,
            disabled: emoji.disabled_at.is_some(),
            category: emoji.category.unwrap_or_default(),
            url: emoji.image_url,
            shortcode: emoji.shortcode,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    token: String,
    shortcode: String,
    category: String,
    #[serde(deserialize_with = "lenient::boolean")]
    visible: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    disabled: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    replace: Option<bool>,
}

#[derive(Template)]
#[template(path = "admin/emoji.html")]
struct ListPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    rows: Vec<Row>,
    shortcode: String,
    category: String,
    replace: bool,
}

async fn page(staff: &Admin, request: &HttpRequest, typed: Typed, problems: Problems) -> Result<HttpResponse> {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let rows = store::list_own(&mut *staff.visitor.app.db.get().await?).await?;
    let page = ListPage {
        frame: Frame::new(&staff.visitor, staff.texts().say("admin-emoji")),
        menu: staff.menu(PATH, request),
        problems,
        rows: rows.into_iter().map(Row::new).collect(),
        shortcode: typed.shortcode,
        category: typed.category,
        replace: typed.replace == Some(true),
    };
    staff.visitor.page(status, &page)
}

/// What operations call the fields, and what the forms do.
const NAMES: [(&str, &str); 3] = [("shortcode", "shortcode"), ("category", "category"), ("file", "picture")];

/// GET /admin/emoji
pub async fn list(staff: Admin, request: HttpRequest) -> Result<HttpResponse> {
    page(&staff, &request, Typed::default(), Problems::default()).await
}

/// POST /admin/emoji
pub async fn add(staff: Admin, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse> {
    let (typed, mut files): (Typed, Files) =
        params::read_with_files(&request, payload, &["picture"], MOST_BYTES).await?;
    staff.visitor.require_own_form(&request, &typed.token)?;
    let app = &staff.visitor.app;
    let done = async {
        let picture = files.remove("picture").ok_or_else(|| Error::invalid("file", "is missing: choose a picture"))?;
        let shortcode = typed.shortcode.trim().trim_matches(':');
        let changes = EmojiChanges { category: Some(typed.category.clone()), ..EmojiChanges::default() };
        let stored = object::take(app, picture, shortcode, typed.replace == Some(true), &changes).await?;
        ops::finish_emoji(app, &staff.by, shortcode, &stored, &changes).await
    };
    match done.await {
        Ok(_) => Ok(saved(PATH)),
        Err(error) => {
            let problems = Problems::of(staff.texts(), error, &NAMES)?;
            page(&staff, &request, typed, problems).await
        }
    }
}

/// POST /admin/emoji/{name}
pub async fn change(
    staff: Admin,
    request: HttpRequest,
    name: web::Path<String>,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &typed.token)?;
    let changes = EmojiChanges {
        category: Some(typed.category),
        visible_in_picker: Some(typed.visible == Some(true)),
        disabled: Some(typed.disabled == Some(true)),
    };
    match ops::change_emoji(&staff.visitor.app, &staff.by, &name, &changes).await {
        Ok(_) => Ok(saved(PATH)),
        Err(error) => {
            let problems = Problems::of(staff.texts(), error, &[])?;
            page(&staff, &request, Typed::default(), problems).await
        }
    }
}

/// POST /admin/emoji/{name}/remove
pub async fn remove(
    staff: Admin,
    request: HttpRequest,
    name: web::Path<String>,
    Form(form): Form<Sent>,
) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &form.token)?;
    ops::remove_emoji(&staff.visitor.app, &staff.by, &name).await?;
    Ok(saved(PATH))
}
