//! What follows from a domain's block, account by account.

use chrono::{DateTime, Utc};

use super::{DomainJudged, store};
use crate::app::App;
use crate::base::Result;
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
    let (closed, open): (Vec<String>, Vec<String>) =
        servers.into_iter().partition(|server| policy::is_suspended(app, server));
    while store::suspend_some_on(&mut *app.db.background().await?, &closed, job.since, BATCH).await? > 0 {}
    while store::unsuspend_some_on(&mut *app.db.background().await?, &open, job.since, BATCH).await? > 0 {}
    let block = store::find_block_of_domain(&mut *app.db.background().await?, &job.domain).await?;
    if block.is_some_and(|block| block.severity == "suspend" && micros(block.created_at) == micros(job.since)) {
        app.background_transaction(async |conn| {
            relationships::ops::note_silent(app, conn, &job.domain, &closed, job.since).await
        })
        .await?;
    }
    for server in &closed {
        federation::store::delete_deliveries_to(&mut *app.db.background().await?, server).await?;
    }
    Ok(Outcome::Done)
}
