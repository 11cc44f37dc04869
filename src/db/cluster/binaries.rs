//! Finds an installed Postgres server, of the version that the cluster needs.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::ClusterError;

/// The oldest major version that Pollen runs on: the first that can clone a database by copying
/// its files.
pub(super) const OLDEST: u32 = 15;

/// Directories in which each matching subdirectory, with this suffix, may hold one version.
const PLACES: [(&str, &str, &str); 7] = [
    ("/usr/lib/postgresql", "", "bin"),         // Debian, Ubuntu, Gentoo
    ("/usr", "pgsql-", "bin"),                  // PostgreSQL's own packages for Fedora and Red Hat
    ("/usr/libexec", "postgresql", ""),         // Alpine
    ("/usr/lib", "postgresql", "bin"),          // openSUSE
    ("/opt/homebrew/opt", "postgresql", "bin"), // Homebrew on Apple silicon
    ("/usr/local/opt", "postgresql", "bin"),    // Homebrew on Intel
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
];

/// One installed server.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    pub(super) dir: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    pub(super) fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }

    /// Asks the programs themselves: names of directories lie.
    fn at(dir: &Path) -> Result<Self, String> {
        if !dir.join("initdb").is_file() {
            return Err("there is no initdb".into());
        }
        let output = Command::new(dir.join("postgres"))
            .arg("--version")
            .output()
            .map_err(|error| format!("postgres cannot be run: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "postgres (PostgreSQL) 19beta1"
        let major = said.split_whitespace().nth(2).and_then(|version| {
            let end = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
            version.get(..end)?.parse().ok()
        });
        let major = major.ok_or_else(|| format!("postgres --version says {:?}", said.trim()))?;
        Ok(Self { dir: dir.to_owned(), major })
    }
}

/// Finds the server for a new cluster (`made_by` is `None`) or for one that exists in `data`.
pub(super) fn find(given: Option<&Path>, data: &Path, made_by: Option<&str>) -> Result<Binaries, ClusterError> {
    let from_env = std::env::var_os("POLLEN_POSTGRES_BIN").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    if let Some(dir) = given.or(from_env.as_deref()) {
        let found = Binaries::at(dir).map_err(|why| ClusterError::BadBinaries { dir: dir.to_owned(), why })?;
        return match made_by {
            Some(major) if major != found.major.to_string() => Err(ClusterError::WrongVersion {
                data: data.to_owned(),
                made_by: major.to_owned(),
                given: Some((dir.to_owned(), found.major)),
                found: Vec::new(),
            }),
            None if found.major < OLDEST => Err(ClusterError::BadBinaries {
                dir: dir.to_owned(),
                why: format!("it is PostgreSQL {}, and Pollen needs {OLDEST} or newer", found.major),
            }),
            _ => Ok(found),
        };
    }
    choose(installed(), data, made_by)
}

/// Of several of one version, the first that was found.
fn choose(all: Vec<Binaries>, data: &Path, made_by: Option<&str>) -> Result<Binaries, ClusterError> {
    let all_found = || all.iter().map(|one| (one.dir.clone(), format!("PostgreSQL {}", one.major))).collect();
    let Some(major) = made_by else {
        let newest = all.iter().map(|one| one.major).max().filter(|major| *major >= OLDEST);
        return all
            .iter()
            .find(|one| Some(one.major) == newest)
            .cloned()
            .ok_or_else(|| ClusterError::NotInstalled { wanted: None, found: all_found() });
    };
    match all.iter().find(|one| one.major.to_string() == major) {
        Some(found) => Ok(found.clone()),
        None if all.is_empty() => Err(ClusterError::NotInstalled { wanted: major.parse().ok(), found: Vec::new() }),
        None => Err(ClusterError::WrongVersion {
            data: data.to_owned(),
            made_by: major.to_owned(),
            given: None,
            found: all_found(),
        }),
    }
}

/// Every server there is: the distribution's first, each once.
fn installed() -> Vec<Binaries> {
    let mut dirs = Vec::new();
    for (place, prefix, suffix) in PLACES {
        let Ok(entries) = fs::read_dir(place) else {
            continue;
        };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(prefix) {
                dirs.push(entry.path().join(suffix));
            }
        }
    }
    if let Some(path) = std::env::var_os("PATH") {
        dirs.extend(std::env::split_paths(&path).filter(|dir| dir.is_absolute()));
    }
    dirs.push(PathBuf::from("/usr/local/pgsql/bin"));
    let mut seen = HashSet::new();
    dirs.retain(|dir| dir.join("postgres").canonicalize().is_ok_and(|found| seen.insert(found)));
    dirs.iter().filter_map(|dir| Binaries::at(dir).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(dir: &str, major: u32) -> Binaries {
        Binaries { dir: dir.into(), major }
    }

    #[test]
    fn a_new_cluster_takes_the_newest_and_an_old_one_its_own() {
        let all = vec![server("/b", 17), server("/a", 15), server("/z", 17), server("/c", 9)];
        let data = Path::new("/data");
        assert_eq!(choose(all.clone(), data, None).unwrap().dir, Path::new("/b"));
        assert_eq!(choose(all.clone(), data, Some("15")).unwrap().major, 15);
        let error = choose(all, data, Some("16")).unwrap_err().to_string();
        assert!(error.starts_with("/data was made by PostgreSQL 16, which is not installed; found"), "{error}");
        let error = choose(vec![server("/c", 13)], data, None).unwrap_err().to_string();
        assert!(error.starts_with("PostgreSQL 15 or newer is not installed; found PostgreSQL 13 in /c."), "{error}");
    }

    #[test]
    fn a_directory_without_postgres_is_named() {
        let error = find(Some(Path::new("/nowhere")), Path::new("/data"), None).unwrap_err().to_string();
        assert_eq!(error, "/nowhere holds no usable PostgreSQL server: there is no initdb");
    }
}
