//! `pollen serve`: runs an instance until it is told to stop.

use std::net::{SocketAddr, TcpListener};

use tokio::signal::unix::{SignalKind, signal};

use super::CommandResult;
use super::database::Database;
use crate::base::clock::Clock;
use crate::config::Config;
use crate::start::{self, Parts};

/// Serves until SIGINT or SIGTERM, then finishes what is in flight.
pub async fn serve(config: Config) -> CommandResult {
    super::log::start(&config.log);
    // Taken first: a port that is in use is the commonest mistake, and this is the cheapest moment to find it.
    let listeners = listen(&config.server.listen).map_err(|error| format!("server.listen: {error}"))?;
    let database = Database::open(&config).await?;
    let addresses = config.server.listen.clone();
    let prepared = start::prepare(config, &database.url, Clock::default()).await?;
    let origin = prepared.app.origin.clone();
    let running = prepared.run(listeners, Parts::All)?;
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
