//! Avatars and headers, of people here and elsewhere.

use image::GenericImageView;
use reqwest::Method;
use serde_json::{Value, json};

use super::{decoded, send_form, stored, url};
use crate::support::media::{jpeg, photograph, png};
use crate::support::{Browser, Part, World};

const ACME: &str = "acme.test";
const GLOBEX: &str = "globex.test";
const UPDATE: &str = "/api/v1/accounts/update_credentials";

#[tokio::test(flavor = "multi_thread")]
async fn an_avatar_is_seen_here_and_elsewhere() {
    let world = World::start([ACME, GLOBEX]).await;
    let (acme, globex) = (world.instance(ACME), world.instance(GLOBEX));
    let (ada, ben) = (acme.register("ada").await, globex.register("ben").await);
    ben.follow("@ada@acme.test").await;
    world.settle().await;
    let parts = [
        Part::text("display_name", "Ada"),
        Part::text("fields_attributes[0][name]", "Work"),
        Part::text("fields_attributes[0][value]", "Engines"),
        Part::file("avatar", photograph(900, 600)),
        Part::file("header", jpeg(3000, 500)),
    ];
    let me = send_form(&ada, Method::PATCH, UPDATE, &parts).await.expect(200);
    assert_eq!((&me["display_name"], &me["source"]["fields"][0]["value"]), (&json!("Ada"), &json!("Engines")));
    assert_eq!(decoded(acme, url(&me.json, "avatar")).await.dimensions(), (400, 400));
    assert_eq!(decoded(acme, url(&me.json, "header")).await.dimensions(), (1500, 500));
    let profile = ada.get("/api/v1/profile").await.expect(200);
    assert_eq!((&profile["avatar"], &profile["header_static"]), (&me["avatar"], &me["header"]));
    let actor = acme.get_activity("/users/ada").await.expect(200);
    assert_eq!(actor["icon"], json!({"type": "Image", "mediaType": "image/jpeg", "url": me["avatar"]}));
    assert_eq!(actor["image"]["url"], me["header"]);
    assert!(acme.get("/@ada").await.expect(200).body.contains(url(&me.json, "avatar")));

    world.settle().await;
    let seen = ben.resolve("@ada@acme.test").await;
    assert!(url(&seen, "avatar").starts_with("http://globex.test/media/remote/avatar/"), "{seen}");
    assert_eq!(decoded(globex, url(&seen, "avatar")).await.dimensions(), (400, 400));
    assert_eq!(decoded(globex, url(&seen, "header")).await.dimensions(), (1500, 500));

    // A new one takes the place of the old one, everywhere.
    send_form(&ada, Method::PATCH, UPDATE, &[Part::file("avatar", png(50, 50))]).await.expect(200);
    acme.get(url(&me.json, "avatar")).await.expect(404);
    world.advance(chrono::TimeDelta::seconds(5)).await;
    let now = ben.resolve("@ada@acme.test").await;
    assert_ne!(now["avatar"], seen["avatar"]);
    assert_eq!(decoded(globex, url(&now, "avatar")).await.dimensions(), (50, 50));
    globex.get(url(&seen, "avatar")).await.expect(404);
    world.settle().await;
    assert_eq!(stored(acme), 2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_accounts_are_taken_away() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let parts = [Part::file("avatar", png(20, 20)), Part::file("header", png(30, 10))];
    let me = send_form(&ada, Method::PATCH, UPDATE, &parts).await.expect(200);
    let reader = ada.with_scopes("read").await;
    for name in ["avatar", "header"] {
        let path = format!("/api/v1/profile/{name}");
        reader.delete(&path).await.expect(403);
        let without = ada.delete(&path).await.expect(200);
        assert!(url(&without.json, name).ends_with(&format!("/assets/{name}.png")), "{}", without[name]);
        ada.delete(&path).await.expect(200);
        acme.get(url(&me.json, name)).await.expect(404);
    }
    let actor = acme.get_activity("/users/ada").await.expect(200);
    assert_eq!((actor.json.get("icon"), actor.json.get("image")), (None, None));
    world.settle().await;
    assert_eq!(stored(acme), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_refused_leaves_the_avatar_alone() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let me = send_form(&ada, Method::PATCH, UPDATE, &[Part::file("avatar", png(20, 20))]).await.expect(200);
    let long = "x".repeat(101);
    let good = png(9, 9);
    for parts in [
        vec![Part::file("avatar", &good), Part::text("display_name", &long)],
        vec![Part::file("avatar", b"no picture"), Part::text("display_name", "Ada")],
        vec![Part::file("header", b"#EXTM3U"), Part::file("avatar", &good)],
    ] {
        send_form(&ada, Method::PATCH, UPDATE, &parts).await.expect(422);
    }
    let now = ada.get("/api/v1/accounts/verify_credentials").await.expect(200);
    assert_eq!((&now["avatar"], &now["display_name"]), (&me["avatar"], &json!("")));
    world.settle().await;
    // The one whose change failed after it was stored goes; the one beside a bad header is swept with what is not whole.
    world.clock.advance(chrono::TimeDelta::days(2));
    pollen::housekeeping::sweep(&acme.app).await.unwrap();
    assert_eq!(stored(acme), 1);
    // Ordinary parameters come in such forms too, with files that nobody asked for.
    let parts = [Part::text("status", "From a form"), Part::file("avatar", &good)];
    let post = send_form(&ada, Method::POST, "/api/v1/statuses", &parts).await.expect(200);
    assert_eq!(post["content"], "<p>From a form</p>");
    world.finish().await;
}

/// F370, F371
#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_seen_on_pictures_is_told_here_and_elsewhere() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let (acme, globex) = (world.instance("acme.test"), world.instance("globex.test"));
    let (ada, ben) = (acme.register("ada").await, globex.register("ben").await);
    ben.follow("@ada@acme.test").await;
    world.settle().await;
    let pictures = || [Part::file("avatar", png(20, 20)), Part::file("header", png(30, 10))];
    let mut form = pictures().to_vec();
    form.extend([Part::text("avatar_description", " A shark "), Part::text("header_description", "The \"sea\"")]);
    let me = send_form(&ada, Method::PATCH, UPDATE, &form).await.expect(200);
    let said = |entity: &Value| (entity["avatar_description"].clone(), entity["header_description"].clone());
    let both = (json!("A shark"), json!("The \"sea\""));
    assert_eq!(said(&me.json), both);
    assert_eq!(said(&ada.get("/api/v1/profile").await.expect(200).json), both);
    let actor = acme.get_activity("/users/ada").await.expect(200);
    for (name, text) in [("icon", "A shark"), ("image", "The \"sea\"")] {
        assert_eq!((&actor[name]["summary"], &actor[name]["name"]), (&json!(text), &json!(text)));
    }
    world.settle().await;
    let lookup = "/api/v1/accounts/lookup?acct=ada@acme.test";
    world.advance(chrono::TimeDelta::seconds(5)).await;
    assert_eq!(said(&ben.get(lookup).await.expect(200).json), both);
    // On pages they stand in for the pictures, for whoever does not see them.
    for (instance, path) in [(acme, "/@ada"), (globex, "/@ada@acme.test")] {
        let browser = if path == "/@ada" { Browser::new(instance) } else { Browser::of(&ben).await };
        let page = browser.get(path).await.expect(200);
        assert!(
            page.body.contains("alt=\"A shark\"") && page.body.contains("alt=\"The &#34;sea&#34;\""),
            "{}",
            page.body
        );
    }
    // Too long is refused, and leaves all as it is.
    let long = "x".repeat(151);
    for field in ["avatar_description", "header_description"] {
        let refused = ada.patch(UPDATE, json!({field: long, "display_name": "Ada"})).await.expect(422);
        assert!(refused.text("error").contains("150"), "{}", refused.body);
    }
    assert_eq!(said(&ada.get("/api/v1/profile").await.expect(200).json), both);
    let most = ada.get("/api/v2/instance").await.expect(200);
    assert_eq!(most["configuration"]["accounts"]["max_avatar_description_length"], 150);
    // Of another picture, or none, it is not true any more.
    let me = send_form(&ada, Method::PATCH, UPDATE, &[Part::file("avatar", png(9, 9))]).await.expect(200);
    assert_eq!(said(&me.json), (json!(""), both.1.clone()));
    let me = ada.delete("/api/v1/profile/header").await.expect(200);
    assert_eq!(said(&me.json), (json!(""), json!("")));
    world.settle().await;
    world.advance(chrono::TimeDelta::seconds(5)).await;
    assert_eq!(said(&ben.get(lookup).await.expect(200).json), (json!(""), json!("")));
    // By the page.
    let browser = Browser::of(&ada).await;
    let page = browser.get("/settings/profile").await.expect(200);
    let typed = [("display_name", "Ada"), ("avatar_description", "A whale")];
    browser.submit_files(&page, "/settings/profile", &typed, &[Part::file("avatar", png(5, 5))]).await.expect(303);
    let page = browser.get("/settings/profile").await.expect(200);
    assert!(page.body.contains("name=\"avatar_description\" type=\"text\" value=\"A whale\""), "{}", page.body);
    let refused =
        browser.submit_files(&page, "/settings/profile", &[("avatar_description", &long)], &[]).await.expect(422);
    assert!(refused.body.contains("id=\"avatar_description-why\"") && refused.body.contains(&long));
    let typed = [("display_name", "Ada"), ("avatar_description", "A whale"), ("remove_avatar", "true")];
    browser.submit_files(&page, "/settings/profile", &typed, &[]).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM picture_descriptions").await, 0);
    world.settle().await;
    world.finish().await;
}
