//! Posts from elsewhere that are long, and were edited often.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::threads::scene;
use super::{ACME, id, newest};
use crate::support::World;

const KIB: usize = 1024;

fn paragraphs(word: &str, bytes: usize) -> String {
    format!("<p>{word}</p>").repeat(bytes / (word.len() + 7))
}

/// F374
#[tokio::test(flavor = "multi_thread")]
async fn a_very_long_post_is_cut_and_has_a_link_to_the_whole() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    for (kind, content) in [("Note", paragraphs("much", 400 * KIB)), ("Article", paragraphs("more", 400 * KIB))] {
        let mut note = mal.note("");
        note["type"] = json!(kind);
        note["content"] = json!(content);
        note["url"] = json!(mal.peer().url(&format!("/read/{kind}")));
        mal.deliver(acme, &mal.create(&note)).await;
        world.settle().await;
        let shown = newest(&ada).await;
        let content = shown["content"].as_str().unwrap();
        let link = format!("href=\"{}\"", note["url"].as_str().unwrap());
        assert!(content.len() > 120 * KIB && content.len() < 129 * KIB, "{}", content.len());
        assert_eq!(content.matches(&link).count(), 1);
        let end = content.rfind("<p><a ").unwrap();
        assert!(content[..end].ends_with("e</p>") || content[..end].ends_with("h</p>"), "it ends with a paragraph");
    }
    // What is not so long stays as it is.
    let mut note = mal.note("");
    note["content"] = json!(paragraphs("some", 100 * KIB));
    mal.deliver(acme, &mal.create(&note)).await;
    world.settle().await;
    assert_eq!(newest(&ada).await["content"], note["content"]);
    world.finish().await;
}

/// What the versions of a post begin with, the first one first, and how many bytes they have.
async fn history(world: &World, post: &Value) -> (Vec<String>, usize) {
    let path = format!("/api/v1/statuses/{}/history", id(post));
    let answer = world.instance(ACME).get(&path).await.expect(200);
    let begin =
        |version: &Value| version["content"].as_str().unwrap().chars().skip(3).take_while(|c| *c != '<').collect();
    (answer.list().iter().map(begin).collect(), answer.body.len())
}

/// F374
#[tokio::test(flavor = "multi_thread")]
async fn the_versions_of_a_post_are_bounded_together() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    let mut note = mal.note("first");
    mal.deliver(acme, &mal.create(&note)).await;
    world.settle().await;
    let post = newest(&ada).await;
    for number in 0..20 {
        world.clock.advance(TimeDelta::minutes(1));
        note["content"] = json!(paragraphs(&format!("version{number:02}"), 100 * KIB));
        note["updated"] = json!(world.clock.now().to_rfc3339());
        mal.deliver(acme, &mal.activity("Update", note.clone())).await;
        world.settle().await;
    }
    let (versions, bytes) = history(&world, &post).await;
    // The first, as many of the last ones as there is room for, and what it is now.
    let expected: Vec<String> =
        (9..20).map(|number| format!("version{number}").replace("version9", "version09")).collect();
    assert_eq!(versions[0], "first");
    assert_eq!(versions[1..], expected);
    assert!(bytes < 1300 * KIB, "{bytes}");
    // Of what was kept before there was a limit, no more is shown.
    acme.sql(&format!(
        "UPDATE status_edits SET content = '<p>large</p>' || repeat('<p>x</p>', 60000)
         WHERE id > (SELECT min(id) FROM status_edits) AND status_id = {}",
        id(&post)
    ))
    .await;
    let (versions, _) = history(&world, &post).await;
    assert_eq!(versions, ["first", "large", "large", "version19"]);
    world.finish().await;
}
