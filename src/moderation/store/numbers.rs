//! What administrators count, for a time that has an end.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::db::Conn;
use crate::db::sql::Sql;

/// What can be counted by days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    NewUsers,
    OpenedReports,
    ResolvedReports,
}

impl Measure {
    /// By Mastodon's name for it.
    pub fn parse(key: &str) -> Option<Self> {
        Some(match key {
            "new_users" => Self::NewUsers,
            "opened_reports" => Self::OpenedReports,
            "resolved_reports" => Self::ResolvedReports,
            _ => return None,
        })
    }
}

#[derive(QueryableByName)]
struct DayRow {
    #[diesel(sql_type = Date)]
    day: NaiveDate,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// How many there were on each day (UTC) that had any, from `from` until before `until`.
pub async fn count_by_day(
    conn: &mut Conn,
    measure: Measure,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> QueryResult<Vec<(NaiveDate, i64)>> {
    let text = match measure {
        Measure::NewUsers => {
            "SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS number FROM users
             WHERE created_at >= $1 AND created_at < $2 GROUP BY 1 ORDER BY 1"
        }
        Measure::OpenedReports => {
            "SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS number FROM reports
             WHERE created_at >= $1 AND created_at < $2 GROUP BY 1 ORDER BY 1"
        }
        Measure::ResolvedReports => {
            "SELECT (action_taken_at AT TIME ZONE 'UTC')::date AS day, count(*) AS number FROM reports
             WHERE action_taken_at >= $1 AND action_taken_at < $2 GROUP BY 1 ORDER BY 1"
        }
    };
    let rows: Vec<DayRow> =
        Sql::new(text).bind::<Timestamptz, _>(from).bind::<Timestamptz, _>(until).load(conn).await?;
    Ok(rows.into_iter().map(|row| (row.day, row.number)).collect())
}

#[derive(QueryableByName)]
struct LanguageRow {
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// The languages of those who registered in this time, the most frequent first.
pub async fn count_languages(
    conn: &mut Conn,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<(String, i64)>> {
    let rows: Vec<LanguageRow> = Sql::new(
        "SELECT locale, count(*) AS number FROM users WHERE created_at >= $1 AND created_at < $2
         GROUP BY locale ORDER BY number DESC, locale LIMIT $3",
    )
    .bind::<Timestamptz, _>(from)
    .bind::<Timestamptz, _>(until)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.locale, row.number)).collect())
}
