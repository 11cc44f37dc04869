//! Markdown made into HTML: CommonMark and `~~strikethrough~~`, with mentions, hashtags and bare addresses linked.
//!
//! Called when somebody writes a post as Markdown. HTML in it is text; images are links; line ends are kept, as everywhere
//! else in posts; headings come out as strong paragraphs, which every client can show.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeStream, html};

use super::escape::push_text;
use super::render::{Links, push_link_start, push_linked};
use super::sanitise::sanitise_local;
use super::scan::{Entity, scan};

const OPTIONS: Options = Options::ENABLE_STRIKETHROUGH;

/// Makes a Markdown text into HTML. Sanitising the result as our own markup changes nothing. Bound the text's length first.
#[must_use]
pub fn render_markdown(text: &str, links: &dyn Links) -> String {
    let source = protect(text);
    let mut out = String::with_capacity(text.len() * 2);
    let mut open = Vec::new();
    html::push_html(&mut out, events(&source).map(|(event, linkable)| rewrite(event, linkable, &mut open, links)));
    // The writer's line ends between blocks are no part of the text, nor is the one that ends a block of HTML.
    sanitise_local(&out).trim_end().replace(">\n<", "><").replace("<br></p>", "</p>")
}

/// What a link or image has opened, so that its end closes the same.
type Open = Vec<bool>;

fn rewrite<'a>(event: Event<'a>, linkable: bool, open: &mut Open, links: &dyn Links) -> Event<'a> {
    let mut markup = String::new();
    match event {
        Event::Text(text) if linkable => push_linked(&mut markup, &text, links),
        Event::Html(text) | Event::InlineHtml(text) => {
            push_text(&mut markup, &text);
            markup = markup.replace('\n', "<br>");
        }
        Event::SoftBreak | Event::HardBreak => markup.push_str("<br>"),
        Event::Rule => markup.push_str("<p>* * *</p>"),
        Event::Start(Tag::HtmlBlock) => return Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => return Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            // Links within links there are none: the innermost image stays text.
            let linked = !open.contains(&true) && push_link_start(&mut markup, &dest_url);
            open.push(linked);
        }
        Event::End(TagEnd::Link | TagEnd::Image) => {
            if open.pop() == Some(true) {
                markup.push_str("</a>");
            }
        }
        event => return event,
    }
    Event::InlineHtml(CowStr::from(markup))
}

/// The parser's events, each with whether it is a text in which things are linked: not in code, links or images.
pub(super) fn events(source: &str) -> impl Iterator<Item = (Event<'_>, bool)> {
    let mut depth = 0_usize;
    TextMergeStream::new(Parser::new_ext(source, OPTIONS)).map(move |event| {
        match &event {
            Event::Start(Tag::CodeBlock(_) | Tag::Link { .. } | Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Link | TagEnd::Image) => depth = depth.saturating_sub(1),
            _ => {}
        }
        (event, depth == 0)
    })
}

/// Escapes the marks of emphasis within addresses and handles: `https://a.example/_b_` and `@_ada_` are meant as written.
pub(super) fn protect(source: &str) -> Cow<'_, str> {
    let marks = ['_', '*', '~'];
    let mut inside: Vec<Range<usize>> = scan(source, false)
        .into_iter()
        .map(|Entity { range, .. }| {
            // Marks at the end may close an emphasis around the whole.
            let written = source.get(range.clone()).unwrap_or_default();
            range.start..range.start + written.trim_end_matches(marks).len()
        })
        .filter(|range| source.get(range.clone()).is_some_and(|written| written.contains(marks)))
        .collect();
    if inside.is_empty() {
        return Cow::Borrowed(source);
    }
    let verbatim: Vec<Range<usize>> = Parser::new_ext(source, OPTIONS)
        .into_offset_iter()
        .filter(|(event, _)| {
            matches!(
                event,
                Event::Code(_)
                    | Event::Html(_)
                    | Event::InlineHtml(_)
                    | Event::Start(Tag::CodeBlock(_) | Tag::Link { .. } | Tag::Image { .. })
            )
        })
        .map(|(_, range)| range)
        .collect();
    inside.retain(|range| !verbatim.iter().any(|other| other.start < range.end && range.start < other.end));
    let mut out = String::with_capacity(source.len() + 16);
    let mut ranges = inside.into_iter().peekable();
    for (index, c) in source.char_indices() {
        while ranges.next_if(|range| range.end <= index).is_some() {}
        if marks.contains(&c) && ranges.peek().is_some_and(|range| range.contains(&index)) {
            out.push('\\');
        }
        out.push(c);
    }
    Cow::Owned(out)
}
