//! Every text that pages show, from the Fluent catalogue in `locales/`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;

use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use chrono_tz::Tz;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};

use crate::base::Why;
use crate::base::why::Value;
use crate::instances::languages::LANGUAGES;

static_loader! {
    static LOCALES = {
        locales: "./src/web/locales",
        fallback_language: "en",
        customise: |bundle| {
            // Names are set apart in the templates, with `<bdi>`.
            bundle.set_use_isolating(false);
            let language = bundle.locales.first().map(ToString::to_string).unwrap_or_default();
            match language.as_str() {
                "en" => bundle.set_formatter(Some(|value, _| grouped(value, ','))),
                "de" => bundle.set_formatter(Some(|value, _| grouped(value, '.'))),
                // As the SI has it: a narrow space that does not break.
                _ => bundle.set_formatter(Some(|value, _| grouped(value, '\u{202f}'))),
            }
        },
    };
}

type Values = HashMap<Cow<'static, str>, FluentValue<'static>>;

/// The texts in one language.
#[derive(Clone, Debug)]
pub struct Texts {
    language: LanguageIdentifier,
    /// In which times are told; `None`: UTC.
    zone: Option<Tz>,
}

impl Texts {
    /// In the language of `Accept-Language` that is wished for most and that there is; else in the `usual` one, else in English.
    /// A language alone is such a header too.
    pub fn choose(accept_language: &str, usual: &str) -> Self {
        let mut wishes: Vec<(f32, &str)> = accept_language.split(',').filter_map(wish).collect();
        // What is wished for alike stays in its order.
        wishes.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let mut wished = wishes.iter().map(|(_, code)| *code).chain([usual]);
        let language = wished.find_map(known).unwrap_or_else(|| LOCALES.fallback());
        Self { language: language.clone(), zone: None }
    }

    /// As somebody prefers: in this language, where there is one, with times of this zone (by its name).
    pub fn preferring(mut self, language: Option<&str>, zone: Option<&str>) -> Self {
        if let Some(language) = language.and_then(known) {
            self.language = language.clone();
        }
        self.zone = zone.and_then(|name| name.parse().ok());
        self
    }

    /// The languages that there are, by code and by what they call themselves.
    pub fn languages() -> Vec<(String, String)> {
        let mut known: Vec<(String, String)> = LOCALES
            .locales()
            .map(|language| (language.to_string(), LOCALES.lookup(language, "language-name")))
            .collect();
        known.sort();
        known
    }

