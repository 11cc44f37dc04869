//! Attachments as ActivityPub has them (ActivityStreams §Document, Mastodon's `blurhash` and `focalPoint`) ↔ nouns. Pure.

use serde_json::{Value, json};

use super::{Kind, MOST_REMOTE, RemoteAttachment, Shown, file_url, picture};
use crate::base::activitystreams as read;
use crate::base::text;

/// What others may say of a picture, in characters; longer texts are cut.
const MOST_DESCRIPTION: usize = 5000;
const MOST_URL: usize = 2048;
const MOST_SIDE: u64 = 65_535;

/// The attachments of a post of ours.
pub fn documents(media: &[Shown], origin: &str) -> Vec<Value> {
    media.iter().filter_map(|shown| document(shown, origin)).collect()
}

fn document(shown: &Shown, origin: &str) -> Option<Value> {
    let (attachment, original) = (&shown.attachment, shown.original.as_ref()?);
    let mut document = json!({
        "type": "Document",
        "mediaType": original.content_type,
        "url": file_url(origin, &original.name),
        "name": (!attachment.description.is_empty()).then_some(&attachment.description),
    });
    let object = document.as_object_mut()?;
    let measures = attachment.meta.get("original");
    for name in ["width", "height"] {
        if let Some(side) = measures.and_then(|measures| measures.get(name)) {
            object.insert(name.into(), side.clone());
        }
    }
    if let Some(seconds) = measures.and_then(|measures| measures.get("duration")).and_then(Value::as_f64) {
        object.insert("duration".into(), format!("PT{seconds:.3}S").into());
    }
    if let Some(blurhash) = &attachment.blurhash {
        object.insert("blurhash".into(), blurhash.clone().into());
    }
    if attachment.kind() == Kind::Image {
        object.insert("focalPoint".into(), json!([attachment.focus_x, attachment.focus_y]));
    } else if let Some(small) = &shown.small {
        let icon = json!({"type": "Image", "mediaType": small.content_type, "url": file_url(origin, &small.name)});
        object.insert("icon".into(), icon);
    }
    Some(document)
}

/// The attachments of a post from elsewhere: the first sixteen that have an address.
pub fn parse_attachments(object: &Value) -> Vec<RemoteAttachment> {
    read::many(object, "attachment").iter().filter_map(parse).take(MOST_REMOTE).collect()
}

fn parse(object: &Value) -> Option<RemoteAttachment> {
    let kind_named = read::type_of(object);
    if !matches!(kind_named, "Document" | "Image" | "Video" | "Audio") {
        return None;
    }
    let (url, media_type) = address(object)?;
    let side = |name: &str| {
        let side = object.get(name).and_then(Value::as_u64).filter(|side| (1..=MOST_SIDE).contains(side));
        side.and_then(|side| u32::try_from(side).ok())
    };
    let description = read::text(object, "name").or_else(|| read::text(object, "summary")).unwrap_or_default();
    let preview_url = read::one(object, "icon").and_then(address).map(|(url, _)| url);
    Some(RemoteAttachment {
        kind: kind(kind_named, media_type.as_deref(), &url),
        description: text::plain_text(description).chars().take(MOST_DESCRIPTION).collect(),
        blurhash: read::text(object, "blurhash").filter(|hash| is_blurhash(hash)).map(str::to_owned),
        focus: focus(object),
        size: side("width").zip(side("height")),
        duration: duration(object),
        preview_url,
        media_type,
        url,
    })
}

/// `url` as a text, a Link, or several: the first that is an address.
fn address(object: &Value) -> Option<(String, Option<String>)> {
    let of_object = read::text(object, "mediaType");
    let found = match object {
        Value::String(url) => Some((url.as_str(), None)),
        _ => read::many(object, "url").iter().chain(read::many(object, "href")).find_map(|value| match value {
            Value::String(url) => Some((url.as_str(), of_object)),
            value => Some((read::text(value, "href")?, read::text(value, "mediaType").or(of_object))),
        }),
    };
    let (url, media_type) = found?;
    let usable = url.len() <= MOST_URL && read::host(url).is_some();
    let media_type = media_type.filter(|media_type| media_type.len() <= 100).map(str::to_ascii_lowercase);
    usable.then(|| (url.to_owned(), media_type))
}

