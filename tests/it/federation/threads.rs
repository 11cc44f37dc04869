//! Threads across servers: parents, what others are told of ours, and what is filled in of theirs.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ACME, GLOBEX, id, newest};
use crate::support::{ACTIVITY, PeerActor, Person, World, plain};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Ada at Acme, who follows Mal on a peer.
pub(super) async fn scene() -> (World, Person, PeerActor) {
    let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
    let (ada, mal) = follow_mal(&world).await;
    (world, ada, mal)
}

/// Ada at Acme follows Mal on a peer.
pub(super) async fn follow_mal(world: &World) -> (Person, PeerActor) {
    let ada = world.instance(ACME).register("ada").await;
    let mal = world.peer("peer.test").actor("mal");
    ada.follow(&mal.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
    mal.deliver(world.instance(ACME), &mal.activity("Accept", follow)).await;
    world.settle().await;
    (ada, mal)
}

pub(super) fn answering(by: &PeerActor, content: &str, parent: &Value) -> Value {
    let mut note = by.note(content);
    note["inReplyTo"] = parent["id"].clone();
    by.peer().serve(note.clone());
    note
}

/// The texts of what answers a post, as somebody sees it.
pub(super) async fn answers(person: &Person, post: &Value) -> Vec<String> {
    let context = person.get(&format!("/api/v1/statuses/{}/context", id(post))).await.expect(200);
    let all = context["descendants"].as_array().unwrap().iter();
    all.map(|one| plain(one["content"].as_str().unwrap())).collect()
}

/// F43
#[tokio::test(flavor = "multi_thread")]
async fn ten_generations_of_parents_are_fetched() {
    let (world, _, mal) = scene().await;
    let mut last = mal.note("0");
    for generation in 1..15 {
        last = answering(&mal, &generation.to_string(), &last);
    }
    mal.deliver(world.instance(ACME), &mal.create(&last)).await;
    world.settle().await;
    let asked = world.peer("peer.test").asked().iter().filter(|path| path.starts_with("/notes/")).count();
    assert_eq!(asked, 10);
    assert_eq!(world.instance(ACME).count("SELECT count(DISTINCT thread_id) FROM statuses").await, 1);
    world.finish().await;
}

/// F280, F281
#[tokio::test(flavor = "multi_thread")]
async fn a_reply_names_the_followers_of_whom_it_answers_and_is_passed_on() {
    let world = World::builder().instance(ACME).instance(GLOBEX).peer("peer.test").start().await;
    let (ada, ben) = (world.instance(ACME).register("ada").await, world.instance(GLOBEX).register("ben").await);
    let mal = world.peer("peer.test").actor("mal");
    mal.deliver(world.instance(ACME), &mal.activity("Follow", ada.account.uri.as_str())).await;
    ben.follow("@ada@acme.test").await;
    world.settle().await;
    ada.post_status("What do you think?").await;
    world.settle().await;
    let post = newest(&ben).await;
    let reply = json!({"status": "A lot", "in_reply_to_id": id(&post)});
    let reply = ben.post_status_with(reply).await;
    world.settle().await;
    let bens = || {
        let all = world.peer("peer.test").received().into_iter().map(|one| one.body);
        all.filter(|body| body["actor"] == ben.account.uri.as_str()).collect::<Vec<Value>>()
    };
    let create = bens().remove(0);
    assert_eq!((&create["type"], &create["object"]["id"]), (&json!("Create"), &reply["uri"]));
    let followers = json!(ada.account.followers_uri);
    assert!(create["cc"].as_array().unwrap().contains(&followers), "{create}");
    // It is no wider by that.
    let path = format!("/api/v1/statuses/{}", id(&reply));
    assert_eq!(ben.get(&path).await.expect(200)["visibility"], "public");
    ben.put(&path, json!({"status": "Quite a lot"})).await.expect(200);
    world.advance(TimeDelta::minutes(1)).await;
    ben.delete(&path).await.expect(200);
    world.settle().await;
    let types: Vec<Value> = bens().iter().map(|one| one["type"].clone()).collect();
    assert_eq!(types, ["Create", "Update", "Delete"]);

    // What is not for everyone names nobody else's followers, nor does what answers such a post.
    let private = json!({"status": "@ada@acme.test psst", "in_reply_to_id": id(&post), "visibility": "private"});
    let private = ben.post_status_with(private).await;
    let direct = json!({"status": "@ada@acme.test psst", "in_reply_to_id": id(&post), "visibility": "direct"});
    let direct = ben.post_status_with(direct).await;
    world.settle().await;
    let own = ben.post_status_with(json!({"status": "and", "in_reply_to_id": id(&private)})).await;
    world.settle().await;
    let sent = "SELECT count(*) FROM outgoing_activities WHERE body LIKE '%users/ada/followers%' AND body LIKE ";
    for post in [&private, &direct, &own] {
        let sent = format!("{sent} '%{}%'", post["uri"].as_str().unwrap());
        assert_eq!(world.instance(GLOBEX).count(&sent).await, 0);
    }
    world.finish().await;
}

/// F282, F283
#[tokio::test(flavor = "multi_thread")]
async fn our_threads_can_be_read_as_collections() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    let eve = acme.register("eve").await;
    let post = ada.post_status("The beginning").await;
    let reply = |text: &str, to: &Value, visibility: &str| json!({"status": text, "in_reply_to_id": id(to), "visibility": visibility});
    let first = eve.post_status_with(reply("First", &post, "public")).await;
    let second = ada.post_status_with(reply("Second", &first, "unlisted")).await;
    eve.post_status_with(reply("@ada for you", &post, "direct")).await;
    eve.post_status_with(reply("for mine", &post, "private")).await;
    world.settle().await;
    let note = acme.get_activity(post["uri"].as_str().unwrap()).await.expect(200);
    let listed = async |collection: &str| -> Value {
        let whole = acme.get_activity(collection).await.expect(200);
        assert_eq!((&whole["id"], &whole["attributedTo"]), (&json!(collection), &json!(ada.account.uri)));
        let page = mal.get(acme, &whole["first"].as_str().unwrap()["http://acme.test".len()..]).await.expect(200);
        assert_eq!((&page["id"], &page["partOf"]), (&whole["first"], &whole["id"]));
        page["orderedItems"].clone()
    };
    let context = note["context"].as_str().unwrap();
    assert_eq!(listed(note["replies"].as_str().unwrap()).await, json!([first["uri"]]));
    assert_eq!(listed(context).await, json!([post["uri"], first["uri"], second["uri"]]));
    let answer = acme.get_activity(second["uri"].as_str().unwrap()).await.expect(200);
    assert_eq!(answer["context"], context);
    // A reply has no thread of its own; what is not for everyone lists nothing.
    acme.get_activity(&format!("{}/context", second["uri"].as_str().unwrap())).await.expect(404);
    let private = ada.post_status_with(json!({"status": "Ours", "visibility": "private"})).await;
    mal.deliver(acme, &mal.activity("Follow", ada.account.uri.as_str())).await;
    world.settle().await;
    let path = format!("/users/ada/statuses/{}", id(&private));
    let seen = mal.get(acme, &path).await.expect(200);
    assert_eq!((&seen["replies"], &seen["context"]), (&Value::Null, &Value::Null));
    for kind in ["replies", "context"] {
        mal.get(acme, &format!("{path}/{kind}?page=true")).await.expect(404);
    }
    // Whom the author blocks is told nothing.
    let known = ada.resolve(&mal.handle()).await;
    ada.post(&format!("/api/v1/accounts/{}/block", id(&known)), json!({})).await.expect(200);
    mal.get(acme, &format!("/users/ada/statuses/{}/context?page=true", id(&post))).await.expect(404);
    world.finish().await;
}

