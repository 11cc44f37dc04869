//! The instance that is measured: the release binary in a process of its own.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub const DOMAIN: &str = "bench.test";

pub struct Served {
    child: Child,
    pub url: String,
    /// From the start of the process to its first answer.
    pub start: Duration,
}

impl Served {
    /// Starts `pollen serve` on this database. `names` are the hosts of [`crate::rows`]' sink.
    pub async fn start(database_url: &str, names: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        let file = std::env::temp_dir().join(format!("pollen-bench-{}.toml", std::process::id()));
        std::fs::write(
            &file,
            format!(
                "[instance]\ndomain = \"{DOMAIN}\"\n[server]\nlisten = [\"127.0.0.1:{port}\"]\nworkers = 2\n\
                 [database]\nurl = \"{database_url}\"\nconnections = 12\n[federation]\nloopback = true\n\
                 [limits]\nrequests = 4000000000\ninbox = 4000000000\n[log]\nfilter = \"warn\"\n[federation.names]\n{names}"
            ),
        )
        .unwrap();
        let started = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_pollen"))
            .arg("serve")
            .arg("--config")
            .arg(&file)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let client = reqwest::Client::new();
        while !client.get(format!("{url}/health")).send().await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(started.elapsed() < Duration::from_secs(30), "the instance did not start");
            tokio::task::yield_now().await;
        }
        Self { child, url, start: started.elapsed() }
    }

    /// Resident memory, in MB.
    pub fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
        line.trim().trim_end_matches(" kB").trim().parse::<f64>().unwrap_or(0.0) / 1024.0
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
