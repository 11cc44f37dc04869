//! Claims jobs in batches, runs them side by side (lanes in order), and finishes them in batches. One per process; what a
//! job does is in `worker`.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Outcome;
use super::store::{self, ClaimedJob};
use crate::app::App;
use crate::base::id::JobId;
use crate::base::{Error, Result};
use crate::config::seconds;

/// Runs one job.
pub type Perform = Arc<dyn Fn(App, ClaimedJob) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send>> + Send + Sync>;

/// How long the queue is left alone when nobody rings: jobs whose time comes, and those of other processes.
const POLL: Duration = Duration::from_millis(500);

/// What became of a job.
struct Finished {
    job: ClaimedJob,
    result: Result<Outcome>,
}

/// The jobs of an instance in this process.
pub struct Runner {
    app: App,
    perform: Perform,
    /// Jobs in flight by id, with their lanes.
    in_flight: HashMap<JobId, Option<String>>,
    tasks: JoinSet<Vec<Finished>>,
}

impl Runner {
    pub fn new(app: App, perform: Perform) -> Self {
        Self { app, perform, in_flight: HashMap::new(), tasks: JoinSet::new() }
    }

    /// Works until `stop` turns true, then finishes what is in flight. Database faults are logged and tried again.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let app = self.app.clone();
        let lease = seconds(app.config.jobs.lease_seconds);
        let mut renewal = tokio::time::interval(lease / 3);
        // Not a sleep in the loop below: whatever happens more often would put it off for ever.
        let mut poll = tokio::time::interval(POLL);
        let mut look = true;
        while !*stop.borrow() {
            if look && self.in_flight.len() * 2 <= app.config.jobs.workers {
                look = self.claim_and_start().await.unwrap_or_else(|error| {
                    log_fault("claiming jobs", &error);
                    false
                });
            }
            tokio::select! {
                Some(first) = self.tasks.join_next(), if !self.tasks.is_empty() => self.finish(first.ok()).await,
                () = app.jobs_due.notified() => look = true,
                _ = poll.tick() => look = true,
                _ = renewal.tick() => self.renew().await,
                _ = stop.changed() => {}
            }
        }
        while let Some(done) = self.tasks.join_next().await {
            self.finish(done.ok()).await;
        }
    }

    /// Runs all jobs that are due now, and those that they enqueue, until none is due. For tests, the demo and commands.
    ///
    /// Returns how many ran.
    pub async fn run_until_idle(&mut self) -> Result<usize> {
        let mut ran = 0;
        loop {
            let more = self.claim_and_start().await?;
            ran += self.in_flight.len();
            if !more && self.tasks.is_empty() {
                return Ok(ran);
            }
            while let Some(done) = self.tasks.join_next().await {
                self.finish(done.ok()).await;
            }
        }
    }

    /// Claims what there is room for. Returns whether there may be more.
    async fn claim_and_start(&mut self) -> Result<bool> {
        let room = self.app.config.jobs.workers.saturating_sub(self.in_flight.len());
        // Several jobs a worker: one claim costs as much as one job.
        let limit = i64::try_from(room * 4).unwrap_or(i64::MAX);
        let now = self.app.now();
        let busy: Vec<String> = self.in_flight.values().flatten().cloned().collect();
        let mut conn = self.app.db.background().await?;
        let jobs = store::claim_jobs(&mut conn, now, self.lease_until(now), &busy, limit).await?;
        drop(conn);
        let more = i64::try_from(jobs.len()).unwrap_or(i64::MAX) == limit;
        for job in &jobs {
            self.in_flight.insert(job.id, job.lane.clone());
        }
        for batch in share_out(jobs, room.max(1)) {
            let (app, perform) = (self.app.clone(), self.perform.clone());
            self.tasks.spawn(async move {
                let mut finished = Vec::with_capacity(batch.len());
                for job in batch {
                    let result = run_one(&app, &perform, &job).await;
                    finished.push(Finished { job, result });
                }
                finished
            });
        }
        Ok(more)
    }

    /// Writes down what became of a batch, and of all others that have ended meanwhile.
    async fn finish(&mut self, first: Option<Vec<Finished>>) {
        let mut finished = first.unwrap_or_default();
        while let Some(Ok(more)) = self.tasks.try_join_next() {
            finished.extend(more);
        }
        for one in &finished {
            self.in_flight.remove(&one.job.id);
        }
        if let Err(error) = self.write_down(finished).await {
            // Their leases run out and they run again.
            log_fault("finishing jobs", &error);
        }
    }

    async fn write_down(&self, finished: Vec<Finished>) -> Result<()> {
        let mut conn = self.app.db.background().await?;
        let mut done = Vec::with_capacity(finished.len());
        for Finished { job, result } in finished {
            match result {
                Ok(Outcome::Done) => done.push(job.id),
                Ok(Outcome::Drop(why)) => {
                    tracing::debug!(job = %job.id, kind = job.kind, why, "dropped");
                    done.push(job.id);
                }
                Err(error) if error.is_transient() => self.postpone(&mut conn, &job, &error).await?,
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

    async fn postpone(&self, conn: &mut crate::db::Conn, job: &ClaimedJob, error: &Error) -> Result<()> {
        let text =
            std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| format!("{error} ({cause})"));
        let now = self.app.now();
        if job.attempts >= self.app.config.jobs.attempts {
            tracing::error!(job = %job.id, kind = job.kind, attempts = job.attempts, error = text, "job set aside");
            store::fail_job(conn, job.id, now, &text).await?;
        } else {
            tracing::warn!(job = %job.id, kind = job.kind, attempts = job.attempts, error = text, "job will be tried again");
            let pause = match error {
                Error::Limited { retry_after_seconds } => asked_for(*retry_after_seconds).max(self.pause(job.attempts)),
                _ => self.pause(job.attempts),
            };
            store::postpone_job(conn, job.id, now + pause, &text).await?;
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

    async fn renew(&self) {
        if self.in_flight.is_empty() {
            return;
        }
        let ids: Vec<JobId> = self.in_flight.keys().copied().collect();
        let renewed = async {
            let mut conn = self.app.db.background().await?;
            store::extend_leases(&mut conn, &ids, self.lease_until(self.app.now())).await?;
            Ok::<_, Error>(())
        };
        if let Err(error) = renewed.await {
            log_fault("renewing leases", &error);
        }
    }
}

/// The pause that another server asked for, but at most a day.
fn asked_for(seconds: u64) -> TimeDelta {
    i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds).unwrap_or(TimeDelta::days(1)).min(TimeDelta::days(1))
}

/// Groups jobs into at most `workers` batches; jobs of one lane stay together and in order.
fn share_out(jobs: Vec<ClaimedJob>, workers: usize) -> Vec<Vec<ClaimedJob>> {
    let mut lanes: BTreeMap<String, Vec<ClaimedJob>> = BTreeMap::new();
    let mut groups: Vec<Vec<ClaimedJob>> = Vec::new();
    for job in jobs {
        match &job.lane {
            Some(lane) => lanes.entry(lane.clone()).or_default().push(job),
            None => groups.push(vec![job]),
        }
    }
    groups.extend(lanes.into_values());
    let mut batches: Vec<Vec<ClaimedJob>> = Vec::new();
    for (index, group) in groups.into_iter().enumerate() {
        match batches.get_mut(index % workers) {
            Some(batch) if index >= workers => batch.extend(group),
            _ => batches.push(group),
        }
    }
    batches
}

/// Runs one job; a panic in it is a fault like others and takes nothing else down.
async fn run_one(app: &App, perform: &Perform, job: &ClaimedJob) -> Result<Outcome> {
    let task = tokio::spawn(perform(app.clone(), job.clone()));
    task.await.unwrap_or_else(|panic| Err(Error::internal(format!("the job panicked: {panic}"))))
}

fn log_fault(what: &str, error: &Error) {
    tracing::error!(%error, cause = ?std::error::Error::source(error), "{what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(id: i64, lane: Option<&str>) -> ClaimedJob {
        ClaimedJob { id: JobId(id), kind: "x".into(), lane: lane.map(Into::into), payload: String::new(), attempts: 1 }
    }

    #[test]
    fn lanes_stay_together_and_in_order() {
        let jobs =
            vec![job(1, Some("a")), job(2, None), job(3, Some("b")), job(4, Some("a")), job(5, None), job(6, None)];
        let batches = share_out(jobs, 3);
        assert_eq!(batches.len(), 3);
        assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), 6);
        let with_a: Vec<i64> = batches
            .iter()
            .find(|batch| batch.iter().any(|job| job.id.0 == 1))
            .unwrap()
            .iter()
            .filter(|job| job.lane.as_deref() == Some("a"))
            .map(|job| job.id.0)
            .collect();
        assert_eq!(with_a, [1, 4]);
    }
}
