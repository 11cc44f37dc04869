//! Films and sounds, by the programs `ffmpeg` and `ffprobe` where they are installed. What comes out is MP4 with H.264 and
//! AAC, MP3, or M4A, which everything plays, with nothing in it but pictures and sound.
//!
//! The programs are told which format they read, may open files only, and have limits in time, memory, threads and output:
//! what they read comes from strangers.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::process::Command;

use super::sniff::Format;
use super::{Kind, picture};
use crate::base::{Error, Result, why};
use crate::config::Media;

/// How long looking at a file may take; making one has `media.film_seconds`.
const PROBE_PATIENCE: Duration = Duration::from_secs(30);

/// Pixels that a frame of a film may have (3840 × 2160), and frames a second, as in Mastodon.
pub const MOST_PIXELS: u64 = 8_294_400;
pub const MOST_FRAME_RATE: f64 = 120.0;

/// The programs, if both were found at start.
#[derive(Clone, Debug, Default)]
pub struct Programs(pub Option<Found>);

#[derive(Clone, Debug)]
pub struct Found {
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
}

impl Programs {
    /// Looks for the configured programs. An empty name is none.
    pub fn find(media: &Media) -> Self {
        let found = find(&media.ffmpeg).zip(find(&media.ffprobe));
        Self(found.map(|(ffmpeg, ffprobe)| Found { ffmpeg, ffprobe }))
    }

    /// The programs, or what to tell those who upload what needs them.
    pub fn get(&self) -> Result<&Found> {
        self.0.as_ref().ok_or_else(|| {
            Error::invalid("file", "is video or audio, which this server cannot take: ffmpeg is not installed on it")
        })
    }
}

fn find(name: &str) -> Option<PathBuf> {
    if name.is_empty() {
        return None;
    }
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|path| path.is_file());
    }
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// What was made of an upload.
#[derive(Debug)]
pub struct Film {
    pub kind: Kind,
    pub path: PathBuf,
    pub format: Format,
    /// Mastodon's `meta`, without what is known of the small picture.
    pub meta: Map<String, Value>,
    /// A picture out of the film.
    pub frame: Option<PathBuf>,
}

/// What `ffprobe` says of a file.
#[derive(Debug, Default)]
struct Probed {
    seconds: Option<f64>,
    bitrate: Option<u64>,
    video: Option<Video>,
    audio: Option<Audio>,
}

#[derive(Debug)]
struct Video {
    codec: String,
    pixels: String,
    width: u32,
    height: u32,
    frame_rate: String,
    turned: bool,
}

#[derive(Debug)]
struct Audio {
    codec: String,
    bitrate: Option<u64>,
    channels: Option<u64>,
    rate: Option<u64>,
}

