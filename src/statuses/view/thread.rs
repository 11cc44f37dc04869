//! The thread around a post.

use std::collections::{HashMap, HashSet};

use super::load_many;
use crate::app::App;
use crate::base::Result;
use crate::base::id::StatusId;
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::statuses::{PageRow, Status, store};

/// The posts before and after one in its thread, as far as the viewer may see them and wants to: ancestors from the first on, then
/// descendants, each reply under what it answers.
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
    let mut ancestors = Vec::new();
    let mut next = status.in_reply_to_id;
    while let Some(id) = next.filter(|id| parents.contains_key(id) && ancestors.len() < most_ancestors) {
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
    let mut descendants = Vec::new();
    let mut stack: Vec<StatusId> = children.remove(&status.id).unwrap_or_default().into_iter().rev().collect();
    while let Some(id) = stack.pop() {
        if descendants.len() >= most_descendants {
            break;
        }
        descendants.push(id);
        stack.extend(children.remove(&id).unwrap_or_default().into_iter().rev());
    }
    let to_rows = |ids: Vec<StatusId>| -> Vec<PageRow> {
        let shown = ids.into_iter().filter(|id| !hidden.contains(id));
        shown.map(|id| PageRow { id, reblog_of_id: None }).collect()
    };
    let ancestors = load_many(app, conn, viewer, &to_rows(ancestors)).await?;
    let descendants = load_many(app, conn, viewer, &to_rows(descendants)).await?;
    let texts = |found: Vec<(StatusId, String)>| found.into_iter().map(|(_, json)| json).collect();
    Ok((texts(ancestors), texts(descendants)))
}
