//! Ways to a post for other servers: what is read over ActivityPub.

use super::paths::{Door, Path, Reading, found, get, our_own, ours, row};
use super::scene::{Post, Scene, Viewer};
use crate::support::Answer;

pub(super) fn of_servers() -> Vec<Path> {
    let note = |_: &Scene, _: &Viewer, post: &Post| get(format!("/users/{}/statuses/{}", post.owner, post.id));
    let activity =
        |_: &Scene, _: &Viewer, post: &Post| get(format!("/users/{}/statuses/{}/activity", post.owner, post.id));
    let replies =
        |_: &Scene, _: &Viewer, post: &Post| get(format!("/users/{}/statuses/{}/replies", post.owner, post.id));
    let thread = |_: &Scene, _: &Viewer, post: &Post| {
        get(format!("/users/{}/statuses/{}/context?page=true", post.owner, post.id))
    };
    let route = "/users/{name}/statuses/{id}/{collection:replies|context}";
    let listed = |answer: &Answer, post: &Post| {
        answer["orderedItems"].as_array().is_some_and(|items| items.iter().any(|item| *item == post.uri))
    };
    vec![
        row("object", "/users/{name}/statuses/{id}", Door::Signed, ours, Reading::One(note, found)),
        row("activity", "/users/{name}/statuses/{id}/activity", Door::Signed, ours, Reading::One(activity, found)),
        row("replies", route, Door::Signed, our_own, Reading::One(replies, found)),
        row("thread", route, Door::Signed, our_own, Reading::One(thread, listed)),
        row(
            "stamp of a quote",
            "/users/{name}/quote_authorizations/{id}",
            Door::Signed,
            our_own,
            Reading::One(
                |scene, _, post| get(format!("/users/{}/quote_authorizations/{}", post.owner, scene.quoting(post))),
                found,
            ),
        ),
        row(
            "boost by a group",
            "/users/{name}/boosts/{id}",
            Door::Signed,
            our_own,
            Reading::One(|_, _, post| get(format!("/users/guild/boosts/{}", post.id)), found),
        ),
        row(
            "featured",
            "/users/{name}/collections/featured",
            Door::Signed,
            our_own,
            Reading::Lists(
                |_| ["author", "follower", "outlaw"].map(|owner| format!("/users/{owner}/collections/featured")).into(),
                |answer, post| {
                    answer["orderedItems"].as_array().is_some_and(|items| items.iter().any(|item| *item == post.uri))
                },
            ),
        ),
        row(
            "outbox",
            "/users/{name}/outbox",
            Door::Signed,
            ours,
            Reading::Lists(
                |_| ["author", "follower", "guild"].map(|owner| format!("/users/{owner}/outbox?page=true")).into(),
                |answer, post| {
                    let id = if post.is_boost { post.uri.clone() } else { format!("{}/activity", post.uri) };
                    answer["orderedItems"].as_array().is_some_and(|items| items.iter().any(|item| *item == id))
                },
            ),
        ),
    ]
}
