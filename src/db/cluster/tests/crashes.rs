//! Kills servers, and Pollens, and starts again after them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio_postgres::NoTls;

use super::super::{Cluster, ClusterOptions, files, postmaster};
use super::{Dir, block_on, execute, is_alive, text, until};

#[test]
fn a_killed_server_is_started_again() {
    let dir = Dir::new();
    let mut options = dir.options();
    options.durable = true;
    let cluster = Cluster::start(options).unwrap();
    execute(&cluster, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)").unwrap();
    for _ in 0..2 {
        let pid = dir.server_pid();
        // A client that is busy holds the dead server's memory for a while.
        let url = cluster.url("postgres");
        let (connected, is_connected) = std::sync::mpsc::channel();
        let busy = std::thread::spawn(move || {
            block_on(async {
                let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
                tokio::spawn(connection);
                connected.send(()).unwrap();
                let _ = client.batch_execute("SELECT count(*) FROM generate_series(1, 3000000)").await;
            });
        });
        is_connected.recv().unwrap();
        kill(pid, Signal::SIGKILL).unwrap();
        until("another server", || execute(&cluster, "INSERT INTO kept VALUES (2)").is_ok());
        assert_ne!(dir.server_pid(), pid);
        busy.join().unwrap();
    }
    assert_eq!(text(&cluster, "SELECT count(*)::text FROM kept"), "3");
    let pid = dir.server_pid();
    cluster.stop();
    assert!(!is_alive(pid));
}

/// Not a test: what [`a_killed_pollen_leaves_a_cluster_that_starts`] runs and kills.
#[test]
#[ignore = "is run by another test, in a process of its own"]
fn run_until_killed() {
    let Some(dir) = std::env::var_os("POLLEN_TEST_CLUSTER_DIR") else {
        return;
    };
    let mut options = ClusterOptions::new(dir);
    options.max_connections = 20;
    let cluster = Cluster::start(options).unwrap();
    execute(&cluster, "CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1)").unwrap();
    println!("ready");
    std::thread::sleep(Duration::from_secs(60));
}

/// Runs a Pollen in a process of its own.
fn run_a_pollen(dir: &Dir) -> Child {
    let mut pollen = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "db::cluster::tests::crashes::run_until_killed", "--ignored", "--nocapture"])
        .env("POLLEN_TEST_CLUSTER_DIR", &dir.0)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(pollen.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(said.any(|line| line.ends_with("ready")));
    pollen
}

/// Runs a Pollen, kills it, and returns the server that it had.
fn kill_a_pollen(dir: &Dir) -> Pid {
    let mut pollen = run_a_pollen(dir);
    let server = dir.server_pid();
    pollen.kill().unwrap();
    pollen.wait().unwrap();
    server
}

fn url_of(dir: &Dir) -> String {
    let home = dir.0.join("postgres").canonicalize().unwrap();
    let password = fs::read_to_string(home.join("password")).unwrap();
    postmaster::url(&home.join("socket"), password.trim(), "postgres")
}

#[test]
fn a_killed_pollen_leaves_a_cluster_that_starts() {
    let dir = Dir::new();
    // At once: the server is still there.
    let orphan = kill_a_pollen(&dir);
    let cluster = Cluster::start(dir.options()).unwrap();
    assert_ne!(dir.server_pid(), orphan);
    assert!(!is_alive(orphan));
    assert_eq!(text(&cluster, "SELECT count(*)::text FROM kept"), "1");
    cluster.stop();

    let orphan = kill_a_pollen(&dir);
    if cfg!(target_os = "linux") {
        until("the server to follow its Pollen", || !is_alive(orphan));
        assert!(!dir.data().join("postmaster.pid").exists(), "in an orderly way");
    }
    let cluster = Cluster::start(dir.options()).unwrap();
    assert_eq!(text(&cluster, "SELECT count(*)::text FROM kept"), "2");
    cluster.stop();

    // Both at once, as a container is killed, while a client is served.
    let mut pollen = run_a_pollen(&dir);
    let server = dir.server_pid();
    let url = url_of(&dir);
    let busy = std::thread::spawn(move || {
        block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
            tokio::spawn(connection);
            let _ = client.batch_execute("SELECT count(*) FROM generate_series(1, 4000000)").await;
        });
    });
    std::thread::sleep(Duration::from_millis(200));
    kill(server, Signal::SIGKILL).unwrap();
    pollen.kill().unwrap();
    pollen.wait().unwrap();
    let cluster = Cluster::start(dir.options()).unwrap();
    assert_eq!(text(&cluster, "SELECT count(*)::text FROM kept"), "3");
    busy.join().unwrap();
}

/// As where the kernel does not stop it, and as after a crash whose pid has come round again.
#[test]
fn a_server_that_was_left_running_is_replaced_and_a_strangers_pid_ignored() {
    let dir = Dir::new();
    Cluster::start(dir.options()).unwrap().stop();
    let prepared = files::prepare(dir.options()).unwrap();
    let mut orphan = prepared
        .user
        .command(&prepared.binaries.postgres(), &prepared.data)
        .arg("-D")
        .arg(&prepared.data)
        .args(["-c", "listen_addresses=", "-c"])
        .arg(format!("unix_socket_directories={}", prepared.socket_dir.display()))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pid_file = dir.data().join("postmaster.pid");
    until("the orphan", || fs::read_to_string(&pid_file).is_ok_and(|text| text.contains("ready")));
    drop(prepared);
    let cluster = Cluster::start(dir.options()).unwrap();
    assert!(orphan.wait().unwrap().success(), "stopped in an orderly way");
    cluster.stop();

    // A process of Postgres's own user, which it would take for a server.
    let prepared = files::prepare(dir.options()).unwrap();
    let mut stranger = prepared.user.command(Path::new("/bin/sleep"), Path::new("/")).arg("60").spawn().unwrap();
    drop(prepared);
    fs::write(&pid_file, format!("{}\n{}\n", stranger.id(), dir.data().display())).unwrap();
    fs::write(dir.0.join("postgres/socket").join(files::SOCKET_LOCK), format!("{}\n", stranger.id())).unwrap();
    Cluster::start(dir.options()).unwrap();
    assert!(stranger.try_wait().unwrap().is_none(), "left alone");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}
