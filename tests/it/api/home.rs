//! What comes home, how often, and that the stream says the same.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Person, World, plain};

const ACME: &str = "acme.test";

async fn boost(person: &Person, post: &Value) -> Value {
    let path = format!("/api/v1/statuses/{}/reblog", post["id"].as_str().unwrap());
    person.post(&path, json!({})).await.expect(200).json
}

/// Who brought which post, newest first.
async fn brought(person: &Person, path: &str) -> Vec<String> {
    let found = person.get(path).await.expect(200);
    let bring = |status: &Value| {
        let post = if status["reblog"].is_null() { status } else { &status["reblog"] };
        let text = plain(post["content"].as_str().unwrap());
        format!("{}: {text}", status["account"]["username"].as_str().unwrap())
    };
    found.list().iter().map(bring).collect()
}

async fn home(person: &Person) -> Vec<String> {
    brought(person, "/api/v1/timelines/home").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_comes_home_once_however_many_boost_it() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cyd) = (acme.register("ada").await, acme.register("ben").await, acme.register("cyd").await);
    let (dee, fay) = (acme.register("dee").await, acme.register("fay").await);
    for name in ["@ben", "@cyd", "@fay"] {
        ada.follow(name).await;
    }
    let mut stream = acme.listen(&ada.token, "user").await;
    let bens = ben.post_status("By Ben").await;
    boost(&cyd, &bens).await;
    boost(&ada, &bens).await;
    let dees = dee.post_status("By Dee").await;
    let first = boost(&ben, &dees).await;
    boost(&cyd, &dees).await;
    let last = fay.post_status("Last").await;
    assert_eq!(home(&ada).await, ["fay: Last", "ben: By Dee", "ben: By Ben"]);
    for expected in [&bens, &first, &last] {
        assert_eq!(stream.expect("update").await["id"], expected["id"]);
    }
    // Another boost takes the place of one that does not come.
    let account = |what: &str| format!("/api/v1/accounts/{}/{what}", ben.id());
    let without = ["fay: Last", "cyd: By Dee"];
    ada.post(&account("mute"), json!({})).await.expect(200);
    assert_eq!(home(&ada).await, without);
    ada.post(&account("unmute"), json!({})).await.expect(200);
    ada.post(&account("follow"), json!({"reblogs": false})).await.expect(200);
    assert_eq!(home(&ada).await, ["fay: Last", "cyd: By Dee", "ben: By Ben"]);
    ada.post(&account("follow"), json!({"reblogs": true})).await.expect(200);
    assert_eq!(home(&ada).await.len(), 3);
    ben.post(&format!("/api/v1/statuses/{}/unreblog", dees["id"].as_str().unwrap()), json!({})).await.expect(200);
    assert_eq!(home(&ada).await, ["fay: Last", "cyd: By Dee", "ben: By Ben"]);
    // Whoever hides nothing of a person has their boosts, on a list of that person alone.
    let list = ada.post("/api/v1/lists", json!({"title": "Cyd"})).await.expect(200).text("id");
    let members = json!({"account_ids": [cyd.id()]});
    ada.post(&format!("/api/v1/lists/{list}/accounts"), members).await.expect(200);
    let path = format!("/api/v1/timelines/list/{list}");
    assert_eq!(brought(&ada, &path).await, ["cyd: By Dee", "cyd: By Ben"]);
    let members = json!({"account_ids": [ben.id()]});
    ada.post(&format!("/api/v1/lists/{list}/accounts"), members).await.expect(200);
    assert_eq!(brought(&ada, &path).await, ["cyd: By Dee", "ben: By Ben"]);
    // After a day it may come again.
    world.advance(TimeDelta::hours(25)).await;
    boost(&fay, &dees).await;
    assert_eq!(home(&ada).await[0], "fay: By Dee");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_colleague_writes_to_a_group_comes_home_once() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cyd) = (acme.register("ada").await, acme.register("ben").await, acme.register("cyd").await);
    ada.post("/api/pollen/v1/groups", json!({"username": "guild"})).await.expect(200);
    for person in [&ben, &cyd] {
        person.follow("@guild").await;
    }
    ada.follow("@ben").await;
    ben.post_status("Ben to all @guild").await;
    world.settle().await;
    cyd.post_status("Cyd to all @guild").await;
    world.settle().await;
    assert_eq!(home(&ada).await, ["guild: Cyd to all @guild", "ben: Ben to all @guild"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_one_writes_comes_to_ones_own_home() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cyd) = (acme.register("ada").await, acme.register("ben").await, acme.register("cyd").await);
    ben.follow("@ada").await;
    let question = cyd.post_status("Who knows?").await;
    let mut stream = acme.listen(&ada.token, "user").await;
    let answer = json!({"status": "I do", "in_reply_to_id": question["id"]});
    let answer = ada.post_status_with(answer).await;
    assert_eq!(home(&ada).await, ["ada: I do"]);
    assert_eq!(stream.expect("update").await["id"], answer["id"]);
    assert!(home(&ben).await.is_empty(), "a reply to somebody whom one does not follow");
    boost(&ben, &answer).await;
    assert_eq!(home(&ben).await, ["ben: I do"], "what did not come by itself comes by a boost");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_by_its_hashtag_does_not_come_again_by_a_boost() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, dee) = (acme.register("ada").await, acme.register("ben").await, acme.register("dee").await);
    ada.follow("@ben").await;
    ada.post("/api/v1/tags/bees/follow", json!({})).await.expect(200);
    let mut stream = acme.listen(&ada.token, "user").await;
    let public = dee.post_status("All #Bees").await;
    // With the hashtag, but it comes to nobody by it.
    let unlisted = dee.post_status_with(json!({"status": "Quiet #Bees", "visibility": "unlisted"})).await;
    boost(&ben, &public).await;
    let quiet = boost(&ben, &unlisted).await;
    assert_eq!(home(&ada).await, ["ben: Quiet #Bees", "dee: All #Bees"]);
    for expected in [&public, &quiet] {
        assert_eq!(stream.expect("update").await["id"], expected["id"]);
    }
    ada.post("/api/v1/tags/bees/unfollow", json!({})).await.expect(200);
    assert_eq!(home(&ada).await, ["ben: Quiet #Bees", "ben: All #Bees"]);
    world.finish().await;
}
