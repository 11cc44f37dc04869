//! What becomes of deliveries that other servers answer in one way or another.

use chrono::TimeDelta;
use pollen::federation::store::claim_hosts;
use pollen::moderation::ops::{self, By};
use serde_json::{Value, json};

use super::{ACME, id};
use crate::support::{Peer, PeerActor, Person, World, plain};

/// Ada at Acme, whom Mal on a peer follows.
async fn scene() -> (World, Person, PeerActor) {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let ada = world.instance(ACME).register("ada").await;
    let mal = world.peer("peer.test").actor("mal");
    mal.deliver(world.instance(ACME), &mal.activity("Follow", ada.account.uri.as_str())).await;
    world.settle().await;
    (world, ada, mal)
}

/// The texts of posts that arrived, each time that they did.
fn arrived(peer: &Peer) -> Vec<String> {
    let text = |create: &Value| plain(create["object"]["content"].as_str().unwrap());
    peer.received_of_type("Create").iter().map(text).collect()
}

async fn post(world: &World, ada: &Person, texts: &[&str]) {
    for text in texts {
        ada.post_status(text).await;
    }
    world.settle().await;
}

/// F68, F69, F72
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_fails_is_left_alone_and_then_gets_all_in_order() {
    let (world, ada, mal) = scene().await;
    let peer = world.peer("peer.test");
    post(&world, &ada, &["one", "two", "three"]).await;
    assert_eq!(arrived(peer), ["one", "two", "three"]);
    peer.answer_inbox(503);
    peer.ask_to_wait(3600);
    post(&world, &ada, &["four"]).await;
    post(&world, &ada, &["five", "six"]).await;
    assert_eq!(arrived(peer)[3..], ["four"], "it asked to be left alone");
    world.advance(TimeDelta::minutes(50)).await;
    assert_eq!(arrived(peer)[3..], ["four"]);
    peer.answer_inbox(429);
    peer.ask_to_wait(None);
    world.advance(TimeDelta::minutes(11)).await;
    assert_eq!(arrived(peer)[4..], ["four"], "one goes first");
    peer.answer_inbox(202);
    world.advance(TimeDelta::minutes(5)).await;
    assert_eq!(arrived(peer)[5..], ["four", "five", "six"]);
    drop(mal);
    world.finish().await;
}

/// F372
#[tokio::test(flavor = "multi_thread")]
async fn what_a_host_cuts_off_as_it_closes_an_idle_connection_does_not_wait() {
    let (world, ada, _) = scene().await;
    let peer = world.peer("peer.test");
    post(&world, &ada, &["one"]).await;
    peer.cut_off(1);
    post(&world, &ada, &["two"]).await;
    assert_eq!(arrived(peer), ["one", "two"]);
    peer.cut_off(2);
    post(&world, &ada, &["three"]).await;
    assert_eq!(arrived(peer), ["one", "two"], "no answer, and no third try");
    world.advance(TimeDelta::seconds(13)).await;
    assert_eq!(arrived(peer), ["one", "two", "three"]);
    world.finish().await;
}

/// F75
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_speaks_is_tried_at_once() {
    let (world, ada, mal) = scene().await;
    let peer = world.peer("peer.test");
    peer.answer_inbox(503);
    peer.ask_to_wait(3600);
    post(&world, &ada, &["one"]).await;
    peer.answer_inbox(202);
    world.advance(TimeDelta::minutes(1)).await;
    assert_eq!(arrived(peer).len(), 1);
    mal.deliver(world.instance(ACME), &mal.activity("Like", "http://acme.test/nothing")).await;
    world.settle().await;
    assert_eq!(arrived(peer).len(), 2);
    world.finish().await;
}

