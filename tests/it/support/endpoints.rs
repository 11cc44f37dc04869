//! The table of the client API, `docs/client-api.md`, and what the tests saw of it.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Where a whole run writes down what it saw; `./dev test` sets it.
pub const RECORD: &str = "POLLEN_TEST_RECORD";

/// A row of the table.
#[derive(Debug)]
pub struct Endpoint {
    pub method: &'static str,
    /// As in `src/routes.rs`: `/api/v1/statuses/{id}`.
    pub path: &'static str,
    /// The entities that a success answers with; none: something else, which the table says in words.
    pub entities: Vec<&'static str>,
    /// It never succeeds: what it is for is not done here.
    pub refused: bool,
    /// The test that exercises it: `api::statuses::a_post_is_deleted`.
    pub test: &'static str,
}

static ALL: LazyLock<Vec<Endpoint>> =
    LazyLock::new(|| parse(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/client-api.md"))));

fn parse(text: &'static str) -> Vec<Endpoint> {
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
        let [method, path, _scope, _parameters, answer, test] = cells.try_into().ok()?;
        let plain = |cell: &'static str| cell.trim_matches('`');
        if !matches!(method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE") {
            return None;
        }
        let entities = answer.split(" + ").filter(|cell| cell.starts_with('`')).map(plain).collect();
        Some(Endpoint { method, path: plain(path), entities, refused: answer == "refused", test: plain(test) })
    });
    rows.collect()
}

/// All rows.
pub fn all() -> &'static [Endpoint] {
    &ALL
}

/// Whether a path, without its query, is one of this pattern; the more parts are written out, the better.
fn fit(pattern: &str, path: &str) -> Option<usize> {
    let (patterns, parts): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    if patterns.len() != parts.len() {
        return None;
    }
    let mut same = 0;
    for (pattern, part) in patterns.iter().zip(&parts) {
        if pattern == part {
            same += 1;
        } else if !pattern.starts_with('{') || part.is_empty() {
            return None;
        }
    }
    Some(same)
}

/// The endpoint that a request is for.
pub fn find(method: &str, path: &str) -> Option<&'static Endpoint> {
    let path = path.split('?').next().unwrap_or_default();
    let fitting = all().iter().filter(|endpoint| endpoint.method == method);
    fitting
        .filter_map(|endpoint| Some((fit(endpoint.path, path)?, endpoint)))
        .max_by_key(|(same, _)| *same)
        .map(|(_, endpoint)| endpoint)
}

/// Lines that are written down already.
static WRITTEN: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);

fn write(line: String) {
    let Some(file) = std::env::var_os(RECORD) else { return };
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    if written.insert(line.clone()) {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}

/// An endpoint answered with success, in the test that this thread runs.
pub fn answered(endpoint: &Endpoint) {
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    write(format!("{} {} {test}", endpoint.method, endpoint.path));
}

/// A field of an entity had a value.
pub fn seen(entity: &str, field: &str) {
    write(format!("{entity}.{field}"));
}
