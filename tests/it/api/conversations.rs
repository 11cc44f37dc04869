//! Conversations: direct posts, by those who are in them.

use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused, refused_with_token};
use crate::support::{Answer, Person, With, World};

const CONVERSATIONS: &str = "/api/v1/conversations";

async fn write(by: &Person, text: &str, to: Option<&Value>) -> Value {
    let to = to.map(|to| to["id"].clone());
    by.post_status_with(json!({"status": text, "visibility": "direct", "in_reply_to_id": to})).await
}

async fn list(person: &Person) -> Answer {
    person.get(CONVERSATIONS).await.expect(200)
}

/// Each conversation's last post, newest first, and whether it is unread.
async fn last(person: &Person) -> Vec<(Value, bool)> {
    let list = list(person).await;
    let one = |row: &Value| (row["last_status"]["id"].clone(), row["unread"].as_bool().unwrap());
    list.list().iter().map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_those_in_it_has_the_conversation() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben, cyd) = (acme.register("ada").await, acme.register("ben").await, acme.register("cyd").await);
    ada.post_status("Not @ben a message").await;
    let mut stream = acme.listen(&ben.token, "direct").await;
    let first = write(&ada, "@ben hello", None).await;
    assert_eq!(last(&ada).await, [(first["id"].clone(), false)]);
    assert_eq!(last(&ben).await, [(first["id"].clone(), true)]);
    assert!(last(&cyd).await.is_empty());
    let event = stream.expect("conversation").await;
    assert_eq!(event, list(&ben).await[0], "it is told as it is shown");
    assert_eq!(event["accounts"][0]["id"], ada.id());
    assert_eq!(event["accounts"].as_array().unwrap().len(), 1);

    let second = write(&ben, "@ada hello yourself", Some(&first)).await;
    assert_eq!(last(&ada).await, [(second["id"].clone(), true)], "it goes on, and is no other");
    assert_eq!(last(&ben).await, [(second["id"].clone(), false)]);
    assert_eq!(stream.expect("conversation").await["last_status"]["id"], second["id"]);
    // With somebody else in it, it is another.
    let third = write(&ada, "@ben @cyd hello both", Some(&second)).await;
    assert_eq!(last(&ben).await, [(third["id"].clone(), true), (second["id"].clone(), false)]);
    assert_eq!(last(&cyd).await, [(third["id"].clone(), true)]);
    let mut people: Vec<String> =
        list(&cyd).await[0]["accounts"].as_array().unwrap().iter().map(|one| one["id"].to_string()).collect();
    people.sort();
    let mut others = [json!(ada.id()).to_string(), json!(ben.id()).to_string()];
    others.sort();
    assert_eq!(people, others);
    // A note to oneself is a conversation with oneself.
    let note = write(&cyd, "Remember", None).await;
    assert_eq!(list(&cyd).await[0]["accounts"][0]["id"], cyd.id());

    // Read, unread, removed: each for oneself.
    let id = list(&cyd).await.ids()[1].clone();
    let of = |what: &str| format!("{CONVERSATIONS}/{id}{what}");
    assert_eq!(cyd.post(&of("/read"), json!({})).await.expect(200)["unread"], false);
    assert_eq!(last(&cyd).await, [(note["id"].clone(), false), (third["id"].clone(), false)]);
    assert_eq!(cyd.post(&of("/unread"), json!({})).await.expect(200)["unread"], true);
    cyd.delete(&of("")).await.expect(200);
    assert_eq!(last(&cyd).await, [(note["id"].clone(), false)]);
    assert_eq!(last(&ben).await.len(), 2);
    cyd.get(&format!("/api/v1/statuses/{}", third["id"].as_str().unwrap())).await.expect(200);
    cyd.delete(&of("")).await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_goes_leaves_the_one_before() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let first = write(&ada, "@ben one", None).await;
    let second = write(&ada, "@ben two", Some(&first)).await;
    let mut stream = acme.listen(&ben.token, "direct").await;
    let gone = |post: &Value| format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    ada.delete(&gone(&second)).await.expect(200);
    assert_eq!(stream.expect("conversation").await["last_status"]["id"], first["id"]);
    for person in [&ada, &ben] {
        assert_eq!(last(person).await[0].0, first["id"]);
    }
    let third = write(&ada, "@ben three", Some(&first)).await;
    ada.delete(&gone(&first)).await.expect(200);
    assert_eq!(last(&ben).await[0].0, third["id"], "what was not the last changes nothing");
    ada.delete(&gone(&third)).await.expect(200);
    assert!(last(&ada).await.is_empty() && last(&ben).await.is_empty());
    assert_eq!(acme.count("SELECT count(*) FROM conversations").await, 0);
    // Who blocks whom is not in one with them.
    write(&ada, "@ben four", None).await;
    ben.post(&format!("/api/v1/accounts/{}/block", ada.id()), json!({})).await.expect(200);
    assert!(last(&ben).await.is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_from_elsewhere_are_conversations_too() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let eve = world.peer("peer.test").actor("eve");
    let mut note = eve.note("psst");
    note["to"] = json!([ada.account.uri]);
    note["cc"] = json!([]);
    note["tag"] = json!([{"type": "Mention", "href": ada.account.uri, "name": ada.handle()}]);
    world.peer("peer.test").serve(note.clone());
    eve.deliver(acme, &eve.create(&note)).await;
    world.settle().await;
    let found = list(&ada).await;
    assert_eq!(found.list().len(), 1);
    assert_eq!(found[0]["last_status"]["uri"], note["id"]);
    assert_eq!(found[0]["accounts"][0]["acct"], "eve@peer.test");
    let answer = write(&ada, "@eve@peer.test what is it?", Some(&found[0]["last_status"])).await;
    assert_eq!(last(&ada).await, [(answer["id"].clone(), false)]);
    ada.delete(&format!("/api/v1/statuses/{}", answer["id"].as_str().unwrap())).await.expect(200);
    eve.deliver(acme, &eve.activity("Delete", note["id"].clone())).await;
    world.settle().await;
    assert!(last(&ada).await.is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_back_is_no_conversation_until_it_is_let_in() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ada.patch("/api/v2/notifications/policy", json!({"for_private_mentions": "filter"})).await.expect(200);
    let first = write(&ben, "@ada one", None).await;
    let second = write(&ben, "@ada two", Some(&first)).await;
    acme.register("cyd").await;
    let other = write(&ben, "@ada @cyd three", None).await;
    assert!(last(&ada).await.is_empty());
    assert_eq!(last(&ben).await, [(other["id"].clone(), false), (second["id"].clone(), false)]);
    let request = ada.get("/api/v1/notifications/requests").await.expect(200).ids()[0].clone();
    ada.post(&format!("/api/v1/notifications/requests/{request}/accept"), json!({})).await.expect(200);
    assert_eq!(last(&ada).await, [(other["id"].clone(), true), (second["id"].clone(), true)]);
    // Both posts are in it.
    ben.delete(&format!("/api/v1/statuses/{}", second["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(last(&ada).await, [(other["id"].clone(), true), (first["id"].clone(), true)]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_are_paged_and_ones_own() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let mut posts = Vec::new();
    for number in 0..5 {
        posts.push(write(&ada, &format!("@ben number {number}"), None).await);
    }
    // The first one goes on, so that it comes first.
    posts.push(write(&ben, "@ada indeed", Some(&posts[0])).await);
    let first = ada.get(&format!("{CONVERSATIONS}?limit=2")).await.expect(200);
    let second = ada.get(&first.link("next").unwrap()).await.expect(200);
    let third = ada.get(&second.link("next").unwrap()).await.expect(200);
    let shown: Vec<Value> = [&first, &second, &third]
        .iter()
        .flat_map(|page| page.list())
        .map(|one| one["last_status"]["id"].clone())
        .collect();
    let expected: Vec<Value> = [5, 4, 3, 2, 1].map(|at: usize| posts[at]["id"].clone()).into();
    assert_eq!(shown, expected);
    assert_eq!(ada.get(&third.link("prev").unwrap()).await.expect(200).ids(), second.ids());

    let other = ada.with_scopes("read:notifications write:statuses").await;
    other.get(CONVERSATIONS).await.expect(403);
    acme.get(CONVERSATIONS).await.expect(401);
    let id = &first.ids()[0];
    for (method, path) in [
        (Method::DELETE, format!("{CONVERSATIONS}/{id}")),
        (Method::POST, format!("{CONVERSATIONS}/{id}/read")),
        (Method::POST, format!("{CONVERSATIONS}/{id}/unread")),
    ] {
        refused(&other, method.clone(), &path, With::default(), 403).await;
        refused(&ben, method.clone(), &path, With::default(), 404).await;
        refused_with_token(acme, method.clone(), &path, With::default(), 401).await;
        for none in NO_IDS {
            refused(&ada, method.clone(), &path.replace(id.as_str(), none), With::default(), 404).await;
        }
    }
    world.finish().await;
}
