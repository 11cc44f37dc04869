//! Attachments as Mastodon's API has them (https://docs.joinmastodon.org/entities/MediaAttachment/). Pure.

use serde_json::{Map, Value, json};

use super::{Attachment, Kind, Shown, file_url};

/// An attachment. What is still being processed, or failed, has no `url`; what is elsewhere has ours.
pub fn attachment(shown: &Shown, origin: &str) -> Value {
    let attachment = &shown.attachment;
    json!({
        "id": attachment.id,
        "type": attachment.kind().as_str(),
        "url": url(shown, origin),
        "preview_url": preview_url(shown, origin),
        "remote_url": attachment.remote_url,
        "preview_remote_url": attachment.remote_preview_url,
        "text_url": null,
        "meta": meta(attachment),
        "description": (!attachment.description.is_empty()).then_some(&attachment.description),
        "blurhash": attachment.blurhash,
    })
}

/// Where it can be seen whole. What we would not pass on is linked to, where it is.
pub fn url(shown: &Shown, origin: &str) -> Option<String> {
    let attachment = &shown.attachment;
    match &attachment.remote_key {
        Some(_) if attachment.kind() == Kind::Unknown => attachment.remote_url.clone(),
        Some(key) => Some(format!("{origin}/media/remote/{key}")),
        None => shown.original.as_ref().map(|file| file_url(origin, &file.name)),
    }
}

/// Where it can be seen small.
pub fn preview_url(shown: &Shown, origin: &str) -> Option<String> {
    let attachment = &shown.attachment;
    match &attachment.remote_key {
        Some(key) => {
            let has = attachment.kind() == Kind::Image || attachment.remote_preview_url.is_some();
            has.then(|| format!("{origin}/media/remote/{key}/small"))
        }
        None => shown.small.as_ref().map(|file| file_url(origin, &file.name)),
    }
}

/// The measures with the focus; of films also what Mastodon writes a second time above them.
fn meta(attachment: &Attachment) -> Value {
    let mut meta = attachment.meta.as_object().cloned().unwrap_or_default();
    if matches!(attachment.kind(), Kind::Video | Kind::Gifv | Kind::Audio) {
        let original = meta.get("original").and_then(Value::as_object).cloned().unwrap_or_default();
        for name in ["width", "height", "size", "aspect", "duration"] {
            if let Some(value) = original.get(name) {
                meta.entry(name).or_insert_with(|| value.clone());
            }
        }
        if let Some(seconds) = original.get("duration").and_then(Value::as_f64) {
            meta.insert("length".into(), length(seconds).into());
        }
    }
    if attachment.kind() == Kind::Image {
        meta.insert("focus".into(), json!({"x": attachment.focus_x, "y": attachment.focus_y}));
    }
    Value::Object(Map::from_iter(meta))
}

/// `0:01:28.65`
fn length(seconds: f64) -> String {
    let minutes = (seconds / 60.0).floor();
    let hours = (minutes / 60.0).floor();
    format!("{hours:.0}:{:02.0}:{:05.2}", minutes - hours * 60.0, seconds - minutes * 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_as_mastodon_does() {
        assert_eq!(length(88.65), "0:01:28.65");
        assert_eq!(length(3725.5), "1:02:05.50");
        assert_eq!(length(0.0), "0:00:00.00");
    }
}
