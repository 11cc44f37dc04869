//! Mutes, private notes, recommendations, familiar followers, and languages of a follow.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused, refused_with_token};
use crate::support::{Person, With, World, plain};

fn json_body(body: Value) -> With<'static> {
    With { json: Some(body), ..With::default() }
}

async fn two() -> (World, Person, Person) {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    (world, ada, ben)
}

#[tokio::test(flavor = "multi_thread")]
async fn mutes_are_ones_own_and_taken_back() {
    let (world, ada, ben) = two().await;
    let path = |verb: &str| format!("/api/v1/accounts/{}/{verb}", ben.id());
    let muted = ada.post(&path("mute"), json!({})).await.expect(200);
    let all = [&muted["muting"], &muted["muting_notifications"], &muted["muting_expires_at"]];
    assert_eq!(all, [&json!(true), &json!(true), &Value::Null]);
    assert_eq!(ada.get("/api/v1/mutes").await.expect(200)[0]["mute_expires_at"], Value::Null);
    assert!(ben.get("/api/v1/mutes").await.expect(200).list().is_empty());
    let seen = ben.get(&format!("/api/v1/accounts/relationships?id[]={}", ada.id())).await.expect(200);
    assert_eq!((&seen[0]["muting"], &seen[0]["blocked_by"]), (&json!(false), &json!(false)));
    for _ in 0..2 {
        assert_eq!(ada.post(&path("unmute"), json!({})).await.expect(200)["muting"], false);
    }
    assert!(ada.get("/api/v1/mutes").await.expect(200).list().is_empty());
    for duration in ["-1", "99999999999", "9223372036854775807"] {
        refused(&ada, Method::POST, &path("mute"), json_body(json!({"duration": duration})), 422).await;
    }
    refused(&ada, Method::POST, &path("mute"), json_body(json!({"duration": "soon"})), 400).await;
    refused(&ada, Method::POST, &format!("/api/v1/accounts/{}/mute", ada.id()), With::default(), 403).await;
    let narrow = ada.with_scopes("read:mutes write:blocks").await;
    refused(&narrow, Method::POST, &path("mute"), With::default(), 403).await;
    narrow.get("/api/v1/mutes").await.expect(200);
    ada.with_scopes("write:mutes").await.get("/api/v1/mutes").await.expect(403);
    for id in NO_IDS {
        for verb in ["mute", "unmute", "note", "endorse", "unendorse", "pin", "unpin"] {
            refused(&ada, Method::POST, &format!("/api/v1/accounts/{id}/{verb}"), With::default(), 404).await;
        }
        ada.get(&format!("/api/v1/accounts/{id}/endorsements")).await.expect(404);
    }
    refused_with_token(world.instance("acme.test"), Method::POST, &path("mute"), With::default(), 401).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_for_oneself_alone() {
    let (world, ada, ben) = two().await;
    let path = format!("/api/v1/accounts/{}/note", ben.id());
    let noted = ada.post(&path, json!({"comment": "Knows Rust"})).await.expect(200);
    assert_eq!(noted["note"], "Knows Rust");
    assert_eq!(ada.post(&path, json!({"comment": "Knows <b>SQL</b>"})).await.expect(200)["note"], "Knows <b>SQL</b>");
    let seen = ben.get(&format!("/api/v1/accounts/relationships?id[]={}", ada.id())).await.expect(200);
    assert_eq!(seen[0]["note"], "");
    let own = ada.get(&format!("/api/v1/accounts/relationships?id[]={}", ben.id())).await.expect(200);
    assert_eq!(own[0]["note"], "Knows <b>SQL</b>");
    refused(&ada, Method::POST, &path, json_body(json!({"comment": "x".repeat(2001)})), 422).await;
    refused(&ada, Method::POST, &path, json_body(json!({"comment": "a\u{0}b"})), 400).await;
    refused(&ada.with_scopes("read write:follows").await, Method::POST, &path, With::default(), 403).await;
    assert_eq!(ada.post(&path, json!({"comment": "ü".repeat(2000)})).await.expect(200)["note"], "ü".repeat(2000));
    assert_eq!(ada.post(&path, json!({})).await.expect(200)["note"], "");
    assert_eq!(world.instance("acme.test").count("SELECT count(*) FROM account_notes").await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_whom_one_follows_can_be_recommended() {
    let (world, ada, ben) = two().await;
    let acme = world.instance("acme.test");
    let path = |verb: &str| format!("/api/v1/accounts/{}/{verb}", ben.id());
    for verb in ["endorse", "pin"] {
        refused(&ada, Method::POST, &path(verb), With::default(), 422).await;
    }
    ada.follow("@ben").await;
    let list = format!("/api/v1/accounts/{}/endorsements", ada.id());
    for (on, off) in [("endorse", "unendorse"), ("pin", "unpin")] {
        for _ in 0..2 {
            assert_eq!(ada.post(&path(on), json!({})).await.expect(200)["endorsed"], true);
        }
        assert_eq!(ada.get("/api/v1/endorsements").await.expect(200).ids(), [ben.id()]);
        for listed in [acme.get(&list).await, ben.get(&list).await] {
            assert_eq!(listed.expect(200).ids(), [ben.id()]);
        }
        for _ in 0..2 {
            assert_eq!(ada.post(&path(off), json!({})).await.expect(200)["endorsed"], false);
        }
        assert!(acme.get(&list).await.expect(200).list().is_empty());
    }
    ada.post(&path("endorse"), json!({})).await.expect(200);
    ada.post(&path("unfollow"), json!({})).await.expect(200);
    assert!(acme.get(&list).await.expect(200).list().is_empty(), "it ends with the follow");
    acme.get("/api/v1/endorsements").await.expect(401);
    refused(&ada.with_scopes("read").await, Method::POST, &path("endorse"), With::default(), 403).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recommendations_come_in_pages() {
    let (world, ada, ben) = two().await;
    let cy = world.instance("acme.test").register("cy").await;
    for person in [&ben, &cy] {
        ada.follow(&format!("@{}", person.account.username)).await;
        ada.post(&format!("/api/v1/accounts/{}/endorse", person.id()), json!({})).await.expect(200);
        ada.post(&format!("/api/v1/accounts/{}/mute", person.id()), json!({})).await.expect(200);
    }
    for list in ["/api/v1/endorsements", "/api/v1/mutes"] {
        let first = ada.get(&format!("{list}?limit=1")).await.expect(200);
        assert_eq!(first.ids(), [cy.id()], "{list}");
        let next = ada.get(&first.link("next").unwrap()).await.expect(200);
        assert_eq!(next.ids(), [ben.id()], "{list}");
        assert_eq!(ada.get(&next.link("prev").unwrap()).await.expect(200).ids(), [cy.id()], "{list}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn familiar_followers_are_told_where_counts_are() {
    for shown in [false, true] {
        let builder = World::builder().instance("acme.test");
        let world = builder.configure(move |config| config.culture.show_counts = shown).start().await;
        let acme = world.instance("acme.test");
        let (ada, ben, cy) = (acme.register("ada").await, acme.register("ben").await, acme.register("cy").await);
        acme.register("dee").await.follow("@cy").await;
        ada.follow("@ben").await;
        ben.follow("@cy").await;
        let path = format!("/api/v1/accounts/familiar_followers?id[]={}&id[]=5&id[]={}", cy.id(), ben.id());
        let found = ada.get(&path).await.expect(200);
        assert_eq!(found.ids(), [cy.id(), ben.id()]);
        let familiar: Vec<&str> =
            found[0]["accounts"].as_array().unwrap().iter().map(|one| one["username"].as_str().unwrap()).collect();
        assert_eq!(familiar, if shown { vec!["ben"] } else { Vec::new() });
        assert_eq!(found[1]["accounts"], json!([]));
        acme.get(&path).await.expect(401);
        ada.with_scopes("write").await.get(&path).await.expect(403);
        world.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_may_be_of_some_languages() {
    let (world, ada, ben) = two().await;
    let cy = world.instance("acme.test").register("cy").await;
    let mut german = Value::Null;
    for (text, language) in [("Hello", "en"), ("Colour", "en-GB"), ("Hallo", "de"), ("?", "")] {
        german = ben.post_status_with(json!({"status": text, "language": language})).await;
        if language == "de" {
            // Sooner it would not come to those who have the post.
            world.clock.advance(TimeDelta::hours(25));
            cy.post(&format!("/api/v1/statuses/{}/reblog", german["id"].as_str().unwrap()), json!({}))
                .await
                .expect(200);
        }
    }
    assert_eq!(german["language"], Value::Null, "the last one does not say");
    let follow = async |who: &Person, form: &[(&str, &str)]| {
        ada.post_form(&format!("/api/v1/accounts/{}/follow", who.id()), form).await.expect(200)["languages"].clone()
    };
    let texts = async || -> Vec<String> {
        let home = ada.home().await;
        let inner = |post: &Value| if post["reblog"].is_null() { post.clone() } else { post["reblog"].clone() };
        home.iter().map(|post| plain(inner(post)["content"].as_str().unwrap())).collect()
    };
    assert_eq!(follow(&ben, &[("languages[]", "en")]).await, json!(["en"]));
    assert_eq!(texts().await, ["?", "Colour", "Hello"]);
    assert_eq!(follow(&ben, &[("notify", "true")]).await, json!(["en"]), "what is not said stays");
    assert_eq!(follow(&ben, &[("languages[]", "de"), ("languages[]", "en-GB")]).await, json!(["de", "en-GB"]));
    assert_eq!(texts().await, ["?", "Hallo", "Colour"]);
    assert_eq!(follow(&ben, &[("languages[]", "")]).await, Value::Null);
    assert_eq!(texts().await, ["?", "Hallo", "Colour", "Hello"]);
    assert_eq!(follow(&cy, &[("languages[]", "en")]).await, json!(["en"]));
    assert_eq!(texts().await.len(), 4, "a boost is of the language of what it boosts");
    assert_eq!(follow(&cy, &[("languages[]", "de")]).await, json!(["de"]));
    assert_eq!(texts().await.len(), 5);
    let path = format!("/api/v1/accounts/{}/follow", ben.id());
    for wrong in [json!(["english"]), json!(["en", "x"]), json!("e n")] {
        refused(&ada, Method::POST, &path, json_body(json!({"languages": wrong})), 422).await;
    }
    refused(&ada, Method::POST, &path, json_body(json!({"languages": {"a": 1}})), 400).await;
    world.finish().await;
}
