//! What moderators do to accounts.

use serde_json::json;

use super::{By, note};
use crate::accounts::{self, Account, ROLES, User};
use crate::app::App;
use crate::base::id::{AccountId, ReportId, WarningId};
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::mail::{self, Letter};
use crate::moderation::store;
use crate::notifications::{self, Warning};
use crate::portability;

/// An act on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A word, and nothing else.
    None,
    /// Whatever it attaches is marked as sensitive.
    Sensitive,
    /// The person cannot sign in.
    Disable,
    /// Its posts come by themselves to its followers alone.
    Silence,
    /// Closed: signed out everywhere, seen by nobody.
    Suspend,
    Enable,
    Unsensitive,
    Unsilence,
    Unsuspend,
    Approve,
    /// The registration is refused, and gone.
    Reject,
    /// All that there is of a suspended account goes for good.
    Delete,
}

impl Act {
    /// What a client asks for by `type`.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "none" => Self::None,
            "sensitive" => Self::Sensitive,
            "disable" => Self::Disable,
            "silence" => Self::Silence,
            "suspend" => Self::Suspend,
            _ => return None,
        })
    }

    /// As [`Act::parse`] reads it; those of which the person is told.
    fn named(self) -> Option<&'static str> {
        ["none", "sensitive", "disable", "silence", "suspend"].into_iter().find(|name| Self::parse(name) == Some(self))
    }

    fn action(self) -> &'static str {
        match self {
            Self::None => "account.warn",
            Self::Sensitive => "account.sensitive",
            Self::Disable => "account.disable",
            Self::Silence => "account.silence",
            Self::Suspend => "account.suspend",
            Self::Enable => "account.enable",
            Self::Unsensitive => "account.unsensitive",
            Self::Unsilence => "account.unsilence",
            Self::Unsuspend => "account.unsuspend",
            Self::Approve => "account.approve",
            Self::Reject => "account.reject",
            Self::Delete => "account.delete",
        }
    }
}

/// Why an act is done, for the log.
#[derive(Clone, Debug, Default)]
pub struct Reason {
    /// It answers this report, and all others about the account.
    pub report: Option<ReportId>,
    pub text: String,
    /// Whether the person is told.
    pub warns: bool,
}

/// Does something to an account. Nobody acts on those of the same or a higher role.
pub async fn act(app: &App, by: impl Into<By<'_>>, id: AccountId, act: Act, reason: Reason) -> Result<()> {
    let by = by.into();
    app.transaction(async |conn| {
        let target = accounts::store::find_account(conn, id).await?;
        let target = target.filter(|target| target.deleted_at.is_none()).ok_or(Error::NotFound("Record"))?;
        let user = accounts::store::find_user(conn, id).await?;
        if target.actor_type == "Application" && target.is_local()
            || target.is_local() && user.as_ref().map_or(0, User::rank) >= by.rank()
        {
            return Err(Error::Forbidden("This action is not allowed".into()));
        }
        carry_out(app, conn, &target, user.as_ref(), act).await?;
        let mut status_ids = Vec::new();
        if let Some(report) = reason.report {
            let report = store::find_report(conn, report).await?;
            let report = report.filter(|report| report.target_account_id == id).ok_or(Error::NotFound("Record"))?;
            if let By::Moderator(moderator) = by {
                store::close_reports_about(conn, id, moderator.account.id, app.now()).await?;
            }
            status_ids = report.status_ids;
        }
        if let Some(action) = act.named().filter(|_| reason.warns && user.is_some()) {
            let warning = Warning {
                id: WarningId(app.mint()),
                target_account_id: id,
                action: action.to_owned(),
                text: reason.text.clone(),
                status_ids,
                created_at: app.now(),
            };
            notifications::ops::notify_of_warning(app, conn, &warning).await?;
        }
        let details = json!({"text": reason.text, "report": reason.report});
        note(app, conn, by, act.action(), target.acct(), details).await
    })
    .await?;
    accounts::view::invalidate(app, id);
    Ok(())
}

