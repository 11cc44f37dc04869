//! Clients register, people let them in by the pages, and tokens come and go.

mod consent;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::refused_with_token;
use crate::support::{Answer, Browser, Instance, With, World};

const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";
const CALLBACK: &str = "https://client.example/back?x=1";

async fn new_client(acme: &Instance, redirects: Value) -> Value {
    let body = json!({"client_name": "Phone", "redirect_uris": redirects, "scopes": "read write:statuses"});
    acme.post("/api/v1/apps", body).await.expect(200).json
}

fn encode(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The page that asks for consent, with what a client asks beside the usual.
async fn ask(browser: &Browser, client: &Value, redirect: &str, more: &[(&str, &str)]) -> Answer {
    let id = client["client_id"].as_str().unwrap();
    let mut pairs = vec![("client_id", id), ("redirect_uri", redirect)];
    for usual in [("response_type", "code"), ("scope", "read"), ("state", "a&b=\"c\"")] {
        if !more.iter().any(|(name, _)| *name == usual.0) {
            pairs.push(usual);
        }
    }
    pairs.extend(more);
    browser.get(&format!("/oauth/authorize?{}", encode(&pairs))).await
}

/// A parameter of the address to which an answer redirects.
fn told(answer: &Answer, name: &str) -> Option<String> {
    let location = url::Url::parse(answer.header("location")).unwrap();
    location.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// A code for a client, given by a person who allows it.
async fn code(browser: &Browser, client: &Value, more: &[(&str, &str)]) -> String {
    let page = ask(browser, client, CALLBACK, more).await.expect(200);
    let answer = browser.submit(&page, "/oauth/authorize", &[("decision", "allow")]).await.expect(302);
    assert!(answer.header("location").starts_with(&format!("{CALLBACK}&code=")), "{}", answer.header("location"));
    assert_eq!(told(&answer, "state").unwrap(), "a&b=\"c\"");
    told(&answer, "code").unwrap()
}

async fn redeem(acme: &Instance, client: &Value, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", client["client_id"].as_str().unwrap()),
        ("client_secret", client["client_secret"].as_str().unwrap()),
        ("code", code),
    ];
    if !more.iter().any(|(name, _)| *name == "redirect_uri") {
        form.push(("redirect_uri", CALLBACK));
    }
    form.extend(more);
    acme.post_form("/oauth/token", &form).await
}

async fn whoami(acme: &Instance, token: &str) -> Answer {
    acme.send(Method::GET, "/api/v1/accounts/verify_credentials", With { token: Some(token), ..With::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_register_in_every_spelling() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let query = encode(&[
        ("client_name", "Ice Cubes"),
        ("redirect_uris", "icecubesapp://"),
        ("scopes", "read write follow push"),
    ]);
    let with = With::default();
    let by_query = acme.send(Method::POST, &format!("/api/v1/apps?{query}"), with).await.expect(200);
    assert_eq!(by_query["redirect_uris"], json!(["icecubesapp://"]));
    let form = [
        ("client_name", "Form"),
        ("redirect_uris[]", "tuba://auth_code"),
        ("redirect_uris[]", OUT_OF_BAND),
        ("scopes", "read+write"),
    ];
    assert_eq!(
        acme.post_form("/api/v1/apps", &form).await.expect(200)["redirect_uris"],
        json!(["tuba://auth_code", OUT_OF_BAND])
    );
    for (redirects, expected) in [
        (json!("com.tapbots.Ivory.10217:/request_token"), vec!["com.tapbots.Ivory.10217:/request_token"]),
        (json!([CALLBACK, OUT_OF_BAND]), vec![CALLBACK, OUT_OF_BAND]),
        (json!(format!("{OUT_OF_BAND}\nhttp://127.0.0.1:9/x")), vec![OUT_OF_BAND, "http://127.0.0.1:9/x"]),
    ] {
        let made = new_client(acme, redirects).await;
        assert_eq!(made["redirect_uris"], json!(expected));
        assert_eq!(made["redirect_uri"], expected.join("\n"));
        assert_eq!(made["scopes"], json!(["read", "write:statuses"]));
    }
    let plain = acme.post("/api/v1/apps", json!({"client_name": "x", "redirect_uris": OUT_OF_BAND})).await.expect(200);
    assert_eq!((&plain["scopes"], &plain["website"]), (&json!(["read"]), &json!(null)));
    let known = json!({"client_name": "x", "redirect_uris": OUT_OF_BAND, "website": "https://client.example/"});
    assert_eq!(acme.post("/api/v1/apps", known).await.expect(200)["website"], "https://client.example/");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_cannot_be_are_refused() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    for wrong in [
        json!({}),
        json!({"client_name": "", "redirect_uris": OUT_OF_BAND}),
        json!({"client_name": "x".repeat(61), "redirect_uris": OUT_OF_BAND}),
        json!({"client_name": "x"}),
        json!({"client_name": "x", "redirect_uris": ""}),
        json!({"client_name": "x", "redirect_uris": []}),
        json!({"client_name": "x", "redirect_uris": "/relative"}),
        json!({"client_name": "x", "redirect_uris": "javascript:alert(1)"}),
        json!({"client_name": "x", "redirect_uris": "data:text/html,x"}),
        json!({"client_name": "x", "redirect_uris": "https://client.example/#part"}),
        json!({"client_name": "x", "redirect_uris": vec![OUT_OF_BAND; 31]}),
        json!({"client_name": "x", "redirect_uris": OUT_OF_BAND, "scopes": "everything"}),
        json!({"client_name": "x", "redirect_uris": OUT_OF_BAND, "website": "javascript:alert(1)"}),
    ] {
        refused_with_token(acme, Method::POST, "/api/v1/apps", With { json: Some(wrong), ..With::default() }, 422)
            .await;
    }
    for wrong in
        [json!({"client_name": {"a": 1}, "redirect_uris": "x"}), json!({"client_name": "x", "redirect_uris": {"a": 1}})]
    {
        refused_with_token(acme, Method::POST, "/api/v1/apps", With { json: Some(wrong), ..With::default() }, 400)
            .await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_proves_who_asked_for_it() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (client, browser) = (new_client(acme, json!(CALLBACK)).await, Browser::new(acme));
    browser.sign_up("ada").await;
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let challenge = URL_SAFE_NO_PAD.encode(pollen::base::secret::hash(verifier));
    let pkce = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    let right = code(&browser, &client, &pkce).await;
    redeem(acme, &client, &right, &[("code_verifier", verifier)]).await.expect(200);
    let wrong = "x".repeat(43);
    for given in [
        vec![],
        vec![("code_verifier", wrong.as_str())],
        vec![("code_verifier", "")],
        vec![("code_verifier", challenge.as_str())],
    ] {
        let next = code(&browser, &client, &pkce).await;
        assert_eq!(redeem(acme, &client, &next, &given).await.expect(400)["error"], "invalid_grant", "{given:?}");
    }
    let without = code(&browser, &client, &[]).await;
    redeem(acme, &client, &without, &[("code_verifier", verifier)]).await.expect(400);
    for wrong in [
        [("code_challenge", challenge.as_str()), ("code_challenge_method", "plain")],
        [("code_challenge", "short"), ("code_challenge_method", "S256")],
    ] {
        let answer = ask(&browser, &client, CALLBACK, &wrong).await.expect(302);
        assert_eq!(told(&answer, "error").unwrap(), "invalid_request");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_for_one_client_one_address_and_one_use() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let client = new_client(acme, json!([CALLBACK, "https://client.example/other"])).await;
    let (other, browser) = (new_client(acme, json!(CALLBACK)).await, Browser::new(acme));
    browser.sign_up("ada").await;
    let first = code(&browser, &client, &[]).await;
    assert_eq!(redeem(acme, &other, &first, &[]).await.expect(400)["error"], "invalid_grant");
    redeem(acme, &client, &first, &[("redirect_uri", "https://client.example/other")]).await.expect(400);
    let token = redeem(acme, &client, &first, &[]).await.expect(200).text("access_token");
    whoami(acme, &token).await.expect(200);
    redeem(acme, &client, &first, &[]).await.expect(400);
    whoami(acme, &token).await.expect(401);
    redeem(acme, &client, &first, &[]).await.expect(400);
    let late = code(&browser, &client, &[]).await;
    world.clock.advance(TimeDelta::minutes(11));
    assert_eq!(redeem(acme, &client, &late, &[]).await.expect(400)["error"], "invalid_grant");
    for wrong in ["", "nonsense", "\0"] {
        redeem(acme, &client, wrong, &[]).await.expect(400);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_has_a_token_for_itself() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let client = new_client(acme, json!(CALLBACK)).await;
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let body = json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret, "scope": "read"});
    let token = acme.post("/oauth/token", body).await.expect(200);
    let with = |token| With { token: Some(token), ..With::default() };
    let verified =
        acme.send(Method::GET, "/api/v1/apps/verify_credentials", with(&token.text("access_token"))).await.expect(200);
    assert_eq!((&verified["name"], &verified["client_secret"]), (&json!("Phone"), &json!(null)));
    acme.get("/api/v1/apps/verify_credentials").await.expect(401);
    // By HTTP Basic.
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let headers = [("authorization", basic.as_str())];
    let form = [("grant_type", "client_credentials")];
    acme.send(Method::POST, "/oauth/token", With { form: Some(&form), headers: &headers, ..With::default() })
        .await
        .expect(200);
    let form =
        |kind, secret, scope| [("grant_type", kind), ("client_id", id), ("client_secret", secret), ("scope", scope)];
    for (form, status, error) in [
        (form("client_credentials", secret, "write"), 400, "invalid_scope"),
        (form("client_credentials", secret, "nonsense"), 400, "invalid_scope"),
        (form("client_credentials", "wrong", "read"), 401, "invalid_client"),
        (form("client_credentials", "", "read"), 401, "invalid_client"),
        (form("password", secret, "read"), 400, "unsupported_grant_type"),
        (form("", secret, "read"), 400, "invalid_request"),
        (form("authorization_code", secret, "read"), 400, "invalid_request"),
    ] {
        let with = With { form: Some(&form), ..With::default() };
        let answer = refused_with_token(acme, Method::POST, "/oauth/token", with, status).await;
        assert_eq!(answer["error"], error, "{form:?}");
        assert!(!answer.text("error_description").is_empty());
    }
    for body in ["{", "[]"] {
        let with = With { body: Some(("application/json", body.into())), ..With::default() };
        assert_eq!(acme.send(Method::POST, "/oauth/token", with).await.expect(400)["error"], "invalid_request");
    }
    acme.post("/oauth/token", json!({})).await.expect(401);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_has_few_tokens_for_itself() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let (client, other) = (new_client(acme, json!(CALLBACK)).await, new_client(acme, json!(CALLBACK)).await);
    let ask = async |client: &Value| {
        let (id, secret) = (&client["client_id"], &client["client_secret"]);
        let body = json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret});
        acme.post("/oauth/token", body).await.expect(200).text("access_token")
    };
    let others = ask(&other).await;
    let mut tokens = Vec::new();
    for _ in 0..21 {
        tokens.push(ask(&client).await);
    }
    for (token, status) in [(&tokens[0], 401), (&tokens[1], 200), (&tokens[20], 200), (&others, 200)] {
        let with = With { token: Some(token), ..With::default() };
        acme.send(Method::GET, "/api/v1/apps/verify_credentials", with).await.expect(status);
    }
    ada.home().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_taken_back_by_its_client() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (client, other) = (new_client(acme, json!(CALLBACK)).await, new_client(acme, json!(CALLBACK)).await);
    let browser = Browser::new(acme);
    browser.sign_up("ada").await;
    let token = redeem(acme, &client, &code(&browser, &client, &[]).await, &[]).await.expect(200).text("access_token");
    let revoke = async |client: &Value, token: &str| {
        let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
        acme.post_form("/oauth/revoke", &[("client_id", id), ("client_secret", secret), ("token", token)]).await
    };
    revoke(&other, &token).await.expect(403);
    acme.post_form("/oauth/revoke", &[("token", &token)]).await.expect(403);
    whoami(acme, &token).await.expect(200);
    revoke(&client, "nonsense").await.expect(200);
    revoke(&client, &token).await.expect(200);
    whoami(acme, &token).await.expect(401);
    revoke(&client, &token).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_learn_who_signed_in_and_what_is_offered() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let known = ada.with_scopes("profile").await;
    for method in [Method::GET, Method::POST] {
        let info = known.send(method, "/oauth/userinfo", With::default()).await.expect(200);
        assert_eq!((info.text("sub"), info.text("preferred_username")), (ada.account.uri.clone(), "ada".to_owned()));
        assert!(info["picture"].is_string(), "{}", info.body);
    }
    ada.with_scopes("read").await.get("/oauth/userinfo").await.expect(403);
    acme.get("/oauth/userinfo").await.expect(401);
    let document = acme.get("/.well-known/oauth-authorization-server").await.expect(200);
    assert_eq!(document["issuer"], "http://acme.test/");
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    for (endpoint, path) in [
        ("authorization_endpoint", "/oauth/authorize"),
        ("token_endpoint", "/oauth/token"),
        ("app_registration_endpoint", "/api/v1/apps"),
        ("revocation_endpoint", "/oauth/revoke"),
        ("userinfo_endpoint", "/oauth/userinfo"),
    ] {
        assert_eq!(document[endpoint], format!("http://acme.test{path}"));
    }
    for scope in ["read", "write", "follow", "push", "profile", "read:statuses", "write:statuses"] {
        assert!(document["scopes_supported"].as_array().unwrap().contains(&json!(scope)), "{scope}");
    }
    world.finish().await;
}
