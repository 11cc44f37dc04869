//! HTML as text, for previews, notifications, search and feeds. Takes time linear in its input.

use unicode_segmentation::UnicodeSegmentation;

use super::escape::decode;
use super::tokens::{Token, Tokens};

/// The text of HTML: paragraphs apart by an empty line, other blocks and `br` by a line end, references decoded, white
/// space as a browser would show it. Nothing of `script` and `style`.
///
/// The result is text: escape it before it goes into markup.
#[must_use]
pub fn plain_text(html: &str) -> String {
    let mut writer = Writer { out: String::with_capacity(html.len() / 2), lines: 0, space: false, pre: 0 };
    for token in Tokens::new(html) {
        match token {
            Token::Text(text) => writer.text(&decode(text, false)),
            Token::Open(tag) => writer.boundary(tag.name, true),
            Token::Close(name) => writer.boundary(name, false),
        }
    }
    writer.out
}

/// The text of HTML on one line, at most `max` characters as readers see them, the last an ellipsis when it was longer.
#[must_use]
pub fn strip_markup_to_text_line(html: &str, max: usize) -> String {
    let text = plain_text(html);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut characters = line.grapheme_indices(true);
    let Some((cut, _)) = characters.nth(max.saturating_sub(1)) else {
        return line;
    };
    if characters.next().is_none() {
        return if max == 0 { String::new() } else { line };
    }
    match (max, line.get(..cut)) {
        (1.., Some(kept)) => format!("{}…", kept.trim_end()),
        _ => String::new(),
    }
}

struct Writer {
    out: String,
    /// Line ends that are due before the next text.
    lines: usize,
    /// Whether a space is due.
    space: bool,
    /// How many `pre` are open.
    pre: usize,
}

impl Writer {
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' if self.pre > 0 => self.lines += 1,
                ' ' | '\t' if self.pre > 0 => {
                    self.flush();
                    self.out.push(c);
                }
                ' ' | '\t' | '\n' | '\r' | '\u{c}' => self.space = true,
                c if c.is_control() || c == '\u{feff}' => {}
                c => {
                    self.flush();
                    self.out.push(c);
                }
            }
        }
    }

    /// Writes what is due; nothing at the beginning.
    fn flush(&mut self) {
        if self.lines > 0 && !self.out.is_empty() {
            self.out.extend(std::iter::repeat_n('\n', self.lines));
        } else if self.space && self.lines == 0 && !self.out.is_empty() {
            self.out.push(' ');
        }
        self.lines = 0;
        self.space = false;
    }

    fn boundary(&mut self, name: &str, open: bool) {
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            // More than one empty line is nobody's paragraph.
            "br" => self.lines = (self.lines + 1).min(2),
            "p" | "pre" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.lines = self.lines.max(2),
            "address" | "article" | "aside" | "dd" | "details" | "div" | "dl" | "dt" | "figure" | "figcaption"
            | "footer" | "form" | "header" | "hr" | "li" | "main" | "nav" | "ol" | "section" | "summary" | "table"
            | "tr" | "ul" => {
                self.lines = self.lines.max(1);
            }
            "td" | "th" => self.space = true,
            _ => {}
        }
        if name == "pre" {
            self.pre = if open { self.pre + 1 } else { self.pre.saturating_sub(1) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_shape_of_the_text() {
        for (html, expected) in [
            ("", ""),
            ("a &amp; b", "a & b"),
            ("<p>Hello<br>there</p><p>you</p>", "Hello\nthere\n\nyou"),
            ("<p>a</p>\n\n<p> b  <b>c</b>\nd </p>", "a\n\nb c d"),
            ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
            ("<pre><code>a\n  b\n</code></pre><p>c</p>", "a\n  b\n\nc"),
            ("a<br><br><br><br>b", "a\n\nb"),
            ("a<script>alert(1)</script><style>b{}</style>c<!-- d -->", "ac"),
            ("<a href='x'><span class=invisible>https://</span><span>a.example</span></a>", "https://a.example"),
            ("&lt;script&gt;", "<script>"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ] {
            assert_eq!(plain_text(html), expected, "{html}");
        }
    }

    #[test]
    fn cuts_lines_between_characters() {
        assert_eq!(strip_markup_to_text_line("<p>a</p><p>b  c</p>", 5), "a b c");
        assert_eq!(strip_markup_to_text_line("<p>abcdef</p>", 5), "abcd…");
        assert_eq!(strip_markup_to_text_line("<p>abc def</p>", 5), "abc…");
        assert_eq!(strip_markup_to_text_line("👩‍👩‍👧é👩‍👩‍👧", 2), "👩‍👩‍👧…");
        assert_eq!(strip_markup_to_text_line("abc", 0), "");
        assert_eq!(strip_markup_to_text_line("", 0), "");
        assert_eq!(strip_markup_to_text_line("abc", 1), "…");
        assert_eq!(strip_markup_to_text_line("a", 1), "a");
    }
}
