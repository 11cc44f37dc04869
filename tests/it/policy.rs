//! Who sees what, by every path: viewer × audience × path, held against a snapshot, and the snapshot against the table of
//! AUDIENCE.md, so that no leak can be written into it.

mod archives;
mod counts;
mod expected;
mod network;
mod notices;
mod pages;
mod paths;
mod probes;
mod routes;
mod scene;
mod servers;
mod stage;
mod streams;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use futures_util::future::join_all;
use reqwest::Method;

use crate::support::{Answer, With};
use expected::{may_go_to, may_see};
use paths::{Door, Path, Reading, Request, readings};
use probes::{is_withheld, probes};
use scene::{Post, Scene, VIEWERS, Viewer};

/// The snapshot: `path | post | viewers`.
const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/policy/snapshot.txt");

/// Set to write the snapshot anew.
const UPDATE: &str = "UPDATE_POLICY";

/// Path and post → who sees it there.
type Seen = BTreeMap<(&'static str, &'static str), BTreeSet<&'static str>>;

/// F47, F56
#[tokio::test(flavor = "multi_thread")]
async fn every_path_shows_posts_to_those_they_are_for() {
    let scene = Scene::new().await;
    let mut rows = String::new();
    let mut wrong = Vec::new();
    // First, since whoever fetches a post is noted beside those to whom it was sent.
    let mut delivered = String::new();
    deliveries(&scene, &mut delivered).await;
    for (name, seen) in streams::look(&scene, &mut wrong).await.into_iter().chain([streams::pushed(&scene).await]) {
        write_rows(&mut rows, &scene, name, &seen);
    }
    for path in readings().iter().chain(&probes()) {
        let asked = scene.viewers.iter().filter(|viewer| comes_by(viewer, path.door));
        let looks = join_all(asked.map(|viewer| look(&scene, viewer, path))).await;
        let mut seen = Seen::new();
        for post in applicable(&scene, path) {
            seen.entry((path.name, post.name)).or_default();
        }
        for look in looks {
            for post in look.seen {
                seen.entry((path.name, post)).or_default().insert(look.viewer);
            }
            wrong.extend(look.wrong);
        }
        if ["status", "object", "page"].contains(&path.name) {
            wrong.extend(missing(&scene, path.door, &seen));
        }
        write_rows(&mut rows, &scene, path.name, &seen);
    }
    for (name, seen) in interactions_of_servers(&scene).await.into_iter().chain([archives::look(&scene).await]) {
        write_rows(&mut rows, &scene, name, &seen);
    }
    rows.push_str(&delivered);
    scene.world.finish().await;
    wrong.extend(leaks(&rows));
    assert!(wrong.is_empty(), "against the table of AUDIENCE.md:\n{}", wrong.join("\n"));
    compare(&rows);
}

/// What one viewer found by one path.
struct Look {
    viewer: &'static str,
    seen: Vec<&'static str>,
    wrong: Vec<String>,
}

fn comes_by(viewer: &Viewer, door: Door) -> bool {
    viewer.name == "anonymous"
        || match door {
            Door::Client => viewer.token.is_some(),
            Door::Signed => viewer.actor.is_some(),
            Door::Browser => viewer.cookie.is_some(),
        }
}

fn applicable<'s>(scene: &'s Scene, path: &Path) -> impl Iterator<Item = &'s Post> + use<'s> {
    let applies = path.applies;
    scene.posts.iter().filter(move |post| applies(post))
}

async fn ask(scene: &Scene, viewer: &Viewer, door: Door, (method, path, json): Request) -> Answer {
    let acme = scene.acme();
    match door {
        Door::Client => {
            acme.send(method, &path, With { token: viewer.token.as_deref(), json, ..With::default() }).await
        }
        Door::Signed => match &viewer.actor {
            Some(actor) => actor.get(acme, &path).await,
            None => acme.get_activity(&path).await,
        },
        Door::Browser => {
            let cookie: Vec<_> = viewer.cookie.iter().map(|cookie| ("cookie", cookie.as_str())).collect();
            acme.send(method, &path, With { accept: Some("text/html"), headers: &cookie, ..With::default() }).await
        }
    }
}

