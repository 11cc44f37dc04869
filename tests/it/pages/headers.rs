//! What protects pages: headers, cookies, no scripts but our own files; and in which language they are.

use serde_json::json;

use crate::support::{Browser, World};

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_protected() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let post = ada.post_status("Hello").await;
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    let own = regex::Regex::new(r#"<script src="/assets/[a-z]+-[0-9a-f]{12}\.js" defer></script>"#).unwrap();
    let style = regex::Regex::new(r"(?i)<script|<style|\sstyle=|\son[a-z]+=|javascript:").unwrap();
    for path in [
        "/",
        "/compose",
        "/notifications",
        "/about",
        "/@ada",
        &format!("/@ada/{}", post["id"].as_str().unwrap()),
        "/tags/x",
        "/auth/sign_in",
        "/auth/sign_up",
        "/no/such",
        "/@nobody",
        "/oauth/authorize?client_id=x",
        "/assets/nothing",
        "/@ada/1",
    ] {
        let page = browser.get(path).await;
        let rest = own.replace_all(&page.body, "");
        assert!(!style.is_match(&rest), "{path} has a script of its own, or a style in it");
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "style-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{part} is not in the policy of {path}: {policy}");
        }
        assert!(
            policy.contains("script-src 'self';"),
            "other scripts than our own files could run on {path}: {policy}"
        );
        for unsafe_source in ["unsafe", "*"] {
            assert!(!policy.contains(unsafe_source), "{unsafe_source} is in the policy of {path}: {policy}");
        }
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), value, "{name} of {path}");
        }
    }
    // What is sent as JSON is read as JSON, whatever stands in it.
    for path in [
        "/api/v2/instance",
        "/api/v1/statuses/1",
        "/api/v1/nothing",
        "/users/ada",
        "/nodeinfo/2.0",
        "/oauth/userinfo",
        "/users/nobody",
    ] {
        let answer = acme.get_activity(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_out_of_reach_of_scripts_and_other_sites() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let browser = Browser::new(acme);
    let page = browser.get("/auth/sign_up").await.expect(200);
    let typed =
        [("username", "ada"), ("email", "ada@people.test"), ("password", "learn together"), ("agreement", "on")];
    let done = browser.submit(&page, "/auth/sign_up", &typed).await.expect(303);
    let mut seen = 0;
    for answer in [&page, &done] {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(part), "{part} is not in {cookie}");
            }
            assert!(!cookie.contains("Domain="), "{cookie}");
            seen += 1;
        }
    }
    assert!(seen >= 2);
    assert!(browser.session().unwrap().len() >= 43, "nobody guesses a session");
    assert!(acme.get("/").await.expect(200).header("set-cookie").is_empty(), "who only reads has no cookie");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_in_a_language_that_there_is() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let post = ada.post_status_with(json!({"status": "Bonjour", "language": "fr"})).await;
    for language in ["en", "en-GB,en;q=0.9", "xx, *;q=0.1", "", ";;;,,,q=", "de;q=0", "\u{1}"] {
        let mut browser = Browser::new(acme);
        browser.language = (language != "\u{1}").then_some(language);
        let page = browser.get(&format!("/@ada/{}", post["id"].as_str().unwrap())).await.expect(200);
        assert!(page.body.contains("<html lang=\"en\">"), "{language}");
        assert!(page.body.contains("lang=\"fr\""), "a post is in its own language");
        let vary = page.header("vary").to_lowercase();
        assert!(vary.contains("accept-language"), "what depends on the language says so: {vary}");
    }
    world.finish().await;
}
