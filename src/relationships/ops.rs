//! Following and being followed: decisions and writes.

mod blocks;
mod marks;
mod severances;
mod synchronise;

use std::collections::HashSet;

use chrono::{DateTime, Utc};

pub use blocks::{Severed, block, block_domain, record_block, sever, unblock, unblock_domain};
pub use marks::{endorse, mute, note, unendorse, unmute};
pub use severances::{note_severed, note_silent, tell_severed};
pub use synchronise::synchronise;

use super::{Follow, store, wire};
use crate::accounts::{self, Account, AccountDiscovered};
use crate::app::App;
use crate::base::id::{AccountId, FollowId};
use crate::base::{Error, Result, text};
use crate::db::Conn;
use crate::federation::delivery;
use crate::jobs;
use crate::notifications::{self, Kind};

/// What a follower chooses; `None` leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct FollowOptions {
    pub show_reblogs: Option<bool>,
    pub notify: Option<bool>,
    pub languages: Option<Vec<String>>,
}

/// Languages that one may choose of a person's posts, at most.
const MOST_LANGUAGES: usize = 100;

/// The languages of somebody's posts that a follower wants; none of them is all.
///
/// # Errors
/// When one is no language code, or there are too many.
pub fn chosen_languages(mut codes: Vec<String>) -> Result<Vec<String>> {
    let mut known = HashSet::new();
    codes.retain(|code| !code.trim().is_empty() && known.insert(code.clone()));
    if codes.len() > MOST_LANGUAGES || !codes.iter().all(|code| text::valid_language(code)) {
        return Err(Error::invalid("languages", "must be language codes, such as en or pt-BR"));
    }
    Ok(codes)
}

/// `follower` (ours) follows `target`, or changes how. A local account that isn't locked, or a group, accepts at once; a
/// remote one is asked. Between those of whom one blocks the other there are no follows.
pub async fn follow(app: &App, follower: &Account, target: &Account, options: FollowOptions) -> Result<Follow> {
    if follower.id == target.id {
        return Err(Error::Forbidden("You cannot follow yourself".into()));
    }
    if target.moved_to_uri.is_some() {
        return Err(Error::Forbidden("This account has moved. Follow the new one instead".into()));
    }
    if target.is_suspended() {
        return Err(Error::NotFound("Account"));
    }
    app.transaction(async |conn| {
        store::lock_pair(conn, follower.id, target.id).await?;
        if let Some(mut known) = store::find_follow(conn, follower.id, target.id).await? {
            apply(&mut known, &options);
            store::update_options(conn, &known).await?;
            return Ok(known);
        }
        if is_refused(conn, follower, target).await? {
            return Err(Error::Forbidden("This action is not allowed".into()));
        }
        let now = app.now();
        let id = FollowId(app.ids.mint(now));
        let mut follow = Follow {
            id,
            account_id: follower.id,
            target_account_id: target.id,
            uri: format!("{}/follows/{id}", follower.uri),
            accepted_at: accepts_at_once(target).then_some(now),
            show_reblogs: true,
            notify: false,
            languages: None,
            created_at: now,
        };
        apply(&mut follow, &options);
        if store::insert_follow(conn, &follow).await?.is_none() {
            // Another request was faster by a moment; it has the same effect.
            return Ok(follow);
        }
        if target.is_local() {
            tell_followed(app, conn, &follow, target).await?;
        } else {
            let body = wire::follow(&follow, follower, target);
            delivery::send(app, conn, follower.id, &follow.uri, &body, std::slice::from_ref(&target.inbox_uri)).await?;
            if target.fetched_at.is_none() {
                // A post brought it along; now its profile is of interest.
                jobs::enqueue(app, conn, &AccountDiscovered { account_id: target.id }).await?;
            }
        }
        Ok(follow)
    })
    .await
}

fn apply(follow: &mut Follow, options: &FollowOptions) {
    follow.show_reblogs = options.show_reblogs.unwrap_or(follow.show_reblogs);
    follow.notify = options.notify.unwrap_or(follow.notify);
    if let Some(languages) = &options.languages {
        follow.languages = (!languages.is_empty()).then(|| languages.iter().cloned().map(Some).collect());
    }
}

fn accepts_at_once(target: &Account) -> bool {
    target.is_local() && (!target.locked || target.is_group())
}

async fn tell_followed(app: &App, conn: &mut Conn, follow: &Follow, target: &Account) -> Result<()> {
    let kind = if follow.accepted_at.is_some() { Kind::Follow } else { Kind::FollowRequest };
    notifications::ops::notify(app, conn, &[target.id], follow.account_id, kind, None).await
}

/// Whether one of the two blocks the other, or the other's domain.
async fn is_refused(conn: &mut Conn, one: &Account, other: &Account) -> Result<bool> {
    Ok(!store::list_estranged(conn, one.id, &[other.id]).await?.is_empty()
        || store::is_domain_blocked(conn, one.id, other.domain.as_deref()).await?
        || store::is_domain_blocked(conn, other.id, one.domain.as_deref()).await?)
}