/// Makes a file that everyone can play, in `folder`.
///
/// # Errors
/// [`Error::Invalid`] when it can never be: it is damaged, too large, too long. Others may go away.
pub async fn convert(programs: &Found, media: &Media, source: &Path, from: Format, folder: &Path) -> Result<Film> {
    let probed = probe(programs, source, from).await?;
    let is_gif = from == Format::Gif;
    let (kind, format) = match (&probed.video, &probed.audio) {
        (Some(video), _) => {
            if u64::from(video.width) * u64::from(video.height) > MOST_PIXELS {
                let why =
                    format!("has too many pixels: {}x{}, where {MOST_PIXELS} are the most", video.width, video.height);
                return Err(Error::invalid("file", why));
            }
            if rate(&video.frame_rate) > MOST_FRAME_RATE {
                return Err(Error::invalid(
                    "file",
                    why!("has more than {most} frames a second", most = MOST_FRAME_RATE),
                ));
            }
            (if is_gif { Kind::Gifv } else { Kind::Video }, Format::Mp4)
        }
        (None, Some(audio)) => (Kind::Audio, if audio.codec == "mp3" { Format::Mp3 } else { Format::M4a }),
        (None, None) => return Err(Error::invalid("file", "has neither picture nor sound in it")),
    };
    let path = folder.join(format!("made.{}", format.extension()));
    let mut command = input(programs, source, from);
    command.args(match &probed.video {
        Some(video) => video_options(video, probed.audio.as_ref(), is_gif),
        None => audio_options(probed.audio.as_ref()),
    });
    // Of what a file says of itself nothing is kept: not where it was made, nor by whom, nor in what chapters.
    command.args(["-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]);
    command.args(["-flags:v", "+bitexact", "-flags:a", "+bitexact", "-fs", &media.film_bytes.to_string()]);
    if format != Format::Mp3 {
        command.args(["-movflags", "+faststart", "-f", "mp4"]);
    } else {
        command.args(["-f", "mp3"]);
    }
    run(command.arg(&path), Duration::from_secs(media.film_seconds)).await?;
    let made = probe(programs, &path, format).await?;
    let frame = match &made.video {
        Some(_) => Some(frame(programs, &path, folder).await?),
        None => None,
    };
    Ok(Film { kind, meta: meta(&made), path, format, frame })
}

/// What stands before all else: silent, without questions, files only, in the format that it is.
fn input(programs: &Found, source: &Path, from: Format) -> Command {
    let mut command = Command::new(&programs.ffmpeg);
    command.args(["-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-max_alloc", "268435456"]);
    command.args(["-protocol_whitelist", "file", "-threads", "2"]);
    if let Some(demuxer) = from.demuxer() {
        command.args(["-f", demuxer]);
    }
    command.arg("-i").arg(source);
    command
}

fn video_options(video: &Video, audio: Option<&Audio>, is_gif: bool) -> Vec<&'static str> {
    let mut options = vec!["-map", "0:v:0"];
    if video.codec == "h264" && video.pixels == "yuv420p" && !video.turned {
        options.extend(["-c:v", "copy"]);
    } else {
        // H.264 wants even sides; most players want 4:2:0.
        options
            .extend(["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", "-threads", "2"]);
        options.extend(["-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2"]);
    }
    match audio {
        Some(audio) if !is_gif => {
            options.extend(["-map", "0:a:0"]);
            options.extend(if audio.codec == "aac" { ["-c:a", "copy"] } else { ["-c:a", "aac"] });
        }
        _ => options.push("-an"),
    }
    options
}

fn audio_options(audio: Option<&Audio>) -> Vec<&'static str> {
    let copied = audio.is_some_and(|audio| matches!(audio.codec.as_str(), "mp3" | "aac"));
    let mut options = vec!["-map", "0:a:0", "-vn"];
    if copied {
        options.extend(["-c:a", "copy"]);
    } else {
        options.extend(["-c:a", "aac", "-b:a", "160k"]);
    }
    // MP3's own tags say which encoder made it and what not.
    if audio.is_some_and(|audio| audio.codec == "mp3") {
        options.extend(["-id3v2_version", "0", "-write_id3v1", "0", "-write_xing", "0"]);
    }
    options
}

/// A picture from near the beginning that is not all black.
async fn frame(programs: &Found, film: &Path, folder: &Path) -> Result<PathBuf> {
    let path = folder.join("frame.png");
    let mut command = input(programs, film, Format::Mp4);
    command.args(["-map", "0:v:0", "-vf", "thumbnail=30", "-frames:v", "1", "-an", "-map_metadata", "-1"]);
    run(command.args(["-c:v", "png", "-f", "image2"]).arg(&path), PROBE_PATIENCE * 4).await?;
    Ok(path)
}

async fn probe(programs: &Found, source: &Path, from: Format) -> Result<Probed> {
    let mut command = Command::new(&programs.ffprobe);
    command.args(["-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file", "-max_alloc", "268435456"]);
    if let Some(demuxer) = from.demuxer() {
        command.args(["-f", demuxer]);
    }
    command.args(["-of", "json", "-show_format", "-show_streams"]).arg(source);
    let said = run(&mut command, PROBE_PATIENCE).await?;
    let said: Value = serde_json::from_slice(&said).map_err(Error::internal)?;
    Ok(read_probe(&said))
}

