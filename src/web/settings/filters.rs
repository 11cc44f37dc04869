//! /settings/filters: what a person does not want to read, or only after a warning.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::{Choice, Problems, choices};
use super::{Me, Menu, saved};
use crate::base::id::{FilterId, FilterKeywordId};
use crate::base::{Error, Result};
use crate::edge::params::{Form, lenient};
use crate::filters::{CONTEXTS, FilterChanges, KeywordChange, WholeFilter, ops, store, view};
use crate::web::frame::Frame;
use crate::web::texts::Texts;

const PATH: &str = "/settings/filters";
const NOT_FOUND: Error = Error::NotFound("Page");

/// Empty lines for further keywords.
const SPARE: usize = 3;

/// A keyword as it stands in a form.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Line {
    /// Empty: a new one.
    id: String,
    keyword: String,
    #[serde(deserialize_with = "lenient::boolean")]
    whole_word: Option<bool>,
}

impl Line {
    fn whole(&self) -> bool {
        self.whole_word == Some(true)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    token: String,
    title: String,
    #[serde(deserialize_with = "lenient::list")]
    context: Vec<String>,
    action: String,
    /// Seconds; empty: as it is, or for ever.
    expires_in: String,
    #[serde(deserialize_with = "lenient::list")]
    keywords: Vec<Line>,
}

/// A filter in the list.
struct Row {
    id: FilterId,
    title: String,
    keywords: String,
    contexts: String,
    until: String,
}

#[derive(Template)]
#[template(path = "settings/filters.html")]
struct ListPage {
    frame: Frame,
    menu: Menu,
    filters: Vec<Row>,
}

#[derive(Template)]
#[template(path = "settings/filter.html")]
struct FilterPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    heading: String,
    action_path: String,
    /// Where it is deleted; `None` for one that is not there yet.
    delete_path: Option<String>,
    title: String,
    contexts: Vec<Choice>,
    actions: Vec<Choice>,
    durations: Vec<Choice>,
    lines: Vec<Line>,
}

fn context_in_words(t: &Texts, context: &str) -> String {
    match context {
        "home" => t.say("settings-filter-home"),
        "notifications" => t.say("settings-filter-notifications"),
        "public" => t.say("settings-filter-public"),
        "thread" => t.say("settings-filter-thread"),
        _ => t.say("settings-filter-account"),
    }
}

fn row(t: &Texts, whole: &WholeFilter) -> Row {
    let contexts = whole.filter.context.iter().flatten().map(|context| context_in_words(t, context));
    let keywords = whole.keywords.iter().map(|keyword| keyword.keyword.as_str());
    Row {
        id: whole.filter.id,
        title: whole.filter.title.clone(),
        keywords: keywords.collect::<Vec<_>>().join(", "),
        contexts: contexts.collect::<Vec<_>>().join(", "),
        until: whole.filter.expires_at.map(|at| t.moment(at)).unwrap_or_default(),
    }
}

/// GET /settings/filters
pub async fn list(me: Me, request: HttpRequest) -> Result<HttpResponse> {
    let t = &me.visitor.texts;
    let whole = {
        let mut conn = me.visitor.app.db.get().await?;
        let filters = store::list_filters(&mut conn, me.account.id).await?;
        view::load_whole(&mut conn, filters).await?
    };
    let page = ListPage {
        frame: Frame::new(&me.visitor, t.say("settings-filters")),
        menu: Menu::settings(t, PATH, &request),
        filters: whole.iter().map(|whole| row(t, whole)).collect(),
    };
    me.visitor.page(StatusCode::OK, &page)
}

fn page(
    me: &Me,
    request: &HttpRequest,
    id: Option<FilterId>,
    typed: Typed,
    problems: Problems,
) -> Result<HttpResponse> {
    let t = &me.visitor.texts;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let contexts = CONTEXTS.iter().map(|context| Choice {
        value: (*context).to_owned(),
        label: context_in_words(t, context),
        chosen: typed.context.iter().any(|chosen| chosen == context),
    });
    let mut durations = vec![
        ("never", t.say("settings-filter-forever")),
        ("3600", t.say("settings-filter-hour")),
        ("86400", t.say("settings-filter-day")),
        ("604800", t.say("settings-filter-week")),
        ("2592000", t.say("settings-filter-month")),
    ];
    if id.is_some() {
        durations.insert(0, ("", t.say("settings-filter-unchanged")));
    }
    let mut lines = typed.keywords;
    if lines.last().is_none_or(|last| !last.keyword.is_empty()) {
        lines.resize(lines.len() + SPARE, Line { whole_word: Some(true), ..Line::default() });
    }
    let heading = if id.is_some() { typed.title.clone() } else { t.say("settings-filter-new") };
    let page = FilterPage {
        frame: Frame::new(&me.visitor, heading.clone()),
        menu: Menu::settings(t, PATH, request),
        problems,
        heading,
        action_path: id.map_or_else(|| format!("{PATH}/new"), |id| format!("{PATH}/{id}")),
        delete_path: id.map(|id| format!("{PATH}/{id}/delete")),
        title: typed.title,
        contexts: contexts.collect(),
        actions: choices(
            [
                ("warn", t.say("settings-filter-warn")),
                ("blur", t.say("settings-filter-blur")),
                ("hide", t.say("settings-filter-hide")),
            ],
            &typed.action,
        ),
        durations: choices(durations, &typed.expires_in),
        lines,
    };
    me.visitor.page(status, &page)
}

