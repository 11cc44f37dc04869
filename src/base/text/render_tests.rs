//! What is found in texts, how it is rendered, and how it is counted.

use std::collections::HashSet;

use proptest::prelude::*;

use super::sanitise::{sanitise_local, sanitise_remote};
use super::sanitise_tests::assert_safe;
use super::{
    Extracted, Links, MentionLink, count_characters, extract, extract_markdown, normalise_tag, render_markdown,
    render_plain,
};
use crate::base::handle::Handle;

/// Knows everybody but `nobody`, and a remote actor who names a page that no link may lead to.
struct Everyone;

impl Links for Everyone {
    fn mention(&self, handle: &Handle) -> Option<MentionLink> {
        let host = handle.domain.as_deref().unwrap_or("acme.example");
        let url = match handle.username.as_str() {
            "nobody" => return None,
            "mallory" => "javascript:alert(1)".to_owned(),
            username => format!("https://{host}/@{username}"),
        };
        Some(MentionLink { url, username: handle.username.clone() })
    }

    fn tag(&self, name: &str) -> String {
        format!("https://acme.example/tags/{name}")
    }
}

fn mention(host: &str, name: &str) -> String {
    format!(
        "<span class=\"h-card\" translate=\"no\"><a href=\"https://{host}/@{name}\" class=\"u-url mention\">@<span>{name}</span></a></span>"
    )
}

fn tag(name: &str, written: &str) -> String {
    format!(
        "<a href=\"https://acme.example/tags/{name}\" class=\"mention hashtag\" rel=\"tag\">#<span>{written}</span></a>"
    )
}

fn url(address: &str, prefix: &str, shown: &str) -> String {
    format!(
        "<a href=\"{address}\" target=\"_blank\" rel=\"nofollow noopener noreferrer\"><span class=\"invisible\">{prefix}</span><span>{shown}</span><span class=\"invisible\"></span></a>"
    )
}

fn plain(text: &str) -> String {
    let html = render_plain(text, &Everyone);
    assert_safe(&html);
    assert_eq!(sanitise_local(&html), html, "{text}");
    assert_safe(&sanitise_remote(&html));
    html
}

fn markdown(text: &str) -> String {
    let html = render_markdown(text, &Everyone);
    assert_safe(&html);
    assert_eq!(sanitise_local(&html), html, "{text}");
    assert_safe(&sanitise_remote(&html));
    html
}

fn names(found: &Extracted) -> (Vec<String>, Vec<&str>, Vec<&str>) {
    (
        found.mentions.iter().map(ToString::to_string).collect(),
        found.hashtags.iter().map(String::as_str).collect(),
        found.urls.iter().map(url::Url::as_str).collect(),
    )
}

#[test]
fn finds_mentions() {
    for (text, expected) in [
        ("@ada", vec!["ada"]),
        ("hi @ada, (@bob) @ada!", vec!["ada", "bob"]),
        ("@ada@Globex.example. @ADA@globex.example", vec!["ada@globex.example"]),
        (
            "@ada@acme.localhost:7001, @b@c.example:80: @d@e.example:99999",
            vec!["ada@acme.localhost:7001", "b@c.example:80", "d@e.example"],
        ),
        ("at 10: @ada@c.example:5 things", vec!["ada@c.example"]),
        ("@a.b-c.", vec!["a.b-c"]),
        ("@ada@bücher.example", vec!["ada@xn--bcher-kva.example"]),
        ("@adaさん", vec!["ada"]),
        ("mail ada@acme.example x@@y /@ada =@ada", vec!["y"]),
        ("https://acme.example/@ada http://a.example?@b", vec![]),
        ("`@override` ``a`@b`` and ```\n@c\n\n@d\n``` @e", vec!["e"]),
        ("a ` @ada\n\n` @bob", vec!["ada", "bob"]),
        ("```\n@ada", vec![]),
        ("@ @@ @. @-a @ada@", vec!["ada"]),
    ] {
        assert_eq!(names(&extract(text)).0, expected, "{text}");
    }
}

#[test]
fn finds_hashtags() {
    for (text, expected) in [
        ("#Rust #rust #RÜST #rust_lang", vec!["Rust", "rust_lang"]),
        ("#1 #2024 #1st #_ #a", vec!["1st", "a"]),
        ("a#b /#c =#d )#e &#39; (#f) ##g #h#i", vec!["f", "g", "h"]),
        ("https://a.example/#frag `#code` #ok.", vec!["ok"]),
        ("#日本語 #ไทย、#हिन्दी", vec!["日本語", "ไทย", "हिन्दी"]),
    ] {
        assert_eq!(names(&extract(text)).1, expected, "{text}");
    }
}

