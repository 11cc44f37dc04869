//! One run of Postgres's server process: its command line, its start, its stop.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;

use super::SUPERUSER;
use super::error::ClusterError;
use super::files::Prepared;

/// How long Postgres may take without a sign of life; recovering from a crash gives signs.
const SILENCE: Duration = Duration::from_secs(60);
/// A log larger than this is put aside when the server starts and once an hour.
const LARGEST_LOG: u64 = 16 << 20;

pub(super) fn url(socket_dir: &Path, password: &str, database: &str) -> String {
    let host = escape(socket_dir.as_os_str().as_bytes());
    format!("postgres://{SUPERUSER}:{}@{host}/{}", escape(password.as_bytes()), escape(database.as_bytes()))
}

fn escape(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, &byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

/// Starts the server, and returns when it lets us in. The process is in `slot` from the moment it
/// exists, so that whoever stops waiting for this can still stop the process.
pub(super) async fn launch(prepared: &Prepared, slot: &mut Option<Child>) -> Result<(), ClusterError> {
    shorten_log(prepared);
    let child =
        command(prepared)?.spawn().map_err(|source| ClusterError::io("run", prepared.binaries.postgres(), source))?;
    let child = slot.insert(child);
    let mut deadline = Instant::now() + SILENCE;
    let mut pause = Duration::from_millis(10);
    let url = url(&prepared.socket_dir, &prepared.password, "postgres");
    loop {
        let ended = child.try_wait().map_err(|source| ClusterError::io("watch", "PostgreSQL", source))?;
        if let Some(status) = ended {
            return Err(startup_error(prepared, format!("ended ({status}) instead of starting")));
        }
        match timeout(Duration::from_secs(5), tokio_postgres::connect(&url, NoTls)).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => match error.code() {
                // Starting, or recovering, which takes as long as it takes.
                Some(&SqlState::CANNOT_CONNECT_NOW) => deadline = Instant::now() + SILENCE,
                // Full before we came: somebody got in, so it runs.
                Some(&SqlState::TOO_MANY_CONNECTIONS) => return Ok(()),
                Some(_) => return Err(ClusterError::Login(error)),
                // There is no socket yet.
                None => {}
            },
            Err(_) => {}
        }
        if Instant::now() > deadline {
            return Err(startup_error(prepared, "does not answer".into()));
        }
        sleep(pause).await;
        // Postgres writes a line about each of us that comes too early.
        pause = (pause * 5 / 4).min(Duration::from_millis(250));
    }
}

/// Stops the server: in an orderly way at first, and in the end by force, which costs the next
/// start a recovery and loses nothing that was committed.
pub(super) async fn shut_down(child: &mut Child) {
    for (signal, patience) in [(Signal::SIGINT, 60), (Signal::SIGQUIT, 10), (Signal::SIGKILL, 10)] {
        // No pid: it has ended, and we have seen it.
        let Some(pid) = child.id().and_then(|pid| i32::try_from(pid).ok()) else {
            return;
        };
        let _ = kill(Pid::from_raw(pid), signal);
        if timeout(Duration::from_secs(patience), child.wait()).await.is_ok() {
            return;
        }
        tracing::warn!(%signal, "PostgreSQL does not stop");
    }
}

/// What to log about a server that ended by itself.
pub(super) fn describe(status: io::Result<ExitStatus>) -> String {
    status.map_or_else(|error| error.to_string(), |status| status.to_string())
}

pub(super) fn command(prepared: &Prepared) -> Result<Command, ClusterError> {
    let log = || OpenOptions::new().append(true).create(true).mode(0o600).open(&prepared.log);
    let open = || io::Result::Ok((log()?, log()?));
    let (out, err) = open().map_err(|source| ClusterError::io("open", &prepared.log, source))?;
    let mut command = prepared.user.command(&prepared.binaries.postgres(), &prepared.data);
    command.arg("-D").arg(&prepared.data).stdin(Stdio::null()).stdout(out).stderr(err);
    for (name, value) in settings(prepared) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    let mut command = Command::from(command);
    // A group of its own: Ctrl-C reaches Pollen alone, which stops Postgres when it has finished.
    command.process_group(0);
    die_with_us(&mut command);
    Ok(command)
}

