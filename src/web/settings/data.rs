//! /settings/data: what a person takes along, and what they bring.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::{Choice, Problems, choices};
use super::{Me, Menu, saved};
use crate::accounts;
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::form::Files;
use crate::edge::params::{self, lenient};
use crate::media;
use crate::portability::api::exports::{self, LISTS};
use crate::portability::api::imports::{MOST_BYTES, MOST_SHOWN, read};
use crate::portability::{Import, ListKind, ops, store};
use crate::web::frame::Frame;
use crate::web::texts::Texts;

const PATH: &str = "/settings/data";

/// A list that can be taken along.
struct File {
    name: &'static str,
    label: String,
}

/// A list that was brought along.
struct Brought {
    what: String,
    when: String,
    state: String,
    /// Lines that came to nothing, and why.
    failures: Vec<String>,
}

#[derive(Template)]
#[template(path = "settings/data.html")]
struct DataPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    /// How much everything is, in words.
    whole: String,
    files: Vec<File>,
    kinds: Vec<Choice>,
    overwrite: bool,
    brought: Vec<Brought>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    token: String,
    kind: String,
    #[serde(deserialize_with = "lenient::boolean")]
    overwrite: Option<bool>,
    #[serde(deserialize_with = "lenient::text")]
    data: Option<String>,
}

fn in_words(t: &Texts, name: &str) -> String {
    match name.trim_end_matches(".csv") {
        "following" => t.say("settings-data-following"),
        "followers" => t.say("settings-data-followers"),
        "blocks" => t.say("settings-data-blocks"),
        "mutes" => t.say("settings-data-mutes"),
        "domain_blocks" => t.say("settings-data-domain-blocks"),
        "lists" => t.say("settings-data-lists"),
        _ => t.say("settings-data-bookmarks"),
    }
}

/// Lines of a list that are told of.
const MOST_FAILURES: usize = 10;

fn brought(t: &Texts, import: &Import) -> Brought {
    let state = match import.finished_at {
        Some(_) => t.count("settings-data-imported", &i64::from(import.imported)),
        None => t.count("settings-data-waiting", &i64::from(import.total - import.processed)),
    };
    let failures: Vec<crate::portability::Failure> =
        serde_json::from_value(import.failures.clone()).unwrap_or_default();
    let failure = |one: &crate::portability::Failure| {
        format!("{}: {} – {}", one.line, one.text, t.why(&one.error.as_str().into()))
    };
    Brought {
        what: in_words(t, &import.kind),
        when: t.moment(import.created_at),
        state,
        failures: failures.iter().take(MOST_FAILURES).map(failure).collect(),
    }
}

/// About how many bytes a post is, as others read it.
const BYTES_OF_POST: i64 = 2_500;

/// How much is in somebody's archive, and about how large it will be.
async fn whole(t: &Texts, conn: &mut Conn, me: AccountId) -> Result<String> {
    let posts = accounts::store::list_with_stats(conn, &[me]).await?;
    let posts = posts.first().map_or(0, |(_, stats, _)| stats.statuses_count);
    let files = media::store::count_of_author(conn, me).await?;
    let size = t.bytes(files.bytes.saturating_add(posts.saturating_mul(BYTES_OF_POST)));
    let parts = [t.count("settings-data-all-posts", &posts), t.count("settings-data-all-files", &files.files)];
    Ok(format!("{} {}", parts.join(", "), t.with("settings-data-all-size", "size", size)))
}

async fn page(me: &Me, request: &HttpRequest, typed: &Typed, problems: Problems) -> Result<HttpResponse> {
    let t = &me.visitor.texts;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut conn = me.visitor.app.db.get().await?;
    let imports = store::list_imports(&mut conn, me.account.id, MOST_SHOWN).await?;
    let whole = whole(t, &mut conn, me.account.id).await?;
    drop(conn);
    let kinds = ["following", "lists", "blocks", "mutes", "domain_blocks", "bookmarks"];
    let page = DataPage {
        frame: Frame::new(&me.visitor, t.say("settings-data")),
        menu: Menu::settings(t, PATH, request),
        problems,
        whole,
        files: LISTS.iter().map(|name| File { name, label: in_words(t, name) }).collect(),
        kinds: choices(kinds.map(|kind| (kind, in_words(t, kind))), &typed.kind),
        overwrite: typed.overwrite == Some(true),
        brought: imports.iter().map(|import| brought(t, import)).collect(),
    };
    me.visitor.page(status, &page)
}

/// GET /settings/data
pub async fn show(me: Me, request: HttpRequest) -> Result<HttpResponse> {
    page(&me, &request, &Typed::default(), Problems::default()).await
}

/// GET /settings/data/{name}: a list, or account.json.
pub async fn export(me: Me, name: web::Path<String>) -> Result<HttpResponse> {
    exports::file(&me.visitor.app, me.account.id, &name).await
}

/// POST /settings/data/import
pub async fn import(me: Me, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse> {
    let (typed, mut files): (Typed, Files) = params::read_with_files(&request, payload, &["data"], MOST_BYTES).await?;
    me.visitor.require_own_form(&request, &typed.token)?;
    let begun = async {
        let kind = ListKind::parse(&typed.kind).ok_or_else(|| Error::invalid("kind", "must be one of these lists"))?;
        let data = read(files.remove("data"), typed.data.clone()).await?;
        ops::begin_import(&me.visitor.app, &me.account, kind, typed.overwrite == Some(true), &data).await
    };
    match begun.await {
        Ok(_) => Ok(saved(PATH)),
        Err(error) => {
            let problems = Problems::of(&me.visitor.texts, error, &[("kind", "kind"), ("data", "data")])?;
            page(&me, &request, &typed, problems).await
        }
    }
}
