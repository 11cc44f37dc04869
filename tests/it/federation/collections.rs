//! Collections between companies: who is asked, who is told, and what forgers make of it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ACME, GLOBEX, ada_and_ben, id};
use crate::support::{Instance, Peer, PeerActor, Person, World};

const ALL: &str = "/api/v1/collections";

/// `name: state` of what is in a collection, as somebody sees it.
async fn members(person: &Person, collection: &str) -> Vec<String> {
    let seen = person.get(&format!("{ALL}/{collection}")).await.expect(200);
    let name = |item: &Value| {
        let account = seen["accounts"].as_array().unwrap().iter().find(|one| one["id"] == item["account_id"]).unwrap();
        format!("{}: {}", account["acct"].as_str().unwrap(), item["state"].as_str().unwrap())
    };
    seen["collection"]["items"].as_array().unwrap().iter().map(name).collect()
}

/// Somebody's collections, as another sees them.
async fn of(person: &Person, account: &Value) -> Vec<Value> {
    let found = person.get(&format!("/api/v1/accounts/{}/collections", id(account))).await.expect(200);
    found["collections"].as_array().unwrap().clone()
}

async fn told(person: &Person) -> Vec<String> {
    let types = "types[]=added_to_collection&types[]=collection_update";
    let found = person.get(&format!("/api/v1/notifications?{types}")).await.expect(200);
    found.list().iter().map(|one| format!("{}: {}", one["type"].as_str().unwrap(), one["collection"]["name"])).collect()
}

/// F241, F246
#[tokio::test(flavor = "multi_thread")]
async fn who_is_elsewhere_is_asked_and_seen_there() {
    let (world, ada, ben) = ada_and_ben().await;
    let eve = world.instance(GLOBEX).register("eve").await;
    let ben_at_acme = ada.resolve("@ben@globex.test").await;
    let ada_at_globex = ben.resolve("@ada@acme.test").await;
    let cy = world.instance(ACME).register("cy").await;
    let draft =
        json!({"name": "People", "account_ids": [ben_at_acme["id"], cy.id()], "language": "en", "description": "Read"});
    let made = ada.post(ALL, draft).await.expect(200)["collection"].clone();
    assert_eq!(members(&ada, id(&made)).await, ["ben@globex.test: pending", "cy: accepted"]);
    assert_eq!(members(&cy, id(&made)).await, ["cy: accepted"]);
    world.settle().await;
    assert_eq!(members(&cy, id(&made)).await, ["ben@globex.test: accepted", "cy: accepted"]);
    assert_eq!(told(&ben).await, ["added_to_collection: \"People\""]);
    let there = of(&eve, &ada_at_globex).await.remove(0);
    assert_eq!((&there["uri"], &there["local"], &there["description"]), (&made["uri"], &json!(false), &json!("Read")));
    assert_eq!(members(&eve, id(&there)).await, ["cy@acme.test: accepted", "ben: accepted"], "as they came");

    ada.patch(&format!("{ALL}/{}", id(&made)), json!({"name": "Folk"})).await.expect(200);
    world.settle().await;
    assert_eq!(told(&ben).await, ["collection_update: \"Folk\"", "added_to_collection: \"Folk\""]);
    let cys = made["items"].as_array().unwrap().iter().find(|item| item["account_id"] == cy.id()).unwrap();
    ada.delete(&format!("{ALL}/{}/items/{}", id(&made), id(cys))).await.expect(200);
    world.settle().await;
    assert_eq!(members(&eve, id(&there)).await, ["ben: accepted"]);

    let bens = ben.get(&format!("{ALL}/{}", id(&there))).await.expect(200)["collection"]["items"][0].clone();
    ben.post(&format!("{ALL}/{}/items/{}/revoke", id(&there), id(&bens)), json!({})).await.expect(200);
    assert!(members(&ben, id(&there)).await.is_empty());
    world.settle().await;
    assert!(members(&ada, id(&made)).await.is_empty() && members(&eve, id(&there)).await.is_empty());
    let again = json!({"account_id": ben_at_acme["id"]});
    ada.post(&format!("{ALL}/{}/items", id(&made)), again).await.expect(422);

    ada.delete(&format!("{ALL}/{}", id(&made))).await.expect(200);
    world.settle().await;
    assert!(of(&eve, &ada_at_globex).await.is_empty());
    world.advance(TimeDelta::minutes(5)).await;
    world.finish().await;
}

