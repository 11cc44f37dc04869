//! Which database a command works on: the one that is configured, or the private Postgres, which then runs for as long as
//! the command does.

use super::CommandResult;
use crate::config::{Config, default_data_dir};
use crate::db::cluster::{Cluster, ClusterError, ClusterOptions};
use crate::db::{self};

/// A database that can be connected to. Keep it for as long as it is used.
pub struct Database {
    pub url: String,
    cluster: Option<Cluster>,
}

impl Database {
    /// The configured database, or that of the private Postgres, which is started and given the database if need be.
    pub async fn open(config: &Config) -> Result<Self, Box<dyn std::error::Error>> {
        if let Some(url) = &config.database.url {
            return Ok(Self { url: url.clone(), cluster: None });
        }
        let data_dir = config.database.data_dir.clone().unwrap_or_else(default_data_dir);
        let cluster = start_cluster(ClusterOptions::new(data_dir)).await?;
        cluster.create_database_if_missing(&config.database.name).await?;
        Ok(Self { url: cluster.url(&config.database.name), cluster: Some(cluster) })
    }

    /// Stops the private Postgres, if there is one.
    pub async fn close(self) {
        if let Some(cluster) = self.cluster {
            // Failing to join means that the stop panicked; there is nothing left to stop then.
            let _ = tokio::task::spawn_blocking(move || cluster.stop()).await;
        }
    }
}

/// Starts the private Postgres without blocking the runtime.
pub async fn start_cluster(options: ClusterOptions) -> Result<Cluster, Box<dyn std::error::Error>> {
    let started: Result<Cluster, ClusterError> = tokio::task::spawn_blocking(move || Cluster::start(options)).await?;
    Ok(started?)
}

/// `pollen migrate`
pub async fn migrate(config: Config) -> CommandResult {
    super::log::start(&config.log);
    let database = Database::open(&config).await?;
    let names = db::migrate(&database.url).await?;
    if names.is_empty() {
        println!("The schema is up to date.");
    }
    for name in names {
        println!("{name}");
    }
    database.close().await;
    Ok(())
}