/// Has the kernel stop Postgres when the thread that started it ends, even by `kill -9`. Elsewhere
/// than on Linux Postgres lives on, and the next start of Pollen finds and stops it.
#[cfg(target_os = "linux")]
fn die_with_us(command: &mut Command) {
    let us = Pid::this();
    let ask = move || {
        nix::sys::prctl::set_pdeathsig(Signal::SIGINT)?;
        // We may have died before the kernel was asked.
        if Pid::parent() == us { Ok(()) } else { Err(nix::errno::Errno::ESRCH.into()) }
    };
    #[expect(
        unsafe_code,
        reason = "between fork and exec only async-signal-safe calls are sound: prctl and getppid are"
    )]
    unsafe {
        command.pre_exec(ask);
    }
}

#[cfg(not(target_os = "linux"))]
fn die_with_us(_: &mut Command) {}

/// Given on the command line at every start, so that they follow Pollen's version and not the
/// version that once created the cluster. For a small machine that is shared with others.
fn settings(prepared: &Prepared) -> Vec<(String, String)> {
    let options = &prepared.options;
    let durable = if options.durable { "on" } else { "off" };
    let pollens = [
        // The socket is the only way in.
        ("listen_addresses", ""),
        ("port", "5432"),
        ("unix_socket_permissions", "0700"),
        ("password_encryption", "scram-sha-256"),
        ("fsync", durable),
        ("synchronous_commit", durable),
        ("full_page_writes", durable),
        ("wal_compression", "on"),
        ("max_wal_size", "512MB"),
        ("shared_buffers", "64MB"),
        ("effective_cache_size", "512MB"),
        // Pollen's queries are short: workers and compilation cost them more than they give, and
        // parallel workers fail in containers whose /dev/shm is small.
        ("max_parallel_workers_per_gather", "0"),
        ("jit", "off"),
        // Disks without moving parts.
        ("random_page_cost", "1.1"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("log_destination", "stderr"),
        ("logging_collector", "off"),
        ("log_checkpoints", "off"),
        ("log_line_prefix", "%m [%p] %q%d "),
        ("cluster_name", "pollen"),
    ];
    let mut all: Vec<_> = pollens.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    all.push(("max_connections".to_owned(), options.max_connections.to_string()));
    all.extend(options.settings.iter().cloned());
    // Last, since the last one wins: where we look for it. A comma would end the directory's name.
    let socket_dir = prepared.socket_dir.to_string_lossy().replace('"', "\"\"");
    all.push(("unix_socket_directories".to_owned(), format!("\"{socket_dir}\"")));
    all
}

fn startup_error(prepared: &Prepared, what: String) -> ClusterError {
    let tail = tail_of(&prepared.log).unwrap_or_default();
    ClusterError::Startup { what, log: prepared.log.clone(), tail }
}

/// The last few lines of the log.
fn tail_of(log: &Path) -> io::Result<String> {
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(2000)))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    let end = String::from_utf8_lossy(&end);
    let mut lines: Vec<_> = end.lines().rev().take(8).collect();
    lines.reverse();
    Ok(lines.join("\n"))
}

/// Puts a log that has grown large aside, in place of the one that was put aside before. It is
/// copied and emptied, not renamed, since Postgres holds it open (and always writes at its end).
pub(super) fn shorten_log(prepared: &Prepared) {
    let log = &prepared.log;
    if !fs::metadata(log).is_ok_and(|found| found.len() > LARGEST_LOG) {
        return;
    }
    let shorten = || {
        fs::copy(log, log.with_extension("log.1"))?;
        OpenOptions::new().write(true).open(log)?.set_len(0)
    };
    if let Err(error) = shorten() {
        tracing::warn!(log = %log.display(), %error, "cannot shorten PostgreSQL's log");
    }
}
