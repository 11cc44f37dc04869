//! Actors in the shapes that other programs send (tests/fixtures/README.md says after which documentation).

use super::*;

fn fixture(software: &str) -> Value {
    fixture_of(software, "actor")
}

fn fixture_of(software: &str, kind: &str) -> Value {
    let path = format!("{}/tests/fixtures/{software}/{kind}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// F1, F26
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

    for (software, actor_type, username, url) in [
        ("pleroma", ActorType::Person, "fay", "https://pleroma.example/users/fay"),
        ("peertube", ActorType::Group, "films", "https://peertube.example/c/films"),
        ("pixelfed", ActorType::Person, "pip", "https://pixelfed.example/pip"),
        ("mobilizon", ActorType::Group, "guild", "https://mobilizon.example/@guild"),
        ("wordpress", ActorType::Person, "will", "https://wordpress.example/author/will/"),
        ("friendica", ActorType::Person, "fritz", "https://friendica.example/profile/fritz"),
    ] {
        let actor = parse_actor(&fixture(software)).unwrap();
        assert_eq!((actor.actor_type, actor.username.as_str(), actor.url.as_str()), (actor_type, username, url));
        assert!(actor.shared_inbox_uri.is_some() && !actor.followers_uri.is_empty(), "{software}");
    }
    assert_eq!(parse_actor(&fixture("wordpress")).unwrap().fields.len(), 1, "a Link is no field");
    let blog = parse_actor(&fixture_of("wordpress", "blog")).unwrap();
    assert_eq!((blog.actor_type, blog.username.as_str()), (ActorType::Group, "wordpress.example"));
    assert_eq!(
        parse_actor(&fixture("peertube")).unwrap().avatar_url.as_deref(),
        Some("https://peertube.example/lazy-static/avatars/1.png")
    );

    let misskey = parse_actor(&fixture("misskey")).unwrap();
    assert_eq!(misskey.shared_inbox_uri.as_deref(), Some("https://misskey.example/inbox"));
    assert_eq!(misskey.avatar_url.as_deref(), Some("https://misskey.example/files/a.webp"));
}

/// F3
#[test]
fn collections_on_other_hosts_do_not_count() {
    let mut actor = fixture("mastodon");
    for name in ["outbox", "followers", "following", "featured", "featuredCollections"] {
        put(&mut actor, name, json!("https://evil.example/x"));
    }
    put(&mut actor, "endpoints", json!({"sharedInbox": "https://evil.example/x"}));
    let read = parse_actor(&actor).unwrap();
    assert_eq!([read.outbox_uri, read.followers_uri, read.following_uri, read.featured_uri].concat(), "");
    assert!(read.featuring.is_none_or(|featuring| featuring.collections_uri.is_empty()));
    assert_eq!(read.shared_inbox_uri, None);
}

/// F1, F2
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
        ("inbox", json!("https://evil.example/users/ben/inbox")),
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
