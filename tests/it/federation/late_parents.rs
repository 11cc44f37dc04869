//! Replies that are here before what they answer.

use serde_json::{Value, json};

use super::threads::{answering, answers, scene};
use super::{ACME, notification_types};
use crate::support::{Instance, PeerActor, World};

/// A post's row, by its ActivityPub id.
async fn column(acme: &Instance, note: &Value, column: &str) -> i64 {
    let uri = note["id"].as_str().unwrap();
    acme.count(&format!("SELECT coalesce(({column}), -1)::bigint FROM statuses s WHERE s.uri = '{uri}'")).await
}

const REPLIES: &str = "SELECT t.replies_count FROM status_stats t WHERE t.status_id = s.id";

async fn deliver(world: &World, by: &PeerActor, note: &Value) {
    by.deliver(world.instance(ACME), &by.create(note)).await;
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_that_came_first_are_counted_once() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    let post = mal.note("The beginning");
    let uri = post["id"].as_str().unwrap();
    let mut private = answering(&mal, "Not for all", &post);
    private["to"] = json!([format!("{}/followers", mal.uri)]);
    private["cc"] = json!([]);
    // Their parent cannot be had yet.
    mal.peer().forget(uri);
    let open = [answering(&mal, "One", &post), answering(&mal, "Two", &post)];
    for reply in open.iter().chain([&private]) {
        mal.deliver(acme, &mal.create(reply)).await;
    }
    acme.sql("DELETE FROM jobs WHERE kind = 'parent_awaited'").await;
    world.settle().await;
    acme.sql("DELETE FROM jobs WHERE kind = 'parent_awaited'").await;
    assert_eq!(acme.count("SELECT count(*) FROM statuses WHERE in_reply_to_id IS NULL").await, 3);
    mal.peer().serve(post.clone());
    deliver(&world, &mal, &post).await;
    assert_eq!(column(acme, &post, REPLIES).await, 2, "those that are for everyone");
    assert_eq!(acme.count("SELECT count(*) FROM statuses WHERE in_reply_to_id IS NOT NULL").await, 3);
    assert_eq!(acme.count("SELECT count(DISTINCT thread_id) FROM statuses").await, 1);
    deliver(&world, &mal, &post).await;
    assert_eq!(column(acme, &post, REPLIES).await, 2);
    let shown = ada.home().await.into_iter().find(|shown| shown["uri"] == uri).unwrap();
    assert_eq!(answers(&ada, &shown).await.len(), 3);
    mal.deliver(acme, &mal.activity("Delete", open[0]["id"].clone())).await;
    world.settle().await;
    assert_eq!(column(acme, &post, REPLIES).await, 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_missed_its_parent_by_a_moment_finds_it() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    let post = mal.note("The beginning");
    let reply = answering(&mal, "An answer", &post);
    deliver(&world, &mal, &post).await;
    deliver(&world, &mal, &reply).await;
    // As it is when both are recorded at the same moment: neither saw the other.
    acme.sql(&format!(
        "UPDATE statuses SET in_reply_to_id = NULL, in_reply_to_account_id = NULL, thread_id = id WHERE in_reply_to_id IS NOT NULL;
         DELETE FROM status_stats;
         INSERT INTO jobs (id, kind, payload, run_at, created_at)
         SELECT n, 'parent_awaited', json_build_object('uri', '{}', 'depth', 9)::text, now(), now() FROM generate_series(5, 6) n",
        post["id"].as_str().unwrap()
    ))
    .await;
    world.settle().await;
    assert_eq!(column(acme, &reply, "s.in_reply_to_id").await, column(acme, &post, "s.id").await);
    assert_eq!(column(acme, &reply, "s.in_reply_to_account_id").await, column(acme, &post, "s.account_id").await);
    assert_eq!(column(acme, &post, REPLIES).await, 1, "once, however many jobs there are");
    let shown = ada.home().await;
    assert_eq!(answers(&ada, shown.iter().find(|shown| shown["uri"] == post["id"]).unwrap()).await, ["An answer"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_thread_answers_is_known_when_its_beginning_comes() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    let pat = world.peer("other.test").actor("pat");
    // A thread of Mal's own, of which the last post comes first.
    let mut last = mal.note("0");
    for number in 1..5 {
        last = answering(&mal, &number.to_string(), &last);
    }
    deliver(&world, &mal, &last).await;
    let own = "SELECT count(*) FROM statuses WHERE in_reply_to_account_id = account_id";
    assert_eq!(acme.count(own).await, 4);
    assert!(ada.home_texts().await.contains(&"4".to_owned()));
    // The same below a post of somebody else: an answer to them, and no news of Mal's.
    let mals = column(acme, &last, "s.account_id").await;
    ada.post(&format!("/api/v1/accounts/{mals}/follow"), json!({"notify": true})).await.expect(200);
    let question = pat.note("Why?");
    let first = answering(&mal, "Because", &question);
    let second = answering(&mal, "and because", &first);
    deliver(&world, &mal, &second).await;
    let third = answering(&mal, "and so on", &second);
    deliver(&world, &mal, &third).await;
    let pats = column(acme, &question, "s.account_id").await;
    for reply in [&first, &second, &third] {
        assert_eq!(column(acme, reply, "s.in_reply_to_account_id").await, pats);
    }
    assert!(!ada.home_texts().await.iter().any(|text| text.contains("and")), "it is said to Pat");
    assert!(notification_types(&ada).await.is_empty());
    world.finish().await;
}

/// Posts of an author that answer the post of this id, in its thread, by SQL: there is no quicker way in.
async fn fill(acme: &Instance, note: &Value, count: i64) {
    acme.sql(&format!(
        "INSERT INTO statuses (id, account_id, uri, url, local, audience_kind, thread_id, in_reply_to_id, in_reply_to_account_id,
             in_reply_to_uri, created_at)
         SELECT s.id + n, s.account_id, s.uri || '/' || n, s.url, false, 1, s.thread_id, s.id, s.account_id, s.uri, now()
         FROM statuses s, generate_series(1, {count}) n WHERE s.uri = '{}'",
        note["id"].as_str().unwrap()
    ))
    .await;
}

/// F373
#[tokio::test(flavor = "multi_thread")]
async fn parents_that_come_one_by_one_do_not_move_a_long_thread() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    let mut notes = vec![mal.note("0")];
    for number in 1..6 {
        let note = answering(&mal, &number.to_string(), notes.last().unwrap());
        notes.push(note);
    }
    notes.iter().for_each(|note| mal.peer().forget(note["id"].as_str().unwrap()));
    let alone = async |note: &Value| {
        mal.deliver(acme, &mal.create(note)).await;
        world.settle().await;
        acme.sql("DELETE FROM jobs WHERE kind = 'parent_awaited'").await;
    };
    alone(&notes[5]).await;
    fill(acme, &notes[5], 150).await;
    let thread = column(acme, &notes[5], "s.thread_id").await;
    let versions = "SELECT sum(xmin::text::bigint)::bigint FROM statuses WHERE uri LIKE '%/notes/%/%'";
    let before = acme.count(versions).await;
    for note in notes[..5].iter().rev() {
        alone(note).await;
        assert_eq!(column(acme, note, "s.thread_id").await, thread);
    }
    assert_eq!(acme.count(versions).await, before, "none of the many was written anew");
    let last = column(acme, &notes[5], "s.id").await;
    let context = ada.get(&format!("/api/v1/statuses/{last}/context")).await.expect(200);
    assert_eq!(context["ancestors"].as_array().unwrap().len(), 5);
    assert_eq!(context["descendants"].as_array().unwrap().len(), 150);
    world.settle().await;
    acme.sql("DELETE FROM jobs").await;
    world.finish().await;
}

/// F373
#[tokio::test(flavor = "multi_thread")]
async fn a_thread_of_ours_stays_and_takes_in_what_is_not_too_long() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    let ours = ada.post_status("Ours").await;
    let own = ours["id"].as_str().unwrap().parse::<i64>().unwrap();
    for (number, expected) in [(150, true), (5001, false)] {
        let parent = answering(&mal, "Between", &json!({"id": ours["uri"]}));
        let reply = answering(&mal, "Below", &parent);
        mal.peer().forget(parent["id"].as_str().unwrap());
        mal.deliver(acme, &mal.create(&reply)).await;
        world.settle().await;
        acme.sql("DELETE FROM jobs WHERE kind = 'parent_awaited'").await;
        fill(acme, &reply, number).await;
        deliver(&world, &mal, &parent).await;
        assert_eq!(column(acme, &parent, "s.thread_id").await, own);
        assert_eq!(column(acme, &reply, "s.in_reply_to_id").await, column(acme, &parent, "s.id").await);
        assert_eq!(column(acme, &reply, "s.thread_id").await == own, expected, "{number}");
    }
    assert_eq!(acme.count(&format!("SELECT count(*) FROM statuses WHERE thread_id = {own}")).await, 1 + 2 + 150 + 1);
    world.finish().await;
}
