//! One table: which job wakes which function. A job's reactions are listed here, so that core slices need not know of them.

use std::sync::Arc;

use crate::app::App;
use crate::base::{Error, Result};
use crate::jobs::runner::Perform;
use crate::jobs::store::ClaimedJob;
use crate::jobs::{Job, Outcome};

/// What the runner calls.
pub fn perform() -> Perform {
    Arc::new(|app, job| Box::pin(async move { dispatch(&app, &job).await }))
}

async fn dispatch(_app: &App, job: &ClaimedJob) -> Result<Outcome> {
    match job.kind.as_str() {
        unknown => Ok(Outcome::drop(format!("there is no job {unknown}"))),
    }
}

/// Reads a job's payload. One that cannot be read will never be, so it is set aside by failing.
#[expect(dead_code, reason = "used by the rows of the table above")]
fn payload<J: Job>(job: &ClaimedJob) -> Result<J> {
    serde_json::from_str(&job.payload).map_err(Error::internal)
}
