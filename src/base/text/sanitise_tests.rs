//! Attacks on the sanitiser, and what it must leave alone.

use std::time::Instant;

use proptest::prelude::*;

use super::allowed::{self, ELEMENTS, LINK_REL};
use super::sanitise::{REMOTE_HTML_MAX, sanitise_local, sanitise_remote};
use super::tokens::{Token, Tokens};

const END: &str = " target=\"_blank\" rel=\"nofollow noopener noreferrer\"";

/// Fails unless every element and attribute of the markup is one that may stay.
pub(super) fn assert_safe(html: &str) {
    for token in Tokens::new(html) {
        let tag = match token {
            Token::Open(tag) => tag,
            Token::Close(name) => {
                assert!(ELEMENTS.contains(&name), "</{name}> in {html:.200}");
                continue;
            }
            Token::Text(text) => {
                assert!(!text.contains(['<', '>']), "bare bracket in {html:.200}");
                continue;
            }
        };
        assert!(ELEMENTS.contains(&tag.name), "<{}> in {html:.200}", tag.name);
        for name in tag.names() {
            let value = tag.attribute(name).unwrap_or_default();
            let fine = match name {
                "href" => tag.name == "a" && allowed::href(&value).as_deref() == Some(&*value),
                "class" => allowed::classes(&value) == value,
                "rel" => value == LINK_REL || value == "tag",
                "target" => value == "_blank",
                "translate" => value == "no",
                "lang" => super::valid_language(&value),
                "start" | "value" => allowed::number(&value),
                "reversed" => value.is_empty(),
                _ => false,
            };
            assert!(fine, "{name}={value} in {html:.200}");
        }
    }
    // Of attributes the tokens above tell; in text their like is text.
    let lower = html.to_ascii_lowercase();
    assert!(!lower.contains("<script") && !lower.contains("<style"), "{html:.200}");
}

fn check(html: &str) -> String {
    let clean = sanitise_remote(html);
    assert_safe(&clean);
    assert!(sanitise_remote(&clean) == clean, "twice: {html:.100}\n{clean:.100}");
    let local = sanitise_local(html);
    assert_safe(&local);
    assert!(sanitise_local(&local) == local, "twice, local: {html:.100}");
    // A whole parser agrees, so browsers do.
    assert!(allowed::check(&clean, allowed::Origin::Remote) == clean, "ammonia: {html:.100}");
    clean
}

/// F40
#[test]
fn keeps_what_mastodon_keeps() {
    for html in [
        "<p>Hello <b>you</b> <del>and</del> <s>me</s> <u>x</u> <i>y</i> <em>z</em> <strong>w</strong></p><p>two<br>lines</p>",
        "<p lang=\"de\">a &amp; b &lt; c &gt; d&nbsp;e \"f\"</p>",
        "<pre><code>a\n  b</code></pre><blockquote><p>q</p></blockquote>",
        "<ol start=\"3\" reversed=\"\"><li value=\"2\">a</li><li>b<ul><li>c</li></ul></li></ol>",
        "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>",
        "<p class=\"quote-inline\">RE: x</p><span class=\"h-card\" translate=\"no\">x</span>",
        "<p>\u{202e}right to left override, and emoji 👩‍👩‍👧</p>",
    ] {
        assert_eq!(check(html), html);
    }
    assert_eq!(
        check("<a href=\"https://a.example/?a=1&amp;b=2\" class=\"mention u-url\" rel=\"me\">@<span>b</span></a>"),
        format!("<a href=\"https://a.example/?a=1&amp;b=2\" class=\"mention u-url\"{END}>@<span>b</span></a>"),
    );
    for scheme in ["http", "https", "dat", "dweb", "ipfs", "ipns", "ssb", "gopher", "xmpp", "magnet", "gemini"] {
        assert!(check(&format!("<a href='{scheme}:x'>y</a>")).starts_with("<a href"), "{scheme}");
    }
}

/// F40
#[test]
fn rewrites_what_mastodon_rewrites() {
    for (html, expected) in [
        ("<h1>a</h1><h6 lang=de>b <i>c</h6>d", "<p><strong>a</strong></p><p><strong>b <i>c</i></strong></p>d"),
        ("<p>a<h2>b", "<p>a</p><p><strong>b</strong></p>"),
        ("<span class=\"mention evil h-x\">a</span><p class='x'>", "<span class=\"mention h-x\">a</span><p></p>"),
        ("<span translate=yes>a</span>", "<span>a</span>"),
        ("<div>a</div><div>b</div><hr>c<img src=x alt=y>", "a b c"),
        (
            "<math display=block><semantics><mi>x</mi><annotation encoding='application/x-tex'>x&lt;y</annotation></semantics></math>",
            "$$x&lt;y$$",
        ),
        ("<math><mi>x</mi></math>", "x"),
        ("<ol start=x reversed><li value='1\" a'>y", "<ol reversed=\"\"><li>y</li></ol>"),
        ("a\r\nb", "a\nb"),
    ] {
        assert_eq!(check(html), expected, "{html}");
    }
}

#[test]
fn mends_what_is_broken() {
    for (html, expected) in [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<ul><li>a<li>b<ul><li>c</ul><li>d", "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>"),
        ("<b><i>a</b>b</i>c", "<b><i>a</i></b>bc"),
        ("<ruby>a<rt>b<rt>c</ruby>", "<ruby>a<rt>b</rt><rt>c</rt></ruby>"),
        ("</p></b>a</br>b", "a<br>b"),
        ("<pre>\n\n a</pre>", "<pre> a</pre>"),
        ("<p", ""),
        ("<3 & &x; &lt", "&lt;3 &amp; &amp;x; &lt;"),
    ] {
        assert_eq!(check(html), expected, "{html}");
    }
}

