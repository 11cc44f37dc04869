//! Sends what waits in `deliveries`: claims hosts, keeps the order for each host and actor, backs off for each host.
//! One per process.

mod post;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use tokio::sync::watch;

use self::post::{Spoken, Verdict, attempt, patience, probe_of};
use super::store::{self, ClaimedHost, DueDelivery};
use crate::app::App;
use crate::base::id::{AccountId, ActivityId, DeliveryId};
use crate::base::{Error, Result};
use crate::config::seconds;
use crate::db::Conn;
use crate::jobs::turns::{Ended, Turns};
use crate::net::signature::Dialect;

/// How long the queue is left alone when nobody rings: back-offs that end, deliveries of other processes.
const POLL: Duration = Duration::from_millis(500);

/// Deliveries taken for one host at a time.
const EACH: i64 = 100;

/// A host that keeps us waiting for longer stands aside: its place goes to another.
const BRISK: Duration = Duration::from_secs(1);

/// After so long no more deliveries of a turn are begun: a host that takes its time with each is taken up again when others had theirs.
const LONGEST: Duration = Duration::from_secs(30);

/// So many times as many hosts may stand aside as have places. They cost a socket each.
const ASIDE: usize = 7;

/// Actors whose deliveries go to one host side by side.
const LANES: usize = 8;

/// One attempt's end.
struct Attempt {
    delivery: Arc<DueDelivery>,
    verdict: Verdict,
}

/// What came of one host's turn.
struct Turn {
    attempts: Vec<Attempt>,
    /// The other dialect of signatures, when the host took that and not the one that we thought it does.
    learned: Option<Dialect>,
}

/// The deliveries of an instance in this process.
pub struct Sender {
    app: App,
    turns: Turns<ClaimedHost, Turn>,
    /// The last one that was claimed: the next one by name comes next, so that each has its turn.
    last: String,
}

impl Sender {
    pub fn new(app: App) -> Self {
        Self { app, turns: Turns::new(), last: String::new() }
    }

