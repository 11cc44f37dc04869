//! Takes the pictures of our own emoji in, from files of this machine.

use std::path::Path;

use super::ops::{self, EmojiChanges};
use super::{CustomEmoji, MOST_BYTES};
use crate::app::App;
use crate::base::{Error, Result};
use crate::media::storage::local_fault;
use crate::media::upload::Upload;
use crate::media::{self, File};

/// Adds an emoji with the picture in this file, or (`replace`) gives one that is there another picture.
pub async fn add(
    app: &App,
    file: &Path,
    shortcode: &str,
    replace: bool,
    changes: &EmojiChanges,
) -> Result<CustomEmoji> {
    let files = take(app, read(app, file).await?, shortcode, replace, changes).await?;
    ops::finish(app, shortcode, &files, changes).await
}

/// Stores the picture of an emoji, which shows when [`ops::finish_on`] says so. If it cannot be stored, a new emoji goes again.
pub async fn take(
    app: &App,
    upload: Upload,
    shortcode: &str,
    replace: bool,
    changes: &EmojiChanges,
) -> Result<Vec<File>> {
    let id = ops::begin(app, shortcode, replace, changes).await?;
    match media::object::take_emoji_picture(app, id, upload).await {
        Ok(files) => Ok(files),
        Err(error) => {
            ops::discard(app, shortcode).await?;
            Err(error)
        }
    }
}

/// A copy of a file, where uploads lie.
pub async fn read(app: &App, file: &Path) -> Result<Upload> {
    let unreadable =
        |error: std::io::Error| Error::invalid("file", format!("{} cannot be read: {error}", file.display()));
    let size = tokio::fs::metadata(file).await.map_err(unreadable)?.len();
    if size > MOST_BYTES {
        return Err(Error::TooLarge(
            format!("{} is too large: {MOST_BYTES} bytes are the most.", file.display()).into(),
        ));
    }
    let bytes = tokio::fs::read(file).await.map_err(unreadable)?;
    let mut upload = Upload::create(&app.config.incoming_directory()).map_err(local_fault)?;
    tokio::fs::write(upload.path(), &bytes).await.map_err(local_fault)?;
    upload.size = bytes.len() as u64;
    Ok(upload)
}
