//! The harness itself: instances start, answer under their names, and are told apart.

use serde_json::json;

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_answer_under_their_own_names() {
    let world = World::start(["acme.test", "globex.test"]).await;
    for name in ["acme.test", "globex.test"] {
        let instance = world.instance(name);
        instance.get("/").await.expect(200);
        instance.get("/no/such/page").await.expect(404);
        let actor = instance.get_activity("/actor").await.expect(200);
        assert_eq!(actor["id"], format!("http://{name}/actor"));
    }
    world.settle().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_have_tokens_and_accounts() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    assert_eq!(ada.handle(), "@ada@acme.test");
    let actor = ada.instance().get_activity("/users/ada").await.expect(200);
    assert_eq!(actor["id"], ada.account.uri);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "without World::finish")]
async fn a_world_without_a_finish_fails() {
    let world = World::start(["acme.test"]).await;
    drop(world);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_reaches_a_follower_on_another_instance() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    let ben = world.instance("globex.test").register("ben").await;
    ben.follow("@ada@acme.test").await;
    world.settle().await;
    ada.post_status("What I learned today").await;
    world.settle().await;
    assert_eq!(ben.home_texts().await, ["What I learned today"]);
    world.finish().await;
}

/// F34, F69
#[tokio::test(flavor = "multi_thread")]
async fn a_peer_follows_and_is_sent_posts() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let (acme, peer) = (world.instance("acme.test"), world.peer("peer.test"));
    let (ada, mal) = (acme.register("ada").await, peer.actor("mal"));
    mal.deliver(acme, &mal.activity("Follow", ada.account.uri.as_str())).await;
    world.settle().await;
    assert_eq!(peer.received_of_type("Accept").len(), 1);
    ada.post_status("To all who follow").await;
    world.settle().await;
    let created = peer.received_of_type("Create");
    assert_eq!(created.len(), 1);
    assert_eq!(created[0]["object"]["content"], "<p>To all who follow</p>");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_was_tampered_with_is_refused() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let (acme, peer) = (world.instance("acme.test"), world.peer("peer.test"));
    let mal = peer.actor("mal");
    let like = mal.activity("Like", "http://acme.test/nothing");
    let mut wrong_digest = mal.letter(&like);
    wrong_digest.tamper = |_, body| body.push(' ');
    wrong_digest.post(acme, "/inbox").await.expect(401);
    let mut old = mal.letter(&like);
    old.signed_at -= chrono::TimeDelta::hours(2);
    old.post(acme, "/inbox").await.expect(401);
    mal.letter(&like).post(acme, "/inbox").await.expect(202);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "left behind")]
async fn a_delivery_that_is_stuck_fails_the_world() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let (acme, peer) = (world.instance("acme.test"), world.peer("peer.test"));
    let (ada, mal) = (acme.register("ada").await, peer.actor("mal"));
    peer.answer_inbox(500);
    mal.deliver(acme, &mal.activity("Follow", ada.account.uri.as_str())).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "delivery given up")]
async fn a_delivery_that_is_given_up_fails_the_world() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let (acme, peer) = (world.instance("acme.test"), world.peer("peer.test"));
    let (ada, mal) = (acme.register("ada").await, peer.actor("mal"));
    peer.answer_inbox(400);
    mal.deliver(acme, &mal.activity("Follow", ada.account.uri.as_str())).await;
    world.settle().await;
    world.advance(chrono::TimeDelta::days(1)).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "expected a warning")]
async fn a_warning_that_was_expected_must_come() {
    let mut world = World::start(["acme.test"]).await;
    world.expect_warning("no such thing");
    world.instance("acme.test").post("/api/v1/statuses", json!({})).await.expect(401);
    world.finish().await;
}
