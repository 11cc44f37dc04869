//! Pictures: decoded within limits, turned upright, and written anew, so that nothing but the picture is left of a file.
//! No I/O but reading the file; slow, so callers run it on a blocking thread.

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::Path;

use image::codecs::gif::{GifDecoder, GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{AnimationDecoder, DynamicImage, Frame, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits};
use serde_json::{Value, json};

use super::sniff::Format;
use crate::base::{Error, Result, why};

/// Pixels that the original keeps (3840 × 2160) and the small one has (640 × 360), as in Mastodon.
const MOST_ORIGINAL: u32 = 8_294_400;
const MOST_SMALL: u32 = 230_400;

/// No side may be longer, whatever the other is.
const MOST_SIDE: u32 = 16_384;

/// Pixels of all frames together of a moving picture that is written anew.
const MOST_FRAMES: u64 = 60_000_000;

const AVATAR: (u32, u32) = (400, 400);
const HEADER: (u32, u32) = (1500, 500);

/// No side of an emoji that stands still is longer.
const EMOJI: u32 = 256;

const JPEG_QUALITY: u8 = 88;

/// A picture as a file.
#[derive(Debug)]
pub struct Encoded {
    pub format: Format,
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// What is made of an upload.
#[derive(Debug)]
pub struct Picture {
    pub original: Encoded,
    pub small: Encoded,
    pub blurhash: Option<String>,
}

impl Picture {
    /// Mastodon's `meta`, without the focus.
    pub fn meta(&self) -> Value {
        json!({
            "original": measures(self.original.width, self.original.height),
            "small": measures(self.small.width, self.small.height),
        })
    }
}

/// Width, height and what follows from them.
pub fn measures(width: u32, height: u32) -> Value {
    json!({
        "width": width,
        "height": height,
        "size": format!("{width}x{height}"),
        "aspect": f64::from(width) / f64::from(height.max(1)),
    })
}

/// How large a picture of this size becomes when it is shown small.
pub fn small_size(width: u32, height: u32) -> (u32, u32) {
    fitted(width, height, MOST_SMALL)
}

/// Makes a picture, and a small one, of a file. `most_pixels` is checked before anything is decoded.
pub fn read(path: &Path, most_pixels: u64) -> Result<Picture> {
    let (image, format) = decode(path, most_pixels)?;
    let small = shrink(&image, MOST_SMALL, FilterType::Triangle);
    let blurhash = blurhash(&small);
    let animation = if format == ImageFormat::Gif { animation(path, most_pixels)? } else { None };
    let original = match animation {
        Some(encoded) => encoded,
        None => encode(&shrink(&image, MOST_ORIGINAL, FilterType::CatmullRom), format)?,
    };
    Ok(Picture { original, small: encode(&small, format)?, blurhash })
}

/// The small picture alone, and its blurhash.
pub fn read_small(path: &Path, most_pixels: u64) -> Result<(Encoded, Option<String>)> {
    let (image, format) = decode(path, most_pixels)?;
    let small = shrink(&image, MOST_SMALL, FilterType::Triangle);
    let blurhash = blurhash(&small);
    Ok((encode(&small, format)?, blurhash))
}

/// Somebody's picture: the middle of it, square.
pub fn read_avatar(path: &Path, most_pixels: u64) -> Result<Encoded> {
    filling(path, most_pixels, AVATAR)
}

/// The wide picture above a profile.
pub fn read_header(path: &Path, most_pixels: u64) -> Result<Encoded> {
    filling(path, most_pixels, HEADER)
}

/// An emoji and, where it moves, a picture of it that does not. What moves and is no GIF stands still.
pub fn read_emoji(path: &Path, most_pixels: u64) -> Result<(Encoded, Option<Encoded>)> {
    let (image, format) = decode(path, most_pixels)?;
    let (width, height) = image.dimensions();
    let still = if width.max(height) > EMOJI { image.resize(EMOJI, EMOJI, FilterType::CatmullRom) } else { image };
    let still = encode(&still, ImageFormat::Png)?;
    let animation = if format == ImageFormat::Gif { animation(path, most_pixels)? } else { None };
    Ok(match animation {
        Some(moving) => (moving, Some(still)),
        None => (still, None),
    })
}

fn filling(path: &Path, most_pixels: u64, (width, height): (u32, u32)) -> Result<Encoded> {
    let (image, format) = decode(path, most_pixels)?;
    let (had_width, had_height) = image.dimensions();
    // Never larger than what there is.
    let scale = (f64::from(had_width) / f64::from(width)).min(f64::from(had_height) / f64::from(height)).min(1.0);
    let filled = image.resize_to_fill(scaled(width, scale), scaled(height, scale), FilterType::CatmullRom);
    encode(&filled, format)
}

/// Whether a GIF moves: it has a second picture.
pub fn moves(path: &Path, most_pixels: u64) -> Result<bool> {
    let decoder = gif(path, most_pixels)?;
    Ok(decoder.into_frames().take(2).filter_map(std::result::Result::ok).count() > 1)
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    tracing::debug!(%error, "a picture cannot be read");
    Error::invalid("file", "is no picture that can be read: it is damaged, or of a kind that is not understood")
}

fn refused(error: image::ImageError) -> Error {
    match error {
        image::ImageError::Limits(_) => Error::invalid("file", "has too many pixels"),
        error => unreadable(error),
    }
}

fn open(path: &Path) -> Result<BufReader<File>> {
    Ok(BufReader::new(File::open(path).map_err(Error::internal)?))
}

fn limits(most_pixels: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    // Eight bytes are the largest pixel; the rest is what decoders need beside the picture.
    limits.max_alloc = Some(most_pixels.saturating_mul(8).saturating_add(16 * 1024 * 1024));
    limits
}

/// What a file claims to hold is checked before there is room made for it.
fn check_size((width, height): (u32, u32), most_pixels: u64) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(unreadable("it is empty"));
    }
    if width > MOST_SIDE || height > MOST_SIDE || u64::from(width) * u64::from(height) > most_pixels {
        let why = why!(
            "has too many pixels: {width}x{height}, where {most} are the most",
            width = width,
            height = height,
            most = most_pixels
        );
        return Err(Error::invalid("file", why));
    }
    Ok(())
}

