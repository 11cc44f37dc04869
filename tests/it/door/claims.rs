//! Whom an address means: nobody acts in the name of whom theirs leads to.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ACME, Scene};
use crate::support::{Peer, PeerActor};

/// Mal on a peer; an address on the other one that leads to Mal, with what is served there besides.
fn leading_to<'s>(scene: &'s Scene, whom: &str) -> (&'s Peer, String) {
    let other = scene.world.peer("other.test");
    (other, other.redirect("/x", whom))
}

/// Until what could not be had is asked for again.
fn wait(scene: &Scene) {
    scene.world.clock.advance(TimeDelta::minutes(6));
}

/// As Oz, with a key that an address of the other peer is said to have.
async fn like_as(scene: &Scene, by: &PeerActor, key_id: &str) -> u16 {
    let mut letter = scene.oz.letter(&by.activity("Like", scene.uri()));
    letter.key_id = key_id.to_owned();
    letter.post(scene.acme(), "/inbox").await.status
}

/// F39, F400
#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_in_the_name_of_whom_their_address_leads_to() {
    let scene = Scene::set().await;
    // Mal is known here, Bob is not.
    let bob = scene.peer().actor("bob");
    for (number, whom) in [&scene.mal, &bob].into_iter().enumerate() {
        wait(&scene);
        let (other, at) = leading_to(&scene, &whom.uri);
        let mut note = scene.oz.note("Words that were put into a mouth");
        note["id"] = json!(other.url(&format!("/forged/{number}")));
        note["attributedTo"] = json!(at);
        note["inReplyTo"] = json!(scene.uri());
        other.serve(note.clone());
        let id = note["id"].as_str().unwrap();
        let found = scene.ada.get(&format!("/api/v2/search?resolve=true&q={id}")).await.expect(200);
        assert_eq!((&found["statuses"], &found["accounts"]), (&json!([]), &json!([])));
        // Nor when somebody else tells of it.
        wait(&scene);
        let mut create = scene.oz.create(&note);
        create["actor"] = json!(at);
        scene.eve.deliver(scene.acme(), &create).await;
        scene.world.settle().await;
    }
    assert_eq!(scene.acme().count("SELECT count(*) FROM statuses WHERE NOT local").await, 0);
    // Whom somebody looks for, they find, wherever the address leads.
    let (_, at) = leading_to(&scene, &bob.uri);
    wait(&scene);
    let found = scene.ada.get(&format!("/api/v2/search?resolve=true&q={at}")).await.expect(200);
    assert_eq!(found["accounts"][0]["acct"], "bob@peer.test");
    scene.world.finish().await;
}

/// F245, F400
#[tokio::test(flavor = "multi_thread")]
async fn nobody_agrees_in_the_name_of_whom_their_address_leads_to() {
    let scene = Scene::set().await;
    let (other, at) = leading_to(&scene, &scene.mal.uri);
    let (collection, stamp) = (other.url("/collections/1"), other.url("/stamps/1"));
    other.serve(json!({
        "id": stamp, "type": "FeatureAuthorization", "interactingObject": collection, "interactionTarget": at,
    }));
    other.serve(json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": collection, "type": "FeaturedCollection",
        "attributedTo": scene.oz.uri, "name": "Mine", "summary": "", "url": collection, "discoverable": true,
        "orderedItems": [{
            "id": other.url("/items/1"), "type": "FeaturedItem", "featuredObject": at, "featureAuthorization": stamp,
        }],
    }));
    let found = scene.ada.get(&format!("/api/v2/search?resolve=true&q={collection}")).await.expect(200);
    assert_eq!(found["collections"][0]["name"], "Mine");
    scene.world.settle().await;
    let items = "SELECT count(*) FROM collection_items WHERE ";
    assert_eq!(scene.acme().count(&format!("{items} true")).await, 1);
    assert_eq!(scene.acme().count(&format!("{items} account_id IS NOT NULL OR state = 'accepted'")).await, 0);
    scene.world.finish().await;
}

/// F26, F400
#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_the_name_of_whom_their_address_leads_to() {
    let scene = Scene::set().await;
    let bob = scene.peer().actor("bob");
    let known = async || scene.acme().count("SELECT count(*) FROM accounts").await;
    // Oz becomes known.
    assert_eq!(like_as(&scene, &scene.oz, &scene.oz.key_id).await, 202);
    let before = known().await;
    let (_, at) = leading_to(&scene, &bob.uri);
    for key_id in [format!("{at}#main-key"), at.clone()] {
        assert_eq!(like_as(&scene, &bob, &key_id).await, 401, "{key_id}");
        assert_eq!(known().await, before, "{key_id}");
    }
    scene.world.settle().await;
    assert_eq!(scene.acme().count("SELECT count(*) FROM favourites").await, 1);
    scene.world.finish().await;
}

/// All that says who Ada is.
async fn ada(scene: &Scene) -> [Value; 3] {
    let row = "SELECT count(*) FROM accounts WHERE username = 'ada' AND domain IS NULL AND note_source = ''";
    let served = scene.acme().get_activity("/users/ada").await.expect(200).json;
    let found = scene.acme().get("/.well-known/webfinger?resource=acct:ada@acme.test").await.expect(200).json;
    [json!(scene.acme().count(row).await), served, found]
}

/// F400, F401
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_leads_here_makes_somebody_of_ours_a_stranger() {
    let scene = Scene::set().await;
    let before = ada(&scene).await;
    assert_eq!(before[0], 1);
    let (_, at) = leading_to(&scene, &scene.ada.account.uri);
    let ours = format!("http://{ACME}/users/ada");
    for key_id in [format!("{at}#main-key"), at.clone(), format!("{ours}#main-key"), ours] {
        assert_eq!(like_as(&scene, &scene.oz, &key_id).await, 401, "{key_id}");
    }
    wait(&scene);
    let found = scene.ada.get(&format!("/api/v2/search?resolve=true&q={at}")).await.expect(200);
    assert_eq!(found["accounts"], json!([]));
    wait(&scene);
    let mut moved = scene.oz.activity("Move", scene.oz.uri.as_str());
    moved["target"] = json!(at);
    scene.oz.deliver(scene.acme(), &moved).await;
    scene.world.settle().await;
    assert_eq!(ada(&scene).await, before);
    scene.world.finish().await;
}

/// F2, F10
#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_a_key_has_a_length() {
    let scene = Scene::set().await;
    let kim = scene.peer().actor("kim");
    let served = scene.acme().http.get(&kim.uri).send().await.unwrap().text().await.unwrap();
    let mut document: Value = serde_json::from_str(&served).unwrap();
    let key_id = format!("{}#{}", kim.uri, "k".repeat(4000));
    document["publicKey"]["id"] = json!(key_id);
    scene.peer().serve(document);
    let mut letter = kim.letter(&kim.activity("Like", scene.uri()));
    letter.key_id = key_id;
    letter.post(scene.acme(), "/inbox").await.expect(401);
    scene.world.finish().await;
}
