//! The links of a post: what is linked to, other than people, hashtags and the post that is quoted. Called by `cards` and
//! `search`.

use super::tokens::{Token, Tokens};

/// The addresses that sanitised HTML links to, in their order, other than mentions, hashtags, and what stands in for a quote in
/// clients that don't know quotes.
#[must_use]
pub fn links(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    // The element that stands in for a quote, while it is open.
    let mut quote: Option<&str> = None;
    for token in Tokens::new(html) {
        match token {
            Token::Open(tag) => {
                let class = tag.attribute("class").unwrap_or_default();
                let has = |name: &str| class.split_ascii_whitespace().any(|class| class == name);
                if has("quote-inline") && quote.is_none() {
                    quote = Some(tag.name);
                }
                if tag.name.eq_ignore_ascii_case("a")
                    && quote.is_none()
                    && !["mention", "hashtag", "u-url"].into_iter().any(has)
                {
                    let href = tag.attribute("href").unwrap_or_default();
                    if href.starts_with("https://") || href.starts_with("http://") {
                        found.push(href.into_owned());
                    }
                }
            }
            Token::Close(name) if quote.is_some_and(|open| open.eq_ignore_ascii_case(name)) => quote = None,
            Token::Close(_) | Token::Text(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::links;

    #[test]
    fn people_hashtags_and_quotes_are_no_links() {
        let html = "<p class=\"quote-inline\">RE: <a href=\"https://a.test/quoted\">x</a></p>
            <p><a class=\"u-url mention\" href=\"https://a.test/@ada\">@ada</a>
            <a href=\"https://a.test/tags/x\" class=\"mention hashtag\" rel=\"tag\">#x</a>
            <a href=\"https://b.test/?a=1&amp;b=2\">b</a> <a href=\"mailto:x@y.test\">m</a> <A HREF='http://c.test/'>c</A></p>";
        assert_eq!(links(html), ["https://b.test/?a=1&b=2", "http://c.test/"]);
        assert!(links("<a>x</a><a href>y</a>").is_empty());
    }
}
