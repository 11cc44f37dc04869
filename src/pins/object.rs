//! Reads what an account on another server has pinned, when it is first met.

use url::Url;

use super::{ops, wire};
use crate::accounts::{self, Account, AccountDiscovered};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::{Error, Result};
use crate::jobs::Outcome;
use crate::statuses;

/// Fetches the `featured` collection and what stands first in it: seven fetches at most. What cannot be had is left out; it
/// is not tried again, since the account says so when it pins the next post.
pub async fn read_featured(app: &App, job: &AccountDiscovered) -> Result<Outcome> {
    let account = {
        let mut conn = app.db.background().await?;
        accounts::store::find_account(&mut conn, job.account_id).await?
    };
    let Some(account) = account.filter(|account| !account.is_local() && !account.is_suspended()) else {
        return Ok(Outcome::drop("the account is gone or suspended"));
    };
    let uris = match featured(app, &account).await {
        Ok(uris) => uris,
        Err(error) => return unless_ours(error),
    };
    // What stands first was pinned last.
    for uri in uris.iter().rev().filter(|uri| read::same_host(uri, &account.uri)) {
        match statuses::object::resolve_status(app, uri, 0).await {
            Ok(status) => {
                app.background_transaction(async |conn| ops::record(app, conn, &account, &status).await).await?;
            }
            Err(error) => {
                unless_ours(error)?;
            }
        }
    }
    Ok(Outcome::Done)
}

/// A fault of ours is worth another try.
fn unless_ours(error: Error) -> Result<Outcome> {
    match error {
        Error::Internal(_) | Error::Unavailable(_) => Err(error),
        error => Ok(Outcome::drop(error.to_string())),
    }
}

async fn featured(app: &App, account: &Account) -> Result<Vec<String>> {
    let collection = fetch(app, account, &account.featured_uri).await?;
    let page = match wire::first_page(&collection) {
        Some(page) if wire::items(&collection).is_empty() => Some(fetch(app, account, page).await?),
        _ => None,
    };
    Ok(wire::items(page.as_ref().unwrap_or(&collection)).into_iter().map(str::to_owned).collect())
}

async fn fetch(app: &App, account: &Account, uri: &str) -> Result<serde_json::Value> {
    let url = Url::parse(uri).map_err(|_| Error::invalid("featured", "is no URL"))?;
    if !read::same_host(uri, &account.uri) {
        return Err(Error::invalid("featured", "is on another host"));
    }
    accounts::object::get(app, &url).await
}
