//! Who gets no account here: /api/v1/admin/{email_domain_blocks,canonical_email_blocks,ip_blocks}
//! (https://docs.joinmastodon.org/methods/admin/email_domain_blocks/).

use actix_web::web;
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{DomainBody, domain_in, id_in, listed};
use crate::accounts::entity::time;
use crate::accounts::refusals::{DAYS_COUNTED, canonical_email_hash, network};
use crate::app::App;
use crate::base::id::RuleId;
use crate::base::page::PageQuery;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::moderation::api::{ADMIN, NOT_FOUND, moderator};
use crate::moderation::store::{CanonicalEmailBlock, EmailDomainBlock, IpBlock};
use crate::moderation::{ops, store};
use crate::oauth::extract::Client;

/// Rules as JSON, with how many came of late with addresses that they are about.
async fn email_domains(app: &App, conn: &mut Conn, blocks: &[EmailDomainBlock]) -> Result<Vec<(RuleId, Value)>> {
    let ids: Vec<RuleId> = blocks.iter().map(|block| block.id).collect();
    let attempts = store::list_attempts(conn, &ids).await?;
    let today = app.now().date_naive();
    let write = |block: &EmailDomainBlock| {
        let of_day = |day: NaiveDate| attempts.iter().find(|(id, on, _)| *id == block.id && *on == day);
        let days = (0..DAYS_COUNTED).filter_map(|ago| today.checked_sub_days(Days::new(ago)));
        let history: Vec<Value> = days
            .map(|day| {
                // Who came is not kept, so each attempt counts as somebody.
                let count = of_day(day).map_or(0, |(.., count)| *count).to_string();
                let midnight = day.and_time(NaiveTime::MIN).and_utc().timestamp().to_string();
                json!({"day": midnight, "accounts": count, "uses": count})
            })
            .collect();
        let json = json!({
            "id": block.id,
            "domain": block.domain,
            "created_at": time(block.created_at),
            "allow_with_approval": block.allow_with_approval,
            "history": history,
        });
        (block.id, json)
    };
    Ok(blocks.iter().map(write).collect())
}

/// One of them.
async fn email_domain(app: &App, conn: &mut Conn, block: EmailDomainBlock) -> Answer {
    let written = email_domains(app, conn, &[block]).await?.pop();
    Ok(ok(&written.map(|(_, json)| json).unwrap_or_default()))
}

/// GET /api/v1/admin/email_domain_blocks
pub async fn list_email_domains(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    moderator(&app, &client, "admin:read:email_domain_blocks", ADMIN).await?;
    let page = query.0.page(100, 200);
    let mut conn = app.db.get().await?;
    let rows = store::list_email_domain_blocks(&mut conn, page).await?;
    let rows = email_domains(&app, &mut conn, &rows).await?;
    drop(conn);
    listed(&app, "email_domain_blocks", &rows, page.limit)
}

/// GET /api/v1/admin/email_domain_blocks/{id}
pub async fn show_email_domain(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    moderator(&app, &client, "admin:read:email_domain_blocks", ADMIN).await?;
    let mut conn = app.db.get().await?;
    let found = store::find_email_domain_block(&mut conn, id_in(&id)?).await?.ok_or(NOT_FOUND)?;
    email_domain(&app, &mut conn, found).await
}

#[derive(Deserialize)]
pub struct EmailDomainBody {
    #[serde(default, deserialize_with = "lenient::boolean")]
    allow_with_approval: Option<bool>,
    #[serde(flatten)]
    domain: DomainBody,
}

/// POST /api/v1/admin/email_domain_blocks
pub async fn create_email_domain(app: web::Data<App>, client: Client, body: Params<EmailDomainBody>) -> Answer {
    let by = moderator(&app, &client, "admin:write:email_domain_blocks", ADMIN).await?;
    let block = EmailDomainBlock {
        id: RuleId(app.mint()),
        domain: domain_in(body.0.domain.domain)?,
        allow_with_approval: body.0.allow_with_approval.unwrap_or(false),
        created_at: app.now(),
    };
    ops::block_email_domain(&app, &by, &block).await?;
    email_domain(&app, &mut *app.db.get().await?, block).await
}

