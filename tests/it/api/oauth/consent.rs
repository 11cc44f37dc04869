//! People let clients in, by the pages, and nobody is tricked into it.

use reqwest::Method;
use serde_json::json;

use super::{CALLBACK, OUT_OF_BAND, ask, new_client, redeem, told, whoami};
use crate::support::{Browser, PASSWORD, World, hidden_fields};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_lets_a_client_in() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (client, browser) = (new_client(acme, json!(CALLBACK)).await, Browser::new(acme));
    // Not signed in: first the sign-in, then back to where one was.
    Browser::new(acme).sign_up("ada").await;
    let sent = ask(&browser, &client, CALLBACK, &[]).await.expect(303);
    let sign_in = browser.get(sent.header("location")).await.expect(200);
    let typed = [("login", "ada"), ("password", PASSWORD)];
    let back = browser.submit(&sign_in, "/auth/sign_in", &typed).await.expect(303);
    let page = browser.get(back.header("location")).await.expect(200);
    for part in ["Phone", "@ada@acme.test", "client.example"] {
        assert!(page.body.contains(part), "{part} is not in {}", page.body);
    }
    assert!(page.header("content-security-policy").contains("form-action 'self' https://client.example;"));
    let allowed = browser.submit(&page, "/oauth/authorize", &[("decision", "allow")]).await.expect(302);
    let token = redeem(acme, &client, &told(&allowed, "code").unwrap(), &[]).await.expect(200);
    assert_eq!((token.text("scope"), token.header("cache-control")), ("read".to_owned(), "no-store"));
    assert_eq!(whoami(acme, &token.text("access_token")).await.expect(200)["username"], "ada");
    let denied = browser.submit(&page, "/oauth/authorize", &[("decision", "deny")]).await.expect(302);
    assert_eq!(told(&denied, "error").unwrap(), "access_denied");
    assert_eq!(told(&denied, "state").unwrap(), "a&b=\"c\"");
    assert!(told(&denied, "code").is_none());
    // Whoever is signed in signs in again when the client wants that.
    let anew = ask(&browser, &client, CALLBACK, &[("force_login", "true")]).await.expect(303);
    assert!(anew.header("location").starts_with("/auth/sign_in?") && !anew.header("location").contains("force_login"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_copied_by_hand() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (client, browser) = (new_client(acme, json!(OUT_OF_BAND)).await, Browser::new(acme));
    browser.sign_up("ada").await;
    let page = ask(&browser, &client, OUT_OF_BAND, &[]).await.expect(200);
    let shown = browser.submit(&page, "/oauth/authorize", &[("decision", "allow")]).await.expect(200);
    assert_eq!(shown.header("cache-control"), "no-store");
    let code = shown.body.split("id=\"code\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let token = redeem(acme, &client, code, &[("redirect_uri", OUT_OF_BAND)]).await.expect(200);
    whoami(acme, &token.text("access_token")).await.expect(200);
    let denied = browser.submit(&page, "/oauth/authorize", &[("decision", "deny")]).await;
    assert_eq!((denied.status, denied.header("location")), (400, ""));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_where_no_client_registered() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (client, browser) = (new_client(acme, json!(CALLBACK)).await, Browser::new(acme));
    browser.sign_up("ada").await;
    for elsewhere in [
        "https://evil.example/",
        "https://client.example/back",
        "https://client.example/back?x=1&y=2",
        "https://client.example/back?x=1#",
        "https://client.example.evil.example/back?x=1",
        "https://client.example@evil.example/back?x=1",
        "//evil.example",
        "",
        OUT_OF_BAND,
        "HTTPS://client.example/back?x=1",
        "javascript:alert(1)",
        "https://client.example/back?x=1\0",
    ] {
        let answer = ask(&browser, &client, elsewhere, &[]).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{elsewhere}");
    }
    let unknown = json!({"client_id": "nobody"});
    assert_eq!(ask(&browser, &unknown, CALLBACK, &[]).await.expect(400).header("location"), "");
    browser.get("/oauth/authorize").await.expect(400);
    for (more, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "read write"), "invalid_scope"),
        (("scope", "push"), "invalid_scope"),
        (("scope", "nonsense"), "invalid_scope"),
        (("scope", ""), "invalid_scope"),
    ] {
        let answer = ask(&browser, &client, CALLBACK, &[more]).await.expect(302);
        assert_eq!(told(&answer, "error").unwrap(), error, "{more:?}");
        assert!(answer.header("location").starts_with("https://client.example/back?x=1&"));
    }
    // The consent form is checked again: its fields come from the browser.
    let page = ask(&browser, &client, CALLBACK, &[]).await.expect(200);
    let mut fields = hidden_fields(&page.body, "/oauth/authorize");
    fields
        .iter_mut()
        .filter(|(name, _)| name == "redirect_uri")
        .for_each(|(_, value)| *value = "https://evil.example/".into());
    fields.push(("decision".into(), "allow".into()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(browser.post("/oauth/authorize", &fields).await.expect(400).header("location"), "");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_given_by_the_persons_own_form() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (client, browser) = (new_client(acme, json!(CALLBACK)).await, Browser::new(acme));
    browser.sign_up("ada").await;
    let stranger = Browser::new(acme);
    stranger.sign_up("mal").await;
    let foreign = ask(&stranger, &client, CALLBACK, &[]).await.expect(200);
    let before = acme.fingerprint().await;
    let answer = browser.submit(&foreign, "/oauth/authorize", &[("decision", "allow")]).await.expect(422);
    assert_eq!(answer.header("location"), "");
    let page = ask(&browser, &client, CALLBACK, &[]).await.expect(200);
    let fields = hidden_fields(&page.body, "/oauth/authorize");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let all = [fields.as_slice(), &[("decision", "allow")]].concat();
    for headers in [
        [("origin", "https://evil.example"), ("x-none", "1")],
        [("origin", "http://acme.test"), ("sec-fetch-site", "cross-site")],
        [("origin", "null"), ("x-none", "1")],
    ] {
        browser.send(Method::POST, "/oauth/authorize", Some(&all), &headers).await.expect(422);
    }
    browser.post("/oauth/authorize", &all[1..]).await.expect(422);
    assert_eq!(acme.fingerprint().await, before);
    world.finish().await;
}
