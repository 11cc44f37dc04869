//! The kinds of jobs, and the table of ARCHITECTURE.md that says who asks for each and what it wakes.

use std::collections::BTreeSet;

use super::report;
use super::source::{Source, read_all};

#[test]
fn every_kind_of_job_is_in_the_table_and_the_table_has_no_other() {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md")).unwrap();
    let wrong = check(&document, &read_all("src", ".rs"));
    assert!(wrong.is_empty(), "{}", report(&wrong));
}

#[test]
fn planted_kinds_of_jobs_are_found() {
    let source = |kind: &str| Source::new("src/x/mod.rs", &format!("    const KIND: &'static str = \"{kind}\";\n"));
    let document = "## Jobs and lanes\n\n| `one` | somebody | something |\n\n## Next\n\n| `other` | a | b |\n";
    assert_eq!(check(document, &[source("one")]), Vec::<String>::new());
    assert_eq!(check(document, &[source("one"), source("other")]), ["`other` is not in the table of ARCHITECTURE.md"]);
    assert_eq!(check(document, &[source("two")])[1], "there is no job `one`, of the table of ARCHITECTURE.md");
}

fn check(document: &str, files: &[Source]) -> Vec<String> {
    let chapter =
        document.split("\n## ").find(|chapter| chapter.trim_start_matches("## ").starts_with("Jobs and lanes"));
    let rows = chapter.into_iter().flat_map(str::lines).filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let told: BTreeSet<&str> = rows.map(|(kind, _)| kind).collect();
    let lines = files.iter().flat_map(|file| file.text.lines());
    let kinds = lines.filter_map(|line| line.trim().strip_prefix("const KIND: &'static str = \"")?.strip_suffix("\";"));
    let kinds: BTreeSet<&str> = kinds.collect();
    assert!(!kinds.is_empty(), "no kinds of jobs were found");
    let missing = kinds.difference(&told).map(|kind| format!("`{kind}` is not in the table of ARCHITECTURE.md"));
    let further =
        told.difference(&kinds).map(|kind| format!("there is no job `{kind}`, of the table of ARCHITECTURE.md"));
    missing.chain(further).collect()
}
