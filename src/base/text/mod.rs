//! Text in posts, profiles and fields: what is named in it, how it becomes HTML, and how a stranger's HTML becomes safe.
//!
//! Called by `emojis`, `statuses`, `accounts`, `notifications`, `federation` and `web`. Pure: who a mention is and where a tag's
//! page lies is asked through [`Links`]. What goes out ([`render_plain`], [`render_markdown`]) and what comes in
//! ([`sanitise_remote`]) keep to the same set of elements, Mastodon's.

mod allowed;
mod count;
mod cut;
mod escape;
mod extract;
mod head;
mod language;
mod links;
mod markdown;
mod me;
mod plain;
mod quote;
mod render;
#[cfg(test)]
mod render_tests;
mod sanitise;
#[cfg(test)]
mod sanitise_tests;
mod scan;
mod shortcodes;
mod tags;
mod tokens;
mod words;

pub use count::{CHARACTERS_PER_URL, count_characters};
pub use cut::cut_html;
pub use escape::escape_html;
pub use extract::{Extracted, extract, extract_markdown};
pub use head::Head;
pub use language::{language_tag, valid_language};
pub use links::links;
pub use markdown::render_markdown;
pub use me::links_to_me;
pub use plain::{plain_text, strip_markup_to_text_line};
pub use quote::without_quote;
pub use render::{Links, MentionLink, render_plain};
pub use sanitise::{REMOTE_HTML_MAX, sanitise_remote};
pub use shortcodes::{is_shortcode, shortcodes, shortcodes_of_html, show_shortcodes, show_shortcodes_in_text};
pub use tags::{HASHTAG_MAX, is_tag, normalise_tag};
pub use words::words;

/// The page of a hashtag on this instance; `name` is normalised.
pub fn tag_url(origin: &str, name: &str) -> String {
    let mut url = format!("{origin}/tags/");
    url.extend(url::form_urlencoded::byte_serialize(name.as_bytes()));
    url
}
