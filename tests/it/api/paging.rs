//! Lists are turned page by page, by their `Link` headers, in both directions.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{Instance, Person, World};

/// All ids of a list, by walking it down from its newest page.
async fn down(person: &Person, path: &str) -> Vec<String> {
    follow(person, path.to_owned(), "next").await.concat()
}

/// All ids of a list, newest first, by walking it up from its oldest page.
async fn up(person: &Person, path: &str) -> Vec<String> {
    let join = if path.contains('?') { '&' } else { '?' };
    let mut pages = follow(person, format!("{path}{join}min_id=0"), "prev").await;
    pages.reverse();
    pages.concat()
}

async fn follow(person: &Person, first: String, rel: &str) -> Vec<Vec<String>> {
    let (mut pages, mut next) = (Vec::new(), Some(first));
    while let Some(path) = next {
        let page = person.get(&path).await.expect(200);
        if page.list().is_empty() {
            assert_eq!(page.header("link"), "", "an empty page leads nowhere");
            break;
        }
        assert!(page.list().len() <= 2, "{path} keeps to its limit");
        next = page.link(rel);
        assert!(next.is_some(), "{path} has no {rel}");
        pages.push(page.ids());
        assert!(pages.len() < 50, "{path} does not end");
    }
    pages
}

/// Walks a list both ways; each item comes once, and in the same order.
async fn walk(person: &Person, path: &str, expected: usize) -> Vec<String> {
    let found = down(person, path).await;
    assert_eq!(found.len(), expected, "{path}: {found:?}");
    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), expected, "{path} shows something twice: {found:?}");
    assert_eq!(up(person, path).await, found, "{path}, upwards");
    found
}

async fn people(acme: &Instance, count: usize) -> Vec<Person> {
    let mut people = Vec::new();
    for number in 0..count {
        people.push(acme.register(&format!("person{number}")).await);
    }
    people
}

#[tokio::test(flavor = "multi_thread")]
async fn timelines_show_each_post_once() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ada.follow("@ben").await;
    let mut posts = Vec::new();
    for number in 0..5 {
        let author = if number % 2 == 0 { &ada } else { &ben };
        posts.push(author.post_status(&format!("Number {number} #walk")).await["id"].as_str().unwrap().to_owned());
    }
    posts.reverse();
    for path in [
        "/api/v1/timelines/home?limit=2",
        "/api/v1/timelines/public?limit=2",
        "/api/v1/timelines/public?local=true&limit=2",
        "/api/v1/timelines/tag/walk?limit=2",
    ] {
        assert_eq!(walk(&ada, path, 5).await, posts, "{path}");
    }
    walk(&ada, &format!("/api/v1/accounts/{}/statuses?limit=2", ada.id()), 3).await;
    walk(&ada, &format!("/api/v1/accounts/{}/statuses?exclude_replies=true&exclude_reblogs=true&limit=2", ada.id()), 3)
        .await;
    // Bounds leave out what they name; `since_id` shows the newest, `min_id` the next.
    let ids = async |query: &str| ada.get(&format!("/api/v1/timelines/home?{query}")).await.expect(200).ids();
    assert_eq!(ids(&format!("max_id={}", posts[1])).await, posts[2..]);
    assert_eq!(ids(&format!("since_id={}&limit=2", posts[4])).await, posts[..2]);
    assert_eq!(ids(&format!("min_id={}&limit=2", posts[4])).await, posts[2..4]);
    assert_eq!(ids(&format!("max_id={}&since_id={}", posts[0], posts[3])).await, posts[1..3]);
    for odd in
        ["max_id=abc", "limit=abc", "limit=100000", "max_id=", "min_id=&since_id=", "max_id=99999999999999999999999"]
    {
        assert_eq!(ids(odd).await, posts, "{odd}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_stable_while_posts_arrive() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    let mut posts = Vec::new();
    for number in 0..5 {
        posts.push(ada.post_status(&format!("Old {number}")).await["id"].as_str().unwrap().to_owned());
    }
    posts.reverse();
    let (mut seen, mut next) = (Vec::new(), Some("/api/v1/timelines/home?limit=2".to_owned()));
    let mut first = None;
    while let Some(path) = next {
        let page = ada.get(&path).await.expect(200);
        seen.extend(page.ids());
        ada.post_status("New").await;
        next = page.link("next");
        first = first.or(page.link("prev"));
    }
    assert_eq!(seen, posts, "what is new does not move what is old");
    // What came since is found upwards from where the walk began, each once.
    let mut since = follow(&ada, first.unwrap(), "prev").await;
    since.reverse();
    let since = since.concat();
    assert_eq!(since.len(), 4);
    assert!(since.iter().all(|id| !posts.contains(id)));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn favourites_and_notifications_show_each_once() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let mut posts = Vec::new();
    for number in 0..5 {
        posts.push(ben.post_status(&format!("Number {number} for @ada")).await["id"].as_str().unwrap().to_owned());
    }
    // Favourites are in the order of the liking, not of the posts.
    let order = [3, 0, 4, 1, 2];
    for index in order {
        ada.post(&format!("/api/v1/statuses/{}/favourite", posts[index]), json!({})).await.expect(200);
    }
    let liked: Vec<String> = order.iter().rev().map(|index| posts[*index].clone()).collect();
    assert_eq!(walk(&ada, "/api/v1/favourites?limit=2", 5).await, liked);
    walk(&ada, "/api/v1/notifications?limit=2", 5).await;
    walk(&ada, "/api/v1/notifications?types[]=mention&limit=2", 5).await;
    walk(&ada, &format!("/api/v1/notifications?account_id={}&limit=2", ben.id()), 5).await;
    walk(&ada, "/api/v1/notifications?exclude_types[]=mention&limit=2", 0).await;
    walk(&ben, "/api/v1/notifications?limit=2", 5).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn followers_and_requests_show_each_once() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, cleo) = (acme.register("ada").await, acme.register("cleo").await);
    cleo.patch("/api/v1/accounts/update_credentials", json!({"locked": true})).await.expect(200);
    for person in people(acme, 5).await {
        person.follow("@ada").await;
        ada.follow(&person.handle()).await;
        person.follow("@cleo").await;
    }
    let id = ada.id();
    walk(&ada, &format!("/api/v1/accounts/{id}/followers?limit=2"), 5).await;
    walk(&ada, &format!("/api/v1/accounts/{id}/following?limit=2"), 5).await;
    walk(&cleo, "/api/v1/follow_requests?limit=2", 5).await;
    // Who follows whom is nobody else's business.
    walk(&cleo, &format!("/api/v1/accounts/{id}/followers?limit=2"), 0).await;
    walk(&cleo, &format!("/api/v1/accounts/{id}/following?limit=2"), 0).await;
    world.finish().await;
}
