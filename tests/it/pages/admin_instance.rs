//! What administrators do on pages with the instance as a whole. All of it stands in the audit log.

use reqwest::StatusCode;
use serde_json::json;

use super::admin::{audit, staff};
use super::settings::token;
use crate::support::media::png;
use crate::support::{Browser, Part, World};

#[tokio::test(flavor = "multi_thread")]
async fn what_the_instance_says_of_itself_can_change_while_it_runs() {
    let configure = |config: &mut pollen::config::Config| {
        config.instance.title = "Acme".into();
        config.instance.rules = vec!["Be kind".into()];
    };
    let world = World::builder().instance("acme.test").configure(configure).start().await;
    let acme = world.instance("acme.test");
    let (_, browser) = staff(acme, "ruth", "admin").await;
    let path = "/admin/instance";
    let page = browser.get(path).await.expect(200);
    let typed = |title, mode| {
        [
            ("title", title),
            ("description", "A place to learn from one another at work."),
            ("contact_email", "ask@acme.test"),
            ("registrations", mode),
            ("terms_of_service", "Be *good*."),
            ("terms_effective_date", "2030-01-31"),
            ("privacy_policy", "We keep *little*."),
            ("extended_description", "At length."),
        ]
    };
    browser.submit(&page, path, &typed("Acme learns", "closed")).await.expect(303);
    let entity = acme.get("/api/v2/instance").await.expect(200);
    assert_eq!((&entity["title"], &entity["registrations"]["enabled"]), (&json!("Acme learns"), &json!(false)));
    assert_eq!(entity["contact"]["email"], "ask@acme.test");
    assert!(acme.get("/api/v1/instance/terms_of_service").await.expect(200).body.contains("<em>good</em>"));
    for name in ["privacy_policy", "extended_description"] {
        let told = acme.get(&format!("/api/v1/instance/{name}")).await.expect(200);
        assert!(told.text("updated_at").starts_with(&world.clock.now().format("%Y-%m-%dT").to_string()), "{name}");
    }
    Browser::new(acme).get("/auth/sign_up").await.expect(404);
    assert!(Browser::new(acme).get("/").await.expect(200).body.contains("Acme learns"));
    let twin = acme.twin().await;
    assert_eq!(twin.app.settings().title, "Acme learns", "other processes know of it");
    let shown = browser.get(path).await.expect(200).body;
    for key in ["title", "contact_email", "registrations", "terms_of_service", "terms_effective_date"] {
        assert!(shown.contains(&format!("<code>{key}</code>")), "{key} in {shown}");
    }
    assert!(!shown.contains("<code>description</code>"));
    for (field, value) in
        [("title", " "), ("contact_email", "nobody"), ("registrations", "perhaps"), ("terms_effective_date", "soon")]
    {
        let form: Vec<_> =
            typed("Other", "open").map(|(name, old)| (name, if name == field { value } else { old })).to_vec();
        let answer = browser.submit(&page, path, &form).await.expect(422);
        assert!(answer.body.contains(&format!("href=\"#{field}\"")), "{field}: {}", answer.body);
        assert!(answer.body.contains("Be *good*."), "what was typed stays");
    }
    // What is as in the file again is not kept.
    let back =
        [("title", "Acme"), ("description", "A place to learn from one another at work."), ("registrations", "open")];
    browser.submit(&page, path, &back).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM instance_settings").await, 0);
    assert!(acme.get("/api/v1/instance/privacy_policy").await.expect(200)["updated_at"].is_null());

    let path = "/admin/rules";
    let page = browser.get(path).await.expect(200);
    assert!(page.body.contains(">Be kind</textarea>"), "{}", page.body);
    browser.submit(&page, path, &[("rules", "Be kind\r\n\r\n No spam ")]).await.expect(303);
    let rules = acme.get("/api/v1/instance/rules").await.expect(200);
    let rules: Vec<&str> = rules.list().iter().map(|rule| rule["text"].as_str().unwrap()).collect();
    assert_eq!(rules, ["Be kind", "No spam"]);
    assert!(Browser::new(acme).get("/about").await.expect(200).body.contains("No spam"));
    let long = "x".repeat(501);
    let wrong = browser.submit(&page, path, &[("rules", &long)]).await.expect(422);
    assert!(wrong.body.contains("href=\"#rules\"") && wrong.body.contains(&long));
    let done = audit(acme).await;
    assert!(done.contains(&"ruth settings.update title".to_owned()), "{done:?}");
    assert!(done.contains(&"ruth settings.update rules".to_owned()), "{done:?}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_said_how_to_get_an_account_where_nobody_can_register() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (_, browser) = staff(acme, "ruth", "admin").await;
    let path = "/admin/instance";
    let page = browser.get(path).await.expect(200);
    let typed = |message, url| {
        let rest = [("title", "Acme"), ("registrations", "closed"), ("terms_of_service", "Be *good*.")];
        [("registrations_message", message), ("registrations_url", url)].into_iter().chain(rest).collect::<Vec<_>>()
    };
    let right = typed("Ask *Olga*.", "https://intranet.acme.test/accounts");
    browser.submit(&page, path, &right).await.expect(303);
    let told = acme.get("/api/v2/instance").await.expect(200)["registrations"].clone();
    assert_eq!(told["message"], "<p>Ask <em>Olga</em>.</p>");
    assert_eq!(told["url"], "https://intranet.acme.test/accounts");
    assert!(Browser::new(acme).get("/auth/sign_up").await.expect(200).body.contains("<em>Olga</em>"));
    let shown = browser.get(path).await.expect(200).body;
    assert!(shown.contains("<code>registrations_message</code>") && shown.contains(">Ask *Olga*.</textarea>"));
    let long = "x".repeat(5001);
    let address = format!("https://acme.test/{}", "x".repeat(2000));
    for (field, message, url) in [
        ("registrations_message", long.as_str(), ""),
        ("registrations_url", "", "javascript:alert(1)"),
        ("registrations_url", "", "intranet"),
        ("registrations_url", "", address.as_str()),
    ] {
        let answer = browser.submit(&page, path, &typed(message, url)).await.expect(422);
        assert!(answer.body.contains(&format!("href=\"#{field}\"")), "{field}: {}", answer.body);
        assert!(answer.body.contains("Be *good*."), "what was typed stays");
    }
    browser.submit(&page, path, &typed("", "")).await.expect(303);
    Browser::new(acme).get("/auth/sign_up").await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_is_told_something_and_it_is_taken_back() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ruth, browser) = staff(acme, "ruth", "admin").await;
    let path = "/admin/announcements";
    let page = browser.get(path).await.expect(200);
    let wrong = browser.submit(&page, path, &[("text", "Stays"), ("ends", "never")]).await.expect(422);
    assert!(wrong.body.contains("href=\"#ends\"") && wrong.body.contains(">Stays</textarea>"), "{}", wrong.body);
    browser.submit(&page, path, &[("text", " ")]).await.expect(422);
    browser.submit(&page, path, &[("text", "Cake at noon")]).await.expect(303);
    let told = ruth.get("/api/v1/announcements").await.expect(200);
    assert!(told[0]["content"].as_str().unwrap().contains("Cake at noon"));
    let page = browser.get(path).await.expect(200);
    browser.submit(&page, &format!("{path}/{}/withdraw", told[0]["id"].as_str().unwrap()), &[]).await.expect(303);
    assert!(ruth.get("/api/v1/announcements").await.expect(200).list().is_empty());
    let id = told[0]["id"].as_str().unwrap();
    assert_eq!(
        audit(acme).await,
        [format!("ruth announcement.create {id}"), format!("ruth announcement.destroy {id}")]
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn emoji_are_added_changed_and_removed() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (_, browser) = staff(acme, "ruth", "admin").await;
    let path = "/admin/emoji";
    let page = browser.get(path).await.expect(200);
    let add = async |name: &str, bytes: &[u8]| {
        let parts = [Part::text("shortcode", name), Part::text("category", "Acme"), Part::file("picture", bytes)];
        browser.submit_files(&page, path, &[], &parts).await
    };
    let wrong = add("loom", b"no picture").await.expect(422);
    assert!(wrong.body.contains("value=\"loom\""), "{}", wrong.body);
    let wrong = add("not a name", &png(20, 20)).await.expect(422);
    assert!(wrong.body.contains("href=\"#shortcode\""), "{}", wrong.body);
    browser.submit_files(&page, path, &[("shortcode", "loom")], &[]).await.expect(422);
    assert_eq!(acme.count("SELECT count(*) FROM custom_emojis").await, 0);
    add(":loom:", &png(20, 20)).await.expect(303);
    add("loom", &png(20, 20)).await.expect(422);
    let known = acme.get("/api/v1/custom_emojis").await.expect(200);
    assert_eq!((&known[0]["shortcode"], &known[0]["category"]), (&json!("loom"), &json!("Acme")));
    let page = browser.get(path).await.expect(200);
    browser.submit(&page, "/admin/emoji/loom", &[("category", "Work"), ("visible", "true")]).await.expect(303);
    assert_eq!(acme.get("/api/v1/custom_emojis").await.expect(200)[0]["category"], "Work");
    browser.submit(&page, "/admin/emoji/loom/remove", &[]).await.expect(303);
    assert!(acme.get("/api/v1/custom_emojis").await.expect(200).list().is_empty());
    world.settle().await;
    let acts = ["create", "update", "destroy"].map(|act| format!("ruth custom_emoji.{act} loom"));
    assert_eq!(audit(acme).await, acts);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_tried_again_or_forgotten() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let acme = world.instance("acme.test");
    let (_, browser) = staff(acme, "ruth", "admin").await;
    acme.sql(
        "INSERT INTO jobs (id, kind, payload, run_at, attempts, last_error, failed_at, created_at) VALUES
             (1, 'media_files_released', '{}', now(), 12, 'the <disk> was full', now(), now()),
             (2, 'media_files_released', '{}', now(), 12, 'the disk was full', now(), now())",
    )
    .await;
    let path = "/admin/queues";
    let page = browser.get(path).await.expect(200);
    assert!(page.body.contains("media_files_released"), "{}", page.body);
    let job = async |id: i32, act: &str| browser.submit(&page, &format!("{path}/jobs/{id}"), &[("act", act)]).await;
    job(1, "retry").await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM jobs WHERE failed_at IS NULL").await, 1);
    job(2, "forget").await.expect(303);
    job(2, "forget").await.expect(404);
    job(1, "explode").await.expect(404);
    world.settle().await;
    assert_eq!(acme.count("SELECT count(*) FROM jobs").await, 0, "one has run, one is forgotten");

    let (ada, mal) = (acme.register("ada").await, world.peer("peer.test").actor("mal"));
    mal.peer().answer_inbox(503);
    ada.follow(&mal.handle()).await;
    world.settle().await;
    let page = browser.get(path).await.expect(200);
    assert!(page.body.contains("<strong>peer.test</strong>") && page.body.contains("Out of reach"), "{}", page.body);
    let form = token(&page.body, "/admin/queues/hosts");
    let host = async |act: &str| {
        let form = [("token", form.as_str()), ("what", "peer.test"), ("act", act)];
        browser.post("/admin/queues/hosts", &form).await.expect(303)
    };
    host("retry").await;
    world.settle().await;
    assert_eq!(acme.count("SELECT count(*) FROM deliveries").await, 1);
    host("forget").await;
    assert_eq!(acme.count("SELECT count(*) FROM deliveries").await, 0);
    let acts: Vec<String> = audit(acme).await;
    assert_eq!(
        acts,
        [
            "ruth job.retry 1",
            "ruth job.forget 2",
            "ruth deliveries.retry peer.test",
            "ruth deliveries.forget peer.test"
        ]
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_found_and_taken_along() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let mal = acme.register("mal").await;
    let (mo, _) = staff(acme, "mo", "moderator").await;
    let (_, browser) = staff(acme, "ruth", "admin").await;
    let act = json!({"type": "silence", "text": "Mind, your words"});
    mo.post(&format!("/api/v1/admin/accounts/{}/action", mal.id()), act).await.expect(200);
    let page = browser.get("/admin/announcements").await.expect(200);
    browser.submit(&page, "/admin/announcements", &[("text", "Cake")]).await.expect(303);
    for (query, silenced, announced) in [
        ("", true, true),
        ("?actor=mo", true, false),
        ("?actor=nobody", false, false),
        ("?action=announcement", false, true),
        ("?target=MA", true, false),
        ("?target=%25", false, false),
        ("?actor=mo&action=announcement", false, false),
    ] {
        let list = browser.get(&format!("/admin/audit{query}")).await.expect(200).body;
        assert_eq!(list.contains("<code>account.silence</code>"), silenced, "{query}: {list}");
        assert_eq!(list.contains("<code>announcement.create</code>"), announced, "{query}: {list}");
        let csv = browser.get(&format!("/admin/audit.csv{query}")).await.expect(200).body;
        assert!(csv.starts_with("Time,Who,What,To what,Details\n"), "{csv}");
        assert_eq!(csv.contains(",mo,account.silence,mal,"), silenced, "{query}: {csv}");
        assert_eq!(csv.contains(",ruth,announcement.create,"), announced, "{query}: {csv}");
    }
    let storage = browser.get("/admin/storage").await.expect(200);
    assert!(storage.body.contains("0 B (0 files)"), "{}", storage.body);
    assert_eq!(StatusCode::OK.as_u16(), storage.status);
    world.finish().await;
}
