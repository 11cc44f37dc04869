//! Claims jobs, runs them side by side (lanes in order), and finishes them in batches. One per process; what a job does is in `worker`.

use std::collections::{HashMap, HashSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::Outcome;
use super::store::{self, ClaimedJob};
use super::turns::{Ended, Turns};
use crate::app::App;
use crate::base::id::JobId;
use crate::base::{Error, Result};
use crate::config::seconds;

/// Runs one job.
pub type Perform = Arc<dyn Fn(App, ClaimedJob) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send>> + Send + Sync>;

/// How long the queue is left alone when nobody rings: jobs whose time comes, and those of other processes.
const POLL: Duration = Duration::from_millis(500);

/// A job that lasts longer, mostly since a server elsewhere lets it wait, stands aside: its place is another one's.
const BRISK: Duration = Duration::from_secs(1);

/// Jobs that stand aside, for each place.
const ASIDE: usize = 3;

/// Jobs that are held and not begun, for each place: more than a few only when some lanes have many.
const WAITING: usize = 8;

/// Of so many turns those may have all but one that belong to strangers: the others are kept for what people here do.
const PART: usize = 4;

/// A job and what became of it.
type Finished = Ended<ClaimedJob, Result<Outcome>>;

/// The jobs of an instance in this process.
pub struct Runner {
    app: App,
    perform: Perform,
    /// The kinds that strangers cause, see [`super::Job::OF_STRANGERS`].
    of_strangers: HashSet<&'static str>,
    /// Held and not begun: for their lanes, or a place.
    waiting: VecDeque<ClaimedJob>,
    /// Lanes in which there are more jobs than are held: when they are free, the queue is looked at again.
    deep: HashSet<String>,
    /// Until when all that waits is held at least.
    held_until: DateTime<Utc>,
    turns: Turns<ClaimedJob, Result<Outcome>>,
}

impl Runner {
    /// Runs jobs by `perform`, and of the kinds that strangers cause only so many at once that there is room for others.
    pub fn new(app: App, perform: Perform, of_strangers: impl IntoIterator<Item = &'static str>) -> Self {
        let (held_until, of_strangers) = (app.now(), of_strangers.into_iter().collect());
        let (waiting, deep, turns) = (VecDeque::new(), HashSet::new(), Turns::new());
        Self { app, perform, of_strangers, waiting, deep, held_until, turns }
    }

    /// Works until `stop` turns true, then finishes what has begun. Database faults are logged and tried again.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let app = self.app.clone();
        let lease = seconds(app.config.jobs.lease_seconds);
        let mut renewal = tokio::time::interval_at(tokio::time::Instant::now() + lease / 3, lease / 3);
        // Not a sleep in the loop below: whatever happens more often would put it off for ever.
        let mut poll = tokio::time::interval(POLL);
        let mut look = true;
        while !*stop.borrow() {
            if look && let room @ 1.. = self.room() {
                look = self.claim_and_start(room).await.unwrap_or_else(|error| {
                    log_fault("claiming jobs", &error);
                    false
                });
            }
            tokio::select! {
                Some(first) = self.turns.next(), if self.turns.len() > 0 => {
                    self.finish(first).await;
                    look |= self.forget_free_lanes();
                }
                () = app.jobs_due.notified() => look = true,
                _ = poll.tick() => {
                    look = true;
                    self.give_back_behind(BRISK).await;
                    self.start();
                }
                _ = renewal.tick() => self.renew().await,
                _ = stop.changed() => {}
            }
        }
        let waiting = std::mem::take(&mut self.waiting);
        self.give_back(waiting.into()).await;
        while let Some(done) = self.turns.next().await {
            self.finish(done).await;
        }
    }

    /// Runs all jobs that are due now, and those that they enqueue, until none is due. For tests, the demo and commands.
    ///
    /// Returns how many ran.
    pub async fn run_until_idle(&mut self) -> Result<usize> {
        let mut ran = 0;
        loop {
            self.claim_and_start(self.app.config.jobs.workers).await?;
            if self.turns.len() == 0 {
                return Ok(ran);
            }
            while let Some(done) = self.turns.next().await {
                ran += self.finish(done).await;
            }
        }
    }

    /// Places that are free: of those that work, as many as stand aside, to a bound.
    fn places(&self) -> usize {
        let brisk = self.turns.count_younger(BRISK);
        self.app.config.jobs.workers.saturating_sub(brisk).min(self.most_turns().saturating_sub(self.turns.len()))
    }

    fn most_turns(&self) -> usize {
        self.app.config.jobs.workers * (ASIDE + 1)
    }

    /// How many more turns those jobs may have that strangers cause.
    fn left_for_strangers(&self) -> usize {
        let taken = self.turns.all().filter(|job| self.is_of_strangers(job)).count();
        (self.most_turns() - self.most_turns() / PART).saturating_sub(taken)
    }

    fn is_of_strangers(&self, job: &ClaimedJob) -> bool {
        self.of_strangers.contains(job.kind.as_str())
    }

    /// For how many places there is work to claim: none before half of them have nothing to do, since a claim of many costs as much as
    /// one of few.
    fn room(&self) -> usize {
        let places = self.app.config.jobs.workers;
        if self.waiting.len() >= places * WAITING {
            return 0;
        }
        let mut lanes: HashSet<&str> = self.turns.all().filter_map(|job| job.lane.as_deref()).collect();
        let full = self.left_for_strangers() == 0;
        let ready = self.waiting.iter().filter(|job| !full || !self.is_of_strangers(job));
        let ready = ready.filter(|job| job.lane.as_deref().is_none_or(|lane| lanes.insert(lane))).count();
        let free = self.places().saturating_sub(ready);
        if free * 2 >= places { free } else { 0 }
    }

    /// Claims what there is room for. Returns whether it was as much as that.
    async fn claim_and_start(&mut self, room: usize) -> Result<bool> {
        // Before the place of a slow job is another one's, so that what waits behind it is held no longer than that.
        self.drop_overdue();
        self.give_back_behind(BRISK).await;
        let left = self.left_for_strangers();
        let without: Vec<&str> = self.of_strangers.iter().copied().filter(|_| left == 0).collect();
        // What could not begin is not claimed, to be given back at once.
        let room = if left == 0 { room } else { room.min(left) };
        // Several jobs a place: one claim costs as much as one job.
        let limit = i64::try_from(room * 4).unwrap_or(i64::MAX);
        let now = self.app.now();
        let held = self.turns.all().chain(&self.waiting);
        let busy: HashSet<&str> = held.filter_map(|job| job.lane.as_deref()).collect();
        let busy: Vec<String> = busy.into_iter().map(Into::into).collect();
        let mut conn = self.app.db.background().await?;
        let until = self.lease_until(now);
        let jobs = store::claim_jobs(&mut conn, now, until, &busy, &without, limit).await?;
        drop(conn);
        // Not what waits from before: its lease may end earlier.
        if self.waiting.is_empty() {
            self.held_until = until;
        }
        let all = i64::try_from(jobs.len()).unwrap_or(i64::MAX) == limit;
        let mut of_lanes: HashMap<&str, usize> = HashMap::new();
        for lane in jobs.iter().filter_map(|job| job.lane.as_deref()) {
            *of_lanes.entry(lane).or_default() += 1;
        }
        let deep = of_lanes.into_iter().filter(|(_, count)| *count >= store::MOST_OF_LANE);
        self.deep.extend(deep.map(|(lane, _)| lane.to_owned()));
        self.waiting.extend(jobs);
        self.start();
        Ok(all)
    }

    /// Whether there may be more jobs of lanes that are free by now.
    fn forget_free_lanes(&mut self) -> bool {
        let before = self.deep.len();
        if before > 0 {
            let held = self.turns.all().chain(&self.waiting);
            let busy: HashSet<&str> = held.filter_map(|job| job.lane.as_deref()).collect();
            self.deep.retain(|lane| busy.contains(lane.as_str()));
        }
        self.deep.len() < before
    }

    /// Forgets what waits past its lease, since this process stood still or could not renew it: it is whose claims it.
    fn drop_overdue(&mut self) {
        if self.app.now() >= self.held_until {
            self.waiting.clear();
        }
    }

    /// Begins what waits, as far as there are places, the first of each lane that is free.
    fn start(&mut self) {
        self.drop_overdue();
        let (mut places, mut left) = (self.places(), self.left_for_strangers());
        let mut lanes: HashSet<String> = self.turns.all().filter_map(|job| job.lane.clone()).collect();
        for job in std::mem::take(&mut self.waiting) {
            let free = job.lane.as_ref().is_none_or(|lane| lanes.insert(lane.clone()));
            let of_strangers = self.is_of_strangers(&job);
            if places == 0 || !free || (of_strangers && left == 0) {
                self.waiting.push_back(job);
                continue;
            }
            places -= 1;
            left -= usize::from(of_strangers);
            let turn = (self.perform)(self.app.clone(), job.clone());
            self.turns.start(job, turn);
        }
    }

    /// Gives back what waits behind a job that has lasted for so long, and what strangers cause when they have all their turns: another
    /// worker can have it, and when there is room it is claimed again.
    async fn give_back_behind(&mut self, lasting: Duration) {
        let slow: HashSet<String> = self.turns.older(lasting).filter_map(|job| job.lane.clone()).collect();
        let (full, of_strangers) = (self.left_for_strangers() == 0, &self.of_strangers);
        let behind = |job: &ClaimedJob| {
            job.lane.as_ref().is_some_and(|lane| slow.contains(lane))
                || (full && of_strangers.contains(job.kind.as_str()))
        };
        let (behind, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.waiting).into_iter().partition(behind);
        self.waiting = others.into();
        self.deep.extend(behind.iter().filter_map(|job| job.lane.clone()));
        self.give_back(behind).await;
    }

    async fn give_back(&self, jobs: Vec<ClaimedJob>) {
        if jobs.is_empty() {
            return;
        }
        let given = async {
            let mut conn = self.app.db.background().await?;
            store::release_jobs(&mut conn, jobs.iter()).await?;
            Ok::<_, Error>(())
        };
        if let Err(error) = given.await {
            // Their leases run out.
            log_fault("giving jobs back", &error);
        }
    }

    /// Writes down what became of a job, and of all others that have ended meanwhile, when the next ones have begun. Returns how many.
    async fn finish(&mut self, first: Finished) -> usize {
        let mut finished = vec![first];
        while let Some(more) = self.turns.try_next() {
            finished.push(more);
        }
        self.start();
        let count = finished.len();
        if let Err(error) = self.write_down(finished).await {
            // Their leases run out and they run again.
            log_fault("finishing jobs", &error);
        }
        count
    }

    async fn write_down(&self, finished: Vec<Finished>) -> Result<()> {
        let mut conn = self.app.db.background().await?;
        let mut done = Vec::with_capacity(finished.len());
        for Ended { whose: job, turn } in finished {
            // A panic is a fault like others, and takes nothing else down.
            let result = turn.unwrap_or_else(|panic| Err(Error::internal(format!("the job panicked: {panic}"))));
            match result {
                Ok(Outcome::Done) => done.push(job.id),
                Ok(Outcome::Drop(why)) => {
                    tracing::debug!(job = %job.id, kind = job.kind, why, "dropped");
                    done.push(job.id);
                }
                Err(error) if error.is_transient() && !self.is_in_vain(&job, &error) => {
                    self.postpone(&mut conn, &job, &error).await?
                }
                Err(error) => {
                    tracing::info!(job = %job.id, kind = job.kind, %error, "dropped");
                    done.push(job.id);
                }
            }
        }
        if !done.is_empty() {
            store::delete_jobs(&mut conn, &done).await?;
        }
        Ok(())
    }

    /// Whether it was tried often enough, and what strangers cause: that a server elsewhere, whichever they named, cannot be reached is
    /// nothing for a person here to look at.
    fn is_in_vain(&self, job: &ClaimedJob, error: &Error) -> bool {
        job.attempts >= self.app.config.jobs.attempts && self.is_of_strangers(job) && !error.is_our_fault()
    }

    async fn postpone(&self, conn: &mut crate::db::Conn, job: &ClaimedJob, error: &Error) -> Result<()> {
        let text =
            std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| format!("{error} ({cause})"));
        let now = self.app.now();
        if job.attempts >= self.app.config.jobs.attempts {
            tracing::error!(job = %job.id, kind = job.kind, attempts = job.attempts, error = text, "job set aside");
            store::fail_job(conn, job, now, &text).await?;
        } else {
            tracing::warn!(job = %job.id, kind = job.kind, attempts = job.attempts, error = text, "job will be tried again");
            let pause = match error {
                Error::Limited { retry_after_seconds } => asked_for(*retry_after_seconds).max(self.pause(job.attempts)),
                _ => self.pause(job.attempts),
            };
            store::postpone_job(conn, job, now + pause, &text).await?;
        }
        Ok(())
    }

    /// Twice as long after each failure.
    fn pause(&self, attempts: i32) -> TimeDelta {
        let exponent = u32::try_from(attempts.saturating_sub(1).clamp(0, 16)).unwrap_or(0);
        let pause = seconds(self.app.config.jobs.first_pause_seconds) * 2_u32.saturating_pow(exponent);
        TimeDelta::from_std(pause).unwrap_or(TimeDelta::hours(6))
    }

    fn lease_until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::from_std(seconds(self.app.config.jobs.lease_seconds)).unwrap_or(TimeDelta::seconds(30))
    }

    async fn renew(&mut self) {
        if self.turns.len() == 0 && self.waiting.is_empty() {
            return;
        }
        let until = self.lease_until(self.app.now());
        let renewed = async {
            let mut conn = self.app.db.background().await?;
            Ok::<_, Error>(store::extend_leases(&mut conn, self.turns.all().chain(&self.waiting), until).await?)
        };
        match renewed.await {
            Ok(held) => {
                self.held_until = until;
                let held: HashSet<JobId> = held.into_iter().collect();
                self.waiting.retain(|job| held.contains(&job.id));
            }
            Err(error) => log_fault("renewing leases", &error),
        }
    }
}

/// The pause that another server asked for, but at most a day.
fn asked_for(seconds: u64) -> TimeDelta {
    i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds).unwrap_or(TimeDelta::days(1)).min(TimeDelta::days(1))
}

fn log_fault(what: &str, error: &Error) {
    tracing::error!(%error, cause = ?std::error::Error::source(error), "{what}");
}
