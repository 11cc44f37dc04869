//! What somebody tries who means harm, one after the other, at the pages. What is special to one of them is tested beside it: passwords
//! and codes in `auth/guesses.rs`, addresses in `auth/enumeration.rs`, cookies in `headers.rs`.

use reqwest::Method;
use serde_json::json;

use super::admin::staff;
use super::settings::{routes, token};
use crate::support::media::png;
use crate::support::{Answer, Browser, Part, With, World};

/// All files that configure pages.
const FILES: [&str; 6] = [
    "src/web/mod.rs",
    "src/web/app/mod.rs",
    "src/web/auth/mod.rs",
    "src/web/network/mod.rs",
    "src/web/settings/mod.rs",
    "src/web/admin/mod.rs",
];

/// Places elsewhere, as they are hidden in what looks like a path.
const ELSEWHERE: [&str; 10] = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\r\nlocation: https://evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "@evil.example",
];

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Cross-site request forgery: by the browser of somebody who may do everything.
#[tokio::test(flavor = "multi_thread")]
async fn no_form_of_another_site_does_anything() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (_, owner) = staff(acme, "olga", "owner").await;
    let own = token(&owner.get("/").await.expect(200).body, "/auth/sign_out");
    let (before, session) = (acme.fingerprint().await, owner.session());
    let mut tried = 0;
    for file in FILES {
        for (_, path) in routes(file).into_iter().filter(|(method, _)| *method == Method::POST) {
            for (token, headers) in [
                ("", vec![]),
                ("nonsense", vec![]),
                (own.as_str(), vec![("origin", "https://evil.example")]),
                (own.as_str(), vec![("origin", "null")]),
                (own.as_str(), vec![("sec-fetch-site", "cross-site")]),
                (own.as_str(), vec![("sec-fetch-site", "same-site")]),
            ] {
                let form = [("token", token), ("id", "1"), ("username", "olga"), ("email", "eve@people.test")];
                let answer = owner.send(Method::POST, &path, Some(&form), &headers).await;
                // 303: asked for the password first. 404 and 410: of what there is not.
                assert!(matches!(answer.status, 303 | 400..=422), "{path}: {}", answer.status);
                let to = answer.headers.get("location").map_or("/auth/", |to| to.to_str().unwrap());
                assert!(to.starts_with("/auth/"), "{path} leads to {to}");
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "the routes were not found: {tried}");
    assert_eq!(acme.fingerprint().await, before);
    assert_eq!(owner.session(), session);
    world.finish().await;
}

/// Clickjacking: no page can be put into another, whoever looks and whatever came of it.
#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_shown_within_another() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (_, owner) = staff(acme, "olga", "owner").await;
    let mut seen = 0;
    for file in FILES {
        for (method, path) in routes(file).into_iter().filter(|(method, _)| *method == Method::GET) {
            for browser in [&Browser::new(acme), &owner] {
                let page = browser.send(method.clone(), &path, None, &[]).await;
                assert_eq!(page.header("x-frame-options"), "DENY", "{path}");
                let policy = page.header("content-security-policy");
                assert!(
                    policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"),
                    "{path}: {policy}"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "the routes were not found: {seen}");
    world.finish().await;
}

/// Open redirects, by addresses and by forms.
#[tokio::test(flavor = "multi_thread")]
async fn no_address_of_ours_leads_elsewhere() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, browser) = staff(acme, "ada", "owner").await;
    let post = ada.post_status("Hello").await;
    let (post, row) = (format!("/posts/{}", post["id"].as_str().unwrap()), post["id"].as_str().unwrap().to_owned());
    acme.register("ben").await;
    let inside = |path: &str, to: &str| {
        let here = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\t', '\r', '\n']);
        let query = to.split_once("return_to=").map(|(_, rest)| rest).unwrap_or_default();
        let query: String = url::form_urlencoded::parse(format!("x={query}").as_bytes()).next().unwrap().1.into();
        let query = query.split('&').next().unwrap_or_default();
        assert!(here && !query.starts_with("//") && !query.contains("evil"), "{path} leads to {to}");
    };
    let hidden = regex::Regex::new(r#"name="return_to" value="([^"]*)""#).unwrap();
    let own = token(&browser.get("/").await.expect(200).body, "/auth/sign_out");
    for wish in ELSEWHERE {
        let query = encoded(wish);
        for path in ["/auth/sign_in", "/auth/second", "/auth/passkey", "/auth/sure", "/compose", "/auth/sign_up"] {
            for name in ["return_to", "next", "to", "redirect_uri"] {
                let path = format!("{path}?{name}={query}");
                for browser in [&Browser::new(acme), &browser] {
                    let answer = browser.get(&path).await;
                    if let Some(to) = answer.headers.get("location") {
                        let to = to.to_str().unwrap().to_owned();
                        // Back to the page itself, with its own query, which it reads as it did now.
                        if !to.contains(&encoded(&path)) {
                            inside(&path, &to);
                        }
                    }
                    for found in hidden.captures_iter(&answer.body) {
                        inside(&path, &found[1]);
                    }
                }
            }
        }
        let forms = [
            (post.as_str(), vec![("do", "bookmark"), ("row", row.as_str())]),
            (post.as_str(), vec![("do", "unbookmark")]),
            ("/@ben/follow", vec![]),
            ("/@ben/unfollow", vec![]),
            ("/tags/rust/follow", vec![]),
            ("/tags/rust/unfollow", vec![]),
            ("/discover/dismiss", vec![("id", "1")]),
            ("/follow_requests/1", vec![]),
            ("/auth/passkey", vec![]),
        ];
        for (path, fields) in forms {
            let form = [fields.as_slice(), &[("token", own.as_str()), ("return_to", wish)]].concat();
            let answer = browser.post(path, &form).await;
            if let Some(to) = answer.headers.get("location") {
                inside(path, to.to_str().unwrap());
            }
        }
    }
    world.finish().await;
}

const EVIL: &str = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)>!";

/// Fails when something of [`EVIL`] stands on a page as it was written. Returns whether it stands there as a text.
fn harmless(of: &str, page: &Answer) -> bool {
    let body = page.body.to_lowercase();
    for raw in ["<script>alert", "<img src=x", "<svg onload", ")>\"'>", ")&#62;\""] {
        assert!(!body.contains(raw), "{of} has {raw} in {}", page.body);
    }
    body.contains("&#60;script") || body.contains("&lt;script")
}

/// Reads all the pages on which somebody's texts stand.
async fn read_by(browser: &Browser, post: &str, report: &str, account: &str) {
    let mut read = Vec::new();
    for path in [
        "/",
        "/about",
        "/notifications",
        "/@mal",
        post,
        "/@evil",
        "/groups",
        "/discover",
        "/admin/rules",
        "/admin/announcements",
        "/admin/servers",
        "/admin/reports",
        report,
        account,
        "/admin/accounts",
        "/admin/audit",
        "/admin/instance",
    ] {
        let page = browser.get(path).await;
        assert!(matches!(page.status, 200 | 404), "{path}: {}", page.status);
        if harmless(path, &page) {
            read.push(path);
        }
    }
    // It is there to be read.
    for path in ["/about", "/@mal", post, "/admin/rules", "/admin/announcements", "/admin/servers", report, account] {
        assert!(read.contains(&path), "{path} does not show it: {read:?}");
    }
}

/// Stored script: wherever somebody can leave a text, it is read as a text by whoever comes by.
#[tokio::test(flavor = "multi_thread")]
async fn no_text_that_somebody_leaves_runs_in_anothers_browser() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (olga, browser) = staff(acme, "olga", "owner").await;
    let (mal, theirs) = staff(acme, "mal", "user").await;
    let form = |pairs: &[(&'static str, &'static str)], token: &str| -> Vec<(String, String)> {
        let mut all: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        all.push(("token".into(), token.into()));
        all
    };
    let own = token(&browser.get("/").await.expect(200).body, "/auth/sign_out");
    let evil = token(&theirs.get("/").await.expect(200).body, "/auth/sign_out");
    for (who, token, path, fields) in [
        (&browser, &own, "/admin/rules", vec![("rules", EVIL)]),
        (&browser, &own, "/admin/announcements", vec![("text", EVIL)]),
        (
            &browser,
            &own,
            "/admin/servers/blocks",
            vec![("domain", "bad.test"), ("severity", "silence"), ("public_comment", EVIL), ("private_comment", EVIL)],
        ),
        (&theirs, &evil, "/@olga/report", vec![("category", "other"), ("comment", EVIL)]),
        (&theirs, &evil, "/settings/invitations", vec![("note", EVIL), ("uses", "1"), ("days", "1")]),
        (&theirs, &evil, "/lists", vec![("title", EVIL)]),
        (&theirs, &evil, "/groups/new", vec![("username", "evil"), ("display_name", EVIL), ("note", EVIL)]),
    ] {
        let form = form(&fields, token);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = who.post(path, &form).await;
        assert!(matches!(answer.status, 200 | 303), "{path}: {} {}", answer.status, answer.body);
        harmless(path, &answer);
        if let Some(link) = answer.body.split("http://acme.test/invite/").nth(1) {
            let path = format!("/invite/{}", &link[..43]);
            assert!(harmless(&path, &Browser::new(acme).get(&path).await.expect(200)), "{path} has no note");
        }
    }
    let part = Part { file: Some(("<img src=x onerror=alert(1)>.png", "image/png")), ..Part::file("file", png(4, 4)) };
    let parts = [part, Part::text("description", EVIL)];
    let with = With { token: Some(&mal.token), parts: &parts, ..With::default() };
    let file = acme.send(Method::POST, "/api/v2/media", with).await;
    world.settle().await;
    let post = mal.post_status_with(json!({"status": format!("@olga {EVIL}"), "media_ids": [file["id"]]})).await;
    let profile = json!({"display_name": EVIL, "note": EVIL, "fields_attributes": [{"name": EVIL, "value": EVIL}]});
    mal.patch("/api/v1/accounts/update_credentials", profile).await.expect(200);
    mal.follow("@olga@acme.test").await;
    olga.post_status("Hello").await;
    world.settle().await;
    let report = format!("/admin/reports/{}", acme.count("SELECT max(id) FROM reports").await);
    let account = format!("/admin/accounts/{}", mal.id());
    let post = format!("/@mal/{}", post["id"].as_str().unwrap());
    read_by(&browser, &post, &report, &account).await;
    world.finish().await;
}

