//! Announcements: what everyone of an instance is told.

use chrono::TimeDelta;
use pollen::announcements::ops::{self, Draft};
use pollen::announcements::{Announcement, MOST_REACTIONS};
use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused, refused_with_token};
use crate::support::{Browser, Instance, With, World};

const ANNOUNCEMENTS: &str = "/api/v1/announcements";

/// As `pollen admin announcement create` does it.
async fn announce(acme: &Instance, draft: Draft) -> Announcement {
    ops::announce(&acme.app, draft).await.unwrap()
}

fn draft(text: &str) -> Draft {
    Draft { text: text.into(), ..Draft::default() }
}

fn encoded(emoji: &str) -> String {
    url::form_urlencoded::byte_serialize(emoji.as_bytes()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_is_told_and_may_put_it_away() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let mut stream = acme.listen(&ada.token, "user").await;
    let now = acme.app.now();
    let party = Draft {
        text: "Summer party <soon> #Fun https://acme.test/party".into(),
        starts_at: Some(now + TimeDelta::days(1)),
        ends_at: Some(now + TimeDelta::days(2)),
        all_day: true,
    };
    let party = announce(acme, party).await;
    let told = stream.expect("announcement").await;
    assert_eq!(told["id"], party.id.to_string());
    assert!(told["read"].is_null(), "it is told to all alike");
    let list = ada.get(ANNOUNCEMENTS).await.expect(200);
    assert_eq!(list.ids(), [party.id.to_string()]);
    assert!(list[0]["content"].as_str().unwrap().starts_with("<p>Summer party &lt;soon&gt; <a "), "{}", list.body);
    assert_eq!(list[0]["tags"][0]["name"], "fun");
    assert_eq!((&list[0]["all_day"], &list[0]["read"]), (&json!(true), &json!(false)));
    announce(acme, draft("Another")).await;
    assert_eq!(ada.get(ANNOUNCEMENTS).await.expect(200).list().len(), 2);

    ada.post(&format!("{ANNOUNCEMENTS}/{}/dismiss", party.id), json!({})).await.expect(200);
    ada.post(&format!("{ANNOUNCEMENTS}/{}/dismiss", party.id), json!({})).await.expect(200);
    assert_eq!(ada.get(ANNOUNCEMENTS).await.expect(200).list().len(), 1);
    assert_eq!(ben.get(ANNOUNCEMENTS).await.expect(200).list().len(), 2, "for oneself");
    let all = ada.get(&format!("{ANNOUNCEMENTS}?with_dismissed=true")).await.expect(200);
    let read: Vec<&Value> = all.list().iter().map(|one| &one["read"]).collect();
    assert_eq!(read, [&json!(false), &json!(true)]);
    // It is over when its last day is.
    world.advance(TimeDelta::hours(60)).await;
    assert_eq!(ben.get(ANNOUNCEMENTS).await.expect(200).list().len(), 2);
    world.advance(TimeDelta::hours(20)).await;
    assert_eq!(ben.get(ANNOUNCEMENTS).await.expect(200).list().len(), 1);
    ben.post(&format!("{ANNOUNCEMENTS}/{}/dismiss", party.id), json!({})).await.expect(404);
    ben.put(&format!("{ANNOUNCEMENTS}/{}/reactions/{}", party.id, encoded("🎉")), json!({})).await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_react_with_emoji() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let row = announce(acme, draft("Good news")).await;
    let mut stream = acme.listen(&ben.token, "user").await;
    let path = |emoji: &str| format!("{ANNOUNCEMENTS}/{}/reactions/{}", row.id, encoded(emoji));
    let told = |count: i64| json!({"announcement_id": row.id.to_string(), "name": "🎉", "count": count});
    for _ in 0..2 {
        ada.put(&path("🎉"), json!({})).await.expect(200);
    }
    assert_eq!(stream.expect("announcement.reaction").await, told(1));
    ben.put(&path("🎉"), json!({})).await.expect(200);
    assert_eq!(stream.expect("announcement.reaction").await, told(2));
    ben.put(&path("❤️"), json!({})).await.expect(200);
    stream.expect("announcement.reaction").await;
    let seen = ada.get(ANNOUNCEMENTS).await.expect(200)[0]["reactions"].clone();
    let one = |name: &str, count: i64, me: bool| json!({"name": name, "count": count, "me": me, "url": null, "static_url": null});
    assert_eq!(seen, json!([one("🎉", 2, true), one("❤️", 1, false)]));
    ada.delete(&path("🎉")).await.expect(200);
    assert_eq!(stream.expect("announcement.reaction").await, told(1));
    ada.delete(&path("🎉")).await.expect(404);
    ben.delete(&path("🎉")).await.expect(200);
    assert_eq!(stream.expect("announcement.reaction").await, told(0));

    // No word is an emoji, and there are so many at most; all may join in those that there are.
    for wrong in ["a", "tada", "🎉🎉", "1"] {
        refused(&ada, Method::PUT, &path(wrong), With::default(), 422).await;
    }
    for emoji in ["😀", "😁", "😂", "😃", "😄", "😅", "😆"] {
        ada.put(&path(emoji), json!({})).await.expect(200);
    }
    assert_eq!(MOST_REACTIONS, 8);
    refused(&ben, Method::PUT, &path("😇"), With::default(), 422).await;
    ben.put(&path("😀"), json!({})).await.expect(200);
    for _ in 0..8 {
        stream.expect("announcement.reaction").await;
    }
    ops::withdraw(&acme.app, row.id).await.unwrap();
    assert_eq!(stream.expect("announcement.delete").await, json!(row.id.0));
    assert!(ada.get(ANNOUNCEMENTS).await.expect(200).list().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn announcements_are_for_those_who_are_signed_in() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let row = announce(acme, draft("Only for us")).await;
    acme.get(ANNOUNCEMENTS).await.expect(401);
    let client = acme.app_token("read write").await;
    acme.send(Method::GET, ANNOUNCEMENTS, With { token: Some(&client), ..With::default() }).await.expect(401);
    // Any token of somebody's will do to read.
    let other = ada.with_scopes("read:lists").await;
    assert_eq!(other.get(ANNOUNCEMENTS).await.expect(200).list().len(), 1);
    for (method, path) in [
        (Method::POST, format!("{ANNOUNCEMENTS}/{}/dismiss", row.id)),
        (Method::PUT, format!("{ANNOUNCEMENTS}/{}/reactions/{}", row.id, encoded("🎉"))),
        (Method::DELETE, format!("{ANNOUNCEMENTS}/{}/reactions/{}", row.id, encoded("🎉"))),
    ] {
        refused(&other, method.clone(), &path, With::default(), 403).await;
        refused_with_token(acme, method.clone(), &path, With::default(), 401).await;
        for id in NO_IDS {
            let path = path.replace(&row.id.to_string(), id);
            refused(&ada, method.clone(), &path, With::default(), 404).await;
        }
    }
    for wrong in [draft(" "), draft(&"x".repeat(5001))] {
        ops::announce(&acme.app, wrong).await.unwrap_err();
    }
    let past = Draft { ends_at: Some(acme.app.now() - TimeDelta::days(1)), ..draft("Late") };
    ops::announce(&acme.app, past).await.unwrap_err();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_and_what_an_announcement_names_is_told_with_it() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let cara = world.peer("peer.test").actor("cara");
    let known = ben.resolve(&cara.handle()).await;
    let open = ada.post_status("How to book a room").await;
    let closed = ada.post_status_with(json!({"status": "For us", "visibility": "private"})).await;
    let (page, uri, secret) = (&open["url"], open["uri"].as_str().unwrap(), closed["url"].as_str().unwrap());
    let boost = ben.post(&format!("/api/v1/statuses/{}/reblog", open["id"].as_str().unwrap()), json!({})).await;
    let text = format!(
        "Ask @ada, @ada@acme.test or {}, not @nobody or @dora@peer.test. Read {} or {uri}, not {secret}, {} or https://else.test/@ada/1",
        cara.handle(),
        page.as_str().unwrap(),
        boost.expect(200).text("uri"),
    );
    let mut stream = acme.listen(&ben.token, "user").await;
    announce(acme, draft(&text)).await;
    let told = stream.expect("announcement").await;
    let list = ben.get(ANNOUNCEMENTS).await.expect(200);
    for seen in [&told, &list[0]] {
        let mentions = json!([
            {"id": ada.id(), "username": "ada", "acct": "ada", "url": "http://acme.test/@ada"},
            {"id": known["id"], "username": "cara", "acct": "cara@peer.test", "url": known["url"]},
        ]);
        assert_eq!(seen["mentions"], mentions);
        assert_eq!(seen["statuses"], json!([{"id": open["id"], "url": page}]));
    }
    let content = list[0]["content"].as_str().unwrap();
    assert_eq!(content.matches("class=\"u-url mention\">@<span>").count(), 3, "{content}");
    assert!(content.contains("not @nobody or @dora@peer.test"), "{content}");
    assert_eq!(
        world.peer("peer.test").asked().iter().filter(|path| path.contains("dora")).count(),
        0,
        "nobody is asked"
    );
    let home = Browser::of(&ben).await.get("/").await.expect(200).body;
    assert!(home.contains("href=\"http://acme.test/@ada\" class=\"u-url mention\""), "{home}");

    // Who may not see a post any more is not told of it, and what is gone is told to nobody.
    ada.post(&format!("/api/v1/accounts/{}/block", ben.id()), json!({})).await.expect(200);
    assert_eq!(ben.get(ANNOUNCEMENTS).await.expect(200)[0]["statuses"], json!([]));
    assert_eq!(ada.get(ANNOUNCEMENTS).await.expect(200)[0]["statuses"].as_array().unwrap().len(), 1);
    ada.delete(&format!("/api/v1/statuses/{}", open["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(ada.get(ANNOUNCEMENTS).await.expect(200)[0]["statuses"], json!([]));
    world.finish().await;
}
