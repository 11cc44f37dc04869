//! Pictures, films and sounds: what is attached to posts, the pictures of accounts, and the files of both.

pub mod api;
pub mod entity;
pub mod film;
pub mod object;
pub mod ops;
pub mod picture;
pub mod serve;
pub mod sniff;
pub mod storage;
pub mod store;
pub mod upload;
pub mod view;
pub mod wire;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::id::{AccountId, CardId, EmojiId, MediaId, ScheduledStatusId, StatusId};
use crate::base::secret;
use crate::db::schema::{media_attachments, media_files};
use crate::jobs::Job;

/// What one post may have, of our people and of others.
pub const MOST_ON_POST: usize = 4;
pub const MOST_REMOTE: usize = 16;

/// What may be said of a picture for those who don't see it, in characters.
pub const MOST_DESCRIPTION: usize = 1500;

/// What an attachment is, in the API's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something else, of which only the address is known.
    Unknown,
    Image,
    /// A silent film that repeats: what was an animated GIF.
    Gifv,
    Video,
    Audio,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Image => "image",
            Self::Gifv => "gifv",
            Self::Video => "video",
            Self::Audio => "audio",
        }
    }

    pub fn parse(text: &str) -> Self {
        let all = [Self::Image, Self::Gifv, Self::Video, Self::Audio];
        all.into_iter().find(|kind| kind.as_str() == text).unwrap_or(Self::Unknown)
    }
}

/// Whether it can be shown.
pub mod state {
    pub const WAITING: &str = "waiting";
    pub const READY: &str = "ready";
    pub const FAILED: &str = "failed";
}

/// A row of `media_attachments`.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = media_attachments, check_for_backend(diesel::pg::Pg))]
pub struct Attachment {
    pub id: MediaId,
    pub account_id: AccountId,
    pub status_id: Option<StatusId>,
    pub kind: String,
    pub state: String,
    pub failure: Option<String>,
    pub description: String,
    pub blurhash: Option<String>,
    pub focus_x: f32,
    pub focus_y: f32,
    pub meta: serde_json::Value,
    pub remote_url: Option<String>,
    pub remote_type: Option<String>,
    pub remote_preview_url: Option<String>,
    pub remote_key: Option<String>,
    /// It is kept for a post that waits for its time.
    pub scheduled_status_id: Option<ScheduledStatusId>,
}

impl Attachment {
    pub fn kind(&self) -> Kind {
        Kind::parse(&self.kind)
    }

    pub fn is_ready(&self) -> bool {
        self.state == state::READY
    }
}

/// An insert into `media_attachments`.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = media_attachments)]
pub struct NewAttachment {
    pub id: MediaId,
    pub account_id: AccountId,
    pub status_id: Option<StatusId>,
    pub position: i16,
    pub kind: &'static str,
    pub state: &'static str,
    pub description: String,
    pub blurhash: Option<String>,
    pub focus_x: f32,
    pub focus_y: f32,
    pub meta: serde_json::Value,
    pub remote_url: Option<String>,
    pub remote_type: Option<String>,
    pub remote_preview_url: Option<String>,
    pub remote_key: Option<String>,
    pub unattached_since: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// An upload that waits to be processed. Served to nobody.
    Source,
    Original,
    Small,
    Avatar,
    Header,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Original => "original",
            Self::Small => "small",
            Self::Avatar => "avatar",
            Self::Header => "header",
        }
    }
}

/// A row of `media_files`.
#[derive(Clone, Debug, Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = media_files, check_for_backend(diesel::pg::Pg))]
pub struct File {
    pub name: String,
    pub path: String,
    pub role: String,
    pub content_type: String,
    pub size: i64,
    pub attachment_id: Option<MediaId>,
    pub account_id: Option<AccountId>,
    pub ready: bool,
    pub copy_of: Option<String>,
    pub used_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub card_id: Option<CardId>,
    pub emoji_id: Option<EmojiId>,
}

/// An attachment with its files, as far as they are in the store.
#[derive(Clone, Debug)]
pub struct Shown {
    pub attachment: Attachment,
    pub original: Option<File>,
    pub small: Option<File>,
}

/// What its owner says of an attachment; `None` leaves as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    pub description: Option<String>,
    /// The middle of what matters: from -1 (left, bottom) to 1 (right, top).
    pub focus: Option<(f32, f32)>,
}

/// An attachment of a post from elsewhere, checked for shape and size.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteAttachment {
    pub kind: Kind,
    pub url: String,
    pub media_type: Option<String>,
    pub preview_url: Option<String>,
    pub description: String,
    pub blurhash: Option<String>,
    pub focus: (f32, f32),
    pub size: Option<(u32, u32)>,
    /// In seconds.
    pub duration: Option<f64>,
}

/// The address of a file of ours.
pub fn file_url(origin: &str, name: &str) -> String {
    format!("{origin}/media/{name}")
}

/// The address under which we pass on a remote account's picture. It changes with the picture.
pub fn remote_picture_url(origin: &str, account: AccountId, role: Role, remote_url: &str) -> String {
    format!("{origin}/media/remote/{}/{account}/{}", role.as_str(), address_hash(remote_url))
}

/// The address under which we pass on the picture of a card. It changes with the picture.
pub fn card_picture_url(origin: &str, card: CardId, remote_url: &str) -> String {
    format!("{origin}/media/remote/card/{card}/{}", address_hash(remote_url))
}

/// The address under which we pass on an emoji of another server, as it is or (`still`) as a picture that does not move.
/// `version` changes with the picture.
pub fn emoji_picture_url(origin: &str, emoji: EmojiId, version: &str, still: bool) -> String {
    format!("{origin}/media/remote/emoji/{emoji}/{version}{}", if still { "/static" } else { "" })
}

/// What tells one address from another, short.
pub fn address_hash(url: &str) -> String {
    secret::hash(url).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// A film or sound was uploaded: make what everyone can play of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MediaUploaded {
    pub media_id: MediaId,
}

impl Job for MediaUploaded {
    const KIND: &'static str = "media_uploaded";

    /// Two films at once, and no more. Ids have a time in their upper bits; the lower ones are 0 for the first of a millisecond.
    fn lane(&self) -> Option<String> {
        Some(format!("media-{}", (self.media_id.0 >> 16) % 2))
    }
}

/// Files belong to nothing any more: remove them from the store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FilesReleased {}

impl Job for FilesReleased {
    const KIND: &'static str = "media_files_released";

    fn lane(&self) -> Option<String> {
        Some("media-removal".into())
    }
}
