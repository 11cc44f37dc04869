//! Whom servers take to be followers, compared with what is for followers (FEP-8fcf).

use std::collections::BTreeMap;

use chrono::TimeDelta;
use futures_util::future::join_all;
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
    let private = ada.post_status_with(json!({"status": "For followers", "visibility": "private"})).await;
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
    // So do edits.
    let path = format!("/api/v1/statuses/{}", id(&private));
    ada.put(&path, json!({"status": "For followers still"})).await.expect(200);
    world.settle().await;
    let updates: Vec<bool> = world
        .peer("other.test")
        .received()
        .into_iter()
        .filter(|one| one.body["type"] == "Update")
        .map(|one| one.headers.get("collection-synchronization").is_some_and(|said| said.contains(&digest([&eve.uri]))))
        .collect();
    assert_eq!(updates, [true]);
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

/// Compares the sums that the database keeps with what its follows are. Returns how many servers follow somebody.
async fn assert_summed(instance: &Instance) -> usize {
    let client = instance.database.client().await;
    let kept = client
        .query(
            "SELECT account_id, origin, followers, concat(lpad(to_hex(part_1), 16, '0'), lpad(to_hex(part_2), 16, '0'),
                    lpad(to_hex(part_3), 16, '0'), lpad(to_hex(part_4), 16, '0'))
             FROM follower_digests WHERE followers <> 0 OR (part_1, part_2, part_3, part_4) <> (0, 0, 0, 0)",
            &[],
        )
        .await
        .unwrap();
    let kept: BTreeMap<(i64, String), (i64, String)> =
        kept.iter().map(|row| ((row.get(0), row.get(1)), (row.get(2), row.get(3)))).collect();
    let follows = client
        .query(
            "SELECT t.id, a.uri FROM follows f JOIN accounts t ON t.id = f.target_account_id
             JOIN accounts a ON a.id = f.account_id
             WHERE f.accepted_at IS NOT NULL AND t.domain IS NULL AND a.domain IS NOT NULL",
            &[],
        )
        .await
        .unwrap();
    let mut uris: BTreeMap<(i64, String), Vec<String>> = BTreeMap::new();
    for row in &follows {
        let uri: String = row.get(1);
        let end = uri.match_indices('/').nth(2).map_or(uri.len(), |(end, _)| end);
        uris.entry((row.get(0), uri[..end].to_owned())).or_default().push(uri);
    }
    let anew: BTreeMap<(i64, String), (i64, String)> =
        uris.into_iter().map(|(of, uris)| (of, (i64::try_from(uris.len()).unwrap(), digest(&uris)))).collect();
    assert_eq!(kept, anew);
    kept.len()
}