/// F242, F244
#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_want_to_be_found_says_no_and_strangers_read_what_there_is() {
    let world = World::start([ACME, GLOBEX]).await;
    let (ada, cy) = (world.instance(ACME).register("ada").await, world.instance(ACME).register("cy").await);
    let ben = world.instance(GLOBEX).register("ben").await;
    let ben_at_acme = ada.resolve("@ben@globex.test").await;
    // Acme has not heard of it yet.
    ben.patch("/api/v1/profile", json!({"discoverable": false})).await.expect(200);
    let draft = json!({"name": "People", "account_ids": [ben_at_acme["id"], cy.id()]});
    let made = ada.post(ALL, draft).await.expect(200)["collection"].clone();
    world.settle().await;
    assert_eq!(members(&ada, id(&made)).await, ["cy: accepted"]);
    assert!(told(&ben).await.is_empty());
    // Met later: by the list of her collections, and by address.
    let ada_at_globex = ben.resolve("@ada@acme.test").await;
    world.settle().await;
    let there = of(&ben, &ada_at_globex).await.remove(0);
    assert_eq!(members(&ben, id(&there)).await, ["cy@acme.test: accepted"]);
    let hidden = ada.post(ALL, json!({"name": "Hidden", "discoverable": false})).await.expect(200);
    let uri = hidden["collection"]["uri"].as_str().unwrap();
    world.settle().await;
    let found = ben.get(&format!("/api/v2/search?resolve=true&q={uri}")).await.expect(200);
    assert_eq!(found["collections"][0]["name"], "Hidden");
    assert_eq!(of(&ben, &ada_at_globex).await.len(), 1);
    world.advance(TimeDelta::minutes(5)).await;
    world.finish().await;
}

struct Scene {
    world: World,
    ada: Person,
    mal: PeerActor,
    pat: PeerActor,
    mal_at_acme: Value,
}

impl Scene {
    async fn set() -> Self {
        let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
        let ada = world.instance(ACME).register("ada").await;
        let peer = world.peer("peer.test");
        let (mal, pat) = (peer.actor("mal"), world.peer("other.test").actor("pat"));
        peer.change("/users/mal", "featuredCollections", peer.url("/users/mal/lists"));
        ada.follow(&mal.handle()).await;
        world.settle().await;
        let follow = peer.received_of_type("Follow").remove(0);
        mal.deliver(world.instance(ACME), &mal.activity("Accept", follow)).await;
        world.settle().await;
        let mal_at_acme = ada.resolve(&mal.handle()).await;
        Self { world, ada, mal, pat, mal_at_acme }
    }

    fn peer(&self) -> &Peer {
        self.world.peer("peer.test")
    }

    fn acme(&self) -> &Instance {
        self.world.instance(ACME)
    }

    async fn deliver(&self, by: &PeerActor, activity: &Value) {
        by.deliver(self.acme(), activity).await;
        self.world.settle().await;
    }

    /// Somebody adds something to a target.
    async fn add(&self, by: &PeerActor, object: &Value, target: &str) {
        let mut activity = by.activity("Add", object.clone());
        activity["target"] = target.into();
        self.deliver(by, &activity).await;
    }

    /// A place in Mal's first collection.
    fn item(&self, n: u32, of: &str, consent: &str) -> Value {
        let id = self.peer().url(&format!("/items/{n}"));
        json!({"id": id, "type": "FeaturedItem", "featuredObject": of, "featureAuthorization": consent})
    }

    fn collection(&self, items: &[Value]) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": self.peer().url("/collections/1"),
            "type": "FeaturedCollection", "attributedTo": self.mal.uri, "name": "Mal's", "summary": "<p>Fine</p>",
            "url": self.peer().url("/@mal/collections/1"), "sensitive": false, "discoverable": true, "orderedItems": items,
        })
    }

    async fn seen(&self) -> Vec<Value> {
        of(&self.ada, &self.mal_at_acme).await
    }
}

