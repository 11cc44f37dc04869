//! The file with all of one's data: beside what one wrote it has messages of others, and says which posts one thanked for and voted on.

use std::collections::BTreeSet;
use std::io::Read;

use super::paths::{Door, get};
use super::scene::Scene;
use super::{Seen, ask, comes_by};

/// Who finds which posts in their own, one after the other: no more are made at once than a few. Strangers have none.
pub async fn look(scene: &Scene) -> (&'static str, Seen) {
    let name = "archive of one's own";
    let mut seen = Seen::new();
    for viewer in scene.viewers.iter().filter(|viewer| comes_by(viewer, Door::Browser)) {
        let answer = ask(scene, viewer, Door::Browser, get("/settings/data/archive.tar".into())).await;
        assert_eq!(answer.status == 200, viewer.name != "anonymous", "{} has one: {}", viewer.name, answer.status);
        let (mut all, mut addresses) = (String::new(), String::new());
        if answer.status == 200 {
            for entry in tar::Archive::new(&*answer.bytes).entries().unwrap() {
                let mut entry = entry.unwrap();
                let file = entry.path().unwrap().to_string_lossy().into_owned();
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                let text = String::from_utf8_lossy(&bytes).into_owned();
                if ["favourites", "votes"].iter().any(|kind| file.starts_with(kind)) {
                    addresses.push_str(&text);
                }
                all.push_str(&text);
            }
        }
        for post in scene.posts.iter().filter(|post| !post.is_boost) {
            let by: &mut BTreeSet<_> = seen.entry((name, post.name)).or_default();
            if all.contains(&post.text) || addresses.contains(&format!("\"{}\"", post.uri)) {
                by.insert(viewer.name);
            }
        }
    }
    (name, seen)
}
