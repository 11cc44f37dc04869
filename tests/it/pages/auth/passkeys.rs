//! Passkeys: made, used alone and as the second factor, and refused.

use super::{codes_on, open_sure};
use crate::support::{Answer, Authenticator, Browser, Instance, PASSWORD, World};

const ADD: &str = "/settings/security/passkeys/add";

/// Adds a passkey in a browser that is signed in; the answer.
async fn add(browser: &Browser, keys: &mut Authenticator, name: &str) -> Answer {
    let page = open_sure(browser, "/settings/security").await;
    browser.submit(&page, "/settings/security/passkeys", &[]).await.expect(303);
    let page = browser.get("/settings/security/passkeys").await.expect(200);
    assert!(page.body.contains("<script src=\"/assets/passkey-"), "{}", page.body);
    let answer = keys.create(&page.body, ADD);
    browser.submit(&page, ADD, &[("name", name), ("credential", &answer)]).await
}

/// Signs in with a passkey and nothing else.
async fn enter(instance: &Instance, keys: &mut Authenticator) -> (Browser, Answer) {
    let browser = Browser::new(instance);
    let page = browser.get("/auth/sign_in?return_to=/about").await.expect(200);
    let to = browser.submit(&page, "/auth/passkey", &[]).await.expect(303);
    let page = browser.get(to.header("location")).await.expect(200);
    let answer = keys.get(&page.body, "/auth/passkey/answer");
    let done = browser.submit(&page, "/auth/passkey/answer", &[("credential", &answer)]).await.expect(303);
    (browser, done)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_alone_signs_in() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, mut keys) = (Browser::new(acme), Authenticator::new(&acme.app.origin));
    ada.sign_up("ada").await;
    let done = add(&ada, &mut keys, "Phone").await.expect(200);
    assert_eq!(codes_on(&done).len(), 10);
    let page = open_sure(&ada, "/settings/security").await;
    assert!(page.body.contains("Phone"));
    let (browser, done) = enter(acme, &mut keys).await;
    assert_eq!(done.header("location"), "/about");
    assert!(browser.get("/").await.expect(200).body.contains("@ada@acme.test"));
    // A second one is one of the same person's, and brings no codes.
    add(&ada, &mut keys, "Laptop").await.expect(303);
    let (_, done) = enter(acme, &mut keys).await;
    assert_eq!(done.header("location"), "/about");
    // Who may not sign in does not by a passkey either.
    acme.sql("UPDATE users SET disabled_at = now()").await;
    let (browser, done) = enter(acme, &mut keys).await;
    assert!(done.header("location").starts_with("/auth/sign_in") && browser.session().is_none());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_the_second_factor_after_the_password() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, mut keys) = (Browser::new(acme), Authenticator::new(&acme.app.origin));
    ada.sign_up("ada").await;
    let codes = codes_on(&add(&ada, &mut keys, "Phone").await.expect(200));
    let browser = Browser::new(acme);
    let first = browser.sign_in("ada", PASSWORD).await.expect(303);
    assert!(browser.session().is_none());
    let page = browser.get(first.header("location")).await.expect(200);
    let answer = keys.get(&page.body, "/auth/second/passkey");
    let done = browser.submit(&page, "/auth/second/passkey", &[("credential", &answer)]).await.expect(303);
    assert_eq!(done.header("location"), "/");
    assert!(browser.session().is_some());
    // The same answer in another browser, and in this one once more.
    for browser in [&Browser::new(acme), &browser] {
        let first = browser.sign_in("ada", PASSWORD).await.expect(303);
        let page = browser.get(first.header("location")).await.expect(200);
        let before = browser.session();
        let done = browser.submit(&page, "/auth/second/passkey", &[("credential", &answer)]).await.expect(303);
        assert!(done.header("location").contains("again=1"));
        assert_eq!(browser.session(), before);
    }
    let lost = Browser::new(acme);
    let first = lost.sign_in("ada", PASSWORD).await.expect(303);
    let page = lost.get(first.header("location")).await.expect(200);
    lost.submit(&page, "/auth/second", &[("code", &codes[0])]).await.expect(303);
    // Named otherwise, then taken away: the password is enough again.
    let page = open_sure(&ada, "/settings/security").await;
    let id = acme.count("SELECT id FROM passkeys").await;
    ada.submit(&page, &format!("/settings/security/passkeys/{id}/name"), &[("name", "Old <phone>")]).await.expect(303);
    let page = ada.get("/settings/security").await.expect(200);
    assert!(page.body.contains("Old &#60;phone&#62;"), "{}", page.body);
    ada.submit(&page, &format!("/settings/security/passkeys/{id}/remove"), &[]).await.expect(303);
    assert_eq!(Browser::new(acme).sign_in("ada", PASSWORD).await.expect(303).header("location"), "/");
    let (browser, _) = enter(acme, &mut keys).await;
    assert!(browser.session().is_none(), "one that was taken away opens nothing");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_hold_is_refused() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, mut keys) = (Browser::new(acme), Authenticator::new(&acme.app.origin));
    ada.sign_up("ada").await;
    keys.origin = "http://acme.test.evil.example".into();
    add(&ada, &mut keys, "Fished").await.expect(422);
    keys.origin = acme.app.origin.clone();
    keys.verifies = false;
    add(&ada, &mut keys, "Without a finger").await.expect(422);
    assert_eq!(acme.count("SELECT count(*) FROM passkeys").await, 0);
    let mut keys = Authenticator::new(&acme.app.origin);
    add(&ada, &mut keys, "Phone").await.expect(200);
    // From another page, or without a finger.
    keys.origin = "http://evil.example".into();
    assert!(enter(acme, &mut keys).await.0.session().is_none());
    keys.origin = acme.app.origin.clone();
    keys.verifies = false;
    assert!(enter(acme, &mut keys).await.0.session().is_none());
    keys.verifies = true;
    // What was asked of one browser is not answered by another.
    let (one, other) = (Browser::new(acme), Browser::new(acme));
    let mut pages = Vec::new();
    for browser in [&one, &other] {
        let page = browser.get("/auth/sign_in").await.expect(200);
        let to = browser.submit(&page, "/auth/passkey", &[]).await.expect(303);
        pages.push(browser.get(to.header("location")).await.expect(200));
    }
    let answer = keys.get(&pages[0].body, "/auth/passkey/answer");
    for answer in [&answer, "", "{}", "[]"] {
        other.submit(&pages[1], "/auth/passkey/answer", &[("credential", answer)]).await.expect(303);
        assert!(other.session().is_none());
    }
    one.submit(&pages[0], "/auth/passkey/answer", &[("credential", &answer)]).await.expect(303);
    assert!(one.session().is_some());
    let once_more = one.submit(&pages[0], "/auth/passkey/answer", &[("credential", &answer)]).await;
    assert_eq!(once_more.status, 422, "the form was of before");
    // Another person's passkey is none of hers.
    let (ben, mut theirs) = (Browser::new(acme), Authenticator::new(&acme.app.origin));
    ben.sign_up("ben").await;
    add(&ben, &mut theirs, "Phone").await.expect(200);
    let id = acme.count("SELECT min(id) FROM passkeys").await;
    let page = open_sure(&ben, "/settings/security").await;
    let token = crate::support::hidden_fields(&page.body, "/settings/security/password").remove(0).1;
    for act in ["name", "remove"] {
        let path = format!("/settings/security/passkeys/{id}/{act}");
        ben.post(&path, &[("token", &token), ("name", "Mine")]).await.expect(404);
    }
    world.finish().await;
}