    /// The languages that people write in, by code and by what they are called, as a reader looks for them.
    pub fn languages_written(&self) -> Vec<(&'static str, String)> {
        let name = |(code, _): &(&'static str, &str)| (*code, self.say(&format!("language-{code}")));
        let mut named: Vec<_> = LANGUAGES.iter().map(name).collect();
        named.sort_by_cached_key(|(_, name)| plain(name));
        named
    }

    /// So many bytes, in words.
    pub fn bytes(&self, bytes: i64) -> String {
        const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
        let (mut whole, mut tenth, mut unit) = (bytes.max(0), 0, UNITS.iter());
        let mut name = unit.next().copied().unwrap_or_default();
        while whole >= 1000
            && let Some(next) = unit.next()
        {
            tenth = whole % 1000 / 100;
            whole /= 1000;
            name = next;
        }
        if tenth == 0 || whole >= 100 {
            return format!("{whole} {name}");
        }
        let number = HashMap::from([("whole".into(), whole.into()), ("tenth".into(), tenth.into())]);
        format!("{} {name}", self.filled("number-with-tenth", &number))
    }

    /// A moment in words, in the reader's zone, which it says.
    pub fn moment(&self, time: DateTime<Utc>) -> String {
        let (here, zone) = self.here(time);
        let mut values = date(here);
        values.insert("time".into(), here.format("%H:%M").to_string().into());
        values.insert("zone".into(), zone.into());
        self.filled("time-moment", &values)
    }

    /// The day of a moment in words, in the reader's zone.
    pub fn day(&self, time: DateTime<Utc>) -> String {
        self.filled("time-day", &date(self.here(time).0))
    }

    /// The month of a moment in words, in the reader's zone.
    pub fn month(&self, time: DateTime<Utc>) -> String {
        self.filled("time-month", &date(self.here(time).0))
    }

    /// What clocks show where the reader is, and what their time is called.
    fn here(&self, time: DateTime<Utc>) -> (NaiveDateTime, String) {
        let here = time.with_timezone(&self.zone.unwrap_or(Tz::UTC));
        (here.naive_local(), here.format("%Z").to_string())
    }

    /// By which name the reader's zone is known.
    pub fn zone(&self) -> String {
        self.zone.map_or_else(|| "UTC".to_owned(), |zone| zone.name().to_owned())
    }

    /// A moment as fields of forms have it, in the reader's zone.
    pub fn local(&self, time: DateTime<Utc>) -> String {
        time.with_timezone(&self.zone.unwrap_or(Tz::UTC)).format("%Y-%m-%dT%H:%M").to_string()
    }

    /// What a field of a form says in the reader's zone; `None`: it is no time, or one that clocks there leap over.
    pub fn moment_in(&self, local: &str) -> Option<DateTime<Utc>> {
        let local = local.trim();
        let read = NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M");
        let read = read.or_else(|_| NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M:%S")).ok()?;
        let there = read.and_local_timezone(self.zone.unwrap_or(Tz::UTC)).earliest()?;
        Some(there.with_timezone(&Utc))
    }

    /// The language's code, for `lang`.
    pub fn code(&self) -> String {
        self.language.to_string()
    }

    pub fn say(&self, key: &str) -> String {
        LOCALES.lookup(&self.language, key)
    }

    /// A text with a value in it.
    pub fn with(&self, key: &str, name: &'static str, value: impl Display) -> String {
        self.filled(key, &HashMap::from([(name.into(), value.to_string().into())]))
    }

    /// A text that depends on how many there are, as `$count`.
    pub fn count(&self, key: &str, count: &i64) -> String {
        self.filled(key, &HashMap::from([("count".into(), (*count).into())]))
    }

    /// A text with names in it that depends on how many they are, as `$names` and `$count`.
    pub fn people(&self, key: &str, names: &str, count: i64) -> String {
        self.filled(key, &HashMap::from([("names".into(), names.to_owned().into()), ("count".into(), count.into())]))
    }

    /// Two people by name.
    pub fn both(&self, one: &str, other: &str) -> String {
        self.filled(
            "notice-both",
            &HashMap::from([("name".into(), one.to_owned().into()), ("other".into(), other.to_owned().into())]),
        )
    }

    /// Why something was refused. What has no text of its own stands in English.
    pub fn why(&self, why: &Why) -> String {
        self.known_why(why).unwrap_or_else(|| self.with("refused", "why", why))
    }

    /// The same, of what has a text.
    pub fn known_why(&self, why: &Why) -> Option<String> {
        let value = |value: &Value| match value {
            Value::Number(number) => FluentValue::from(*number),
            Value::Text(text) => FluentValue::from(text.clone()),
            Value::Why(inner) => FluentValue::from(self.why(inner)),
        };
        let values: Values = why.values().iter().map(|(name, inner)| ((*name).into(), value(inner))).collect();
        LOCALES.try_lookup_with_args(&self.language, why.name(), &values)
    }

    fn filled(&self, key: &str, values: &Values) -> String {
        LOCALES.lookup_with_args(&self.language, key, values)
    }
}

/// Numbers from ten thousand on in groups of three digits.
fn grouped(value: &FluentValue<'_>, between: char) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let digits = number.as_string().into_owned();
    if digits.len() < 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(between);
        }
        written.push(digit);
    }
    Some(written)
}

/// A name by which others are sorted: without capital letters and the dots and bars of Latin ones.
fn plain(name: &str) -> String {
    let letter = |letter: char| match letter {
        'ä' | 'ā' | 'á' | 'å' => 'a',
        'é' | 'è' => 'e',
        'í' => 'i',
        'ö' => 'o',
        'ü' => 'u',
        other => other,
    };
    name.to_lowercase().chars().map(letter).collect()
}

/// A language of `Accept-Language`, and how much it is wished for.
fn wish(part: &str) -> Option<(f32, &str)> {
    let (code, weight) = part.split_once(';').unwrap_or((part, ""));
    let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse().ok()).unwrap_or(1.0);
    (weight > 0.0).then_some((weight, code.trim()))
}

/// The language of this code, if there are texts in it; where it is spoken does not matter.
fn known(code: &str) -> Option<&'static LanguageIdentifier> {
    let wish: LanguageIdentifier = code.parse().ok()?;
    LOCALES.locales().find(|known| known.language == wish.language)
}

