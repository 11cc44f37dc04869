//! The database: pools, transactions, migrations, and the private Postgres cluster.

pub mod changes;
pub mod cluster;
mod connect;
pub mod freshness;
pub mod node;
pub mod schema;
pub mod sql;

use std::time::Duration;

use diesel::ConnectionError;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::base::{Error, Result};

pub use connect::Connector;

/// The connection that stores work on, inside and outside of transactions.
pub type Conn = AsyncPgConnection;

/// A connection lent by a pool.
pub type PooledConn = Object<AsyncPgConnection>;

/// Every migration, compiled in. `pub` for the tests that run them up and down.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// The advisory lock under which migrations run, so that several processes may start at once.
const MIGRATION_LOCK: i64 = 0x506f_6c6c_656e;

/// A process that waits for another to migrate asks again after this.
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// Two pools on one database.
///
/// Requests commit durably. Background work commits without waiting for the disk (`synchronous_commit = off`): what it
/// writes and the job that asked for it are in one log, so a crash that loses the one brings back the other.
#[derive(Clone)]
pub struct Db {
    url: std::sync::Arc<str>,
    requests: Pool<AsyncPgConnection>,
    background: Pool<AsyncPgConnection>,
}

impl Db {
    /// Pools of at most `connections` each. Connections are opened, and driven, on the runtime that calls this.
    pub fn new(url: &str, connections: usize) -> Result<Self> {
        let (requests, background) = (pool(url, connections, false)?, pool(url, connections, true)?);
        Ok(Self { url: url.into(), requests, background })
    }

    /// A connection of one's own, outside of the pools: for what keeps it, such as listening.
    pub async fn connect(&self) -> Result<Conn> {
        connect(&self.url, true).await.map_err(unreachable_database)
    }

    /// A connection for a request.
    pub async fn get(&self) -> Result<PooledConn> {
        Ok(self.requests.get().await?)
    }

    /// A connection for jobs and deliveries.
    pub async fn background(&self) -> Result<PooledConn> {
        Ok(self.background.get().await?)
    }

    /// Closes both pools: whoever asks afterwards gets an error.
    pub fn close(&self) {
        self.requests.close();
        self.background.close();
    }
}

fn pool(url: &str, connections: usize, background: bool) -> Result<Pool<AsyncPgConnection>> {
    let runtime = tokio::runtime::Handle::current();
    let connector = Connector::new(url, background).map_err(Error::Unavailable)?;
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |_| {
        let (connector, runtime) = (connector.clone(), runtime.clone());
        Box::pin(async move {
            // The driver of a connection must not live on a web thread's runtime.
            let connecting = runtime.spawn(async move { connector.connect().await });
            connecting.await.map_err(|error| ConnectionError::BadConnection(error.to_string()))?
        })
    });
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(url, config);
    Pool::builder(manager)
        .max_size(connections)
        .wait_timeout(Some(Duration::from_secs(10)))
        .create_timeout(Some(Duration::from_secs(10)))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .map_err(Error::internal)
}

/// Opens one connection, see [`Connector`].
pub async fn connect(url: &str, background: bool) -> diesel::ConnectionResult<AsyncPgConnection> {
    Connector::new(url, background).map_err(ConnectionError::BadConnection)?.connect().await
}

/// Brings the schema up to date, under a lock. Returns the names of the migrations that ran.
///
/// Needs a multi-thread runtime (diesel-async blocks a thread while migrations run).
pub async fn migrate(url: &str) -> Result<Vec<String>> {
    let mut lock = connect(url, false).await.map_err(unreachable_database)?;
    // It is asked for, not waited for: a statement that waits has a snapshot, for which CREATE INDEX CONCURRENTLY waits in turn.
    while !try_lock(&mut lock).await? {
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    let connection = connect(url, false).await.map_err(unreachable_database)?;
    let mut harness = diesel_async::AsyncMigrationHarness::new(connection);
    if harness.has_pending_migration(MIGRATIONS).map_err(Error::Internal)? {
        drop_half_built(&mut lock).await?;
    }
    let names = harness.run_pending_migrations(MIGRATIONS).map_err(Error::Internal)?;
    // The lock ends with its connection.
    Ok(names.into_iter().map(|version| version.to_string()).collect())
}

async fn try_lock(conn: &mut Conn) -> Result<bool> {
    use diesel_async::RunQueryDsl;
    #[derive(diesel::QueryableByName)]
    struct Locked {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        locked: bool,
    }
    let query = diesel::sql_query(format!("SELECT pg_try_advisory_lock({MIGRATION_LOCK}) AS locked"));
    let rows: Vec<Locked> = query.load(conn).await?;
    Ok(rows.iter().any(|row| row.locked))
}

/// Drops indexes that were being built beside what else goes on (CREATE INDEX CONCURRENTLY) when that was interrupted: they are there, and
/// are never used. The migration that builds them runs again.
async fn drop_half_built(conn: &mut Conn) -> Result<()> {
    use diesel_async::RunQueryDsl;
    #[derive(diesel::QueryableByName)]
    struct Drop {
        #[diesel(sql_type = diesel::sql_types::Text)]
        statement: String,
    }
    let query = diesel::sql_query(
        "SELECT format('DROP INDEX %s', i.indexrelid::regclass) AS statement
         FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE NOT i.indisvalid AND c.relnamespace = 'public'::regnamespace
           AND i.indexrelid NOT IN (SELECT p.index_relid FROM pg_stat_progress_create_index p)",
    );
    let found: Vec<Drop> = query.load(conn).await?;
    for Drop { statement } in found {
        tracing::warn!(statement, "an index was left half built");
        diesel::sql_query(statement).execute(conn).await?;
    }
    Ok(())
}

fn unreachable_database(error: ConnectionError) -> Error {
    Error::Unavailable(format!("the database (database.url) cannot be reached: {error}"))
}
