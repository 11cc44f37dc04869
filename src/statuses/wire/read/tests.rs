//! Posts in the shapes that other programs send (tests/fixtures/README.md says after which documentation).

use serde_json::json;

use super::*;

fn fixture(software: &str) -> Value {
    fixture_of(software, "note")
}

fn fixture_of(software: &str, kind: &str) -> Value {
    let path = format!("{}/tests/fixtures/{software}/{kind}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// F44, F78
#[test]
fn gotosocial_pixelfed_and_friendica() {
    let status = parse_status(&fixture("gotosocial"), "https://gts.example/users/cara/followers").unwrap();
    assert_eq!((status.audience, status.spoiler_text.as_str(), status.sensitive), (Audience::Public, "Cats", true));
    assert_eq!((status.mentions.len(), status.media.len()), (1, 1));
    assert!(status.addresses("https://acme.test/users/ada"));
    assert_eq!(status.published.unwrap().to_rfc3339(), "2026-05-06T05:08:09+00:00");
    let status = parse_status(&fixture("pixelfed"), "https://pixelfed.example/users/pip/followers").unwrap();
    assert_eq!(
        (status.audience, status.tags, status.spoiler_text.as_str()),
        (Audience::Public, vec!["sky".into()], "")
    );
    let described: Vec<&str> = status.media.iter().map(|media| media.description.as_str()).collect();
    assert_eq!(described, ["The sky", ""]);
    let status = parse_status(&fixture("friendica"), "https://friendica.example/followers/fritz").unwrap();
    assert_eq!((status.audience, status.language.as_deref()), (Audience::Followers, Some("de")));
    assert_eq!(status.in_reply_to.as_deref(), Some("https://acme.test/users/ada/statuses/1"));
    assert!(status.content.ends_with("<strong>Yes</strong><br>and a line"), "{}", status.content);
}

/// F323
#[test]
fn films_events_and_articles_are_posts_to_read() {
    let film = parse_status(&fixture_of("peertube", "video"), "").unwrap();
    assert_eq!(
        (film.url.as_str(), film.author_uri.as_str()),
        ("https://peertube.example/w/1", "https://peertube.example/accounts/pia")
    );
    let text = text::plain_text(&film.content);
    assert!(text.starts_with("How film works\n\nA film about film\n\n1 < 2, and <script>no</script>"), "{text}");
    assert!(film.content.contains("href=\"https://peertube.example/w/1\""), "{}", film.content);
    assert_eq!(film.media.len(), 1);
    assert_eq!(
        (film.media[0].url.as_str(), film.media[0].size),
        ("https://peertube.example/lazy-static/previews/1.jpg", Some((850, 480)))
    );
    let event = parse_status(&fixture_of("mobilizon", "event"), "").unwrap();
    let text = text::plain_text(&event.content);
    let expected = "An evening\n\n2026-09-10 18:30–22:00 (UTC+02:00)\nThe hall, 1 Rue X, Lyon, France\n\nBring food";
    assert!(text.starts_with(expected), "{text}");
    assert_eq!((event.media.len(), event.tags), (1, vec!["food".into()]));
    let article = parse_status(&fixture_of("wordpress", "article"), "").unwrap();
    assert_eq!((article.spoiler_text.as_str(), article.sensitive, article.media.len()), ("", false, 1));
    assert!(
        article.content.starts_with("<p><strong>A title</strong></p><p><strong>First</strong></p>"),
        "{}",
        article.content
    );
    assert!(article.content.contains("https://wordpress.example/2026/10/a-title/"), "{}", article.content);
}

/// F323
#[test]
fn odd_films_and_events_are_read_too() {
    for (software, kind) in [
        ("peertube", "video"),
        ("peertube", "comment"),
        ("mobilizon", "event"),
        ("wordpress", "article"),
        ("lemmy", "note"),
        ("lemmy", "page"),
        ("misskey", "quote"),
        ("misskey", "reply"),
        ("misskey", "question"),
        ("pixelfed", "note"),
    ] {
        let whole = fixture_of(software, kind);
        let names: Vec<String> = whole.as_object().unwrap().keys().cloned().collect();
        for name in names.iter().filter(|name| !["id", "type", "attributedTo"].contains(&name.as_str())) {
            for odd in [json!(null), json!(5), json!([]), json!({}), json!([null, 7, {"x": [1]}]), json!("\u{0} <x>")] {
                let mut object = whole.clone();
                object[name] = odd.clone();
                let read = parse_status(&object, "");
                assert!(read.is_ok(), "{software}: {name} = {odd}");
            }
        }
    }
    let sound = json!({"type": "Audio", "id": "https://a.test/1", "attributedTo": "https://a.test/u", "name": "Song",
        "url": [{"type": "Link", "href": "https://a.test/1.mp3", "mediaType": "audio/mpeg"}]});
    assert_eq!(parse_status(&sound, "").unwrap().media[0].url, "https://a.test/1.mp3");
    let picture = json!({"type": "Image", "id": "https://a.test/1", "attributedTo": "https://a.test/u", "url": "https://a.test/1.png"});
    assert_eq!(parse_status(&picture, "").unwrap().media.len(), 1);
    let ended = json!({"type": "Event", "id": "https://a.test/1", "attributedTo": "https://a.test/u", "startTime": "2026-01-02T03:04:05Z",
        "endTime": "2020-01-02T03:04:05Z", "location": "https://a.test/place"});
    assert!(parse_status(&ended, "").unwrap().content.starts_with("<p>2026-01-02 03:04 (UTC+00:00)</p>"));
}

/// F44, F48
#[test]
fn mastodon() {
    let status = parse_status(&fixture("mastodon"), "https://mastodon.example/users/ben/followers").unwrap();
    assert_eq!(status.audience, Audience::Public);
    assert_eq!(status.mentions, ["https://acme.test/users/ada"]);
    assert!(status.addresses("https://acme.test/users/ada"));
    assert_eq!(status.tags, ["TIL"]);
    assert_eq!(status.kind, Kind::TodayILearned);
    assert_eq!(status.language.as_deref(), Some("en"));
    assert_eq!(status.spoiler_text, "Lifetimes");
    assert!(status.sensitive);
}

#[test]
fn lemmy() {
    let status = parse_status(&fixture("lemmy"), "https://lemmy.example/u/eve/followers").unwrap();
    assert_eq!(status.group.as_deref(), Some("https://lemmy.example/c/rust"));
    assert!(status.content.starts_with("<p><strong>A title &amp; more</strong></p>"), "{}", status.content);
    assert!(status.content.contains("https://lemmy.example/post/1"));
    let status = parse_status(&fixture_of("lemmy", "page"), "https://lemmy.example/u/eve/followers").unwrap();
    assert_eq!(status.media.len(), 1, "what a link leads to is shown by its picture");
    assert_eq!((status.tags, status.mentions), (Vec::<String>::new(), vec!["https://lemmy.example/c/rust".to_owned()]));
}

/// F44
#[test]
fn pleroma_and_misskey() {
    let status = parse_status(&fixture("pleroma"), "https://pleroma.example/users/fay/followers").unwrap();
    assert_eq!(status.audience, Audience::Unlisted);
    let status = parse_status(&fixture("misskey"), "https://misskey.example/users/9abc/followers").unwrap();
    assert_eq!(status.audience, Audience::Followers);
    assert_eq!(status.spoiler_text, "");
}

/// F39
#[test]
fn odd_shapes_are_refused_or_read_but_never_panic() {
    let whole = fixture("mastodon");
    for (name, value) in [
        ("id", json!(5)),
        ("attributedTo", json!(null)),
        ("attributedTo", json!("https://evil.example/users/x")),
        ("type", json!("Person")),
        ("type", json!([])),
    ] {
        let mut object = whole.clone();
        object[name] = value.clone();
        assert!(parse_status(&object, "").is_err(), "{name} = {value}");
    }
    for (name, value) in [
        ("content", json!(["a", 5])),
        ("tag", json!("nonsense")),
        ("tag", json!([{"type": "Hashtag"}, {"type": "Mention", "href": 5}, null])),
        ("to", json!({"id": "x"})),
        ("published", json!("yesterday")),
        ("url", json!([{"type": "Link"}, 7])),
        ("contentMap", json!([])),
        ("summary", json!({})),
    ] {
        let mut object = whole.clone();
        object[name] = value.clone();
        assert!(parse_status(&object, "").is_ok(), "{name} = {value}");
    }
}
