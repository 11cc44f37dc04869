//! As whom Postgres runs: as ourselves, or, since it refuses root, as somebody else when we are root.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User, geteuid};

use super::error::ClusterError;

/// A user to run Postgres as. `None` in [`RunAs::other`] stands for ourselves.
#[derive(Clone, Debug)]
pub(super) struct RunAs {
    other: Option<Other>,
}

#[derive(Clone, Debug)]
struct Other {
    uid: u32,
    gid: u32,
    name: String,
}

impl RunAs {
    /// The owner of the data if there is some, else ourselves, else `postgres`, else `nobody`.
    pub(super) fn choose(data: &Path) -> Result<Self, ClusterError> {
        let owner = fs::symlink_metadata(data).ok().map(|found| (found.uid(), found.gid()));
        let me = geteuid();
        match owner {
            Some((owner, _)) if !me.is_root() && owner != me.as_raw() => Err(ClusterError::WrongOwner {
                data: data.to_owned(),
                owner,
                why: "start Pollen as that user, or choose another data directory",
            }),
            _ if !me.is_root() => Ok(Self { other: None }),
            Some((0, _)) => Err(ClusterError::WrongOwner {
                data: data.to_owned(),
                owner: 0,
                why: "PostgreSQL does not run as root; chown it to the user postgres",
            }),
            Some((uid, gid)) => {
                let name = User::from_uid(Uid::from_raw(uid)).ok().flatten();
                let name = name.map_or_else(|| format!("with id {uid}"), |user| user.name);
                Ok(Self { other: Some(Other { uid, gid, name }) })
            }
            None => ["postgres", "nobody"]
                .into_iter()
                .find_map(|name| User::from_name(name).ok().flatten())
                .map(|user| Self {
                    other: Some(Other { uid: user.uid.as_raw(), gid: user.gid.as_raw(), name: user.name }),
                })
                .ok_or(ClusterError::NoUser),
        }
    }

    /// A command that runs as this user, knows none of our secrets, and starts in `dir`.
    pub(super) fn command(&self, program: &Path, dir: &Path) -> std::process::Command {
        use std::os::unix::process::CommandExt;
        let mut command = std::process::Command::new(program);
        // Neither Pollen's own settings, which hold secrets, nor PGPORT and its like, which would
        // change what Postgres does. LC_ALL: macOS's Postgres wants a locale, and we want English.
        command.env_clear().env("LC_ALL", "C").current_dir(dir);
        for name in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        if let Some(other) = &self.other {
            // Rust also drops root's supplementary groups when it is given a uid.
            command.uid(other.uid).gid(other.gid);
        }
        command
    }

    /// Hands a file or directory of ours to this user.
    pub(super) fn give(&self, path: &Path) -> Result<(), ClusterError> {
        match &self.other {
            Some(other) => chown(path, Some(other.uid), Some(other.gid))
                .map_err(|source| ClusterError::io("change the owner of", path, source)),
            None => Ok(()),
        }
    }

    pub(super) fn uid(&self) -> u32 {
        self.other.as_ref().map_or_else(|| geteuid().as_raw(), |other| other.uid)
    }

    pub(super) fn is_other(&self) -> bool {
        self.other.is_some()
    }

    /// The error for a directory that this user turned out not to reach: names the one to blame.
    pub(super) fn unreachable(&self, dir: &Path) -> ClusterError {
        ClusterError::Unreachable {
            dir: dir.to_owned(),
            blocked_at: self.blocked_at(dir),
            user: self.other.as_ref().map_or_else(|| "of Pollen".to_owned(), |other| other.name.clone()),
        }
    }

    /// By the permission bits, which is a guess where access lists are in use; a good one.
    fn blocked_at(&self, dir: &Path) -> PathBuf {
        let Some(other) = &self.other else {
            return dir.to_owned();
        };
        let mut ancestors: Vec<_> = dir.ancestors().collect();
        ancestors.reverse();
        let closed = ancestors.into_iter().find(|ancestor| {
            fs::metadata(ancestor).is_ok_and(|found| {
                let bit = if found.uid() == other.uid {
                    0o100
                } else if found.gid() == other.gid {
                    0o010
                } else {
                    0o001
                };
                found.mode() & bit == 0
            })
        });
        closed.unwrap_or(dir).to_owned()
    }
}
