//! What is counted for those who look after an instance.

use std::collections::BTreeMap;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use super::reports::staff;
use crate::support::{Answer, Person, World};

const ACME: &str = "acme.test";
const PEER: &str = "peer.test";

fn day(at: chrono::DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// What these keys are about, from one day to another.
fn asked(keys: &[&str], from: &str, to: &str, tag: &Value) -> Value {
    let mut asked = json!({"keys": keys, "start_at": from, "end_at": to});
    for key in keys {
        if key.starts_with("tag_") {
            asked[*key] = json!({"id": tag});
        } else if key.starts_with("instance_") {
            asked[*key] = json!({"domain": PEER});
        }
    }
    asked
}

fn totals(answer: &Answer) -> BTreeMap<String, String> {
    let one = |one: &Value| (one["key"].as_str().unwrap().to_owned(), one["total"].as_str().unwrap().to_owned());
    answer.list().iter().map(one).collect()
}

/// `name: value` of a dimension.
fn kinds(answer: &Answer) -> Vec<Vec<String>> {
    let each = |one: &Value| format!("{}: {}", one["human_key"].as_str().unwrap(), one["value"].as_str().unwrap());
    answer.list().iter().map(|one| one["data"].as_array().unwrap().iter().map(each).collect()).collect()
}

/// What is counted of [`something_happens`].
const TOTALS: [(&str, &str); 11] = [
    ("active_users", "2"),
    ("interactions", "4"),
    ("tag_accounts", "2"),
    ("tag_uses", "2"),
    ("tag_servers", "2"),
    ("instance_accounts", "1"),
    ("instance_statuses", "1"),
    ("instance_followers", "1"),
    ("instance_follows", "0"),
    ("instance_reports", "0"),
    ("instance_media_attachments", "0"),
];

async fn something_happens(world: &World, ada: &Person, mo: &Person) {
    let (acme, peer) = (world.instance(ACME), world.peer(PEER));
    let post = ada.post_status_with(json!({"status": "Hello #rust", "language": "en"})).await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    mo.post(&format!("{path}/favourite"), json!({})).await.expect(200);
    mo.post(&format!("{path}/reblog"), json!({})).await.expect(200);
    mo.post_status_with(json!({"status": "@ada yes", "in_reply_to_id": post["id"]})).await;
    let eve = peer.actor("eve");
    let mut note = eve.note("Hello #rust");
    note["tag"] = json!([{"type": "Hashtag", "name": "#rust", "href": peer.url("/tags/rust")}]);
    note["inReplyTo"] = post["uri"].clone();
    note["contentMap"] = json!({"de": note["content"]});
    let picture = json!({"type": "Image", "mediaType": "image/png", "url": peer.url("/picture.png")});
    note["attachment"] = json!([picture]);
    eve.deliver(acme, &eve.create(&note)).await;
    eve.deliver(acme, &eve.activity("Follow", ada.account.uri.clone())).await;
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_posts_and_servers_are_counted_by_days() {
    let world = World::builder().instance(ACME).peer(PEER).start().await;
    let acme = world.instance(ACME);
    let (ada, mo) = (acme.register("ada").await, staff(acme, "mo", "moderator").await);
    something_happens(&world, &ada, &mo).await;
    let tag = ada.get("/api/v1/tags/rust").await.expect(200)["id"].clone();
    let first = day(world.clock.now());
    let keys: Vec<&str> = TOTALS.iter().map(|(key, _)| *key).chain(["no_such_measure"]).collect();
    let found = mo.post("/api/v1/admin/measures", asked(&keys, &first, &first, &tag)).await.expect(200);
    assert_eq!(totals(&found), TOTALS.map(|(key, total)| (key.to_owned(), total.to_owned())).into());
    let keys = ["servers", "tag_servers", "tag_languages", "instance_languages", "instance_accounts"];
    let found = mo.post("/api/v1/admin/dimensions", asked(&keys, &first, &first, &tag)).await.expect(200);
    let expected: [&[&str]; 5] =
        [&["acme.test: 3", "peer.test: 1"], &["acme.test: 1", "peer.test: 1"], &["de: 1", "en: 1"], &["de: 1"], &[]];
    assert_eq!(kinds(&found), expected.map(|kinds| kinds.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>()));

    // On the next day she is here, and nothing else happens.
    world.advance(TimeDelta::days(1)).await;
    let next = day(world.clock.now());
    for _ in 0..2 {
        ada.home().await;
    }
    let keys = ["active_users", "interactions"];
    let found =
        mo.with_scopes("admin:read").await.post("/api/v1/admin/measures", asked(&keys, &next, &next, &tag)).await;
    assert_eq!(found.expect(200)[1]["previous_total"], "4");
    let found = mo.post("/api/v1/admin/measures", asked(&keys, &first, &next, &tag)).await.expect(200);
    let days = |n: usize| -> Vec<&str> {
        found[n]["data"].as_array().unwrap().iter().map(|day| day["value"].as_str().unwrap()).collect()
    };
    assert_eq!((days(0), days(1)), (vec!["2", "2"], vec!["4", "0"]));
    assert_eq!((&found[0]["total"], &found[0]["previous_total"]), (&json!("2"), &json!(null)));
    let cyd = acme.register("cyd").await;
    acme.sql(&format!("UPDATE users SET created_at = '{next}' WHERE account_id = {}", cyd.id())).await;
    cyd.home().await;
    let cohorts =
        mo.post("/api/v1/admin/retention", json!({"start_at": first, "end_at": next, "frequency": "day"})).await;
    let cohorts = cohorts.expect(200);
    let of = |n: usize, m: usize| (&cohorts[n]["data"][m]["value"], &cohorts[n]["data"][m]["rate"]);
    assert_eq!(of(0, 0), (&json!("2"), &json!(1.0)));
    assert_eq!(of(0, 1), (&json!("2"), &json!(1.0)));
    assert_eq!(of(1, 0), (&json!("1"), &json!(1.0)));
    assert_eq!((&cohorts[1]["frequency"], &cohorts[1]["data"][1]), (&json!("day"), &json!(null)));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn space_is_told_and_what_makes_no_sense_is_refused() {
    let world = World::start([ACME]).await;
    let mo = staff(world.instance(ACME), "mo", "moderator").await;
    let found = mo.post("/api/v1/admin/dimensions", json!({"keys": ["space_usage"]})).await.expect(200);
    let postgres = &found[0]["data"][0];
    assert_eq!((&postgres["key"], &postgres["unit"]), (&json!("postgresql"), &json!("bytes")));
    assert!(
        postgres["value"].as_str().unwrap().parse::<i64>().unwrap() > 1_000_000 && !postgres["human_value"].is_null()
    );
    for wrong in
        [json!({"keys": ["tag_uses"]}), json!({"keys": ["instance_statuses"], "instance_statuses": {"domain": "a b"}})]
    {
        let mut wrong = wrong;
        (wrong["start_at"], wrong["end_at"]) = (json!("2026-01-01"), json!("2026-01-02"));
        mo.post("/api/v1/admin/measures", wrong).await.expect(422);
    }
    for (from, frequency) in [("2026-01-01", "week"), ("2025-06-01", "day")] {
        let asked = json!({"start_at": from, "end_at": "2026-01-02", "frequency": frequency});
        mo.post("/api/v1/admin/retention", asked).await.expect(422);
    }
    world.finish().await;
}
