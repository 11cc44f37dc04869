//! The catalogues of translations: each language has the same texts, with the same values in them, and has them translated. What is
//! refused has a text on pages.

use std::collections::{BTreeMap, BTreeSet};

use pollen::base::why::name_of;
use regex::Regex;

use super::report;
use super::source::{Source, read_all};

/// Texts that are the same in English and in another language, by the language. Those without words of their own need none.
const SAME: &[(&str, &[&str])] = &[(
    "de",
    &[
        "about-software",
        "admin-access-domain",
        "admin-accounts-find",
        "admin-emoji-name",
        "admin-instance-title",
        "admin-report-spam",
        "app-code",
        "code-label",
        "group-name",
        "lists-name",
        "nav-apps",
        "passkey-new-name",
        "post-in-group",
        "second-code",
        "security-passkeys",
        "sessions-apps",
        "settings-profile-name",
        "settings-text-normal",
        "ties-server",
    ],
)];

/// Slices and files whose refusals are read by programs and logs alone.
const FOR_PROGRAMS: [&str; 13] = [
    "src/base/",
    "src/command/",
    "src/config",
    "src/db/",
    "src/federation/",
    "src/net/",
    "src/oauth/",
    "src/push/",
    "src/start.rs",
    "src/streaming/",
    "src/worker.rs",
    "src/emojis/object.rs",
    "src/web/app/acts.rs",
];

/// Files that no page reaches, by their names: edges to clients and servers, and what reads what comes from servers.
const EDGES: [&str; 5] = ["api", "inbox", "outbox", "wire", "record"];

/// What is refused to programs in files that refuse things to people, too.
const TO_PROGRAMS: [&str; 24] = [
    "Nobody can register from where you are. Ask whoever runs this server.",
    "This account may not sign in.",
    "This account is suspended.",
    "This registration is still waiting to be approved.",
    "This server does not answer to where you are",
    "This server does not federate with that one",
    "You have exceeded the limit of {most} scheduled posts",
    "You have exceeded the limit of {most} scheduled posts for that day",
    "an actor may only update itself",
    "has no host",
    "is invalid",
    "is no URL",
    "is no http(s) URL",
    "is none",
    "is on another host",
    "is on another host than its owner",
    "is somebody else than its address says",
    "is the name of an actor that has another one",
    "must be accept or reject",
    "not the author",
    "of a boost must be public, unlisted or private",
    "this actor is ours",
    "this collection is somebody else's",
    "was open for too long",
];

/// Where somebody is refused something, with the pattern of why.
const REFUSALS: &str = r#"(?:\binvalid\(\s*[\w\[\]"]*\s*,\s*|\bwhy!\(\s*|\bError::(?:Conflict|Forbidden|TooLarge)\(\s*)"((?:[^"\\]|\\[\s\S])*)""#;

/// The texts of a Fluent file, by key; those of attributes, too.
fn messages(catalogue: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let (mut message, mut current) = (String::new(), String::new());
    for line in catalogue.lines().filter(|line| !line.starts_with('#')) {
        let split = line.split_once('=').map(|(name, value)| (name.trim_end(), value.trim()));
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
        };
        match split {
            Some((name, value)) if is_name(name) => {
                (message, current) = (name.to_owned(), name.to_owned());
                found.insert(current.clone(), value.to_owned());
            }
            Some((name, value)) if line.starts_with(' ') && name.trim_start().starts_with('.') => {
                current = format!("{message}{}", name.trim_start());
                found.insert(current.clone(), value.to_owned());
            }
            _ => {
                if let Some(text) = found.get_mut(&current) {
                    text.push('\n');
                    text.push_str(line.trim());
                }
            }
        }
    }
    found
}

/// All catalogues of a folder `locales`, by language.
fn languages(files: &[Source]) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut languages: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for file in files {
        let language = file.path.rsplit('/').nth(1).unwrap_or_default();
        languages.entry(language.to_owned()).or_default().extend(messages(&file.text));
    }
    languages
}

