//! Which database a command works on: the one that is configured, or the private Postgres, which then runs for as long as
//! the command does.

use std::ffi::OsString;

use clap::Args;
use tokio::process::Command;

use super::{CommandResult, ConfigArgs};
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

#[derive(Args)]
pub struct PostgresArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// The program, and what it is given; it finds the database by PGHOST, PGUSER, PGPASSWORD and PGDATABASE
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "PROGRAM")]
    program: Vec<OsString>,
}

/// `pollen postgres`: what makes and loads dumps of a database that listens nowhere. Nothing is migrated, so a dump finds an empty
/// database where there was none.
pub async fn run_on_postgres(args: PostgresArgs) -> CommandResult {
    let config = args.config.load()?;
    if config.database.url.is_some() {
        return Err("database.url names a Postgres that is not Pollen's own: give that URL to psql or pg_dump".into());
    }
    let Some((program, arguments)) = args.program.split_first() else { return Err("name a program".into()) };
    let database = Database::open(&config).await?;
    let mut command = Command::new(program);
    command.args(arguments).kill_on_drop(true);
    if let Some(cluster) = &database.cluster {
        command.envs(cluster.variables(&config.database.name));
    }
    let ended = command.status().await;
    database.close().await;
    let named = program.display();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{named} failed ({status})").into()),
        Err(error) => Err(format!("{named} cannot be run: {error}").into()),
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
