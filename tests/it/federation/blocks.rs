//! Blocks between companies, and what forgers make of them.

use serde_json::{Value, json};

use super::{ACME, GLOBEX, ada_and_ben, id, relationship};
use crate::support::{Peer, PeerActor, Person, World, plain};

#[tokio::test(flavor = "multi_thread")]
async fn a_block_holds_at_both_companies_until_it_is_taken_back() {
    let (world, ada, ben) = ada_and_ben().await;
    let ben_at_acme = ada.resolve("@ben@globex.test").await;
    ada.follow("@ben@globex.test").await;
    world.settle().await;
    let adas = ada.post_status("By Ada #rust").await;
    let bens = ben.post_status("By Ben #rust").await;
    world.settle().await;
    let adas_at_globex = ben.home().await.into_iter().find(|post| post["uri"] == adas["uri"]).unwrap();
    let bens_at_acme = ada.home().await.into_iter().find(|post| post["uri"] == bens["uri"]).unwrap();

    let ada_at_globex = id(&ben.resolve("@ada@acme.test").await).to_owned();
    ben.post(&format!("/api/v1/accounts/{ada_at_globex}/block"), json!({})).await.expect(200);
    world.settle().await;
    let seen = relationship(&ada, id(&ben_at_acme)).await;
    for (key, value) in [("blocked_by", true), ("blocking", false), ("following", false), ("followed_by", false)] {
        assert_eq!(seen[key], value, "{key}");
    }
    let seen = relationship(&ben, &ada_at_globex).await;
    for (key, value) in [("blocked_by", false), ("blocking", true), ("following", false), ("followed_by", false)] {
        assert_eq!(seen[key], value, "{key}");
    }
    for (person, post) in [(&ada, &bens_at_acme), (&ben, &adas_at_globex)] {
        let path = format!("/api/v1/statuses/{}", id(post));
        person.get(&path).await.expect(404);
        for verb in ["favourite", "reblog"] {
            person.post(&format!("{path}/{verb}"), json!({})).await.expect(404);
        }
        let reply = json!({"status": "But", "in_reply_to_id": post["id"]});
        person.post("/api/v1/statuses", reply).await.expect(404);
        for list in ["home", "public", "tag/rust"] {
            let shown = person.get(&format!("/api/v1/timelines/{list}")).await.expect(200);
            assert!(!shown.list().iter().any(|one| one["uri"] == post["uri"]), "{list} of {}", person.handle());
        }
        let uri = post["uri"].as_str().unwrap();
        let found = person.get(&format!("/api/v2/search?resolve=true&type=statuses&q={uri}")).await.expect(200);
        assert_eq!(found["statuses"], json!([]));
    }
    ada.post(&format!("/api/v1/accounts/{}/follow", id(&ben_at_acme)), json!({})).await.expect(403);
    // What Ada writes does not reach him, and tells her nothing.
    ada.post_status("Hello @ben@globex.test").await;
    ada.post_status_with(json!({"status": "@ben@globex.test psst", "visibility": "direct"})).await;
    world.settle().await;
    let known = "SELECT count(*) FROM statuses s JOIN accounts a ON a.id = s.account_id WHERE a.username = 'ada'";
    assert_eq!(world.instance(GLOBEX).count(known).await, 1);
    assert!(ben.get("/api/v1/notifications?types[]=mention").await.expect(200).list().is_empty());

    ben.post(&format!("/api/v1/accounts/{ada_at_globex}/unblock"), json!({})).await.expect(200);
    world.settle().await;
    assert_eq!(relationship(&ada, id(&ben_at_acme)).await["blocked_by"], false);
    ada.get(&format!("/api/v1/statuses/{}", id(&bens_at_acme))).await.expect(200);
    assert!(ada.home().await.iter().all(|post| post["account"]["username"] != "ben"), "no follow comes back by itself");
    ada.follow("@ben@globex.test").await;
    world.settle().await;
    assert_eq!(relationship(&ada, id(&ben_at_acme)).await["following"], true);
    world.finish().await;
}

