//! What one takes along, brings along, and the end of one's account.

use pollen::accounts::sign_in;
use reqwest::Method;
use serde_json::{Value, json};

use super::refused;
use crate::support::{PASSWORD, Person, With, World};

pub async fn with_password(person: &Person) -> Person {
    sign_in::set_password(&person.instance().app, person.account.id, PASSWORD).await.unwrap();
    person.with_scopes("read write follow").await
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_taken_from_one_account_to_another() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let acme = world.instance("acme.test");
    let (ada, eve, ida) = (acme.register("ada").await, acme.register("eve").await, acme.register("ida").await);
    let (mal, ben) = (world.peer("peer.test").actor("mal"), world.peer("peer.test").actor("ben"));
    ada.follow("@eve@acme.test").await;
    let id = ada.resolve(&mal.handle()).await["id"].as_str().unwrap().to_owned();
    ada.post(&format!("/api/v1/accounts/{id}/mute"), json!({"notifications": false})).await.expect(200);
    ada.post(&format!("/api/v1/accounts/{}/block", ida.id()), json!({})).await.expect(200);
    ada.post("/api/v1/domain_blocks", json!({"domain": "spam.test"})).await.expect(200);
    let new = acme.register("neo").await;
    new.follow(&ben.handle()).await;
    let mut taken = Vec::new();
    for (kind, expected) in [
        ("following", "Account address,Show boosts,Notify on new posts,Languages\neve@acme.test,true,false,\n"),
        ("mutes", "Account address,Hide notifications\nmal@peer.test,false\n"),
        ("blocks", "ida@acme.test\n"),
        ("domain_blocks", "spam.test\n"),
        ("followers", "Account address\n"),
    ] {
        let answer = ada.get(&format!("/api/pollen/v1/exports/{kind}.csv")).await.expect(200);
        assert_eq!(answer.body, expected, "{kind}");
        taken.push((kind, answer.body));
    }
    taken.pop();
    for (kind, data) in &taken {
        let body = json!({"type": kind, "mode": "overwrite", "data": format!("{data}nobody here@\n")});
        let import = new.post("/api/pollen/v1/imports", body).await.expect(200);
        assert_eq!(import["state"], "waiting");
        world.settle().await;
        let path = format!("/api/pollen/v1/imports/{}", import.text("id"));
        let import = new.get(&path).await.expect(200);
        assert_eq!(
            (import["state"].as_str(), import["imported"].as_i64()),
            (Some("finished"), Some(1)),
            "{}",
            import.body
        );
        assert_eq!(import["failures"].as_array().unwrap().len(), 1, "{}", import.body);
        eve.get(&path).await.expect(404);
    }
    let following = new.get(&format!("/api/v1/accounts/{}/following", new.id())).await.expect(200);
    assert_eq!(following.ids(), [eve.id()], "what was followed before is not in the list");
    assert_eq!(new.get("/api/v1/mutes").await.expect(200).list().len(), 1);
    assert_eq!(new.get("/api/v1/blocks").await.expect(200).ids(), [ida.id()]);
    assert_eq!(new.get("/api/v1/domain_blocks").await.expect(200).json, json!(["spam.test"]));
    assert_eq!(ada.get("/api/pollen/v1/exports/account.json").await.expect(200)["account"]["username"], "ada");
    world.finish().await;
}

