//! What servers could do that are not forgers but not friends either: names that point elsewhere, groups that delete what is
//! not theirs, texts that no database takes, made-up tokens; and what is left of a post when it is deleted.

use chrono::TimeDelta;
use pollen::moderation::ops::{self, Act, By, Reason};
use serde_json::{Value, json};

use crate::support::{Instance, NewPerson, PeerActor, Person, World};

const ACME: &str = "acme.test";

async fn world() -> World {
    World::builder().instance(ACME).peer("peer.test").peer("evil.test").start().await
}

/// The person follows somebody on a peer, who accepts.
async fn follow(world: &World, person: &Person, whom: &PeerActor) {
    person.follow(&whom.handle()).await;
    let accepted = json!({"type": "Follow", "actor": person.account.uri, "object": whom.uri});
    whom.deliver(world.instance(ACME), &whom.activity("Accept", accepted)).await;
    world.settle().await;
}

fn webfinger(name: &str, actor: &str) -> (String, Value) {
    let resource = format!("acct:{name}");
    let query: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
    let links = json!([{"rel": "self", "type": "application/activity+json", "href": actor}]);
    (format!("/.well-known/webfinger?resource={query}"), json!({"subject": resource, "links": links}))
}

/// F4
#[tokio::test(flavor = "multi_thread")]
async fn nobodys_name_is_given_to_somebody_elses_actor() {
    let world = world().await;
    let ada = world.instance(ACME).register("ada").await;
    let alice = world.peer("peer.test").actor("alice");
    let (path, answer) = webfinger("ben@evil.test", &alice.uri);
    world.peer("evil.test").answer_at(&path, answer);
    let found = ada.get("/api/v2/search?resolve=true&type=accounts&q=@ben@evil.test").await.expect(200);
    assert_eq!(found["accounts"], json!([]));
    let alice = ada.resolve(&alice.handle()).await;
    assert_eq!(alice["acct"], "alice@peer.test");
    world.finish().await;
}

/// F38
#[tokio::test(flavor = "multi_thread")]
async fn a_group_takes_down_nothing_but_what_is_in_it() {
    let world = world().await;
    let acme = world.instance(ACME);
    let (ada, mal) = (acme.register("ada").await, world.peer("peer.test").actor("mal"));
    let group = world.peer("evil.test").group("guild");
    follow(&world, &ada, &mal).await;
    follow(&world, &ada, &group).await;
    let mut private = mal.note("for Ada alone");
    private["to"] = json!([ada.account.uri]);
    private["cc"] = json!([]);
    let public = mal.note("for everyone");
    for note in [&private, &public] {
        mal.deliver(acme, &mal.create(note)).await;
    }
    world.settle().await;
    // Their server answers strangers with a 404, as every server does for a private post.
    for note in [&private, &public] {
        mal.peer().forget(note["id"].as_str().unwrap());
        let delete =
            json!({"id": format!("{}#x", note["id"]), "type": "Delete", "actor": mal.uri, "object": note["id"]});
        group.deliver(acme, &group.activity("Announce", delete)).await;
    }
    world.settle().await;
    assert_eq!(acme.count("SELECT count(*) FROM statuses").await, 2);
    world.finish().await;
}

