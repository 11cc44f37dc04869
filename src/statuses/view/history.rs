//! Loads what a post was before its edits, and is now.

use serde_json::Value;

use crate::accounts;
use crate::app::App;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::emojis::{self, Named};
use crate::media;
use crate::media::entity::attachment;
use crate::polls::view::Polls;
use crate::quotes;
use crate::statuses::{PageRow, Status, Version, VersionMedia, entity, store};

/// All versions of a post that the viewer may see, the first one first. Files that were taken off it are not shown.
pub async fn load_history(app: &App, conn: &mut Conn, viewer: Viewer, status: &Status) -> Result<Vec<Value>> {
    let versions = store::list_versions(conn, status.id).await?;
    let shown = media::view::load(conn, &[status.id]).await?.remove(&status.id).unwrap_or_default();
    let polls = Polls::load(app, conn, &[(viewer, status.id)]).await?;
    let named = named(conn, status, &versions, polls.options(status.id)).await?;
    let emojis = emojis::view::load(app, conn, &named).await?;
    let mut emojis = named.iter().map(|named| emojis.json(named));
    let author = accounts::view::load_many(app, conn, viewer, &[status.account_id]).await?;
    let author: Value =
        serde_json::from_str(author.first().ok_or(Error::NotFound("Record"))?).map_err(Error::internal)?;
    let quote = quote(app, conn, viewer, status).await?;
    let mut found = Vec::with_capacity(versions.len() + 1);
    for version in &versions {
        let had: Vec<VersionMedia> = serde_json::from_value(version.media.clone()).map_err(Error::internal)?;
        let media = had.into_iter().filter_map(|had| {
            let mut shown = shown.iter().find(|shown| shown.attachment.id == had.id)?.clone();
            shown.attachment.description = had.description;
            Some(attachment(&shown, &app.origin))
        });
        let revision = entity::Revision {
            content: &version.content,
            spoiler_text: &version.spoiler_text,
            sensitive: version.sensitive,
            created_at: version.created_at,
            media: media.collect(),
            poll_options: version.poll_options.as_ref().map(|had| had.iter().flatten().map(String::as_str).collect()),
            emojis: emojis.next().unwrap_or_default(),
        };
        found.push(entity::revision(&revision, &author, &quote));
    }
    let now = entity::Revision {
        content: &status.content,
        spoiler_text: &status.spoiler_text,
        sensitive: status.sensitive,
        created_at: status.edited_at.unwrap_or(status.created_at),
        media: shown.iter().map(|shown| attachment(shown, &app.origin)).collect(),
        poll_options: Some(polls.options(status.id))
            .filter(|options| !options.is_empty())
            .map(|options| options.iter().map(String::as_str).collect()),
        emojis: emojis.next().unwrap_or_default(),
    };
    found.push(entity::revision(&now, &author, &quote));
    Ok(found)
}

/// What the post quotes, as the viewer sees it now. No edit changes what is quoted, so it is the same in all versions.
async fn quote(app: &App, conn: &mut Conn, viewer: Viewer, status: &Status) -> Result<Value> {
    if quotes::store::find_of_status(conn, status.id).await?.is_none() {
        return Ok(Value::Null);
    }
    let row = PageRow { id: status.id, reblog_of_id: None };
    let written = super::load_many(app, conn, viewer, &[row]).await?;
    let Some((_, post)) = written.first() else { return Ok(Value::Null) };
    let mut post: Value = serde_json::from_str(post).map_err(Error::internal)?;
    Ok(post.get_mut("quote").map(Value::take).unwrap_or_default())
}

/// The names of emoji in each version, the one of now last.
async fn named(conn: &mut Conn, status: &Status, versions: &[Version], options: &[String]) -> Result<Vec<Named>> {
    let author = if status.local { None } else { accounts::store::find_account(conn, status.account_id).await? };
    let domain = author.and_then(|author| author.domain).unwrap_or_default();
    let before = versions.iter().map(|version| {
        let options: Vec<&str> = version.poll_options.iter().flatten().flatten().map(String::as_str).collect();
        entity::named(&version.content, &version.spoiler_text, &options, &domain)
    });
    let now = entity::named(&status.content, &status.spoiler_text, options, &domain);
    Ok(before.chain(std::iter::once(now)).collect())
}
