//! Whom one follows, who follows, whom one keeps away; what is held back; what those who run the instance tell.

use serde_json::json;

use super::app::older;
use crate::support::{Browser, World, hidden_fields};

const ACME: &str = "acme.test";

#[tokio::test(flavor = "multi_thread")]
async fn each_list_of_people_has_the_way_back() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let browser = Browser::of(&ada).await;
    let relationship = async || {
        let found = ada.get(&format!("/api/v1/accounts/relationships?id[]={}", ben.id())).await.expect(200);
        found[0].clone()
    };
    ben.follow("@ada@acme.test").await;
    ada.follow("@ben@acme.test").await;
    for (path, act, field) in [("/following", "unfollow", "following"), ("/followers", "decline", "followed_by")] {
        assert_eq!(relationship().await[field], true);
        let page = browser.get(path).await.expect(200);
        assert!(page.body.contains("href=\"/@ben\"") && page.body.contains("aria-current=\"page\""), "{}", page.body);
        let back = browser.submit(&page, &format!("/@ben/{act}"), &[]).await.expect(303);
        assert_eq!(back.header("location"), path);
        assert_eq!(relationship().await[field], false);
        assert!(!browser.get(path).await.expect(200).body.contains("href=\"/@ben\""));
    }
    for (path, act, undo, field) in
        [("/muted", "mute", "unmute", "muting"), ("/blocked", "block", "unblock", "blocking")]
    {
        ada.post(&format!("/api/v1/accounts/{}/{act}", ben.id()), json!({"duration": 86_400})).await.expect(200);
        let page = browser.get(path).await.expect(200);
        assert!(page.body.contains("href=\"/@ben\""), "{}", page.body);
        assert_eq!(page.body.contains("You have muted them until"), act == "mute");
        assert!(!Browser::of(&ben).await.get(path).await.expect(200).body.contains("href=\"/@ada\""));
        browser.submit(&page, &format!("/@ben/{undo}"), &[]).await.expect(303);
        assert_eq!(relationship().await[field], false);
    }
    for number in 0..41 {
        acme.register(&format!("cara{number}")).await.follow("@ada@acme.test").await;
    }
    let page = browser.get("/followers").await.expect(200);
    assert!(!page.body.contains("/@cara0\"") && page.body.contains("/@cara40\""));
    let rest = browser.get(&older(&page.body).expect("more")).await.expect(200);
    assert!(rest.body.contains("/@cara0\"") && older(&rest.body).is_none());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_are_blocked_and_taken_back() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    let page = browser.get("/blocked_servers").await.expect(200);
    for (domain, why) in
        [("", "not the address"), ("no server", "not the address"), (ACME, "the server that you are on")]
    {
        let wrong = browser.submit(&page, "/blocked_servers", &[("domain", domain)]).await.expect(422);
        assert!(wrong.body.contains(why) && wrong.body.contains("id=\"domain-why\""), "{}", wrong.body);
    }
    browser.submit(&page, "/blocked_servers", &[("domain", " Bücher.Example ")]).await.expect(303);
    let page = browser.get("/blocked_servers").await.expect(200);
    assert!(page.body.contains("<bdi>xn--bcher-kva.example</bdi>"), "{}", page.body);
    assert_eq!(ada.get("/api/v1/domain_blocks").await.expect(200).json, json!(["xn--bcher-kva.example"]));
    browser.submit(&page, "/blocked_servers/remove", &[]).await.expect(303);
    assert_eq!(ada.get("/api/v1/domain_blocks").await.expect(200).json, json!([]));
    world.settle().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_back_is_let_in_or_put_away() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    let form = browser.get("/settings/notifications").await.expect(200);
    let usual = [
        ("not_followers", "accept"),
        ("new_accounts", "accept"),
        ("private_mentions", "accept"),
        ("limited_accounts", "filter"),
    ];
    let typed = [&usual[..], &[("not_following", "filter")]].concat();
    browser.submit(&form, "/settings/notifications", &typed).await.expect(303);
    browser
        .submit(&form, "/settings/notifications", &[&usual[..], &[("not_following", "perhaps")]].concat())
        .await
        .expect(422);
    let policy = ada.get("/api/v2/notifications/policy").await.expect(200);
    assert_eq!((&policy["for_not_following"], &policy["for_limited_accounts"]), (&json!("filter"), &json!("filter")));
    assert!(!browser.get("/notifications").await.expect(200).body.contains("Something is held back"));
    let people = [acme.register("ben").await, acme.register("cara").await];
    for person in &people {
        person.post_status("Hello @ada, you do not know me").await;
    }
    let page = browser.get("/notifications").await.expect(200);
    assert!(page.body.contains("href=\"/notifications/requests\"") && !page.body.contains("do not know me"));
    let held = browser.get("/notifications/requests").await.expect(200);
    assert_eq!(held.body.matches("do not know me").count(), 2, "{}", held.body);
    let of = async |name: &str| {
        let account = format!("(SELECT id FROM accounts WHERE username = '{name}')");
        let id = acme.count(&format!("SELECT id FROM notification_requests WHERE from_account_id = {account}")).await;
        format!("/notifications/requests/{id}")
    };
    let (ben, cara) = (of("ben").await, of("cara").await);
    // Nobody else's: nothing happens.
    let other = Browser::of(&people[0]).await;
    let theirs = other.get("/notifications/requests").await.expect(200);
    let token = hidden_fields(&theirs.body, "/auth/sign_out").remove(0).1;
    other.post(&ben, &[("token", &token), ("do", "accept")]).await.expect(303);
    browser.submit(&held, &ben, &[("do", "accept")]).await.expect(303);
    browser.submit(&held, &cara, &[("do", "dismiss")]).await.expect(303);
    assert!(browser.get("/notifications/requests").await.expect(200).body.contains("Nothing is held back."));
    let page = browser.get("/notifications").await.expect(200);
    assert!(page.body.contains("@ben@acme.test") && !page.body.contains("@cara@acme.test"), "{}", page.body);
    world.settle().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn announcements_stand_on_home_until_they_are_put_away() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let draft = pollen::announcements::ops::Draft { text: "We move on **Friday** <b>".into(), ..Default::default() };
    let told = pollen::announcements::ops::announce(&acme.app, draft).await.unwrap();
    let browser = Browser::of(&ada).await;
    let home = browser.get("/").await.expect(200);
    assert!(home.body.contains("Friday") && !home.body.contains("<b>"), "{}", home.body);
    browser.submit(&home, &format!("/announcements/{}/dismiss", told.id), &[]).await.expect(303);
    assert!(!browser.get("/").await.expect(200).body.contains("Friday"));
    assert!(ada.get("/api/v1/announcements").await.expect(200).list().is_empty(), "for clients, too");
    assert!(Browser::of(&ben).await.get("/").await.expect(200).body.contains("Friday"));
    assert!(!Browser::new(acme).get("/").await.expect(200).body.contains("Friday"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_react_to_announcements_on_home() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let draft = pollen::announcements::ops::Draft { text: "We move on Friday".into(), ..Default::default() };
    let told = pollen::announcements::ops::announce(&acme.app, draft).await.unwrap();
    ada.post_status("On home, too").await;
    let action = format!("/announcements/{}/reactions", told.id);
    let (hers, his) = (Browser::of(&ada).await, Browser::of(&ben).await);
    let home = hers.get("/").await.expect(200);
    assert!(home.body.contains("name=\"add\" value=\"🎉\">") && !home.body.contains("aria-pressed=\"true\""));
    for _ in 0..2 {
        let done = hers.submit(&home, &action, &[("add", "🎉")]).await.expect(303);
        assert_eq!(done.header("location"), format!("/#told-{}", told.id));
    }
    his.submit(&his.get("/").await.expect(200), &action, &[("add", "🎉")]).await.expect(303);
    his.submit(&home, &action, &[("add", "🎉")]).await.expect(422);
    let home = hers.get("/").await.expect(200);
    let given = "name=\"remove\" value=\"🎉\" aria-pressed=\"true\">🎉 <span aria-hidden=\"true\">2</span>";
    assert!(home.body.contains(given) && home.body.contains("2 people reacted like that"), "{}", home.body);
    assert!(!home.body.contains("name=\"add\" value=\"🎉\">"), "what is there is not offered again");
    for _ in 0..2 {
        hers.submit(&home, &action, &[("remove", "🎉")]).await.expect(303);
    }
    let seen = ada.get("/api/v1/announcements").await.expect(200)[0]["reactions"][0].clone();
    assert_eq!((&seen["count"], &seen["me"]), (&json!(1), &json!(false)));
    // What is no emoji stays in the field, on home as it is.
    let wrong = hers.submit(&home, &action, &[("add", "yes <b>")]).await.expect(422);
    for part in ["This is no emoji", "value=\"yes &#60;b&#62;\"", "We move on Friday", "name=\"return_to\" value=\"/\""]
    {
        assert!(wrong.body.contains(part), "{part} is not in {}", wrong.body);
    }
    let full = ["😀", "😁", "😂", "😃", "😄", "😅", "😆"];
    for emoji in full {
        hers.submit(&home, &action, &[("add", emoji)]).await.expect(303);
    }
    let home = hers.get("/").await.expect(200);
    assert!(!home.body.contains("Another emoji"), "there is no room for more: {}", home.body);
    let wrong = hers.submit(&home, &action, &[("add", "😇")]).await.expect(422);
    assert!(wrong.body.contains("as many different emoji"), "{}", wrong.body);
    let token = hidden_fields(&home.body, &action).remove(0).1;
    hers.post("/announcements/1/reactions", &[("token", &token), ("add", "😇")]).await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_here_write_has_a_page() {
    let world = World::start([ACME, "globex.test"]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let dora = world.instance("globex.test").register("dora").await;
    ada.follow("@dora@globex.test").await;
    world.settle().await;
    dora.post_status("From afar").await;
    ben.post_status("From here").await;
    ben.post_status_with(json!({"status": "Quietly", "visibility": "unlisted"})).await;
    world.settle().await;
    let page = Browser::of(&ada).await.get("/local").await.expect(200);
    assert!(page.body.contains("From here"), "{}", page.body);
    assert!(!page.body.contains("From afar") && !page.body.contains("Quietly"));
    world.finish().await;
}
