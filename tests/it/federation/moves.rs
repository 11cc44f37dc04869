//! People move from one company to another.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{ACME, GLOBEX, id, relationship};
use crate::api::portability::with_password;
use crate::support::{Instance, PASSWORD, PeerActor, With, World};

/// F164, F165, F166
#[tokio::test(flavor = "multi_thread")]
async fn followers_are_carried_along_when_somebody_moves() {
    let world = World::start([ACME, GLOBEX]).await;
    let (acme, globex) = (world.instance(ACME), world.instance(GLOBEX));
    let old = with_password(&acme.register("ada").await).await;
    let new = globex.register("ada").await;
    let (here, there, angry) = (acme.register("eve").await, globex.register("ben").await, globex.register("ira").await);
    here.follow("@ada@acme.test").await;
    there.follow("@ada@acme.test").await;
    angry.follow("@ada@acme.test").await;
    world.settle().await;
    new.post(&format!("/api/v1/accounts/{}/block", angry.id()), json!({})).await.expect(200);
    let go = async |password: &str| {
        let json = json!({"acct": "ada@globex.test", "password": password});
        old.send(Method::POST, "/api/pollen/v1/move", With { json: Some(json), ..With::default() }).await
    };
    go("wrong").await.expect(403);
    go(PASSWORD).await.expect(422);
    let aliases = new.post("/api/pollen/v1/aliases", json!({"acct": "ada@acme.test"})).await.expect(200);
    assert_eq!(aliases[0]["uri"], old.account.uri);
    assert_eq!(new.get("/api/pollen/v1/aliases").await.expect(200).json, aliases.json);
    let gone = new.delete(&format!("/api/pollen/v1/aliases?uri={}", old.account.uri)).await.expect(200);
    assert_eq!(gone.json, json!([]));
    new.post("/api/pollen/v1/aliases", json!({"acct": "ada@acme.test"})).await.expect(200);
    world.settle().await;
    let moved = go(PASSWORD).await.expect(200);
    assert_eq!(moved["moved"]["acct"], "ada@globex.test");
    world.settle().await;

    let actor = acme.get_activity("/users/ada").await.expect(200);
    assert_eq!(actor["movedTo"], new.account.uri);
    assert_eq!(globex.get_activity("/users/ada").await.expect(200)["alsoKnownAs"], json!([old.account.uri]));
    let new_at_acme = here.resolve("@ada@globex.test").await;
    assert_eq!(relationship(&here, id(&new_at_acme)).await["following"], true);
    assert_eq!(relationship(&here, &old.id()).await["following"], false);
    assert_eq!(relationship(&there, &new.id()).await["following"], true);
    let old_at_globex = there.resolve("@ada@acme.test").await;
    assert_eq!(old_at_globex["moved"]["id"], new.id());
    assert_eq!(relationship(&there, id(&old_at_globex)).await["following"], false);
    assert_eq!(relationship(&angry, &new.id()).await["following"], false, "blocks are respected");
    // The old account is there to be read.
    old.post("/api/v1/statuses", json!({"status": "Still here"})).await.expect(403);
    old.get("/api/v1/timelines/home").await.expect(200);
    here.post(&format!("/api/v1/accounts/{}/follow", old.id()), json!({})).await.expect(403);
    let back = old.delete("/api/pollen/v1/move").await.expect(200);
    assert!(back["moved"].is_null());
    old.post_status("Here again").await;
    go(PASSWORD).await.expect(422);
    world.finish().await;
}

/// From now on the new account says that it is the old one, too.
async fn confirm(acme: &Instance, new: &PeerActor, old: &PeerActor) {
    say(acme, new, json!([old.uri])).await;
}

/// From now on an account says who else it is.
async fn say(acme: &Instance, actor: &PeerActor, aliases: Value) {
    let served = acme.http.get(&actor.uri).send().await.unwrap().text().await.unwrap();
    let mut document: Value = serde_json::from_str(&served).unwrap();
    document["alsoKnownAs"] = aliases;
    actor.peer().serve(document);
}