/// F245, F246
#[tokio::test(flavor = "multi_thread")]
async fn consent_is_read_where_it_is_given() {
    let scene = Scene::set().await;
    let other = scene.world.peer("other.test");
    let (ada_uri, pat_uri) = (scene.ada.account.uri.clone(), scene.pat.uri.clone());
    let collection = scene.peer().url("/collections/1");
    let stamp = |n: u32| other.url(&format!("/stamps/{n}"));
    let consent = |n: u32, to: &str, of: &str| json!({"id": stamp(n), "type": "FeatureAuthorization", "interactingObject": to, "interactionTarget": of});
    other.serve(consent(1, &collection, &pat_uri));
    // Of another collection, of somebody else, and none at all.
    let (sue, tim, una) = (other.actor("sue"), other.actor("tim"), other.actor("una"));
    other.serve(consent(2, &scene.peer().url("/collections/2"), &sue.uri));
    other.serve(consent(3, &collection, &pat_uri));
    let items = [
        scene.item(1, &pat_uri, &stamp(1)),
        scene.item(2, &sue.uri, &stamp(2)),
        scene.item(3, &tim.uri, &stamp(3)),
        scene.item(4, &una.uri, &stamp(4)),
        // Ada agreed to nothing.
        scene.item(5, &ada_uri, &format!("{ada_uri}/feature_authorizations/5")),
    ];
    scene.add(&scene.mal, &scene.collection(&items), &scene.peer().url("/users/mal/lists")).await;
    let seen = scene.seen().await.remove(0);
    assert_eq!(
        (&seen["url"], &seen["description"]),
        (&json!(scene.peer().url("/@mal/collections/1")), &json!("<p>Fine</p>"))
    );
    assert_eq!(members(&scene.ada, id(&seen)).await, ["pat@other.test: accepted"]);
    assert!(told(&scene.ada).await.is_empty());
    // Another's word on it changes nothing.
    let withdrawn = consent(1, &collection, &pat_uri);
    scene.deliver(&sue, &sue.activity("Delete", withdrawn.clone())).await;
    scene.deliver(&scene.mal, &scene.mal.activity("Delete", withdrawn.clone())).await;
    assert_eq!(members(&scene.ada, id(&seen)).await.len(), 1);
    scene.deliver(&scene.pat, &scene.pat.activity("Delete", withdrawn)).await;
    assert!(members(&scene.ada, id(&seen)).await.is_empty());
    // Nor does it come back when the collection is described again.
    scene.deliver(&scene.mal, &scene.mal.activity("Update", scene.collection(&items[..1]))).await;
    assert!(members(&scene.ada, id(&seen)).await.is_empty());
    scene.world.finish().await;
}

/// F244
#[tokio::test(flavor = "multi_thread")]
async fn forgers_change_no_collection() {
    let scene = Scene::set().await;
    let (list, uri) = (scene.peer().url("/users/mal/lists"), scene.peer().url("/collections/1"));
    let eve = scene.peer().actor("eve");
    let real = scene.collection(&[]);
    scene.add(&scene.pat, &real, &list).await;
    scene.add(&eve, &real, &list).await;
    let mut foreign = real.clone();
    foreign["attributedTo"] = json!(scene.pat.uri);
    scene.add(&scene.pat, &foreign, &list).await;
    assert!(scene.seen().await.is_empty());
    scene.add(&scene.mal, &real, &list).await;
    scene.add(&scene.mal, &real, &list).await;
    assert_eq!(scene.seen().await.len(), 1);
    let mut forged = real.clone();
    forged["name"] = json!("Forged");
    let mut hers = forged.clone();
    hers["attributedTo"] = json!(eve.uri);
    for object in [&forged, &hers] {
        for by in [&scene.pat, &eve] {
            scene.deliver(by, &by.activity("Update", object.clone())).await;
            scene.add(by, &scene.item(9, &by.uri, &format!("{}/stamp", by.uri)), &uri).await;
            let mut remove = by.activity("Remove", uri.as_str());
            remove["target"] = list.as_str().into();
            scene.deliver(by, &remove).await;
            scene.deliver(by, &by.activity("Delete", real.clone())).await;
        }
    }
    let seen = scene.seen().await;
    assert_eq!((seen.len(), &seen[0]["name"], &seen[0]["items"]), (1, &json!("Mal's"), &json!([])));
    let mut remove = scene.mal.activity("Remove", uri.as_str());
    remove["target"] = list.into();
    scene.deliver(&scene.mal, &remove).await;
    assert!(scene.seen().await.is_empty());
    scene.world.finish().await;
}

