//! Text as words that can be compared: what is written into the index of posts, and what is looked for there.

use unicode_normalization::UnicodeNormalization;

/// The words of a text, in lower case, with one space between them. Signs part words, so that an address is made of its parts.
/// Scripts that put no space between words are read letter by letter: what is looked for there is a row of letters.
#[must_use]
pub fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Whether a space is due before the next letter.
    let mut apart = false;
    for letter in text.nfkc().flat_map(char::to_lowercase) {
        if !letter.is_alphanumeric() {
            // Joiners and marks on letters belong to their word.
            apart |=
                !unicode_normalization::char::is_combining_mark(letter) && !('\u{200c}'..='\u{200d}').contains(&letter);
            continue;
        }
        let alone = is_unspaced(letter);
        if (apart || alone) && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        out.push(letter);
        apart = alone;
    }
    out
}

/// Letters of scripts without spaces between words: Thai, Lao, Burmese, Khmer, kana, Chinese characters.
fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{e01}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn texts_become_words() {
        for (text, expected) in [
            ("", ""),
            ("  --  ", ""),
            ("Hello, World!", "hello world"),
            ("#RustLang @ada@acme.test", "rustlang ada acme test"),
            ("https://a.test/b_c?d=1", "https a test b c d 1"),
            ("l'Été ÜBUNG", "l été übung"),
            ("e\u{301}t\u{e9}", "été"),
            ("ｆｕｌｌ", "full"),
            ("Rust 日本語 ok", "rust 日 本 語 ok"),
            ("日本", "日 本"),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }
}
