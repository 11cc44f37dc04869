//! Collections of accounts that somebody recommends, and the consent of those who are in them.

use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused, refused_with_token};
use crate::support::{Person, With, World};

const ACME: &str = "acme.test";
const ALL: &str = "/api/v1/collections";

fn with(json: Value) -> With<'static> {
    With { json: Some(json), ..With::default() }
}

/// A collection of somebody's with these people in it; its entity.
async fn made(by: &Person, name: &str, members: &[&Person]) -> Value {
    let ids: Vec<String> = members.iter().map(|person| person.id()).collect();
    let made = by.post(ALL, json!({"name": name, "account_ids": ids})).await.expect(200);
    made["collection"].clone()
}

fn path(collection: &Value) -> String {
    format!("{ALL}/{}", collection["id"].as_str().unwrap())
}

/// Who is in a collection, as somebody sees it.
async fn members(person: &Person, collection: &Value) -> Vec<String> {
    let seen = person.get(&path(collection)).await.expect(200);
    let items = seen["collection"]["items"].as_array().unwrap();
    assert_eq!(seen["collection"]["item_count"], items.len());
    assert_eq!(seen["accounts"][0]["id"], seen["collection"]["account_id"]);
    let name = |item: &Value| {
        let account = seen["accounts"].as_array().unwrap().iter().find(|one| one["id"] == item["account_id"]);
        account.unwrap()["username"].as_str().unwrap().to_owned()
    };
    items.iter().map(name).collect()
}