/// DELETE /api/v1/admin/email_domain_blocks/{id}
pub async fn delete_email_domain(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let by = moderator(&app, &client, "admin:write:email_domain_blocks", ADMIN).await?;
    ops::unblock_email_domain(&app, &by, id_in(&id)?).await?;
    Ok(ok(&json!({})))
}

fn email(block: &CanonicalEmailBlock) -> Value {
    json!({"id": block.id, "canonical_email_hash": block.canonical_email_hash})
}

/// GET /api/v1/admin/canonical_email_blocks
pub async fn list_emails(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    moderator(&app, &client, "admin:read:canonical_email_blocks", ADMIN).await?;
    let page = query.0.page(100, 200);
    let rows = store::list_canonical_email_blocks(&mut *app.db.get().await?, page).await?;
    let rows: Vec<(RuleId, Value)> = rows.iter().map(|row| (row.id, email(row))).collect();
    listed(&app, "canonical_email_blocks", &rows, page.limit)
}

/// GET /api/v1/admin/canonical_email_blocks/{id}
pub async fn show_email(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    moderator(&app, &client, "admin:read:canonical_email_blocks", ADMIN).await?;
    let found = store::find_canonical_email_block(&mut *app.db.get().await?, id_in(&id)?).await?;
    Ok(ok(&email(&found.ok_or(NOT_FOUND)?)))
}

#[derive(Deserialize)]
pub struct EmailBody {
    #[serde(default, deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    canonical_email_hash: Option<String>,
}

impl EmailBody {
    fn hash(self) -> Result<String> {
        if let Some(email) = self.email.filter(|email| !email.trim().is_empty()) {
            return canonical_email_hash(email.trim()).ok_or_else(|| Error::invalid("email", "is invalid"));
        }
        let hash = self.canonical_email_hash.unwrap_or_default().to_ascii_lowercase();
        if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(hash);
        }
        Err(Error::invalid("canonical_email_hash", "must be a SHA-256 in hexadecimal"))
    }
}

/// POST /api/v1/admin/canonical_email_blocks/test: blocks that an address would meet.
pub async fn test_email(app: web::Data<App>, client: Client, body: Params<EmailBody>) -> Answer {
    moderator(&app, &client, "admin:read:canonical_email_blocks", ADMIN).await?;
    let found = store::list_blocks_of_email(&mut *app.db.get().await?, &body.0.hash()?).await?;
    Ok(ok(&found.iter().map(email).collect::<Vec<_>>()))
}

/// POST /api/v1/admin/canonical_email_blocks
pub async fn create_email(app: web::Data<App>, client: Client, body: Params<EmailBody>) -> Answer {
    let by = moderator(&app, &client, "admin:write:canonical_email_blocks", ADMIN).await?;
    let block =
        CanonicalEmailBlock { id: RuleId(app.mint()), canonical_email_hash: body.0.hash()?, created_at: app.now() };
    ops::block_email(&app, &by, &block).await?;
    Ok(ok(&email(&block)))
}

/// DELETE /api/v1/admin/canonical_email_blocks/{id}
pub async fn delete_email(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let by = moderator(&app, &client, "admin:write:canonical_email_blocks", ADMIN).await?;
    ops::unblock_email(&app, &by, id_in(&id)?).await?;
    Ok(ok(&json!({})))
}

fn ip(block: &IpBlock) -> Value {
    json!({
        "id": block.id,
        "ip": block.ip,
        "severity": block.severity,
        "comment": block.comment,
        "created_at": time(block.created_at),
        "expires_at": block.expires_at.map(time),
    })
}

/// GET /api/v1/admin/ip_blocks
pub async fn list_ips(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    moderator(&app, &client, "admin:read:ip_blocks", ADMIN).await?;
    let page = query.0.page(100, 200);
    let rows = store::list_ip_blocks(&mut *app.db.get().await?, page).await?;
    let rows: Vec<(RuleId, Value)> = rows.iter().map(|row| (row.id, ip(row))).collect();
    listed(&app, "ip_blocks", &rows, page.limit)
}

