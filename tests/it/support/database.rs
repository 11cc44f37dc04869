//! One private Postgres cluster for this process, kept between runs; a database for each instance, cloned from a template
//! that was migrated once.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use pollen::db::cluster::{Cluster, ClusterError, ClusterOptions};
use pollen::db::{self, MIGRATIONS};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

/// Test processes that can run side by side, each on a cluster of its own.
const SLOTS: u32 = 16;

/// How much memory must be free to put clusters there, in bytes: a run takes some 500 MB.
const LEAST_MEMORY: u64 = 3 << 30;

/// What all tests of this process share. Never dropped: Postgres goes when the thread that watches it goes, however the
/// process ends.
struct Shared {
    cluster: Cluster,
    directory: PathBuf,
    /// Makes and drops databases, also when the test that wanted it has ended.
    runtime: Runtime,
    template: OnceCell<String>,
}

static SHARED: OnceLock<Shared> = OnceLock::new();

fn shared() -> &'static Shared {
    SHARED.get_or_init(|| {
        let (cluster, directory) = start();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Shared { cluster, directory, runtime, template: OnceCell::new() }
    })
}

/// The cluster of this process.
pub fn cluster() -> &'static Cluster {
    &shared().cluster
}

/// Where this process may keep what later runs can use again.
pub fn directory() -> &'static PathBuf {
    &shared().directory
}

/// Memory, where there is enough of it: hundreds of databases of hundreds of files each are made and dropped, and nearly half of
/// a run's work was the file system's. Else where temporary files lie.
fn ground() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let free = nix::sys::statvfs::statvfs(&memory).map_or(0, |found| found.blocks_available() * found.fragment_size());
    if free >= LEAST_MEMORY { memory } else { std::env::temp_dir() }
}

/// Takes the first slot that no other process uses. Its cluster may be from an earlier run: initdb costs a second.
fn start() -> (Cluster, PathBuf) {
    // Root's Postgres is another user, who must get there too; others must not be able to put anything there.
    let uid = nix::unistd::getuid();
    let base = ground().join(format!("pollen-it-{uid}"));
    fs::create_dir_all(&base).unwrap();
    assert_eq!(fs::metadata(&base).unwrap().uid(), uid.as_raw(), "{} is somebody else's", base.display());
    for slot in 0..SLOTS {
        let directory = base.join(slot.to_string());
        match Cluster::start(options(&directory)) {
            Ok(cluster) => {
                // What tests that failed left.
                let _ = fs::remove_dir_all(directory.join("media"));
                return (cluster, directory);
            }
            Err(ClusterError::InUse { .. }) => {}
            // What an earlier run left cannot be used any more, such as after an upgrade of Postgres.
            Err(error) => {
                let _ = fs::remove_dir_all(&directory);
                let again = Cluster::start(options(&directory));
                return (again.unwrap_or_else(|again| panic!("{error}; then: {again}")), directory);
            }
        }
    }
    panic!("{SLOTS} test runs already run below {}", base.display());
}

fn options(directory: &std::path::Path) -> ClusterOptions {
    let mut options = ClusterOptions::new(directory);
    options.durable = false;
    options.max_connections = 400;
    // Nothing that runs by itself may make a measurement or a lock come out differently; a drop need not wait for anybody.
    options.settings = [
        ("autovacuum", "off"),
        ("jit", "off"),
        ("log_min_messages", "fatal"),
        ("shared_buffers", "64MB"),
        ("max_wal_size", "128MB"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    options
}

async fn admin() -> Client {
    let (client, connection) = tokio_postgres::connect(&cluster().url("postgres"), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Named after what is in it, so that another version's is never taken for it.
fn template_name() -> String {
    use diesel::migration::MigrationSource;
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    let migrations: Vec<Box<dyn diesel::migration::Migration<diesel::pg::Pg>>> = MIGRATIONS.migrations().unwrap();
    migrations.len().hash(&mut hasher);
    for folder in migration_folders() {
        for file in ["up.sql", "down.sql"] {
            fs::read(folder.join(file)).unwrap_or_default().hash(&mut hasher);
        }
    }
    format!("template_{:016x}", hasher.finish())
}

/// The folders of all migrations, in order.
pub fn migration_folders() -> Vec<PathBuf> {
    let all = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
    let mut folders: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Sweeps what killed runs left behind, and makes the template unless it is there.
async fn prepare_template() -> String {
    let (name, admin) = (template_name(), admin().await);
    let found = admin.query("SELECT datname FROM pg_database WHERE NOT datistemplate", &[]).await.unwrap();
    let found: Vec<String> = found.iter().map(|row| row.get(0)).collect();
    for left in found.iter().filter(|found| **found != "postgres" && **found != name) {
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS \"{left}\" WITH (FORCE)")).await.unwrap();
    }
    if !found.contains(&name) {
        // Under another name until it is whole.
        admin.batch_execute("CREATE DATABASE template_unfinished").await.unwrap();
        db::migrate(&cluster().url("template_unfinished")).await.unwrap();
        admin
            .batch_execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'template_unfinished'",
            )
            .await
            .unwrap();
        admin.batch_execute(&format!("ALTER DATABASE template_unfinished RENAME TO {name}")).await.unwrap();
    }
    name
}

/// Runs on the shared runtime, which outlives the test.
async fn on_shared<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    shared().runtime.spawn(work).await.unwrap()
}

/// A database of one's own. Dropping this drops it.
pub struct TestDatabase {
    pub name: String,
    pub url: String,
}

impl TestDatabase {
    /// A copy of the template: migrated, empty.
    pub async fn new() -> Self {
        on_shared(async {
            let template = shared().template.get_or_init(prepare_template).await;
            Self::create(&format!("TEMPLATE {template}")).await
        })
        .await
    }

    /// A database without any tables.
    pub async fn empty() -> Self {
        on_shared(async {
            shared().template.get_or_init(prepare_template).await;
            Self::create("TEMPLATE template0").await
        })
        .await
    }

    async fn create(template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let admin = admin().await;
        let version: String = admin.query_one("SHOW server_version_num", &[]).await.unwrap().get(0);
        let strategy = if version.parse::<u32>().unwrap() >= 150_000 { "STRATEGY FILE_COPY" } else { "" };
        admin.batch_execute(&format!("CREATE DATABASE {name} {template} {strategy}")).await.unwrap();
        Self { url: cluster().url(&name), name }
    }

    /// A plain connection.
    pub async fn client(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let handle: &Handle = shared().runtime.handle();
        handle.spawn(async move {
            // One that is left is swept by the next run.
            let _ = admin().await.batch_execute(&drop).await;
        });
    }
}
