//! What people read: in the catalogues of translations alone. And: migrations can be taken back.

use super::report;
use super::source::read_all;
use crate::support::migration_folders;

/// Words that are the same in every language.
const NAMES: [&str; 1] = ["Pollen"];

/// Attributes whose values people read.
const READ: [&str; 5] = ["title", "alt", "placeholder", "aria-label", "label"];

#[test]
fn templates_have_no_words_of_their_own() {
    let mut wrong = Vec::new();
    for ending in [".html", ".txt", ".xml"] {
        for template in read_all("src", ending) {
            wrong.extend(bare_words(&template.text).into_iter().map(|text| format!("{}: {text:?}", template.path)));
        }
    }
    assert!(wrong.is_empty(), "{}", report(&wrong));
}

#[test]
fn planted_words_are_found() {
    let planted = "<!DOCTYPE html><title>{{ title }} · Pollen</title><style>a { color: red }</style>\
                   {% if a %}<p class=\"wide\">{{ t(\"key\") }} Hello</p>{% endif %}<img alt=\"A flower\" src=\"x\">\
                   <img alt=\"{{ description }}\">&nbsp;<script>let hidden = 1;</script>{# a note #}<b>1.</b>";
    assert_eq!(bare_words(planted), ["Hello", "A flower"]);
}

/// Texts of a template that are not filled in.
fn bare_words(template: &str) -> Vec<String> {
    let mut text = template.to_owned();
    for (open, close) in
        [("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>")]
    {
        while let Some(start) = text.find(open) {
            let end = text[start..].find(close).map_or(text.len(), |end| start + end + close.len());
            text.replace_range(start..end, " ");
        }
    }
    let (mut found, mut rest) = (Vec::new(), text.as_str());
    while !rest.is_empty() {
        let (node, after) = rest.split_once('<').unwrap_or((rest, ""));
        found.push(node.to_owned());
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        for attribute in READ {
            let opening = format!(" {attribute}=\"");
            let values = tag.match_indices(&opening).filter_map(|(at, start)| {
                let value = tag[at + start.len()..].split('"').next()?;
                Some(value.to_owned())
            });
            found.extend(values);
        }
        rest = after;
    }
    let is_words = |text: &String| {
        let bare = NAMES.iter().fold(text.clone(), |text, name| text.replace(name, ""));
        let mut bare = bare.split('&').enumerate().map(|(part, text)| {
            // An entity is no word.
            if part == 0 { text } else { text.split_once(';').map_or(text, |(_, rest)| rest) }
        });
        bare.any(|part| part.chars().any(char::is_alphabetic))
    };
    found.into_iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(is_words).collect()
}

#[test]
fn every_migration_can_be_taken_back() {
    for folder in migration_folders() {
        for file in ["up.sql", "down.sql"] {
            let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
            assert!(!text.trim().is_empty(), "{} has no {file}", folder.display());
        }
    }
}
