//! /admin/access: who gets no account here, by the domain of their e-mail, by their very address, by their network.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Admin, NOT_FOUND, Sent};
use crate::accounts::refusals::canonical_email_hash;
use crate::base::handle::normalise_domain;
use crate::base::id::RuleId;
use crate::base::page::Page;
use crate::base::{Error, Result};
use crate::edge::params::{Form, lenient};
use crate::moderation::api::rules::sign_ups::{IpBody, new_ip};
use crate::moderation::store::{CanonicalEmailBlock, EmailDomainBlock, IpBlock};
use crate::moderation::{ops, store};
use crate::web::frame::Frame;
use crate::web::settings::form::{Choice, Problems, choices};
use crate::web::settings::{Menu, saved};
use crate::web::texts::Texts;

const PATH: &str = "/admin/access";

/// Of each list, so many are on a page.
const MOST: u16 = 50;

const SEVERITIES: [&str; 3] = ["sign_up_requires_approval", "sign_up_block", "no_access"];

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    token: String,
    domain: String,
    #[serde(deserialize_with = "lenient::boolean")]
    allow_with_approval: Option<bool>,
    email: String,
    ip: String,
    severity: String,
    comment: String,
    expires_in: String,
}

/// Where each of the lists goes on: below which id.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Further {
    #[serde(deserialize_with = "lenient::number")]
    domains: Option<i64>,
    #[serde(deserialize_with = "lenient::number")]
    emails: Option<i64>,
    #[serde(deserialize_with = "lenient::number")]
    networks: Option<i64>,
}

/// One more than is shown, to know whether there are others.
fn wanted(below: Option<i64>) -> Page {
    Page { below: below.unwrap_or(i64::MAX), above: 0, upwards: false, limit: i64::from(MOST) + 1 }
}

/// One of the lists, and where it goes on.
struct Rules {
    kind: &'static str,
    rows: Vec<Rule>,
    more: Option<RuleId>,
}

impl Rules {
    fn new(kind: &'static str, mut rows: Vec<Rule>) -> Self {
        let more = rows.len() > usize::from(MOST);
        rows.truncate(usize::from(MOST));
        Self { kind, more: rows.last().map(|rule| rule.id).filter(|_| more), rows }
    }
}

/// A rule as the lists show it.
struct Rule {
    id: RuleId,
    what: String,
    /// What it does, until when, why: in words.
    facts: Vec<String>,
}

#[derive(Template)]
#[template(path = "admin/access.html")]
struct AccessPage {
    frame: Frame,
    menu: Menu,
    problems: Problems,
    domains: Rules,
    emails: Rules,
    networks: Rules,
    typed: Typed,
    severities: Vec<Choice>,
    lengths: Vec<Choice>,
}

fn severity_in_words(t: &Texts, severity: &str) -> String {
    match severity {
        "sign_up_requires_approval" => t.say("admin-access-approval"),
        "sign_up_block" => t.say("admin-access-none"),
        _ => t.say("admin-access-nothing"),
    }
}

fn network(t: &Texts, block: IpBlock) -> Rule {
    let until = block.expires_at.map(|at| t.with("admin-access-until", "when", t.moment(at)));
    let facts = [Some(severity_in_words(t, &block.severity)), until, Some(block.comment)];
    let facts = facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect();
    Rule { id: block.id, what: block.ip, facts }
}

