//! What administrators count, for a time that has an end. Of everything so many rows are looked at, the newest ones where there is an
//! order, so that no answer takes longer the older an instance is.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::id::TagId;
use crate::db::Conn;
use crate::db::sql::Sql;

/// What can be counted by days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    ActiveUsers,
    NewUsers,
    /// Favourites and boosts of posts of ours, and answers to them.
    Interactions,
    OpenedReports,
    ResolvedReports,
    /// Of public posts with a hashtag: who wrote them, how many there are, from how many servers.
    TagAccounts(TagId),
    TagUses(TagId),
    TagServers(TagId),
    /// Of another server: what came to be known of it here.
    InstanceAccounts(String),
    InstanceStatuses(String),
    InstanceReports(String),
    InstanceFollows(String),
    InstanceFollowers(String),
    /// In bytes.
    InstanceMedia(String),
}

/// A time: from a moment until before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

impl Span {
    /// The first ids of the two moments: ids begin with the time (see `base::id`).
    fn ids(self) -> (i64, i64) {
        let id = |at: DateTime<Utc>| at.timestamp_millis().saturating_mul(1 << 16);
        (id(self.from), id(self.until))
    }
}

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Days (UTC) that had any.
    pub days: Vec<(NaiveDate, i64)>,
    /// Each counts once, on however many days.
    pub total: i64,
}

/// Rows that one count looks at.
macro_rules! most {
    () => {
        " LIMIT 100000"
    };
}

/// The day of an id.
macro_rules! day {
    ($id:literal) => {
        concat!("(to_timestamp((", $id, " >> 16) / 1000.0) AT TIME ZONE 'UTC')::date AS day, ")
    };
}

/// Counts the `what` of rows by their `day`, and in all. `$1` and `$2` are moments, `$3` and `$4` ids, `$5` is a domain, `$6` the number by which clients know a hashtag.
macro_rules! counted {
    ($($rows:tt)+) => {
        concat!(
            "SELECT r.day, count(DISTINCT r.what) AS number FROM (", $($rows)+,
            ") r GROUP BY GROUPING SETS ((r.day), ()) ORDER BY 1"
        )
    };
}

/// Public posts with a hashtag.
macro_rules! tagged {
    ($what:literal) => {
        counted!(
            "SELECT ",
            day!("s.id"),
            $what,
            " AS what FROM (SELECT st.status_id FROM status_tags st
                 WHERE st.tag_id = tag_by_told_id($6) AND st.status_id >= $3 AND st.status_id < $4 ORDER BY st.status_id DESC",
            most!(),
            ") t
             JOIN statuses s ON s.id = t.status_id AND s.audience_kind = 1 JOIN accounts a ON a.id = s.account_id"
        )
    };
}

/// What belongs to accounts of a server.
macro_rules! of_server {
    ($id:literal, $join:literal) => {
        counted!(
            "SELECT ",
            day!($id),
            $id,
            " AS what FROM accounts a ",
            $join,
            " WHERE a.domain = $5 AND ",
            $id,
            " >= $3 AND ",
            $id,
            " < $4",
            most!()
        )
    };
}

