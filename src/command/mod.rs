//! The command line: what `main` calls.

pub mod admin;
mod announcements;
pub mod database;
pub mod demo;
mod domain_blocks;
mod emojis;
mod federation;
pub mod log;
pub mod serve;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::base::{Error, Result};
use crate::config::database_url::chain;
use crate::config::{Config, ConfigError};

/// Pollen: a federated server for personal learning networks at work.
#[derive(Parser)]
#[command(
    version,
    about,
    after_help = "Start with `pollen demo` to see two companies learn from one another, \
or copy config/pollen.example.toml, set instance.domain in it, and run `pollen serve --config FILE`."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Run an instance
    Serve(serve::ServeArgs),
    /// Run two companies on this machine, with people who already follow each other
    Demo(demo::DemoArgs),
    /// Bring the database's schema up to date (`serve` does so by itself)
    Migrate(ConfigArgs),
    /// Run a program on the private Postgres, such as pg_dump or psql, while Pollen does not
    Postgres(database::PostgresArgs),
    /// Read the configuration, say what is wrong with it, and print what is in force
    CheckConfig(ConfigArgs),
    /// Manage accounts, groups, announcements, and what goes to other servers
    #[command(subcommand)]
    Admin(admin::AdminCommand),
}

/// Where the configuration comes from: the file, then POLLEN_* variables, then the flags.
#[derive(Args, Clone, Debug)]
pub struct ConfigArgs {
    /// The configuration file; config/pollen.example.toml documents every key
    #[arg(long, short, value_name = "FILE", env = "POLLEN_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// One key, in place of what the file and the environment say
    #[arg(long = "set", value_name = "KEY=VALUE", global = true)]
    pub set: Vec<String>,
}

impl ConfigArgs {
    /// Reads and validates the configuration.
    pub fn load(&self) -> Result<Config, ConfigError> {
        let mut overrides = Vec::new();
        for one in &self.set {
            let (key, value) = one.split_once('=').ok_or_else(|| {
                ConfigError(format!("--set {one}: write KEY=VALUE, e.g. --set instance.domain=pln.acme.com"))
            })?;
            overrides.push((key.trim(), value.trim().to_owned()));
        }
        Config::load(self.config.as_deref(), &overrides)
    }
}

/// Why a command failed; `Display` is for the person at the terminal.
pub type CommandResult = std::result::Result<(), Box<dyn std::error::Error>>;

/// Carries out a command.
pub async fn run(cli: Cli) -> CommandResult {
    match cli.command {
        Command::Serve(args) => serve::serve(args.config.load()?, args.parts()).await,
        Command::Demo(args) => demo::demo(args).await,
        Command::Migrate(args) => database::migrate(args.load()?).await,
        Command::Postgres(args) => database::run_on_postgres(args).await,
        Command::CheckConfig(args) => {
            let config = args.load()?;
            println!("{}", config.in_force());
            Ok(())
        }
        Command::Admin(command) => admin::run(command).await,
    }
}

/// What to say of a failure at the terminal, where nobody else is shown it: of a fault of ours, the cause.
pub fn explain(error: &(dyn std::error::Error + 'static)) -> String {
    match error.downcast_ref() {
        Some(Error::Internal(cause)) => format!("this should not have happened: {}", chain(cause.as_ref())),
        _ => error.to_string(),
    }
}
