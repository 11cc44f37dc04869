//! Actors in the shapes that other programs send (tests/fixtures/README.md says after which documentation).

use super::*;

fn fixture(software: &str) -> Value {
    let path = format!("{}/tests/fixtures/{software}/actor.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn actors_of_other_programs_are_read() {
    let mastodon = parse_actor(&fixture("mastodon")).unwrap();
    assert_eq!(mastodon.username, "ben");
    assert_eq!(mastodon.shared_inbox_uri.as_deref(), Some("https://mastodon.example/inbox"));
    assert_eq!(mastodon.key_id, "https://mastodon.example/users/ben#main-key");
    assert_eq!(mastodon.url, "https://mastodon.example/@ben");
    assert_eq!(mastodon.fields.len(), 1);
    assert!(mastodon.note.contains("class=\"mention hashtag\""));

    let gotosocial = parse_actor(&fixture("gotosocial")).unwrap();
    assert_eq!(gotosocial.key_id, "https://gts.example/users/cara/main-key");
    assert!(gotosocial.locked);

    let lemmy = parse_actor(&fixture("lemmy")).unwrap();
    assert_eq!(lemmy.actor_type, ActorType::Group);
    assert_eq!(lemmy.url, "https://lemmy.example/c/rust");

    let misskey = parse_actor(&fixture("misskey")).unwrap();
    assert_eq!(misskey.shared_inbox_uri.as_deref(), Some("https://misskey.example/inbox"));
    assert_eq!(misskey.avatar_url.as_deref(), Some("https://misskey.example/files/a.webp"));
}

#[test]
fn what_is_no_actor_is_refused() {
    let whole = fixture("mastodon");
    for missing in ["id", "type", "preferredUsername", "inbox", "publicKey"] {
        let mut actor = whole.clone();
        actor.as_object_mut().unwrap().remove(missing);
        assert!(parse_actor(&actor).is_err(), "{missing}");
    }
    for (name, wrong) in [
        ("type", json!("Note")),
        ("inbox", json!("javascript:alert(1)")),
        ("publicKey", json!({"id": "https://evil.example/key", "publicKeyPem": "x"})),
        (
            "publicKey",
            json!({"id": "https://mastodon.example/users/ben#main-key", "owner": "https://mastodon.example/users/eve", "publicKeyPem": "x"}),
        ),
        ("preferredUsername", json!("a b")),
        ("preferredUsername", json!(5)),
    ] {
        let mut actor = whole.clone();
        put(&mut actor, name, wrong.clone());
        let parsed = parse_actor(&actor);
        assert!(parsed.is_err(), "{name}: {wrong}");
    }
}

#[test]
fn our_actors_read_back() {
    let fixture = parse_actor(&fixture("mastodon")).unwrap();
    let row = new_account(&fixture, "mastodon.example", AccountId(1), Utc::now());
    assert_eq!(row.domain.as_deref(), Some("mastodon.example"));
    assert!(row.created_at < Utc::now());
}
