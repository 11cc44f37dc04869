//! What a page says of itself: OpenGraph, Twitter's names, plain HTML, and an oEmbed document of the types `photo` and `link`. Nobody's
//! markup is taken over, texts only. Pure.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::Value;
use url::Url;

use super::{Card, MOST_URL};
use crate::base::handle::Handle;
use crate::base::id::CardId;
use crate::base::text::{self, Head};

/// Letters of a title, a description, a name.
const MOST_TITLE: usize = 500;
const MOST_DESCRIPTION: usize = 1000;
const MOST_NAME: usize = 200;
const MOST_SIDE: i64 = 100_000;

/// The text of a page, in the encoding that it says, UTF-8 if it says none.
pub fn decode(body: &[u8], content_type: &str) -> String {
    let of_header = content_type.split(';').find_map(|part| part.trim().strip_prefix("charset="));
    let label =
        of_header.map(|label| label.trim_matches('"').to_owned()).or_else(|| label_in(body)).unwrap_or_default();
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    // What is marked as Unicode is that, whatever is said.
    encoding.decode(body).0.into_owned()
}

/// `<meta charset=…>` or its older form, in the first 1024 bytes as the HTML standard has it.
fn label_in(body: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(body.get(..1024).unwrap_or(body)).to_ascii_lowercase();
    let after = start.split("charset=").nth(1)?.trim_start_matches(['"', '\'', ' ']);
    Some(after.split(['"', '\'', '>', ';', ' ', '/']).next()?.to_owned())
}

/// A card with nothing in it.
pub fn blank(id: CardId, url: &Url, now: DateTime<Utc>) -> Card {
    Card {
        id,
        url: url.to_string(),
        kind: "link".into(),
        title: String::new(),
        description: String::new(),
        language: None,
        author_name: String::new(),
        author_url: String::new(),
        provider_name: String::new(),
        provider_url: String::new(),
        image_url: None,
        image_description: String::new(),
        width: 0,
        height: 0,
        blurhash: None,
        published_at: None,
        fetched_at: now,
    }
}

fn cut(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|letter| !letter.is_control()).take(most).collect()
}

/// An address on a page, of the kinds that clients open.
fn address(value: &str, page: &Url) -> Option<String> {
    let url = page.join(value.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let text = String::from(url);
    (text.len() <= MOST_URL).then_some(text)
}

fn side(value: &str) -> i32 {
    let number = value.trim().trim_end_matches("px").parse::<i64>().ok().filter(|side| (1..=MOST_SIDE).contains(side));
    number.and_then(|side| i32::try_from(side).ok()).unwrap_or(0)
}

/// A moment, or a day.
fn moment(value: &str) -> Option<DateTime<Utc>> {
    let value = value.trim();
    let day = || Some(value.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN).and_utc());
    value.parse::<DateTime<Utc>>().ok().or_else(day)
}

impl Card {
    /// Takes what a page says of itself. `at` is where it was found in the end.
    pub fn read_page(&mut self, head: &Head, at: &Url) {
        let text = |names: &[&str], most: usize| cut(head.meta(names).unwrap_or_default(), most);
        self.title = text(&["og:title", "twitter:title"], MOST_TITLE);
        if self.title.is_empty() {
            self.title = cut(&head.title, MOST_TITLE);
        }
        self.description = text(&["og:description", "twitter:description", "description"], MOST_DESCRIPTION);
        self.provider_name = text(&["og:site_name", "application-name"], MOST_NAME);
        let author = text(&["author", "article:author", "parsely-author"], MOST_NAME);
        // Some sites put the author's page there.
        if author.starts_with("https://") || author.starts_with("http://") {
            self.author_url = address(&author, at).unwrap_or_default();
        } else {
            self.author_name = author;
        }
        let image =
            head.meta(&["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"]);
        self.image_url = image.and_then(|image| address(image, at));
        self.image_description = text(&["og:image:alt", "twitter:image:alt"], MOST_DESCRIPTION);
        if self.image_url.is_some() {
            self.width = side(head.meta(&["og:image:width"]).unwrap_or_default());
            self.height = side(head.meta(&["og:image:height"]).unwrap_or_default());
        }
        let locale = head.meta(&["og:locale"]).map(|locale| locale.replace('_', "-"));
        self.language = head.language.clone().or(locale).filter(|language| text::valid_language(language));
        self.published_at = head.meta(&["article:published_time", "datepublished", "date"]).and_then(moment);
    }

