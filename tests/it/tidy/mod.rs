//! The laws of ARCHITECTURE.md, held against the sources. Each law is a pure function over files, and is shown a violation
//! that somebody planted, so that it is known to see one.

mod floors;
mod jobs;
mod languages;
mod rules;
mod source;
mod texts;

use floors::{Floor, floor};
use source::{Source, closing, is_test, read_all, words};

/// A law: its name, what it finds wrong.
type Law = fn(&[Source]) -> Vec<String>;

/// Lines that a file may have.
const MOST_LINES: usize = 400;

/// Files that may be longer, and why.
const LONG: &[(&str, &str)] = &[("src/db/schema.rs", "generated")];

/// Statics that are more than constants, and why each is none of an instance's state: file, name, reason.
const STATICS: &[(&str, &str, &str)] = &[
    ("src/base/text/allowed.rs", "", "what may be in HTML, built once"),
    ("src/db/changes.rs", "UNTOLD", "what the transaction that a task runs has to tell; it ends with it"),
    ("src/web/assets.rs", "HASHED", "hashes of constants"),
];

/// Functions of stores that read posts whoever looks, and why each may.
const UNFILTERED: &[(&str, &str)] = &[
    ("find_status", "for work on behalf of nobody; it says so"),
    ("find_by_uri", "for work on behalf of nobody; it says so"),
    ("list_known", "says which ids are here, so that they are not fetched; shows nothing"),
    ("list_statuses", "loads ids that have passed the rule"),
    ("find_reblog", "one's own boost"),
    ("list_reported", "what somebody reported: the rule without blocks and suspensions, `addressed!`; it says so"),
    ("lock_status", "the author's own, to be changed"),
    ("delete_other_bookmarks", "one's own bookmarks; shows nothing"),
    ("list_local_boosters", "says who boosted, to tell them; shows nothing"),
    ("list_going", "what is about to be deleted; told to those who could see it"),
    ("list_places", "where a post shows; whether somebody may see it is asked when it is written for them"),
    ("statement", "counts for those who look after an instance; shows no post"),
    ("list_some_of", "takes out what an account that goes leaves behind"),
    ("list_below", "what is written into the index of posts; shows it to nobody"),
    ("find_surroundings", "what recording a reply needs to know of its parent; shows it to nobody"),
    ("list_thread_sizes", "how long threads are that become one; shows no post"),
    ("mark_in_statuses", "looks for names of emoji in all that is here; shows it to nobody"),
];

fn laws() -> Vec<(&'static str, Law)> {
    vec![
        ("floors", floors::check),
        ("the map names each slice", map),
        ("files open with what they are for", heads),
        ("files are short", lengths),
        ("nothing is left to do", leftovers),
        ("SQL is in stores", sql),
        ("actix is at the edges", actix),
        ("network is in objects and edges", network),
        ("no network in a transaction", transactions),
        ("statics hold no state", statics),
        ("time comes from the clock", clock),
        ("one visibility rule", visibility),
        ("public functions say what they do", docs),
    ]
}

/// Rust sources that are no tests.
fn sources() -> Vec<Source> {
    read_all("src", ".rs")
}

fn report(wrong: &[String]) -> String {
    format!("{} against the law:\n{}", wrong.len(), wrong.join("\n"))
}

#[test]
fn the_sources_keep_the_laws() {
    let files = sources();
    assert!(files.len() > 50, "the sources were not found");
    let wrong: Vec<String> = laws()
        .iter()
        .flat_map(|(name, law)| law(&files).into_iter().map(move |line| format!("{name}: {line}")))
        .collect();
    assert!(wrong.is_empty(), "{}", report(&wrong));
}

#[test]
fn the_tests_keep_their_laws() {
    let files = read_all("tests", ".rs");
    let wrong: Vec<String> = [heads as Law, lengths, sleeps].iter().flat_map(|law| law(&files)).collect();
    assert!(wrong.is_empty(), "{}", report(&wrong));
}

