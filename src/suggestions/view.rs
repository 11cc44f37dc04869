//! Finds whom one could follow.

use super::{Suggestion, store};
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::db::Conn;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Whom `me` could follow, at most `limit`, in the order of the day.
pub async fn find(app: &App, conn: &mut Conn, me: AccountId, limit: i64) -> Result<Vec<Suggestion>> {
    let seed = me.0 ^ app.now().timestamp().div_euclid(DAY_SECONDS);
    Ok(store::list_suggestions(conn, me, app.now(), seed, limit).await?)
}
