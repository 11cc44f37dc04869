//! What people do reaches the other company, as they see it in their clients.

mod authorized;
mod blocks;
mod collections;
mod delivery;
mod departures;
mod edits;
mod emojis;
mod fetching;
mod fields;
mod flags;
mod followers;
mod late_parents;
mod long_posts;
mod moves;
mod people;
mod pins;
mod polls;
mod quotes;
mod shapes;
mod thread_bounds;
mod threads;
mod traps;

use serde_json::{Value, json};

use crate::support::{Instance, Person, World, plain};

const ACME: &str = "acme.test";
const GLOBEX: &str = "globex.test";

/// Ada at Acme, and Ben at Globex who follows her.
async fn ada_and_ben() -> (World, Person, Person) {
    let world = World::start([ACME, GLOBEX]).await;
    let ada = world.instance(ACME).register("ada").await;
    let ben = world.instance(GLOBEX).register("ben").await;
    ben.follow("@ada@acme.test").await;
    world.settle().await;
    (world, ada, ben)
}

fn id(entity: &Value) -> &str {
    entity["id"].as_str().expect("an id")
}

/// The newest post that somebody's home shows.
async fn newest(person: &Person) -> Value {
    person.home().await.first().cloned().expect("home has a post")
}

async fn notification_types(person: &Person) -> Vec<String> {
    let found = person.get("/api/v1/notifications").await.expect(200);
    found.list().iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
}

async fn relationship(person: &Person, to: &str) -> Value {
    person.get(&format!("/api/v1/accounts/relationships?id[]={to}")).await.expect(200)[0].clone()
}

/// F34, F35
#[tokio::test(flavor = "multi_thread")]
async fn a_follow_is_accepted_and_seen_on_both_sides() {
    let (world, ada, ben) = ada_and_ben().await;
    let ada_at_globex = ben.resolve("@ada@acme.test").await;
    assert_eq!(relationship(&ben, id(&ada_at_globex)).await["following"], true);
    let followers = ada.get(&format!("/api/v1/accounts/{}/followers", ada.id())).await.expect(200);
    assert_eq!(followers[0]["acct"], "ben@globex.test");
    assert_eq!(notification_types(&ada).await, ["follow"]);

    let unfollow = format!("/api/v1/accounts/{}/unfollow", id(&ada_at_globex));
    let left = ben.post(&unfollow, json!({})).await.expect(200);
    assert_eq!(left["following"], false);
    world.settle().await;
    let followers = ada.get(&format!("/api/v1/accounts/{}/followers", ada.id())).await.expect(200);
    assert!(followers.list().is_empty());
    ada.post_status("Ben no longer reads this").await;
    world.settle().await;
    assert!(ben.home_texts().await.is_empty());
    world.finish().await;
}

/// F33, F47
#[tokio::test(flavor = "multi_thread")]
async fn a_follow_request_is_answered() {
    let world = World::start([ACME, GLOBEX]).await;
    let ada = world.instance(ACME).register("ada").await;
    ada.patch("/api/v1/accounts/update_credentials", json!({"locked": true})).await.expect(200);
    let mut asking = Vec::new();
    for name in ["ben", "cy"] {
        let person = world.instance(GLOBEX).register(name).await;
        let asked = person.follow("@ada@acme.test").await;
        assert_eq!((&asked["following"], &asked["requested"]), (&json!(false), &json!(true)));
        asking.push(person);
    }
    world.settle().await;
    let requests = ada.get("/api/v1/follow_requests").await.expect(200);
    assert_eq!(requests.list().len(), 2);
    assert_eq!(notification_types(&ada).await, ["follow_request", "follow_request"]);
    for one in requests.list() {
        let verb = if one["username"] == "ben" { "authorize" } else { "reject" };
        ada.post(&format!("/api/v1/follow_requests/{}/{verb}", id(one)), json!({})).await.expect(200);
    }
    world.settle().await;
    let [ben, cy] = asking.as_slice() else { unreachable!("two asked") };
    let ada_at_globex = ben.resolve("@ada@acme.test").await;
    assert_eq!(relationship(ben, id(&ada_at_globex)).await["following"], true);
    let refused = relationship(cy, id(&ada_at_globex)).await;
    assert_eq!((&refused["following"], &refused["requested"]), (&json!(false), &json!(false)));
    ada.post_status_with(json!({"status": "for followers", "visibility": "private"})).await;
    world.settle().await;
    assert_eq!(ben.home_texts().await, ["for followers"]);
    assert!(cy.home_texts().await.is_empty());
    world.finish().await;
}

