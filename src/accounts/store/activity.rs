//! On which day people last used their accounts.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date};
use diesel_async::RunQueryDsl;

use crate::base::id::AccountId;
use crate::db::Conn;
use crate::db::sql::Sql;

/// Notes that a person used their account on a day, and counts them in if it is the first time on it.
pub async fn upsert_activity(conn: &mut Conn, id: AccountId, day: NaiveDate) -> QueryResult<usize> {
    Sql::new(
        "WITH first AS (INSERT INTO person_activity (account_id, last_on) SELECT u.account_id, $2 FROM users u WHERE u.account_id = $1
                        ON CONFLICT (account_id) DO UPDATE SET last_on = excluded.last_on
                        WHERE person_activity.last_on < excluded.last_on RETURNING 1)
         INSERT INTO active_days (day, people) SELECT $2, 1 FROM first
         ON CONFLICT (day) DO UPDATE SET people = active_days.people + 1",
    )
    .bind::<BigInt, _>(id)
    .bind::<Date, _>(day)
    .execute(conn)
    .await
}
