//! A stranger's HTML made safe, in three steps: read as tokens, written anew from an allow-list, checked by `ammonia`.
//!
//! Called wherever HTML from elsewhere is stored: remote posts, profiles, fields. Our own Markdown goes the same way.
//! The writer closes what it opens, nests as the HTML standard's tree builder would, and stops at a depth, so that the
//! whole parser behind it has work in proportion to the input only.

use super::allowed::{self, LINK_REL, Origin};
use super::escape::{decode, push_text_until, push_value};
use super::language::valid_language;
use super::plain::plain_text;
use super::tokens::{Tag, Token, Tokens};

/// Markup beyond this many bytes is cut off before it is read.
pub const REMOTE_HTML_MAX: usize = 512 * 1024;

/// Writing stops here, so that with all its end tags, and one more start tag, the result stays below the limit too.
const WRITTEN_MAX: usize = REMOTE_HTML_MAX - 32 * 1024;

/// Elements nested deeper than this are dropped, their text stays.
const DEPTH_MAX: usize = 48;

/// Elements of which only the text stays, set apart by a space.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "legend",
    "main",
    "nav",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "video",
];

/// Turns HTML from elsewhere into HTML that can be shown: Mastodon's elements and attributes, links with
/// `rel="nofollow noopener noreferrer" target="_blank"`, the text of everything else; nothing of `script` and `style`.
///
/// Reads and writes at most [`REMOTE_HTML_MAX`] bytes. Sanitising the result again changes nothing.
#[must_use]
pub fn sanitise_remote(html: &str) -> String {
    sanitise(html, Origin::Remote)
}

/// The same for markup that our renderers have made: `rel` and `target` stay as they gave them.
pub(super) fn sanitise_local(html: &str) -> String {
    sanitise(html, Origin::Local)
}

fn sanitise(html: &str, origin: Origin) -> String {
    let html = html.get(..html.floor_char_boundary(REMOTE_HTML_MAX)).unwrap_or_default();
    let mut written = rewrite(html, origin);
    // The two agree on all that is known. Should they ever not, neither is believed before they do.
    for _ in 0..3 {
        let checked = allowed::check(&written, origin);
        if checked == written {
            return written;
        }
        written = rewrite(&checked, origin);
    }
    let mut text = String::new();
    push_text_until(&mut text, &plain_text(html), WRITTEN_MAX);
    format!("<p>{text}</p>")
}

fn rewrite(html: &str, origin: Origin) -> String {
    let mut writer = Writer { out: String::with_capacity(html.len()), stack: Vec::new(), origin, pre: false };
    let mut tokens = Tokens::new(html);
    let mut formulas = true;
    while let Some(token) = tokens.next().filter(|_| writer.out.len() < WRITTEN_MAX) {
        match token {
            Token::Text(text) => writer.text(&decode(text, false)),
            Token::Open(tag) if formulas && tag.name.eq_ignore_ascii_case("math") => {
                let mut ahead = tokens.clone();
                match formula(&tag, &mut ahead) {
                    Some(text) => {
                        writer.text(&text);
                        tokens = ahead;
                    }
                    // Looking ahead again and again would not be linear.
                    None => formulas = false,
                }
            }
            Token::Open(tag) => writer.open(&tag),
            Token::Close(name) => writer.close(name),
        }
    }
    writer.close_to(0);
    writer.out
}

/// Reads to the end of a MathML element and returns the source that FEP-dc88 keeps in its annotation, as Mastodon shows
/// it: TeX between dollar signs.
fn formula(math: &Tag<'_>, tokens: &mut Tokens<'_>) -> Option<String> {
    let (mut tex, mut plain, mut inside) = (None, None, None);
    for token in tokens {
        match token {
            Token::Open(tag) if tag.name.eq_ignore_ascii_case("annotation") => inside = tag.attribute("encoding"),
            Token::Close(name) if name.eq_ignore_ascii_case("annotation") => inside = None,
            Token::Close(name) if name.eq_ignore_ascii_case("math") => {
                let block = math.attribute("display").is_some_and(|value| value == "block");
                let sign = if block { "$$" } else { "$" };
                return tex.map(|tex: String| format!("{sign}{tex}{sign}")).or(plain);
            }
            Token::Text(text) => {
                let source = match inside.as_deref() {
                    Some("application/x-tex") => &mut tex,
                    Some("text/plain") => &mut plain,
                    _ => continue,
                };
                source.get_or_insert_default().push_str(&decode(text, false));
            }
            _ => {}
        }
    }
    None
}

struct Element {
    name: &'static str,
    /// Whether it stands for `h1` to `h6`.
    heading: bool,
}

