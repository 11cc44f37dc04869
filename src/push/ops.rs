//! The instance's key pair for web push.

use super::store;
use super::vapid::VapidKeys;
use crate::app::App;
use crate::base::{Error, Result};

/// Loads the key pair, or makes it at the first start. When several processes start at once, all take the one that was first.
pub async fn ensure_keys(app: &App) -> Result<VapidKeys> {
    let kept = app
        .transaction(async |conn| {
            if let Some(kept) = store::find_key(conn).await? {
                return Ok(kept);
            }
            store::insert_key(conn, &VapidKeys::generate()?, app.now()).await?;
            store::find_key(conn).await?.ok_or_else(|| Error::internal("the key for web push was not kept"))
        })
        .await?;
    VapidKeys::from_pkcs8(&kept)
}
