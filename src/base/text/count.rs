//! How long a post is, as clients count while one types. Called where drafts are checked against the instance's limit.

use unicode_segmentation::UnicodeSegmentation;

use super::scan::{Kind, scan};

/// What every address counts as, however long; clients learn it as `characters_reserved_per_url`.
pub const CHARACTERS_PER_URL: usize = 23;

/// The length of a text in characters as readers see them (grapheme clusters): each address counts
/// [`CHARACTERS_PER_URL`], a mention without its domain. A content warning is counted by itself and added.
#[must_use]
pub fn count_characters(text: &str) -> usize {
    let mut counted = String::with_capacity(text.len());
    let mut from = 0;
    for entity in scan(text, false) {
        counted.push_str(text.get(from..entity.range.start).unwrap_or_default());
        match &entity.kind {
            Kind::Url(_) => counted.extend(std::iter::repeat_n('x', CHARACTERS_PER_URL)),
            Kind::Mention(handle) => {
                counted.push('@');
                counted.push_str(&handle.username);
            }
            Kind::Tag(_) => counted.push_str(text.get(entity.range.clone()).unwrap_or_default()),
        }
        from = entity.range.end;
    }
    counted.push_str(text.get(from..).unwrap_or_default());
    counted.graphemes(true).count()
}
