//! Who somebody is, by name and password, and their browser sessions.

use chrono::Duration;

use super::store::sign_ins::{self, NewSession, Session};
use super::{Account, User, password, registration};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::secret;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::db::changes::Change;
use crate::mail::{self, Letter, Notice};
use crate::security;

/// How long a browser stays signed in.
pub const SESSION_DAYS: i64 = 30;

/// How long, after the password was given again, it is not asked for again.
pub const SURE_MINUTES: i64 = 15;

/// The most of a browser's name that is kept.
const MOST_USER_AGENT: usize = 200;

/// Who somebody says they are, before it is known whether it is true.
pub struct Claim {
    found: Option<(Account, User)>,
    /// By what attempts are counted: the account, under whichever of its names; or a name that nobody has.
    pub key: Vec<u8>,
}

impl Claim {
    /// Whose the name is, if anybody's.
    pub fn account(&self) -> Option<AccountId> {
        self.found.as_ref().map(|(account, _)| account.id)
    }
}

/// Looks up an e-mail address or user name.
pub async fn claim(app: &App, login: &str) -> Result<Claim> {
    let login = login.trim().trim_start_matches('@');
    let login = login.strip_suffix(&format!("@{}", app.config.instance.domain)).unwrap_or(login);
    let mut conn = app.db.get().await?;
    let found = sign_ins::find_by_login(&mut conn, login).await?;
    let key = match &found {
        Some((account, _)) => account_key(account.id),
        None => secret::hash(&format!("name:{}", login.to_lowercase())),
    };
    Ok(Claim { found, key })
}

/// By what attempts on an account are counted.
pub fn account_key(id: AccountId) -> Vec<u8> {
    secret::hash(&format!("account:{id}"))
}

/// How somebody whose password is right stands.
pub enum Proven {
    /// It is them.
    Known(Account),
    /// It is them, and their address is still to be confirmed.
    Unconfirmed(Account),
}

/// Whether the claim is true. Callers limit the rate.
///
/// # Errors
/// [`Error::Unauthenticated`] for a wrong name or password alike; [`Error::Forbidden`] when the password is right, and the
/// registration is not yet approved or the account suspended.
pub async fn prove(app: &App, claim: Claim, given: &str) -> Result<Proven> {
    let stored = claim.found.as_ref().map(|(_, user)| user.password_hash.clone());
    // Longer ones were never accepted; hashing them would only cost time.
    let right = given.len() <= registration::MOST_PASSWORD_BYTES && password::verify(app, given, stored).await?;
    match claim.found {
        Some((account, user)) if right => may_sign_in(account, &user),
        _ => Err(Error::Unauthenticated("The name or the password is not right.".into())),
    }
}

fn may_sign_in(account: Account, user: &User) -> Result<Proven> {
    if account.is_suspended() {
        return Err(Error::Forbidden("This account is suspended.".into()));
    }
    if user.disabled_at.is_some() {
        return Err(Error::Forbidden("This account may not sign in.".into()));
    }
    if user.email_awaited_since.is_some() {
        return Ok(Proven::Unconfirmed(account));
    }
    if user.approved_at.is_none() {
        return Err(Error::Forbidden("This registration is still waiting to be approved.".into()));
    }
    Ok(Proven::Known(account))
}

/// The person, if they may sign in, however they have shown who they are.
pub async fn find_able(app: &App, id: AccountId) -> Result<Option<Account>> {
    let mut conn = app.db.get().await?;
    let found = sign_ins::find_person(&mut conn, id).await?;
    Ok(found.and_then(|(account, user)| match may_sign_in(account, &user) {
        Ok(Proven::Known(account)) => Some(account),
        _ => None,
    }))
}

/// Whether this is the password of somebody who is signed in. Callers limit the rate.
pub async fn is_password(app: &App, user: &User, given: &str) -> Result<bool> {
    let stored = Some(user.password_hash.clone());
    Ok(given.len() <= registration::MOST_PASSWORD_BYTES && password::verify(app, given, stored).await?)
}

