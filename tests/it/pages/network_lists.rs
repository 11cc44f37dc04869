//! Lists by the pages.

use serde_json::json;

use super::app::older;
use crate::support::{Browser, World, hidden_fields};

const ACME: &str = "acme.test";

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_made_filled_read_changed_and_deleted() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, cy) = (acme.register("ada").await, acme.register("cy").await);
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    let page = browser.get("/@ada").await.expect(200);
    browser.submit(&page, "/@ada/follow", &[]).await.expect(303);
    let lists = browser.get("/lists").await.expect(200);
    assert!(lists.body.contains("You have no lists yet."));
    let blank = browser.submit(&lists, "/lists", &[("title", " ")]).await.expect(422);
    assert!(blank.body.contains("Give the list a name.") && blank.body.contains("href=\"#title\""), "{}", blank.body);
    let made = browser.submit(&lists, "/lists", &[("title", "Close <ones>")]).await.expect(303);
    let edit = made.header("location").to_owned();
    let list = edit.trim_end_matches("/edit").to_owned();
    assert!(browser.get(&list).await.expect(200).body.contains("Nobody is on this list yet."));
    let members = format!("{list}/members");
    let page = browser.get(&edit).await.expect(200);
    for (who, why) in [("nobody", "Nobody of this name"), ("x y", "Nobody of this name"), ("cy", "whom you follow")] {
        let again = browser.submit(&page, &members, &[("who", who)]).await.expect(422);
        assert!(again.body.contains(why) && again.body.contains(&format!("value=\"{who}\"")), "{}", again.body);
    }
    browser.submit(&page, &members, &[("who", "@ada@acme.test")]).await.expect(303);
    ada.post_status("For the list").await;
    cy.post_status("Not for the list").await;
    let read = browser.get(&list).await.expect(200);
    assert!(read.body.contains("For the list") && !read.body.contains("Not for the list"));
    let typed = [("title", "Closest"), ("replies_policy", "none"), ("exclusive", "true")];
    assert_eq!(browser.submit(&page, &edit, &typed).await.expect(303).header("location"), list);
    let kept = "SELECT count(*) FROM lists WHERE title = 'Closest' AND replies_policy = 'none' AND exclusive";
    assert_eq!(acme.count(kept).await, 1);
    browser.submit(&page, &edit, &[("title", "Closest"), ("replies_policy", "all")]).await.expect(422);
    let page = browser.get(&edit).await.expect(200);
    browser.submit(&page, &format!("{list}/members/remove"), &[]).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM list_accounts").await, 0);
    // From the page of somebody.
    let profile = browser.get("/@ada").await.expect(200);
    browser.submit(&profile, "/@ada/list", &[]).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM list_accounts").await, 1);
    browser.submit(&browser.get("/@ada").await, "/@ada/list", &[]).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM list_accounts").await, 0);
    // Nobody else's.
    let other = Browser::new(acme);
    other.sign_up("dee").await;
    other.get(&list).await.expect(404);
    other.get(&edit).await.expect(404);
    let token = hidden_fields(&other.get("/lists").await.body, "/lists").remove(0).1;
    other.post(&format!("{list}/delete"), &[("token", &token)]).await.expect(404);
    browser.submit(&page, &format!("{list}/delete"), &[]).await.expect(303);
    browser.get(&list).await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_shown_page_by_page() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ben = acme.register("ben").await;
    let mut ids = Vec::new();
    for number in 0..42 {
        let name = format!("cara{number}");
        ids.push(acme.register(&name).await.id());
        ben.follow(&format!("@{name}@acme.test")).await;
    }
    let list = ben.post("/api/v1/lists", json!({"title": "Many"})).await.expect(200).text("id");
    ben.post(&format!("/api/v1/lists/{list}/accounts"), json!({"account_ids": ids})).await.expect(200);
    let browser = Browser::of(&ben).await;
    let members = |page: &str| page.matches(&format!("action=\"/lists/{list}/members/remove\"")).count();
    let page = browser.get(&format!("/lists/{list}/edit")).await.expect(200).body;
    assert_eq!(members(&page), 40);
    let rest = browser.get(&older(&page).expect("there are more")).await.expect(200).body;
    assert_eq!((members(&rest), older(&rest)), (2, None));
    world.finish().await;
}
