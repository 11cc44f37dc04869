//! /admin/servers: how this instance stands to others.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Admin, NOT_FOUND, Sent};
use crate::base::handle::normalise_domain;
use crate::base::id::RuleId;
use crate::base::page::{Page, PageQuery};
use crate::base::{Error, Result};
use crate::edge::form::Files;
use crate::edge::params::{self, Form, lenient};
use crate::instances;
use crate::moderation::ops::{self, SEVERITIES};
use crate::moderation::store::{self, DomainAllow};
use crate::moderation::{DomainBlock, RuleDraft};
use crate::portability::api::imports::{MOST_BYTES, read};
use crate::web::frame::Frame;
use crate::web::settings::form::{Choice, Problems, choices};
use crate::web::settings::{Menu, saved};
use crate::web::texts::Texts;

const PATH: &str = "/admin/servers";
const ON_PAGE: i64 = 200;

/// A server that is blocked, in a list.
struct Row {
    id: RuleId,
    domain: String,
    severity: String,
    media: bool,
    reason: String,
}

fn severity_in_words(t: &Texts, severity: &str) -> String {
    match severity {
        "suspend" => t.say("admin-server-suspend"),
        "silence" => t.say("admin-server-silence"),
        _ => t.say("admin-server-noop"),
    }
}

fn row(t: &Texts, block: &DomainBlock) -> Row {
    let reasons = [&block.private_comment, &block.public_comment].into_iter().flatten().cloned();
    Row {
        id: block.id,
        domain: block.domain.clone(),
        severity: severity_in_words(t, &block.severity),
        media: block.reject_media && block.severity != "suspend",
        reason: reasons.collect::<Vec<_>>().join(" · "),
    }
}

/// What a form says of a block.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    token: String,
    domain: String,
    severity: String,
    #[serde(deserialize_with = "lenient::boolean")]
    reject_media: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    reject_reports: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    obfuscate: Option<bool>,
    private_comment: String,
    public_comment: String,
    /// Why a server is let in.
    reason: String,
    /// A list, and whether it goes before what there is.
    #[serde(deserialize_with = "lenient::text")]
    data: Option<String>,
    #[serde(deserialize_with = "lenient::boolean")]
    overwrite: Option<bool>,
}

/// What the form of a block shows, in the list and on its own page.
struct BlockForm {
    domain: String,
    severities: Vec<Choice>,
    reject_media: bool,
    reject_reports: bool,
    obfuscate: bool,
    private_comment: String,
    public_comment: String,
}

impl BlockForm {
    fn new(t: &Texts, typed: Typed) -> Self {
        Self {
            domain: typed.domain,
            severities: choices(SEVERITIES.map(|one| (one, severity_in_words(t, one))), &typed.severity),
            reject_media: typed.reject_media == Some(true),
            reject_reports: typed.reject_reports == Some(true),
            obfuscate: typed.obfuscate == Some(true),
            private_comment: typed.private_comment,
            public_comment: typed.public_comment,
        }
    }
}

#[derive(Template)]
#[template(path = "admin/servers.html")]
struct ListPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    /// What is looked for in the names, as it was typed; empty: nothing.
    q: String,
    /// Servers that are known here and found, with what is to be said of them.
    known: Vec<(String, String)>,
    blocks: Vec<Row>,
    /// Set in the configuration file.
    configured: Vec<String>,
    allows: Vec<DomainAllow>,
    /// Only those that are allowed are spoken to.
    limited: bool,
    form: BlockForm,
    /// Why a server is let in.
    reason: String,
    overwrite: bool,
    older: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/server.html")]
struct BlockPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    id: RuleId,
    form: BlockForm,
}

/// What the first page shows: a page of the list, or what has something in its name.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    q: String,
    #[serde(flatten)]
    page: PageQuery,
}

/// What operations call the fields, and what the forms do.
const NAMES: [(&str, &str); 5] = [
    ("domain", "domain"),
    ("severity", "severity"),
    ("private_comment", "private_comment"),
    ("public_comment", "public_comment"),
    ("data", "data"),
];

