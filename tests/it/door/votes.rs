//! Votes that come to the door, and what forgers make of them.

use serde_json::{Value, json};

use super::Scene;
use crate::support::PeerActor;

/// F195, F196
#[tokio::test(flavor = "multi_thread")]
async fn a_vote_is_counted_of_its_voter_and_once() {
    let scene = Scene::set().await;
    let (acme, ada) = (scene.acme(), &scene.ada);
    let poll = json!({"options": ["Yes", "No"], "expires_in": 3600});
    let open = ada.post_status_with(json!({"status": "Open", "poll": poll})).await;
    let closed = ada.post_status_with(json!({"status": "Us", "visibility": "private", "poll": poll})).await;
    let vote = |voter: &PeerActor, name: &str, post: &Value| {
        json!({"id": voter.peer().mint("votes"), "type": "Note", "name": name, "attributedTo": voter.uri,
            "inReplyTo": post["uri"], "to": [ada.account.uri], "tag": [{"type": "Mention", "href": ada.account.uri}]})
    };
    for actor in [&scene.eve, &scene.oz] {
        actor.deliver(acme, &actor.activity("Follow", ada.account.uri.as_str())).await;
    }
    scene.oz.deliver(acme, &scene.oz.activity("Undo", json!({"type": "Follow", "object": ada.account.uri}))).await;
    scene.world.settle().await;
    let before = scene.state().await;
    let votes = async || acme.count("SELECT coalesce(sum(votes[1] + 1000 * votes[2]), 0)::bigint FROM polls").await;
    // Of Mal's: by somebody else, on the same server and another; with an id elsewhere.
    let mals = vote(&scene.mal, "Yes", &open);
    let mut elsewhere = vote(&scene.eve, "Yes", &open);
    elsewhere["id"] = json!("http://other.test/votes/1");
    let mut of_nobody = vote(&scene.eve, "Yes", &open);
    of_nobody.as_object_mut().unwrap().remove("attributedTo");
    let nothing = json!({"uri": format!("{}/statuses/5", ada.account.uri)});
    for (by, wrong) in [
        (&scene.eve, mals.clone()),
        (&scene.oz, mals.clone()),
        (&scene.eve, elsewhere),
        (&scene.eve, of_nobody),
        (&scene.eve, vote(&scene.eve, "Perhaps", &open)),
        (&scene.eve, vote(&scene.eve, "yes", &open)),
        (&scene.eve, vote(&scene.eve, "Yes", &scene.post)),
        (&scene.eve, vote(&scene.eve, "Yes", &nothing)),
        // Oz does not follow any more.
        (&scene.oz, vote(&scene.oz, "Yes", &closed)),
    ] {
        by.deliver(acme, &by.activity("Create", wrong.clone())).await;
        scene.world.settle().await;
        assert_eq!(votes().await, 0, "{wrong}");
    }
    for right in [mals, vote(&scene.mal, "Yes", &open), vote(&scene.mal, "No", &open)] {
        scene.mal.deliver(acme, &scene.mal.activity("Create", right)).await;
        scene.world.settle().await;
        assert_eq!(votes().await, 1);
    }
    scene.eve.deliver(acme, &scene.eve.activity("Create", vote(&scene.eve, "No", &closed))).await;
    // A vote that is boosted, or looked up, is no post either.
    let known = vote(&scene.eve, "No", &open);
    scene.peer().serve(known.clone());
    scene.ada.get(&format!("/api/v2/search?resolve=true&q={}", known["id"].as_str().unwrap())).await.expect(200);
    scene.world.settle().await;
    assert_eq!(votes().await, 1001);
    scene.world.advance(chrono::TimeDelta::hours(2)).await;
    scene.eve.deliver(acme, &scene.eve.activity("Create", vote(&scene.eve, "No", &open))).await;
    scene.world.settle().await;
    assert_eq!(votes().await, 1001, "it has ended");
    let mut after = scene.state().await;
    // Ada was told of the ends.
    after[5] -= 2;
    assert_eq!(after, before);
    scene.world.finish().await;
}
