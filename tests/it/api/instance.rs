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
    let picture = acme.get(v2["thumbnail"]["url"].as_str().unwrap()).await.expect(200).bytes;
    let tiny = image::load_from_memory(&picture).unwrap().thumbnail(64, 64).to_rgba8();
    let blurhash = blurhash::encode(4, 3, tiny.width(), tiny.height(), tiny.as_raw()).unwrap();
    assert_eq!(v2["thumbnail"]["blurhash"], blurhash);
    for picture in [&v1["thumbnail"], &v2["thumbnail"]["url"], &v2["icon"][0]["src"]] {
        acme.get(picture.as_str().unwrap()).await.expect(200);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_says_whom_to_ask_and_where_its_words_are() {
    let world = World::builder()
        .instance("acme.test")
        .configure(|config| {
            config.instance.contact_username = "@olga".into();
            config.instance.status_url = Some("https://status.acme.example/".parse().unwrap());
            config.instance.privacy_policy = "We keep **little**.".into();
            config.instance.terms_of_service = "Be kind. <script>x</script>".into();
        })
        .start()
        .await;
    let acme = world.instance("acme.test");
    let olga = acme.register("olga").await;
    olga.post_status("I look after this server").await;
    let (v1, v2) = (acme.get("/api/v1/instance").await.expect(200), acme.get("/api/v2/instance").await.expect(200));
    assert_eq!((&v1["contact_account"]["id"], &v2["contact"]["account"]["id"]), (&json!(olga.id()), &json!(olga.id())));
    assert_eq!(v1["stats"], json!({"user_count": 1, "status_count": 1, "domain_count": 0}));
    let urls = &v2["configuration"]["urls"];
    assert_eq!(urls["status"], "https://status.acme.example/");
    for (name, words) in
        [("privacy_policy", "<p>We keep <strong>little</strong>.</p>"), ("terms_of_service", "Be kind.")]
    {
        let page = acme.get(urls[name].as_str().unwrap()).await.expect(200);
        assert!(page.body.contains(words) && !page.body.contains("<script>x"), "{}", page.body);
        assert!(acme.get("/").await.expect(200).body.contains(&format!("href=\"/{}\"", name.replace('_', "-"))));
    }
    world.finish().await;

    let world = World::builder()
        .instance("acme.test")
        .configure(|config| config.instance.contact_username = "nobody".into())
        .start()
        .await;
    let acme = world.instance("acme.test");
    assert!(acme.get("/api/v2/instance").await.expect(200)["contact"]["account"].is_null());
    let urls = acme.get("/api/v2/instance").await.expect(200)["configuration"]["urls"].clone();
    assert_eq!((&urls["status"], &urls["terms_of_service"]), (&json!(null), &json!(null)));
    acme.get("/terms-of-service").await.expect(404);
    acme.get("/privacy-policy").await.expect(200);
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
        "v1/instance/domain_blocks",
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

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_tells_whom_it_met_and_what_happens() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, world.instance("globex.test").register("ben").await);
    ada.resolve(&ben.handle()).await;
    ada.post_status("Counted").await;
    ada.post_status_with(json!({"status": "Not counted", "visibility": "private"})).await;
    assert_eq!(acme.get("/api/v1/instance/peers").await.expect(200).json, json!(["globex.test"]));
    let weeks = acme.get("/api/v1/instance/activity").await.expect(200);
    assert_eq!(weeks.list().len(), 12);
    assert_eq!((&weeks[0]["statuses"], &weeks[0]["registrations"]), (&json!("1"), &json!("1")));
    assert_eq!(weeks[1]["statuses"], "0");
    let start: i64 = weeks[0].clone()["week"].as_str().unwrap().parse().unwrap();
    let now = acme.app.now().timestamp();
    assert!((0..7 * 86_400).contains(&(now - start)) && (start - 4 * 86_400) % (7 * 86_400) == 0, "a Monday");
    acme.sql(
        "INSERT INTO domain_blocks (id, domain, severity, reject_media, reject_reports, public_comment, obfuscate, created_at)
         VALUES (1, 'bad.test', 'suspend', false, false, 'Spam', false, now()),
                (2, 'worse.example', 'silence', false, false, NULL, true, now()),
                (3, 'noted.test', 'noop', true, false, NULL, false, now())",
    )
    .await;
    acme.get("/api/v1/instance/domain_blocks").await.expect(401);
    let blocks = ada.get("/api/v1/instance/domain_blocks").await.expect(200);
    assert_eq!((&blocks[0]["domain"], &blocks[0]["comment"]), (&json!("bad.test"), &json!("Spam")));
    assert_eq!((&blocks[1]["domain"], blocks.list().len()), (&json!("wor**.****ple"), 2));
    world.finish().await;
    // One that speaks to few tells strangers nothing, and one that does not want to tells nobody.
    let builder = World::builder().instance("acme.test").configure(|config| {
        config.federation.limited = true;
        config.instance.show_domain_blocks = pollen::config::Shown::Nobody;
    });
    let world = builder.start().await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    for path in ["/api/v1/instance/peers", "/api/v1/instance/activity"] {
        acme.get(path).await.expect(401);
        ada.get(path).await.expect(200);
    }
    ada.get("/api/v1/instance/domain_blocks").await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_has_its_texts() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let content = async |path: &str| acme.get(&format!("/api/v1/instance/{path}")).await.expect(200).text("content");
    assert!(content("extended_description").await.contains("A place to learn"));
    assert!(content("privacy_policy").await.contains("No privacy policy"));
    acme.get("/api/v1/instance/terms_of_service").await.expect(404);
    let languages = acme.get("/api/v1/instance/languages").await.expect(200);
    assert!(languages.list().contains(&json!({"code": "de", "name": "German"})));
    assert_eq!(acme.get("/api/v1/instance/translation_languages").await.expect(200).json, json!({}));
    world.finish().await;
    let builder = World::builder().instance("acme.test").configure(|config| {
        config.instance.extended_description = "Who *we* are".into();
        config.instance.privacy_policy = "## Data\n\nWe keep <b>little</b>.".into();
        config.instance.terms_of_service = "Be kind.".into();
        config.instance.terms_effective_date = "2026-01-01".parse().ok();
    });
    let world = builder.start().await;
    let acme = world.instance("acme.test");
    let content = async |path: &str| acme.get(&format!("/api/v1/instance/{path}")).await.expect(200).text("content");
    assert!(content("extended_description").await.contains("<em>we</em>"));
    assert!(content("privacy_policy").await.contains("We keep"));
    for path in ["terms_of_service", "terms_of_service/2026-01-01"] {
        let terms = acme.get(&format!("/api/v1/instance/{path}")).await.expect(200);
        assert_eq!((&terms["effective_date"], &terms["effective"]), (&json!("2026-01-01"), &json!(true)));
        assert!(terms.text("content").contains("Be kind."));
    }
    for other in ["2026-01-02", "nonsense"] {
        acme.get(&format!("/api/v1/instance/terms_of_service/{other}")).await.expect(404);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_done_here_is_said_in_so_many_words() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let reports = ada.get("/api/v1/annual_reports").await.expect(200);
    assert_eq!(reports.json, json!({"annual_reports": [], "accounts": [], "statuses": []}));
    assert_eq!(ada.get("/api/v1/annual_reports/2026/state").await.expect(200)["state"], "ineligible");
    assert_eq!(ada.get("/api/v1/emails/check_confirmation").await.expect(200).json, json!(true));
    ada.post("/api/v1/emails/confirmations", json!({})).await.expect(403);
    ada.get("/api/v1/async_refreshes/1").await.expect(404);
    for path in ["annual_reports", "async_refreshes/1", "emails/check_confirmation"] {
        acme.get(&format!("/api/v1/{path}")).await.expect(401);
    }
    let public = ada.post_status("Bonjour").await;
    let private = ada.post_status_with(json!({"status": "Secret", "visibility": "private"})).await;
    let translate = async |by: &crate::support::Person, post: &serde_json::Value| {
        by.post(&format!("/api/v1/statuses/{}/translate", post["id"].as_str().unwrap()), json!({})).await
    };
    assert!(translate(&ben, &public).await.expect(404).text("error").contains("service"));
    translate(&ada, &private).await.expect(403);
    assert_eq!(translate(&ben, &private).await.expect(404).text("error"), "Record not found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_can_be_shown_within_another_page() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let embed = async |post: &serde_json::Value, more: &str| {
        let url: String = url::form_urlencoded::byte_serialize(post["url"].as_str().unwrap().as_bytes()).collect();
        acme.get(&format!("/api/oembed?url={url}{more}")).await
    };
    let post = ada.post_status("Words & <signs>").await;
    let found = embed(&post, "&maxwidth=300").await.expect(200);
    assert_eq!((&found["type"], &found["width"]), (&json!("rich"), &json!(300)));
    let html = found.text("html");
    assert!(html.contains("Words &amp; &lt;signs&gt;") && html.contains(post["url"].as_str().unwrap()), "{html}");
    let warned = ada.post_status_with(json!({"status": "The end", "spoiler_text": "A film"})).await;
    let html = embed(&warned, "").await.expect(200).text("html");
    assert!(html.contains("A film") && !html.contains("The end"), "{html}");
    let private = ada.post_status_with(json!({"status": "Secret", "visibility": "private"})).await;
    embed(&private, "").await.expect(404);
    for odd in ["", "?url=", "?url=https://other.test/@x/1", "?url=http://acme.test/@ada/1"] {
        acme.get(&format!("/api/oembed{odd}")).await.expect(404);
    }
    world.finish().await;
}
