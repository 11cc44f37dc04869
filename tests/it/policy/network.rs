//! The ways of browsers to posts by whom one knows and what one looks for.

use super::paths::{Door, Path, Reading, encoded, get, no_boost, our_own, ours, row, said};
use super::scene::Post;

fn elsewhere(post: &Post) -> bool {
    !ours(post)
}

pub fn of_network() -> Vec<Path> {
    let list = |name, route, applies, urls| row(name, route, Door::Browser, applies, Reading::Lists(urls, said));
    vec![
        // To strangers it is shown where it lives.
        list("page of its author elsewhere", "/@{name}", elsewhere, |_| vec!["/@elsewhere@peer.test".into()]),
        row(
            "page of a post from elsewhere",
            "/@{name}/{id}",
            Door::Browser,
            elsewhere,
            Reading::One(|_, _, post| get(format!("/@{}@peer.test/{}", post.owner, post.id)), said),
        ),
        list(
            "page of its author, with replies and media",
            "/@{name}/{tab:replies|media|about|members}",
            no_boost,
            |_| {
                let parts = ["author/replies", "author/media", "follower/replies", "outlaw/replies", "guild/about"];
                let elsewhere = ["elsewhere@peer.test/replies", "guild/members"];
                parts.into_iter().chain(elsewhere).map(|part| format!("/@{part}")).collect()
            },
        ),
        list("page of a list", "/lists/{id}", no_boost, |scene| {
            scene.viewers.iter().map(|viewer| format!("/lists/{}", scene.list(viewer.name))).collect()
        }),
        row(
            "page of a search by id",
            "/search",
            Door::Browser,
            no_boost,
            Reading::Around(|_, post| format!("/search?q={}", encoded(&post.uri)), said),
        ),
        list("page of a search by words", "/search", no_boost, |_| {
            vec!["/search?q=everywhere&kind=posts".into(), "/search?q=everywhere".into()]
        }),
        row(
            "page of a report",
            "/@{name}/report",
            Door::Browser,
            our_own,
            Reading::One(|_, _, post| get(format!("/@{}/report?post={}", post.owner, post.id)), said),
        ),
    ]
}
