//! Edits between companies, and what forgers make of them.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{ACME, GLOBEX, ada_and_ben, id, newest, notification_types};
use crate::support::{PeerActor, Person, World, plain};

fn path(post: &Value) -> String {
    format!("/api/v1/statuses/{}", id(post))
}

fn text(post: &Value) -> String {
    plain(post["content"].as_str().unwrap())
}

/// F143
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_reaches_the_other_company() {
    let (world, ada, ben) = ada_and_ben().await;
    let cy = world.instance(GLOBEX).register("cy").await;
    // At once: the edit goes after the post.
    let post = ada.post_status_with(json!({"status": "First #before", "spoiler_text": "Careful"})).await;
    ada.put(&path(&post), json!({"status": "Second #between"})).await.expect(200);
    world.settle().await;
    let there = newest(&ben).await;
    assert_eq!(text(&there), "Second #between");
    ben.post(&format!("{}/reblog", path(&there)), json!({})).await.expect(200);
    world.settle().await;
    let edited = ada.put(&path(&post), json!({"status": "Third #after, @cy@globex.test", "language": "en"})).await;
    world.settle().await;
    let there = ben.get(&path(&there)).await.expect(200).json;
    assert_eq!(text(&there), "Third #after, @cy");
    for same in ["edited_at", "created_at", "language", "spoiler_text", "visibility"] {
        assert_eq!(there[same], edited[same], "{same}");
    }
    assert_eq!(there["tags"][0]["name"], "after");
    assert_eq!(there["mentions"][0]["acct"], "cy");
    assert_eq!(notification_types(&ben).await, ["update"]);
    assert_eq!(notification_types(&cy).await, ["mention"]);
    let history = cy.get(&format!("{}/history", path(&there))).await.expect(200);
    let versions: Vec<String> = history.list().iter().map(text).collect();
    assert!(versions.ends_with(&["Second #between".into(), "Third #after, @cy".into()]), "{versions:?}");
    let tagged = ben.get("/api/v1/timelines/tag/between").await.expect(200);
    assert!(tagged.list().is_empty(), "hashtags that were taken out find it no more");
    world.finish().await;
}

/// F143
#[tokio::test(flavor = "multi_thread")]
async fn who_left_gets_nothing_new() {
    let (world, ada, ben) = ada_and_ben().await;
    let post = ada.post_status_with(json!({"status": "Among us", "visibility": "private"})).await;
    world.settle().await;
    let there = newest(&ben).await;
    let ada_at_globex = ben.resolve("@ada@acme.test").await;
    ben.post(&format!("/api/v1/accounts/{}/unfollow", id(&ada_at_globex)), json!({})).await.expect(200);
    world.settle().await;
    ada.put(&path(&post), json!({"status": "Among those who stayed"})).await.expect(200);
    world.settle().await;
    let known = format!("SELECT count(*) FROM statuses WHERE id = {} AND content LIKE '%stayed%'", id(&there));
    assert_eq!(world.instance(GLOBEX).count(&known).await, 0);
    world.finish().await;
}

/// Ada at Acme follows Mal; Pat is on Mal's server.
async fn scene() -> (World, Person, PeerActor, PeerActor) {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let ada = world.instance(ACME).register("ada").await;
    let (mal, pat) = (world.peer("peer.test").actor("mal"), world.peer("peer.test").actor("pat"));
    ada.follow(&mal.handle()).await;
    ada.resolve(&pat.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
    mal.deliver(world.instance(ACME), &mal.activity("Accept", follow)).await;
    world.settle().await;
    (world, ada, mal, pat)
}

async fn update(world: &World, by: &PeerActor, note: &Value) {
    by.deliver(world.instance(ACME), &by.activity("Update", note.clone())).await;
    world.settle().await;
}

fn with(note: &Value, content: &str, updated: DateTime<Utc>) -> Value {
    let mut note = note.clone();
    note["content"] = content.into();
    note["updated"] = updated.to_rfc3339().into();
    note
}

/// F30, F140, F141
#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_taken_from_its_author_and_in_its_order() {
    let (world, ada, mal, pat) = scene().await;
    let acme = world.instance(ACME);
    let note = mal.note("first");
    mal.deliver(acme, &mal.create(&note)).await;
    world.settle().await;
    let post = newest(&ada).await;
    let now = world.clock.now();
    let reads = async || {
        let post = ada.get(&path(&post)).await.expect(200);
        (text(&post.json), acme.count("SELECT count(*) FROM status_edits").await)
    };
    let at = |minutes: i64| now - TimeDelta::minutes(minutes);
    update(&world, &mal, &with(&note, "<p>second</p><script>x</script>", at(10))).await;
    assert_eq!(reads().await, ("second".into(), 1));
    for (wrong, by) in [
        (with(&note, "older", at(20)), &mal),
        (with(&note, "as old", at(10)), &mal),
        (with(&note, "<p>second</p>", at(5)), &mal),
        (with(&note, "by somebody else on that server", at(1)), &pat),
    ] {
        update(&world, by, &wrong).await;
        assert_eq!(reads().await, ("second".into(), 1), "{wrong}");
    }
    // Somebody else's, said to be one's own.
    let mut stolen = with(&note, "stolen", at(1));
    stolen["attributedTo"] = pat.uri.clone().into();
    update(&world, &pat, &stolen).await;
    let own = ada.post_status("Ada's own").await;
    for uri in [own["uri"].as_str().unwrap(), own["url"].as_str().unwrap()] {
        let mut forged = with(&note, "forged", at(1));
        forged["id"] = uri.into();
        update(&world, &mal, &forged).await;
        forged["attributedTo"] = ada.account.uri.clone().into();
        update(&world, &mal, &forged).await;
    }
    assert_eq!(text(&ada.get(&path(&own)).await.expect(200).json), "Ada's own");
    // What isn't here is not made by an Update.
    update(&world, &mal, &with(&mal.note("unknown"), "unknown", at(1))).await;
    assert_eq!(acme.count("SELECT count(*) FROM statuses WHERE NOT local").await, 1, "it was made");
    // What was edited before it came is not undone by what is older.
    let late = mal.note("second version");
    let late = with(&late, "second version", world.clock.now() + TimeDelta::milliseconds(1));
    mal.deliver(acme, &mal.create(&late)).await;
    update(&world, &mal, &with(&late, "first version", at(3))).await;
    assert_eq!(text(&newest(&ada).await), "second version");
    // A clock that is ahead does not shut out what follows.
    update(&world, &mal, &with(&note, "from the future", now + TimeDelta::days(900))).await;
    assert_eq!(reads().await, ("from the future".into(), 2));
    world.advance(TimeDelta::minutes(2)).await;
    update(&world, &mal, &with(&note, "back again", world.clock.now())).await;
    assert_eq!(reads().await, ("back again".into(), 3));
    world.finish().await;
}

