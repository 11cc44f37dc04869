//! What pages show, and to whom.

use reqwest::Method;
use serde_json::json;

use crate::support::{Browser, With, World};

#[tokio::test(flavor = "multi_thread")]
async fn every_page_shows_what_it_is_for_and_links_to_the_source() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    ada.patch("/api/v1/accounts/update_credentials", json!({"display_name": "Ada L.", "note": "Engines"}))
        .await
        .expect(200);
    ada.post("/api/pollen/v1/groups", json!({"username": "guild", "display_name": "The Guild"})).await.expect(200);
    let post = ada.post_status("Hello #world @guild").await;
    // The group passes it on.
    world.settle().await;
    let page = format!("/@ada/{}", post["id"].as_str().unwrap());
    for (path, status, part) in [
        ("/", 200, "The Guild"),
        ("/about", 200, "Pollen"),
        ("/@ada", 200, "Ada L."),
        ("/@ADA", 200, "Ada L."),
        ("/@ada@acme.test", 200, "Ada L."),
        ("/@guild", 200, "Hello"),
        (page.as_str(), 200, "Hello"),
        ("/tags/World", 200, "Hello"),
        ("/tags/nothing", 200, "#nothing"),
        ("/auth/sign_in", 200, "name=\"password\""),
        ("/auth/sign_up", 200, "name=\"email\""),
        ("/no/such/page", 404, "</html>"),
        ("/@nobody", 404, "</html>"),
        ("/@ada/1", 404, "</html>"),
        ("/@ada/abc", 404, "</html>"),
        ("/@guild/1", 404, "</html>"),
        ("/oauth/authorize?client_id=x", 400, "</html>"),
    ] {
        let answer = Browser::new(acme).get(path).await.expect(status);
        assert!(answer.body.contains(part), "{path} does not show {part}: {}", answer.body);
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        assert!(answer.body.contains(&acme.app.config.instance.source_url), "{path} does not link to the source");
        assert!(answer.body.contains("<html lang=\"en\">"), "{path}");
    }
    let other = acme.register("ben").await;
    let foreign = format!("/@ben/{}", post["id"].as_str().unwrap());
    acme.get(&foreign).await.expect(404);
    drop(other);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_to_a_person_what_they_may_see() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    let post = ada.post_status_with(json!({"status": "For you @ben", "visibility": "direct"})).await;
    let page = format!("/@ada/{}", post["id"].as_str().unwrap());
    let shown = browser.get(&page).await.expect(200);
    assert!(shown.body.contains("For you"));
    assert!(shown.header("cache-control").contains("private"), "what is for one person is kept by nobody else");
    assert!(shown.header("vary").to_lowercase().contains("cookie"));
    acme.get(&page).await.expect(404);
    browser.get("/@ada").await.expect(200);
    let own = browser.get("/@ben").await.expect(200);
    assert!(own.body.contains("/auth/sign_out"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn previews_are_of_public_posts_only() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::new(acme);
    browser.sign_up("ben").await;
    for (visibility, status) in [("public", 200), ("unlisted", 200), ("private", 404), ("direct", 404)] {
        let text = format!("Preview \"{visibility}\" <b>&</b>");
        let post = ada.post_status_with(json!({"status": text, "visibility": visibility})).await;
        let page = acme.get(&format!("/@ada/{}", post["id"].as_str().unwrap())).await.expect(status);
        let described = page.body.contains("og:description\" content=\"Preview");
        assert_eq!(described, status == 200, "{visibility}: {}", page.body);
        if described {
            assert!(page.body.contains(&format!("og:url\" content=\"{}\"", post["url"].as_str().unwrap())));
        }
    }
    let direct = ada.post_status_with(json!({"status": "Psst @ben", "visibility": "direct"})).await;
    let page = browser.get(&format!("/@ada/{}", direct["id"].as_str().unwrap())).await.expect(200);
    assert!(!page.body.contains("og:"), "what is for one person has no preview: {}", page.body);
    let warned = ada.post_status_with(json!({"status": "The butler", "spoiler_text": "Spoiler"})).await;
    let page = acme.get(&format!("/@ada/{}", warned["id"].as_str().unwrap())).await.expect(200);
    assert!(page.body.contains("og:description\" content=\"Spoiler\""), "{}", page.body);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_written_runs_in_a_browser() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let (acme, peer) = (world.instance("acme.test"), world.peer("peer.test"));
    let ada = acme.register("ada").await;
    let evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)> javascript:alert(1)";
    let fields = json!([{"name": evil, "value": evil}, {"name": "x", "value": "javascript:alert(1)"}]);
    let profile = json!({"display_name": &evil[..90], "note": evil, "fields_attributes": fields});
    ada.patch("/api/v1/accounts/update_credentials", profile).await.expect(200);
    let markdown = format!(
        "{evil}\n\n[a](javascript:alert(1)) ![b](x \"onerror=alert(1)\") <a href=\"javascript:alert(1)\">c</a>\n\n<style>x</style> #evil"
    );
    let mut pages = vec!["/@ada".to_owned(), "/tags/evil".to_owned()];
    for draft in [
        json!({"status": format!("{evil} #evil"), "spoiler_text": evil}),
        json!({"status": markdown, "content_type": "text/markdown"}),
    ] {
        let post = ada.post_status_with(draft).await;
        harmless("the entity", post["content"].as_str().unwrap());
        pages.push(format!("/@ada/{}", post["id"].as_str().unwrap()));
    }
    let mal = peer.actor("mal");
    let first = ada.post_status("Reply to me").await;
    let mut note = mal.note(&format!(
        "<b onclick=\"alert(1)\">{evil}</b><a href=\"javascript:alert(1)\">x</a><iframe src=x></iframe>"
    ));
    note["inReplyTo"] = first["uri"].clone();
    note["summary"] = evil.into();
    mal.deliver(acme, &mal.create(&note)).await;
    world.settle().await;
    let context = ada.get(&format!("/api/v1/statuses/{}/context", first["id"].as_str().unwrap())).await.expect(200);
    harmless("a note from elsewhere", context["descendants"][0]["content"].as_str().expect("the reply arrived"));
    pages.push(format!("/@ada/{}", first["id"].as_str().unwrap()));
    for path in pages {
        let page = acme.send(Method::GET, &path, With::default()).await.expect(200);
        harmless(&path, &page.body);
    }
    for path in [
        "/@%3Cscript%3E",
        "/tags/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/%3Cscript%3E",
        "/auth/sign_in?return_to=%22%3E%3Cscript%3E",
        "/oauth/authorize?client_id=%3Cscript%3E",
    ] {
        harmless(path, &acme.get(path).await.body);
    }
    world.finish().await;
}

/// Fails when there is an element or an attribute that could run, outside of text.
fn harmless(of: &str, html: &str) {
    let pattern = |pattern: &str| regex::Regex::new(pattern).unwrap();
    let tags = pattern(r"<[a-zA-Z/!][^<>]*>");
    // The values of these are text.
    let texts = pattern(r#"(content|value|alt|title)="[^"]*""#);
    let elements = r"^</?(script|style|svg|iframe|object|embed|base)";
    let runs = pattern(&format!(r#"{elements}|[\s"']on[a-z]+\s*=|javascript:|data:|\sstyle="#));
    for tag in tags.find_iter(html) {
        let outside = texts.replace_all(tag.as_str(), "").to_lowercase();
        assert!(!runs.is_match(&outside), "{of} has {}", tag.as_str());
    }
}
