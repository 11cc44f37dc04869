//! What those who run the instance do on pages: people and reports. All of it stands in the audit log.

use reqwest::Method;
use serde_json::{Value, json};

use super::settings::{routes, token};
use crate::support::{Browser, Instance, NewPerson, Person, World};

/// Somebody with a role, and their browser.
pub async fn staff(instance: &Instance, username: &str, role: &str) -> (Person, Browser) {
    let person =
        instance.register_with(NewPerson { username, role, scopes: "read write admin:read admin:write" }).await;
    let browser = Browser::of(&person).await;
    (person, browser)
}

/// What stands in the audit log, the oldest first: who, what, to whom.
pub async fn audit(instance: &Instance) -> Vec<String> {
    let client = instance.database.client().await;
    let rows = client.query("SELECT actor || ' ' || action || ' ' || target FROM audit_log ORDER BY id", &[]).await;
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn others_find_nothing_there() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (_, person) = staff(acme, "ada", "user").await;
    let (_, moderator) = staff(acme, "mo", "moderator").await;
    let (_, admin) = staff(acme, "ruth", "admin").await;
    let own = token(&person.get("/").await.expect(200).body, "/auth/sign_out");
    let routes = routes("src/web/admin/mod.rs");
    assert!(routes.len() > 25, "the routes were not found");
    let for_moderators = ["/admin", "/admin/accounts", "/admin/reports", "/admin/appeals"];
    let before = acme.fingerprint().await;
    for (method, path) in &routes {
        let form = [("token", own.as_str())];
        let form = (*method == Method::POST).then_some(form.as_slice());
        for browser in [&Browser::new(acme), &person] {
            browser.send(method.clone(), path, form, &[]).await.expect(404);
        }
        let of_people = for_moderators[1..].iter().any(|start| path.starts_with(start));
        if !of_people && path != "/admin" || path.ends_with("/role") {
            moderator.send(method.clone(), path, form, &[]).await.expect(404);
        }
        if *method == Method::GET && !path.ends_with("/1") {
            admin.get(path).await.expect(200);
            if for_moderators.contains(&path.as_str()) {
                moderator.get(path).await.expect(200);
            }
        } else if *method == Method::GET {
            admin.get(path).await.expect(404);
        } else {
            // Not by a form of another site. A note would be shown again beside its report.
            admin.post(path, &[("token", &own)]).await.expect(if path.ends_with("/note") { 404 } else { 422 });
        }
    }
    assert_eq!(acme.fingerprint().await, before);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_acts_on_somebody_and_takes_it_back() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let mal = acme.register("mal").await;
    let (_, browser) = staff(acme, "mo", "moderator").await;
    let path = format!("/admin/accounts/{}", mal.id());
    let action = format!("{path}/act");
    for (act, undo, state) in [
        ("silence", "unsilence", "silenced_at IS NOT NULL"),
        ("sensitive", "unsensitive", "sensitized_at IS NOT NULL"),
        ("suspend", "unsuspend", "suspended_at IS NOT NULL"),
    ] {
        let query = format!("SELECT count(*) FROM accounts WHERE username = 'mal' AND {state}");
        let page = browser.get(&path).await.expect(200);
        assert!(page.body.contains(&format!("value=\"{act}\"")), "{}", page.body);
        let said = [("act", act), ("text", "Mind your words")];
        assert_eq!(browser.submit(&page, &action, &said).await.expect(303).header("location"), format!("{path}?done"));
        assert_eq!(acme.count(&query).await, 1, "{act}");
        let page = browser.get(&path).await.expect(200);
        browser.submit(&page, &action, &[("act", undo)]).await.expect(303);
        assert_eq!(acme.count(&query).await, 0, "{undo}");
    }
    let acts: Vec<String> = ["silence", "unsilence", "sensitive", "unsensitive", "suspend", "unsuspend"]
        .iter()
        .map(|act| format!("mo account.{act} mal"))
        .collect();
    assert_eq!(audit(acme).await, acts);
    let long = "x".repeat(5001);
    let page = browser.get(&path).await.expect(200);
    let wrong = browser.submit(&page, &action, &[("act", "silence"), ("text", &long)]).await.expect(422);
    assert!(wrong.body.contains("href=\"#text\"") && wrong.body.contains(&long));
    browser.submit(&page, &action, &[("act", "explode")]).await.expect(404);
    browser.submit(&page, &action, &[("act", "delete"), ("confirm", "mal")]).await.expect(404);
    let (ruth, _) = staff(acme, "ruth", "admin").await;
    let above = browser.get(&format!("/admin/accounts/{}", ruth.id())).await.expect(200);
    assert!(!above.body.contains("value=\"suspend\""), "nobody acts on those above them");
    let form = [("act", "suspend"), ("token", &token(&page.body, &action))];
    browser.post(&format!("/admin/accounts/{}/act", ruth.id()), &form).await.expect(422);
    assert_eq!(audit(acme).await.len(), 6, "what was refused was not done");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_back_asks_for_the_name() {
    let configure = |config: &mut pollen::config::Config| {
        config.registrations.mode = pollen::config::RegistrationMode::Approval;
    };
    let world = World::builder().instance("acme.test").configure(configure).start().await;
    let acme = world.instance("acme.test");
    for name in ["ada", "mal"] {
        let browser = Browser::new(acme);
        let page = browser.get("/auth/sign_up").await.expect(200);
        let email = format!("{name}@people.test");
        let typed = [("username", name), ("email", &email), ("password", "learn together"), ("agreement", "on")];
        browser.submit(&page, "/auth/sign_up", &typed).await.expect(200);
    }
    let (_, browser) = staff(acme, "ruth", "admin").await;
    let overview = browser.get("/admin").await.expect(200).body;
    assert!(overview.contains("@ada@acme.test") && overview.contains("@mal@acme.test"), "{overview}");
    let id = async |name: &str| acme.count(&format!("SELECT id FROM accounts WHERE username = '{name}'")).await;
    let (ada, mal) = (format!("/admin/accounts/{}", id("ada").await), format!("/admin/accounts/{}", id("mal").await));
    let page = browser.get(&ada).await.expect(200);
    browser.submit(&page, &format!("{ada}/act"), &[("act", "approve")]).await.expect(303);
    Browser::new(acme).sign_in("ada", "learn together").await.expect(303);
    let page = browser.get(&mal).await.expect(200);
    let wrong = browser.submit(&page, &format!("{mal}/act"), &[("act", "reject"), ("confirm", "ada")]).await;
    assert!(wrong.expect(422).body.contains("href=\"#confirm\""));
    let right = [("act", "reject"), ("confirm", "@mal@acme.test")];
    browser.submit(&page, &format!("{mal}/act"), &right).await.expect(303);
    browser.get(&mal).await.expect(404);
    // Of a suspended account, for good.
    let page = browser.get(&ada).await.expect(200);
    browser.submit(&page, &format!("{ada}/act"), &[("act", "suspend")]).await.expect(303);
    browser.submit(&page, &format!("{ada}/act"), &[("act", "delete"), ("confirm", "")]).await.expect(422);
    browser.submit(&page, &format!("{ada}/act"), &[("act", "delete"), ("confirm", "ada")]).await.expect(303);
    world.settle().await;
    browser.get(&ada).await.expect(404);
    let done = audit(acme).await;
    assert_eq!(
        done,
        ["ruth account.approve ada", "ruth account.reject mal", "ruth account.suspend ada", "ruth account.delete ada"]
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_given_below_ones_own() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let (ruth, admin) = staff(acme, "ruth", "admin").await;
    let (_, owner) = staff(acme, "olga", "owner").await;
    let path = format!("/admin/accounts/{}", ada.id());
    let role = async |browser: &Browser, path: &str, role: &str| {
        let token = token(&browser.get("/").await.expect(200).body, "/auth/sign_out");
        browser.post(&format!("{path}/role"), &[("role", role), ("token", &token)]).await
    };
    assert!(admin.get(&path).await.expect(200).body.contains("value=\"moderator\""));
    let profile = async || Browser::new(acme).get("/@ada").await.expect(200).body;
    assert!(!profile().await.contains("class=\"badge\""));
    role(&admin, &path, "moderator").await.expect(303);
    assert!(profile().await.contains("<span class=\"badge\">Moderates this server</span>"));
    role(&admin, &path, "admin").await.expect(422);
    role(&admin, &path, "king").await.expect(422);
    role(&admin, &format!("/admin/accounts/{}", ruth.id()), "user").await.expect(422);
    role(&owner, &path, "admin").await.expect(303);
    assert!(profile().await.contains("<span class=\"badge\">Administers this server</span>"));
    role(&admin, &path, "user").await.expect(422);
    assert_eq!(audit(acme).await, ["ruth account.role ada", "olga account.role ada"]);
    assert_eq!(acme.count("SELECT count(*) FROM users WHERE email LIKE 'ada%' AND role = 'admin'").await, 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_found() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, _) = (acme.register("ada").await, acme.register("adam").await);
    world.instance("globex.test").register("ben").await;
    ada.resolve("@ben@globex.test").await;
    let (_, browser) = staff(acme, "mo", "moderator").await;
    for (query, found) in [
        ("", vec!["ada", "adam", "mo"]),
        ("?q=ada", vec!["ada", "adam"]),
        ("?q=ada@people.test", vec!["ada"]),
        ("?q=@ben@globex.test", vec!["ben"]),
        ("?q=globex.test", vec!["ben"]),
        ("?origin=remote", vec!["ben"]),
        ("?state=staff", vec!["mo"]),
        ("?state=suspended", vec![]),
    ] {
        let page = browser.get(&format!("/admin/accounts{query}")).await.expect(200).body;
        let (_, page) = page.split_once("<main").unwrap();
        for name in ["ada", "adam", "ben", "mo"] {
            assert_eq!(page.contains(&format!(">@{name}@")), found.contains(&name), "{query}: {name} in {page}");
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_worked_off() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let (acme, globex) = (world.instance("acme.test"), world.instance("globex.test"));
    let (ada, mal) = (acme.register("ada").await, globex.register("mal").await);
    mal.post_status("Buy this").await;
    let private = mal.post_status_with(json!({"status": "For my followers", "visibility": "private"})).await;
    ada.follow("@mal@globex.test").await;
    world.settle().await;
    mal.post_status("Buy that").await;
    world.settle().await;
    let seen = ada.home().await.remove(0);
    let about =
        json!({"account_id": seen["account"]["id"], "status_ids": [seen["id"]], "comment": "please look & act"});
    let report = ada.post("/api/v1/reports", about).await.expect(200);
    ada.post(&format!("/api/v1/statuses/{}/bookmark", seen["id"].as_str().unwrap()), json!({})).await.expect(200);
    let (_, browser) = staff(acme, "mo", "moderator").await;
    let path = format!("/admin/reports/{}", report["id"].as_str().unwrap());
    assert!(browser.get("/admin/reports").await.expect(200).body.contains(&path));
    let page = browser.get(&path).await.expect(200);
    assert!(page.body.contains("Buy that") && page.body.contains("please look &#38; act"), "{}", page.body);
    assert!(!page.body.contains("For my followers"), "{private}");
    assert!(!page.body.contains("aria-pressed"), "what whoever reported did with it shows: {}", page.body);
    let change = format!("{path}/change");
    let act = async |act: &str| browser.submit(&page, &change, &[("act", act)]).await;
    act("assign").await.expect(303);
    assert!(browser.get(&path).await.expect(200).body.contains("<dd>@mo@acme.test</dd>"));
    browser.submit(&page, &change, &[("act", "classify"), ("what", "spam")]).await.expect(303);
    browser.submit(&page, &change, &[("act", "classify"), ("what", "boring")]).await.expect(422);
    let note = format!("{path}/note");
    browser.submit(&page, &note, &[("text", " ")]).await.expect(422);
    browser.submit(&page, &note, &[("text", "I wrote to <them>")]).await.expect(303);
    assert!(browser.get(&path).await.expect(200).body.contains("I wrote to &#60;them&#62;"));
    act("forward").await.expect(303);
    act("forward").await.expect(422);
    world.settle().await;
    assert_eq!(globex.count("SELECT count(*) FROM reports WHERE comment = 'please look & act'").await, 1);
    act("resolve").await.expect(303);
    assert!(!browser.get("/admin/reports").await.expect(200).body.contains(&path));
    assert!(browser.get("/admin/reports?state=resolved").await.expect(200).body.contains(&path));
    act("reopen").await.expect(303);
    // Acting on the account answers its reports.
    let id = seen["account"]["id"].as_str().unwrap();
    let account =
        browser.get(&format!("/admin/accounts/{id}?report={}", report["id"].as_str().unwrap())).await.expect(200);
    browser.submit(&account, &format!("/admin/accounts/{id}/act"), &[("act", "suspend")]).await.expect(303);
    assert!(!browser.get("/admin/reports").await.expect(200).body.contains(&path));
    assert!(browser.get(&path).await.expect(200).body.contains("Buy that"), "what it was for");
    let done: Vec<String> = audit(acme).await.iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect();
    let expected = ["assign", "update", "note", "forward", "resolve", "reopen"].map(|act| format!("report.{act}"));
    assert_eq!(done[..6], expected);
    assert_eq!(done[6..], ["account.suspend"]);
    assert_ne!(report["id"], Value::Null);
    world.finish().await;
}
