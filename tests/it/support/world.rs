//! Several whole instances in one process, which reach one another by name.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::OnceLock;

use actix_web::dev::ServerHandle;
use chrono::{DurationRound, TimeDelta};
use futures_util::future::join_all;
use pollen::accounts::keys::KeyPool;
use pollen::app::App;
use pollen::base::clock::Clock;
use pollen::config::Config;
use pollen::db::Db;
use pollen::net::key;
use pollen::{server, start};

use super::database::{TestDatabase, directory};
use super::instance::Instance;
use super::log::{self, Warnings};
use super::peer::Peer;

/// Key pairs that all tests share: a new one costs up to half a second.
const KEYS: usize = 8;

/// Before midnight, the time in which no test begins: what it did today would be of yesterday.
const LATE: TimeDelta = TimeDelta::minutes(1);

/// Rounds in which instances answer one another, before it is called endless.
const MOST_ROUNDS: usize = 1000;

type Adjust = Box<dyn Fn(&mut Config) + Send>;

/// What [`World::start`] starts, with more to say about it.
#[derive(Default)]
pub struct Builder {
    instances: Vec<String>,
    peers: Vec<String>,
    names: HashMap<String, SocketAddr>,
    adjust: Vec<Adjust>,
}

/// Instances, their shared clock, and what they warned of. End it with [`World::finish`].
pub struct World {
    instances: HashMap<String, Instance>,
    peers: HashMap<String, Peer>,
    servers: Vec<ServerHandle>,
    pub clock: Clock,
    warnings: Warnings,
    expected: Vec<String>,
    finished: bool,
}

impl Builder {
    pub fn instance(mut self, name: &str) -> Self {
        self.instances.push(name.to_owned());
        self
    }

    /// A server that the test plays itself: [`World::peer`].
    pub fn peer(mut self, name: &str) -> Self {
        self.peers.push(name.to_owned());
        self
    }

    /// A further name.
    pub fn name(mut self, name: &str, address: SocketAddr) -> Self {
        self.names.insert(name.to_owned(), address);
        self
    }

    /// Changes every instance's configuration; `config.instance.domain` tells which it is.
    pub fn configure(mut self, adjust: impl Fn(&mut Config) + Send + 'static) -> Self {
        self.adjust.push(Box::new(adjust));
        self
    }

    pub async fn start(self) -> World {
        log::init();
        until_midnight_is_past().await;
        let Self { instances, peers, mut names, adjust } = self;
        let (listeners, peers) = (listen(instances), listen(peers));
        for (name, listener) in listeners.iter().chain(&peers) {
            names.insert(name.clone(), listener.local_addr().unwrap());
        }
        let (clock, warnings) = (Clock::default(), Warnings::default());
        let http = client(&names);
        let starting = listeners.into_iter().map(|(name, listener)| {
            let mut config = config(&name, &names, listener.local_addr().unwrap());
            adjust.iter().for_each(|adjust| adjust(&mut config));
            start(config, listener, clock.clone(), http.clone(), warnings.clone())
        });
        let mut world = World {
            instances: HashMap::new(),
            peers: HashMap::new(),
            servers: Vec::new(),
            clock: clock.clone(),
            warnings: warnings.clone(),
            expected: Vec::new(),
            finished: false,
        };
        for (instance, server) in join_all(starting).await {
            world.instances.insert(instance.name().to_owned(), instance);
            world.servers.push(server);
        }
        for (name, listener) in peers {
            let (peer, server) = Peer::start(&name, listener, world.clock.clone());
            world.peers.insert(name, peer);
            world.servers.push(server);
        }
        world
    }
}

fn listen(names: Vec<String>) -> Vec<(String, TcpListener)> {
    names.into_iter().map(|name| (name, TcpListener::bind("127.0.0.1:0").expect("a port is free"))).collect()
}

fn client(names: &HashMap<String, SocketAddr>) -> reqwest::Client {
    let mut client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    for (name, address) in names {
        client = client.resolve(name, *address);
    }
    client.build().unwrap()
}

fn config(name: &str, names: &HashMap<String, SocketAddr>, address: SocketAddr) -> Config {
    let mut config = Config::default();
    config.instance.domain = name.to_owned();
    config.server.listen = vec![address];
    config.server.workers = 1;
    config.server.shutdown_seconds = 1;
    config.database.connections = 4;
    config.federation.loopback = true;
    config.federation.names = names.clone();
    config.jobs.workers = 4;
    config.delivery.hosts = 4;
    config.registrations.mode = pollen::config::RegistrationMode::Open;
    config.limits.requests = 1_000_000;
    config.limits.inbox = 1_000_000;
    config.limits.sign_in = 1_000_000;
    // Posts have links to pages that there are not.
    config.posts.preview_cards = false;
    config.posts.preview_delay_seconds = 0;
    config.media.directory = Some(super::media::directory());
    config.validate().unwrap();
    config
}

