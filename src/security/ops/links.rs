//! Links in letters: made when the letter is written, good for one use.

use chrono::Duration;

use crate::accounts::registration::{check_password, note_admitted};
use crate::accounts::store::{self as accounts, sign_ins};
use crate::accounts::{Account, User, password, sign_in};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result, secret};
use crate::db::Conn;
use crate::mail::{self, Letter, Notice};
use crate::security::{MailLink, Purpose, store};

impl Purpose {
    /// How long its link works.
    fn lasts(self) -> Duration {
        match self {
            Self::Confirm => Duration::days(7),
            Self::Change => Duration::days(1),
            Self::Reset => Duration::hours(1),
        }
    }
}

fn new_link(app: &App, token: &str, account: AccountId, purpose: Purpose, email: &str) -> MailLink {
    let now = app.now();
    MailLink {
        token_hash: secret::hash(token),
        account_id: account,
        purpose: purpose.as_str().to_owned(),
        email: email.to_owned(),
        created_at: now,
        expires_at: now + purpose.lasts(),
    }
}

/// Makes a link's secret, which is known only now, for an address; inside the caller's transaction.
pub async fn make(app: &App, conn: &mut Conn, account: AccountId, purpose: Purpose, email: &str) -> Result<String> {
    let token = secret::generate()?;
    store::insert_link(conn, &new_link(app, &token, account, purpose, email)).await?;
    Ok(token)
}

/// As [`make`], for a letter that was asked for some time ago. `None`: it is for another address, and the person does not want that
/// any more, or got a new password since.
pub async fn make_asked(app: &App, account: AccountId, purpose: Purpose, email: &str) -> Result<Option<String>> {
    app.transaction(async |conn| {
        if purpose == Purpose::Change && !store::is_asked_for(conn, account, purpose.as_str(), email, app.now()).await?
        {
            return Ok(None);
        }
        make(app, conn, account, purpose, email).await.map(Some)
    })
    .await
}

/// Whom a letter of this instance is for: a person that is not gone, with what they signed up with.
pub async fn find_reader(app: &App, account: AccountId) -> Result<Option<(Account, User)>> {
    let mut conn = app.db.get().await?;
    let found = sign_ins::find_person(&mut conn, account).await?;
    Ok(found.filter(|(account, _)| account.deleted_at.is_none()))
}

/// As [`find_reader`], by address (in lower case), confirmed or not.
pub async fn find_holder(app: &App, email: &str) -> Result<Option<(Account, User)>> {
    let mut conn = app.db.get().await?;
    let Some(user) = accounts::find_user_by_email(&mut conn, email).await? else { return Ok(None) };
    let found = sign_ins::find_person(&mut conn, user.account_id).await?;
    Ok(found.filter(|(account, _)| account.deleted_at.is_none()))
}

/// As [`find_holder`], for somebody who says that they forgot their password. Who may not sign in gets none.
pub async fn find_forgetful(app: &App, email: &str) -> Result<Option<(Account, User)>> {
    let found = find_holder(app, email).await?;
    Ok(found.filter(|(account, user)| !account.is_suspended() && user.disabled_at.is_none()))
}

/// Whether somebody has this address already; in lower case.
pub async fn is_taken(app: &App, email: &str) -> Result<bool> {
    let mut conn = app.db.get().await?;
    Ok(accounts::find_user_by_email(&mut conn, email).await?.is_some())
}

/// The address that a link is about, while it works and is for this.
pub async fn look(app: &App, token: &str, purpose: Purpose) -> Result<Option<String>> {
    let mut conn = app.db.get().await?;
    let link = store::find_link(&mut conn, &secret::hash(token), app.now()).await?;
    Ok(link.filter(|link| link.purpose == purpose.as_str()).map(|link| link.email))
}

/// What came of opening a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    Done,
    /// It was used, or is too old, or never was.
    Expired,
    /// Somebody else has the address meanwhile.
    Taken,
}

/// Confirms the address that a link was sent to: the one that somebody registered with, or the one that they want to have from now on.
pub async fn confirm(app: &App, token: &str) -> Result<Opened> {
    let hash = secret::hash(token);
    let done = app
        .transaction(async |conn| {
            let Some(link) = store::find_link(conn, &hash, app.now()).await? else { return Ok(Opened::Expired) };
            if link.purpose == Purpose::Confirm.as_str() {
                store::delete_links(conn, link.account_id, &link.purpose).await?;
                let confirmed = sign_ins::update_confirmed(conn, link.account_id, &link.email).await?;
                if confirmed == 0 {
                    return Ok(Opened::Expired);
                }
                note_admitted(app, conn, link.account_id).await?;
                return Ok(Opened::Done);
            }
            if link.purpose != Purpose::Change.as_str() {
                return Ok(Opened::Expired);
            }
            if accounts::find_user_by_email(conn, &link.email).await?.is_some() {
                return Ok(Opened::Taken);
            }
            store::delete_links(conn, link.account_id, &link.purpose).await?;
            put_email(app, conn, link.account_id, &link.email).await?;
            Ok(Opened::Done)
        })
        .await;
    match done {
        Err(error) if error.is_collision() => Ok(Opened::Taken),
        other => other,
    }
}