async fn told(person: &Person) -> Vec<Value> {
    let types = "types[]=added_to_collection&types[]=collection_update";
    person.get(&format!("/api/v1/notifications?{types}")).await.expect(200).list().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_is_made_changed_and_taken_away() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cy) = (acme.register("ada").await, acme.register("ben").await, acme.register("cy").await);
    let draft = json!({
        "name": "Nice <people>", "description": "Worth & reading", "language": "en", "tag_name": "#Rust", "sensitive": true,
        "account_ids": [ben.id()],
    });
    let collection = ada.post(ALL, draft).await.expect(200)["collection"].clone();
    assert_eq!((&collection["name"], &collection["language"]), (&json!("Nice <people>"), &json!("en")));
    assert_eq!(collection["description"], "Worth &amp; reading");
    assert_eq!(collection["tag"], json!({"name": "rust", "url": acme.url("/tags/rust")}));
    for (name, value) in [("sensitive", true), ("discoverable", true), ("local", true)] {
        assert_eq!(collection[name], value, "{name}");
    }
    assert_eq!((&collection["account_id"], &collection["item_count"]), (&json!(ada.id()), &json!(1)));
    assert_eq!(
        (&collection["items"][0]["state"], &collection["items"][0]["account_id"]),
        (&json!("accepted"), &json!(ben.id()))
    );

    let added = ada.post(&format!("{}/items", path(&collection)), json!({"account_id": cy.id()})).await.expect(200);
    assert_eq!(added["collection_item"]["state"], "accepted");
    assert_eq!(members(&cy, &collection).await, ["ben", "cy"]);
    let notice = told(&cy).await.remove(0);
    assert_eq!((&notice["type"], &notice["account"]["id"]), (&json!("added_to_collection"), &json!(ada.id())));
    assert_eq!(notice["collection"]["id"], collection["id"]);
    let grouped = cy.get("/api/v2/notifications").await.expect(200);
    assert_eq!(grouped["notification_groups"][0]["collection"]["id"], collection["id"]);

    let changed = ada.patch(&path(&collection), json!({"name": "Good people", "language": ""})).await.expect(200);
    assert_eq!(
        (&changed["collection"]["name"], &changed["collection"]["language"]),
        (&json!("Good people"), &json!(null))
    );
    assert_eq!(changed["collection"]["sensitive"], true, "what is not named stays");
    ada.patch(&path(&collection), json!({"name": "Good folk", "sensitive": false})).await.expect(200);
    let types: Vec<_> = told(&ben).await.iter().map(|one| one["type"].clone()).collect();
    assert_eq!(types, ["collection_update", "added_to_collection"], "of the last change alone");
    ada.put(&path(&collection), json!({"discoverable": false})).await.expect(200);
    assert_eq!(told(&ben).await.len(), 2, "of the name and the description alone");

    let of_ada = format!("/api/v1/accounts/{}/collections", ada.id());
    assert_eq!(ben.get(&of_ada).await.expect(200)["collections"], json!([]), "it is not on the profile");
    assert_eq!(ada.get(&of_ada).await.expect(200)["collections"][0]["id"], collection["id"]);
    assert_eq!(members(&ben, &collection).await.len(), 2, "but may be seen");
    let uri = collection["uri"].as_str().unwrap();
    let found = ben.get(&format!("/api/v2/search?q={uri}")).await.expect(200);
    assert_eq!(found["collections"][0]["id"], collection["id"]);

    ada.delete(&path(&collection)).await.expect(200);
    ada.get(&path(&collection)).await.expect(404);
    assert!(told(&ben).await.is_empty() && told(&cy).await.is_empty());
    world.settle().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn collections_are_reported_with_their_owner() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let collection = made(&ada, "People", &[]).await;
    let report = json!({"account_id": ada.id(), "collection_ids": [collection["id"]]});
    let made = ben.post("/api/v1/reports", report).await.expect(200);
    assert_eq!(made["collection_ids"], json!([collection["id"]]));
    let others = json!({"account_id": ben.id(), "collection_ids": [collection["id"]]});
    refused(&ada, Method::POST, "/api/v1/reports", with(others), 404).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_in_a_collection_who_does_not_want_to() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cy) = (acme.register("ada").await, acme.register("ben").await, acme.register("cy").await);
    let (shy, foe) = (acme.register("shy").await, acme.register("foe").await);
    shy.patch("/api/v1/profile", json!({"discoverable": false})).await.expect(200);
    foe.post(&format!("/api/v1/accounts/{}/block", ada.id()), json!({})).await.expect(200);
    let approval = |account: &Value| account["feature_approval"].clone();
    let seen = ada.get(&format!("/api/v1/accounts/{}", shy.id())).await.expect(200);
    assert_eq!(approval(&seen.json), json!({"automatic": [], "manual": [], "current_user": "denied"}));
    let seen = ada.get(&format!("/api/v1/accounts/{}", ben.id())).await.expect(200);
    assert_eq!(approval(&seen.json), json!({"automatic": ["public"], "manual": [], "current_user": "automatic"}));
    world.settle().await;
    let collection = made(&ada, "People", &[&ben, &cy]).await;
    let items = format!("{}/items", path(&collection));
    for wrong in [json!({"account_id": shy.id()}), json!({"account_id": foe.id()}), json!({"account_id": ben.id()})] {
        let answer = refused(&ada, Method::POST, &items, with(wrong), 422).await;
        assert!(answer.text("error").contains("account_id"), "{}", answer.body);
    }
    refused(&ada, Method::POST, ALL, with(json!({"name": "x", "account_ids": [ben.id(), shy.id()]})), 422).await;

    let ins = format!("/api/v1/accounts/{}/in_collections", ben.id());
    let mine = ben.get(&ins).await.expect(200);
    assert_eq!(mine["collections"][0]["id"], collection["id"]);
    refused(&ada, Method::GET, &ins, With::default(), 403).await;
    let item = |of: &Person| {
        let items = collection["items"].as_array().unwrap().iter();
        items.clone().find(|item| item["account_id"] == of.id()).unwrap()["id"].as_str().unwrap().to_owned()
    };
    refused(&cy, Method::POST, &format!("{items}/{}/revoke", item(&ben)), With::default(), 403).await;
    ben.post(&format!("{items}/{}/revoke", item(&ben)), json!({})).await.expect(200);
    ben.post(&format!("{items}/{}/revoke", item(&ben)), json!({})).await.expect(200);
    assert_eq!(members(&ada, &collection).await, ["cy"]);
    assert!(told(&ben).await.is_empty());
    assert_eq!(ben.get(&ins).await.expect(200)["collections"], json!([]));
    refused(&ada, Method::POST, &items, with(json!({"account_id": ben.id()})), 422).await;
    assert!(acme.get_activity(&format!("/users/ben/feature_authorizations/{}", item(&ben))).await.status == 404);
    let consent = acme.get_activity(&format!("/users/cy/feature_authorizations/{}", item(&cy))).await.expect(200);
    assert_eq!(
        (&consent["interactingObject"], &consent["interactionTarget"]),
        (&collection["uri"], &json!(cy.account.uri))
    );

    ada.delete(&format!("{items}/{}", item(&cy))).await.expect(200);
    assert!(members(&ada, &collection).await.is_empty() && told(&cy).await.is_empty());
    ada.post(&items, json!({"account_id": cy.id()})).await.expect(200);
    ada.delete(&format!("{items}/{}", item(&cy))).await.expect(404);
    world.finish().await;
}

