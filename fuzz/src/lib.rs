//! All that reads what strangers write, and what must be true of it whatever they write. Called by the fuzz targets, and by
//! `tests/it/fuzz.rs`, which runs the same in each test run.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use pollen::base::activitystreams as read;
use pollen::base::handle::{Handle, is_username, normalise_domain};
use pollen::base::id::{AccountId, CardId};
use pollen::base::strict_json;
use pollen::base::text::{self, Head, Links, MentionLink};
use pollen::net::key::{self, PublicKey};
use pollen::net::signature::SignedRequest;
use pollen::{
    accounts, cards, federation, media, moderation, pins, polls, portability, quotes, relationships, statuses,
};
use serde_json::Value;
use url::Url;

/// One thing that is read from bytes. It panics when something is not as it must be.
pub type Target = fn(&[u8]);

/// The targets by name.
pub const TARGETS: [(&str, Target); 5] = [
    ("signature", signature),
    ("activity", activity),
    ("html", html),
    ("markdown", markdown),
    ("webfinger", webfinger),
];

/// A fault that a fuzzer has to find, in what is built with `POLLEN_FUZZ_PLANTED`: it shows that the target is reached and that
/// a fuzzer gets deep into what is read. None of the seeds comes to it.
fn planted(reached: impl FnOnce() -> bool) {
    if option_env!("POLLEN_FUZZ_PLANTED").is_some() {
        assert!(!reached(), "the fault that was planted");
    }
}

/// Who is asked.
const OWN_HOST: &str = "acme.test";

/// A key with which nobody has signed anything.
static KEY: LazyLock<Option<PublicKey>> =
    LazyLock::new(|| key::generate().ok().and_then(|(_, public)| PublicKey::from_pem(&public).ok()));

/// The moment of all that is read: 21 September 2026, 14:13:20.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default()
}

/// The value of a `Digest` header.
fn digest(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body)))
}

/// A request: its method and path on a line, its headers on one each, and after an empty line its body. `digest: *` stands
/// for the right one. Nobody knows the key, so no signature may hold.
pub fn signature(data: &[u8]) {
    let (head, body) = match data.windows(2).position(|pair| pair == b"\n\n") {
        Some(at) => (data.get(..at).unwrap_or_default(), data.get(at + 2..)),
        None => (data, None),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let (method, path) = first.split_once(' ').unwrap_or(("POST", "/inbox"));
    let right = digest(body.unwrap_or_default());
    let headers: Vec<(String, &[u8])> = lines
        .filter_map(|line| {
            let at = line.iter().position(|byte| *byte == b':')?;
            let name = String::from_utf8_lossy(line.get(..at)?).to_ascii_lowercase();
            let value = line.get(at + 1..)?.trim_ascii();
            let value = if name == "digest" && value == b"*" { right.as_bytes() } else { value };
            Some((name, value))
        })
        .collect();
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), *value));
    let Ok(unverified) = SignedRequest::parse(method, path, pairs, body, now(), OWN_HOST) else { return };
    planted(|| unverified.key_id.matches('?').count() > 2);
    let of = |wanted: &str| -> Vec<String> {
        let those = headers.iter().filter(|(name, _)| name == wanted);
        those.map(|(_, value)| String::from_utf8_lossy(value).to_ascii_lowercase()).collect()
    };
    let authorised = of("authorization").iter().filter(|value| value.starts_with("signature ")).count();
    assert_eq!(of("signature").len() + authorised, 1, "one signature");
    // By RFC 9421 it is the address that is signed, which names this host by itself.
    if of("signature-input").is_empty() {
        assert_eq!(of("host").iter().filter(|host| host.contains(OWN_HOST)).count(), 1, "for this host");
    }
    let digests = of("digest").len() + of("content-digest").len();
    assert!(body.is_none() || digests > 0, "a body has a digest");
    if let Some(key) = &*KEY {
        assert!(unverified.verify(key).is_err(), "nobody has signed this");
    }
}

