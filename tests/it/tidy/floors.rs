//! The floors of the house, and who imports whom.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, closing, is_word, words};

/// Ground first. A file imports lower floors freely; on its own floor, its own slice or one listed before it in `lib.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Floor {
    Base,
    Net,
    Config,
    Db,
    App,
    Jobs,
    Nouns,
    Store,
    Ops,
    Object,
    /// What all edges share: parameters, answers, limits, who is asking.
    Threshold,
    Edge,
    /// What puts the parts together.
    Assembly,
    Main,
}

/// What a file name means in every slice; also the name of a folder that such a file was split into.
const NAMES: [(&str, Floor); 11] = [
    ("mod", Floor::Nouns),
    ("wire", Floor::Nouns),
    ("entity", Floor::Nouns),
    ("store", Floor::Store),
    ("ops", Floor::Ops),
    ("view", Floor::Ops),
    ("object", Floor::Object),
    ("api", Floor::Edge),
    ("inbox", Floor::Edge),
    ("outbox", Floor::Edge),
    ("web", Floor::Edge),
];

/// Files and folders whose names say something else, where they belong, and why they are not called after it.
const OTHERS: &[(&str, Floor, &str)] = &[
    ("src/base/", Floor::Base, "pure ground"),
    ("src/net/", Floor::Net, "the one client, signatures, the guard: ground that speaks to the network"),
    ("src/config.rs", Floor::Config, "the configuration"),
    ("src/config/", Floor::Config, "what the configuration may not be"),
    ("src/db/", Floor::Db, "the database"),
    ("src/app.rs", Floor::App, "the application"),
    ("src/jobs/", Floor::Jobs, "the queue"),
    ("src/edge/", Floor::Threshold, "what all edges share"),
    ("src/accounts/attribution.rs", Floor::Nouns, "a noun: whose pages may name an account; pure"),
    ("src/accounts/keys.rs", Floor::Ops, "signing keys, kept parsed; ops and outbox of every slice need them"),
    ("src/accounts/password.rs", Floor::Ops, "ops, split by noun"),
    ("src/accounts/refusals.rs", Floor::Ops, "ops, split by noun"),
    ("src/accounts/registration.rs", Floor::Ops, "ops, split by verb"),
    ("src/accounts/registration/", Floor::Ops, "ops, split by verb"),
    ("src/accounts/sign_in.rs", Floor::Ops, "ops, split by verb"),
    ("src/federation/delivery.rs", Floor::Ops, "writes deliveries inside the caller's transaction"),
    ("src/federation/policy.rs", Floor::Ops, "whom ops and outbox of every slice may speak to, kept in memory"),
    ("src/federation/sender.rs", Floor::Object, "sends them: the network"),
    ("src/federation/sender/", Floor::Object, "sends them: the network"),
    ("src/federation/nodeinfo.rs", Floor::Edge, "an edge for every server, of no slice"),
    ("src/federation/webfinger.rs", Floor::Edge, "an edge for every server, of no slice"),
    ("src/groups/relay.rs", Floor::Edge, "outgoing activities of groups, woken by the worker"),
    ("src/statuses/jobs.rs", Floor::Nouns, "nouns, split: what becomes of posts"),
    ("src/filters/matcher.rs", Floor::Nouns, "a noun: what a filter matches; pure"),
    ("src/notifications/subject.rs", Floor::Nouns, "a noun: what a notification is about"),
    ("src/media/upload.rs", Floor::Nouns, "a noun: a file on its way in"),
    ("src/media/sniff.rs", Floor::Nouns, "a noun: what a file is"),
    ("src/media/picture.rs", Floor::Nouns, "pictures in, pictures out; pure"),
    ("src/media/storage.rs", Floor::Object, "where files lie: a disk, or the network"),
    ("src/media/film.rs", Floor::Object, "runs programs that are not ours"),
    ("src/media/serve.rs", Floor::Edge, "an api, for browsers"),
    ("src/oauth/scopes.rs", Floor::Nouns, "a noun: what a token may do"),
    ("src/oauth/extract.rs", Floor::Threshold, "who is asking; every api needs it"),
    ("src/oauth/authorize.rs", Floor::Edge, "an api, split by endpoint"),
    ("src/oauth/error.rs", Floor::Edge, "an api, split by noun"),
    ("src/oauth/token.rs", Floor::Edge, "an api, split by endpoint"),
    ("src/push/encryption.rs", Floor::Nouns, "pure: messages for devices"),
    ("src/push/texts.rs", Floor::Nouns, "pure: what devices show"),
    ("src/push/vapid.rs", Floor::Nouns, "pure: by which key push services know us"),
    ("src/routes/finding.rs", Floor::Assembly, "the same, of what helps to find people, posts and this server's words"),
    ("src/instances/languages.rs", Floor::Nouns, "a noun: the languages that there are"),
    ("src/cards/page.rs", Floor::Nouns, "what a page says of itself; pure"),
    ("src/search/query.rs", Floor::Nouns, "a noun: what somebody looks for; pure"),
    ("src/streaming/hub.rs", Floor::Edge, "the connections of clients"),
    ("src/web/store.rs", Floor::Store, "a store as others"),
    ("src/web/", Floor::Edge, "pages"),
    ("src/activities.rs", Floor::Assembly, "which activity wakes which function"),
    ("src/housekeeping.rs", Floor::Assembly, "sweeps up after every slice"),
    ("src/routes.rs", Floor::Assembly, "which URL wakes which function"),
    ("src/routes/moderation.rs", Floor::Assembly, "the same, of those who look after an instance"),
    ("src/routes/notices.rs", Floor::Assembly, "the same, of what people are told"),
    ("src/routes/table.rs", Floor::Assembly, "how the routes reach the web server"),
    ("src/server.rs", Floor::Assembly, "the web server"),
    ("src/start.rs", Floor::Assembly, "a whole instance"),
    ("src/worker.rs", Floor::Assembly, "which job wakes which function"),
    ("src/command/", Floor::Main, "the command line"),
    ("src/lib.rs", Floor::Main, "the map"),
    ("src/main.rs", Floor::Main, "the command line"),
];