/// F247
#[tokio::test(flavor = "multi_thread")]
async fn blocks_hold_in_collections() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cy) = (acme.register("ada").await, acme.register("ben").await, acme.register("cy").await);
    let dee = acme.register("dee").await;
    let collection = made(&ada, "People", &[&ben, &cy]).await;
    // Who blocks somebody who is in it does not see them there.
    dee.post(&format!("/api/v1/accounts/{}/block", ben.id()), json!({})).await.expect(200);
    assert_eq!((members(&dee, &collection).await, members(&cy, &collection).await.len()), (vec!["cy".to_owned()], 2));
    // Between the owner and the viewer there is none.
    let of_ada = format!("/api/v1/accounts/{}/collections", ada.id());
    ada.post(&format!("/api/v1/accounts/{}/block", dee.id()), json!({})).await.expect(200);
    dee.get(&path(&collection)).await.expect(404);
    assert_eq!(dee.get(&of_ada).await.expect(200)["collections"], json!([]));
    acme.get(&path(&collection)).await.expect(200);
    // Nor is anybody in it any more after a block between them and the owner, whoever blocks.
    cy.post(&format!("/api/v1/accounts/{}/block", ada.id()), json!({})).await.expect(200);
    ada.post(&format!("/api/v1/accounts/{}/block", ben.id()), json!({})).await.expect(200);
    assert_eq!(acme.get(&path(&collection)).await.expect(200)["collection"]["items"], json!([]), "at once");
    world.settle().await;
    for (person, by) in [(&cy, &cy), (&ben, &ada)] {
        let other = if by.id() == ada.id() { person.id() } else { ada.id() };
        by.post(&format!("/api/v1/accounts/{other}/unblock"), json!({})).await.expect(200);
    }
    assert!(members(&ada, &collection).await.is_empty(), "and for good");
    let items = format!("{}/items", path(&collection));
    refused(&ada, Method::POST, &items, with(json!({"account_id": cy.id()})), 422).await;
    ada.post(&items, json!({"account_id": ben.id()})).await.expect(200);
    assert_eq!(members(&ada, &collection).await, ["ben"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn collections_have_limits_and_owners() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    for wrong in [
        json!({}),
        json!({"name": "  "}),
        json!({"name": "x".repeat(41)}),
        json!({"name": "x", "description": "x".repeat(101)}),
        json!({"name": "x", "language": "klingon!"}),
        json!({"name": "x", "tag_name": "#no tag"}),
        json!({"name": "x", "account_ids": ["7"]}),
        json!({"name": "x", "account_ids": ["nobody"]}),
        json!({"name": "x", "account_ids": vec!["1"; 26]}),
    ] {
        refused(&ada, Method::POST, ALL, with(wrong), 422).await;
    }
    let collection = made(&ada, "People", &[]).await;
    let (one, items) = (path(&collection), format!("{}/items", path(&collection)));
    refused(&ada, Method::PATCH, &one, with(json!({"name": ""})), 422).await;
    refused(&ada, Method::POST, &items, with(json!({})), 422).await;
    refused(&ada, Method::POST, &items, with(json!({"account_id": "7"})), 422).await;
    let reader = ada.with_scopes("read").await;
    let blind = ada.with_scopes("read:accounts write:statuses").await;
    for (method, at) in [
        (Method::POST, ALL),
        (Method::PATCH, &one),
        (Method::DELETE, &one),
        (Method::POST, &items),
        (Method::DELETE, &format!("{items}/1")),
        (Method::POST, &format!("{items}/1/revoke")),
    ] {
        let body = || with(json!({"name": "x", "account_id": ben.id()}));
        refused(&reader, method.clone(), at, body(), 403).await;
        refused(&blind, method.clone(), at, body(), 403).await;
        refused_with_token(acme, method.clone(), at, With { json: body().json, ..With::default() }, 401).await;
        if at != ALL {
            let answer = ben.send(method.clone(), at, body()).await;
            assert!([403, 404].contains(&answer.status), "{} {}", answer.request, answer.status);
        }
    }
    for id in NO_IDS {
        ada.get(&format!("{ALL}/{id}")).await.expect(404);
        refused(&ada, Method::DELETE, &format!("{ALL}/{id}"), With::default(), 404).await;
        refused(&ada, Method::DELETE, &format!("{items}/{id}"), With::default(), 404).await;
        refused(&ada, Method::POST, &format!("{items}/{id}/revoke"), With::default(), 404).await;
        ada.get(&format!("/api/v1/accounts/{id}/collections")).await.expect(404);
    }
    acme.get(&format!("/api/v1/accounts/{}/in_collections", ada.id())).await.expect(401);
    blind.get(&format!("/api/v1/accounts/{}/in_collections", ada.id())).await.expect(403);

    for n in 2..=10 {
        made(&ada, &format!("Number {n}"), &[]).await;
    }
    let answer = refused(&ada, Method::POST, ALL, with(json!({"name": "One more"})), 422).await;
    assert!(answer.text("error").contains("10 collections"), "{}", answer.body);
    let me = ada.get("/api/v1/accounts/verify_credentials").await.expect(200);
    assert_eq!(me["role"]["collection_limit"], 10);
    let first = acme.get(&format!("/api/v1/accounts/{}/collections?limit=4&offset=4", ada.id())).await.expect(200);
    let names = |answer: &crate::support::Answer| -> Vec<String> {
        let all = answer["collections"].as_array().unwrap().iter();
        all.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&first), ["Number 6", "Number 5", "Number 4", "Number 3"]);
    let last = acme.get(&first.link("next").unwrap()).await.expect(200);
    assert_eq!((names(&last), last.link("next")), (vec!["Number 2".to_owned(), "People".to_owned()], None));
    let newest = acme.get(&first.link("prev").unwrap()).await.expect(200);
    assert_eq!((names(&newest)[0].as_str(), newest.link("prev")), ("Number 10", None));
    world.finish().await;
}

