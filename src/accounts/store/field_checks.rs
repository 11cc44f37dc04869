//! When the pages that profiles link to are asked.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::base::id::AccountId;
use crate::claim_due;
use crate::db::Conn;

/// Notes that the pages of an account are to be asked, now, or so long after the last time. Returns when; `None` when that is noted
/// already, for a moment that lies ahead.
pub async fn claim_field_check(
    conn: &mut Conn,
    id: AccountId,
    now: DateTime<Utc>,
    pause: TimeDelta,
) -> QueryResult<Option<DateTime<Utc>>> {
    claim_due!(conn, "field_checks", "account_id", id, now, pause)
}
