//! A process's number, one of 64, for the ids that it mints: a lease in Postgres, renewed while the process lives.

use chrono::{DateTime, Duration, Utc};
use diesel::sql_types::{Integer, SmallInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Conn;
use crate::base::{Error, Result};

/// How long a number is kept without renewal. Renew at a third of it.
pub const LEASE: Duration = Duration::seconds(90);

/// How many numbers there are: the id has six bits for them.
const NUMBERS: i32 = 64;

/// A number that this process holds.
#[derive(Clone, Copy, Debug)]
pub struct NodeLease {
    pub node: i16,
    holder: Uuid,
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = SmallInt)]
    id: i16,
}

/// Takes the lowest number that nobody holds.
pub async fn acquire(conn: &mut Conn, now: DateTime<Utc>) -> Result<NodeLease> {
    let holder = Uuid::new_v4();
    // Whoever starts at the same moment may take the number that was free a moment ago, each number once.
    for _ in 0..NUMBERS {
        if let Some(node) = take(conn, holder, now).await? {
            return Ok(NodeLease { node, holder });
        }
    }
    Err(Error::Unavailable(format!("{NUMBERS} processes already run on this database; stop one first")))
}

async fn take(conn: &mut Conn, holder: Uuid, now: DateTime<Utc>) -> Result<Option<i16>> {
    let taken: Vec<Number> = diesel::sql_query(
        "INSERT INTO nodes (id, holder, leased_until)
         SELECT n, $1, $2 FROM generate_series(0, $4 - 1) n
         WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE id = n AND leased_until >= $3) ORDER BY n LIMIT 1
         ON CONFLICT (id) DO UPDATE SET holder = $1, leased_until = $2 WHERE nodes.leased_until < $3
         RETURNING id",
    )
    .bind::<SqlUuid, _>(holder)
    .bind::<Timestamptz, _>(now + LEASE)
    .bind::<Timestamptz, _>(now)
    .bind::<Integer, _>(NUMBERS)
    .load(conn)
    .await?;
    Ok(taken.as_slice().first().map(|number| number.id))
}

/// Renews the lease. `false`: it was lost, and the process must stop minting ids.
pub async fn renew(conn: &mut Conn, lease: NodeLease, now: DateTime<Utc>) -> Result<bool> {
    let renewed = diesel::sql_query("UPDATE nodes SET leased_until = $3 WHERE id = $1 AND holder = $2")
        .bind::<SmallInt, _>(lease.node)
        .bind::<SqlUuid, _>(lease.holder)
        .bind::<Timestamptz, _>(now + LEASE)
        .execute(conn)
        .await?;
    Ok(renewed == 1)
}

/// Gives the number back.
pub async fn release(conn: &mut Conn, lease: NodeLease) -> Result<()> {
    diesel::sql_query("DELETE FROM nodes WHERE id = $1 AND holder = $2")
        .bind::<SmallInt, _>(lease.node)
        .bind::<SqlUuid, _>(lease.holder)
        .execute(conn)
        .await?;
    Ok(())
}