/// `$day`, `$month` (a number) and `$year`.
fn date(here: NaiveDateTime) -> Values {
    HashMap::from([
        ("day".into(), here.day().into()),
        ("month".into(), here.month().into()),
        ("year".into(), here.year().to_string().into()),
    ])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::base::why;

    fn files(directory: &Path, extension: &str, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, extension, found);
            } else if path.extension().is_some_and(|own| own == extension) {
                found.push(path);
            }
        }
    }

    fn read(extension: &str) -> String {
        let mut found = Vec::new();
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), extension, &mut found);
        found.sort();
        found.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    #[test]
    fn every_text_that_is_shown_exists_and_none_is_idle() {
        let id = regex::Regex::new(r"(?m)^([a-z][a-z0-9-]*) *=").unwrap();
        let known: BTreeSet<String> = id.captures_iter(&read("ftl")).map(|found| found[1].to_owned()).collect();
        let (sources, texts) = (read("rs") + &read("html"), read("ftl"));
        let used = regex::Regex::new(r#"\.(?:say|with|count|people|filled)\(\s*"([a-z0-9-]+)""#).unwrap();
        for found in used.captures_iter(&sources) {
            assert!(known.contains(&found[1]), "there is no text {}", &found[1]);
        }
        for key in &known {
            // Those of refusals and languages have the names that follow from them: see tests/it/tidy.
            let used = key.starts_with("why-")
                || key.starts_with("language-")
                || sources.contains(&format!("\"{key}\""))
                || texts.contains(&format!("{{ {key} }}"));
            assert!(used, "the text {key} is used nowhere");
        }
    }

    #[test]
    fn values_and_numbers_are_put_in() {
        let texts = Texts::choose("xx, en-GB;q=0.8", "");
        assert_eq!(texts.code(), "en");
        assert_eq!(texts.with("person-title", "name", "Ada"), "Ada");
        assert_eq!(texts.count("post-replies", &1), "1 reply");
        assert_eq!(texts.count("post-replies", &2), "2 replies");
    }

    #[test]
    fn the_language_is_the_one_that_is_wished_for_most() {
        let code = |wished: &str, usual: &str| Texts::choose(wished, usual).code();
        assert_eq!(code("en;q=0.3, de-AT;q=0.9", ""), "de");
        assert_eq!(code("de, en", ""), "de");
        assert_eq!(code("de;q=0, en;q=0.1", ""), "en");
        assert_eq!(code("xx, *", "de"), "de");
        assert_eq!(code("", "xx"), "en");
        assert_eq!(Texts::choose("en", "").preferring(Some("de"), None).code(), "de");
    }

    #[test]
    fn times_are_the_readers() {
        let time = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let texts = Texts::choose("en", "");
        assert_eq!(texts.moment(time), "15 Jan 2027, 08:00 UTC");
        assert_eq!((texts.day(time).as_str(), texts.month(time).as_str()), ("15 Jan 2027", "January 2027"));
        let here = texts.clone().preferring(Some("xx"), Some("Europe/Vienna"));
        assert_eq!((here.code().as_str(), here.moment(time).as_str()), ("en", "15 Jan 2027, 09:00 CET"));
        assert_eq!(texts.clone().preferring(None, Some("Nowhere")).moment(time), "15 Jan 2027, 08:00 UTC");
        let german = texts.preferring(Some("de"), Some("Europe/Vienna"));
        assert_eq!(german.moment(time), "15. Jan. 2027, 09:00 MEZ");
        assert_eq!(german.month(time), "Januar 2027");
        // Midnight is another day elsewhere.
        let late = DateTime::from_timestamp(1_800_053_000, 0).unwrap();
        assert_eq!(german.day(late), "15. Jan. 2027");
        assert_eq!(german.preferring(None, Some("Asia/Tokyo")).day(late), "16. Jan. 2027");
    }

    #[test]
    fn numbers_are_written_as_the_language_does() {
        let (english, german) = (Texts::choose("en", ""), Texts::choose("de", ""));
        assert_eq!((english.count("post-replies", &1200).as_str()), "1200 replies");
        assert_eq!(english.count("post-replies", &1_234_567), "1,234,567 replies");
        assert_eq!(german.count("post-replies", &12_345), "12.345 Antworten");
        assert_eq!((english.bytes(1_530_000), german.bytes(1_530_000)), ("1.5 MB".into(), "1,5 MB".into()));
        assert_eq!((german.bytes(999), german.bytes(2_000), german.bytes(512_300_000)).2, "512 MB");
    }

    #[test]
    fn languages_are_called_and_sorted_as_the_reader_does() {
        let german = Texts::choose("de", "").languages_written();
        let place = |code: &str| german.iter().position(|(known, _)| *known == code).unwrap();
        assert!(german.contains(&("de", "Deutsch".into())));
        assert!(place("fo") < place("fi") && place("da") < place("de") && place("tr") > place("to"));
    }

    #[test]
    fn refusals_are_in_the_readers_language() {
        let german = Texts::choose("de", "");
        let (most, handle) = (1, "ada");
        assert_eq!(german.why(&why!("can be at most {most}", most = most)), "Davon kann es höchstens 1 geben.");
        let inner = why!("{domain} is this server", domain = handle);
        let whole = why!("line {line}: {why}; nothing was imported", line = most, why = inner);
        assert_eq!(german.why(&whole), "Zeile 1: „ada“ ist dieser Server. Nichts wurde übernommen.");
        assert_eq!(german.why(&"is not known".into()), "Das geht so nicht: is not known");
    }
}
