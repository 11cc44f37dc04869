//! Finds accounts by their names, for people who look for them.

use super::resolve_handle;
use crate::accounts::store;
use crate::app::App;
use crate::base::Result;
use crate::base::handle::Handle;
use crate::base::id::AccountId;

/// The account with this handle, as far as it is known here.
pub async fn find_known(app: &App, handle: &Handle) -> Result<Option<AccountId>> {
    let mut conn = app.db.get().await?;
    let domain = handle.domain.as_deref().filter(|domain| *domain != app.config.instance.domain);
    let found = match domain {
        Some(domain) => store::find_remote(&mut conn, &handle.username, domain).await?,
        None => store::find_local(&mut conn, &handle.username).await?,
    };
    Ok(found.map(|account| account.id))
}

/// Accounts for a search text: a handle exactly, looked up on its server when `resolve`; else by the beginning of names.
/// `me` is who searches, or `AccountId(0)`.
pub async fn find(
    app: &App,
    me: AccountId,
    text: &str,
    resolve: bool,
    limit: i64,
    offset: i64,
) -> Result<Vec<AccountId>> {
    let name = text.trim_start_matches('@');
    if name.is_empty() {
        return Ok(Vec::new());
    }
    if let Ok(handle) = text.parse::<Handle>()
        && handle.domain.is_some()
    {
        let known = find_known(app, &handle).await?;
        if known.is_some() || !resolve {
            return Ok(known.into_iter().collect());
        }
        // A name that cannot be found is no error: nothing was found.
        return Ok(resolve_handle(app, &handle).await.map(|account| account.id).into_iter().collect());
    }
    let mut conn = app.db.get().await?;
    Ok(store::search(&mut conn, me, name, limit, offset).await?)
}
