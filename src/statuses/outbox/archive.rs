//! What somebody wrote, as they take it along.

use serde_json::Value;

use super::parts;
use crate::accounts;
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, StatusId};
use crate::media::{File, Shown};
use crate::statuses::{store, wire};

/// Posts that are read at once.
const AT_ONCE: i64 = 100;

/// Some of what somebody wrote and boosted.
pub struct Bite {
    /// The newest first.
    pub activities: Vec<Value>,
    /// Their files, with what they say of each.
    pub files: Vec<(File, String)>,
    /// Below which id to go on; `None` when that was all.
    pub next: Option<StatusId>,
}

/// What comes below an id of what an account of ours wrote and boosted.
pub async fn list_some(app: &App, author: AccountId, below: StatusId) -> Result<Bite> {
    let mut conn = app.db.background().await?;
    let statuses = store::list_own(&mut conn, author, below, AT_ONCE).await?;
    let full = i64::try_from(statuses.len()).unwrap_or(0) == AT_ONCE;
    let next = statuses.last().map(|status| status.id).filter(|_| full);
    let boosted: Vec<StatusId> = statuses.iter().filter_map(|status| status.reblog_of_id).collect();
    let originals = store::list_statuses(&mut conn, &boosted).await?;
    let authors: Vec<AccountId> = originals.iter().map(|original| original.account_id).collect();
    let authors = accounts::store::list_accounts(&mut conn, &authors).await?;
    let all = parts::load_all(app, &mut conn, statuses).await?;
    let activity = |parts: &wire::Parts| {
        let Some(original) = parts.status.reblog_of_id else {
            return Some(wire::create(parts, &app.origin, &app.config.instance.domain));
        };
        let original = originals.iter().find(|other| other.id == original)?;
        let author = authors.iter().find(|author| author.id == original.account_id && !author.is_suspended())?;
        Some(wire::announce(&parts.author, original, author, &parts.status))
    };
    let activities = all.iter().filter_map(activity).collect();
    let media = all.into_iter().flat_map(|parts| parts.media);
    let file = |shown: Shown| shown.original.map(|file| (file, shown.attachment.description));
    Ok(Bite { activities, files: media.filter_map(file).collect(), next })
}