/// Brings a list along; what became of it.
async fn bring(world: &World, person: &Person, kind: &str, mode: &str, data: &str) -> Value {
    let body = json!({"type": kind, "mode": mode, "data": data});
    let import = person.post("/api/pollen/v1/imports", body).await.expect(200);
    world.settle().await;
    person.get(&format!("/api/pollen/v1/imports/{}", import.text("id"))).await.expect(200).json
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_accounts_and_bookmarks_are_taken_along() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let acme = world.instance("acme.test");
    let (ada, eve, ida) = (acme.register("ada").await, acme.register("eve").await, acme.register("ida").await);
    let mal = world.peer("peer.test").actor("mal");
    for (title, member) in [("Old, friends", &eve), ("Work", &ida)] {
        ada.follow(&member.handle()).await;
        let list = ada.post("/api/v1/lists", json!({"title": title})).await.expect(200).text("id");
        let members = json!({"account_ids": [member.id()]});
        ada.post(&format!("/api/v1/lists/{list}/accounts"), members).await.expect(200);
    }
    let (first, second) = (eve.post_status("First").await, eve.post_status("Second").await);
    let gone = eve.post_status_with(json!({"status": "For @ada", "visibility": "direct"})).await;
    for post in [&first, &second, &gone] {
        let path = format!("/api/v1/statuses/{}/bookmark", post["id"].as_str().unwrap());
        ada.post(&path, json!({})).await.expect(200);
    }
    let uri = |post: &Value| post["uri"].as_str().unwrap().to_owned();
    let lists = ada.get("/api/pollen/v1/exports/lists.csv").await.expect(200).body;
    assert_eq!(lists, "\"Old, friends\",eve@acme.test\nWork,ida@acme.test\n");
    let bookmarks = ada.get("/api/pollen/v1/exports/bookmarks.csv").await.expect(200).body;
    assert_eq!(bookmarks, format!("{}\n{}\n{}\n", uri(&gone), uri(&second), uri(&first)), "the newest first");

    let new = acme.register("neo").await;
    let note = mal.note("From elsewhere");
    let extra = format!("{bookmarks}{}\nhttp://peer.test/nothing\n", note["id"].as_str().unwrap());
    let done = bring(&world, &new, "bookmarks", "merge", &extra).await;
    assert_eq!((&done["imported"], done["failures"].as_array().unwrap().len()), (&json!(3), 2), "{done}");
    let kept = new.get("/api/v1/bookmarks").await.expect(200);
    let kept: Vec<&Value> = kept.list().iter().map(|post| &post["uri"]).collect();
    assert_eq!(kept, [&second["uri"], &first["uri"], &note["id"]], "in their order, without what is not for one");
    bring(&world, &new, "bookmarks", "overwrite", &uri(&first)).await;
    assert_eq!(new.get("/api/pollen/v1/exports/bookmarks.csv").await.expect(200).body, format!("{}\n", uri(&first)));

    let lists = format!("{lists}Work,neo\nWork,mal@peer.test\nWork,ghost\n");
    let done = bring(&world, &new, "lists", "merge", &lists).await;
    assert_eq!((&done["imported"], &done["failures"][0]["line"]), (&json!(4), &json!(5)), "{done}");
    let export = async || new.get("/api/pollen/v1/exports/lists.csv").await.expect(200).body;
    let expected = "\"Old, friends\",eve@acme.test\nWork,ida@acme.test\nWork,neo@acme.test\nWork,mal@peer.test\n";
    assert_eq!(export().await, expected, "whoever is on a list is followed");
    bring(&world, &new, "lists", "merge", "Work,eve\nWork,ida\n").await;
    assert_eq!(export().await, format!("{expected}Work,eve@acme.test\n"));
    bring(&world, &new, "lists", "overwrite", "List name,Account address\nWork,ida\nWork,eve@acme.test\n").await;
    assert_eq!(export().await, "Work,ida@acme.test\nWork,eve@acme.test\n");
    let with = |json| With { json: Some(json), ..With::default() };
    let weak = new.with_scopes("read write:lists write:bookmarks").await;
    let body = json!({"type": "lists", "data": "Work,eve\n"});
    refused(&weak, Method::POST, "/api/pollen/v1/imports", with(body), 403).await;
    let body = json!({"type": "bookmarks", "data": "nowhere\n"});
    refused(&weak, Method::POST, "/api/pollen/v1/imports", with(body), 422).await;
    new.with_scopes("read:statuses").await.get("/api/pollen/v1/exports/lists.csv").await.expect(403);
    new.with_scopes("read:statuses").await.get("/api/pollen/v1/exports/bookmarks.csv").await.expect(403);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_that_cannot_be_read_are_refused() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    let with = |json| With { json: Some(json), ..With::default() };
    let imports = "/api/pollen/v1/imports";
    for wrong in [
        json!({"type": "following", "data": ""}),
        json!({"type": "following", "data": "@@@\n"}),
        json!({"type": "friends", "data": "eve\n"}),
        json!({"type": "following", "mode": "guess", "data": "eve\n"}),
        json!({"type": "following", "data": "eve\n".repeat(20_001)}),
    ] {
        refused(&ada, Method::POST, imports, with(wrong), 422).await;
    }
    let weak = ada.with_scopes("read write:mutes").await;
    refused(&weak, Method::POST, imports, with(json!({"type": "following", "data": "eve\n"})), 403).await;
    ada.with_scopes("read:statuses").await.get("/api/pollen/v1/exports/blocks.csv").await.expect(403);
    ada.get("/api/pollen/v1/exports/secrets.csv").await.expect(404);
    ada.post(imports, json!({"type": "following", "data": "ghost\n"})).await.expect(200);
    world.settle().await;
    let import = ada.get(imports).await.expect(200);
    assert_eq!((import[0]["imported"].as_i64(), import[0]["failures"][0]["line"].as_i64()), (Some(0), Some(1)));
    world.finish().await;
}

