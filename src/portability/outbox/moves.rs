//! A move is told to followers' servers, and people here are carried along.

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{AccountId, FollowId};
use crate::base::{Error, Result};
use crate::federation::delivery;
use crate::jobs::Outcome;
use crate::portability::{AccountMoved, FollowersCarried, ops, store, wire};
use crate::relationships;

/// Followers that are looked up at once.
const BATCH: i64 = 100;

/// Sends the Move of an account of ours.
pub async fn tell(app: &App, job: &AccountMoved) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let account = accounts::store::find_account(conn, job.account_id).await?;
        let Some((account, target)) = account.and_then(|account| Some((account.clone(), account.moved_to_uri?))) else {
            return Ok(Outcome::drop("the move was taken back"));
        };
        let at = store::find_moved_at(conn, account.id).await?.map_or(0, |at| at.timestamp_micros());
        let uri = format!("{}#moves/{at}", account.uri);
        let inboxes = relationships::store::list_follower_inboxes(conn, account.id).await?;
        let body = wire::moved(&uri, &account, &target);
        delivery::send(app, conn, account.id, &uri, &body, &inboxes).await?;
        Ok(Outcome::Done)
    })
    .await
}

async fn find(app: &App, id: AccountId) -> Result<Option<Account>> {
    let mut conn = app.db.background().await?;
    Ok(accounts::store::find_account(&mut conn, id).await?)
}

/// Lets people here follow, block and mute the new account as they did the old one. Each once: whoever was carried along
/// follows the old one no more.
pub async fn carry_followers(app: &App, job: &FollowersCarried) -> Result<Outcome> {
    let (Some(from), Some(to)) = (find(app, job.from).await?, find(app, job.to).await?) else {
        return Ok(Outcome::drop("one of the two accounts is gone"));
    };
    if from.moved_to_uri.as_ref() != Some(&to.uri) {
        return Ok(Outcome::drop("the move was taken back"));
    }
    // First, so that nobody follows whom they do not want to see.
    carry_refusals(app, &from, &to).await?;
    let mut below = FollowId(i64::MAX);
    loop {
        let some = store::list_some_local_followers(&mut *app.db.background().await?, from.id, below, BATCH).await?;
        let Some((last, _)) = some.last() else { break };
        below = last.id;
        for (follow, follower) in &some {
            ops::carry_follower(app, follow, follower, &from, &to).await?;
        }
    }
    accounts::view::invalidate(app, from.id);
    accounts::view::invalidate(app, to.id);
    Ok(Outcome::Done)
}

async fn carry_refusals(app: &App, from: &Account, to: &Account) -> Result<()> {
    let (blockers, muters) = {
        let mut conn = app.db.background().await?;
        (
            store::list_local_blockers(&mut conn, from.id).await?,
            store::list_muters(&mut conn, from.id, app.now()).await?,
        )
    };
    for blocker in blockers.iter().filter(|blocker| blocker.id != to.id) {
        relationships::ops::block(app, blocker, to).await?;
    }
    for (mute, muter) in muters.iter().filter(|(_, muter)| muter.id != to.id) {
        let seconds = mute.expires_at.map_or(0, |at| (at - app.now()).num_seconds().max(1));
        match relationships::ops::mute(app, muter, to, mute.hide_notifications, seconds).await {
            Ok(()) | Err(Error::Invalid { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