/// Slices that can be deleted; core never imports them.
pub const FEATURES: [&str; 7] = ["groups", "learning", "events", "moderation", "portability", "invitations", "web"];

/// Imports against the law, and why each is right all the same: file, module, reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("src/media/object.rs", "edge::form", "takes a file that came with a form, as what read the form left it"),
    (
        "src/media/object/remote.rs",
        "edge::form",
        "puts what it fetched where files of forms are put, to be taken the same way",
    ),
];

/// `None`: nothing says where this file belongs.
pub fn floor(path: &str) -> Option<Floor> {
    let listed = |(name, floor, _): &(&str, Floor, &str)| {
        let here = if name.ends_with('/') { path.starts_with(name) } else { path == *name };
        here.then_some(*floor)
    };
    OTHERS.iter().find_map(listed).or_else(|| {
        let mut parts = path.strip_prefix("src/")?.trim_end_matches(".rs").split('/').skip(1);
        parts.find_map(|part| NAMES.iter().find(|(name, _)| *name == part)).map(|(_, floor)| *floor)
    })
}

pub fn slice(path: &str) -> &str {
    path.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default()
}

/// Modules that a file imports or names, as `accounts::store`, with the line.
fn imports(file: &Source, modules: &BTreeMap<String, &Source>) -> BTreeSet<(String, usize)> {
    let own = file.module();
    let parent = own.rsplit_once("::").map_or("", |(parent, _)| parent).to_owned();
    // In `mod.rs` too, `super` is the module above.
    let starts = [("crate::", String::new()), ("super::", parent), ("self::", own)];
    let mut paths = Vec::new();
    for (prefix, base) in &starts {
        for at in words(&file.code, prefix.trim_end_matches(':')) {
            if file.code[at..].starts_with(prefix) && !file.code[..at].ends_with("super::") {
                let base: Vec<String> = base.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
                expand(&file.code, at + prefix.len(), &base, &mut paths);
            }
        }
    }
    let mut found = BTreeSet::new();
    for (path, at) in &paths {
        let path = if path.last().is_some_and(|last| last == "self") { &path[..path.len() - 1] } else { path };
        found.insert((longest(path, modules), file.line(*at)));
        // What is imported as a module is named through that module afterwards.
        let Some(last) = path.last().filter(|_| modules.contains_key(&path.join("::"))) else { continue };
        for at in words(&file.code, last) {
            let mut deeper = Vec::new();
            let before = &file.code[..at];
            if file.code[at + last.len()..].starts_with("::") && !before.ends_with("::") && !before.ends_with('.') {
                expand(&file.code, at + last.len() + 2, path, &mut deeper);
            }
            found.extend(deeper.iter().map(|(path, at)| (longest(path, modules), file.line(*at))));
        }
    }
    found.retain(|(module, _)| !module.is_empty());
    found
}

