//! When the pages that profiles link to are asked.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Interval, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::sql::Sql;

/// Notes that the pages of an account are to be asked, now, or so long after the last time. Returns when; `None` when that is noted
/// already, for a moment that lies ahead.
pub async fn claim_field_check(
    conn: &mut Conn,
    id: AccountId,
    now: DateTime<Utc>,
    pause: TimeDelta,
) -> QueryResult<Option<DateTime<Utc>>> {
    #[derive(QueryableByName)]
    struct Due {
        #[diesel(sql_type = Timestamptz)]
        due_at: DateTime<Utc>,
    }
    let rows: Vec<Due> = Sql::new(
        "INSERT INTO field_checks AS c (account_id, due_at) VALUES ($1, $2)
         ON CONFLICT (account_id) DO UPDATE SET due_at = greatest($2, c.due_at + $3) WHERE c.due_at <= $2
         RETURNING due_at",
    )
    .bind::<BigInt, _>(id)
    .bind::<Timestamptz, _>(now)
    .bind::<Interval, _>(pause)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|row| row.due_at))
}