/// Gives a person another address. The one that they had is told; links that were sent to it end.
async fn put_email(app: &App, conn: &mut Conn, id: AccountId, email: &str) -> Result<()> {
    let (_, user) = sign_ins::find_person(conn, id).await?.ok_or(Error::NotFound("Account"))?;
    sign_ins::update_email(conn, id, email).await?;
    store::delete_links(conn, id, Purpose::Reset.as_str()).await?;
    store::delete_links(conn, id, Purpose::Confirm.as_str()).await?;
    let letter =
        Letter::Notice { account_id: id, notice: Notice::EmailChanged, email: Some(user.email), at: app.now() };
    mail::ops::write(app, conn, &letter).await
}

/// A person wants another address (in lower case): it is theirs once they opened the link that is sent to it. Without a mail server
/// it is theirs at once. Returns whether a letter is on its way.
pub async fn change_email(app: &App, id: AccountId, email: &str) -> Result<bool> {
    let asked = app.config.mail.is_set_up();
    let done = app
        .transaction(async |conn| {
            if asked {
                store::delete_links(conn, id, Purpose::Change.as_str()).await?;
                // A link whose secret nobody has stands for the wish until the letter is written, and ends with all others.
                let wish = new_link(app, &secret::generate()?, id, Purpose::Change, email);
                store::insert_link(conn, &wish).await?;
                mail::ops::write(app, conn, &Letter::Change { account_id: id, email: email.to_owned() }).await?;
            } else {
                put_email(app, conn, id, email).await?;
            }
            Ok(asked)
        })
        .await;
    match done {
        Err(error) if error.is_collision() => Err(Error::invalid("email", "has already been taken")),
        other => other,
    }
}

/// Confirms a person's address, on behalf of whoever runs the instance; inside the caller's transaction.
pub async fn confirm_by_hand(app: &App, conn: &mut Conn, id: AccountId) -> Result<()> {
    let (_, user) = sign_ins::find_person(conn, id).await?.ok_or(Error::NotFound("Account"))?;
    sign_ins::update_confirmed(conn, id, &user.email).await?;
    store::delete_links(conn, id, Purpose::Confirm.as_str()).await?;
    if user.email_awaited_since.is_some() {
        note_admitted(app, conn, id).await?;
    }
    Ok(())
}

/// Somebody forgot the password of whoever has this address. The same happens whether there is anybody: a job looks.
pub async fn forgot(app: &App, email: &str) -> Result<()> {
    let email = email.trim().to_lowercase();
    app.transaction(async |conn| mail::ops::write(app, conn, &Letter::Reset { email }).await).await
}

/// Sets a new password by a link. All links for that end, and all browsers and apps are signed out. To have read the letter confirms
/// the address, too.
///
/// # Errors
/// [`Error::Invalid`] for a password that may not be, [`Error::Unavailable`] when too many sign in; the link still works then.
pub async fn reset(app: &App, token: &str, password: &str) -> Result<Opened> {
    check_password(password).map_err(|problem| Error::invalid("password", problem.why()))?;
    if look(app, token, Purpose::Reset).await?.is_none() {
        return Ok(Opened::Expired);
    }
    // Before the link is used: this may have to wait, and fail.
    let password = password::hash(app, password).await?;
    app.transaction(async |conn| {
        let link = store::find_link(conn, &secret::hash(token), app.now()).await?;
        let Some(link) = link.filter(|link| link.purpose == Purpose::Reset.as_str()) else {
            return Ok(Opened::Expired);
        };
        let user = accounts::find_user(conn, link.account_id).await?;
        let waited = user.is_some_and(|user| user.email_awaited_since.is_some());
        // Written while the person got another address: whoever has the old one is nobody.
        if sign_ins::update_confirmed(conn, link.account_id, &link.email).await? == 0 {
            return Ok(Opened::Expired);
        }
        sign_in::put_password(app, conn, link.account_id, &password).await?;
        if waited {
            note_admitted(app, conn, link.account_id).await?;
        }
        Ok(Opened::Done)
    })
    .await
}
