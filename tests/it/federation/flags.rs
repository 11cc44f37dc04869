//! Reports between companies.

use serde_json::json;

use super::{ACME, GLOBEX, ada_and_ben, id};
use crate::support::{NewPerson, World};

/// F160
#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_forwarded_without_its_author() {
    let (world, ada, ben) = ada_and_ben().await;
    let post = ada.post_status("Buy this").await;
    world.settle().await;
    let seen = ben.home().await.remove(0);
    let body = json!({
        "account_id": seen["account"]["id"], "status_ids": [id(&seen)], "comment": "please look", "forward": true,
    });
    assert_eq!(ben.post("/api/v1/reports", body).await.expect(200)["forwarded"], true);
    world.settle().await;
    let new = NewPerson { username: "mo", role: "moderator", scopes: "read admin:read admin:write" };
    let mo = world.instance(ACME).register_with(new).await;
    let report = mo.get("/api/v1/admin/reports").await.expect(200);
    assert_eq!(report[0]["comment"], "please look");
    assert_eq!(report[0]["target_account"]["username"], "ada");
    assert_eq!(report[0]["statuses"][0]["id"], post["id"]);
    assert_eq!(report[0]["account"]["domain"], GLOBEX);
    assert!(!report.body.contains("\"ben\""), "{}", report.body);
    world.finish().await;
}

/// F161
#[tokio::test(flavor = "multi_thread")]
async fn flags_of_nobody_here_and_floods_of_them_come_to_nothing() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let acme = world.instance(ACME);
    let (ada, eve) = (acme.register("ada").await, acme.register("eve").await);
    let mal = world.peer("peer.test").actor("mal");
    let evil = eve.post_status("Eve's").await;
    for object in [json!("http://acme.test/users/nobody"), json!(mal.uri), json!([])] {
        mal.deliver(acme, &mal.activity("Flag", object)).await;
    }
    world.settle().await;
    assert_eq!(acme.count("SELECT count(*) FROM reports").await, 0);
    // Posts count with their own author.
    mal.deliver(acme, &mal.activity("Flag", json!([ada.account.uri, evil["uri"]]))).await;
    world.settle().await;
    let with_posts = "SELECT count(*) FROM reports WHERE status_ids <> '{}'";
    assert_eq!(acme.count(with_posts).await, 1);
    assert_eq!(acme.count("SELECT count(*) FROM reports").await, 2);
    for _ in 0..40 {
        mal.deliver(acme, &mal.activity("Flag", ada.account.uri.as_str())).await;
    }
    world.settle().await;
    assert_eq!(acme.count("SELECT count(*) FROM reports").await, 30);
    let other = world.peer("peer.test").actor("other");
    acme.sql(
        "INSERT INTO domain_blocks (id, domain, severity, reject_reports, created_at)
         VALUES (1, 'peer.test', 'noop', true, now())",
    )
    .await;
    pollen::federation::policy::reload(&acme.app).await.unwrap();
    other.deliver(acme, &other.activity("Flag", ada.account.uri.as_str())).await;
    world.settle().await;
    assert_eq!(acme.count("SELECT count(*) FROM reports").await, 30);
    world.finish().await;
}
