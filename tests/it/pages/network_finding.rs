//! Search, topics, what one could discover, collections.

use serde_json::json;

use crate::support::{Browser, World};

const ACME: &str = "acme.test";

#[tokio::test(flavor = "multi_thread")]
async fn one_form_finds_people_topics_and_posts() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let zoe = peer.actor("zoe");
    let note = zoe.note("Far away");
    let ada = acme.register("ada").await;
    ada.patch("/api/v1/accounts/update_credentials", json!({"indexable": true})).await.expect(200);
    ada.post_status("Steam engines #machines").await;
    ada.post_status_with(json!({"status": "Secret engines", "visibility": "private"})).await;
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    let people = browser.get("/search?q=ad").await.expect(200);
    assert!(people.body.contains("href=\"/@ada\""), "{}", people.body);
    let after = browser.submit(&people, "/@ada/follow", &[]).await.expect(303);
    assert_eq!(after.header("location"), "/search?q=ad");
    browser.post("/@ada/unfollow", &[("token", &token(&people.body))]).await.expect(303);
    assert!(browser.get("/search?q=machi").await.body.contains("href=\"/tags/machines\""));
    let posts = browser.get("/search?q=engines&kind=posts").await.expect(200);
    assert!(posts.body.contains("Steam engines") && !posts.body.contains("Secret engines"), "{}", posts.body);
    assert!(!browser.get("/search?q=ada&kind=topics").await.body.contains("href=\"/@ada\""));
    // By handle and by address, on their server.
    assert!(browser.get("/search?q=%40zoe%40peer.test").await.body.contains("href=\"/@zoe@peer.test\""));
    let address: String = url::form_urlencoded::byte_serialize(note["id"].as_str().unwrap().as_bytes()).collect();
    assert!(browser.get(&format!("/search?q={address}")).await.body.contains("Far away"));
    let none = browser.get("/search?q=%40una%40peer.test").await.expect(200);
    assert!(none.body.contains("Nothing was found at “@una@peer.test”"), "{}", none.body);
    let asked = peer.asked().len();
    let stranger = Browser::new(acme).get("/search?q=%40ida%40peer.test").await.expect(200);
    assert!(stranger.body.contains("Nothing was found for") && peer.asked().len() == asked);
    assert!(!Browser::new(acme).get("/search?q=engines").await.body.contains("Steam engines"));
    browser.get("/search").await.expect(200);
    browser.get("/search?q=a%00b").await;
    world.finish().await;
}