    /// Adds what an oEmbed document says, which was found at `at`. Of films and of other pages' markup only names are taken.
    pub fn read_oembed(&mut self, document: &Value, at: &Url) {
        let text = |name: &str, most: usize| cut(document.get(name).and_then(Value::as_str).unwrap_or_default(), most);
        let linked = |name: &str| document.get(name).and_then(Value::as_str).and_then(|value| address(value, at));
        for (mine, name, most) in [
            (&mut self.title, "title", MOST_TITLE),
            (&mut self.author_name, "author_name", MOST_NAME),
            (&mut self.provider_name, "provider_name", MOST_NAME),
        ] {
            let said = text(name, most);
            if !said.is_empty() {
                *mine = said;
            }
        }
        self.author_url = linked("author_url").unwrap_or_else(|| std::mem::take(&mut self.author_url));
        self.provider_url = linked("provider_url").unwrap_or_default();
        let number = |name: &str| match document.get(name) {
            Some(Value::Number(number)) => side(&number.to_string()),
            Some(Value::String(text)) => side(text),
            _ => 0,
        };
        match (document.get("type").and_then(Value::as_str), linked("url")) {
            (Some("photo"), Some(photo)) => {
                self.kind = "photo".into();
                self.image_url = Some(photo);
                (self.width, self.height) = (number("width"), number("height"));
            }
            _ if self.image_url.is_none() => {
                self.image_url = linked("thumbnail_url");
                (self.width, self.height) = (number("thumbnail_width"), number("thumbnail_height"));
            }
            _ => {}
        }
    }
}

/// Whom a page names as its author: a handle with its domain.
pub fn creator(head: &Head) -> Option<Handle> {
    let handle: Handle = head.meta(&["fediverse:creator"])?.parse().ok()?;
    handle.domain.is_some().then_some(handle)
}

/// Where a page says that its oEmbed document is.
pub fn oembed_address(head: &Head, at: &Url) -> Option<Url> {
    let is_it = |(rel, kind, _): &&(String, String, String)| rel == "alternate" && kind == "application/json+oembed";
    let (_, _, href) = head.links.iter().find(is_it)?;
    address(href, at)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    fn card(html: &str) -> Card {
        let at = url("https://a.test/b/c");
        let mut card = blank(CardId(1), &at, DateTime::UNIX_EPOCH);
        card.read_page(&Head::read(html), &at);
        card
    }

    #[test]
    fn the_most_particular_name_counts() {
        let found = card(
            "<html lang=fr-CA><title>T</title><meta name=description content=D><meta property=og:title content='O  G'>
             <meta property=og:image content=../i.png><meta property=og:image:width content=120px>
             <meta property=og:image:height content=-4><meta property='article:published_time' content='2026-01-02'>
             <meta name=author content='https://a.test/me'><meta property=og:site_name content=Site>",
        );
        assert_eq!((found.title.as_str(), found.description.as_str()), ("O G", "D"));
        assert_eq!(found.image_url.as_deref(), Some("https://a.test/i.png"));
        assert_eq!((found.width, found.height, found.language.as_deref()), (120, 0, Some("fr-CA")));
        assert_eq!(found.published_at.map(|at| at.to_rfc3339()).as_deref(), Some("2026-01-02T00:00:00+00:00"));
        assert_eq!((found.author_url.as_str(), found.provider_name.as_str()), ("https://a.test/me", "Site"));
        let bare = card("<title>T</title><meta property=og:image content='javascript:alert(1)'><html lang='no such'>");
        assert_eq!((bare.title.as_str(), bare.image_url, bare.language), ("T", None, None));
        assert_eq!(card(&format!("<title>{}</title>", "x".repeat(9000))).title.len(), MOST_TITLE);
    }

    #[test]
    fn of_oembed_texts_and_pictures_are_taken() {
        let at = url("https://a.test/o");
        let mut found = card("<title>T</title>");
        found.read_oembed(
            &json!({"type": "rich", "html": "<script>", "title": "R", "author_name": "Ada",
            "provider_url": "/", "thumbnail_url": "t.png", "thumbnail_width": "10"}),
            &at,
        );
        assert_eq!((found.kind.as_str(), found.title.as_str(), found.author_name.as_str()), ("link", "R", "Ada"));
        assert_eq!(found.image_url.as_deref(), Some("https://a.test/t.png"));
        assert_eq!((found.provider_url.as_str(), found.width), ("https://a.test/", 10));
        found.read_oembed(&json!({"type": "photo", "url": "https://b.test/p.jpg", "width": 1e9, "height": 20}), &at);
        assert_eq!((found.kind.as_str(), found.width, found.height), ("photo", 0, 20));
        found.read_oembed(&json!([1, 2]), &at);
        assert_eq!(found.title, "R");
    }

    #[test]
    fn pages_are_read_in_their_encoding() {
        let latin = b"<meta charset=iso-8859-1><title>\xfcber</title>";
        assert!(decode(latin, "text/html").contains("über"));
        assert!(decode(b"\xfcber", "text/html; charset=\"windows-1252\"").contains("über"));
        assert!(decode("über".as_bytes(), "text/html").contains("über"));
        assert!(decode(b"\xff\xfeu\0", "text/html; charset=nonsense").contains('u'));
    }
}
