//! Whom servers take to be followers, compared with what is for followers (FEP-8fcf).

use chrono::TimeDelta;
use pollen::relationships::wire::followers::digest;
use serde_json::{Value, json};

use super::{ACME, GLOBEX, id, relationship};
use crate::support::{Instance, PeerActor, Person, World};

/// F300, F302
#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_followers_says_who_they_are() {
    let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let (mal, pat, eve) = (
        world.peer("peer.test").actor("mal"),
        world.peer("peer.test").actor("pat"),
        world.peer("other.test").actor("eve"),
    );
    for actor in [&mal, &pat, &eve] {
        actor.deliver(acme, &actor.activity("Follow", ada.account.uri.as_str())).await;
    }
    world.settle().await;
    ada.post_status("For all").await;
    ada.post_status_with(json!({"status": "For followers", "visibility": "private"})).await;
    world.settle().await;
    let url = format!("{}/followers_synchronization", ada.account.uri);
    for (peer, followers) in [("peer.test", vec![&mal.uri, &pat.uri]), ("other.test", vec![&eve.uri])] {
        let said: Vec<Option<String>> = world
            .peer(peer)
            .received()
            .into_iter()
            .filter(|one| one.body["type"] == "Create")
            .map(|one| one.headers.get("collection-synchronization").cloned())
            .collect();
        let header =
            format!("collectionId=\"{}\", url=\"{url}\", digest=\"{}\"", ada.account.followers_uri, digest(&followers));
        assert_eq!(said, [None, Some(header)], "{peer}");
    }
    // Each server is told of its own people alone, and nobody else of anybody.
    let path = "/users/ada/followers_synchronization";
    for (actor, expected) in [(&pat, vec![&mal.uri, &pat.uri]), (&eve, vec![&eve.uri])] {
        let list = actor.get(acme, path).await.expect(200);
        assert_eq!(list["id"], json!(url));
        let mut items: Vec<&str> =
            list["orderedItems"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        items.sort_unstable();
        assert_eq!(items, expected);
    }
    acme.get_activity(path).await.expect(401);
    world.finish().await;
}

struct Scene {
    world: World,
    ada: Person,
    eve: Person,
    mal: PeerActor,
}

/// Ada and Eve at Acme follow Mal on a peer.
async fn scene() -> Scene {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let (ada, eve) = (world.instance(ACME).register("ada").await, world.instance(ACME).register("eve").await);
    let mal = world.peer("peer.test").actor("mal");
    for (place, person) in [&ada, &eve].into_iter().enumerate() {
        person.follow(&mal.handle()).await;
        world.settle().await;
        let follow = world.peer("peer.test").received_of_type("Follow").remove(place);
        mal.deliver(world.instance(ACME), &mal.activity("Accept", follow)).await;
        world.settle().await;
    }
    // What was accepted a moment ago is believed longer than a list.
    world.clock.advance(TimeDelta::minutes(10));
    Scene { world, ada, eve, mal }
}

impl Scene {
    fn acme(&self) -> &Instance {
        self.world.instance(ACME)
    }

    fn url(&self) -> String {
        format!("{}/followers_synchronization", self.mal.uri)
    }

    /// Mal's server says that these are the followers here.
    async fn say(&self, followers: &[&str], url: &str) {
        let list = json!({"id": self.url(), "type": "OrderedCollection", "orderedItems": followers});
        self.say_with(followers, url, list).await;
    }

    /// As [`Scene::say`], with something else at the address of the list.
    async fn say_with(&self, followers: &[&str], url: &str, list: Value) {
        self.world.peer("peer.test").serve(list);
        let mut note = self.mal.note("For followers");
        note["to"] = json!([format!("{}/followers", self.mal.uri)]);
        note["cc"] = json!([]);
        let header =
            format!("collectionId=\"{}/followers\", url=\"{url}\", digest=\"{}\"", self.mal.uri, digest(followers));
        let mut letter = self.mal.letter(&self.mal.create(&note));
        letter.with = vec![("collection-synchronization", header)];
        letter.post(self.acme(), "/inbox").await.expect(202);
        self.world.settle().await;
    }

    fn asked(&self) -> usize {
        let asked = self.world.peer("peer.test").asked();
        asked.iter().filter(|path| path.ends_with("followers_synchronization")).count()
    }

    async fn follows(&self) -> i64 {
        self.acme().count("SELECT count(*) FROM follows WHERE accepted_at IS NOT NULL").await
    }
}

