//! Whether one of a filter's keywords stands in a text. Pure.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};

/// Places at which a keyword may stand in one text that are looked at.
const MOST_PLACES: usize = 10_000;

/// How words are compared: in lower case, and no letter has two of those.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The keywords of one filter, ready to be looked for all at once.
#[derive(Debug)]
pub struct Matcher {
    automaton: AhoCorasick,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    keyword: String,
    /// The letter before it must be no part of a word.
    starts_word: bool,
    ends_word: bool,
}

impl Matcher {
    /// Of keywords, and whether they must be whole words. Fails when they are more than an automaton can hold.
    pub fn new<'a>(keywords: impl Iterator<Item = (&'a str, bool)>) -> Result<Self, BuildError> {
        let (mut patterns, mut rules) = (Vec::new(), Vec::new());
        for (keyword, whole_word) in keywords.filter(|(keyword, _)| !keyword.is_empty()) {
            // As in Mastodon: a keyword that begins with a sign may follow a letter.
            rules.push(Rule {
                keyword: keyword.to_owned(),
                starts_word: whole_word && keyword.chars().next().is_some_and(is_word),
                ends_word: whole_word && keyword.chars().next_back().is_some_and(is_word),
            });
            patterns.push(fold(keyword));
        }
        let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(patterns)?;
        Ok(Self { automaton, rules })
    }

    /// Bytes in memory, roughly.
    pub fn size(&self) -> usize {
        self.automaton.memory_usage() + self.rules.iter().map(|rule| rule.keyword.len() + 32).sum::<usize>()
    }

    /// The keywords that stand in a folded text, in their order, as their owner wrote them.
    pub fn find(&self, folded: &str) -> Vec<&str> {
        let mut found = BTreeSet::new();
        for place in self.automaton.find_overlapping_iter(folded).take(MOST_PLACES) {
            let index = place.pattern().as_usize();
            let Some(rule) = self.rules.get(index) else { continue };
            let before = folded.get(..place.start()).and_then(|text| text.chars().next_back());
            let after = folded.get(place.end()..).and_then(|text| text.chars().next());
            if (rule.starts_word && before.is_some_and(is_word)) || (rule.ends_word && after.is_some_and(is_word)) {
                continue;
            }
            found.insert(index);
            if found.len() == self.rules.len() {
                break;
            }
        }
        found.into_iter().filter_map(|index| Some(self.rules.get(index)?.keyword.as_str())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(keyword: &str, whole_word: bool, text: &str) -> bool {
        let matcher = Matcher::new([(keyword, whole_word)].into_iter()).unwrap();
        matcher.find(&fold(text)) == [keyword]
    }

    #[test]
    fn words_and_parts_of_words() {
        for (keyword, whole, text, expected) in [
            ("cat", false, "Concatenate", true),
            ("cat", true, "Concatenate", false),
            ("cat", true, "The CAT!", true),
            ("cat", true, "cat_food", false),
            ("cat", true, "concat and a cat", true),
            ("big cat", true, "A Big Cat.", true),
            ("#cat", true, "dog#cat", true),
            ("c++", true, "C++11", true),
            ("a.b", false, "axb", false),
            ("(", false, "a (b", true),
            ("σοφος", true, "ΣΟΦΟΣ", true),
            ("über", true, "ÜBER alles", true),
            ("猫", true, "猫", true),
            ("cat", true, "", false),
        ] {
            assert_eq!(found(keyword, whole, text), expected, "{keyword} in {text}");
        }
    }

    #[test]
    fn every_keyword_is_told_once_in_order() {
        let keywords = [("b", false), ("ab", false), ("", false), ("x", false), ("B", false)];
        let matcher = Matcher::new(keywords.into_iter()).unwrap();
        assert_eq!(matcher.find(&fold("ab AB")), ["b", "ab", "B"]);
    }

    proptest! {
        #[test]
        fn finds_what_it_is_given(before in "\\PC{0,10}", keyword in "\\PC{1,10}", after in "\\PC{0,10}") {
            let text = format!("{before}{keyword}{after}");
            prop_assert!(found(&keyword, false, &text));
            let alone = format!("{before} {keyword} {after}");
            prop_assert!(found(&keyword, true, &alone));
        }
    }
}
