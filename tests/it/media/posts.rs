//! Posts with attachments: whose, how many, and what becomes of them.

use serde_json::{Value, json};

use super::{id, picture, stored, upload, url};
use crate::support::World;
use crate::support::media::png;

const ACME: &str = "acme.test";

#[tokio::test(flavor = "multi_thread")]
async fn a_post_shows_its_pictures_in_their_order() {
    let world = World::start([ACME]).await;
    let ada = world.instance(ACME).register("ada").await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(picture(&ada).await);
    }
    ids.reverse();
    let post = ada.post_status_with(json!({"media_ids": ids, "sensitive": true})).await;
    assert_eq!((&post["content"], &post["sensitive"]), (&json!(""), &json!(true)));
    let shown: Vec<String> = post["media_attachments"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(shown, ids);
    let again = ada.get(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
    assert_eq!(again["media_attachments"], post["media_attachments"]);
    // As forms send them, and a kind without any words.
    let one = picture(&ada).await;
    let form = [("media_ids[]", one.as_str()), ("pollen[kind]", "question")];
    let post = ada.post_form("/api/v1/statuses", &form).await.expect(200);
    assert_eq!(post["media_attachments"][0]["id"], one);
    assert!(post.text("content").starts_with("<p><a"), "{}", post["content"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_attached_is_refused() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let ben = acme.register("ben").await;
    let (bens, mut five, used) = (picture(&ben).await, Vec::new(), picture(&ada).await);
    ada.post_status_with(json!({"media_ids": [used]})).await;
    for _ in 0..5 {
        five.push(picture(&ada).await);
    }
    let before = acme.fingerprint().await;
    let good = five[0].as_str();
    for ids in [
        json!(five),
        json!([bens]),
        json!([used]),
        json!([good, bens]),
        json!(["1"]),
        json!(["x"]),
        json!([good, used]),
    ] {
        ada.post("/api/v1/statuses", json!({"status": "x", "media_ids": ids})).await.expect(422);
    }
    assert_eq!(acme.fingerprint().await, before, "a refused post changed something");
    ada.post("/api/v1/statuses", json!({"status": "", "media_ids": []})).await.expect(422);
    ada.post_status_with(json!({"media_ids": [good]})).await;
    world.finish().await;
}

/// F80
#[tokio::test(flavor = "multi_thread")]
async fn files_are_gone_when_the_post_is_gone() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let sent = upload(&ada, &png(8, 8)).await;
    let post = ada.post_status_with(json!({"media_ids": [id(&sent)]})).await;
    ada.delete(&format!("/api/v1/statuses/{}?delete_media=true", id(&post))).await.expect(200);
    for name in ["url", "preview_url"] {
        acme.get(url(&sent, name)).await.expect(404);
    }
    world.settle().await;
    assert_eq!(stored(acme), 0);
    assert_eq!(acme.count("SELECT count(*) FROM media_files").await, 0);
    // Files of somebody who is shut out are nobody's to see.
    let sent = upload(&ada, &png(8, 8)).await;
    ada.post_status_with(json!({"media_ids": [id(&sent)]})).await;
    acme.sql("UPDATE accounts SET suspended_at = now() WHERE username = 'ada'").await;
    acme.get(url(&sent, "url")).await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_written_anew_keeps_its_pictures_at_other_addresses() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let sent = upload(&ada, &png(8, 8)).await;
    let post = ada.post_status_with(json!({"status": "With a tpyo", "media_ids": [id(&sent)]})).await;
    let deleted = ada.delete(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
    let kept = &deleted["media_attachments"][0];
    assert_eq!(kept["id"], sent["id"]);
    acme.get(url(&sent, "url")).await.expect(404);
    acme.get(url(kept, "url")).await.expect(200);
    let post = ada.post_status_with(json!({"status": "Without", "media_ids": [id(&sent)]})).await;
    assert_eq!(post["media_attachments"][0], *kept);
    world.settle().await;
    acme.get(url(kept, "preview_url")).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn timelines_can_be_of_pictures_only() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    ada.post_status("Words #garden").await;
    let shown = ada.post_status_with(json!({"status": "#garden", "media_ids": [picture(&ada).await]})).await;
    ada.post_status_with(json!({"status": "#garden", "visibility": "private", "media_ids": [picture(&ada).await]}))
        .await;
    for path in [
        "/api/v1/timelines/public?only_media=true".to_owned(),
        "/api/v1/timelines/public?only_media=true&local=true".to_owned(),
        "/api/v1/timelines/tag/garden?only_media=true".to_owned(),
        format!("/api/v1/accounts/{}/statuses?only_media=true", ada.id()),
    ] {
        let found = acme.get(&path).await.expect(200);
        assert_eq!(found.ids(), [id(&shown)], "{path}");
    }
    let own = ada.get(&format!("/api/v1/accounts/{}/statuses?only_media=1&limit=1", ada.id())).await.expect(200);
    assert!(own.link("next").unwrap().contains("only_media=true"), "{}", own.header("link"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_pictures_with_their_words() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let sent = upload(&ada, &png(8, 8)).await;
    let path = format!("/api/v1/media/{}", id(&sent));
    ada.put(&path, json!({"description": "A <quoted> \"flower\""})).await.expect(200);
    let open = ada.post_status_with(json!({"status": "Look", "media_ids": [id(&sent)]})).await;
    let hidden = upload(&ada, &png(8, 8)).await;
    let closed = json!({"status": "Careful", "sensitive": true, "media_ids": [id(&hidden)]});
    let closed = ada.post_status_with(closed).await;
    let page = |post: &Value| post["url"].as_str().unwrap().to_owned();
    let shown = acme.get(&page(&open)).await.expect(200);
    assert!(shown.body.contains(&format!("src=\"{}\"", url(&sent, "preview_url"))), "{}", shown.body);
    assert!(shown.body.contains("alt=\"A &#60;quoted&#62; &#34;flower&#34;\""), "{}", shown.body);
    assert!(shown.body.contains(&format!("og:image\" content=\"{}\"", url(&sent, "url"))), "{}", shown.body);
    let policy = shown.header("content-security-policy");
    assert!(policy.contains("img-src 'self' http://acme.test; media-src 'self' http://acme.test;"), "{policy}");
    let shown = acme.get(&page(&closed)).await.expect(200);
    let details = shown.body.split("<details class=\"sensitive\">").nth(1).expect("it is folded away");
    assert!(details.contains(url(&hidden, "preview_url")));
    assert!(!shown.body.contains("og:image"), "a sensitive picture is in the preview");
    acme.get("/@ada").await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_instance_says_what_it_takes() {
    let world = World::start([ACME]).await;
    for version in ["v1", "v2"] {
        let said = world.instance(ACME).get(&format!("/api/{version}/instance")).await.expect(200);
        let limits = &said["configuration"]["media_attachments"];
        assert_eq!(said["configuration"]["statuses"]["max_media_attachments"], 4);
        assert_eq!(
            (&limits["image_size_limit"], &limits["image_matrix_limit"]),
            (&json!(16_777_216), &json!(33_177_600))
        );
        let types = limits["supported_mime_types"].as_array().unwrap();
        assert!(types.contains(&json!("image/webp")) && !types.contains(&json!("image/svg+xml")));
    }
    world.finish().await;
}
