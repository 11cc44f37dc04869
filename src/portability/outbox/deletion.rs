//! An account goes: its servers are told, and what hangs on it is taken out in small bites.

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::federation::delivery;
use crate::jobs::Outcome;
use crate::portability::{AccountDeleted, SUSPENDED_KEPT, ops, store, wire};
use crate::{relationships, statuses};

/// Rows that one transaction takes out.
const BATCH: i64 = 100;

/// Tells every server that we know that one of ours is gone, then takes out what hangs on the account, posts first. A
/// second run goes on where the first stopped.
pub async fn delete(app: &App, job: &AccountDeleted) -> Result<Outcome> {
    let account = {
        let mut conn = app.db.background().await?;
        accounts::store::find_account(&mut conn, job.account_id).await?
    };
    let Some(account) = account.filter(Account::is_suspended) else {
        return Ok(Outcome::drop("the account is gone already, or open again"));
    };
    if account.is_local() {
        tell(app, &account).await?;
    }
    while app.background_transaction(async |conn| statuses::ops::erase_some(app, conn, &account, BATCH).await).await?
        > 0
    {}
    while end_some_ties(app, &account).await? > 0 {}
    loop {
        let removed = app
            .background_transaction(async |conn| Ok(store::delete_some_hanging(conn, account.id, BATCH).await?))
            .await?;
        if removed == 0 {
            break;
        }
    }
    store::reset_stats(&mut *app.db.background().await?, account.id).await?;
    accounts::view::invalidate(app, account.id);
    Ok(Outcome::Done)
}

async fn tell(app: &App, account: &Account) -> Result<()> {
    app.background_transaction(async |conn| {
        let inboxes = store::list_known_inboxes(conn).await?;
        let uri = format!("{}#delete", account.uri);
        let body = wire::delete(&uri, account);
        delivery::send(app, conn, account.id, &uri, &body, &inboxes).await
    })
    .await
}

/// Follows and favourites count with others, so they are ended one by one.
async fn end_some_ties(app: &App, account: &Account) -> Result<usize> {
    app.background_transaction(async |conn| {
        let follows = store::list_some_follows(conn, account.id, BATCH).await?;
        for (from, to) in &follows {
            relationships::store::delete_follow(conn, *from, *to).await?;
        }
        let favourites = store::list_some_favourites(conn, account.id, BATCH).await?;
        for status in &favourites {
            statuses::store::delete_favourite(conn, account.id, *status).await?;
        }
        Ok(follows.len() + favourites.len())
    })
    .await
}

/// People who were suspended long ago go for good. Called by housekeeping.
pub async fn end_suspended(app: &App) -> Result<()> {
    let before = app.now() - SUSPENDED_KEPT;
    let due = store::list_suspended_before(&mut *app.db.background().await?, before, BATCH).await?;
    for id in due {
        app.transaction(async |conn| {
            // They may have been let in again since they were listed, and then nothing brings back what was deleted.
            let account = accounts::store::lock_account(conn, id).await?.filter(|account| account.deleted_at.is_none());
            match account.filter(|account| account.suspended_at.is_some_and(|at| at < before)) {
                Some(account) => ops::begin_deletion(app, conn, &account).await,
                None => Ok(()),
            }
        })
        .await?;
    }
    Ok(())
}
