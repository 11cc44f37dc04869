//! What is more than a note, made readable: texts that are no HTML, when and where an event is, the picture that stands for a film.

use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};

use crate::base::activitystreams as read;
use crate::base::text;
use crate::media::wire::parse_attachments;
use crate::media::{Kind, RemoteAttachment};

/// Letters of a place.
const MOST_PLACE: usize = 300;

/// A text as sanitised HTML, whatever it says that it is written in.
pub fn html(object: &Value, content: &str) -> String {
    match read::text(object, "mediaType") {
        Some("text/markdown" | "text/plain") => {
            let lines = |part: &str| part.lines().map(text::escape_html).collect::<Vec<_>>().join("<br>");
            let parts = content.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
            text::sanitise_remote(&parts.map(|part| format!("<p>{}</p>", lines(part))).collect::<String>())
        }
        _ => text::sanitise_remote(content),
    }
}

/// A paragraph on when and where an event is, as far as it says so. Times are those of the place.
pub fn when_and_where(object: &Value) -> String {
    let time = |name| DateTime::parse_from_rfc3339(read::text(object, name)?).ok();
    let start = time("startTime").map(|start| interval(start, time("endTime")));
    let lines: Vec<String> =
        start.into_iter().chain(place(object)).map(|line| text::escape_html(&line).to_string()).collect();
    if lines.is_empty() { String::new() } else { format!("<p>{}</p>", lines.join("<br>")) }
}

fn interval(start: DateTime<FixedOffset>, end: Option<DateTime<FixedOffset>>) -> String {
    let zone = start.format("UTC%:z");
    let from = start.format("%Y-%m-%d %H:%M");
    let end = end.map(|end| end.with_timezone(start.offset())).filter(|end| *end > start);
    match end {
        Some(end) if end.date_naive() == start.date_naive() => format!("{from}–{} ({zone})", end.format("%H:%M")),
        Some(end) => format!("{from} – {} ({zone})", end.format("%Y-%m-%d %H:%M")),
        None => format!("{from} ({zone})"),
    }
}

fn place(object: &Value) -> Option<String> {
    let place = read::one(object, "location")?;
    let address = read::one(place, "address").unwrap_or(&Value::Null);
    let parts = ["streetAddress", "addressLocality", "addressCountry"].map(|name| read::text(address, name));
    let parts = [read::text(place, "name"), address.as_str()].into_iter().chain(parts).flatten();
    let parts: Vec<String> = parts.map(text::plain_text).filter(|part| !part.trim().is_empty()).collect();
    let line = parts.join(", ").split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then(|| line.chars().take(MOST_PLACE).collect())
}

/// What is attached; of what is more than a note and has nothing attached, itself if it is a picture or a sound, else the largest
/// picture that it has.
pub fn attached(object: &Value, kind: &str) -> Vec<RemoteAttachment> {
    let found = parse_attachments(object);
    if !found.is_empty() || matches!(kind, "Note" | "Question") {
        return found;
    }
    let own = parse_attachments(&json!({"attachment": [object]}));
    if matches!(kind, "Image" | "Audio" | "Document")
        && own.iter().all(|own| own.kind != Kind::Unknown)
        && !own.is_empty()
    {
        return own;
    }
    let width = |picture: &&Value| picture.get("width").and_then(Value::as_u64).unwrap_or(0);
    let pictures = read::many(object, "image").iter().chain(read::many(object, "icon"));
    let Some(picture) = pictures.max_by_key(width) else { return Vec::new() };
    let picture = match picture {
        Value::String(url) => json!({"type": "Image", "url": url}),
        picture if read::is_a(picture, "Image") => picture.clone(),
        _ => return Vec::new(),
    };
    parse_attachments(&json!({"attachment": [picture]}))
}
