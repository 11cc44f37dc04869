//! Loads announcements with what people make of them, in a fixed number of queries.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{Announcement, Reactions, entity, store};
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, AnnouncementId};
use crate::db::Conn;

/// The announcements that hold, for somebody: those that they did not put away, or all.
pub async fn load_for(app: &App, conn: &mut Conn, me: AccountId, with_dismissed: bool) -> Result<Vec<Value>> {
    let mut rows = store::list(conn).await?;
    rows.retain(|row| row.holds(app.now()));
    let ids: Vec<AnnouncementId> = rows.iter().map(|row| row.id).collect();
    let read: HashSet<AnnouncementId> = store::list_read(conn, me, &ids).await?.into_iter().collect();
    rows.retain(|row| with_dismissed || !read.contains(&row.id));
    rows.sort_by_key(|row| (row.starts_at.unwrap_or(row.published_at), row.id));
    let reactions = load_reactions(conn, Some(me), &ids).await?;
    let write = |row: &Announcement| {
        let reactions = reactions.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        entity::announcement(row, Some(read.contains(&row.id)), reactions, &app.origin)
    };
    Ok(rows.iter().map(write).collect())
}

/// Announcements as everyone sees them, by id.
pub async fn load_open(app: &App, conn: &mut Conn, ids: &[AnnouncementId]) -> Result<HashMap<AnnouncementId, Value>> {
    let reactions = load_reactions(conn, None, ids).await?;
    let mut found = HashMap::new();
    for row in store::list(conn).await?.into_iter().filter(|row| ids.contains(&row.id)) {
        let reactions = reactions.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        found.insert(row.id, entity::announcement(&row, None, reactions, &app.origin));
    }
    Ok(found)
}

/// What people react to these announcements with.
pub async fn load_reactions(
    conn: &mut Conn,
    me: Option<AccountId>,
    ids: &[AnnouncementId],
) -> Result<HashMap<AnnouncementId, Vec<Reactions>>> {
    let mut found: HashMap<AnnouncementId, Vec<Reactions>> = HashMap::new();
    for one in store::list_reactions(conn, me, ids).await? {
        found.entry(one.announcement_id).or_default().push(one);
    }
    Ok(found)
}