/// F70
#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_that_is_gone_ends_the_follows_through_it() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    let (peer, pat) = (world.peer("peer.test"), world.peer("peer.test").actor("pat"));
    // Pat has no other inbox than her own.
    peer.change("/users/pat", "endpoints", json!({}));
    pat.deliver(acme, &pat.activity("Follow", ada.account.uri.as_str())).await;
    world.settle().await;
    let followers = async || acme.count("SELECT followers_count FROM account_stats WHERE followers_count > 0").await;
    assert_eq!((acme.count("SELECT count(*) FROM follows").await, followers().await), (2, 2));
    peer.answer_inbox_at("/inbox", 410);
    post(&world, &ada, &["one"]).await;
    assert_eq!((acme.count("SELECT count(*) FROM follows").await, followers().await), (1, 1));
    let since = peer.received().len();
    post(&world, &ada, &["two"]).await;
    let paths: Vec<String> = peer.received().into_iter().skip(since).map(|one| one.path).collect();
    assert_eq!(paths, ["/users/pat/inbox"]);
    drop(mal);
    world.finish().await;
}

/// F72
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_was_given_up_once_is_given_as_much_time_as_any_other() {
    let (mut world, ada, _) = scene().await;
    world.expect_warning("counts as dead");
    let peer = world.peer("peer.test");
    peer.answer_inbox(503);
    post(&world, &ada, &["long ago"]).await;
    world.advance(TimeDelta::days(15)).await;
    assert_eq!(world.instance(ACME).count("SELECT count(*) FROM deliveries").await, 0, "it is given up");
    // It comes back, and is not well yet.
    post(&world, &ada, &["now"]).await;
    let tried = arrived(peer).len();
    world.advance(TimeDelta::hours(8)).await;
    assert_eq!(arrived(peer)[tried..], ["now"]);
    peer.answer_inbox(202);
    world.advance(TimeDelta::hours(8)).await;
    assert_eq!(arrived(peer)[tried..], ["now", "now"]);
    // What an administrator gives up takes nothing along that is written afterwards.
    peer.answer_inbox(503);
    post(&world, &ada, &["forgotten"]).await;
    world.clock.advance(TimeDelta::days(15));
    ops::forget_deliveries(&world.instance(ACME).app, By::CommandLine, "peer.test").await.unwrap();
    post(&world, &ada, &["after it"]).await;
    world.advance(TimeDelta::hours(8)).await;
    peer.answer_inbox(202);
    world.advance(TimeDelta::hours(8)).await;
    assert_eq!(arrived(peer).last().unwrap(), "after it");
    world.finish().await;
}

/// F73
#[tokio::test(flavor = "multi_thread")]
async fn what_a_host_cannot_take_does_not_hold_up_the_rest() {
    let (world, ada, _) = scene().await;
    let peer = world.peer("peer.test");
    peer.answer_inbox(500);
    post(&world, &ada, &["poison"]).await;
    for _ in 0..3 {
        world.advance(TimeDelta::minutes(5)).await;
    }
    let tried = arrived(peer).len();
    assert!(tried >= 3, "it was tried {tried} times");
    peer.answer_inbox(202);
    post(&world, &ada, &["good"]).await;
    assert_eq!(arrived(peer)[tried..], ["good"]);
    world.advance(TimeDelta::hours(1)).await;
    assert_eq!(arrived(peer)[tried..], ["good", "poison"]);
    world.finish().await;
}

/// F74
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_tried_once_more() {
    let (mut world, ada, _) = scene().await;
    world.expect_warning("delivery given up");
    let peer = world.peer("peer.test");
    peer.answer_inbox(422);
    post(&world, &ada, &["one"]).await;
    assert_eq!(arrived(peer), ["one"]);
    for _ in 0..3 {
        world.advance(TimeDelta::hours(1)).await;
    }
    assert_eq!(arrived(peer), ["one", "one"]);
    world.finish().await;
}

/// F68
#[tokio::test(flavor = "multi_thread")]
async fn redirects_of_an_inbox_are_not_followed() {
    let (mut world, ada, _) = scene().await;
    world.expect_warning("delivery given up");
    let peer = world.peer("peer.test");
    peer.answer_inbox(307);
    post(&world, &ada, &["one"]).await;
    world.advance(TimeDelta::hours(1)).await;
    world.advance(TimeDelta::hours(1)).await;
    assert!(peer.received().iter().all(|one| one.path.ends_with("/inbox")));
    assert_eq!(arrived(peer), ["one", "one"]);
    world.finish().await;
}