    /// Works until `stop` turns true, then finishes what is in flight. Database faults are logged and tried again.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let app = self.app.clone();
        let mut renewal = tokio::time::interval(seconds(app.config.delivery.lease_seconds) / 3);
        // Not a sleep in the loop below: whatever happens more often would put it off for ever.
        let mut poll = tokio::time::interval(POLL);
        let mut look = true;
        while !*stop.borrow() {
            if look && self.room() * 2 >= app.config.delivery.hosts {
                look = self.claim_and_start().await.unwrap_or_else(|error| {
                    log_fault("claiming deliveries", &error);
                    0
                }) > 0;
            }
            tokio::select! {
                Some(first) = self.turns.next(), if self.turns.len() > 0 => {
                    self.finish(first).await;
                    look = true;
                }
                () = app.deliveries_due.notified() => look = true,
                _ = poll.tick() => look = true,
                _ = renewal.tick() => self.renew().await,
                _ = stop.changed() => {}
            }
        }
        while let Some(done) = self.turns.next().await {
            self.finish(done).await;
        }
    }

    /// Sends all that is due now until nothing is. For tests and the demo. Returns how many attempts were made.
    pub async fn run_until_idle(&mut self) -> Result<usize> {
        let mut attempts = 0;
        while self.claim_and_start().await? > 0 {
            while let Some(done) = self.turns.next().await {
                attempts += self.finish(done).await;
            }
        }
        Ok(attempts)
    }

    /// For how many hosts there is a place. Hosts that hang have none, so that they delay nobody else; nor are they without number.
    fn room(&self) -> usize {
        let places = self.app.config.delivery.hosts;
        let brisk = self.turns.count_younger(BRISK);
        places.saturating_sub(brisk).min((places * (ASIDE + 1)).saturating_sub(self.turns.len()))
    }

    /// Claims hosts and starts their turns. Returns how many.
    async fn claim_and_start(&mut self) -> Result<usize> {
        let room = self.room();
        let now = self.app.now();
        let mut conn = self.app.db.background().await?;
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        let hosts = self.claim(&mut conn, now, limit).await?;
        if hosts.is_empty() {
            return Ok(0);
        }
        let names: Vec<String> = hosts.iter().map(|host| host.domain.clone()).collect();
        let due = store::list_due(&mut conn, &names, now, EACH).await?;
        let bodies = load_bodies(&mut conn, &due).await?;
        drop(conn);
        let mut by_host: HashMap<String, Vec<Arc<DueDelivery>>> = HashMap::new();
        for delivery in due {
            by_host.entry(delivery.host.clone()).or_default().push(Arc::new(delivery));
        }
        let claimed = hosts.len();
        for host in hosts {
            let deliveries = by_host.remove(&host.domain).unwrap_or_default();
            let turn = take_turn(self.app.clone(), host.clone(), deliveries, bodies.clone());
            self.turns.start(host, turn);
        }
        Ok(claimed)
    }

    /// Takes the next hosts by name after the last one, and goes on with the first ones.
    async fn claim(&mut self, conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> Result<Vec<ClaimedHost>> {
        let (until, from_first) = (self.lease_until(now), self.last.is_empty());
        let mut hosts = self.claim_after(conn, now, until, limit).await?;
        let left = limit - i64::try_from(hosts.len()).unwrap_or(limit);
        if left > 0 {
            self.last.clear();
        }
        if left > 0 && !from_first {
            hosts.extend(self.claim_after(conn, now, until, left).await?);
        }
        Ok(hosts)
    }

    async fn claim_after(
        &mut self,
        conn: &mut Conn,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<ClaimedHost>> {
        let hosts = store::claim_hosts(conn, now, until, limit, &self.last).await?;
        if let Some(last) = hosts.iter().map(|host| &host.domain).max() {
            self.last.clone_from(last);
        }
        Ok(hosts)
    }

    /// Writes down how turns ended, this one and all others that have ended meanwhile. Returns how many attempts they made.
    async fn finish(&mut self, first: Ended<ClaimedHost, Turn>) -> usize {
        let mut turns = vec![first];
        while let Some(more) = self.turns.try_next() {
            turns.push(more);
        }
        let attempts = turns.iter().filter_map(|ended| ended.turn.as_ref().ok()).map(|turn| turn.attempts.len()).sum();
        if let Err(error) = self.write_down(turns).await {
            // The leases run out, and what was delivered is delivered again: receivers know its id.
            log_fault("finishing deliveries", &error);
        }
        attempts
    }

    /// What cannot be written down of one turn keeps nothing of the others from being written down: its lease runs out.
    async fn write_down(&self, turns: Vec<Ended<ClaimedHost, Turn>>) -> Result<()> {
        let mut conn = self.app.db.background().await?;
        let mut ended = Vec::new();
        let mut well = Vec::new();
        for Ended { whose: host, turn } in turns {
            let written = match turn {
                Ok(turn) => self.write_turn(&mut conn, host, turn, &mut ended, &mut well).await,
                Err(error) => {
                    tracing::error!(host = host.domain, %error, "a turn of deliveries broke off");
                    self.back_off(&mut conn, &host, "sending broke off", None).await
                }
            };
            if let Err(error) = written {
                log_fault("finishing a host's deliveries", &error);
            }
        }
        finish_well(&mut conn, &ended, &well).await
    }

    /// Writes down what failed of a turn, and adds what `ended`, and its host if it is `well`.
    async fn write_turn(
        &self,
        conn: &mut Conn,
        host: ClaimedHost,
        turn: Turn,
        ended: &mut Vec<DeliveryId>,
        well: &mut Vec<String>,
    ) -> Result<()> {
        let now = self.app.now();
        if let Some(dialect) = turn.learned {
            store::update_dialect(conn, &host.domain, dialect == Dialect::Rfc9421).await?;
        }
        let mut failure = None;
        for Attempt { delivery, verdict } in turn.attempts {
            match verdict {
                Verdict::Delivered => ended.push(delivery.id),
                Verdict::InboxGone => {
                    store::delete_follows_through(conn, &delivery.inbox_uri).await?;
                    ended.push(delivery.id);
                }
                Verdict::GiveUp(why) => {
                    tracing::warn!(inbox = delivery.inbox_uri, why, "delivery given up");
                    ended.push(delivery.id);
                }
                Verdict::SetAside(why) => {
                    let until = now + self.pause(delivery.attempts + 1);
                    store::fail_delivery(conn, delivery.id, Some(until), &why).await?;
                }
                Verdict::HostFails { why, retry_after, counts } => {
                    if counts {
                        store::fail_delivery(conn, delivery.id, None, &why).await?;
                    }
                    failure = Some((why, retry_after));
                }
            }
        }
        match failure {
            None => well.push(host.domain),
            Some((why, retry_after)) => self.back_off(conn, &host, &why, retry_after).await?,
        }
        Ok(())
    }

    /// Closes a host's lane for a while. When it has failed for too long, what has waited for as long is given up; what is newer is not, since
    /// the host may be back by now.
    async fn back_off(
        &self,
        conn: &mut Conn,
        host: &ClaimedHost,
        why: &str,
        retry_after: Option<Duration>,
    ) -> Result<()> {
        let now = self.app.now();
        let since = host.failing_since.unwrap_or(now);
        let patience = patience(&self.app);
        let lost = match now - since >= patience {
            true => store::delete_deliveries_before(conn, &host.domain, now - patience).await?,
            false => 0,
        };
        if lost > 0 {
            tracing::warn!(host = host.domain, lost, why, "host counts as dead; what has waited too long is given up");
        } else {
            tracing::info!(host = host.domain, failures = host.failures + 1, why, "host fails; deliveries wait");
        }
        let asked = retry_after.and_then(|pause| TimeDelta::from_std(pause).ok()).unwrap_or_default();
        let most = TimeDelta::from_std(seconds(self.app.config.delivery.most_pause_seconds)).unwrap_or(asked);
        let pause = self.pause(host.failures + 1).max(asked.min(most));
        store::release_failing_host(conn, &host.domain, since, host.failures + 1, now + pause).await?;
        Ok(())
    }

    /// Twice as long after each failure, up to the configured most, and up to a fifth more by chance.
    fn pause(&self, failures: i32) -> TimeDelta {
        let delivery = &self.app.config.delivery;
        let exponent = failures.saturating_sub(1).clamp(0, 30);
        let pause = (delivery.first_pause_seconds * 2_f64.powi(exponent)).min(delivery.most_pause_seconds);
        TimeDelta::from_std(seconds(pause * (1.0 + 0.2 * chance()))).unwrap_or(TimeDelta::hours(1))
    }

    fn lease_until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::from_std(seconds(self.app.config.delivery.lease_seconds)).unwrap_or(TimeDelta::minutes(1))
    }

    async fn renew(&self) {
        let hosts: Vec<String> = self.turns.all().map(|host| host.domain.clone()).collect();
        if hosts.is_empty() {
            return;
        }
        let renewed = async {
            let mut conn = self.app.db.background().await?;
            store::extend_host_leases(&mut conn, &hosts, self.lease_until(self.app.now())).await?;
            Ok::<_, Error>(())
        };
        if let Err(error) = renewed.await {
            log_fault("renewing delivery leases", &error);
        }
    }
}