/// Ada at Acme with a post; Mal and Pat on one peer, who follow her; she follows Mal.
struct Scene {
    world: World,
    ada: Person,
    post: Value,
    mal: PeerActor,
    pat: PeerActor,
}

impl Scene {
    async fn set() -> Self {
        let world = World::builder().instance(ACME).peer("peer.test").start().await;
        let ada = world.instance(ACME).register("ada").await;
        let post = ada.post_status("Ada's own").await;
        let peer = world.peer("peer.test");
        let (mal, pat) = (peer.actor("mal"), peer.actor("pat"));
        for actor in [&mal, &pat] {
            actor.deliver(world.instance(ACME), &actor.activity("Follow", ada.account.uri.as_str())).await;
        }
        ada.follow(&mal.handle()).await;
        let accepted = json!({"type": "Follow", "actor": ada.account.uri, "object": mal.uri});
        mal.deliver(world.instance(ACME), &mal.activity("Accept", accepted)).await;
        world.settle().await;
        Self { world, ada, post, mal, pat }
    }

    async fn deliver(&self, from: &PeerActor, activity: &Value) {
        from.deliver(self.world.instance(ACME), activity).await;
        self.world.settle().await;
    }

    async fn count(&self, table: &str) -> i64 {
        self.world.instance(ACME).count(&format!("SELECT count(*) FROM {table}")).await
    }

    /// The id by which Ada knows them.
    async fn known(&self, actor: &PeerActor) -> String {
        id(&self.ada.resolve(&actor.handle()).await).to_owned()
    }

    async fn post_as(&self, verb: &str, actor: &PeerActor) {
        let path = format!("/api/v1/accounts/{}/{verb}", self.known(actor).await);
        self.ada.post(&path, json!({})).await.expect(200);
        self.world.settle().await;
    }

    /// Whether this actor may read Ada's post and sees it in her outbox.
    async fn reads(&self, actor: &PeerActor) -> (u16, usize) {
        let acme = self.world.instance(ACME);
        let post = actor.get(acme, self.post["uri"].as_str().unwrap()).await;
        let outbox = actor.get(acme, "/users/ada/outbox?page=true").await.expect(200);
        (post.status, outbox["orderedItems"].as_array().unwrap().len())
    }
}

/// What arrived at this actor's own inbox since so many letters, by type.
fn types(peer: &Peer, actor: &PeerActor, since: usize) -> Vec<String> {
    let path = format!("/users/{}/inbox", actor.uri.rsplit('/').next().unwrap());
    let letters = peer.received().into_iter().skip(since).filter(|one| one.path == path);
    letters.map(|one| one.body["type"].as_str().unwrap().to_owned()).collect()
}

