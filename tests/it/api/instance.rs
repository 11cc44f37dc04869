//! What clients ask at their start, and the rules of the whole API: origins, limits, unknown addresses.

use reqwest::Method;
use serde_json::json;

use crate::support::{With, World};

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_says_what_it_is() {
    let world = World::builder()
        .instance("acme.test")
        .configure(|config| config.instance.rules = vec!["Be kind".into(), "Ask <anything>".into()])
        .start()
        .await;
    let acme = world.instance("acme.test");
    let (v1, v2) = (acme.get("/api/v1/instance").await.expect(200), acme.get("/api/v2/instance").await.expect(200));
    for instance in [&v1, &v2] {
        assert!(instance.text("version").starts_with("4.6.0 (compatible; Pollen"), "{}", instance.text("version"));
        assert_eq!(instance["configuration"]["statuses"]["max_characters"], 5000);
        assert_eq!(instance["configuration"]["statuses"]["characters_reserved_per_url"], 23);
        assert_eq!(instance["rules"][1]["text"], "Ask <anything>");
    }
    assert_eq!(v2["api_versions"]["mastodon"], 10);
    assert_eq!((&v1["uri"], &v2["domain"]), (&json!("acme.test"), &json!("acme.test")));
    assert_eq!(acme.get("/api/v1/instance/rules").await.expect(200).list().len(), 2);
    for picture in [&v1["thumbnail"], &v2["thumbnail"]["url"], &v2["icon"][0]["src"]] {
        acme.get(picture.as_str().unwrap()).await.expect(200);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_clients_ask_at_their_start_is_missing() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    for path in [
        "v1/instance",
        "v2/instance",
        "v1/instance/rules",
        "v1/instance/peers",
        "v1/instance/extended_description",
        "v1/instance/activity",
        "v1/instance/domain_blocks",
        "v1/custom_emojis",
        "v1/trends",
        "v1/trends/statuses",
        "v1/trends/tags",
        "v1/trends/links",
        "v1/directory",
        "v1/timelines/public",
    ] {
        acme.get(&format!("/api/{path}")).await.expect(200);
    }
    let id = ada.id();
    for path in [
        "v1/preferences",
        "v1/accounts/verify_credentials",
        "v1/accounts/relationships",
        "v1/timelines/home",
        "v1/notifications",
        "v1/notifications/unread_count",
        "v1/markers?timeline[]=home",
        "v1/follow_requests",
        "v1/lists",
        "v1/conversations",
        "v1/bookmarks",
        "v1/favourites",
        "v1/blocks",
        "v1/mutes",
        "v1/domain_blocks",
        "v1/filters",
        "v2/filters",
        "v1/scheduled_statuses",
        "v1/followed_tags",
        "v1/featured_tags",
        "v1/accounts/familiar_followers",
        "v2/suggestions",
        "v1/suggestions",
        "v1/announcements",
        "v1/endorsements",
        &format!("v1/accounts/{id}/lists"),
        &format!("v1/accounts/{id}/featured_tags"),
        &format!("v1/accounts/{id}/statuses?exclude_reblogs=true"),
        &format!("v1/accounts/{id}/statuses?pinned=true"),
    ] {
        ada.get(&format!("/api/{path}")).await.expect(200);
    }
    for path in ["v1/lists", "v1/bookmarks", "v1/conversations", "v2/filters", "v1/announcements", "v1/preferences"] {
        acme.get(&format!("/api/{path}")).await.expect(401);
    }
    for path in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/nodeinfo",
        "/nodeinfo/2.0",
        "/health",
        "/api/v1/streaming/health",
    ] {
        acme.get(path).await.expect(200);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn web_clients_may_call_from_their_own_origins() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    for i in 0..3 {
        ada.post_status(&format!("Post {i}")).await;
    }
    let origin = ("origin", "https://phanpy.example");
    for (path, method) in [
        ("/api/v1/statuses", "POST"),
        ("/api/v1/accounts/update_credentials", "PATCH"),
        ("/oauth/token", "POST"),
        ("/oauth/revoke", "POST"),
        ("/.well-known/oauth-authorization-server", "GET"),
        ("/api/v1/statuses/1", "DELETE"),
        ("/api/v1/nothing", "PUT"),
    ] {
        let headers = [
            origin,
            ("access-control-request-method", method),
            ("access-control-request-headers", "authorization,content-type,idempotency-key"),
        ];
        let answer = acme.send(Method::OPTIONS, path, With { headers: &headers, ..With::default() }).await.ok();
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert!(answer.header("access-control-allow-methods").contains(method), "{path}");
        let allowed = answer.header("access-control-allow-headers").to_lowercase();
        for header in ["authorization", "content-type", "idempotency-key"] {
            assert!(allowed.contains(header), "{header} for {path}: {allowed}");
        }
    }
    let headers = [origin];
    for (path, status) in [
        ("/api/v1/timelines/public?limit=1", 200),
        ("/api/v1/statuses/1", 404),
        ("/api/v1/timelines/home", 401),
        ("/api/v1/nothing", 404),
        ("/oauth/userinfo", 401),
        ("/.well-known/webfinger?resource=acct:ada@acme.test", 200),
    ] {
        let answer = acme.send(Method::GET, path, With { headers: &headers, ..With::default() }).await.expect(status);
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "cookies are for our own pages");
        let exposed = answer.header("access-control-expose-headers").to_lowercase();
        for header in ["link", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] {
            assert!(exposed.contains(header), "{header} for {path}: {exposed}");
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said_in_json() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    for path in ["/api/v1/nothing", "/api/v3/x", "/api/", "/api/v1/statuses/1/nothing", "/api/v1/accounts/1/nothing"] {
        for method in &methods {
            let answer = ada.send(method.clone(), path, With::default()).await.expect(404);
            assert_eq!(answer.header("content-type"), "application/json", "{method} {path}");
        }
    }
    for (path, wrong) in [
        ("/api/v1/statuses", Method::PUT),
        ("/api/v1/apps", Method::GET),
        ("/api/v1/timelines/home", Method::POST),
        ("/api/v1/accounts/update_credentials", Method::POST),
        ("/api/v2/instance", Method::DELETE),
        ("/oauth/token", Method::GET),
    ] {
        let answer = ada.send(wrong.clone(), path, With::default()).await;
        assert!(matches!(answer.status, 404 | 405), "{wrong} {path} answered {}", answer.status);
        assert!(answer.header("content-type").starts_with("application/json"), "{wrong} {path}");
        assert!(answer["error"].is_string(), "{wrong} {path}: {}", answer.body);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_request_is_answered_as_its_get() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let post = ada.post_status("Hello").await;
    let id = post["id"].as_str().unwrap();
    for path in [
        "/api/v2/instance",
        &format!("/api/v1/statuses/{id}"),
        "/",
        "/about",
        "/@ada",
        &format!("/@ada/{id}"),
        "/tags/x",
        "/auth/sign_in",
        "/health",
        "/users/ada",
        "/nodeinfo/2.0",
        "/robots.txt",
        "/assets/icon.svg",
        "/no/such/page",
        "/api/v1/nothing",
    ] {
        let get = acme.get(path).await;
        let head = acme.send(Method::HEAD, path, With::default()).await;
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
    world.finish().await;
}
