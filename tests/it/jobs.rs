//! The queue of jobs: what happens to those of a worker that dies.

use chrono::TimeDelta;
use pollen::jobs::store::claim_jobs;

use crate::support::World;

/// F18
#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_worker_held_keeps_its_place_in_its_lane() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let (acme, peer) = (world.instance("acme.test"), world.peer("peer.test"));
    let (ada, mal, meg) = (acme.register("ada").await, peer.actor("mal"), peer.actor("meg"));
    let follow = mal.activity("Follow", ada.account.uri.as_str());
    mal.deliver(acme, &follow).await;
    // A process takes it, and dies.
    let lease = TimeDelta::seconds(30);
    let mut conn = acme.app.db.get().await.unwrap();
    let now = acme.app.now();
    assert_eq!(claim_jobs(&mut conn, now, now + lease, &[], 10).await.unwrap().len(), 1);
    drop(conn);
    // What the same actor sends next waits for it; others don't.
    mal.deliver(acme, &mal.activity("Undo", follow)).await;
    meg.deliver(acme, &meg.activity("Follow", ada.account.uri.as_str())).await;
    world.settle().await;
    let followers = || acme.count("SELECT count(*) FROM follows");
    assert_eq!(followers().await, 1, "meg's");
    assert_eq!(acme.count("SELECT count(*) FROM jobs").await, 2, "mal's two wait");
    world.advance(lease).await;
    assert_eq!(followers().await, 1, "mal follows no more");
    world.finish().await;
}
