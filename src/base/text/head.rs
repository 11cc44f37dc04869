//! What a page for people says of itself, read from its markup. Takes time linear in its input, see `tokens`. Called by `cards`.

use super::escape::decode;
use super::tokens::{Tag, Token, Tokens};

/// Tags that are looked at, and bytes of one value.
const MOST_TAGS: usize = 300;
const MOST_VALUE: usize = 8 * 1024;

/// The head of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub title: String,
    /// Of the element `html`.
    pub language: Option<String>,
    /// `name`, `property` or `itemprop` in lower case, and `content`: in their order, empty ones left out.
    pub metas: Vec<(String, String)>,
    /// `rel` and `type` in lower case, and `href`.
    pub links: Vec<(String, String, String)>,
}

impl Head {
    /// Reads a page, however it is broken.
    #[must_use]
    pub fn read(html: &str) -> Self {
        let mut head = Self::default();
        let (mut in_title, mut seen) = (false, 0);
        for token in Tokens::new(html) {
            match token {
                Token::Text(text) if in_title && head.title.len() < MOST_VALUE => {
                    head.title.push_str(&decode(text, false))
                }
                Token::Open(tag) => {
                    in_title = tag.name.eq_ignore_ascii_case("title") && head.title.is_empty();
                    if head.open(&tag) {
                        seen += 1;
                    }
                }
                Token::Close(name) => {
                    in_title = false;
                    if name.eq_ignore_ascii_case("head") {
                        break;
                    }
                }
                Token::Text(_) => {}
            }
            if seen > MOST_TAGS {
                break;
            }
        }
        head.title = head.title.split_whitespace().collect::<Vec<_>>().join(" ");
        head
    }

    /// Whether the tag was one that is looked at.
    fn open(&mut self, tag: &Tag<'_>) -> bool {
        let value = |name: &str| tag.attribute(name).filter(|value| value.len() <= MOST_VALUE).unwrap_or_default();
        if tag.name.eq_ignore_ascii_case("meta") {
            let names = ["property", "name", "itemprop"].map(|name| value(name).trim().to_ascii_lowercase());
            let content = value("content").trim().to_owned();
            for name in names.into_iter().filter(|name| !name.is_empty() && !content.is_empty()) {
                self.metas.push((name, content.clone()));
            }
        } else if tag.name.eq_ignore_ascii_case("link") {
            let [rel, kind] = ["rel", "type"].map(|name| value(name).trim().to_ascii_lowercase());
            self.links.push((rel, kind, value("href").trim().to_owned()));
        } else if tag.name.eq_ignore_ascii_case("html") && self.language.is_none() {
            self.language = tag.attribute("lang").map(|lang| lang.trim().to_owned());
        } else {
            return false;
        }
        true
    }

    /// The content of the first of these names that has any.
    #[must_use]
    pub fn meta(&self, names: &[&str]) -> Option<&str> {
        let of = |name: &&str| self.metas.iter().find(|(known, _)| known == name).map(|(_, content)| content.as_str());
        names.iter().find_map(of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_page_says_of_itself() {
        let html = "<!DOCTYPE html><HTML lang='de'><head><TITLE>\n A &amp;  B </TITLE>
            <meta property=\"og:title\" content='O &quot;G&quot;'><meta name=Description content=words />
            <meta name='empty' content=''><script>'<meta name=\"x\" content=\"y\">'</script>
            <link rel=alternate type='application/json+oembed' href='/o?a=1&amp;b=2'></head>
            <body><meta name='late' content='no'><title>other</title></body>";
        let head = Head::read(html);
        assert_eq!((head.title.as_str(), head.language.as_deref()), ("A & B", Some("de")));
        assert_eq!(head.meta(&["twitter:title", "og:title"]), Some("O \"G\""));
        assert_eq!(head.meta(&["description"]), Some("words"));
        assert_eq!((head.meta(&["empty"]), head.meta(&["x"]), head.meta(&["late"])), (None, None, None));
        let link = ("alternate".to_owned(), "application/json+oembed".to_owned(), "/o?a=1&b=2".to_owned());
        assert_eq!(head.links, [link]);
        for broken in
            ["", "<", "<title>", "<meta", "<meta content='x", "<html lang>", &"<meta name=a content=b>".repeat(9999)]
        {
            assert!(Head::read(broken).metas.len() <= MOST_TAGS + 1);
        }
    }
}
