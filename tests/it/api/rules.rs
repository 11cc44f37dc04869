//! Whom an instance refuses: domains, and people who want to register.

use reqwest::Method;
use serde_json::{Value, json};

use super::reports::staff;
use super::{NO_IDS, refused};
use crate::support::{ACTIVITY, Browser, Instance, Peer, PeerActor, With, World};

/// F11, F77, F162
#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_domain_is_kept_out_until_it_is_let_in_again() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let acme = world.instance("acme.test");
    let (ada, ruth) = (acme.register("ada").await, staff(acme, "ruth", "admin").await);
    let ben = world.peer("peer.test").actor("ben");
    ada.follow(&ben.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
    ben.deliver(acme, &ben.activity("Accept", follow)).await;
    ben.deliver(acme, &ben.create(&ben.note("hello"))).await;
    world.settle().await;
    let (eve, blocks) = (acme.register("eve").await, "/api/v1/admin/domain_blocks");
    assert_eq!(eve.get("/api/v1/timelines/public").await.expect(200).list().len(), 1);

    let draft = json!({"domain": "PEER.test", "public_comment": "noise", "private_comment": "as Ada said"});
    let block = ruth.post(blocks, draft).await.expect(200);
    assert_eq!(block["private_comment"], "as Ada said");
    assert_eq!((block["severity"].as_str(), block["domain"].as_str()), (Some("silence"), Some("peer.test")));
    world.settle().await;
    assert!(eve.get("/api/v1/timelines/public").await.expect(200).list().is_empty());
    assert_eq!(ada.get("/api/v1/timelines/public").await.expect(200).list().len(), 1, "followers see it");
    let again = ruth.post(blocks, json!({"domain": "peer.test"})).await.expect(422);
    assert_eq!(again["existing_domain_block"]["id"], block["id"]);

    let path = format!("{blocks}/{}", block.text("id"));
    ruth.put(&path, json!({"severity": "suspend"})).await.expect(200);
    world.settle().await;
    assert!(ada.home_texts().await.is_empty(), "its posts are seen by nobody");
    let told = ada.get("/api/v1/notifications?types[]=severed_relationships").await.expect(200);
    let event = &told[0]["event"];
    assert_eq!((&event["type"], &event["target_name"]), (&json!("domain_block"), &json!("peer.test")));
    assert_eq!((&event["following_count"], &event["followers_count"]), (&json!(1), &json!(0)));
    assert!(eve.get("/api/v1/notifications").await.expect(200).list().is_empty(), "she followed nobody there");
    ruth.put(&path, json!({"severity": "suspend", "public_comment": "noise"})).await.expect(200);
    world.settle().await;
    let again = ada.get("/api/v1/notifications?types[]=severed_relationships").await.expect(200);
    assert_eq!(again.ids(), told.ids(), "once");
    ben.post(acme, &ben.create(&ben.note("more"))).await.expect(403);
    let sent = world.peer("peer.test").received().len();
    ada.post_status("for followers").await;
    let search = ada.get("/api/v2/search?resolve=true&q=@cara@sub.peer.test").await.expect(200);
    assert_eq!(search["accounts"], json!([]));
    world.settle().await;
    assert_eq!(world.peer("peer.test").received().len(), sent);

    ruth.delete(&path).await.expect(200);
    world.settle().await;
    assert_eq!(ada.home_texts().await.len(), 2);
    assert_eq!(eve.get("/api/v1/timelines/public").await.expect(200).list().len(), 2);
    ben.deliver(acme, &ben.create(&ben.note("more"))).await;
    let with = |json| With { json: Some(json), ..With::default() };
    for wrong in [
        json!({}),
        json!({"domain": "a b"}),
        json!({"domain": "acme.test"}),
        json!({"domain": "x.test", "severity": "mild"}),
    ] {
        refused(&ruth, Method::POST, blocks, with(wrong), 422).await;
    }
    for id in NO_IDS {
        refused(&ruth, Method::DELETE, &format!("{blocks}/{id}"), With::default(), 404).await;
    }
    assert_eq!(acme.count("SELECT count(*) FROM audit_log WHERE action LIKE 'domain_block.%'").await, 4);
    world.finish().await;
}

