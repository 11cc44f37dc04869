//! Jobs as rows in Postgres: enqueued inside the caller's transaction, run after its commit by `runner`.

pub mod runner;
pub mod store;
pub(crate) mod turns;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::base::id::JobId;
use crate::base::{Error, Result};
use crate::db::Conn;

/// Work to be done after the transaction that asks for it. It can run twice.
pub trait Job: Serialize + DeserializeOwned + Send + Sync {
    /// The name by which `worker` finds the function for it. Never changes once released: rows carry it.
    const KIND: &'static str;

    /// Of a kind of which strangers cause as many as they like: how many seconds one may take. Together these never have all turns, so
    /// that what people here do goes on.
    const OF_STRANGERS: Option<u64> = None;

    /// Jobs of one lane run one after the other, in order. `None`: whenever a worker is free.
    fn lane(&self) -> Option<String> {
        None
    }
}

/// How a job ended, when it did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// There was nothing to do, or nothing that may be done; why, for the log.
    Drop(String),
}

impl Outcome {
    /// Shorthand for [`Outcome::Drop`].
    pub fn drop(why: impl Into<String>) -> Self {
        Self::Drop(why.into())
    }
}

/// Adds a job inside the caller's transaction. The runner is woken by [`App::transaction`] after the commit.
pub async fn enqueue<J: Job>(app: &App, conn: &mut Conn, job: &J) -> Result<()> {
    enqueue_at(app, conn, job, app.now()).await.map(drop)
}

/// As [`enqueue`], for a job that is not to run before `run_at`.
pub async fn enqueue_at<J: Job>(app: &App, conn: &mut Conn, job: &J, run_at: DateTime<Utc>) -> Result<JobId> {
    let now = app.now();
    let id = JobId(app.ids.mint(now));
    let payload = serde_json::to_string(job).map_err(Error::internal)?;
    let row = store::NewJob { id, kind: J::KIND, lane: job.lane(), payload, run_at, created_at: now };
    store::insert_job(conn, &row).await?;
    Ok(id)
}
