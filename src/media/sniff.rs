//! What a file is, by what is in it. Its name and what its sender calls it count for nothing.
//!
//! The list is short on purpose: nothing that a browser could take for a page or a program is on it.

/// What is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Png,
    Jpeg,
    Gif,
    Webp,
    Avif,
    Heic,
    Mp4,
    Mov,
    M4a,
    Webm,
    Ogg,
    Mp3,
    Wav,
    Flac,
    Aac,
}

/// Whether it is looked at or played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Picture,
    /// A film or sound.
    Film,
}

/// How many bytes of a file's beginning [`format`] wants to see.
pub const HEAD: usize = 64;

/// The format of a file that begins like this.
pub fn format(head: &[u8]) -> Option<Format> {
    let brand = head.get(8..12).unwrap_or_default();
    Some(match head {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Format::Png,
        [0xff, 0xd8, 0xff, ..] => Format::Jpeg,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Format::Gif,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Format::Webp,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Format::Wav,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => match brand {
            b"avif" | b"avis" => Format::Avif,
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => Format::Heic,
            b"M4A " | b"M4B " => Format::M4a,
            b"qt  " => Format::Mov,
            _ => Format::Mp4,
        },
        [_, _, _, _, b'm', b'o', b'o', b'v', ..] | [_, _, _, _, b'm', b'd', b'a', b't', ..] => Format::Mov,
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Format::Webm,
        [b'O', b'g', b'g', b'S', ..] => Format::Ogg,
        [b'f', b'L', b'a', b'C', ..] => Format::Flac,
        [b'I', b'D', b'3', ..] => Format::Mp3,
        // Frames without a tag: AAC's have layer 0, MP3's have not.
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Format::Aac,
        [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x06 == 0x02 => Format::Mp3,
        _ => return None,
    })
}

impl Format {
    /// The type under which it is served.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
            Self::Heic => "image/heic",
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::M4a => "audio/mp4",
            Self::Webm => "video/webm",
            Self::Ogg => "audio/ogg",
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::Flac => "audio/flac",
            Self::Aac => "audio/aac",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Heic => "heic",
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::M4a => "m4a",
            Self::Webm => "webm",
            Self::Ogg => "ogg",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Aac => "aac",
        }
    }

    pub fn class(self) -> Class {
        match self {
            Self::Png | Self::Jpeg | Self::Gif | Self::Webp | Self::Avif | Self::Heic => Class::Picture,
            _ => Class::Film,
        }
    }

    /// What ffmpeg calls the container: it is told, so that it does not guess at playlists and the like.
    pub fn demuxer(self) -> Option<&'static str> {
        Some(match self {
            Self::Gif => "gif",
            Self::Mp4 | Self::Mov | Self::M4a => "mov",
            Self::Webm => "matroska",
            Self::Ogg => "ogg",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Aac => "aac",
            _ => return None,
        })
    }
}

/// The types that can be uploaded: pictures, and what ffmpeg makes playable.
pub fn uploadable(with_films: bool) -> Vec<&'static str> {
    let mut types = vec!["image/jpeg", "image/png", "image/gif", "image/webp"];
    if with_films {
        types.extend([
            "video/mp4",
            "video/webm",
            "video/quicktime",
            "video/ogg",
            "audio/mpeg",
            "audio/mp3",
            "audio/mp4",
            "audio/m4a",
            "audio/x-m4a",
            "audio/aac",
            "audio/ogg",
            "audio/vorbis",
            "audio/opus",
            "audio/webm",
            "audio/wav",
            "audio/x-wav",
            "audio/wave",
            "audio/flac",
            "audio/x-flac",
        ]);
    }
    types
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_is_in_it() {
        for (head, expected) in [
            (b"\x89PNG\r\n\x1a\n....".as_slice(), Some(Format::Png)),
            (b"\xff\xd8\xff\xe0", Some(Format::Jpeg)),
            (b"GIF89a", Some(Format::Gif)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Format::Webp)),
            (b"RIFF\0\0\0\0WAVEfmt ", Some(Format::Wav)),
            (b"\0\0\0\x20ftypisom", Some(Format::Mp4)),
            (b"\0\0\0\x20ftypavif", Some(Format::Avif)),
            (b"\0\0\0\x20ftypheic", Some(Format::Heic)),
            (b"\xff\xfb\x90\0", Some(Format::Mp3)),
            (b"\xff\xf1\x50\x80", Some(Format::Aac)),
            (b"<html><script>", None),
            (b"<svg xmlns=", None),
            (b"{\"type\":\"Note\"}", None),
            (b"#EXTM3U\nfile:///etc/passwd", None),
            (b"ffconcat version 1.0", None),
            (b"%PDF-1.7", None),
            (b"", None),
        ] {
            assert_eq!(format(head), expected, "{}", String::from_utf8_lossy(head));
        }
    }
}
