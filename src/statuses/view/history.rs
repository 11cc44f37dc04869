//! Loads what a post was before its edits, and is now.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::accounts;
use crate::app::App;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::emojis::view::Emojis;
use crate::emojis::{self, Named};
use crate::media::entity::attachment;
use crate::media::{self, Shown};
use crate::polls;
use crate::quotes;
use crate::statuses::{PageRow, Status, VersionMedia, entity, store};

/// What a post was for a while, or is.
pub struct Stage {
    pub content: String,
    pub spoiler_text: String,
    pub sensitive: bool,
    /// Since when it was so.
    pub created_at: DateTime<Utc>,
    /// Its files as they were described then, without those that were taken off it.
    pub media: Vec<Shown>,
    /// What its poll asked, if it had one.
    pub poll_options: Option<Vec<String>>,
    /// The names of emoji in it.
    pub named: Named,
}

/// All versions of a post, the first one first, with the emoji in them. Whether the viewer may see the post is the caller's concern.
pub async fn load_stages(app: &App, conn: &mut Conn, status: &Status) -> Result<(Vec<Stage>, Emojis)> {
    let versions = store::list_versions(conn, status.id).await?;
    let shown = media::view::load(conn, &[status.id]).await?.remove(&status.id).unwrap_or_default();
    let poll = polls::store::list_of_statuses(conn, &[status.id]).await?.pop();
    let author = if status.local { None } else { accounts::store::find_account(conn, status.account_id).await? };
    let domain = author.and_then(|author| author.domain).unwrap_or_default();
    let mut stages = Vec::with_capacity(versions.len() + 1);
    for version in versions {
        let had: Vec<VersionMedia> = serde_json::from_value(version.media).map_err(Error::internal)?;
        let media = had.into_iter().filter_map(|had| {
            let mut shown = shown.iter().find(|shown| shown.attachment.id == had.id)?.clone();
            shown.attachment.description = had.description;
            Some(shown)
        });
        stages.push(Stage {
            media: media.collect(),
            content: version.content,
            spoiler_text: version.spoiler_text,
            sensitive: version.sensitive,
            created_at: version.created_at,
            poll_options: version.poll_options.map(|options| options.into_iter().flatten().collect()),
            named: Named::default(),
        });
    }
    stages.push(Stage {
        content: status.content.clone(),
        spoiler_text: status.spoiler_text.clone(),
        sensitive: status.sensitive,
        created_at: status.edited_at.unwrap_or(status.created_at),
        media: shown,
        poll_options: poll.map(|poll| poll.options),
        named: Named::default(),
    });
    for stage in &mut stages {
        let options = stage.poll_options.as_deref().unwrap_or_default();
        stage.named = entity::named(&stage.content, &stage.spoiler_text, options, &domain);
    }
    let emojis = emojis::view::load(app, conn, stages.iter().map(|stage| &stage.named)).await?;
    Ok((stages, emojis))
}

/// As [`load_stages`], as JSON for a viewer, who may see the post.
pub async fn load_history(app: &App, conn: &mut Conn, viewer: Viewer, status: &Status) -> Result<Vec<Value>> {
    let (stages, emojis) = load_stages(app, conn, status).await?;
    let author = accounts::view::load_many(app, conn, viewer, &[status.account_id]).await?;
    let author: Value =
        serde_json::from_str(author.first().ok_or(Error::NotFound("Record"))?).map_err(Error::internal)?;
    let quote = quote(app, conn, viewer, status).await?;
    let write = |stage: &Stage| {
        let options = stage.poll_options.as_ref();
        let revision = entity::Revision {
            content: &stage.content,
            spoiler_text: &stage.spoiler_text,
            sensitive: stage.sensitive,
            created_at: stage.created_at,
            media: stage.media.iter().map(|shown| attachment(shown, &app.origin)).collect(),
            poll_options: options.map(|options| options.iter().map(String::as_str).collect()),
            emojis: emojis.json(&stage.named),
        };
        entity::revision(&revision, &author, &quote)
    };
    Ok(stages.iter().map(write).collect())
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
