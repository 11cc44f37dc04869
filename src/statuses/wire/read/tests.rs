//! Posts in the shapes that other programs send (tests/fixtures/README.md says after which documentation).

use serde_json::json;

use super::*;

fn fixture(software: &str) -> Value {
    let path = format!("{}/tests/fixtures/{software}/note.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

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
}

#[test]
fn pleroma_and_misskey() {
    let status = parse_status(&fixture("pleroma"), "https://pleroma.example/users/fay/followers").unwrap();
    assert_eq!(status.audience, Audience::Unlisted);
    let status = parse_status(&fixture("misskey"), "https://misskey.example/users/9abc/followers").unwrap();
    assert_eq!(status.audience, Audience::Followers);
    assert_eq!(status.spoiler_text, "");
}

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
