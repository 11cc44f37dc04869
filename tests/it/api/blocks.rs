//! Blocks of accounts and of domains, as clients see them.

use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused, refused_with_token};
use crate::support::{Person, With, World};

async fn standing(person: &Person, to: &Person) -> Value {
    let found = person.get(&format!("/api/v1/accounts/relationships?id[]={}", to.id())).await.expect(200);
    found[0].clone()
}

async fn act(person: &Person, verb: &str, on: &Person) -> Value {
    person.post(&format!("/api/v1/accounts/{}/{verb}", on.id()), json!({})).await.expect(200).json
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_ends_all_ties_and_comes_back_without_them() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ada.follow("@ben").await;
    ben.follow("@ada").await;
    act(&ada, "endorse", &ben).await;
    for _ in 0..2 {
        let blocked = act(&ada, "block", &ben).await;
        for (key, value) in [("blocking", true), ("blocked_by", false), ("following", false), ("followed_by", false)] {
            assert_eq!(blocked[key], value, "{key}");
        }
        assert_eq!(blocked["endorsed"], false);
    }
    let seen = standing(&ben, &ada).await;
    assert_eq!((&seen["blocked_by"], &seen["blocking"]), (&json!(true), &json!(false)));
    let own = ada.get("/api/v1/accounts/verify_credentials").await.expect(200);
    assert_eq!((&own["followers_count"], &own["following_count"]), (&json!(0), &json!(0)));
    assert_eq!(ada.get("/api/v1/blocks").await.expect(200).ids(), [ben.id()]);
    assert!(ben.get("/api/v1/blocks").await.expect(200).list().is_empty());
    // Neither follows the other any more, nor can.
    for (one, other) in [(&ada, &ben), (&ben, &ada)] {
        refused(one, Method::POST, &format!("/api/v1/accounts/{}/follow", other.id()), With::default(), 403).await;
    }
    assert_eq!(act(&ada, "unblock", &ben).await["blocking"], false);
    assert_eq!(act(&ada, "unblock", &ben).await["following"], false);
    assert_eq!(act(&ben, "follow", &ada).await["following"], true);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_ends_requests_both_ways() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    for person in [&ada, &ben] {
        person.patch("/api/v1/accounts/update_credentials", json!({"locked": true})).await.expect(200);
    }
    assert_eq!(act(&ada, "follow", &ben).await["requested"], true);
    assert_eq!(act(&ben, "follow", &ada).await["requested"], true);
    let blocked = act(&ada, "block", &ben).await;
    assert_eq!((&blocked["requested"], &blocked["requested_by"]), (&json!(false), &json!(false)));
    for person in [&ada, &ben] {
        assert!(person.get("/api/v1/follow_requests").await.expect(200).list().is_empty());
        assert!(person.get("/api/v1/notifications").await.expect(200).list().is_empty());
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_blocked_does_nothing_with_the_others_posts() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben, cy) = (acme.register("ada").await, acme.register("ben").await, acme.register("cy").await);
    let post = ada.post_status("Ada's own #rust").await;
    let id = post["id"].as_str().unwrap();
    let boost = cy.post(&format!("/api/v1/statuses/{id}/reblog"), json!({})).await.expect(200);
    let (path, boost) = (format!("/api/v1/statuses/{id}"), boost.text("id"));
    ben.follow("@cy").await;
    ben.get(&path).await.expect(200);
    assert_eq!(ben.home().await.len(), 1);
    act(&ada, "block", &ben).await;
    for part in ["", "/context", "/favourited_by", "/reblogged_by"] {
        refused(&ben, Method::GET, &format!("{path}{part}"), With::default(), 404).await;
        acme.get(&format!("{path}{part}")).await.expect(200);
    }
    for verb in ["favourite", "unfavourite", "reblog", "unreblog"] {
        refused(&ben, Method::POST, &format!("{path}/{verb}"), With::default(), 404).await;
        refused(&ben, Method::POST, &format!("/api/v1/statuses/{boost}/{verb}"), With::default(), 404).await;
    }
    let reply = With { json: Some(json!({"status": "But", "in_reply_to_id": id})), ..With::default() };
    refused(&ben, Method::POST, "/api/v1/statuses", reply, 404).await;
    assert!(ben.home().await.is_empty(), "a boost of it");
    ben.get(&format!("/api/v1/statuses/{boost}")).await.expect(404);
    for list in [format!("/api/v1/accounts/{}/statuses", ada.id()), "/api/v1/timelines/public".into()] {
        assert!(ben.get(&list).await.expect(200).list().is_empty(), "{list}");
        assert!(ada.get(&list).await.expect(200).list().len() == 1, "{list}");
    }
    let found = ben.get(&format!("/api/v2/search?q={}", post["uri"].as_str().unwrap())).await.expect(200);
    assert_eq!(found["statuses"], json!([]));
    // Naming her says nothing: it goes through, and reaches nobody.
    ben.post_status("Hello @ada").await;
    assert!(ada.get("/api/v1/notifications?types[]=mention").await.expect(200).list().is_empty());
    // Nor does she do anything with his, or name him.
    let bens = ben.post_status("Ben's own").await;
    refused(&ada, Method::GET, &format!("/api/v1/statuses/{}", bens["id"].as_str().unwrap()), With::default(), 404)
        .await;
    let named = ada.post_status("About @ben").await;
    assert_eq!((&named["mentions"], &named["content"]), (&json!([]), &json!("<p>About @ben</p>")));
    act(&ada, "unblock", &ben).await;
    ben.get(&path).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn search_by_name_finds_no_blocked() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let benny = acme.register("benny").await;
    for person in [&ada, &ben, &benny] {
        person.patch("/api/v1/accounts/update_credentials", json!({"discoverable": true})).await.expect(200);
    }
    let names = async |who: &Person, query: &str| -> Vec<String> {
        let found = who.get(&format!("/api/v2/search?type=accounts&{query}")).await.expect(200);
        let found = found["accounts"].as_array().unwrap().clone();
        found.iter().map(|one| one["username"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&ada, "q=ben").await, ["ben", "benny"]);
    act(&ada, "block", &ben).await;
    assert_eq!(names(&ada, "q=ben").await, ["benny"]);
    assert_eq!(names(&ada, "q=ben&limit=1").await, ["benny"]);
    assert!(names(&ben, "q=ada").await.is_empty());
    assert_eq!(names(&benny, "q=ben").await, ["ben", "benny"]);
    assert_eq!(names(&ada, "q=@ben@acme.test").await, ["ben"], "a whole address is no search");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_blocks_come_in_pages() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let mut people = Vec::new();
    for name in ["ben", "cy", "dee"] {
        let person = acme.register(name).await;
        act(&ada, "block", &person).await;
        ada.post("/api/v1/domain_blocks", json!({"domain": format!("{name}.test")})).await.expect(200);
        people.push(person);
    }
    let first = ada.get("/api/v1/blocks?limit=2").await.expect(200);
    assert_eq!(first.ids(), [people[2].id(), people[1].id()]);
    let next = ada.get(&first.link("next").unwrap()).await.expect(200);
    assert_eq!(next.ids(), [people[0].id()]);
    assert_eq!(ada.get(&next.link("prev").unwrap()).await.expect(200).ids(), first.ids());
    let first = ada.get("/api/v1/domain_blocks?limit=2").await.expect(200);
    assert_eq!(first.json, json!(["dee.test", "cy.test"]));
    let next = ada.get(&first.link("next").unwrap()).await.expect(200);
    assert_eq!(next.json, json!(["ben.test"]));
    assert_eq!(ada.get(&next.link("prev").unwrap()).await.expect(200).json, first.json);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_is_one_however_it_is_written() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    for domain in ["Globex.Test", "globex.test.", " globex.test "] {
        assert_eq!(ada.post("/api/v1/domain_blocks", json!({"domain": domain})).await.expect(200).json, json!({}));
    }
    assert_eq!(ada.get("/api/v1/domain_blocks").await.expect(200).json, json!(["globex.test"]));
    for _ in 0..2 {
        ada.delete("/api/v1/domain_blocks?domain=GLOBEX.test").await.expect(200);
    }
    assert_eq!(ada.get("/api/v1/domain_blocks").await.expect(200).json, json!([]));
    for domain in ["", " ", "acme.test", "https://globex.test/", "a b", "[::1]", "x".repeat(300).as_str()] {
        let with = With { json: Some(json!({"domain": domain})), ..With::default() };
        refused(&ada, Method::POST, "/api/v1/domain_blocks", with, 422).await;
    }
    refused(&ada, Method::DELETE, "/api/v1/domain_blocks", With::default(), 422).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_blocked_is_refused() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    for id in NO_IDS {
        for verb in ["block", "unblock"] {
            refused(&ada, Method::POST, &format!("/api/v1/accounts/{id}/{verb}"), With::default(), 404).await;
        }
    }
    refused(&ada, Method::POST, &format!("/api/v1/accounts/{}/block", ada.id()), With::default(), 403).await;
    let block = format!("/api/v1/accounts/{}/block", ben.id());
    let reader = ada.with_scopes("read write:statuses").await;
    refused(&reader, Method::POST, &block, With::default(), 403).await;
    refused(&reader, Method::POST, "/api/v1/domain_blocks", With::default(), 403).await;
    refused_with_token(acme, Method::POST, &block, With::default(), 401).await;
    let writer = ada.with_scopes("write:blocks").await;
    writer.post(&block, json!({})).await.expect(200);
    for list in ["/api/v1/blocks", "/api/v1/domain_blocks"] {
        writer.get(list).await.expect(403);
        acme.get(list).await.expect(401);
        ada.with_scopes("follow").await.get(list).await.expect(200);
    }
    world.finish().await;
}