#[test]
fn every_planted_violation_is_found() {
    let lib = "//! Map.\n//! - `accounts`: people\n//! - `statuses`: posts\n//! - `groups`: groups\n";
    let planted: &[(&str, &str, &str, &str)] = &[
        ("floors", "src/statuses/store.rs", "//! X.\nuse crate::accounts::{Account, ops::publish};", "which is Ops"),
        (
            "floors",
            "src/statuses/store.rs",
            "//! X.\nuse crate::accounts;\nfn x() { accounts::ops::y() }",
            "which is Ops",
        ),
        ("floors", "src/accounts/store.rs", "//! X.\nuse super::ops::y;", "which is Ops"),
        ("floors", "src/accounts/store.rs", "//! X.\nfn x() { crate::statuses::store::y() }", "lists later"),
        ("floors", "src/accounts/api.rs", "//! X.\nuse crate::groups::ops;", "the feature groups::ops"),
        ("floors", "src/accounts/helpers.rs", "//! X.\n", "no floor has this name"),
        ("the map names each slice", "src/events/mod.rs", "//! X.\n", "events"),
        ("files open with what they are for", "src/x.rs", "use a;\n", "src/x.rs"),
        ("files are short", "src/x.rs", &"x\n".repeat(MOST_LINES + 1), "401 lines"),
        ("nothing is left to do", "src/x.rs", "fn x() { todo!() }", "todo!"),
        ("nothing is left to do", "src/x.rs", "#[allow(dead_code)]\nfn x() {}", "allow"),
        ("SQL is in stores", "src/x/ops.rs", "fn x() { diesel::sql_query(\"\"); }", "sql_query"),
        ("SQL is in stores", "src/x/view.rs", "use crate::db::schema::accounts;", "schema"),
        ("actix is at the edges", "src/x/ops.rs", "use actix_web::web;", "actix_web"),
        ("network is in objects and edges", "src/x/ops.rs", "use crate::net::fetch::Fetcher;", "Fetcher"),
        (
            "no network in a transaction",
            "src/x/object.rs",
            "fn x() { app.transaction(async |c| { resolve_actor(app, uri).await }).await }",
            "resolve_actor",
        ),
        ("statics hold no state", "src/x.rs", "static X: Mutex<u8> = Mutex::new(1);", "X"),
        ("statics hold no state", "src/x.rs", "pub static mut X: u8 = 1;", "X"),
        ("statics hold no state", "src/x.rs", "thread_local! { }", "thread_local"),
        ("time comes from the clock", "src/x/ops.rs", "fn x() { Utc::now() }", "Utc::now"),
        (
            "one visibility rule",
            "src/x/store.rs",
            "fn x() { Sql::new(\"SELECT s.id FROM statuses s WHERE s.id > $2\") }",
            "fn x",
        ),
        ("one visibility rule", "src/x/store.rs", "fn x() { statuses::table.filter(y).load(conn) }", "fn x"),
        ("one visibility rule", "src/x/store.rs", "macro_rules! visible { () => {} }", "second"),
        ("public functions say what they do", "src/x/ops.rs", "#[inline]\npub async fn x() {}", "x"),
    ];
    for (name, path, text, expected) in planted {
        let (_, law) = laws().into_iter().find(|(law, _)| law == name).unwrap();
        let files = [
            Source::new("src/lib.rs", lib),
            Source::new("src/accounts/mod.rs", "//! X.\n"),
            Source::new("src/accounts/ops.rs", "//! X.\n"),
            Source::new("src/statuses/store.rs", "//! X.\n"),
            Source::new("src/groups/ops.rs", "//! X.\n"),
        ];
        let mut files: Vec<Source> = files.into_iter().filter(|file| file.path != *path).collect();
        assert_eq!(law(&files), Vec::<String>::new(), "{name} finds what is not there");
        files.push(Source::new(path, text));
        let found = law(&files);
        assert!(found.len() == 1 && found[0].contains(expected), "{name}: in {text:?} it found {found:?}");
    }
    let sleeping = Source::new("tests/it/x.rs", "//! X.\nfn x() { tokio::time::sleep(y).await }");
    assert_eq!(sleeps(&[sleeping]).len(), 1);
}

