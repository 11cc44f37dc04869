//! What an instance tells of itself, counted over all: nothing about anybody in particular.

mod settings;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::schema::{account_stats, domain_blocks, instances, users};
use crate::db::sql::Sql;
use crate::visible;

pub use settings::*;

/// The servers that this one has met.
pub async fn list_peers(conn: &mut Conn) -> QueryResult<Vec<String>> {
    instances::table
        .filter(instances::suspended_at.is_null())
        .order(instances::domain)
        .select(instances::domain)
        .load(conn)
        .await
}

/// Servers that this one has met with names of this pattern, by name, and since when nothing that is sent to them arrives. Reads all:
/// for administrators who look for one.
pub async fn list_peers_named(
    conn: &mut Conn,
    pattern: &str,
    limit: i64,
) -> QueryResult<Vec<(String, Option<DateTime<Utc>>)>> {
    instances::table
        .filter(instances::domain.ilike(pattern))
        .order(instances::domain)
        .limit(limit)
        .select((instances::domain, instances::failing_since))
        .load(conn)
        .await
}

/// How many posts the people here have, and how many servers this one has met.
pub async fn count_posts_and_peers(conn: &mut Conn) -> QueryResult<(i64, i64)> {
    // Those that posts are counted for stand beside each account, so posts themselves are not walked over.
    let posts = account_stats::table
        .inner_join(users::table.on(users::account_id.eq(account_stats::account_id)))
        .select(diesel::dsl::sql::<BigInt>("coalesce(sum(statuses_count), 0)::bigint"))
        .get_result(conn)
        .await?;
    Ok((posts, instances::table.count().get_result(conn).await?))
}

/// A domain that is refused or limited, as far as everyone may know of it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = domain_blocks, check_for_backend(diesel::pg::Pg))]
pub struct Moderated {
    pub domain: String,
    pub severity: String,
    pub obfuscate: bool,
    pub public_comment: Option<String>,
}

/// Domains that are limited or suspended, by name.
pub async fn list_moderated(conn: &mut Conn) -> QueryResult<Vec<Moderated>> {
    domain_blocks::table
        .filter(domain_blocks::severity.ne("noop"))
        .order(domain_blocks::domain)
        .select(Moderated::as_select())
        .load(conn)
        .await
}

/// What happened in a week.
#[derive(Clone, Copy, Debug, Default, QueryableByName)]
pub struct Week {
    /// Weeks since the first Monday of 1970.
    #[diesel(sql_type = BigInt)]
    pub week: i64,
    #[diesel(sql_type = BigInt)]
    pub number: i64,
}

/// Posts of people here that everyone may see, by week, for those above an id.
pub async fn count_posts(conn: &mut Conn, above: i64) -> QueryResult<Vec<Week>> {
    Sql::new(concat!(
        "SELECT ((s.id >> 16) / 1000 - 345600) / 604800 AS week, count(*) AS number FROM statuses s
         WHERE s.audience_kind = 1 AND s.reblog_of_id IS NULL AND s.local AND s.id > $2 AND ",
        visible!(),
        " GROUP BY 1"
    ))
    .bind::<BigInt, _>(Viewer(None).bind())
    .bind::<BigInt, _>(above)
    .load(conn)
    .await
}

/// People by the week of a time that their row has, since then.
macro_rules! people_by_week {
    ($column:literal) => {
        concat!(
            "SELECT (extract(epoch FROM ",
            $column,
            ")::bigint - 345600) / 604800 AS week, count(*) AS number FROM users WHERE ",
            $column,
            " >= $1 GROUP BY 1"
        )
    };
}

/// People by the week in which they registered, since then.
pub async fn count_registrations(conn: &mut Conn, since: DateTime<Utc>) -> QueryResult<Vec<Week>> {
    Sql::new(people_by_week!("created_at")).bind::<Timestamptz, _>(since).load(conn).await
}

/// People by the week in which they last signed in, since then.
pub async fn count_sign_ins(conn: &mut Conn, since: DateTime<Utc>) -> QueryResult<Vec<Week>> {
    Sql::new(people_by_week!("last_sign_in_at")).bind::<Timestamptz, _>(since).load(conn).await
}
