//! Every way to a post. A new route that shows posts gets its rows here; `routes` holds `src/routes.rs` against this.

use reqwest::Method;
use serde_json::Value;

use super::scene::{Post, Scene, Viewer};
use crate::support::Answer;

/// With what one comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A client's token, or none.
    Client,
    /// A signature, or none; asks for ActivityPub.
    Signed,
    /// A browser's session, or none; asks for pages.
    Browser,
}

/// A request: method, path, JSON body.
pub type Request = (Method, String, Option<Value>);

pub enum Reading {
    /// One request for each post. Whoever does not see it must be answered as if it did not exist.
    One(fn(&Scene, &Viewer, &Post) -> Request, fn(&Answer, &Post) -> bool),
    /// One request for each post, to something that exists by itself.
    Around(fn(&Scene, &Post) -> String, fn(&Answer, &Post) -> bool),
    /// Lists, whatever is in them, page after page.
    Lists(fn(&Scene) -> Vec<String>, fn(&Answer, &Post) -> bool),
}

pub struct Path {
    pub name: &'static str,
    /// As in `src/routes.rs` and `src/web/mod.rs`.
    pub route: &'static str,
    pub door: Door,
    pub applies: fn(&Post) -> bool,
    pub reading: Reading,
}

pub(super) fn get(path: String) -> Request {
    (Method::GET, path, None)
}

/// What is at a post's own address in the client API.
macro_rules! own {
    ($part:literal) => {
        |_, _, post| get(format!(concat!("/api/v1/statuses/{}", $part), post.id))
    };
}

pub(super) fn found(answer: &Answer, _: &Post) -> bool {
    answer.status == 200
}

pub(super) fn is_it(entity: &Value, post: &Post) -> bool {
    entity["id"] == post.id
}

fn in_list(list: &Value, post: &Post) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|entity| is_it(entity, post)))
}

fn listed(answer: &Answer, post: &Post) -> bool {
    in_list(&answer.json, post)
}

fn wrapped(answer: &Answer, post: &Post) -> bool {
    answer.json.as_array().is_some_and(|list| list.iter().any(|entity| is_it(&entity["reblog"], post)))
}

fn quoted(answer: &Answer, post: &Post) -> bool {
    is_it(&answer["quote"]["quoted_status"], post)
}

fn all_quoted(answer: &Answer, post: &Post) -> bool {
    answer.json.as_array().is_some_and(|list| list.iter().any(|entity| is_it(&entity["quote"]["quoted_status"], post)))
}

pub(super) fn said(answer: &Answer, post: &Post) -> bool {
    answer.status == 200 && answer.body.contains(&post.text)
}

pub(super) fn any(_: &Post) -> bool {
    true
}

pub(super) fn no_boost(post: &Post) -> bool {
    !post.is_boost
}

pub(super) fn boost(post: &Post) -> bool {
    post.is_boost
}

pub(super) fn ours(post: &Post) -> bool {
    post.owner != "elsewhere"
}

pub(super) fn our_own(post: &Post) -> bool {
    ours(post) && no_boost(post)
}

pub(super) fn in_thread(post: &Post) -> bool {
    post.below.is_some()
}

const OWNERS: [&str; 5] = ["author", "follower", "outlaw", "elsewhere", "guild"];

fn account_lists(scene: &Scene) -> Vec<String> {
    OWNERS.iter().map(|owner| format!("/api/v1/accounts/{}/statuses", scene.accounts[owner])).collect()
}

fn pinned_lists(scene: &Scene) -> Vec<String> {
    account_lists(scene).iter().map(|list| format!("{list}?pinned=true")).collect()
}

pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

pub(super) fn searched(answer: &Answer, post: &Post) -> bool {
    in_list(&answer["statuses"], post)
}

pub(super) fn row(
    name: &'static str,
    route: &'static str,
    door: Door,
    applies: fn(&Post) -> bool,
    reading: Reading,
) -> Path {
    Path { name, route, door, applies, reading }
}

