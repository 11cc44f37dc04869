//! What strangers send: forged, broken and foreign activities are refused with the right answer, and change nothing.

mod claims;
mod dialects;
mod forgeries;
mod inboxes;
mod proofs;
mod votes;

use serde_json::{Value, json};

use crate::support::{Instance, Peer, PeerActor, Person, World};

const ACME: &str = "acme.test";

/// Ada at Acme with a post; Mal on a peer, who follows her; Eve on the same peer; Oz on another.
struct Scene {
    world: World,
    ada: Person,
    post: Value,
    mal: PeerActor,
    eve: PeerActor,
    oz: PeerActor,
}

impl Scene {
    async fn set() -> Self {
        let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
        let ada = world.instance(ACME).register("ada").await;
        let post = ada.post_status("Ada's own").await;
        let (peer, other) = (world.peer("peer.test"), world.peer("other.test"));
        let (mal, eve, oz) = (peer.actor("mal"), peer.actor("eve"), other.actor("oz"));
        mal.deliver(world.instance(ACME), &mal.activity("Follow", ada.account.uri.as_str())).await;
        world.settle().await;
        Self { world, ada, post, mal, eve, oz }
    }

    fn acme(&self) -> &Instance {
        self.world.instance(ACME)
    }

    fn peer(&self) -> &Peer {
        self.world.peer("peer.test")
    }

    fn uri(&self) -> &str {
        self.post["uri"].as_str().unwrap()
    }

    /// All that a stranger could have changed.
    async fn state(&self) -> Vec<i64> {
        let mut state = Vec::new();
        for table in ["accounts", "statuses", "follows", "blocks", "favourites", "notifications"] {
            state.push(self.acme().count(&format!("SELECT count(*) FROM {table}")).await);
        }
        let names = "SELECT sum(hashtext(display_name)) FROM accounts WHERE username IN ('ada', 'mal')";
        for sum in ["SELECT sum(hashtext(content)) FROM statuses", names] {
            state.push(self.acme().count(sum).await);
        }
        state
    }
}

