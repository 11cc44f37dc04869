//! Whom a reply answers, and where it shows.

use serde_json::{Value, json};

use crate::support::{Person, World, plain};

const ACME: &str = "acme.test";

async fn reply(person: &Person, to: &Value, text: &str) -> Value {
    person.post_status_with(json!({"status": text, "in_reply_to_id": to["id"]})).await
}

async fn texts(person: &Person, path: &str) -> Vec<String> {
    let found = person.get(path).await.expect(200);
    found.list().iter().map(|post| plain(post["content"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_on_with_an_answer_still_answers_whom_it_answered() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    cleo.follow("@ben").await;
    let question = ada.post_status("Why?").await;
    let first = reply(&ben, &question, "Because").await;
    let second = reply(&ben, &first, "@ada and because").await;
    let third = reply(&ben, &second, "and so on").await;
    for (post, parent) in [(&first, &question), (&second, &first), (&third, &second)] {
        assert_eq!((&post["in_reply_to_id"], &post["in_reply_to_account_id"]), (&parent["id"], &json!(ada.id())));
        let seen = ben.get(&format!("/api/v1/statuses/{}", parent["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(seen["replies_count"], 1, "each counts where it stands");
    }
    // It shows to nobody who would not be shown the answer.
    assert!(cleo.home_texts().await.is_empty());
    assert_eq!(texts(&cleo, "/api/v1/timelines/public").await, ["Why?"]);
    let bens = format!("/api/v1/accounts/{}/statuses", ben.id());
    assert!(texts(&cleo, &format!("{bens}?exclude_replies=true")).await.is_empty());
    assert_eq!(texts(&cleo, &bens).await.len(), 3);
    assert_eq!(ada.get("/api/v1/notifications?types[]=mention").await.expect(200).list().len(), 1);
    cleo.follow("@ada").await;
    assert_eq!(cleo.home_texts().await, ["and so on", "@ada and because", "Because", "Why?"]);
    // A thread of one's own is one's own, and so is what one says to those who answer it.
    let thread = reply(&ada, &question, "I mean").await;
    assert_eq!(thread["in_reply_to_account_id"], json!(ada.id()));
    assert_eq!(reply(&ada, &thread, "that is").await["in_reply_to_account_id"], json!(ada.id()));
    assert_eq!(reply(&ada, &first, "Thanks").await["in_reply_to_account_id"], json!(ben.id()));
    let adas = format!("/api/v1/accounts/{}/statuses?exclude_replies=true", ada.id());
    assert_eq!(texts(&cleo, &adas).await, ["that is", "I mean", "Why?"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_to_a_boost_answers_what_is_boosted() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    let post = ada.post_status("Useful").await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let boost = ben.post(&format!("{path}/reblog"), json!({})).await.expect(200).json;
    let answer = reply(&cleo, &boost, "Indeed").await;
    assert_eq!((&answer["in_reply_to_id"], &answer["in_reply_to_account_id"]), (&post["id"], &json!(ada.id())));
    assert_eq!(ada.get(&path).await.expect(200)["replies_count"], 1);
    // As before, what one may not see is not there.
    ada.post(&format!("/api/v1/accounts/{}/block", cleo.id()), json!({})).await.expect(200);
    cleo.post("/api/v1/statuses", json!({"status": "x", "in_reply_to_id": boost["id"]})).await.expect(404);
    world.finish().await;
}
