//! Finds whom one could follow.

use super::{Suggestion, store};
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::db::Conn;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Whom `me` could follow, at most `limit`, in the order of the day. Whom others follow counts only where it may be known.
pub async fn find(app: &App, conn: &mut Conn, me: AccountId, limit: i64) -> Result<Vec<Suggestion>> {
    let seed = me.0 ^ app.now().timestamp().div_euclid(DAY_SECONDS);
    let friends = app.config.culture.show_counts;
    Ok(store::list_suggestions(conn, me, friends, app.now(), (seed, limit)).await?)
}
