//! What others did is theirs to take back, in whatever spelling it is named; and a suspended server is one in every spelling.

use serde_json::{Value, json};

use super::{ACME, Scene};
use crate::support::{PeerActor, World};

/// F33, F35, F100, F144, F161, F163, F345
#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_back_or_answers_what_others_did() {
    let scene = Scene::set().await;
    let (acme, mal, ada) = (scene.acme(), &scene.mal, &scene.ada.account.uri);
    let kim = acme.register("kim").await;
    let send = async |by: &PeerActor, activity: &Value| {
        by.deliver(acme, activity).await;
        scene.world.settle().await;
    };
    for actor in [&scene.eve, &scene.oz] {
        send(actor, &actor.activity("Follow", ada.as_str())).await;
    }
    scene.ada.follow(&mal.handle()).await;
    scene.world.settle().await;
    let asked = scene.peer().received_of_type("Follow").remove(0);
    send(mal, &mal.activity("Accept", asked.clone())).await;
    // Kim's request waits for Mal's answer.
    kim.follow(&mal.handle()).await;
    scene.world.settle().await;
    let waiting = scene.peer().received_of_type("Follow").remove(1);
    let note = mal.note("Mal's own");
    let like = mal.activity("Like", scene.uri());
    let boost = mal.activity("Announce", scene.uri());
    let block = mal.activity("Block", kim.account.uri.as_str());
    let follow = mal.activity("Follow", ada.as_str());
    for activity in [&mal.create(&note), &like, &boost, &follow] {
        send(mal, activity).await;
    }
    let eve_block = acme.register("ira").await;
    let block_ira = mal.activity("Block", eve_block.account.uri.as_str());
    send(mal, &block_ira).await;
    let counts = async || {
        let mut state = scene.state().await;
        for table in
            ["reports", "status_pins", "follows WHERE accepted_at IS NULL", "accounts WHERE moved_to_uri <> ''"]
        {
            state.push(acme.count(&format!("SELECT count(*) FROM {table}")).await);
        }
        state
    };
    let before = counts().await;
    for forger in [&scene.eve, &scene.oz] {
        let theirs = |activity: &Value| {
            let mut claimed = activity.clone();
            claimed["actor"] = json!(forger.uri);
            claimed
        };
        let mut forged = Vec::new();
        for done in [&like, &boost, &block_ira, &follow] {
            forged.push(forger.activity("Undo", done["id"].clone()));
            forged.push(forger.activity("Undo", done.clone()));
            forged.push(forger.activity("Delete", done["id"].clone()));
        }
        // What they never did, in their own name, under Mal's ids.
        forged.extend([&block, &like, &boost].map(|done| forger.activity("Undo", theirs(done))));
        for answer in ["Accept", "Reject"] {
            for request in [&asked, &waiting] {
                forged.push(forger.activity(answer, request["id"].clone()));
                forged.push(forger.activity(answer, request.clone()));
                let mut spelled = request.clone();
                spelled["object"] = json!(forger.uri);
                forged.push(forger.activity(answer, spelled));
            }
        }
        for (kind, target) in [("Add", format!("{}/featured", mal.uri)), ("Remove", format!("{}/featured", mal.uri))] {
            let mut change = forger.activity(kind, note["id"].clone());
            change["target"] = json!(target);
            forged.push(change);
        }
        for (old, new) in [(&mal.uri, &forger.uri), (ada, &forger.uri), (&mal.uri, ada)] {
            let mut moved = forger.activity("Move", old.as_str());
            moved["target"] = json!(new);
            forged.push(moved);
        }
        // A report of nobody here.
        forged.push(forger.activity("Flag", json!([mal.uri, note["id"]])));
        for activity in &forged {
            let answer = forger.post(acme, activity).await;
            assert_eq!(answer.status, 202, "{activity}: {}", answer.body);
            scene.world.settle().await;
            assert_eq!(counts().await, before, "{activity}");
        }
    }
    // All of it is Mal's to take back.
    for done in [&like, &boost, &block_ira, &follow] {
        send(mal, &mal.activity("Undo", done["id"].clone())).await;
    }
    assert_eq!(acme.count("SELECT count(*) FROM favourites").await, 0);
    assert_eq!(acme.count("SELECT count(*) FROM blocks").await, 0);
    assert_eq!(acme.count("SELECT count(*) FROM statuses WHERE reblog_of_id IS NOT NULL").await, 0);
    scene.world.finish().await;
}

/// F11, F13, F14, F39
#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_the_same_in_every_spelling() {
    let world = World::builder()
        .instance(ACME)
        .peer("peer.test")
        .peer("other.test")
        .configure(|config| config.federation.suspended_domains = vec!["Peer.test".into()])
        .start()
        .await;
    let acme = world.instance(ACME);
    let (ada, mal) = (acme.register("ada").await, world.peer("peer.test").actor("mal"));
    let oz = world.peer("other.test").actor("oz");
    oz.deliver(acme, &oz.activity("Follow", ada.account.uri.as_str())).await;
    world.settle().await;
    let before = acme.count("SELECT count(*) FROM follows").await;
    for spelled in
        ["peer.test", "PEER.test", "peer.test.", "peer.test:80", "sub.peer.test", "user@peer.test", "PeEr.TeSt.:80"]
    {
        let respell = |uri: &str| uri.replace("peer.test", spelled);
        let mut follow = mal.activity("Follow", ada.account.uri.as_str());
        follow["actor"] = json!(respell(&mal.uri));
        follow["id"] = json!(respell(follow["id"].as_str().unwrap()));
        // By itself; and by somebody else, in its name.
        let mut letter = mal.letter(&follow);
        letter.key_id = respell(&mal.key_id);
        letter.post(acme, "/inbox").await.expect(403);
        oz.post(acme, &follow).await.expect(403);
        // Nor is what it has fetched.
        oz.deliver(acme, &oz.activity("Announce", respell("http://peer.test/notes/1"))).await;
        let found = ada.get(&format!("/api/v2/search?resolve=true&q={}", respell(&mal.uri))).await.expect(200);
        assert_eq!(found["accounts"], json!([]), "{spelled}");
    }
    // Ours is nobody's, however it is spelled.
    for spelled in ["acme.test", "ACME.test", "acme.test.", "acme.test:80"] {
        let ours = ada.account.uri.replace("acme.test", spelled);
        let mut note = oz.note("In another's name");
        note["attributedTo"] = json!(ours);
        note["id"] = json!(format!("{ours}/statuses/1"));
        let mut create = oz.activity("Create", note);
        oz.post(acme, &create).await.expect(202);
        create["actor"] = json!(ours);
        oz.post(acme, &create).await.expect(202);
        let mut like = oz.activity("Like", ada.account.uri.as_str());
        like["id"] = json!(format!("{ours}/likes/1"));
        oz.post(acme, &like).await.expect(401);
    }
    world.settle().await;
    assert!(world.peer("peer.test").asked().is_empty());
    assert_eq!(acme.count("SELECT count(*) FROM statuses").await, 0);
    assert_eq!(acme.count("SELECT count(*) FROM follows").await, before);
    world.finish().await;
}