impl Measure {
    fn statement(&self) -> &'static str {
        match self {
            // Who was there on which day is not kept, so nobody knows of a time that is over how many they were in all.
            Self::ActiveUsers => {
                "SELECT d.day, d.people AS number FROM active_days d WHERE d.day >= ($1 AT TIME ZONE 'UTC')::date
                   AND d.day < ($2 AT TIME ZONE 'UTC')::date
                 UNION ALL SELECT NULL, greatest(
                     (SELECT count(*) FROM person_activity p WHERE p.last_on >= ($1 AT TIME ZONE 'UTC')::date
                        AND p.last_on < ($2 AT TIME ZONE 'UTC')::date),
                     (SELECT max(d.people) FROM active_days d WHERE d.day >= ($1 AT TIME ZONE 'UTC')::date
                        AND d.day < ($2 AT TIME ZONE 'UTC')::date)) ORDER BY 1"
            }
            Self::NewUsers => counted!(
                "SELECT (created_at AT TIME ZONE 'UTC')::date AS day, account_id AS what FROM users
                 WHERE created_at >= $1 AND created_at < $2",
                most!()
            ),
            Self::Interactions => counted!(
                "SELECT ",
                day!("f.id"),
                "f.id AS what FROM (SELECT f.id, f.status_id FROM favourites f
                     WHERE f.id >= $3 AND f.id < $4 ORDER BY f.id DESC",
                most!(),
                ") f
                 JOIN statuses p ON p.id = f.status_id AND p.local
                 UNION ALL SELECT ",
                day!("s.id"),
                "s.id FROM (
                     SELECT s.id, coalesce(s.reblog_of_id, s.in_reply_to_id) AS parent_id FROM statuses s
                     WHERE s.id >= $3 AND s.id < $4 ORDER BY s.id DESC",
                most!(),
                ") s
                 JOIN statuses p ON p.id = s.parent_id AND p.local"
            ),
            Self::OpenedReports => counted!(
                "SELECT (created_at AT TIME ZONE 'UTC')::date AS day, id AS what FROM reports
                 WHERE created_at >= $1 AND created_at < $2",
                most!()
            ),
            Self::ResolvedReports => counted!(
                "SELECT (action_taken_at AT TIME ZONE 'UTC')::date AS day, id AS what FROM reports
                 WHERE action_taken_at >= $1 AND action_taken_at < $2",
                most!()
            ),
            Self::TagAccounts(_) => tagged!("s.account_id"),
            Self::TagUses(_) => tagged!("s.id"),
            Self::TagServers(_) => tagged!("coalesce(a.domain, '')"),
            Self::InstanceAccounts(_) => of_server!("a.id", ""),
            Self::InstanceStatuses(_) => of_server!("s.id", "JOIN statuses s ON s.account_id = a.id"),
            Self::InstanceReports(_) => of_server!("r.id", "JOIN reports r ON r.target_account_id = a.id"),
            Self::InstanceFollows(_) => {
                of_server!("f.id", "JOIN follows f ON f.target_account_id = a.id AND f.accepted_at IS NOT NULL")
            }
            Self::InstanceFollowers(_) => {
                of_server!("f.id", "JOIN follows f ON f.account_id = a.id AND f.accepted_at IS NOT NULL")
            }
            Self::InstanceMedia(_) => concat!(
                "SELECT r.day, coalesce(sum(r.size), 0)::bigint AS number FROM (SELECT ",
                day!("m.id"),
                "f.size FROM accounts a
                     JOIN media_attachments m ON m.account_id = a.id AND m.id >= $3 AND m.id < $4
                     JOIN media_files f ON f.attachment_id = m.id WHERE a.domain = $5",
                most!(),
                ") r
                 GROUP BY GROUPING SETS ((r.day), ()) ORDER BY 1"
            ),
        }
    }

    fn domain(&self) -> &str {
        match self {
            Self::InstanceAccounts(domain)
            | Self::InstanceStatuses(domain)
            | Self::InstanceReports(domain)
            | Self::InstanceFollows(domain)
            | Self::InstanceFollowers(domain)
            | Self::InstanceMedia(domain) => domain,
            _ => "",
        }
    }

    fn tag(&self) -> TagId {
        match self {
            Self::TagAccounts(tag) | Self::TagUses(tag) | Self::TagServers(tag) => *tag,
            _ => TagId(0),
        }
    }
}

/// How many there were in a time, and on each day of it.
pub async fn count_by_day(conn: &mut Conn, measure: &Measure, span: Span) -> QueryResult<Counted> {
    #[derive(QueryableByName)]
    struct DayRow {
        #[diesel(sql_type = Nullable<Date>)]
        day: Option<NaiveDate>,
        #[diesel(sql_type = Nullable<BigInt>)]
        number: Option<i64>,
    }
    let (first, end) = span.ids();
    let rows: Vec<DayRow> = Sql::new(measure.statement())
        .bind::<Timestamptz, _>(span.from)
        .bind::<Timestamptz, _>(span.until)
        .bind::<BigInt, _>(first)
        .bind::<BigInt, _>(end)
        .bind::<Text, _>(measure.domain())
        .bind::<BigInt, _>(measure.tag())
        .load(conn)
        .await?;
    let mut counted = Counted::default();
    for row in rows {
        let number = row.number.unwrap_or(0);
        match row.day {
            Some(day) => counted.days.push((day, number)),
            None => counted.total = number,
        }
    }
    Ok(counted)
}

/// What can be counted by kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Of those who registered in the time.
    Languages,
    /// From where most posts came in the time.
    Servers,
    /// From where most public posts with a hashtag are, and in which languages.
    TagServers(TagId),
    TagLanguages(TagId),
    /// In which languages posts of another server are.
    InstanceLanguages(String),
    /// Bytes.
    SpaceUsage,
}

macro_rules! ranked {
    ($name:literal, $($rows:tt)+) => {
        concat!(
            "SELECT ", $name, " AS name, count(*) AS number FROM ", $($rows)+,
            " GROUP BY 1 ORDER BY number DESC, name LIMIT $7"
        )
    };
}

