//! Pins: what somebody shows first of their own posts.

use reqwest::Method;
use serde_json::{Value, json};

use super::refused;
use crate::support::{Answer, Person, With, World};

const ACME: &str = "acme.test";

async fn act(person: &Person, post: &Value, what: &str) -> Value {
    let path = format!("/api/v1/statuses/{}/{what}", post["id"].as_str().unwrap());
    person.post(&path, json!({})).await.expect(200).json
}

async fn refused_pin(person: &Person, post: &Value) -> Answer {
    let path = format!("/api/v1/statuses/{}/pin", post["id"].as_str().unwrap());
    refused(person, Method::POST, &path, With::default(), 422).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pinned_stands_first_for_those_who_may_see_it() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ben.follow("@ada").await;
    let mut posts = Vec::new();
    for visibility in ["public", "unlisted", "private"] {
        posts.push(ada.post_status_with(json!({"status": "Look", "visibility": visibility})).await);
    }
    for post in [&posts[1], &posts[2], &posts[0]] {
        assert_eq!(act(&ada, post, "pin").await["pinned"], true);
    }
    act(&ada, &posts[1], "pin").await;
    let list = format!("/api/v1/accounts/{}/statuses?pinned=true", ada.id());
    let ids = |order: &[usize]| order.iter().map(|n| posts[*n]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(ada.get(&list).await.expect(200).ids(), ids(&[0, 2, 1]));
    assert_eq!(ben.get(&list).await.expect(200).ids(), ids(&[0, 2, 1]));
    let strangers = acme.get(&list).await.expect(200);
    assert_eq!(strangers.ids(), ids(&[0, 1]));
    assert_eq!(ben.get(&list).await.expect(200)[0]["pinned"], false, "the pin is Ada's");
    let featured = acme.get_activity("/users/ada/collections/featured").await.expect(200);
    assert_eq!(featured["orderedItems"], json!([posts[0]["uri"], posts[1]["uri"]]));
    assert_eq!(featured["totalItems"], 2);
    assert_eq!(act(&ada, &posts[0], "unpin").await["pinned"], false);
    act(&ada, &posts[0], "unpin").await;
    ada.delete(&format!("/api/v1/statuses/{}", posts[1]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(ada.get(&list).await.expect(200).ids(), ids(&[2]));
    assert!(acme.get(&list).await.expect(200).list().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_pinned_is_refused() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let bens = ben.post_status("Ben's").await;
    assert!(refused_pin(&ada, &bens).await.text("error").contains("Someone else's"));
    let direct = ada.post_status_with(json!({"status": "@ben psst", "visibility": "direct"})).await;
    assert!(refused_pin(&ada, &direct).await.text("error").contains("only visible to mentioned"));
    let boost = act(&ada, &bens, "reblog").await;
    assert!(refused_pin(&ada, &boost).await.text("error").contains("boost"));
    let mut posts = Vec::new();
    for n in 0..8 {
        posts.push(ada.post_status(&format!("Post {n}")).await);
    }
    let at_once = posts.iter().map(|post| {
        let path = format!("/api/v1/statuses/{}/pin", post["id"].as_str().unwrap());
        let ada = ada.clone();
        async move { ada.post(&path, json!({})).await.status }
    });
    let answers = futures_util::future::join_all(at_once).await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 5, "{answers:?}");
    let sixth = &posts[answers.iter().position(|status| *status == 422).unwrap()];
    assert!(refused_pin(&ada, sixth).await.text("error").contains("maximum number"));
    let said = acme.get("/api/v2/instance").await.expect(200);
    assert_eq!(said["configuration"]["accounts"]["max_pinned_statuses"], 5);
    world.finish().await;
}