/// F301, F303
#[tokio::test(flavor = "multi_thread")]
async fn follows_that_the_other_server_does_not_know_end() {
    let scene = scene().await;
    let (ada, eve) = (scene.ada.account.uri.as_str(), scene.eve.account.uri.as_str());
    scene.say(&[eve, ada], &scene.url()).await;
    assert_eq!((scene.asked(), scene.follows().await), (0, 2), "they agree");
    scene.say(&[ada], "http://evil.test/list").await;
    assert_eq!((scene.asked(), scene.follows().await), (0, 2), "a list elsewhere is none");
    scene.say(&[ada], &scene.url()).await;
    assert_eq!((scene.asked(), scene.follows().await), (1, 1));
    let known = scene.eve.resolve(&scene.mal.handle()).await;
    assert_eq!(relationship(&scene.eve, id(&known)).await["following"], false);
    assert!(scene.eve.get("/api/v1/timelines/home").await.expect(200).list().is_empty());
    // The list is asked for at most every few minutes.
    scene.say(&[], &scene.url()).await;
    assert_eq!((scene.asked(), scene.follows().await), (1, 1));
    scene.world.clock.advance(TimeDelta::minutes(6));
    scene.world.peer("peer.test").break_down(500);
    scene.say(&[], &scene.url()).await;
    assert_eq!((scene.asked(), scene.follows().await), (2, 1), "what cannot be had says nothing");
    scene.world.peer("peer.test").break_down(None);
    scene.world.finish().await;
}

/// F303
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_whole_list_says_nothing() {
    let scene = scene().await;
    let ada = scene.ada.account.uri.as_str();
    let page = json!({"id": format!("{}?page=1", scene.url()), "type": "OrderedCollectionPage", "orderedItems": [ada]});
    for list in [
        json!({"id": scene.url(), "type": "OrderedCollection", "first": page}),
        json!({"id": scene.url(), "type": "Tombstone"}),
        json!({"id": scene.url(), "type": "OrderedCollection", "orderedItems": []}),
    ] {
        let before = scene.asked();
        scene.say_with(&[ada], &scene.url(), list).await;
        assert_eq!((scene.asked(), scene.follows().await), (before + 1, 2));
        scene.world.clock.advance(TimeDelta::minutes(6));
    }
    scene.world.finish().await;
}

/// F303
#[tokio::test(flavor = "multi_thread")]
async fn follows_that_only_the_other_server_knows_are_taken_back_or_accepted() {
    let scene = scene().await;
    let cy = scene.acme().register("cy").await;
    let dan = scene.acme().register("dan").await;
    dan.follow(&scene.mal.handle()).await;
    scene.world.settle().await;
    let [ada, eve, cy, dan] = [&scene.ada, &scene.eve, &cy, &dan].map(|person| person.account.uri.clone());
    let nobody = "http://acme.test/users/nobody";
    scene.say(&[&ada, &eve, &cy, &dan, nobody, "http://other.test/users/x"], &scene.url()).await;
    // Dan's request was accepted, and the answer lost; Cy never asked.
    assert_eq!(scene.follows().await, 3);
    let undone = scene.world.peer("peer.test").received_of_type("Undo");
    assert_eq!(undone.len(), 1, "{undone:?}");
    let object: &Value = &undone[0]["object"];
    assert_eq!((&undone[0]["actor"], &object["type"]), (&json!(cy), &json!("Follow")));
    assert_eq!((&object["actor"], &object["object"]), (&json!(cy), &json!(scene.mal.uri)));
    scene.world.finish().await;
}

/// F300, F303
#[tokio::test(flavor = "multi_thread")]
async fn two_companies_come_to_agree() {
    let world = World::start([ACME, GLOBEX]).await;
    let ada = world.instance(ACME).register("ada").await;
    let (ben, cy) = (world.instance(GLOBEX).register("ben").await, world.instance(GLOBEX).register("cy").await);
    for person in [&ben, &cy] {
        person.follow("@ada@acme.test").await;
    }
    world.settle().await;
    world.clock.advance(TimeDelta::minutes(10));
    // Acme has lost one follow, and Globex the other.
    world
        .instance(ACME)
        .sql("DELETE FROM follows USING accounts a WHERE a.id = account_id AND a.username = 'ben'")
        .await;
    world
        .instance(GLOBEX)
        .sql("DELETE FROM follows USING accounts a WHERE a.id = account_id AND a.username = 'cy'")
        .await;
    ada.post_status_with(json!({"status": "Among us", "visibility": "private"})).await;
    world.settle().await;
    for name in [ACME, GLOBEX] {
        assert_eq!(world.instance(name).count("SELECT count(*) FROM follows").await, 0, "{name}");
    }
    world.finish().await;
}
