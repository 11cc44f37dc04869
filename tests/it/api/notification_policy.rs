//! What people let in of what they are told, and what waits to be let in.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused, refused_with_token};
use crate::support::{Person, With, World};

const POLICY: &str = "/api/v2/notifications/policy";
const REQUESTS: &str = "/api/v1/notifications/requests";

async fn set(person: &Person, what: &str, level: &str) {
    person.patch(POLICY, json!({what: level})).await.expect(200);
}

/// The types of what a person is told, newest first.
async fn told(person: &Person) -> Vec<String> {
    let list = person.get("/api/v1/notifications").await.expect(200);
    list.list().iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
}

async fn act(person: &Person, post: &Value, what: &str) {
    person.post(&format!("/api/v1/statuses/{}/{what}", post["id"].as_str().unwrap()), json!({})).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_filtered_is_out_of_sight_until_it_is_accepted() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben, cyd) = (acme.register("ada").await, acme.register("ben").await, acme.register("cyd").await);
    ada.follow("@cyd").await;
    set(&ada, "for_not_following", "filter").await;
    let mut stream = acme.listen(&ada.token, "user:notification").await;
    let post = ada.post_status("Mine").await;
    act(&ben, &post, "favourite").await;
    ben.post_status("Hello @ada").await;
    let last = ben.post_status("Are you there, @ada?").await;
    act(&cyd, &post, "favourite").await;

    assert_eq!(told(&ada).await, ["favourite"]);
    assert_eq!(stream.expect("notification").await["account"]["id"], cyd.id(), "what is filtered does not stream");
    let page = ada.get("/api/v2/notifications").await.expect(200);
    assert_eq!(page["notification_groups"][0]["sample_account_ids"], json!([cyd.id()]));
    assert_eq!(page["notification_groups"].as_array().unwrap().len(), 1);
    for version in ["v1", "v2"] {
        let unread = ada.get(&format!("/api/{version}/notifications/unread_count")).await.expect(200);
        assert_eq!(unread["count"], 1, "{version}");
    }
    let all = ada.get("/api/v1/notifications?include_filtered=true").await.expect(200);
    assert_eq!(all.list().len(), 4);
    let all = ada.get("/api/v2/notifications?include_filtered=true").await.expect(200);
    assert_eq!(all["notification_groups"].as_array().unwrap().len(), 4, "what is filtered is not grouped");
    let summary = json!({"pending_requests_count": 1, "pending_notifications_count": 3});
    assert_eq!(ada.get(POLICY).await.expect(200)["summary"], summary);
    let requests = ada.get(REQUESTS).await.expect(200);
    assert_eq!(requests.list().len(), 1);
    assert_eq!(requests[0]["account"]["id"], ben.id());
    assert_eq!(requests[0]["notifications_count"], "3");
    assert_eq!(requests[0]["last_status"]["id"], last["id"]);
    let path = format!("{REQUESTS}/{}", requests.ids()[0]);
    assert_eq!(ada.get(&path).await.expect(200).json, requests[0]);
    // A post that is gone is not shown; the one before it is.
    ben.delete(&format!("/api/v1/statuses/{}", last["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(ada.get(&path).await.expect(200)["notifications_count"], "2");
    assert_ne!(ada.get(&path).await.expect(200)["last_status"]["id"], last["id"]);

    ada.post(&format!("{path}/accept"), json!({})).await.expect(200);
    stream.expect("notifications_merged").await;
    assert_eq!(told(&ada).await, ["favourite", "mention", "favourite"]);
    assert_eq!(ada.get(&format!("{REQUESTS}/merged")).await.expect(200)["merged"], true);
    assert!(ada.get(REQUESTS).await.expect(200).list().is_empty());
    ada.get(&path).await.expect(404);
    ben.post_status("Thank you @ada").await;
    assert_eq!(told(&ada).await.len(), 4, "whom one accepted comes from then on");
    assert_eq!(stream.expect("notification").await["type"], "mention");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rule_holds_back_whom_it_is_for() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let post = ada.post_status("Mine").await;
    // Who came thirty days ago is not new.
    set(&ada, "for_new_accounts", "drop").await;
    act(&ben, &post, "favourite").await;
    assert!(told(&ada).await.is_empty());
    world.advance(TimeDelta::days(31)).await;
    act(&ben, &post, "unfavourite").await;
    act(&ben, &post, "favourite").await;
    assert_eq!(told(&ada).await, ["favourite"]);
    // Who follows for three days is a follower.
    set(&ada, "for_not_followers", "drop").await;
    ben.follow("@ada").await;
    ben.post_status("@ada now?").await;
    assert_eq!(told(&ada).await.len(), 1);
    world.advance(TimeDelta::days(4)).await;
    ben.post_status("@ada and now?").await;
    assert_eq!(told(&ada).await[0], "mention");
    set(&ada, "for_not_followers", "accept").await;
    // Private mentions, but not in answer to one's own.
    set(&ada, "for_private_mentions", "filter").await;
    let direct = async |by: &Person, text: &str, to: Option<&Value>| {
        let draft = json!({"status": text, "visibility": "direct", "in_reply_to_id": to.map(|to| to["id"].clone())});
        by.post_status_with(draft).await
    };
    let before = told(&ada).await.len();
    direct(&ben, "@ada psst", None).await;
    assert_eq!(told(&ada).await.len(), before);
    ben.post_status("@ada aloud").await;
    assert_eq!(told(&ada).await.len(), before + 1);
    let mine = direct(&ada, "@ben what is it?", None).await;
    let answer = direct(&ben, "@ada nothing", Some(&mine)).await;
    direct(&ben, "@ada really", Some(&answer)).await;
    assert_eq!(told(&ada).await.len(), before + 3);
    // Those whom moderators limited are filtered unless one says otherwise; those who look after the instance never are.
    let limit = |role: &str| {
        format!(
            "UPDATE accounts SET silenced_at = now() WHERE username = 'ben';
             UPDATE users SET role = '{role}' WHERE account_id = {}",
            ben.id()
        )
    };
    acme.sql(&limit("user")).await;
    assert_eq!(ada.get(POLICY).await.expect(200)["for_limited_accounts"], "filter");
    ben.post_status("@ada limited").await;
    assert_eq!(told(&ada).await.len(), before + 3);
    acme.sql(&limit("moderator")).await;
    ben.post_status("@ada on behalf of the house").await;
    assert_eq!(told(&ada).await.len(), before + 4);
    acme.sql(&limit("user")).await;
    set(&ada, "for_limited_accounts", "accept").await;
    ben.post_status("@ada let in").await;
    assert_eq!(told(&ada).await.len(), before + 5);
    // Whom one follows is none of these.
    for rule in ["for_not_following", "for_new_accounts", "for_private_mentions", "for_limited_accounts"] {
        set(&ada, rule, "drop").await;
    }
    ada.follow("@ben").await;
    direct(&ben, "@ada of course", None).await;
    assert_eq!(told(&ada).await.len(), before + 6);
    // What is dropped was never there.
    assert_eq!(ada.get("/api/v1/notifications?include_filtered=true").await.expect(200).list().len(), before + 8);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_put_away_and_answered_in_bulk() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    set(&ada, "for_not_following", "filter").await;
    let mut others = Vec::new();
    for number in 0..5 {
        let person = acme.register(&format!("person{number}")).await;
        person.post_status("Hello @ada").await;
        others.push(person);
    }
    let first = ada.get(&format!("{REQUESTS}?limit=2")).await.expect(200);
    let second = ada.get(&first.link("next").unwrap()).await.expect(200);
    let third = ada.get(&second.link("next").unwrap()).await.expect(200);
    let ids = [first.ids(), second.ids(), third.ids()].concat();
    assert_eq!(ids.len(), 5);
    assert_eq!(ada.get(&third.link("prev").unwrap()).await.expect(200).ids(), second.ids());
    assert_eq!(first[0]["account"]["id"], others[4].id(), "newest first");

    // Of others, and of nobody.
    let ben = acme.register("ben").await;
    ben.get(&format!("{REQUESTS}/{}", ids[0])).await.expect(404);
    ben.post(&format!("{REQUESTS}/{}/accept", ids[0]), json!({})).await.expect(404);
    ben.post(&format!("{REQUESTS}/{}/dismiss", ids[0]), json!({})).await.expect(404);
    ben.post(&format!("{REQUESTS}/dismiss"), json!({"id": ids})).await.expect(200);
    assert_eq!(ada.get(REQUESTS).await.expect(200).list().len(), 5);
    for id in NO_IDS {
        ada.get(&format!("{REQUESTS}/{id}")).await.expect(404);
    }

    ada.post(&format!("{REQUESTS}/{}/dismiss", ids[0]), json!({})).await.expect(200);
    ada.post(&format!("{REQUESTS}/dismiss"), json!({"id": [ids[1]]})).await.expect(200);
    ada.post_form(&format!("{REQUESTS}/accept"), &[("id[]", &ids[2]), ("id[]", &ids[3])]).await.expect(200);
    assert_eq!(ada.get(REQUESTS).await.expect(200).ids(), ids[4..]);
    assert_eq!(told(&ada).await, ["mention", "mention"]);
    let all = ada.get("/api/v1/notifications?include_filtered=true").await.expect(200);
    assert_eq!(all.list().len(), 3, "what was put away is gone");
    // Who was put away may ask again.
    others[4].post_status("Once more, @ada").await;
    assert_eq!(ada.get(REQUESTS).await.expect(200)[0]["account"]["id"], others[4].id());
    let many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
    ada.post(&format!("{REQUESTS}/accept"), json!({"id": many})).await.expect(422);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_are_changed_in_either_form() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let v1 = "/api/v1/notifications/policy";
    let usual = ada.get(POLICY).await.expect(200);
    for rule in ["for_not_following", "for_not_followers", "for_new_accounts", "for_private_mentions"] {
        assert_eq!(usual[rule], "accept", "{rule}");
    }
    let new = json!({"for_not_followers": "drop", "for_private_mentions": "filter"});
    let changed = ada.patch(POLICY, new).await.expect(200);
    assert_eq!((&changed["for_not_followers"], &changed["for_not_following"]), (&json!("drop"), &json!("accept")));
    // As masto.js does it.
    let same = ada.put(POLICY, json!({"for_new_accounts": "accept"})).await.expect(200);
    assert_eq!(same.json, changed.json);
    let old = ada.get(v1).await.expect(200);
    assert_eq!((&old["filter_not_followers"], &old["filter_private_mentions"]), (&json!(true), &json!(true)));
    assert_eq!((&old["filter_not_following"], &old["filter_new_accounts"]), (&json!(false), &json!(false)));
    let new = json!({"filter_not_followers": "true", "filter_private_mentions": "0", "filter_new_accounts": true});
    ada.put(v1, new).await.expect(200);
    let now = ada.get(POLICY).await.expect(200);
    assert_eq!(now["for_not_followers"], "drop", "to filter is no less than it was");
    assert_eq!((&now["for_private_mentions"], &now["for_new_accounts"]), (&json!("accept"), &json!("filter")));
    assert_eq!(ada.patch(v1, json!({"filter_not_followers": false})).await.expect(200)["filter_not_followers"], false);

    let with = |json| With { json: Some(json), ..With::default() };
    let wrong = refused(&ada, Method::PATCH, POLICY, with(json!({"for_new_accounts": "hide"})), 422).await;
    assert!(wrong.text("error").contains("for_new_accounts"), "{}", wrong.body);
    let other = ada.with_scopes("read:statuses write:statuses").await;
    for path in [POLICY, v1, REQUESTS, &format!("{REQUESTS}/1"), &format!("{REQUESTS}/merged")] {
        other.get(path).await.expect(403);
        acme.get(path).await.expect(401);
    }
    for (method, path) in [
        (Method::PATCH, POLICY.to_owned()),
        (Method::PUT, POLICY.to_owned()),
        (Method::PATCH, v1.to_owned()),
        (Method::PUT, v1.to_owned()),
        (Method::POST, format!("{REQUESTS}/accept")),
        (Method::POST, format!("{REQUESTS}/dismiss")),
        (Method::POST, format!("{REQUESTS}/1/accept")),
        (Method::POST, format!("{REQUESTS}/1/dismiss")),
    ] {
        refused(&other, method.clone(), &path, With::default(), 403).await;
        refused_with_token(acme, method, &path, With::default(), 401).await;
    }
    world.finish().await;
}
