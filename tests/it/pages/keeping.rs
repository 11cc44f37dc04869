//! What somebody typed stays, whatever happens, and what was refused is said with its reason.

use serde_json::json;

use crate::support::{Browser, World};

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