/// F48
#[tokio::test(flavor = "multi_thread")]
async fn a_post_arrives_whole() {
    let (world, ada, ben) = ada_and_ben().await;
    let written = ada
        .post_status_with(json!({
            "status": "**Bold**, a [link](https://doc.rust-lang.org/std/), @ben@globex.test and #Rust #til",
            "content_type": "text/markdown", "spoiler_text": "about Rust", "sensitive": true, "language": "en",
        }))
        .await;
    assert_eq!(written["pollen"]["kind"], "today_i_learned");
    world.settle().await;
    let arrived = newest(&ben).await;
    let text = |post: &Value| plain(post["content"].as_str().unwrap());
    assert_eq!(text(&arrived), text(&written));
    for same in ["uri", "url", "spoiler_text", "sensitive", "language", "created_at", "visibility"] {
        assert_eq!(arrived[same], written[same], "{same}");
    }
    assert!(written["content"].as_str().unwrap().contains("<strong>Bold</strong>"), "{}", written["content"]);
    assert_eq!(arrived["pollen"]["kind"], "today_i_learned");
    assert_eq!(arrived["account"]["acct"], "ada@acme.test");
    assert_eq!(arrived["mentions"][0]["acct"], "ben");
    let tags: Vec<_> = arrived["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    assert_eq!(tags, ["rust", "til"]);
    assert_eq!(notification_types(&ben).await, ["mention"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_whole_on_both_sides() {
    let (world, ada, ben) = ada_and_ben().await;
    let question = ada.post_status("How do you test? #question").await;
    world.settle().await;
    let at_globex = newest(&ben).await;
    let reply = json!({"status": "@ada@acme.test With two instances", "in_reply_to_id": at_globex["id"]});
    let reply = ben.post_status_with(reply).await;
    assert_eq!(reply["in_reply_to_account_id"], at_globex["account"]["id"]);
    world.settle().await;
    assert_eq!(notification_types(&ada).await, ["mention", "follow"]);
    let context = ada.get(&format!("/api/v1/statuses/{}/context", id(&question))).await.expect(200);
    assert_eq!(context["descendants"][0]["uri"], reply["uri"]);
    assert_eq!(context["descendants"][0]["in_reply_to_id"], question["id"]);
    let answer_at_acme = context["descendants"][0].clone();
    let thanks = json!({"status": "@ben@globex.test Thanks", "in_reply_to_id": answer_at_acme["id"]});
    ada.post_status_with(thanks).await;
    world.settle().await;
    let context = ben.get(&format!("/api/v1/statuses/{}/context", id(&reply))).await.expect(200);
    let texts = |part: &str| -> Vec<String> {
        context[part].as_array().unwrap().iter().map(|one| plain(one["content"].as_str().unwrap())).collect()
    };
    assert_eq!(texts("ancestors"), ["How do you test? #question"]);
    assert_eq!(texts("descendants"), ["@ben Thanks"]);
    let question = ada.get(&format!("/api/v1/statuses/{}", id(&question))).await.expect(200);
    assert_eq!(question["replies_count"], 1);
    world.finish().await;
}

/// F35, F36, F37
#[tokio::test(flavor = "multi_thread")]
async fn favourites_and_boosts_reach_the_author_and_can_be_taken_back() {
    let (world, ada, ben) = ada_and_ben().await;
    let post = ada.post_status("Worth telling").await;
    world.settle().await;
    let here = newest(&ben).await;
    let path = |verb: &str| format!("/api/v1/statuses/{}/{verb}", id(&here));
    let liked = ben.post(&path("favourite"), json!({})).await.expect(200);
    assert_eq!((&liked["favourited"], &liked["favourites_count"]), (&json!(true), &json!(1)));
    let boosted = ben.post(&path("reblog"), json!({})).await.expect(200);
    assert_eq!(boosted["reblog"]["id"], here["id"]);
    assert_eq!(boosted["reblog"]["reblogged"], true);
    world.settle().await;
    assert_eq!(notification_types(&ada).await, ["reblog", "favourite", "follow"]);
    let own = ada.get(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
    assert_eq!((&own["favourites_count"], &own["reblogs_count"]), (&json!(1), &json!(1)));
    let who = ada.get(&format!("/api/v1/statuses/{}/favourited_by", id(&post))).await.expect(200);
    assert_eq!(who[0]["acct"], "ben@globex.test");

    ben.post(&path("unfavourite"), json!({})).await.expect(200);
    ben.post(&path("unreblog"), json!({})).await.expect(200);
    world.settle().await;
    let own = ada.get(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
    assert_eq!((&own["favourites_count"], &own["reblogs_count"]), (&json!(0), &json!(0)));
    assert_eq!(notification_types(&ada).await, ["follow"]);
    world.finish().await;
}

/// F37
#[tokio::test(flavor = "multi_thread")]
async fn a_boost_brings_a_post_to_those_who_follow_the_booster() {
    let world = World::start([ACME, GLOBEX, "initech.test"]).await;
    let ada = world.instance(ACME).register("ada").await;
    let ben = world.instance(GLOBEX).register("ben").await;
    let cy = world.instance("initech.test").register("cy").await;
    ben.follow("@ada@acme.test").await;
    cy.follow("@ben@globex.test").await;
    world.settle().await;
    ada.post_status("Cy doesn't know Ada").await;
    world.settle().await;
    ben.post(&format!("/api/v1/statuses/{}/reblog", id(&newest(&ben).await)), json!({})).await.expect(200);
    world.settle().await;
    let boost = newest(&cy).await;
    assert_eq!(boost["account"]["acct"], "ben@globex.test");
    assert_eq!(boost["reblog"]["account"]["acct"], "ada@acme.test");
    assert_eq!(plain(boost["reblog"]["content"].as_str().unwrap()), "Cy doesn't know Ada");
    world.finish().await;
}

/// F58
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_post_is_gone_everywhere() {
    let (world, ada, ben) = ada_and_ben().await;
    let post = ada.post_status("Too early").await;
    world.settle().await;
    let here = newest(&ben).await;
    let deleted = ada.delete(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
    assert_eq!(deleted["text"], "Too early");
    ada.get(&format!("/api/v1/statuses/{}", id(&post))).await.expect(404);
    world.settle().await;
    assert!(ben.home_texts().await.is_empty());
    ben.get(&format!("/api/v1/statuses/{}", id(&here))).await.expect(404);
    let uri = post["uri"].as_str().unwrap();
    world.instance(ACME).get_activity(uri).await.expect(410);
    // Nobody gets it back by asking for it.
    let again = ben.get(&format!("/api/v2/search?resolve=true&type=statuses&q={uri}")).await.expect(200);
    assert_eq!(again["statuses"], json!([]));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_profile_is_changed_there_too() {
    let (world, ada, ben) = ada_and_ben().await;
    ada.patch("/api/v1/accounts/update_credentials", json!({"display_name": "Ada L.", "note": "I learn #rust"}))
        .await
        .expect(200);
    world.settle().await;
    let there = ben.resolve("@ada@acme.test").await;
    assert_eq!(there["display_name"], "Ada L.");
    assert!(there["note"].as_str().unwrap().contains("I learn"), "{there}");
    world.finish().await;
}

/// F42, F47
#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_to_whom_it_is_for_and_nobody_else() {
    let (world, ada, ben) = ada_and_ben().await;
    let cy = world.instance(GLOBEX).register("cy").await;
    cy.follow("@ada@acme.test").await;
    world.settle().await;
    let sent = ada.post_status_with(json!({"status": "@ben@globex.test psst", "visibility": "direct"})).await;
    world.settle().await;
    let uri = sent["uri"].as_str().unwrap();
    let found = |person: &Person| {
        let person = person.clone();
        let path = format!("/api/v2/search?resolve=true&type=statuses&q={uri}");
        async move { person.get(&path).await.expect(200)["statuses"].as_array().unwrap().len() }
    };
    assert_eq!((found(&ben).await, found(&cy).await), (1, 0));
    assert_eq!(notification_types(&ben).await, ["mention"]);
    assert!(cy.home_texts().await.is_empty());
    world.finish().await;
}

/// A group at Acme that Ada, Ben (Globex) and Cy (Initech) follow.
async fn guild() -> (World, Person, Person, Person) {
    let world = World::start([ACME, GLOBEX, "initech.test"]).await;
    let ada = world.instance(ACME).register("ada").await;
    ada.post("/api/pollen/v1/groups", json!({"username": "guild", "display_name": "Rust Guild"})).await.expect(200);
    let ben = world.instance(GLOBEX).register("ben").await;
    let cy = world.instance("initech.test").register("cy").await;
    for person in [&ada, &ben, &cy] {
        person.follow("@guild@acme.test").await;
    }
    world.settle().await;
    (world, ada, ben, cy)
}

/// F50, F53, F54
#[tokio::test(flavor = "multi_thread")]
async fn what_is_posted_to_a_group_reaches_all_who_follow_it() {
    let (world, ada, ben, cy) = guild().await;
    let group = ben.resolve("@guild@acme.test").await;
    assert_eq!((&group["group"], &group["display_name"]), (&json!(true), &json!("Rust Guild")));
    ben.post_status("@guild@acme.test Who knows lifetimes? #question").await;
    world.settle().await;
    for person in [&ada, &cy] {
        let boost = newest(person).await;
        assert_eq!(boost["account"]["username"], "guild");
        assert_eq!(boost["reblog"]["account"]["username"], "ben");
        assert_eq!(boost["reblog"]["pollen"]["kind"], "question");
    }
    // An answer is in everybody's thread, but floods nobody's home.
    let asked = newest(&cy).await["reblog"].clone();
    let answer = json!({"status": "@ben@globex.test @guild@acme.test I do", "in_reply_to_id": asked["id"]});
    cy.post_status_with(answer).await;
    world.settle().await;
    for person in [&ada, &ben] {
        let home = person.home().await;
        assert!(home.iter().all(|one| one["account"]["username"] != "cy"));
        let question = home.iter().find(|one| one["pollen"]["kind"] == "question" || !one["reblog"].is_null()).unwrap();
        let question = if question["reblog"].is_null() { question } else { &question["reblog"] };
        let context = person.get(&format!("/api/v1/statuses/{}/context", id(question))).await.expect(200);
        assert_eq!(context["descendants"].as_array().unwrap().len(), 1, "{} sees the answer", person.handle());
    }
    let shown = cy.get(&format!("/api/v1/accounts/{}/statuses", id(&cy.resolve("@guild@acme.test").await))).await;
    assert_eq!(shown.expect(200).list().len(), 1);
    world.finish().await;
}

/// F51
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_to_a_group_does_not_speak_through_it() {
    let (world, ada, ..) = guild().await;
    let mal = world.instance(GLOBEX).register("mal").await;
    mal.post_status("@guild@acme.test Buy my course").await;
    world.settle().await;
    assert!(ada.home_texts().await.is_empty());
    world.finish().await;
}

/// F55
#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_deleted_leaves_the_group() {
    let (world, ada, ben, cy) = guild().await;
    let post = ben.post_status("@guild@acme.test Oops").await;
    world.settle().await;
    assert_eq!(cy.home().await.len(), 1);
    ben.delete(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
    world.settle().await;
    for person in [&ada, &ben, &cy] {
        assert!(person.home().await.is_empty(), "{} still has it", person.handle());
    }
    world.finish().await;
}

/// F60
#[tokio::test(flavor = "multi_thread")]
async fn everything_that_servers_ask_first_is_answered() {
    let world = World::start([ACME]).await;
    let acme: &Instance = world.instance(ACME);
    let ada = acme.register("ada").await;
    let found = acme.get("/.well-known/webfinger?resource=acct:ada@acme.test").await.expect(200);
    assert_eq!(found["subject"], "acct:ada@acme.test");
    let links = found["links"].as_array().unwrap();
    assert!(links.iter().any(|link| link["rel"] == "self" && link["href"] == ada.account.uri.as_str()));
    acme.get("/.well-known/webfinger?resource=acct:nobody@acme.test").await.expect(404);
    acme.get("/.well-known/webfinger?resource=acct:ada@elsewhere.test").await.expect(404);
    acme.get("/.well-known/webfinger?resource=nonsense").await.expect(400);
    acme.get("/.well-known/webfinger").await.expect(400);
    acme.get("/.well-known/host-meta").await.expect(200);
    let discovered = acme.get("/.well-known/nodeinfo").await.expect(200);
    let href = discovered["links"][0]["href"].as_str().unwrap().to_owned();
    assert_eq!(acme.get(&href).await.expect(200)["software"]["name"], "pollen");
    let actor = acme.get_activity(&ada.account.uri).await.expect(200);
    for field in ["inbox", "outbox", "followers", "following", "featured", "publicKey", "endpoints"] {
        assert!(!actor[field].is_null(), "{field}");
    }
    for collection in ["outbox", "followers", "following", "featured"] {
        let url = actor[collection].as_str().unwrap();
        let found = acme.get_activity(url).await.expect(200);
        assert_eq!(found["id"], url);
        assert!(found["totalItems"].is_null() || collection == "featured", "{collection} counts");
    }
    acme.get_activity("/users/nobody").await.expect(404);
    world.finish().await;
}
