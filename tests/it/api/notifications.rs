//! What people are told of.

use reqwest::Method;
use serde_json::json;

use super::reports::staff;
use super::{NO_IDS, refused, refused_with_token};
use crate::support::{With, World};

#[tokio::test(flavor = "multi_thread")]
async fn notifications_are_read_one_by_one_and_cleared() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ben.follow("@ada").await;
    let post = ben.post_status("Hello @ada").await;
    let list = ada.get("/api/v1/notifications").await.expect(200);
    let kinds: Vec<&str> = list.list().iter().map(|told| told["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["mention", "follow"]);
    assert_eq!(list[0]["status"]["id"], post["id"]);
    assert_eq!(list[0]["account"]["id"], ben.id());
    let ids = list.ids();
    assert_eq!(ada.get(&format!("/api/v1/notifications/{}", ids[0])).await.expect(200)["type"], "mention");
    assert_eq!(ada.get("/api/v1/notifications/unread_count").await.expect(200)["count"], 2);
    ada.post("/api/v1/markers", json!({"notifications": {"last_read_id": ids[1]}})).await.expect(200);
    assert_eq!(ada.get("/api/v1/notifications/unread_count").await.expect(200)["count"], 1);
    ben.get(&format!("/api/v1/notifications/{}", ids[0])).await.expect(404);
    ben.post(&format!("/api/v1/notifications/{}/dismiss", ids[0]), json!({})).await;
    assert_eq!(ada.get("/api/v1/notifications").await.expect(200).ids(), ids, "nobody dismisses what others were told");
    ada.post(&format!("/api/v1/notifications/{}/dismiss", ids[0]), json!({})).await.expect(200);
    assert_eq!(ada.get("/api/v1/notifications").await.expect(200).ids(), ids[1..]);
    ada.post("/api/v1/notifications/clear", json!({})).await.expect(200);
    assert!(ada.get("/api/v1/notifications").await.expect(200).list().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_is_no_longer_told() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let mention = ben.post_status("Hello @ada").await;
    ben.follow("@ada").await;
    let mine = ada.post_status("Mine").await;
    let path = format!("/api/v1/statuses/{}", mine["id"].as_str().unwrap());
    ben.post(&format!("{path}/favourite"), json!({})).await.expect(200);
    ben.post(&format!("{path}/reblog"), json!({})).await.expect(200);
    assert_eq!(ada.get("/api/v1/notifications").await.expect(200).list().len(), 4);
    ben.post(&format!("{path}/unfavourite"), json!({})).await.expect(200);
    ben.post(&format!("{path}/unreblog"), json!({})).await.expect(200);
    ben.post(&format!("/api/v1/accounts/{}/unfollow", ada.id()), json!({})).await.expect(200);
    ben.delete(&format!("/api/v1/statuses/{}", mention["id"].as_str().unwrap())).await.expect(200);
    assert!(ada.get("/api/v1/notifications").await.expect(200).list().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notifications_need_their_scope() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ben.follow("@ada").await;
    let other = ada.with_scopes("read:statuses write:statuses").await;
    let id = ada.get("/api/v1/notifications").await.expect(200).ids()[0].clone();
    for path in ["/api/v1/notifications", "/api/v1/notifications/unread_count", &format!("/api/v1/notifications/{id}")]
    {
        other.get(path).await.expect(403);
        acme.get(path).await.expect(401);
    }
    for path in ["/api/v1/notifications/clear", &format!("/api/v1/notifications/{id}/dismiss")] {
        refused(&other, Method::POST, path, With::default(), 403).await;
        refused_with_token(acme, Method::POST, path, With::default(), 401).await;
    }
    for id in NO_IDS {
        ada.get(&format!("/api/v1/notifications/{id}")).await.expect(404);
    }
    ada.get("/api/v1/notifications?account_id=abc").await.expect(400);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_look_after_the_instance_are_told_who_came_and_who_was_reported() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (boss, ben, mal) = (staff(acme, "boss", "admin").await, acme.register("ben").await, acme.register("mal").await);
    let client = acme.app_token("write:accounts").await;
    for name in ["cyd", "dan"] {
        let person = json!({
            "username": name, "email": format!("{name}@people.test"), "password": "learn together", "agreement": true,
            "locale": "en",
        });
        let with = With { token: Some(&client), json: Some(person), ..With::default() };
        acme.send(Method::POST, "/api/v1/accounts", with).await.expect(200);
        // One after the other, so that the later one is told of later.
        world.settle().await;
    }
    let report = json!({"account_id": mal.id(), "comment": "spam!", "category": "spam"});
    let report = ben.post("/api/v1/reports", report).await.expect(200);
    ben.post("/api/v1/reports", json!({"account_id": mal.id(), "comment": "again"})).await.expect(200);
    let told = boss.get("/api/v1/notifications").await.expect(200);
    let kinds: Vec<&str> = told.list().iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["admin.report", "admin.report", "admin.sign_up", "admin.sign_up"]);
    assert_eq!(told[1]["account"]["id"], ben.id());
    assert_eq!((&told[1]["report"]["id"], &told[1]["report"]["comment"]), (&report["id"], &json!("spam!")));
    assert_eq!(told[1]["report"]["target_account"]["id"], mal.id());
    assert_eq!(told[2]["account"]["username"], "dan");
    let page = boss.get("/api/v2/notifications").await.expect(200);
    let counts: Vec<_> =
        page["notification_groups"].as_array().unwrap().iter().map(|one| &one["notifications_count"]).collect();
    assert_eq!(counts, [1, 1, 2], "those who came are one group");
    assert_eq!(page["notification_groups"][1]["report"]["id"], report["id"]);
    // Once somebody has dealt with it, it says so.
    let scopes = "read write admin:read admin:write";
    let resolve = format!("/api/v1/admin/reports/{}/resolve", report.text("id"));
    boss.with_scopes(scopes).await.post(&resolve, json!({})).await.expect(200);
    let told = boss.get("/api/v1/notifications").await.expect(200);
    assert_eq!(told[1]["report"]["action_taken"], true);
    assert!(told[1]["report"]["action_taken_at"].is_string() && told[0]["report"]["action_taken_at"].is_null());
    // Nobody else is told; nor is somebody who no longer looks after it, of reports.
    for person in [&ben, &mal] {
        assert!(person.get("/api/v1/notifications").await.expect(200).list().is_empty());
    }
    acme.sql(&format!("UPDATE users SET role = 'user' WHERE account_id = {}", boss.id())).await;
    let told = boss.get("/api/v1/notifications").await.expect(200);
    assert!(told.list().iter().all(|one| one["type"] == "admin.sign_up"), "{}", told.body);
    world.finish().await;
}