/// F300, F341
#[tokio::test(flavor = "multi_thread")]
async fn what_is_summed_up_is_what_one_would_sum_up_anew() {
    let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
    let acme = world.instance(ACME);
    let (ada, eve) = (acme.register("ada").await, acme.register("eve").await);
    eve.patch("/api/v1/accounts/update_credentials", json!({"locked": true})).await.expect(200);
    let actors: Vec<PeerActor> = (0..8)
        .flat_map(|number| ["peer.test", "other.test"].map(|peer| world.peer(peer).actor(&format!("mal{number}"))))
        .collect();
    // All at once, to two people, one of whom answers by hand.
    let mut follows = Vec::new();
    for actor in &actors {
        for whom in [&ada, &eve] {
            follows.push((actor, actor.activity("Follow", whom.account.uri.as_str())));
        }
    }
    join_all(follows.iter().map(|(actor, follow)| actor.deliver(acme, follow))).await;
    world.settle().await;
    assert_eq!(assert_summed(acme).await, 2, "requests are no follows");
    for request in eve.get("/api/v1/follow_requests").await.expect(200).list().iter().take(5) {
        eve.post(&format!("/api/v1/follow_requests/{}/authorize", id(request)), json!({})).await.expect(200);
    }
    assert_summed(acme).await;
    // Undone, sent again, blocked, removed, deleted: each by the way that it has.
    for (actor, follow) in follows.iter().take(6) {
        actor.deliver(acme, &actor.activity("Undo", follow.clone())).await;
    }
    actors[0].deliver(acme, &actors[0].activity("Follow", ada.account.uri.as_str())).await;
    actors[4].deliver(acme, &actors[4].activity("Block", ada.account.uri.as_str())).await;
    world.settle().await;
    assert_summed(acme).await;
    let known = ada.resolve(&actors[5].handle()).await;
    ada.post(&format!("/api/v1/accounts/{}/remove_from_followers", id(&known)), json!({})).await.expect(200);
    let known = ada.resolve(&actors[6].handle()).await;
    ada.post(&format!("/api/v1/accounts/{}/block", id(&known)), json!({})).await.expect(200);
    actors[7].deliver(acme, &actors[7].activity("Delete", actors[7].uri.as_str())).await;
    world.settle().await;
    assert_summed(acme).await;
    acme.sql("DELETE FROM accounts WHERE username = 'mal5'").await;
    assert_summed(acme).await;
    ada.post("/api/v1/domain_blocks", json!({"domain": "other.test"})).await.expect(200);
    world.settle().await;
    assert_summed(acme).await;
    // What goes out says the same.
    ada.post_status_with(json!({"status": "For followers", "visibility": "private"})).await;
    world.settle().await;
    let client = acme.database.client().await;
    let query = "SELECT a.uri FROM follows f JOIN accounts a ON a.id = f.account_id
        JOIN accounts t ON t.id = f.target_account_id AND t.username = 'ada' AND t.domain IS NULL";
    let left: Vec<String> = client.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    let create = world.peer("peer.test").received().into_iter().rfind(|one| one.body["type"] == "Create").unwrap();
    let header = &create.headers["collection-synchronization"];
    assert!(!left.is_empty() && header.contains(&digest(&left)), "{header} {left:?}");
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

/// F303
#[tokio::test(flavor = "multi_thread")]
async fn many_follows_end_in_small_bites_and_are_counted() {
    let scene = scene().await;
    let (ada, eve) = (scene.ada.account.uri.as_str(), scene.eve.account.uri.as_str());
    // Five hundred more people here follow Mal, two hundred and fifty ask to, and others do neither.
    scene
        .acme()
        .sql(
            "INSERT INTO accounts SELECT (jsonb_populate_record(a, jsonb_build_object('id', n, 'username', 'p' || n,
                 'uri', 'http://acme.test/users/p' || n))).*
             FROM accounts a, generate_series(1, 900) n WHERE a.username = 'ada' AND a.domain IS NULL;
             INSERT INTO account_keys (account_id, private_key_pem, created_at)
             SELECT n, k.private_key_pem, now() FROM account_keys k JOIN accounts a ON a.id = k.account_id
                 AND a.username = 'ada', generate_series(751, 900) n;
             INSERT INTO account_stats (account_id, following_count)
             SELECT n, CASE WHEN n <= 500 THEN 1 ELSE 0 END FROM generate_series(1, 900) n;
             INSERT INTO follows (id, account_id, target_account_id, uri, accepted_at, created_at)
             SELECT n, n, a.id, 'http://acme.test/follows/' || n, CASE WHEN n <= 500 THEN now() - interval '1 day' END,
                 now() - interval '1 day'
             FROM accounts a, generate_series(1, 750) n WHERE a.username = 'mal';
             UPDATE account_stats SET followers_count = 502
             WHERE account_id = (SELECT id FROM accounts WHERE username = 'mal')",
        )
        .await;
    let asking: Vec<String> = (501..=900).map(|n| format!("http://acme.test/users/p{n}")).collect();
    let listed: Vec<&str> = asking.iter().map(String::as_str).chain([ada, eve]).collect();
    scene.say(&listed, &scene.url()).await;
    assert_eq!(scene.follows().await, 252);
    assert_eq!(scene.world.peer("peer.test").received_of_type("Undo").len(), 100, "of those who do neither, so many");
    let counted =
        "SELECT followers_count FROM account_stats s JOIN accounts a ON a.id = account_id AND username = 'mal'";
    assert_eq!(scene.acme().count(counted).await, 252);
    let wrong = "SELECT count(*) FROM account_stats s WHERE following_count <>
        (SELECT count(*) FROM follows f WHERE f.account_id = s.account_id AND accepted_at IS NOT NULL)";
    assert_eq!(scene.acme().count(wrong).await, 0);
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