/// F10
#[tokio::test(flavor = "multi_thread")]
async fn texts_that_no_database_takes_harm_nobody() {
    let world = world().await;
    let acme = world.instance(ACME);
    let (ada, mal) = (acme.register("ada").await, world.peer("peer.test").actor("mal"));
    follow(&world, &ada, &mal).await;
    let mut long = mal.activity("Like", "http://acme.test/x");
    long["id"] = json!(format!("http://peer.test/{}", "x".repeat(5000)));
    mal.post(acme, &long).await.expect(400);
    let mut like = mal.activity("Like", format!("http://acme.test/{}", "x".repeat(5000)));
    mal.deliver(acme, &like).await;
    like["id"] = json!("http://peer.test/a\u{0}b");
    mal.deliver(acme, &like).await;
    let mut note = mal.note("with a \u{0} in it");
    note["id"] = json!("http://peer.test/notes/\u{0}");
    note["inReplyTo"] = json!(format!("http://peer.test/{}", "x".repeat(5000)));
    note["url"] = json!(format!("http://peer.test/{}", "x".repeat(5000)));
    mal.deliver(acme, &mal.create(&note)).await;
    world.settle().await;
    assert_eq!(ada.home_texts().await, ["with a \u{fffd} in it"]);
    // What clients and browsers send.
    ada.post("/api/v1/statuses", json!({"status": "a\u{0}b"})).await.expect(400);
    ada.get("/api/v2/search?q=a%00b").await.expect(400);
    acme.get("/.well-known/webfinger?resource=acct:a%00@acme.test").await.expect(400);
    for path in ["/@a%00b", "/tags/a%00b", "/users/a%00b", "/api/v1/timelines/tag/a%00b"] {
        let answer = acme.get(path).await;
        assert!(answer.status < 500, "{path}: {}", answer.status);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bell_rings_for_posts_from_elsewhere_too() {
    let world = World::start([ACME, "globex.test"]).await;
    let ada = world.instance(ACME).register("ada").await;
    let ben = world.instance("globex.test").register("ben").await;
    let here = ben.resolve("@ada@acme.test").await;
    let path = format!("/api/v1/accounts/{}/follow", here["id"].as_str().unwrap());
    ben.post(&path, json!({"notify": true})).await.expect(200);
    world.settle().await;
    let post = ada.post_status("Listen").await;
    ada.post(&format!("/api/v1/statuses/{}/reblog", post["id"].as_str().unwrap()), json!({})).await.expect(200);
    ada.post_status_with(json!({"status": "@nobody a message", "visibility": "direct"})).await;
    world.settle().await;
    let told = ben.get("/api/v1/notifications").await.expect(200);
    let told: Vec<&Value> = told.list().iter().map(|one| &one["type"]).collect();
    assert_eq!(told, ["status"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bell_rings_also_when_the_post_was_fetched_before_it_was_sent() {
    let world = world().await;
    let acme = world.instance(ACME);
    let (ada, mal) = (acme.register("ada").await, world.peer("peer.test").actor("mal"));
    follow(&world, &ada, &mal).await;
    acme.sql("UPDATE follows SET notify = true").await;
    let note = mal.note("Listen");
    let found = ada.get(&format!("/api/v2/search?resolve=true&type=statuses&q={}", note["id"].as_str().unwrap())).await;
    assert_eq!(found.expect(200)["statuses"].as_array().unwrap().len(), 1);
    mal.deliver(acme, &mal.create(&note)).await;
    world.settle().await;
    let told = ada.get("/api/v1/notifications").await.expect(200);
    assert_eq!(told.list().iter().map(|one| &one["type"]).collect::<Vec<_>>(), ["status"]);
    world.finish().await;
}

/// The types of all activities that a peer's inboxes got.
fn types(actor: &PeerActor) -> Vec<String> {
    actor.peer().received().iter().map(|one| one.body["type"].as_str().unwrap_or_default().to_owned()).collect()
}

/// F71, F73
#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_waits_to_be_sent_is_not_sent_after_its_delete() {
    let world = world().await;
    let acme = world.instance(ACME);
    let (ada, mal) = (acme.register("ada").await, world.peer("peer.test").actor("mal"));
    mal.deliver(acme, &mal.activity("Follow", ada.account.uri.as_str())).await;
    world.settle().await;
    mal.peer().answer_inbox(404);
    let post = ada.post_status("Too early").await;
    world.settle().await;
    assert_eq!(types(&mal), ["Accept", "Create"]);
    mal.peer().answer_inbox(202);
    ada.delete(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.expect(200);
    world.advance(chrono::TimeDelta::hours(12)).await;
    assert_eq!(types(&mal), ["Accept", "Create", "Delete"]);
    world.finish().await;
}

/// F57
#[tokio::test(flavor = "multi_thread")]
async fn whoever_fetched_a_post_hears_of_its_delete() {
    let world = world().await;
    let acme = world.instance(ACME);
    let (ada, mal) = (acme.register("ada").await, world.peer("peer.test").actor("mal"));
    let post = ada.post_status("Seen by Mal").await;
    mal.get(acme, post["uri"].as_str().unwrap()).await.expect(200);
    ada.delete(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.expect(200);
    world.settle().await;
    assert_eq!(types(&mal), ["Delete"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfollow_from_elsewhere_takes_its_notification_along() {
    let world = world().await;
    let acme = world.instance(ACME);
    let (ada, mal) = (acme.register("ada").await, world.peer("peer.test").actor("mal"));
    let follow = mal.activity("Follow", ada.account.uri.as_str());
    mal.deliver(acme, &follow).await;
    world.settle().await;
    assert_eq!(ada.get("/api/v1/notifications").await.expect(200).list().len(), 1);
    mal.deliver(acme, &mal.activity("Undo", follow)).await;
    world.settle().await;
    assert_eq!(ada.get("/api/v1/notifications").await.expect(200).list().len(), 0);
    world.finish().await;
}

/// F59
#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_is_not_a_departure() {
    let world = world().await;
    let acme: &Instance = world.instance(ACME);
    let ada = acme.register_with(NewPerson { username: "ada", ..NewPerson::default() }).await;
    let act = async |act: Act| {
        ops::act(&acme.app, By::CommandLine, ada.account.id, act, Reason::default()).await.unwrap();
        world.settle().await;
    };
    act(Act::Suspend).await;
    acme.get_activity("/users/ada").await.expect(403);
    acme.get_activity("/users/ada/outbox").await.expect(403);
    acme.get("/.well-known/webfinger?resource=acct:ada@acme.test").await.expect(404);
    act(Act::Unsuspend).await;
    acme.get_activity("/users/ada").await.expect(200);
    world.finish().await;
}

/// F59, F167
#[tokio::test(flavor = "multi_thread")]
async fn thirty_days_after_a_suspension_it_is_for_good() {
    let world = world().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (ada, mal) = (acme.register("ada").await, peer.actor("mal"));
    mal.deliver(acme, &mal.activity("Follow", ada.account.uri.as_str())).await;
    ada.post_status("Soon gone").await;
    world.settle().await;
    ops::act(&acme.app, By::CommandLine, ada.account.id, Act::Suspend, Reason::default()).await.unwrap();
    let wait = async |days: i64| {
        world.advance(TimeDelta::days(days)).await;
        pollen::housekeeping::sweep(&acme.app).await.unwrap();
        world.settle().await;
    };
    wait(29).await;
    acme.get_activity("/users/ada").await.expect(403);
    assert!(peer.received_of_type("Delete").is_empty());
    wait(2).await;
    acme.get_activity("/users/ada").await.expect(410);
    let told: Vec<Value> = peer.received_of_type("Delete").iter().map(|one| one["object"].clone()).collect();
    assert_eq!(told, [json!(ada.account.uri)]);
    assert_eq!(acme.count("SELECT (SELECT count(*) FROM statuses) + (SELECT count(*) FROM follows)").await, 0);
    wait(30).await;
    assert_eq!(peer.received_of_type("Delete").len(), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn made_up_tokens_do_not_get_round_the_limit() {
    let world = World::builder().instance(ACME).configure(|config| config.limits.requests = 5).start().await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let mut answers = Vec::new();
    for index in 0..8 {
        let mut stranger = ada.clone();
        stranger.token = format!("made-up-{index}");
        answers.push(stranger.get("/api/v1/instance").await.status);
    }
    assert_eq!(answers, [200, 200, 200, 200, 200, 429, 429, 429]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_actor_names_is_there() {
    let world = world().await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    ada.post("/api/pollen/v1/groups", json!({"username": "guild"})).await.expect(200);
    ada.post_status("@guild hello").await;
    world.settle().await;
    for actor in ["/actor", "/users/ada", "/users/guild"] {
        let actor = acme.get_activity(actor).await.expect(200);
        for name in ["outbox", "followers", "following", "featured"] {
            acme.get_activity(actor[name].as_str().unwrap()).await.expect(200);
        }
        let outbox = acme.get_activity(&format!("{}?page=true", actor["outbox"].as_str().unwrap())).await.expect(200);
        for item in outbox["orderedItems"].as_array().unwrap() {
            let found = acme.get_activity(item.as_str().unwrap()).await.expect(200);
            assert_eq!(found["id"], *item);
        }
    }
    world.finish().await;
}

/// F32
#[tokio::test(flavor = "multi_thread")]
async fn what_never_was_here_is_remembered_as_deleted_for_a_while_alone() {
    let world = world().await;
    let acme = world.instance(ACME);
    let (ada, mal) = (acme.register("ada").await, world.peer("peer.test").actor("mal"));
    follow(&world, &ada, &mal).await;
    let [here, early] = ["Here", "Not yet here"].map(|text| mal.note(text));
    mal.deliver(acme, &mal.create(&here)).await;
    for note in [&here, &early] {
        mal.deliver(acme, &mal.activity("Delete", note["id"].clone())).await;
    }
    for number in 0..20 {
        let nothing = mal.peer().url(&format!("/never/{number}"));
        mal.deliver(acme, &mal.activity("Delete", nothing.as_str())).await;
        let boost = json!({"id": format!("{nothing}/boost"), "type": "Announce", "actor": mal.uri, "object": nothing});
        mal.deliver(acme, &mal.activity("Undo", boost)).await;
    }
    mal.deliver(acme, &mal.create(&early)).await;
    world.settle().await;
    assert!(ada.home().await.is_empty());
    let remembered = async || acme.count("SELECT count(*) FROM tombstones").await;
    assert_eq!(remembered().await, 42);
    let sweep = async || pollen::housekeeping::sweep(&acme.app).await.unwrap();
    world.advance(TimeDelta::days(29)).await;
    sweep().await;
    assert_eq!(remembered().await, 42);
    world.advance(TimeDelta::days(2)).await;
    sweep().await;
    assert_eq!(remembered().await, 1, "what was here stays deleted");
    world.finish().await;
}
