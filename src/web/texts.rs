//! Every text that pages show, from the Fluent catalogue in `locales/`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};

static_loader! {
    static LOCALES = {
        locales: "./src/web/locales",
        fallback_language: "en",
        // Names are set apart in the templates, with `<bdi>`.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The texts in one language.
#[derive(Clone, Debug)]
pub struct Texts {
    language: LanguageIdentifier,
    /// In which times are told; `None`: UTC.
    zone: Option<Tz>,
}

impl Texts {
    /// In the first language of `Accept-Language` that there is, else in English.
    pub fn choose(accept_language: &str) -> Self {
        let known: Vec<&LanguageIdentifier> = LOCALES.locales().collect();
        let wished = accept_language
            .split(',')
            .filter_map(|part| part.split(';').next()?.trim().parse::<LanguageIdentifier>().ok());
        let found = wished
            .filter_map(|wish| known.iter().find(|language| language.language == wish.language))
            .map(|language| (*language).clone())
            .next();
        Self { language: found.unwrap_or_else(|| LOCALES.fallback().clone()), zone: None }
    }

    /// As somebody prefers: in this language, where there is one, with times of this zone (by its name).
    pub fn preferring(mut self, language: Option<&str>, zone: Option<&str>) -> Self {
        let known = language.and_then(|code| LOCALES.locales().find(|known| known.to_string() == code));
        if let Some(language) = known {
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

    /// A moment in words, in the reader's zone, which it says.
    pub fn moment(&self, time: DateTime<Utc>) -> String {
        const SHAPE: &str = "%-d %b %Y, %H:%M %Z";
        match self.zone {
            Some(zone) => time.with_timezone(&zone).format(SHAPE).to_string(),
            None => time.format(SHAPE).to_string(),
        }
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
        let arguments = HashMap::from([(Cow::Borrowed(name), FluentValue::from(value.to_string()))]);
        LOCALES.lookup_with_args(&self.language, key, &arguments)
    }

    /// A text that depends on how many there are, as `$count`.
    pub fn count(&self, key: &str, count: &i64) -> String {
        let arguments = HashMap::from([(Cow::Borrowed("count"), FluentValue::from(*count))]);
        LOCALES.lookup_with_args(&self.language, key, &arguments)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

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
        let sources = read("rs") + &read("html");
        let used = regex::Regex::new(r#"\.(?:say|with|count)\(\s*"([a-z0-9-]+)""#).unwrap();
        for found in used.captures_iter(&sources) {
            assert!(known.contains(&found[1]), "there is no text {}", &found[1]);
        }
        for key in &known {
            assert!(sources.contains(&format!("\"{key}\"")), "the text {key} is used nowhere");
        }
    }

    #[test]
    fn values_and_numbers_are_put_in() {
        let texts = Texts::choose("xx, en-GB;q=0.8");
        assert_eq!(texts.code(), "en");
        assert_eq!(texts.with("person-title", "name", "Ada"), "Ada");
        assert_eq!(texts.count("post-replies", &1), "1 reply");
        assert_eq!(texts.count("post-replies", &2), "2 replies");
    }

    #[test]
    fn times_are_the_readers() {
        let time = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let texts = Texts::choose("en");
        assert_eq!(texts.moment(time), "15 Jan 2027, 08:00 UTC");
        let here = texts.clone().preferring(Some("xx"), Some("Europe/Vienna"));
        assert_eq!((here.code().as_str(), here.moment(time).as_str()), ("en", "15 Jan 2027, 09:00 CET"));
        assert_eq!(texts.preferring(None, Some("Nowhere")).moment(time), "15 Jan 2027, 08:00 UTC");
    }
}