/// F57, F101
#[tokio::test(flavor = "multi_thread")]
async fn a_block_tells_the_others_server_and_no_more() {
    let scene = Scene::set().await;
    let (acme, peer) = (scene.world.instance(ACME), scene.world.peer("peer.test"));
    assert_eq!(scene.reads(&scene.mal).await, (200, 1));
    let since = peer.received().len();
    scene.post_as("block", &scene.mal).await;
    scene.post_as("block", &scene.mal).await;
    assert_eq!(types(peer, &scene.mal, since), ["Undo", "Reject", "Block"]);
    let block = peer.received_of_type("Block").remove(0);
    assert_eq!((&block["actor"], &block["object"]), (&json!(scene.ada.account.uri), &json!(scene.mal.uri)));
    assert!(block["id"].as_str().unwrap().starts_with("http://acme.test/users/ada/blocks/"));
    // Mal finds nothing of Ada's any more, Pat and strangers all that is for everyone.
    assert_eq!(scene.reads(&scene.mal).await, (404, 0));
    assert_eq!(scene.reads(&scene.pat).await, (200, 1));
    acme.get_activity(scene.post["uri"].as_str().unwrap()).await.expect(200);

    // What Mal does to her has no effect; a Follow is rejected.
    let uri = scene.post["uri"].as_str().unwrap();
    let since = peer.received().len();
    let mut boost = scene.mal.activity("Announce", uri);
    boost["to"] = json!(["https://www.w3.org/ns/activitystreams#Public"]);
    let mut named = scene.mal.note("Hello Ada");
    named["cc"] = json!([scene.ada.account.uri]);
    named["tag"] = json!([{"type": "Mention", "href": scene.ada.account.uri, "name": "@ada@acme.test"}]);
    let told = scene.count("notifications").await;
    for activity in [
        scene.mal.activity("Like", uri),
        boost,
        scene.mal.create(&named),
        scene.mal.activity("Follow", scene.ada.account.uri.as_str()),
    ] {
        scene.deliver(&scene.mal, &activity).await;
    }
    for table in ["favourites", "statuses WHERE reblog_of_id IS NOT NULL", "follows WHERE account_id = 0"] {
        assert_eq!(scene.count(table).await, 0, "{table}");
    }
    assert_eq!(scene.count("follows").await, 1, "Pat's");
    assert_eq!(scene.count("notifications").await, told);
    assert_eq!(types(peer, &scene.mal, since), ["Reject"]);

    let since = peer.received().len();
    scene.post_as("unblock", &scene.mal).await;
    scene.post_as("unblock", &scene.mal).await;
    assert_eq!(types(peer, &scene.mal, since), ["Undo"]);
    let undo = peer.received_of_type("Undo").pop().unwrap();
    assert_eq!((&undo["object"]["type"], &undo["object"]["id"]), (&json!("Block"), &block["id"]));
    assert_eq!(scene.reads(&scene.mal).await, (200, 1));
    scene.world.finish().await;
}

/// F100
#[tokio::test(flavor = "multi_thread")]
async fn a_block_from_elsewhere_is_kept_and_taken_back() {
    let scene = Scene::set().await;
    let peer = scene.world.peer("peer.test");
    let note = scene.mal.note("By Mal");
    scene.deliver(&scene.mal, &scene.mal.create(&note)).await;
    assert_eq!(scene.ada.home_texts().await, ["By Mal", "Ada's own"]);
    let mals = id(&scene.ada.home().await[0]).to_owned();
    let known = scene.known(&scene.mal).await;
    let since = peer.received().len();
    let block = scene.mal.activity("Block", scene.ada.account.uri.as_str());
    scene.deliver(&scene.mal, &block).await;
    // A second one replaces the first.
    let again = scene.mal.activity("Block", scene.ada.account.uri.as_str());
    scene.deliver(&scene.mal, &again).await;
    assert_eq!(types(peer, &scene.mal, since), ["Undo", "Reject"], "both sides' follows end");
    let seen = relationship(&scene.ada, &known).await;
    for (key, value) in [("blocked_by", true), ("following", false), ("followed_by", false)] {
        assert_eq!(seen[key], value, "{key}");
    }
    assert_eq!(scene.count("blocks").await, 1);
    scene.ada.get(&format!("/api/v1/statuses/{mals}")).await.expect(404);
    assert_eq!(scene.ada.home_texts().await, ["Ada's own"]);
    assert_eq!(scene.reads(&scene.mal).await, (404, 0));
    scene.ada.post(&format!("/api/v1/accounts/{known}/follow"), json!({})).await.expect(403);
    let since = peer.received().len();
    let message = json!({"status": format!("Psst {}", scene.mal.handle()), "visibility": "direct"});
    scene.ada.post_status_with(message).await;
    scene.world.settle().await;
    assert_eq!(peer.received().len(), since, "nothing is sent to him");

    scene.deliver(&scene.mal, &scene.mal.activity("Undo", again["id"].clone())).await;
    assert_eq!(relationship(&scene.ada, &known).await["blocked_by"], false);
    scene.ada.get(&format!("/api/v1/statuses/{mals}")).await.expect(200);
    // By what it embeds, when the id is another.
    scene
        .deliver(&scene.mal, &scene.mal.activity("Block", json!({"id": scene.ada.account.uri, "type": "Person"})))
        .await;
    assert_eq!(scene.count("blocks").await, 1);
    let embedded = json!({"type": "Block", "actor": scene.mal.uri, "object": scene.ada.account.uri});
    scene.deliver(&scene.mal, &scene.mal.activity("Undo", embedded)).await;
    assert_eq!(scene.count("blocks").await, 0);
    scene.world.finish().await;
}