/// F40
#[test]
fn attacks_come_out_harmless() {
    for (html, expected) in [
        ("<script>alert(1)</script>x", "x"),
        ("<scr<script>ipt>alert(1)</scr</script>ipt>", "ipt&gt;alert(1)ipt&gt;"),
        ("<SCRIPT\u{c}src=//x></SCRIPT>x", "x"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<p onclick=alert(1) style='color:red' id=x>a</p>", "<p>a</p>"),
        ("<p/onclick=alert(1)>a", "<p>a</p>"),
        ("<a href=javascript:alert(1)>a</a>", "a"),
        ("<a href=' &#1;java\tscript&colon;alert(1)'>a</a>", "a"),
        ("<a href='&#x6A&#x61vascript:alert(1)'>a</a>", "a"),
        ("<a href='data:text/html,<script>alert(1)</script>'>a</a>", "a"),
        ("<a href='vbscript:x'>a</a><a href='/x'>b</a><a href='//x'>c</a><a>d</a>", "abcd"),
        ("<svg><style><img src=x onerror=alert(1)></style><a href=x>y", "y"),
        ("<svg><a xlink:href='javascript:alert(1)'>x</a></svg>", "x"),
        ("<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>", ""),
        ("<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<p></p>"),
        ("<textarea><b>x</textarea>", "<b>x</b>"),
        ("<!--><img src=x onerror=alert(1)>-->", "--&gt;"),
        ("<![CDATA[<script>alert(1)</script>]]>", "alert(1)]]&gt;"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<iframe src=x>a</iframe><object data=x><embed src=x><base href=x><meta http-equiv=refresh>b", "ab"),
        ("<form action=x><input name=y><button>z</button></form>", "z "),
    ] {
        assert_eq!(check(html), expected, "{html}");
    }
    // What browsers read differently from what stands there is written as they read it.
    assert!(check("<a href='https:\\\\evil.example\\x'>a</a>").contains("href=\"https://evil.example/x\""));
    assert!(
        check("<a href='ht\ntps://x.example/\" onclick=\"y'>a</a>")
            .contains("href=\"https://x.example/%22%20onclick=%22y\"")
    );
}

#[test]
fn work_is_in_proportion_to_size() {
    let half = REMOTE_HTML_MAX / 2;
    let bombs = [
        "<b>".repeat(REMOTE_HTML_MAX / 3),
        (0..half / 9).map(|n| format!("<b id={n}>")).collect::<String>() + &"<p>".repeat(half / 3),
        (0..half / 9).map(|n| format!("<b id={n}><object></b></object>")).collect::<String>() + &"<p>".repeat(half / 3),
        format!("<p {}>", (0..half / 6).map(|n| format!("a{n} ")).collect::<String>()),
        "<p a='".repeat(half / 6),
        "<!--".repeat(half / 4),
        "<!----".repeat(half / 6),
        "<script></scriptx ".repeat(half / 18),
        "<math><annotation>".repeat(half / 18),
        "</math><math>".repeat(half / 12),
        // Unoptimised, ammonia takes a second for ten thousand references; optimised, milliseconds.
        "&".repeat(10_000),
        "&#".repeat(5_000),
        "<a href=x:".repeat(half / 10),
        "<ruby><rt>".repeat(half / 10),
        "<ul><li>".repeat(half / 8),
        "<table><td><a href=http:x>".repeat(half / 26),
    ];
    for bomb in bombs {
        let begun = Instant::now();
        check(&bomb);
        // Eight passes of an unoptimised build on a busy machine; quadratic work would take minutes.
        assert!(begun.elapsed().as_secs() < 30, "{}", bomb.get(..40).unwrap_or_default());
    }
}

/// F41
#[test]
fn cuts_what_is_too_long() {
    let long = format!("<p>{}", "é".repeat(REMOTE_HTML_MAX));
    assert!(check(&long).len() <= REMOTE_HTML_MAX + 8);
}

/// Fragments out of which markup goes wrong.
fn soup() -> impl Strategy<Value = String> {
    let names = "p|br|span|a|del|s|pre|blockquote|code|b|strong|u|i|em|ul|ol|li|ruby|rt|rp|h1|h3|div|table|td|svg|math|annotation|style|script|img|title|select|option|template|object|button|noscript|nobr|form";
    let piece = prop_oneof![
        4 => proptest::string::string_regex(&format!("<({names})>")).unwrap(),
        3 => proptest::string::string_regex(&format!("</({names})>")).unwrap(),
        2 => proptest::string::string_regex(
            "<(a|p|span|li|ol|img|svg)[ /]{1,2}((href|class|onclick|start|lang|rel|value|target|style)=[\"']?(javascript:|https://x.example/|mention|no|1|[ -~\u{a0}]{0,6})[\"']? ?){0,3}>?"
        ).unwrap(),
        2 => "[a-z \n\r\t\u{0}\u{b}\u{85}\u{a0}\u{feff}]{1,3}",
        1 => "&(amp|lt|gt|nbsp|#60|#x3c|#10|#13|#0|#x80|colon|newline|Tab|copy)?;?",
        1 => "<!--|-->|--!>|<!|<\\?|<|>|\"|'|=|/|\\]\\]>|<!\\[CDATA\\[",
        1 => "\\PC{1,2}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_gets_through(html in soup()) {
        check(&html);
        let _ = super::plain_text(&html);
    }

    #[test]
    fn nothing_gets_through_noise(html in "[<>&\"'=/a-pA-P!?;#:\\- \\n\\PC]{0,80}|\\PC{0,40}") {
        check(&html);
        let _ = super::strip_markup_to_text_line(&html, 10);
    }
}
