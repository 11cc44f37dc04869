//! The first five minutes.

use serde_json::json;

use crate::support::{Browser, PASSWORD, World};

const ACME: &str = "acme.test";

#[tokio::test(flavor = "multi_thread")]
async fn who_is_new_says_what_they_learn_and_meets_people_and_groups() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    ada.post("/api/pollen/v1/groups", json!({"username": "guild", "display_name": "The Guild"})).await.expect(200);
    let browser = Browser::new(acme);
    let page = browser.get("/auth/sign_up").await.expect(200);
    let typed = [("username", "ben"), ("email", "ben@people.test"), ("password", PASSWORD), ("agreement", "on")];
    let welcome = browser.submit(&page, "/auth/sign_up", &typed).await.expect(303);
    assert_eq!(welcome.header("location"), "/welcome");
    let page = browser.get("/welcome").await.expect(200);
    let wrong =
        [("display_name", "Ben B."), ("note", "I build <things>"), ("learning", "rust, c++"), ("helping", "sql")];
    let again = browser.submit(&page, "/welcome", &wrong).await.expect(422);
    for part in ["“c++” cannot be a topic", "I build &#60;things&#62;", "value=\"rust, c++\"", "learning-why"] {
        assert!(again.body.contains(part), "{part} is not in {}", again.body);
    }
    assert_eq!(acme.count("SELECT count(*) FROM tag_follows").await, 0);
    let typed = [("learning", "rust"), ("time_zone", "Middle/Earth")];
    let again = browser.submit(&page, "/welcome", &typed).await.expect(422);
    assert!(again.body.contains("time_zone-why") && again.body.contains("value=\"Middle/Earth\""), "{}", again.body);
    assert_eq!(acme.count("SELECT count(*) FROM tag_follows").await, 0);
    // What is wrong with one part keeps none of the others.
    acme.sql("INSERT INTO tags SELECT n, 'tag' || n, now() FROM generate_series(1, 500) n").await;
    acme.sql("INSERT INTO tag_follows SELECT n, (SELECT id FROM accounts WHERE username = 'ben'), n, now() FROM generate_series(1, 500) n").await;
    let many = [("display_name", "Zebra"), ("note", "Nothing"), ("learning", "rust"), ("helping", "sql")];
    browser.submit(&page, "/welcome", &many).await.expect(422);
    assert!(!browser.get("/@ben").await.expect(200).body.contains("Zebra"));
    acme.sql("DELETE FROM tag_follows; DELETE FROM tags").await;
    let right = [
        ("display_name", "Ben B."),
        ("note", "I build"),
        ("learning", "#Rust, machines"),
        ("helping", "sql css"),
        ("time_zone", "Europe/Vienna"),
    ];
    let next = browser.submit(&page, "/welcome", &right).await.expect(303);
    assert_eq!(next.header("location"), "/welcome/people");
    let profile = browser.get("/@ben").await.expect(200);
    for part in ["Ben B.", "I build", "#sql", "#css", "/@ben/qr.svg"] {
        assert!(profile.body.contains(part), "{part} is not in {}", profile.body);
    }
    assert_eq!(acme.count("SELECT count(*) FROM tag_follows").await, 2);
    // What one can help with any more is what the form says.
    let page = browser.get("/welcome").await.expect(200);
    assert!(page.body.contains("value=\"sql, css\""), "{}", page.body);
    assert!(page.body.contains("value=\"Europe/Vienna\""), "{}", page.body);
    assert!(browser.get("/settings/appearance").await.expect(200).body.contains("value=\"Europe/Vienna\" list"));
    browser.submit(&page, "/welcome", &[("display_name", "Ben B."), ("helping", "css")]).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM featured_tags").await, 1);
    let people = browser.get("/welcome/people").await.expect(200);
    let after = browser.submit(&people, "/@ada/follow", &[]).await.expect(303);
    assert_eq!(after.header("location"), "/welcome/people");
    let groups = browser.get("/welcome/groups").await.expect(200);
    browser.submit(&groups, "/@guild/follow", &[]).await.expect(303);
    assert_eq!(
        acme.count("SELECT count(*) FROM follows f JOIN accounts a ON a.id = f.account_id AND a.username = 'ben'")
            .await,
        2
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_here_has_their_address_as_a_picture() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    acme.register("ada").await;
    let picture = acme.get("/@ada/qr.svg").await.expect(200);
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert!(picture.body.contains("<svg ") && !picture.body.contains("script"));
    acme.get("/@nobody/qr.svg").await.expect(404);
    world.finish().await;
}