/// Somebody on one peer, whose handle is on the other one, as both say.
fn with_handle_on(name: &str, host: &Peer, handle: &Peer) -> PeerActor {
    let actor = host.actor(name);
    for at in [host, handle] {
        let resource = format!("acct:{name}@{}", at.name);
        let query: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
        let links = json!([{"rel": "self", "type": ACTIVITY, "href": actor.uri}]);
        let subject = format!("acct:{name}@{}", handle.name);
        at.answer_at(&format!("/.well-known/webfinger?resource={query}"), json!({"subject": subject, "links": links}));
    }
    actor
}

/// F11, F162, F405
#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_domain_is_that_of_the_handle_or_that_of_the_host() {
    let world = World::builder().instance("acme.test").peer("ap.evil.test").peer("handles.test").start().await;
    let (host, handles) = (world.peer("ap.evil.test"), world.peer("handles.test"));
    let acme = world.instance("acme.test");
    let (ada, ruth) = (acme.register("ada").await, staff(acme, "ruth", "admin").await);
    let kim = with_handle_on("kim", host, handles);
    let kim_at_acme = ada.resolve("@kim@handles.test").await;
    ada.follow("@kim@handles.test").await;
    world.settle().await;
    kim.deliver(acme, &kim.activity("Accept", host.received_of_type("Follow").remove(0))).await;
    kim.deliver(acme, &kim.create(&kim.note("hello"))).await;
    world.settle().await;
    let path = format!("/api/v1/accounts/{}/statuses", kim_at_acme["id"].as_str().unwrap());
    let shown = async || ada.get(&path).await.expect(200).list().len();
    let known = async |name: &str| {
        acme.count(&format!("SELECT count(*) FROM accounts WHERE username = '{name}' AND suspended_at IS NULL")).await
    };
    let block = async |domain: &str| {
        let draft = json!({"domain": domain, "severity": "suspend"});
        let made = ruth.post("/api/v1/admin/domain_blocks", draft).await.expect(200);
        world.settle().await;
        made.text("id").to_owned()
    };
    let unblock = async |id: &str| {
        ruth.delete(&format!("/api/v1/admin/domain_blocks/{id}")).await.expect(200);
        world.settle().await;
    };
    assert_eq!((shown().await, known("kim").await), (1, 1));
    for (number, domain) in ["handles.test", "evil.test", "ap.evil.test"].into_iter().enumerate() {
        let id = block(domain).await;
        assert_eq!((shown().await, known("kim").await), (0, 0), "{domain}");
        kim.post(acme, &kim.create(&kim.note("more"))).await.expect(403);
        // Nor is anybody met there.
        let name = format!("lee{number}");
        let lee = with_handle_on(&name, host, handles);
        lee.post(acme, &lee.activity("Follow", ada.account.uri.as_str())).await.expect(403);
        let found = ada.get(&format!("/api/v2/search?resolve=true&q={}", lee.uri)).await.expect(200);
        assert_eq!((&found["accounts"], known(&name).await), (&json!([]), 0), "{domain}");
        unblock(&id).await;
        assert_eq!((shown().await, known("kim").await), (1, 1), "{domain}");
    }
    // What two rules close opens when neither holds any more.
    let (first, second) = (block("handles.test").await, block("evil.test").await);
    unblock(&first).await;
    assert_eq!(known("kim").await, 0);
    unblock(&second).await;
    assert_eq!((shown().await, known("kim").await), (1, 1));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limited_federation_speaks_to_allowed_domains_alone() {
    let builder = World::builder().instance("acme.test").peer("peer.test").peer("other.test");
    let world = builder.configure(|config| config.federation.limited = true).start().await;
    let acme = world.instance("acme.test");
    let ruth = staff(acme, "ruth", "admin").await;
    let allow = ruth.post("/api/v1/admin/domain_allows", json!({"domain": "peer.test"})).await.expect(200);
    assert_eq!(ruth.resolve(&world.peer("peer.test").actor("ben").handle()).await["username"], "ben");
    let other = world.peer("other.test").actor("cara");
    let found = ruth.get(&format!("/api/v1/accounts/search?resolve=true&q={}", other.handle())).await.expect(200);
    assert!(found.list().is_empty());
    other.post(acme, &other.create(&other.note("hi"))).await.expect(403);
    assert_eq!(ruth.get("/api/v1/admin/domain_allows").await.expect(200).ids(), [allow.text("id")]);
    ruth.delete(&format!("/api/v1/admin/domain_allows/{}", allow.text("id"))).await.expect(200);
    let ben = world.peer("peer.test").actor("ben");
    ben.post(acme, &ben.create(&ben.note("hi"))).await.expect(403);
    world.finish().await;
}

