//! What somebody decides of suggestions.

use super::store;
use crate::accounts;
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result};

/// Never suggests this account to the person again.
pub async fn dismiss(app: &App, person: AccountId, id: AccountId) -> Result<()> {
    app.transaction(async |conn| {
        let account = accounts::store::find_account(conn, id).await?;
        account.filter(|account| account.deleted_at.is_none()).ok_or(Error::NotFound("Record"))?;
        store::insert_dismissal(conn, person, id, app.now()).await?;
        Ok(())
    })
    .await
}
