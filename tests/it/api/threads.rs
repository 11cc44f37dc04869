//! What stands around a post, in which order, and how much of it.

use serde_json::{Value, json};

use crate::support::{Person, World, plain};

async fn reply(person: &Person, to: &Value, text: &str) -> Value {
    person.post_status_with(json!({"status": text, "in_reply_to_id": to["id"]})).await
}

async fn below(person: &Person, post: &Value) -> Vec<String> {
    let path = format!("/api/v1/statuses/{}/context", post["id"].as_str().unwrap());
    let found = person.get(&path).await.expect(200);
    let descendants = found["descendants"].as_array().unwrap().iter();
    descendants.map(|post| plain(post["content"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_author_goes_on_comes_before_what_others_answer() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let first = ada.post_status("1").await;
    let aside = reply(&ben, &first, "aside").await;
    reply(&ada, &aside, "to the aside").await;
    let second = reply(&ada, &first, "2").await;
    reply(&ben, &second, "to the second").await;
    reply(&ada, &second, "3").await;
    assert_eq!(below(&ben, &first).await, ["2", "3", "aside", "to the aside", "to the second"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_of_huge_posts_is_not_loaded_whole() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let post = ada.post_status("Begin").await;
    let id = post["id"].as_str().unwrap();
    acme.sql(&format!(
        "INSERT INTO statuses (id, account_id, uri, url, local, audience_kind, in_reply_to_id, in_reply_to_account_id,
             in_reply_to_uri, thread_id, content, created_at)
         SELECT s.id + n, s.account_id, s.uri || n, s.url || n, true, 1, s.id + n - 1, s.account_id,
             s.uri || n - 1, s.id, n || repeat(' x', 524288), now()
         FROM statuses s, generate_series(1, 8) n WHERE s.id = {id}"
    ))
    .await;
    let numbers = |posts: &Value| -> Vec<char> {
        posts.as_array().unwrap().iter().map(|post| post["content"].as_str().unwrap().chars().next().unwrap()).collect()
    };
    let found = ada.get(&format!("/api/v1/statuses/{id}/context")).await.expect(200);
    assert_eq!(numbers(&found["descendants"]), ['1', '2', '3', '4']);
    let last = id.parse::<i64>().unwrap() + 8;
    let found = ada.get(&format!("/api/v1/statuses/{last}/context")).await.expect(200);
    assert_eq!(numbers(&found["ancestors"]), ['4', '5', '6', '7'], "those that are nearest");
    acme.sql(&format!("DELETE FROM statuses WHERE id > {id}")).await;
    world.finish().await;
}