impl Dimension {
    fn statement(&self) -> &'static str {
        match self {
            Self::Languages => ranked!(
                "u.locale", "(SELECT locale FROM users WHERE created_at >= $1 AND created_at < $2", most!(), ") u"
            ),
            Self::Servers => ranked!(
                "coalesce(a.domain, '')", "(SELECT account_id FROM statuses WHERE id >= $3 AND id < $4 ORDER BY id DESC", most!(),
                ") s JOIN accounts a ON a.id = s.account_id"
            ),
            Self::TagServers(_) => ranked!(
                "coalesce(a.domain, '')", "(SELECT status_id FROM status_tags WHERE tag_id = tag_by_told_id($6) AND status_id >= $3 AND status_id < $4
                 ORDER BY status_id DESC", most!(), ") t JOIN statuses s ON s.id = t.status_id AND s.audience_kind = 1
                 JOIN accounts a ON a.id = s.account_id"
            ),
            Self::TagLanguages(_) => ranked!(
                "coalesce(s.language, 'und')", "(SELECT status_id FROM status_tags WHERE tag_id = tag_by_told_id($6) AND status_id >= $3
                 AND status_id < $4 ORDER BY status_id DESC", most!(), ") t
                 JOIN statuses s ON s.id = t.status_id AND s.audience_kind = 1"
            ),
            Self::InstanceLanguages(_) => ranked!(
                "coalesce(s.language, 'und')", "(SELECT s.language FROM accounts a JOIN statuses s ON s.account_id = a.id
                 WHERE a.domain = $5 AND s.id >= $3 AND s.id < $4 AND s.reblog_of_id IS NULL", most!(), ") s"
            ),
            Self::SpaceUsage => {
                "SELECT 'postgresql' AS name, pg_database_size(current_database()) AS number
                 UNION ALL SELECT 'media', coalesce(sum(f.size), 0)::bigint FROM (SELECT size FROM media_files LIMIT 1000000) f"
            }
        }
    }
}

/// The most frequent kinds, with how many there were of each.
pub async fn count_by_kind(
    conn: &mut Conn,
    dimension: &Dimension,
    span: Span,
    limit: i64,
) -> QueryResult<Vec<(String, i64)>> {
    #[derive(QueryableByName)]
    struct KindRow {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let domain = if let Dimension::InstanceLanguages(domain) = dimension { domain.as_str() } else { "" };
    let tag = match dimension {
        Dimension::TagServers(tag) | Dimension::TagLanguages(tag) => *tag,
        _ => TagId(0),
    };
    let (first, end) = span.ids();
    let rows: Vec<KindRow> = Sql::new(dimension.statement())
        .bind::<Timestamptz, _>(span.from)
        .bind::<Timestamptz, _>(span.until)
        .bind::<BigInt, _>(first)
        .bind::<BigInt, _>(end)
        .bind::<Text, _>(domain)
        .bind::<BigInt, _>(tag)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.number)).collect())
}

/// Of those who registered in each month or day (`unit`) of a time: how many there were, and how many used their account in that or a
/// later one. By the first moments of the two; `period` ≤ `date`.
pub async fn count_retention(
    conn: &mut Conn,
    span: Span,
    unit: &str,
) -> QueryResult<Vec<(DateTime<Utc>, DateTime<Utc>, i64, i64)>> {
    #[derive(QueryableByName)]
    struct CohortRow {
        #[diesel(sql_type = Timestamptz)]
        period: DateTime<Utc>,
        #[diesel(sql_type = Timestamptz)]
        date: DateTime<Utc>,
        #[diesel(sql_type = BigInt)]
        registered: i64,
        #[diesel(sql_type = BigInt)]
        active: i64,
    }
    let rows: Vec<CohortRow> = Sql::new(concat!(
        "WITH comers AS (SELECT date_trunc($3, u.created_at, 'UTC') AS period, date_trunc($3, p.last_on::timestamp) AT TIME ZONE 'UTC' AS last
                      FROM (SELECT account_id, created_at FROM users WHERE created_at >= $1 AND created_at < $2",
        most!(),
        ") u LEFT JOIN person_activity p ON p.account_id = u.account_id),
              units AS (SELECT u.start AT TIME ZONE 'UTC' AS start FROM generate_series(date_trunc($3, $1 AT TIME ZONE 'UTC'),
                            $2 AT TIME ZONE 'UTC' - interval '1 microsecond', ('1 ' || $3)::interval) AS u (start))
         SELECT c.start AS period, d.start AS date, count(n.period) AS registered,
                count(n.period) FILTER (WHERE n.last >= d.start) AS active
         FROM units c JOIN units d ON d.start >= c.start LEFT JOIN comers n ON n.period = c.start GROUP BY 1, 2 ORDER BY 1, 2"
    ))
    .bind::<Timestamptz, _>(span.from)
    .bind::<Timestamptz, _>(span.until)
    .bind::<Text, _>(unit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.period, row.date, row.registered, row.active)).collect())
}