/// The names of the collections that a post shows to somebody.
async fn tagged(person: &Person, post: &Value) -> Vec<Value> {
    let post = person.get(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.expect(200);
    post["tagged_collections"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_show_the_collections_that_they_link_to() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cy) = (acme.register("ada").await, acme.register("ben").await, acme.register("cy").await);
    let (people, others) = (made(&ada, "People", &[&ben, &cy]).await, made(&ada, "Others", &[]).await);
    let [page, uri] = ["url", "uri"].map(|name| people[name].as_str().unwrap().to_owned());
    let text = format!("{page} and {uri}, and {}, not {page}0", others["url"].as_str().unwrap());
    let post = ben.post_status(&text).await;
    let bare = ben.post_status("No collections/ here").await;
    assert_eq!(post["tagged_collections"][0]["id"], people["id"]);
    assert_eq!(tagged(&cy, &post).await, ["People", "Others"]);
    assert!(tagged(&cy, &bare).await.is_empty());
    // Each sees it as they would see it elsewhere; and what is kept of a page is as new as that.
    cy.follow("@ben").await;
    let home = async || cy.get("/api/v1/timelines/home").await.expect(200)[1]["tagged_collections"].clone();
    assert_eq!(home().await[0]["item_count"], 2);
    cy.post(&format!("/api/v1/accounts/{}/block", ben.id()), json!({})).await.expect(200);
    cy.post(&format!("/api/v1/accounts/{}/unblock", ben.id()), json!({})).await.expect(200);
    cy.follow("@ben").await;
    ada.patch(&path(&people), json!({"name": "Folk"})).await.expect(200);
    assert_eq!(home().await[0]["name"], "Folk");
    ada.post(&format!("/api/v1/accounts/{}/block", cy.id()), json!({})).await.expect(200);
    assert_eq!(home().await, json!([]));
    assert!(tagged(&cy, &post).await.is_empty());
    assert_eq!(tagged(&ben, &post).await, ["Folk", "Others"]);
    ada.delete(&path(&people)).await.expect(200);
    assert_eq!(tagged(&ben, &post).await, ["Others"]);
    let boost = ada.post(&format!("/api/v1/statuses/{}/reblog", post["id"].as_str().unwrap()), json!({})).await;
    assert_eq!(boost.expect(200)["reblog"]["tagged_collections"][0]["name"], "Others");
    world.finish().await;
}