async fn start(
    config: Config,
    listener: TcpListener,
    clock: Clock,
    http: reqwest::Client,
    warnings: Warnings,
) -> (Instance, ServerHandle) {
    let database = TestDatabase::new().await;
    let db = Db::new(&database.url, config.database.connections).unwrap();
    let app = App::new(config, db, clock, 0);
    app.slot::<KeyPool>().fill(key_pairs().iter().cycle().take(KEYS * 8).cloned());
    start::set_up(&app).await.unwrap();
    let server = server::serve(app.clone(), vec![listener]).unwrap();
    let handle = server.handle();
    tokio::spawn(server);
    (Instance::new(app, http, database, warnings), handle)
}

async fn until_midnight_is_past() {
    let now = Clock::default().now();
    if let Ok(left) = ((now + LATE).duration_trunc(TimeDelta::days(1)).unwrap_or(now) - now).to_std() {
        tokio::time::sleep(left).await;
    }
}

/// Made by the first run that needs them, kept with its cluster.
pub fn key_pairs() -> &'static [(String, String)] {
    static PAIRS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    PAIRS.get_or_init(|| {
        let file = directory().join("keys.json");
        let kept = std::fs::read(&file).ok().and_then(|kept| serde_json::from_slice::<Vec<_>>(&kept).ok());
        kept.filter(|kept| kept.len() == KEYS).unwrap_or_else(|| {
            let made: Vec<_> = (0..KEYS).map(|_| key::generate().unwrap()).collect();
            std::fs::write(&file, serde_json::to_vec(&made).unwrap()).unwrap();
            made
        })
    })
}

impl World {
    /// Instances of these names, whose queues run when the test says so.
    pub async fn start<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().fold(Self::builder(), Builder::instance).start().await
    }

    pub fn builder() -> Builder {
        Builder::default()
    }

    pub fn instance(&self, name: &str) -> &Instance {
        self.instances.get(name).unwrap_or_else(|| panic!("there is no instance {name} in this world"))
    }

    pub fn peer(&self, name: &str) -> &Peer {
        self.peers.get(name).unwrap_or_else(|| panic!("there is no peer {name} in this world"))
    }

    /// Runs all instances' jobs and deliveries that are due, until all are idle.
    pub async fn settle(&self) {
        for _ in 0..MOST_ROUNDS {
            let mut ran = 0;
            for instance in self.instances.values() {
                ran += instance.run_until_idle().await;
            }
            if ran == 0 {
                return;
            }
        }
        panic!("the instances do not come to rest");
    }

    /// Moves every instance's clock, then settles.
    pub async fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
        self.settle().await;
    }

    /// Says that a warning, or an answer of 500 and above, that has this text in it is part of the test.
    pub fn expect_warning(&mut self, text: &str) {
        self.expected.push(text.to_owned());
    }

    /// What the queues warned of, and answers of 500 and above.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.lines()
    }

    /// Settles, and fails on everything that went wrong without having been expected: a job that failed or waits to be
    /// tried again, a delivery that was given up or is stuck, a request that was answered 500 and above.
    pub async fn finish(mut self) {
        self.settle().await;
        self.finished = true;
        let mut wrong = self.warnings();
        for instance in self.instances.values() {
            let client = instance.database.client().await;
            let left = client
                .query(
                    "SELECT 'job ' || kind || ' left behind: ' || coalesce(last_error, 'not run') FROM jobs UNION ALL
                     SELECT 'delivery to ' || inbox_uri || ' left behind: ' || coalesce(last_error, 'not sent')
                     FROM deliveries",
                    &[],
                )
                .await
                .unwrap();
            wrong.extend(left.iter().map(|row| format!("{}: {}", instance.name(), row.get::<_, String>(0))));
        }
        let unmet = self.expected.iter().find(|text| !wrong.iter().any(|line| line.contains(*text)));
        assert!(unmet.is_none(), "expected a warning with {unmet:?} in it; there were only {wrong:#?}");
        wrong.retain(|line| !self.expected.iter().any(|expected| line.contains(expected)));
        assert!(wrong.is_empty(), "the world did not end well: {wrong:#?}");
        join_all(self.servers.drain(..).map(|server| server.stop(false))).await;
        for instance in self.instances.values() {
            instance.app.db.close();
            // One that a failing test leaves is swept by the next run.
            let _ = std::fs::remove_dir_all(instance.app.config.media_directory());
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !self.finished && !std::thread::panicking() {
            panic!("a test ended without World::finish");
        }
    }
}
