//! An app that makes codes, and recovery codes.

use chrono::TimeDelta;

use super::{code_of, codes_on, open_sure, set_up_app, set_up_app_by};
use crate::support::{Browser, PASSWORD, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_asked_for_after_the_password_and_works_once() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    ada.sign_up("ada").await;
    let security = open_sure(&ada, "/settings/security").await;
    ada.submit(&security, "/settings/security/app", &[]).await.expect(303);
    let page = ada.get("/settings/security/app").await.expect(200);
    assert!(page.body.contains("<svg") && page.body.contains("otpauth://totp/Pollen"), "{}", page.body);
    assert_eq!(page.header("cache-control"), "no-store");
    // Not in force before the app has shown that it knows the key.
    ada.submit(&page, "/settings/security/app/confirm", &[("code", "000000")]).await.expect(422);
    Browser::new(acme).sign_in("ada", PASSWORD).await.expect(303);
    let (key, used, done) = set_up_app_by(&world, &ada).await;
    assert_eq!(codes_on(&done).len(), 10);
    ada.get("/settings/security/app").await.expect(303);

    let browser = Browser::new(acme);
    let first = browser.sign_in("ada", PASSWORD).await.expect(303);
    let second = first.header("location");
    assert!(second.starts_with("/auth/second"), "{second}");
    assert!(browser.session().is_none(), "the password alone opens nothing");
    assert!(!browser.get("/").await.expect(200).body.contains("@ada@acme.test"));
    let page = browser.get(second).await.expect(200);
    // The one that set the app up is used, though it may be the one of before by now.
    let again = browser.submit(&page, "/auth/second", &[("code", &used)]).await.expect(422);
    assert!(again.body.contains("used before"), "{}", again.body);
    world.advance(TimeDelta::seconds(30)).await;
    let next = code_of(&world, &key);
    let spaced = format!("{} {}", &next[..3], &next[3..]);
    assert_eq!(browser.submit(&page, "/auth/second", &[("code", &spaced)]).await.expect(303).header("location"), "/");
    assert!(browser.get("/").await.expect(200).body.contains("@ada@acme.test"));
    let other = Browser::new(acme);
    let first = other.sign_in("ada", PASSWORD).await.expect(303);
    let page = other.get(first.header("location")).await.expect(200);
    other.submit(&page, "/auth/second", &[("code", &next)]).await.expect(422);
    assert!(other.session().is_none());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_recovery_code_lets_in_once() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    ada.sign_up("ada").await;
    let (_, done) = set_up_app(&world, &ada).await;
    let codes = codes_on(&done);
    for (typed, status) in [
        (codes[0].clone(), 303),
        (codes[0].clone(), 422),
        (codes[1].to_uppercase().replace('-', " "), 303),
        ("aaaa-aaaa-aaaa-aaaa".into(), 422),
    ] {
        let browser = Browser::new(acme);
        let first = browser.sign_in("ada", PASSWORD).await.expect(303);
        let page = browser.get(first.header("location")).await.expect(200);
        browser.submit(&page, "/auth/second", &[("code", &typed)]).await.expect(status);
    }
    let page = ada.get("/settings/security").await.expect(200);
    assert!(page.body.contains("8 codes are left"), "{}", page.body);
    let new = codes_on(&ada.submit(&page, "/settings/security/codes", &[]).await.expect(200));
    assert!(new.len() == 10 && new.iter().all(|code| !codes.contains(code)));
    let hashes = "SELECT count(*) FROM recovery_codes WHERE length(code_hash) = 32";
    assert_eq!(acme.count(hashes).await, 10, "hashes alone are kept");
    let browser = Browser::new(acme);
    let first = browser.sign_in("ada", PASSWORD).await.expect(303);
    let page = browser.get(first.header("location")).await.expect(200);
    browser.submit(&page, "/auth/second", &[("code", &codes[5])]).await.expect(422);
    browser.submit(&page, "/auth/second", &[("code", &new[5])]).await.expect(303);
    // Without the app there is nothing that codes would stand for.
    let page = ada.get("/settings/security").await.expect(200);
    ada.submit(&page, "/settings/security/app/remove", &[]).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM recovery_codes").await, 0);
    assert_eq!(Browser::new(acme).sign_in("ada", PASSWORD).await.expect(303).header("location"), "/");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lets_an_app_in_is_asked_for_the_code_too() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    ada.sign_up("ada").await;
    let (key, _) = set_up_app(&world, &ada).await;
    world.advance(TimeDelta::seconds(30)).await;
    let client = acme
        .post("/api/v1/apps", serde_json::json!({"client_name": "Phone", "redirect_uris": "phone://done"}))
        .await
        .expect(200);
    let authorize =
        format!("/oauth/authorize?response_type=code&client_id={}&redirect_uri=phone://done", client.text("client_id"));
    let phone = Browser::new(acme);
    let to = phone.get(&authorize).await.expect(303);
    let page = phone.get(to.header("location")).await.expect(200);
    let first = phone.submit(&page, "/auth/sign_in", &[("login", "ada"), ("password", PASSWORD)]).await.expect(303);
    phone.get(&authorize).await.expect(303);
    let page = phone.get(first.header("location")).await.expect(200);
    let code = code_of(&world, &key);
    let done = phone.submit(&page, "/auth/second", &[("code", &code)]).await.expect(303);
    let consent = phone.get(done.header("location")).await.expect(200);
    let back = phone.submit(&consent, "/oauth/authorize", &[("decision", "allow")]).await.expect(302);
    assert!(back.header("location").starts_with("phone://done?code="));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_ask_for_the_password_again() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    let stranger = ada.get("/settings/security").await.expect(303);
    assert_eq!(stranger.header("location"), "/auth/sign_in?return_to=%2Fsettings%2Fsecurity");
    ada.sign_up("ada").await;
    let to = ada.get("/settings/security").await.expect(303);
    assert_eq!(to.header("location"), "/auth/sure?return_to=%2Fsettings%2Fsecurity");
    let sure = ada.get(to.header("location")).await.expect(200);
    let wrong = ada.submit(&sure, "/auth/sure", &[("password", "wrong password")]).await.expect(422);
    assert!(wrong.body.contains("password-why"));
    ada.get("/settings/security").await.expect(303);
    ada.submit(&sure, "/auth/sure", &[("password", PASSWORD)]).await.expect(303);
    let page = ada.get("/settings/security").await.expect(200);
    // Another browser of hers has to be sure by itself.
    let other = Browser::new(acme);
    other.sign_in("ada", PASSWORD).await.expect(303);
    other.get("/settings/security").await.expect(303);
    let before = acme.fingerprint().await;
    world.clock.advance(TimeDelta::minutes(16));
    for (path, typed) in [
        ("/settings/security/password", vec![("password", "learn something new")]),
        ("/settings/security/app", vec![]),
        ("/settings/security/passkeys", vec![]),
    ] {
        let answer = ada.submit(&page, path, &typed).await.expect(303);
        assert!(answer.header("location").starts_with("/auth/sure?"), "{path}");
    }
    for path in ["/settings/email", "/settings/security/codes", "/settings/security/app/remove"] {
        let answer = ada.post(path, &[("email", "ada@globex.test")]).await.expect(303);
        assert!(answer.header("location").starts_with("/auth/sure?"), "{path}");
    }
    assert_eq!(acme.fingerprint().await, before);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_back_is_asked_first() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (cy, ada) = (acme.register("cy").await, Browser::new(acme));
    ada.sign_up("ada").await;
    set_up_app(&world, &ada).await;
    cy.follow("@ada@acme.test").await;
    let post = cy.post_status("@ada Hello").await;
    let form = ada.get("/settings/invitations").await.expect(200);
    ada.submit(&form, "/settings/invitations", &[("uses", "1"), ("days", "7")]).await.expect(200);
    let invitation = acme.count("SELECT id FROM invitations").await;
    for (path, button) in [
        (format!("/@cy/{}", post["id"].as_str().unwrap()), "name=\"do\" value=\"block\"".to_owned()),
        ("/followers".to_owned(), "action=\"/@cy/decline\"".to_owned()),
        ("/settings/invitations".to_owned(), format!("action=\"/settings/invitations/{invitation}/revoke\"")),
        ("/settings/security".to_owned(), "action=\"/settings/security/app/remove\"".to_owned()),
        ("/settings/security".to_owned(), "action=\"/settings/security/codes\"".to_owned()),
    ] {
        let page = open_sure(&ada, &path).await.body;
        let (before, _) = page.split_once(&button).unwrap_or_else(|| panic!("{button} is not on {path}"));
        let asks = before.rsplit("<details class=\"ask\">").next().unwrap();
        assert!(asks.len() < before.len() && !asks.contains("</details>"), "{button} on {path}: {page}");
    }
    world.finish().await;
}
