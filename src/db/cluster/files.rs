//! The cluster's directory: made, locked, checked, and filled when it is new.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use aws_lc_rs::{digest, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::binaries::{self, Binaries};
use super::error::ClusterError;
use super::user::RunAs;
use super::{ClusterOptions, create};

/// Of a Unix socket's path; a limit of the kernel's.
const LONGEST_SOCKET: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
/// Postgres names its socket after a port, also when it listens on none.
const SOCKET_NAME: &str = ".s.PGSQL.5432";
/// Beside the socket, with the server's pid in it, as in `postmaster.pid`.
pub(super) const SOCKET_LOCK: &str = ".s.PGSQL.5432.lock";

/// A cluster that exists and that nobody else may start: all that starting it takes.
pub(super) struct Prepared {
    pub(super) data: PathBuf,
    pub(super) socket_dir: PathBuf,
    pub(super) log: PathBuf,
    pub(super) password: String,
    pub(super) binaries: Binaries,
    pub(super) user: RunAs,
    pub(super) options: ClusterOptions,
    /// Held, not read.
    _lock: Lock,
}

/// Everything that comes before starting Postgres.
pub(super) fn prepare(options: ClusterOptions) -> Result<Prepared, ClusterError> {
    let wanted = std::path::absolute(options.data_dir.join("postgres"))
        .map_err(|source| ClusterError::io("find", &options.data_dir, source))?;
    make_dirs(&wanted)?;
    // Without symbolic links, since the path is compared with what the kernel says.
    let dir = wanted.canonicalize().map_err(|source| ClusterError::io("find", &wanted, source))?;
    let data = dir.join("data");
    let user = RunAs::choose(&data)?;
    let lock = lock(&dir)?;
    let made_by = version_of(&data)?;
    let binaries = binaries::find(options.bin_dir.as_deref(), &data, made_by.as_deref())?;
    check_reachable(&user, &binaries, &dir)?;

    let password_file = dir.join("password");
    let password = if made_by.is_some() {
        read_password(&password_file, &data)?
    } else {
        let password = random_name::<24>()?;
        write_password(&password_file, &password)?;
        create::initdb(&dir, &data, &user, &binaries, &password, options.durable)?;
        password
    };
    let socket_dir = make_socket_dir(&dir, &user)?;
    let log = dir.join("server.log");
    Ok(Prepared { data, socket_dir, log, password, binaries, user, options, _lock: lock })
}

/// Makes the directories that are missing. Those that root makes can be passed through by the user
/// that Postgres will be, and not listed; those of others are their own business.
fn make_dirs(dir: &Path) -> Result<(), ClusterError> {
    let missing: Vec<_> = dir.ancestors().take_while(|ancestor| !ancestor.exists()).collect();
    let mode = if nix::unistd::geteuid().is_root() { 0o711 } else { 0o700 };
    for ancestor in missing.into_iter().rev() {
        match fs::create_dir(ancestor) {
            // Not left to the umask.
            Ok(()) => fs::set_permissions(ancestor, Permissions::from_mode(mode)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        }
        .map_err(|source| ClusterError::io("create", ancestor, source))?;
    }
    Ok(())
}

/// The lock on the cluster's directory.
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone would not do: a process that another thread is just starting has a copy of
        // the file until it becomes another program, and with it the lock.
        let _ = self.0.unlock();
    }
}

/// Takes the lock, for as long as the file is open; the kernel releases it when we die.
fn lock(dir: &Path) -> Result<Lock, ClusterError> {
    let path = dir.join("lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|source| ClusterError::io("open", &path, source))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // The holder may not have written it yet.
            let pid = file.read_to_string(&mut holder).ok().and_then(|_| holder.trim().parse().ok());
            let data_dir = dir.parent().unwrap_or(dir).to_owned();
            return Err(ClusterError::InUse { data_dir, pid });
        }
        Err(TryLockError::Error(source)) => return Err(ClusterError::io("lock", &path, source)),
    }
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(|source| ClusterError::io("write", &path, source))?;
    Ok(Lock(file))
}

/// The major version that made the data; `None` when there is none yet.
fn version_of(data: &Path) -> Result<Option<String>, ClusterError> {
    if !data.exists() {
        return Ok(None);
    }
    let file = data.join("PG_VERSION");
    match fs::read_to_string(&file) {
        Ok(version) => Ok(Some(version.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(ClusterError::NotACluster { data: data.to_owned() })
        }
        Err(source) => Err(ClusterError::io("read", &file, source)),
    }
}

/// That Postgres's user can run its programs and get to the directory: by doing so.
fn check_reachable(user: &RunAs, binaries: &Binaries, dir: &Path) -> Result<(), ClusterError> {
    let try_in = |place: &Path| {
        user.command(&binaries.postgres(), place)
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
    };
    if !user.is_other() || try_in(dir).is_ok() {
        return Ok(());
    }
    match try_in(Path::new("/")) {
        Ok(_) => Err(user.unreachable(dir)),
        Err(error) => Err(ClusterError::BadBinaries {
            dir: binaries.dir.clone(),
            why: format!("the user that PostgreSQL runs as cannot start it: {error}"),
        }),
    }
}

fn read_password(file: &Path, data: &Path) -> Result<String, ClusterError> {
    match fs::read_to_string(file) {
        Ok(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(ClusterError::io("read", file, source)),
        _ => Err(ClusterError::NoPassword { file: file.to_owned(), data: data.to_owned() }),
    }
}

/// Writes a file that only we can read, whole or not at all.
pub(super) fn write_password(file: &Path, password: &str) -> Result<(), ClusterError> {
    let new = file.with_extension("new");
    let write = || {
        let _ = fs::remove_file(&new);
        let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        writeln!(out, "{password}")?;
        out.sync_all()?;
        fs::rename(&new, file)
    };
    write().map_err(|source| ClusterError::io("write", file, source))
}

/// `N` random bytes, in letters that need no quoting anywhere.
pub(super) fn random_name<const N: usize>() -> Result<String, ClusterError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes)
        .map_err(|_| ClusterError::io("read", "the system's random numbers", io::Error::other("failed")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Makes the directory that only Postgres's user (and root) can enter; in /tmp when its own place
/// has too long a path for a socket. The path is the same at every start.
fn make_socket_dir(dir: &Path, user: &RunAs) -> Result<PathBuf, ClusterError> {
    let mut socket_dir = dir.join("socket");
    if socket_dir.join(SOCKET_NAME).as_os_str().len() > LONGEST_SOCKET {
        let hash = digest::digest(&digest::SHA256, dir.as_os_str().as_bytes());
        let name: String = hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        socket_dir = PathBuf::from(format!("/tmp/pollen-{}-{name}", user.uid()));
    }
    let make = || {
        match DirBuilder::new().mode(0o700).create(&socket_dir) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // In /tmp, anybody may have made it first, to listen in our place.
                let found = fs::symlink_metadata(&socket_dir)?;
                if found.is_dir() && found.uid() == user.uid() && found.mode().trailing_zeros() >= 6 {
                    return Ok(());
                }
                // Left by a start that ended between the two steps below.
                if found.is_dir() && found.uid() == nix::unistd::geteuid().as_raw() {
                    fs::set_permissions(&socket_dir, Permissions::from_mode(0o700))?;
                } else {
                    return Err(io::Error::other("it is there, and belongs to somebody else; remove it"));
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    };
    make().map_err(|source| ClusterError::io("create", &socket_dir, source))?;
    user.give(&socket_dir)?;
    Ok(socket_dir)
}
