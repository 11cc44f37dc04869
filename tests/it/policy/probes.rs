//! What people do with a post, as further ways to it.

use reqwest::Method;
use serde_json::json;

use super::paths::{Door, Path, Reading, Request, any, no_boost, row};
use super::scene::{Post, Scene, Viewer};
use crate::support::Answer;

/// What people do with a post, as probes: they run last, since some succeed.
pub fn probes() -> Vec<Path> {
    let probe = |name, route, request| row(name, route, Door::Client, any, Reading::One(request, known));
    vec![
        probe("favourite", "", |_, _, post| done(post, "favourite")),
        taking_back("unfavourite", any, |_, _, post| done(post, "unfavourite")),
        probe("reblog", "", |_, _, post| done(post, "reblog")),
        probe("bookmark", "", |_, _, post| done(post, "bookmark")),
        taking_back("unbookmark", any, |_, _, post| done(post, "unbookmark")),
        row(
            "translate",
            "",
            Door::Client,
            no_boost,
            Reading::One(
                |_, _, post| (Method::POST, format!("/api/v1/statuses/{}/translate", post.id), Some(json!({}))),
                |answer, _| ["service", "for everyone"].iter().any(|why| answer.body.contains(why)),
            ),
        ),
        probe("mute its thread", "", |_, _, post| done(post, "mute")),
        probe("unmute its thread", "", |_, _, post| done(post, "unmute")),
        probe("pin", "", |_, _, post| done(post, "pin")),
        row(
            "vote",
            "",
            Door::Client,
            no_boost,
            Reading::One(
                |_, _, post| (Method::POST, format!("/api/v1/polls/{}/votes", post.id), Some(json!({"choices": [0]}))),
                known,
            ),
        ),
        row(
            "edit",
            "",
            Door::Client,
            |post| post.owner != "author" && post.owner != "follower",
            Reading::One(
                |_, _, post| {
                    (Method::PUT, format!("/api/v1/statuses/{}", post.id), Some(json!({"status": "other words"})))
                },
                known,
            ),
        ),
        row(
            "reply",
            "",
            Door::Client,
            no_boost,
            Reading::One(
                |_, _, post| {
                    let draft = json!({"status": "an answer", "in_reply_to_id": post.id});
                    (Method::POST, "/api/v1/statuses".into(), Some(draft))
                },
                known,
            ),
        ),
    ]
    .into_iter()
    .chain(quoting())
    .chain(ending())
    .collect()
}

/// What quotes it, and says who may.
fn quoting() -> Vec<Path> {
    vec![
        row(
            "quote",
            "",
            Door::Client,
            no_boost,
            Reading::One(
                |_, _, post| {
                    let draft = json!({"status": "look at that", "quoted_status_id": post.id});
                    (Method::POST, "/api/v1/statuses".into(), Some(draft))
                },
                known,
            ),
        ),
        row(
            "say who may quote it",
            "",
            Door::Client,
            no_boost,
            Reading::One(
                |_, _, post| {
                    let policy = json!({"quote_approval_policy": "public"});
                    (Method::PUT, format!("/api/v1/statuses/{}/interaction_policy", post.id), Some(policy))
                },
                known,
            ),
        ),
    ]
}

/// What takes it away.
fn ending() -> Vec<Path> {
    vec![
        row(
            "delete",
            "",
            Door::Client,
            |post| post.owner != "author" && post.owner != "follower",
            Reading::One(|_, _, post| (Method::DELETE, format!("/api/v1/statuses/{}", post.id), None), known),
        ),
        // Ends boosts that are looked at above.
        taking_back("unreblog", no_boost, |_, _, post| done(post, "unreblog")),
    ]
}

fn taking_back(name: &'static str, applies: fn(&Post) -> bool, request: fn(&Scene, &Viewer, &Post) -> Request) -> Path {
    let seen = |answer: &Answer, post: &Post| known(answer, post) && !is_withheld(answer);
    row(name, "", Door::Client, applies, Reading::One(request, seen))
}

/// What is answered to who takes back what they did with a post that they do not see any more.
pub fn is_withheld(answer: &Answer) -> bool {
    answer.status == 200 && answer["content"] == "" && answer["reblog"].is_null()
}

fn done(post: &Post, what: &str) -> Request {
    (Method::POST, format!("/api/v1/statuses/{}/{what}", post.id), Some(json!({})))
}

/// It was done, or refused for what it is: either way it is there.
fn known(answer: &Answer, _: &Post) -> bool {
    [200, 422].contains(&answer.status)
}