async fn page(
    staff: &Admin,
    request: &HttpRequest,
    wanted: &Wanted,
    typed: Typed,
    problems: Problems,
) -> Result<HttpResponse> {
    let (app, t) = (&staff.visitor.app, staff.texts());
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = wanted.page.page(ON_PAGE, ON_PAGE);
    let sought = wanted.q.trim().to_lowercase();
    // Names are kept as the net has them: `xn--…`.
    let sought = if sought.is_ascii() { sought } else { normalise_domain(&sought).unwrap_or(sought) };
    let pattern = Some(store::having(&sought)).filter(|_| !sought.is_empty());
    let mut conn = app.db.get().await?;
    let (blocks, known) = match &pattern {
        Some(pattern) => {
            let known = instances::store::list_peers_named(&mut conn, pattern, ON_PAGE).await?;
            (store::list_domain_blocks_named(&mut conn, pattern, ON_PAGE).await?, known)
        }
        None => (store::list_domain_blocks(&mut conn, page).await?, Vec::new()),
    };
    let all = Page { below: i64::MAX, above: 0, upwards: false, limit: 1000 };
    let allows = store::list_domain_allows(&mut conn, all).await?;
    drop(conn);
    let full = pattern.is_none() && i64::try_from(blocks.len()).unwrap_or(0) == page.limit;
    let is_found = |domain: &String| domain.contains(&sought);
    let failing =
        |since: Option<DateTime<Utc>>| since.map(|since| t.with("admin-host-fails", "since", t.moment(since)));
    let page = ListPage {
        frame: Frame::new(&staff.visitor, t.say("admin-servers")),
        menu: staff.menu(PATH, request),
        problems,
        older: blocks.last().filter(|_| full).map(|last| format!("{PATH}?max_id={}", last.id)),
        blocks: blocks.iter().map(|block| row(t, block)).collect(),
        configured: app.config.federation.suspended_domains.iter().filter(|one| is_found(one)).cloned().collect(),
        allows: allows.into_iter().filter(|allow| is_found(&allow.domain)).collect(),
        known: known.into_iter().map(|(domain, since)| (domain, failing(since).unwrap_or_default())).collect(),
        q: wanted.q.trim().to_owned(),
        reason: typed.reason.clone(),
        limited: app.config.federation.limited,
        overwrite: typed.overwrite == Some(true),
        form: BlockForm::new(t, typed),
    };
    staff.visitor.page(status, &page)
}

fn usual() -> Typed {
    Typed { severity: "suspend".into(), ..Typed::default() }
}

/// GET /admin/servers
pub async fn list(staff: Admin, request: HttpRequest, wanted: web::Query<Wanted>) -> Result<HttpResponse> {
    page(&staff, &request, &wanted, usual(), Problems::default()).await
}

fn domain_in(text: &str) -> Result<String> {
    normalise_domain(text.trim()).ok_or_else(|| Error::invalid("domain", "is no name of a server, such as example.org"))
}

impl Typed {
    fn draft(&self) -> RuleDraft {
        RuleDraft {
            severity: Some(self.severity.clone()),
            reject_media: Some(self.reject_media == Some(true)),
            reject_reports: Some(self.reject_reports == Some(true)),
            obfuscate: Some(self.obfuscate == Some(true)),
            private_comment: Some(self.private_comment.trim().to_owned()),
            public_comment: Some(self.public_comment.trim().to_owned()),
        }
    }
}

/// POST /admin/servers/blocks
pub async fn block(staff: Admin, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &typed.token)?;
    let app = &staff.visitor.app;
    let done = async {
        let block = ops::new_block(app, domain_in(&typed.domain)?, typed.draft())?;
        match ops::block_domain(app, &staff.by, &block).await {
            Err(Error::Conflict(_)) => Err(Error::invalid("domain", "is in the list already")),
            outcome => outcome,
        }
    };
    match done.await {
        Ok(()) => Ok(saved(PATH)),
        Err(error) => {
            let problems = Problems::of(staff.texts(), error, &NAMES)?;
            page(&staff, &request, &Wanted::default(), typed, problems).await
        }
    }
}

async fn find(staff: &Admin, id: &str) -> Result<DomainBlock> {
    let id: RuleId = id.parse().map_err(|_| NOT_FOUND)?;
    store::find_domain_block(&mut *staff.visitor.app.db.get().await?, id).await?.ok_or(NOT_FOUND)
}

fn block_page(
    staff: &Admin,
    request: &HttpRequest,
    id: RuleId,
    typed: Typed,
    problems: Problems,
) -> Result<HttpResponse> {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = BlockPage {
        frame: Frame::new(&staff.visitor, typed.domain.clone()),
        menu: staff.menu(PATH, request),
        problems,
        id,
        form: BlockForm::new(staff.texts(), typed),
    };
    staff.visitor.page(status, &page)
}