/// Ends a follow, or takes a request back.
pub async fn unfollow(app: &App, follower: &Account, target: &Account) -> Result<()> {
    app.transaction(async |conn| {
        end_follow(app, conn, follower, target).await?;
        Ok(())
    })
    .await
}

/// Ends the follow, or the request, of `follower` (ours), and tells the other's server. Returns it if there was one.
async fn end_follow(app: &App, conn: &mut Conn, follower: &Account, target: &Account) -> Result<Option<Follow>> {
    let Some(follow) = store::delete_follow(conn, follower.id, target.id).await? else { return Ok(None) };
    notifications::store::delete_about_follow(conn, target.id, follower.id).await?;
    if !target.is_local() {
        delivery::withdraw(conn, &follow.uri).await?;
        let uri = format!("{}/undo", follow.uri);
        let body = wire::about_follow("Undo", &uri, follower, target, &follow, follower, target);
        delivery::send(app, conn, follower.id, &uri, &body, std::slice::from_ref(&target.inbox_uri)).await?;
    }
    Ok(Some(follow))
}

/// Ends the follow of `me` (ours) by somebody, or their request, and tells their server. Returns it if there was one.
async fn end_follower(app: &App, conn: &mut Conn, me: &Account, follower: &Account) -> Result<Option<Follow>> {
    let Some(follow) = store::delete_follow(conn, follower.id, me.id).await? else { return Ok(None) };
    notifications::store::delete_about_follow(conn, me.id, follower.id).await?;
    answer(app, conn, "Reject", me, follower, &follow, app.now()).await?;
    Ok(Some(follow))
}

/// `me` lets somebody follow who asked to.
pub async fn accept_request(app: &App, me: &Account, follower: AccountId) -> Result<()> {
    app.transaction(async |conn| {
        let follow = store::find_follow(conn, follower, me.id).await?.ok_or(Error::NotFound("Record"))?;
        let follower = accounts::store::find_account(conn, follower).await?.ok_or(Error::NotFound("Record"))?;
        if store::accept_follow(conn, &follow, app.now()).await? {
            notifications::store::delete_about_follow(conn, me.id, follower.id).await?;
            notifications::ops::notify(app, conn, &[me.id], follower.id, Kind::Follow, None).await?;
            answer(app, conn, "Accept", me, &follower, &follow, app.now()).await?;
        }
        Ok(())
    })
    .await
}

/// `me` refuses a request, or removes a follower.
pub async fn reject(app: &App, me: &Account, follower: AccountId) -> Result<()> {
    app.transaction(async |conn| {
        let follower = accounts::store::find_account(conn, follower).await?.ok_or(Error::NotFound("Record"))?;
        let ended = end_follower(app, conn, me, &follower).await?;
        ended.map(drop).ok_or(Error::NotFound("Record"))
    })
    .await
}

/// Tells a remote follower's server what became of a Follow.
async fn answer(
    app: &App,
    conn: &mut Conn,
    kind: &str,
    me: &Account,
    follower: &Account,
    follow: &Follow,
    now: DateTime<Utc>,
) -> Result<()> {
    if follower.is_local() {
        return Ok(());
    }
    let uri = format!("{}/activities/{}", me.uri, app.ids.mint(now));
    let body = wire::about_follow(kind, &uri, me, follower, follow, follower, me);
    delivery::send(app, conn, me.id, &uri, &body, std::slice::from_ref(&follower.inbox_uri)).await
}

/// Records a remote actor's Follow of one of ours. One that is repeated is answered again; where one of the two blocks the
/// other, it is rejected.
pub async fn record_follow(app: &App, conn: &mut Conn, follower: &Account, target: &Account, uri: &str) -> Result<()> {
    let now = app.now();
    store::lock_pair(conn, follower.id, target.id).await?;
    if let Some(known) = store::find_follow(conn, follower.id, target.id).await? {
        let known = if known.uri == uri || store::find_by_uri(conn, uri).await?.is_some() {
            known
        } else {
            store::update_uri(conn, known.id, uri).await?;
            Follow { uri: uri.to_owned(), ..known }
        };
        if known.accepted_at.is_some() {
            answer(app, conn, "Accept", target, follower, &known, now).await?;
        }
        return Ok(());
    }
    let follow = Follow {
        id: FollowId(app.ids.mint(now)),
        account_id: follower.id,
        target_account_id: target.id,
        uri: uri.to_owned(),
        accepted_at: accepts_at_once(target).then_some(now),
        show_reblogs: true,
        notify: false,
        languages: None,
        created_at: now,
    };
    // Who moved is followed at the new place.
    if target.moved_to_uri.is_some() || is_refused(conn, target, follower).await? {
        return answer(app, conn, "Reject", target, follower, &follow, now).await;
    }
    if store::insert_follow(conn, &follow).await?.is_none() {
        return Ok(());
    }
    tell_followed(app, conn, &follow, target).await?;
    if follow.accepted_at.is_some() {
        answer(app, conn, "Accept", target, follower, &follow, now).await?;
    }
    Ok(())
}