/// F167
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_account_leaves_nothing_but_its_name() {
    let world = World::builder().instance("acme.test").peer("peer.test").start().await;
    let acme = world.instance("acme.test");
    let (ada, eve) = (with_password(&acme.register("ada").await).await, acme.register("eve").await);
    let ben = world.peer("peer.test").actor("ben");
    ben.deliver(acme, &ben.activity("Follow", ada.account.uri.as_str())).await;
    let post = eve.post_status("Hello").await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    ada.post(&format!("{path}/favourite"), json!({})).await.expect(200);
    ada.post(&format!("{path}/reblog"), json!({})).await.expect(200);
    ada.post("/api/v1/statuses", json!({"status": "Mine", "in_reply_to_id": post["id"]})).await.expect(200);
    ada.follow("@eve@acme.test").await;
    world.settle().await;
    let account = "/api/pollen/v1/account";
    let with = |json| With { json: Some(json), ..With::default() };
    refused(&ada, Method::DELETE, account, with(json!({"password": "wrong"})), 403).await;
    refused(&ada.with_scopes("read").await, Method::DELETE, account, with(json!({"password": PASSWORD})), 403).await;
    ada.send(Method::DELETE, account, with(json!({"password": PASSWORD}))).await.expect(200);
    ada.get("/api/v1/accounts/verify_credentials").await.expect(401);
    world.settle().await;
    let deletes = world.peer("peer.test").received_of_type("Delete");
    assert!(deletes.iter().any(|delete| delete["object"] == ada.account.uri), "{deletes:#?}");
    acme.get_activity("/users/ada").await.expect(410);
    eve.get(&format!("/api/v1/accounts/{}", ada.id())).await.expect(404);
    eve.get("/api/v1/accounts/lookup?acct=ada").await.expect(404);
    let seen = eve.get(&path).await.expect(200);
    for key in ["favourites_count", "reblogs_count", "replies_count"] {
        assert_eq!(seen[key], 0, "{key}");
    }
    assert_eq!(eve.get("/api/v1/accounts/verify_credentials").await.expect(200)["followers_count"], 0);
    let hanging = format!(
        "SELECT (SELECT count(*) FROM statuses WHERE account_id = {id}) + (SELECT count(*) FROM follows WHERE {id} IN
            (account_id, target_account_id)) + (SELECT count(*) FROM users WHERE account_id = {id})
            + (SELECT count(*) FROM notifications WHERE {id} IN (account_id, from_account_id))
            + (SELECT count(*) FROM oauth_tokens WHERE account_id = {id})",
        id = ada.id()
    );
    assert_eq!(acme.count(&hanging).await, 0);
    let token = acme.app_token("read write").await;
    let json = json!({"username": "ADA", "email": "ada@people.test", "password": "correct horse", "agreement": true, "locale": "en"});
    let again = With { token: Some(&token), json: Some(json), ..With::default() };
    let taken = acme.send(Method::POST, "/api/v1/accounts", again).await.expect(422);
    assert_eq!(taken["details"]["username"][0]["error"], "ERR_TAKEN");
    ben.deliver(acme, &ben.activity("Follow", ada.account.uri.as_str())).await;
    world.settle().await;
    assert_eq!(acme.count(&hanging).await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_aliases_at_once_neither_is_lost() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, eve, ida) = (acme.register("ada").await, acme.register("eve").await, acme.register("ida").await);
    let blocker = acme.database.client().await;
    let lock = "BEGIN; SELECT id FROM accounts WHERE username = 'ada' FOR NO KEY UPDATE";
    blocker.batch_execute(lock).await.unwrap();
    let path = "/api/pollen/v1/aliases";
    let add = async |other: &Person| ada.post(path, json!({"acct": other.handle()})).await.expect(200);
    let meanwhile = async {
        acme.until_blocked(2).await;
        blocker.batch_execute("COMMIT").await.unwrap();
    };
    tokio::join!(add(&eve), add(&ida), meanwhile);
    assert_eq!(ada.get(path).await.expect(200).list().len(), 2);
    for expected in [200, 404] {
        let body = With { json: Some(json!({"uri": eve.account.uri})), ..With::default() };
        ada.send(Method::DELETE, path, body).await.expect(expected);
    }
    assert_eq!(ada.get(path).await.expect(200).list().len(), 1);
    world.settle().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_not_given_up_for_a_fault_of_our_own() {
    let mut world = World::start(["acme.test"]).await;
    world.expect_warning("import_begun");
    let acme = world.instance("acme.test");
    let (ada, eve) = (acme.register("ada").await, acme.register("eve").await);
    let body = json!({"type": "following", "data": "eve@acme.test\n"});
    let import = ada.post("/api/pollen/v1/imports", body).await.expect(200).text("id");
    let blocker = acme.database.client().await;
    blocker.batch_execute("BEGIN; LOCK TABLE follows IN SHARE MODE").await.unwrap();
    let cut = async {
        acme.until_blocked(1).await;
        let blocked = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'";
        blocker.batch_execute(blocked).await.unwrap();
        blocker.batch_execute("COMMIT").await.unwrap();
    };
    tokio::join!(world.settle(), cut);
    let path = format!("/api/pollen/v1/imports/{import}");
    let waiting = ada.get(&path).await.expect(200);
    assert_eq!((&waiting["processed"], &waiting["failures"]), (&json!(0), &json!([])), "{}", waiting.body);
    world.advance(chrono::TimeDelta::minutes(1)).await;
    let done = ada.get(&path).await.expect(200);
    assert_eq!((&done["imported"], &done["failures"]), (&json!(1), &json!([])), "{}", done.body);
    assert_eq!(ada.get(&format!("/api/v1/accounts/{}/following", ada.id())).await.expect(200).ids(), [eve.id()]);
    world.finish().await;
}

/// F167
#[tokio::test(flavor = "multi_thread")]
async fn who_is_let_in_again_at_the_last_moment_stays() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (eve, ida) = (acme.register("eve").await, acme.register("ida").await);
    acme.sql("UPDATE accounts SET suspended_at = now() - interval '31 days' WHERE username IN ('eve', 'ida')").await;
    let blocker = acme.database.client().await;
    blocker.batch_execute("BEGIN; UPDATE accounts SET suspended_at = NULL WHERE username = 'eve'").await.unwrap();
    let meanwhile = async {
        acme.until_blocked(1).await;
        blocker.batch_execute("COMMIT").await.unwrap();
    };
    let (swept, ()) = tokio::join!(pollen::housekeeping::sweep(&acme.app), meanwhile);
    swept.unwrap();
    world.settle().await;
    eve.get("/api/v1/accounts/verify_credentials").await.expect(200);
    acme.get_activity("/users/eve").await.expect(200);
    acme.get_activity(&format!("/users/{}", ida.account.username)).await.expect(410);
    world.finish().await;
}
