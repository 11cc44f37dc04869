//! What a hashtag is, and when two are the same. Called by the scanner, and wherever tags are stored or looked up.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest hashtag, in characters without the `#`.
pub const HASHTAG_MAX: usize = 100;

/// The form in which hashtags are compared, stored and addressed: compatibility forms united, lower case, the accents of
/// Latin letters dropped, as in Mastodon, so that `#Café` and `#CAFE` are one. Takes the name without its `#`.
///
/// Applying it twice changes nothing.
#[must_use]
pub fn normalise_tag(name: &str) -> String {
    let mut folded = fold_name(name);
    // Where something between them went, a letter and a mark may unite.
    for _ in 0..8 {
        let again = fold_name(&folded);
        if again == folded {
            break;
        }
        folded = again;
    }
    folded
}

fn fold_name(name: &str) -> String {
    let lower: String = name.nfkc().flat_map(char::to_lowercase).collect();
    lower.nfkc().filter(|c| is_tag_char(*c)).map(fold).collect()
}

/// Mastodon's `ASCIIFolding`, which knows the letters of Latin-1 and Latin Extended-A.
fn fold(c: char) -> char {
    match c {
        'ð' | 'đ' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        'ĸ' => 'k',
        'ł' => 'l',
        'ŋ' => 'n',
        'ø' => 'o',
        'ŧ' => 't',
        '\u{c0}'..='\u{17f}' => std::iter::once(c).nfd().next().filter(char::is_ascii).unwrap_or(c),
        c => c,
    }
}

/// Letters, digits, marks and the underscore: what Ruby's `[[:word:]]` stands for in Mastodon's patterns.
pub(super) fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c))
}

/// What may stand within a hashtag, but not end it.
fn is_separator(c: char) -> bool {
    matches!(c, '\u{b7}' | '\u{30fb}' | '\u{200c}')
}

fn is_tag_char(c: char) -> bool {
    is_word(c) || is_separator(c)
}

/// Reads a hashtag from the beginning of `text`, after its `#`. At least one character is neither digit nor underscore.
pub(super) fn read_tag(text: &str) -> Option<&str> {
    let end = text.find(|c| !is_tag_char(c)).unwrap_or(text.len());
    let name = text.get(..end)?.trim_end_matches(is_separator);
    let starts_well = name.chars().next().is_some_and(|c| is_word(c) && !is_combining_mark(c));
    let says_something = name.chars().any(char::is_alphabetic);
    let short = name.chars().nth(HASHTAG_MAX).is_none();
    (starts_well && says_something && short).then_some(name)
}

/// Whether this, without a `#`, is the whole name of a hashtag.
#[must_use]
pub fn is_tag(name: &str) -> bool {
    read_tag(name) == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unites_spellings() {
        for (name, expected) in [
            ("Rust", "rust"),
            ("CAFÉ", "cafe"),
            ("Cafe\u{301}", "cafe"),
            ("ＲＵＳＴ", "rust"),
            ("Łódź", "lodz"),
            ("İstanbul", "i\u{307}stanbul"),
            ("Straße", "straße"),
            ("日本語", "日本語"),
            ("việt", "việt"),
            ("a·b", "a·b"),
            ("न्यूज़", "न्यूज़"),
            ("a-b", "ab"),
            ("g\u{384}", "ǵ"),
        ] {
            assert_eq!(normalise_tag(name), expected.nfkc().collect::<String>(), "{name}");
        }
    }

    #[test]
    fn reads_what_mastodon_reads() {
        for (text, expected) in [
            ("rust!", Some("rust")),
            ("rust_lang-x", Some("rust_lang")),
            ("1a", Some("1a")),
            ("123", None),
            ("12_3", None),
            ("_", None),
            ("a·b·", Some("a·b")),
            ("·a", None),
            ("ประเทศไทย", Some("ประเทศไทย")),
            ("\u{fe0f}\u{20e3}", None),
            ("", None),
        ] {
            assert_eq!(read_tag(text), expected, "{text}");
        }
        assert_eq!(read_tag(&"é".repeat(100)).map(|name| name.chars().count()), Some(100));
        assert_eq!(read_tag(&"é".repeat(101)), None);
    }

    proptest! {
        #[test]
        fn twice_is_once(name in "\\PC{0,20}|[À-ſ]{0,20}") {
            let once = normalise_tag(&name);
            prop_assert_eq!(normalise_tag(&once), once);
        }
    }
}
