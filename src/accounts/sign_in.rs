//! Who somebody is, by name and password, and their browser sessions.

use chrono::Duration;

use super::store;
use super::store::sign_ins::{self, NewSession};
use super::{Account, User, password, registration};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::secret;
use crate::base::{Error, Result};
use crate::db::changes::Change;

/// How long a browser stays signed in.
pub const SESSION_DAYS: i64 = 30;

/// The most of a browser's name that is kept.
const MOST_USER_AGENT: usize = 200;

/// The person with this e-mail address or user name, and this password. Callers limit the rate.
///
/// # Errors
/// [`Error::Unauthenticated`] for a wrong name or password alike; [`Error::Forbidden`] when the password is right, and the
/// registration is not yet approved or the account suspended.
pub async fn authenticate(app: &App, login: &str, given: &str) -> Result<Account> {
    let login = login.trim().trim_start_matches('@');
    let login = login.strip_suffix(&format!("@{}", app.config.instance.domain)).unwrap_or(login);
    let found = {
        let mut conn = app.db.get().await?;
        sign_ins::find_by_login(&mut conn, login).await?
    };
    let stored = found.as_ref().map(|(_, user)| user.password_hash.clone());
    // Longer ones were never accepted; hashing them would only cost time.
    let right = given.len() <= registration::MOST_PASSWORD_BYTES && password::verify(app, given, stored).await?;
    match found {
        Some((account, user)) if right => may_sign_in(account, &user),
        _ => Err(Error::Unauthenticated("The name or the password is not right.".into())),
    }
}

fn may_sign_in(account: Account, user: &User) -> Result<Account> {
    if account.is_suspended() {
        return Err(Error::Forbidden("This account is suspended.".into()));
    }
    if user.disabled_at.is_some() {
        return Err(Error::Forbidden("This account may not sign in.".into()));
    }
    if user.approved_at.is_none() {
        return Err(Error::Forbidden("This registration is still waiting to be approved.".into()));
    }
    Ok(account)
}

/// Whether this is the person's password. Callers limit the rate.
pub async fn is_password(app: &App, id: AccountId, given: &str) -> Result<bool> {
    let user = store::find_user(&mut *app.db.get().await?, id).await?.ok_or(Error::NotFound("Account"))?;
    Ok(given.len() <= registration::MOST_PASSWORD_BYTES
        && password::verify(app, given, Some(user.password_hash)).await?)
}

/// Gives a person a new password, and signs them out everywhere: browsers and apps.
pub async fn set_password(app: &App, id: AccountId, new: &str) -> Result<()> {
    registration::check_password(new).map_err(|problem| Error::invalid("password", problem.why()))?;
    let hash = password::hash(app, new).await?;
    app.transaction(async |conn| {
        if sign_ins::update_password(conn, id, &hash).await? == 0 {
            return Err(Error::NotFound("Account"));
        }
        store::delete_sign_ins(conn, id).await?;
        app.announce(Change::SignedOut(id));
        Ok(())
    })
    .await
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
