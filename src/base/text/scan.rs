//! Finds the addresses, mentions and hashtags in a text, with Mastodon's rules.
//!
//! Called by `extract`, by both renderers and by the count of characters, so that all of them mean the same.

use std::borrow::Cow;
use std::ops::Range;

use linkify::{LinkFinder, LinkKind};
use url::Url;

use super::allowed;
use super::tags::{is_word, read_tag};
use crate::base::handle::Handle;

/// Marks of CJK and typographic punctuation that never belong to an address which stands before them.
const ENDS_URL: &[char] = &[
    '。', '、', '，', '．', '！', '？', '：', '；', '「', '」', '『', '』', '（', '）', '【', '】', '《', '》', '…',
    '“', '”', '‘', '’',
];

/// Something in a text that can be linked, and where it is.
pub(super) struct Entity<'a> {
    pub range: Range<usize>,
    pub kind: Kind<'a>,
}

pub(super) enum Kind<'a> {
    Url(Url),
    Mention(Handle),
    /// Without its `#`, as written.
    Tag(&'a str),
}

/// A plain text as it is read: one kind of line end, and nothing around it that is only space.
///
/// What is named in a text and what is linked in it are both found in this, since what an entity is hangs on what is beside
/// it.
pub(super) fn as_read(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// All entities in their order; they do not overlap.
///
/// With `code`, what stands between backticks names nobody and nothing; addresses are found there too, since clients
/// count them so.
pub(super) fn scan(text: &str, code: bool) -> Vec<Entity<'_>> {
    let mut entities = urls(text);
    let taken: Vec<Range<usize>> = entities.iter().map(|entity| entity.range.clone()).collect();
    let quoted = if code { code_ranges(text) } else { Vec::new() };
    let mut taken = taken.into_iter().peekable();
    let mut quoted = quoted.into_iter().peekable();
    let mut previous = None;
    let mut skip_to = 0;
    for (index, c) in text.char_indices() {
        let before = previous.replace(c);
        while taken.next_if(|range| range.end <= index).is_some() {}
        while quoted.next_if(|range| range.end <= index).is_some() {}
        let inside = |range: &Range<usize>| range.contains(&index);
        if index < skip_to
            || !matches!(c, '@' | '#')
            || taken.peek().is_some_and(inside)
            || quoted.peek().is_some_and(inside)
        {
            continue;
        }
        let rest = text.get(index + 1..).unwrap_or_default();
        let found = if c == '@' { mention(before, rest) } else { tag(before, rest) };
        let Some((length, kind)) = found else {
            continue;
        };
        let range = index..index + 1 + length;
        if taken.peek().is_none_or(|next| next.start >= range.end) {
            skip_to = range.end;
            entities.push(Entity { range, kind });
        }
    }
    entities.sort_by_key(|entity| entity.range.start);
    entities
}

fn urls(text: &str) -> Vec<Entity<'_>> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]).url_must_have_scheme(true).url_can_be_iri(true);
    let links = finder.links(text).filter_map(|link| {
        let written = link.as_str();
        // The finder takes spaces beyond ASCII for letters.
        let ends = |c: char| c.is_whitespace() || ENDS_URL.contains(&c);
        let written = written.get(..written.find(ends).unwrap_or(written.len()))?;
        allowed::href(written)?;
        let url = Url::parse(written).ok().filter(Url::has_host)?;
        Some(Entity { range: link.start()..link.start() + written.len(), kind: Kind::Url(url) })
    });
    links.collect()
}

/// Reads a mention after its `@`, as Mastodon's `MENTION_RE` does, and a port, which its instances do not have.
fn mention<'a>(before: Option<char>, rest: &str) -> Option<(usize, Kind<'a>)> {
    if before.is_some_and(|c| is_word(c) || matches!(c, '/' | '=')) {
        return None;
    }
    let username = prefix(rest, |c| c == '_' || c.is_ascii_alphanumeric());
    let local = || Some((username.len(), Kind::Mention(Handle::parse(username).ok()?)));
    let Some(after) = rest.get(username.len()..)?.strip_prefix('@') else {
        return local();
    };
    let domain = prefix(after, is_word);
    if domain.is_empty() {
        return local();
    }
    let with_port = port(after.get(domain.len()..)?).map(|length| domain.len() + length);
    [with_port, Some(domain.len())].into_iter().flatten().find_map(|length| {
        let length = username.len() + 1 + length;
        Some((length, Kind::Mention(Handle::parse(rest.get(..length)?).ok()?)))
    })
}

/// The longest beginning of words with dots and hyphens between them.
fn prefix(text: &str, word: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !word(c) && !matches!(c, '.' | '-')).unwrap_or(text.len());
    let found = text.get(..end).unwrap_or_default().trim_end_matches(['.', '-']);
    if found.starts_with(['.', '-']) { "" } else { found }
}

/// The length of `:` and a port at the beginning, if nothing follows that would make it something else.
fn port(text: &str) -> Option<usize> {
    let digits = text.strip_prefix(':')?.bytes().take_while(u8::is_ascii_digit).count();
    let tail = text.get(digits + 1..)?;
    let more = tail.strip_prefix(':').unwrap_or(tail).starts_with(is_word);
    (matches!(digits, 2..=5) && !more).then_some(digits + 1)
}

fn tag(before: Option<char>, rest: &str) -> Option<(usize, Kind<'_>)> {
    if before.is_some_and(|c| is_word(c) || matches!(c, '/' | '=' | ')' | '&')) {
        return None;
    }
    read_tag(rest).map(|name| (name.len(), Kind::Tag(name)))
}

/// What stands between equally long runs of backticks; short ones reach no further than their paragraph.
fn code_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some((start, length)) = backticks(text, from) {
        let inside = start + length;
        let limit = if length < 3 { text.get(inside..).and_then(|tail| tail.find("\n\n")) } else { None };
        let limit = limit.map_or(text.len(), |index| inside + index);
        let mut search = inside;
        from = inside;
        while let Some((end, closing)) = backticks(text, search).filter(|(end, _)| *end < limit) {
            search = end + closing;
            if closing == length {
                ranges.push(inside..end);
                from = search;
                break;
            }
        }
        if from == inside && length >= 3 {
            // A fence that is never closed reaches to the end.
            ranges.push(inside..text.len());
            break;
        }
    }
    ranges
}

/// The next run of backticks: where it begins and how long it is.
fn backticks(text: &str, from: usize) -> Option<(usize, usize)> {
    let tail = text.get(from..)?;
    let start = tail.find('`')?;
    let length = tail.get(start..)?.bytes().take_while(|byte| *byte == b'`').count();
    Some((from + start, length))
}