/// Ways that only look.
pub fn readings() -> Vec<Path> {
    [
        of_clients(),
        lists_of_clients(),
        super::notices::of_notices(),
        searches(),
        taken_along(),
        super::servers::of_servers(),
        super::pages::of_browsers(),
        super::network::of_network(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn of_clients() -> Vec<Path> {
    let one =
        |name, route, applies, request, seen| row(name, route, Door::Client, applies, Reading::One(request, seen));
    vec![
        one("status", "/api/v1/statuses/{id}", any, own!(""), |answer, post| is_it(&answer.json, post)),
        one(
            "statuses by id",
            "/api/v1/statuses",
            any,
            |_, _, post| get(format!("/api/v1/statuses?id[]={}", post.id)),
            listed,
        ),
        one("context", "/api/v1/statuses/{id}/context", any, own!("/context"), found),
        one("favourited_by", "/api/v1/statuses/{id}/favourited_by", any, own!("/favourited_by"), found),
        one("reblogged_by", "/api/v1/statuses/{id}/reblogged_by", any, own!("/reblogged_by"), found),
        one("quotes", "/api/v1/statuses/{id}/quotes", any, own!("/quotes"), found),
        row(
            "quoted",
            "/api/v1/statuses/{id}",
            Door::Client,
            no_boost,
            Reading::Around(|scene, post| format!("/api/v1/statuses/{}", scene.quoting(post)), quoted),
        ),
        one(
            "poll",
            "/api/v1/polls/{id}",
            no_boost,
            |_, _, post| get(format!("/api/v1/polls/{}", post.id)),
            |answer, post| is_it(&answer.json, post),
        ),
        one("source", "/api/v1/statuses/{id}/source", any, own!("/source"), found),
        one("history", "/api/v1/statuses/{id}/history", any, own!("/history"), found),
        one(
            "hashtag timeline",
            "/api/v1/timelines/tag/{name}",
            no_boost,
            |_, _, post| get(format!("/api/v1/timelines/tag/{}", post.tag)),
            listed,
        ),
        row(
            "history of its hashtag",
            "/api/v1/tags/{name}",
            Door::Client,
            no_boost,
            Reading::Around(
                |_, post| format!("/api/v1/tags/{}", post.tag),
                |answer, _| answer["history"].as_array().is_some_and(|days| days.iter().any(|day| day["uses"] != "0")),
            ),
        ),
        row(
            "context, as ancestor",
            "/api/v1/statuses/{id}/context",
            Door::Client,
            in_thread,
            Reading::Around(
                |_, post| format!("/api/v1/statuses/{}/context", post.below.as_ref().unwrap()),
                |answer, post| in_list(&answer["ancestors"], post),
            ),
        ),
    ]
}

fn lists_of_clients() -> Vec<Path> {
    let list = |name, route, applies, urls, seen| row(name, route, Door::Client, applies, Reading::Lists(urls, seen));
    vec![
        list(
            "context, as descendant",
            "/api/v1/statuses/{id}/context",
            in_thread,
            |scene| vec![format!("/api/v1/statuses/{}/context", scene.root)],
            |answer, post| in_list(&answer["descendants"], post),
        ),
        list("home", "/api/v1/timelines/home", any, |_| vec!["/api/v1/timelines/home".into()], listed),
        // Of another than oneself it is not there.
        list(
            "list",
            "/api/v1/timelines/list/{id}",
            any,
            |scene| {
                scene
                    .viewers
                    .iter()
                    .map(|viewer| format!("/api/v1/timelines/list/{}", scene.list(viewer.name)))
                    .collect()
            },
            listed,
        ),
        list(
            "quoted, in public",
            "/api/v1/timelines/public",
            no_boost,
            |_| vec!["/api/v1/timelines/public".into()],
            all_quoted,
        ),
        list(
            "quoted, among all of its author's",
            "/api/v1/accounts/{id}/statuses",
            no_boost,
            |scene| vec![format!("/api/v1/accounts/{}/statuses", scene.accounts["stranger"])],
            all_quoted,
        ),
        list("public", "/api/v1/timelines/public", any, |_| vec!["/api/v1/timelines/public".into()], listed),
        list(
            "public, local",
            "/api/v1/timelines/public",
            any,
            |_| vec!["/api/v1/timelines/public?local=true".into()],
            listed,
        ),
        list(
            "public, remote",
            "/api/v1/timelines/public",
            any,
            |_| vec!["/api/v1/timelines/public?remote=true".into()],
            listed,
        ),
        list(
            "hashtag timeline, local",
            "/api/v1/timelines/tag/{name}",
            no_boost,
            |_| vec!["/api/v1/timelines/tag/everywhere?local=true".into()],
            listed,
        ),
        list(
            "hashtag timeline, remote",
            "/api/v1/timelines/tag/{name}",
            no_boost,
            |_| vec!["/api/v1/timelines/tag/everywhere?remote=true".into()],
            listed,
        ),
    ]
    .into_iter()
    .chain(lists_of_people())
    .collect()
}

/// What somebody wrote, and what one did with what others wrote.
fn lists_of_people() -> Vec<Path> {
    let list = |name, route, applies, urls, seen| row(name, route, Door::Client, applies, Reading::Lists(urls, seen));
    vec![
        list("account's statuses", "/api/v1/accounts/{id}/statuses", any, account_lists, listed),
        list("account's statuses, boosted", "/api/v1/accounts/{id}/statuses", no_boost, account_lists, wrapped),
        list("account's pinned statuses", "/api/v1/accounts/{id}/statuses", no_boost, pinned_lists, listed),
        list("bookmarks", "/api/v1/bookmarks", no_boost, |_| vec!["/api/v1/bookmarks".into()], listed),
        list("favourites", "/api/v1/favourites", no_boost, |_| vec!["/api/v1/favourites".into()], listed),
    ]
}

/// What one takes along.
fn taken_along() -> Vec<Path> {
    vec![row(
        "exported bookmarks",
        "/api/pollen/v1/exports/{name}",
        Door::Client,
        no_boost,
        Reading::Lists(
            |_| vec!["/api/pollen/v1/exports/bookmarks.csv".into()],
            |answer, post| answer.body.lines().any(|line| line == post.uri),
        ),
    )]
}

fn searches() -> Vec<Path> {
    let search =
        |name, applies, request, seen| row(name, "/api/v2/search", Door::Client, applies, Reading::One(request, seen));
    vec![
        search("search by id", any, |_, _, post| get(format!("/api/v2/search?q={}", encoded(&post.uri))), searched),
        search(
            "search by id, resolved",
            any,
            |_, _, post| get(format!("/api/v2/search?resolve=true&q={}", encoded(&post.uri))),
            searched,
        ),
        search(
            "search by page",
            our_own,
            |_, _, post| get(format!("/api/v2/search?q={}", encoded(&post.url))),
            searched,
        ),
        search(
            "search by page, resolved",
            our_own,
            |_, _, post| get(format!("/api/v2/search?resolve=true&q={}", encoded(&post.url))),
            searched,
        ),
        search(
            "search for its hashtag",
            no_boost,
            |_, _, post| get(format!("/api/v2/search?type=hashtags&q=%23{}", post.tag)),
            |answer, _| answer["hashtags"].as_array().is_some_and(|tags| !tags.is_empty()),
        ),
        row(
            "posts that link to a page",
            "/api/v1/timelines/link",
            Door::Client,
            any,
            Reading::Lists(|_| vec!["/api/v1/timelines/link?url=http://pages.test/a".into()], listed),
        ),
        row(
            "embedded elsewhere",
            "/api/oembed",
            Door::Client,
            our_own,
            Reading::One(|_, _, post| get(format!("/api/oembed?url={}", encoded(&post.url))), found),
        ),
        search(
            "search for its words",
            no_boost,
            |_, _, post| get(format!("/api/v2/search?type=statuses&q={}", post.text)),
            searched,
        ),
        row(
            "search for what all say",
            "/api/v2/search",
            Door::Client,
            no_boost,
            Reading::Lists(|_| vec!["/api/v2/search?q=everywhere".into()], searched),
        ),
    ]
}