/// The values that are put into a text.
fn values(text: &str) -> BTreeSet<String> {
    Regex::new(r"\$\w+").unwrap().find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

/// What is wrong with catalogues, held against the English one.
fn differences(languages: &BTreeMap<String, BTreeMap<String, String>>) -> Vec<String> {
    let (mut wrong, english) = (Vec::new(), &languages["en"]);
    let words = Regex::new(r"\{[^{}]*\}").unwrap();
    for (language, texts) in languages.iter().filter(|(language, _)| *language != "en") {
        let same = SAME.iter().find(|(known, _)| known == language).map_or(&[][..], |(_, keys)| keys);
        for key in english.keys().chain(texts.keys()).collect::<BTreeSet<_>>() {
            let (Some(one), Some(other)) = (english.get(key), texts.get(key)) else {
                wrong.push(format!("{key} is not in each language"));
                continue;
            };
            // A language may need `$count` for what is the same for one and many in another.
            let known = values(one).union(&BTreeSet::from(["$count".to_owned()])).cloned().collect();
            let (own, most): (_, BTreeSet<String>) = (values(other), known);
            if !own.is_subset(&most) || values(one).iter().any(|value| value != "$count" && !own.contains(value)) {
                wrong.push(format!("{key} has other values in {language}"));
            }
            let bare = |text: &str| words.replace_all(text, "").chars().any(char::is_alphabetic);
            // Languages have names of their own, which are often the same in others.
            let named = key.starts_with("language-") && key != "language-name";
            if !named && (one == other && bare(one)) != same.contains(&key.as_str()) {
                wrong.push(format!("{key} is the same in {language}, or is listed and is not"));
            }
        }
    }
    wrong
}

#[test]
fn every_language_has_the_same_texts() {
    for folder in ["src/web/locales", "src/push/locales"] {
        let found = languages(&read_all(folder, ".ftl"));
        assert!(found.contains_key("en") && found.contains_key("de"), "{folder}");
        let wrong = differences(&found);
        assert!(wrong.is_empty(), "{}", report(&wrong));
    }
}

#[test]
fn planted_differences_are_found() {
    let of = |text: &str| messages(text);
    assert_eq!(
        of("a = B\n# no = key\nc-d =\n    .title = E\n    more = text\n").into_keys().collect::<Vec<_>>(),
        ["a", "c-d", "c-d.title"]
    );
    let english =
        "fine = You { $name }\nmissing = Yes\nvalue = To { $name }\nsame = Home\ncounted = It\nempty = { $x }\n";
    let german =
        "fine = Sie { $name }\nextra = Ja\nvalue = An { $nam }\nsame = Home\ncounted = { $count } Es\nempty = { $x }\n";
    let pair = BTreeMap::from([("en".to_owned(), of(english)), ("xx".to_owned(), of(german))]);
    let wrong = differences(&pair).join("\n");
    for (key, is_wrong) in
        [("fine", false), ("missing", true), ("extra", true), ("value", true), ("same", true), ("counted", false)]
    {
        assert_eq!(wrong.contains(&format!("{key} ")), is_wrong, "{key}: {wrong}");
    }
    assert!(!wrong.contains("empty"), "{wrong}");
}

/// Patterns of refusals in files that pages reach.
fn refusals(files: &[Source]) -> Vec<(String, String)> {
    let pattern = Regex::new(REFUSALS).unwrap();
    let joined = Regex::new(r"\\\n\s*").unwrap();
    let reached = files.iter().filter(|file| {
        let parts = || file.path.trim_end_matches(".rs").split('/');
        !FOR_PROGRAMS.iter().any(|start| file.path.starts_with(start))
            && !parts().any(|part| EDGES.contains(&part) || part == "tests")
    });
    let found = reached.flat_map(|file| {
        let of_file = pattern.captures_iter(&file.spoken).map(|found| {
            (file.path.clone(), joined.replace_all(&found[1], "").replace("\\\"", "\"").replace("\\'", "'"))
        });
        of_file.collect::<Vec<_>>()
    });
    found.collect()
}

#[test]
fn what_is_refused_has_a_text_on_pages() {
    let sources = read_all("src", ".rs");
    let texts = languages(&read_all("src/web/locales", ".ftl"));
    let known: BTreeSet<&str> = texts["en"].keys().map(String::as_str).filter(|key| key.starts_with("why-")).collect();
    let found = refusals(&sources);
    assert!(found.len() > 100, "{} refusals were found", found.len());
    let wrong: Vec<String> = found
        .iter()
        .filter(|(_, why)| !TO_PROGRAMS.contains(&why.as_str()) && !known.contains(name_of(why).as_str()))
        .map(|(path, why)| format!("{path}: {why:?} has no text {} in why.ftl", name_of(why)))
        .collect();
    assert!(wrong.is_empty(), "{}", report(&wrong));
    let unused: Vec<_> = TO_PROGRAMS.iter().filter(|one| found.iter().all(|(_, why)| why != *one)).collect();
    assert!(unused.is_empty(), "nobody is refused {unused:?}");
    // Each text is one of something that is said: where it is refused, or before, as in a table.
    let literal = Regex::new(r#""((?:[^"\\]|\\.)*)""#).unwrap();
    let lines = sources.iter().flat_map(|file| file.spoken.lines());
    let mut said: BTreeSet<String> = lines
        .flat_map(|line| literal.captures_iter(line).map(|found| name_of(&found[1])).collect::<Vec<_>>())
        .collect();
    said.extend(found.iter().map(|(_, why)| name_of(why)));
    let idle: Vec<_> = known.iter().filter(|key| !said.contains(**key)).collect();
    assert!(idle.is_empty(), "nobody says {idle:?}");
}

#[test]
fn planted_refusals_are_found() {
    let planted = "fn f() { Error::invalid(\"name\", \"can't be odd\"); why!(\n \"at most {most} of \\\n   these\", most = 1);\n\
                   Err(Error::Forbidden(\"No\".into())); let a = \"free\"; }";
    let found = |path: &str| refusals(&[Source::new(path, planted)]);
    let whys: Vec<String> = found("src/lists/ops.rs").into_iter().map(|(_, why)| why).collect();
    assert_eq!(whys, ["can't be odd", "at most {most} of these", "No"]);
    assert!(found("src/lists/api.rs").is_empty() && found("src/net/fetch.rs").is_empty());
}