/// All paths of a tree such as `a::{b, c::{self, d}}`.
fn expand(code: &str, at: usize, base: &[String], paths: &mut Vec<(Vec<String>, usize)>) {
    let bytes = code.as_bytes();
    let start = at + code[at..].len() - code[at..].trim_start().len();
    if bytes.get(start) == Some(&b'{') {
        let end = closing(code, start) - 1;
        let (mut depth, mut part) = (0_i32, start + 1);
        for offset in start + 1..=end {
            match bytes[offset] {
                b'{' => depth += 1,
                b'}' if offset < end => depth -= 1,
                b',' | b'}' if depth == 0 => {
                    if !code[part..offset].trim().is_empty() {
                        expand(code, part, base, paths);
                    }
                    part = offset + 1;
                }
                _ => {}
            }
        }
        return;
    }
    let length = bytes[start..].iter().take_while(|byte| is_word(**byte)).count();
    let mut path = base.to_vec();
    if length > 0 {
        let name = &code[start..start + length];
        if name == "super" {
            path.pop();
        } else {
            path.push(name.to_owned());
        }
    }
    if length > 0 && code[start + length..].starts_with("::") {
        expand(code, start + length + 2, &path, paths);
    } else {
        paths.push((path, start));
    }
}

fn longest(path: &[String], modules: &BTreeMap<String, &Source>) -> String {
    let prefixes = (1..=path.len()).rev().map(|length| path[..length].join("::"));
    prefixes.into_iter().find(|prefix| modules.contains_key(prefix)).unwrap_or_default()
}

/// The slices in the order of the map that opens `lib.rs`: its lines ``//! - `accounts`: people …``.
pub fn order(files: &[Source]) -> Vec<String> {
    let lib = files.iter().find(|file| file.path == "src/lib.rs");
    let lines = lib.map_or("", |lib| &lib.text).lines();
    lines.filter_map(|line| Some(line.strip_prefix("//! - `")?.split_once('`')?.0.to_owned())).collect()
}

/// Every import goes down, or back in the order of slices.
pub fn check(files: &[Source]) -> Vec<String> {
    let order = order(files);
    let place = |slice: &str| order.iter().position(|name| name == slice).unwrap_or(usize::MAX);
    let modules: BTreeMap<String, &Source> =
        files.iter().map(|file| (file.module(), file)).filter(|(module, _)| !module.is_empty()).collect();
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| !super::source::is_test(&file.path)) {
        let Some(own) = floor(&file.path) else {
            wrong.push(format!("{}: no floor has this name; use one of ARCHITECTURE.md's, or list it", file.path));
            continue;
        };
        let own_slice = slice(&file.path);
        for (module, line) in imports(file, &modules) {
            let target = modules[&module];
            let (Some(theirs), their_slice) = (floor(&target.path), slice(&target.path)) else { continue };
            if EXCEPTIONS.iter().any(|(path, to, _)| *path == file.path && *to == module) || own_slice == their_slice {
                if own_slice == their_slice && theirs > own && own != Floor::Main {
                    wrong.push(format!("{}:{line}: {own:?} imports {module}, which is {theirs:?}", file.path));
                }
                continue;
            }
            let (from_feature, to_feature) = (FEATURES.contains(&own_slice), FEATURES.contains(&their_slice));
            if to_feature && !from_feature && own < Floor::Assembly {
                wrong.push(format!("{}:{line}: core imports the feature {module}", file.path));
            } else if theirs > own {
                wrong.push(format!("{}:{line}: {own:?} imports {module}, which is {theirs:?}", file.path));
            } else if theirs == own
                && (Floor::Nouns..=Floor::Edge).contains(&own)
                && own != Floor::Threshold
                && place(their_slice) > place(own_slice)
            {
                wrong.push(format!(
                    "{}:{line}: imports {module} on its own floor, a slice that the map in lib.rs lists later",
                    file.path
                ));
            }
        }
    }
    wrong
}