/// F282
#[tokio::test(flavor = "multi_thread")]
async fn a_long_thread_comes_in_pages() {
    let (world, ada, _) = scene().await;
    let acme = world.instance(ACME);
    let post = ada.post_status("The beginning").await;
    for number in 0..50 {
        ada.post_status_with(json!({"status": number.to_string(), "in_reply_to_id": id(&post)})).await;
    }
    let mut next = format!("{}/context?page=true", post["uri"].as_str().unwrap());
    let (mut seen, mut pages) = (Vec::new(), 0);
    loop {
        let page = acme.get_activity(&next).await.expect(200);
        seen.extend(page["orderedItems"].as_array().unwrap().clone());
        pages += 1;
        match page["next"].as_str() {
            Some(more) => next = more.to_owned(),
            None => break,
        }
    }
    let distinct: std::collections::BTreeSet<String> = seen.iter().map(ToString::to_string).collect();
    assert_eq!((pages, seen.len(), distinct.len()), (2, 51, 51));
    world.settle().await;
    world.finish().await;
}

/// F290, F291, F292
#[tokio::test(flavor = "multi_thread")]
async fn a_thread_from_elsewhere_is_filled_in_when_somebody_looks() {
    let (world, ada, mal) = scene().await;
    let (acme, peer, other) = (world.instance(ACME), world.peer("peer.test"), world.peer("other.test"));
    let pat = other.actor("pat");
    let mut post = mal.note("The beginning");
    let first = answering(&pat, "First", &post);
    let second = answering(&mal, "Second", &first);
    let third = answering(&pat, "Third", &second);
    let mut private = answering(&pat, "Not for all", &post);
    private["to"] = json!([mal.uri]);
    private["cc"] = json!([]);
    other.serve(private.clone());
    let unrelated = pat.note("Something else");
    let mut claimed = pat.note("Claimed");
    claimed["inReplyTo"] = json!("http://other.test/notes/unknown");
    other.serve(claimed.clone());
    let context = peer.url("/contexts/1");
    post["context"] = json!(context);
    peer.serve(post.clone());
    // Not in the order in which they answer one another, and with what does not belong there.
    let all = [&third, &second, &post, &private, &unrelated, &claimed, &first].map(|note| note["id"].clone());
    peer.serve(json!({"id": context, "type": "OrderedCollection", "first": format!("{context}?page=1")}));
    peer.answer_at(
        "/contexts/1?page=1",
        json!({"id": format!("{context}?page=1"), "type": "OrderedCollectionPage", "orderedItems": all}),
    );
    mal.deliver(acme, &mal.create(&post)).await;
    world.settle().await;
    assert_eq!(peer.asked().iter().filter(|path| path.starts_with("/contexts/")).count(), 0, "nobody looked");
    let seen = newest(&ada).await;
    acme.get(&format!("/api/v1/statuses/{}/context", id(&seen))).await.expect(200);
    world.settle().await;
    assert_eq!(peer.asked().iter().filter(|path| path.starts_with("/contexts/")).count(), 0, "only a stranger did");
    assert_eq!(answers(&ada, &seen).await, Vec::<String>::new());
    world.settle().await;
    assert_eq!(answers(&ada, &seen).await, ["First", "Second", "Third"]);
    assert_eq!(acme.count("SELECT count(*) FROM statuses").await, 4, "what does not belong there is not kept");
    assert!(ada.home().await.len() == 1, "what is filled in floods nobody's home");
    // What is written here names the same thread; and it is not read again at once.
    let reply = ada.post_status_with(json!({"status": "Fourth", "in_reply_to_id": id(&seen)})).await;
    let note = acme.get_activity(reply["uri"].as_str().unwrap()).await.expect(200);
    assert_eq!(note["context"], context);
    let asked = peer.asked().len();
    answers(&ada, &seen).await;
    world.settle().await;
    assert_eq!(peer.asked().len(), asked);
    world.advance(TimeDelta::minutes(16)).await;
    answers(&ada, &seen).await;
    world.settle().await;
    assert!(peer.asked().len() > asked);
    world.finish().await;
}