/// F72
#[tokio::test(flavor = "multi_thread")]
async fn what_a_host_says_cannot_keep_what_became_of_deliveries_from_being_written_down() {
    let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
    let (acme, peer, other) = (world.instance(ACME), world.peer("peer.test"), world.peer("other.test"));
    let ada = acme.register("ada").await;
    for by in [peer.actor("mal"), other.actor("pat")] {
        by.deliver(acme, &by.activity("Follow", ada.account.uri.as_str())).await;
    }
    world.settle().await;
    peer.answer_inbox(500);
    peer.say_at_inbox("Not\u{0} now\r\nINFO all is well");
    post(&world, &ada, &["one"]).await;
    assert_eq!((arrived(peer).len(), arrived(other).len()), (1, 1));
    let said = acme.database.client().await.query_one("SELECT last_error FROM deliveries", &[]).await.unwrap();
    assert_eq!(said.get::<_, String>(0), "500 Not  now  INFO all is well");
    let failing = "SELECT count(*) FROM instances WHERE domain = 'peer.test' AND failures = 1 AND leased_until IS NULL";
    assert_eq!(acme.count(failing).await, 1);
    // What was delivered elsewhere meanwhile is not delivered again.
    peer.answer_inbox(202);
    world.advance(TimeDelta::minutes(5)).await;
    assert_eq!((arrived(peer).len(), arrived(other).len()), (2, 1));
    world.finish().await;
}

/// F324
#[tokio::test(flavor = "multi_thread")]
async fn hosts_are_served_in_turn() {
    let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    for by in ["peer.test", "other.test"].map(|name| world.peer(name).actor("mal")) {
        by.deliver(acme, &by.activity("Follow", ada.account.uri.as_str())).await;
        by.peer().answer_inbox(503);
    }
    post(&world, &ada, &["one"]).await;
    world.clock.advance(TimeDelta::hours(1));
    let now = acme.app.now();
    let claim = async |after: &str| {
        let mut conn = acme.app.db.background().await.unwrap();
        // A lease that has run out: both are free again.
        let claimed = claim_hosts(&mut conn, now, now - TimeDelta::seconds(1), 1, after).await.unwrap();
        claimed.into_iter().map(|host| host.domain).collect::<Vec<_>>()
    };
    assert_eq!(claim("").await, ["other.test"]);
    assert_eq!(claim("other.test").await, ["peer.test"]);
    assert_eq!(claim("peer.test").await, Vec::<String>::new());
    for name in ["peer.test", "other.test"] {
        world.peer(name).answer_inbox(202);
    }
    world.advance(TimeDelta::hours(1)).await;
    world.finish().await;
}

/// F1, F3
#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_us_post_to_a_third_one() {
    let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
    let (acme, peer, other) = (world.instance(ACME), world.peer("peer.test"), world.peer("other.test"));
    let ada = acme.register("ada").await;
    let (mal, pat) = (peer.actor("mal"), peer.actor("pat"));
    peer.change("/users/mal", "inbox", other.url("/inbox"));
    peer.change("/users/pat", "endpoints", json!({"sharedInbox": other.url("/inbox")}));
    let follow = |by: &PeerActor| by.activity("Follow", ada.account.uri.as_str());
    mal.post(acme, &follow(&mal)).await.expect(401);
    pat.deliver(acme, &follow(&pat)).await;
    world.settle().await;
    post(&world, &ada, &["one"]).await;
    assert_eq!((arrived(other).len(), arrived(peer)), (0, vec!["one".to_owned()]));
    assert!(other.received().is_empty());
    world.finish().await;
}

/// F421
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_deleted_post_comes_after_its_delete() {
    let (world, ada, _) = scene().await;
    let peer = world.peer("peer.test");
    let [kept, gone] = ["kept", "gone"].map(|text| ada.post_status(text));
    let (kept, gone) = (kept.await, gone.await);
    world.settle().await;
    // Refused for a while, for no fault of the host: each waits by itself.
    peer.answer_inbox(403);
    for (post, text) in [(&kept, "kept, and edited"), (&gone, "gone, and edited")] {
        ada.put(&format!("/api/v1/statuses/{}", id(post)), json!({"status": text})).await.expect(200);
    }
    world.settle().await;
    let updates = || peer.received_of_type("Update").len();
    assert_eq!(updates(), 2);
    peer.answer_inbox(202);
    ada.delete(&format!("/api/v1/statuses/{}", id(&gone))).await.expect(200);
    world.settle().await;
    assert_eq!(peer.received_of_type("Delete").len(), 1);
    world.advance(TimeDelta::hours(1)).await;
    let updated = peer.received_of_type("Update").split_off(2);
    assert_eq!(updated.len(), 1);
    assert_eq!(updated[0]["object"]["id"], kept["uri"]);
    world.finish().await;
}