#[test]
fn finds_addresses() {
    for (text, expected) in [
        ("see https://a.example/b?c=d#e.", vec!["https://a.example/b?c=d#e"]),
        ("(https://a.example/b_(c)) <http://b.example>", vec!["https://a.example/b_(c)", "http://b.example/"]),
        ("https://a.example。次 https://b.example", vec!["https://a.example/", "https://b.example/"]),
        ("a.example javascript://x data:text/html,x ftp://x.example gemini://x.example", vec![]),
        ("http://acme.localhost:7001/@ada/1", vec!["http://acme.localhost:7001/@ada/1"]),
        ("https://a.example https://a.example/", vec!["https://a.example/"]),
    ] {
        assert_eq!(names(&extract(text)).2, expected, "{text}");
    }
}

#[test]
fn markdown_names_what_it_links() {
    let found = extract_markdown(
        "#intro for @ada and `@code` [@bob](https://b.example) ![x](https://c.example/i.png)\n\n    @indented\n\n```\n#no\n```\n\n\
         **@carol@d.example** <b title=\"@no\"> https://e.example/_f_ @_gus_@h.example",
    );
    let (mentions, hashtags, urls) = names(&found);
    assert_eq!(mentions, ["ada", "carol@d.example", "_gus_@h.example"]);
    assert_eq!(hashtags, ["intro"]);
    assert_eq!(urls, ["https://b.example/", "https://c.example/i.png", "https://e.example/_f_"]);
}

#[test]
fn renders_plain_text() {
    assert_eq!(plain(""), "");
    assert_eq!(plain(" \n "), "");
    assert_eq!(plain("a\nb\r\n\r\nc\n\n\n\nd"), "<p>a<br>b</p><p>c</p><p>d</p>");
    assert_eq!(plain("<b> & \"c\" 'd'\0"), "<p>&lt;b&gt; &amp; \"c\" 'd'</p>");
    assert_eq!(
        plain("hi @ada!\n@bob@b.example"),
        format!("<p>hi {}!<br>{}</p>", mention("acme.example", "ada"), mention("b.example", "bob"))
    );
    assert_eq!(plain("@nobody @mallory@x.example"), "<p>@nobody @mallory@x.example</p>");
    assert_eq!(plain("#Café"), format!("<p>{}</p>", tag("cafe", "Café")));
    assert_eq!(
        plain("https://a.example/b?c&d"),
        format!("<p>{}</p>", url("https://a.example/b?c&amp;d", "https://", "a.example/b?c&amp;d"))
    );
    assert_eq!(
        plain("http://www.a.example"),
        format!("<p>{}</p>", url("http://www.a.example", "http://www.", "a.example"))
    );
    assert_eq!(
        plain("gemini://a.example/x"),
        format!("<p>{}</p>", url("gemini://a.example/x", "", "gemini://a.example/x"))
    );
    assert!(plain("https://a.example/0123456789012345678901234567890").contains(
        "<span class=\"ellipsis\">a.example/01234567890123456789</span><span class=\"invisible\">01234567890</span></a>"
    ));
    assert_eq!(plain("javascript:alert(1) data:text/html,x"), "<p>javascript:alert(1) data:text/html,x</p>");
}

#[test]
fn renders_markdown() {
    for (text, expected) in [
        ("", String::new()),
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>".into()),
        ("a\nb\n\nc", "<p>a<br>b</p><p>c</p>".into()),
        ("# Title\ntext", "<p><strong>Title</strong></p><p>text</p>".into()),
        ("#tag is no title", format!("<p>{} is no title</p>", tag("tag", "tag"))),
        ("- a\n- b\n\n3. c", "<ul><li>a</li><li>b</li></ul><ol start=\"3\"><li>c</li></ol>".into()),
        ("> q\n\n---\n", "<blockquote><p>q</p></blockquote><p>* * *</p>".into()),
        ("```rust\n#[test] @ada\n<b>\n```", "<pre><code>#[test] @ada\n&lt;b&gt;\n</code></pre>".into()),
        ("**@ada** `@bob`", format!("<p><strong>{}</strong> <code>@bob</code></p>", mention("acme.example", "ada"))),
        (
            "https://a.example/_b_*c*d",
            format!("<p>{}</p>", url("https://a.example/_b_*c*d", "https://", "a.example/_b_*c*d")),
        ),
        ("`https://a.example/_b_`", "<p><code>https://a.example/_b_</code></p>".into()),
        ("a|b\n-|-\nc|d", "<p>a|b<br>-|-<br>c|d</p>".into()),
    ] {
        assert_eq!(markdown(text), expected, "{text}");
    }
}