fn token(page: &str) -> String {
    page.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_tells_nobody_more_than_the_post_itself() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let post = ada.post_status_with(json!({"status": "Only us", "visibility": "private"})).await;
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    for address in [&post["uri"], &post["url"]] {
        let encoded: String = url::form_urlencoded::byte_serialize(address.as_str().unwrap().as_bytes()).collect();
        assert!(!browser.get(&format!("/search?q={encoded}")).await.expect(200).body.contains("Only us"));
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_are_followed_and_shown() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    assert!(browser.get("/topics").await.expect(200).body.contains("You do not follow any topics yet."));
    let page = browser.get("/tags/Bücher").await.expect(200);
    browser.submit(&page, "/tags/bucher/follow", &[]).await.expect(303);
    let page = browser.get("/tags/bucher").await.expect(200);
    assert!(page.body.contains("You follow this topic."), "{}", page.body);
    browser.submit(&page, "/tags/bucher/feature", &[]).await.expect(303);
    assert!(browser.get("/@ben").await.body.contains("#bucher"));
    let topics = browser.get("/topics").await.expect(200);
    browser.submit(&topics, "/topics", &[("name", " #Rust ")]).await.expect(303);
    let again = browser.submit(&topics, "/topics", &[("name", "c++ <")]).await.expect(422);
    assert!(again.body.contains("value=\"c++ &#60;\"") && again.body.contains("name-why"), "{}", again.body);
    let topics = browser.get("/topics").await.expect(200);
    assert!(topics.body.contains("#rust"));
    let after = browser.submit(&topics, "/tags/rust/unfollow", &[]).await.expect(303);
    assert_eq!(after.header("location"), "/topics");
    assert_eq!(acme.count("SELECT count(*) FROM tag_follows").await, 1);
    let page = browser.get("/tags/bucher").await.expect(200);
    browser.submit(&page, "/tags/bucher/unfeature", &[]).await.expect(303);
    assert!(!browser.get("/@ben").await.body.contains("#bucher"));
    browser.post("/tags/c++/follow", &[("token", &token(&page.body))]).await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_discovers_people_with_a_reason_and_without_numbers() {
    // Where whom others follow is no secret, it is a reason.
    let world = World::builder().instance(ACME).configure(|config| config.culture.show_counts = true).start().await;
    let acme = world.instance(ACME);
    let (ada, cy, dee) = (acme.register("ada").await, acme.register("cy").await, acme.register("dee").await);
    ada.post("/api/pollen/v1/groups", json!({"username": "guild", "display_name": "The Guild"})).await.expect(200);
    for person in [&ada, &cy] {
        person.follow("@dee@acme.test").await;
    }
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    for name in ["ada", "cy"] {
        let page = browser.get(&format!("/@{name}")).await.expect(200);
        browser.submit(&page, &format!("/@{name}/follow"), &[]).await.expect(303);
    }
    let page = browser.get("/discover").await.expect(200);
    // In the navigation, and in words.
    assert_eq!(page.body.matches("href=\"/topics\"").count(), 2, "{}", page.body);
    let why = "Several people whom you follow follow them.";
    assert!(page.body.contains(why) && page.body.contains("The Guild"), "{}", page.body);
    let main = page.body.split("<main").nth(1).unwrap();
    assert!(!main.to_lowercase().contains("followers"), "{main}");
    browser.submit(&page, "/discover/dismiss", &[]).await.expect(303);
    let page = browser.get("/discover").await.expect(200);
    assert!(!page.body.contains(why), "{}", page.body);
    // The directory still has those who want to be found, and nobody else.
    assert!(page.body.contains("href=\"/@dee\""));
    dee.patch("/api/v1/accounts/update_credentials", json!({"discoverable": false})).await.expect(200);
    assert!(!browser.get("/discover").await.body.contains("href=\"/@dee\""));
    browser.get("/discover?from=all&offset=20").await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_has_a_page_and_a_place_on_a_profile() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, cy) = (acme.register("ada").await, acme.register("cy").await);
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    let ben = acme.count("SELECT id FROM accounts WHERE username = 'ben'").await.to_string();
    let draft = json!({"name": "Good <people>", "description": "Worth & reading", "tag_name": "rust", "account_ids": [ben, cy.id()]});
    let made = ada.post("/api/v1/collections", draft).await.expect(200)["collection"].clone();
    let path = format!("/@ada/collections/{}", made["id"].as_str().unwrap());
    assert_eq!(made["url"], acme.url(&path));
    let uri = made["uri"].as_str().unwrap();
    let object = acme.get_activity(&uri[acme.url("").len()..]).await.expect(200);
    assert_eq!(object["url"], acme.url(&path));
    assert!(acme.get("/@ada").await.expect(200).body.contains(&format!("href=\"{path}\"")));
    let page = browser.get(&path).await.expect(200);
    for part in
        ["Good &#60;people&#62;", "Worth &#38; reading", "href=\"/@cy\"", "/tags/rust", "You are in this collection."]
    {
        assert!(page.body.contains(part), "{part} is not in {}", page.body);
    }
    let encoded: String = url::form_urlencoded::byte_serialize(acme.url(&path).as_bytes()).collect();
    assert!(browser.get(&format!("/search?q={encoded}")).await.body.contains("Good &#60;people&#62;"));
    browser.submit(&page, &format!("{path}/leave"), &[]).await.expect(303);
    assert!(!browser.get(&path).await.expect(200).body.contains("You are in this collection."));
    acme.get(&format!("/@cy/collections/{}", made["id"].as_str().unwrap())).await.expect(404);
    acme.get("/@ada/collections/1").await.expect(404);
    // Whoever is blocked sees none of it.
    ada.post(&format!("/api/v1/accounts/{ben}/block"), json!({})).await.expect(200);
    browser.get(&path).await.expect(404);
    world.settle().await;
    world.finish().await;
}
