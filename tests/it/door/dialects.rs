//! Two dialects of HTTP signatures: both are taken, and who takes one alone is spoken to in that.

use pollen::net::key::PublicKey;
use pollen::net::signature::{Dialect, SignedRequest};
use serde_json::json;

use super::{Scene, change, set};
use crate::support::Received;

/// F56, F261
#[tokio::test(flavor = "multi_thread")]
async fn both_dialects_are_taken_of_whoever_sends_or_asks() {
    let scene = Scene::set().await;
    let private = scene.ada.post_status_with(json!({"status": "For followers", "visibility": "private"})).await;
    let path = private["uri"].as_str().unwrap().strip_prefix("http://acme.test").unwrap().to_owned();
    for dialect in [Dialect::Cavage, Dialect::Rfc9421] {
        let mut letter = scene.mal.letter(&scene.mal.activity("Like", scene.uri()));
        letter.dialect = dialect;
        letter.post(scene.acme(), "/inbox").await.expect(202);
        scene.world.settle().await;
        assert_eq!(scene.acme().count("SELECT count(*) FROM favourites").await, 1, "{dialect:?}");
        let undo = json!({"type": "Like", "actor": scene.mal.uri, "object": scene.uri()});
        scene.mal.deliver(scene.acme(), &scene.mal.activity("Undo", undo)).await;
        scene.world.settle().await;
        assert_eq!(scene.acme().count("SELECT count(*) FROM favourites").await, 0, "{dialect:?}");
        scene.mal.get_as(dialect, scene.acme(), &path).await.expect(200);
        scene.oz.get_as(dialect, scene.acme(), &path).await.expect(404);
    }
    scene.world.finish().await;
}

/// F13, F264, F265
#[tokio::test(flavor = "multi_thread")]
async fn a_message_signature_that_does_not_hold_is_refused() {
    type Tamper = fn(&mut Vec<(&'static str, String)>, &mut String);
    let broken: [(&str, Tamper); 10] = [
        ("no signature", |headers, _| headers.retain(|(name, _)| *name != "signature")),
        ("no input", |headers, _| headers.retain(|(name, _)| *name != "signature-input")),
        ("no digest", |headers, _| headers.retain(|(name, _)| *name != "content-digest")),
        ("another body", |_, body| *body = body.replace("Like", "Flag")),
        ("another digest", |headers, _| set(headers, "content-digest", "sha-256=:AAAA:")),
        ("another time", |headers, _| change(headers, "signature-input", "created=1", "created=2")),
        ("another key", |headers, _| change(headers, "signature-input", "users/mal", "users/eve")),
        ("less covered", |headers, _| change(headers, "signature-input", " \"content-digest\"", "")),
        ("another algorithm", |headers, _| change(headers, "signature-input", "rsa-v1_5-sha256", "ed25519")),
        ("two dialects", |headers, _| headers.push(("authorization", "Signature keyId=\"x\",signature=\"y\"".into()))),
    ];
    let scene = Scene::set().await;
    let before = scene.state().await;
    let letter = || {
        let mut letter = scene.mal.letter(&scene.mal.activity("Like", scene.uri()));
        letter.dialect = Dialect::Rfc9421;
        letter
    };
    for (what, tamper) in broken {
        let mut letter = letter();
        letter.tamper = tamper;
        let answer = letter.post(scene.acme(), "/inbox").await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.body);
        assert!(answer["error"].as_str().is_some_and(|why| why.len() > 10), "{what}: {}", answer.body);
    }
    for hours in [-2, 2] {
        let mut letter = letter();
        letter.signed_at += chrono::TimeDelta::hours(hours);
        letter.post(scene.acme(), "/inbox").await.expect(401);
    }
    scene.world.settle().await;
    // Eve became known when her key was looked for.
    assert_eq!(scene.state().await[1..], before[1..]);
    scene.world.finish().await;
}

/// Whether a request that arrived is signed by Ada, in which dialect.
fn signed_by_ada(scene: &Scene, request: &Received) -> Dialect {
    let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let (now, path) = (scene.world.clock.now(), request.path.as_str());
    let read = SignedRequest::parse("POST", path, headers, Some(&request.raw), now, "http://peer.test").unwrap();
    read.verify(&PublicKey::from_pem(&scene.ada.account.public_key_pem).unwrap()).unwrap();
    if request.headers.contains_key("signature-input") { Dialect::Rfc9421 } else { Dialect::Cavage }
}

/// Has Ada post; the dialects in which the post came to the peer.
async fn dialects_of_a_post(scene: &Scene) -> Vec<Dialect> {
    let before = scene.peer().received().len();
    scene.ada.post_status("Once more").await;
    scene.world.settle().await;
    scene.peer().received()[before..].iter().map(|request| signed_by_ada(scene, request)).collect()
}

/// F260
#[tokio::test(flavor = "multi_thread")]
async fn on_a_401_the_other_dialect_is_tried_and_what_is_taken_is_remembered() {
    use Dialect::{Cavage, Rfc9421};
    let scene = Scene::set().await;
    let remembered = async || scene.acme().count("SELECT count(*) FROM instances WHERE message_signatures").await;
    assert_eq!((dialects_of_a_post(&scene).await, remembered().await), (vec![Cavage], 0));
    scene.peer().demand(Rfc9421);
    assert_eq!((dialects_of_a_post(&scene).await, remembered().await), (vec![Cavage, Rfc9421], 1));
    assert_eq!((dialects_of_a_post(&scene).await, remembered().await), (vec![Rfc9421], 1));
    scene.peer().demand(Cavage);
    assert_eq!((dialects_of_a_post(&scene).await, remembered().await), (vec![Rfc9421, Cavage], 0));
    assert_eq!((dialects_of_a_post(&scene).await, remembered().await), (vec![Cavage], 0));
    scene.world.finish().await;
}

/// F71, F260
#[tokio::test(flavor = "multi_thread")]
async fn a_401_in_both_dialects_is_tried_again_later() {
    use Dialect::{Cavage, Rfc9421};
    let scene = Scene::set().await;
    scene.peer().answer_inbox(401);
    assert_eq!(dialects_of_a_post(&scene).await, [Cavage, Rfc9421]);
    assert_eq!(scene.acme().count("SELECT count(*) FROM deliveries").await, 1);
    assert_eq!(scene.acme().count("SELECT count(*) FROM instances WHERE message_signatures").await, 0);
    scene.peer().answer_inbox(202);
    scene.world.advance(chrono::TimeDelta::minutes(10)).await;
    assert_eq!(scene.acme().count("SELECT count(*) FROM deliveries").await, 0);
    scene.world.finish().await;
}

/// F260
#[tokio::test(flavor = "multi_thread")]
async fn what_we_fetch_is_asked_for_in_the_dialect_that_is_taken() {
    let scene = Scene::set().await;
    let asked = |actor: &str| scene.peer().asked().iter().filter(|path| **path == format!("/users/{actor}")).count();
    scene.peer().demand(Dialect::Rfc9421);
    for (name, times) in [("gus", 2), ("hal", 1)] {
        let actor = scene.peer().actor(name);
        scene.ada.resolve(&actor.handle()).await;
        assert_eq!(asked(name), times, "{name}");
    }
    scene.peer().demand(Dialect::Cavage);
    for (name, times) in [("ivy", 2), ("joe", 1)] {
        let actor = scene.peer().actor(name);
        scene.ada.resolve(&actor.handle()).await;
        assert_eq!(asked(name), times, "{name}");
    }
    scene.world.finish().await;
}
