//! Collections by the pages: made, filled, changed, left, taken away.

use serde_json::json;

use crate::support::{Browser, World, hidden_fields};

const ACME: &str = "acme.test";

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_is_made_filled_changed_and_deleted() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cy) = (acme.register("ada").await, acme.register("ben").await, acme.register("cy").await);
    cy.patch("/api/v1/accounts/update_credentials", json!({"discoverable": false})).await.expect(200);
    let browser = Browser::of(&ada).await;
    let mine = browser.get("/collections").await.expect(200);
    assert!(mine.body.contains("You have made none yet.") && mine.body.contains("value=\"true\" checked"));
    let long = "x".repeat(41);
    for (name, topic, why) in [
        (" ", "", "Give the collection a name."),
        (&long, "", "at most 40 characters"),
        ("Good", "two words", "A topic is one word"),
    ] {
        let typed = [("name", name), ("topic", topic), ("description", "Kept")];
        let again = browser.submit(&mine, "/collections", &typed).await.expect(422);
        assert!(again.body.contains(why) && again.body.contains(">Kept</textarea>"), "{}", again.body);
    }
    assert_eq!(acme.count("SELECT count(*) FROM collections").await, 0);
    let typed = [("name", "Good <people>"), ("topic", "#Rust"), ("description", "To read"), ("discoverable", "true")];
    let made = browser.submit(&mine, "/collections", &typed).await.expect(303);
    let edit = made.header("location").to_owned();
    let address = edit.trim_end_matches("/edit").to_owned();
    let people = format!("{address}/people");
    let page = browser.get(&edit).await.expect(200);
    for (who, why) in [("nobody", "Nobody of this name"), ("x y", "Nobody of this name"), ("cy", "only those who want")]
    {
        let again = browser.submit(&page, &people, &[("who", who)]).await.expect(422);
        assert!(again.body.contains(why) && again.body.contains(&format!("value=\"{who}\"")), "{}", again.body);
    }
    browser.submit(&page, &people, &[("who", "@ben@acme.test")]).await.expect(303);
    let again = browser.submit(&page, &people, &[("who", "ben")]).await.expect(422);
    assert!(again.body.contains("can be in it once"));
    let id = address.rsplit('/').next().unwrap();
    let shown = browser.get(&format!("/@ada/collections/{id}")).await.expect(200);
    for part in ["Good &#60;people&#62;", "To read", "href=\"/@ben\"", "/tags/rust", &format!("href=\"{edit}\"")] {
        assert!(shown.body.contains(part), "{part} is not in {}", shown.body);
    }
    assert!(browser.get("/@ada").await.expect(200).body.contains("Good &#60;people&#62;"));
    // Boxes that are not ticked take back.
    let typed = [("name", "Better"), ("topic", ""), ("description", "")];
    assert_eq!(
        browser.submit(&page, &edit, &typed).await.expect(303).header("location"),
        format!("/@ada/collections/{id}")
    );
    let kept = "SELECT count(*) FROM collections WHERE name = 'Better' AND tag IS NULL AND NOT discoverable";
    assert_eq!(acme.count(kept).await, 1);
    browser.submit(&page, &edit, &[("name", &long)]).await.expect(422);
    // Nobody else's.
    let other = Browser::of(&ben).await;
    other.get(&edit).await.expect(404);
    let token = hidden_fields(&other.get("/collections").await.body, "/collections").remove(0).1;
    for act in ["edit", "people", "people/remove", "delete"] {
        other
            .post(&format!("{address}/{act}"), &[("token", &token), ("name", "Mine"), ("who", "cy")])
            .await
            .expect(404);
        browser.post(&format!("{address}/{act}"), &[("name", "Forged"), ("who", "ben")]).await.expect(422);
    }
    let page = browser.get(&edit).await.expect(200);
    browser.submit(&page, &format!("{people}/remove"), &[]).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM collection_items").await, 0);
    browser.submit(&page, &format!("{people}/remove"), &[]).await.expect(303);
    browser.submit(&page, &format!("{address}/delete"), &[]).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM collections").await, 0);
    browser.get(&edit).await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_put_into_it_from_their_page_and_leave_it() {
    let world = World::start([ACME, "globex.test"]).await;
    let (acme, globex) = (world.instance(ACME), world.instance("globex.test"));
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    globex.register("dora").await;
    ada.follow("@dora@globex.test").await;
    world.settle().await;
    let browser = Browser::of(&ada).await;
    assert!(!browser.get("/@ben").await.expect(200).body.contains("Put into"), "there is none yet");
    let mine = browser.get("/collections").await.expect(200);
    let made = browser.submit(&mine, "/collections", &[("name", "Friends")]).await.expect(303);
    let people = made.header("location").replace("/edit", "/people");
    // Of this instance at once, of another when its server agreed.
    for path in ["/@ben", "/@dora@globex.test"] {
        let page = browser.get(path).await.expect(200);
        assert!(page.body.contains("Put into Friends"), "{}", page.body);
        let put = browser.submit(&page, &people, &[]).await.expect(303);
        assert_eq!(put.header("location"), path);
        assert!(browser.get(path).await.expect(200).body.contains("Take off Friends"));
    }
    assert!(browser.get(made.header("location")).await.expect(200).body.contains("They have been asked"));
    world.settle().await;
    assert!(!browser.get(made.header("location")).await.expect(200).body.contains("They have been asked"));
    // Whoever is in it sees that, and leaves.
    let theirs = Browser::of(&ben).await;
    let list = theirs.get("/collections").await.expect(200);
    assert!(list.body.contains("That you are in") && list.body.contains("Friends"), "{}", list.body);
    let leave = format!(
        "{}/leave",
        made.header("location").replace("/collections/", "/@ada/collections/").replace("/edit", "")
    );
    assert_eq!(theirs.submit(&list, &leave, &[]).await.expect(303).header("location"), "/collections");
    assert!(!theirs.get("/collections").await.expect(200).body.contains("Friends"));
    let left = browser.get(made.header("location")).await.expect(200).body;
    assert!(!left.contains("@ben") && left.contains("@dora"), "{left}");
    // Taken out from their page.
    let page = browser.get("/@dora@globex.test").await.expect(200);
    browser.submit(&page, &format!("{people}/remove"), &[]).await.expect(303);
    world.settle().await;
    assert_eq!(acme.count("SELECT count(*) FROM collection_items WHERE state = 'accepted'").await, 0);
    world.finish().await;
}
