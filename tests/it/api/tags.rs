//! Hashtags by themselves: how they are used, who follows them, on whose profile they stand.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused};
use crate::support::{Person, With, World, plain};

async fn tag(person: &Person, name: &str) -> Value {
    person.get(&format!("/api/v1/tags/{name}")).await.expect(200).json
}

/// Uses and accounts of the first days.
fn used(tag: &Value, days: usize) -> Vec<(&str, &str)> {
    let days = tag["history"].as_array().unwrap().iter().take(days);
    days.map(|day| (day["uses"].as_str().unwrap(), day["accounts"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_tells_how_it_is_used_in_public() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ada.post_status("Yesterday #Rust").await;
    world.clock.advance(TimeDelta::days(1));
    for person in [&ada, &ada, &ben] {
        person.post_status("Today #rust").await;
    }
    for visibility in ["unlisted", "private", "direct"] {
        ben.post_status_with(json!({"status": "Quiet #rust #quiet", "visibility": visibility})).await;
    }
    let rust = tag(&ada, "RUST").await;
    assert_eq!((&rust["name"], &rust["following"], &rust["featuring"]), (&json!("rust"), &json!(false), &json!(false)));
    assert_eq!(rust["url"], "http://acme.test/tags/rust");
    assert_eq!(rust["history"].as_array().unwrap().len(), 7);
    assert_eq!(used(&rust, 3), [("3", "2"), ("1", "1"), ("0", "0")]);
    let days: Vec<i64> =
        rust["history"].as_array().unwrap().iter().map(|day| day["day"].as_str().unwrap().parse().unwrap()).collect();
    assert!(days.iter().all(|day| day % 86_400 == 0) && days.windows(2).all(|two| two[0] - two[1] == 86_400));
    world.clock.advance(TimeDelta::days(6));
    assert_eq!(used(&tag(&ada, "rust").await, 7)[6], ("3", "2"));

    // A tag of posts for the few is as one that nobody used.
    let (quiet, unused) = (tag(&ada, "quiet").await, tag(&ada, "unused").await);
    assert_eq!(used(&quiet, 7), used(&unused, 7));
    let mut keys: Vec<_> = quiet.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["featuring", "following", "history", "id", "name", "url"]);
    let stranger = acme.get("/api/v1/tags/rust").await.expect(200);
    assert_eq!((&stranger["id"], &stranger["following"]), (&rust["id"], &Value::Null));
    let found = ada.get("/api/v2/search?q=%23rust&type=hashtags").await.expect(200);
    assert_eq!(found["hashtags"][0], tag(&ada, "rust").await);
    for name in ["123", "_", "%20", &"x".repeat(101)] {
        refused(&ada, Method::GET, &format!("/api/v1/tags/{name}"), With::default(), 404).await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn followed_tags_bring_public_posts_home() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let (acme, globex) = (world.instance("acme.test"), world.instance("globex.test"));
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    let dora = globex.register("dora").await;
    ada.follow("@cleo").await;
    cleo.follow("@dora@globex.test").await;
    world.settle().await;
    for name in ["rust", "%23Learning"] {
        let tag = ada.post(&format!("/api/v1/tags/{name}/follow"), json!({})).await.expect(200);
        assert_eq!(tag["following"], true);
    }
    ada.post("/api/v1/tags/rust/follow", json!({})).await.expect(200);
    ben.post_status("Both #rust #learning").await;
    ben.post_status("Other #cooking").await;
    for visibility in ["unlisted", "private"] {
        ben.post_status_with(json!({"status": "Quiet #rust", "visibility": visibility})).await;
    }
    cleo.post_status("By a friend #rust").await;
    ada.post_status("My own #rust").await;
    dora.post_status("From elsewhere #Rust").await;
    world.settle().await;
    let expected = ["From elsewhere #Rust", "My own #rust", "By a friend #rust", "Both #rust #learning"];
    assert_eq!(ada.home_texts().await, expected);
    assert_eq!(ben.home_texts().await.len(), 4);
    // Page by page, each once.
    let (mut texts, mut next) = (Vec::new(), Some("/api/v1/timelines/home?limit=1".to_owned()));
    while let Some(path) = next {
        let page = ada.get(&path).await.expect(200);
        texts.extend(page.list().iter().map(|post| plain(post["content"].as_str().unwrap())));
        next = page.link("next");
    }
    assert_eq!(texts, expected);

    // An exclusive list keeps its members off home, whatever they write about.
    let list = ada.post("/api/v1/lists", json!({"title": "Apart", "exclusive": true})).await.expect(200).text("id");
    ada.post(&format!("/api/v1/lists/{list}/accounts"), json!({"account_ids": [cleo.id()]})).await.expect(200);
    ada.post(&format!("/api/v1/accounts/{}/mute", ben.id()), json!({})).await.expect(200);
    assert_eq!(ada.home_texts().await, ["From elsewhere #Rust", "My own #rust"]);
    let unfollowed = ada.post("/api/v1/tags/rust/unfollow", json!({})).await.expect(200);
    assert_eq!(unfollowed["following"], false);
    assert_eq!(ada.home_texts().await, ["My own #rust"]);
    refused(&ada.with_scopes("read").await, Method::POST, "/api/v1/tags/rust/follow", With::default(), 403).await;
    refused(&ada, Method::POST, "/api/v1/tags/123/follow", With::default(), 404).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn followed_tags_are_listed() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    assert_eq!(ada.get("/api/v1/followed_tags").await.expect(200).json, json!([]));
    for name in ["one", "two", "three"] {
        ada.post(&format!("/api/v1/tags/{name}/follow"), json!({})).await.expect(200);
    }
    ben.post("/api/v1/tags/four/follow", json!({})).await.expect(200);
    let first = ada.get("/api/v1/followed_tags?limit=2").await.expect(200);
    let names = |tags: &[Value]| tags.iter().map(|tag| tag["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(first.list()), ["three", "two"]);
    assert!(first.list().iter().all(|tag| tag["following"] == true));
    let second = ada.get(&first.link("next").unwrap()).await.expect(200);
    assert_eq!(names(second.list()), ["one"]);
    let back = ada.get(&second.link("prev").unwrap()).await.expect(200);
    assert_eq!(names(back.list()), ["three", "two"]);
    acme.get("/api/v1/followed_tags").await.expect(401);
    acme.sql(&format!(
        "INSERT INTO tags (id, name, created_at) SELECT n, 'many' || n, now() FROM generate_series(1, 497) n;
         INSERT INTO tag_follows (id, account_id, tag_id, created_at) SELECT n, {}, n, now() FROM generate_series(1, 497) n",
        ada.id()
    ))
    .await;
    refused(&ada, Method::POST, "/api/v1/tags/more/follow", With::default(), 422).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_stand_on_profiles() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ada.post_status("One #rust #learning").await;
    ada.post_status("Two #rust").await;
    ada.post_status_with(json!({"status": "Quiet #rust #quiet", "visibility": "private"})).await;
    let suggested = ada.get("/api/v1/featured_tags/suggestions").await.expect(200);
    let names: Vec<&Value> = suggested.list().iter().map(|tag| &tag["name"]).collect();
    assert_eq!(names, ["rust", "learning"]);
    let learning = ada.post_form("/api/v1/featured_tags", &[("name", "#Learning")]).await.expect(200);
    assert_eq!((&learning["name"], &learning["statuses_count"]), (&json!("learning"), &json!("1")));
    assert_eq!(ada.post("/api/v1/tags/rust/feature", json!({})).await.expect(200)["featuring"], true);
    assert_eq!(tag(&ada, "rust").await["featuring"], true);
    assert_eq!(tag(&ben, "rust").await["featuring"], false);
    let mine = ada.get("/api/v1/featured_tags").await.expect(200);
    let shown: Vec<_> = mine.list().iter().map(|tag| (&tag["name"], &tag["statuses_count"])).collect();
    assert_eq!(shown, [(&json!("rust"), &json!("2")), (&json!("learning"), &json!("1"))]);
    let path = format!("/api/v1/accounts/{}/featured_tags", ada.id());
    assert_eq!(ben.get(&path).await.expect(200).json, mine.json);
    assert_eq!(acme.get(&path).await.expect(200).json, mine.json);
    // Whoever is blocked is told of no posts.
    ada.post(&format!("/api/v1/accounts/{}/block", ben.id()), json!({})).await.expect(200);
    let counts: Vec<Value> =
        ben.get(&path).await.expect(200).list().iter().map(|tag| tag["statuses_count"].clone()).collect();
    assert_eq!(counts, ["0", "0"]);
    assert_eq!(ada.get("/api/v1/featured_tags/suggestions").await.expect(200).json, json!([]));

    for name in ["", "123", "a b!"] {
        let json = Some(json!({"name": if name == "a b!" { "!" } else { name }}));
        refused(&ada, Method::POST, "/api/v1/featured_tags", With { json, ..With::default() }, 422).await;
    }
    refused(&ada, Method::POST, "/api/v1/featured_tags", With::default(), 422).await;
    let id = learning.text("id");
    refused(&ben, Method::DELETE, &format!("/api/v1/featured_tags/{id}"), With::default(), 404).await;
    for id in NO_IDS {
        refused(&ada, Method::DELETE, &format!("/api/v1/featured_tags/{id}"), With::default(), 404).await;
        refused(&ada, Method::GET, &format!("/api/v1/accounts/{id}/featured_tags"), With::default(), 404).await;
    }
    ada.delete(&format!("/api/v1/featured_tags/{id}")).await.expect(200);
    assert_eq!(ada.post("/api/v1/tags/rust/unfeature", json!({})).await.expect(200)["featuring"], false);
    assert_eq!(acme.get(&path).await.expect(200).json, json!([]));
    for n in 0..10 {
        ada.post(&format!("/api/v1/tags/tag{n}/feature"), json!({})).await.expect(200);
    }
    refused(&ada, Method::POST, "/api/v1/tags/onemore/feature", With::default(), 422).await;
    world.finish().await;
}
