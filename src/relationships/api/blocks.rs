//! Blocking accounts and domains (https://docs.joinmastodon.org/methods/accounts/#block,
//! https://docs.joinmastodon.org/methods/blocks/, https://docs.joinmastodon.org/methods/domain_blocks/).

use actix_web::web;
use serde::Deserialize;
use serde_json::json;

use super::{both, changed, myself, standing};
use crate::accounts;
use crate::app::App;
use crate::base::handle::normalise_domain;
use crate::base::id::AccountId;
use crate::base::page::PageQuery;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, page as answer_page};
use crate::oauth::extract::Client;
use crate::relationships::{ops, store};
use crate::statuses::view::array;

/// POST /api/v1/accounts/{id}/block
pub async fn block(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let (me, other) = both(&app, client.require("write:blocks")?, &id).await?;
    ops::block(&app, &me, &other).await?;
    changed(&app, me.id, other.id);
    standing(&app, me.id, other.id).await
}

/// POST /api/v1/accounts/{id}/unblock
pub async fn unblock(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    let (me, other) = both(&app, client.require("write:blocks")?, &id).await?;
    ops::unblock(&app, &me, &other).await?;
    standing(&app, me.id, other.id).await
}

/// GET /api/v1/blocks
pub async fn blocks(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:blocks")?;
    let page = query.0.page(40, 80);
    let mut conn = app.db.get().await?;
    let rows = store::list_blocks(&mut conn, me, page).await?;
    let ids: Vec<AccountId> = rows.iter().map(|(_, id)| *id).collect();
    let found = accounts::view::load_many(&app, &mut conn, Viewer::account(me), &ids).await?;
    let url = format!("{}/api/v1/blocks", app.origin);
    Ok(answer_page(array(&found), &url, rows.iter().map(|(id, _)| id.0), page.limit))
}

/// GET /api/v1/domain_blocks
pub async fn domain_blocks(app: web::Data<App>, client: Client, query: Params<PageQuery>) -> Answer {
    let me = client.require("read:blocks")?;
    let page = query.0.page(100, 200);
    let mut conn = app.db.get().await?;
    let rows = store::list_domain_blocks(&mut conn, me, page).await?;
    let domains: Vec<&str> = rows.iter().map(|(_, domain)| domain.as_str()).collect();
    let body = serde_json::to_string(&domains).map_err(Error::internal)?;
    let url = format!("{}/api/v1/domain_blocks", app.origin);
    Ok(answer_page(body, &url, rows.iter().map(|(id, _)| id.0), page.limit))
}

#[derive(Deserialize)]
pub struct DomainBody {
    #[serde(default, deserialize_with = "lenient::text")]
    domain: Option<String>,
}

impl DomainBody {
    fn normalised(&self) -> Result<String> {
        let domain = self.domain.as_deref().unwrap_or_default().trim();
        if domain.is_empty() {
            return Err(Error::invalid("domain", "can't be blank"));
        }
        normalise_domain(domain).ok_or_else(|| Error::invalid("domain", "is not a valid domain name"))
    }
}

/// POST /api/v1/domain_blocks
pub async fn block_domain(app: web::Data<App>, client: Client, body: Params<DomainBody>) -> Answer {
    let me = client.require("write:blocks")?;
    let domain = body.0.normalised()?;
    let me = myself(&app, me).await?;
    ops::block_domain(&app, &me, &domain).await?;
    Ok(ok(&json!({})))
}

/// DELETE /api/v1/domain_blocks
pub async fn unblock_domain(app: web::Data<App>, client: Client, body: Params<DomainBody>) -> Answer {
    let me = client.require("write:blocks")?;
    let domain = body.0.normalised()?;
    let me = myself(&app, me).await?;
    ops::unblock_domain(&app, &me, &domain).await?;
    Ok(ok(&json!({})))
}
