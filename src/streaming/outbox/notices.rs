//! What people are told of, other than posts: notifications, conversations, announcements, and what has changed of their own.

use std::collections::{HashMap, HashSet};

use super::{Delivery, Hub, people};
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, AnnouncementId, ConversationId, NotificationId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::changes::Change;
use crate::streaming::{Kind, Stream};
use crate::{announcements, conversations, notifications};

/// Notifications, each for whom it is.
pub async fn notifications(app: &App, conn: &mut Conn, hub: &Hub, changes: &[Change]) -> Result<Vec<Delivery>> {
    let listening: HashSet<AccountId> = people(hub, &Stream::Notifications).into_iter().collect();
    let ids: Vec<NotificationId> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Notified(to, id) if listening.contains(to) => Some(*id),
            _ => None,
        })
        .collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = notifications::store::list_heard(conn, &ids, app.now()).await?;
    let people: HashMap<NotificationId, AccountId> = rows.iter().map(|row| (row.id, row.account_id)).collect();
    let written = notifications::api::write_for_each(app, conn, &rows).await?;
    let deliver = |(id, json): (NotificationId, String)| {
        let viewer = Viewer::account(*people.get(&id)?);
        Some(Delivery { stream: Stream::Notifications, viewer, kind: Kind::Notification, payload: Some(json.into()) })
    };
    Ok(written.into_iter().filter_map(deliver).collect())
}

/// Conversations, each for the one whose it is. Those whose last post they may not see are not told of.
pub async fn conversations(app: &App, conn: &mut Conn, hub: &Hub, changes: &[Change]) -> Result<Vec<Delivery>> {
    let listening: HashSet<AccountId> = people(hub, &Stream::Direct).into_iter().collect();
    let mut ids: Vec<ConversationId> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Conversed(of, id) if listening.contains(of) => Some(*id),
            _ => None,
        })
        .collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    ids.sort_unstable();
    ids.dedup();
    let rows = conversations::store::list_some(conn, &ids).await?;
    let people: HashMap<ConversationId, AccountId> = rows.iter().map(|row| (row.id, row.account_id)).collect();
    let written = conversations::api::write_visible(app, conn, &rows).await?;
    let deliver = |(id, json): (ConversationId, String)| {
        let viewer = Viewer::account(*people.get(&id)?);
        Some(Delivery { stream: Stream::Direct, viewer, kind: Kind::Conversation, payload: Some(json.into()) })
    };
    Ok(written.into_iter().filter_map(deliver).collect())
}

/// Announcements, and what is made of them, for everyone who listens to their home.
pub async fn announcements(app: &App, conn: &mut Conn, hub: &Hub, changes: &[Change]) -> Result<Vec<Delivery>> {
    let is_one = |change: &&Change| matches!(change, Change::Announced(_) | Change::Reacted(..) | Change::Withdrawn(_));
    let changes: Vec<&Change> = changes.iter().filter(is_one).collect();
    let people = if changes.is_empty() { Vec::new() } else { people(hub, &Stream::User) };
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let of = |change: &&Change| match change {
        Change::Announced(id) | Change::Reacted(id, _) => Some(*id),
        _ => None,
    };
    let ids: Vec<AnnouncementId> = changes.iter().filter_map(of).collect();
    let open = announcements::view::load_open(app, conn, &ids).await?;
    let reactions = announcements::view::load_reactions(app, conn, None, &ids).await?;
    let event = |change: &&Change| match change {
        Change::Announced(id) => Some((Kind::Announcement, open.get(id)?.to_string())),
        Change::Reacted(id, name) => {
            let with = reactions.get(id).and_then(|all| all.iter().find(|one| one.name == *name));
            let told = announcements::entity::reaction(*id, name, with, &app.origin);
            Some((Kind::AnnouncementReaction, told.to_string()))
        }
        Change::Withdrawn(id) => Some((Kind::AnnouncementDelete, id.to_string())),
        _ => None,
    };
    let events: Vec<_> = changes.iter().filter_map(event).map(|(kind, json)| (kind, json.into())).collect();
    let deliver = |viewer: AccountId| {
        events.iter().map(move |(kind, payload): &(Kind, std::sync::Arc<str>)| Delivery {
            stream: Stream::User,
            viewer: Viewer::account(viewer),
            kind: *kind,
            payload: Some(payload.clone()),
        })
    };
    Ok(people.into_iter().flat_map(deliver).collect())
}

/// What somebody's clients are to ask for anew: their filters changed, or what was held back is shown.
pub fn wordless(change: &Change) -> Option<Delivery> {
    let (stream, of, kind) = match change {
        Change::FiltersChanged(of) => (Stream::User, of, Kind::FiltersChanged),
        Change::NotificationsMerged(of) => (Stream::Notifications, of, Kind::NotificationsMerged),
        _ => return None,
    };
    Some(Delivery { stream, viewer: Viewer::account(*of), kind, payload: None })
}
