//! What somebody looks for: words, phrases, and operators as Mastodon has them
//! (https://docs.joinmastodon.org/user/network/#search). Pure.

use chrono::{Days, NaiveDate, NaiveTime};

use crate::base::text::words;

/// Letters of a search that are read.
const MOST_LETTERS: usize = 1000;

/// Words and operators together; what comes after is not looked at, so that one search costs no more than another.
const MOST_PARTS: usize = 20;

/// In which posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Within {
    #[default]
    All,
    /// One's own, and those that one had to do with.
    Library,
    /// Public ones by people who want to be found.
    Public,
}

/// A word or a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// As [`words`] has it; several are a phrase.
    pub words: String,
    /// It must be there, or must not.
    pub wanted: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub terms: Vec<Term>,
    /// Of posts, see [`super::Document`]; whether it must be there, or must not.
    pub marks: Vec<(String, bool)>,
    /// By whom, without the first @; `me` is oneself.
    pub from: Vec<(String, bool)>,
    pub within: Within,
    /// Ids between which the posts are: ids begin with the time.
    pub above: i64,
    pub below: i64,
}

/// What `has:` and `is:` know, and the mark that says it.
const FACTS: &[(&str, &str, &str)] = &[
    ("has", "media", "f:media"),
    ("has", "image", "f:image"),
    ("has", "video", "f:video"),
    ("has", "audio", "f:audio"),
    ("has", "link", "f:link"),
    ("has", "card", "f:card"),
    ("has", "poll", "f:poll"),
    ("has", "quote", "f:quote"),
    ("is", "reply", "f:reply"),
    ("is", "sensitive", "f:sensitive"),
];

impl Query {
    /// Reads what was typed. What is no operator that there is, is words.
    pub fn parse(text: &str) -> Self {
        let (terms, marks, from) = (Vec::new(), Vec::new(), Vec::new());
        let mut query = Self { terms, marks, from, within: Within::All, above: 0, below: i64::MAX };
        let text: String = text.chars().take(MOST_LETTERS).collect();
        let mut rest = text.trim_start();
        for _ in 0..MOST_PARTS {
            if rest.is_empty() {
                break;
            }
            let (wanted, bare) = rest.strip_prefix('-').map_or((true, rest), |bare| (false, bare));
            let part;
            if let Some(phrase) = bare.strip_prefix(QUOTES) {
                (part, rest) = phrase.split_once(QUOTES).unwrap_or((phrase, ""));
                query.add_words(part, wanted);
            } else {
                (part, rest) = bare.split_once(char::is_whitespace).unwrap_or((bare, ""));
                let known = part.split_once(':').is_some_and(|(name, value)| query.add_operator(name, value, wanted));
                if !known {
                    query.add_words(part, wanted);
                }
            }
            rest = rest.trim_start();
        }
        query
    }

    fn add_words(&mut self, text: &str, wanted: bool) {
        let words = words(text);
        if !words.is_empty() {
            self.terms.push(Term { words, wanted });
        }
    }

    /// Whether there is such an operator.
    fn add_operator(&mut self, name: &str, value: &str, wanted: bool) -> bool {
        let (name, value) = (name.to_ascii_lowercase(), value.trim_matches(QUOTES));
        let lower = value.to_ascii_lowercase();
        match name.as_str() {
            "has" | "is" => match FACTS.iter().find(|(of, fact, _)| *of == name && *fact == lower) {
                Some((_, _, mark)) => self.marks.push(((*mark).to_owned(), wanted)),
                None => return false,
            },
            "from" if !value.is_empty() => self.from.push((value.trim_start_matches('@').to_owned(), wanted)),
            "language" if crate::base::text::valid_language(&lower) => self.marks.push((format!("c:{lower}"), wanted)),
            "in" if wanted => match lower.as_str() {
                "all" => self.within = Within::All,
                "library" => self.within = Within::Library,
                "public" => self.within = Within::Public,
                _ => return false,
            },
            "before" | "after" | "during" if wanted => match day(value) {
                Some((start, end)) => self.add_time(&name, start, end),
                None => return false,
            },
            _ => return false,
        }
        true
    }