/// F421
#[tokio::test(flavor = "multi_thread")]
async fn what_was_undone_does_not_come_after_its_undo() {
    let (world, ada, mal) = scene().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let mals = ada.resolve(&mal.handle()).await;
    ada.post(&format!("/api/v1/accounts/{}/follow", id(&mals)), json!({})).await.expect(200);
    world.settle().await;
    let follow = peer.received_of_type("Follow").remove(0);
    mal.deliver(acme, &mal.activity("Accept", follow)).await;
    let note = mal.note("Hello again");
    mal.deliver(acme, &mal.create(&note)).await;
    world.settle().await;
    let post = ada.home().await.into_iter().find(|post| post["uri"] == note["id"]).unwrap();
    ada.post(&format!("/api/v1/accounts/{}/unfollow", id(&mals)), json!({})).await.expect(200);
    world.settle().await;
    let undone = peer.received_of_type("Undo").len();
    peer.answer_inbox(403);
    let (account, status) = (format!("/api/v1/accounts/{}", id(&mals)), format!("/api/v1/statuses/{}", id(&post)));
    ada.post(&format!("{status}/favourite"), json!({})).await.expect(200);
    ada.post(&format!("{account}/follow"), json!({})).await.expect(200);
    world.settle().await;
    ada.post(&format!("{status}/unfavourite"), json!({})).await.expect(200);
    ada.post(&format!("{account}/unfollow"), json!({})).await.expect(200);
    ada.post(&format!("{account}/block"), json!({})).await.expect(200);
    world.settle().await;
    ada.post(&format!("{account}/unblock"), json!({})).await.expect(200);
    world.settle().await;
    let heard = |kind: &str| peer.received_of_type(kind).len();
    let before = ["Like", "Follow", "Block"].map(heard);
    peer.answer_inbox(202);
    world.advance(TimeDelta::hours(1)).await;
    assert_eq!(["Like", "Follow", "Block"].map(heard), before);
    // What may have come in spite of the answer is undone all the same: each was refused once, and is tried again.
    assert_eq!(heard("Undo"), undone + 6);
    world.finish().await;
}

/// F72, F73
#[tokio::test(flavor = "multi_thread")]
async fn one_delivery_that_a_host_never_answers_does_not_keep_all_others_for_ever() {
    let (world, ada, _) = scene().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (eve, odd) = (acme.register("eve").await, peer.actor("odd"));
    let odds = eve.resolve(&odd.handle()).await;
    // What is for this one alone never gets through, and it is the oldest that waits.
    peer.answer_inbox_at("/users/odd/inbox", 503);
    eve.post(&format!("/api/v1/accounts/{}/follow", id(&odds)), json!({})).await.expect(200);
    world.settle().await;
    post(&world, &ada, &["one", "two"]).await;
    assert!(arrived(peer).is_empty());
    for text in ["three", "four", "five", "six"] {
        for _ in 0..4 {
            world.advance(TimeDelta::hours(8)).await;
        }
        post(&world, &ada, &[text]).await;
    }
    for _ in 0..4 {
        world.advance(TimeDelta::hours(8)).await;
    }
    assert_eq!(arrived(peer), ["one", "two", "three", "four", "five", "six"], "in order, each once");
    let aside = "SELECT count(*) FROM deliveries WHERE not_before IS NOT NULL";
    assert_eq!(acme.count(aside).await, 1, "it waits by itself");
    post(&world, &ada, &["seven"]).await;
    assert_eq!(arrived(peer)[6..], ["seven"]);
    peer.answer_inbox_at("/users/odd/inbox", 202);
    world.advance(TimeDelta::hours(8)).await;
    world.finish().await;
}
