//! The pages of people and groups, and what one does there.

use serde_json::json;

use crate::support::{Browser, World};

const ACME: &str = "acme.test";

#[tokio::test(flavor = "multi_thread")]
async fn somebody_follows_on_a_page_and_stops() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let cy = acme.register("cy").await;
    cy.patch("/api/v1/accounts/update_credentials", json!({"locked": true})).await.expect(200);
    acme.register("ada").await;
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    let page = browser.get("/@ada").await.expect(200);
    assert_eq!(browser.submit(&page, "/@ada/follow", &[]).await.expect(303).header("location"), "/@ada");
    let page = browser.get("/@ada").await.expect(200);
    assert!(page.body.contains("You follow ada."), "{}", page.body);
    // How it is followed.
    browser.submit(&page, "/@ada/options", &[("notify", "true")]).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM follows WHERE notify AND NOT show_reblogs").await, 1);
    // In which languages: those that are likely to be wanted are at hand, all others below.
    for part in ["value=\"en\" aria-describedby", "<option value=\"fr\">French</option>"] {
        assert!(page.body.contains(part), "{part} is not in {}", page.body);
    }
    let chosen = async || acme.count("SELECT coalesce(array_length(languages, 1), 0)::bigint FROM follows").await;
    let typed = [("languages", "en"), ("languages", "fr"), ("reblogs", "true")];
    browser.submit(&page, "/@ada/options", &typed).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM follows WHERE languages = '{en,fr}' AND show_reblogs").await, 1);
    let page = browser.get("/@ada").await.expect(200);
    for code in ["en", "fr"] {
        assert!(page.body.contains(&format!("value=\"{code}\" checked")), "{code}: {}", page.body);
    }
    browser.submit(&page, "/@ada/options", &[("languages", "no language")]).await.expect(422);
    assert_eq!(chosen().await, 2);
    browser.submit(&page, "/@ada/options", &[("languages", ""), ("reblogs", "true")]).await.expect(303);
    assert_eq!(chosen().await, 0, "none of them is all");
    browser.submit(&page, "/@ada/endorse", &[]).await.expect(303);
    let own = browser.get("/@ben").await.expect(200);
    assert!(own.body.contains("Recommends") && own.body.contains("href=\"/@ada\""), "{}", own.body);
    browser.submit(&page, "/@ada/unfollow", &[]).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM follows").await, 0);
    // Who decides by themselves is asked, and answers on the page of whoever asks.
    let page = browser.get("/@cy").await.expect(200);
    let token = crate::support::hidden_fields(&page.body, "/@cy/follow").remove(0).1;
    let to = browser.post("/@cy/follow", &[("token", &token), ("return_to", "//evil.test")]).await.expect(303);
    assert_eq!(to.header("location"), "/@cy");
    let page = browser.get("/@cy").await.expect(200);
    assert!(page.body.contains("You have asked to follow cy."), "{}", page.body);
    browser.submit(&page, "/@cy/unfollow", &[]).await.expect(303);
    let dee = acme.register("dee").await;
    let own = browser.get("/@ben").await.expect(200);
    assert!(!own.body.contains("/@ben/follow"), "nobody follows themselves");
    acme.sql("UPDATE accounts SET locked = true WHERE username = 'ben'").await;
    dee.follow("@ben@acme.test").await;
    let page = browser.get("/@dee").await.expect(200);
    browser.submit(&page, "/@dee/accept", &[]).await.expect(303);
    assert!(browser.get("/@dee").await.body.contains("dee follows you."));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_mutes_blocks_notes_and_reports() {
    let world = World::builder()
        .instance(ACME)
        .configure(|config| config.instance.rules = vec!["Be kind".into(), "Be brief".into()])
        .start()
        .await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let post = ada.post_status("About engines").await;
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    let page = browser.get("/@ada").await.expect(200);
    browser.submit(&page, "/@ada/note", &[("comment", "Met at <b>RustConf</b>")]).await.expect(303);
    let page = browser.get("/@ada").await.expect(200);
    assert!(page.body.contains("Met at &#60;b&#62;RustConf"), "{}", page.body);
    let long = "x".repeat(2001);
    let again = browser.submit(&page, "/@ada/note", &[("comment", &long)]).await.expect(422);
    assert!(again.body.contains(&long) && again.body.contains("comment-why"), "what was typed is kept");
    browser.submit(&page, "/@ada/mute", &[("duration", "86400")]).await.expect(303);
    let page = browser.get("/@ada").await.expect(200);
    assert!(page.body.contains("You have muted them until"));
    browser.submit(&page, "/@ada/unmute", &[]).await.expect(303);
    let report = browser.get(&format!("/@ada/report?post={}", post["id"].as_str().unwrap())).await.expect(200);
    assert!(report.body.contains("About engines") && report.body.contains("Be brief"));
    let typed = [("category", "violation"), ("rules[]", "2"), ("comment", "Too long"), ("forward", "true")];
    let sent = browser.submit(&report, "/@ada/report", &typed).await.expect(303);
    assert!(browser.get(sent.header("location")).await.expect(200).body.contains("Your report is sent"));
    let made = "SELECT count(*) FROM reports WHERE category = 'violation' AND rule_ids = '{2}' AND comment = 'Too long'
                AND cardinality(status_ids) = 1 AND NOT forwarded";
    assert_eq!(acme.count(made).await, 1);
    let long = "y".repeat(1001);
    let again = browser.submit(&report, "/@ada/report", &[("category", "spam"), ("comment", &long)]).await.expect(422);
    assert!(again.body.contains(&long) && again.body.contains("value=\"spam\" checked"), "{}", again.body);
    browser.get("/@ben/report").await.expect(404);
    let page = browser.get("/@ada").await.expect(200);
    browser.submit(&page, "/@ada/block", &[]).await.expect(303);
    let page = browser.get("/@ada").await.expect(200);
    assert!(page.body.contains("You have blocked ada.") && !page.body.contains("About engines"));
    browser.submit(&page, "/@ada/unblock", &[]).await.expect(303);
    assert!(browser.get("/@ada").await.body.contains("About engines"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_press_leads_to_signing_in_and_forged_forms_change_nothing() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    acme.register("ada").await;
    let stranger = Browser::new(acme);
    for path in [
        "/discover",
        "/groups",
        "/groups/new",
        "/lists",
        "/lists/1",
        "/lists/1/edit",
        "/topics",
        "/welcome",
        "/welcome/people",
        "/welcome/groups",
        "/@ada/report",
    ] {
        let to = stranger.get(path).await.expect(303).header("location").to_owned();
        let back: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
        assert_eq!(to, format!("/auth/sign_in?return_to={back}"));
    }
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    let before = acme.fingerprint().await;
    for path in [
        "/@ada/follow",
        "/@ada/block",
        "/@ada/note",
        "/@ada/report",
        "/lists",
        "/lists/1/delete",
        "/topics",
        "/tags/rust/follow",
        "/groups/new",
        "/welcome",
        "/discover/dismiss",
    ] {
        assert!(stranger.post(path, &[]).await.expect(303).header("location").starts_with("/auth/sign_in"), "{path}");
        browser.post(path, &[("token", "forged")]).await.expect(422);
    }
    assert_eq!(acme.fingerprint().await, before);
    let page = browser.get("/@ada").await.expect(200);
    let token = crate::support::hidden_fields(&page.body, "/@ada/follow").remove(0).1;
    browser.post("/@ada/nonsense", &[("token", &token)]).await.expect(404);
    browser.post("/@nobody/follow", &[("token", &token)]).await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_has_posts_replies_media_and_what_is_shown_first() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let question = ben.post_status("A question").await;
    let pinned = ada.post_status("Shown first of all").await;
    let reply = json!({"status": "An answer", "in_reply_to_id": question["id"]});
    ada.post_status_with(reply).await;
    ada.post(&format!("/api/v1/statuses/{}/pin", pinned["id"].as_str().unwrap()), json!({})).await.expect(200);
    ada.post("/api/v1/featured_tags", json!({"name": "engines"})).await.expect(200);
    let posts = acme.get("/@ada").await.expect(200);
    assert_eq!(posts.body.matches("Shown first of all").count(), 2, "{}", posts.body);
    assert!(!posts.body.contains("An answer") && posts.body.contains("/tags/engines"), "{}", posts.body);
    let replies = acme.get("/@ada/replies").await.expect(200);
    assert!(
        replies.body.contains("An answer") && replies.body.contains("href=\"/@ada/replies\" aria-current=\"page\"")
    );
    assert!(!acme.get("/@ada/media").await.expect(200).body.contains("An answer"));
    for group_only in ["/@ada/about", "/@ada/members"] {
        acme.get(group_only).await.expect(404);
    }
    for number in 0..25 {
        ada.post_status(&format!("Number {number}.")).await;
    }
    let first = acme.get("/@ada").await.expect(200);
    let older = first.body.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let second = acme.get(&format!("/@ada{older}")).await.expect(200);
    assert!(first.body.contains("Number 24.") && !first.body.contains("Number 3."));
    assert!(second.body.contains("Number 3.") && !second.body.contains("Number 24."));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_elsewhere_are_shown_here_to_those_who_are_signed_in() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let zoe = peer.actor("zoe");
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    // Nobody is asked for the sake of a stranger.
    Browser::new(acme).get("/@zoe@peer.test").await.expect(404);
    assert_eq!(peer.asked().len(), 0);
    let page = browser.get("/@zoe@peer.test").await.expect(200);
    assert!(page.body.contains("zoe@peer.test") && page.body.contains(&peer.url("/@zoe")), "{}", page.body);
    let away = Browser::new(acme).get("/@zoe@peer.test").await.expect(302);
    assert_eq!(away.header("location"), peer.url("/@zoe"));
    browser.submit(&page, "/@zoe@peer.test/follow", &[]).await.expect(303);
    world.settle().await;
    let follow = peer.received_of_type("Follow").remove(0);
    zoe.deliver(acme, &zoe.activity("Accept", follow)).await;
    let note = zoe.note("From far away");
    zoe.deliver(acme, &zoe.create(&note)).await;
    world.settle().await;
    let page = browser.get("/@zoe@peer.test").await.expect(200);
    assert!(page.body.contains("You follow zoe.") && page.body.contains("From far away"), "{}", page.body);
    let id = acme.count("SELECT id FROM statuses WHERE NOT local").await;
    let own = format!("/@zoe@peer.test/{id}");
    assert!(page.body.contains(&format!("href=\"{own}\"")), "{}", page.body);
    assert!(browser.get(&own).await.expect(200).body.contains("From far away"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_answer_is_said_to_be_silent() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    peer.actor("zoe");
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    browser.get("/@zoe@peer.test").await.expect(200);
    peer.actor("una");
    peer.break_down(500);
    let page = browser.get("/@una@peer.test").await.expect(404);
    assert!(page.body.contains("@una@peer.test is not known here yet"), "{}", page.body);
    world.clock.advance(chrono::TimeDelta::days(2));
    assert!(browser.get("/@zoe@peer.test").await.expect(200).body.contains("zoe"), "what is known is shown");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_made_joined_and_left_and_tells_nobody_who_is_in_it() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    acme.register("ada").await.post("/api/pollen/v1/groups", json!({"username": "taken"})).await.expect(200);
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    let page = browser.get("/groups/new").await.expect(200);
    let note = ("note", "For all who <3 Rust");
    for (name, why) in
        [("taken", "This address is taken"), ("a b", "Use 1 to 30 letters"), ("admin", "kept for the server")]
    {
        let typed = [("username", name), ("display_name", "Rust Guild"), note];
        let again = browser.submit(&page, "/groups/new", &typed).await.expect(422);
        assert!(again.body.contains(why) && again.body.contains("For all who &#60;3 Rust"), "{name}: {}", again.body);
    }
    let typed = [("username", "guild"), ("display_name", "Rust Guild"), note];
    let made = browser.submit(&page, "/groups/new", &typed).await.expect(303);
    assert_eq!(made.header("location"), "/@guild");
    let page = browser.get("/@guild").await.expect(200);
    assert!(page.body.contains("You are in Rust Guild."), "{}", page.body);
    assert!(browser.get("/@guild/about").await.expect(200).body.contains("@guild@acme.test"));
    let members = browser.get("/@guild/members").await.expect(200);
    assert!(members.body.contains("You are in this group.") && !members.body.contains("class=\"people\""));
    let groups = browser.get("/groups").await.expect(200);
    assert!(groups.body.contains("Rust Guild") && groups.body.contains("/@taken/follow"), "{}", groups.body);
    browser.submit(&page, "/@guild/unfollow", &[]).await.expect(303);
    assert!(browser.get("/@guild/members").await.body.contains("You are not in this group."));
    browser.get("/@guild/replies").await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_shows_counts_shows_members() {
    let world = World::builder().instance(ACME).configure(|config| config.culture.show_counts = true).start().await;
    let acme = world.instance(ACME);
    acme.register("ada").await.post("/api/pollen/v1/groups", json!({"username": "guild"})).await.expect(200);
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    assert!(browser.get("/@guild/members").await.expect(200).body.contains("href=\"/@ada\""));
    world.finish().await;
}