/// An activity, or what one is about, through all that reads one.
pub fn activity(data: &[u8]) {
    let header = String::from_utf8_lossy(data);
    let _ = relationships::wire::followers::parse(
        &header,
        "https://globex.test/users/ben",
        "https://globex.test/users/ben/x",
    );
    let Ok(value) = strict_json::parse(data) else { return };
    assert!(strict_json::parse(value.to_string().as_bytes()).is_ok(), "what was read can be read again: {value}");
    let _ = portability::wire::parse_move(&value, "https://globex.test/users/ben");
    if let Some(flag) = moderation::wire::parse_flag(&value) {
        assert_stored(&flag.comment);
    }
    for object in [Some(&value), read::one(&value, "object")].into_iter().flatten() {
        actor(object);
        status(object);
        for kind in ["Follow", "Block"] {
            let _ = relationships::wire::parse_reference(object, kind);
        }
        let _ = (pins::wire::items(object), pins::wire::first_page(object));
        let _ = (statuses::wire::threads::links(object), statuses::wire::threads::listed(object));
        assert!(
            relationships::wire::followers::parse_list(object).len() <= relationships::wire::followers::MOST_LISTED
        );
        let _ = quotes::wire::is_stamp(object, "https://globex.test/1", "", "", "");
        let page = address();
        let mut card = cards::page::blank(CardId(1), &page, now());
        card.read_oembed(object, &page);
        assert_card(&card);
    }
}

fn actor(object: &Value) {
    let Ok(actor) = accounts::wire::parse_actor(object) else { return };
    assert!(is_username(&actor.username), "{:?}", actor.username);
    assert!(read::same_host(&actor.key_id, &actor.uri), "{} {}", actor.key_id, actor.uri);
    assert_stored(&actor.display_name);
    assert_tame(&actor.note);
    for field in &actor.fields {
        assert_stored(&field.name);
        assert_tame(&field.value);
    }
    let _ = PublicKey::from_pem(&actor.public_key_pem);
    let _ = accounts::wire::new_account(&actor, "globex.test", AccountId(1), now());
}

fn status(object: &Value) {
    let _ = polls::wire::is_vote(object);
    let _ = polls::wire::parse_vote(object);
    let Ok(status) = statuses::wire::parse_status(object, "https://globex.test/users/ben/followers") else { return };
    assert!(read::same_host(&status.uri, &status.author_uri), "{} {}", status.uri, status.author_uri);
    planted(|| status.content.contains("<li><ol") && !status.spoiler_text.is_empty());
    assert_tame(&status.content);
    assert_stored(&status.spoiler_text);
    for tag in &status.tags {
        assert_stored(&text::normalise_tag(tag));
    }
    if let Some(poll) = &status.poll {
        assert_eq!(poll.options.len(), poll.votes.len());
        assert!(poll.votes.iter().all(|votes| *votes >= 0), "{:?}", poll.votes);
    }
    for media in media::wire::parse_attachments(object) {
        assert_stored(&media.meta().to_string());
    }
    let _ = cards::first_link(&status.content, OWN_HOST, &[]);
}

/// Markup of a post, of a profile, or of a page that is linked to.
pub fn html(data: &[u8]) {
    // As `strict_json` reads it.
    let html = String::from_utf8_lossy(data).replace('\0', "\u{fffd}");
    let clean = text::sanitise_remote(&html);
    planted(|| clean.contains("<blockquote><ul>"));
    assert_tame(&clean);
    assert!(text::sanitise_remote(&clean) == clean, "sanitised again it is another: {clean:?}");
    assert_tame(&text::sanitise_remote(&text::without_quote(&clean)));
    for plain in [text::plain_text(&html), text::words(&text::plain_text(&clean))] {
        assert_stored(&plain);
    }
    let line = text::strip_markup_to_text_line(&html, 50);
    assert!(!line.contains('\n'), "{line:?}");
    let _ = (text::links(&clean), text::links_to_me(&html));
    let page = address();
    let head = Head::read(&cards::page::decode(data, "text/html"));
    let mut card = cards::page::blank(CardId(1), &page, now());
    card.read_page(&head, &page);
    assert_card(&card);
    let _ = cards::page::oembed_address(&head, &page);
}