/// GET /settings/filters/new
pub async fn new(me: Me, request: HttpRequest) -> Result<HttpResponse> {
    let context = CONTEXTS.iter().map(|context| (*context).to_owned()).collect();
    let typed = Typed { context, action: "warn".into(), expires_in: "never".into(), ..Typed::default() };
    page(&me, &request, None, typed, Problems::default())
}

impl Typed {
    fn changes(&self) -> Result<FilterChanges> {
        let expires_in = match self.expires_in.as_str() {
            "" => None,
            "never" => Some(None),
            seconds => {
                let wrong = |_| Error::invalid("expires_in", "must be a number of seconds");
                Some(Some(seconds.parse().map_err(wrong)?))
            }
        };
        let mut keywords = Vec::with_capacity(self.keywords.len());
        for line in &self.keywords {
            let blank = line.keyword.trim().is_empty();
            let id: Option<FilterKeywordId> = match line.id.as_str() {
                "" if blank => continue,
                "" => None,
                id => Some(id.parse().map_err(|_| NOT_FOUND)?),
            };
            let keyword = Some(line.keyword.clone());
            // What was emptied is removed.
            keywords.push(KeywordChange { id, keyword, whole_word: Some(line.whole()), removed: blank });
        }
        Ok(FilterChanges {
            title: Some(self.title.clone()),
            context: Some(self.context.clone()),
            action: Some(self.action.clone()),
            expires_in,
            keywords,
        })
    }
}

/// What operations call the fields, and what the form does.
const NAMES: [(&str, &str); 5] = [
    ("Title", "title"),
    ("Context", "context"),
    ("filter_action", "action"),
    ("expires_in", "expires_in"),
    ("Keyword", "keywords"),
];

/// POST /settings/filters/new
pub async fn create(me: Me, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    if !me.visitor.holds_form(&request, &typed.token)? {
        return page(&me, &request, None, typed, Problems::expired(&me.visitor.texts));
    }
    let made = match typed.changes() {
        Ok(changes) => ops::create(&me.visitor.app, me.account.id, &changes).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(_) => Ok(saved(PATH)),
        Err(error) => {
            let problems = Problems::of(&me.visitor.texts, error, &NAMES)?;
            page(&me, &request, None, typed, problems)
        }
    }
}

/// GET /settings/filters/{id}
pub async fn show(me: Me, request: HttpRequest, id: web::Path<String>) -> Result<HttpResponse> {
    let id: FilterId = id.parse().map_err(|_| NOT_FOUND)?;
    let whole = {
        let mut conn = me.visitor.app.db.get().await?;
        let filter = store::find_filter(&mut conn, me.account.id, id).await?.ok_or(NOT_FOUND)?;
        view::load_whole(&mut conn, vec![filter]).await?.pop().ok_or(NOT_FOUND)?
    };
    let keywords = whole.keywords.into_iter().map(|keyword| Line {
        id: keyword.id.to_string(),
        keyword: keyword.keyword,
        whole_word: Some(keyword.whole_word),
    });
    let typed = Typed {
        token: String::new(),
        title: whole.filter.title,
        context: whole.filter.context.into_iter().flatten().collect(),
        action: whole.filter.action,
        expires_in: if whole.filter.expires_at.is_some() { String::new() } else { "never".into() },
        keywords: keywords.collect(),
    };
    page(&me, &request, Some(id), typed, Problems::default())
}

/// POST /settings/filters/{id}
pub async fn save(
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse> {
    let id: FilterId = id.parse().map_err(|_| NOT_FOUND)?;
    if !me.visitor.holds_form(&request, &typed.token)? {
        return page(&me, &request, Some(id), typed, Problems::expired(&me.visitor.texts));
    }
    let changed = match typed.changes() {
        Ok(changes) => ops::update(&me.visitor.app, me.account.id, id, &changes).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(_) => Ok(saved(PATH)),
        Err(error) => {
            let problems = Problems::of(&me.visitor.texts, error, &NAMES)?;
            page(&me, &request, Some(id), typed, problems)
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Confirmed {
    token: String,
}

/// POST /settings/filters/{id}/delete
pub async fn delete(
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Confirmed>,
) -> Result<HttpResponse> {
    let id: FilterId = id.parse().map_err(|_| NOT_FOUND)?;
    me.visitor.require_own_form(&request, &form.token)?;
    let mut conn = me.visitor.app.db.get().await?;
    if store::delete_filter(&mut conn, me.account.id, id).await? { Ok(saved(PATH)) } else { Err(NOT_FOUND) }
}
