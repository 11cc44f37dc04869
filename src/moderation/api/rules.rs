//! /api/v1/admin/{domain_blocks,domain_allows} (https://docs.joinmastodon.org/methods/admin/domain_blocks/).

pub mod sign_ups;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ADMIN, NOT_FOUND, moderator};
use crate::accounts::entity::time;
use crate::app::App;
use crate::base::handle::normalise_domain;
use crate::base::id::RuleId;
use crate::base::page::PageQuery;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, page as answer_page};
use crate::moderation::store::DomainAllow;
use crate::moderation::{DomainBlock, RuleDraft, entity, ops, store};
use crate::oauth::extract::Client;

fn id_in(path: &str) -> Result<RuleId> {
    path.parse().map_err(|_| NOT_FOUND)
}

/// A page of rules with its `Link`.
fn listed<T: Serialize>(app: &App, path: &str, rows: &[(RuleId, T)], limit: i64) -> Answer {
    let body: Vec<&T> = rows.iter().map(|(_, row)| row).collect();
    let body = serde_json::to_string(&body).map_err(Error::internal)?;
    let url = format!("{}/api/v1/admin/{path}", app.origin);
    Ok(answer_page(body, &url, rows.iter().map(|(id, _)| id.0), limit))
}

fn domain_in(text: Option<String>) -> Result<String> {
    let text = text.unwrap_or_default();
    if text.trim().is_empty() {
        return Err(Error::invalid("domain", "can't be blank"));
    }
    normalise_domain(text.trim()).ok_or_else(|| Error::invalid("domain", "is not a valid domain name"))
}

#[derive(Deserialize)]
pub struct BlockBody {
    #[serde(default, deserialize_with = "lenient::text")]
    domain: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    severity: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    reject_media: Option<bool>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    reject_reports: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    private_comment: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    public_comment: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    obfuscate: Option<bool>,
}

impl BlockBody {
    fn draft(self) -> RuleDraft {
        RuleDraft {
            severity: self.severity,
            reject_media: self.reject_media,
            reject_reports: self.reject_reports,
            obfuscate: self.obfuscate,
            private_comment: self.private_comment,
            public_comment: self.public_comment,
        }
    }
}

/// GET /api/v1/admin/domain_blocks
pub async fn list_blocks(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    moderator(&app, &client, "admin:read:domain_blocks", ADMIN).await?;
    let page = query.0.page(100, 200);
    let rows = store::list_domain_blocks(&mut *app.db.get().await?, page).await?;
    let rows: Vec<(RuleId, Value)> = rows.iter().map(|row| (row.id, entity::domain_block(row))).collect();
    listed(&app, "domain_blocks", &rows, page.limit)
}

async fn found_block(app: &App, id: &str) -> Result<DomainBlock> {
    store::find_domain_block(&mut *app.db.get().await?, id_in(id)?).await?.ok_or(NOT_FOUND)
}

/// GET /api/v1/admin/domain_blocks/{id}
pub async fn show_block(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    moderator(&app, &client, "admin:read:domain_blocks", ADMIN).await?;
    Ok(ok(&entity::domain_block(&found_block(&app, &id).await?)))
}

/// POST /api/v1/admin/domain_blocks
pub async fn create_block(app: web::Data<App>, client: Client, body: Params<BlockBody>) -> Answer {
    let by = moderator(&app, &client, "admin:write:domain_blocks", ADMIN).await?;
    let mut body = body.0;
    let domain = domain_in(body.domain.take())?;
    let block = ops::new_block(&app, domain, body.draft())?;
    match ops::block_domain(&app, &by, &block).await {
        Err(Error::Conflict(why)) => {
            let existing = store::find_block_of_domain(&mut *app.db.get().await?, &block.domain).await?;
            let existing = existing.as_ref().map(entity::domain_block);
            Ok(HttpResponse::UnprocessableEntity()
                .json(json!({"error": why.to_string(), "existing_domain_block": existing})))
        }
        outcome => outcome.map(|()| ok(&entity::domain_block(&block))),
    }
}

/// PUT /api/v1/admin/domain_blocks/{id}
pub async fn update_block(
    app: web::Data<App>,
    client: Client,
    id: web::Path<String>,
    body: Params<BlockBody>,
) -> Answer {
    let by = moderator(&app, &client, "admin:write:domain_blocks", ADMIN).await?;
    let mut block = found_block(&app, &id).await?;
    body.0.draft().apply(&mut block)?;
    ops::change_domain_block(&app, &by, &block).await?;
    Ok(ok(&entity::domain_block(&block)))
}

/// DELETE /api/v1/admin/domain_blocks/{id}
pub async fn delete_block(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let by = moderator(&app, &client, "admin:write:domain_blocks", ADMIN).await?;
    ops::unblock_domain(&app, &by, id_in(&id)?).await?;
    Ok(ok(&json!({})))
}

fn allowed(allow: &DomainAllow) -> Value {
    json!({"id": allow.id, "domain": allow.domain, "created_at": time(allow.created_at)})
}

/// GET /api/v1/admin/domain_allows
pub async fn list_allows(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    moderator(&app, &client, "admin:read:domain_allows", ADMIN).await?;
    let page = query.0.page(100, 200);
    let rows = store::list_domain_allows(&mut *app.db.get().await?, page).await?;
    let rows: Vec<(RuleId, Value)> = rows.iter().map(|row| (row.id, allowed(row))).collect();
    listed(&app, "domain_allows", &rows, page.limit)
}

/// GET /api/v1/admin/domain_allows/{id}
pub async fn show_allow(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    moderator(&app, &client, "admin:read:domain_allows", ADMIN).await?;
    let found = store::find_domain_allow(&mut *app.db.get().await?, id_in(&id)?).await?;
    Ok(ok(&allowed(&found.ok_or(NOT_FOUND)?)))
}

#[derive(Deserialize)]
pub struct DomainBody {
    #[serde(default, deserialize_with = "lenient::text")]
    domain: Option<String>,
}

/// POST /api/v1/admin/domain_allows
pub async fn create_allow(app: web::Data<App>, client: Client, body: Params<DomainBody>) -> Answer {
    let by = moderator(&app, &client, "admin:write:domain_allows", ADMIN).await?;
    let domain = domain_in(body.0.domain)?;
    let allow = DomainAllow { id: RuleId(app.mint()), domain, created_at: app.now(), reason: String::new() };
    Ok(ok(&allowed(&ops::allow_domain(&app, &by, allow).await?)))
}

/// DELETE /api/v1/admin/domain_allows/{id}
pub async fn delete_allow(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let by = moderator(&app, &client, "admin:write:domain_allows", ADMIN).await?;
    Ok(ok(&allowed(&ops::disallow_domain(&app, &by, id_in(&id)?).await?)))
}
