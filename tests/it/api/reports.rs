//! Reports, and what moderators do with them.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use super::{NO_IDS, refused};
use crate::support::{Browser, Instance, NewPerson, Person, With, World};

const SCOPES: &str = "read write follow admin:read admin:write";

pub async fn staff(instance: &Instance, username: &str, role: &str) -> Person {
    instance.register_with(NewPerson { username, role, scopes: SCOPES }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_goes_to_moderators_who_work_it_off() {
    let builder = World::builder().instance("acme.test");
    let world =
        builder.configure(|config| config.instance.rules = vec!["Be kind".into(), "No spam".into()]).start().await;
    let acme = world.instance("acme.test");
    let (ada, mal, eve) = (acme.register("ada").await, acme.register("mal").await, acme.register("eve").await);
    let mo = staff(acme, "mo", "moderator").await;
    let post = mal.post_status("Buy this").await;
    let whisper = mal.post_status_with(json!({"status": "@eve psst", "visibility": "direct"})).await;
    let body = json!({
        "account_id": mal.id(), "status_ids": [post["id"]], "comment": "spam!", "forward": true, "rule_ids": ["2"],
    });
    let report = ada.post("/api/v1/reports", body).await.expect(200);
    assert_eq!(report["category"], "violation");
    assert_eq!(report["status_ids"], json!([post["id"]]));
    assert_eq!(report["rule_ids"], json!(["2"]));
    assert_eq!(report["forwarded"], false, "there is nowhere to forward it to");
    assert_eq!(report["target_account"]["id"], mal.id());
    // What the reporter may not see, is somebody else's, or is not there.
    let with = |json| With { json: Some(json), ..With::default() };
    let reports = "/api/v1/reports";
    for (draft, status) in [
        (json!({"account_id": mal.id(), "status_ids": [whisper["id"]]}), 404),
        (json!({"account_id": eve.id(), "status_ids": [post["id"]]}), 404),
        (json!({"account_id": mal.id(), "collection_ids": ["5"]}), 404),
        (json!({"account_id": mal.id(), "category": "rude"}), 422),
        (json!({"account_id": mal.id(), "rule_ids": ["3"]}), 422),
        (json!({"account_id": mal.id(), "rule_ids": ["x"]}), 422),
        (json!({"account_id": mal.id(), "comment": "x".repeat(1001)}), 422),
        (json!({"account_id": ada.id()}), 422),
        (json!({}), 404),
    ] {
        refused(&ada, Method::POST, reports, with(draft), status).await;
    }
    let weak = ada.with_scopes("read write:statuses").await;
    refused(&weak, Method::POST, reports, with(json!({"account_id": mal.id()})), 403).await;

    let path = format!("/api/v1/admin/reports/{}", report.text("id"));
    let open = mo.get("/api/v1/admin/reports").await.expect(200);
    assert_eq!(open.ids(), [report.text("id")]);
    assert_eq!(open[0]["statuses"][0]["id"], post["id"]);
    assert_eq!(open[0]["rules"][0]["text"], "No spam");
    assert_eq!(open[0]["account"]["username"], "ada");
    assert_eq!(mo.get(&path).await.expect(200)["id"], report["id"]);
    let other = mo.get(&format!("/api/v1/admin/reports?target_account_id={}", eve.id())).await.expect(200);
    assert!(other.list().is_empty());
    let assigned = mo.post(&format!("{path}/assign_to_self"), json!({})).await.expect(200);
    assert_eq!(assigned["assigned_account"]["username"], "mo");
    assert!(mo.post(&format!("{path}/unassign"), json!({})).await.expect(200)["assigned_account"].is_null());
    let changed = mo.put(&path, json!({"category": "spam"})).await.expect(200);
    assert_eq!((changed["category"].as_str(), changed["rules"].as_array().map(Vec::len)), (Some("spam"), Some(0)));
    refused(&mo, Method::PUT, &path, with(json!({"category": "rude"})), 422).await;
    let resolved = mo.post(&format!("{path}/resolve"), json!({})).await.expect(200);
    assert_eq!(resolved["action_taken_by_account"]["username"], "mo");
    assert!(mo.get("/api/v1/admin/reports").await.expect(200).list().is_empty());
    assert_eq!(mo.get("/api/v1/admin/reports?resolved=true").await.expect(200).list().len(), 1);
    assert_eq!(mo.post(&format!("{path}/reopen"), json!({})).await.expect(200)["action_taken"], false);
    assert_eq!(acme.count("SELECT count(*) FROM audit_log WHERE actor = 'mo' AND action LIKE 'report.%'").await, 5);
    for id in NO_IDS {
        mo.get(&format!("/api/v1/admin/reports/{id}")).await.expect(404);
    }
    // Neither the role without the scope, nor the scope without the role.
    let admin_scopes = ada.with_scopes(SCOPES).await;
    let no_scopes = mo.with_scopes("read write").await;
    for person in [&admin_scopes, &no_scopes] {
        person.get("/api/v1/admin/reports").await.expect(403);
        refused(person, Method::POST, &format!("{path}/resolve"), With::default(), 403).await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn moderators_see_of_a_report_what_its_author_could_see() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, mal, eve) = (acme.register("ada").await, acme.register("mal").await, acme.register("eve").await);
    let mo = staff(acme, "mo", "moderator").await;
    let post = mal.post_status_with(json!({"status": "@ada look", "visibility": "direct"})).await;
    let id = post["id"].as_str().unwrap();
    let body = || json!({"account_id": mal.id(), "status_ids": [id]});
    ada.post("/api/v1/reports", body()).await.expect(200);
    let shown = async || mo.get("/api/v1/admin/reports").await.expect(200).json;
    assert_eq!(shown().await[0]["statuses"][0]["id"], id);
    mo.get(&format!("/api/v1/statuses/{id}")).await.expect(404);
    // A block takes nothing out of a report, whoever of the two blocks; but whoever is blocked names nothing more.
    let block = |whom: &Person| format!("/api/v1/accounts/{}/block", whom.id());
    mal.post(&block(&ada), json!({})).await.expect(200);
    assert_eq!(shown().await[0]["statuses"][0]["id"], id);
    refused(&ada, Method::POST, "/api/v1/reports", With { json: Some(body()), ..With::default() }, 404).await;
    ada.post(&block(&mal), json!({})).await.expect(200);
    mal.post(&format!("/api/v1/accounts/{}/unblock", ada.id()), json!({})).await.expect(200);
    ada.post("/api/v1/reports", body()).await.expect(200);
    let reports = shown().await;
    assert_eq!([&reports[0]["statuses"][0]["id"], &reports[1]["statuses"][0]["id"]], [id, id]);
    // Nor does somebody else get to see what they could not.
    refused(&eve, Method::POST, "/api/v1/reports", With { json: Some(body()), ..With::default() }, 404).await;
    // What a suspension was for stays to be read, by moderators alone.
    mo.post(&format!("/api/v1/admin/accounts/{}/action", mal.id()), json!({"type": "suspend"})).await.expect(200);
    assert_eq!(shown().await[0]["statuses"][0]["id"], id);
    ada.get(&format!("/api/v1/statuses/{id}")).await.expect(404);
    mo.post(&format!("/api/v1/admin/accounts/{}/unsuspend", mal.id()), json!({})).await.expect(200);
    for _ in 0..28 {
        ada.post("/api/v1/reports", json!({"account_id": mal.id()})).await.expect(200);
    }
    ada.post("/api/v1/reports", json!({"account_id": mal.id()})).await.expect(429);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_tells_nothing_of_what_its_author_did_with_the_posts() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, mal) = (acme.register("ada").await, acme.register("mal").await);
    let mo = staff(acme, "mo", "moderator").await;
    ada.follow("@mal").await;
    let poll = json!({"options": ["yes", "no"], "expires_in": 3600});
    let draft = json!({"status": "Buy this?", "poll": poll, "quote_approval_policy": "followers"});
    let post = mal.post_status_with(draft).await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    for what in ["favourite", "bookmark", "mute", "reblog"] {
        ada.post(&format!("{path}/{what}"), json!({})).await.expect(200);
    }
    let poll = post["poll"]["id"].as_str().unwrap();
    ada.post(&format!("/api/v1/polls/{poll}/votes"), json!({"choices": ["0"]})).await.expect(200);
    let keywords = json!([{"keyword": "buy"}]);
    let filter = json!({"title": "My secret", "context": ["home"], "keywords_attributes": keywords});
    ada.post("/api/v2/filters", filter).await.expect(200);
    let report = json!({"account_id": mal.id(), "status_ids": [post["id"]]});
    ada.post("/api/v1/reports", report).await.expect(200);
    let reports = mo.get("/api/v1/admin/reports").await.expect(200);
    let seen = &reports[0]["statuses"][0];
    assert_eq!(seen["id"], post["id"]);
    for own in ["favourited", "reblogged", "bookmarked", "muted", "pinned", "filtered"] {
        assert_eq!(seen[own], json!(null), "{own}");
    }
    assert_eq!((&seen["favourites_count"], &seen["reblogs_count"]), (&json!(0), &json!(0)));
    assert_eq!((&seen["poll"]["voted"], &seen["poll"]["own_votes"]), (&json!(null), &json!(null)));
    assert_eq!(seen["quote_approval"]["current_user"], "denied", "whom they follow");
    assert!(!reports.body.contains("My secret"), "{}", reports.body);
    world.advance(TimeDelta::hours(2)).await;
    world.finish().await;
}

/// Whoever looks after the instance may be alone, so they may.
#[tokio::test(flavor = "multi_thread")]
async fn no_moderator_works_off_what_is_reported_of_themself() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let (mo, ruth) = (staff(acme, "mo", "moderator").await, staff(acme, "ruth", "admin").await);
    let mut paths = Vec::new();
    for about in [&mo, &ruth] {
        let report = ada.post("/api/v1/reports", json!({"account_id": about.id()})).await.expect(200);
        paths.push(format!("/api/v1/admin/reports/{}", report.text("id")));
    }
    for act in ["assign_to_self", "unassign", "resolve", "reopen"] {
        refused(&mo, Method::POST, &format!("{}/{act}", paths[0]), With::default(), 403).await;
        mo.post(&format!("{}/{act}", paths[1]), json!({})).await.expect(200);
        ruth.post(&format!("{}/{act}", paths[1]), json!({})).await.expect(200);
    }
    let change = With { json: Some(json!({"category": "spam"})), ..With::default() };
    refused(&mo, Method::PUT, &paths[0], change, 403).await;
    // A word beside it is for others, too.
    let browser = Browser::of(&mo).await;
    let page = paths[0].replace("/api/v1", "");
    let shown = browser.get(&page).await.expect(200);
    browser.submit(&shown, &format!("{page}/note"), &[("text", "It was not me")]).await.expect(422);
    assert_eq!(acme.count("SELECT count(*) FROM report_notes").await, 0);
    world.finish().await;
}
