//! Proofs (FEP-8b32): ours hold, and an activity that somebody passes on is believed for the sake of one, or not at all.

use chrono::TimeDelta;
use pollen::net::proof::{self, PublicProofKey};
use serde_json::{Value, json};

use super::Scene;
use crate::support::{PeerActor, plain};

/// Whether a document has a proof by the key that its actor names.
fn holds(document: &Value, actor: &Value) -> bool {
    let Some(claim) = proof::claim(document) else { return false };
    let key = &actor["assertionMethod"][0];
    assert_eq!((&key["type"], &key["controller"]), (&json!("Multikey"), &actor["id"]));
    let public = PublicProofKey::from_multibase(key["publicKeyMultibase"].as_str().unwrap()).unwrap();
    key["id"] == claim.method.as_str() && proof::verify(document, &claim, &public)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_we_send_carries_a_proof_by_a_key_that_the_actor_names() {
    let scene = Scene::set().await;
    scene.ada.follow(&scene.mal.handle()).await;
    scene.ada.patch("/api/v1/accounts/update_credentials", json!({"display_name": "Ada"})).await.expect(200);
    scene.world.settle().await;
    let actor = scene.acme().get_activity("/users/ada").await.expect(200).json;
    let received: Vec<Value> = scene.peer().received().into_iter().map(|one| one.body).collect();
    let mut types: Vec<&str> = received.iter().map(|body| body["type"].as_str().unwrap()).collect();
    types.sort_unstable();
    // Ada's post goes to Mal too, if the follow was faster than the post's job.
    types.retain(|kind| *kind != "Create");
    assert_eq!(types, ["Accept", "Follow", "Update"]);
    for activity in &received {
        assert!(holds(activity, &actor), "{activity}");
        let mut changed = activity.clone();
        changed["id"] = json!("http://acme.test/changed");
        assert!(!holds(&changed, &actor));
    }
    let update = received.iter().find(|body| body["type"] == "Update").unwrap();
    assert_eq!(update["object"]["assertionMethod"], actor["assertionMethod"]);
    let instance = scene.acme().get_activity("/actor").await.expect(200);
    assert_eq!(instance["assertionMethod"][0]["controller"], "http://acme.test/actor");
    assert_ne!(instance["assertionMethod"][0]["publicKeyMultibase"], actor["assertionMethod"][0]["publicKeyMultibase"]);
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_from_before_there_were_proofs_gets_its_key_at_the_next_start() {
    let scene = Scene::set().await;
    scene.acme().sql("DELETE FROM account_proof_keys").await;
    scene.acme().get_activity("/users/ada").await.expect(200);
    let twin = scene.acme().twin().await;
    let actor = twin.get_activity(&format!("{}/users/ada", scene.acme().app.origin)).await.expect(200).json;
    assert_eq!(actor["assertionMethod"][0]["id"], format!("{}#ed25519-key", scene.ada.account.uri));
    let lacking = "SELECT count(*) FROM account_keys k LEFT JOIN account_proof_keys p USING (account_id)
         WHERE p.account_id IS NULL";
    assert_eq!(scene.acme().count(lacking).await, 0);
    scene.world.finish().await;
}

async fn favourites(scene: &Scene) -> i64 {
    scene.world.settle().await;
    scene.acme().count("SELECT count(*) FROM favourites").await
}

/// `by` passes an activity on.
async fn pass_on(scene: &Scene, by: &PeerActor, activity: &Value) {
    by.post(scene.acme(), activity).await.expect(202);
    scene.world.settle().await;
}

/// F66, F271, F273
#[tokio::test(flavor = "multi_thread")]
async fn an_activity_that_is_passed_on_with_a_proof_is_its_actors() {
    let scene = Scene::set().await;
    let like = scene.mal.prove(&scene.mal.activity("Like", scene.uri()));
    for by in [&scene.oz, &scene.oz, &scene.eve, &scene.mal] {
        pass_on(&scene, by, &like).await;
        assert_eq!(favourites(&scene).await, 1);
    }
    let undo = json!({"id": like["id"], "type": "Like", "actor": scene.mal.uri, "object": scene.uri()});
    pass_on(&scene, &scene.oz, &scene.mal.prove(&scene.mal.activity("Undo", undo))).await;
    assert_eq!(favourites(&scene).await, 0);
    // The first one again, which was here before.
    pass_on(&scene, &scene.eve, &like).await;
    assert_eq!(favourites(&scene).await, 0);
    // Somebody whom we don't know is asked for once, whoever speaks of them.
    let kim = scene.peer().actor("kim");
    let likes = [
        kim.prove(&kim.activity("Like", scene.uri())),
        kim.prove(&kim.activity("Follow", scene.ada.account.uri.as_str())),
    ];
    for activity in &likes {
        for by in [&scene.oz, &scene.eve] {
            by.post(scene.acme(), activity).await.expect(202);
        }
    }
    assert_eq!(favourites(&scene).await, 1);
    assert_eq!(scene.peer().asked().iter().filter(|path| *path == "/users/kim").count(), 1);
    assert_eq!(scene.acme().count("SELECT count(*) FROM follows").await, 2);
    scene.world.finish().await;
}

/// F269, F272, F273
#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_does_not_hold_changes_nothing() {
    let scene = Scene::set().await;
    for actor in [&scene.eve, &scene.oz] {
        actor.deliver(scene.acme(), &actor.activity("Follow", scene.ada.account.uri.as_str())).await;
    }
    scene.world.settle().await;
    let before = scene.state().await;
    let like = || scene.mal.activity("Like", scene.uri());
    let tampered = |change: &dyn Fn(&mut Value)| {
        let mut proven = scene.mal.prove(&like());
        change(&mut proven);
        proven
    };
    // By Oz in Mal's name: with a key of Oz's, and as if it were Mal's.
    let by_oz = scene.oz.prove(&like());
    let mut as_mals = by_oz.clone();
    as_mals["proof"]["verificationMethod"] = json!(format!("{}#ed25519-key", scene.mal.uri));
    // Eve's key is on Mal's host, but not Mal's.
    let by_eve = scene.eve.prove(&like());
    let mut note = scene.mal.note("Mal's own");
    note["inReplyTo"] = json!(scene.uri());
    let mut create = scene.mal.prove(&scene.mal.create(&note));
    create["object"]["content"] = json!("<p>Forged</p>");
    let elsewhere = {
        let mut like = like();
        like["id"] = json!("http://other.test/likes/9");
        scene.mal.prove(&like)
    };
    let wrong = [
        by_oz,
        as_mals,
        by_eve,
        create,
        elsewhere,
        tampered(&|activity| activity["type"] = json!("Announce")),
        tampered(&|activity| activity["proof"]["proofValue"] = json!("z1111")),
        tampered(&|activity| activity["proof"]["created"] = json!("2020-01-01T00:00:00Z")),
        tampered(&|activity| activity["proof"]["cryptosuite"] = json!("eddsa-rdfc-2022")),
        tampered(&|activity| activity["proof"] = json!([null, 5, {"type": "DataIntegrityProof"}])),
    ];
    for activity in &wrong {
        pass_on(&scene, &scene.oz, activity).await;
        assert_eq!(scene.state().await, before, "{activity}");
    }
    // A good one, but very late; and of somebody who is said to be of ours.
    let late = scene.mal.prove(&like());
    let mut ours = like();
    ours["actor"] = json!(scene.ada.account.uri);
    ours["id"] = json!("http://acme.test/likes/1");
    pass_on(&scene, &scene.oz, &scene.mal.prove(&ours)).await;
    scene.world.clock.advance(TimeDelta::days(15));
    pass_on(&scene, &scene.oz, &late).await;
    assert_eq!(scene.state().await, before);
    scene.world.finish().await;
}

/// F273
#[tokio::test(flavor = "multi_thread")]
async fn the_right_proof_counts_though_a_wrong_one_came_first() {
    let scene = Scene::set().await;
    let like = scene.mal.prove(&scene.mal.activity("Like", scene.uri()));
    let mut wrong = like.clone();
    wrong["proof"]["proofValue"] = json!("z1111");
    pass_on(&scene, &scene.oz, &wrong).await;
    assert_eq!(favourites(&scene).await, 0);
    pass_on(&scene, &scene.eve, &like).await;
    assert_eq!(favourites(&scene).await, 1);
    scene.world.finish().await;
}

/// The texts of what answers Ada's post.
async fn replies(scene: &Scene) -> Vec<String> {
    let path = format!("/api/v1/statuses/{}/context", scene.post["id"].as_str().unwrap());
    let context = scene.ada.get(&path).await.expect(200);
    let replies = context["descendants"].as_array().unwrap();
    replies.iter().map(|reply| plain(reply["content"].as_str().unwrap())).collect()
}

/// F274
#[tokio::test(flavor = "multi_thread")]
async fn without_a_proof_the_post_itself_is_asked_for() {
    let scene = Scene::set().await;
    let mut note = scene.mal.note("The truth");
    note["inReplyTo"] = json!(scene.uri());
    scene.peer().serve(note.clone());
    let asked = || scene.peer().asked().iter().filter(|path| note["id"].as_str().unwrap().ends_with(*path)).count();
    let mut lie = note.clone();
    lie["content"] = json!("<p>A lie</p>");
    let create = scene.mal.create(&lie);
    for by in [&scene.oz, &scene.eve, &scene.oz] {
        by.post(scene.acme(), &create).await.expect(202);
    }
    scene.world.settle().await;
    assert_eq!((replies(&scene).await, asked()), (vec!["The truth".to_owned()], 1));

    lie["updated"] = json!("2030-01-01T00:00:00Z");
    pass_on(&scene, &scene.oz, &scene.mal.activity("Update", lie.clone())).await;
    assert_eq!((replies(&scene).await, asked()), (vec!["The truth".to_owned()], 2));
    let mut edited = note.clone();
    edited["content"] = json!("<p>The whole truth</p>");
    edited["updated"] = json!((scene.world.clock.now() + TimeDelta::seconds(1)).to_rfc3339());
    scene.peer().serve(edited);
    scene.world.clock.advance(TimeDelta::minutes(1));
    pass_on(&scene, &scene.oz, &scene.mal.activity("Update", lie)).await;
    assert_eq!((replies(&scene).await, asked()), (vec!["The whole truth".to_owned()], 3));

    pass_on(&scene, &scene.oz, &scene.mal.activity("Delete", note["id"].clone())).await;
    assert_eq!((replies(&scene).await, asked()), (vec!["The whole truth".to_owned()], 4));
    // Gone, but said so in the name of somebody on another host, who has nothing to say of it.
    scene.peer().forget(note["id"].as_str().unwrap());
    let mut foreign = scene.oz.activity("Delete", note["id"].clone());
    foreign["actor"] = json!("http://other.test/users/pat");
    pass_on(&scene, &scene.oz, &foreign).await;
    assert_eq!((replies(&scene).await, asked()), (vec!["The whole truth".to_owned()], 4));
    pass_on(&scene, &scene.oz, &scene.mal.activity("Delete", note["id"].clone())).await;
    assert_eq!((replies(&scene).await, asked()), (Vec::new(), 5));
    scene.world.finish().await;
}

/// F274
#[tokio::test(flavor = "multi_thread")]
async fn a_delete_that_is_told_too_early_does_not_keep_the_true_one_out() {
    let scene = Scene::set().await;
    let mut note = scene.mal.note("Not for long");
    note["inReplyTo"] = json!(scene.uri());
    scene.mal.deliver(scene.acme(), &scene.mal.create(&note)).await;
    scene.world.settle().await;
    let id = note["id"].as_str().unwrap();
    let mut delete = scene.mal.activity("Delete", id);
    delete["id"] = json!(format!("{id}#delete"));
    pass_on(&scene, &scene.oz, &delete).await;
    assert_eq!(replies(&scene).await, ["Not for long"]);
    scene.peer().forget(id);
    pass_on(&scene, &scene.eve, &delete).await;
    assert!(replies(&scene).await.is_empty());
    scene.world.finish().await;
}

/// F29, F274
#[tokio::test(flavor = "multi_thread")]
async fn without_a_proof_nothing_else_happens() {
    let scene = Scene::set().await;
    let before = scene.state().await;
    let (stranger, asked) = (scene.mal.note("To nobody here"), scene.peer().asked().len());
    let mut vote = scene.mal.note("A vote");
    vote["name"] = json!("Yes");
    for activity in [
        scene.mal.create(&stranger),
        scene.mal.activity("Update", stranger.clone()),
        scene.mal.activity("Delete", stranger["id"].clone()),
        scene.mal.activity("Delete", scene.mal.uri.as_str()),
        scene.mal.activity("Update", json!({"id": scene.mal.uri, "type": "Person", "name": "Changed"})),
        scene.mal.activity("Delete", scene.uri()),
        scene.mal.activity("Like", scene.uri()),
        scene.mal.activity("Follow", scene.ada.account.uri.as_str()),
        scene.mal.activity("Announce", scene.uri()),
    ] {
        pass_on(&scene, &scene.oz, &activity).await;
    }
    // The first was looked at, and is nobody's business here. Oz became known.
    assert_eq!(scene.peer().asked().len(), asked + 1);
    assert_eq!(scene.state().await[1..], before[1..]);
    scene.world.finish().await;
}

/// F275
#[tokio::test(flavor = "multi_thread")]
async fn replies_to_our_people_are_passed_on_to_those_who_follow_them() {
    let scene = Scene::set().await;
    scene.oz.deliver(scene.acme(), &scene.oz.activity("Follow", scene.ada.account.uri.as_str())).await;
    scene.world.settle().await;
    let other = scene.world.peer("other.test");
    let arrived = || other.received().into_iter().filter(|one| one.body["actor"] == scene.eve.uri).collect::<Vec<_>>();
    let followers = json!([scene.ada.account.followers_uri]);
    let reply = |to: &Value, parent: &str| {
        let mut note = scene.eve.note("A reply");
        note["inReplyTo"] = json!(parent);
        note["cc"] = to.clone();
        scene.eve.create(&note)
    };
    let deliver = async |activity: &Value| {
        scene.eve.deliver(scene.acme(), activity).await;
        scene.world.settle().await;
    };
    // Without a proof, not to her followers, and with a proof that does not hold: kept, and not passed on.
    deliver(&reply(&followers, scene.uri())).await;
    deliver(&scene.eve.prove(&reply(&json!([]), scene.uri()))).await;
    let mut broken = scene.eve.prove(&reply(&followers, scene.uri()));
    broken["proof"]["proofValue"] = json!("z1111");
    deliver(&broken).await;
    // A post of Ada's that is not for everyone.
    let private = scene.ada.post_status_with(json!({"status": "@eve@peer.test", "visibility": "private"})).await;
    scene.world.settle().await;
    deliver(&scene.eve.prove(&reply(&followers, private["uri"].as_str().unwrap()))).await;
    assert_eq!(arrived().len(), 0);

    let create = scene.eve.prove(&reply(&followers, scene.uri()));
    let backwards = scene.peer().received().len();
    deliver(&create).await;
    deliver(&create).await;
    pass_on(&scene, &scene.oz, &create).await;
    assert_eq!(arrived().len(), 1);
    // Byte for byte, so that the proof holds; and signed by Ada.
    assert_eq!(String::from_utf8(arrived()[0].raw.clone()).unwrap(), create.to_string());
    assert!(arrived()[0].headers["signature"].contains("/users/ada#main-key"));
    // An answer to an answer is of the same thread.
    let deeper = scene.eve.prove(&reply(&followers, create["object"]["id"].as_str().unwrap()));
    deliver(&deeper).await;
    assert_eq!(arrived().len(), 2);
    let mut edited = create["object"].clone();
    edited["updated"] = json!((scene.world.clock.now() + TimeDelta::minutes(1)).to_rfc3339());
    deliver(&scene.eve.prove(&scene.eve.activity("Update", edited))).await;
    let mut delete = scene.eve.activity("Delete", create["object"]["id"].clone());
    delete["to"] = followers;
    deliver(&scene.eve.prove(&delete)).await;
    let types: Vec<Value> = arrived().into_iter().map(|one| one.body["type"].clone()).collect();
    assert_eq!(types, ["Create", "Create", "Update", "Delete"]);
    // Not back to where they came from.
    assert_eq!(scene.peer().received().len(), backwards);
    scene.world.finish().await;
}

/// F271, F342
#[tokio::test(flavor = "multi_thread")]
async fn a_key_for_proofs_that_was_changed_is_fetched_again() {
    let scene = Scene::set().await;
    let asked = || scene.peer().asked().iter().filter(|path| *path == "/users/mal").count();
    let first = asked();
    // A proof from before the actor was read says nothing of a newer key.
    scene.world.clock.advance(TimeDelta::minutes(-1));
    let earlier = scene.peer().actor("mal");
    let old = earlier.prove(&earlier.activity("Like", scene.uri()));
    scene.world.clock.advance(TimeDelta::minutes(1));
    pass_on(&scene, &scene.oz, &old).await;
    assert_eq!((favourites(&scene).await, asked()), (0, first));
    // Just after the first fetch it is asked once more, and then not again, so that nobody makes us fetch at will.
    let renewed = scene.peer().actor("mal");
    let like = renewed.prove(&renewed.activity("Like", scene.uri()));
    pass_on(&scene, &scene.oz, &like).await;
    assert_eq!((favourites(&scene).await, asked()), (1, first + 1));
    let undo = |like: &Value| json!({"id": like["id"], "type": "Like", "actor": scene.mal.uri, "object": scene.uri()});
    pass_on(&scene, &scene.oz, &renewed.prove(&renewed.activity("Undo", undo(&like)))).await;
    let renewed = scene.peer().actor("mal");
    let like = renewed.prove(&renewed.activity("Like", scene.uri()));
    pass_on(&scene, &scene.oz, &like).await;
    assert_eq!((favourites(&scene).await, asked()), (0, first + 1));
    scene.world.clock.advance(TimeDelta::minutes(6));
    pass_on(&scene, &scene.eve, &like).await;
    assert_eq!(favourites(&scene).await, 1);
    // What the old one proves is worth nothing any more.
    let undo = json!({"id": like["id"], "type": "Like", "actor": scene.mal.uri, "object": scene.uri()});
    pass_on(&scene, &scene.oz, &scene.mal.prove(&scene.mal.activity("Undo", undo))).await;
    assert_eq!(favourites(&scene).await, 1);
    scene.world.finish().await;
}

/// F320
#[tokio::test(flavor = "multi_thread")]
async fn a_proof_on_what_its_own_actor_sent_is_checked() {
    let scene = Scene::set().await;
    let like = || scene.mal.activity("Like", scene.uri());
    scene.world.clock.advance(TimeDelta::minutes(6));
    let mut wrong = scene.mal.prove(&like());
    wrong["proof"]["proofValue"] = scene.mal.prove(&like())["proof"]["proofValue"].clone();
    scene.mal.deliver(scene.acme(), &wrong).await;
    assert_eq!(favourites(&scene).await, 0);
    // One that we cannot judge says nothing against the signature of the request.
    let mut unknown = scene.mal.prove(&like());
    unknown["proof"]["verificationMethod"] = json!(format!("{}#another", scene.mal.uri));
    scene.mal.deliver(scene.acme(), &unknown).await;
    assert_eq!(favourites(&scene).await, 1);
    let undo = json!({"id": unknown["id"], "type": "Like", "actor": scene.mal.uri, "object": scene.uri()});
    scene.mal.deliver(scene.acme(), &scene.mal.prove(&scene.mal.activity("Undo", undo))).await;
    assert_eq!(favourites(&scene).await, 0);
    scene.world.finish().await;
}