/// F38
#[tokio::test(flavor = "multi_thread")]
async fn what_a_group_says_was_changed_is_read_from_its_author() {
    let (world, ada, _, pat) = scene().await;
    let acme = world.instance(ACME);
    let guild = world.peer("peer.test").group("guild");
    ada.follow(&guild.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(1);
    guild.deliver(acme, &guild.activity("Accept", follow)).await;
    world.settle().await;
    let mut note = pat.note("first");
    note["audience"] = guild.uri.clone().into();
    world.peer("peer.test").serve(note.clone());
    let announce = async |kind: &str, object: Value| {
        let inner =
            json!({"id": world.peer("peer.test").mint("inner"), "type": kind, "actor": pat.uri, "object": object});
        guild.deliver(acme, &guild.activity("Announce", inner)).await;
        world.settle().await;
    };
    announce("Create", note["id"].clone()).await;
    let shown = async || {
        let found =
            ada.get(&format!("/api/v2/search?type=statuses&q={}", note["id"].as_str().unwrap())).await.expect(200);
        text(&found["statuses"][0])
    };
    assert_eq!(shown().await, "first");
    announce("Update", with(&note, "what the group says", world.clock.now())).await;
    assert_eq!(shown().await, "first", "its author's server says something else");
    world.peer("peer.test").serve(with(&note, "second", world.clock.now()));
    announce("Update", note["id"].clone()).await;
    assert_eq!(shown().await, "second");
    assert_eq!(acme.count("SELECT count(*) FROM status_edits").await, 1);
    world.finish().await;
}

/// F142
#[tokio::test(flavor = "multi_thread")]
async fn an_update_lets_nobody_in() {
    let (world, ada, mal, _) = scene().await;
    let acme = world.instance(ACME);
    let ben = acme.register("ben").await;
    let mut note = mal.note("among us");
    note["to"] = json!([format!("{}/followers", mal.uri)]);
    note["cc"] = json!([]);
    mal.deliver(acme, &mal.create(&note)).await;
    world.settle().await;
    let post = newest(&ada).await;
    let mut wider = with(&note, "for all", world.clock.now());
    wider["to"] = json!(["https://www.w3.org/ns/activitystreams#Public"]);
    wider["cc"] = json!([ben.account.uri, ada.account.uri]);
    wider["tag"] = json!([
        {"type": "Mention", "href": ben.account.uri, "name": "@ben@acme.test"},
        {"type": "Mention", "href": ada.account.uri, "name": "@ada@acme.test"},
    ]);
    update(&world, &mal, &wider).await;
    let seen = ada.get(&path(&post)).await.expect(200);
    assert_eq!((text(&seen.json), &seen["visibility"]), ("for all".into(), &json!("private")));
    for part in ["", "/history"] {
        ben.get(&format!("{}{part}", path(&post))).await.expect(404);
        acme.get(&format!("{}{part}", path(&post))).await.expect(404);
    }
    assert!(notification_types(&ben).await.is_empty());
    assert_eq!(notification_types(&ada).await, ["mention"], "who may see it is told");
    world.finish().await;
}