/// F242, F243
#[tokio::test(flavor = "multi_thread")]
async fn requests_and_answers_are_taken_from_those_whom_they_concern() {
    let scene = Scene::set().await;
    let (peer, other) = (scene.peer(), scene.world.peer("other.test"));
    peer.serve(scene.collection(&[]));
    let request = |by: &PeerActor| {
        let mut request = by.activity("FeatureRequest", scene.ada.account.uri.as_str());
        request["instrument"] = scene.collection(&[])["id"].clone();
        request
    };
    scene.deliver(&scene.pat, &request(&scene.pat)).await;
    let eve = peer.actor("eve");
    scene.deliver(&eve, &request(&eve)).await;
    assert!(told(&scene.ada).await.is_empty());
    assert!(peer.received_of_type("Accept").is_empty() && other.received_of_type("Accept").is_empty());
    let asked = request(&scene.mal);
    scene.deliver(&scene.mal, &asked).await;
    assert_eq!(told(&scene.ada).await, ["added_to_collection: \"Mal's\""]);
    let accept = peer.received_of_type("Accept").remove(0);
    assert_eq!((&accept["object"], &accept["actor"]), (&asked["id"], &json!(scene.ada.account.uri)));
    let stamp = accept["result"].as_str().unwrap();
    let consent = scene.acme().get_activity(&stamp[scene.acme().url("").len()..]).await.expect(200);
    assert_eq!(consent["interactingObject"], scene.collection(&[])["id"]);
    scene
        .add(&scene.mal, &scene.item(1, &scene.ada.account.uri, stamp), scene.collection(&[])["id"].as_str().unwrap())
        .await;
    let seen = scene.seen().await.remove(0);
    assert_eq!(members(&scene.ada, id(&seen)).await, ["ada: accepted"]);
    let item = id(&seen["items"][0]).to_owned();
    scene.ada.post(&format!("{ALL}/{}/items/{item}/revoke", id(&seen)), json!({})).await.expect(200);
    scene.world.settle().await;
    assert_eq!(peer.received_of_type("Delete").remove(0)["object"]["id"], stamp);
    scene.deliver(&scene.mal, &request(&scene.mal)).await;
    assert_eq!(peer.received_of_type("Reject").len(), 1, "who took it back does not give it again");
    scene.world.finish().await;
}

/// F240, F241
#[tokio::test(flavor = "multi_thread")]
async fn who_approves_by_hand_is_asked_and_answers_for_themselves() {
    let scene = Scene::set().await;
    let (peer, other) = (scene.peer(), scene.world.peer("other.test"));
    let una = other.actor("una");
    scene.ada.resolve(&una.handle()).await;
    let una_at_acme = scene.ada.resolve(&una.handle()).await;
    assert_eq!(una_at_acme["feature_approval"]["current_user"], "missing");
    let zed = other.actor("zed");
    other.change("/users/zed", "interactionPolicy", json!({"canFeature": {"manualApproval": ["as:Public"]}}));
    let zed_at_acme = scene.ada.resolve(&zed.handle()).await;
    assert_eq!(
        zed_at_acme["feature_approval"],
        json!({"automatic": [], "manual": ["public"], "current_user": "manual"})
    );
    let made = scene.ada.post(ALL, json!({"name": "Hers"})).await.expect(200)["collection"].clone();
    let items = format!("{ALL}/{}/items", id(&made));
    scene.ada.post(&items, json!({"account_id": una_at_acme["id"]})).await.expect(422);
    let item = scene.ada.post(&items, json!({"account_id": zed_at_acme["id"]})).await.expect(200);
    assert_eq!(item["collection_item"]["state"], "pending");
    scene.world.settle().await;
    let asked = other.received_of_type("FeatureRequest").remove(0);
    assert_eq!((&asked["object"], &asked["instrument"]), (&json!(zed.uri), &made["uri"]));
    let accept = |by: &PeerActor, result: &str| {
        let mut accept = by.activity("Accept", asked["id"].clone());
        accept["result"] = result.into();
        accept
    };
    scene.deliver(&una, &accept(&una, &other.url("/stamps/1"))).await;
    scene.deliver(&scene.mal, &accept(&scene.mal, &peer.url("/stamps/1"))).await;
    assert_eq!(members(&scene.ada, id(&made)).await, ["zed@other.test: pending"]);
    scene.deliver(&zed, &accept(&zed, &other.url("/stamps/1"))).await;
    assert_eq!(members(&scene.ada, id(&made)).await, ["zed@other.test: accepted"]);
    let served = scene.acme().get_activity(&format!("/users/ada/collections/{}", id(&made))).await.expect(200);
    let place = &served["orderedItems"][0];
    assert_eq!((&served["type"], &place["featuredObject"]), (&json!("FeaturedCollection"), &json!(zed.uri)));
    assert_eq!(place["featureAuthorization"], other.url("/stamps/1"));
    let path = &place["id"].as_str().unwrap()[scene.acme().url("").len()..];
    assert_eq!(scene.acme().get_activity(path).await.expect(200)["featuredObject"], zed.uri.as_str());
    scene.deliver(&zed, &zed.activity("Reject", asked["id"].clone())).await;
    assert!(members(&scene.ada, id(&made)).await.is_empty());
    scene.world.finish().await;
}