/// F35, F102
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_block_or_undo_changes_nothing() {
    let scene = Scene::set().await;
    let (ada, before) = (scene.ada.account.uri.clone(), scene.count("follows").await);
    // In Mal's name, by Pat; by Mal, of others; of nobody.
    scene.deliver(&scene.pat, &scene.mal.activity("Block", ada.as_str())).await;
    for object in [json!(scene.pat.uri), json!("http://acme.test/users/nobody"), json!({"of": "nobody"}), json!(7)] {
        scene.deliver(&scene.mal, &scene.mal.activity("Block", object)).await;
    }
    assert_eq!((scene.count("blocks").await, scene.count("follows").await), (0, before));

    let block = scene.pat.activity("Block", ada.as_str());
    scene.deliver(&scene.pat, &block).await;
    for object in [
        block.clone(),
        block["id"].clone(),
        json!({"id": block["id"], "type": "Block"}),
        json!({"type": "Block", "actor": scene.pat.uri, "object": ada}),
        json!({"type": "Block", "object": ada}),
    ] {
        scene.deliver(&scene.mal, &scene.mal.activity("Undo", object)).await;
        assert_eq!(scene.count("blocks").await, 1);
    }
    // Whoever takes the id of somebody's Block beforehand takes nothing from them.
    let mine = scene.mal.activity("Block", ada.as_str());
    let mut stolen = scene.pat.activity("Undo", json!({"id": mine["id"], "type": "Block", "object": scene.mal.uri}));
    scene.deliver(&scene.pat, &stolen).await;
    stolen["type"] = json!("Block");
    stolen["id"] = mine["id"].clone();
    stolen["object"] = json!(ada);
    scene.deliver(&scene.pat, &stolen).await;
    scene.deliver(&scene.mal, &mine).await;
    assert_eq!(scene.count("blocks").await, 2);
    // Nor does an Undo of hers take back his own.
    for object in [json!({"type": "Block", "actor": scene.pat.uri, "object": ada}), block["id"].clone()] {
        scene.deliver(&scene.mal, &scene.mal.activity("Undo", object)).await;
        assert_eq!(scene.count("blocks").await, 2);
    }
    scene.world.finish().await;
}

/// F102
#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_comes_after_its_undo_has_no_effect() {
    let scene = Scene::set().await;
    let block = scene.mal.activity("Block", scene.ada.account.uri.as_str());
    scene.deliver(&scene.mal, &scene.mal.activity("Undo", block.clone())).await;
    scene.deliver(&scene.mal, &block).await;
    assert_eq!((scene.count("blocks").await, scene.count("follows").await), (0, 3));
    scene.deliver(&scene.mal, &scene.mal.activity("Block", scene.ada.account.uri.as_str())).await;
    assert_eq!((scene.count("blocks").await, scene.count("follows").await), (1, 1));
    scene.world.finish().await;
}

