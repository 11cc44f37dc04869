//! Announcements: what those who run the instance tell everyone (https://docs.joinmastodon.org/entities/Announcement/). The
//! nouns.

pub mod api;
pub mod entity;
pub mod ops;
pub mod store;
pub mod view;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use crate::accounts::Account;
use crate::base::id::{AccountId, AnnouncementId, ReactionId, StatusId};
use crate::db::schema::{announcement_reactions, announcements};
use crate::emojis::CustomEmoji;

/// The most that one may have, in characters.
pub const MOST_CHARACTERS: usize = 5000;

/// Emoji that one announcement may get, as in Mastodon. People may add to those that are there.
pub const MOST_REACTIONS: i64 = 8;

/// A row of `announcements`, and an insert into it.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = announcements, check_for_backend(diesel::pg::Pg))]
pub struct Announcement {
    pub id: AnnouncementId,
    /// HTML.
    pub content: String,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub all_day: bool,
    /// Normalised.
    pub tags: Vec<Option<String>>,
    pub published_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Accounts that it names. Who is gone by now is among them.
    pub mention_ids: Vec<Option<i64>>,
    /// Posts that it links to, which everyone could see then.
    pub status_ids: Vec<Option<i64>>,
}

impl Announcement {
    pub fn mentions(&self) -> impl Iterator<Item = AccountId> {
        self.mention_ids.iter().flatten().map(|id| AccountId(*id))
    }

    pub fn statuses(&self) -> impl Iterator<Item = StatusId> {
        self.status_ids.iter().flatten().map(|id| StatusId(*id))
    }

    /// Whether it is still shown. One that ends on a day ends with it.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        let grace = if self.all_day { TimeDelta::days(1) } else { TimeDelta::zero() };
        self.ends_at.is_none_or(|end| now < end + grace)
    }
}

/// A post that an announcement links to.
#[derive(Clone, Debug, QueryableByName)]
pub struct LinkedPost {
    #[diesel(sql_type = BigInt)]
    pub id: StatusId,
    /// Its page.
    #[diesel(sql_type = Text)]
    pub url: String,
}

/// Whom and what announcements name, as somebody may see it.
#[derive(Clone, Debug, Default)]
pub struct Linked {
    pub accounts: Vec<Account>,
    pub posts: Vec<LinkedPost>,
}

/// An insert into `announcement_reactions`.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = announcement_reactions)]
pub struct NewReaction {
    pub id: ReactionId,
    pub announcement_id: AnnouncementId,
    pub account_id: AccountId,
    pub name: String,
    pub created_at: DateTime<Utc>,
}

/// How many react to an announcement with an emoji.
#[derive(Clone, Debug, QueryableByName)]
pub struct Reactions {
    #[diesel(sql_type = BigInt)]
    pub announcement_id: AnnouncementId,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// The viewer is one of them.
    #[diesel(sql_type = Bool)]
    pub me: bool,
}

/// As [`Reactions`], with the emoji where it is one of ours.
#[derive(Clone, Debug)]
pub struct Reaction {
    pub name: String,
    pub count: i64,
    pub me: bool,
    pub emoji: Option<CustomEmoji>,
}

/// Characters of one emoji, at most: families of four with their skins have eleven.
const MOST_EMOJI: usize = 16;

const JOINER: char = '\u{200D}';

fn is_symbol(letter: char) -> bool {
    matches!(letter,
        '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{21AA}'
        | '\u{231A}'..='\u{23FF}' | '\u{24C2}' | '\u{25AA}'..='\u{25FE}' | '\u{2600}'..='\u{27BF}'
        | '\u{2934}'..='\u{2935}' | '\u{2B05}'..='\u{2B55}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}'
        | '\u{1F000}'..='\u{1FAFF}')
        && !is_region(letter)
        && !is_skin(letter)
}

fn is_region(letter: char) -> bool {
    ('\u{1F1E6}'..='\u{1F1FF}').contains(&letter)
}

fn is_skin(letter: char) -> bool {
    ('\u{1F3FB}'..='\u{1F3FF}').contains(&letter)
}

/// One part of an emoji, between joiners: a symbol with its variation, skin and tags.
fn is_part(part: &str) -> bool {
    let mut letters = part.chars();
    letters.next().is_some_and(is_symbol)
        && letters
            .all(|letter| letter == '\u{FE0F}' || is_skin(letter) || ('\u{E0020}'..='\u{E007F}').contains(&letter))
}

/// Whether a text is one emoji: a symbol, several that are joined into one, a flag, or a key.
pub fn is_emoji(text: &str) -> bool {
    if text.chars().count() > MOST_EMOJI {
        return false;
    }
    let letters: Vec<char> = text.chars().collect();
    match letters.as_slice() {
        [first, second] if is_region(*first) && is_region(*second) => true,
        ['0'..='9' | '#' | '*', '\u{20E3}'] | ['0'..='9' | '#' | '*', '\u{FE0F}', '\u{20E3}'] => true,
        _ => text.split(JOINER).all(is_part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_are_told_from_texts() {
        for emoji in ["🎉", "❤️", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☕"]
        {
            assert!(is_emoji(emoji), "{emoji}");
        }
        for text in ["", "a", "1", "🎉🎉", "🎉a", ":tada:", "\u{200D}", "🇫", "🏽", "\u{FE0F}", "é", "<b>"] {
            assert!(!is_emoji(text), "{text:?}");
        }
    }
}
