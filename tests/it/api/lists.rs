//! Lists of accounts: who is on one, what shows there, and what shows elsewhere because of it.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused};
use crate::support::{Answer, Person, With, World, plain};

/// A list; its id.
async fn make(person: &Person, draft: Value) -> String {
    person.post("/api/v1/lists", draft).await.expect(200).text("id")
}

async fn put_on(person: &Person, list: &str, ids: &[String]) -> Answer {
    person.post(&format!("/api/v1/lists/{list}/accounts"), json!({"account_ids": ids})).await
}

async fn members(person: &Person, list: &str) -> Vec<String> {
    person.get(&format!("/api/v1/lists/{list}/accounts")).await.expect(200).ids()
}

async fn texts(person: &Person, list: &str) -> Vec<String> {
    let found = person.get(&format!("/api/v1/timelines/list/{list}")).await.expect(200);
    found.list().iter().map(|post| plain(post["content"].as_str().unwrap())).collect()
}

fn body(json: Value) -> With<'static> {
    With { json: Some(json), ..With::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_made_changed_and_removed() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    assert_eq!(ada.get("/api/v1/lists").await.expect(200).list().len(), 0);
    let made = ada.post("/api/v1/lists", json!({"title": " Makers "})).await.expect(200);
    let id = made.text("id");
    assert_eq!(made.json, json!({"id": id, "title": "Makers", "replies_policy": "list", "exclusive": false}));
    let path = format!("/api/v1/lists/{id}");
    let form = [("title", "Crafts"), ("replies_policy", "none"), ("exclusive", "true")];
    let changed = ada.send(Method::PUT, &path, With { form: Some(&form), ..With::default() }).await.expect(200);
    assert_eq!(changed.json, json!({"id": id, "title": "Crafts", "replies_policy": "none", "exclusive": true}));
    // What is not named stays as it is.
    let changed = ada.put(&path, json!({"exclusive": false})).await.expect(200);
    assert_eq!(changed.json, json!({"id": id, "title": "Crafts", "replies_policy": "none", "exclusive": false}));
    assert_eq!(ada.get(&path).await.expect(200).json, changed.json);
    assert_eq!(ada.get("/api/v1/lists").await.expect(200).json, json!([changed.json]));

    for wrong in [
        json!({}),
        json!({"title": "  "}),
        json!({"title": "x".repeat(257)}),
        json!({"title": "x", "replies_policy": "all"}),
    ] {
        refused(&ada, Method::POST, "/api/v1/lists", body(wrong), 422).await;
    }
    refused(&ada, Method::PUT, &path, body(json!({"title": ""})), 422).await;
    refused(&ada, Method::PUT, &path, body(json!({"replies_policy": "x"})), 422).await;
    // Somebody else's is not there.
    for (method, part) in [
        (Method::GET, ""),
        (Method::PUT, ""),
        (Method::DELETE, ""),
        (Method::GET, "/accounts"),
        (Method::POST, "/accounts"),
        (Method::DELETE, "/accounts"),
    ] {
        refused(&ben, method.clone(), &format!("{path}{part}"), With::default(), 404).await;
        for id in NO_IDS {
            refused(&ada, method.clone(), &format!("/api/v1/lists/{id}{part}"), With::default(), 404).await;
        }
    }
    for id in NO_IDS {
        refused(&ada, Method::GET, &format!("/api/v1/timelines/list/{id}"), With::default(), 404).await;
    }
    refused(&ben, Method::GET, &format!("/api/v1/timelines/list/{id}"), With::default(), 404).await;
    assert_eq!(ben.get("/api/v1/lists").await.expect(200).list().len(), 0);
    let reader = ada.with_scopes("read:lists").await;
    reader.get(&path).await.expect(200);
    refused(&reader, Method::DELETE, &path, With::default(), 403).await;
    refused(&ada.with_scopes("read:statuses").await, Method::GET, &path, With::default(), 403).await;
    acme.get("/api/v1/lists").await.expect(401);

    ada.delete(&path).await.expect(200);
    refused(&ada, Method::DELETE, &path, With::default(), 404).await;
    for n in 0..50 {
        make(&ada, json!({"title": format!("List {n}")})).await;
    }
    refused(&ada, Method::POST, "/api/v1/lists", body(json!({"title": "One more"})), 422).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_followed_and_go_when_they_are_not() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let mut others = Vec::new();
    for name in ["ben", "cleo", "dan", "eve"] {
        others.push(acme.register(name).await);
        ada.follow(&format!("@{name}")).await;
    }
    let [ben, cleo, dan, eve] = [&others[0], &others[1], &others[2], &others[3]];
    let stranger = acme.register("stranger").await;
    let list = make(&ada, json!({"title": "Friends"})).await;
    let path = format!("/api/v1/lists/{list}/accounts");
    put_on(&ada, &list, &[ben.id(), cleo.id()]).await.expect(200);
    let form = [("account_ids[]", dan.id()), ("account_ids[]", eve.id()), ("account_ids[]", ada.id())];
    let form = form.each_ref().map(|(key, id)| (*key, id.as_str()));
    ada.post_form(&path, &form).await.expect(200);
    let all: BTreeSet<String> = [ben, cleo, dan, eve, &ada].map(Person::id).into();
    assert_eq!(members(&ada, &list).await.into_iter().collect::<BTreeSet<_>>(), all);
    // All or none.
    refused(&ada, Method::POST, &path, body(json!({"account_ids": [stranger.id()]})), 422).await;
    refused(&ada, Method::POST, &path, body(json!({"account_ids": [ben.id()]})), 422).await;
    refused(&ada, Method::POST, &path, body(json!({"account_ids": ["1"]})), 404).await;
    refused(&ada, Method::POST, &path, body(json!({"account_ids": ["x"]})), 400).await;

    let first = ada.get(&format!("{path}?limit=2")).await.expect(200);
    let second = ada.get(&first.link("next").unwrap()).await.expect(200);
    let third = ada.get(&second.link("next").unwrap()).await.expect(200);
    let paged: Vec<String> = [first.ids(), second.ids(), third.ids()].concat();
    assert_eq!(paged, members(&ada, &list).await);
    let everyone = ada.get(&format!("{path}?limit=0")).await.expect(200);
    assert_eq!((everyone.ids(), everyone.link("next")), (paged, None));
    let lists = format!("/api/v1/accounts/{}/lists", ben.id());
    assert_eq!(ada.get(&lists).await.expect(200).ids(), [list.as_str()]);
    assert_eq!(ben.get(&lists).await.expect(200).ids(), Vec::<String>::new());
    refused(&ada, Method::GET, "/api/v1/accounts/1/lists", With::default(), 404).await;

    ada.delete(&format!("{path}?account_ids[]={}&account_ids[]=1", ada.id())).await.expect(200);
    ada.send(Method::DELETE, &path, body(json!({"account_ids": [eve.id()]}))).await.expect(200);
    assert_eq!(members(&ada, &list).await.len(), 3);
    ada.post(&format!("/api/v1/accounts/{}/unfollow", ben.id()), json!({})).await.expect(200);
    cleo.post(&format!("/api/v1/accounts/{}/block", ada.id()), json!({})).await.expect(200);
    assert_eq!(members(&ada, &list).await, [dan.id()]);
    ada.post(&format!("/api/v1/accounts/{}/block", dan.id()), json!({})).await.expect(200);
    assert_eq!(members(&ada, &list).await, Vec::<String>::new());
    // Following again does not put somebody back.
    ada.follow("@ben").await;
    assert_eq!(ada.get(&lists).await.expect(200).ids(), Vec::<String>::new());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_shows_its_members_and_replies_as_it_says() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    let (dan, stranger) = (acme.register("dan").await, acme.register("stranger").await);
    for name in ["ben", "cleo", "dan"] {
        ada.follow(&format!("@{name}")).await;
    }
    let list = make(&ada, json!({"title": "Two"})).await;
    put_on(&ada, &list, &[ben.id(), cleo.id()]).await.expect(200);
    let id = |post: &Value| post["id"].clone();
    let (adas, cleos) = (ada.post_status("By Ada").await, cleo.post_status("By Cleo").await);
    let (dans, strangers) = (dan.post_status("By Dan").await, stranger.post_status("By a stranger").await);
    ben.post_status_with(json!({"status": "Followers", "visibility": "private"})).await;
    ben.post_status_with(json!({"status": "@ada Message", "visibility": "direct"})).await;
    for (post, text) in [(&adas, "To Ada"), (&cleos, "To Cleo"), (&dans, "To Dan"), (&strangers, "To a stranger")] {
        ben.post_status_with(json!({"status": text, "in_reply_to_id": id(post)})).await;
    }
    let path = format!("/api/v1/lists/{list}");
    for (policy, replies) in [
        ("none", vec!["To Ada"]),
        ("list", vec!["To Cleo", "To Ada"]),
        ("followed", vec!["To Dan", "To Cleo", "To Ada"]),
    ] {
        ada.put(&path, json!({"replies_policy": policy})).await.expect(200);
        let expected: Vec<&str> = replies.into_iter().chain(["Followers", "By Cleo"]).collect();
        assert_eq!(texts(&ada, &list).await, expected, "{policy}");
    }
    let page = format!("/api/v1/timelines/list/{list}?limit=2");
    let first = ada.get(&page).await.expect(200);
    assert_eq!((first.list().len(), first.link("next").is_some()), (2, true));
    let second = ada.get(&first.link("next").unwrap()).await.expect(200);
    assert_eq!(plain(second[0]["content"].as_str().unwrap()), "To Ada");
    // The list shows what Ada may see, and whom she wants to see.
    ada.post(&format!("/api/v1/accounts/{}/mute", ben.id()), json!({})).await.expect(200);
    assert_eq!(texts(&ada, &list).await, ["By Cleo"]);
    refused(&ada.with_scopes("read:statuses").await, Method::GET, &page, With::default(), 403).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exclusive_list_keeps_its_members_off_home() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    for name in ["ben", "cleo"] {
        ada.follow(&format!("@{name}")).await;
    }
    ada.post_status("By Ada").await;
    ben.post_status("By Ben").await;
    cleo.post_status("By Cleo").await;
    let list = make(&ada, json!({"title": "Apart"})).await;
    put_on(&ada, &list, &[ben.id(), ada.id()]).await.expect(200);
    assert_eq!(ada.home_texts().await, ["By Cleo", "By Ben", "By Ada"]);
    let path = format!("/api/v1/lists/{list}");
    ada.put(&path, json!({"exclusive": true})).await.expect(200);
    // One's own posts stay.
    assert_eq!(ada.home_texts().await, ["By Cleo", "By Ada"]);
    assert_eq!(texts(&ada, &list).await, ["By Ben", "By Ada"]);
    // Another's list is no matter of hers.
    let other = make(&ben, json!({"title": "Ben's", "exclusive": true})).await;
    ben.follow("@cleo").await;
    put_on(&ben, &other, &[cleo.id()]).await.expect(200);
    assert_eq!(ada.home_texts().await, ["By Cleo", "By Ada"]);
    ada.delete(&path).await.expect(200);
    assert_eq!(ada.home_texts().await, ["By Cleo", "By Ben", "By Ada"]);
    world.finish().await;
}
