//! Streams: what happens, told to clients at once, over WebSockets and server-sent events
//! (https://docs.joinmastodon.org/methods/streaming/). The nouns.
//!
//! What was committed is announced by `db::changes`. `outbox` asks the database who of those who listen (`hub`) may see it, and
//! writes it for each; `api` has the connections.

pub mod api;
pub mod entity;
pub mod hub;
pub mod outbox;
pub mod store;

use crate::base::id::ListId;
use crate::base::text::normalise_tag;

/// Which public posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    Everywhere,
    Local,
    Remote,
}

/// Something to listen to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Home; where the token may read notifications, they too.
    User,
    Notifications,
    /// Conversations.
    Direct,
    Public {
        origin: Origin,
        only_media: bool,
    },
    /// Public posts with a hashtag (normalised).
    Hashtag {
        tag: String,
        local: bool,
    },
    /// A list of one's own.
    List(ListId),
}

/// What an event says has happened: Mastodon's kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Update,
    StatusUpdate,
    Delete,
    Notification,
    NotificationsMerged,
    FiltersChanged,
    Conversation,
    Announcement,
    AnnouncementReaction,
    AnnouncementDelete,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::StatusUpdate => "status.update",
            Self::Delete => "delete",
            Self::Notification => "notification",
            Self::NotificationsMerged => "notifications_merged",
            Self::FiltersChanged => "filters_changed",
            Self::Conversation => "conversation",
            Self::Announcement => "announcement",
            Self::AnnouncementReaction => "announcement.reaction",
            Self::AnnouncementDelete => "announcement.delete",
        }
    }
}

/// Why a stream cannot be listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Unknown,
    NoTag,
    NoList,
    NotYourList,
    Scope,
    TooMany,
}

impl Refusal {
    /// In Mastodon's words, with the status code of HTTP.
    pub fn words(self) -> (&'static str, u16) {
        match self {
            Self::Unknown => ("Unknown stream type", 400),
            Self::NoTag => ("Missing tag name parameter", 400),
            Self::NoList => ("Missing list name parameter", 400),
            Self::NotYourList => ("Not authorized to stream this list", 401),
            Self::Scope => ("Access token does not have the required scopes", 401),
            Self::TooMany => ("Too many subscriptions", 429),
        }
    }
}

impl Stream {
    /// Reads a stream's name, such as `public:local`, with its parameters. Whose list it is has to be
    /// asked.
    pub fn parse(name: &str, tag: Option<&str>, list: Option<&str>) -> Result<Self, Refusal> {
        let public = |origin, only_media| Ok(Self::Public { origin, only_media });
        let hashtag = |local| {
            let tag = normalise_tag(tag.unwrap_or_default().trim_start_matches('#'));
            if tag.is_empty() { Err(Refusal::NoTag) } else { Ok(Self::Hashtag { tag, local }) }
        };
        match name {
            "user" => Ok(Self::User),
            "user:notification" => Ok(Self::Notifications),
            "direct" => Ok(Self::Direct),
            "public" => public(Origin::Everywhere, false),
            "public:local" => public(Origin::Local, false),
            "public:remote" => public(Origin::Remote, false),
            "public:media" => public(Origin::Everywhere, true),
            "public:local:media" => public(Origin::Local, true),
            "public:remote:media" => public(Origin::Remote, true),
            "hashtag" => hashtag(false),
            "hashtag:local" => hashtag(true),
            "list" => {
                let list = list.filter(|list| !list.is_empty()).ok_or(Refusal::NoList)?;
                list.parse().map(Self::List).map_err(|_| Refusal::NotYourList)
            }
            _ => Err(Refusal::Unknown),
        }
    }

    /// The scope that a token needs; public streams are for every token.
    pub fn scope(&self) -> Option<&'static str> {
        match self {
            Self::User | Self::Direct => Some("read:statuses"),
            Self::Notifications => Some("read:notifications"),
            Self::List(_) => Some("read:lists"),
            Self::Public { .. } | Self::Hashtag { .. } => None,
        }
    }

    /// The public streams that a post from here, or from elsewhere, with media or without, belongs to.
    pub fn public(local: bool, media: bool) -> impl Iterator<Item = Self> {
        let own = if local { Origin::Local } else { Origin::Remote };
        [(Origin::Everywhere, false), (own, false), (Origin::Everywhere, true), (own, true)]
            .map(|(origin, only_media)| Self::Public { origin, only_media })
            .into_iter()
            .take(if media { 4 } else { 2 })
    }

    /// The streams of a hashtag that a post from here, or from elsewhere, belongs to.
    pub fn hashtag(tag: &str, local: bool) -> impl Iterator<Item = Self> {
        let all = Self::Hashtag { tag: tag.to_owned(), local: false };
        std::iter::once(all).chain(local.then(|| Self::Hashtag { tag: tag.to_owned(), local: true }))
    }
}
