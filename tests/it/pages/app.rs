//! Home, and what somebody keeps, as pages.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::{Browser, World, hidden_fields};

/// The ids of the articles of a page, in their order.
pub fn articles(page: &str) -> Vec<String> {
    let id = regex::Regex::new(r#"<article id="post-(\d+)""#).unwrap();
    id.captures_iter(page).map(|found| found[1].to_owned()).collect()
}

/// Where a list goes on.
pub fn older(page: &str) -> Option<String> {
    let link = page.split("rel=\"next\" href=\"").nth(1)?.split('"').next()?;
    Some(link.replace("&#38;", "&"))
}

#[tokio::test(flavor = "multi_thread")]
async fn home_is_what_clients_show_and_ends() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ben.follow("@ada@acme.test").await;
    let browser = Browser::of(&ben).await;
    let empty = browser.get("/").await.expect(200);
    assert!(empty.body.contains("href=\"/discover\""), "an empty home says what comes next");
    assert!(empty.body.contains("data-new=\"/home/new?since_id=0\""), "and the first post announces itself");
    for number in 0..25 {
        world.clock.advance(TimeDelta::seconds(1));
        ada.post_status(&format!("Post {number}")).await;
        if number == 0 {
            assert!(browser.get("/home/new?since_id=0").await.expect(200).body.contains("One new post"));
        }
    }
    let of_clients: Vec<String> =
        ben.get("/api/v1/timelines/home?limit=40").await.expect(200).list().iter().map(id).collect();
    let first = browser.get("/").await.expect(200);
    assert_eq!(articles(&first.body), of_clients[..20]);
    assert!(first.body.contains("aria-current=\"page\">Home"), "{}", first.body);
    let second = browser.get(&older(&first.body).expect("a link to older ones")).await.expect(200);
    assert_eq!(articles(&second.body), of_clients[20..]);
    assert!(second.body.contains("There is nothing older") && older(&second.body).is_none());
    assert!(first.body.len() < 100_000 && second.body.contains("<textarea") != first.body.contains("<textarea"));
    // What is new waits behind one line.
    let watch = format!("/home/new?since_id={}", of_clients[0]);
    assert!(first.body.contains(&watch));
    assert_eq!(browser.get(&watch).await.expect(200).body.trim(), "");
    world.clock.advance(TimeDelta::seconds(1));
    ada.post_status("News").await;
    assert!(browser.get(&watch).await.expect(200).body.contains("One new post"));
    world.finish().await;
}

pub fn id(post: &serde_json::Value) -> String {
    post["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_shown_the_way_to_sign_in_and_back() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    acme.register("ada").await;
    for path in [
        "/compose?to=x",
        "/home/new",
        "/notifications?only=mentions",
        "/conversations",
        "/bookmarks",
        "/favourites",
        "/scheduled",
        "/local",
        "/following",
        "/followers",
        "/muted",
        "/blocked",
        "/blocked_servers",
        "/notifications/requests",
        "/settings/notifications",
        "/collections",
        "/collections/1/edit",
        "/follow_requests",
        "/apps",
        "/posts/1/delete",
        "/@ada/1/edit",
    ] {
        let answer = Browser::new(acme).get(path).await.expect(303);
        let encoded: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
        assert_eq!(answer.header("location"), format!("/auth/sign_in?return_to={encoded}"));
    }
    let front = Browser::new(acme).get("/").await.expect(200);
    assert!(!front.body.contains("<script") && !front.body.contains("class=\"side\""), "{}", front.body);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_hold_on_pages() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ben.follow("@ada@acme.test").await;
    for (title, word, action) in [("No butter", "butter", "hide"), ("Jam later", "jam", "warn")] {
        let keywords = json!([{"keyword": word, "whole_word": true}]);
        let filter =
            json!({"title": title, "context": ["home"], "filter_action": action, "keywords_attributes": keywords});
        ben.post("/api/v2/filters", filter).await.expect(200);
    }
    for text in ["Bread and butter", "Bread and jam", "Bread alone"] {
        ada.post_status(text).await;
    }
    let page = Browser::of(&ben).await.get("/").await.expect(200);
    assert!(!page.body.contains("butter"), "{}", page.body);
    let (before, after) = page.body.split_once("Bread and jam").expect("it is there, folded");
    assert!(before.contains("Your filter “Jam later”"), "{before}");
    assert!(after.contains("</details>") && page.body.contains("Bread alone"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_filters_hide_is_not_among_what_people_here_write_or_pinned() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    for (word, context) in [("butter", "public"), ("jam", "account")] {
        let keywords = json!([{"keyword": word, "whole_word": true}]);
        let filter =
            json!({"title": word, "context": [context], "filter_action": "hide", "keywords_attributes": keywords});
        ben.post("/api/v2/filters", filter).await.expect(200);
    }
    for text in ["Bread and butter", "Bread and jam"] {
        let post = id(&ada.post_status(text).await);
        ada.post(&format!("/api/v1/statuses/{post}/pin"), json!({})).await.expect(200);
    }
    let browser = Browser::of(&ben).await;
    for (path, hidden, shown) in [("/local", "butter", "jam"), ("/@ada", "jam", "butter")] {
        let page = browser.get(path).await.expect(200).body;
        assert!(page.contains(&format!("Bread and {shown}")), "{page}");
        assert!(!page.contains(&format!("Bread and {hidden}")), "{page}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_keeps_is_on_pages_of_its_own() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let browser = Browser::of(&ben).await;
    for (path, act) in [("/bookmarks", "bookmark"), ("/favourites", "favourite")] {
        assert!(browser.get(path).await.expect(200).body.contains("Nothing yet"), "{path}");
        let mut ids = Vec::new();
        for number in 0..22 {
            world.clock.advance(TimeDelta::seconds(1));
            let post = id(&ada.post_status(&format!("{act} {number}")).await);
            ben.post(&format!("/api/v1/statuses/{post}/{act}"), json!({})).await.expect(200);
            ids.insert(0, post);
        }
        let first = browser.get(path).await.expect(200);
        assert_eq!(articles(&first.body), ids[..20], "{path}");
        let rest = browser.get(&format!("{path}{}", older(&first.body).unwrap())).await.expect(200);
        assert_eq!(articles(&rest.body), ids[20..], "{path}");
        let others = Browser::of(&ada).await.get(path).await.expect(200);
        assert!(articles(&others.body).is_empty(), "they are one's own");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_from_elsewhere_is_read_here() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let (acme, globex) = (world.instance("acme.test"), world.instance("globex.test"));
    let (ada, ben) = (globex.register("ada").await, acme.register("ben").await);
    ben.follow("@ada@globex.test").await;
    world.settle().await;
    ada.post_status("From afar").await;
    world.settle().await;
    let browser = Browser::of(&ben).await;
    let home = browser.get("/").await.expect(200);
    let post = articles(&home.body).remove(0);
    let path = format!("/@ada@globex.test/{post}");
    assert!(home.body.contains(&format!("href=\"{path}\"")), "{}", home.body);
    let page = browser.get(&path).await.expect(200);
    assert!(page.body.contains("From afar") && page.body.contains("noindex"));
    assert!(!hidden_fields(&page.body, &format!("/posts/{post}")).is_empty(), "one can do something with it");
    // Strangers read it where it was written.
    let sent = Browser::new(acme).get(&path).await.expect(302);
    assert!(sent.header("location").contains("globex.test"), "{}", sent.header("location"));
    world.finish().await;
}
