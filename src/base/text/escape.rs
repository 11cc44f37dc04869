//! Characters in and out of HTML: escaping, and the decoding of character references.
//!
//! Called by the renderers, the sanitiser and by whoever writes markup outside a template.

use std::borrow::Cow;

use markup5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// Longest name of a character reference, with its semicolon (`CounterClockwiseContourIntegral;`).
const NAME_MAX: usize = 32;

/// Escapes text for use in HTML, as content or inside a quoted attribute.
#[must_use]
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Appends text in the one form that an HTML parser would write it again: control characters and byte order marks
/// dropped, line ends as `\n`, no more escaped than must be.
pub(super) fn push_text(out: &mut String, text: &str) {
    push(out, text, false, usize::MAX);
}

/// The same, until the whole has `limit` bytes, or a few more.
pub(super) fn push_text_until(out: &mut String, text: &str, limit: usize) {
    push(out, text, false, limit);
}

/// Appends the value of a double-quoted attribute, in the same canonical form.
pub(super) fn push_value(out: &mut String, value: &str) {
    push(out, value, true, usize::MAX);
}

fn push(out: &mut String, text: &str, quoted: bool, limit: usize) {
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next().filter(|_| out.len() < limit) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if quoted => out.push_str("&quot;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            '\u{feff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
}

/// Decodes character references as HTML does; in an attribute `&copy=` is left alone, as in query strings.
pub(super) fn decode(text: &str, in_attribute: bool) -> Cow<'_, str> {
    let Some((before, mut rest)) = text.split_once('&') else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    out.push_str(before);
    loop {
        // `rest` is what follows an ampersand.
        let used = reference(rest, in_attribute, &mut out);
        if used == 0 {
            out.push('&');
        }
        let tail = rest.get(used..).unwrap_or_default();
        match tail.split_once('&') {
            Some((before, after)) => {
                out.push_str(before);
                rest = after;
            }
            None => {
                out.push_str(tail);
                return Cow::Owned(out);
            }
        }
    }
}

/// Reads one reference after its ampersand, appends what it stands for, and returns how many bytes it took; 0 if it is
/// none.
fn reference(rest: &str, in_attribute: bool, out: &mut String) -> usize {
    match rest.strip_prefix('#') {
        Some(number) => numeric(number, out).map_or(0, |used| used + 1),
        None => named(rest, in_attribute, out),
    }
}

fn numeric(text: &str, out: &mut String) -> Option<usize> {
    let (digits, radix, prefix) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 1),
        None => (text, 10, 0),
    };
    let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let number = digits.get(..length).filter(|number| !number.is_empty())?;
    // Too big for 32 bits is too big for Unicode.
    let code = u32::from_str_radix(number, radix).unwrap_or(u32::MAX);
    let legacy = code
        .checked_sub(0x80)
        .and_then(|index| usize::try_from(index).ok())
        .and_then(|index| C1_REPLACEMENTS.get(index).copied().flatten());
    out.push(match code {
        0 => char::REPLACEMENT_CHARACTER,
        code => legacy.or_else(|| char::from_u32(code)).unwrap_or(char::REPLACEMENT_CHARACTER),
    });
    let semicolon = usize::from(digits.get(length..).is_some_and(|tail| tail.starts_with(';')));
    Some(prefix + length + semicolon)
}

fn named(text: &str, in_attribute: bool, out: &mut String) -> usize {
    let letters = text.bytes().take(NAME_MAX).take_while(u8::is_ascii_alphanumeric).count();
    let whole = letters + usize::from(text.get(letters..).is_some_and(|tail| tail.starts_with(';')));
    for length in (1..=whole).rev() {
        let Some(name) = text.get(..length) else {
            continue;
        };
        // Beginnings of names are in the table too, standing for nothing.
        let Some(&(first, second)) = NAMED_ENTITIES.get(name).filter(|codes| codes.0 != 0) else {
            continue;
        };
        let next = text.get(length..).and_then(|tail| tail.chars().next());
        let ambiguous = next.is_some_and(|c| c == '=' || c.is_ascii_alphanumeric());
        if in_attribute && !name.ends_with(';') && ambiguous {
            return 0;
        }
        out.extend(char::from_u32(first));
        out.extend(char::from_u32(second).filter(|_| second != 0));
        return length;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_html_would_read() {
        assert_eq!(escape_html("<a href=\"'x'\">&"), "&lt;a href=&quot;&#39;x&#39;&quot;&gt;&amp;");
    }

    #[test]
    fn decodes_references_as_browsers_do() {
        for (text, expected) in [
            ("plain", "plain"),
            ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
            ("&#106;&#x6A;&#X6a;", "jjj"),
            ("&#0;&#xD800;&#99999999999;", "\u{fffd}\u{fffd}\u{fffd}"),
            ("&#x80;", "€"),
            ("&notit; &notin;", "¬it; ∉"),
            ("&amp &nope; & &; &#; &#x;", "& &nope; & &; &#; &#x;"),
            ("&NotEqualTilde;", "≂̸"),
            ("a&eacute", "aé"),
            ("&ü", "&ü"),
        ] {
            assert_eq!(decode(text, false), expected, "{text}");
        }
        assert_eq!(decode("?a=1&copy=2&amp;b=&copy;", true), "?a=1&copy=2&b=©");
        assert_eq!(decode("?a=1&copy=2", false), "?a=1©=2");
    }

    #[test]
    fn writes_text_in_one_form() {
        let mut out = String::new();
        push_text(&mut out, "a\r\nb\rc\0\u{7}\u{feff}\u{a0}\"<");
        assert_eq!(out, "a\nb\nc&nbsp;\"&lt;");
    }
}
