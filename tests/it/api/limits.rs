//! How often and how much one may ask, and input that no field should ever have.

use base64::Engine;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Instance, With, World};

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_for_each_token() {
    let world = World::builder().instance("acme.test").configure(|config| config.limits.requests = 5).start().await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    // Until a token has been found to hold, its request counts against the address.
    ada.get("/api/v1/timelines/home").await.expect(200);
    for left in (0..5).rev() {
        let answer = ada.get("/api/v1/timelines/home").await.expect(200);
        assert_eq!(answer.header("x-ratelimit-limit"), "5");
        assert_eq!(answer.header("x-ratelimit-remaining"), left.to_string());
        let reset = chrono::DateTime::parse_from_rfc3339(answer.header("x-ratelimit-reset")).unwrap();
        assert!(reset > acme.app.now());
    }
    let over = ada.get("/api/v1/timelines/home").await.expect(429);
    assert!(over.header("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(over.header("x-ratelimit-remaining"), "0");
    assert!(over["error"].is_string());
    let headers = [("origin", "https://phanpy.example")];
    let over =
        ada.send(Method::GET, "/api/v1/nothing", With { headers: &headers, ..With::default() }).await.expect(429);
    assert_eq!(over.header("access-control-allow-origin"), "*", "web clients can read why");
    ben.get("/api/v1/timelines/home").await.expect(200);
    acme.get("/api/v2/instance").await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn made_up_tokens_do_not_lift_the_limit() {
    let world = World::builder().instance("acme.test").configure(|config| config.limits.requests = 5).start().await;
    let acme = world.instance("acme.test");
    for scheme in ["Bearer", "Basic", "Anything"] {
        let statuses = ask_as(acme, scheme).await;
        assert_eq!(statuses.last(), Some(&429), "whoever makes up tokens is counted by address: {scheme} {statuses:?}");
    }
    world.finish().await;
}

/// Whoever likes registers applications, and has tokens for each.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_applications_do_not_lift_the_limit() {
    let world = World::builder().instance("acme.test").configure(|config| config.limits.requests = 5).start().await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let token = acme.app_token("read").await;
        for _ in 0..2 {
            let with = With { token: Some(&token), ..With::default() };
            statuses.push(acme.send(Method::GET, "/api/v1/timelines/public", with).await.status);
        }
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429, 429, 429]);
    let form = [("grant_type", "client_credentials"), ("client_id", "x"), ("client_secret", "y")];
    let refused = acme.post_form("/oauth/token", &form).await.expect(429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    ada.get("/api/v1/timelines/home").await.expect(429);
    world.finish().await;
}

/// Twelve requests, each with another token that was made up.
async fn ask_as(acme: &Instance, scheme: &str) -> Vec<u16> {
    let mut statuses = Vec::new();
    for number in 0..12 {
        let value = format!("{scheme} made-up-{number}");
        let headers = [("authorization", value.as_str())];
        let with = With { headers: &headers, ..With::default() };
        statuses.push(acme.send(Method::GET, "/api/v1/timelines/public", with).await.status);
    }
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_clients_is_limited() {
    let world = World::builder().instance("acme.test").configure(|config| config.limits.sign_in = 2).start().await;
    let acme = world.instance("acme.test");
    let body = json!({"client_name": "x", "redirect_uris": "x://y"});
    for _ in 0..2 {
        acme.post("/api/v1/apps", body.clone()).await.expect(200);
    }
    assert!(acme.post("/api/v1/apps", body).await.expect(429).header("retry-after").parse::<u64>().unwrap() > 0);
    world.finish().await;
}

/// Postgres stores no NUL: a text with one is the client's mistake, not a fault of ours.
#[tokio::test(flavor = "multi_thread")]
async fn a_nul_is_never_a_fault_of_ours() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    for (method, path, body) in [
        (Method::POST, "/api/v1/statuses", json!({"status": "a\u{0}b"})),
        (Method::POST, "/api/v1/statuses", json!({"status": "a", "spoiler_text": "a\u{0}b"})),
        (Method::POST, "/api/v1/statuses", json!({"status": "a", "language": "e\u{0}"})),
        (Method::PATCH, "/api/v1/accounts/update_credentials", json!({"display_name": "a\u{0}b"})),
        (Method::PATCH, "/api/v1/accounts/update_credentials", json!({"note": "a\u{0}b"})),
        (
            Method::PATCH,
            "/api/v1/accounts/update_credentials",
            json!({"fields_attributes": [{"name": "a\u{0}", "value": "b\u{0}"}]}),
        ),
        (Method::POST, "/api/pollen/v1/groups", json!({"username": "g", "display_name": "a\u{0}b"})),
        (Method::POST, "/api/v1/apps", json!({"client_name": "a\u{0}b", "redirect_uris": "x://y"})),
        (
            Method::POST,
            "/oauth/token",
            json!({"grant_type": "client_credentials", "client_id": "a\u{0}", "client_secret": "x"}),
        ),
    ] {
        let answer = ada.send(method, path, With { json: Some(body.clone()), ..With::default() }).await;
        assert!((400..500).contains(&answer.status), "{path} with {body} answered {}", answer.status);
    }
    let basic = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode("a\0b:c"));
    let headers = [("authorization", basic.as_str())];
    acme.send(Method::POST, "/oauth/token", With { headers: &headers, ..With::default() }).await.expect(401);
    let form = [("login", "a\0"), ("password", "b\0"), ("token", "\0"), ("username", "\0"), ("client_id", "\0")];
    for path in ["/auth/sign_in", "/auth/sign_up", "/auth/sign_out", "/oauth/authorize", "/oauth/revoke"] {
        acme.post_form(path, &form).await.expect(400);
    }
    for path in [
        "/api/v2/search?q=a%00b",
        "/api/v2/search?q=%23a%00b",
        "/api/v2/search?q=https://acme.test/%00",
        "/api/v1/accounts/search?q=%00",
        "/api/v1/accounts/lookup?acct=a%00",
        "/api/v1/timelines/tag/a%00b",
        "/api/v1/notifications?types[]=%00",
        "/api/v1/markers?timeline[]=%00",
        "/tags/a%00b",
        "/@a%00b",
        "/users/a%00b",
        "/users/a%00/outbox",
        "/oauth/authorize?client_id=%00",
        "/.well-known/webfinger?resource=acct:a%00@acme.test",
        "/users/ada/statuses/%00",
        "/%00",
    ] {
        let answer = ada.get(path).await;
        assert!(answer.status < 500, "{path} answered {}", answer.status);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_bodies_are_never_a_fault_of_ours() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let long: Value =
        json!({"username": "x".repeat(100_000), "email": "x".repeat(100_000), "password": "x".repeat(100_000)});
    for path in [
        "/api/v1/statuses",
        "/api/v1/apps",
        "/oauth/token",
        "/oauth/revoke",
        "/api/v1/markers",
        "/api/v1/accounts",
        "/auth/sign_in",
        "/auth/sign_up",
        "/oauth/authorize",
        "/inbox",
        "/users/ada/inbox",
    ] {
        for body in [
            ("application/json", "{\"a\": ".repeat(5000)),
            ("application/json", "[".repeat(100_000)),
            ("application/json", "{\"status\": \"\\ud800\"}".into()),
            ("application/x-www-form-urlencoded", "%FF%FE=%ZZ&&&=&[]=x&a[=1&a]=2&a[][][]=3".into()),
            ("multipart/form-data; boundary=x", "--x--".into()),
            ("text/plain", "hello".into()),
            ("", "\u{0}".into()),
            ("application/json", long.to_string()),
            ("application/json", "\"status\"".into()),
        ] {
            let answer =
                ada.send(Method::POST, path, With { body: Some((body.0, body.1.clone())), ..With::default() }).await;
            assert!(
                (400..500).contains(&answer.status) || path == "/api/v1/markers",
                "{path} with {} answered {}",
                body.0,
                answer.status
            );
        }
    }
    world.finish().await;
}
