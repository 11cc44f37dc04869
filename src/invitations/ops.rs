//! Inviting, accepting, taking an invitation back.

use chrono::Duration;

use super::{Invitation, InvitationAccepted, store};
use crate::accounts::registration::{self, Refused, Registration};
use crate::accounts::{self, Account, PersonAdmitted, sign_in};
use crate::app::App;
use crate::base::id::{AccountId, InvitationId};
use crate::base::{Error, Result, secret, why};
use crate::config::RegistrationMode;
use crate::db::Conn;
use crate::jobs::{self, Outcome};
use crate::relationships::ops::{FollowOptions, accept_request, follow};

/// For how many one invitation can be.
pub const MOST_USES: i32 = 50;

/// For how many days.
pub const MOST_DAYS: i64 = 90;

/// Characters of what is said to whom one invites.
pub const MOST_NOTE: usize = 500;

/// Invitations of one person that hold at once.
const MOST_HOLDING: i64 = 50;

/// Invitations that somebody is shown of their own.
const MOST_SHOWN: i64 = 100;

/// What somebody decides who invites.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    pub note: String,
    pub uses: i32,
    pub days: i64,
}

/// Whether anybody can be invited here.
pub fn are_possible(app: &App) -> bool {
    app.settings().registrations != RegistrationMode::Closed
}

/// Makes an invitation. Its secret is known only now.
///
/// # Errors
/// [`Error::Invalid`] names the field: `uses`, `days`, `note`; or `invitations` when there are too many.
pub async fn invite(app: &App, account: &Account, new: NewInvitation) -> Result<String> {
    if !are_possible(app) {
        return Err(Error::Forbidden("Nobody can be invited here. Ask whoever runs this server.".into()));
    }
    if !(1..=MOST_USES).contains(&new.uses) {
        return Err(Error::invalid("uses", why!("must be from 1 to {most}", most = MOST_USES)));
    }
    if !(1..=MOST_DAYS).contains(&new.days) {
        return Err(Error::invalid("days", why!("must be from 1 to {most}", most = MOST_DAYS)));
    }
    let note = new.note.trim();
    if note.chars().count() > MOST_NOTE {
        return Err(Error::invalid("note", why!("must have {most} characters at most", most = MOST_NOTE)));
    }
    let (token, now) = (secret::generate()?, app.now());
    let invitation = Invitation {
        id: InvitationId(app.mint()),
        account_id: account.id,
        token_hash: secret::hash(&token),
        note: note.to_owned(),
        uses_left: new.uses,
        created_at: now,
        expires_at: now + Duration::days(new.days),
        revoked_at: None,
    };
    app.transaction(async |conn| {
        if store::count_holding(conn, account.id, now).await? >= MOST_HOLDING {
            return Err(Error::invalid("invitations", "are too many: take some back first"));
        }
        store::insert_invitation(conn, &invitation).await?;
        Ok(())
    })
    .await?;
    Ok(token)
}

/// A person's invitations, each with who came by it.
pub async fn list(app: &App, account: AccountId) -> Result<Vec<(Invitation, Vec<Account>)>> {
    let mut conn = app.db.get().await?;
    let invitations = store::list_invitations(&mut conn, account, MOST_SHOWN).await?;
    let ids: Vec<InvitationId> = invitations.iter().map(|invitation| invitation.id).collect();
    let guests = store::list_guests(&mut conn, &ids).await?;
    let with_guests = |invitation: Invitation| {
        let own = guests.iter().filter(|(by, _)| *by == invitation.id).map(|(_, guest)| guest.clone()).collect();
        (invitation, own)
    };
    Ok(invitations.into_iter().map(with_guests).collect())
}

/// Takes an invitation back: nobody can come by it any more.
pub async fn revoke(app: &App, account: AccountId, id: InvitationId) -> Result<()> {
    let mut conn = app.db.get().await?;
    store::update_revoked(&mut conn, account, id, app.now()).await?;
    Ok(())
}

/// An invitation that holds, and who vouches: somebody who may still sign in here.
pub async fn look(app: &App, token: &str) -> Result<Option<(Invitation, Account)>> {
    if !are_possible(app) {
        return Ok(None);
    }
    let found = {
        let mut conn = app.db.get().await?;
        store::find_by_token(&mut conn, &secret::hash(token)).await?
    };
    let Some(invitation) = found.filter(|invitation| invitation.holds(app.now())) else { return Ok(None) };
    let host = sign_in::find_able(app, invitation.account_id).await?.filter(|host| host.moved_to_uri.is_none());
    Ok(host.map(|host| (invitation, host)))
}

/// Registers whom somebody vouches for. Callers limit the rate.
pub async fn register(app: &App, invitation: &Invitation, new: Registration) -> Result<Account, Refused> {
    // The two are tied when the newcomer is let in: see `admitted`.
    registration::register_invited(app, new, async |conn, account| {
        note_use(app, conn, invitation, account).await?;
        Ok(())
    })
    .await
}

/// Somebody who has an account here accepts.
pub async fn accept(app: &App, invitation: &Invitation, account: &Account) -> Result<()> {
    if account.id == invitation.account_id {
        return Err(Error::Forbidden("This is your own invitation: give it to somebody else.".into()));
    }
    app.transaction(async |conn| {
        if note_use(app, conn, invitation, account).await? {
            let accepted = InvitationAccepted { by: invitation.account_id, account_id: account.id };
            jobs::enqueue(app, conn, &accepted).await?;
        }
        Ok(())
    })
    .await
}

/// Returns whether they had not come by it before.
async fn note_use(app: &App, conn: &mut Conn, invitation: &Invitation, account: &Account) -> Result<bool> {
    let now = app.now();
    if store::insert_use(conn, invitation.id, account.id, now).await? == 0 {
        return Ok(false);
    }
    if store::take_use(conn, invitation.id, now).await? == 0 {
        return Err(Error::Gone("Invitation"));
    }
    Ok(true)
}

/// Somebody is let in: ties them to whoever brought them.
pub async fn admitted(app: &App, job: &PersonAdmitted) -> Result<Outcome> {
    let hosts = {
        let mut conn = app.db.background().await?;
        store::list_hosts(&mut conn, job.account_id).await?
    };
    for by in hosts {
        tie(app, &InvitationAccepted { by, account_id: job.account_id }).await?;
    }
    Ok(Outcome::Done)
}

/// Ties host and guest: they follow each other, also where one lets nobody follow without being asked; who invites, or accepts, has
/// said yes.
pub async fn tie(app: &App, job: &InvitationAccepted) -> Result<Outcome> {
    let (host, guest) = {
        let mut conn = app.db.background().await?;
        (
            accounts::store::find_account(&mut conn, job.by).await?,
            accounts::store::find_account(&mut conn, job.account_id).await?,
        )
    };
    let (Some(host), Some(guest)) = (host, guest) else { return Ok(Outcome::drop("one of the two is gone")) };
    for (one, other) in [(&guest, &host), (&host, &guest)] {
        match follow(app, one, other, FollowOptions::default()).await {
            Ok(tied) if tied.accepted_at.is_none() => accept_request(app, other, one.id).await?,
            Ok(_) => {}
            Err(Error::Forbidden(why)) => return Ok(Outcome::drop(why.to_string())),
            Err(Error::NotFound(_)) => return Ok(Outcome::drop("one of the two is suspended")),
            Err(error) => return Err(error),
        }
    }
    Ok(Outcome::Done)
}
