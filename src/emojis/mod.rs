//! Custom emoji: pictures that stand in texts by their names (https://docs.joinmastodon.org/entities/CustomEmoji/), of this
//! instance and of others. The nouns. Which emoji a text shows is not kept with it: it follows from the names in it, and from the
//! server of whoever wrote it.

pub mod api;
pub mod entity;
pub mod object;
pub mod ops;
pub mod outbox;
pub mod store;
pub mod view;
pub mod wire;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::base::id::EmojiId;
use crate::base::secret::hash;
use crate::base::text;
use crate::db::schema::custom_emojis;
use crate::media::{address_hash, emoji_picture_url};

/// The most that the file of an emoji of ours may have, as in Mastodon, and that of another server's, in bytes.
pub const MOST_BYTES: u64 = 256 * 1024;
pub const MOST_REMOTE_BYTES: u64 = 1024 * 1024;

/// Emoji that are known of one other server, at most.
pub const MOST_OF_DOMAIN: usize = 20_000;

/// Names in one post or profile that are looked up; the others stay text.
pub const MOST_NAMES: usize = 64;

/// Characters of a category.
pub const MOST_CATEGORY: usize = 100;

/// A row of `custom_emojis`, and an insert into it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = custom_emojis, check_for_backend(diesel::pg::Pg))]
pub struct CustomEmoji {
    pub id: EmojiId,
    /// Empty: of this instance.
    pub domain: String,
    pub shortcode: String,
    /// Empty while the picture of one of ours is on its way into the store.
    pub image_url: String,
    pub static_url: Option<String>,
    pub visible_in_picker: bool,
    pub category: Option<String>,
    pub disabled_at: Option<DateTime<Utc>>,
    /// When its picture last changed.
    pub updated_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    /// Of another server's: when it was last noted to be in something that is here.
    pub used_at: Option<DateTime<Utc>>,
}

/// Under which the changes of an emoji are known, its coming too: as the trigger `row_changed_emoji` says it.
pub fn subject(domain: &str, shortcode: &str) -> i64 {
    let hash = hash(&format!("{domain}:{shortcode}"));
    i64::from_be_bytes(hash.first_chunk().copied().unwrap_or_default())
}

impl CustomEmoji {
    pub fn is_local(&self) -> bool {
        self.domain.is_empty()
    }

    /// What tells its picture from those that it had before.
    pub fn version(&self) -> String {
        address_hash(&format!("{} {}", self.image_url, self.updated_at.timestamp_micros()))
    }

    /// Where it is seen: with us, also when it lies elsewhere.
    pub fn url(&self, origin: &str) -> String {
        if self.is_local() {
            return self.image_url.clone();
        }
        emoji_picture_url(origin, self.id, &self.version(), false)
    }

    /// As [`CustomEmoji::url`], standing still.
    pub fn static_url(&self, origin: &str) -> String {
        match &self.static_url {
            Some(url) => url.clone(),
            None if self.is_local() => self.image_url.clone(),
            None => emoji_picture_url(origin, self.id, &self.version(), true),
        }
    }
}

/// An emoji as another server describes it, checked for shape and size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteEmoji {
    pub shortcode: String,
    pub url: String,
    pub updated: Option<DateTime<Utc>>,
}

/// The names in somebody's texts that may be those of emoji.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Where whoever wrote them is; empty: here.
    pub domain: String,
    /// Each once.
    pub names: Vec<String>,
}

impl Named {
    /// None yet, by somebody of this server; `None`: ours.
    pub fn of(domain: Option<&str>) -> Self {
        Self { domain: domain.unwrap_or_default().to_owned(), names: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Adds a name, if it is one.
    pub fn add_name(&mut self, name: &str) {
        if text::is_shortcode(name) {
            self.add(name);
        }
    }

    fn add(&mut self, name: &str) {
        if self.names.len() < MOST_NAMES && !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
    }

    /// Adds what stands in plain text.
    pub fn add_text(&mut self, text: &str) {
        text::shortcodes(text).for_each(|name| self.add(name));
    }

    /// Adds what stands in stored HTML.
    pub fn add_html(&mut self, html: &str) {
        text::shortcodes_of_html(html).for_each(|name| self.add(name));
    }

    /// With what stands in these plain texts.
    pub fn with_texts<T: AsRef<str>>(mut self, texts: &[T]) -> Self {
        texts.iter().for_each(|text| self.add_text(text.as_ref()));
        self
    }
}
