//! Where files lie, how large they may be, and with what films are processed.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Config, ConfigError, refuse};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Media {
    /// Where files lie; with `s3`, where uploads lie while they are processed. Empty: `media` below `database.data_dir`.
    pub directory: Option<PathBuf>,
    /// The largest picture, in bytes and in pixels.
    pub image_bytes: u64,
    pub image_pixels: u64,
    /// The largest film or sound, in bytes.
    pub film_bytes: u64,
    /// How long making a film playable may take.
    pub film_seconds: u64,
    /// The programs that do it, by name or path. Empty: no films and sounds are taken.
    pub ffmpeg: String,
    pub ffprobe: String,
    /// The largest file that is fetched from another server, in bytes.
    pub remote_bytes: u64,
    /// How much of what is elsewhere is kept here, in bytes.
    pub remote_cache_bytes: u64,
    pub s3: S3,
}

/// A store that speaks S3, when there is a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct S3 {
    /// Empty: Amazon's own for the region.
    pub endpoint: Option<url::Url>,
    pub bucket: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
    /// The bucket is in the path, not in the host's name.
    pub path_style: bool,
    /// Where everyone can read the bucket's files. Empty: nobody reads them but through Pollen.
    pub public_url: Option<url::Url>,
}

impl Default for Media {
    fn default() -> Self {
        Self {
            directory: None,
            image_bytes: 16 * 1024 * 1024,
            image_pixels: 33_177_600,
            film_bytes: 99 * 1024 * 1024,
            film_seconds: 900,
            ffmpeg: "ffmpeg".into(),
            ffprobe: "ffprobe".into(),
            remote_bytes: 50 * 1024 * 1024,
            remote_cache_bytes: 4 * 1024 * 1024 * 1024,
            s3: S3::default(),
        }
    }
}

impl S3 {
    /// Whether files lie there, and not in a directory.
    pub fn is_used(&self) -> bool {
        !self.bucket.is_empty()
    }
}

impl Config {
    /// Where files lie, when they lie on this machine.
    pub fn media_directory(&self) -> PathBuf {
        let data = || self.database.data_dir.clone().unwrap_or_else(super::default_data_dir);
        self.media.directory.clone().unwrap_or_else(|| data().join("media"))
    }

    /// Where uploads lie while they arrive and are processed.
    pub fn incoming_directory(&self) -> PathBuf {
        self.media_directory().join("incoming")
    }

    pub(super) fn validate_media(&self) -> Result<(), ConfigError> {
        let media = &self.media;
        let sizes = [
            ("media.image_bytes", media.image_bytes, 1024, 1 << 30),
            ("media.image_pixels", media.image_pixels, 10_000, 200_000_000),
            ("media.film_bytes", media.film_bytes, 1024, 1 << 40),
            ("media.film_seconds", media.film_seconds, 1, 86_400),
            ("media.remote_bytes", media.remote_bytes, 1024, 1 << 40),
            ("media.remote_cache_bytes", media.remote_cache_bytes, 0, 1 << 50),
        ];
        for (key, value, least, most) in sizes {
            if !(least..=most).contains(&value) {
                return Err(refuse(key, &format!("must be from {least} to {most}")));
            }
        }
        let s3 = &media.s3;
        if !s3.is_used() {
            return match *s3 == S3::default() {
                true => Ok(()),
                false => Err(refuse("media.s3.bucket", "is required for a store that speaks S3")),
            };
        }
        let needed = [
            ("media.s3.region", &s3.region),
            ("media.s3.access_key", &s3.access_key),
            ("media.s3.secret_key", &s3.secret_key),
        ];
        for (key, value) in needed {
            if value.trim().is_empty() {
                return Err(refuse(key, "is required for a store that speaks S3"));
            }
        }
        for (key, url) in [("media.s3.endpoint", &s3.endpoint), ("media.s3.public_url", &s3.public_url)] {
            if url.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https") || url.host().is_none()) {
                return Err(refuse(key, "must be an http(s) address, such as \"https://s3.acme.com\""));
            }
        }
        Ok(())
    }
}
