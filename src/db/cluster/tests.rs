//! Starts real clusters.

mod crashes;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::kill;
use nix::unistd::Pid;

use super::*;

/// A directory that the user `postgres` can reach, removed in the end.
struct Dir(PathBuf);

impl Dir {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("pollen-cluster-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }

    fn options(&self) -> ClusterOptions {
        let mut options = ClusterOptions::new(&self.0);
        options.durable = false;
        options.max_connections = 20;
        options
    }

    fn data(&self) -> PathBuf {
        self.0.join("postgres/data")
    }

    fn server_pid(&self) -> Pid {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        Pid::from_raw(text.lines().next().unwrap().parse().unwrap())
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn execute(cluster: &Cluster, sql: &str) -> Result<(), ClusterError> {
    block_on(async { cluster.connect().await?.batch_execute(sql).await.map_err(ClusterError::Query) })
}

fn text(cluster: &Cluster, sql: &str) -> String {
    block_on(async { cluster.connect().await.unwrap().query_one(sql, &[]).await.unwrap().get(0) })
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !done() {
        assert!(Instant::now() < deadline, "waited for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A process that exists may still be a dead one which nobody has collected.
fn is_alive(pid: Pid) -> bool {
    kill(pid, None).is_ok() && !fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

#[test]
fn a_cluster_is_made_once_and_keeps_its_data() {
    let dir = Dir::new();
    let cluster = Cluster::start(dir.options()).unwrap();
    assert!(block_on(cluster.create_database_if_missing("Odd \"name\"/ü")).unwrap());
    assert!(!block_on(cluster.create_database_if_missing("Odd \"name\"/ü")).unwrap());
    assert_eq!(text(&cluster, "SELECT lower('ÄÖ')"), "äö");
    assert_eq!(text(&cluster, "SHOW listen_addresses"), "");
    assert_eq!(text(&cluster, "SHOW fsync"), "off");
    assert_eq!(text(&cluster, "SHOW max_connections"), "20");
    let odd = cluster.url("Odd \"name\"/ü");
    assert!(odd.parse::<url::Url>().is_ok(), "configuration may hold it as a URL: {odd}");
    let answered = block_on(async {
        let (client, connection) = tokio_postgres::connect(&odd, NoTls).await.unwrap();
        tokio::spawn(connection);
        client.query_one("SELECT current_database()::text", &[]).await.unwrap().get::<_, String>(0)
    });
    assert_eq!(answered, "Odd \"name\"/ü");
    let pid = dir.server_pid();
    cluster.stop();
    assert!(!is_alive(pid));
    assert!(!dir.data().join("postmaster.pid").exists());

    let mut options = dir.options();
    options.durable = true;
    options.settings = vec![("work_mem".into(), "5MB".into()), ("max_connections".into(), "30".into())];
    let cluster = Cluster::start(options).unwrap();
    assert_eq!(cluster.url("Odd \"name\"/ü"), odd);
    assert!(!block_on(cluster.create_database_if_missing("Odd \"name\"/ü")).unwrap());
    assert_eq!(text(&cluster, "SHOW fsync"), "on");
    assert_eq!(text(&cluster, "SHOW work_mem"), "5MB");
    assert_eq!(text(&cluster, "SHOW max_connections"), "30");
    let wrong = odd.replacen("pollen:", "pollen:x", 1);
    let refused = block_on(tokio_postgres::connect(&wrong, NoTls)).err().unwrap();
    assert_eq!(refused.code(), Some(&SqlState::INVALID_PASSWORD));
}

#[test]
fn the_same_database_is_created_once_by_many() {
    let dir = Dir::new();
    let cluster = Cluster::start(dir.options()).unwrap();
    let created = block_on(async {
        let all = (0..4).map(|_| cluster.create_database_if_missing("one"));
        futures_util::future::try_join_all(all).await.unwrap()
    });
    assert_eq!(created.iter().filter(|created| **created).count(), 1);
}

#[test]
fn a_second_pollen_is_told_who_is_first() {
    let dir = Dir::new();
    let _cluster = Cluster::start(dir.options()).unwrap();
    let error = Cluster::start(dir.options()).unwrap_err();
    let at = dir.0.canonicalize().unwrap();
    assert_eq!(
        error.to_string(),
        format!("data directory {} is in use by another Pollen (pid {})", at.display(), std::process::id())
    );
}

#[test]
fn a_cluster_of_another_version_is_refused() {
    let dir = Dir::new();
    Cluster::start(dir.options()).unwrap().stop();
    fs::write(dir.data().join("PG_VERSION"), "99\n").unwrap();
    let error = Cluster::start(dir.options()).unwrap_err().to_string();
    assert!(error.contains("was made by PostgreSQL 99, which is not installed"), "{error}");
    fs::remove_file(dir.data().join("PG_VERSION")).unwrap();
    let error = Cluster::start(dir.options()).unwrap_err().to_string();
    assert!(error.contains("is not a PostgreSQL data directory"), "{error}");
}

#[test]
fn a_refused_start_says_why_and_can_be_tried_again() {
    let dir = Dir::new();
    let mut options = dir.options();
    options.settings = vec![("no_such_setting".into(), "1".into())];
    let error = Cluster::start(options).unwrap_err().to_string();
    assert!(error.contains("no_such_setting"), "{error}");
    Cluster::start(dir.options()).unwrap().stop();
    let password = dir.0.join("postgres/password");
    let kept = fs::read_to_string(&password).unwrap();
    fs::write(&password, "wrong\n").unwrap();
    let error = Cluster::start(dir.options()).unwrap_err().to_string();
    assert!(error.starts_with("PostgreSQL runs, but does not accept Pollen's password: "), "{error}");
    fs::remove_file(&password).unwrap();
    let error = Cluster::start(dir.options()).unwrap_err().to_string();
    assert!(error.contains("is missing, while the data in"), "{error}");
    fs::write(&password, kept).unwrap();
    Cluster::start(dir.options()).unwrap();
}

#[test]
fn an_initdb_that_was_cut_short_leaves_nothing() {
    let dir = Dir::new();
    fs::create_dir_all(dir.0.join("postgres/initdb-abc/data/base")).unwrap();
    fs::write(dir.0.join("postgres/password"), "old\n").unwrap();
    let _cluster = Cluster::start(dir.options()).unwrap();
    let mut names: Vec<_> = fs::read_dir(dir.0.join("postgres"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["data", "lock", "password", "server.log", "socket"]);
}

#[test]
fn a_long_path_has_its_socket_elsewhere() {
    let mut dir = Dir::new();
    let top = dir.0.clone();
    dir.0 = top.join("long-".repeat(24));
    let cluster = Cluster::start(dir.options()).unwrap();
    assert!(cluster.socket_dir.starts_with("/tmp"));
    let socket_dir = cluster.socket_dir.clone();
    cluster.stop();
    Cluster::start(dir.options()).unwrap().stop();
    fs::remove_dir_all(socket_dir).unwrap();
    dir.0 = top;
}

#[test]
fn a_directory_that_postgres_cannot_reach_is_named() {
    use std::os::unix::fs::PermissionsExt;
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let dir = Dir::new();
    fs::create_dir(&dir.0).unwrap();
    fs::set_permissions(&dir.0, fs::Permissions::from_mode(0o700)).unwrap();
    let error = Cluster::start(dir.options()).unwrap_err().to_string();
    let blocked = format!("/postgres: {} does not let it pass", dir.0.display());
    assert!(error.contains(&blocked), "{error}");
}
