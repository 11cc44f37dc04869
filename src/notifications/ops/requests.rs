//! What was filtered comes back, or goes.

use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, NotificationRequestId};
use crate::conversations;
use crate::db::changes::Change;
use crate::notifications::{Policy, store};

/// Accepts some of one's requests: all that was filtered of these accounts comes back, and nothing of theirs is filtered or
/// dropped from now on. Returns how many requests there were. Those of others are none.
pub async fn accept(app: &App, me: AccountId, ids: &[NotificationRequestId]) -> Result<usize> {
    app.transaction(async |conn| {
        let from = store::delete_requests(conn, me, ids).await?;
        if from.is_empty() {
            return Ok(0);
        }
        store::insert_permissions(conn, me, &from, app.now()).await?;
        store::unfilter(conn, me, &from).await?;
        conversations::ops::let_in(app, conn, me, &from).await?;
        app.announce(Change::NotificationsMerged(me));
        Ok(from.len())
    })
    .await
}

/// Puts some of one's requests away, with what was filtered. What is filtered later makes new ones. Returns how many there
/// were.
pub async fn dismiss(app: &App, me: AccountId, ids: &[NotificationRequestId]) -> Result<usize> {
    app.transaction(async |conn| {
        let from = store::delete_requests(conn, me, ids).await?;
        store::delete_filtered(conn, me, &from).await?;
        Ok(from.len())
    })
    .await
}

/// Changes what a person lets in; of what comes from now on.
pub async fn change_policy(app: &App, me: AccountId, change: impl FnOnce(&mut Policy)) -> Result<Policy> {
    app.transaction(async move |conn| {
        let mut policy = store::find_policy(conn, me).await?;
        change(&mut policy);
        store::upsert_policy(conn, &policy).await?;
        Ok(policy)
    })
    .await
}
