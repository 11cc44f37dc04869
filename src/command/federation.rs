//! `pollen admin federation`: what waits for other servers, and what to do about it.

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};

use super::admin::with_app;
use super::{CommandResult, ConfigArgs};
use crate::app::App;
use crate::base::handle::normalise_domain;
use crate::base::text::strip_markup_to_text_line;
use crate::base::{Error, Result};
use crate::federation::store::{self, Waiting};
use crate::moderation::ops::{self, By};

/// Characters of what a server said that are shown.
const SHOWN: usize = 120;

#[derive(Subcommand)]
pub enum FederationCommand {
    /// Show for which servers something waits, for how long, and what they said
    Status(Status),
    /// Try at once what waits for a server
    Retry(Host),
    /// Give up what waits for a server; what was sent stays sent
    Forget(Host),
}

#[derive(Args)]
pub struct Status {
    #[command(flatten)]
    config: ConfigArgs,
    /// One server alone, e.g. pln.globex.com
    host: Option<String>,
}

#[derive(Args)]
pub struct Host {
    #[command(flatten)]
    config: ConfigArgs,
    /// The server, e.g. pln.globex.com
    host: String,
}

/// Carries out a command.
pub async fn run(command: FederationCommand) -> CommandResult {
    match command {
        FederationCommand::Status(args) => {
            with_app(&args.config, async |app| status(app, args.host.as_deref()).await).await
        }
        FederationCommand::Retry(args) => with_app(&args.config, async |app| retry(app, &args.host).await).await,
        FederationCommand::Forget(args) => with_app(&args.config, async |app| forget(app, &args.host).await).await,
    }
}

/// As hosts are written in the queue. In loopback mode names have ports.
fn known(host: &str) -> Result<String> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    let name = normalise_domain(name.trim())
        .ok_or_else(|| Error::invalid("host", "must be the name of a server, such as pln.globex.com"))?;
    Ok(port.map_or(name.clone(), |port| format!("{name}:{port}")))
}

fn ago(then: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let minutes = (now - then).num_minutes().max(0);
    match minutes {
        0..60 => format!("{minutes} min"),
        60..2880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

fn line(row: &Waiting, now: DateTime<Utc>) -> String {
    let state = match (row.failing_since, row.next_attempt_at) {
        (Some(since), Some(next)) if next > now => {
            let next = next.format("%Y-%m-%d %H:%M UTC");
            format!("has failed {} times in {}; is tried again at {next}", row.failures, ago(since, now))
        }
        (Some(since), _) => format!("has failed {} times in {}; is tried now", row.failures, ago(since, now)),
        (None, _) if row.set_aside > 0 => format!("refused {}", row.set_aside),
        (None, _) => "is being sent to".into(),
    };
    let said = row.error.as_deref().map(|error| strip_markup_to_text_line(error, SHOWN)).unwrap_or_default();
    format!("{}\t{}\t{}\t{state}\t{said}", row.host, row.deliveries, ago(row.oldest, now))
}

async fn status(app: &App, host: Option<&str>) -> Result<()> {
    let host = host.map(known).transpose()?;
    let mut conn = app.db.get().await?;
    let rows = store::list_waiting(&mut conn, host.as_deref()).await?;
    if rows.is_empty() {
        println!("Nothing waits for {}.", host.as_deref().unwrap_or("anybody"));
    }
    for row in rows {
        println!("{}", line(&row, app.now()));
    }
    Ok(())
}

async fn retry(app: &App, host: &str) -> Result<()> {
    let host = known(host)?;
    let hastened = ops::retry_deliveries(app, By::CommandLine, &host).await?;
    println!("{hastened} deliveries to {host} are due now; the processes that serve send them.");
    Ok(())
}

async fn forget(app: &App, host: &str) -> Result<()> {
    let host = known(host)?;
    let lost = ops::forget_deliveries(app, By::CommandLine, &host).await?;
    println!("{lost} deliveries to {host} are given up.");
    Ok(())
}
