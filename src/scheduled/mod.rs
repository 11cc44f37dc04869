//! Posts that are published at a time that was chosen (https://docs.joinmastodon.org/entities/ScheduledStatus/).

pub mod api;
pub mod entity;
pub mod object;
pub mod ops;
pub mod store;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::id::{AccountId, JobId, ScheduledStatusId, StatusId};
use crate::db::schema::scheduled_statuses;
use crate::jobs::Job;

/// As in Mastodon: how far ahead at least, and how many at once and for one day (UTC).
pub const LEAST_AHEAD: TimeDelta = TimeDelta::minutes(5);
pub const MOST_IN_ALL: i64 = 300;
pub const MOST_A_DAY: i64 = 25;

/// A row of `scheduled_statuses`, and an insert into it.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = scheduled_statuses, check_for_backend(diesel::pg::Pg))]
pub struct ScheduledStatus {
    pub id: ScheduledStatusId,
    pub account_id: AccountId,
    pub scheduled_at: DateTime<Utc>,
    /// A `statuses::StatusDraft`.
    pub draft: serde_json::Value,
    pub idempotency_key: Option<String>,
    /// The job that wakes for it.
    pub job_id: JobId,
    pub created_at: DateTime<Utc>,
}

/// What a request to schedule a post made or, when it is sent again, had made.
#[derive(Clone, Debug)]
pub enum Made {
    Waiting(ScheduledStatus),
    /// Its time has come meanwhile.
    Published(StatusId),
}

/// The time of a scheduled post has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ScheduleDue {
    pub scheduled_status_id: ScheduledStatusId,
}

impl Job for ScheduleDue {
    const KIND: &'static str = "schedule_due";
}
