//! What can go wrong with the cluster, said so that whoever reads it knows what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why the cluster did not start. `Display` is for the administrator: it names the cause, the
/// place, and what to do.
#[derive(Debug)]
pub enum ClusterError {
    /// No usable Postgres; what was found instead.
    NotInstalled { wanted: Option<u32>, found: Vec<(PathBuf, String)> },
    /// The directory given holds no `postgres` and `initdb` that can be run.
    BadBinaries { dir: PathBuf, why: String },
    /// Another Pollen holds the lock.
    InUse { data_dir: PathBuf, pid: Option<u32> },
    /// The cluster was made by another major version than the Postgres that would run it.
    WrongVersion { data: PathBuf, made_by: String, given: Option<(PathBuf, u32)>, found: Vec<(PathBuf, String)> },
    /// The user that Postgres runs as cannot get to the directory.
    Unreachable { dir: PathBuf, blocked_at: PathBuf, user: String },
    /// The cluster belongs to somebody whom we cannot become.
    WrongOwner { data: PathBuf, owner: u32, why: &'static str },
    /// Pollen is root, and there is no other user to run Postgres.
    NoUser,
    /// The cluster is there and its password is not.
    NoPassword { file: PathBuf, data: PathBuf },
    /// The directory is not what a cluster looks like.
    NotACluster { data: PathBuf },
    /// The cluster could not be created; what initdb said.
    Initdb { output: String },
    /// Postgres ended, or did not answer, instead of starting; the end of its log.
    Startup { what: String, log: PathBuf, tail: String },
    /// Postgres is running, and did not let us in.
    Login(tokio_postgres::Error),
    /// An earlier Postgres still runs on the data and will not stop.
    Leftover { pid: i32, data: PathBuf },
    /// A statement failed.
    Query(tokio_postgres::Error),
    /// The watching thread ended early.
    Supervisor,
    /// Reading or writing failed.
    Io { doing: &'static str, path: PathBuf, source: io::Error },
}

impl ClusterError {
    /// For `map_err`: what we were `doing` (a verb) to which path.
    pub(super) fn io(doing: &'static str, path: impl AsRef<Path>, source: io::Error) -> Self {
        Self::Io { doing, path: path.as_ref().to_owned(), source }
    }
}

fn list(f: &mut fmt::Formatter<'_>, found: &[(PathBuf, String)]) -> fmt::Result {
    for (dir, version) in found {
        write!(f, "; found {version} in {}", dir.display())?;
    }
    Ok(())
}

impl fmt::Display for ClusterError {
    #[expect(clippy::too_many_lines, reason = "one message per cause, nothing else")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled { wanted, found } => {
                match wanted {
                    Some(major) => write!(f, "PostgreSQL {major} is not installed")?,
                    None => write!(f, "PostgreSQL {} or newer is not installed", super::binaries::OLDEST)?,
                }
                list(f, found)?;
                write!(
                    f,
                    ". Install the server (Debian, Ubuntu: apt install postgresql; Fedora: dnf install \
                     postgresql-server; macOS: brew install postgresql), or set POLLEN_POSTGRES_BIN to the \
                     directory that holds its programs postgres and initdb"
                )
            }
            Self::BadBinaries { dir, why } => {
                write!(f, "{} holds no usable PostgreSQL server: {why}", dir.display())
            }
            Self::InUse { data_dir, pid: Some(pid) } => {
                write!(f, "data directory {} is in use by another Pollen (pid {pid})", data_dir.display())
            }
            Self::InUse { data_dir, pid: None } => {
                write!(f, "data directory {} is in use by another Pollen", data_dir.display())
            }
            Self::WrongVersion { data, made_by, given, found } => {
                write!(f, "{} was made by PostgreSQL {made_by}, which is not installed", data.display())?;
                if let Some((dir, major)) = given {
                    write!(f, " in {} (that is PostgreSQL {major})", dir.display())?;
                }
                list(f, found)?;
                write!(
                    f,
                    ". Install PostgreSQL {made_by} beside the other (Debian, Ubuntu: apt install \
                     postgresql-{made_by}), or convert the directory with pg_upgrade"
                )
            }
            Self::Unreachable { dir, blocked_at, user } => write!(
                f,
                "the user {user}, as whom PostgreSQL runs because Pollen is root, cannot reach {}: {} does not let \
                 it pass. Choose a data directory such as /var/lib/pollen, or allow it with chmod o+x",
                dir.display(),
                blocked_at.display()
            ),
            Self::WrongOwner { data, owner, why } => {
                write!(f, "{} belongs to the user with id {owner}: {why}", data.display())
            }
            Self::NoUser => write!(
                f,
                "PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it \
                 as. Create one, or start Pollen as an ordinary user"
            ),
            Self::NoPassword { file, data } => write!(
                f,
                "the password in {} is missing, while the data in {} is there. Restore the file from a backup",
                file.display(),
                data.display()
            ),
            Self::NotACluster { data } => write!(
                f,
                "{} exists and is not a PostgreSQL data directory. Move it away, or choose another data directory",
                data.display()
            ),
            Self::Initdb { output } => write!(f, "PostgreSQL's initdb failed: {output}"),
            Self::Startup { what, log, tail } => {
                write!(f, "PostgreSQL {what}; its log is {}", log.display())?;
                if tail.is_empty() { Ok(()) } else { write!(f, " and ends with:\n{tail}") }
            }
            Self::Login(source) => {
                write!(f, "PostgreSQL runs, but does not accept Pollen's password: ")?;
                explain(f, source)
            }
            Self::Leftover { pid, data } => {
                write!(f, "an earlier PostgreSQL (pid {pid}) still runs on {} and does not stop", data.display())
            }
            Self::Query(source) => explain(f, source),
            Self::Supervisor => write!(f, "the thread that watches PostgreSQL ended unexpectedly"),
            Self::Io { doing, path, source } => write!(f, "cannot {doing} {}: {source}", path.display()),
        }
    }
}

/// tokio-postgres itself says only "db error"; the server's words are one level down.
fn explain(f: &mut fmt::Formatter<'_>, error: &tokio_postgres::Error) -> fmt::Result {
    match error.as_db_error() {
        Some(said) => write!(f, "{}", said.message()),
        None => write!(f, "{error}"),
    }
}

impl std::error::Error for ClusterError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Login(source) | Self::Query(source) => Some(source),
            _ => None,
        }
    }
}