async fn register(acme: &Instance, token: &str, name: &str, email: &str) -> (u16, Value) {
    let json =
        json!({"username": name, "email": email, "password": "correct horse", "agreement": true, "locale": "en"});
    let with = With { token: Some(token), json: Some(json), ..With::default() };
    let answer = acme.send(Method::POST, "/api/v1/accounts", with).await;
    (answer.status, answer.json)
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_on_addresses_hold_at_registration() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ruth = staff(acme, "ruth", "admin").await;
    let token = acme.app_token("read write").await;
    let domains = "/api/v1/admin/email_domain_blocks";
    let block = ruth.post(domains, json!({"domain": "throwaway.test"})).await.expect(200);
    let (status, answer) = register(acme, &token, "mal", "mal@mail.throwaway.test").await;
    assert_eq!((status, answer["details"]["email"][0]["error"].as_str()), (422, Some("ERR_BLOCKED")));
    assert_eq!(ruth.get(domains).await.expect(200).ids(), [block.text("id")]);
    ruth.delete(&format!("{domains}/{}", block.text("id"))).await.expect(200);
    assert_eq!(register(acme, &token, "mal", "mal@mail.throwaway.test").await.0, 200);

    let emails = "/api/v1/admin/canonical_email_blocks";
    let block = ruth.post(emails, json!({"email": "e.ve+shop@people.test"})).await.expect(200);
    assert_eq!(
        ruth.post(&format!("{emails}/test"), json!({"email": "EVE@people.test"})).await.expect(200).ids(),
        [block.text("id")]
    );
    assert_eq!(register(acme, &token, "eve", "eve@people.test").await.0, 422);
    ruth.delete(&format!("{emails}/{}", block.text("id"))).await.expect(200);

    let ips = "/api/v1/admin/ip_blocks";
    let block = json!({"ip": "127.0.0.0/8", "severity": "sign_up_requires_approval", "expires_in": 3600});
    let block = ruth.post(ips, block).await.expect(200);
    let path = format!("{ips}/{}", block.text("id"));
    assert_eq!(register(acme, &token, "eve", "eve@people.test").await.0, 200);
    assert_eq!(ruth.get("/api/v1/admin/accounts?pending=true").await.expect(200)[0]["username"], "eve");
    ruth.put(&path, json!({"severity": "sign_up_block"})).await.expect(200);
    assert_eq!(register(acme, &token, "ida", "ida@people.test").await.0, 403);
    ruth.put(&path, json!({"severity": "no_access"})).await.expect(200);
    acme.get("/api/v2/instance").await.expect(403);
    // It has an end.
    world.advance(chrono::TimeDelta::hours(2)).await;
    assert_eq!(register(acme, &token, "ida", "ida@people.test").await.0, 200);
    let with = |json| With { json: Some(json), ..With::default() };
    for (path, wrong) in [
        (ips, json!({"ip": "300.1.1.1", "severity": "no_access"})),
        (ips, json!({"ip": "10.0.0.1"})),
        (ips, json!({"ip": "10.0.0.1", "severity": "no_access", "expires_in": -1})),
        (ips, json!({"ip": "127.0.0.1/8", "severity": "no_access"})),
        (emails, json!({"email": "nobody"})),
        (emails, json!({"canonical_email_hash": "abc"})),
        (domains, json!({"domain": ""})),
    ] {
        refused(&ruth, Method::POST, path, with(wrong), 422).await;
    }
    let weak = ruth.with_scopes("admin:read read write").await;
    refused(&weak, Method::DELETE, &path, With::default(), 403).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_listed_and_shown_until_they_are_taken_back() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ruth = staff(acme, "ruth", "admin").await;
    for (path, rule) in [
        ("domain_blocks", json!({"domain": "noise.test"})),
        ("domain_allows", json!({"domain": "friends.test"})),
        ("email_domain_blocks", json!({"domain": "throwaway.test"})),
        ("canonical_email_blocks", json!({"email": "eve@people.test"})),
        ("ip_blocks", json!({"ip": "192.0.2.0/24", "severity": "sign_up_block"})),
    ] {
        let all = format!("/api/v1/admin/{path}");
        let made = ruth.post(&all, rule).await.expect(200);
        let one = format!("{all}/{}", made.text("id"));
        assert_eq!(ruth.get(&one).await.expect(200).json, made.json, "{path}");
        assert_eq!(ruth.get(&all).await.expect(200).ids(), [made.text("id")], "{path}");
        ruth.delete(&one).await.expect(200);
        ruth.get(&one).await.expect(404);
        assert!(ruth.get(&all).await.expect(200).list().is_empty(), "{path}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_with_addresses_that_are_refused_are_counted_by_day() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ruth = staff(acme, "ruth", "admin").await;
    let token = acme.app_token("read write").await;
    let domains = "/api/v1/admin/email_domain_blocks";
    let block = ruth.post(domains, json!({"domain": "throwaway.test"})).await.expect(200);
    let other = ruth.post(domains, json!({"domain": "other.test"})).await.expect(200);
    let one = format!("{domains}/{}", block.text("id"));
    let counts = async || {
        let shown = ruth.get(&one).await.expect(200);
        let listed = ruth.get(domains).await.expect(200);
        assert_eq!(listed.list().iter().find(|one| one["id"] == shown["id"]).unwrap(), &shown.json);
        let history = shown["history"].as_array().unwrap().clone();
        assert!(history.iter().all(|day| day["accounts"] == day["uses"]));
        assert_eq!(history[0]["day"], json!((acme.app.now().timestamp() / 86_400 * 86_400).to_string()));
        history.iter().map(|day| day["uses"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(counts().await, ["0"; 7]);
    for name in ["mal", "mel"] {
        assert_eq!(register(acme, &token, name, &format!("{name}@mail.throwaway.test")).await.0, 422);
    }
    assert_eq!(counts().await, ["2", "0", "0", "0", "0", "0", "0"]);
    let browser = Browser::of(&ruth).await;
    assert!(browser.get("/admin/access").await.expect(200).body.contains("2 attempts in the last days"));
    world.advance(chrono::TimeDelta::days(1)).await;
    assert_eq!(register(acme, &token, "mal", "mal@throwaway.test").await.0, 422);
    assert_eq!(counts().await, ["1", "2", "0", "0", "0", "0", "0"]);
    assert_eq!(ruth.get(&format!("{domains}/{}", other.text("id"))).await.expect(200)["history"][0]["uses"], "0");
    // A row for a day, however many come; old ones go, and with the rule all.
    let rows = async || acme.count("SELECT count(*) FROM email_domain_block_days").await;
    assert_eq!(rows().await, 2);
    world.advance(chrono::TimeDelta::days(7)).await;
    assert_eq!(counts().await, ["0"; 7]);
    pollen::housekeeping::sweep(&acme.app).await.unwrap();
    assert_eq!(rows().await, 1);
    ruth.delete(&one).await.expect(200);
    assert_eq!(rows().await, 0);
    world.finish().await;
}
