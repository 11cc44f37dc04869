//! What is fetched from other servers, in which bounds, and how handles are believed.

use std::io::Write;

use chrono::TimeDelta;
use flate2::{Compression, write::GzEncoder};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};

use super::ACME;
use crate::support::{ACTIVITY, Peer, PeerActor, Person, World};

struct Scene {
    world: World,
    ada: Person,
    mal: PeerActor,
}

async fn scene() -> Scene {
    let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
    let ada = world.instance(ACME).register("ada").await;
    let mal = world.peer("peer.test").actor("mal");
    ada.resolve(&mal.handle()).await;
    world.settle().await;
    Scene { world, ada, mal }
}

impl Scene {
    fn peer(&self) -> &Peer {
        self.world.peer("peer.test")
    }

    /// Whether a post is found at an address.
    async fn finds(&self, url: &str) -> bool {
        let found = self.finds_at_once(url.to_owned()).await;
        self.world.settle().await;
        found
    }

    async fn finds_at_once(&self, url: String) -> bool {
        let query: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
        let found = self.ada.get(&format!("/api/v2/search?resolve=true&type=statuses&q={query}")).await.expect(200);
        !found["statuses"].as_array().unwrap().is_empty()
    }

    fn asked(&self, path: &str) -> usize {
        self.peer().asked().iter().filter(|asked| *asked == path).count()
    }
}

/// F63
#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_followed_three_times() {
    let scene = scene().await;
    let peer = scene.peer();
    for hops in [3, 4] {
        let note = scene.mal.note("Far away");
        let mut to = note["id"].as_str().unwrap().to_owned();
        for hop in 0..hops {
            to = peer.redirect(&format!("/to/{hops}/{hop}"), &to);
        }
        assert_eq!(scene.finds(&to).await, hops == 3, "{hops} redirects");
    }
    scene.world.finish().await;
}

/// F372
#[tokio::test(flavor = "multi_thread")]
async fn what_is_cut_off_before_it_is_answered_is_asked_for_once_more() {
    let scene = scene().await;
    let peer = scene.peer();
    for (times, found) in [(1, true), (2, false)] {
        let note = scene.mal.note("Listen");
        peer.cut_off(times);
        assert_eq!(scene.finds(note["id"].as_str().unwrap()).await, found, "cut off {times} times");
    }
    scene.world.finish().await;
}