async fn look(scene: &Scene, viewer: &Viewer, path: &Path) -> Look {
    let mut look = Look { viewer: viewer.name, seen: Vec::new(), wrong: Vec::new() };
    match path.reading {
        Reading::One(request, seen) => {
            // How this viewer is answered when there is no such post of that owner.
            let mut controls = BTreeMap::new();
            for post in applicable(scene, path) {
                let nothing = Post { owner: post.owner, ..scene.nothing() };
                let mut answer = ask(scene, viewer, path.door, request(scene, viewer, post)).await;
                if is_withheld(&answer) {
                    if answer.body.contains(&post.text) {
                        look.wrong.push(format!("{} | {}: {} is told its words", path.name, post.name, viewer.name));
                    }
                    // Once that is taken back, it is as if it had never been.
                    answer = ask(scene, viewer, path.door, request(scene, viewer, post)).await;
                }
                if seen(&answer, post) {
                    look.seen.push(post.name);
                    continue;
                }
                if !controls.contains_key(post.owner) {
                    let control = ask(scene, viewer, path.door, request(scene, viewer, &nothing)).await;
                    controls.insert(post.owner, control);
                }
                let control = &controls[post.owner];
                let known_as_deleted = answer.status == 410 && post.name == "deleted";
                if !known_as_deleted && bare(scene, viewer, &answer, post) != bare(scene, viewer, control, &nothing) {
                    let [answer, control] = [&answer, control].map(excerpt);
                    look.wrong.push(format!(
                        "{} | {}: {} is answered {answer}, instead of {control}",
                        path.name, post.name, viewer.name
                    ));
                }
            }
        }
        Reading::Around(url, seen) => {
            for post in applicable(scene, path) {
                let answer = ask(scene, viewer, path.door, (Method::GET, url(scene, post), None)).await;
                read(scene, path, &answer, &[post], seen, &mut look);
            }
        }
        Reading::Lists(urls, seen) => {
            let posts: Vec<&Post> = applicable(scene, path).collect();
            let mut waiting = urls(scene);
            while let Some(url) = waiting.pop() {
                let answer = ask(scene, viewer, path.door, (Method::GET, url.clone(), None)).await;
                read(scene, path, &answer, &posts, seen, &mut look);
                waiting.extend(next(&answer, &scene.acme().url(&url)));
            }
        }
    }
    look
}

/// Reads an answer that is about more than one post: what is in it, and whether a word of what may not be is.
fn read(
    scene: &Scene,
    path: &Path,
    answer: &Answer,
    posts: &[&Post],
    seen: fn(&Answer, &Post) -> bool,
    look: &mut Look,
) {
    look.seen.extend(posts.iter().filter(|post| seen(answer, post)).map(|post| post.name));
    for post in scene.posts.iter().filter(|post| !post.is_boost && !may_see(look.viewer, post.name)) {
        if answer.body.contains(&post.text) {
            look.wrong.push(format!("{}: a word of {} is shown to {}", path.name, post.name, look.viewer));
        }
    }
}

/// The status and the body, without what was asked for by name.
fn bare(scene: &Scene, viewer: &Viewer, answer: &Answer, post: &Post) -> (u16, String) {
    let notification = scene.notification(viewer.name, post.name);
    let body = [&post.uri, &post.url, &post.id, &post.tag, &post.text]
        .iter()
        .filter(|text| !text.is_empty())
        .fold(answer.body.clone(), |body, text| body.replace(text.as_str(), "…"));
    (answer.status, without_news(&body.replace(&format!("/{notification}"), "…")))
}

/// A page without the mark that there are messages to read: other paths that are tried meanwhile mark them as read.
fn without_news(page: &str) -> String {
    let mut parts = page.split("<span class=\"news\">");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |page, part| page + part.split_once("</span></span>").map_or(part, |(_, rest)| rest))
}

/// The status and the beginning of the body; of a page its title.
fn excerpt(answer: &Answer) -> String {
    let body = answer.body.split("<title>").last().unwrap_or_default();
    format!("{} {}", answer.status, body.chars().take(90).collect::<String>().replace('\n', " "))
}

/// Where a list goes on.
fn next(answer: &Answer, url: &str) -> Option<String> {
    let in_page = || Some(answer.body.split("rel=\"next\" href=\"").nth(1)?.split('"').next()?.replace("&#38;", "&"));
    let found = answer.link("next").or_else(|| answer["next"].as_str().map(str::to_owned)).or_else(in_page)?;
    let empty = answer.json.as_array().is_some_and(Vec::is_empty);
    (!empty).then(|| url::Url::parse(url).unwrap().join(&found).unwrap().to_string())
}

/// Whoever may see a post does see it at its own address.
fn missing(scene: &Scene, door: Door, seen: &Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    for ((path, post), by) in seen {
        for viewer in scene.viewers.iter().filter(|viewer| comes_by(viewer, door)) {
            let refused = ["suspended", "barred"].contains(&viewer.name);
            if may_see(viewer.name, post) && !refused && !by.contains(viewer.name) {
                wrong.push(format!("{path} | {post}: {} may see it, but does not", viewer.name));
            }
        }
    }
    wrong
}

