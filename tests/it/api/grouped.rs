//! Notifications that are shown as one: `/api/v2/notifications`.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::reports::staff;
use super::{refused, refused_with_token};
use crate::support::{Answer, Instance, Person, With, World};

const GROUPED: &str = "/api/v2/notifications";

async fn favourite(person: &Person, post: &Value) {
    person.post(&format!("/api/v1/statuses/{}/favourite", post["id"].as_str().unwrap()), json!({})).await.expect(200);
}

/// The groups, each as type, count, and who was last.
fn groups(answer: &Answer) -> Vec<(String, i64, Vec<String>)> {
    let groups = answer["notification_groups"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let who = |group: &Value| group["sample_account_ids"].as_array().unwrap().iter().map(text).collect();
    let one = |group: &Value| (text(&group["type"]), group["notifications_count"].as_i64().unwrap(), who(group));
    groups.iter().map(one).collect()
}

fn keys(answer: &Answer) -> Vec<String> {
    let groups = answer["notification_groups"].as_array().unwrap();
    groups.iter().map(|group| group["group_key"].as_str().unwrap().to_owned()).collect()
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

async fn people(acme: &Instance, many: usize) -> Vec<Person> {
    let mut people = Vec::new();
    for number in 0..many {
        people.push(acme.register(&format!("person{number}")).await);
    }
    people
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_do_with_one_post_is_one_group() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let (ben, cyd, dan) = (acme.register("ben").await, acme.register("cyd").await, acme.register("dan").await);
    let (first, second) = (ada.post_status("First").await, ada.post_status("Second").await);
    for person in [&ben, &cyd, &dan] {
        favourite(person, &first).await;
    }
    favourite(&ben, &second).await;
    ben.post(&format!("/api/v1/statuses/{}/reblog", first["id"].as_str().unwrap()), json!({})).await.expect(200);
    ben.follow("@ada").await;
    let mention = cyd.post_status("Hello @ada").await;
    dan.follow("@ada").await;

    let page = ada.get(GROUPED).await.expect(200);
    let (b, c, d) = (ben.id(), cyd.id(), dan.id());
    let expected = [
        ("follow", 2, vec![&d, &b]),
        ("mention", 1, vec![&c]),
        ("reblog", 1, vec![&b]),
        ("favourite", 1, vec![&b]),
        ("favourite", 3, vec![&d, &c, &b]),
    ];
    let expected: Vec<(String, i64, Vec<String>)> = expected
        .into_iter()
        .map(|(kind, count, who)| (kind.to_owned(), count, who.into_iter().cloned().collect()))
        .collect();
    assert_eq!(groups(&page), expected);
    assert_eq!(
        sorted(ids(&page["accounts"])),
        sorted(vec![b.clone(), c.clone(), d.clone()]),
        "each account comes once"
    );
    let posts = [mention["id"].as_str().unwrap(), second["id"].as_str().unwrap(), first["id"].as_str().unwrap()];
    assert_eq!(ids(&page["statuses"]), posts);
    assert!(page["partial_accounts"].is_null());
    // The same keys as one by one.
    let single = ada.get("/api/v1/notifications").await.expect(200);
    let of = |kind: &str| {
        let found = single.list().iter().filter(|one| one["type"] == kind).map(|one| &one["group_key"]);
        found.map(|key| key.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of("follow"), [keys(&page)[0].clone(), keys(&page)[0].clone()]);
    assert_eq!(of("mention"), [keys(&page)[1].clone()]);
    assert!(keys(&page)[1].starts_with("ungrouped-"));
    assert_eq!(single.list().len(), 8);

    // Types that the client does not group, rows of avatars, some types only.
    let some = ada.get(&format!("{GROUPED}?grouped_types[]=follow&types[]=favourite&types[]=follow")).await.expect(200);
    let counted: Vec<i64> = groups(&some).iter().map(|(_, count, _)| *count).collect();
    assert_eq!(counted, [2, 1, 1, 1, 1]);
    assert!(keys(&some)[1..].iter().all(|key| key.starts_with("ungrouped-")));
    let partial = ada.get(&format!("{GROUPED}?expand_accounts=partial_avatars&types[]=favourite")).await.expect(200);
    assert_eq!(sorted(ids(&partial["accounts"])), sorted(vec![b.clone(), d.clone()]));
    assert_eq!(ids(&partial["partial_accounts"]), std::slice::from_ref(&c));
    let from = ada.get(&format!("{GROUPED}?account_id={c}&exclude_types[]=mention")).await.expect(200);
    assert_eq!(groups(&from).len(), 1);
    ada.get(&format!("{GROUPED}?expand_accounts=none")).await.expect(422);

    // One group, who is in it, and away with it.
    let key = keys(&page)[4].clone();
    let one = ada.get(&format!("{GROUPED}/{key}")).await.expect(200);
    assert_eq!(groups(&one), expected[4..]);
    assert!(one["notification_groups"][0]["page_max_id"].is_null());
    let who = ada.get(&format!("{GROUPED}/{key}/accounts?limit=2")).await.expect(200);
    assert_eq!(who.ids(), [d.clone(), c.clone()]);
    assert_eq!(ada.get(&who.link("next").unwrap()).await.expect(200).ids(), std::slice::from_ref(&b));
    let alone = ada.get(&format!("{GROUPED}/{}", keys(&page)[1])).await.expect(200);
    assert_eq!(groups(&alone), expected[1..2]);
    ada.post(&format!("{GROUPED}/{key}/dismiss"), json!({})).await.expect(200);
    ada.post(&format!("{GROUPED}/{}/dismiss", keys(&page)[1]), json!({})).await.expect(200);
    assert_eq!(groups(&ada.get(GROUPED).await.expect(200)), [&expected[..1], &expected[2..4]].concat());
    ada.get(&format!("{GROUPED}/{key}")).await.expect(404);
    // Whom one does not want to hear of is not counted.
    ada.post(&format!("/api/v1/accounts/{d}/mute"), json!({})).await.expect(200);
    assert_eq!(groups(&ada.get(GROUPED).await.expect(200))[0], ("follow".to_owned(), 1, vec![b]));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_ends_when_nothing_comes_for_a_while() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let others = people(acme, 8).await;
    let post = ada.post_status("Slowly").await;
    // Three hours apart they are one group, for half a day.
    for person in &others[..6] {
        favourite(person, &post).await;
        world.advance(TimeDelta::hours(3)).await;
    }
    // Five hours later is another.
    world.advance(TimeDelta::hours(2)).await;
    favourite(&others[6], &post).await;
    favourite(&others[7], &post).await;
    let page = ada.get(GROUPED).await.expect(200);
    let counted: Vec<i64> = groups(&page).iter().map(|(_, count, _)| *count).collect();
    assert_eq!(counted.iter().sum::<i64>(), 8);
    assert_eq!(counted[0], 2);
    assert_eq!(counted.len(), 3, "half a day is the most for one group: {counted:?}");
    assert!(counted[2] == 4 || counted[2] == 5, "{counted:?}");
    // It counts what came since one read: groups, not each.
    let unread =
        async |query: &str| ada.get(&format!("{GROUPED}/unread_count{query}")).await.expect(200)["count"].clone();
    assert_eq!(unread("").await, 3);
    assert_eq!(unread("?grouped_types[]=follow").await, 8);
    assert_eq!(unread("?limit=2").await, 2);
    assert_eq!(unread("?exclude_types[]=favourite").await, 0);
    assert_eq!(ada.get("/api/v1/notifications/unread_count").await.expect(200)["count"], 8);
    assert_eq!(ada.get("/api/v1/notifications/unread_count?limit=3").await.expect(200)["count"], 3);
    assert_eq!(ada.get("/api/v1/notifications/unread_count?types[]=follow").await.expect(200)["count"], 0);
    let read = page["notification_groups"][1]["page_max_id"].clone();
    ada.post("/api/v1/markers", json!({"notifications": {"last_read_id": read}})).await.expect(200);
    assert_eq!(unread("").await, 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_lead_past_groups_however_large_they_are() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let others = people(acme, 7).await;
    let (loved, liked) = (ada.post_status("Loved").await, ada.post_status("Liked").await);
    favourite(&others[0], &liked).await;
    others[1].post_status("@ada first").await;
    for person in &others {
        favourite(person, &loved).await;
    }
    others[2].post_status("@ada last").await;
    let all = ada.get("/api/v1/notifications").await.expect(200).ids();
    assert_eq!(all.len(), 10);
    // With a limit of one, five are read for a page: the large group comes twice, with the part of it that is on the page.
    let walk = async |first: &str, rel: &str| {
        let (mut next, mut pages) = (Some(first.to_owned()), Vec::new());
        while let Some(path) = next {
            let page = ada.get(&path).await.expect(200);
            let Some(group) = page["notification_groups"].get(0).cloned() else { break };
            assert_eq!(page["notification_groups"].as_array().unwrap().len(), 1);
            pages.push(group);
            next = page.link(rel);
            assert!(pages.len() < 10, "the pages do not end");
        }
        pages
    };
    let range = |group: &Value| (group["page_max_id"].clone(), group["page_min_id"].clone());
    let down = walk(&format!("{GROUPED}?limit=1"), "next").await;
    let ranges: Vec<_> = down.iter().map(range).collect();
    let at = |newest: usize, oldest: usize| (Value::from(all[newest].clone()), Value::from(all[oldest].clone()));
    assert_eq!(ranges, [at(0, 0), at(1, 5), at(6, 7), at(8, 8), at(9, 9)]);
    assert_eq!(down[1]["notifications_count"], 7);
    assert_eq!(down[1]["group_key"], down[2]["group_key"]);
    assert_eq!(down[2]["sample_account_ids"], down[1]["sample_account_ids"], "the whole group is described");
    let mut up = walk(&format!("{GROUPED}?limit=1&min_id=0"), "prev").await;
    up.reverse();
    let ranges: Vec<_> = up.iter().map(range).collect();
    assert_eq!(ranges, [at(0, 0), at(1, 2), at(3, 7), at(8, 8), at(9, 9)]);
    // With a larger one all fits; since and until.
    let counts = async |query: &str| {
        let page = ada.get(&format!("{GROUPED}?{query}")).await.expect(200);
        groups(&page).into_iter().map(|(_, count, _)| count).collect::<Vec<_>>()
    };
    assert_eq!(counts("limit=4").await, [1, 7, 1, 1]);
    assert_eq!(counts(&format!("since_id={}", all[7])).await, [1, 7]);
    assert_eq!(counts(&format!("max_id={}", all[7])).await, [1, 1]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_for_whom_they_are_and_need_their_scope() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    favourite(&ben, &ada.post_status("Mine").await).await;
    let key = keys(&ada.get(GROUPED).await.expect(200))[0].clone();
    ben.get(&format!("{GROUPED}/{key}")).await.expect(404);
    ben.get(&format!("{GROUPED}/{key}/accounts")).await.expect(404);
    ben.post(&format!("{GROUPED}/{key}/dismiss"), json!({})).await.expect(200);
    let id = ada.get("/api/v1/notifications").await.expect(200).ids()[0].clone();
    for key in [key.clone(), format!("ungrouped-{id}")] {
        ben.post(&format!("{GROUPED}/{key}/dismiss"), json!({})).await.expect(200);
        ben.get(&format!("{GROUPED}/{key}")).await.expect(404);
        ada.get(&format!("{GROUPED}/{key}")).await.expect(200);
    }
    let other = ada.with_scopes("read:statuses write:statuses").await;
    for path in
        [GROUPED, &format!("{GROUPED}/unread_count"), &format!("{GROUPED}/{key}"), &format!("{GROUPED}/{key}/accounts")]
    {
        other.get(path).await.expect(403);
        acme.get(path).await.expect(401);
    }
    // As documented, and as asked for by Mastodon.
    for scope in ["read:notifications", "write:notifications"] {
        ada.with_scopes(scope).await.get(&format!("{GROUPED}/{key}/accounts")).await.expect(200);
    }
    let dismiss = format!("{GROUPED}/{key}/dismiss");
    refused(&other, Method::POST, &dismiss, With::default(), 403).await;
    refused_with_token(acme, Method::POST, &dismiss, With::default(), 401).await;
    for key in ["ungrouped-x", "ungrouped-1", "ungrouped-", "favourite-1-2", "%27", "follow"] {
        ada.get(&format!("{GROUPED}/{key}")).await.expect(404);
        ada.get(&format!("{GROUPED}/{key}/accounts")).await.expect(404);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_know_a_type_is_told_in_words() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    favourite(&ben, &ada.post_status("Mine").await).await;
    ben.follow("@ada").await;
    let known = "supported_types[]=follow&supported_types[]=mention";
    let list = ada.get(&format!("/api/v1/notifications?{known}")).await.expect(200);
    assert!(list[0]["fallback"].is_null(), "it knows follows");
    assert_eq!(list[1]["fallback"]["title"], "ben favourited your post");
    assert!(list[1]["fallback"]["summary"].is_string());
    let one = ada.get(&format!("/api/v1/notifications/{}?{known}", list.ids()[1])).await.expect(200);
    assert_eq!(one["fallback"], list[1]["fallback"]);
    let page = ada.get(&format!("{GROUPED}?{known}")).await.expect(200);
    assert!(page["notification_groups"][0]["fallback"].is_null());
    assert_eq!(page["notification_groups"][1]["fallback"], list[1]["fallback"]);
    let group = ada.get(&format!("{GROUPED}/{}?{known}", keys(&page)[1])).await.expect(200);
    assert_eq!(group["notification_groups"][0]["fallback"], list[1]["fallback"]);
    // What there is to read of it is told, too: here the words of a moderator.
    assert!(list[1]["fallback"]["details"].is_null());
    let mo = staff(acme, "mo", "moderator").await;
    let warning = json!({"type": "none", "text": "Please be kind"});
    mo.post(&format!("/api/v1/admin/accounts/{}/action", ada.id()), warning).await.expect(200);
    let told = ada.get(&format!("/api/v1/notifications?{known}")).await.expect(200)[0]["fallback"].clone();
    assert_eq!(told["details"], "Please be kind");
    let page = ada.get(&format!("{GROUPED}?{known}")).await.expect(200);
    assert_eq!(page["notification_groups"][0]["fallback"], told);
    // Who does not say what it knows is not told.
    assert!(ada.get("/api/v1/notifications").await.expect(200)[2]["fallback"].is_null());
    world.finish().await;
}
