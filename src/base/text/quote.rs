//! What stands in for a quote in the text of a post. Called where the quote itself is shown, or only its words are wanted.

/// The class of the element that stands in for a quote in clients that don't know quotes.
const CLASS: &str = "quote-inline";

/// Sanitised HTML without the elements that stand in for a quote.
#[must_use]
pub fn without_quote(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = cut(rest) {
        out.push_str(before);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What stands before the first such element, and after it.
fn cut(html: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    loop {
        let at = from + html.get(from..)?.find(CLASS)?;
        let (before, inside) = html.split_at_checked(at)?;
        let start = before.rfind('<')?;
        let (before, tag) = before.split_at_checked(start)?;
        let name: String = tag.chars().skip(1).take_while(char::is_ascii_alphanumeric).collect();
        // Else it is a word of the text.
        if !tag.contains('>') && !name.is_empty() {
            let end = end_of(inside, &name).unwrap_or(inside.len());
            return Some((before, inside.get(end..)?));
        }
        from = at + CLASS.len();
    }
}

/// Where the element ends within whose first tag the text begins.
fn end_of(inside: &str, name: &str) -> Option<usize> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let (mut depth, mut at) = (1_usize, 0);
    loop {
        let rest = inside.get(at..)?;
        let end = rest.find(&close)?;
        // `<p` is also how `<pre` begins.
        let is_tag = |found: &usize| {
            let next = rest.get(found + open.len()..).and_then(|rest| rest.chars().next());
            next.is_some_and(|next| !next.is_ascii_alphanumeric())
        };
        let deeper = rest.get(..end)?.match_indices(&open).map(|(found, _)| found).filter(is_tag).count();
        depth = depth + deeper - 1;
        at += end + close.len();
        if depth == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_quote;

    #[test]
    fn only_what_stands_in_for_a_quote_goes() {
        for (html, left) in [
            ("<p class=\"quote-inline\">RE: <a href=\"https://a.test\">x</a></p><p>y</p>", "<p>y</p>"),
            ("<p>a<span class=\"quote-inline\"><br>RE: <a><span class=\"b\">x</span></a></span> c</p>", "<p>a c</p>"),
            ("<p>quote-inline</p><pre class=\"quote-inline\">x</pre><p>z</p>", "<p>quote-inline</p><p>z</p>"),
            ("<p class=\"quote-inline\">never ends", ""),
            ("<p>nothing</p>", "<p>nothing</p>"),
            ("quote-inline", "quote-inline"),
        ] {
            assert_eq!(without_quote(html), left, "{html}");
        }
    }
}
