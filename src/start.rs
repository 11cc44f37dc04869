//! A whole instance, started and stopped: what `serve`, the demo and the tests have in common.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::accounts::{self, object::InstanceActor};
use crate::app::App;
use crate::base::clock::Clock;
use crate::base::{Error, Result};
use crate::config::Config;
use crate::db::node::{self, NodeLease};
use crate::db::{self, Db};
use crate::federation::inbox::Door;
use crate::federation::policy;
use crate::federation::sender::Sender;
use crate::jobs::runner::Runner;
use crate::media::film::Programs;
use crate::media::storage::Storage;
use crate::net::fetch::Fetcher;
use crate::{housekeeping, instances, push, server, streaming, worker};

/// An instance that is set up: its schema is current, its number is leased, its actor exists. Nothing runs yet.
pub struct Prepared {
    pub app: App,
    lease: NodeLease,
}

/// Which parts of an instance run in this process. Tests run the queues themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    All,
    /// It answers requests, and leaves the queues to others.
    WebOnly,
    /// It works off the queues, and answers nobody.
    WorkerOnly,
}

/// An instance at work.
pub struct Running {
    pub app: App,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    web: Option<ServerHandle>,
    lease: NodeLease,
}

/// Sets an instance up on a database that exists. Call it on the main (multi-thread) runtime.
pub async fn prepare(config: Config, database_url: &str, clock: Clock) -> Result<Prepared> {
    let migrated = db::migrate(database_url).await?;
    if !migrated.is_empty() {
        tracing::info!(migrations = migrated.len(), "the database schema is up to date now");
    }
    let db = Db::new(database_url, config.database.connections)?;
    let lease = {
        let mut conn = db.get().await?;
        node::acquire(&mut conn, clock.now()).await?
    };
    let app = App::new(config, db, clock, lease.node);
    set_up(&app).await?;
    Ok(Prepared { app, lease })
}

/// Puts in place what an instance needs beside its database: the client for other servers, the store of files, the door, its own actor.
pub async fn set_up(app: &App) -> Result<()> {
    app.put(Fetcher::new(&fetch_options(app)?).map_err(Error::internal)?);
    app.put(Storage::open(&app.config).await?);
    app.put(Programs::find(&app.config.media));
    app.put(Door::open(app.db.clone(), app.clock.clone()));
    policy::reload(app).await?;
    instances::ops::reload(app).await?;
    let actor = accounts::ops::ensure_instance_actor(app).await?;
    app.put(InstanceActor(actor));
    accounts::ops::ensure_proof_keys(app).await?;
    app.put(push::ops::ensure_keys(app).await?);
    Ok(())
}

impl Prepared {
    /// Gives the node's number back without having run. For commands.
    pub async fn close(self) {
        give_back(&self.app, self.lease).await;
    }

    /// Starts answering on these listeners, working off the queues, or both.
    pub fn run(self, listeners: Vec<TcpListener>, parts: Parts) -> Result<Running> {
        let Self { app, lease } = self;
        let (stop, stopped) = watch::channel(false);
        let (mut tasks, mut web) = (Vec::new(), None);
        if parts == Parts::WorkerOnly {
            // Others answer those who listen, and are told.
            streaming::outbox::start(&app);
        } else {
            let server = server::serve(app.clone(), listeners).map_err(Error::internal)?;
            web = Some(server.handle());
            tasks.push(tokio::spawn(async move {
                if let Err(error) = server.await {
                    tracing::error!(%error, "the web server ended");
                }
            }));
        }
        tasks.push(tokio::spawn(keep_number(app.clone(), lease, stopped.clone())));
        tasks.push(tokio::spawn(keep_policy(app.clone(), stopped.clone())));
        if parts != Parts::WebOnly {
            tasks.push(tokio::spawn(
                Runner::new(app.clone(), worker::perform(), worker::kinds_of_strangers()).run(stopped.clone()),
            ));
            tasks.push(tokio::spawn(Sender::new(app.clone()).run(stopped.clone())));
            tasks.push(tokio::spawn(housekeeping::run(app.clone(), stopped)));
        }
        Ok(Running { app, stop, tasks, web, lease })
    }
}

impl Running {
    /// Stops accepting, finishes requests, jobs and deliveries in flight (at most `server.shutdown_seconds`), gives the
    /// node's number back.
    pub async fn stop(self) {
        let Self { app, stop, tasks, web, lease } = self;
        // Streams have no end of their own, and requests in flight are waited for.
        streaming::outbox::stop(&app);
        if let Some(web) = web {
            web.stop(true).await;
        }
        app.freshness.stop();
        // Nobody may listen any more, which is fine.
        let _ = stop.send(true);
        let patience = Duration::from_secs(app.config.server.shutdown_seconds);
        let all = futures_util::future::join_all(tasks);
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("some work was still in flight; it will run again at the next start");
        }
        give_back(&app, lease).await;
    }
}

async fn give_back(app: &App, lease: NodeLease) {
    if let Err(error) = app.changes.flush(&app.db).await {
        tracing::warn!(%error, "other processes were not told of the last changes");
    }
    if let Ok(mut conn) = app.db.get().await
        && let Err(error) = node::release(&mut conn, lease).await
    {
        tracing::warn!(%error, "the node's number was not given back; its lease will run out");
    }
    app.db.close();
}

fn fetch_options(app: &App) -> Result<crate::net::fetch::FetcherOptions> {
    let federation = &app.config.federation;
    let extra_ca = match &federation.extra_ca {
        Some(path) => Some(std::fs::read(path).map_err(|error| {
            Error::Unavailable(format!("federation.extra_ca: {} cannot be read: {error}", path.display()))
        })?),
        None => None,
    };
    Ok(crate::net::fetch::FetcherOptions {
        guard: crate::net::guard::GuardOptions {
            loopback_federation: federation.loopback,
            names: federation.names.clone(),
            private_domains: federation.private_domains.clone(),
        },
        user_agent: format!("Pollen/{} (+{})", env!("CARGO_PKG_VERSION"), app.origin),
        proxy: federation.proxy.clone(),
        extra_ca,
    })
}

/// How soon a rule that another process made counts here.
const POLICY_FRESH: Duration = Duration::from_secs(10);

/// Reads the rules on other domains and the settings anew for as long as the instance runs.
async fn keep_policy(app: App, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(POLICY_FRESH);
    while !*stop.borrow() {
        tokio::select! {
            _ = ticks.tick() => {
                let read = async {
                    policy::reload(&app).await?;
                    instances::ops::reload(&app).await
                };
                if let Err(error) = read.await {
                    tracing::warn!(%error, "rules on other domains and settings could not be read; those of before hold");
                }
            }
            _ = stop.changed() => {}
        }
    }
}

/// Renews the node's number for as long as the instance runs.
async fn keep_number(app: App, lease: NodeLease, mut stop: watch::Receiver<bool>) {
    let period = node::LEASE.to_std().unwrap_or(Duration::from_secs(60)) / 3;
    let mut ticks = tokio::time::interval(period);
    while !*stop.borrow() {
        tokio::select! {
            _ = ticks.tick() => {
                let renewed = async {
                    let mut conn = app.db.background().await?;
                    node::renew(&mut conn, lease, app.now()).await
                };
                match renewed.await {
                    Ok(true) => {}
                    Ok(false) => {
                        // Another process may hold our number by now, and would mint the same ids.
                        tracing::error!("this node's number was lost (was the process asleep?); stopping");
                        std::process::exit(70);
                    }
                    Err(error) => tracing::warn!(%error, "the node's number could not be renewed"),
                }
            }
            _ = stop.changed() => {}
        }
    }
}
