//! A reader of HTML tokens that takes time linear in its input, whatever it is given.
//!
//! Called by the sanitiser and by `plain_text`. A tree builder cannot be let loose on a stranger's markup: unclosed
//! formatting elements, or thousands of attributes on one tag, cost it time and memory quadratic in their number. What is
//! read wrongly here is a matter of looks only, because nothing is ever copied from input to output as markup.

use std::borrow::Cow;

use super::escape::decode;

/// A piece of HTML.
pub(super) enum Token<'a> {
    /// Undecoded, never empty.
    Text(&'a str),
    Open(Tag<'a>),
    /// The element's name, as written.
    Close(&'a str),
}

/// A start tag. Names are as written: compare without case.
pub(super) struct Tag<'a> {
    pub name: &'a str,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// The decoded value of the first attribute of this name (in lower case); empty if it has none.
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let mut rest = self.attributes;
        while let Some(attribute) = read_attribute(rest) {
            if attribute.name.eq_ignore_ascii_case(name) {
                return Some(decode(attribute.value, true));
            }
            rest = attribute.rest;
        }
        None
    }
}

#[cfg(test)]
impl<'a> Tag<'a> {
    /// The names of all its attributes.
    pub fn names(&self) -> Vec<&'a str> {
        let mut rest = self.attributes;
        let mut names = Vec::new();
        while let Some(attribute) = read_attribute(rest) {
            names.push(attribute.name);
            rest = attribute.rest;
        }
        names
    }
}

/// Reads `html` from its beginning. Comments, declarations, and `script` and `style` with all that is in them, are skipped.
#[derive(Clone)]
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub fn new(html: &'a str) -> Self {
        Self { rest: html }
    }

    /// Reads the tag at the beginning of `rest`, after `<` or `</`: its name, its attributes, and what follows.
    /// A tag that never ends takes all that is left with it, as in browsers.
    fn read_tag(rest: &'a str) -> (&'a str, &'a str, &'a str) {
        let end = rest.find(|c: char| is_space(c) || matches!(c, '/' | '>')).unwrap_or(rest.len());
        let (name, attributes) = rest.split_at(end);
        let mut tail = attributes;
        while let Some(attribute) = read_attribute(tail) {
            tail = attribute.rest;
        }
        let tail = tail.trim_start_matches(|c| is_space(c) || c == '/');
        let length = attributes.len() - tail.len();
        (name, attributes.get(..length).unwrap_or_default(), tail.strip_prefix('>').unwrap_or_default())
    }

    /// Skips a comment or declaration, given from its `<` on.
    fn skip_declaration(rest: &'a str) -> &'a str {
        let Some(comment) = rest.strip_prefix("<!--") else {
            return rest.split_once('>').map_or("", |(_, tail)| tail);
        };
        if let Some(tail) = comment.strip_prefix('>').or_else(|| comment.strip_prefix("->")) {
            return tail;
        }
        // `--!>` ends a comment too, and whichever comes first counts.
        let mut tail = comment;
        while let Some((_, after)) = tail.split_once("--") {
            let end = after.strip_prefix('>').or_else(|| after.strip_prefix("!>"));
            if let Some(end) = end {
                return end;
            }
            // `--->`: the last two hyphens count.
            tail = if after.starts_with('-') {
                tail.get(tail.len() - after.len() - 1..).unwrap_or_default()
            } else {
                after
            };
        }
        ""
    }

    /// Skips what is in a `script` or `style`, with its end tag.
    fn skip_raw(rest: &'a str, name: &str) -> &'a str {
        let mut tail = rest;
        while let Some((_, after)) = tail.split_once("</") {
            let (found, next) = after.split_at_checked(name.len()).unwrap_or_default();
            let whole = next.starts_with(|c: char| is_space(c) || matches!(c, '/' | '>'));
            if whole && found.eq_ignore_ascii_case(name) {
                return Self::read_tag(after).2;
            }
            tail = after;
        }
        ""
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while !self.rest.is_empty() {
            let Some(markup) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                let (text, rest) = self.rest.split_at(end);
                self.rest = rest;
                return Some(Token::Text(text));
            };
            let mut characters = markup.chars();
            match characters.next() {
                Some(c) if c.is_ascii_alphabetic() => {
                    let (name, attributes, rest) = Self::read_tag(markup);
                    let complete = markup.len() > name.len() + attributes.len();
                    self.rest = rest;
                    if name.eq_ignore_ascii_case("script") || name.eq_ignore_ascii_case("style") {
                        self.rest = Self::skip_raw(rest, name);
                    } else if complete {
                        return Some(Token::Open(Tag { name, attributes }));
                    }
                }
                Some('/') => {
                    let after = characters.as_str();
                    if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
                        let (name, _, rest) = Self::read_tag(after);
                        self.rest = rest;
                        return Some(Token::Close(name));
                    }
                    self.rest = Self::skip_declaration(self.rest);
                }
                Some('!' | '?') => self.rest = Self::skip_declaration(self.rest),
                _ => {
                    let (text, rest) = self.rest.split_at(1);
                    self.rest = rest;
                    return Some(Token::Text(text));
                }
            }
        }
        None
    }
}