#[test]
fn comments_literals_and_tests_are_no_code() {
    let text = "fn a() { \"todo!()\"; 'x'; '\\''; r#\"dbg!()\"#; } // todo!()\nfn b<'a>(c: &'a str) { todo!() }\n\
                #[cfg(test)]\nmod tests { fn c() { todo!() } }";
    let found = leftovers(&[Source::new("src/x.rs", text)]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("src/x.rs:2:"), "{found:?}");
}

/// Every folder of `src` that is a slice is in the map that opens `lib.rs`.
fn map(files: &[Source]) -> Vec<String> {
    let order = floors::order(files);
    let ground = ["base", "net", "config", "db", "jobs", "edge", "command", "routes"];
    let mut slices: Vec<&str> = files
        .iter()
        .filter(|file| file.path.matches('/').count() > 1)
        .map(|file| floors::slice(&file.path))
        .filter(|slice| !ground.contains(slice) && !order.iter().any(|listed| listed == slice))
        .collect();
    slices.dedup();
    slices.iter().map(|slice| format!("the map in src/lib.rs has no line \"//! - `{slice}`: …\"")).collect()
}

fn heads(files: &[Source]) -> Vec<String> {
    let generated = |file: &&Source| !file.text.starts_with("// @generated");
    let silent = files.iter().filter(generated).filter(|file| !file.text.starts_with("//! "));
    silent.map(|file| format!("{} does not open with //!", file.path)).collect()
}

fn lengths(files: &[Source]) -> Vec<String> {
    let allowed = |path: &str| LONG.iter().any(|(long, _)| *long == path);
    let long = files.iter().map(|file| (file, file.text.lines().count()));
    long.filter(|(file, lines)| *lines > MOST_LINES && !allowed(&file.path))
        .map(|(file, lines)| format!("{} has {lines} lines; split it by noun or verb", file.path))
        .collect()
}

/// Where one of these words stands in the code of files that are chosen.
fn find(files: &[Source], chosen: impl Fn(&str) -> bool, wanted: &[&str]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| chosen(&file.path) && !is_test(&file.path)) {
        for word in wanted {
            let found = words(&file.code, word).map(|at| format!("{}:{}: {word}", file.path, file.line(at)));
            wrong.extend(found);
        }
    }
    wrong
}

fn leftovers(files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files {
        for word in ["todo!(", "unimplemented!(", "dbg!(", "#[allow(", "#![allow("] {
            let found = file.code.match_indices(word);
            wrong.extend(found.map(|(at, _)| format!("{}:{}: {word}", file.path, file.line(at))));
        }
    }
    wrong
}

fn is_store(path: &str) -> bool {
    path.starts_with("src/db/") || path == "src/jobs/store.rs" || floor(path) == Some(Floor::Store)
}

fn sql(files: &[Source]) -> Vec<String> {
    let mut wrong = find(files, |path| !is_store(path), &["sql_query", "Sql", "RunQueryDsl"]);
    // The nouns are rows, so they know their tables.
    let nouns = |path: &str| floor(path) == Some(Floor::Nouns);
    wrong.extend(find(files, |path| !is_store(path) && !nouns(path), &["schema"]));
    wrong
}

fn actix(files: &[Source]) -> Vec<String> {
    find(files, |path| floor(path).is_some_and(|floor| floor < Floor::Threshold), &["actix_web", "actix"])
}

fn network(files: &[Source]) -> Vec<String> {
    let below = |path: &str| floor(path).is_some_and(|floor| floor < Floor::Object && floor != Floor::Net);
    find(files, below, &["Fetcher", "reqwest"])
}

