//! Who gets no account, as administrators say it on a page.

use super::admin::{audit, staff};
use super::app::older;
use crate::support::{Browser, World};

#[tokio::test(flavor = "multi_thread")]
async fn domains_addresses_and_networks_are_refused_and_taken_back() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (_, browser) = staff(acme, "ruth", "admin").await;
    let path = "/admin/access";
    let page = browser.get(path).await.expect(200);
    for (kind, field, value) in
        [("domains", "domain", "no domain"), ("emails", "email", "nobody"), ("networks", "ip", "here")]
    {
        let typed = [(field, value), ("severity", "sign_up_block")];
        let wrong = browser.submit(&page, &format!("{path}/{kind}"), &typed).await.expect(422);
        assert!(wrong.body.contains(&format!("id=\"{field}-why\"")), "{kind}: {}", wrong.body);
        assert!(wrong.body.contains(&format!("value=\"{value}\"")), "what was typed stays");
    }
    for (kind, typed) in [
        ("domains", vec![("domain", "Spam.Example")]),
        ("emails", vec![("email", "Mal.Lory@people.test")]),
        (
            "networks",
            vec![("ip", "192.0.2.0/24"), ("severity", "no_access"), ("comment", "A flood"), ("expires_in", "86400")],
        ),
    ] {
        browser.submit(&page, &format!("{path}/{kind}"), &typed).await.expect(303);
        let again = browser.submit(&page, &format!("{path}/{kind}"), &typed).await.expect(422);
        assert!(again.body.contains("role=\"alert\""), "{kind}: once is enough");
    }
    let shown = browser.get(path).await.expect(200);
    for part in ["<bdi>spam.example</bdi>", "<bdi>192.0.2.0/24</bdi>", "A flood", "Nothing at all", "Until "] {
        assert!(shown.body.contains(part), "{part} is not in {}", shown.body);
    }
    assert!(!shown.body.contains("people.test"), "of an address only a fingerprint is kept");
    // They hold.
    for email in ["mal@spam.example", "mallory@people.test"] {
        let stranger = Browser::new(acme);
        let form = stranger.get("/auth/sign_up").await.expect(200);
        let typed = [("username", "mal"), ("email", email), ("password", "learn together"), ("agreement", "on")];
        stranger.submit(&form, "/auth/sign_up", &typed).await.expect(422);
    }
    let log = audit(acme).await;
    for action in ["email_domain_block.create", "canonical_email_block.create", "ip_block.create"] {
        assert!(log.iter().any(|entry| entry.contains(action)), "{action} is not in {log:?}");
    }
    for (kind, table) in
        [("domains", "email_domain_blocks"), ("emails", "canonical_email_blocks"), ("networks", "ip_blocks")]
    {
        let id = acme.count(&format!("SELECT id FROM {table}")).await;
        browser.submit(&shown, &format!("{path}/{kind}/{id}/remove"), &[]).await.expect(303);
        assert_eq!(acme.count(&format!("SELECT count(*) FROM {table}")).await, 0);
        browser.submit(&shown, &format!("{path}/{kind}/{id}/remove"), &[]).await.expect(404);
    }
    Browser::new(acme).sign_up("mallory").await;
    // Moderators look after people alone; others see nothing here.
    let (_, moderator) = staff(acme, "mo", "moderator").await;
    moderator.get(path).await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_lists_are_shown_page_by_page() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (_, browser) = staff(acme, "ruth", "admin").await;
    acme.sql(
        "INSERT INTO email_domain_blocks (id, domain, created_at)
             SELECT n, 'spam' || n || '.example', now() FROM generate_series(1, 60) n;
         INSERT INTO jobs (id, kind, payload, run_at, attempts, failed_at, created_at)
             SELECT n, 'media_files_released', '{}', now(), 12, now(), now() FROM generate_series(1, 60) n",
    )
    .await;
    for (path, entry) in [("/admin/access", "/remove\""), ("/admin/queues", "value=\"forget\"")] {
        let first = browser.get(path).await.expect(200).body;
        assert_eq!(first.matches(entry).count(), 50, "{path}: {first}");
        let rest = browser.get(&older(&first).expect("there are more")).await.expect(200).body;
        assert_eq!((rest.matches(entry).count(), older(&rest)), (10, None), "{path}: {rest}");
    }
    acme.sql("DELETE FROM jobs").await;
    world.finish().await;
}
