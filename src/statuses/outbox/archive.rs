//! What somebody wrote, as they take it along.

use serde_json::Value;

use super::{announce, load};
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, StatusId};
use crate::statuses::{store, wire};

/// Posts that are read at once.
const BITE: i64 = 100;

/// Some of what an account of ours wrote and boosted, as activities, newest first, below an id; and the id below which to go on,
/// `None` when that was all.
pub async fn list_some(app: &App, author: AccountId, below: StatusId) -> Result<(Vec<Value>, Option<StatusId>)> {
    let mut conn = app.db.background().await?;
    let statuses = store::list_own(&mut conn, author, below, BITE).await?;
    let full = i64::try_from(statuses.len()).unwrap_or(0) == BITE;
    let next = statuses.last().map(|status| status.id).filter(|_| full);
    let mut activities = Vec::with_capacity(statuses.len());
    for status in statuses {
        let original = status.reblog_of_id;
        let Some(parts) = load(app, &mut conn, status).await? else { continue };
        match original {
            Some(original) => {
                activities.extend(announce(&mut conn, &parts, original).await?.map(|(_, activity, _)| activity));
            }
            None => activities.push(wire::create(&parts, &app.origin, &app.config.instance.domain)),
        }
    }
    Ok((activities, next))
}
