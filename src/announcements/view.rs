//! Loads announcements with what people make of them, in a fixed number of queries.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{Announcement, Linked, Reaction, Reactions, entity, is_emoji, store};
use crate::accounts;
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, AnnouncementId, StatusId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::emojis::view::Emojis;
use crate::emojis::{self, Named};

/// The announcements that hold, for somebody: those that they did not put away, or all.
pub async fn load_for(app: &App, conn: &mut Conn, me: AccountId, with_dismissed: bool) -> Result<Vec<Value>> {
    let mut rows = store::list(conn).await?;
    rows.retain(|row| row.holds(app.now()));
    let ids: Vec<AnnouncementId> = rows.iter().map(|row| row.id).collect();
    let read: HashSet<AnnouncementId> = store::list_read(conn, me, &ids).await?.into_iter().collect();
    rows.retain(|row| with_dismissed || !read.contains(&row.id));
    rows.sort_by_key(|row| (row.starts_at.unwrap_or(row.published_at), row.id));
    let reactions = load_reactions(app, conn, Some(me), &ids).await?;
    let emojis = load_emojis(app, conn, &rows).await?;
    let linked = load_linked(conn, Viewer::account(me), &rows).await?;
    let write = |row: &Announcement| {
        let reactions = reactions.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let emojis = emojis.json(&entity::named(row));
        entity::announcement(row, Some(read.contains(&row.id)), reactions, &emojis, &linked, &app.origin)
    };
    Ok(rows.iter().map(write).collect())
}

/// An announcement that somebody did not put away, with what people react to it with.
pub struct Waiting {
    pub row: Announcement,
    pub reactions: Vec<Reaction>,
}

/// The announcements that hold and somebody did not put away, with the emoji in their texts.
pub async fn load_waiting(app: &App, conn: &mut Conn, me: AccountId) -> Result<(Vec<Waiting>, Emojis)> {
    let mut rows = store::list(conn).await?;
    rows.retain(|row| row.holds(app.now()));
    let ids: Vec<AnnouncementId> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok((Vec::new(), Emojis::default()));
    }
    let read: HashSet<AnnouncementId> = store::list_read(conn, me, &ids).await?.into_iter().collect();
    rows.retain(|row| !read.contains(&row.id));
    let mut reactions = load_reactions(app, conn, Some(me), &ids).await?;
    let emojis = load_emojis(app, conn, &rows).await?;
    let waiting = |row: Announcement| Waiting { reactions: reactions.remove(&row.id).unwrap_or_default(), row };
    Ok((rows.into_iter().map(waiting).collect(), emojis))
}

/// Announcements as everyone sees them, by id.
pub async fn load_open(app: &App, conn: &mut Conn, ids: &[AnnouncementId]) -> Result<HashMap<AnnouncementId, Value>> {
    let reactions = load_reactions(app, conn, None, ids).await?;
    let mut rows = store::list(conn).await?;
    rows.retain(|row| ids.contains(&row.id));
    let emojis = load_emojis(app, conn, &rows).await?;
    let linked = load_linked(conn, Viewer::ANONYMOUS, &rows).await?;
    let write = |row: &Announcement| {
        let reactions = reactions.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let emojis = emojis.json(&entity::named(row));
        (row.id, entity::announcement(row, None, reactions, &emojis, &linked, &app.origin))
    };
    Ok(rows.iter().map(write).collect())
}

/// Whom announcements name and the posts that they link to, as somebody may see them.
async fn load_linked(conn: &mut Conn, viewer: Viewer, rows: &[Announcement]) -> Result<Linked> {
    let named: Vec<AccountId> = rows.iter().flat_map(Announcement::mentions).collect();
    let posts: Vec<StatusId> = rows.iter().flat_map(Announcement::statuses).collect();
    let mut linked = Linked::default();
    if !named.is_empty() {
        linked.accounts = accounts::store::list_accounts(conn, &named).await?;
        linked.accounts.retain(|account| !account.is_suspended() && account.deleted_at.is_none());
    }
    if !posts.is_empty() {
        linked.posts = store::list_linked(conn, viewer, &posts, &[]).await?;
    }
    Ok(linked)
}

/// The emoji in the texts of announcements.
async fn load_emojis(app: &App, conn: &mut Conn, rows: &[Announcement]) -> Result<Emojis> {
    let named: Vec<Named> = rows.iter().map(entity::named).collect();
    emojis::view::load(app, conn, &named).await
}

/// What people react to these announcements with; without emoji of ours that there are no more.
pub async fn load_reactions(
    app: &App,
    conn: &mut Conn,
    me: Option<AccountId>,
    ids: &[AnnouncementId],
) -> Result<HashMap<AnnouncementId, Vec<Reaction>>> {
    let rows = store::list_reactions(conn, me, ids).await?;
    let mut named: HashMap<AnnouncementId, Named> = HashMap::new();
    for row in &rows {
        named.entry(row.announcement_id).or_default().add_name(&row.name);
    }
    let emojis = emojis::view::load(app, conn, named.values()).await?;
    let mut found: HashMap<AnnouncementId, Vec<Reaction>> = HashMap::new();
    for Reactions { announcement_id, name, count, me } in rows {
        let emoji = emojis.find("", &name).cloned();
        if emoji.is_some() || is_emoji(&name) {
            found.entry(announcement_id).or_default().push(Reaction { name, count, me, emoji });
        }
    }
    Ok(found)
}