/// What somebody writes here, plain and as Markdown.
pub fn markdown(data: &[u8]) {
    let written = String::from_utf8_lossy(data);
    let _ = text::count_characters(&written);
    for found in [text::extract(&written), text::extract_markdown(&written)] {
        planted(|| found.hashtags.len() > 3 && found.mentions.len() > 3 && found.urls.len() > 2);
        for tag in &found.hashtags {
            assert!(text::is_tag(&text::normalise_tag(tag)), "{tag:?}");
        }
    }
    for html in [text::render_markdown(&written, &Everyone), text::render_plain(&written, &Everyone)] {
        assert_tame(&html);
        // Other servers sanitise what we send as we do what they send.
        assert_tame(&text::sanitise_remote(&html));
    }
}

/// What another server answers when it is asked for a name, and names as people write them.
pub fn webfinger(data: &[u8]) {
    if let Ok(found) = federation::object::parse(data, "ben", "globex.test") {
        assert!(is_username(&found.username), "{found:?}");
        assert_eq!(normalise_domain(&found.domain).as_ref(), Some(&found.domain));
    }
    let text = String::from_utf8_lossy(data);
    if let Ok(handle) = Handle::parse(&text) {
        planted(|| {
            handle.username.contains('.') && handle.domain.as_ref().is_some_and(|domain| domain.contains("xn--"))
        });
        assert_eq!(Handle::parse(&handle.to_string()).as_ref(), Ok(&handle), "read again it is the same");
    }
    if let Some(domain) = normalise_domain(&text) {
        assert_eq!(normalise_domain(&domain).as_ref(), Some(&domain), "normal is normal");
    }
}

/// Everybody has a page but `nobody`; one of them is where no link may lead to.
struct Everyone;

impl Links for Everyone {
    fn mention(&self, handle: &Handle) -> Option<MentionLink> {
        let url = match handle.username.as_str() {
            "nobody" => return None,
            "mallory" => "javascript:alert(1)".to_owned(),
            username => format!("https://{}/@{username}", handle.domain.as_deref().unwrap_or(OWN_HOST)),
        };
        Some(MentionLink { url, username: handle.username.clone() })
    }

    fn tag(&self, name: &str) -> String {
        text::tag_url("https://acme.test", name)
    }
}

/// A page that is read.
fn address() -> Url {
    #[expect(clippy::expect_used, reason = "a constant")]
    Url::parse("https://news.test/2026/page?x=1").expect("it is an address")
}

/// Postgres stores no NUL in a text.
fn assert_stored(text: &str) {
    assert!(!text.contains('\0'), "{text:?}");
}

fn assert_card(card: &cards::Card) {
    for text in [&card.title, &card.description, &card.author_name, &card.provider_name, &card.image_description] {
        assert_stored(text);
    }
    let addresses = [&card.author_url, &card.provider_url].into_iter().filter(|url| !url.is_empty());
    for url in addresses.chain(&card.image_url) {
        assert!(url.starts_with("https://") || url.starts_with("http://"), "{url:?}");
    }
}

/// A second look at markup that is shown, which shares nothing with those who made it: it has only such elements and
/// attributes as may stay, and no link to what would run.
fn assert_tame(html: &str) {
    assert_stored(html);
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.trim_start_matches('/').split(|letter: char| !letter.is_ascii_alphanumeric()).next();
        assert!(ELEMENTS.contains(&name.unwrap_or_default()), "<{tag}> in {html:?}");
        // Between quotes are values.
        for (place, part) in tag.trim_start_matches('/').split('"').enumerate() {
            if place % 2 == 1 {
                let value = part.trim().to_ascii_lowercase();
                let runs = ["javascript:", "vbscript:", "data:"].iter().any(|scheme| value.starts_with(scheme));
                assert!(!runs, "<{tag}> in {html:?}");
                continue;
            }
            for attribute in part.split_ascii_whitespace().skip(usize::from(place == 0)) {
                let attribute = attribute.trim_end_matches('=');
                assert!(ATTRIBUTES.contains(&attribute), "{attribute} of <{tag}> in {html:?}");
            }
        }
    }
}

const ELEMENTS: [&str; 20] = [
    "p",
    "br",
    "span",
    "a",
    "del",
    "s",
    "pre",
    "blockquote",
    "code",
    "b",
    "strong",
    "u",
    "i",
    "em",
    "ul",
    "ol",
    "li",
    "ruby",
    "rt",
    "rp",
];

const ATTRIBUTES: [&str; 9] = ["href", "class", "rel", "target", "translate", "lang", "start", "value", "reversed"];
