//! What is said of an actor's `icon` and `image`, in words. Pure.

use diesel::prelude::*;
use serde_json::{Value, json};

use crate::base::activitystreams as read;
use crate::base::text;
use crate::db::schema::picture_descriptions;

/// Characters of a description that are kept.
const MOST_DESCRIPTION: usize = 1_500;

/// A row of `picture_descriptions`: what is to be seen on an account's pictures, in words; empty where nobody said it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = picture_descriptions, check_for_backend(diesel::pg::Pg))]
pub struct PictureTexts {
    pub avatar: String,
    pub header: String,
}

/// What another server says of an actor's pictures: its `summary`, else its `name`.
pub fn read_texts(object: &Value) -> PictureTexts {
    let said = |name: &str| {
        let image = read::one(object, name).filter(|image| image.is_object());
        let said = image.and_then(|image| {
            let parts = ["summary", "name"].into_iter().filter_map(|part| read::text(image, part));
            parts.map(text::plain_text).find(|part| !part.trim().is_empty())
        });
        said.map(|said| said.trim().chars().take(MOST_DESCRIPTION).collect()).unwrap_or_default()
    };
    PictureTexts { avatar: said("icon"), header: said("image") }
}

/// Puts what is said into an actor's document, or into an activity that has it embedded: as `summary`, which Mastodon reads, and as
/// `name`, by which other programs know what is to be seen.
pub fn describe(document: &mut Value, said: &PictureTexts) {
    let actor = match document.get("object") {
        Some(_) => document.get_mut("object"),
        None => Some(document),
    };
    let Some(actor) = actor else { return };
    for (name, text) in [("icon", &said.avatar), ("image", &said.header)] {
        let image = actor.get_mut(name).and_then(Value::as_object_mut).filter(|_| !text.is_empty());
        if let Some(image) = image {
            image.insert("summary".into(), json!(text));
            image.insert("name".into(), json!(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_read_in_the_shapes_that_there_are() {
        let said = |object: Value| read_texts(&object);
        let both = json!({"icon": {"type": "Image", "url": "https://a.test/1", "summary": " A <b>shark</b> ", "name": "x"},
            "image": [{"url": "https://a.test/2", "summary": "", "name": "The sea"}]});
        assert_eq!(said(both), PictureTexts { avatar: "A shark".into(), header: "The sea".into() });
        for nothing in [json!({}), json!({"icon": "https://a.test/1", "image": {"name": 7, "summary": null}})] {
            assert_eq!(said(nothing), PictureTexts::default());
        }
        let long = said(json!({"icon": {"name": "é".repeat(5_000)}}));
        assert_eq!(long.avatar.chars().count(), MOST_DESCRIPTION);
    }
}
