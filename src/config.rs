//! The configuration of an instance: a TOML file, then `POLLEN_*` variables, then the command line's flags.
//!
//! `config/pollen.example.toml` documents every key. An unknown key or an impossible value stops the start, with the key
//! and what would be right.

pub mod database_url;
mod instance;
mod media;
mod people;
mod read;
mod settings;
mod validate;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use instance::{Instance, Shown};
pub use media::{Media, S3};
pub use people::{Mail, MailTls, RegistrationMode, Registrations};
pub use settings::{Settings, is_web_page};

/// All that can be configured. Each section is a struct below.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub instance: Instance,
    pub server: Server,
    pub database: Database,
    pub registrations: Registrations,
    pub mail: Mail,
    pub federation: Federation,
    pub delivery: Delivery,
    pub jobs: Jobs,
    pub posts: Posts,
    pub media: Media,
    pub culture: Culture,
    pub streaming: Streaming,
    pub limits: Limits,
    pub log: Log,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    pub listen: Vec<SocketAddr>,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Addresses that may read /metrics.
    pub metrics_from: Vec<IpAddr>,
    /// Web threads; 0 is one for each core.
    pub workers: usize,
    /// How long requests and jobs in flight may take to finish at shutdown.
    pub shutdown_seconds: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 3000))],
            trusted_proxies: vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])],
            metrics_from: vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])],
            workers: 0,
            shutdown_seconds: 20,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// A Postgres server; empty: Pollen runs a private one below `data_dir`.
    pub url: Option<String>,
    /// Connections for requests. Background work has as many of its own.
    pub connections: usize,
    /// Where the private Postgres lives. Empty: `/var/lib/pollen` as root, else `$XDG_DATA_HOME/pollen`.
    pub data_dir: Option<PathBuf>,
    /// The database's name on the private Postgres.
    pub name: String,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, connections: 10, data_dir: None, name: "pollen".into() }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Federation {
    /// For trying Pollen on one machine: http, ports and loopback peers are allowed, and every listener must be on
    /// loopback.
    pub loopback: bool,
    /// In loopback mode: names that stand for addresses of this machine.
    pub names: HashMap<String, SocketAddr>,
    /// Domains of a company's own network that may resolve to private addresses.
    pub private_domains: Vec<String>,
    /// An outbound proxy for all requests to other servers.
    pub proxy: Option<url::Url>,
    /// A PEM file with a further certificate authority to trust.
    pub extra_ca: Option<PathBuf>,
    /// Domains from which nothing is accepted and to which nothing is sent.
    pub suspended_domains: Vec<String>,
    /// Speak only to the domains that administrators allow.
    pub limited: bool,
    /// Let other servers read what is here only with a signature.
    pub authorized_fetch: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delivery {
    /// After so many days of failing a host counts as dead.
    pub give_up_after_days: f64,
    /// Hosts served side by side.
    pub hosts: usize,
    /// The first pause after a failure; it doubles with each further one, up to `most_pause_seconds`.
    pub first_pause_seconds: f64,
    pub most_pause_seconds: f64,
    /// How long a worker may hold a host's lane without renewing it.
    pub lease_seconds: f64,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            give_up_after_days: 14.0,
            hosts: 64,
            first_pause_seconds: 10.0,
            most_pause_seconds: 6.0 * 3600.0,
            lease_seconds: 60.0,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Jobs {
    /// Jobs that run side by side.
    pub workers: usize,
    /// After so long without a sign of life, a job is given to another worker.
    pub lease_seconds: f64,
    /// A job that failed so often is set aside for a person to look at, or dropped where others' servers failed.
    pub attempts: i32,
    /// The first pause after a failure; it doubles with each further one.
    pub first_pause_seconds: f64,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { workers: 32, lease_seconds: 30.0, attempts: 12, first_pause_seconds: 5.0 }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Posts {
    /// Characters a post may have.
    pub characters: usize,
    /// Show what a page says of itself below a post that links to it.
    pub preview_cards: bool,
    /// Links of posts from elsewhere are fetched within so many seconds.
    pub preview_delay_seconds: u32,
    /// After so many days a page is asked again.
    pub preview_days: u32,
}

impl Default for Posts {
    fn default() -> Self {
        Self { characters: 5000, preview_cards: true, preview_delay_seconds: 60, preview_days: 14 }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Culture {
    /// Show how many favourites, boosts and followers others have, and the votes in polls before they end. Off: nobody is ranked.
    pub show_counts: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Streaming {
    /// Streams that may be open at once for one account, in one process.
    pub connections_per_account: usize,
    /// And for one address.
    pub connections_per_address: usize,
}

impl Default for Streaming {
    fn default() -> Self {
        Self { connections_per_account: 64, connections_per_address: 2000 }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests in five minutes for one client that is signed in, and for one address without an account.
    pub requests: u32,
    /// Incoming activities a minute from one address.
    pub inbox: u32,
    /// Attempts to sign in, to register, or to register a client, in five minutes from one address.
    pub sign_in: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { requests: 1500, inbox: 6000, sign_in: 30 }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    /// A `tracing` filter: "info", "pollen=debug,info".
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".into() }
    }
}

/// Why the configuration was refused. `Display` names the key and what would be right.
#[derive(Debug)]
pub struct ConfigError(pub String);

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

fn refuse(key: &str, why: &str) -> ConfigError {
    ConfigError(format!("configuration: {key}: {why}"))
}

impl Config {
    /// Reads the file (if any), then the environment (`POLLEN_INSTANCE__DOMAIN` is `instance.domain`), then `overrides`
    /// (dotted keys), and validates.
    pub fn load(file: Option<&Path>, overrides: &[(&str, String)]) -> Result<Self, ConfigError> {
        let config = read::read(file, overrides)?;
        config.validate()?;
        Ok(config)
    }

    /// All that is in force, as TOML with dotted keys; passwords are left out.
    pub fn in_force(&self) -> String {
        let mut shown = self.clone();
        if let Some(url) = shown.database.url.as_mut() {
            *url = without_password(url);
        }
        if let Some(proxy) = shown.federation.proxy.as_mut()
            && proxy.password().is_some()
        {
            // Fails for URLs that cannot have a password, and this has one.
            let _ = proxy.set_password(Some(HIDDEN));
        }
        for secret in [&mut shown.media.s3.secret_key, &mut shown.mail.password] {
            if !secret.is_empty() {
                *secret = HIDDEN.into();
            }
        }
        let mut lines = Vec::new();
        if let Ok(serde_json::Value::Object(sections)) = serde_json::to_value(&shown) {
            for (section, keys) in sections {
                for (key, value) in keys.as_object().into_iter().flatten() {
                    if !value.is_null() {
                        lines.push(format!("{section}.{key} = {value}"));
                    }
                }
            }
        }
        lines.join("\n")
    }

    /// The origin of all this instance's URLs: `https://DOMAIN`, in loopback mode `http://DOMAIN`. No slash at the end.
    pub fn origin(&self) -> String {
        let scheme = if self.federation.loopback { "http" } else { "https" };
        format!("{scheme}://{}", self.instance.domain)
    }
}

/// What stands in place of a password.
const HIDDEN: &str = "***";

/// A database's URL without what is secret in it, which may stand in two places.
fn without_password(url: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let place = match rest.rsplit_once('@') {
        Some((user, place)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:{HIDDEN}@{place}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let options = query.split('&').filter(|option| !option.is_empty()).map(|option| match option.split_once('=') {
        Some((name @ ("password" | "sslpassword"), _)) => format!("{name}={HIDDEN}"),
        _ => option.to_owned(),
    });
    let options = options.collect::<Vec<_>>().join("&");
    format!("{scheme}://{place}{}{options}", if options.is_empty() { "" } else { "?" })
}

/// `/var/lib/pollen` as root, since the user `postgres` must reach it; else below the home directory.
pub fn default_data_dir() -> PathBuf {
    if nix::unistd::Uid::effective().is_root() {
        return PathBuf::from("/var/lib/pollen");
    }
    let data_home = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    data_home.or_else(home).unwrap_or_else(|| PathBuf::from(".")).join("pollen")
}

/// A configured number of seconds, as a duration.
pub fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(1))
}

#[cfg(test)]
mod tests;