/// Likes and boosts from other servers: recorded when the actor may see the post, and may do so.
async fn interactions_of_servers(scene: &Scene) -> Vec<(&'static str, Seen)> {
    let mut rows = Vec::new();
    for (kind, name) in [("Like", "Like from elsewhere"), ("Announce", "Announce from elsewhere")] {
        let posts: Vec<&Post> = scene.posts.iter().filter(|post| !post.is_boost && post.owner != "elsewhere").collect();
        let mut seen: Seen = posts.iter().map(|post| ((name, post.name), BTreeSet::new())).collect();
        for viewer in &scene.viewers {
            let Some(actor) = &viewer.actor else { continue };
            for post in &posts {
                let mut activity = actor.activity(kind, post.uri.as_str());
                activity["to"] = "https://www.w3.org/ns/activitystreams#Public".into();
                actor.post(scene.acme(), &activity).await;
            }
        }
        scene.world.settle().await;
        let (table, column) = if kind == "Like" { ("favourites", "status_id") } else { ("statuses", "reblog_of_id") };
        let client = scene.acme().database.client().await;
        let query = format!(
            "SELECT t.{column}, a.username FROM {table} t JOIN accounts a ON a.id = t.account_id WHERE t.{column} IS NOT NULL AND a.domain IS NOT NULL"
        );
        for row in client.query(&query, &[]).await.unwrap() {
            let (id, who): (i64, String) = (row.get(0), row.get(1));
            let post = posts.iter().find(|post| post.id == id.to_string()).expect("a post of the scene");
            let who = VIEWERS.into_iter().find(|name| *name == who).expect("one who looks");
            seen.entry((name, post.name)).or_default().insert(who);
        }
        rows.push((name, seen));
    }
    rows
}

/// The servers that each post was sent to.
async fn deliveries(scene: &Scene, rows: &mut String) {
    let client = scene.acme().database.client().await;
    for post in scene.posts.iter().filter(|post| !post.name.starts_with("deleted")) {
        let query = format!("SELECT DISTINCT inbox_uri FROM status_hosts WHERE status_id = {} ORDER BY 1", post.id);
        let inboxes: Vec<String> = client.query(&query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
        let hosts: BTreeSet<String> =
            inboxes.iter().map(|inbox| url::Url::parse(inbox).unwrap().host_str().unwrap().to_owned()).collect();
        let hosts: Vec<String> = hosts.into_iter().collect();
        writeln!(rows, "delivered to | {} | {}", post.name, or_nobody(hosts.join(", "))).unwrap();
    }
}

fn or_nobody(names: String) -> String {
    if names.is_empty() { "nobody".into() } else { names }
}

fn write_rows(rows: &mut String, scene: &Scene, path: &str, seen: &Seen) {
    for post in &scene.posts {
        let Some((_, by)) = seen.iter().find(|((of, name), _)| *of == path && *name == post.name) else { continue };
        let names: Vec<&str> = VIEWERS.into_iter().filter(|viewer| by.contains(viewer)).collect();
        writeln!(rows, "{path} | {} | {}", post.name, or_nobody(names.join(", "))).unwrap();
    }
}

/// Rows that show more than the table of AUDIENCE.md.
fn leaks(snapshot: &str) -> Vec<String> {
    let mut leaks = Vec::new();
    for row in snapshot.lines() {
        let [path, post, seen] = row.split(" | ").collect::<Vec<_>>()[..] else {
            leaks.push(format!("no row: {row}"));
            continue;
        };
        for name in seen.split(", ").filter(|name| *name != "nobody") {
            let may = match path {
                "delivered to" => may_go_to(post, name),
                // It leads to the page, which then asks who it is: here everyone is a stranger.
                "object in a browser" => may_see("anonymous", post),
                _ => may_see(name, post),
            };
            if !may {
                leaks.push(format!("{path} | {post}: {name} may not"));
            }
        }
    }
    leaks
}

fn compare(rows: &str) {
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(SNAPSHOT, rows).unwrap();
    }
    let kept = std::fs::read_to_string(SNAPSHOT).unwrap_or_default();
    let (kept, now): (BTreeSet<&str>, BTreeSet<&str>) = (kept.lines().collect(), rows.lines().collect());
    let gone: Vec<String> = kept.difference(&now).map(|row| format!("- {row}")).collect();
    let new: Vec<String> = now.difference(&kept).map(|row| format!("+ {row}")).collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "who sees what has changed:\n{}\n{}\nIf that is meant, run `{UPDATE}=1 cargo test --test it policy` and commit \
         tests/it/policy/snapshot.txt.",
        gone.join("\n"),
        new.join("\n")
    );
}

#[test]
fn the_snapshot_shows_no_more_than_the_table() {
    let snapshot = std::fs::read_to_string(SNAPSHOT).unwrap();
    assert!(snapshot.lines().count() > 300, "the snapshot is not whole");
    let found = leaks(&snapshot);
    assert!(found.is_empty(), "against the table of AUDIENCE.md:\n{}", found.join("\n"));
    let planted =
        "home | direct | follower\nstatus | group | member, mentioned\ndelivered to | organisation | peer.test";
    assert_eq!(leaks(planted).len(), 3);
}
