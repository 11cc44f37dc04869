//! Outgoing activities: rows written with the change that they announce. Called from `ops`; `sender` sends them.

use std::collections::BTreeSet;

use super::policy::is_suspended;
use super::store::{self, NewDelivery};
use crate::app::App;
use crate::base::activitystreams::host;
use crate::base::id::{AccountId, ActivityId, DeliveryId};
use crate::base::{Error, Result};
use crate::db::Conn;

/// Stores an activity and one delivery for each inbox, inside the caller's transaction. Our own inboxes and those of
/// suspended servers are left out. An activity that was stored before (`activity_uri`) is left as it is, so jobs may call this twice.
pub async fn send(
    app: &App,
    conn: &mut Conn,
    from: AccountId,
    activity_uri: &str,
    body: &serde_json::Value,
    inboxes: &[String],
) -> Result<()> {
    let now = app.now();
    let wanted: BTreeSet<&str> = inboxes.iter().map(String::as_str).collect();
    let targets: Vec<(&str, String)> = wanted
        .into_iter()
        .filter_map(|inbox| Some((inbox, host(inbox)?)))
        .filter(|(_, host)| *host != app.config.instance.domain && !is_suspended(app, host))
        .collect();
    if targets.is_empty() {
        return Ok(());
    }
    let body = serde_json::to_string(body).map_err(Error::internal)?;
    let id = ActivityId(app.ids.mint(now));
    let Some(activity_id) = store::insert_outgoing(conn, id, from, activity_uri, &body, now).await? else {
        return Ok(());
    };
    let rows: Vec<NewDelivery> = targets
        .into_iter()
        .map(|(inbox, host)| NewDelivery {
            id: DeliveryId(app.ids.mint(now)),
            activity_id,
            host,
            account_id: from,
            inbox_uri: inbox.to_owned(),
            created_at: now,
        })
        .collect();
    // Postgres takes at most 65,535 parameters in one statement.
    for part in rows.chunks(5000) {
        store::insert_deliveries(conn, part).await?;
    }
    Ok(())
}

/// Withdraws what has not been sent yet of an activity, inside the caller's transaction: what follows it (a Delete of the
/// post, an Undo of the boost) must not be overtaken by it.
pub async fn withdraw(conn: &mut Conn, activity_uri: &str) -> Result<()> {
    store::withdraw_deliveries(conn, activity_uri).await?;
    Ok(())
}