/// F6, F7, F8, F9, F10
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_an_activity_is_refused_before_its_signature() {
    let scene = Scene::set().await;
    let acme = scene.acme();
    let before = scene.state().await;
    let signed = |body: &str| {
        let mut letter = scene.mal.letter(&json!({}));
        letter.body = body.to_owned();
        letter
    };
    signed("{").post(acme, "/inbox").await.expect(400);
    signed("[]").post(acme, "/inbox").await.expect(400);
    signed("null").post(acme, "/inbox").await.expect(400);
    signed(r#"{"type": "Like"}"#).post(acme, "/inbox").await.expect(400);
    signed(&format!(r#"{{"id": "x", "type": "Like", "actor": "{0}", "actor": "{0}"}}"#, scene.mal.uri))
        .post(acme, "/inbox")
        .await
        .expect(400);
    let deep = format!(r#"{{"a": {}{}}}"#, "[".repeat(100), "]".repeat(100));
    signed(&deep).post(acme, "/inbox").await.expect(400);
    signed(&format!("\"{}\"", "x".repeat(1024 * 1024))).post(acme, "/inbox").await.expect(413);
    let plain = acme.post("/inbox", json!({"type": "Like"})).await.expect(415);
    assert!(plain["error"].as_str().unwrap().contains("application/activity+json"), "{}", plain.body);
    acme.get("/inbox").await.expect(404);
    assert_eq!(scene.state().await, before);
    scene.world.finish().await;
}

/// F13, F24
#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_does_not_hold_is_refused() {
    type Tamper = fn(&mut Vec<(&'static str, String)>, &mut String);
    let broken: [(&str, Tamper); 9] = [
        ("no signature", |headers, _| headers.retain(|(name, _)| *name != "signature")),
        ("no digest", |headers, _| headers.retain(|(name, _)| *name != "digest")),
        ("another body", |_, body| *body = body.replace("Like", "Flag")),
        ("another date", |headers, _| set(headers, "date", "Tue, 24 Nov 2026 00:00:00 GMT")),
        ("another digest", |headers, _| set(headers, "digest", "SHA-256=AAAA")),
        ("garbage", |headers, _| set(headers, "signature", "x")),
        ("two signatures", |headers, _| {
            let signature = headers.iter().find(|(name, _)| *name == "signature").cloned().unwrap();
            headers.push(signature);
        }),
        ("fewer headers", |headers, _| change(headers, "signature", " digest", "")),
        ("another algorithm", |headers, _| change(headers, "signature", "rsa-sha256", "rsa-md5")),
    ];
    let scene = Scene::set().await;
    let before = scene.state().await;
    for (what, tamper) in broken {
        let mut letter = scene.mal.letter(&scene.mal.activity("Like", scene.uri()));
        letter.tamper = tamper;
        let answer = letter.post(scene.acme(), "/inbox").await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.body);
        assert!(answer["error"].as_str().is_some_and(|why| why.len() > 10), "{what}: {}", answer.body);
    }
    for hours in [-2, 2] {
        let mut letter = scene.mal.letter(&scene.mal.activity("Like", scene.uri()));
        letter.signed_at += chrono::TimeDelta::hours(hours);
        letter.post(scene.acme(), "/inbox").await.expect(401);
    }
    // Signed with Eve's key in Mal's name, and with a key that nobody has.
    let mut letter = scene.mal.letter(&scene.mal.activity("Like", scene.uri()));
    letter.key = scene.eve.letter(&json!({})).key;
    letter.post(scene.acme(), "/inbox").await.expect(401);
    let mut letter = scene.mal.letter(&scene.mal.activity("Like", scene.uri()));
    letter.key_id = scene.peer().url("/nobody#main-key");
    letter.post(scene.acme(), "/inbox").await.expect(401);
    scene.world.settle().await;
    // Eve became known when her key was looked for; nothing else is new.
    let after = scene.state().await;
    assert_eq!(after[1..], before[1..]);
    scene.world.finish().await;
}

fn set(headers: &mut [(&'static str, String)], name: &str, value: &str) {
    headers.iter_mut().filter(|(found, _)| *found == name).for_each(|(_, found)| *found = value.to_owned());
}

fn change(headers: &mut [(&'static str, String)], name: &str, from: &str, to: &str) {
    headers.iter_mut().filter(|(found, _)| *found == name).for_each(|(_, found)| *found = found.replace(from, to));
}

/// F28, F31, F32, F33, F35, F37, F39
#[tokio::test(flavor = "multi_thread")]
async fn nobody_speaks_for_somebody_else() {
    let scene = Scene::set().await;
    let acme = scene.acme();
    // All actors are known, and Mal has a post here, so that only what is forged could change anything.
    for actor in [&scene.eve, &scene.oz] {
        actor.deliver(acme, &actor.activity("Follow", scene.ada.account.uri.as_str())).await;
    }
    scene.ada.follow(&scene.mal.handle()).await;
    let accepted = json!({"type": "Follow", "actor": scene.ada.account.uri, "object": scene.mal.uri});
    scene.mal.deliver(acme, &scene.mal.activity("Accept", accepted)).await;
    let note = scene.mal.note("Mal's own");
    scene.mal.deliver(acme, &scene.mal.create(&note)).await;
    let follow = scene.mal.activity("Follow", scene.ada.account.uri.as_str());
    scene.world.settle().await;
    let before = scene.state().await;

    let mut edited = note.clone();
    edited["content"] = json!("<p>Changed</p>");
    edited["updated"] = json!("2030-01-01T00:00:00Z");
    let mut renamed = json!({"id": scene.mal.uri, "type": "Person", "preferredUsername": "mal", "name": "Changed"});
    renamed["inbox"] = json!(format!("{}/inbox", scene.mal.uri));
    let mut not_eves = scene.eve.note("Not Eve's");
    not_eves["attributedTo"] = json!(scene.mal.uri);
    let mut elsewhere = scene.eve.note("Elsewhere");
    elsewhere["id"] = json!("http://acme.test/users/ada/statuses/1");
    for forger in [&scene.eve, &scene.oz] {
        let forged = [
            forger.activity("Delete", note["id"].clone()),
            forger.activity("Delete", json!({"id": note["id"], "type": "Tombstone"})),
            forger.activity("Delete", scene.uri()),
            forger.activity("Delete", scene.ada.account.uri.as_str()),
            forger.activity("Delete", scene.mal.uri.as_str()),
            forger.activity("Update", edited.clone()),
            forger.activity("Update", renamed.clone()),
            forger.activity("Create", not_eves.clone()),
            forger.activity("Create", elsewhere.clone()),
            forger.activity("Undo", follow.clone()),
            forger.activity("Accept", json!({"id": "http://acme.test/follows/1", "type": "Follow", "actor": scene.ada.account.uri, "object": scene.mal.uri})),
            forger.activity("Reject", json!({"type": "Follow", "actor": scene.ada.account.uri, "object": scene.mal.uri})),
            forger.activity("Announce", json!({"id": "http://nowhere.test/1", "type": "Note", "content": "x", "attributedTo": scene.mal.uri})),
            forger.activity("Announce", json!({"id": "http://peer.test/1", "type": "Delete", "actor": scene.mal.uri, "object": note["id"]})),
            forger.activity("Move", scene.mal.uri.as_str()),
            forger.activity("Add", scene.uri()),
            forger.activity("Block", scene.mal.uri.as_str()),
            forger.activity("Unheard", json!({"of": ["anything", {"at": "all"}]})),
        ];
        for activity in &forged {
            let answer = forger.post(acme, activity).await;
            assert_eq!(answer.status, 202, "{activity}: {}", answer.body);
        }
    }
    scene.world.settle().await;
    assert_eq!(scene.state().await, before);
    scene.world.finish().await;
}

/// F14, F272
#[tokio::test(flavor = "multi_thread")]
async fn an_activity_in_another_name_is_refused_or_dropped() {
    let scene = Scene::set().await;
    let before = scene.state().await;
    // Eve's signature under Mal's activity: dropped, for forwarded activities are not believed.
    let mut letter = scene.eve.letter(&scene.mal.activity("Like", scene.uri()));
    letter.key_id.clone_from(&scene.eve.key_id);
    letter.post(scene.acme(), "/inbox").await.expect(202);
    // An id on another host than the actor's.
    let mut like = scene.mal.activity("Like", scene.uri());
    like["id"] = json!("http://other.test/likes/1");
    scene.mal.post(scene.acme(), &like).await.expect(401);
    // In the name of somebody here.
    let mut like = scene.mal.activity("Like", scene.uri());
    like["actor"] = json!(scene.ada.account.uri);
    scene.mal.post(scene.acme(), &like).await.expect(202);
    scene.world.settle().await;
    assert_eq!(scene.state().await[1..], before[1..]);
    scene.world.finish().await;
}

/// F15
#[tokio::test(flavor = "multi_thread")]
async fn the_same_activity_counts_once() {
    let scene = Scene::set().await;
    let like = scene.mal.activity("Like", scene.uri());
    for _ in 0..3 {
        scene.mal.deliver(scene.acme(), &like).await;
        scene.world.settle().await;
    }
    assert_eq!(scene.acme().count("SELECT count(*) FROM favourites").await, 1);
    let seen = scene.ada.get(&format!("/api/v1/statuses/{}", scene.post["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(seen["favourites_count"], 1);
    scene.world.finish().await;
}

/// F32
#[tokio::test(flavor = "multi_thread")]
async fn a_delete_that_comes_first_still_counts() {
    let scene = Scene::set().await;
    scene.ada.follow(&scene.mal.handle()).await;
    scene.world.settle().await;
    let note = scene.mal.note("Never mind");
    scene.mal.deliver(scene.acme(), &scene.mal.activity("Delete", note["id"].clone())).await;
    scene.mal.deliver(scene.acme(), &scene.mal.create(&note)).await;
    scene.world.settle().await;
    assert_eq!(scene.ada.home_texts().await, ["Ada's own"]);
    scene.world.finish().await;
}

/// F15, F32
#[tokio::test(flavor = "multi_thread")]
async fn nobody_on_the_same_server_takes_an_id_beforehand() {
    let scene = Scene::set().await;
    scene.ada.follow(&scene.mal.handle()).await;
    let accepted = json!({"type": "Follow", "actor": scene.ada.account.uri, "object": scene.mal.uri});
    scene.mal.deliver(scene.acme(), &scene.mal.activity("Accept", accepted)).await;
    scene.world.settle().await;
    let note = scene.mal.note("Still here");
    let create = scene.mal.create(&note);
    scene.eve.deliver(scene.acme(), &scene.eve.activity("Delete", note["id"].clone())).await;
    let mut same_id = scene.eve.activity("Like", scene.uri());
    same_id["id"] = create["id"].clone();
    scene.eve.deliver(scene.acme(), &same_id).await;
    scene.world.settle().await;
    scene.mal.deliver(scene.acme(), &create).await;
    scene.world.settle().await;
    assert_eq!(scene.ada.home_texts().await, ["Still here", "Ada's own"]);
    scene.world.finish().await;
}

/// F16, F31
#[tokio::test(flavor = "multi_thread")]
async fn an_actor_that_deletes_itself_is_gone_with_all_it_did() {
    let scene = Scene::set().await;
    scene.ada.follow(&scene.mal.handle()).await;
    scene
        .mal
        .deliver(
            scene.acme(),
            &scene
                .mal
                .activity("Accept", json!({"type": "Follow", "actor": scene.ada.account.uri, "object": scene.mal.uri})),
        )
        .await;
    scene.mal.deliver(scene.acme(), &scene.mal.create(&scene.mal.note("Soon gone"))).await;
    scene.mal.deliver(scene.acme(), &scene.mal.activity("Like", scene.uri())).await;
    scene.world.settle().await;
    assert_eq!(scene.ada.home_texts().await, ["Soon gone", "Ada's own"]);
    scene.mal.deliver(scene.acme(), &scene.mal.activity("Delete", scene.mal.uri.as_str())).await;
    scene.world.settle().await;
    assert_eq!(scene.ada.home_texts().await, ["Ada's own"]);
    assert_eq!(scene.acme().count("SELECT count(*) FROM follows").await, 0);
    // One whom we never knew, and whose key is gone with it.
    let ghost = scene.peer().actor("ghost");
    scene.peer().forget(&ghost.uri);
    ghost.deliver(scene.acme(), &ghost.activity("Delete", ghost.uri.as_str())).await;
    scene.world.finish().await;
}

/// F11
#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_server_is_not_spoken_to() {
    let world = World::builder()
        .instance(ACME)
        .peer("peer.test")
        .configure(|config| config.federation.suspended_domains = vec!["Peer.test".into()])
        .start()
        .await;
    let acme = world.instance(ACME);
    let (ada, mal) = (acme.register("ada").await, world.peer("peer.test").actor("mal"));
    mal.post(acme, &mal.activity("Follow", ada.account.uri.as_str())).await.expect(403);
    let found = ada.get("/api/v2/search?resolve=true&type=accounts&q=@mal@peer.test").await.expect(200);
    assert_eq!(found["accounts"], json!([]));
    assert!(world.peer("peer.test").asked().is_empty());
    world.finish().await;
}

/// F27, F342
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_changed_is_fetched_again() {
    let scene = Scene::set().await;
    let asked = || scene.peer().asked().iter().filter(|path| *path == "/users/mal").count();
    let first = asked();
    // The same name with another key, as after a move to a new server: just after the first fetch, once.
    let _ = scene.peer().actor("filler");
    let renewed = scene.peer().actor("mal");
    renewed.deliver(scene.acme(), &renewed.activity("Like", scene.uri())).await;
    assert_eq!(asked(), first + 1);
    // Not again, so that nobody makes us fetch at will.
    let _ = scene.peer().actor("another");
    let renewed = scene.peer().actor("mal");
    let like = renewed.activity("Like", scene.uri());
    for number in 0..20 {
        let mut letter = renewed.letter(&like);
        if number % 2 == 0 {
            letter.key_id = format!("{}#key-{number}", renewed.uri);
        }
        letter.post(scene.acme(), "/inbox").await.expect(401);
    }
    assert_eq!(asked(), first + 1);
    scene.world.clock.advance(chrono::TimeDelta::minutes(6));
    let late = renewed.post(scene.acme(), &like).await;
    assert_eq!(late.status, 202, "{}", late.body);
    scene.world.settle().await;
    assert_eq!(scene.acme().count("SELECT count(*) FROM favourites").await, 1);
    scene.world.finish().await;
}
