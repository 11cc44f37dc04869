//! The one source of time. Tests move it; everything else reads it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, DurationRound, Utc};

/// The system's time, plus what a test has added to it. Clones share the same offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_milliseconds: Arc<AtomicI64>,
}

impl Clock {
    /// The time now, to the microsecond (what Postgres stores).
    pub fn now(&self) -> DateTime<Utc> {
        let now = Utc::now() + Duration::milliseconds(self.offset_milliseconds.load(Ordering::Relaxed));
        now.duration_trunc(Duration::microseconds(1)).unwrap_or(now)
    }

    /// Moves the clock forward. For tests of what takes days.
    pub fn advance(&self, by: Duration) {
        self.offset_milliseconds.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}