fn decode(path: &Path, most_pixels: u64) -> Result<(DynamicImage, ImageFormat)> {
    let mut reader = ImageReader::new(open(path)?).with_guessed_format().map_err(unreadable)?;
    let format = reader.format().ok_or_else(|| unreadable("no format"))?;
    reader.limits(limits(most_pixels));
    let mut decoder = reader.into_decoder().map_err(refused)?;
    check_size(decoder.dimensions(), most_pixels)?;
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    image.apply_orientation(orientation);
    Ok((image, format))
}

fn gif(path: &Path, most_pixels: u64) -> Result<GifDecoder<BufReader<File>>> {
    let mut decoder = GifDecoder::new(open(path)?).map_err(unreadable)?;
    check_size(decoder.dimensions(), most_pixels)?;
    decoder.set_limits(limits(most_pixels)).map_err(refused)?;
    Ok(decoder)
}

/// A moving GIF, written anew frame by frame. `None` when it does not move.
fn animation(path: &Path, most_pixels: u64) -> Result<Option<Encoded>> {
    if !moves(path, most_pixels)? {
        return Ok(None);
    }
    let decoder = gif(path, most_pixels)?;
    let (width, height) = decoder.dimensions();
    let most = MOST_FRAMES / (u64::from(width) * u64::from(height)).max(1);
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 10);
    encoder.set_repeat(Repeat::Infinite).map_err(Error::internal)?;
    for (count, frame) in (0_u64..).zip(decoder.into_frames()) {
        if count >= most {
            return Err(Error::invalid("file", "is too long for a moving picture"));
        }
        let frame = frame.map_err(unreadable)?;
        let delay = frame.delay();
        encoder.encode_frame(Frame::from_parts(frame.into_buffer(), 0, 0, delay)).map_err(Error::internal)?;
    }
    drop(encoder);
    Ok(Some(Encoded { format: Format::Gif, bytes, width, height }))
}

fn scaled(side: u32, scale: f64) -> u32 {
    // A side of at most 16,384 times at most 1 is a u32; the cast saturates besides.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above and below")]
    let scaled = (f64::from(side) * scale).round() as u32;
    scaled.max(1)
}

fn fitted(width: u32, height: u32, most_pixels: u32) -> (u32, u32) {
    let pixels = f64::from(width) * f64::from(height);
    if pixels <= f64::from(most_pixels) {
        return (width, height);
    }
    let scale = (f64::from(most_pixels) / pixels).sqrt();
    (scaled(width, scale), scaled(height, scale))
}

fn shrink(image: &DynamicImage, most_pixels: u32, filter: FilterType) -> DynamicImage {
    let (width, height) = image.dimensions();
    let size = fitted(width, height, most_pixels);
    if size == (width, height) { image.clone() } else { image.resize_exact(size.0, size.1, filter) }
}

/// PNG for what was PNG or lets something shine through, JPEG for the rest. Both have nothing in them but pixels.
fn encode(image: &DynamicImage, from: ImageFormat) -> Result<Encoded> {
    let (width, height) = image.dimensions();
    let transparent = image.color().has_alpha() && image.pixels().any(|(_, _, pixel)| pixel.0.last() != Some(&255));
    let mut bytes = Vec::new();
    let format = if transparent || matches!(from, ImageFormat::Png | ImageFormat::Gif) {
        let image = if image.color().has_alpha() && transparent {
            DynamicImage::ImageRgba8(image.to_rgba8())
        } else {
            DynamicImage::ImageRgb8(image.to_rgb8())
        };
        image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).map_err(Error::internal)?;
        Format::Png
    } else {
        JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
            .encode_image(&image.to_rgb8())
            .map_err(Error::internal)?;
        Format::Jpeg
    };
    Ok(Encoded { format, bytes, width, height })
}

fn blurhash(image: &DynamicImage) -> Option<String> {
    let tiny = image.thumbnail(64, 64).to_rgba8();
    blurhash::encode(4, 3, tiny.width(), tiny.height(), tiny.as_raw()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pictures_keep_their_shape() {
        assert_eq!(small_size(100, 50), (100, 50));
        assert_eq!(small_size(3840, 2160), (640, 360));
        let (width, height) = small_size(16_000, 10);
        assert!(width > 1000 && height >= 1 && width * height <= 232_000, "{width}x{height}");
    }
}
