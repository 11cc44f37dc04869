//! Pins between companies, and what forgers make of them.

use serde_json::{Value, json};

use super::{ACME, GLOBEX, ada_and_ben, id};
use crate::support::{Person, World, plain};

/// The texts of what an account has pinned, as somebody sees it.
async fn pinned(person: &Person, account: &Value) -> Vec<String> {
    let path = format!("/api/v1/accounts/{}/statuses?pinned=true", id(account));
    person.get(&path).await.expect(200).list().iter().map(|one| plain(one["content"].as_str().unwrap())).collect()
}

/// F147
#[tokio::test(flavor = "multi_thread")]
async fn what_is_pinned_is_pinned_there_too() {
    let (world, ada, ben) = ada_and_ben().await;
    let ada_at_globex = ben.resolve("@ada@acme.test").await;
    let act = async |post: &Value, what: &str| {
        ada.post(&format!("/api/v1/statuses/{}/{what}", id(post)), json!({})).await.expect(200);
    };
    // At once: the pin goes after the post, also of one that strangers cannot fetch.
    let private = ada.post_status_with(json!({"status": "Among us", "visibility": "private"})).await;
    act(&private, "pin").await;
    let public = ada.post_status("For all").await;
    act(&public, "pin").await;
    world.settle().await;
    assert_eq!(pinned(&ben, &ada_at_globex).await, ["For all", "Among us"]);
    act(&private, "unpin").await;
    world.settle().await;
    assert_eq!(pinned(&ben, &ada_at_globex).await, ["For all"]);
    world.finish().await;
}

/// F146, F147
#[tokio::test(flavor = "multi_thread")]
async fn whoever_meets_somebody_reads_what_they_have_pinned() {
    let world = World::start([ACME, GLOBEX]).await;
    let (ada, ben) = (world.instance(ACME).register("ada").await, world.instance(GLOBEX).register("ben").await);
    for (text, visibility) in [("One", "public"), ("Two", "unlisted"), ("Three", "private")] {
        let post = ada.post_status_with(json!({"status": text, "visibility": visibility})).await;
        ada.post(&format!("/api/v1/statuses/{}/pin", id(&post)), json!({})).await.expect(200);
    }
    world.settle().await;
    let there = ben.resolve("@ada@acme.test").await;
    world.settle().await;
    assert_eq!(pinned(&ben, &there).await, ["Two", "One"]);
    assert!(ben.home().await.is_empty(), "they are on her profile alone");
    world.finish().await;
}

/// F3, F144, F145, F146
#[tokio::test(flavor = "multi_thread")]
async fn a_featured_collection_is_read_in_bounds_and_believed_for_ones_own() {
    let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let peer = world.peer("peer.test");
    let (mal, pat, eve) = (peer.actor("mal"), peer.actor("pat"), world.peer("other.test").actor("eve"));
    let featured = peer.url("/users/mal/featured");
    peer.change("/users/mal", "featured", featured.as_str());
    let mut items: Vec<Value> = (0..20).map(|n| mal.note(&format!("note {n}"))["id"].clone()).collect();
    items.insert(0, pat.note("Pat's")["id"].clone());
    items.insert(0, eve.note("Eve's")["id"].clone());
    items.insert(0, json!("http://peer.test/notes/missing"));
    peer.answer_at("/users/mal/featured", json!({"id": featured, "type": "OrderedCollection", "orderedItems": items}));
    let there = ada.resolve(&mal.handle()).await;
    world.settle().await;
    assert_eq!(pinned(&ada, &there).await, ["note 0", "note 1"], "the first five, as far as they are Mal's");
    assert!(!world.peer("other.test").asked().iter().any(|path| path.starts_with("/notes/")));

    let change = async |by: &crate::support::PeerActor, kind: &str, note: &Value, target: &str| {
        let mut activity = by.activity(kind, note["id"].clone());
        activity["target"] = target.into();
        by.deliver(acme, &activity).await;
        world.settle().await;
    };
    let other = mal.note("another");
    change(&mal, "Add", &other, &featured).await;
    assert_eq!(pinned(&ada, &there).await.len(), 2, "nobody here follows Mal: it is not fetched");
    ada.follow(&mal.handle()).await;
    world.settle().await;
    let follow = peer.received_of_type("Follow").remove(0);
    mal.deliver(acme, &mal.activity("Accept", follow)).await;
    change(&mal, "Add", &other, &featured).await;
    change(&mal, "Add", &other, &featured).await;
    assert_eq!(pinned(&ada, &there).await, ["another", "note 0", "note 1"]);
    let pats = pat.note("Pat's own");
    let adas = json!({"id": ada.post_status("Ada's own").await["uri"]});
    for (by, kind, note, target) in [
        (&pat, "Add", &mal.note("x"), featured.as_str()),
        (&pat, "Remove", &other, featured.as_str()),
        (&mal, "Add", &pats, featured.as_str()),
        (&mal, "Add", &adas, featured.as_str()),
        (&mal, "Add", &mal.note("y"), "http://peer.test/users/pat/featured"),
        (&mal, "Remove", &other, "http://peer.test/users/pat/featured"),
        (&mal, "Remove", &adas, featured.as_str()),
    ] {
        change(by, kind, note, target).await;
        assert_eq!(pinned(&ada, &there).await, ["another", "note 0", "note 1"], "{kind} {note}");
    }
    for n in 0..4 {
        change(&mal, "Add", &mal.note(&format!("new {n}")), &featured).await;
    }
    assert_eq!(pinned(&ada, &there).await, ["new 3", "new 2", "new 1", "new 0", "another"]);
    change(&mal, "Remove", &other, &featured).await;
    assert_eq!(pinned(&ada, &there).await.len(), 4);
    world.finish().await;
}