/// Reflected script: what stands in an address.
#[tokio::test(flavor = "multi_thread")]
async fn no_text_in_an_address_runs() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (_, owner) = staff(acme, "olga", "owner").await;
    let query = encoded(EVIL);
    for path in [
        "/search?q=",
        "/search?type=posts&q=",
        "/compose?to=",
        "/compose?text=",
        "/auth/sign_in?return_to=/",
        "/auth/reset/",
        "/auth/confirm/",
        "/invite/",
        "/admin/accounts?q=",
        "/admin/audit?action=",
        "/tags/",
        "/@",
        "/oauth/authorize?client_id=1&redirect_uri=",
        "/settings/security?done=",
    ] {
        for browser in [&Browser::new(acme), &owner] {
            let page = browser.get(&format!("{path}{query}")).await;
            assert!(page.status < 500, "{path}: {}", page.status);
            harmless(path, &page);
        }
    }
    world.finish().await;
}

/// Links and codes are 256 random bits; those who try some by chance are slowed down all the same.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_guessed_without_end() {
    let world = World::builder().instance("acme.test").configure(|config| config.limits.sign_in = 5).start().await;
    let acme = world.instance("acme.test");
    let paths = [
        "/auth/sign_in",
        "/auth/sign_up",
        "/auth/reset",
        "/auth/reset/x",
        "/auth/confirm/x",
        "/auth/second",
        "/auth/passkey/answer",
    ];
    for (number, path) in paths.into_iter().enumerate() {
        // Each from an address of its own, since all are counted together.
        let from = format!("203.0.113.{number}");
        let browser = Browser::new(acme);
        let mut statuses = Vec::new();
        for _ in 0..6 {
            let headers = [("x-forwarded-for", from.as_str())];
            statuses.push(browser.send(Method::POST, path, Some(&[("token", "x")]), &headers).await.status);
        }
        assert!(statuses[..5].iter().all(|status| *status != 429) && statuses[5] == 429, "{path}: {statuses:?}");
    }
    let browser = Browser::new(acme);
    let mut statuses = Vec::new();
    for number in 0..6 {
        let headers = [("x-forwarded-for", "198.51.100.1")];
        statuses.push(browser.send(Method::GET, &format!("/invite/guess{number}"), None, &headers).await.status);
    }
    assert_eq!(statuses, [410, 410, 410, 410, 410, 429], "invitations");
    world.finish().await;
}

/// What is not for somebody is not there for them, however they ask.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_form_tells_nobody_what_there_is() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (_, person) = staff(acme, "ada", "user").await;
    let (_, owner) = staff(acme, "olga", "owner").await;
    let cookie = |browser: &Browser| {
        browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    };
    for (method, path) in routes("src/web/admin/mod.rs") {
        if method != Method::POST {
            continue;
        }
        for (cookie, staff) in [(String::new(), false), (cookie(&person), false), (cookie(&owner), true)] {
            let headers = [("cookie", cookie.as_str())];
            let headers = if cookie.is_empty() { &[][..] } else { &headers[..] };
            let with = With { json: Some(json!({})), headers, accept: Some("text/html"), ..With::default() };
            let answer = acme.send(Method::POST, &path, with).await;
            assert!(if staff { answer.status != 200 } else { answer.status == 404 }, "{path}: {}", answer.status);
        }
    }
    world.finish().await;
}