/// F380
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_lets_us_wait_is_asked_for_a_few_documents_at_once() {
    let scene = scene().await;
    let peer = scene.peer();
    let before = peer.asked().len();
    peer.hold();
    let mut searches: FuturesUnordered<_> = (0..12)
        .map(|_| {
            let url = scene.mal.note("Wait")["id"].as_str().unwrap().to_owned();
            scene.finds_at_once(url)
        })
        .collect();
    for _ in 0..4 {
        assert_eq!(searches.next().await, Some(false), "too many");
    }
    assert_eq!(peer.asked().len() - before, 8);
    peer.release();
    assert_eq!(searches.collect::<Vec<_>>().await, [true; 8]);
    scene.world.finish().await;
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// F63, F64
#[tokio::test(flavor = "multi_thread")]
async fn documents_have_a_size_also_when_they_are_packed() {
    let scene = scene().await;
    let peer = scene.peer();
    let document = |path: &str, size: usize| {
        let mut note = scene.mal.note("x");
        note["id"] = json!(peer.url(path));
        note["unread"] = json!("x".repeat(size));
        note.to_string().into_bytes()
    };
    for (size, found) in [(900_000, true), (1_100_000, false), (50_000_000, false)] {
        let path = format!("/packed/{size}");
        let bytes = packed(&document(&path, size));
        assert!(bytes.len() < 100_000);
        assert_eq!(scene.finds(&peer.serve_packed(&path, ACTIVITY, &bytes)).await, found, "{size} packed");
    }
    let plain = document("/plain", 1_100_000);
    assert!(!scene.finds(&peer.serve_file("/plain", ACTIVITY, &plain)).await);
    assert!(!scene.finds(&peer.serve_endless_as("/endless", ACTIVITY)).await);
    let none = packed(b"{\"id\": ");
    assert!(!scene.finds(&peer.serve_packed("/broken", ACTIVITY, &none[..none.len() / 2])).await);
    scene.world.finish().await;
}

/// F9, F64
#[tokio::test(flavor = "multi_thread")]
async fn an_object_is_of_its_type_and_strict() {
    let scene = scene().await;
    let peer = scene.peer();
    let note = |path: &str| {
        let mut note = scene.mal.note("x");
        note["id"] = json!(peer.url(path));
        note
    };
    let profile = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
    for (path, content_type, found) in [
        ("/a", ACTIVITY, true),
        ("/b", profile, true),
        ("/c", "application/ld+json", false),
        ("/d", "application/json", false),
        ("/e", "text/html", false),
        ("/f", "text/plain", false),
    ] {
        let url = peer.serve_file(path, content_type, note(path).to_string().as_bytes());
        assert_eq!(scene.finds(&url).await, found, "{content_type}");
    }
    let doubled = note("/twice").to_string().replacen('{', "{\"type\": \"Note\", ", 1);
    assert!(!scene.finds(&peer.serve_file("/twice", ACTIVITY, doubled.as_bytes())).await);
    let deep = format!("{{\"x\": {}{}, ", "[".repeat(100), "]".repeat(100));
    let deep = note("/deep").to_string().replacen('{', &deep, 1);
    assert!(!scene.finds(&peer.serve_file("/deep", ACTIVITY, deep.as_bytes())).await);
    scene.world.finish().await;
}

/// F39, F65
#[tokio::test(flavor = "multi_thread")]
async fn an_object_is_at_its_id() {
    let scene = scene().await;
    let (peer, other) = (scene.peer(), scene.world.peer("other.test"));
    let note = scene.mal.note("Here");
    let (id, place) = (note["id"].clone(), url::Url::parse(note["id"].as_str().unwrap()).unwrap());
    // Another address of the same server leads there.
    peer.answer_at("/@mal/1", note.clone());
    assert!(scene.finds(&peer.url("/@mal/1")).await);
    assert_eq!(scene.asked(place.path()), 1);
    // Another server, or one that says something else there, does not.
    let second = scene.mal.note("There");
    other.answer_at("/copy", second.clone());
    assert!(!scene.finds(&other.url("/copy")).await);
    let mut third = scene.mal.note("Nowhere");
    peer.answer_at("/third", third.clone());
    let at = url::Url::parse(third["id"].as_str().unwrap()).unwrap();
    third["id"] = id;
    peer.answer_at(at.path(), third);
    assert!(!scene.finds(&peer.url("/third")).await);
    // A post of an author on another server.
    let mut stolen = scene.mal.note("Stolen");
    stolen["id"] = json!(other.url("/stolen"));
    other.serve(stolen);
    assert!(!scene.finds(&other.url("/stolen")).await);
    scene.world.finish().await;
}

/// F67
#[tokio::test(flavor = "multi_thread")]
async fn one_post_looks_up_twenty_names() {
    let scene = scene().await;
    let names: Vec<String> = (0..30).map(|number| format!("@n{number}@peer.test")).collect();
    scene.ada.post_status(&names.join(" ")).await;
    scene.world.settle().await;
    let asked: Vec<String> = scene.peer().asked().into_iter().filter(|path| path.contains("acct%3An")).collect();
    assert_eq!(asked.len(), 20, "{asked:?}");
    scene.world.finish().await;
}

/// F4
#[tokio::test(flavor = "multi_thread")]
async fn a_handle_may_have_another_domain_when_both_say_so() {
    let scene = scene().await;
    let kim = scene.peer().actor("kim");
    let answer = |name: &str, at: &str| {
        let resource: String = url::form_urlencoded::byte_serialize(format!("acct:{name}@{at}").as_bytes()).collect();
        let links = json!([{"rel": "self", "type": ACTIVITY, "href": kim.uri}]);
        let document: Value = json!({"subject": format!("acct:{name}@other.test"), "links": links});
        (format!("/.well-known/webfinger?resource={resource}"), document)
    };
    let (path, document) = answer("kim", "peer.test");
    scene.peer().answer_at(&path, document);
    let (path, document) = answer("kim", "other.test");
    scene.world.peer("other.test").answer_at(&path, document);
    assert_eq!(scene.ada.resolve("@kim@other.test").await["acct"], "kim@other.test");
    // One that only one of the two knows is of the actor's own host.
    let lee = scene.peer().actor("lee");
    let (path, mut document) = answer("lee", "peer.test");
    document["links"][0]["href"] = json!(lee.uri);
    scene.peer().answer_at(&path, document);
    let query = format!("/api/v2/search?resolve=true&type=accounts&q={}", lee.uri);
    assert_eq!(scene.ada.get(&query).await.expect(200)["accounts"][0]["acct"], "lee@peer.test");
    scene.world.finish().await;
}

/// F4
#[tokio::test(flavor = "multi_thread")]
async fn an_actor_takes_no_other_name_on_a_domain_that_knows_it_by_one() {
    let scene = scene().await;
    let (acme, other) = (scene.world.instance(ACME), scene.world.peer("other.test"));
    let kim = scene.peer().actor("kim");
    for at in ["peer.test", "other.test"] {
        let resource: String = url::form_urlencoded::byte_serialize(format!("acct:kim@{at}").as_bytes()).collect();
        let links = json!([{"rel": "self", "type": ACTIVITY, "href": kim.uri}]);
        scene.world.peer(at).answer_at(
            &format!("/.well-known/webfinger?resource={resource}"),
            json!({"subject": "acct:kim@other.test", "links": links}),
        );
    }
    let boss = other.actor("boss");
    assert_eq!(scene.ada.resolve("@boss@other.test").await["acct"], "boss@other.test");
    assert_eq!(scene.ada.resolve("@kim@other.test").await["acct"], "kim@other.test");
    scene.peer().change("/users/kim", "preferredUsername", "boss");
    let served = acme.http.get(&kim.uri).send().await.unwrap().text().await.unwrap();
    let document: Value = serde_json::from_str(&served).unwrap();
    kim.deliver(acme, &kim.activity("Update", document)).await;
    scene.world.settle().await;
    let names = "SELECT count(*) FROM accounts WHERE domain = 'other.test' AND username = 'boss' AND uri = ";
    assert_eq!(acme.count(&format!("{names}'{}'", boss.uri)).await, 1);
    assert_eq!(acme.count(&format!("{names}'{}'", kim.uri)).await, 0);
    scene.world.finish().await;
}

/// F321
#[tokio::test(flavor = "multi_thread")]
async fn what_another_server_refuses_is_asked_for_for_a_while() {
    let Scene { mut world, ada, mal } = scene().await;
    world.expect_warning("will be tried again");
    ada.follow(&mal.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
    mal.deliver(world.instance(ACME), &mal.activity("Accept", follow)).await;
    world.settle().await;
    let other = world.peer("other.test").clone();
    let eve = other.actor("eve");
    for (status, comes) in [(403, true), (401, true), (403, false)] {
        let note = eve.note("Boosted");
        other.break_down(status);
        mal.deliver(world.instance(ACME), &mal.activity("Announce", note["id"].clone())).await;
        world.settle().await;
        world.advance(TimeDelta::seconds(30)).await;
        let before = ada.home().await.len();
        if comes {
            other.break_down(None);
        }
        for _ in 0..18 {
            world.advance(TimeDelta::minutes(6)).await;
        }
        assert_eq!(ada.home().await.len() - before, usize::from(comes), "{status}");
    }
    // In the end it is given up, quietly.
    assert_eq!(world.instance(ACME).count("SELECT count(*) FROM jobs").await, 0);
    world.finish().await;
}
