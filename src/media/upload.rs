//! A file on its way in, on the disk where uploads lie.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that was sent. It is removed from the disk when this is dropped.
#[derive(Debug)]
pub struct Upload {
    file: NamedTempFile,
    pub size: u64,
}

impl Upload {
    /// An empty file that can be written to, on the disk where uploads lie.
    pub fn create(directory: &Path) -> std::io::Result<Self> {
        fs::create_dir_all(directory)?;
        Ok(Self { file: NamedTempFile::new_in(directory)?, size: 0 })
    }

    /// Opens it once more, to write to.
    pub fn reopen(&self) -> std::io::Result<fs::File> {
        self.file.reopen()
    }

    pub fn path(&self) -> PathBuf {
        self.file.path().to_owned()
    }

    /// Its beginning, to see what it is.
    pub fn head(&self, length: usize) -> std::io::Result<Vec<u8>> {
        let mut head = Vec::with_capacity(length);
        fs::File::open(self.file.path())?.take(length as u64).read_to_end(&mut head)?;
        Ok(head)
    }
}
