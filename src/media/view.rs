//! Loads what a page of posts has attached, in two queries whatever its length.

use std::collections::HashMap;

use super::{Attachment, File, Role, Shown, store};
use crate::base::Result;
use crate::base::id::{MediaId, StatusId};
use crate::db::Conn;

/// What these posts have attached, in its order. Who may see the posts is the caller's concern.
pub async fn load(conn: &mut Conn, statuses: &[StatusId]) -> Result<HashMap<StatusId, Vec<Shown>>> {
    let attachments = store::list_of_statuses(conn, statuses).await?;
    if attachments.is_empty() {
        return Ok(HashMap::new());
    }
    let mut found: HashMap<StatusId, Vec<Shown>> = HashMap::new();
    for shown in with_files(conn, attachments).await? {
        if let Some(status) = shown.attachment.status_id {
            found.entry(status).or_default().push(shown);
        }
    }
    Ok(found)
}

/// Attachments with their files, by id.
pub async fn load_some(conn: &mut Conn, ids: &[MediaId]) -> Result<Vec<Shown>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let attachments = store::list_attachments(conn, ids).await?;
    with_files(conn, attachments).await
}

/// Attachments with their files, in the order given.
pub async fn with_files(conn: &mut Conn, attachments: Vec<Attachment>) -> Result<Vec<Shown>> {
    let own: Vec<MediaId> =
        attachments.iter().filter(|one| one.remote_key.is_none()).map(|attachment| attachment.id).collect();
    let mut files: HashMap<(MediaId, String), File> = HashMap::new();
    if !own.is_empty() {
        for file in store::list_files(conn, &own).await? {
            if let Some(id) = file.attachment_id {
                files.insert((id, file.role.clone()), file);
            }
        }
    }
    let mut take = |id: MediaId, role: Role| files.remove(&(id, role.as_str().to_owned()));
    Ok(attachments
        .into_iter()
        .map(|attachment| {
            let (original, small) = (take(attachment.id, Role::Original), take(attachment.id, Role::Small));
            Shown { original: original.filter(|_| attachment.is_ready()), small, attachment }
        })
        .collect())
}
