//! What markup may contain, after Mastodon 4.6's `Sanitize::Config::MASTODON_STRICT`, said once for the two sanitisers:
//! our own writer, and `ammonia` that checks what it wrote.
//!
//! Called by `sanitise` only.

use std::borrow::Cow;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use url::Url;

/// What every link to another place carries.
pub(super) const LINK_REL: &str = "nofollow noopener noreferrer";

/// Elements that stay. `h1` to `h6` become a strong paragraph.
pub(super) const ELEMENTS: &[&str] = &[
    "p",
    "br",
    "span",
    "a",
    "del",
    "s",
    "pre",
    "blockquote",
    "code",
    "b",
    "strong",
    "u",
    "i",
    "em",
    "ul",
    "ol",
    "li",
    "ruby",
    "rt",
    "rp",
];

const SCHEMES: &[&str] = &["http", "https", "dat", "dweb", "ipfs", "ipns", "ssb", "gopher", "xmpp", "magnet", "gemini"];

/// Whose markup it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Every link gets `rel` and `target`.
    Remote,
    /// Links keep what our renderers gave them: mentions and tags open in place.
    Local,
}

/// The name of an element that may stay, in lower case.
pub(super) fn element(name: &str) -> Option<&'static str> {
    ELEMENTS.iter().find(|known| known.eq_ignore_ascii_case(name)).copied()
}

/// Whether links may have this scheme, which is in lower case.
pub(super) fn scheme(name: &str) -> bool {
    SCHEMES.contains(&name)
}

/// Longest address of a link, and longest list of classes, in bytes.
const VALUE_MAX: usize = 4096;

/// The address as a link may carry it, if it may: as written, or as the URL standard writes it where browsers would read
/// something else than what stands there.
pub(super) fn href(value: &str) -> Option<Cow<'_, str>> {
    let trimmed = value.trim();
    if trimmed.len() > VALUE_MAX {
        return None;
    }
    let url = Url::parse(trimmed).ok().filter(|url| scheme(url.scheme()))?;
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '\\' | '"' | '<' | '>' | '\u{feff}');
    Some(if trimmed.contains(odd) { Cow::Owned(url.to_string()) } else { Cow::Borrowed(trimmed) })
}

/// The classes that may stay: microformats, and those which clients give a meaning to.
pub(super) fn classes(value: &str) -> String {
    let allowed = |class: &&str| {
        let microformat = ["h-", "p-", "u-", "dt-", "e-"].iter().any(|prefix| class.starts_with(prefix));
        let plain = class.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let semantic = ["mention", "hashtag", "ellipsis", "invisible", "quote-inline"].contains(class);
        semantic || (microformat && plain)
    };
    let value = if value.len() > VALUE_MAX { "" } else { value };
    value.split_ascii_whitespace().filter(allowed).collect::<Vec<_>>().join(" ")
}

/// Whether a text is a whole number that a list may start with.
pub(super) fn number(value: &str) -> bool {
    value.parse::<i32>().is_ok()
}

/// Whether a `rel` was written by our own renderers.
pub(super) fn local_rel(value: &str) -> bool {
    matches!(value, "tag" | LINK_REL)
}

/// Sanitises once more with a whole HTML parser, as a browser reads it. Give it only what our writer has written.
pub(super) fn check(html: &str, origin: Origin) -> String {
    // Configuration, not state. Made for each post, it would add half again to the time that the post takes.
    static REMOTE: LazyLock<Builder<'static>> = LazyLock::new(|| {
        let mut builder = builder();
        builder.link_rel(Some(LINK_REL)).set_tag_attribute_value("a", "target", "_blank");
        builder
    });
    static LOCAL: LazyLock<Builder<'static>> = LazyLock::new(|| {
        let mut builder = builder();
        builder.link_rel(None).add_tag_attributes("a", ["rel", "target"]);
        builder
    });
    match origin {
        Origin::Remote => REMOTE.clean(html).to_string(),
        Origin::Local => LOCAL.clean(html).to_string(),
    }
}

fn builder() -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .add_tags(ELEMENTS.iter().copied())
        .add_clean_content_tags(["script", "style"])
        .add_generic_attributes(["lang"])
        .add_tag_attributes("a", ["href", "class", "translate"])
        .add_tag_attributes("span", ["class", "translate"])
        .add_tag_attributes("p", ["class"])
        .add_tag_attributes("ol", ["start", "reversed"])
        .add_tag_attributes("li", ["value"])
        .add_url_schemes(SCHEMES.iter().copied())
        .url_relative(UrlRelative::Deny)
        .strip_comments(true)
        .attribute_filter(|_, name, value| match name {
            "class" => Some(classes(value).into()),
            "translate" => (value == "no").then_some(value.into()),
            "rel" => local_rel(value).then_some(value.into()),
            "target" => (value == "_blank").then_some(value.into()),
            "start" | "value" => number(value).then_some(value.into()),
            _ => Some(value.into()),
        });
    builder
}
