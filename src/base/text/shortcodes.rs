//! Names of custom emoji in texts: `:name:`. Which of them mean a picture is for `emojis` to say.
//!
//! Called by `emojis`, which looks for them, and by `web`, which shows pictures in their place.

use std::ops::Range;

use super::escape::escape_html;

/// Letters of a name.
const LEAST: usize = 2;
const MOST: usize = 128;

/// Whether a text is the name of an emoji, without its colons.
#[must_use]
pub fn is_shortcode(name: &str) -> bool {
    (LEAST..=MOST).contains(&name.len()) && name.bytes().all(is_letter)
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The names in a text, each with the place of it and its colons. Between letters, as in `12:30:45`, there are none.
fn find(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text.get(from..)?.find(':')?;
            let rest = text.get(start + 1..)?;
            let length = rest.bytes().take_while(|byte| is_letter(*byte)).count();
            let end = start + 1 + length;
            // What is no name may end in the colon that begins the next one.
            from = end;
            let name = rest.get(..length).unwrap_or_default();
            let after = text.get(end..).and_then(|rest| rest.strip_prefix(':'));
            let before = text.get(..start).and_then(|before| before.chars().next_back());
            let Some(after) = after.filter(|_| is_shortcode(name)) else { continue };
            // Scripts without spaces have no letters of ASCII.
            let apart = |letter: Option<char>| !letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
            if apart(before) && apart(after.chars().next()) {
                from = end + 1;
                return Some((start..end + 1, name));
            }
        }
    })
}

/// The names of emoji in a text.
pub fn shortcodes(text: &str) -> impl Iterator<Item = &str> {
    find(text).map(|(_, name)| name)
}

/// The parts of stored HTML, which is in one form: what stands between tags (`true`), and tags.
fn parts(html: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let is_text = !rest.starts_with('<');
        let end = if is_text { rest.find('<') } else { rest.find('>').map(|end| end + 1) };
        let (part, tail) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        rest = tail;
        (!part.is_empty()).then_some((is_text, part))
    })
}

/// The names of emoji in stored HTML, outside of its tags.
pub fn shortcodes_of_html(html: &str) -> impl Iterator<Item = &str> {
    parts(html).filter(|(is_text, _)| *is_text).flat_map(|(_, text)| shortcodes(text))
}

/// Stored HTML with pictures, which `show` writes, in place of the names for which it knows one.
pub fn show_shortcodes(html: &str, show: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    for (is_text, part) in parts(html) {
        let mut written = 0;
        for (range, name) in find(part).filter(|_| is_text) {
            if let Some(shown) = show(name) {
                out.push_str(part.get(written..range.start).unwrap_or_default());
                out.push_str(&shown);
                written = range.end;
            }
        }
        out.push_str(part.get(written..).unwrap_or_default());
    }
    out
}

/// As [`show_shortcodes`], of a text, which becomes HTML.
pub fn show_shortcodes_in_text(text: &str, show: impl Fn(&str) -> Option<String>) -> String {
    show_shortcodes(&escape_html(text), show)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_between_colons_and_apart_from_letters() {
        for (text, expected) in [
            (":blob:", vec!["blob"]),
            ("a :blob: b :Party_2:!", vec!["blob", "Party_2"]),
            (":one::two:", vec!["one", "two"]),
            ("::blob::", vec!["blob"]),
            (":no :blob:", vec!["blob"]),
            ("(:blob:)", vec!["blob"]),
            ("日本:blob:語", vec!["blob"]),
            ("at 12:30:45, a:blob:, :blob:b", vec![]),
            (":a: :: : :ä_b: :blob", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(shortcodes(text).collect::<Vec<_>>(), expected, "{text}");
        }
        let long = format!(":{}:", "x".repeat(129));
        assert_eq!(shortcodes(&long).count(), 0);
    }

    #[test]
    fn pictures_take_the_place_of_names_in_texts_alone() {
        let show = |name: &str| (name == "blob").then(|| "<img>".to_owned());
        let html = "<p title=\":blob:\">&amp;:blob: :other: <a href=\"x:blob:\">:blob:</a></p>";
        let expected = "<p title=\":blob:\">&amp;<img> :other: <a href=\"x:blob:\"><img></a></p>";
        assert_eq!(show_shortcodes(html, show), expected);
        assert_eq!(shortcodes_of_html(html).collect::<Vec<_>>(), ["blob", "other", "blob"]);
        assert_eq!(show_shortcodes_in_text("<b> :blob:", show), "&lt;b&gt; <img>");
    }
}
