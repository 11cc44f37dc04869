//! `docs/client-api.md` lists every endpoint of the client API. It is held against the routes, against the tests that it
//! names, and, after a whole run, against what those tests saw.

use std::collections::BTreeSet;

use crate::support::endpoints::{self, RECORD};
use crate::support::entities;

/// What a source file of the repository says.
fn source(path: &str) -> String {
    std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// `METHOD /path` of each route of the client API in `src/routes.rs`.
fn routes() -> BTreeSet<String> {
    // What other servers speak is in FEDERATION.md; pages are configured elsewhere.
    let text = source("src/routes.rs");
    let (before, federation) = text.split_once("fn federation(").unwrap();
    let (_, after) = federation.split_once("\n}\n").unwrap();
    let text = format!(
        "{before}{after}{}",
        ["moderation", "finding", "notices"].map(|name| source(&format!("src/routes/{name}.rs"))).concat()
    );
    let mut routes = BTreeSet::new();
    for call in text.split(".route(").skip(1) {
        let (path, rest) =
            call.trim_start().strip_prefix('"').expect("a path that is written out").split_once('"').unwrap();
        let method = rest.split_once("web::").unwrap().1.split_once('(').unwrap().0;
        let methods: &[&str] = match method {
            "get" => &["GET"],
            "post" => &["POST"],
            "put" => &["PUT"],
            "patch" => &["PATCH"],
            "delete" => &["DELETE"],
            // Guarded by `get_or_post`.
            "route" => &["GET", "POST"],
            other => panic!("{other} is no method"),
        };
        routes.extend(methods.iter().map(|method| format!("{method} {}", plain(path))));
    }
    routes
}

/// `{role:avatar|header}` is `{role}` in the table, whose columns `|` parts.
fn plain(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.split_once(':') {
        Some((name, _)) if part.starts_with('{') => format!("{name}}}"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn every_route_has_its_row_and_every_row_its_route() {
    let rows: Vec<String> = endpoints::all().iter().map(|row| format!("{} {}", row.method, row.path)).collect();
    let unique: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(rows.len(), unique.len(), "an endpoint has two rows");
    let routes = routes();
    assert!(routes.len() > 100, "the routes were not found");
    let missing: Vec<&String> = routes.difference(&unique).collect();
    let stale: Vec<&String> = unique.difference(&routes).collect();
    assert!(missing.is_empty() && stale.is_empty(), "without a row: {missing:#?}\nwithout a route: {stale:#?}");
}

#[test]
fn every_row_names_a_test_and_entities_that_there_are() {
    let mut wrong = Vec::new();
    for row in endpoints::all() {
        let (module, name) = row.test.rsplit_once("::").unwrap_or_default();
        let path = format!("tests/it/{}", module.replace("::", "/"));
        let text = [format!("{path}.rs"), format!("{path}/mod.rs")]
            .iter()
            .filter_map(|path| std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).ok())
            .collect::<String>();
        if !text.contains(&format!("fn {name}()")) {
            wrong.push(format!("{} {}: there is no test {:?}", row.method, row.path, row.test));
        }
        for entity in row.entities.iter().filter(|entity| !entities::is_known(entity)) {
            wrong.push(format!("{} {}: there is no entity {entity}", row.method, row.path));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn fields_that_are_always_empty_are_listed_with_the_reason() {
    let docs = source("docs/client-api.md");
    let (_, list) = docs.split_once("## Fields that are always empty").unwrap();
    let rows = list.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "));
    let reasons: Vec<(&str, &str)> = rows.collect();
    assert!(reasons.iter().all(|(_, reason)| reason.len() > 8), "without a reason: {reasons:#?}");
    let listed: BTreeSet<String> = reasons.iter().map(|(field, _)| (*field).to_owned()).collect();
    let expected: BTreeSet<String> = entities::empty_fields().into_iter().collect();
    assert_eq!(listed, expected);
    assert_eq!(listed.len(), reasons.len(), "a field is listed twice");
}

#[test]
#[ignore = "needs the record of a whole run, as ./dev test makes it"]
fn a_whole_run_saw_every_endpoint_and_every_field() {
    let record = std::fs::read_to_string(std::env::var(RECORD).unwrap()).unwrap();
    let record: BTreeSet<&str> = record.lines().collect();
    let mut unseen = Vec::new();
    for row in endpoints::all() {
        let line = format!("{} {} {}", row.method, row.path, row.test);
        if !record.contains(line.as_str()) {
            unseen.push(line);
        }
    }
    for field in entities::all_fields() {
        if !record.contains(field.as_str()) {
            unseen.push(field);
        }
    }
    assert!(unseen.is_empty(), "never seen in a successful answer: {unseen:#?}");
}
