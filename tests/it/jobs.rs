//! The queue of jobs: what happens to those of a worker that dies, and to those that come after one that takes long.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use diesel_async::AsyncConnection;
use pollen::base::{Error, Result};
use pollen::jobs::Outcome;
use pollen::jobs::runner::{Perform, Runner};
use pollen::jobs::store::{ClaimedJob, claim_jobs};
use tokio::sync::{Notify, Semaphore, watch};

use crate::support::{Instance, World};

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
    assert_eq!(claim_jobs(&mut conn, now, now + lease, &[], &[], 10).await.unwrap().len(), 1);
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

/// So many jobs of a kind, which are due. Their lanes are `lane0` to `lane3`, in turns, unless one is said.
async fn enqueue(acme: &Instance, kind: &str, lane: Option<&str>, ids: std::ops::RangeInclusive<i64>) {
    let lane = lane.map_or_else(|| "'lane' || n % 4".into(), |lane| format!("'{lane}'"));
    let (now, first, last) = (acme.app.now().to_rfc3339(), ids.start(), ids.end());
    acme.sql(&format!(
        "INSERT INTO jobs (id, kind, lane, payload, run_at, created_at)
         SELECT n, '{kind}', {lane}, '{{}}', '{now}', '{now}' FROM generate_series({first}, {last}) n"
    ))
    .await;
}

/// What is done with jobs here instead of what they ask for.
fn perform<F: Future<Output = Result<Outcome>> + Send + 'static>(
    work: impl Fn(ClaimedJob) -> F + Send + Sync + 'static,
) -> Perform {
    Arc::new(move |_, job| Box::pin(work(job)))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_long_holds_up_its_own_lane_alone() {
    let builder = World::builder().instance("acme.test").configure(|config| config.jobs.workers = 4);
    let world = builder.start().await;
    let acme = world.instance("acme.test");
    enqueue(acme, "endless", None, 1..=200).await;
    enqueue(acme, "brief", Some("another"), 201..=240).await;
    let (release, done, brief) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(Mutex::new(Vec::new())));
    let (released, all_done, seen) = (release.clone(), done.clone(), brief.clone());
    let perform = perform(move |job: ClaimedJob| {
        let (release, done, brief) = (released.clone(), all_done.clone(), seen.clone());
        async move {
            if job.kind == "endless" {
                release.notified().await;
            } else {
                let mut brief = brief.lock().unwrap();
                brief.push(job.id.0);
                if brief.len() == 40 {
                    done.notify_one();
                }
            }
            Ok(Outcome::Done)
        }
    });
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(Runner::new(acme.app.clone(), perform, []).run(stopped));
    done.notified().await;
    assert_eq!(*brief.lock().unwrap(), (201..=240).collect::<Vec<_>>(), "in order");
    let held = "SELECT count(*) FROM jobs WHERE leased_until IS NOT NULL AND kind = 'endless'";
    assert_eq!(acme.count(held).await, 4, "what waits for them, another worker can have");
    assert_eq!(acme.count("SELECT max(attempts)::bigint FROM jobs WHERE leased_until IS NULL").await, 0);
    stop.send(true).unwrap();
    release.notify_waiters();
    running.await.unwrap();
    assert_eq!(acme.count("SELECT count(*) FROM jobs").await, 196, "what had begun was finished");
    acme.sql("DELETE FROM jobs").await;
    world.finish().await;
}

/// F18
#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_worker_held_comes_before_all_that_arrived_meanwhile() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    enqueue(acme, "counted", Some("one"), 1..=3).await;
    let (now, lease) = (acme.app.now(), TimeDelta::seconds(30));
    let mut conn = acme.app.db.get().await.unwrap();
    assert_eq!(claim_jobs(&mut conn, now, now + lease, &[], &[], 3).await.unwrap().len(), 3);
    drop(conn);
    world.clock.advance(TimeDelta::seconds(5));
    enqueue(acme, "counted", Some("one"), 4..=300).await;
    enqueue(acme, "counted", None, 301..=400).await;
    world.clock.advance(lease);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let ran = seen.clone();
    let perform = perform(move |job: ClaimedJob| {
        if job.lane.as_deref() == Some("one") {
            ran.lock().unwrap().push(job.id.0);
        }
        async { Ok(Outcome::Done) }
    });
    assert_eq!(Runner::new(acme.app.clone(), perform, []).run_until_idle().await.unwrap(), 400);
    assert_eq!(*seen.lock().unwrap(), (1..=300).collect::<Vec<_>>());
    world.finish().await;
}

