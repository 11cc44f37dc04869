//! /api/v1/admin/reports (https://docs.joinmastodon.org/methods/admin/reports/).

use actix_web::web;
use serde::Deserialize;

use super::{MODERATOR, NOT_FOUND, moderator, rule_numbers};
use crate::app::App;
use crate::base::Error;
use crate::base::id::{AccountId, ReportId};
use crate::base::page::PageQuery;
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok, page as answer_page};
use crate::moderation::ops::{self, ReportChange};
use crate::moderation::store::{self, ReportFilter};
use crate::moderation::{Report, view};
use crate::oauth::extract::Client;

#[derive(Deserialize)]
pub struct ReportQuery {
    #[serde(default, deserialize_with = "lenient::boolean")]
    resolved: Option<bool>,
    #[serde(default, deserialize_with = "lenient::id")]
    account_id: Option<AccountId>,
    #[serde(default, deserialize_with = "lenient::id")]
    target_account_id: Option<AccountId>,
    #[serde(flatten)]
    page: PageQuery,
}

/// GET /api/v1/admin/reports: those that are open, or with `resolved` the others.
pub async fn list(app: web::Data<App>, client: Client, query: Params<ReportQuery>) -> Answer {
    moderator(&app, &client, "admin:read:reports", MODERATOR).await?;
    let query = query.0;
    let page = query.page.page(100, 200);
    let filter = ReportFilter {
        resolved: query.resolved.unwrap_or(false),
        by: query.account_id,
        about: query.target_account_id,
    };
    let mut conn = app.db.get().await?;
    let reports = store::list_reports(&mut conn, filter, page).await?;
    let found = view::load_reports(&app, &mut conn, &reports).await?;
    let body = serde_json::to_string(&found).map_err(Error::internal)?;
    let mut url = format!("{}/api/v1/admin/reports?resolved={}", app.origin, filter.resolved);
    for (name, id) in [("account_id", filter.by), ("target_account_id", filter.about)] {
        if let Some(id) = id {
            url.push_str(&format!("&{name}={id}"));
        }
    }
    Ok(answer_page(body, &url, reports.iter().map(|report| report.id.0), page.limit))
}

async fn answer(app: &App, report: &Report) -> Answer {
    let mut conn = app.db.get().await?;
    let found = view::load_reports(app, &mut conn, std::slice::from_ref(report)).await?;
    Ok(ok(found.first().ok_or(NOT_FOUND)?))
}

/// GET /api/v1/admin/reports/{id}
pub async fn show(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    moderator(&app, &client, "admin:read:reports", MODERATOR).await?;
    let id: ReportId = id.parse().map_err(|_| NOT_FOUND)?;
    let report = store::find_report(&mut *app.db.get().await?, id).await?.ok_or(NOT_FOUND)?;
    answer(&app, &report).await
}

async fn change(app: &App, client: &Client, id: &str, change: ReportChange) -> Answer {
    let by = moderator(app, client, "admin:write:reports", MODERATOR).await?;
    let id: ReportId = id.parse().map_err(|_| NOT_FOUND)?;
    let report = ops::change_report(app, &by, id, change).await?;
    answer(app, &report).await
}

#[derive(Deserialize)]
pub struct Classification {
    #[serde(default, deserialize_with = "lenient::text")]
    category: Option<String>,
    rule_ids: Option<serde_json::Value>,
}

/// PUT /api/v1/admin/reports/{id}
pub async fn update(
    app: web::Data<App>,
    client: Client,
    id: web::Path<String>,
    body: Params<Classification>,
) -> Answer {
    let rule_ids = match body.0.rule_ids {
        None | Some(serde_json::Value::Null) => None,
        Some(value) => {
            let rules: Vec<String> =
                lenient::list(value).map_err(|error| Error::invalid("rule_ids", error.to_string()))?;
            Some(rule_numbers(&rules)?)
        }
    };
    change(&app, &client, &id, ReportChange::Classify { category: body.0.category, rule_ids }).await
}

/// POST /api/v1/admin/reports/{id}/assign_to_self
pub async fn assign_to_self(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    change(&app, &client, &id, ReportChange::AssignToSelf).await
}

/// POST /api/v1/admin/reports/{id}/unassign
pub async fn unassign(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    change(&app, &client, &id, ReportChange::Unassign).await
}

/// POST /api/v1/admin/reports/{id}/resolve
pub async fn resolve(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    change(&app, &client, &id, ReportChange::Resolve).await
}

/// POST /api/v1/admin/reports/{id}/reopen
pub async fn reopen(app: web::Data<App>, client: Client, id: web::Path<String>) -> Answer {
    change(&app, &client, &id, ReportChange::Reopen).await
}
