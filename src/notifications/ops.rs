//! Telling people. What a person's policy holds back is decided here, and nowhere else.

mod requests;

pub use requests::*;

use super::store::{self, About, Told};
use super::{GroupKeys, Kind, NewRequest, Severance, Subject, Warning};
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, CollectionId, NotificationId, NotificationRequestId, ReportId, StatusId};
use crate::db::Conn;
use crate::db::changes::Change;
use crate::jobs;
use crate::push::{self, PushDue};

/// Tells local people what somebody did; once for each thing, however often it is said. Accounts that are not people of
/// this instance are left out, and so is the one who did it, but for the end of their own poll. What a person's policy filters is
/// kept out of sight and told to nobody; what it drops is never made. Enqueues [`PushDue`] for each of their devices that
/// wants to know.
pub async fn notify(
    app: &App,
    conn: &mut Conn,
    to: &[AccountId],
    from: AccountId,
    kind: Kind,
    status_id: Option<StatusId>,
) -> Result<()> {
    tell(app, conn, to, from, kind, status_id.map_or(Subject::Nothing, Subject::Status)).await
}

/// As [`notify`]: tells those who look after the instance that somebody reported somebody.
pub async fn notify_of_report(app: &App, conn: &mut Conn, from: AccountId, report: ReportId) -> Result<()> {
    let staff = store::list_staff(conn).await?;
    tell(app, conn, &staff, from, Kind::Report, Subject::Report(report)).await
}

/// As [`notify`]: tells those who look after the instance that somebody came.
pub async fn notify_of_sign_up(app: &App, conn: &mut Conn, from: AccountId) -> Result<()> {
    let staff = store::list_staff(conn).await?;
    tell(app, conn, &staff, from, Kind::SignUp, Subject::Nothing).await
}

/// As [`notify`]: tells people what became of a collection that they are in. What was said of that before is withdrawn.
pub async fn notify_of_collection(
    app: &App,
    conn: &mut Conn,
    to: &[AccountId],
    from: AccountId,
    kind: Kind,
    collection: CollectionId,
) -> Result<()> {
    if kind == Kind::CollectionUpdate {
        store::delete_about_collection(conn, None, kind, collection).await?;
    }
    tell(app, conn, to, from, kind, Subject::Collection(collection)).await
}

/// Tells a person of follows that ended with a block of a whole domain.
pub async fn notify_of_severance(app: &App, conn: &mut Conn, severance: &Severance) -> Result<()> {
    let of = severance.account_id;
    tell(app, conn, &[of], of, Kind::Severed, Subject::Severance(severance.id)).await
}

/// Tells a person what moderators did to their account.
pub async fn notify_of_warning(app: &App, conn: &mut Conn, warning: &Warning) -> Result<()> {
    store::insert_warning(conn, warning).await?;
    let of = warning.target_account_id;
    tell(app, conn, &[of], of, Kind::Warning, Subject::Warning(warning.id)).await
}

async fn tell(
    app: &App,
    conn: &mut Conn,
    to: &[AccountId],
    from: AccountId,
    kind: Kind,
    subject: Subject,
) -> Result<()> {
    let now = app.now();
    let to: Vec<(NotificationId, AccountId)> = to
        .iter()
        .filter(|id| **id != from || kind.may_be_ones_own())
        .map(|id| (NotificationId(app.ids.mint(now)), *id))
        .collect();
    if to.is_empty() {
        return Ok(());
    }
    let about = About { from, kind, subject, keys: GroupKeys::of(kind, subject.status(), now) };
    let made = store::insert_notifications(conn, &to, &about, now).await?;
    let (held, told): (Vec<Told>, Vec<Told>) = made.into_iter().partition(|one| one.filtered);
    if !held.is_empty() {
        let request = |one: &Told| NewRequest {
            id: NotificationRequestId(app.ids.mint(now)),
            account_id: one.account_id,
            from_account_id: from,
            created_at: now,
            updated_at: now,
        };
        let requests: Vec<NewRequest> = held.iter().map(request).collect();
        store::upsert_requests(conn, &requests, now).await?;
    }
    for one in &told {
        app.announce(Change::Notified(one.account_id, one.id));
    }
    let people: Vec<AccountId> = told.iter().map(|one| one.account_id).collect();
    if people.is_empty() {
        return Ok(());
    }
    for (subscription_id, of) in push::store::list_wanting(conn, &people, kind.as_str()).await? {
        if let Some(one) = told.iter().find(|one| one.account_id == of) {
            jobs::enqueue(app, conn, &PushDue { notification_id: one.id, subscription_id }).await?;
        }
    }
    Ok(())
}