/// F18
#[tokio::test(flavor = "multi_thread")]
async fn two_workers_never_hold_one_lane() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    enqueue(acme, "counted", Some("one"), 1..=30).await;
    let (now, lease) = (acme.app.now(), TimeDelta::seconds(30));
    let mut one = acme.app.db.get().await.unwrap();
    let mut other = acme.app.db.get().await.unwrap();
    let second = one
        .transaction(async |one| {
            assert_eq!(claim_jobs(one, now, now + lease, &[], &[], 10).await?.len(), 10);
            // Not committed yet, when another looks.
            let second = tokio::spawn(async move { claim_jobs(&mut other, now, now + lease, &[], &[], 10).await });
            let waits = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
                         WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()";
            while acme.count(waits).await == 0 && !second.is_finished() {}
            Ok::<_, diesel::result::Error>(second)
        })
        .await
        .unwrap();
    assert_eq!(second.await.unwrap().unwrap().len(), 0);
    drop(one);
    acme.sql("DELETE FROM jobs").await;
    world.finish().await;
}

/// A worker that takes three jobs of one lane, stands still during the first while another takes all three, and goes on as `work` says.
/// The first fails.
async fn stand_still<F: Future<Output = ()> + Send + 'static>(work: impl FnOnce(Runner, watch::Receiver<bool>) -> F) {
    let world =
        World::builder().instance("acme.test").configure(|config| config.jobs.lease_seconds = 3600.0).start().await;
    let acme = world.instance("acme.test");
    enqueue(acme, "held", Some("one"), 1..=3).await;
    let (begun, release, seen) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(Mutex::new(Vec::new())));
    let (has_begun, released, ran) = (begun.clone(), release.clone(), seen.clone());
    let perform = perform(move |job: ClaimedJob| {
        ran.lock().unwrap().push(job.id.0);
        let (begun, release) = (has_begun.clone(), released.clone());
        async move {
            if job.id.0 == 1 {
                begun.notify_one();
                release.notified().await;
            }
            Err(Error::internal("as when a database goes away"))
        }
    });
    let (stop, stopped) = watch::channel(false);
    let working = tokio::spawn(work(Runner::new(acme.app.clone(), perform, []), stopped));
    begun.notified().await;
    let lease = TimeDelta::hours(1);
    world.clock.advance(lease);
    let (now, mut conn) = (acme.app.now(), acme.app.db.get().await.unwrap());
    assert_eq!(claim_jobs(&mut conn, now, now + lease, &[], &[], 10).await.unwrap().len(), 3);
    drop(conn);
    stop.send_replace(true);
    release.notify_one();
    working.await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [1], "the others are another's");
    let anothers = format!(
        "SELECT count(*) FROM jobs WHERE attempts = 2 AND leased_until = '{}' AND last_error IS NULL",
        (now + lease).to_rfc3339()
    );
    assert_eq!(acme.count(&anothers).await, 3);
    acme.sql("DELETE FROM jobs").await;
    world.finish().await;
}

/// F18
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stood_still_goes_on_with_nothing_that_another_has() {
    stand_still(|mut runner, _| async move { assert_eq!(runner.run_until_idle().await.unwrap(), 1) }).await;
}

