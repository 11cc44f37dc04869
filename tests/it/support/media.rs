//! Forms with files, pictures and films made on the spot, and a store that speaks S3.

use std::borrow::Cow;
use std::io::Cursor;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use hyper_util::rt::{TokioExecutor, TokioIo};
use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgba, RgbaImage};
use pollen::emojis::CustomEmoji;
use pollen::emojis::ops::EmojiChanges;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::task::JoinHandle;

use super::database;
use super::instance::Instance;

/// A part of a form.
#[derive(Clone, Default)]
pub struct Part<'a> {
    pub name: &'a str,
    /// The file's name and type, if it is a file.
    pub file: Option<(&'a str, &'a str)>,
    pub bytes: Cow<'a, [u8]>,
}

impl<'a> Part<'a> {
    pub fn text(name: &'a str, text: &'a str) -> Self {
        Self { name, file: None, bytes: text.as_bytes().into() }
    }

    /// A file that says that it is a PNG, whatever it is.
    pub fn file(name: &'a str, bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Self { name, file: Some(("file.png", "image/png")), bytes: bytes.into() }
    }
}

/// Content type and body of a form (RFC 7578).
pub fn multipart(parts: &[Part<'_>]) -> (String, Vec<u8>) {
    const BOUNDARY: &str = "----pollen-test-boundary";
    let mut body = Vec::new();
    for part in parts {
        body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{}\"", part.name).bytes());
        if let Some((name, kind)) = part.file {
            body.extend(format!("; filename=\"{name}\"\r\ncontent-type: {kind}").bytes());
        }
        body.extend(b"\r\n\r\n");
        body.extend(part.bytes.iter());
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// A directory for the files of one instance.
pub fn directory() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let place = COUNT.fetch_add(1, Ordering::Relaxed);
    database::directory().join("media").join(format!("{}-{place}", std::process::id()))
}

/// Files below a directory, other than uploads on their way.
pub fn files_below(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found
}

fn gradient(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let part = |at: u32, of: u32| u8::try_from(at * 255 / of.max(1)).unwrap();
        Rgba([part(x, width), part(y, height), 90, 255])
    })
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(gradient(width, height), ImageFormat::Png)
}

pub fn webp(width: u32, height: u32) -> Vec<u8> {
    encoded(gradient(width, height), ImageFormat::WebP)
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(DynamicImage::ImageRgba8(gradient(width, height)).to_rgb8(), ImageFormat::Jpeg)
}

/// As a telephone held upright makes it: turned by its metadata, which also say where it was taken, and by whom.
pub fn photograph(width: u32, height: u32) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
    // Orientation 6: a quarter turn. Artist: a text that must not survive.
    tiff.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
    tiff.extend(b"\x3b\x01\x02\0\x0f\0\0\0\x26\0\0\0\0\0\0\0");
    tiff.extend(b"GPS 52.37 4.90\0");
    let mut segment = b"Exif\0\0".to_vec();
    segment.extend(tiff);
    let plain = jpeg(width, height);
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(u16::try_from(segment.len() + 2).unwrap().to_be_bytes());
    bytes.extend(segment);
    bytes.extend(&plain[2..]);
    bytes
}

/// Adds an emoji to an instance, or gives it another picture, as `pollen admin emoji add` does it.
pub async fn add_emoji(instance: &Instance, shortcode: &str, bytes: &[u8], category: Option<&str>) -> CustomEmoji {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let changes = EmojiChanges { category: category.map(str::to_owned), ..EmojiChanges::default() };
    pollen::emojis::object::add(&instance.app, file.path(), shortcode, true, &changes).await.unwrap()
}

/// Two pictures in turn.
pub fn moving_gif(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for shade in [10, 200] {
        encoder.encode_frame(Frame::new(RgbaImage::from_pixel(width, height, Rgba([shade, 0, 0, 255])))).unwrap();
    }
    drop(encoder);
    bytes
}

/// A small file that claims to hold an enormous picture.
pub fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(4, 4);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

/// Whether films can be tested here. Where everything must be, it is a failure when they cannot.
pub fn have_ffmpeg() -> bool {
    let have = ["ffmpeg", "ffprobe"].iter().all(|name| Command::new(name).arg("-version").output().is_ok());
    assert!(have || std::env::var_os("CI").is_none(), "ffmpeg is missing; `./dev install` installs it");
    if !have {
        eprintln!("skipped: ffmpeg is not installed");
    }
    have
}

/// A file that ffmpeg makes with these options, before the file's name.
pub fn ffmpeg(options: &[&str], extension: &str) -> Vec<u8> {
    let folder = directory();
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("made.{extension}"));
    let mut command = Command::new("ffmpeg");
    let made = command.args(["-nostdin", "-loglevel", "error", "-y"]).args(options).arg(&path).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    bytes
}

/// A store that speaks S3, with one bucket, on this machine.
pub struct S3Server {
    pub address: SocketAddr,
    pub bucket: PathBuf,
    task: JoinHandle<()>,
}

impl S3Server {
    pub const KEYS: (&'static str, &'static str) = ("pollen-key", "pollen-secret");

    pub async fn start() -> Self {
        let root = directory();
        let bucket = root.join("files");
        std::fs::create_dir_all(&bucket).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(&root).unwrap());
        builder.set_auth(SimpleAuth::from_single(Self::KEYS.0, Self::KEYS.1));
        let service = builder.build();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let service = service.clone();
                // They end with the server.
                connections.spawn(async move {
                    let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    let _ = server.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        });
        Self { address, bucket, task }
    }

    /// From now on nobody answers there.
    pub async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}