/// F345
#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_takes_followers_along_when_both_say_who_they_are() {
    let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
    let acme = world.instance(ACME);
    let eve = acme.register("eve").await;
    let (old, new) = (world.peer("peer.test").actor("old"), world.peer("other.test").actor("new"));
    let mal = world.peer("other.test").actor("mal");
    eve.follow(&old.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
    old.deliver(acme, &old.activity("Accept", follow)).await;
    world.settle().await;
    let follows = || world.peer("other.test").received_of_type("Follow").len();
    let pull = async |by: &PeerActor, from: &str| {
        let mut activity = by.activity("Move", from);
        activity["target"] = json!(by.uri);
        // Nobody is asked again so soon.
        world.clock.advance(TimeDelta::minutes(5));
        by.deliver(acme, &activity).await;
        world.settle().await;
        follows()
    };
    // Neither says so; the new one alone; the old one alone, of somebody else.
    assert_eq!(pull(&new, &old.uri).await, 0);
    confirm(acme, &new, &old).await;
    assert_eq!(pull(&new, &old.uri).await, 0);
    say(acme, &old, json!([mal.uri])).await;
    assert_eq!((pull(&new, &old.uri).await, pull(&mal, &old.uri).await), (0, 0));
    // Nor is anybody of ours taken along by what a stranger says.
    say(acme, &mal, json!([eve.account.uri, old.uri])).await;
    assert_eq!(pull(&mal, &eve.account.uri).await, 0);
    // Nobody whose server says that they are gone.
    say(acme, &old, json!([new.uri])).await;
    world.peer("peer.test").break_down(410);
    assert_eq!(pull(&new, &old.uri).await, 0);
    world.peer("peer.test").break_down(None);
    assert_eq!(acme.count("SELECT count(*) FROM accounts WHERE moved_to_uri IS NOT NULL").await, 0);
    // Both say so; the server of the old one has been silent since.
    world.clock.advance(TimeDelta::minutes(6));
    eve.resolve(&old.handle()).await;
    old.deliver(acme, &old.activity("Update", old.uri.as_str())).await;
    world.settle().await;
    world.peer("peer.test").break_down(503);
    assert_eq!(pull(&new, &old.uri).await, 1);
    assert_eq!(acme.count("SELECT count(*) FROM accounts WHERE moved_to_uri IS NOT NULL").await, 1);
    assert_eq!(pull(&new, &old.uri).await, 1);
    world.peer("peer.test").break_down(None);
    world.finish().await;
}

/// F163
#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_the_new_account_does_not_confirm_moves_nobody() {
    let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
    let acme = world.instance(ACME);
    let eve = acme.register("eve").await;
    let (old, new) = (world.peer("peer.test").actor("old"), world.peer("other.test").actor("new"));
    let mal = world.peer("other.test").actor("mal");
    eve.follow(&old.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
    old.deliver(acme, &old.activity("Accept", follow)).await;
    let to_new = |by: &PeerActor| {
        let mut activity = by.activity("Move", old.uri.as_str());
        activity["target"] = json!(new.uri);
        activity
    };
    // Not confirmed; somebody else's word.
    old.deliver(acme, &to_new(&old)).await;
    world.settle().await;
    confirm(acme, &new, &old).await;
    mal.deliver(acme, &to_new(&mal)).await;
    world.settle().await;
    assert_eq!(acme.count("SELECT count(*) FROM accounts WHERE moved_to_uri IS NOT NULL").await, 0);
    assert!(world.peer("other.test").received_of_type("Follow").is_empty());
    world.clock.advance(TimeDelta::minutes(5));
    old.deliver(acme, &to_new(&old)).await;
    world.settle().await;
    assert_eq!(world.peer("other.test").received_of_type("Follow").len(), 1);
    assert_eq!(world.peer("peer.test").received_of_type("Undo").len(), 1);
    // Once: a second move has to wait.
    let other = world.peer("other.test").actor("third");
    confirm(acme, &other, &old).await;
    let mut again = old.activity("Move", old.uri.as_str());
    again["target"] = json!(other.uri);
    old.deliver(acme, &again).await;
    world.settle().await;
    assert_eq!(world.peer("other.test").received_of_type("Follow").len(), 1);
    world.finish().await;
}

/// F163, F345
#[tokio::test(flavor = "multi_thread")]
async fn a_move_has_nobody_asked_over_and_over() {
    let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
    let acme = world.instance(ACME);
    let eve = acme.register("eve").await;
    let (old, new) = (world.peer("peer.test").actor("old"), world.peer("other.test").actor("new"));
    let stranger = world.peer("peer.test").actor("stranger");
    eve.follow(&old.handle()).await;
    world.settle().await;
    let to_new = async |by: &PeerActor| {
        let mut activity = by.activity("Move", by.uri.as_str());
        activity["target"] = json!(new.uri);
        by.deliver(acme, &activity).await;
        world.settle().await;
    };
    let asked = || world.peer("other.test").asked().iter().filter(|path| path.as_str() == "/users/new").count();
    // Nothing would change here if a stranger moved.
    to_new(&stranger).await;
    assert_eq!(asked(), 0);
    for _ in 0..3 {
        to_new(&old).await;
    }
    assert_eq!(asked(), 1);
    let from_old = async || {
        let mut activity = new.activity("Move", old.uri.as_str());
        activity["target"] = json!(new.uri);
        new.deliver(acme, &activity).await;
        world.settle().await;
    };
    let begun = asked();
    world.clock.advance(TimeDelta::minutes(5));
    for _ in 0..3 {
        from_old().await;
    }
    assert_eq!(asked(), begun + 1);
    world.clock.advance(TimeDelta::minutes(5));
    to_new(&old).await;
    assert_eq!(asked(), begun + 2);
    world.finish().await;
}
