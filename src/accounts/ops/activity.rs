//! Counts who is here, by days, and remembers of each no more than the last one.

use chrono::NaiveDate;
use quick_cache::sync::Cache;

use crate::accounts::store;
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;

/// People of whom a process remembers that they were counted.
const MOST_KEPT: usize = 16 * 1024;

struct Seen(Cache<AccountId, NaiveDate>);

impl Default for Seen {
    fn default() -> Self {
        Self(Cache::new(MOST_KEPT))
    }
}

/// A person uses their account: notes the day, with the first request on it. What goes wrong with that is nobody's concern but the log's.
pub async fn note(app: &App, id: AccountId) {
    let (seen, today) = (app.slot::<Seen>(), app.now().date_naive());
    if seen.0.get(&id).is_some_and(|day| day >= today) {
        return;
    }
    match write(app, id, today).await {
        Ok(()) => seen.0.insert(id, today),
        Err(error) => tracing::warn!(%error, "it could not be noted that somebody is here"),
    }
}

async fn write(app: &App, id: AccountId, today: NaiveDate) -> Result<()> {
    // Of those for requests: however busy the jobs are, nobody waits for them.
    let mut conn = app.db.get().await?;
    store::activity::upsert_activity(&mut conn, id, today).await?;
    Ok(())
}
