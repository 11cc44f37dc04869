//! What an earlier run may have left behind: a server that outlived its Pollen, or the pid file of
//! one that did not.
//!
//! A server that is still running is stopped and not adopted: it was started with the settings of
//! another Pollen, and is no child of ours that could be watched or would die with us.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;

use super::error::ClusterError;
use super::files::{Prepared, SOCKET_LOCK};
use super::postmaster;

/// Who has the pid that the pid file names.
#[derive(Debug, PartialEq, Eq)]
enum Holder {
    /// A server that runs on our data.
    Server,
    /// Some other process: pids come round again, and soon so in a container.
    Stranger,
    Nobody,
}

/// Makes the way free for a new server. The caller holds the cluster's lock, so a server that runs
/// on the data has lost its Pollen.
pub(super) async fn clear(prepared: &Prepared) -> Result<(), ClusterError> {
    let file = pid_file(prepared);
    let Some(pid) = read_pid(&file)? else {
        return Ok(());
    };
    match holder(prepared, pid).await {
        // Postgres sees to it itself, and checks more than we could.
        Holder::Nobody => Ok(()),
        // Postgres would believe that the stranger is a server, and refuse to start.
        Holder::Stranger => {
            let _ = fs::remove_file(prepared.socket_dir.join(SOCKET_LOCK));
            fs::remove_file(&file).map_err(|source| ClusterError::io("remove", &file, source))
        }
        Holder::Server => {
            tracing::warn!(pid = pid.as_raw(), "stopping a PostgreSQL that an earlier Pollen left running");
            stop(prepared, &file, pid).await
        }
    }
}

/// Whether the last server did not stop in an orderly way, or has not stopped at all.
pub(super) fn is_there(prepared: &Prepared) -> bool {
    pid_file(prepared).exists()
}

fn pid_file(prepared: &Prepared) -> PathBuf {
    prepared.data.join("postmaster.pid")
}

/// The first line: the server's pid, negative for a server without clients.
fn read_pid(file: &Path) -> Result<Option<Pid>, ClusterError> {
    match fs::read_to_string(file) {
        Ok(text) => {
            let pid = text.lines().next().and_then(|line| line.trim().parse::<i32>().ok());
            Ok(pid.and_then(i32::checked_abs).filter(|pid| *pid > 1).map(Pid::from_raw))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ClusterError::io("read", file, source)),
    }
}

async fn holder(prepared: &Prepared, pid: Pid) -> Holder {
    match kill(pid, None) {
        Err(Errno::ESRCH) => return Holder::Nobody,
        // Somebody whom we may not signal: not Postgres's user.
        Err(_) => return Holder::Stranger,
        Ok(()) => {}
    }
    if cfg!(target_os = "linux") && Path::new("/proc/self/cwd").exists() {
        // A server's working directory is its data directory. A dead one that nobody has collected
        // has none.
        return match fs::read_link(format!("/proc/{pid}/cwd")) {
            Ok(cwd) if cwd == prepared.data => Holder::Server,
            _ => Holder::Stranger,
        };
    }
    // Elsewhere only a server that knows our password, or says that it is stopping, will do.
    let url = postmaster::url(&prepared.socket_dir, &prepared.password, "postgres");
    match timeout(Duration::from_secs(5), tokio_postgres::connect(&url, NoTls)).await {
        Ok(Ok(_)) => Holder::Server,
        Ok(Err(error)) if error.code() == Some(&SqlState::CANNOT_CONNECT_NOW) => Holder::Server,
        _ => Holder::Nobody,
    }
}

/// Stops the server, by force if it must be. It is gone when it has taken its pid file away (it
/// does so last), or when nobody has its pid.
async fn stop(prepared: &Prepared, file: &Path, pid: Pid) -> Result<(), ClusterError> {
    for (signal, patience) in [(Signal::SIGINT, 60), (Signal::SIGQUIT, 10), (Signal::SIGKILL, 10)] {
        let _ = kill(pid, signal);
        let deadline = Instant::now() + Duration::from_secs(patience);
        while Instant::now() < deadline {
            if read_pid(file)? != Some(pid) || holder(prepared, pid).await != Holder::Server {
                return Ok(());
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
    Err(ClusterError::Leftover { pid: pid.as_raw(), data: prepared.data.clone() })
}
