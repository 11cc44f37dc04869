//! Whether a text can be a language tag. Called where posts and settings name a language, and by the sanitiser.

/// Longest tag that is taken (RFC 5646, 4.4.1 recommends room for 35).
const TAG_MAX: usize = 35;

/// Whether this looks like a language tag of BCP 47, such as `en`, `pt-BR`, `zh-Hant-TW`, `sr-Latn` or `de-1996`.
///
/// Only the shape is checked: a two- or three-letter language, then script, region, variants, in this order.
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
    parts.next_if(|part| part.len() == 4 && letters(part));
    parts.next_if(|part| (part.len() == 2 && letters(part)) || (part.len() == 3 && digits(part)));
    parts.all(|part| {
        let starts_with_digit = part.starts_with(|c: char| c.is_ascii_digit());
        mixed(part) && (matches!(part.len(), 5..=8) || (part.len() == 4 && starts_with_digit))
    })
}

#[cfg(test)]
mod tests {
    use super::valid_language;

    #[test]
    fn knows_the_shape() {
        for tag in ["en", "EN", "ast", "pt-BR", "zh-Hant-TW", "sr-Latn", "es-419", "de-1996", "ca-valencia"] {
            assert!(valid_language(tag), "{tag}");
        }
        for tag in ["", "e", "engl", "en-", "-en", "en_US", "en US", "e1", "en-BR-Latn", "en-abcdefghi", "ä", "en\""] {
            assert!(!valid_language(tag), "{tag}");
        }
        assert!(!valid_language(&format!("en{}", "-variant".repeat(9))));
    }
}