/// F18
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stood_still_gives_nothing_back_that_another_has() {
    stand_still(Runner::run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stood_still_goes_on_with_what_comes() {
    let builder = World::builder().instance("acme.test").configure(|config| config.jobs.lease_seconds = 3600.0);
    let world = builder.start().await;
    let acme = world.instance("acme.test");
    enqueue(acme, "endless", Some("one"), 1..=1).await;
    let (release, seen) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (released, has_begun) = (release.clone(), seen.clone());
    let perform = perform(move |job: ClaimedJob| {
        let (release, begun) = (released.clone(), has_begun.clone());
        async move {
            begun.notify_one();
            if job.kind == "endless" {
                release.notified().await;
            }
            Ok(Outcome::Done)
        }
    });
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(Runner::new(acme.app.clone(), perform, []).run(stopped));
    seen.notified().await;
    // Its lease ends while it runs; what comes then has one of its own.
    world.clock.advance(TimeDelta::hours(1));
    enqueue(acme, "brief", Some("two"), 2..=2).await;
    acme.app.jobs_due.notify_one();
    tokio::time::timeout(Duration::from_secs(60), seen.notified()).await.expect("begins");
    stop.send(true).unwrap();
    release.notify_one();
    running.await.unwrap();
    assert_eq!(acme.count("SELECT count(*) FROM jobs").await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_cause_leaves_room_for_what_people_here_do() {
    let builder = World::builder().instance("acme.test").configure(|config| config.jobs.workers = 2);
    let world = builder.start().await;
    let acme = world.instance("acme.test");
    // Of many hosts, of which each lets us wait.
    for n in 1..=20 {
        enqueue(acme, "strange", Some(&format!("of{n}")), n..=n).await;
    }
    enqueue(acme, "own", Some("author"), 21..=21).await;
    let (release, seen) = (Arc::new(Semaphore::new(0)), Arc::new(Notify::new()));
    let (held, begun) = (release.clone(), seen.clone());
    let work = perform(move |job: ClaimedJob| {
        let (release, begun) = (held.clone(), begun.clone());
        async move {
            match job.kind.as_str() {
                "strange" => release.acquire().await.unwrap().forget(),
                _ => begun.notify_one(),
            }
            Ok(Outcome::Done)
        }
    });
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(Runner::new(acme.app.clone(), work, ["strange"]).run(stopped));
    tokio::time::timeout(Duration::from_secs(60), seen.notified()).await.expect("begins");
    let held = "SELECT count(*) FROM jobs WHERE leased_until IS NOT NULL AND kind = 'strange'";
    while acme.count(held).await != 6 {}
    assert_eq!(acme.count("SELECT max(attempts)::bigint FROM jobs WHERE leased_until IS NULL").await, 0);
    // One of them that ends makes room for another.
    let left = "SELECT count(*) FROM jobs WHERE kind = 'strange'";
    release.add_permits(1);
    while acme.count(left).await != 19 || acme.count(held).await != 6 {}
    stop.send(true).unwrap();
    release.add_permits(20);
    running.await.unwrap();
    acme.sql("DELETE FROM jobs").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_have_us_try_in_vain_is_dropped_and_what_is_ours_kept_for_a_month() {
    let builder = World::builder().instance("acme.test").configure(|config| config.jobs.attempts = 1);
    let world = builder.start().await;
    let acme = world.instance("acme.test");
    for (n, kind) in [(1, "strange"), (2, "strange broken"), (3, "own"), (4, "own broken")] {
        enqueue(acme, kind, None, n..=n).await;
    }
    let work = perform(|job: ClaimedJob| async move {
        Err(match job.kind.ends_with("broken") {
            true => Error::internal("as when a table is gone"),
            false => Error::Remote("nobody answers".into()),
        })
    });
    let mut runner = Runner::new(acme.app.clone(), work, ["strange", "strange broken"]);
    assert_eq!(runner.run_until_idle().await.unwrap(), 4);
    assert_eq!(acme.count("SELECT count(*) FROM jobs WHERE kind = 'strange'").await, 0);
    let left = "SELECT count(*) FROM jobs WHERE failed_at IS NOT NULL";
    assert_eq!(acme.count(left).await, 3);
    for (days, kept) in [(29, 3), (2, 0)] {
        world.clock.advance(TimeDelta::days(days));
        pollen::housekeeping::sweep(&acme.app).await.unwrap();
        assert_eq!(acme.count(left).await, kept);
    }
    world.finish().await;
}
