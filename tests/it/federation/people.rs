//! What other servers are sent, and not sent, of what people and groups do.

use serde_json::{Value, json};

use super::{ACME, id};
use crate::support::{PeerActor, Person, World};

/// Ada at Acme, whom Mal on a peer follows.
async fn scene() -> (World, Person, PeerActor) {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let ada = world.instance(ACME).register("ada").await;
    let mal = world.peer("peer.test").actor("mal");
    mal.deliver(world.instance(ACME), &mal.activity("Follow", ada.account.uri.as_str())).await;
    world.settle().await;
    (world, ada, mal)
}

/// F104
#[tokio::test(flavor = "multi_thread")]
async fn mutes_and_notes_are_told_to_nobody() {
    let (world, ada, mal) = scene().await;
    let known = ada.resolve(&mal.handle()).await;
    let before = world.peer("peer.test").received().len();
    for (verb, body) in [("mute", json!({})), ("note", json!({"comment": "Loud"})), ("unmute", json!({}))] {
        ada.post(&format!("/api/v1/accounts/{}/{verb}", id(&known)), body).await.expect(200);
    }
    world.settle().await;
    assert_eq!(world.peer("peer.test").received().len(), before);
    world.finish().await;
}

/// F165
#[tokio::test(flavor = "multi_thread")]
async fn who_moved_away_takes_no_followers() {
    let (world, _, _) = scene().await;
    let acme = world.instance(ACME);
    acme.sql("UPDATE accounts SET moved_to_uri = 'http://peer.test/users/ada' WHERE username = 'ada'").await;
    let pat = world.peer("peer.test").actor("pat");
    let actor = acme.get_activity("/users/ada").await.expect(200);
    assert_eq!(actor["movedTo"], "http://peer.test/users/ada");
    pat.deliver(acme, &pat.activity("Follow", actor["id"].clone())).await;
    world.settle().await;
    let reject = world.peer("peer.test").received_of_type("Reject").remove(0);
    assert_eq!(reject["object"]["actor"], json!(pat.uri));
    assert_eq!(acme.count("SELECT count(*) FROM follows").await, 1);
    world.finish().await;
}

/// F48, F49
#[tokio::test(flavor = "multi_thread")]
async fn a_kind_is_a_note_with_its_term_and_its_hashtag() {
    let (world, ada, _) = scene().await;
    for (tag, term) in [
        ("question", "schema:Question"),
        ("resource", "schema:LearningResource"),
        ("til", "pl:TodayILearned"),
        ("lesson", "pl:Lesson"),
    ] {
        ada.post_status(&format!("Something #{tag}")).await;
        world.settle().await;
        let note = world.peer("peer.test").received_of_type("Create").pop().unwrap()["object"].clone();
        assert_eq!((&note["type"], &note["schema:additionalType"]), (&json!("Note"), &json!(term)));
        assert_eq!(note["tag"][0]["name"], format!("#{tag}"));
    }
    world.finish().await;
}

/// F50, F52, F53
#[tokio::test(flavor = "multi_thread")]
async fn a_group_announces_what_is_posted_to_it() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    ada.post("/api/pollen/v1/groups", json!({"username": "guild"})).await.expect(200);
    ada.follow("@guild@acme.test").await;
    let guild = "http://acme.test/users/guild";
    mal.deliver(acme, &mal.activity("Follow", guild)).await;
    world.settle().await;
    let announced = || -> Vec<Value> {
        let all = world.peer("peer.test").received_of_type("Announce");
        all.into_iter().filter(|announce| announce["actor"] == guild).collect()
    };
    let post = ada.post_status("@guild Who knows?").await;
    world.settle().await;
    let [activity, boost] = announced().try_into().expect("two of them");
    assert_eq!(activity["id"], format!("{guild}/announces/{}", id(&post)));
    assert_eq!((&activity["object"]["type"], &activity["object"]["object"]), (&json!("Create"), &post["uri"]));
    assert_eq!(activity["audience"], guild);
    assert_eq!((&boost["id"], &boost["object"]), (&json!(format!("{guild}/boosts/{}", id(&post))), &post["uri"]));
    let note = acme.get_activity(post["uri"].as_str().unwrap()).await.expect(200);
    assert_eq!(note["audience"], guild);
    // A reply is no boost.
    ada.post_status_with(json!({"status": "@guild I do", "in_reply_to_id": id(&post)})).await;
    world.settle().await;
    let types: Vec<Value> = announced().iter().skip(2).map(|one| one["object"]["type"].clone()).collect();
    assert_eq!(types, ["Create"]);
    world.finish().await;
}