fn read_probe(said: &Value) -> Probed {
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let format = said.get("format").unwrap_or(&Value::Null);
    let mut probed = Probed {
        seconds: format.get("duration").and_then(Value::as_str).and_then(|text| text.parse().ok()),
        bitrate: format.get("bit_rate").and_then(number),
        ..Probed::default()
    };
    for stream in said.get("streams").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| stream.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let side = |name: &str| stream.get(name).and_then(Value::as_u64).and_then(|side| u32::try_from(side).ok());
        // The cover of a record is no film.
        let cover = stream.pointer("/disposition/attached_pic").and_then(Value::as_u64) == Some(1);
        match text("codec_type").as_str() {
            "video" if probed.video.is_none() && !cover => {
                probed.video = side("width").zip(side("height")).map(|(width, height)| Video {
                    codec: text("codec_name"),
                    pixels: text("pix_fmt"),
                    width,
                    height,
                    frame_rate: text("r_frame_rate"),
                    turned: stream.get("side_data_list").is_some(),
                });
            }
            "audio" if probed.audio.is_none() => {
                probed.audio = Some(Audio {
                    codec: text("codec_name"),
                    bitrate: stream.get("bit_rate").and_then(number),
                    channels: stream.get("channels").and_then(number),
                    rate: stream.get("sample_rate").and_then(number),
                });
            }
            _ => {}
        }
    }
    probed
}

/// `30000/1001` as a number.
fn rate(text: &str) -> f64 {
    let (over, under) = text.split_once('/').unwrap_or((text, "1"));
    let (over, under): (f64, f64) = (over.parse().unwrap_or(0.0), under.parse().unwrap_or(1.0));
    if under > 0.0 { over / under } else { 0.0 }
}

fn meta(made: &Probed) -> Map<String, Value> {
    let mut original = match &made.video {
        Some(video) => picture::measures(video.width, video.height),
        None => json!({}),
    };
    let mut meta = Map::new();
    if let Some(original) = original.as_object_mut() {
        if let Some(video) = &made.video {
            original.insert("frame_rate".into(), video.frame_rate.clone().into());
            meta.insert("fps".into(), rate(&video.frame_rate).round().into());
        }
        if let Some(seconds) = made.seconds {
            original.insert("duration".into(), seconds.into());
        }
        if let Some(bitrate) = made.bitrate {
            original.insert("bitrate".into(), bitrate.into());
        }
    }
    meta.insert("original".into(), original);
    if let Some(audio) = &made.audio {
        let rate = audio.rate.map_or_else(String::new, |rate| format!("{rate} Hz"));
        meta.insert("audio_encode".into(), audio.codec.clone().into());
        meta.insert("audio_bitrate".into(), rate.into());
        meta.insert("audio_channels".into(), channels(audio.channels).into());
        if let (None, Some(bitrate), Some(original)) =
            (made.bitrate, audio.bitrate, meta.get_mut("original").and_then(Value::as_object_mut))
        {
            original.insert("bitrate".into(), bitrate.into());
        }
    }
    meta
}

fn channels(count: Option<u64>) -> String {
    match count {
        Some(1) => "mono".into(),
        Some(2) => "stereo".into(),
        Some(count) => format!("{count} channels"),
        None => String::new(),
    }
}

/// Runs a program to its end, or ends it. What it fails on is the file's fault, unless it cannot be started at all.
async fn run(command: &mut Command, patience: Duration) -> Result<Vec<u8>> {
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let child = command.spawn().map_err(|error| {
        tracing::error!(%error, "ffmpeg cannot be started");
        Error::Unavailable("Video and audio cannot be processed at the moment.".into())
    })?;
    let Ok(ended) = tokio::time::timeout(patience, child.wait_with_output()).await else {
        return Err(Error::invalid("file", "takes too long to be processed"));
    };
    let ended = ended.map_err(Error::internal)?;
    if !ended.status.success() {
        let said: String = String::from_utf8_lossy(&ended.stderr).chars().take(500).collect();
        tracing::info!(said, "ffmpeg could not process a file");
        return Err(Error::invalid(
            "file",
            "is no video or audio that can be processed: it is damaged, or not complete",
        ));
    }
    Ok(ended.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cover_of_a_record_is_no_film() {
        let said = json!({"format": {"duration": "1.5"}, "streams": [
            {"codec_type": "video", "codec_name": "mjpeg", "width": 10, "height": 10, "disposition": {"attached_pic": 1}},
            {"codec_type": "audio", "codec_name": "mp3", "channels": 2, "sample_rate": "44100"},
        ]});
        let probed = read_probe(&said);
        assert!(probed.video.is_none() && probed.audio.is_some());
        assert_eq!(meta(&probed)["audio_channels"], "stereo");
    }

    #[test]
    fn frame_rates_are_fractions() {
        assert!((rate("30000/1001") - 29.97).abs() < 0.01);
        assert!((rate("25") - 25.0).abs() < 0.01);
        assert!(rate("0/0").abs() < 0.01);
    }
}
