//! One's own account and those of others.

use pollen::moderation::ops::{self, By};
use reqwest::Method;
use serde_json::{Value, json};

use super::reports::staff;
use super::{NO_IDS, refused, refused_with_token};
use crate::support::{With, World};

const UPDATE: &str = "/api/v1/accounts/update_credentials";

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_what_its_owner_writes() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let changed = ada
        .patch(UPDATE, json!({
            "display_name": "Ada <b>L.</b>", "note": "Engines & #poetry\n\nhttps://ada.example", "locked": "true", "bot": false,
            "discoverable": false, "indexable": true,
            "fields_attributes": [{"name": "Site", "value": "https://ada.example"}, {"name": "Place", "value": "<London>"}],
            "source": {"privacy": "unlisted", "sensitive": true, "language": "de"},
        }))
        .await
        .expect(200);
    assert_eq!(changed["display_name"], "Ada <b>L.</b>");
    assert_eq!(changed["source"]["note"], "Engines & #poetry\n\nhttps://ada.example");
    assert!(changed.text("note").contains("Engines &amp; "));
    assert_eq!(
        (&changed["locked"], &changed["discoverable"], &changed["indexable"]),
        (&json!(true), &json!(false), &json!(true))
    );
    assert_eq!(changed["fields"][1]["value"], "&lt;London&gt;");
    assert_eq!(changed["source"]["fields"][1]["value"], "<London>");
    assert_eq!(changed["source"]["privacy"], "unlisted");
    let preferences = ada.get("/api/v1/preferences").await.expect(200);
    assert_eq!(preferences["posting:default:visibility"], "unlisted");
    assert_eq!(preferences["posting:default:language"], "de");
    let seen = acme.get(&format!("/api/v1/accounts/{}", ada.id())).await.expect(200);
    assert_eq!(seen["display_name"], "Ada <b>L.</b>");
    assert!(seen["source"].is_null(), "what one wrote is one's own");
    assert_eq!(ada.post_status("By default").await["visibility"], "unlisted");
    // By a form, with numbered fields, as older clients send it.
    let form = [("fields_attributes[0][name]", "Role"), ("fields_attributes[0][value]", "Lead"), ("note", "")];
    let with = With { form: Some(&form), ..With::default() };
    let by_form = ada.send(Method::PATCH, UPDATE, with).await.expect(200);
    assert_eq!(by_form["fields"].as_array().unwrap().len(), 1);
    assert_eq!(by_form["source"]["note"], "");
    assert_eq!(by_form["display_name"], "Ada <b>L.</b>", "what is not sent stays");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_has_limits() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let fields =
        |count: usize| (0..count).map(|n| json!({"name": n.to_string(), "value": "x"})).collect::<Vec<Value>>();
    let right = json!({"display_name": "é".repeat(100), "note": "é".repeat(3000), "fields_attributes": fields(6)});
    ada.patch(UPDATE, right).await.expect(200);
    for wrong in [
        json!({"display_name": "a".repeat(101)}),
        json!({"note": "a".repeat(3001)}),
        json!({"fields_attributes": fields(7)}),
        json!({"fields_attributes": [{"name": "a".repeat(501), "value": "x"}]}),
        json!({"fields_attributes": [{"name": "x", "value": "a".repeat(501)}]}),
        json!({"fields_attributes": "x"}),
        json!({"source": {"privacy": "everyone"}}),
        json!({"source": {"language": "not a language"}}),
    ] {
        refused(&ada, Method::PATCH, UPDATE, With { json: Some(wrong), ..With::default() }, 422).await;
    }
    for wrong in [json!({"locked": "perhaps"}), json!({"display_name": {"a": 1}}), json!({"source": 5})] {
        refused(&ada, Method::PATCH, UPDATE, With { json: Some(wrong), ..With::default() }, 400).await;
    }
    let with = || With { json: Some(json!({"note": "x"})), ..With::default() };
    refused(&ada.with_scopes("read").await, Method::PATCH, UPDATE, with(), 403).await;
    refused_with_token(acme, Method::PATCH, UPDATE, with(), 401).await;
    let app = acme.app_token("read write").await;
    refused_with_token(acme, Method::PATCH, UPDATE, With { token: Some(&app), ..with() }, 401).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_found_by_id_and_by_name() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, world.instance("globex.test").register("ben").await);
    let remote = ada.resolve("@ben@globex.test").await;
    assert_eq!((&remote["acct"], &remote["uri"]), (&json!("ben@globex.test"), &json!(ben.account.uri)));
    let lookup = async |name: &str| acme.get(&format!("/api/v1/accounts/lookup?acct={name}")).await;
    for name in ["ada", "@ada", "ADA", "ada@acme.test", "ada@ACME.test"] {
        assert_eq!(lookup(name).await.expect(200)["id"], ada.id(), "{name}");
    }
    assert_eq!(lookup("ben@globex.test").await.expect(200)["id"], remote["id"]);
    for name in ["", "nobody", "ben@elsewhere.test", "a%20b", "@", "@@"] {
        lookup(name).await.expect(404);
    }
    acme.get("/api/v1/accounts/lookup").await.expect(404);
    for id in NO_IDS {
        for path in ["", "/statuses", "/followers", "/following"] {
            acme.get(&format!("/api/v1/accounts/{id}{path}")).await.expect(404);
        }
    }
    let many = format!("/api/v1/accounts?id[]={}&id[]=1&id[]=abc&id[]={}", ada.id(), remote["id"].as_str().unwrap());
    assert_eq!(acme.get(&many).await.expect(200).ids(), [ada.id(), remote["id"].as_str().unwrap().to_owned()]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_many_follow_is_for_oneself() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ben.follow("@ada").await;
    let path = format!("/api/v1/accounts/{}", ada.id());
    assert_eq!(ada.get(&path).await.expect(200)["followers_count"], 1);
    assert_eq!(ada.get("/api/v1/accounts/verify_credentials").await.expect(200)["followers_count"], 1);
    assert_eq!(ben.get(&path).await.expect(200)["followers_count"], 0);
    assert_eq!(ben.get("/api/v1/accounts/verify_credentials").await.expect(200)["following_count"], 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_need_a_person() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    for scopes in ["profile", "read", "read:accounts"] {
        ada.with_scopes(scopes).await.get("/api/v1/accounts/verify_credentials").await.expect(200);
    }
    ada.with_scopes("write").await.get("/api/v1/accounts/verify_credentials").await.expect(403);
    let app = acme.app_token("read").await;
    let with = With { token: Some(&app), ..With::default() };
    acme.send(Method::GET, "/api/v1/accounts/verify_credentials", with).await.expect(401);
    // As clients do that cannot set headers.
    let by_query = format!("/api/v1/accounts/verify_credentials?access_token={}", ada.token);
    assert_eq!(acme.get(&by_query).await.expect(200)["username"], "ada");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_after_an_instance_is_known_by_their_role() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let (acme, globex) = (world.instance("acme.test"), world.instance("globex.test"));
    let (ada, mo, olga) = (acme.register("ada").await, acme.register("mo").await, staff(acme, "olga", "owner").await);
    ada.follow("@mo").await;
    mo.post_status("Hello").await;
    let path = |id: &str| format!("/api/v1/accounts/{id}");
    let roles = async |id: String| acme.get(&path(&id)).await.expect(200)["roles"].clone();
    assert_eq!(roles(olga.id()).await, json!([{"id": "3", "name": "Owner", "color": ""}]));
    assert_eq!(roles(ada.id()).await, json!([]));
    let home = async || ada.get("/api/v1/timelines/home").await.expect(200)[0]["account"]["roles"].clone();
    assert_eq!((roles(mo.id()).await, home().await), (json!([]), json!([])));
    // What is kept of an account, and a page that is kept, show another role at once.
    for (role, shown) in [("moderator", json!("Moderator")), ("admin", json!("Admin")), ("user", json!(null))] {
        ops::set_role(&acme.app, By::CommandLine, mo.id().parse().unwrap(), role).await.unwrap();
        assert_eq!((&roles(mo.id()).await[0]["name"], &home().await[0]["name"]), (&shown, &shown), "{role}");
    }
    let me = olga.get("/api/v1/accounts/verify_credentials").await.expect(200);
    assert_eq!((&me["role"]["name"], &me["role"]["highlighted"]), (&json!("Owner"), &json!(true)));
    // Another server is not told, and who is suspended has none.
    let ben = globex.register("ben").await;
    assert_eq!(ben.resolve("@olga@acme.test").await["roles"], json!([]));
    acme.sql(&format!("UPDATE accounts SET suspended_at = now() WHERE id = {}", olga.id())).await;
    world.advance(chrono::TimeDelta::seconds(2)).await;
    assert_eq!(roles(olga.id()).await, json!([]));
    world.finish().await;
}
