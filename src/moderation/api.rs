//! Reports (https://docs.joinmastodon.org/methods/reports/), and who may do what only moderators and administrators may.

pub mod accounts;
pub mod numbers;
pub mod reports;
pub mod rules;

use actix_web::web;
use serde::Deserialize;

use super::ops::{self, Moderator, NewReport};
use super::view;
use crate::accounts::object::InstanceActor;
use crate::accounts::store::{self, sign_ins};
use crate::app::App;
use crate::base::id::{AccountId, StatusId};
use crate::base::{Error, Result};
use crate::edge::params::{Params, lenient};
use crate::edge::respond::{Answer, ok};
use crate::oauth::extract::Client;

const NOT_FOUND: Error = Error::NotFound("Record");

/// See `User::rank`.
const MODERATOR: usize = 1;
const ADMIN: usize = 2;

/// Who asks, when their token has the scope and their role is at least of this rank; else 401 or 403.
async fn moderator(app: &App, client: &Client, scope: &str, rank: usize) -> Result<Moderator> {
    let me = client.require(scope)?;
    let mut conn = app.db.get().await?;
    let found = sign_ins::find_person(&mut conn, me).await?;
    match found {
        Some((account, user)) if user.rank() >= rank => Ok(Moderator { account, user }),
        _ => Err(Error::Forbidden("This action is not allowed".into())),
    }
}

#[derive(Deserialize)]
pub struct ReportBody {
    #[serde(default, deserialize_with = "lenient::text")]
    account_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    status_ids: Vec<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    collection_ids: Vec<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    comment: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    forward: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    category: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    rule_ids: Vec<String>,
}

/// Numbers of rules, as clients send them.
fn rule_numbers(rules: &[String]) -> Result<Vec<i64>> {
    let wrong = || Error::invalid("rule_ids", "does not reference valid rules");
    rules.iter().filter(|rule| !rule.is_empty()).map(|rule| rule.parse().map_err(|_| wrong())).collect()
}

/// POST /api/v1/reports
pub async fn report(app: web::Data<App>, client: Client, body: Params<ReportBody>) -> Answer {
    let me = client.require("write:reports")?;
    let body = body.0;
    let target: AccountId = body.account_id.unwrap_or_default().parse().map_err(|_| NOT_FOUND)?;
    let collection_ids = body.collection_ids.iter().filter(|id| !id.is_empty());
    let collection_ids = collection_ids.map(|id| id.parse().map_err(|_| NOT_FOUND)).collect::<Result<Vec<_>>>()?;
    let status_ids = body.status_ids.iter().filter(|id| !id.is_empty());
    let mut status_ids = status_ids.map(|id| id.parse().map_err(|_| NOT_FOUND)).collect::<Result<Vec<StatusId>>>()?;
    status_ids.sort_unstable();
    status_ids.dedup();
    let new = NewReport {
        status_ids,
        collection_ids,
        comment: body.comment.unwrap_or_default(),
        forward: body.forward.unwrap_or(false),
        category: body.category,
        rule_ids: rule_numbers(&body.rule_ids)?,
    };
    let (me, target) = {
        let mut conn = app.db.get().await?;
        let me = store::find_account(&mut conn, me).await?.ok_or(NOT_FOUND)?;
        let target = store::find_account(&mut conn, target).await?;
        (me, target.filter(|target| target.deleted_at.is_none()).ok_or(NOT_FOUND)?)
    };
    let instance = app.get::<InstanceActor>()?;
    let report = ops::report(&app, &me, &target, new, &instance.0).await?;
    let mut conn = app.db.get().await?;
    Ok(ok(&view::load_report(&app, &mut conn, &report).await?))
}