/// F291
#[tokio::test(flavor = "multi_thread")]
async fn endless_and_foreign_threads_are_read_in_bounds() {
    let (world, ada, mal) = scene().await;
    let (acme, peer, other) = (world.instance(ACME), world.peer("peer.test"), world.peer("other.test"));
    let look = async |post: &Value| {
        mal.deliver(acme, &mal.create(post)).await;
        world.settle().await;
        let seen = newest(&ada).await;
        answers(&ada, &seen).await;
        world.settle().await;
        answers(&ada, &seen).await
    };
    // Pages without end, and more posts than anybody reads.
    let mut post = mal.note("Endless");
    post["replies"] = json!(peer.url("/replies/0"));
    peer.serve(post.clone());
    for number in 0..40 {
        let items: Vec<Value> = (0..10).map(|_| answering(&mal, "One more", &post)["id"].clone()).collect();
        let (own, next) = (format!("/replies/{number}"), peer.url(&format!("/replies/{}", number + 1)));
        peer.serve(json!({"id": peer.url(&own), "type": "CollectionPage", "items": items, "next": next}));
    }
    assert_eq!(look(&post).await.len(), 30);
    assert_eq!(peer.asked().iter().filter(|path| path.starts_with("/replies/")).count(), 5);
    // A page that leads to itself, to another server, to nothing, to no end.
    let before = other.asked().len();
    for (number, next) in
        [peer.url("/loop/0"), other.url("/more"), peer.url("/nothing"), peer.serve_endless_as("/on", ACTIVITY)]
            .into_iter()
            .enumerate()
    {
        let mut post = mal.note("Odd");
        let own = peer.url(&format!("/loop/{number}"));
        post["replies"] = json!({"id": own, "type": "Collection"});
        peer.serve(post.clone());
        let reply = answering(&mal, "An answer", &post)["id"].clone();
        peer.serve(json!({"id": own, "type": "Collection", "first": {"items": [reply, 5, null], "next": next}}));
        assert_eq!(look(&post).await, ["An answer"], "{next}");
    }
    assert_eq!(other.asked().len(), before);
    // A thread whose owner is elsewhere names what is on other servers; each is asked itself.
    let mut post = mal.note("Lies");
    post["context"] = json!(peer.url("/lies"));
    post["to"] = json!([PUBLIC]);
    peer.serve(post.clone());
    let forged = json!({"id": "http://other.test/notes/9", "type": "Note", "attributedTo": "http://other.test/users/pat",
        "content": "Forged", "inReplyTo": post["id"], "to": [PUBLIC]});
    peer.serve(json!({"id": peer.url("/lies"), "type": "OrderedCollection", "orderedItems": [forged]}));
    assert_eq!(look(&post).await, Vec::<String>::new());
    assert_eq!(other.asked().last().map(String::as_str), Some("/notes/9"));
    world.finish().await;
}