#[test]
fn markdown_links_and_html() {
    let link = |to: &str, text: &str| {
        format!("<p><a href=\"{to}\" target=\"_blank\" rel=\"nofollow noopener noreferrer\">{text}</a></p>")
    };
    let address = url("https://a.example/x", "https://", "a.example/x");
    assert_eq!(markdown("**https://a.example/x**"), format!("<p><strong>{address}</strong></p>"));
    assert_eq!(markdown("_https://a.example/x_"), format!("<p><em>{address}</em></p>"));
    assert_eq!(markdown("[a @ada *b*](https://a.example \"t\")"), link("https://a.example", "a @ada <em>b</em>"));
    assert_eq!(markdown("![alt #x](https://a.example/i.png)"), link("https://a.example/i.png", "alt #x"));
    assert_eq!(markdown("[![alt](https://a.example/i.png)](https://b.example)"), link("https://b.example", "alt"));
    assert_eq!(markdown("<https://a.example>"), link("https://a.example", "https://a.example"));
    assert_eq!(markdown("[a](javascript:alert(1)) [b](/c) [d](data:x)"), "<p>a b d</p>");
    assert_eq!(markdown("a <script>alert(1)</script> b"), "<p>a &lt;script&gt;alert(1)&lt;/script&gt; b</p>");
    assert_eq!(markdown("<div onclick=x>\nb\n</div>"), "<p>&lt;div onclick=x&gt;<br>b<br>&lt;/div&gt;</p>");
}

#[test]
fn counts_as_clients_do() {
    for (text, expected) in [
        ("", 0),
        ("héllo", 5),
        ("👩‍👩‍👧é\r\n", 3),
        ("@ada@very.long.domain.example hi", 7),
        ("https://a.example/a/very/long/path/that/is/longer", 23),
        ("http://a.example `https://b.example`", 23 + 1 + 25),
        ("#tag", 4),
    ] {
        assert_eq!(count_characters(text), expected, "{text}");
    }
}

/// What stands beside something decides what it is: the text is trimmed before it is read, and its line ends are one kind.
#[test]
fn names_what_it_links() {
    for (text, names) in
        [("#éhttp://a\u{a0}", false), ("#éhttp://a\u{a0}b", false), ("`a\r\n\r\n#b", true), ("\u{3000}#b\r", true)]
    {
        assert_eq!(!extract(text).hashtags.is_empty(), names, "{text}");
        assert_eq!(plain(text).contains("rel=\"tag\""), names, "{text}");
    }
}

fn writing() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[a-z ]{1,4}|\n|\n\n|\r|\t",
        3 => "@[a-z_.-]{1,4}(@[a-zü.-]{1,6}(:[0-9]{1,5})?)?",
        2 => "#[a-z0-9_é·]{1,4}",
        2 => "https?://[a-z.]{1,6}(/[a-z_*~()<>\"'&;]{0,6})?",
        2 => "[*_~`#>\\[\\]()!<&;\\\\|+-]{1,3}|```|\n    |\n- |\n1. |\n# |\n---\n",
        1 => "<(script|b|a href=x|/p|!--|svg/onload=x|p)>?|\\]\\(javascript:x\\)|\\[x\\]\\(https://x.example/[a-z\"<> ]{0,4}\\)",
        1 => "\\PC{1,2}|[\u{0}-\u{20}\u{a0}\u{feff}\u{202e}]",
    ];
    proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn whatever_is_written_is_safe(text in writing()) {
        let html = plain(&text);
        let found = extract(&text);
        for name in &found.hashtags {
            let link = format!("#<span>{}</span>", name);
            prop_assert!(html.contains(&link), "{} in {}", name, html);
        }
        let named: HashSet<String> = found.hashtags.iter().map(|name| normalise_tag(name)).collect();
        for linked in html.split("rel=\"tag\">#<span>").skip(1).filter_map(|rest| rest.split('<').next()) {
            prop_assert!(named.contains(&normalise_tag(linked)), "{} in {:?}", linked, found);
        }
        markdown(&text);
        let _ = extract_markdown(&text);
        let _ = count_characters(&text);
    }
}
