//! Ways to a post by what one is told: notifications, in groups and one by one, and conversations.

use serde_json::Value;

use super::paths::{Door, Path, Reading, any, found, get, is_it, no_boost, row, searched};
use super::scene::{PEOPLE, Post};

pub(super) fn of_notices() -> Vec<Path> {
    let one = |name, route, request, seen| row(name, route, Door::Client, no_boost, Reading::One(request, seen));
    let list = |name, route, urls, seen| row(name, route, Door::Client, no_boost, Reading::Lists(urls, seen));
    vec![
        one(
            "notification",
            "/api/v1/notifications/{id}",
            |scene, viewer, post| get(format!("/api/v1/notifications/{}", scene.notification(viewer.name, post.name))),
            |answer, post| is_it(&answer["status"], post),
        ),
        one(
            "grouped notification",
            "/api/v2/notifications/{group_key}",
            |scene, viewer, post| {
                get(format!("/api/v2/notifications/ungrouped-{}", scene.notification(viewer.name, post.name)))
            },
            searched,
        ),
        one(
            "who is in a group",
            "/api/v2/notifications/{group_key}/accounts",
            |scene, viewer, post| {
                let id = scene.notification(viewer.name, post.name);
                get(format!("/api/v2/notifications/ungrouped-{id}/accounts"))
            },
            found,
        ),
        list(
            "notifications",
            "/api/v1/notifications",
            |_| vec!["/api/v1/notifications".into()],
            |answer, post| {
                answer.json.as_array().is_some_and(|list| list.iter().any(|one| is_it(&one["status"], post)))
            },
        ),
        list("grouped notifications", "/api/v2/notifications", |_| vec!["/api/v2/notifications".into()], searched),
        list(
            "conversations",
            "/api/v1/conversations",
            |_| vec!["/api/v1/conversations".into()],
            |answer, post| {
                answer.json.as_array().is_some_and(|list| list.iter().any(|one| is_it(&one["last_status"], post)))
            },
        ),
        list(
            "requests",
            "/api/v1/notifications/requests",
            |_| vec!["/api/v1/notifications/requests".into()],
            |answer, post| {
                answer.json.as_array().is_some_and(|list| list.iter().any(|one| is_it(&one["last_status"], post)))
            },
        ),
        announcements(),
        // Of another than oneself it is not there.
        list(
            "request",
            "/api/v1/notifications/requests/{id}",
            |scene| {
                let request = |viewer: &'static str, post: &Post| {
                    format!("/api/v1/notifications/requests/{}", scene.notification(viewer, post.name))
                };
                PEOPLE.iter().flat_map(|viewer| scene.posts.iter().map(|post| request(viewer, post))).collect()
            },
            |answer, post| is_it(&answer["last_status"], post),
        ),
    ]
}

/// What is announced names the posts that it links to.
fn announcements() -> Path {
    row(
        "announcements",
        "/api/v1/announcements",
        Door::Client,
        any,
        Reading::Lists(
            |_| vec!["/api/v1/announcements?with_dismissed=true".into()],
            |answer, post| {
                let named =
                    |one: &Value| one["statuses"].as_array().is_some_and(|all| all.iter().any(|it| is_it(it, post)));
                answer.json.as_array().is_some_and(|list| list.iter().any(named))
            },
        ),
    )
}
