//! Loads what a page of reports or of accounts needs, in a fixed number of queries.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::entity::{self, Named};
use super::{Report, store};
use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, StatusId};
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::invitations;
use crate::statuses;

/// A report, for whoever made it.
pub async fn load_report(app: &App, conn: &mut Conn, report: &Report) -> Result<Value> {
    let found = accounts::view::load_json(app, conn, &[report.target_account_id]).await?;
    let target = found.get(&report.target_account_id).ok_or(Error::NotFound("Record"))?;
    Ok(entity::report(report, serde_json::from_str(target).map_err(Error::internal)?))
}

/// Accounts as administrators see them, by id.
pub async fn load_accounts(app: &App, conn: &mut Conn, ids: &[AccountId]) -> Result<HashMap<AccountId, Value>> {
    let written = accounts::view::load_json(app, conn, ids).await?;
    let users = store::list_users(conn, ids).await?;
    let inviters = invitations::store::list_inviters(conn, ids).await?;
    let mut found = HashMap::with_capacity(ids.len());
    for account in accounts::store::list_accounts(conn, ids).await? {
        let Some(json) = written.get(&account.id) else { continue };
        let user = users.iter().find(|user| user.account_id == account.id);
        let json = serde_json::from_str(json).map_err(Error::internal)?;
        let inviter = inviters.iter().find(|(guest, _)| *guest == account.id).map(|(_, inviter)| *inviter);
        found.insert(account.id, entity::admin_account(&account, user, inviter, json));
    }
    Ok(found)
}

/// Reports as administrators see them, in their order. Of the posts those are shown that whoever reported could see, blocks
/// aside: a report lets nobody look further than that.
pub async fn load_reports(app: &App, conn: &mut Conn, reports: &[Report]) -> Result<Vec<Value>> {
    let people = reports.iter().flat_map(|report| {
        let some = [Some(report.account_id), Some(report.target_account_id)];
        some.into_iter().chain([report.assigned_account_id, report.action_taken_by_account_id]).flatten()
    });
    let mut ids: Vec<AccountId> = people.collect();
    ids.sort_unstable();
    ids.dedup();
    let known = load_accounts(app, conn, &ids).await?;
    let of = |id: Option<AccountId>| id.and_then(|id| known.get(&id).cloned()).unwrap_or(Value::Null);
    let statuses = load_statuses(app, conn, reports).await?;
    let mut found = Vec::with_capacity(reports.len());
    for report in reports {
        let named = Named {
            account: of(Some(report.account_id)),
            target: of(Some(report.target_account_id)),
            assigned: of(report.assigned_account_id),
            taken_by: of(report.action_taken_by_account_id),
        };
        let of = |id: StatusId| statuses.get(&(report.account_id, id)).cloned();
        let seen = report.statuses().into_iter().filter_map(of).collect();
        found.push(entity::admin_report(report, named, seen, rules(app, report)));
    }
    Ok(found)
}

/// Reported posts by who reported and their id: as many queries as there are people who reported.
async fn load_statuses(
    app: &App,
    conn: &mut Conn,
    reports: &[Report],
) -> Result<HashMap<(AccountId, StatusId), Value>> {
    let mut by_reporter: HashMap<AccountId, Vec<StatusId>> = HashMap::new();
    for report in reports {
        by_reporter.entry(report.account_id).or_default().extend(report.statuses());
    }
    let mut found = HashMap::new();
    for (by, ids) in by_reporter {
        for (id, json) in statuses::view::load_reported(app, conn, by, &ids).await? {
            found.insert((by, id), serde_json::from_str(&json).map_err(Error::internal)?);
        }
    }
    Ok(found)
}

fn rules(app: &App, report: &Report) -> Vec<Value> {
    let settings = app.settings();
    let rule = |id: &i64| {
        let text = settings.rules.get(usize::try_from(id - 1).ok()?)?;
        Some(json!({"id": id.to_string(), "text": text, "hint": "", "translations": {}}))
    };
    report.rule_ids.iter().flatten().filter_map(rule).collect()
}