/// Gives a person a new password, and signs them out everywhere: browsers and apps. They are told by a letter.
pub async fn set_password(app: &App, id: AccountId, new: &str) -> Result<()> {
    registration::check_password(new).map_err(|problem| Error::invalid("password", problem.why()))?;
    let hash = password::hash(app, new).await?;
    app.transaction(async |conn| put_password(app, conn, id, &hash).await).await
}

/// As [`set_password`], with its hash, inside the caller's transaction.
pub async fn put_password(app: &App, conn: &mut Conn, id: AccountId, hash: &str) -> Result<()> {
    if sign_ins::update_password(conn, id, hash).await? == 0 {
        return Err(Error::NotFound("Account"));
    }
    sign_out(app, conn, id).await?;
    security::store::delete_unfinished(conn, id).await?;
    // Whoever knew the old password knows this one not.
    security::store::guesses::delete(conn, &account_key(id)).await?;
    mail::ops::tell(app, conn, id, Notice::PasswordChanged).await?;
    Ok(())
}

/// Signs a person out everywhere, inside the caller's transaction: browsers and apps, and with its commit what they listen to.
pub async fn sign_out(app: &App, conn: &mut Conn, id: AccountId) -> Result<()> {
    sign_ins::delete_all(conn, id).await?;
    app.announce(Change::SignedOut(id));
    Ok(())
}

/// Asks the person once more, by a letter, whether the address is theirs.
pub async fn ask_again(app: &App, id: AccountId) -> Result<()> {
    app.transaction(async |conn| mail::ops::write(app, conn, &Letter::Confirm { account_id: id }).await).await
}

/// Opens a browser session and returns its secret, for the cookie.
pub async fn open_session(app: &App, id: AccountId, user_agent: &str) -> Result<String> {
    let token = secret::generate()?;
    let now = app.now();
    let session = NewSession {
        token_hash: secret::hash(&token),
        account_id: id,
        user_agent: user_agent.chars().take(MOST_USER_AGENT).collect(),
        created_at: now,
        expires_at: now + Duration::days(SESSION_DAYS),
    };
    app.transaction(async |conn| {
        sign_ins::insert_session(conn, &session).await?;
        sign_ins::update_last_sign_in(conn, id, now).await?;
        Ok(())
    })
    .await?;
    Ok(token)
}

/// Whose session this secret opens, if it holds.
pub async fn find_session(app: &App, token: &str) -> Result<Option<(Account, User)>> {
    let mut conn = app.db.get().await?;
    Ok(sign_ins::find_session(&mut conn, &secret::hash(token), app.now()).await?)
}

/// Ends a browser session.
pub async fn close_session(app: &App, token: &str) -> Result<()> {
    let mut conn = app.db.get().await?;
    sign_ins::delete_session(&mut conn, &secret::hash(token)).await?;
    Ok(())
}

/// The browsers that a person is signed in with, the newest first.
pub async fn list_sessions(app: &App, id: AccountId) -> Result<Vec<Session>> {
    let mut conn = app.db.get().await?;
    Ok(sign_ins::list_sessions(&mut conn, id, app.now()).await?)
}

/// Ends one of a person's sessions, by its hash.
pub async fn end_session(app: &App, id: AccountId, token_hash: &[u8]) -> Result<()> {
    let mut conn = app.db.get().await?;
    sign_ins::delete_session_of(&mut conn, id, token_hash).await?;
    Ok(())
}

/// Ends all of a person's sessions but the one with this secret.
pub async fn end_other_sessions(app: &App, id: AccountId, kept: &str) -> Result<()> {
    let mut conn = app.db.get().await?;
    sign_ins::delete_other_sessions(&mut conn, id, &secret::hash(kept)).await?;
    Ok(())
}

/// The password was given again in this session: for a while it is not asked for again.
pub async fn make_sure(app: &App, token: &str) -> Result<()> {
    let mut conn = app.db.get().await?;
    let until = app.now() + Duration::minutes(SURE_MINUTES);
    sign_ins::update_sure(&mut conn, &secret::hash(token), until).await?;
    Ok(())
}

/// Whether the password was given again in this session a short while ago.
pub async fn is_sure(app: &App, token: &str) -> Result<bool> {
    let mut conn = app.db.get().await?;
    Ok(sign_ins::is_sure(&mut conn, &secret::hash(token), app.now()).await?)
}
