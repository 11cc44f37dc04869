//! Pollen's private Postgres cluster, run from the Postgres that is installed on the machine.
//!
//! `serve` and `demo` use it when no database URL is configured, and the tests always do. One call
//! makes the cluster on first use, starts it and keeps it running; dropping the [`Cluster`] stops it.
//!
//! What lies in `data_dir/postgres`:
//!
//! | name | owner | what |
//! |---|---|---|
//! | `lock` | Pollen | locked while a Pollen uses the cluster; holds its pid |
//! | `password` | Pollen, 0600 | the password of the superuser `pollen` |
//! | `server.log`, `server.log.1` | Pollen | what Postgres writes, at most about 16 MB each |
//! | `data/` | Postgres | the cluster itself |
//! | `socket/` | Postgres, 0700 | the Unix socket, the only way in: Postgres listens on no port |
//!
//! Pollen and Postgres are the same user, except when Pollen is root: Postgres refuses root, so it
//! then runs as the owner of `data/`, at first `postgres`, else `nobody`. Files that root writes
//! therefore never lie in a directory in which that user may write.
//!
//! A socket rather than a port: a port can be taken by someone else between two starts, who would
//! then be sent the password; a socket in a directory of our own cannot, and its path stays the
//! same whenever the server restarts.

mod binaries;
mod create;
mod error;
mod files;
mod leftover;
mod postmaster;
mod supervisor;
#[cfg(test)]
mod tests;
mod user;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use tokio::sync::oneshot;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

pub use error::ClusterError;

/// The superuser that owns the cluster and all of Pollen's databases.
const SUPERUSER: &str = "pollen";

/// How to run the cluster. [`ClusterOptions::new`] has the defaults.
#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// The cluster lives in `data_dir/postgres`. Missing directories are created. As root, choose
    /// a place that the user `postgres` can reach, such as `/var/lib/pollen`.
    pub data_dir: PathBuf,
    /// Where `postgres` and `initdb` are; when `None`, they are looked for: `$POLLEN_POSTGRES_BIN`,
    /// the distribution's directories, `PATH`, Homebrew. The newest is taken for a new cluster, the
    /// one of the same major version for a cluster that exists.
    pub bin_dir: Option<PathBuf>,
    /// `false` switches off everything that protects data against a power failure. For tests.
    pub durable: bool,
    pub max_connections: u32,
    /// More `postgresql.conf` settings. They take precedence over Pollen's own, and over the file.
    pub settings: Vec<(String, String)>,
}

impl ClusterOptions {
    /// A durable cluster of 100 connections, with the installed Postgres.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), bin_dir: None, durable: true, max_connections: 100, settings: Vec::new() }
    }
}

/// A running cluster. Dropping it stops Postgres, as [`Cluster::stop`] does.
pub struct Cluster {
    socket_dir: PathBuf,
    password: String,
    supervisor: Option<(oneshot::Sender<()>, thread::JoinHandle<()>)>,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the password: this may end up in a log.
        f.debug_struct("Cluster").field("socket_dir", &self.socket_dir).finish_non_exhaustive()
    }
}

impl Cluster {
    /// Makes the cluster if there is none, starts Postgres and returns once it answers.
    ///
    /// Blocks (about 50 ms; a second when the cluster is new; longer when Postgres has to recover
    /// from a crash). May be called from anywhere, also from asynchronous code that can afford the
    /// wait. Postgres is watched from a thread of its own, and started again when it dies.
    ///
    /// # Errors
    ///
    /// Every [`ClusterError`] says what to do about it and is meant to be shown as it is.
    pub fn start(options: ClusterOptions) -> Result<Self, ClusterError> {
        let prepared = files::prepare(options)?;
        let socket_dir = prepared.socket_dir.clone();
        let password = prepared.password.clone();
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = mpsc::sync_channel(1);
        // A thread that lives as long as the cluster: the kernel tells Postgres to stop when the
        // thread that started it ends, however that comes about.
        let thread = thread::Builder::new()
            .name("postgres".into())
            .spawn(move || supervisor::run(&prepared, stopped, &ready))
            .map_err(|source| ClusterError::io("start a thread for", "Postgres", source))?;
        match is_ready.recv() {
            Ok(Ok(())) => Ok(Self { socket_dir, password, supervisor: Some((stop, thread)) }),
            Ok(Err(error)) => {
                let _ = thread.join();
                Err(error)
            }
            Err(mpsc::RecvError) => Err(ClusterError::Supervisor),
        }
    }

    /// The URL of a database, with the password in it, for tokio-postgres and everything that uses
    /// it, and for libpq (`psql`, `pg_dump`). It stays valid when Postgres or Pollen restart.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        postmaster::url(&self.socket_dir, &self.password, database)
    }

    /// The variables by which libpq's programs (`psql`, `pg_dump`) find a database, in place of arguments that everybody could read.
    pub fn variables(&self, database: &str) -> [(&'static str, OsString); 4] {
        [
            ("PGHOST", self.socket_dir.clone().into_os_string()),
            ("PGUSER", SUPERUSER.into()),
            ("PGPASSWORD", self.password.clone().into()),
            ("PGDATABASE", database.into()),
        ]
    }

    /// Creates a database, unless it exists; says whether it did.
    ///
    /// # Errors
    ///
    /// When Postgres cannot be reached or refuses the name.
    pub async fn create_database_if_missing(&self, name: &str) -> Result<bool, ClusterError> {
        let client = self.connect().await?;
        let found = client
            .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
            .await
            .map_err(ClusterError::Query)?;
        if found.is_some() {
            return Ok(false);
        }
        match client.batch_execute(&format!("CREATE DATABASE {}", quoted(name))).await {
            Ok(()) => Ok(true),
            // Somebody else was faster: the first code when they have finished, the second when
            // both were at it.
            Err(error) if matches!(error.code(), Some(&SqlState::DUPLICATE_DATABASE | &SqlState::UNIQUE_VIOLATION)) => {
                Ok(false)
            }
            Err(error) => Err(ClusterError::Query(error)),
        }
    }

    /// Removes a database with all that is in it, if there is one.
    ///
    /// # Errors
    ///
    /// When Postgres cannot be reached.
    pub async fn drop_database(&self, name: &str) -> Result<(), ClusterError> {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(name));
        self.connect().await?.batch_execute(&drop).await.map_err(ClusterError::Query)
    }

    /// Stops Postgres in an orderly way and waits for it (about 80 ms; blocks). Connections that
    /// are open are cut, what was committed is kept.
    pub fn stop(self) {
        drop(self);
    }

    async fn connect(&self) -> Result<Client, ClusterError> {
        let (client, connection) =
            tokio_postgres::connect(&self.url("postgres"), NoTls).await.map_err(ClusterError::Query)?;
        // Ends when the client is dropped.
        tokio::spawn(connection);
        Ok(client)
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.supervisor.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}
