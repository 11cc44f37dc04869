//! One's own profile, at an address of its own.

use pollen::accounts::ops::{ProfileChanges, update_profile};
use reqwest::Method;
use serde_json::{Value, json};

use super::refused;
use crate::support::media::png;
use crate::support::{Part, With, World};

const PATH: &str = "/api/v1/profile";

fn tabs(account: &Value) -> [bool; 3] {
    ["show_media", "show_media_replies", "show_featured"].map(|name| account[name].as_bool().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_read_and_written_as_its_owner_wrote_it() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let bare = ada.get(PATH).await.expect(200);
    assert_eq!((&bare["avatar"], &bare["header_static"], &bare["note"]), (&json!(null), &json!(null), &json!("")));
    let wanted = json!({
        "display_name": "Ada", "note": "I <3 #engines", "locked": true, "bot": true, "discoverable": false, "indexable": true,
        "fields_attributes": [{"name": "Work", "value": "Engines"}], "show_media": false,
    });
    let written = ada.patch(PATH, wanted).await.expect(200);
    assert_eq!((written["note"].as_str(), written["display_name"].as_str()), (Some("I <3 #engines"), Some("Ada")));
    assert_eq!(written["fields"], json!([{"name": "Work", "value": "Engines", "verified_at": null}]));
    for (name, value) in [("locked", true), ("bot", true), ("discoverable", false), ("indexable", true)] {
        assert_eq!(written[name], value, "{name}");
    }
    assert_eq!(tabs(&written.json), [false, true, true]);
    let seen = async || acme.get(&format!("/api/v1/accounts/{}", ada.id())).await.expect(200).json;
    assert_eq!(tabs(&seen().await), [false, true, true], "everybody is told");
    let others = json!({"show_media": true, "show_media_replies": false, "show_featured": "0"});
    assert_eq!(tabs(&ada.patch(PATH, others).await.expect(200).json), [true, false, false]);
    assert_eq!(tabs(&seen().await), [true, false, false]);
    let written = ada.patch(PATH, json!({"show_featured": true})).await.expect(200);
    assert_eq!(tabs(&written.json), [true, false, true]);
    assert_eq!(ada.put(PATH, json!({"note": "I <3 #engines"})).await.expect(200).json, written.json);
    assert_eq!(ada.with_scopes("profile").await.get(PATH).await.expect(200).json, written.json);
    let account = ada.get("/api/v1/accounts/verify_credentials").await.expect(200);
    assert_eq!((&account["source"]["note"], &account["locked"]), (&written["note"], &json!(true)));
    world.settle().await;

    let with = |json| With { json: Some(json), ..With::default() };
    refused(&ada, Method::PATCH, PATH, with(json!({"display_name": "x".repeat(101)})), 422).await;
    let reader = ada.with_scopes("read").await;
    refused(&reader, Method::PATCH, PATH, with(json!({"note": "no"})), 403).await;
    ada.with_scopes("read:statuses write:accounts").await.get(PATH).await.expect(403);
    acme.get(PATH).await.expect(401);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_while_a_picture_is_taken_stays_changed() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let before = ada.reload().await;
    let blocker = acme.database.client().await;
    blocker.batch_execute("BEGIN; LOCK TABLE media_files IN SHARE MODE").await.unwrap();
    let parts = [Part::text("note", "With a face"), Part::file("avatar", png(40, 40))];
    let slow = ada.send(Method::PATCH, PATH, With { parts: &parts, ..With::default() });
    let meanwhile = async {
        acme.until_blocked(1).await;
        ada.patch(PATH, json!({"locked": true, "display_name": "Ada"})).await.expect(200);
        blocker.batch_execute("COMMIT").await.unwrap();
    };
    let (written, ()) = tokio::join!(slow, meanwhile);
    let written = written.expect(200);
    assert_eq!((&written["locked"], &written["display_name"]), (&json!(true), &json!("Ada")));
    assert_eq!((&written["note"], written["avatar"].is_string()), (&json!("With a face"), true));
    assert_eq!(ada.get(PATH).await.expect(200).json, written.json);

    // Whoever is gone by now stays gone.
    acme.sql("UPDATE accounts SET deleted_at = now(), display_name = '' WHERE username = 'ada'").await;
    let changes = ProfileChanges { note: Some("Still here".into()), ..ProfileChanges::default() };
    update_profile(&acme.app, &before, changes).await.unwrap_err();
    world.finish().await;
}