/// F103
#[tokio::test(flavor = "multi_thread")]
async fn whose_domain_is_blocked_neither_follows_nor_reads() {
    let scene = Scene::set().await;
    let peer = scene.world.peer("peer.test");
    let since = peer.received().len();
    scene.ada.post("/api/v1/domain_blocks", json!({"domain": "peer.test"})).await.expect(200);
    scene.world.settle().await;
    assert_eq!(types(peer, &scene.mal, since), ["Undo", "Reject"]);
    assert_eq!(types(peer, &scene.pat, since), ["Reject"]);
    assert_eq!(scene.count("follows").await, 0);
    let known = scene.known(&scene.mal).await;
    let seen = relationship(&scene.ada, &known).await;
    assert_eq!((&seen["domain_blocking"], &seen["following"]), (&json!(true), &json!(false)));
    let told = scene.ada.get("/api/v1/notifications?types[]=severed_relationships").await.expect(200);
    let event = &told[0]["event"];
    assert_eq!(told.list().len(), 1);
    assert_eq!((&event["type"], &event["target_name"]), (&json!("user_domain_block"), &json!("peer.test")));
    let counts = (event["following_count"].as_u64(), event["followers_count"].as_u64());
    assert_eq!(counts, (Some(1), Some(2)), "Mal, who follows too, and Pat");
    assert_eq!(told[0]["account"]["id"], scene.ada.id());
    let grouped = scene.ada.get("/api/v2/notifications?types[]=severed_relationships").await.expect(200);
    assert_eq!(grouped["notification_groups"][0]["event"], *event);
    for actor in [&scene.mal, &scene.pat] {
        assert_eq!(scene.reads(actor).await, (404, 0));
    }
    let since = peer.received().len();
    scene.deliver(&scene.pat, &scene.pat.activity("Follow", scene.ada.account.uri.as_str())).await;
    assert_eq!(types(peer, &scene.pat, since), ["Reject"]);
    assert_eq!(scene.count("follows").await, 0);
    scene.ada.post(&format!("/api/v1/accounts/{known}/follow"), json!({})).await.expect(403);
    let since = peer.received().len();
    scene.ada.post_status(&format!("About {}", scene.mal.handle())).await;
    scene.world.settle().await;
    assert_eq!(peer.received().len(), since, "they are not named");

    scene.ada.delete("/api/v1/domain_blocks?domain=peer.test").await.expect(200);
    assert_eq!(scene.reads(&scene.mal).await, (200, 2));
    scene.deliver(&scene.pat, &scene.pat.activity("Follow", scene.ada.account.uri.as_str())).await;
    assert_eq!(scene.count("follows").await, 1);
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_group_too_a_block_holds() {
    let world = World::start([ACME, GLOBEX]).await;
    let ada = world.instance(ACME).register("ada").await;
    ada.post("/api/pollen/v1/groups", json!({"username": "guild", "display_name": "Guild"})).await.expect(200);
    let ben = world.instance(GLOBEX).register("ben").await;
    let cy = world.instance(ACME).register("cy").await;
    for person in [&ben, &cy] {
        person.follow("@guild@acme.test").await;
    }
    world.settle().await;
    let blocked = id(&cy.resolve("@ben@globex.test").await).to_owned();
    cy.post(&format!("/api/v1/accounts/{blocked}/block"), json!({})).await.expect(200);
    world.settle().await;
    ben.post_status("@guild@acme.test From Ben").await;
    cy.post_status("@guild From Cy").await;
    ada.post_status("@guild From Ada").await;
    world.settle().await;
    let texts = async |person: &Person| -> Vec<String> {
        let home = person.home().await;
        let boosts = home.iter().filter(|post| !post["reblog"].is_null());
        boosts.map(|post| plain(post["reblog"]["content"].as_str().unwrap())).collect()
    };
    let said = |texts: Vec<String>, name: &str| texts.iter().any(|text| text.ends_with(name));
    for (person, name, expected) in
        [(&cy, "From Ben", false), (&cy, "From Ada", true), (&ben, "From Cy", false), (&ben, "From Ada", true)]
    {
        assert_eq!(said(texts(person).await, name), expected, "{name} for {}", person.handle());
    }
    world.finish().await;
}
