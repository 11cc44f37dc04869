//! Which texts can be language tags. Called where posts and settings name a language, and by the sanitiser.

/// Longest tag that is taken (RFC 5646, 4.4.1 recommends room for 35).
const TAG_MAX: usize = 35;

/// Extended languages in one tag (RFC 5646, 2.1).
const MOST_EXTENDED: usize = 3;

/// Whether this looks like a language tag of BCP 47, such as `en`, `pt-BR`, `zh-yue`, `zh-Hant-TW`, `sr-Latn` or `de-1996`.
///
/// Only the shape is checked: a two- or three-letter language, then extended languages, script, region, variants, in this order.
#[must_use]
pub fn valid_language(tag: &str) -> bool {
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mixed = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if tag.len() > TAG_MAX {
        return false;
    }
    let mut parts = tag.split('-').peekable();
    if !parts.next().is_some_and(|part| matches!(part.len(), 2 | 3) && letters(part)) {
        return false;
    }
    for _ in 0..MOST_EXTENDED {
        parts.next_if(|part| part.len() == 3 && letters(part));
    }
    parts.next_if(|part| part.len() == 4 && letters(part));
    parts.next_if(|part| (part.len() == 2 && letters(part)) || (part.len() == 3 && digits(part)));
    parts.all(|part| {
        let starts_with_digit = part.starts_with(|c: char| c.is_ascii_digit());
        mixed(part) && (matches!(part.len(), 5..=8) || (part.len() == 4 && starts_with_digit))
    })
}

/// The language that a program means, whichever way it writes it: `en_US` is `en-US`. Of what is no tag, the language that it begins
/// with, as in Mastodon; `None` when there is none.
#[must_use]
pub fn language_tag(text: &str) -> Option<String> {
    let tag = text.trim().replace('_', "-");
    let first = tag.split('-').next().unwrap_or_default();
    [tag.as_str(), first].into_iter().find(|tag| valid_language(tag)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{language_tag, valid_language};

    #[test]
    fn reads_what_programs_write() {
        for (text, tag) in [
            ("en", Some("en")),
            (" en_US ", Some("en-US")),
            ("zh_Hant_TW", Some("zh-Hant-TW")),
            ("zh-YUE", Some("zh-YUE")),
            ("de-x-dialect", Some("de")),
            ("en_US.UTF-8", Some("en")),
            ("", None),
            ("English", None),
            ("not a language", None),
            ("-en", None),
        ] {
            assert_eq!(language_tag(text).as_deref(), tag, "{text}");
        }
    }

    #[test]
    fn knows_the_shape() {
        for tag in [
            "en",
            "EN",
            "ast",
            "pt-BR",
            "zh-Hant-TW",
            "sr-Latn",
            "es-419",
            "de-1996",
            "ca-valencia",
            "zh-yue",
            "zh-YUE-Hant-HK",
        ] {
            assert!(valid_language(tag), "{tag}");
        }
        for tag in [
            "",
            "e",
            "engl",
            "en-",
            "-en",
            "en_US",
            "en US",
            "e1",
            "en-BR-Latn",
            "zh-yue-yue-yue-yue",
            "en-abcdefghi",
            "ä",
            "en\"",
        ] {
            assert!(!valid_language(tag), "{tag}");
        }
        assert!(!valid_language(&format!("en{}", "-variant".repeat(9))));
    }
}
