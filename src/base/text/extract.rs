//! Whom and what a text names. Called when a post or profile is written, before it is rendered and stored.

use std::collections::HashSet;

use pulldown_cmark::{Event, Tag};
use url::Url;

use super::markdown;
use super::scan::{Kind, as_read, scan};
use super::tags::normalise_tag;
use crate::base::handle::Handle;

/// What was found, each once, in the order of its first appearance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extracted {
    pub mentions: Vec<Handle>,
    /// Without `#`, as written first; unique by [`normalise_tag`].
    pub hashtags: Vec<String>,
    /// Of `http` and `https` only: those that can have a preview.
    pub urls: Vec<Url>,
}

/// What a plain text names: exactly what `render_plain` links.
#[must_use]
pub fn extract(text: &str) -> Extracted {
    let mut found = Collector::default();
    found.text(&as_read(text), true);
    found.extracted
}

/// What a Markdown text names: exactly what `render_markdown` links, and the targets of its links and images.
#[must_use]
pub fn extract_markdown(text: &str) -> Extracted {
    let mut found = Collector::default();
    let source = markdown::protect(text);
    for (event, linkable) in markdown::events(&source) {
        match event {
            Event::Text(text) if linkable => found.text(&text, false),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                if let Ok(url) = Url::parse(&dest_url) {
                    found.url(url);
                }
            }
            _ => {}
        }
    }
    found.extracted
}

#[derive(Default)]
struct Collector {
    extracted: Extracted,
    seen: HashSet<String>,
}

impl Collector {
    fn text(&mut self, text: &str, code: bool) {
        for entity in scan(text, code) {
            match entity.kind {
                Kind::Url(url) => self.url(url),
                Kind::Mention(handle) => {
                    if self.seen.insert(format!("@{}", handle.key())) {
                        self.extracted.mentions.push(handle);
                    }
                }
                Kind::Tag(name) => {
                    if self.seen.insert(format!("#{}", normalise_tag(name))) {
                        self.extracted.hashtags.push(name.to_owned());
                    }
                }
            }
        }
    }

    fn url(&mut self, url: Url) {
        if matches!(url.scheme(), "http" | "https") && self.seen.insert(url.to_string()) {
            self.extracted.urls.push(url);
        }
    }
}
