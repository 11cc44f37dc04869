//! Shortens HTML. Called where posts from elsewhere are read.

use super::sanitise::sanitise_remote;

/// Where a text may end.
const ENDS: [&str; 7] = ["</p>", "</li>", "</ul>", "</ol>", "</pre>", "</blockquote>", "<br>"];

/// A stranger's HTML without what is beyond so many bytes, sanitised. It ends where a block or a line does, if one does in the second
/// half. `None` when it is not longer.
#[must_use]
pub fn cut_html(html: &str, most: usize) -> Option<String> {
    if html.len() <= most {
        return None;
    }
    let kept = html.get(..html.floor_char_boundary(most)).unwrap_or_default();
    let ends = ENDS.iter().filter_map(|end| Some(kept.rfind(end)? + end.len()));
    let end = ends.max().filter(|end| *end > most / 2).unwrap_or_else(|| whole_tags(kept));
    kept.get(..end).map(sanitise_remote)
}

/// How long a text is without the tag that it ends within.
fn whole_tags(html: &str) -> usize {
    let open = html.rfind('<').filter(|open| html.rfind('>').is_none_or(|close| close < *open));
    open.unwrap_or(html.len())
}

#[cfg(test)]
mod tests {
    use super::cut_html;

    #[test]
    fn ends_with_a_block_where_one_ends() {
        assert_eq!(cut_html("<p>one</p>", 10), None);
        assert_eq!(cut_html("<p>one</p><p>two</p>", 18).as_deref(), Some("<p>one</p>"));
        assert_eq!(cut_html("<p>one<br>two</p>", 14).as_deref(), Some("<p>one<br></p>"));
        assert_eq!(cut_html("<p>a</p><p>long enough</p>", 22).as_deref(), Some("<p>a</p><p>long enough</p>"));
        assert_eq!(cut_html("<ul><li>one</li><li>two</li></ul>", 22).as_deref(), Some("<ul><li>one</li></ul>"));
        assert_eq!(cut_html("<p>long enough <b>bold</b></p>", 17).as_deref(), Some("<p>long enough </p>"));
        assert_eq!(cut_html("<p>ééé</p>", 6).as_deref(), Some("<p>é</p>"));
        assert_eq!(cut_html("", 0), None);
    }
}