async fn found_ip(app: &App, id: &str) -> Result<IpBlock> {
    store::find_ip_block(&mut *app.db.get().await?, id_in(id)?).await?.ok_or(NOT_FOUND)
}

/// GET /api/v1/admin/ip_blocks/{id}
pub async fn show_ip(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    moderator(&app, &client, "admin:read:ip_blocks", ADMIN).await?;
    Ok(ok(&ip(&found_ip(&app, &id).await?)))
}

/// What is said of a network. Pages fill it, too.
#[derive(Default, Deserialize)]
pub struct IpBody {
    #[serde(default, deserialize_with = "lenient::text")]
    pub ip: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    pub severity: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    pub comment: Option<String>,
    /// Seconds; 0 is for ever.
    #[serde(default, deserialize_with = "lenient::number")]
    pub expires_in: Option<i64>,
}

/// The longest that a block with an end lasts, in seconds: ten years.
const MOST_SECONDS: i64 = 10 * 366 * 86_400;

impl IpBody {
    /// What is given; the rest stays.
    fn apply(self, app: &App, block: &mut IpBlock) -> Result<()> {
        if let Some(ip) = self.ip.filter(|ip| !ip.trim().is_empty()) {
            block.ip = network(ip.trim()).ok_or_else(|| Error::invalid("ip", "is not a valid address or network"))?;
        }
        if let Some(severity) = self.severity.filter(|severity| !severity.is_empty()) {
            if !["sign_up_requires_approval", "sign_up_block", "no_access"].contains(&severity.as_str()) {
                let why = "must be sign_up_requires_approval, sign_up_block or no_access";
                return Err(Error::invalid("severity", why));
            }
            block.severity = severity;
        }
        if self.comment.as_ref().is_some_and(|comment| comment.chars().count() > 1000) {
            return Err(Error::invalid("comment", "can have at most 1000 characters"));
        }
        block.comment = self.comment.unwrap_or_else(|| block.comment.clone());
        match self.expires_in {
            Some(0) => block.expires_at = None,
            Some(seconds) if (1..=MOST_SECONDS).contains(&seconds) => {
                block.expires_at = Some(app.now() + TimeDelta::seconds(seconds));
            }
            Some(_) => return Err(Error::invalid("expires_in", "must be a number of seconds")),
            None => {}
        }
        Ok(())
    }
}

/// The block of a network that is described, and has none yet.
///
/// # Errors
/// [`Error::Invalid`]: what is said cannot be taken.
pub fn new_ip(app: &App, body: IpBody) -> Result<IpBlock> {
    let mut block = IpBlock {
        id: RuleId(app.mint()),
        ip: String::new(),
        severity: String::new(),
        comment: String::new(),
        expires_at: None,
        created_at: app.now(),
    };
    body.apply(app, &mut block)?;
    for (field, given) in [("ip", &block.ip), ("severity", &block.severity)] {
        if given.is_empty() {
            return Err(Error::invalid(field, "can't be blank"));
        }
    }
    Ok(block)
}

/// POST /api/v1/admin/ip_blocks
pub async fn create_ip(app: web::Data<App>, client: Client, body: Params<IpBody>) -> Answer {
    let by = moderator(&app, &client, "admin:write:ip_blocks", ADMIN).await?;
    let block = new_ip(&app, body.0)?;
    ops::block_ip(&app, &by, &block).await?;
    Ok(ok(&ip(&block)))
}

/// PUT /api/v1/admin/ip_blocks/{id}
pub async fn update_ip(app: web::Data<App>, client: Client, id: web::Path<String>, body: Params<IpBody>) -> Answer {
    let by = moderator(&app, &client, "admin:write:ip_blocks", ADMIN).await?;
    let mut block = found_ip(&app, &id).await?;
    body.0.apply(&app, &mut block)?;
    ops::change_ip_block(&app, &by, &block).await?;
    Ok(ok(&ip(&block)))
}

/// DELETE /api/v1/admin/ip_blocks/{id}
pub async fn delete_ip(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let by = moderator(&app, &client, "admin:write:ip_blocks", ADMIN).await?;
    ops::unblock_ip(&app, &by, id_in(&id)?).await?;
    Ok(ok(&json!({})))
}