/// F331
#[tokio::test(flavor = "multi_thread")]
async fn posts_show_collections_from_elsewhere_at_their_own_addresses_alone() {
    let scene = Scene::set().await;
    let list = scene.peer().url("/users/mal/lists");
    let page = scene.peer().url("/@mal/collections/1");
    let real = scene.collection(&[]);
    let early = scene.ada.post_status(&format!("Soon at {page}")).await;
    assert_eq!(early["tagged_collections"], json!([]), "nobody is asked");
    scene.add(&scene.mal, &real, &list).await;
    let foreign = scene.world.peer("other.test").url("/collections/9");
    let mut forged = real.clone();
    forged["id"] = json!(scene.peer().url("/collections/2"));
    forged["url"] = json!(foreign);
    scene.add(&scene.mal, &forged, &list).await;
    let id_of = scene.peer().url("/collections/1");
    for (post, shown) in [
        (early, 1),
        (scene.ada.post_status(&format!("At {page}")).await, 1),
        (scene.ada.post_status(&format!("By its id {id_of}")).await, 1),
        (scene.ada.post_status(&format!("At {foreign}")).await, 0),
    ] {
        let seen = scene.ada.get(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
        assert_eq!(seen["tagged_collections"].as_array().unwrap().len(), shown, "{}", post["content"]);
    }
    let note = scene.mal.note(&format!("<a href=\"{page}\">mine</a>"));
    scene.deliver(&scene.mal, &scene.mal.create(&note)).await;
    let home = scene.ada.get("/api/v1/timelines/home").await.expect(200);
    assert_eq!(home[0]["tagged_collections"][0]["name"], "Mal's");
    scene.world.finish().await;
}

/// F245, F420
#[tokio::test(flavor = "multi_thread")]
async fn whoever_describes_a_collection_has_us_ask_a_few_at_a_time() {
    let scene = Scene::set().await;
    let other = scene.world.peer("other.test");
    let (list, collection) = (scene.peer().url("/users/mal/lists"), scene.peer().url("/collections/1"));
    let stamp = |n: u32| other.url(&format!("/stamps/{n}"));
    // Two are on another host, and their consent is not there.
    let hosts = |n: u32| if n <= 2 { "peer.test" } else { "other.test" };
    let place = |n: u32| {
        let peer = scene.world.peer(hosts(n));
        let who = peer.actor(&format!("member{n}"));
        scene.item(n, &who.uri, &peer.url(&format!("/stamps/{n}")))
    };
    let items: Vec<Value> = (1..=14).map(place).collect();
    for (n, item) in (3..).zip(&items[2..]) {
        let of = item["featuredObject"].as_str().unwrap();
        other.serve(json!({"id": stamp(n), "type": "FeatureAuthorization", "interactingObject": collection, "interactionTarget": of}));
    }
    scene.add(&scene.mal, &scene.collection(&items), &list).await;
    let asked = || other.asked().iter().filter(|path| path.starts_with("/stamps/")).count();
    assert_eq!(asked(), 5, "each costs three documents, and of one host there are fifteen");
    let seen = scene.seen().await.remove(0);
    assert_eq!(members(&scene.ada, id(&seen)).await.len(), 5);
    // Said again and again, it is looked at no sooner, and then from the beginning: who did not answer may by now.
    for _ in 0..3 {
        scene.deliver(&scene.mal, &scene.mal.activity("Update", scene.collection(&items))).await;
    }
    assert_eq!(asked(), 5);
    scene.world.advance(TimeDelta::minutes(5)).await;
    assert_eq!((asked(), members(&scene.ada, id(&seen)).await.len()), (10, 10));
    scene.world.advance(TimeDelta::minutes(5)).await;
    assert_eq!((asked(), members(&scene.ada, id(&seen)).await.len()), (12, 12));
    assert_eq!(scene.acme().count("SELECT count(*) FROM jobs").await, 0);
    scene.world.finish().await;
}
