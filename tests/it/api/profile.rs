//! One's own profile, at an address of its own.

use reqwest::Method;
use serde_json::json;

use super::refused;
use crate::support::{With, World};

const PATH: &str = "/api/v1/profile";

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