fn kind(named: &str, media_type: Option<&str>, url: &str) -> Kind {
    let by_type = match media_type.and_then(|media_type| media_type.split('/').next()) {
        Some("image") => Kind::Image,
        Some("video") => Kind::Video,
        Some("audio") => Kind::Audio,
        Some(_) => Kind::Unknown,
        None => match named {
            "Image" => Kind::Image,
            "Video" => Kind::Video,
            "Audio" => Kind::Audio,
            _ => {
                let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
                match path.rsplit('.').next().unwrap_or_default() {
                    "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" => Kind::Image,
                    "mp4" | "webm" | "mov" => Kind::Video,
                    "mp3" | "ogg" | "oga" | "wav" | "flac" | "m4a" => Kind::Audio,
                    _ => Kind::Unknown,
                }
            }
        },
    };
    // A drawing that can have scripts in it is no picture.
    if media_type.is_some_and(|media_type| media_type.contains("svg")) { Kind::Unknown } else { by_type }
}

/// As the specification of blurhash has it: 6 characters and two for each further component, of base 83.
fn is_blurhash(hash: &str) -> bool {
    const BASE83: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
    let Some(size) = hash.chars().next().and_then(|first| BASE83.find(first)) else { return false };
    let components = (size % 9 + 1) * (size / 9 + 1);
    hash.len() == 4 + 2 * components && hash.chars().all(|letter| BASE83.contains(letter))
}

#[expect(clippy::cast_possible_truncation, reason = "a number between -1 and 1 has less precision afterwards")]
fn focus(object: &Value) -> (f32, f32) {
    let numbers: Vec<f32> = read::many(object, "focalPoint")
        .iter()
        .filter_map(Value::as_f64)
        .map(|number| number.clamp(-1.0, 1.0) as f32)
        .collect();
    match numbers.as_slice() {
        [x, y] => (*x, *y),
        _ => (0.0, 0.0),
    }
}

/// Seconds, from a number or from `PT1H2M3.5S` (XML Schema 1.1, 3.3.6).
fn duration(object: &Value) -> Option<f64> {
    let seconds = match object.get("duration")? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => {
            let mut seconds = 0.0;
            let mut number = String::new();
            for letter in text.strip_prefix("PT")?.chars() {
                let unit = match letter {
                    'H' => 3600.0,
                    'M' => 60.0,
                    'S' => 1.0,
                    letter => {
                        number.push(letter);
                        continue;
                    }
                };
                seconds += number.parse::<f64>().ok()? * unit;
                number.clear();
            }
            // What is left has no unit, or one that there is not.
            number.is_empty().then_some(seconds)?
        }
        _ => return None,
    };
    (seconds.is_finite() && (0.0..=864_000.0).contains(&seconds)).then_some(seconds)
}

impl RemoteAttachment {
    /// Mastodon's `meta`, without the focus, of what was said.
    pub fn meta(&self) -> Value {
        let mut meta = serde_json::Map::new();
        let mut original = match self.size {
            Some((width, height)) => picture::measures(width, height),
            None => json!({}),
        };
        if let (Some(seconds), Some(original)) = (self.duration, original.as_object_mut()) {
            original.insert("duration".into(), seconds.into());
        }
        if original.as_object().is_some_and(|original| !original.is_empty()) {
            meta.insert("original".into(), original);
        }
        if let (Some((width, height)), Kind::Image) = (self.size, self.kind) {
            let (width, height) = picture::small_size(width, height);
            meta.insert("small".into(), picture::measures(width, height));
        }
        Value::Object(meta)
    }
}

#[cfg(test)]
mod tests;
