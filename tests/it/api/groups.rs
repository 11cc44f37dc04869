//! Making groups.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use super::{refused, refused_with_token};
use crate::support::{Browser, Person, With, World};

const GROUPS: &str = "/api/pollen/v1/groups";

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_made_and_posted_to() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let group = ada
        .post(GROUPS, json!({"username": "rust-guild", "display_name": "Rust", "note": "All of it"}))
        .await
        .expect(200);
    assert_eq!(
        (&group["group"], &group["display_name"], &group["acct"]),
        (&json!(true), &json!("Rust"), &json!("rust-guild"))
    );
    let standing = ada.get(&format!("/api/v1/accounts/relationships?id[]={}", group.text("id"))).await.expect(200);
    assert_eq!(standing[0]["following"], true, "whoever makes a group follows it");
    ben.follow("@rust-guild").await;
    let post = ben.post_status("Why lifetimes? @rust-guild").await;
    assert_eq!(post["pollen"]["group"]["acct"], "rust-guild");
    world.settle().await;
    let posts = acme.get(&format!("/api/v1/accounts/{}/statuses", group.text("id"))).await.expect(200);
    assert_eq!(posts.list().len(), 1);
    assert_eq!(ada.home().await.len(), 1, "who follows the group has its posts");
    let page = acme.get("/@rust-guild").await.expect(200);
    assert!(page.body.contains("Why lifetimes?"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_that_cannot_be_are_refused() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    for wrong in [
        json!({}),
        json!({"username": ""}),
        json!({"username": "a b"}),
        json!({"username": "admin"}),
        json!({"username": "ADA"}),
        json!({"username": "a".repeat(31)}),
        json!({"username": "g", "display_name": "x".repeat(101)}),
        json!({"username": "g", "note": "x".repeat(3001)}),
    ] {
        refused(&ada, Method::POST, GROUPS, With { json: Some(wrong), ..With::default() }, 422).await;
    }
    let with = || With { json: Some(json!({"username": "guild"})), ..With::default() };
    refused(&ada.with_scopes("read write:statuses").await, Method::POST, GROUPS, with(), 403).await;
    refused_with_token(acme, Method::POST, GROUPS, with(), 401).await;
    let app = acme.app_token("write").await;
    refused_with_token(acme, Method::POST, GROUPS, With { token: Some(&app), ..with() }, 401).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_groups_without_end() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let make =
        async |person: &Person, number: usize| person.post(GROUPS, json!({"username": format!("group{number}")})).await;
    for number in 0..10 {
        make(&ada, number).await.expect(200);
    }
    let with = With { json: Some(json!({"username": "one-more"})), ..With::default() };
    let answer = refused(&ada, Method::POST, GROUPS, with, 422).await;
    assert_eq!(answer["error"], "Validation failed: At most 10 groups can be made in a day");
    let browser = Browser::of(&ada).await;
    let form = browser.get("/groups/new").await.expect(200);
    let page = browser.submit(&form, "/groups/new", &[("username", "one-more")]).await.expect(422);
    assert!(page.body.contains("At most 10 groups"), "{}", page.body);
    make(&ben, 10).await.expect(200);
    world.advance(TimeDelta::hours(25)).await;
    make(&ada, 11).await.expect(200);
    world.finish().await;
}
