//! Custom emoji of this instance: offered in pickers, shown where their names stand, and gone when they should be.

use chrono::TimeDelta;
use image::GenericImageView;
use pollen::announcements::ops::{self as announcements, Draft};
use pollen::emojis::ops::{self, EmojiChanges};
use reqwest::Method;
use serde_json::{Value, json};

use super::refused;
use crate::support::media::{add_emoji, moving_gif, png};
use crate::support::{Instance, With, World};

const ACME: &str = "acme.test";

/// The names of an entity's emoji.
fn names(entity: &Value) -> Vec<&str> {
    entity["emojis"].as_array().unwrap().iter().map(|emoji| emoji["shortcode"].as_str().unwrap()).collect()
}

async fn picture(acme: &Instance, url: &Value) -> image::DynamicImage {
    image::load_from_memory(&acme.get(url.as_str().unwrap()).await.expect(200).bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn emoji_of_ours_are_offered_and_shown() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    assert_eq!(acme.get("/api/v1/custom_emojis").await.expect(200).json, json!([]));
    // Looked up, and kept as one that there is not.
    let early = ada.post_status("Soon :blob:").await;
    assert!(names(&early).is_empty());
    add_emoji(acme, "blob", &png(400, 200), Some("Blobs")).await;
    add_emoji(acme, "party", &moving_gif(32, 32), None).await;
    add_emoji(acme, "secret", &png(20, 20), None).await;
    let hidden = EmojiChanges { visible_in_picker: Some(false), ..EmojiChanges::default() };
    ops::change(&acme.app, "secret", &hidden).await.unwrap();

    let offered = acme.get("/api/v1/custom_emojis").await.expect(200);
    let seen: Vec<(&Value, &Value)> = offered.list().iter().map(|one| (&one["shortcode"], &one["category"])).collect();
    assert_eq!(seen, [(&json!("party"), &Value::Null), (&json!("blob"), &json!("Blobs"))]);
    let (party, blob) = (&offered[0], &offered[1]);
    assert_eq!(picture(acme, &blob["url"]).await.dimensions(), (256, 128), "large ones are made small");
    assert_eq!(blob["url"], blob["static_url"]);
    let moving = acme.get(party["url"].as_str().unwrap()).await.expect(200);
    assert_eq!(moving.header("content-type"), "image/gif");
    assert!(moving.header("cache-control").starts_with("public"), "{:?}", moving.headers);
    let still = acme.get(party["static_url"].as_str().unwrap()).await.expect(200);
    assert_eq!(still.header("content-type"), "image/png");

    let profile = json!({
        "display_name": "Ada :blob:", "note": "I :party:",
        "fields_attributes": [{"name": "Mood", "value": ":secret: and :nothing:"}],
    });
    let me = ada.patch("/api/v1/accounts/update_credentials", profile).await.expect(200);
    assert_eq!(names(&me.json), ["blob", "party", "secret"]);
    assert_eq!(me["emojis"][0], *blob, "as pickers have it");
    let poll = json!({"options": [":party: yes", "no"], "expires_in": 3600});
    let draft =
        json!({"status": "Hi :blob: at 12:30:45, a:blob:b :nothing:", "spoiler_text": ":secret:", "poll": poll});
    let post = ada.post_status_with(draft).await;
    assert_eq!(names(&post), ["secret", "blob", "party"]);
    assert_eq!(names(&post["account"]), ["blob", "party", "secret"]);
    assert_eq!(names(&post["poll"]), ["party"]);
    let poll = ada.get(&format!("/api/v1/polls/{}", post["poll"]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(names(&poll.json), ["party"]);
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let edited = ada.put(&path, json!({"status": "Hi :party:"})).await.expect(200);
    assert_eq!(names(&edited.json), ["party"]);
    let history = ada.get(&format!("{path}/history")).await.expect(200);
    let versions: Vec<Vec<&str>> = history.list().iter().map(names).collect();
    assert_eq!(versions, [vec!["secret", "blob", "party"], vec!["party"]]);
    // Posts from before have them too.
    let early = format!("/api/v1/statuses/{}", early["id"].as_str().unwrap());
    assert_eq!(names(&ada.get(&early).await.expect(200).json), ["blob"]);
    // The poll's end.
    world.advance(TimeDelta::hours(2)).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_pictures_in_place_of_names() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let blob = add_emoji(acme, "blob", &png(20, 20), None).await;
    let profile = json!({"display_name": "<b> :blob:", "note": "About :blob: & more"});
    ada.patch("/api/v1/accounts/update_credentials", profile).await.expect(200);
    let poll = json!({"options": ["<i> :blob:", "no"], "expires_in": 3600});
    let draft = json!({"status": "Look: :blob: #x", "spoiler_text": "<u> :blob:", "poll": poll});
    let post = ada.post_status_with(draft).await;
    let img = format!(
        "<img class=\"emoji\" src=\"{}\" alt=\":blob:\" title=\":blob:\" loading=\"lazy\">",
        blob.url(&acme.app.origin)
    );
    let page = acme.get(&format!("/@ada/{}", post["id"].as_str().unwrap())).await.expect(200);
    for expected in
        [format!("Look: {img}"), format!("&lt;u&gt; {img}"), format!("&lt;i&gt; {img}"), format!("&lt;b&gt; {img}")]
    {
        assert!(page.body.contains(&expected), "no {expected} in {}", page.body);
    }
    assert!(page.header("content-security-policy").contains("img-src 'self'"));
    let profile = acme.get("/@ada").await.expect(200);
    for expected in [format!("<bdi>&lt;b&gt; {img}</bdi>"), format!("About {img} &amp; more")] {
        assert!(profile.body.contains(&expected), "no {expected} in {}", profile.body);
    }
    assert!(profile.body.contains("<title>") && !profile.body.contains("<title><img"), "{}", profile.body);
    world.advance(TimeDelta::hours(2)).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_emoji_any_more_stands_its_name() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let blob = add_emoji(acme, "blob", &png(20, 20), None).await;
    ada.patch("/api/v1/accounts/update_credentials", json!({"display_name": ":blob:"})).await.expect(200);
    let post = ada.post_status("Hi :blob:").await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let twin = acme.twin().await;
    assert_eq!(names(&twin.get(&path).await.expect(200).json), ["blob"]);
    let disabled = |disabled| EmojiChanges { disabled: Some(disabled), ..EmojiChanges::default() };
    ops::change(&acme.app, "blob", &disabled(true)).await.unwrap();
    assert!(names(&ada.get(&path).await.expect(200).json).is_empty());
    assert_eq!(acme.get("/api/v1/custom_emojis").await.expect(200).json, json!([]));
    acme.get(&format!("/emojis/{}", blob.id)).await.expect(404);
    // Another process, and what is kept of accounts, knows of it soon.
    world.advance(TimeDelta::seconds(2)).await;
    assert!(names(&twin.get(&path).await.expect(200).json["account"]).is_empty());
    ops::change(&acme.app, "blob", &disabled(false)).await.unwrap();
    assert_eq!(names(&ada.get(&path).await.expect(200).json), ["blob"]);

    let again = add_emoji(acme, "blob", &png(30, 30), None).await;
    assert_eq!((again.id, again.url("") == blob.url("")), (blob.id, false));
    world.settle().await;
    acme.get(&blob.url("")).await.expect(404);
    acme.get(&again.url("")).await.expect(200);
    ops::remove(&acme.app, "blob").await.unwrap();
    world.settle().await;
    acme.get(&again.url("")).await.expect(404);
    assert_eq!(acme.count("SELECT count(*) FROM media_files").await, 0);
    assert!(names(&ada.get(&path).await.expect(200).json).is_empty());
    ops::remove(&acme.app, "blob").await.unwrap_err();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_react_to_announcements_with_emoji_of_ours() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let blob = add_emoji(acme, "blob", &png(20, 20), None).await;
    let draft = Draft { text: "Good :blob: news".into(), ..Draft::default() };
    let row = announcements::announce(&acme.app, draft).await.unwrap();
    let mut stream = acme.listen(&ada.token, "user").await;
    let path = |name: &str| format!("/api/v1/announcements/{}/reactions/{name}", row.id);
    for wrong in [":blob:", "nothing", "b"] {
        refused(&ada, Method::PUT, &path(wrong), With::default(), 422).await;
    }
    ada.put(&path("blob"), json!({})).await.expect(200);
    let told = stream.expect("announcement.reaction").await;
    let url = blob.url(&acme.app.origin);
    assert_eq!((&told["name"], &told["count"], &told["url"]), (&json!("blob"), &json!(1), &json!(url)));
    let list = "/api/v1/announcements";
    let seen = ada.get(list).await.expect(200)[0].clone();
    assert_eq!(names(&seen), ["blob"]);
    assert_eq!(seen["reactions"], json!([{"name": "blob", "count": 1, "me": true, "url": url, "static_url": url}]));
    ops::remove(&acme.app, "blob").await.unwrap();
    let seen = ada.get(list).await.expect(200)[0].clone();
    assert_eq!((&seen["reactions"], &seen["emojis"]), (&json!([]), &json!([])));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_emoji_is_refused() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let file = tempfile::NamedTempFile::new().unwrap();
    let changes = EmojiChanges::default();
    let add = async |name: &str, bytes: &[u8]| {
        std::fs::write(file.path(), bytes).unwrap();
        pollen::emojis::object::add(&acme.app, file.path(), name, false, &changes).await.map_err(|e| e.to_string())
    };
    let before = acme.fingerprint().await;
    for (name, bytes, why) in [
        ("a", png(9, 9), "2 to 128"),
        ("no spaces", png(9, 9), "2 to 128"),
        ("blob", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "kind"),
        ("blob", [png(9, 9), vec![0; 300_000]].concat(), "too large"),
    ] {
        let said = add(name, &bytes).await.unwrap_err();
        assert!(said.contains(why), "{name}: {said}");
    }
    world.settle().await;
    assert_eq!(acme.fingerprint().await, before);
    add("blob", &png(9, 9)).await.unwrap();
    assert!(add("blob", &png(9, 9)).await.unwrap_err().contains("taken"));
    let long = EmojiChanges { category: Some("x".repeat(101)), ..EmojiChanges::default() };
    ops::change(&acme.app, "blob", &long).await.unwrap_err();
    world.finish().await;
}
