//! The buttons below posts.

use serde_json::json;

use super::app::articles;
use crate::support::{Browser, World};

#[tokio::test(flavor = "multi_thread")]
async fn each_button_does_what_it_says_and_comes_back() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ben.follow("@ada@acme.test").await;
    let post = ada.post_status("Press here").await["id"].as_str().unwrap().to_owned();
    let browser = Browser::of(&ben).await;
    let action = format!("/posts/{post}");
    for (act, undo, field) in [
        ("favourite", "unfavourite", "favourited"),
        ("boost", "unboost", "reblogged"),
        ("bookmark", "unbookmark", "bookmarked"),
        ("mute_thread", "unmute_thread", "muted"),
    ] {
        for (act, done) in [(act, true), (undo, false)] {
            let page = browser.get("/").await.expect(200);
            assert!(page.body.contains(&format!("value=\"{act}\"")), "{act} is not offered");
            let answer = browser.submit(&page, &action, &[("do", act)]).await.expect(303);
            assert!(answer.header("location").starts_with("/#post-"), "{}", answer.header("location"));
            let entity = ben.get(&format!("/api/v1/statuses/{post}")).await.expect(200);
            assert_eq!(entity[field], done, "{act}");
        }
    }
    let page = browser.get("/").await.expect(200);
    browser.submit(&page, &action, &[("do", "explode")]).await.expect(422);
    browser.post(&action, &[("do", "favourite"), ("token", "guessed")]).await.expect(422);
    let entity = ben.get(&format!("/api/v1/statuses/{post}")).await.expect(200);
    assert_eq!(entity["favourited"], false, "not without the form");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_done_with_what_one_may_not_see() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let open = ada.post_status("Open").await["id"].as_str().unwrap().to_owned();
    let closed = ada.post_status_with(json!({"status": "Closed", "visibility": "private"})).await;
    let closed = closed["id"].as_str().unwrap();
    let browser = Browser::of(&ben).await;
    let page = browser.get(&format!("/@ada/{open}")).await.expect(200);
    let fields = crate::support::hidden_fields(&page.body, &format!("/posts/{open}"));
    let token = &fields.iter().find(|(name, _)| name == "token").unwrap().1;
    let before = acme.fingerprint().await;
    for act in ["favourite", "boost", "bookmark", "pin", "mute_thread", "mute", "block"] {
        browser.post(&format!("/posts/{closed}"), &[("token", token), ("do", act)]).await.expect(404);
    }
    browser.post(&format!("/posts/{closed}/vote"), &[("token", token), ("choices", "0")]).await.expect(404);
    browser.post(&format!("/posts/{open}/delete"), &[("token", token)]).await.expect(404);
    assert_eq!(acme.fingerprint().await, before);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_is_pinned_and_deleted_after_a_question() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let post = ada.post_status("Mine").await["id"].as_str().unwrap().to_owned();
    let browser = Browser::of(&ada).await;
    let (path, action) = (format!("/@ada/{post}"), format!("/posts/{post}"));
    let page = browser.get(&path).await.expect(200);
    let answer = browser.submit(&page, &action, &[("do", "pin")]).await.expect(303);
    assert_eq!(answer.header("location"), format!("{path}#post-{post}"));
    assert_eq!(ada.get(&format!("/api/v1/statuses/{post}")).await.expect(200)["pinned"], true);
    let page = browser.get(&path).await.expect(200);
    browser.submit(&page, &action, &[("do", "unpin")]).await.expect(303);
    let question = browser.get(&format!("{action}/delete")).await.expect(200);
    assert!(question.body.contains("Delete this post?") && question.body.contains("Mine"));
    ada.get(&format!("/api/v1/statuses/{post}")).await.expect(200);
    let done = browser.submit(&question, &format!("{action}/delete"), &[]).await.expect(303);
    assert_eq!(done.header("location"), "/@ada");
    ada.get(&format!("/api/v1/statuses/{post}")).await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_one_mutes_or_blocks_is_gone_from_home() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    for act in ["mute", "block"] {
        ben.follow("@ada@acme.test").await;
        let post = ada.post_status("Loud").await["id"].as_str().unwrap().to_owned();
        let browser = Browser::of(&ben).await;
        let page = browser.get("/").await.expect(200);
        assert!(articles(&page.body).contains(&post));
        browser.submit(&page, &format!("/posts/{post}"), &[("do", act)]).await.expect(303);
        assert!(articles(&browser.get("/").await.expect(200).body).is_empty(), "{act}");
        let relationship = ben.get(&format!("/api/v1/accounts/relationships?id[]={}", ada.id())).await.expect(200);
        assert_eq!(relationship[0][if act == "mute" { "muting" } else { "blocking" }], true);
        ben.post(&format!("/api/v1/accounts/{}/unmute", ada.id()), json!({})).await.expect(200);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn polls_are_voted_in() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let poll = json!({"options": ["Tea", "Coffee"], "expires_in": 3600});
    let post = ada.post_status_with(json!({"status": "Which?", "poll": poll})).await;
    let id = post["id"].as_str().unwrap();
    let (path, action) = (format!("/@ada/{id}"), format!("/posts/{id}/vote"));
    assert!(!Browser::new(acme).get(&path).await.expect(200).body.contains(&action), "strangers do not vote");
    assert!(!Browser::of(&ada).await.get(&path).await.expect(200).body.contains(&action), "nor do authors");
    let browser = Browser::of(&ben).await;
    let page = browser.get(&path).await.expect(200);
    browser.submit(&page, &action, &[]).await.expect(303);
    browser.submit(&page, &action, &[("choices", "1")]).await.expect(303);
    let entity = ben.get(&format!("/api/v1/polls/{}", post["poll"]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(entity["own_votes"], json!([1]));
    let after = browser.get(&path).await.expect(200);
    assert!(!after.body.contains(&action) && after.body.contains('✓'));
    // How many chose what is for the author, and at the end for all.
    assert!(!after.body.contains("100 %") && !after.body.contains("person voted"), "{}", after.body);
    let own = Browser::of(&ada).await.get(&path).await.expect(200);
    assert!(own.body.contains("100 %") && own.body.contains("1 person voted"), "{}", own.body);
    world.advance(chrono::TimeDelta::hours(2)).await;
    let over = Browser::new(acme).get(&path).await.expect(200);
    assert!(over.body.contains("100 %") && over.body.contains("1 person voted"), "{}", over.body);
    world.settle().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_post_is_taken_out_of_what_quotes_it() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let quoted = ada.post_status("Quote me").await;
    let quoting = ben.post_status_with(json!({"status": "As she says", "quoted_status_id": quoted["id"]})).await;
    let id = quoting["id"].as_str().unwrap();
    let (path, action) = (format!("/@ben/{id}"), format!("/posts/{id}"));
    let other = Browser::of(&ben).await;
    let theirs = other.get(&path).await.expect(200);
    assert!(theirs.body.contains("Quote me") && !theirs.body.contains("value=\"unquote\""), "{}", theirs.body);
    other.submit(&theirs, &action, &[("do", "unquote")]).await.expect(404);
    let browser = Browser::of(&ada).await;
    let page = browser.get(&path).await.expect(200);
    assert!(page.body.contains("value=\"unquote\""), "{}", page.body);
    browser.submit(&page, &action, &[("do", "unquote")]).await.expect(303);
    let page = browser.get(&path).await.expect(200);
    assert!(!page.body.contains("Quote me") && !page.body.contains("value=\"unquote\""), "{}", page.body);
    let entity = ben.get(&format!("/api/v1/statuses/{id}")).await.expect(200);
    assert_eq!(entity["quote"]["state"], "revoked");
    world.settle().await;
    world.finish().await;
}