/// Disabling, approving and the like concern people of this instance.
fn person(user: Option<&User>) -> Result<&User> {
    user.ok_or_else(|| Error::invalid("", "This is possible for people of this instance only"))
}

/// Writes to whoever waited what became of it; not to an address of which nobody knows yet whether it is theirs.
async fn write_decided(app: &App, conn: &mut Conn, user: &User, letter: Letter) -> Result<()> {
    if user.email_awaited_since.is_some() {
        return Ok(());
    }
    mail::ops::write(app, conn, &letter).await
}

pub(super) async fn carry_out(
    app: &App,
    conn: &mut Conn,
    target: &Account,
    user: Option<&User>,
    act: Act,
) -> Result<()> {
    let now = Some(app.now());
    match act {
        Act::None => {}
        Act::Sensitive => drop(store::set_sensitized(conn, target.id, now).await?),
        Act::Unsensitive => drop(store::set_sensitized(conn, target.id, None).await?),
        Act::Silence => drop(store::set_silenced(conn, target.id, now).await?),
        Act::Unsilence => drop(store::set_silenced(conn, target.id, None).await?),
        Act::Disable => {
            person(user)?;
            store::set_disabled(conn, target.id, now).await?;
            accounts::sign_in::sign_out(app, conn, target.id).await?;
        }
        Act::Enable => {
            person(user)?;
            store::set_disabled(conn, target.id, None).await?;
        }
        Act::Suspend => accounts::ops::set_suspended(app, conn, target.id, now).await?,
        Act::Unsuspend => accounts::ops::set_suspended(app, conn, target.id, None).await?,
        Act::Approve | Act::Reject if person(user)?.approved_at.is_some() => {
            return Err(Error::Forbidden("This registration does not wait for anybody".into()));
        }
        Act::Approve => {
            accounts::store::sign_ins::update_approved(conn, target.id, app.now()).await?;
            accounts::registration::note_admitted(app, conn, target.id).await?;
            write_decided(app, conn, person(user)?, Letter::Admitted { account_id: target.id }).await?;
        }
        Act::Reject => {
            let user = person(user)?;
            let (email, locale) = (user.email.clone(), user.locale.clone());
            let letter = Letter::Rejected { email, username: target.username.clone(), locale };
            write_decided(app, conn, user, letter).await?;
            store::delete_pending(conn, target.id).await?;
        }
        Act::Delete if !target.is_suspended() => {
            return Err(Error::Forbidden("Only suspended accounts can be deleted".into()));
        }
        Act::Delete if target.is_local() => portability::ops::begin_deletion(app, conn, target).await?,
        Act::Delete => portability::ops::begin_forgetting(app, conn, target).await?,
    }
    Ok(())
}

/// Gives a person a role: user, moderator, admin or owner. Nobody gives one that is not below their own, or to somebody whose
/// role is not.
pub async fn set_role(app: &App, by: impl Into<By<'_>>, id: AccountId, role: &str) -> Result<()> {
    let by = by.into();
    let Some(rank) = ROLES.iter().position(|known| *known == role) else {
        return Err(Error::invalid("role", "must be user, moderator, admin or owner"));
    };
    app.transaction(async |conn| {
        let account = accounts::store::find_account(conn, id).await?.ok_or(Error::NotFound("Account"))?;
        let user = accounts::store::find_user(conn, id).await?;
        if rank >= by.rank() || user.as_ref().map_or(0, User::rank) >= by.rank() {
            return Err(Error::Forbidden("This action is not allowed".into()));
        }
        if store::set_role(conn, id, role).await? == 0 {
            return Err(Error::invalid("", "Only people have roles"));
        }
        note(app, conn, by, "account.role", account.acct(), json!({"role": role})).await
    })
    .await?;
    accounts::view::invalidate(app, id);
    Ok(())
}
