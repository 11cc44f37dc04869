//! Where files lie: a directory of this machine, or an S3 store. Neither is asked who may see what; `serve` is.

use std::error::Error as _;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::client::SpawnedReqwestConnector;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig};
use tokio::io::AsyncWriteExt;

use crate::base::{Error, Result};
use crate::config::{Config, S3};

/// How much of a file is in memory while it is stored.
const BUFFER: usize = 8 * 1024 * 1024;

/// What is stored, and taken away again, at start, to see whether it can be.
const PROBE: &str = "probe";

/// A store of files, open. One per instance.
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    /// Where the store's files can be had by everyone, if they can.
    pub public_url: Option<url::Url>,
}

/// What is to be stored.
pub enum Content {
    Bytes(Bytes),
    File(PathBuf),
}

impl Storage {
    /// Opens the configured store, and stores something in it.
    ///
    /// # Errors
    /// Says what is wrong when nothing can ever be stored there. A store that cannot be reached now may be later: that is
    /// a warning.
    pub async fn open(config: &Config) -> Result<Self> {
        let refused = |why: String| Error::Unavailable(format!("media: {why}"));
        let s3 = Some(&config.media.s3).filter(|s3| s3.is_used());
        let store: Arc<dyn ObjectStore> = match s3 {
            Some(s3) => Arc::new(open_s3(s3).map_err(|error| refused(error.to_string()))?),
            None => {
                let directory = config.media_directory();
                std::fs::create_dir_all(&directory)
                    .map_err(|error| refused(format!("{} cannot be made: {error}", directory.display())))?;
                let store = LocalFileSystem::new_with_prefix(&directory).map_err(|error| refused(error.to_string()))?;
                Arc::new(store.with_fsync(true))
            }
        };
        let storage = Self { store, public_url: s3.and_then(|s3| s3.public_url.clone()) };
        let probe = Path::from(format!("{PROBE}-{}", std::process::id()));
        match storage.store.put(&probe, Bytes::from_static(b"Pollen was here").into()).await {
            Ok(_) => {
                // Should this fail, the next start overwrites it.
                let _ = storage.store.delete(&probe).await;
            }
            Err(error) if s3.is_some() && is_out_of_reach(&error) => {
                tracing::warn!(%error, "the store of files cannot be reached; it will be tried again when it is needed");
            }
            Err(error) => return Err(refused(format!("nothing can be stored: {}", with_causes(&error)))),
        }
        Ok(storage)
    }

    /// Stores a file, whole or not at all.
    pub async fn put(&self, path: &str, content: &Content) -> Result<()> {
        let place = Path::from(path);
        match content {
            Content::Bytes(bytes) => {
                self.store.put(&place, bytes.clone().into()).await.map_err(fault)?;
            }
            Content::File(file) => {
                let mut file = tokio::fs::File::open(file).await.map_err(local_fault)?;
                let mut writer = BufWriter::with_capacity(self.store.clone(), place, BUFFER).with_max_concurrency(2);
                let copied = tokio::io::copy(&mut file, &mut writer).await;
                let done = match copied {
                    Ok(_) => writer.shutdown().await,
                    Err(error) => Err(error),
                };
                if let Err(error) = done {
                    // What cannot be undone now is removed with the file's row.
                    let _ = writer.abort().await;
                    return Err(local_fault(error));
                }
            }
        }
        Ok(())
    }

    /// A part of a file, or all of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not there.
    pub async fn get(
        &self,
        path: &str,
        range: Option<std::ops::Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes>>> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.store.get_opts(&Path::from(path), options).await.map_err(fault)?;
        Ok(found.into_stream().map(|chunk| chunk.map_err(fault)).boxed())
    }

    /// Copies a file from the store to a place on this machine.
    pub async fn fetch(&self, path: &str, to: &FilePath) -> Result<()> {
        let mut chunks = self.get(path, None).await?;
        let mut file = tokio::fs::File::create(to).await.map_err(local_fault)?;
        while let Some(chunk) = chunks.next().await {
            file.write_all(&chunk?).await.map_err(local_fault)?;
        }
        file.flush().await.map_err(local_fault)
    }

    /// Removes a file; one that is not there is removed already.
    pub async fn delete(&self, path: &str) -> Result<()> {
        match self.store.delete(&Path::from(path)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(fault(error)),
        }
    }
}

fn open_s3(s3: &S3) -> object_store::Result<object_store::aws::AmazonS3> {
    let client = ClientOptions::new()
        .with_connect_timeout(Duration::from_secs(5))
        .with_timeout(Duration::from_secs(120))
        .with_allow_http(true);
    // Somebody waits for the answer.
    let retry = RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(2),
            base: 2.0,
        },
        max_retries: 3,
        retry_timeout: Duration::from_secs(15),
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&s3.bucket)
        .with_region(&s3.region)
        .with_access_key_id(&s3.access_key)
        .with_secret_access_key(&s3.secret_key)
        .with_virtual_hosted_style_request(!s3.path_style)
        .with_client_options(client)
        .with_retry(retry)
        // Web threads come and go; connections stay on the main runtime.
        .with_http_connector(SpawnedReqwestConnector::new(tokio::runtime::Handle::current()));
    if let Some(endpoint) = &s3.endpoint {
        builder = builder.with_endpoint(endpoint.as_str().trim_end_matches('/'));
    }
    builder.build()
}

/// Whether the store did not answer at all, or not as a store does: it may do so later.
fn is_out_of_reach(error: &object_store::Error) -> bool {
    matches!(error, object_store::Error::Generic { .. })
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

fn fault(error: object_store::Error) -> Error {
    if matches!(error, object_store::Error::NotFound { .. }) {
        return Error::NotFound("File");
    }
    let mut cause: Option<&dyn std::error::Error> = error.source();
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<std::io::Error>()
            && is_full(io)
        {
            return no_room();
        }
        cause = error.source();
    }
    tracing::warn!(error = with_causes(&error), "the store of files failed");
    Error::Unavailable("Files cannot be stored or read at the moment. Please try again later.".into())
}

/// A fault of this machine's own disk, or one of the store that comes as such.
pub fn local_fault(error: std::io::Error) -> Error {
    if is_full(&error) {
        return no_room();
    }
    tracing::warn!(error = with_causes(&error), "a file could not be written or read");
    Error::Unavailable("Files cannot be stored or read at the moment. Please try again later.".into())
}

/// No room on the disk, in a quota, or below the limit that a process is given (`RLIMIT_FSIZE`).
fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

fn no_room() -> Error {
    tracing::error!("there is no room left for files");
    Error::Unavailable("There is no room left for files on this server. Please tell its administrator.".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_said_to_be_full() {
        let full = || std::io::Error::from(std::io::ErrorKind::StorageFull);
        let inside = object_store::Error::Generic { store: "x", source: Box::new(full()) };
        for error in [local_fault(full()), fault(inside)] {
            assert!(matches!(&error, Error::Unavailable(why) if why.contains("no room")), "{error:?}");
        }
        let other = local_fault(std::io::Error::from(std::io::ErrorKind::NotADirectory));
        assert!(matches!(&other, Error::Unavailable(why) if !why.contains("no room")), "{other:?}");
    }
}
