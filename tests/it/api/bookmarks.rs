//! Bookmarks, and threads of which one does not want to be told.

use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused, refused_with_token};
use crate::support::{Person, With, World};

const ACME: &str = "acme.test";

async fn act(person: &Person, post: &Value, what: &str) -> Value {
    let path = format!("/api/v1/statuses/{}/{what}", post["id"].as_str().unwrap());
    person.post(&path, json!({})).await.expect(200).json
}

#[tokio::test(flavor = "multi_thread")]
async fn bookmarks_are_found_again_in_their_order_and_by_nobody_else() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let mut posts = Vec::new();
    for n in 0..5 {
        posts.push(ada.post_status(&format!("Post {n}")).await);
    }
    let order = [3, 0, 4, 1, 2];
    for n in order {
        assert_eq!(act(&ben, &posts[n], "bookmark").await["bookmarked"], true);
    }
    assert_eq!(act(&ben, &posts[3], "bookmark").await["bookmarked"], true, "twice is once");
    let expected: Vec<&Value> = order.iter().rev().map(|n| &posts[*n]["id"]).collect();
    let mut found = Vec::new();
    let mut next = Some("/api/v1/bookmarks?limit=2".to_owned());
    while let Some(path) = next {
        let page = ben.get(&path).await.expect(200);
        found.extend(page.ids());
        next = page.link("next");
    }
    assert_eq!(found.iter().map(|id| json!(id)).collect::<Vec<_>>().iter().collect::<Vec<_>>(), expected);
    let first = ben.get("/api/v1/bookmarks?limit=2").await.expect(200);
    assert_eq!(first[0]["bookmarked"], true);
    let second = ben.get(&first.link("next").unwrap()).await.expect(200);
    let back = ben.get(&second.link("prev").unwrap()).await.expect(200);
    assert_eq!(back.ids(), first.ids());
    let path = format!("/api/v1/statuses/{}", posts[0]["id"].as_str().unwrap());
    assert_eq!(ada.get(&path).await.expect(200)["bookmarked"], false);
    assert_eq!(acme.get(&path).await.expect(200)["bookmarked"], json!(null));
    assert!(ada.get("/api/v1/bookmarks").await.expect(200).list().is_empty());
    assert!(ada.get("/api/v1/notifications").await.expect(200).list().is_empty(), "nobody is told of a bookmark");
    // A boost stands for what it boosts.
    let boost = act(&ada, &posts[0], "reblog").await;
    assert_eq!(act(&ben, &boost, "unbookmark").await["bookmarked"], false);
    act(&ben, &posts[0], "unbookmark").await;
    ada.delete(&format!("/api/v1/statuses/{}", posts[1]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(ben.get("/api/v1/bookmarks").await.expect(200).list().len(), 3);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_of_what_one_may_not_see_are_refused() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, dan) = (acme.register("ada").await, acme.register("dan").await);
    let secret = ada.post_status_with(json!({"status": "Between us", "visibility": "private"})).await;
    let post = ada.post_status("For all").await;
    for what in ["bookmark", "unbookmark", "mute", "unmute", "pin", "unpin"] {
        for id in NO_IDS.into_iter().chain([secret["id"].as_str().unwrap()]) {
            refused(&dan, Method::POST, &format!("/api/v1/statuses/{id}/{what}"), With::default(), 404).await;
        }
        let path = format!("/api/v1/statuses/{}/{what}", post["id"].as_str().unwrap());
        refused(&dan.with_scopes("read write:statuses").await, Method::POST, &path, With::default(), 403).await;
        refused_with_token(acme, Method::POST, &path, With::default(), 401).await;
    }
    dan.with_scopes("write").await.get("/api/v1/bookmarks").await.expect(403);
    acme.get("/api/v1/bookmarks").await.expect(401);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_muted_thread_one_is_told_nothing() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let told = async || ada.get("/api/v1/notifications").await.expect(200).list().len();
    let reply =
        async |to: &Value, text: &str| ben.post_status_with(json!({"status": text, "in_reply_to_id": to["id"]})).await;
    let post = ada.post_status("Let us talk").await;
    let first = reply(&post, "@ada Yes").await;
    assert_eq!(told().await, 1);
    assert_eq!(act(&ada, &first, "mute").await["muted"], true);
    act(&ada, &first, "mute").await;
    for one in [&post, &first] {
        let path = format!("/api/v1/statuses/{}", one["id"].as_str().unwrap());
        assert_eq!(ada.get(&path).await.expect(200)["muted"], true, "all of the thread is muted");
        assert_eq!(ben.get(&path).await.expect(200)["muted"], false);
    }
    let second = reply(&first, "@ada And more").await;
    assert_eq!(second["muted"], false);
    act(&ben, &post, "favourite").await;
    act(&ben, &post, "reblog").await;
    assert_eq!(told().await, 1);
    let other = ada.post_status("Another thread").await;
    reply(&other, "@ada Here").await;
    assert_eq!(told().await, 2);
    assert_eq!(act(&ada, &second, "unmute").await["muted"], false);
    reply(&second, "@ada Again").await;
    assert_eq!(told().await, 3);
    // Nothing is kept of a thread that is gone.
    let short = ada.post_status("Short").await;
    act(&ada, &short, "mute").await;
    ada.delete(&format!("/api/v1/statuses/{}", short["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(acme.count("SELECT count(*) FROM thread_mutes").await, 0);
    world.finish().await;
}
