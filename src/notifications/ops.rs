//! Telling people.

use super::{Kind, store};
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, NotificationId, StatusId};
use crate::db::Conn;

/// Tells local people what somebody did; once for each thing, however often it is said. Accounts that are not people of
/// this instance, and the one who did it, are left out.
pub async fn notify(
    app: &App,
    conn: &mut Conn,
    to: &[AccountId],
    from: AccountId,
    kind: Kind,
    status_id: Option<StatusId>,
) -> Result<()> {
    let now = app.now();
    let to: Vec<(NotificationId, AccountId)> =
        to.iter().filter(|id| **id != from).map(|id| (NotificationId(app.ids.mint(now)), *id)).collect();
    if !to.is_empty() {
        store::insert_notifications(conn, &to, from, kind, status_id, now).await?;
    }
    Ok(())
}
