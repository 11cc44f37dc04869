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
    let removal = format!("{action}/remove");
    let cara = acme.register("cara").await;
    let other = Browser::of(&cara).await;
    let theirs = other.get("/conversations").await.expect(200);
    assert!(!theirs.body.contains("Lunch"));
    let token = crate::support::hidden_fields(&theirs.body, "/auth/sign_out").remove(0).1;
    other.post(&action, &[("token", &token), ("unread", "true")]).await.expect(404);
    other.post(&removal, &[("token", &token)]).await.expect(404);
    browser.submit(&page, &removal, &[]).await.expect(303);
    assert!(browser.get("/conversations").await.expect(200).body.contains("No messages yet"));
    assert_eq!(acme.count("SELECT count(*) FROM statuses").await, 1, "the post stays");
    assert!(Browser::of(&ada).await.get("/conversations").await.expect(200).body.contains("Lunch"), "others have it");
    let written = browser.get("/compose?to=ada&audience=direct").await.expect(200);
    assert!(written.body.contains("\n@ada </textarea>") && written.body.contains("value=\"direct\" checked"));
    world.finish().await;
}

/// What the navigation says of messages.
fn unread(page: &str) -> bool {
    page.contains("class=\"news\"><span class=\"unseen\">, unread")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_waits_is_marked_until_it_is_opened() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let browser = Browser::of(&ben).await;
    assert!(!unread(&browser.get("/").await.expect(200).body));
    let question = ada.post_status_with(json!({"status": "Lunch, @ben?", "visibility": "direct"})).await;
    let question = question["id"].as_str().unwrap();
    let open = format!("/@ada/{question}");
    for path in ["/", "/notifications", "/conversations", "/lists", "/settings/profile"] {
        assert!(unread(&browser.get(path).await.expect(200).body), "{path}");
    }
    assert!(!unread(&Browser::of(&ada).await.get("/").await.expect(200).body), "who wrote it knows of it");
    // A browser that fetches ahead has read nothing.
    let ahead = browser.send(reqwest::Method::GET, &open, None, &[("sec-purpose", "prefetch;prerender")]).await;
    assert!(unread(&ahead.expect(200).body));
    assert!(!unread(&browser.get(&open).await.expect(200).body), "it is read now");
    assert!(!unread(&browser.get("/").await.expect(200).body));
    let told = ben.get("/api/v1/conversations").await.expect(200);
    assert_eq!(told[0]["unread"], json!(false), "clients know it too");
    // Another message: the first is not the end of the conversation any more, and what was said last shows below it.
    let more = json!({"status": "@ben Or tea?", "visibility": "direct", "in_reply_to_id": question});
    let more = ada.post_status_with(more).await;
    assert!(unread(&browser.get("/").await.expect(200).body));
    browser.get(&open).await.expect(200);
    assert!(!unread(&browser.get("/").await.expect(200).body));
    // Whose end cannot be seen does not wait for ever.
    let last = json!({"status": "@ben Well?", "visibility": "direct", "in_reply_to_id": more["id"]});
    ada.post_status_with(last).await;
    assert!(unread(&browser.get("/").await.expect(200).body));
    ben.post(&format!("/api/v1/accounts/{}/block", ada.id()), json!({})).await.expect(200);
    assert!(!unread(&browser.get("/").await.expect(200).body));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_move_the_marker_of_clients_and_say_where_it_stood() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ada.follow("@ben@acme.test").await;
    let browser = Browser::of(&ada).await;
    let marker = async |timeline: &str| {
        let found = ada.get(&format!("/api/v1/markers?timeline[]={timeline}")).await.expect(200);
        found.json[timeline]["last_read_id"].as_str().map(str::to_owned)
    };
    let write = async |text: String| {
        world.clock.advance(chrono::TimeDelta::seconds(1));
        ben.post_status(&text).await["id"].as_str().unwrap().to_owned()
    };
    let seen = "You have seen what comes now.";
    let first = write("Hello @ada, number 0".into()).await;
    let page = browser.get("/").await.expect(200);
    assert!(!page.body.contains(seen) && !page.body.contains("Nothing new"), "nobody was here before");
    assert_eq!(marker("home").await, Some(first.clone()));
    let page = browser.get("/").await.expect(200);
    assert!(page.body.contains("Nothing new since") && !page.body.contains(seen));
    let second = write("Hello @ada, number 1".into()).await;
    browser.send(reqwest::Method::GET, "/", None, &[("sec-purpose", "prefetch")]).await.expect(200);
    assert_eq!(marker("home").await, Some(first), "nobody looked");
    let page = browser.get("/").await.expect(200);
    let (new, old) = page.body.split_once(seen).expect("what is new is apart");
    assert!(new.contains("number 1") && old.contains("number 0") && !old.contains("number 1"));
    assert_eq!(marker("home").await, Some(second));
    // On a page further down, too, and there nothing moves.
    for number in 2..25 {
        write(format!("Number {number}")).await;
    }
    let page = browser.get("/").await.expect(200);
    assert!(!page.body.contains(seen));
    let newest = marker("home").await;
    let page = browser.get(&older(&page.body).unwrap()).await.expect(200);
    let (new, old) = page.body.split_once(seen).expect("what is new is apart");
    assert!(new.contains("Number 2<") && old.contains("number 1"), "{}", page.body);
    assert_eq!(marker("home").await, newest);
    // Clients may have read further than a page shows.
    ada.post("/api/v1/markers", json!({"home": {"last_read_id": "9000000000000000000"}})).await.expect(200);
    browser.get("/").await.expect(200);
    assert_eq!(marker("home").await.as_deref(), Some("9000000000000000000"));
    // Notifications: a part of them moves nothing.
    browser.get("/notifications?only=mentions").await.expect(200);
    assert_eq!(marker("notifications").await, None);
    browser.get("/notifications").await.expect(200);
    assert_eq!(ada.get("/api/v2/notifications/unread_count").await.expect(200)["count"], 0);
    write("Once more, @ada".into()).await;
    assert_eq!(ada.get("/api/v2/notifications/unread_count").await.expect(200)["count"], 1);
    let page = browser.get("/notifications").await.expect(200);
    let (new, old) = page.body.split_once(seen).expect("what is new is apart");
    assert!(new.contains("Once more") && old.contains("number 0"));
    assert!(browser.get("/notifications").await.expect(200).body.contains("Nothing new since"));
    world.finish().await;
}