/// Nothing that may ask another server stands between a transaction's brackets.
fn transactions(files: &[Source]) -> Vec<String> {
    let asking = ["Fetcher", "fetcher", "get_object", "look_up"];
    let mut wrong = Vec::new();
    for file in files {
        for start in ["transaction(async", "transaction_on("] {
            for (at, _) in file.code.match_indices(start) {
                let open = at + start.find('(').unwrap_or_default();
                let body = &file.code[open..closing(&file.code, open)];
                let named =
                    asking.iter().filter(|word| words(body, word).next().is_some()).map(|word| (*word).to_owned());
                let resolving = body.match_indices("resolve_").map(|(at, _)| {
                    body[at..].chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
                });
                let modules = body.match_indices("object::").map(|(_, module)| module.to_owned());
                let found: Vec<String> = named.chain(resolving).chain(modules).collect();
                wrong.extend(found.iter().map(|word| format!("{}:{}: {word}", file.path, file.line(at))));
            }
        }
    }
    wrong
}

fn statics(files: &[Source]) -> Vec<String> {
    let state = ["Mutex", "RwLock", "Atomic", "OnceLock", "OnceCell", "LazyLock", "Cell", "Cache", "Notify"];
    let mut wrong = find(files, |_| true, &["thread_local", "lazy_static"]);
    for file in files {
        for at in words(&file.code, "static") {
            let declared = file.code[at..].split(['=', ';']).next().unwrap_or_default();
            let Some((name, of)) = declared.trim_start_matches("static ").split_once(':') else { continue };
            let name = name.trim();
            let is_static = at == 0 || !file.code[..at].ends_with('\'');
            let allowed =
                STATICS.iter().any(|(path, only, _)| *path == file.path && (only.is_empty() || *only == name));
            let holds = name.starts_with("mut ") || state.iter().any(|word| of.contains(word));
            if is_static && holds && !allowed {
                wrong.push(format!("{}:{}: static {name}", file.path, file.line(at)));
            }
        }
    }
    wrong
}

fn clock(files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| file.path != "src/base/clock.rs") {
        for word in ["Utc::now", "Local::now", "SystemTime::now"] {
            let found = file.code.match_indices(word);
            wrong.extend(found.map(|(at, _)| format!("{}:{}: {word}", file.path, file.line(at))));
        }
    }
    wrong
}

/// The rule is written once, and every function of a store that reads posts has it or is listed.
fn visibility(files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files {
        if file.path != "src/statuses/store.rs" && file.code.contains("macro_rules! visible") {
            wrong.push(format!("{}: a second rule", file.path));
        }
        if !is_store(&file.path) {
            continue;
        }
        for (name, span) in file.functions() {
            let (code, spoken) = (&file.code[span.clone()], &file.spoken[span.clone()]);
            let reads = ["FROM statuses", "JOIN statuses", "statuses::table"].iter().any(|from| spoken.contains(from));
            let changes = ["INSERT INTO", "UPDATE ", "DELETE FROM"].iter().any(|change| spoken.contains(change))
                || ["diesel::insert_into", "diesel::update", "diesel::delete"]
                    .iter()
                    .any(|change| code.contains(change));
            if reads && !changes && !code.contains("visible!") && !UNFILTERED.iter().any(|(listed, _)| *listed == name)
            {
                wrong.push(format!(
                    "{}:{}: fn {name} reads posts without visible!()",
                    file.path,
                    file.line(span.start)
                ));
            }
        }
    }
    wrong
}

/// Public functions of ops, objects and views.
fn docs(files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files {
        if !matches!(floor(&file.path), Some(Floor::Ops | Floor::Object)) {
            continue;
        }
        let lines: Vec<&str> = file.text.lines().take(file.code.lines().count()).collect();
        for (number, line) in lines.iter().enumerate() {
            if !["pub fn ", "pub async fn "].iter().any(|start| line.starts_with(start)) {
                continue;
            }
            let above = lines[..number].iter().rev().find(|above| !above.starts_with("#["));
            if !above.is_some_and(|above| above.starts_with("///")) {
                let name =
                    line.split_once("fn ").map_or(*line, |(_, rest)| rest.split(['(', '<']).next().unwrap_or(rest));
                wrong.push(format!("{}:{}: {name} does not say what it does", file.path, number + 1));
            }
        }
    }
    wrong
}

/// No test waits for time to pass; polls with a deadline are in `support`.
fn sleeps(files: &[Source]) -> Vec<String> {
    find(files, |path| !path.starts_with("tests/it/support/"), &["sleep"])
}
