//! Other names of the same person, and moves between them.

use crate::accounts::{self, Account, AccountUpdated};
use crate::app::App;
use crate::base::{Error, Result, why};
use crate::db::Conn;
use crate::jobs;
use crate::portability::{AccountMoved, FollowersCarried, MOVE_PAUSE, store};
use crate::relationships::{self, Follow, ops::FollowOptions};

/// Other names that an account can have.
const MOST_ALIASES: usize = 10;

/// `me` says that another account is the same person.
pub async fn add_alias(app: &App, me: &Account, other: &Account) -> Result<()> {
    if me.id == other.id {
        return Err(Error::invalid("acct", "is this account itself"));
    }
    save_aliases(app, me, |aliases| {
        if !aliases.iter().flatten().any(|known| *known == other.uri) {
            aliases.push(Some(other.uri.clone()));
        }
        if aliases.len() > MOST_ALIASES {
            return Err(Error::invalid("acct", why!("can be added {most} times at most", most = MOST_ALIASES)));
        }
        Ok(())
    })
    .await
}

/// Takes that back.
pub async fn remove_alias(app: &App, me: &Account, uri: &str) -> Result<()> {
    save_aliases(app, me, |aliases| {
        let before = aliases.len();
        aliases.retain(|known| known.as_deref() != Some(uri));
        if aliases.len() < before { Ok(()) } else { Err(Error::NotFound("Record")) }
    })
    .await
}

/// Changes the names as they are by now: of two changes at once, the second sees the first.
async fn save_aliases(
    app: &App,
    me: &Account,
    change: impl FnOnce(&mut Vec<Option<String>>) -> Result<()>,
) -> Result<()> {
    app.transaction(async |conn| {
        let now = accounts::store::lock_account(conn, me.id).await?.filter(|me| me.deleted_at.is_none());
        let mut aliases = now.ok_or(Error::NotFound("Record"))?.also_known_as;
        change(&mut aliases)?;
        store::update_aliases(conn, me.id, &aliases, app.now()).await?;
        jobs::enqueue(app, conn, &AccountUpdated { account_id: me.id }).await
    })
    .await
}

/// `me` moves to another account, which says that it is the same person. From then on this one is there to be read only.
/// Enqueues [`AccountMoved`] and [`FollowersCarried`].
pub async fn move_away(app: &App, me: &Account, target: &Account) -> Result<()> {
    if me.id == target.id {
        return Err(Error::invalid("acct", "is this account itself"));
    }
    if target.is_suspended() || target.moved_to_uri.is_some() || target.is_group() {
        return Err(Error::invalid("acct", "is nobody that one can move to"));
    }
    if !target.is_also(&me.uri) {
        let why = "does not say that it is you: add this account as an alias over there first";
        return Err(Error::invalid("acct", why));
    }
    app.transaction(async |conn| {
        note_move(app, conn, me, target).await?;
        jobs::enqueue(app, conn, &AccountMoved { account_id: me.id }).await?;
        jobs::enqueue(app, conn, &AccountUpdated { account_id: me.id }).await
    })
    .await
}

async fn note_move(app: &App, conn: &mut Conn, from: &Account, to: &Account) -> Result<()> {
    let now = app.now();
    if store::find_moved_at(conn, from.id).await?.is_some_and(|at| now - at < MOVE_PAUSE) {
        let days = MOVE_PAUSE.num_days();
        let why = why!("This account moved a while ago; the next move is possible after {days} days", days = days);
        return Err(Error::invalid("", why));
    }
    store::update_moved(conn, from.id, &to.uri, now).await?;
    jobs::enqueue(app, conn, &FollowersCarried { from: from.id, to: to.id }).await
}

/// `me` is here again. Followers do not come back by themselves.
pub async fn stay(app: &App, me: &Account) -> Result<()> {
    app.transaction(async |conn| {
        if store::clear_moved(conn, me.id, app.now()).await? == 0 {
            return Err(Error::NotFound("Record"));
        }
        jobs::enqueue(app, conn, &AccountUpdated { account_id: me.id }).await
    })
    .await
}

/// Records that somebody elsewhere moved, when the new account says that it is the same person. `false` when it does not,
/// or when the old one moved a short while ago. Enqueues [`FollowersCarried`].
pub async fn record_move(app: &App, conn: &mut Conn, from: &Account, to: &Account) -> Result<bool> {
    if !to.is_also(&from.uri) || to.id == from.id || to.is_suspended() || to.moved_to_uri.is_some() {
        return Ok(false);
    }
    match note_move(app, conn, from, to).await {
        Ok(()) => Ok(true),
        Err(Error::Invalid { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Lets somebody here follow the new account as they followed the old one, whose follow ends. Where one of the two blocks
/// the other, all stays as it is.
pub async fn carry_follower(
    app: &App,
    follow: &Follow,
    follower: &Account,
    from: &Account,
    to: &Account,
) -> Result<()> {
    if follower.id == to.id {
        return Ok(());
    }
    let options = FollowOptions {
        show_reblogs: Some(follow.show_reblogs),
        notify: Some(follow.notify),
        languages: follow.languages.as_ref().map(|codes| codes.iter().flatten().cloned().collect()),
    };
    // Who follows the new one already does it as they chose to.
    let known = {
        let mut conn = app.db.background().await?;
        relationships::store::find_follow(&mut conn, follower.id, to.id).await?
    };
    if known.is_none() {
        match relationships::ops::follow(app, follower, to, options).await {
            Ok(_) => {}
            Err(Error::Forbidden(_) | Error::NotFound(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    relationships::ops::unfollow(app, follower, from).await?;
    accounts::view::invalidate(app, follower.id);
    Ok(())
}
