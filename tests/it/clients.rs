//! What toot and Mastodon.py (`tests/clients`) have brought to light.

use serde_json::json;

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_leaves_open_is_as_the_author_prefers() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    let defaults = json!({"source": {"privacy": "private", "language": "de", "sensitive": true}});
    ada.patch("/api/v1/accounts/update_credentials", defaults).await.expect(200);
    let wished = ada.get("/api/v1/preferences").await.expect(200);
    assert_eq!(wished["posting:default:language"], "de");

    let left_open = ada.post_status("Ohne Angaben").await;
    assert_eq!(
        (&left_open["visibility"], &left_open["language"], &left_open["sensitive"]),
        (&json!("private"), &json!("de"), &json!(true))
    );
    let said = json!({"status": "As I say", "visibility": "unlisted", "language": "en", "sensitive": false});
    let said = ada.post_status_with(said).await;
    assert_eq!(
        (&said["visibility"], &said["language"], &said["sensitive"]),
        (&json!("unlisted"), &json!("en"), &json!(false))
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hashtag_is_read_whole_or_by_where_posts_are_from() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    let ben = world.instance("globex.test").register("ben").await;
    ada.follow("@ben@globex.test").await;
    world.settle().await;
    let here = ada.post_status("#sql from here").await["uri"].clone();
    let there = ben.post_status("#sql from there").await["uri"].clone();
    world.settle().await;
    for timeline in ["tag/sql", "public"] {
        for (part, expected) in [
            ("", vec![&there, &here]),
            ("?local=true", vec![&here]),
            ("?remote=true", vec![&there]),
            ("?local=true&min_id=1", vec![&here]),
            ("?remote=true&min_id=1", vec![&there]),
        ] {
            let page = ada.get(&format!("/api/v1/timelines/{timeline}{part}")).await.expect(200);
            let uris: Vec<_> = page.list().iter().map(|post| &post["uri"]).collect();
            assert_eq!(uris, expected, "{timeline}{part}");
        }
    }
    world.finish().await;
}
