//! Which servers administrators let in and which they do not, on pages.

use super::admin::{audit, staff};
use crate::support::{Part, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_of_a_list_can_be_kept_when_the_block_is_changed() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (_, browser) = staff(acme, "ruth", "admin").await;
    let page = browser.get("/admin/servers").await.expect(200);
    let comment = "x".repeat(1500);
    let list = format!("#domain,#severity,#public_comment\nevil.test,suspend,{comment}\n");
    browser.submit(&page, "/admin/servers/import", &[("data", &list)]).await.expect(303);
    let one = format!("/admin/servers/blocks/{}", acme.count("SELECT id FROM domain_blocks").await);
    let page = browser.get(&one).await.expect(200);
    let kept = "x".repeat(1000);
    assert!(page.body.contains(&kept) && !page.body.contains(&comment));
    browser.submit(&page, &one, &[("severity", "suspend"), ("public_comment", &kept)]).await.expect(303);
    world.finish().await;
}

/// Whether the account of another server is closed.
const CLOSED: &str = "SELECT count(*) FROM accounts WHERE username = 'mal' AND suspended_at IS NOT NULL";

#[tokio::test(flavor = "multi_thread")]
async fn servers_are_refused_and_let_in_again() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let acme = world.instance("acme.test");
    let mal = world.peer("peer.test").actor("mal");
    let ada = acme.register("ada").await;
    ada.resolve(&mal.handle()).await;
    let (_, browser) = staff(acme, "ruth", "admin").await;
    let path = "/admin/servers";
    let page = browser.get(path).await.expect(200);
    let blocks = "/admin/servers/blocks";
    let typed = |domain| {
        [("domain", domain), ("severity", "suspend"), ("private_comment", "They <spam>"), ("public_comment", "Spam")]
    };
    let wrong = browser.submit(&page, blocks, &typed("not a name")).await.expect(422);
    assert!(wrong.body.contains("href=\"#domain\"") && wrong.body.contains("They &#60;spam&#62;"), "{}", wrong.body);
    browser.submit(&page, blocks, &typed("acme.test")).await.expect(422);
    browser.submit(&page, blocks, &typed("Peer.test")).await.expect(303);
    browser.submit(&page, blocks, &typed("peer.test")).await.expect(422);
    world.settle().await;
    assert_eq!(acme.count(CLOSED).await, 1);
    assert!(pollen::federation::policy::is_suspended(&acme.app, "peer.test"));
    let list = browser.get(path).await.expect(200).body;
    assert!(list.contains("They &#60;spam&#62; · Spam"), "{list}");
    let csv = browser.get("/admin/servers/blocks.csv").await.expect(200).body;
    assert!(csv.contains("peer.test,suspend,false,false,Spam,false"), "{csv}");
    let id = acme.count("SELECT id FROM domain_blocks").await;
    let one = format!("{blocks}/{id}");
    let page = browser.get(&one).await.expect(200);
    let long = "x".repeat(1001);
    let wrong = browser.submit(&page, &one, &[("severity", "silence"), ("public_comment", &long)]).await.expect(422);
    assert!(wrong.body.contains("href=\"#public_comment\""), "{}", wrong.body);
    browser.submit(&page, &one, &[("severity", "silence"), ("reject_media", "true")]).await.expect(303);
    world.settle().await;
    assert!(pollen::federation::policy::rejects_media(&acme.app, "peer.test"));
    assert!(!pollen::federation::policy::is_suspended(&acme.app, "peer.test"));
    assert_eq!(acme.count(CLOSED).await, 0);
    browser.submit(&page, &format!("{one}/remove"), &[]).await.expect(303);
    world.settle().await;
    browser.get(&one).await.expect(404);

    let page = browser.get(path).await.expect(200);
    let import = "/admin/servers/import";
    let bad = "#domain,#severity\nevil.test,suspend\nbad.test,perhaps\n";
    browser.submit(&page, import, &[("data", bad)]).await.expect(422);
    assert_eq!(acme.count("SELECT count(*) FROM domain_blocks").await, 0, "nothing of a list with a mistake");
    let file = [Part::file("data", b"#domain,#severity\nevil.test,suspend\nodd.test,silence\n".as_slice())];
    browser.submit_files(&page, import, &[], &file).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM domain_blocks").await, 2);
    let page = browser.get(path).await.expect(200);
    let allows = "/admin/servers/allows";
    browser.submit(&page, allows, &[("domain", "friends.test")]).await.expect(303);
    let wrong = browser.submit(&page, allows, &[("domain", "friends.test")]).await.expect(422);
    assert!(wrong.body.contains("href=\"#allow\"") && wrong.body.contains("value=\"friends.test\""), "{}", wrong.body);
    let id = acme.count("SELECT id FROM domain_allows").await;
    let page = browser.get(path).await.expect(200);
    browser.submit(&page, &format!("{allows}/{id}/remove"), &[]).await.expect(303);
    world.settle().await;
    let done = audit(acme).await;
    assert_eq!(
        done,
        [
            "ruth domain_block.create peer.test",
            "ruth domain_block.update peer.test",
            "ruth domain_block.destroy peer.test",
            "ruth domain_block.create evil.test",
            "ruth domain_block.create odd.test",
            "ruth domain_allow.create friends.test",
            "ruth domain_allow.destroy friends.test",
        ]
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_makes_a_block_worse_can_be_taken_back() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let acme = world.instance("acme.test");
    let mal = world.peer("peer.test").actor("mal");
    acme.register("ada").await.resolve(&mal.handle()).await;
    let (_, browser) = staff(acme, "ruth", "admin").await;
    let page = browser.get("/admin/servers").await.expect(200);
    let typed = [("domain", "peer.test"), ("severity", "silence")];
    browser.submit(&page, "/admin/servers/blocks", &typed).await.expect(303);
    world.settle().await;
    world.clock.advance(chrono::TimeDelta::hours(1));
    let list = [("data", "#domain,#severity\npeer.test,suspend\n"), ("overwrite", "true")];
    browser.submit(&page, "/admin/servers/import", &list).await.expect(303);
    world.settle().await;
    assert_eq!(acme.count(CLOSED).await, 1);
    let id = acme.count("SELECT id FROM domain_blocks").await;
    let one = format!("/admin/servers/blocks/{id}");
    let page = browser.get(&one).await.expect(200);
    browser.submit(&page, &format!("{one}/remove"), &[]).await.expect(303);
    world.settle().await;
    assert_eq!(acme.count(CLOSED).await, 0, "what the list closed is open again");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_are_looked_for_by_a_part_of_their_name() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let acme = world.instance("acme.test");
    let mal = world.peer("peer.test").actor("mal");
    acme.register("ada").await.resolve(&mal.handle()).await;
    let (_, browser) = staff(acme, "ruth", "admin").await;
    let path = "/admin/servers";
    let page = browser.get(path).await.expect(200);
    let block = [("domain", "evil.test"), ("severity", "suspend")];
    browser.submit(&page, "/admin/servers/blocks", &block).await.expect(303);
    let allow = [("domain", "friends.test"), ("reason", "They <b>teach</b> with us")];
    browser.submit(&page, "/admin/servers/allows", &allow).await.expect(303);
    let long = "x".repeat(1001);
    let wrong = browser.submit(&page, "/admin/servers/allows", &[("domain", "a.test"), ("reason", &long)]).await;
    assert!(wrong.expect(422).body.contains("href=\"#reason\""));
    let all = browser.get(path).await.expect(200).body;
    assert!(all.contains("They &#60;b&#62;teach&#60;/b&#62; with us"), "{all}");
    for (q, found) in [
        ("peer", [true, false, false]),
        ("EVIL", [false, true, false]),
        ("friend", [false, false, true]),
        (".test", [true, true, true]),
        ("%25", [false, false, false]),
        ("_", [false, false, false]),
    ] {
        let body = browser.get(&format!("{path}?q={q}")).await.expect(200).body;
        let parts = ["<bdi class=\"name\">peer.test</bdi>", ">evil.test</a>", "<li>friends.test"];
        assert_eq!(parts.map(|part| body.contains(part)), found, "{q}: {body}");
    }
    let done = audit(acme).await;
    assert!(done.contains(&"ruth domain_allow.create friends.test".to_owned()), "{done:?}");
    world.finish().await;
}
