//! Notifications, requests to follow, messages.

use serde_json::json;

use super::app::{articles, older};
use crate::support::{Browser, World, plain};

#[tokio::test(flavor = "multi_thread")]
async fn one_reads_what_happened_in_groups_without_counts() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    assert!(browser.get("/notifications").await.expect(200).body.contains("Nothing yet"));
    let post = ada.post_status("Useful").await["id"].as_str().unwrap().to_owned();
    for name in ["ben", "cara", "dora"] {
        let person = acme.register(name).await;
        person.post(&format!("/api/v1/statuses/{post}/favourite"), json!({})).await.expect(200);
        person.post_status(&format!("Hello @ada from {name}")).await;
    }
    world.settle().await;
    let page = browser.get("/notifications").await.expect(200);
    assert!(plain(&page.body).contains("dora and others favourited your post"), "{}", page.body);
    assert_eq!(articles(&page.body).len(), 3, "what was said is shown whole");
    let mentions = browser.get("/notifications?only=mentions").await.expect(200);
    assert!(!mentions.body.contains("favourited your post") && mentions.body.contains("from cara"));
    for number in 0..20 {
        ada.post_status(&format!("{number}")).await;
        let ben = acme.register(&format!("ben{number}")).await;
        ben.post_status("And hello @ada").await;
    }
    world.settle().await;
    let first = browser.get("/notifications").await.expect(200);
    let rest = browser.get(&older(&first.body).expect("older ones")).await.expect(200);
    assert!(rest.body.contains("from cara") && older(&rest.body).is_none(), "{}", rest.body);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_to_follow_is_let_in_or_refused() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    ada.patch("/api/v1/accounts/update_credentials", json!({"locked": true})).await.expect(200);
    let (ben, cara) = (acme.register("ben").await, acme.register("cara").await);
    for person in [&ben, &cara] {
        person.follow("@ada@acme.test").await;
    }
    world.settle().await;
    let browser = Browser::of(&ada).await;
    let page = browser.get("/follow_requests").await.expect(200);
    assert!(page.body.contains("@ben@acme.test") && page.body.contains("@cara@acme.test"));
    browser.submit(&page, &format!("/follow_requests/{}", ben.id()), &[("do", "accept")]).await.expect(303);
    let notices = browser.get("/notifications").await.expect(200);
    let answer =
        browser.submit(&notices, &format!("/follow_requests/{}", cara.id()), &[("do", "reject")]).await.expect(303);
    assert_eq!(answer.header("location"), "/notifications");
    for (person, follows) in [(&ben, true), (&cara, false)] {
        let relationship = person.get(&format!("/api/v1/accounts/relationships?id[]={}", ada.id())).await.expect(200);
        assert_eq!((&relationship[0]["following"], &relationship[0]["requested"]), (&json!(follows), &json!(false)));
    }
    assert!(browser.get("/follow_requests").await.expect(200).body.contains("Nobody asks"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_read_by_those_who_are_in_them() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ada.post_status_with(json!({"status": "Lunch, @ben?", "visibility": "direct"})).await;
    world.settle().await;
    let browser = Browser::of(&ben).await;
    let page = browser.get("/conversations").await.expect(200);
    assert!(page.body.contains("Lunch") && page.body.contains("class=\"badge\">New"), "{}", page.body);
    let id = acme.count(&format!("SELECT id FROM conversations WHERE account_id = {}", ben.id())).await;
    let action = format!("/conversations/{id}");
    browser.submit(&page, &action, &[("unread", "false")]).await.expect(303);
    assert!(!browser.get("/conversations").await.expect(200).body.contains("class=\"badge\">New"));
    let cara = acme.register("cara").await;
    let other = Browser::of(&cara).await;
    let theirs = other.get("/conversations").await.expect(200);
    assert!(!theirs.body.contains("Lunch"));
    let token = crate::support::hidden_fields(&theirs.body, "/auth/sign_out").remove(0).1;
    other.post(&action, &[("token", &token), ("unread", "true")]).await.expect(404);
    let written = browser.get("/compose?to=ada&audience=direct").await.expect(200);
    assert!(written.body.contains("\n@ada </textarea>") && written.body.contains("value=\"direct\" checked"));
    world.finish().await;
}
