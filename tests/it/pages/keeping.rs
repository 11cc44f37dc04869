//! What somebody typed stays, whatever happens, and what was refused is said with its reason.

use serde_json::json;

use super::admin::staff;
use crate::support::{Answer, Browser, World, hidden_fields};

fn hidden(page: &Answer, action: &str, name: &str) -> String {
    hidden_fields(&page.body, action).into_iter().find(|(known, _)| known == name).unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn long_texts_stay_when_a_form_was_open_for_too_long() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (_, owner) = staff(acme, "olga", "owner").await;
    let eve = acme.register("eve").await;
    let report = json!({"account_id": eve.id(), "comment": "loud"});
    let report = acme.register("ada").await.post("/api/v1/reports", report).await.expect(200);
    let note = format!("/admin/reports/{}", report.text("id"));
    let note = (format!("{note}/note"), note, "text");
    let form = |path: &str, field: &'static str| (path.to_owned(), path.to_owned(), field);
    owner.get("/").await.expect(200);
    let before = acme.fingerprint().await;
    for (path, page, field) in [
        form("/settings/profile", "note"),
        form("/settings/filters/new", "title"),
        form("/admin/instance", "privacy_policy"),
        form("/admin/rules", "rules"),
        form("/admin/announcements", "text"),
        form("/@eve/report", "comment"),
        note,
    ] {
        let typed = [(field, "What was dear to me"), ("token", "old")];
        let shown = owner.post(&path, &typed).await.expect(422);
        assert!(shown.body.contains("What was dear to me") && shown.body.contains("open for too long"), "{path}");
        let fresh = hidden(&owner.get(&page).await.expect(200), &path, "token");
        assert_eq!(hidden(&shown, &path, "token"), fresh, "{path} can be sent now");
        // Of another site it is not shown as if it were one's own.
        let theirs = [("origin", "https://evil.example")];
        let refused = owner.send(reqwest::Method::POST, &path, Some(&typed), &theirs).await.expect(422);
        assert!(!refused.body.contains("dear to me"), "{path}");
    }
    assert_eq!(acme.fingerprint().await, before);
    world.finish().await;
}

/// Whoever is signed in is told so on pages of errors, too, and why something cannot be done.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_said_with_its_reason() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let mut browser = Browser::of(&ada).await;
    let mut last = String::new();
    for number in 0..6 {
        last = ada.post_status(&format!("Post {number}")).await["id"].as_str().unwrap().to_owned();
        if number < 5 {
            ada.post(&format!("/api/v1/statuses/{last}/pin"), json!({})).await.expect(200);
        }
    }
    let page = browser.get(&format!("/@ada/{last}")).await.expect(200);
    for (language, why) in [
        ("en", "You show as many posts first as there may be. Take one down."),
        ("de", "Mehr Beiträge lassen sich nicht anheften. Lösen Sie zuerst einen."),
    ] {
        browser.language = Some(language);
        let refused = browser.submit(&page, &format!("/posts/{last}"), &[("do", "pin")]).await.expect(422);
        assert!(refused.body.contains(why) && refused.body.contains("<nav class=\"side\""), "{}", refused.body);
        assert!(refused.body.contains("action=\"/auth/sign_out\""), "{}", refused.body);
        assert!(!refused.body.contains("open for too long") && !refused.body.contains("lange geöffnet"));
    }
    browser.language = None;
    for number in 0..11 {
        let path = format!("/tags/topic{number}");
        let topic = browser.get(&path).await.expect(200);
        let status = if number < 10 { 303 } else { 422 };
        let answer = browser.submit(&topic, &format!("{path}/feature"), &[]).await.expect(status);
        assert_eq!(
            answer.body.contains("You can show at most 10 topics on your page."),
            number == 10,
            "{}",
            answer.body
        );
    }
    // What has no reason in words is as it was.
    let stale = browser.post(&format!("/posts/{last}"), &[("do", "pin"), ("token", "old")]).await.expect(422);
    assert!(stale.body.contains("The page was open for too long"), "{}", stale.body);
    let nothing = browser.get("/nowhere").await.expect(404);
    assert!(nothing.body.contains("<nav class=\"side\"") && !nothing.body.contains("sign in and try again"));
    let stranger = Browser::new(acme).get("/nowhere").await.expect(404);
    assert!(!stranger.body.contains("<nav class=\"side\"") && stranger.body.contains("sign in and try again"));
    world.finish().await;
}
