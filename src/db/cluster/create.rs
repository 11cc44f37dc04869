//! Creates a new cluster with initdb: under another name first, so that one which was cut short is
//! never mistaken for a cluster.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::Stdio;

use super::SUPERUSER;
use super::binaries::Binaries;
use super::error::ClusterError;
use super::files::{random_name, write_password};
use super::user::RunAs;

/// Unfinished work is kept in directories of this prefix.
const UNFINISHED: &str = "initdb-";

/// Creates the cluster `data` in `dir`. Blocks for about a second.
pub(super) fn initdb(
    dir: &Path,
    data: &Path,
    user: &RunAs,
    binaries: &Binaries,
    password: &str,
    durable: bool,
) -> Result<(), ClusterError> {
    remove_unfinished(dir)?;
    tracing::info!(data = %data.display(), postgres = binaries.major, "creating the database cluster");
    // initdb runs as Postgres's user, who must be able to read the password and to write here.
    let work = dir.join(format!("{UNFINISHED}{}", random_name::<6>()?));
    DirBuilder::new().mode(0o700).create(&work).map_err(|source| ClusterError::io("create", &work, source))?;
    let password_file = work.join("password");
    write_password(&password_file, password)?;
    user.give(&password_file)?;
    user.give(&work)?;

    let new = work.join("data");
    let output = user
        .command(&binaries.initdb(), &work)
        .arg("--pgdata")
        .arg(&new)
        .arg("--pwfile")
        .arg(&password_file)
        .args(["--username", SUPERUSER, "--auth=scram-sha-256", "--encoding=UTF8"])
        // Text sorts by code point, the same on every machine, so that an index survives a change
        // of the system's C library; upper and lower case are Unicode's.
        .args(["--locale=C", if cfg!(target_os = "macos") { "--lc-ctype=en_US.UTF-8" } else { "--lc-ctype=C.UTF-8" }])
        .args((!durable).then_some("--no-sync"))
        .stdin(Stdio::null())
        .output()
        .map_err(|source| ClusterError::io("run", binaries.initdb(), source))?;
    if !output.status.success() {
        let mut said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if said.is_empty() {
            said = output.status.to_string();
        }
        return Err(ClusterError::Initdb { output: said });
    }
    fs::rename(&new, data).map_err(|source| ClusterError::io("create", data, source))?;
    // initdb has synced the files themselves.
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|source| ClusterError::io("sync", dir, source))?;
    remove_unfinished(dir)
}

fn remove_unfinished(dir: &Path) -> Result<(), ClusterError> {
    let entries = fs::read_dir(dir).map_err(|source| ClusterError::io("list", dir, source))?;
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            let path = entry.path();
            fs::remove_dir_all(&path).map_err(|source| ClusterError::io("remove", &path, source))?;
        }
    }
    Ok(())
}
