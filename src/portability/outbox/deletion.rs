//! An account goes: its servers are told, and what hangs on it is taken out in small bites.

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::federation::delivery;
use crate::jobs::Outcome;
use crate::portability::{AccountDeleted, SUSPENDED_KEPT, ops, store, wire};
use crate::{relationships, statuses};

/// Rows that one transaction takes out.
const BATCH: i64 = 100;

/// Tells every server that we know that one of ours is gone, then takes out what hangs on the account, posts first. A
/// second run goes on where the first stopped.
pub async fn delete(app: &App, job: &AccountDeleted) -> Result<Outcome> {
    let id = job.account_id;
    let account = {
        let mut conn = app.db.background().await?;
        accounts::store::find_account(&mut conn, id).await?
    };
    let Some(account) = account.filter(Account::is_suspended) else { return Ok(no_more()) };
    if account.is_local() {
        tell(app, &account).await?;
    }
    loop {
        if let Some(outcome) = app.background_transaction(async |conn| take_bite(app, conn, id).await).await? {
            accounts::view::invalidate(app, id);
            return Ok(outcome);
        }
    }
}

fn no_more() -> Outcome {
    Outcome::drop("the account is gone already, or open again")
}

/// Takes some of what hangs on an account out, inside the caller's transaction. When nothing is left, says what came of it: of who deleted
/// themselves elsewhere the row goes, too.
async fn take_bite(app: &App, conn: &mut Conn, id: AccountId) -> Result<Option<Outcome>> {
    // It may have been opened since the last bite.
    let account = accounts::store::lock_account(conn, id).await?.filter(Account::is_suspended);
    let Some(account) = account else { return Ok(Some(no_more())) };
    if take_out_some(app, conn, &account).await? {
        return Ok(None);
    }
    if account.is_local() || account.deleted_at.is_none() {
        store::reset_stats(conn, id).await?;
        return Ok(Some(Outcome::Done));
    }
    // What was just being tied to it is waited for, and nothing is tied to it from here on.
    store::lock_for_removal(conn, id).await?;
    if take_out_some(app, conn, &account).await? || store::detach_some(conn, id, BATCH).await? > 0 {
        return Ok(None);
    }
    accounts::store::delete_remote(conn, id).await?;
    Ok(Some(Outcome::Done))
}

/// Posts first, then what else counts with others, then all the rest. Returns whether there was anything.
async fn take_out_some(app: &App, conn: &mut Conn, account: &Account) -> Result<bool> {
    Ok(statuses::ops::erase_some(app, conn, account, BATCH).await? > 0
        || end_some_ties(conn, account.id).await? > 0
        || store::delete_some_hanging(conn, account.id, BATCH).await? > 0)
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

/// Follows and favourites count with others, so they are ended one by one: in order, since others who go may count with the same.
async fn end_some_ties(conn: &mut Conn, id: AccountId) -> Result<usize> {
    let mut follows = store::list_some_follows(conn, id, BATCH).await?;
    follows.sort_unstable();
    for (from, to) in &follows {
        relationships::store::delete_follow(conn, *from, *to).await?;
    }
    let mut favourites = store::list_some_favourites(conn, id, BATCH).await?;
    favourites.sort_unstable();
    for status in &favourites {
        statuses::store::delete_favourite(conn, id, *status).await?;
    }
    Ok(follows.len() + favourites.len())
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