    /// `start` is the first id of a day, `end` the first one after it.
    fn add_time(&mut self, name: &str, start: i64, end: i64) {
        if name != "before" {
            self.above = self.above.max(if name == "after" { end } else { start } - 1);
        }
        if name != "after" {
            self.below = self.below.min(if name == "before" { start } else { end });
        }
    }

    /// Whether something is asked for of which there is an index.
    pub fn has_wanted(&self) -> bool {
        self.terms.iter().any(|term| term.wanted) || self.marks.iter().chain(&self.from).any(|(_, wanted)| *wanted)
    }
}

/// Telephones write quotation marks of their own.
const QUOTES: [char; 4] = ['"', '“', '”', '„'];

/// The ids of a day (UTC): its first, and the first of the day after.
fn day(text: &str) -> Option<(i64, i64)> {
    let day: NaiveDate = text.parse().ok()?;
    let id = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc().timestamp_millis().checked_mul(1 << 16);
    let (start, end) = (id(day)?, id(day.checked_add_days(Days::new(1))?)?);
    (start > 0).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(query: &Query) -> Vec<(&str, bool)> {
        query.terms.iter().map(|term| (term.words.as_str(), term.wanted)).collect()
    }

    #[test]
    fn words_phrases_and_their_absence_are_told_apart() {
        let query = Query::parse("  Hello \"big  World\" -sad -“no way” a-b \"open");
        let expected =
            [("hello", true), ("big world", true), ("sad", false), ("no way", false), ("a b", true), ("open", true)];
        assert_eq!(terms(&query), expected);
        assert!(Query::parse(" - \"\" -\"\" !").terms.is_empty());
        assert!(!Query::parse("-sad -is:reply").has_wanted());
        assert!(Query::parse("is:reply").has_wanted());
    }

    #[test]
    fn operators_are_read_and_others_are_words() {
        let query = Query::parse("from:@ada@acme.test -from:me HAS:Image -is:reply language:pt-BR in:library x");
        assert_eq!(query.from, [("ada@acme.test".to_owned(), true), ("me".to_owned(), false)]);
        let marks = [("f:image", true), ("f:reply", false), ("c:pt-br", true)];
        assert_eq!(query.marks, marks.map(|(mark, wanted)| (mark.to_owned(), wanted)));
        assert_eq!((query.within, terms(&query)), (Within::Library, vec![("x", true)]));
        let query = Query::parse("has:nothing foo:bar is: in:there before:soon from: https://a.test");
        assert!(query.marks.is_empty() && query.from.is_empty());
        assert_eq!(terms(&query).len(), 7);
    }

    #[test]
    fn days_are_bounds_of_ids() {
        let id =
            |day: &str| day.parse::<NaiveDate>().unwrap().and_time(NaiveTime::MIN).and_utc().timestamp_millis() << 16;
        let bounds = |text: &str| {
            let query = Query::parse(text);
            (query.above, query.below)
        };
        assert_eq!(bounds("before:2026-02-01"), (0, id("2026-02-01")));
        assert_eq!(bounds("after:2026-01-31"), (id("2026-02-01") - 1, i64::MAX));
        assert_eq!(bounds("during:2026-01-31"), (id("2026-01-31") - 1, id("2026-02-01")));
        assert_eq!(bounds("after:2026-01-01 before:2026-01-03"), (id("2026-01-02") - 1, id("2026-01-03")));
        assert_eq!(bounds("before:262142-12-31 after:-0001-01-01"), (0, i64::MAX));
    }

    #[test]
    fn a_search_has_an_end() {
        let query = Query::parse(&"word ".repeat(5000));
        assert_eq!(query.terms.len(), MOST_PARTS);
        assert!(Query::parse(&"x".repeat(5000)).terms[0].words.len() <= MOST_LETTERS);
    }
}
