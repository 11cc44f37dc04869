//! Text as people typed it, made into HTML as Mastodon makes it. Called when a post or profile is written.

use super::allowed::{self, LINK_REL};
use super::escape::{push_text, push_value};
use super::scan::{Entity, Kind, as_read, scan};
use super::tags::normalise_tag;
use crate::base::handle::Handle;

/// Longest part of an address that is shown, in characters.
const SHOWN_MAX: usize = 30;

/// Where mentions and hashtags lead. Whoever renders has looked the accounts up before.
pub trait Links {
    /// Whom a handle means; a mention without an answer stays text.
    fn mention(&self, handle: &Handle) -> Option<MentionLink>;

    /// The address of a tag's page, for a name in the form of [`normalise_tag`], to be percent-encoded.
    fn tag(&self, name: &str) -> String;
}

/// The page of somebody who is mentioned (`http` or `https`, or it stays text), and the name to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MentionLink {
    pub url: String,
    pub username: String,
}

/// Makes a plain text into HTML: paragraphs and line ends, addresses, mentions and hashtags as links, all else escaped.
///
/// The empty text is empty HTML. Sanitising the result as our own markup changes nothing. Bound the text's length first.
#[must_use]
pub fn render_plain(text: &str, links: &dyn Links) -> String {
    let text = as_read(text);
    if text.is_empty() {
        return String::new();
    }
    let mut writer = Lines { out: String::with_capacity(text.len() * 2), ends: 0 };
    writer.out.push_str("<p>");
    each_piece(&text, true, |piece| match piece {
        Piece::Text(text) => writer.text(text),
        Piece::Entity(entity, written) => {
            writer.flush();
            push_entity(&mut writer.out, entity, written, links);
        }
    });
    writer.out.push_str("</p>");
    writer.out
}

/// Appends text with its entities linked, for the Markdown renderer.
pub(super) fn push_linked(out: &mut String, text: &str, links: &dyn Links) {
    each_piece(text, false, |piece| match piece {
        Piece::Text(text) => push_text(out, text),
        Piece::Entity(entity, written) => push_entity(out, entity, written, links),
    });
}

/// Appends the start tag of a link to another place, if it may lead there.
pub(super) fn push_link_start(out: &mut String, address: &str) -> bool {
    let Some(href) = allowed::href(address) else {
        return false;
    };
    out.push_str("<a href=\"");
    push_value(out, &href);
    out.push_str("\" target=\"_blank\" rel=\"");
    out.push_str(LINK_REL);
    out.push_str("\">");
    true
}

enum Piece<'a> {
    Text(&'a str),
    Entity(&'a Kind<'a>, &'a str),
}

fn each_piece(text: &str, code: bool, mut take: impl FnMut(Piece<'_>)) {
    let mut from = 0;
    for Entity { range, kind } in scan(text, code) {
        take(Piece::Text(text.get(from..range.start).unwrap_or_default()));
        take(Piece::Entity(&kind, text.get(range.clone()).unwrap_or_default()));
        from = range.end;
    }
    take(Piece::Text(text.get(from..).unwrap_or_default()));
}

fn push_entity(out: &mut String, entity: &Kind<'_>, written: &str, links: &dyn Links) {
    let done = match entity {
        Kind::Url(_) => push_url(out, written),
        Kind::Mention(handle) => links.mention(handle).is_some_and(|link| push_mention(out, &link)),
        Kind::Tag(name) => push_hashtag(out, name, &links.tag(&normalise_tag(name))),
    };
    if !done {
        push_text(out, written);
    }
}

fn push_url(out: &mut String, written: &str) -> bool {
    if !push_link_start(out, written) {
        return false;
    }
    let scheme = written.find("://").filter(|_| starts_with(written, "http")).map_or(0, |index| index + 3);
    let www = written.get(scheme..).is_some_and(|tail| scheme > 0 && starts_with(tail, "www."));
    let (prefix, rest) = written.split_at_checked(scheme + if www { 4 } else { 0 }).unwrap_or(("", written));
    let cut = rest.char_indices().nth(SHOWN_MAX).map_or(rest.len(), |(index, _)| index);
    let (shown, hidden) = rest.split_at(cut);
    let class = if hidden.is_empty() { "" } else { " class=\"ellipsis\"" };
    for (class, text) in [(" class=\"invisible\"", prefix), (class, shown), (" class=\"invisible\"", hidden)] {
        out.push_str("<span");
        out.push_str(class);
        out.push('>');
        push_text(out, text);
        out.push_str("</span>");
    }
    out.push_str("</a>");
    true
}

fn push_mention(out: &mut String, link: &MentionLink) -> bool {
    let Some(href) = web_address(&link.url) else {
        return false;
    };
    out.push_str("<span class=\"h-card\" translate=\"no\"><a href=\"");
    push_value(out, &href);
    out.push_str("\" class=\"u-url mention\">@<span>");
    push_text(out, &link.username);
    out.push_str("</span></a></span>");
    true
}

fn push_hashtag(out: &mut String, name: &str, address: &str) -> bool {
    let Some(href) = web_address(address) else {
        return false;
    };
    out.push_str("<a href=\"");
    push_value(out, &href);
    out.push_str("\" class=\"mention hashtag\" rel=\"tag\">#<span>");
    push_text(out, name);
    out.push_str("</span></a>");
    true
}

/// Where a profile or a tag may lie. Accounts from elsewhere name their pages themselves.
fn web_address(address: &str) -> Option<std::borrow::Cow<'_, str>> {
    allowed::href(address).filter(|href| starts_with(href, "https:") || starts_with(href, "http:"))
}

fn starts_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|found| found.eq_ignore_ascii_case(beginning))
}

/// Writes text in which a line end is a `br`, and more than one a new paragraph.
struct Lines {
    out: String,
    /// Line ends that are due before whatever follows.
    ends: usize,
}

impl Lines {
    fn text(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            self.ends += usize::from(index > 0);
            if !line.is_empty() {
                self.flush();
                push_text(&mut self.out, line);
            }
        }
    }

    fn flush(&mut self) {
        match std::mem::take(&mut self.ends) {
            0 => {}
            1 => self.out.push_str("<br>"),
            _ => self.out.push_str("</p><p>"),
        }
    }
}
