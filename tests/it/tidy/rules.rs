//! The numbered rules of FEDERATION.md, and the tests that hold us to them: a comment `/// F12, F13` above a test names the rules
//! that it is about.

use std::collections::{BTreeMap, BTreeSet};

use super::report;
use super::source::{Source, read_all};

#[test]
fn every_rule_has_a_test_and_every_test_names_rules_that_there_are() {
    let mut files = read_all("src", ".rs");
    files.extend(read_all("tests", ".rs"));
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/FEDERATION.md")).unwrap();
    let wrong = check(&document, &files);
    assert!(wrong.is_empty(), "{}", report(&wrong));
}

#[test]
fn planted_rules_and_tests_are_found() {
    let rules = "Text about F9.\n\n- **F1** One thing.\n- **F2** Another\n  thing, as F1.\n";
    let test = |above: &str| Source::new("tests/it/x.rs", &format!("//! X.\n{above}\nasync fn x() {{}}\n"));
    let whole = "/// F1, F2\n#[tokio::test(flavor = \"multi_thread\")]";
    assert_eq!(check(rules, &[test(whole)]), Vec::<String>::new());
    for (rules, above, expected) in [
        (rules, "/// F1\n#[test]", "F2 has no test"),
        (rules, "/// F1, F2, F3\n#[test]", "there is no F3"),
        (rules, "/// F1, F2\n", "above no test"),
        (rules, "/// F1, F2\n#[derive(Debug)]", "above no test"),
        (rules, "/// F1, F2\n/// F2 again\n#[test]", "is no list of rules"),
        ("- **F1** One.\n- **F1** Other.\n- **F2** Two.\n", whole, "F1 is there twice"),
    ] {
        let found = check(rules, &[test(above)]);
        assert!(found.iter().any(|line| line.contains(expected)), "{expected}: {found:?}");
    }
}

fn check(document: &str, files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut rules = BTreeSet::new();
    for rule in document.lines().filter_map(|line| line.strip_prefix("- **")?.split_once("** ")).map(|(rule, _)| rule) {
        if number(rule).is_some() && !rules.insert(rule) {
            wrong.push(format!("FEDERATION.md: {rule} is there twice"));
        }
    }
    assert!(!rules.is_empty(), "no rules were found");
    let mut tested: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
        for (place, line) in lines.iter().enumerate() {
            let Some(list) = line.strip_prefix("/// ").filter(|list| number(first(list)).is_some()) else { continue };
            let at = format!("{}:{}", file.path, place + 1);
            let named: Vec<&str> = list.split(", ").collect();
            if named.iter().any(|rule| number(rule).is_none()) {
                wrong.push(format!("{at}: {line:?} is no list of rules"));
                continue;
            }
            if !is_above_test(&lines[place + 1..]) {
                wrong.push(format!("{at}: the rules stand above no test"));
            }
            for rule in named {
                if !rules.contains(rule) {
                    wrong.push(format!("{at}: there is no {rule} in FEDERATION.md"));
                }
                *tested.entry(rule).or_default() += 1;
            }
        }
    }
    wrong.extend(rules.iter().filter(|rule| !tested.contains_key(*rule)).map(|rule| format!("{rule} has no test")));
    wrong
}

/// The first word, without a comma.
fn first(list: &str) -> &str {
    list.split([',', ' ']).next().unwrap_or_default()
}

/// The number of `F12`.
fn number(rule: &str) -> Option<u32> {
    rule.strip_prefix('F').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

/// Whether comments and attributes follow, `#[test]` or one of its kind among them, and then a function.
fn is_above_test(below: &[&str]) -> bool {
    let head: Vec<&&str> = below.iter().take_while(|line| line.starts_with("///") || line.starts_with("#[")).collect();
    let is_test = head.iter().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"));
    is_test && below.get(head.len()).is_some_and(|line| line.starts_with("fn ") || line.starts_with("async fn "))
}