async fn finish_well(conn: &mut Conn, ended: &[DeliveryId], well: &[String]) -> Result<()> {
    if !ended.is_empty() {
        store::delete_deliveries(conn, ended).await?;
    }
    if !well.is_empty() {
        store::release_hosts(conn, well).await?;
    }
    Ok(())
}

type Bodies = Arc<HashMap<ActivityId, Arc<str>>>;

async fn load_bodies(conn: &mut Conn, due: &[DueDelivery]) -> Result<Bodies> {
    let ids: HashSet<ActivityId> = due.iter().map(|delivery| delivery.activity_id).collect();
    let ids: Vec<ActivityId> = ids.into_iter().collect();
    let bodies = store::list_bodies(conn, &ids).await?;
    Ok(Arc::new(bodies.into_iter().map(|(id, body)| (id, Arc::from(body))).collect()))
}

/// Sends one host's deliveries: actors side by side, each actor's in order. A host that was failing is probed with one
/// delivery first. Ends early when the host fails.
async fn take_turn(app: App, host: ClaimedHost, mut deliveries: Vec<Arc<DueDelivery>>, bodies: Bodies) -> Turn {
    let started = Instant::now();
    let before = if host.message_signatures { Dialect::Rfc9421 } else { Dialect::Cavage };
    let spoken = Arc::new(Spoken::new(before));
    let mut attempts = Vec::with_capacity(deliveries.len());
    let mut speaks = false;
    if host.failing_since.is_some() && !deliveries.is_empty() {
        let probe = deliveries.remove(probe_of(&deliveries, host.failures));
        let verdict = attempt(&app, &probe, &bodies, &spoken).await;
        let failed = matches!(verdict, Verdict::HostFails { .. });
        speaks = verdict == Verdict::Delivered;
        attempts.push(Attempt { delivery: probe, verdict });
        if failed {
            return Turn { attempts, learned: spoken.learned(before) };
        }
    }
    let mut lanes: BTreeMap<AccountId, Vec<Arc<DueDelivery>>> = BTreeMap::new();
    for delivery in deliveries {
        lanes.entry(delivery.account_id).or_default().push(delivery);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut running = futures_util::stream::iter(lanes.into_values().map(|lane| {
        let (app, bodies, stop, spoken) = (app.clone(), bodies.clone(), stop.clone(), spoken.clone());
        async move {
            let mut attempts = Vec::with_capacity(lane.len());
            for delivery in lane {
                if stop.load(Ordering::Relaxed) || started.elapsed() >= LONGEST {
                    break;
                }
                let mut verdict = attempt(&app, &delivery, &bodies, &spoken).await;
                if speaks {
                    verdict = verdict.of_a_host_that_speaks();
                }
                if matches!(verdict, Verdict::HostFails { .. }) {
                    stop.store(true, Ordering::Relaxed);
                }
                attempts.push(Attempt { delivery, verdict });
            }
            attempts
        }
    }))
    .buffer_unordered(LANES);
    while let Some(more) = running.next().await {
        attempts.extend(more);
    }
    Turn { attempts, learned: spoken.learned(before) }
}

/// A number from 0 to 1, so that hosts which failed together are not tried together.
fn chance() -> f64 {
    let started = Instant::now();
    let mut byte = [0_u8; 1];
    match aws_lc_rs::rand::fill(&mut byte) {
        Ok(()) => f64::from(byte.first().copied().unwrap_or_default()) / 255.0,
        Err(_) => f64::from(started.elapsed().subsec_nanos() % 256) / 255.0,
    }
}

fn log_fault(what: &str, error: &Error) {
    tracing::error!(%error, cause = ?std::error::Error::source(error), "{what}");
}
