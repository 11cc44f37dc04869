//! People register through a client.

use pollen::config::RegistrationMode;
use reqwest::Method;
use serde_json::{Value, json};

use super::refused_with_token;
use super::reports::staff;
use crate::support::{Answer, Browser, Instance, With, World};

fn person() -> Value {
    json!({"username": "ada", "email": "ada@people.test", "password": "learn together", "agreement": true, "locale": "en"})
}

async fn register(acme: &Instance, token: &str, with: Value) -> Answer {
    let mut json = person();
    json.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    acme.send(Method::POST, "/api/v1/accounts", With { token: Some(token), json: Some(json), ..With::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_registers_a_person_and_speaks_for_them() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let client = acme.app_token("read write").await;
    let token = register(acme, &client, json!({})).await.expect(200);
    let with =
        With { token: Some(&token.text("access_token")), json: Some(json!({"status": "First"})), ..With::default() };
    let post = acme.send(Method::POST, "/api/v1/statuses", with).await.expect(200);
    assert_eq!(post["account"]["username"], "ada");
    assert_eq!(token["scope"], "read write");
    Browser::new(acme).sign_in("ada@people.test", "learn together").await.expect(303);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_field_says_what_is_wrong_with_it() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let client = acme.app_token("write:accounts").await;
    register(acme, &client, json!({"username": "Taken", "email": "taken@people.test"})).await.expect(200);
    for (wrong, field, error) in [
        (json!({"username": ""}), "username", "ERR_BLANK"),
        (json!({"username": null}), "username", "ERR_BLANK"),
        (json!({"username": "a".repeat(31)}), "username", "ERR_TOO_LONG"),
        (json!({"username": "a b"}), "username", "ERR_INVALID"),
        (json!({"username": "ada@acme.test"}), "username", "ERR_INVALID"),
        (json!({"username": "ad\u{430}"}), "username", "ERR_INVALID"),
        (json!({"username": "Admin"}), "username", "ERR_RESERVED"),
        (json!({"username": "tAKEN"}), "username", "ERR_TAKEN"),
        (json!({"email": ""}), "email", "ERR_BLANK"),
        (json!({"email": "ada"}), "email", "ERR_INVALID"),
        (json!({"email": " TAKEN@people.test "}), "email", "ERR_TAKEN"),
        (json!({"password": ""}), "password", "ERR_BLANK"),
        (json!({"password": "short"}), "password", "ERR_TOO_SHORT"),
        (json!({"password": "x".repeat(257)}), "password", "ERR_TOO_LONG"),
        (json!({"agreement": false}), "agreement", "ERR_ACCEPTED"),
        (json!({"agreement": null}), "agreement", "ERR_ACCEPTED"),
    ] {
        let before = acme.fingerprint().await;
        let answer = register(acme, &client, wrong.clone()).await.expect(422);
        assert_eq!(answer["details"].as_object().unwrap().len(), 1, "{wrong}: {}", answer.body);
        assert_eq!(answer["details"][field][0]["error"], error, "{wrong}: {}", answer.body);
        assert_eq!(acme.fingerprint().await, before);
    }
    let with = With { token: Some(&client), json: Some(json!({})), ..With::default() };
    let all = refused_with_token(acme, Method::POST, "/api/v1/accounts", with, 422).await;
    assert_eq!(all["details"].as_object().unwrap().len(), 4);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_who_want_the_same_name_gets_it() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let client = acme.app_token("write").await;
    let try_it =
        async |number: usize| register(acme, &client, json!({"email": format!("a{number}@people.test")})).await;
    let answers = futures_util::future::join_all((0..4).map(try_it)).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422, 422, 422]);
    for refused in answers.iter().filter(|answer| answer.status == 422) {
        assert_eq!(refused["details"]["username"][0]["error"], "ERR_TAKEN", "{}", refused.body);
    }
    assert_eq!(acme.count("SELECT count(*) FROM accounts WHERE lower(username) = 'ada'").await, 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_needs_a_client_of_its_own() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ben = acme.register("ben").await;
    let reader = acme.app_token("read").await;
    for (token, status) in
        [(None, 401), (Some("nonsense"), 401), (Some(reader.as_str()), 403), (Some(ben.token.as_str()), 403)]
    {
        let with = With { token, json: Some(person()), ..With::default() };
        refused_with_token(acme, Method::POST, "/api/v1/accounts", with, status).await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_instance_registers_nobody() {
    let closed =
        World::builder().instance("acme.test").configure(|config| config.registrations.mode = RegistrationMode::Closed);
    let world = closed.start().await;
    let acme = world.instance("acme.test");
    let client = acme.app_token("write").await;
    let with = With { token: Some(&client), json: Some(person()), ..With::default() };
    refused_with_token(acme, Method::POST, "/api/v1/accounts", with, 403).await;
    let browser = Browser::new(acme);
    browser.get("/auth/sign_up").await.expect(404);
    let form = [("username", "ada"), ("email", "ada@people.test"), ("password", "learn together"), ("agreement", "on")];
    browser.post("/auth/sign_up", &form).await.expect(404);
    assert_eq!(acme.get("/api/v2/instance").await.expect(200)["registrations"]["enabled"], false);
    assert_eq!(acme.get("/api/v1/instance").await.expect(200)["registrations"], false);
    assert!(!browser.get("/").await.expect(200).body.contains("/auth/sign_up"));
    assert_eq!(acme.count("SELECT count(*) FROM users").await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_register_is_told_how_to_get_an_account() {
    let start = async |mode| {
        let told = move |config: &mut pollen::config::Config| {
            config.registrations.mode = mode;
            config.registrations.message = "Ask **Olga** <script>x</script>".into();
            config.registrations.url = Some("https://intranet.acme.example/accounts".parse().unwrap());
        };
        World::builder().instance("acme.test").configure(told).start().await
    };
    for mode in [RegistrationMode::Closed, RegistrationMode::Invitation] {
        let world = start(mode).await;
        let acme = world.instance("acme.test");
        let told = acme.get("/api/v2/instance").await.expect(200)["registrations"].clone();
        assert!(told["message"].as_str().unwrap().starts_with("<p>Ask <strong>Olga</strong>"), "{told}");
        assert_eq!(told["url"], "https://intranet.acme.example/accounts");
        let browser = Browser::new(acme);
        let page = browser.get("/auth/sign_up").await.expect(200).body;
        assert!(page.contains("<p>Ask <strong>Olga</strong>") && !page.contains("<script>x"), "{page}");
        assert!(page.contains("href=\"https://intranet.acme.example/accounts\"") && !page.contains("id=\"username\""));
        for path in ["/", "/auth/sign_in"] {
            assert!(browser.get(path).await.expect(200).body.contains("href=\"/auth/sign_up\""), "{path}");
        }
        let form =
            [("username", "ada"), ("email", "a@people.test"), ("password", "learn together"), ("agreement", "on")];
        browser.post("/auth/sign_up", &form).await.expect(404);
        world.finish().await;
    }
    // Where people can register, nothing of this is said.
    let world = start(RegistrationMode::Open).await;
    let told = world.instance("acme.test").get("/api/v2/instance").await.expect(200)["registrations"].clone();
    assert_eq!((&told["message"], &told["url"]), (&json!(null), &json!(null)));
    let page = Browser::new(world.instance("acme.test")).get("/auth/sign_up").await.expect(200).body;
    assert!(page.contains("id=\"username\"") && !page.contains("Olga"), "{page}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_through_which_program_somebody_registered() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ruth = staff(acme, "ruth", "admin").await;
    let client = acme.app_token("read write").await;
    register(acme, &client, json!({})).await.expect(200);
    Browser::new(acme).sign_up("ben").await;
    let with = With { token: Some(&client), ..With::default() };
    let program = acme.send(Method::GET, "/api/v1/apps/verify_credentials", with).await.expect(200);
    let accounts = ruth.get("/api/v1/admin/accounts?local=true").await.expect(200);
    let through = |name: &str| {
        let found = accounts.list().iter().find(|account| account["username"] == name).unwrap();
        found["created_by_application_id"].clone()
    };
    assert_eq!((through("ada"), through("ben")), (program["id"].clone(), json!(null)));
    // It is forgotten with the program.
    acme.sql("DELETE FROM oauth_applications").await;
    let accounts = acme.count("SELECT count(*) FROM users WHERE created_by_application_id IS NULL").await;
    assert_eq!(accounts, 3);
    world.finish().await;
}
