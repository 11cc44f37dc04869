//! `pollen demo`: two companies on this machine, each with its own database, whose people already learn from one another.
//! Everything that they share has travelled over HTTP, as between any two servers.

mod story;

use std::io::{IsTerminal, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;

use super::CommandResult;
use super::database::start_cluster;
use crate::app::App;
use crate::base::clock::Clock;
use crate::config::{Config, LogFormat, RegistrationMode, default_data_dir};
use crate::db::cluster::{Cluster, ClusterError, ClusterOptions};
use crate::start::{self, Parts, Running};

/// Everyone's password in the demo.
pub const PASSWORD: &str = "learn-together";

/// The file that says that all people and posts are in place.
const TOLD: &str = "story-told";

/// Where pictures and films lie, in a folder for each company.
const MEDIA: &str = "media";

#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// Start over: forget what was posted in earlier runs
    #[arg(long)]
    fresh: bool,
    /// Where the demo keeps its data [default: below /var/lib/pollen as root, else below ~/.local/share/pollen]
    #[arg(long, value_name = "DIRECTORY")]
    data_dir: Option<PathBuf>,
    /// The port of the first company
    #[arg(long, default_value_t = 7001)]
    acme_port: u16,
    /// The port of the second company
    #[arg(long, default_value_t = 7002)]
    globex_port: u16,
    /// Log what both companies do (a filter, such as "info")
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log: String,
}

/// Runs the demo until Ctrl-C.
pub async fn demo(args: DemoArgs) -> CommandResult {
    super::log::start(&crate::config::Log { format: LogFormat::Text, filter: args.log.clone() });
    let data_dir = args.data_dir.clone().unwrap_or_else(|| default_data_dir().join("demo"));
    let progress = Progress::new();
    let [acme, globex] = [listen(args.acme_port)?, listen(args.globex_port)?];
    progress.step("Starting Postgres");
    let cluster = if args.fresh { start_over(&data_dir).await? } else { start(&data_dir).await? };
    progress.step("Starting Acme and Globex");
    let acme = start_company(&cluster, &data_dir, "Acme", args.acme_port, acme).await?;
    let globex = start_company(&cluster, &data_dir, "Globex", args.globex_port, globex).await?;
    let mut stop = std::pin::pin!(super::serve::stop_signal());
    let told = tokio::select! {
        told = tell_once(&data_dir, &acme.app, &globex.app, &progress) => told.map(|()| true),
        stopped = &mut stop => stopped.map(|()| false).map_err(Into::into),
    };
    progress.done();
    if let Ok(true) = told {
        print_welcome(&acme.app, &globex.app, args.acme_port, args.globex_port);
        stop.await?;
    }
    println!("\nStopping …");
    tokio::join!(acme.stop(), globex.stop());
    let _ = tokio::task::spawn_blocking(move || cluster.stop()).await;
    told?;
    println!("Stopped. Start again with the same command: everything will still be there.");
    Ok(())
}

/// Tells the story, unless an earlier run came to its end.
async fn tell_once(data_dir: &Path, acme: &App, globex: &App, progress: &Progress) -> CommandResult {
    let told = data_dir.join(TOLD);
    if !told.exists() {
        story::tell(acme, globex, progress).await?;
        std::fs::write(&told, "The demo's people and posts are in place. `--fresh` starts over.\n")?;
    }
    Ok(())
}

fn listen(port: u16) -> Result<std::net::TcpListener, String> {
    let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let mut open = super::serve::listen(&[address]).map_err(|error| {
        format!("{error}. If another demo runs, stop it; or choose other ports with --acme-port and --globex-port")
    })?;
    open.pop().ok_or_else(|| "no listener".to_owned())
}

async fn start(data_dir: &Path) -> Result<Cluster, Box<dyn std::error::Error>> {
    start_cluster(ClusterOptions::new(data_dir)).await.map_err(|error| {
        let hint = match error.downcast_ref() {
            Some(ClusterError::InUse { .. }) => ". If it is another demo, stop it, or choose a place with --data-dir",
            _ => "",
        };
        format!("{error}{hint}").into()
    })
}

/// Removes the demo's databases, and nothing that isn't a demo's. The cluster is started first, so that a demo that runs
/// keeps what it has.
async fn start_over(data_dir: &Path) -> Result<Cluster, Box<dyn std::error::Error>> {
    if data_dir.exists() && !data_dir.join("postgres").is_dir() {
        return Err(format!("{} does not look like a demo's data; it was left alone", data_dir.display()).into());
    }
    let cluster = start(data_dir).await?;
    for removed in [std::fs::remove_file(data_dir.join(TOLD)), std::fs::remove_dir_all(data_dir.join(MEDIA))] {
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    for name in ["acme", "globex"] {
        cluster.drop_database(name).await?;
    }
    Ok(cluster)
}

async fn start_company(
    cluster: &Cluster,
    data_dir: &Path,
    title: &str,
    port: u16,
    listener: std::net::TcpListener,
) -> Result<Running, Box<dyn std::error::Error>> {
    let name = title.to_lowercase();
    cluster.create_database_if_missing(&name).await?;
    let mut config = Config::default();
    config.media.directory = Some(data_dir.join(MEDIA).join(&name));
    config.instance.domain = format!("{name}.localhost:{port}");
    config.instance.title = title.to_owned();
    config.instance.description = format!("Where people at {title} learn from one another, and from other companies.");
    config.instance.rules =
        vec!["Ask. No question is too small.".to_owned(), "Share what you learned, not how clever you are.".to_owned()];
    config.server.listen = vec![listener.local_addr()?];
    config.server.workers = 2;
    config.server.shutdown_seconds = 3;
    config.federation.loopback = true;
    // Nobody else works on this database: what a killed demo held is free again soon.
    config.jobs.lease_seconds = 3.0;
    config.delivery.lease_seconds = 3.0;
    config.registrations.mode = RegistrationMode::Open;
    config.validate()?;
    let prepared = start::prepare(config, &cluster.url(&name), Clock::default()).await?;
    Ok(prepared.run(vec![listener], Parts::All)?)
}

fn print_welcome(acme: &App, globex: &App, acme_port: u16, globex_port: u16) {
    println!(
        "
Two companies are running, and learn from each other:

  Acme      {}      ada, carl, dora   and the group rust-guild
  Globex    {}    ben, eve, finn

  Sign in as any of them with the password  {PASSWORD}

With a Mastodon client (programs that don't know *.localhost use the second address):

  Acme      {}   or   http://localhost:{acme_port}
  Globex    {}   or   http://localhost:{globex_port}

  for example:
    pipx run toot login --instance http://localhost:{acme_port}    (sign in as ada on the page that it opens)
    pipx run toot timelines home

Try: sign in as ada, search for @ben@{}, and post to @rust-guild.
Ctrl-C stops both; the next start finds everything again.
",
        acme.origin, globex.origin, acme.origin, globex.origin, globex.config.instance.domain
    );
}

/// Tells whoever waits what is going on: one line that changes on a terminal, a line a step elsewhere.
pub struct Progress {
    terminal: bool,
}

impl Progress {
    fn new() -> Self {
        Self { terminal: std::io::stdout().is_terminal() }
    }

    pub fn step(&self, what: &str) {
        if self.terminal {
            print!("\r\x1b[2K{what} …");
            let _ = std::io::stdout().flush();
        } else {
            println!("{what} …");
        }
    }

    fn done(&self) {
        if self.terminal {
            print!("\r\x1b[2K");
            let _ = std::io::stdout().flush();
        }
    }
}
