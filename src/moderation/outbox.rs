//! What follows from a domain's block, account by account.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{DomainJudged, store};
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::federation::{self, policy};
use crate::jobs::Outcome;
use crate::relationships;

/// A moment as the database keeps it.
fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

/// Accounts that one statement changes.
const BATCH: i64 = 500;

/// Closes the accounts of a domain that is suspended now, and tells people here who followed them or were followed; or opens
/// those again that its block had closed. Notes which of its servers are silenced. A second run changes nothing.
pub async fn judge(app: &App, job: &DomainJudged) -> Result<Outcome> {
    // Another process may have made the rule.
    policy::reload(app).await?;
    let servers = {
        let mut conn = app.db.background().await?;
        store::list_servers_of(&mut conn, &job.domain).await?
    };
    for server in &servers {
        let silenced = policy::is_silenced(app, server).then_some(job.since);
        store::set_server_silenced(&mut *app.db.background().await?, server, silenced).await?;
    }
    let closed: Vec<String> = servers.into_iter().filter(|server| policy::is_suspended(app, server)).collect();
    // Where they are may be another domain than the one in their handles.
    let mut hosts = store::list_hosts_of(&mut *app.db.background().await?, &job.domain).await?;
    hosts.retain(|host| policy::is_suspended(app, host));
    while store::suspend_some_on(&mut *app.db.background().await?, &closed, job.since, BATCH).await? > 0 {}
    while store::suspend_some_at(&mut *app.db.background().await?, &hosts, job.since, BATCH).await? > 0 {}
    open_again(app, job).await?;
    let block = store::find_block_of_domain(&mut *app.db.background().await?, &job.domain).await?;
    if block.is_some_and(|block| block.severity == "suspend" && micros(block.created_at) == micros(job.since)) {
        app.background_transaction(async |conn| {
            relationships::ops::note_silent(app, conn, &job.domain, &closed, job.since).await
        })
        .await?;
    }
    for server in closed.iter().chain(&hosts) {
        federation::store::delete_deliveries_to(&mut *app.db.background().await?, server).await?;
    }
    Ok(Outcome::Done)
}

/// Opens the accounts again that this block had closed, and does not any more. Those that another one refuses are closed by that from
/// now on.
async fn open_again(app: &App, job: &DomainJudged) -> Result<()> {
    let mut above = AccountId(0);
    loop {
        let mut conn = app.db.background().await?;
        let some = store::list_closed_at(&mut conn, job.since, above, BATCH).await?;
        let Some((last, ..)) = some.last() else { return Ok(()) };
        above = *last;
        let mut by_rule: BTreeMap<Option<String>, Vec<AccountId>> = BTreeMap::new();
        for (id, uri, domain) in &some {
            let domain = domain.as_deref();
            let rule = policy::suspended_by(app, uri, domain);
            // By the configuration, or because nobody let it in, it stays closed.
            let stays = rule.is_none() && policy::refuses(app, uri, domain);
            if !stays && policy::concerns(&job.domain, uri, domain.unwrap_or_default()) {
                by_rule.entry(rule).or_default().push(*id);
            }
        }
        for (rule, ids) in by_rule {
            let to = match rule {
                Some(rule) => store::find_block_of_domain(&mut conn, &rule).await?.map(|block| block.created_at),
                None => None,
            };
            if to.map(micros) != Some(micros(job.since)) {
                store::set_closed(&mut conn, &ids, job.since, to).await?;
            }
        }
    }
}
