//! Where somebody is signed in, and how that ends.

use super::{holds, register};
use crate::support::{Browser, Heard, PASSWORD, World};

#[tokio::test(flavor = "multi_thread")]
async fn browsers_and_apps_are_shown_and_ended() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let token = register(acme, "ada").await;
    let (here, there, third) = (Browser::new(acme), Browser::new(acme), Browser::new(acme));
    for browser in [&here, &there, &third] {
        browser.sign_in("ada", PASSWORD).await.expect(303);
    }
    // Somebody else's are not shown, and cannot be ended.
    let ben = Browser::new(acme);
    ben.sign_up("ben").await;
    let page = here.get("/settings/sessions").await.expect(200);
    assert_eq!(page.body.matches("action=\"/settings/sessions/browsers\"").count(), 2, "{}", page.body);
    assert!(page.body.contains("This one") && page.body.contains("Tests"));
    for secret in [here.session().unwrap(), token.clone()] {
        assert!(!page.body.contains(&secret), "no secret is on the page");
    }
    let of_ben = acme.database.client().await;
    let hash: String = of_ben
        .query_one(
            "SELECT encode(token_hash, 'hex') FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE username = 'ben'",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    here.submit(&page, "/settings/sessions/browsers", &[("id", &hash)]).await.expect(303);
    assert!(ben.get("/").await.expect(200).body.contains("@ben@acme.test"));
    here.submit(&page, "/settings/sessions/browsers", &[("id", "zz")]).await.expect(404);

    here.submit(&page, "/settings/sessions/browsers", &[]).await.expect(303);
    let mut signed_in = 0;
    for browser in [&there, &third] {
        signed_in += usize::from(browser.get("/").await.expect(200).body.contains("@ada@acme.test"));
    }
    assert_eq!(signed_in, 1);
    here.submit(&page, "/settings/sessions/others", &[]).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM sessions").await, 2, "this one, and Ben's");

    let stream = acme.listen(&token, "user").await;
    assert!(holds(acme, &token).await);
    here.submit(&page, "/settings/sessions/apps", &[]).await.expect(303);
    assert!(!holds(acme, &token).await);
    let (end, _) = stream.end().await;
    assert!(matches!(end, Heard::Closed(..)), "its stream ends at once: {end:?}");
    assert!(here.get("/settings/sessions").await.expect(200).body.contains("You have let no app in."));
    world.finish().await;
}
