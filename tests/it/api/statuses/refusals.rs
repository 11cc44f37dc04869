//! What is no post, or not one's to touch, is refused and changes nothing.

use reqwest::Method;
use serde_json::json;

use crate::api::{NO_IDS, refused, refused_with_token};
use crate::support::{With, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_to_what_one_may_not_see_is_refused() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, dan) = (acme.register("ada").await, acme.register("dan").await);
    let secret = ada.post_status_with(json!({"status": "Between us", "visibility": "private"})).await;
    for id in NO_IDS.into_iter().chain([secret["id"].as_str().unwrap()]) {
        let draft = json!({"status": "Me too", "in_reply_to_id": id});
        refused(&dan, Method::POST, "/api/v1/statuses", With { json: Some(draft), ..With::default() }, 404).await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_has_limits() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    let url = format!("https://learn.example/{}", "x".repeat(500));
    let tags = |count: usize| (0..count).map(|n| format!("#tag{n}")).collect::<Vec<_>>().join(" ");
    for right in ["é".repeat(5000), format!("{} {url}", "a".repeat(4976)), tags(30)] {
        ada.post("/api/v1/statuses", json!({"status": right})).await.expect(200);
    }
    for wrong in [
        json!({"status": "é".repeat(5001)}),
        json!({"status": format!("{} {url}", "a".repeat(4977))}),
        json!({"status": "a".repeat(4990), "spoiler_text": "b".repeat(11)}),
        json!({"status": "a".repeat(4995), "pollen": {"kind": "question"}}),
        json!({"status": tags(31)}),
        json!({"status": ""}),
        json!({"status": " \n\t\u{a0}"}),
        json!({"status": null}),
        json!({}),
        json!({"spoiler_text": " "}),
        json!({"status": "x", "visibility": "everyone"}),
        json!({"status": "x", "content_type": "text/html"}),
        json!({"status": "x", "media_ids": ["1"]}),
        json!({"status": "x", "poll": {"options": ["a", "b"]}}),
        json!({"status": "x", "local_only": true}),
    ] {
        refused(&ada, Method::POST, "/api/v1/statuses", With { json: Some(wrong), ..With::default() }, 422).await;
    }
    let long = "k".repeat(256);
    let headers = [("idempotency-key", long.as_str())];
    let with = With { json: Some(json!({"status": "x"})), headers: &headers, ..With::default() };
    refused(&ada, Method::POST, "/api/v1/statuses", with, 422).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_belong_to_nothing_are_not_found() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    for id in NO_IDS {
        let path = format!("/api/v1/statuses/{id}");
        for read in ["", "/context", "/source", "/favourited_by", "/reblogged_by"] {
            ada.get(&format!("{path}{read}")).await.expect(404);
        }
        for act in ["favourite", "unfavourite", "reblog", "unreblog"] {
            refused(&ada, Method::POST, &format!("{path}/{act}"), With::default(), 404).await;
        }
        refused(&ada, Method::DELETE, &path, With::default(), 404).await;
        assert!(ada.get(&format!("/api/v1/statuses?id[]={id}")).await.expect(200).list().is_empty());
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_cannot_be_read_is_refused() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    for body in [
        "{",
        "{\"status\": \"x\"",
        "[]",
        "\"x\"",
        "null",
        "{\"status\": {\"a\": 1}}",
        "{\"status\": \"x\", \"sensitive\": \"perhaps\"}",
        "{\"status\": \"x\", \"sensitive\": {}}",
        "{\"status\": \"x\", \"pollen\": 5}",
        "{\"status\": \"x\", \"media_ids\": {\"a\": 1}}",
    ] {
        let with = With { body: Some(("application/json", body.to_owned())), ..With::default() };
        refused(&ada, Method::POST, "/api/v1/statuses", with, 400).await;
    }
    let huge = json!({"status": "x".repeat(600 * 1024)}).to_string();
    for kind in ["application/json", "application/x-www-form-urlencoded"] {
        let with = With { body: Some((kind, huge.clone())), ..With::default() };
        refused(&ada, Method::POST, "/api/v1/statuses", with, 413).await;
    }
    let nested = format!("status=x&a{}=1", "[b]".repeat(40));
    let with = With { body: Some(("application/x-www-form-urlencoded", nested)), ..With::default() };
    refused(&ada, Method::POST, "/api/v1/statuses", with, 400).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writing_and_reading_need_the_right_token() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let post = ada.post_status("Hello").await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let reader = ada.with_scopes("read").await;
    let writer = ada.with_scopes("write:accounts").await;
    let app = acme.app_token("read write").await;
    let ended = ada.with_scopes("read write").await;
    acme.sql(&format!(
        "DELETE FROM oauth_tokens WHERE id = (SELECT max(id) FROM oauth_tokens WHERE account_id = {})",
        ada.id()
    ))
    .await;
    let act = |what: &str| (Method::POST, format!("{path}/{what}"));
    let draft = || With { json: Some(json!({"status": "x"})), ..With::default() };
    for (method, path) in [
        (Method::POST, "/api/v1/statuses".to_owned()),
        (Method::DELETE, path.clone()),
        act("favourite"),
        act("unfavourite"),
        act("reblog"),
        act("unreblog"),
    ] {
        for person in [&reader, &writer] {
            refused(person, method.clone(), &path, draft(), 403).await;
        }
        for token in [None, Some(""), Some("nonsense"), Some("a\u{e9}"), Some(app.as_str()), Some(ended.token.as_str())]
        {
            refused_with_token(acme, method.clone(), &path, With { token, ..draft() }, 401).await;
        }
    }
    writer.get(&format!("{path}/source")).await.expect(403);
    // A token that doesn't hold is said to be so also where none is needed.
    ended.get(&path).await.expect(401);
    assert_eq!(
        acme.send(Method::GET, &path, With { token: Some(&app), ..With::default() }).await.expect(200)["id"],
        post["id"]
    );
    let suspended = acme.register("mal").await;
    acme.sql("UPDATE accounts SET suspended_at = now() WHERE username = 'mal'").await;
    refused(&suspended, Method::POST, "/api/v1/statuses", draft(), 401).await;
    world.finish().await;
}
