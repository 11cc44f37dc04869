//! What others did is theirs to take back, in whatever spelling it is named; and a suspended server is one in every spelling.

use serde_json::{Value, json};

use super::{ACME, Scene};
use crate::support::{PeerActor, World};

/// What Mal did, and was asked.
struct Done {
    like: Value,
    boost: Value,
    follow: Value,
    block: Value,
    /// One that Mal never sent.
    unsent_block: Value,
    note: Value,
    /// Ada's follow, which Mal accepted, and one that still waits.
    requests: [Value; 2],
}

/// All that somebody could say of that in their own name.
fn forgeries(forger: &PeerActor, mal: &PeerActor, ada: &str, done: &Done) -> Vec<Value> {
    let mut forged = Vec::new();
    for done in [&done.like, &done.boost, &done.block, &done.follow] {
        forged.push(forger.activity("Undo", done["id"].clone()));
        forged.push(forger.activity("Undo", done.clone()));
        forged.push(forger.activity("Delete", done["id"].clone()));
    }
    // What they never did, as if they had, under Mal's ids.
    for done in [&done.unsent_block, &done.like, &done.boost] {
        let mut claimed = done.clone();
        claimed["actor"] = json!(forger.uri);
        forged.push(forger.activity("Undo", claimed));
    }
    for (answer, request) in
        ["Accept", "Reject"].into_iter().flat_map(|kind| done.requests.iter().map(move |one| (kind, one)))
    {
        let mut respelled = request.clone();
        respelled["object"] = json!(forger.uri);
        for object in [request["id"].clone(), request.clone(), respelled] {
            forged.push(forger.activity(answer, object));
        }
    }
    let featured = format!("{}/featured", mal.uri);
    for (kind, object, target) in [
        ("Add", &done.note["id"], featured.as_str()),
        ("Remove", &done.note["id"], featured.as_str()),
        ("Move", &json!(mal.uri), forger.uri.as_str()),
        ("Move", &json!(ada), forger.uri.as_str()),
        ("Move", &json!(mal.uri), ada),
    ] {
        let mut activity = forger.activity(kind, object.clone());
        activity["target"] = json!(target);
        forged.push(activity);
    }
    // A report of nobody here.
    forged.push(forger.activity("Flag", json!([mal.uri, done.note["id"]])));
    forged
}

/// F33, F35, F100, F144, F161, F163, F345
#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_back_or_answers_what_others_did() {
    let scene = Scene::set().await;
    let (acme, mal, ada) = (scene.acme(), &scene.mal, scene.ada.account.uri.as_str());
    let (kim, ira) = (acme.register("kim").await, acme.register("ira").await);
    let send = async |by: &PeerActor, activity: &Value| {
        by.deliver(acme, activity).await;
        scene.world.settle().await;
    };
    for actor in [&scene.eve, &scene.oz] {
        send(actor, &actor.activity("Follow", ada)).await;
    }
    scene.ada.follow(&mal.handle()).await;
    scene.world.settle().await;
    let asked = scene.peer().received_of_type("Follow").remove(0);
    send(mal, &mal.activity("Accept", asked.clone())).await;
    kim.follow(&mal.handle()).await;
    scene.world.settle().await;
    let waiting = scene.peer().received_of_type("Follow").remove(1);
    let done = Done {
        like: mal.activity("Like", scene.uri()),
        boost: mal.activity("Announce", scene.uri()),
        follow: mal.activity("Follow", ada),
        block: mal.activity("Block", ira.account.uri.as_str()),
        unsent_block: mal.activity("Block", kim.account.uri.as_str()),
        note: mal.note("Mal's own"),
        requests: [asked, waiting],
    };
    let own = [&done.like, &done.boost, &done.block, &done.follow];
    send(mal, &mal.create(&done.note)).await;
    for activity in own {
        send(mal, activity).await;
    }
    let state = async || {
        let mut state = scene.state().await;
        for rows in ["reports", "status_pins", "follows WHERE accepted_at IS NULL", "accounts WHERE moved_to_uri <> ''"]
        {
            state.push(acme.count(&format!("SELECT count(*) FROM {rows}")).await);
        }
        state
    };
    let before = state().await;
    for forger in [&scene.eve, &scene.oz] {
        for activity in forgeries(forger, mal, ada, &done) {
            send(forger, &activity).await;
            assert_eq!(state().await, before, "{activity}");
        }
    }
    // All of it is Mal's to take back.
    for activity in own {
        send(mal, &mal.activity("Undo", activity["id"].clone())).await;
    }
    for rows in ["favourites", "blocks", "statuses WHERE reblog_of_id IS NOT NULL"] {
        assert_eq!(acme.count(&format!("SELECT count(*) FROM {rows}")).await, 0, "{rows}");
    }
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
