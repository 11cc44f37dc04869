//! Telling people.

use super::{Kind, store};
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, NotificationId, StatusId};
use crate::db::Conn;
use crate::db::changes::Change;
use crate::jobs;
use crate::push::{self, PushDue};

/// Tells local people what somebody did; once for each thing, however often it is said. Accounts that are not people of
/// this instance are left out, and so is the one who did it, but for the end of their own poll. Enqueues [`PushDue`] for each of their devices that wants to know.
pub async fn notify(
    app: &App,
    conn: &mut Conn,
    to: &[AccountId],
    from: AccountId,
    kind: Kind,
    status_id: Option<StatusId>,
) -> Result<()> {
    let now = app.now();
    let to: Vec<(NotificationId, AccountId)> = to
        .iter()
        .filter(|id| **id != from || kind == Kind::Poll)
        .map(|id| (NotificationId(app.ids.mint(now)), *id))
        .collect();
    if !to.is_empty() {
        let told = store::insert_notifications(conn, &to, from, kind, status_id, now).await?;
        for (id, to) in &told {
            app.announce(Change::Notified(*to, *id));
        }
        let people: Vec<AccountId> = told.iter().map(|(_, to)| *to).collect();
        if !people.is_empty() {
            let wanting = push::store::list_wanting(conn, &people, kind.as_str()).await?;
            for (subscription_id, of) in wanting {
                if let Some((notification_id, _)) = told.iter().find(|(_, to)| *to == of) {
                    let due = PushDue { notification_id: *notification_id, subscription_id };
                    jobs::enqueue(app, conn, &due).await?;
                }
            }
        }
    }
    Ok(())
}
