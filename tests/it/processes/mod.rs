//! The program itself, as whoever runs an instance meets it: real processes, configuration files, signals, crashes.

mod admin;
mod backup;
mod configuration;
mod crash;
mod demo;
mod faults;
mod federation;
mod flood;
mod operation;
mod secrets;
mod server;
mod tls;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

/// How long anything may take before a test gives up. Machines that build at the same time are slow.
const PATIENCE: Duration = Duration::from_secs(90);

/// A directory that Postgres can reach when it runs as another user; removed in the end.
struct Home(PathBuf);

impl Home {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("pollen-run-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o711)).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file; its path.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A port that stays free while a process is killed and started again: below those that the system hands out by itself.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 9000).unwrap();
    loop {
        let port = 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Pollen with these arguments, untouched by the variables of whoever runs the tests.
fn command(arguments: &[&str]) -> Command {
    untouched(env!("CARGO_BIN_EXE_pollen"), arguments)
}

fn untouched(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("POLLEN_") && name != "POLLEN_POSTGRES_BIN" {
            command.env_remove(&*name);
        }
    }
    command
}

/// What a command said, and how it ended.
struct Said {
    status: ExitStatus,
    out: String,
    err: String,
}

impl Said {
    /// Fails, with all that was said, unless it succeeded. What it wrote to standard output.
    #[track_caller]
    fn ok(self) -> String {
        assert!(self.status.success(), "{}\n{}{}", self.status, self.out, self.err);
        self.out
    }

    /// Fails, with all that was said, unless it failed and said these; and ended, rather than crashed.
    #[track_caller]
    fn refused(self, texts: &[&str]) -> String {
        let code = self.status.code();
        assert!(matches!(code, Some(1 | 2)), "{}\n{}{}", self.status, self.out, self.err);
        for text in texts {
            assert!(self.err.contains(text), "{text:?} is not in: {}", self.err);
        }
        self.err
    }
}

/// Runs a command to its end.
async fn run(arguments: &[&str]) -> Said {
    finish(command(arguments)).await
}

async fn finish(mut command: Command) -> Said {
    let output = timeout(PATIENCE, command.output()).await.expect("the command ends").unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { status: output.status, out: text(output.stdout), err: text(output.stderr) }
}

/// A process that runs, and what it has said so far. Killed when it is dropped.
struct Process {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Process {
    fn start(arguments: &[&str]) -> Self {
        Self::start_command(command(arguments))
    }

    fn start_command(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        listen(child.stdout.take().unwrap(), said.clone());
        listen(child.stderr.take().unwrap(), said.clone());
        Self { child, said }
    }

    /// All that it has written to standard output and standard error.
    fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    async fn until_said(&mut self, text: &str) {
        let mut ended = None;
        until(&format!("{text:?} to be said"), async || {
            let there = self.said().contains(text);
            if !there && ended.is_some() {
                panic!("it ended before it said {text:?}: {ended:?}\n{}", self.said());
            }
            ended = self.child.try_wait().unwrap();
            there.then_some(())
        })
        .await;
    }

    fn signal(&self, signal: Signal) {
        let pid = self.child.id().expect("it runs");
        kill(Pid::from_raw(pid.try_into().unwrap()), signal).unwrap();
    }

    /// Waits until it has ended by itself.
    async fn ended(&mut self) -> ExitStatus {
        match timeout(PATIENCE, self.child.wait()).await {
            Ok(status) => status.unwrap(),
            Err(_) => panic!("it does not end:\n{}", self.said()),
        }
    }

    /// Ends it as a power failure would.
    async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }
}

fn listen(from: impl AsyncRead + Send + Unpin + 'static, to: Arc<Mutex<String>>) {
    tokio::spawn(async move {
        let mut lines = BufReader::new(from).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut said = to.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    });
}

/// Looks until there is something, at most as long as a test has patience.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    loop {
        ticks.tick().await;
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
    }
}

/// Looks until there are as many, however long it takes, as long as they become more.
async fn until_as_many(what: &str, goal: usize, mut look: impl AsyncFnMut() -> Option<usize>) {
    let mut seen = None;
    while seen.is_none_or(|seen| seen < goal) {
        let goes_on = async || look().await.filter(|now| *now >= goal || seen.is_none_or(|seen| *now > seen));
        seen = Some(until(what, goes_on).await);
    }
}

/// The Postgres that runs for a private cluster below this directory.
fn postmaster(data_dir: &Path) -> Option<Pid> {
    let text = fs::read_to_string(data_dir.join("postgres/data/postmaster.pid")).ok()?;
    let pid = Pid::from_raw(text.lines().next()?.parse().ok()?);
    kill(pid, None).is_ok().then_some(pid)
}
