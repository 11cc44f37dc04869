//! What moderators and administrators do to accounts.

use reqwest::Method;
use serde_json::json;

use super::reports::staff;
use super::{NO_IDS, refused};
use crate::support::{With, World};

#[tokio::test(flavor = "multi_thread")]
async fn acts_on_an_account_hold_until_they_are_taken_back() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, mal) = (acme.register("ada").await, acme.register("mal").await);
    let mo = staff(acme, "mo", "moderator").await;
    let post = mal.post_status("Hello #rust").await;
    let page = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let report = ada.post("/api/v1/reports", json!({"account_id": mal.id()})).await.expect(200);
    let path = format!("/api/v1/admin/accounts/{}", mal.id());
    let act =
        async |kind: &str| mo.post(&format!("{path}/action"), json!({"type": kind, "report_id": report["id"]})).await;
    let undo = async |verb: &str| mo.post(&format!("{path}/{verb}"), json!({})).await;
    let public = || ada.get("/api/v1/timelines/public");

    assert_eq!(mo.get(&path).await.expect(200)["username"], "mal");
    act("silence").await.expect(200);
    assert!(public().await.expect(200).list().is_empty(), "those who do not follow do not see it");
    assert!(ada.get("/api/v1/timelines/tag/rust").await.expect(200).list().is_empty());
    assert_eq!(mal.get("/api/v1/timelines/public").await.expect(200).list().len(), 1, "one sees oneself");
    ada.get(&page).await.expect(200);
    ada.follow("@mal@acme.test").await;
    assert_eq!(public().await.expect(200).list().len(), 1, "followers see it");
    assert_eq!(ada.home_texts().await.len(), 1);
    assert_eq!(mo.get("/api/v1/admin/accounts?silenced=true").await.expect(200).ids(), [mal.id()]);
    assert!(mo.get("/api/v1/admin/reports").await.expect(200).list().is_empty(), "the report is answered");
    assert_eq!(undo("unsilence").await.expect(200)["silenced"], false);

    act("sensitive").await.expect(200);
    assert_eq!(ada.get(&page).await.expect(200)["sensitive"], true);
    assert_eq!(undo("unsensitive").await.expect(200)["sensitized"], false);
    assert_eq!(ada.get(&page).await.expect(200)["sensitive"], false);

    act("disable").await.expect(200);
    mal.get("/api/v1/accounts/verify_credentials").await.expect(401);
    ada.get(&page).await.expect(200);
    assert_eq!(undo("enable").await.expect(200)["disabled"], false);

    let mal = mal.with_scopes("read write").await;
    act("suspend").await.expect(200);
    mal.get("/api/v1/accounts/verify_credentials").await.expect(401);
    ada.get(&page).await.expect(404);
    assert_eq!(mo.get("/api/v2/admin/accounts?status=suspended").await.expect(200).ids(), [mal.id()]);
    assert_eq!(undo("unsuspend").await.expect(200)["suspended"], false);
    ada.get(&page).await.expect(200);
    act("none").await.expect(200);
    let noted = "SELECT count(*) FROM audit_log WHERE target = 'mal' AND action LIKE 'account.%'";
    assert_eq!(acme.count(noted).await, 9);
    for kind in ["ban", ""] {
        let with = With { json: Some(json!({"type": kind})), ..With::default() };
        refused(&mo, Method::POST, &format!("{path}/action"), with, 422).await;
    }
    act("suspend").await.expect(200);
    let ruth = staff(acme, "ruth", "admin").await;
    assert_eq!(ruth.delete(&path).await.expect(200)["username"], "mal");
    world.settle().await;
    assert_eq!(
        acme.count("SELECT count(*) FROM statuses s JOIN accounts a ON a.id = s.account_id WHERE a.username = 'mal'")
            .await,
        0
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_acted_on_is_told_of_it() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, mal) = (acme.register("ada").await, acme.register("mal").await);
    let mo = staff(acme, "mo", "moderator").await;
    let post = mal.post_status("Buy this").await;
    let report = json!({"account_id": mal.id(), "status_ids": [post["id"]]});
    let report = ada.post("/api/v1/reports", report).await.expect(200);
    let path = format!("/api/v1/admin/accounts/{}/action", mal.id());
    for kind in ["silence", "sensitive", "disable", "none"] {
        let act = json!({"type": kind, "report_id": report["id"], "text": "Mind your words"});
        mo.post(&path, act).await.expect(200);
    }
    mo.post(&format!("/api/v1/admin/accounts/{}/enable", mal.id()), json!({})).await.expect(200);
    let mal = mal.with_scopes("read write").await;
    let list = "/api/v1/notifications?types[]=moderation_warning";
    let told = mal.get(list).await.expect(200);
    let actions: Vec<_> = told.list().iter().map(|one| one["moderation_warning"]["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["none", "disable", "sensitive", "silence"]);
    let warning = &told[0]["moderation_warning"];
    assert_eq!((&warning["target_account"]["id"], &told[0]["account"]["id"]), (&json!(mal.id()), &json!(mal.id())));
    assert_eq!((&warning["text"], &warning["status_ids"]), (&json!("Mind your words"), &json!([post["id"]])));
    let grouped = mal.get("/api/v2/notifications?types[]=moderation_warning").await.expect(200);
    assert_eq!(grouped["notification_groups"][0]["moderation_warning"], *warning);
    mo.post(&path, json!({"type": "none", "send_email_notification": false})).await.expect(200);
    assert_eq!(mal.get(list).await.expect(200).ids(), told.ids(), "unless they are not to be");
    assert!(ada.get(list).await.expect(200).list().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_acts_on_those_above_or_beside_them() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let (mo, max) = (staff(acme, "mo", "moderator").await, staff(acme, "max", "moderator").await);
    let (ruth, olga) = (staff(acme, "ruth", "admin").await, staff(acme, "olga", "owner").await);
    let silence = || With { json: Some(json!({"type": "silence"})), ..With::default() };
    for (by, to) in [(&mo, &max), (&mo, &mo), (&mo, &ruth), (&ruth, &olga), (&olga, &olga)] {
        refused(by, Method::POST, &format!("/api/v1/admin/accounts/{}/action", to.id()), silence(), 403).await;
    }
    let path = format!("/api/v1/admin/accounts/{}/action", ruth.id());
    olga.send(Method::POST, &path, silence()).await.expect(200);
    // A plain person with the scope; a moderator without it; what is for administrators.
    let scoped = ada.with_scopes("admin:read admin:write").await;
    let weak = mo.with_scopes("admin:read:reports read write").await;
    for person in [&scoped, &weak] {
        person.get("/api/v1/admin/accounts").await.expect(403);
        refused(person, Method::POST, &path, silence(), 403).await;
    }
    mo.get("/api/v1/admin/domain_blocks").await.expect(403);
    refused(&mo, Method::DELETE, &format!("/api/v1/admin/accounts/{}", ada.id()), With::default(), 403).await;
    for id in NO_IDS {
        mo.get(&format!("/api/v1/admin/accounts/{id}")).await.expect(404);
        refused(&mo, Method::POST, &format!("/api/v1/admin/accounts/{id}/action"), silence(), 404).await;
    }
    let staff = mo.get("/api/v1/admin/accounts?staff=true&local=true").await.expect(200);
    assert_eq!(staff.list().len(), 4);
    let page = mo.get("/api/v1/admin/accounts?local=true&limit=2").await.expect(200);
    let next = mo.get(&page.link("next").unwrap()).await.expect(200);
    assert_eq!(next.list().len(), 2);
    assert!(page.ids().iter().all(|id| !next.ids().contains(id)));
    assert_eq!(mo.get("/api/v2/admin/accounts?username=ad").await.expect(200).ids(), [ada.id()]);
    assert_eq!(mo.get("/api/v2/admin/accounts?role_ids[]=3").await.expect(200).ids(), [olga.id()]);
    assert_eq!(mo.get("/api/v1/admin/accounts?email=ada@").await.expect(200).ids(), [ada.id()]);
    mo.get("/api/v2/admin/accounts?status=happy").await.expect(422);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn registrations_wait_where_somebody_approves_them() {
    let builder = World::builder().instance("acme.test");
    let approval = |config: &mut pollen::config::Config| {
        config.registrations.mode = pollen::config::RegistrationMode::Approval;
    };
    let world = builder.configure(approval).start().await;
    let acme = world.instance("acme.test");
    let mo = staff(acme, "mo", "moderator").await;
    assert_eq!(acme.get("/api/v2/instance").await.expect(200)["registrations"]["approval_required"], true);
    let app_token = acme.app_token("read write").await;
    let mut tokens = Vec::new();
    for name in ["ada", "mal"] {
        let json = json!({
            "username": name, "email": format!("{name}@people.test"), "password": "correct horse", "agreement": true,
            "locale": "en", "reason": "To learn",
        });
        let with = With { token: Some(&app_token), json: Some(json), ..With::default() };
        tokens.push(acme.send(Method::POST, "/api/v1/accounts", with).await.expect(200).text("access_token"));
    }
    let waiting = mo.get("/api/v1/admin/accounts?pending=true").await.expect(200);
    assert_eq!(waiting.list().len(), 2);
    assert_eq!(waiting[0]["invite_request"], "To learn");
    let verify = async |token: &str| {
        let with = With { token: Some(token), ..With::default() };
        acme.send(Method::GET, "/api/v1/accounts/verify_credentials", with).await.status
    };
    assert_eq!(verify(&tokens[0]).await, 401);
    let ids = waiting.ids();
    let (mal, ada) = (&ids[0], &ids[1]);
    mo.post(&format!("/api/v1/admin/accounts/{ada}/approve"), json!({})).await.expect(200);
    assert_eq!(verify(&tokens[0]).await, 200);
    refused(&mo, Method::POST, &format!("/api/v1/admin/accounts/{ada}/reject"), With::default(), 403).await;
    mo.post(&format!("/api/v1/admin/accounts/{mal}/reject"), json!({})).await.expect(200);
    mo.get(&format!("/api/v1/admin/accounts/{mal}")).await.expect(404);
    assert_eq!(verify(&tokens[1]).await, 401);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_is_counted_and_nothing_is_made_up() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let mo = staff(acme, "mo", "moderator").await;
    ada.post("/api/v1/reports", json!({"account_id": mo.id()})).await.expect(200);
    let today = world.clock.now().format("%Y-%m-%d").to_string();
    let asked = json!({"keys": ["new_users", "opened_reports", "active_users"], "start_at": today, "end_at": today});
    let found = mo.post("/api/v1/admin/measures", asked.clone()).await.expect(200);
    let totals: Vec<&str> = found.list().iter().map(|one| one["total"].as_str().unwrap()).collect();
    assert_eq!(totals, ["2", "1", "2"]);
    let asked = json!({"keys": ["languages", "software_versions", "sources"], "start_at": today, "end_at": today});
    let found = mo.post("/api/v1/admin/dimensions", asked.clone()).await.expect(200);
    assert_eq!(found.list().len(), 3);
    assert_eq!(found[0]["data"][0]["value"], "2");
    assert_eq!(found[2]["data"], json!([]), "by which program somebody registered is not kept");
    mo.post("/api/v1/admin/retention", asked.clone()).await.expect(200);
    for kind in ["links", "statuses", "tags"] {
        assert!(mo.get(&format!("/api/v1/admin/trends/{kind}")).await.expect(200).list().is_empty());
    }
    for (start_at, end_at) in [("yesterday", "2026-01-01"), ("2026-01-02", "2026-01-01"), ("2020-01-01", "2026-01-01")]
    {
        let asked = json!({"keys": ["new_users"], "start_at": start_at, "end_at": end_at});
        mo.post("/api/v1/admin/measures", asked).await.expect(422);
    }
    ada.with_scopes("admin:read").await.post("/api/v1/admin/measures", asked).await.expect(403);
    world.finish().await;
}
