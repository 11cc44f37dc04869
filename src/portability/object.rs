//! Finds whom a person means by the name of another account of theirs.

use crate::accounts::{Account, object};
use crate::app::App;
use crate::base::handle::Handle;
use crate::base::{Error, Result};

/// The account of this name, as its server says now.
///
/// # Errors
/// [`Error::Invalid`] of the field `acct` for what is no name, or is nobody's.
pub async fn resolve(app: &App, acct: &str) -> Result<Account> {
    let handle: Handle = acct
        .trim()
        .parse()
        .map_err(|_| Error::invalid("acct", "must be an account's address, such as name@example.org"))?;
    let found = object::resolve_handle(app, &handle).await;
    let found = found.map_err(|error| match error {
        error @ Error::Internal(_) => error,
        _ => Error::invalid("acct", "cannot be found"),
    })?;
    if found.is_local() { Ok(found) } else { object::refresh_actor(app, &found.uri).await.or(Ok(found)) }
}
