//! What somebody says against what moderators did to them, and what becomes of it.

use chrono::TimeDelta;
use serde_json::json;

use super::accounts::{Act, carry_out};
use super::{Moderator, note};
use crate::accounts::{self, User};
use crate::app::App;
use crate::base::id::{AccountId, WarningId};
use crate::base::{Error, Result, why};
use crate::mail::{self, Letter};
use crate::notifications::{self, APPROVED, Appeal, PENDING, REJECTED, Warning};

/// The most that one can say, in characters, as in Mastodon.
pub const MOST_APPEAL: usize = 2000;

/// For so many days something can be said against what was done, as in Mastodon.
pub const APPEAL_DAYS: i64 = 20;

/// Whether something can still be said against what was done.
pub fn can_be_appealed(app: &App, warning: &Warning) -> bool {
    app.now() - warning.created_at < TimeDelta::days(APPEAL_DAYS)
}

/// Somebody says that what moderators did to them is wrong: once, of each of their messages.
pub async fn appeal(app: &App, me: AccountId, id: WarningId, text: &str) -> Result<()> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("text", "can't be blank"));
    }
    if text.chars().count() > MOST_APPEAL {
        return Err(Error::invalid("text", why!("can have at most {most} characters", most = MOST_APPEAL)));
    }
    app.transaction(async |conn| {
        let found = notifications::store::find_warning(conn, id).await?;
        let warning = found.filter(|warning| warning.target_account_id == me).ok_or(Error::NotFound("Record"))?;
        if !can_be_appealed(app, &warning) {
            return Err(Error::invalid("text", "comes too late"));
        }
        let appeal = Appeal { warning_id: id, text: text.to_owned(), state: PENDING.to_owned(), created_at: app.now() };
        if !notifications::store::insert_appeal(conn, &appeal).await? {
            return Err(Error::invalid("text", "was said already"));
        }
        Ok(())
    })
    .await
}

/// What takes back what was done.
fn opposite(act: Act) -> Option<Act> {
    match act {
        Act::Sensitive => Some(Act::Unsensitive),
        Act::Silence => Some(Act::Unsilence),
        Act::Disable => Some(Act::Enable),
        Act::Suspend => Some(Act::Unsuspend),
        _ => None,
    }
}

/// Decides on an appeal: who is right gets back what was taken from them. Nobody decides about those of the same or a higher role.
/// Enqueues a letter to them.
pub async fn decide(app: &App, by: &Moderator, id: WarningId, approve: bool) -> Result<()> {
    let target = app
        .transaction(async |conn| {
            let warning = notifications::store::find_warning(conn, id).await?.ok_or(Error::NotFound("Record"))?;
            let target = accounts::store::find_account(conn, warning.target_account_id).await?;
            let target = target.filter(|target| target.deleted_at.is_none()).ok_or(Error::NotFound("Record"))?;
            let user = accounts::store::find_user(conn, target.id).await?;
            if user.as_ref().map_or(0, User::rank) >= by.rank() {
                return Err(Error::Forbidden("This action is not allowed".into()));
            }
            let state = if approve { APPROVED } else { REJECTED };
            if !notifications::store::update_appeal(conn, id, state).await? {
                return Err(Error::NotFound("Record"));
            }
            let undone = Act::parse(&warning.action).and_then(opposite).filter(|_| approve);
            if let Some(act) = undone {
                carry_out(app, conn, &target, user.as_ref(), act).await?;
            }
            mail::ops::write(app, conn, &Letter::Appeal { account_id: target.id, approved: approve }).await?;
            let action = if approve { "appeal.approve" } else { "appeal.reject" };
            note(app, conn, by, action, target.acct(), json!({"warning": id, "action": warning.action})).await?;
            Ok(target.id)
        })
        .await?;
    accounts::view::invalidate(app, target);
    Ok(())
}
