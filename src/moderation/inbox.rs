//! `Flag` from other servers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{ops, wire};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, StatusId};
use crate::federation::policy;
use crate::jobs::Outcome;
use crate::statuses;

/// Accounts that one `Flag` may be about.
const MOST_TARGETS: usize = 5;

/// `Flag` of people here, and of posts of theirs. What is named and not here, or not theirs, is left out.
pub async fn flag(app: &App, actor: &Account, activity: &Value) -> Result<Outcome> {
    if policy::rejects_reports(app, actor.domain.as_deref().unwrap_or_default()) {
        return Ok(Outcome::drop("reports from there are not taken"));
    }
    let Some(report) = wire::parse_flag(activity) else { return Ok(Outcome::drop("a Flag of nothing")) };
    app.background_transaction(async |conn| {
        let uris: Vec<&str> = report.objects.iter().map(String::as_str).collect();
        let mut targets: BTreeMap<AccountId, (Account, Vec<StatusId>)> = BTreeMap::new();
        for account in accounts::store::list_by_uris(conn, &uris).await? {
            targets.insert(account.id, (account, Vec::new()));
        }
        for uri in uris {
            let Some(status) = statuses::store::find_by_uri(conn, uri).await? else { continue };
            if !targets.contains_key(&status.account_id)
                && let Some(author) = accounts::store::find_account(conn, status.account_id).await?
            {
                targets.insert(author.id, (author, Vec::new()));
            }
            if let Some((_, named)) = targets.get_mut(&status.account_id) {
                named.push(status.id);
            }
        }
        let mut recorded = false;
        let ours = targets.values().filter(|(account, _)| account.is_local() && account.deleted_at.is_none());
        for (number, (account, named)) in ours.take(MOST_TARGETS).enumerate() {
            let uri = if number == 0 { report.uri.clone() } else { format!("{}#{number}", report.uri) };
            recorded |= ops::record_report(app, conn, actor, account, named, &uri, &report.comment).await?;
        }
        Ok(if recorded { Outcome::Done } else { Outcome::drop("a Flag of nobody here, or one too many") })
    })
    .await
}