/// GET /admin/servers/blocks/{id}
pub async fn show(staff: Admin, request: HttpRequest, id: web::Path<String>) -> Result<HttpResponse> {
    let block = find(&staff, &id).await?;
    let typed = Typed {
        domain: block.domain,
        severity: block.severity,
        reject_media: Some(block.reject_media),
        reject_reports: Some(block.reject_reports),
        obfuscate: Some(block.obfuscate),
        private_comment: block.private_comment.unwrap_or_default(),
        public_comment: block.public_comment.unwrap_or_default(),
        ..Typed::default()
    };
    block_page(&staff, &request, block.id, typed, Problems::default())
}

/// POST /admin/servers/blocks/{id}
pub async fn change(
    staff: Admin,
    request: HttpRequest,
    id: web::Path<String>,
    Form(mut typed): Form<Typed>,
) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &typed.token)?;
    let mut block = find(&staff, &id).await?;
    let done = match typed.draft().apply(&mut block) {
        Ok(()) => ops::change_domain_block(&staff.visitor.app, &staff.by, &block).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(saved(PATH)),
        Err(error) => {
            let problems = Problems::of(staff.texts(), error, &NAMES)?;
            typed.domain = block.domain;
            block_page(&staff, &request, block.id, typed, problems)
        }
    }
}

/// POST /admin/servers/blocks/{id}/remove
pub async fn unblock(
    staff: Admin,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Sent>,
) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &form.token)?;
    let id = id.parse().map_err(|_| NOT_FOUND)?;
    ops::unblock_domain(&staff.visitor.app, &staff.by, id).await?;
    Ok(saved(PATH))
}

/// POST /admin/servers/allows
pub async fn allow(staff: Admin, request: HttpRequest, Form(typed): Form<Typed>) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &typed.token)?;
    let app = &staff.visitor.app;
    let done = async {
        let (id, reason) = (RuleId(app.mint()), typed.reason.trim().to_owned());
        let allow = DomainAllow { id, domain: domain_in(&typed.domain)?, created_at: app.now(), reason };
        match ops::allow_domain(app, &staff.by, allow).await {
            Err(Error::Conflict(_)) => Err(Error::invalid("domain", "is in the list already")),
            outcome => outcome.map(drop),
        }
    };
    match done.await {
        Ok(()) => Ok(saved(PATH)),
        Err(error) => {
            let problems = Problems::of(staff.texts(), error, &[("domain", "allow"), ("reason", "reason")])?;
            let typed = Typed { domain: typed.domain, reason: typed.reason, ..usual() };
            page(&staff, &request, &Wanted::default(), typed, problems).await
        }
    }
}

/// POST /admin/servers/allows/{id}/remove
pub async fn disallow(
    staff: Admin,
    request: HttpRequest,
    id: web::Path<String>,
    Form(form): Form<Sent>,
) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &form.token)?;
    let id = id.parse().map_err(|_| NOT_FOUND)?;
    ops::disallow_domain(&staff.visitor.app, &staff.by, id).await?;
    Ok(saved(PATH))
}

/// GET /admin/servers/blocks.csv
pub async fn export(staff: Admin) -> Result<HttpResponse> {
    let list = ops::export_blocks(&staff.visitor.app).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"domain_blocks.csv\""))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(list))
}

/// POST /admin/servers/import
pub async fn import(staff: Admin, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse> {
    let (typed, mut files): (Typed, Files) = params::read_with_files(&request, payload, &["data"], MOST_BYTES).await?;
    staff.visitor.require_own_form(&request, &typed.token)?;
    let done = async {
        let data = read(files.remove("data"), typed.data.clone()).await?;
        if data.trim().is_empty() {
            return Err(Error::invalid("data", "has nothing in it"));
        }
        ops::import_blocks(&staff.visitor.app, &staff.by, &data, typed.overwrite == Some(true)).await
    };
    match done.await {
        Ok(_) => Ok(saved(PATH)),
        Err(error) => {
            let problems = Problems::of(staff.texts(), error, &NAMES)?;
            page(&staff, &request, &Wanted::default(), Typed { overwrite: typed.overwrite, ..usual() }, problems).await
        }
    }
}