struct Writer {
    out: String,
    stack: Vec<Element>,
    origin: Origin,
    /// Whether a `pre` has just begun: parsers drop a line end there.
    pre: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
        let text = if self.pre {
            text.trim_start_matches(|c: char| c == '\u{feff}' || (c.is_control() && c != '\t'))
        } else {
            text
        };
        self.pre &= text.is_empty();
        push_text_until(&mut self.out, text, WRITTEN_MAX);
    }

    fn open(&mut self, tag: &Tag<'_>) {
        if is_heading(tag.name) {
            self.close_paragraph();
            self.push("p", true, None);
            self.push("strong", true, None);
            return;
        }
        let Some(name) = allowed::element(tag.name) else {
            self.gap(tag.name);
            return;
        };
        match name {
            "br" => {
                self.pre = false;
                self.out.push_str("<br>");
                return;
            }
            "p" | "pre" | "blockquote" | "ul" | "ol" => self.close_paragraph(),
            "li" => self.close_item(),
            "a" => {
                self.close_last(|element| element.name == "a");
                let address = tag.attribute("href");
                if address.as_deref().and_then(allowed::href).is_none() {
                    return;
                }
            }
            "rt" | "rp" if self.stack.iter().any(|element| element.name == "ruby") => {
                while self.stack.last().is_some_and(|top| matches!(top.name, "rt" | "rp" | "p" | "li")) {
                    self.close_to(self.stack.len() - 1);
                }
            }
            _ => {}
        }
        self.push(name, false, Some(tag));
    }

    fn close(&mut self, name: &str) {
        if is_heading(name) {
            self.close_last(|element| element.heading && element.name == "p");
        } else if name.eq_ignore_ascii_case("br") {
            self.pre = false;
            self.out.push_str("<br>");
        } else if let Some(name) = allowed::element(name) {
            self.close_last(|element| element.name == name && !element.heading);
        } else {
            self.gap(name);
        }
    }

    /// Keeps the words apart which an element that is dropped kept apart.
    fn gap(&mut self, name: &str) {
        let block = BLOCKS.iter().any(|known| known.eq_ignore_ascii_case(name));
        if block && !self.out.is_empty() && !self.out.ends_with([' ', '\n', '>']) {
            self.out.push(' ');
        }
    }

    fn push(&mut self, name: &'static str, heading: bool, tag: Option<&Tag<'_>>) {
        if self.stack.len() >= DEPTH_MAX {
            return;
        }
        self.out.push('<');
        self.out.push_str(name);
        if let Some(tag) = tag {
            self.attributes(name, tag);
        }
        self.out.push('>');
        self.pre = name == "pre";
        self.stack.push(Element { name, heading });
    }

    fn attributes(&mut self, name: &str, tag: &Tag<'_>) {
        let attribute = |name: &str| tag.attribute(name);
        self.value("lang", attribute("lang").filter(|value| valid_language(value)).as_deref());
        if name == "a" {
            let value = attribute("href");
            self.value("href", value.as_deref().and_then(allowed::href).as_deref());
        }
        if matches!(name, "a" | "span" | "p") {
            let classes = attribute("class").map(|value| allowed::classes(&value));
            self.value("class", classes.as_deref().filter(|value| !value.is_empty()));
        }
        if matches!(name, "a" | "span") {
            self.value("translate", attribute("translate").as_deref().filter(|value| *value == "no"));
        }
        match (name, self.origin) {
            ("ol", _) => {
                self.value("start", attribute("start").as_deref().filter(|value| allowed::number(value)));
                self.value("reversed", attribute("reversed").map(|_| ""));
            }
            ("li", _) => self.value("value", attribute("value").as_deref().filter(|value| allowed::number(value))),
            ("a", Origin::Remote) => {
                self.value("target", Some("_blank"));
                self.value("rel", Some(LINK_REL));
            }
            ("a", Origin::Local) => {
                self.value("target", attribute("target").as_deref().filter(|value| *value == "_blank"));
                self.value("rel", attribute("rel").as_deref().filter(|value| allowed::local_rel(value)));
            }
            _ => {}
        }
    }

    fn value(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            push_value(&mut self.out, value);
            self.out.push('"');
        }
    }

    /// A paragraph ends where a block begins, however deep in it.
    fn close_paragraph(&mut self) {
        self.close_last(|element| element.name == "p");
    }

    /// A list item ends where the next one begins, unless a block lies between them.
    fn close_item(&mut self) {
        let between = |element: &Element| matches!(element.name, "ul" | "ol" | "blockquote" | "pre");
        let nearest = self.stack.iter().rposition(|element| element.name == "li" || between(element));
        if let Some(index) = nearest.filter(|index| self.stack.get(*index).is_some_and(|found| found.name == "li")) {
            self.close_to(index);
        }
        self.close_paragraph();
    }

    fn close_last(&mut self, wanted: impl Fn(&Element) -> bool) {
        if let Some(index) = self.stack.iter().rposition(wanted) {
            self.close_to(index);
        }
    }

    /// Closes elements until so many are open.
    fn close_to(&mut self, depth: usize) {
        for element in self.stack.drain(depth..).rev() {
            self.pre = false;
            self.out.push_str("</");
            self.out.push_str(element.name);
            self.out.push('>');
        }
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name.as_bytes(), [b'h' | b'H', b'1'..=b'6'])
}
