//! The way in, after a password or a passkey was right; and how often it may be tried.

use actix_web::{HttpRequest, HttpResponse};

use super::with_return;
use crate::accounts::{self, Account, sign_in};
use crate::base::id::AccountId;
use crate::base::{Result, secret};
use crate::edge::limits;
use crate::security::ops::{self, steps};
use crate::web::visitor::{Visitor, safe_path};

/// Counts an attempt at an account's password (`None`: nobody has the name), by `key`. A browser in which its person has signed in
/// before is counted by itself, so that nobody keeps them out by guessing.
pub async fn count_attempt(visitor: &Visitor, account: Option<AccountId>, key: Vec<u8>) -> Result<()> {
    let Some(known) = visitor.known() else { return limits::account(&visitor.app, key) };
    // Asked in any case, so that it takes as long for a name that nobody has.
    if steps::is_known(&visitor.app, account.unwrap_or(AccountId(0)), known).await? {
        let own = [key, secret::hash(known)].concat();
        return limits::account(&visitor.app, own);
    }
    limits::account(&visitor.app, key)
}

/// The password was right: signs in, or asks for the second factor.
pub async fn after_password(
    mut visitor: Visitor,
    request: &HttpRequest,
    account: &Account,
    return_to: &str,
) -> Result<HttpResponse> {
    let return_to = safe_path(Some(return_to));
    if !ops::factors(&visitor.app, account.id).await?.any() {
        let place = onward(&visitor, account, return_to).await?;
        return visitor.signed_in(request, account, place).await;
    }
    // Whoever knew this browser's secret before does not know where it stands now.
    let browser = visitor.renew_browser()?.to_owned();
    steps::begin_second(&visitor.app, &browser, account.id).await?;
    visitor.sent_on(&with_return("/auth/second", return_to))
}

/// All that was asked for was right: signs in, if the person still may.
pub async fn enter(
    visitor: Visitor,
    request: &HttpRequest,
    account: AccountId,
    return_to: &str,
) -> Result<HttpResponse> {
    match sign_in::find_able(&visitor.app, account).await? {
        Some(account) => {
            let place = onward(&visitor, &account, safe_path(Some(return_to))).await?;
            visitor.signed_in(request, &account, place).await
        }
        None => Ok(again(return_to)),
    }
}

/// Where somebody goes on to. Who is here for the first time, was on the way to nowhere in particular, and has said nothing of
/// themselves so far begins with the first five minutes: registering did not lead there when an address was to be confirmed or
/// somebody had to approve.
async fn onward<'a>(visitor: &Visitor, account: &Account, return_to: &'a str) -> Result<&'a str> {
    if return_to != "/" || !account.display_name.is_empty() || !account.note.is_empty() {
        return Ok(return_to);
    }
    let user = accounts::store::find_user(&mut *visitor.app.db.get().await?, account.id).await?;
    Ok(if user.is_some_and(|user| user.last_sign_in_at.is_none()) { "/welcome" } else { return_to })
}

/// Back to the start, with the reason.
pub fn again(return_to: &str) -> HttpResponse {
    crate::web::see_other(&format!("{}&again=1", with_return("/auth/sign_in", safe_path(Some(return_to)))))
}