struct Attribute<'a> {
    name: &'a str,
    value: &'a str,
    rest: &'a str,
}

/// Reads the next attribute of a tag; `None` at the tag's end.
fn read_attribute(text: &str) -> Option<Attribute<'_>> {
    let text = text.trim_start_matches(|c| is_space(c) || c == '/');
    let first = text.chars().next().filter(|c| *c != '>')?;
    // An equals sign at the beginning is part of the name.
    let from = first.len_utf8();
    let end = text
        .get(from..)
        .and_then(|tail| tail.find(|c: char| is_space(c) || matches!(c, '/' | '>' | '=')))
        .map_or(text.len(), |index| index + from);
    let (name, rest) = text.split_at(end);
    let Some(value) = rest.trim_start_matches(is_space).strip_prefix('=') else {
        return Some(Attribute { name, value: "", rest });
    };
    let value = value.trim_start_matches(is_space);
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let (value, rest) = quoted.split_once(quote).unwrap_or((quoted, ""));
            return Some(Attribute { name, value, rest });
        }
    }
    let end = value.find(|c: char| is_space(c) || c == '>').unwrap_or(value.len());
    let (value, rest) = value.split_at(end);
    Some(Attribute { name, value, rest })
}

/// HTML's white space.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> String {
        let mut out = String::new();
        for token in Tokens::new(html) {
            match token {
                Token::Text(text) => out.push_str(text),
                Token::Open(tag) => {
                    let href = tag.attribute("href").map(|value| format!(" {value}"));
                    out.push_str(&format!("[{}{}]", tag.name, href.unwrap_or_default()));
                }
                Token::Close(name) => out.push_str(&format!("[/{name}]")),
            }
        }
        out
    }

    #[test]
    fn reads_tags_as_browsers_do() {
        for (html, expected) in [
            ("a < b <3 <p>x</p ></ b>y", "a < b <3 [p]x[/p]y"),
            ("<a href=x>y</a>", "[a x]y[/a]"),
            ("<a HREF = 'x>\"y' href=z>", "[a x>\"y]"),
            ("<a/href=\"x\"/>y", "[a x]y"),
            ("<a title='>' href=x&amp;y>", "[a x&y]"),
            ("<a =href=x href=y>", "[a y]"),
            ("<a href=x/y>", "[a x/y]"),
            ("<p>x<a href='y>z", "[p]x"),
            ("x<!-- <p> --><!--> a <!---> b <!-- c --!> d --->", "x a  b  d --->"),
            ("x<!-- a ---->y<!-- b --- --->z<!-- c", "xyz"),
            ("<!DOCTYPE html><?xml?><![CDATA[x]]>y", "y"),
            ("<script>a<b></scriptx></SCRIPT >c<style/>d</style>e", "ce"),
            ("<script>a", ""),
            ("<scr<script>ipt>x", "[scr<script]ipt>x"),
            ("<a\0b>", "[a\0b]"),
        ] {
            assert_eq!(read(html), expected, "{html}");
        }
    }
}
