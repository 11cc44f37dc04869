//! Getting in, and what keeps an account its person's own.

mod enumeration;
mod guesses;
mod invitations;
mod letters;
mod passkeys;
mod second;
mod sessions;

use serde_json::json;
use totp_rs::{Builder, Secret};

use crate::support::{Answer, Browser, Instance, PASSWORD, World};

/// Registers somebody by a client; their token.
async fn register(instance: &Instance, username: &str) -> String {
    let app = instance.app_token("read write").await;
    let new = json!({
        "username": username,
        "email": format!("{username}@people.test"),
        "password": PASSWORD,
        "agreement": true,
        "locale": "en",
    });
    let with = crate::support::With { token: Some(&app), json: Some(new), ..Default::default() };
    instance.send(reqwest::Method::POST, "/api/v1/accounts", with).await.expect(200).text("access_token")
}

/// Whether a token holds.
async fn holds(instance: &Instance, token: &str) -> bool {
    let with = crate::support::With { token: Some(token), ..Default::default() };
    let answer = instance.send(reqwest::Method::GET, "/api/v1/accounts/verify_credentials", with).await;
    assert!(matches!(answer.status, 200 | 401), "{}", answer.body);
    answer.status == 200
}

/// Opens a page that asks for the password again first.
async fn open_sure(browser: &Browser, path: &str) -> Answer {
    open_sure_with(browser, path, PASSWORD).await
}

/// As [`open_sure`], with another password.
async fn open_sure_with(browser: &Browser, path: &str, password: &str) -> Answer {
    let first = browser.get(path).await;
    if first.status == 200 {
        return first;
    }
    let sure = browser.get(first.expect(303).header("location")).await.expect(200);
    let answer = browser.submit(&sure, "/auth/sure", &[("password", password)]).await.expect(303);
    assert_eq!(answer.header("location"), path);
    browser.get(path).await.expect(200)
}

/// What an app shows now that was given the key on this page.
fn code(world: &World, page: &Answer) -> String {
    code_of(world, &key_on(page))
}

/// The key on the page that sets an app up.
fn key_on(page: &Answer) -> String {
    page.body.split("<code class=\"copy\">").nth(1).unwrap().split("</code>").next().unwrap().replace(' ', "")
}

fn code_of(world: &World, key: &str) -> String {
    let app = Builder::new().with_secret(Secret::try_from_base32(key).unwrap()).build().unwrap();
    app.generate(u64::try_from(world.clock.now().timestamp()).unwrap()).to_string()
}

/// The recovery codes on a page.
fn codes_on(page: &Answer) -> Vec<String> {
    let list = page.body.split("<ol class=\"codes\">").nth(1).expect("recovery codes").split("</ol>").next().unwrap();
    let codes = list.split("<code>").skip(1).map(|code| code.split("</code>").next().unwrap().to_owned());
    codes.collect()
}

/// Sets up an app in a browser that is signed in; its key and the page with the recovery codes.
async fn set_up_app(world: &World, browser: &Browser) -> (String, Answer) {
    let (key, _, done) = set_up_app_by(world, browser).await;
    (key, done)
}

/// Like [`set_up_app`]; in the middle the code by which the app showed that it knows the key.
async fn set_up_app_by(world: &World, browser: &Browser) -> (String, String, Answer) {
    let security = open_sure(browser, "/settings/security").await;
    browser.submit(&security, "/settings/security/app", &[]).await.expect(303);
    let page = browser.get("/settings/security/app").await.expect(200);
    let typed = code(world, &page);
    let done = browser.submit(&page, "/settings/security/app/confirm", &[("code", &typed)]).await.expect(200);
    (key_on(&page), typed, done)
}