async fn page(
    staff: &Admin,
    request: &HttpRequest,
    further: &Further,
    typed: Typed,
    problems: Problems,
) -> Result<HttpResponse> {
    let (app, t) = (&staff.visitor.app, staff.texts());
    let mut conn = app.db.get().await?;
    let domains = store::list_email_domain_blocks(&mut conn, wanted(further.domains)).await?;
    let ids: Vec<RuleId> = domains.iter().map(|block| block.id).collect();
    let attempts = store::list_attempts(&mut conn, &ids).await?;
    let emails = store::list_canonical_email_blocks(&mut conn, wanted(further.emails)).await?;
    let networks = store::list_ip_blocks(&mut conn, wanted(further.networks)).await?;
    drop(conn);
    let domain = |block: EmailDomainBlock| {
        let words = if block.allow_with_approval { "admin-access-approval" } else { "admin-access-none" };
        let came: i64 = attempts.iter().filter(|(id, ..)| *id == block.id).map(|(.., count)| count).sum();
        let came = (came > 0).then(|| t.count("admin-access-attempts", &came));
        Rule { id: block.id, what: block.domain, facts: [Some(t.say(words)), came].into_iter().flatten().collect() }
    };
    let email = |block: CanonicalEmailBlock| Rule {
        id: block.id,
        what: block.canonical_email_hash.chars().take(16).collect(),
        facts: vec![t.moment(block.created_at)],
    };
    let lengths = [
        ("0", t.say("admin-access-ever")),
        ("86400", t.say("profile-mute-day")),
        ("604800", t.say("profile-mute-week")),
        ("2592000", t.say("profile-mute-month")),
    ];
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = AccessPage {
        frame: Frame::new(&staff.visitor, t.say("admin-access")),
        menu: staff.menu(PATH, request),
        problems,
        domains: Rules::new("domains", domains.into_iter().map(domain).collect()),
        emails: Rules::new("emails", emails.into_iter().map(email).collect()),
        networks: Rules::new("networks", networks.into_iter().map(|block| network(t, block)).collect()),
        severities: choices(SEVERITIES.map(|one| (one, severity_in_words(t, one))), &typed.severity),
        lengths: choices(lengths, &typed.expires_in),
        typed,
    };
    staff.visitor.page(status, &page)
}

/// GET /admin/access
pub async fn list(staff: Admin, request: HttpRequest, further: web::Query<Further>) -> Result<HttpResponse> {
    let typed = Typed { severity: "sign_up_block".into(), expires_in: "0".into(), ..Typed::default() };
    page(&staff, &request, &further, typed, Problems::default()).await
}

async fn block(staff: &Admin, kind: &str, typed: &Typed) -> Result<()> {
    let app = &staff.visitor.app;
    match kind {
        "domains" => {
            let domain = normalise_domain(typed.domain.trim().trim_start_matches('@'));
            let domain = domain.ok_or_else(|| Error::invalid("domain", "is not a valid domain name"))?;
            let allow_with_approval = typed.allow_with_approval == Some(true);
            let block = EmailDomainBlock { id: RuleId(app.mint()), domain, allow_with_approval, created_at: app.now() };
            ops::block_email_domain(app, &staff.by, &block).await
        }
        "emails" => {
            let hash = canonical_email_hash(typed.email.trim()).ok_or_else(|| Error::invalid("email", "is invalid"))?;
            let block =
                CanonicalEmailBlock { id: RuleId(app.mint()), canonical_email_hash: hash, created_at: app.now() };
            ops::block_email(app, &staff.by, &block).await
        }
        "networks" => {
            let body = IpBody {
                ip: Some(typed.ip.clone()),
                severity: Some(typed.severity.clone()),
                comment: Some(typed.comment.clone()),
                expires_in: Some(typed.expires_in.parse().unwrap_or(0)),
            };
            ops::block_ip(app, &staff.by, &new_ip(app, body)?).await
        }
        _ => Err(NOT_FOUND),
    }
}

/// POST /admin/access/{kind}: one more.
pub async fn add(
    staff: Admin,
    request: HttpRequest,
    kind: web::Path<String>,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &typed.token)?;
    match block(&staff, &kind, &typed).await {
        Ok(()) => Ok(saved(PATH)),
        Err(error) => {
            let names = [
                ("domain", "domain"),
                ("email", "email"),
                ("canonical_email_hash", "email"),
                ("ip", "ip"),
                ("severity", "severity"),
                ("comment", "comment"),
            ];
            let problems = Problems::of(staff.texts(), error, &names)?;
            page(&staff, &request, &Further::default(), typed, problems).await
        }
    }
}

/// POST /admin/access/{kind}/{id}/remove
pub async fn remove(
    staff: Admin,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    Form(form): Form<Sent>,
) -> Result<HttpResponse> {
    staff.visitor.require_own_form(&request, &form.token)?;
    let app = &staff.visitor.app;
    let id: RuleId = path.1.parse().map_err(|_| NOT_FOUND)?;
    match path.0.as_str() {
        "domains" => ops::unblock_email_domain(app, &staff.by, id).await?,
        "emails" => ops::unblock_email(app, &staff.by, id).await?,
        "networks" => ops::unblock_ip(app, &staff.by, id).await?,
        _ => return Err(NOT_FOUND),
    }
    Ok(saved(PATH))
}
