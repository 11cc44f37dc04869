//! `pollen serve`: runs an instance until it is told to stop.

use std::net::{SocketAddr, TcpListener};

use clap::{Args, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use super::database::Database;
use super::{CommandResult, ConfigArgs};
use crate::base::clock::Clock;
use crate::config::Config;
use crate::start::{self, Parts};

/// Which part of an instance a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Answers requests
    Web,
    /// Works off the queues: what requests leave to be done, and what goes to other servers
    Worker,
}

#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    #[command(flatten)]
    pub config: ConfigArgs,
    /// One part of the instance alone; another process on the same database is the other
    #[arg(long)]
    role: Option<Role>,
}

impl ServeArgs {
    pub fn parts(&self) -> Parts {
        match self.role {
            None => Parts::All,
            Some(Role::Web) => Parts::WebOnly,
            Some(Role::Worker) => Parts::WorkerOnly,
        }
    }
}

/// Serves until SIGINT or SIGTERM, then finishes what is in flight.
pub async fn serve(config: Config, parts: Parts) -> CommandResult {
    super::log::start(&config.log);
    // Taken first: a port that is in use is the commonest mistake, and this is the cheapest moment to find it.
    let addresses = if parts == Parts::WorkerOnly { Vec::new() } else { config.server.listen.clone() };
    let listeners = listen(&addresses).map_err(|error| format!("server.listen: {error}"))?;
    let database = Database::open(&config).await?;
    let prepared = start::prepare(config, &database.url, Clock::default()).await?;
    let origin = prepared.app.origin.clone();
    let running = prepared.run(listeners, parts)?;
    tracing::info!(%origin, ?addresses, version = env!("CARGO_PKG_VERSION"), "Pollen is ready");
    stop_signal().await?;
    tracing::info!("stopping: finishing what is in flight");
    running.stop().await;
    database.close().await;
    Ok(())
}

/// Opens listeners; an address that cannot be had is an error that names it, as `127.0.0.1:3000: Address already in use`.
pub fn listen(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, String> {
    let open = |address: &SocketAddr| {
        let listener = TcpListener::bind(address).map_err(|error| format!("{address}: {error}"))?;
        listener.set_nonblocking(true).map_err(|error| format!("{address}: {error}"))?;
        Ok(listener)
    };
    addresses.iter().map(open).collect()
}

/// Waits for SIGINT (Ctrl-C) or SIGTERM.
pub async fn stop_signal() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
