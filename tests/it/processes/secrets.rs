//! Nothing secret is in the logs, however much is logged.

use reqwest::Method;
use serde_json::Value;

use super::server::{PASSWORD, Server, send};
use super::{Home, until};
use crate::support::TestDatabase;

/// The text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split_once(before).unwrap_or_else(|| panic!("{before} is not in {text}")).1.split_once(after).unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_tokens_and_cookies_are_not_logged_and_every_line_is_json() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let mut acme = Server::alone(&home, &database.url, "[log]\nformat = \"json\"\nfilter = \"trace\"\n");
    acme.start();
    acme.ready().await;
    let ada = acme.join("ada").await;
    ada.post_until_accepted("Nobody's business in a log").await;

    // In a browser, once wrongly and once rightly.
    let page = acme.get("/auth/sign_in").await.expect(200);
    let browser = page.header("set-cookie").split(';').next().unwrap().to_owned();
    let form_token = between(&page.body, "name=\"token\" value=\"", "\"").to_owned();
    let sign_in = |password: &'static str| {
        let form = [("token", form_token.as_str()), ("login", "ada@people.test"), ("password", password)];
        let request = acme.request(Method::POST, "/auth/sign_in").header("cookie", &browser);
        let request = request.header("origin", acme.url("")).form(&form);
        async { send(request).await.unwrap() }
    };
    sign_in("not the right one").await.expect(422);
    let signed_in = sign_in(PASSWORD).await.expect(303);
    let session = signed_in.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let session = session.map(|cookie| between(cookie, "=", ";").to_owned()).find(|value| !value.is_empty()).unwrap();
    acme.get(&format!("/api/v1/timelines/home?access_token={}", ada.token)).await;

    let said = until("the requests to be logged", async || {
        let said = acme.said();
        said.contains("/api/v1/timelines/home").then_some(said)
    })
    .await;
    let database_password = between(&database.url, "pollen:", "@");
    let browser = between(&browser, "=", "").to_owned() + browser.split_once('=').unwrap().1;
    let secrets = [
        PASSWORD,
        "not the right one",
        &ada.token,
        &session,
        &browser,
        &form_token,
        database_password,
        "Nobody's business",
    ];
    for line in said.lines() {
        let parsed: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(parsed["timestamp"].is_string() && parsed["level"].is_string(), "{line}");
        for secret in secrets {
            assert!(!line.contains(secret), "{secret} is in the log: {line}");
        }
    }
}
