//! Following, being followed, and asking to.

use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused, refused_with_token};
use crate::support::{Person, With, World};

async fn standing(person: &Person, to: &Person) -> Value {
    let found = person.get(&format!("/api/v1/accounts/relationships?id[]={}", to.id())).await.expect(200);
    found[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_holds_until_it_is_taken_back() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let path = format!("/api/v1/accounts/{}", ben.id());
    for _ in 0..2 {
        let followed = ada.post(&format!("{path}/follow"), json!({})).await.expect(200);
        assert_eq!((&followed["following"], &followed["requested"]), (&json!(true), &json!(false)));
    }
    assert_eq!(standing(&ben, &ada).await["followed_by"], true);
    assert_eq!(ben.get("/api/v1/notifications").await.expect(200).list().len(), 1);
    let quiet = ada.post(&format!("{path}/follow"), json!({"reblogs": false, "notify": true})).await.expect(200);
    assert_eq!((&quiet["showing_reblogs"], &quiet["notifying"]), (&json!(false), &json!(true)));
    for _ in 0..2 {
        assert_eq!(ada.post(&format!("{path}/unfollow"), json!({})).await.expect(200)["following"], false);
    }
    ada.post(&format!("{path}/follow"), json!({})).await.expect(200);
    let removed =
        ben.post(&format!("/api/v1/accounts/{}/remove_from_followers", ada.id()), json!({})).await.expect(200);
    assert_eq!(removed["followed_by"], false);
    assert_eq!(standing(&ada, &ben).await["following"], false);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_waits_for_an_answer() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    ada.patch("/api/v1/accounts/update_credentials", json!({"locked": true})).await.expect(200);
    for person in [&ben, &cleo] {
        let asked = person.follow("@ada").await;
        assert_eq!((&asked["following"], &asked["requested"]), (&json!(false), &json!(true)));
    }
    assert_eq!(standing(&ada, &ben).await["requested_by"], true);
    assert_eq!(ada.get("/api/v1/accounts/verify_credentials").await.expect(200)["source"]["follow_requests_count"], 2);
    assert_eq!(ada.get("/api/v1/notifications?types[]=follow_request").await.expect(200).list().len(), 2);
    let yes = ada.post(&format!("/api/v1/follow_requests/{}/authorize", ben.id()), json!({})).await.expect(200);
    assert_eq!((&yes["followed_by"], &yes["requested_by"]), (&json!(true), &json!(false)));
    let no = ada.post(&format!("/api/v1/follow_requests/{}/reject", cleo.id()), json!({})).await.expect(200);
    assert_eq!((&no["followed_by"], &no["requested_by"]), (&json!(false), &json!(false)));
    assert!(standing(&cleo, &ada).await["requested"] == false);
    assert!(ada.get("/api/v1/follow_requests").await.expect(200).list().is_empty());
    for answer in ["authorize", "reject"] {
        let path = format!("/api/v1/follow_requests/{}/{answer}", cleo.id());
        refused(&ada, Method::POST, &path, With::default(), 404).await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_followed_is_refused() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    refused(&ada, Method::POST, &format!("/api/v1/accounts/{}/follow", ada.id()), With::default(), 403).await;
    for id in NO_IDS {
        for act in ["follow", "unfollow", "remove_from_followers"] {
            refused(&ada, Method::POST, &format!("/api/v1/accounts/{id}/{act}"), With::default(), 404).await;
        }
        for act in ["authorize", "reject"] {
            refused(&ada, Method::POST, &format!("/api/v1/follow_requests/{id}/{act}"), With::default(), 404).await;
        }
    }
    let path = format!("/api/v1/accounts/{}/follow", ben.id());
    let with = With { json: Some(json!({"reblogs": "perhaps"})), ..With::default() };
    refused(&ada, Method::POST, &path, with, 400).await;
    refused(&ada.with_scopes("read").await, Method::POST, &path, With::default(), 403).await;
    refused_with_token(acme, Method::POST, &path, With::default(), 401).await;
    ada.with_scopes("follow").await.post(&path, json!({})).await.expect(200);
    let odd = format!("/api/v1/accounts/relationships?id[]=abc&id[]=-1&id[]=1&id={}", ben.id());
    assert_eq!(ada.get(&odd).await.expect(200).list().len(), 1);
    assert!(ada.get("/api/v1/accounts/relationships").await.expect(200).list().is_empty());
    acme.get(&odd).await.expect(401);
    world.finish().await;
}
