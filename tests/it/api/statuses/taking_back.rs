//! Boosts, favourites and bookmarks are taken back also where one does not see the post any more.

use reqwest::Method;
use serde_json::{Value, json};

use crate::api::refused;
use crate::support::{Person, With, World, plain};

const ACME: &str = "acme.test";

async fn act(person: &Person, post: &Value, what: &str) -> Value {
    let path = format!("/api/v1/statuses/{}/{what}", post["id"].as_str().unwrap());
    person.post(&path, json!({})).await.expect(200).json
}

/// That it is told, whose it was, and no word of it.
fn is_withheld(answer: &Value, post: &Value) {
    assert_eq!((&answer["id"], &answer["account"]["id"]), (&post["id"], &post["account"]["id"]));
    for empty in ["content", "spoiler_text"] {
        assert_eq!(answer[empty], "", "{answer:#}");
    }
    for none in ["media_attachments", "mentions", "tags", "emojis"] {
        assert_eq!(answer[none], json!([]), "{answer:#}");
    }
    for nothing in ["poll", "card", "quote", "reblog", "language", "in_reply_to_id"] {
        assert_eq!(answer[nothing], Value::Null, "{answer:#}");
    }
    for not in ["favourited", "reblogged", "bookmarked"] {
        assert_eq!(answer[not], false, "{answer:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_did_is_taken_back_after_a_block() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let draft = json!({"status": "Useful #tag @ben", "spoiler_text": "careful", "language": "en"});
    let (post, other) = (ada.post_status_with(draft).await, ada.post_status("Another").await);
    for what in ["favourite", "bookmark", "reblog"] {
        act(&ben, &post, what).await;
    }
    let boost = act(&ben, &other, "reblog").await;
    ada.post(&format!("/api/v1/accounts/{}/block", ben.id()), json!({})).await.expect(200);
    let path = |post: &Value| format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    ben.get(&path(&post)).await.expect(404);
    for what in ["unfavourite", "unbookmark", "unreblog"] {
        is_withheld(&act(&ben, &post, what).await, &post);
        // Now it is as if it had never been.
        refused(&ben, Method::POST, &format!("{}/{what}", path(&post)), With::default(), 404).await;
    }
    let deleted = ben.delete(&path(&boost)).await.expect(200);
    is_withheld(&deleted.json, &boost);
    for (post, count) in [(&post, 0), (&other, 0)] {
        let seen = ada.get(&path(post)).await.expect(200);
        assert_eq!((&seen["favourites_count"], &seen["reblogs_count"]), (&json!(count), &json!(count)));
    }
    assert_eq!(acme.count("SELECT count(*) FROM statuses WHERE reblog_of_id IS NOT NULL").await, 0);
    assert_eq!(acme.count("SELECT count(*) FROM bookmarks").await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_did_is_taken_back_after_one_stopped_following() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ben.follow("@ada").await;
    let post = ada.post_status_with(json!({"status": "Among us", "visibility": "private"})).await;
    act(&ben, &post, "favourite").await;
    act(&ben, &post, "bookmark").await;
    ben.post(&format!("/api/v1/accounts/{}/unfollow", ada.id()), json!({})).await.expect(200);
    let edit = json!({"status": "Something new"});
    ada.put(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap()), edit).await.expect(200);
    is_withheld(&act(&ben, &post, "unbookmark").await, &post);
    is_withheld(&act(&ben, &post, "unfavourite").await, &post);
    // Somebody who sees it is shown all of it, also by the id of a boost.
    let open = ada.post_status("For all").await;
    let boost = act(&ada, &open, "reblog").await;
    for (what, back) in [("favourite", "unfavourite"), ("bookmark", "unbookmark"), ("reblog", "unreblog")] {
        act(&ben, &open, what).await;
        let answer = act(&ben, &boost, back).await;
        assert_eq!(
            (&answer["id"], plain(answer["content"].as_str().unwrap())),
            (&open["id"], "For all".into()),
            "{back}"
        );
    }
    let own = act(&ben, &open, "reblog").await;
    assert_eq!(act(&ben, &own, "unreblog").await["id"], open["id"]);
    assert_eq!(acme.count("SELECT count(*) FROM favourites").await, 0);
    assert_eq!(acme.count(&format!("SELECT count(*) FROM statuses WHERE account_id = {}", ben.id())).await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn their_server_is_told_also_after_a_block() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (ada, mal) = (acme.register("ada").await, peer.actor("mal"));
    let uri = mal.note("Useful")["id"].as_str().unwrap().to_owned();
    let found = ada.get(&format!("/api/v2/search?resolve=true&type=statuses&q={uri}")).await.expect(200);
    let post = found["statuses"][0].clone();
    act(&ada, &post, "favourite").await;
    act(&ada, &post, "reblog").await;
    world.settle().await;
    mal.deliver(acme, &mal.activity("Block", ada.account.uri.as_str())).await;
    world.settle().await;
    ada.get(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.expect(404);
    act(&ada, &post, "unfavourite").await;
    act(&ada, &post, "unreblog").await;
    world.settle().await;
    let mut undone: Vec<String> =
        peer.received_of_type("Undo").iter().map(|undo| undo["object"]["type"].as_str().unwrap().to_owned()).collect();
    undone.sort();
    assert_eq!(undone, ["Announce", "Like"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boost_is_for_whom_ones_posts_are() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    for (usual, expected) in
        [("public", "public"), ("unlisted", "unlisted"), ("private", "private"), ("direct", "private")]
    {
        acme.sql(&format!("UPDATE users SET default_visibility = '{usual}' WHERE account_id = {}", ben.id())).await;
        let post = ada.post_status("Useful").await;
        assert_eq!(act(&ben, &post, "reblog").await["visibility"], expected, "{usual}");
        act(&ben, &post, "unreblog").await;
        let path = format!("/api/v1/statuses/{}/reblog", post["id"].as_str().unwrap());
        let said = ben.post(&path, json!({"visibility": "unlisted"})).await.expect(200);
        assert_eq!(said["visibility"], "unlisted", "what is said holds");
    }
    world.finish().await;
}
