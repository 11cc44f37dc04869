//! The thread around a post.

use std::collections::{HashMap, HashSet};

use super::load_many;
use crate::app::App;
use crate::base::Result;
use crate::base::id::StatusId;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::statuses::{PageRow, Status, store};

/// Bytes of text that an answer has at most, but for the last post that comes into it: with what is written around them some
/// three times as many.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// How much more comes into an answer.
struct Room {
    bytes: usize,
    sizes: HashMap<StatusId, usize>,
}

impl Room {
    /// Whether there was room, also for the last bit of it.
    fn take(&mut self, id: StatusId) -> bool {
        let before = self.bytes;
        self.bytes = before.saturating_sub(self.sizes.get(&id).copied().unwrap_or(0));
        before > 0
    }
}

/// The posts before and after one in its thread, as far as the viewer may see them and wants to: ancestors from the first on, then
/// descendants, each reply under what it answers. Where somebody goes on with their own posts comes before all other descendants, as
/// in Mastodon. Of what is too much the ancestors furthest away are left out, and the last descendants.
pub async fn load_context(
    app: &App,
    conn: &mut Conn,
    viewer: Viewer,
    status: &Status,
) -> Result<(Vec<String>, Vec<String>)> {
    // Mastodon's limits: strangers get less.
    let (most_ancestors, most_descendants) = if viewer.0.is_some() { (4096, 4096) } else { (40, 60) };
    let rows = store::list_thread(conn, viewer, status.thread_id, 8192, app.now()).await?;
    let parents: HashMap<StatusId, Option<StatusId>> = rows.iter().map(|row| (row.id, row.in_reply_to_id)).collect();
    // What is hidden is left out; what it answers, and what answers it, is not.
    let hidden: HashSet<StatusId> = rows.iter().filter(|row| row.hidden).map(|row| row.id).collect();
    let sizes = rows.iter().map(|row| (row.id, usize::try_from(row.size).unwrap_or(0))).collect();
    let mut room = Room { bytes: MOST_BYTES, sizes };
    let mut ancestors = Vec::new();
    let mut next = status.in_reply_to_id;
    while let Some(id) = next.filter(|id| parents.contains_key(id) && ancestors.len() < most_ancestors) {
        if !hidden.contains(&id) && !room.take(id) {
            break;
        }
        ancestors.push(id);
        next = parents.get(&id).copied().flatten().filter(|id| !ancestors.contains(id));
    }
    ancestors.reverse();
    let mut children: HashMap<StatusId, Vec<StatusId>> = HashMap::new();
    for row in &rows {
        if let Some(parent) = row.in_reply_to_id {
            children.entry(parent).or_default().push(row.id);
        }
    }
    let mut below = Vec::new();
    let mut stack: Vec<StatusId> = children.remove(&status.id).unwrap_or_default().into_iter().rev().collect();
    while let Some(id) = stack.pop() {
        below.push(id);
        stack.extend(children.remove(&id).unwrap_or_default().into_iter().rev());
    }
    let going_on: HashSet<StatusId> = rows.iter().filter(|row| row.goes_on).map(|row| row.id).collect();
    let (first, others): (Vec<StatusId>, Vec<StatusId>) = below.into_iter().partition(|id| going_on.contains(id));
    let mut descendants: Vec<StatusId> = first.into_iter().chain(others).take(most_descendants).collect();
    let fitting = descendants.iter().take_while(|id| hidden.contains(id) || room.take(**id)).count();
    descendants.truncate(fitting);
    let to_rows = |ids: Vec<StatusId>| -> Vec<PageRow> {
        let shown = ids.into_iter().filter(|id| !hidden.contains(id));
        shown.map(|id| PageRow { id, reblog_of_id: None }).collect()
    };
    let ancestors = load_many(app, conn, viewer, &to_rows(ancestors)).await?;
    let descendants = load_many(app, conn, viewer, &to_rows(descendants)).await?;
    let texts = |found: Vec<(StatusId, String)>| found.into_iter().map(|(_, json)| json).collect();
    Ok((texts(ancestors), texts(descendants)))
}
