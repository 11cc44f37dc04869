//! The ways of browsers to a post.

use super::paths::{Door, Path, Reading, boost, get, in_thread, no_boost, our_own, row, said};
use super::scene::{Post, Scene, Viewer};
use crate::support::Answer;

/// The tags of a page that previews elsewhere are made of.
fn previewed(answer: &Answer, post: &Post) -> bool {
    let head = answer.body.split("</head>").next().unwrap_or_default();
    head.contains("og:description") && head.contains(&post.text)
}

pub fn of_browsers() -> Vec<Path> {
    let one =
        |name, route, applies, request, seen| row(name, route, Door::Browser, applies, Reading::One(request, seen));
    let page = |_: &Scene, _: &Viewer, post: &Post| get(format!("/@{}/{}", post.owner, post.id));
    vec![
        one("page", "/@{name}/{id}", our_own, page, said),
        // None at all for what is not for everyone, whoever looks.
        row(
            "page, preview",
            "/@{name}/{id}",
            Door::Browser,
            our_own,
            Reading::Around(|_, post| format!("/@{}/{}", post.owner, post.id), previewed),
        ),
        row(
            "page of a quote",
            "/@{name}/{id}",
            Door::Browser,
            no_boost,
            Reading::Around(|scene, post| format!("/@stranger/{}", scene.quoting(post)), said),
        ),
        one("page of a boost", "/@{name}/{id}", boost, page, |answer, _| answer.status == 302),
        one(
            "object in a browser",
            "/users/{name}/statuses/{id}",
            our_own,
            |_, _, post| get(format!("/users/{}/statuses/{}", post.owner, post.id)),
            |answer, _| answer.status == 302,
        ),
        row(
            "page of its hashtag",
            "/tags/{name}",
            Door::Browser,
            no_boost,
            Reading::Lists(|_| vec!["/tags/everywhere".into()], said),
        ),
        row(
            "page of a thread, as ancestor",
            "/@{name}/{id}",
            Door::Browser,
            in_thread,
            Reading::Around(|_, post| format!("/@author/{}", post.below.as_ref().unwrap()), said),
        ),
        row(
            "page of a thread, as descendant",
            "/@{name}/{id}",
            Door::Browser,
            in_thread,
            Reading::Lists(|scene| vec![format!("/@author/{}", scene.root)], said),
        ),
        row(
            "page of its author",
            "/@{name}",
            Door::Browser,
            |post| our_own(post) && post.name != "followers",
            Reading::Lists(|_| ["/@author".to_owned(), "/@outlaw".to_owned()].into(), said),
        ),
        row(
            "page of a booster",
            "/@{name}",
            Door::Browser,
            |post| post.is_boost && post.owner == "follower",
            Reading::Lists(|_| vec!["/@follower".into()], said),
        ),
        row("page of a group", "/@{name}", Door::Browser, our_own, Reading::Lists(|_| vec!["/@guild".into()], said)),
        row("front page", "/", Door::Browser, no_boost, Reading::Lists(|_| vec!["/".into()], said)),
    ]
    .into_iter()
    .chain([versions()])
    .chain(of_the_signed_in())
    .collect()
}

/// What a post was, for whoever may see it now.
fn versions() -> Path {
    let request = |_: &Scene, _: &Viewer, post: &Post| get(format!("/@{}/{}/history", post.owner, post.id));
    row("page of its versions", "/@{name}/{id}/history", Door::Browser, our_own, Reading::One(request, said))
}

/// Pages that nobody else has.
fn of_the_signed_in() -> Vec<Path> {
    let one =
        |name, route, applies, request, seen| row(name, route, Door::Browser, applies, Reading::One(request, seen));
    let list = |name, route, urls| row(name, route, Door::Browser, no_boost, Reading::Lists(urls, said));
    vec![
        one("form to reply", "/compose", no_boost, |_, _, post| get(format!("/compose?reply={}", post.id)), said),
        one("form to quote", "/compose", no_boost, |_, _, post| get(format!("/compose?quote={}", post.id)), said),
        one(
            "form to edit",
            "/@{name}/{id}/edit",
            our_own,
            |_, _, post| get(format!("/@{}/{}/edit", post.owner, post.id)),
            said,
        ),
        one(
            "question before deleting",
            "/posts/{id}/delete",
            our_own,
            |_, _, post| get(format!("/posts/{}/delete", post.id)),
            said,
        ),
        list("page of notifications", "/notifications", |_| vec!["/notifications".into()]),
        list("page of what is held back", "/notifications/requests", |_| vec!["/notifications/requests".into()]),
        list("page of what is written here", "/local", |_| vec!["/local".into()]),
        list("page of messages", "/conversations", |_| vec!["/conversations".into()]),
        list("page of bookmarks", "/bookmarks", |_| vec!["/bookmarks".into()]),
        list("page of favourites", "/favourites", |_| vec!["/favourites".into()]),
    ]
}
