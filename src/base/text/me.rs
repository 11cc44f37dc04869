//! Whom a page links to as the person that it is of (`rel="me"`). Takes time linear in its input, see `tokens`. Called by `accounts`.

use super::tokens::{Token, Tokens};

/// Links that are looked at, and bytes of one.
const MOST_LINKS: usize = 1000;
const MOST_VALUE: usize = 2048;

/// The addresses, as they are written, of links and of elements `link` that are marked with `me`, in their order.
#[must_use]
pub fn links_to_me(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let is_link = |name: &str| ["a", "link"].iter().any(|link| name.eq_ignore_ascii_case(link));
    let tags = Tokens::new(html).filter_map(|token| match token {
        Token::Open(tag) if is_link(tag.name) => Some(tag),
        _ => None,
    });
    for tag in tags.take(MOST_LINKS) {
        let rel = tag.attribute("rel").unwrap_or_default();
        if rel.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case("me")) {
            let href = tag.attribute("href").unwrap_or_default();
            found.extend(Some(href.trim().to_owned()).filter(|href| !href.is_empty() && href.len() <= MOST_VALUE));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::links_to_me;

    #[test]
    fn links_that_are_marked_are_found() {
        let html = "<html><head><link rel='me' href=\"https://a.test/@ada\"><LINK REL=ME HREF='/b'></head>
            <body><a href='https://c.test/?x=1&amp;y=2' rel=\"nofollow me noopener\">c</a><a rel=me>no</a>
            <a href='https://d.test/' rel='mean'>d</a><a href='https://e.test/'>e</a>
            <!-- <a rel=me href='https://f.test/'> --><script>'<a rel=me href=x>'</script></body>";
        assert_eq!(links_to_me(html), ["https://a.test/@ada", "/b", "https://c.test/?x=1&y=2"]);
        for broken in ["", "<a rel=me href='", "<a rel=me", "<link rel=\"me\" href>"] {
            assert!(links_to_me(broken).is_empty(), "{broken}");
        }
        assert_eq!(links_to_me(&"<a rel=me href=x>".repeat(5000)).len(), 1000);
    }
}
