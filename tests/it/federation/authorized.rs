//! Authorized fetch: what is here is for servers that sign for it.

use reqwest::Method;
use serde_json::json;

use super::{ACME, GLOBEX, id, newest};
use crate::support::{ACTIVITY, With, World};

/// F56, F57, F403
#[tokio::test(flavor = "multi_thread")]
async fn documents_are_for_whoever_signs_for_them() {
    let world = World::builder()
        .instance(ACME)
        .peer("peer.test")
        .peer("barred.test")
        .configure(|config| {
            config.federation.authorized_fetch = true;
            config.federation.suspended_domains = vec!["barred.test".into()];
        })
        .start()
        .await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let post = ada.post_status("Hello").await;
    let (mal, bad) = (world.peer("peer.test").actor("mal"), world.peer("barred.test").actor("bad"));
    let note = format!("/users/ada/statuses/{}", id(&post));
    let paths = [
        "/users/ada",
        "/users/ada/outbox",
        "/users/ada/outbox?page=true",
        "/users/ada/followers",
        "/users/ada/collections/featured",
        "/users/ada/featured_collections",
        &note,
        &format!("{note}/activity"),
        &format!("{note}/replies"),
    ];
    for path in paths {
        let refused = acme.get_activity(path).await.expect(401);
        assert!(
            refused["error"].as_str().is_some_and(|why| why.contains("sign the request")),
            "{path}: {}",
            refused.body
        );
        mal.get(acme, path).await.expect(200);
        bad.get(acme, path).await.expect(404);
    }
    // Signed for something else.
    let headers = [("accept", ACTIVITY), ("signature", "keyId=\"x\",headers=\"date\",signature=\"AAAA\"")];
    acme.send(Method::GET, "/users/ada", With { headers: &headers, ..With::default() }).await.expect(401);
    // What has to be read first, and what people read.
    for path in ["/actor", "/actor/outbox"] {
        acme.get_activity(path).await.expect(200);
    }
    for path in ["/.well-known/webfinger?resource=acct:ada@acme.test", "/.well-known/nodeinfo", "/nodeinfo/2.1"] {
        acme.get(path).await.expect(200);
    }
    let page = [("accept", "text/html")];
    for (path, status) in [("/users/ada", 302), (note.as_str(), 302), ("/@ada", 200), ("/users/ada/outbox", 401)] {
        acme.send(Method::GET, path, With { headers: &page, ..With::default() }).await.expect(status);
    }
    world.finish().await;
}

/// F403
#[tokio::test(flavor = "multi_thread")]
async fn two_servers_that_want_signatures_read_each_other() {
    let world = World::builder()
        .instance(ACME)
        .instance(GLOBEX)
        .configure(|config| config.federation.authorized_fetch = true)
        .start()
        .await;
    let (ada, ben) = (world.instance(ACME).register("ada").await, world.instance(GLOBEX).register("ben").await);
    let post = ada.post_status("Before anybody looked").await;
    let found = ben.get(&format!("/api/v2/search?resolve=true&q={}", post["uri"].as_str().unwrap())).await.expect(200);
    assert_eq!(found["statuses"][0]["uri"], post["uri"]);
    ben.follow("@ada@acme.test").await;
    world.settle().await;
    ada.post_status("Hello").await;
    world.settle().await;
    let seen = newest(&ben).await;
    let reply = json!({"status": "@ada@acme.test yes", "in_reply_to_id": seen["id"]});
    ben.post("/api/v1/statuses", reply).await.expect(200);
    world.settle().await;
    let told = ada.get("/api/v1/notifications?types[]=mention").await.expect(200);
    assert_eq!(told.list().len(), 1);
    world.finish().await;
}
