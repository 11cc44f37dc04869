//! Text in posts, profiles and fields: what is named in it, how it becomes HTML, and how a stranger's HTML becomes safe.
//!
//! Called by `statuses`, `accounts`, `notifications`, `federation` and `web`. Pure: who a mention is and where a tag's
//! page lies is asked through [`Links`]. What goes out ([`render_plain`], [`render_markdown`]) and what comes in
//! ([`sanitise_remote`]) keep to the same set of elements, Mastodon's.

mod allowed;
mod escape;
mod language;
mod plain;
mod sanitise;
#[cfg(test)]
mod sanitise_tests;
mod tokens;

pub use escape::escape_html;
pub use language::valid_language;
pub use plain::{plain_text, strip_markup_to_text_line};
pub use sanitise::{REMOTE_HTML_MAX, sanitise_remote};
