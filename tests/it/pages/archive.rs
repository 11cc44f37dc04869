//! All that is here of a person, in one file.

use std::collections::BTreeMap;
use std::io::Read;

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use super::admin::staff;
use crate::support::media::png;
use crate::support::{Browser, Instance, Part, World};

const ARCHIVE: &str = "/settings/data/archive.tar";

/// What a browser is sent, as it comes.
async fn download(acme: &Instance, browser: &Browser) -> reqwest::Response {
    let cookies = browser.cookies();
    let (name, value) = cookies.iter().next().unwrap();
    acme.http.get(acme.url(ARCHIVE)).header("cookie", format!("{name}={value}")).send().await.unwrap()
}

/// The files in an archive, by name.
fn files(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(archive).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_str().unwrap().to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        assert!(files.insert(name.clone(), bytes).is_none(), "{name} is there twice");
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_wrote_is_in_their_archive_and_nothing_of_others() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    for number in 0..120 {
        ada.post_status(&format!("Number {number}")).await;
    }
    ada.post_status_with(json!({"status": "@ben a secret", "visibility": "direct"})).await;
    let others = ben.post_status("By Ben himself").await;
    ada.post(&format!("/api/v1/statuses/{}/reblog", others["id"].as_str().unwrap()), json!({})).await.expect(200);
    ada.follow("@ben@acme.test").await;
    let browser = Browser::of(&ada).await;
    // Pictures of each, of which only one's own are taken along; one of exactly a block, another of some more.
    let (picture, portrait) = (png(40, 30), png(10, 10));
    for (person, said) in [(&ada, "Hers"), (&ben, "His")] {
        let theirs = Browser::of(person).await;
        let form = theirs.get("/compose").await.expect(200);
        let typed = [("text", "Look"), ("alt", said), ("do", "send")];
        theirs.submit_files(&form, "/compose", &typed, &[Part::file("file1", &picture)]).await.expect(303);
        let form = theirs.get("/settings/profile").await.expect(200);
        let portrait = [Part::file("avatar", &portrait)];
        theirs.submit_files(&form, "/settings/profile", &[("display_name", said)], &portrait).await.expect(303);
    }
    let page = browser.get("/settings/data").await.expect(200);
    assert!(page.body.contains(" posts, one file (about "), "{}", page.body);
    let answer = download(acme, &browser).await;
    assert_eq!(answer.headers()["content-type"], "application/x-tar");
    let files = files(&answer.bytes().await.unwrap());
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    assert!(text("account.json").contains("ada@people.test"));
    assert!(text("following.csv").contains("ben@acme.test"));
    let pages: Vec<String> = files.keys().filter(|name| name.starts_with("outbox/")).map(|name| text(name)).collect();
    let posts: usize = pages
        .iter()
        .map(|page| serde_json::from_str::<Value>(page).unwrap()["orderedItems"].as_array().unwrap().len())
        .sum();
    assert_eq!((pages.len(), posts), (2, 123));
    let all = pages.concat();
    assert!(all.contains("a secret") && all.contains("Number 0<") && all.contains("\"Announce\""));
    assert!(!all.contains("By Ben himself"), "what others wrote is theirs");
    let list = text("media/00001.csv");
    let row = list.lines().nth(1).expect("a file");
    assert!(row.starts_with("media/") && row.ends_with(",Hers"), "{list}");
    let kept: Vec<&String> =
        files.keys().filter(|name| name.starts_with("media/") && !name.ends_with(".csv")).collect();
    assert_eq!(kept.len(), 2, "her picture and her portrait: {kept:?}");
    let name = row.split(',').next().unwrap();
    let served = acme.http.get(acme.url(&format!("/{name}"))).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(files[name], served, "as everyone sees it");
    for name in kept {
        image::load_from_memory(&files[name]).expect("it is whole");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_else_is_kept_of_somebody_is_in_their_archive() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let (mo, _) = staff(acme, "mo", "moderator").await;
    let browser = Browser::of(&ada).await;
    let uri = |post: &Value| post["uri"].as_str().unwrap().to_owned();
    let at = |post: &Value, act: &str| format!("/api/v1/statuses/{}{act}", post["id"].as_str().unwrap());
    ada.follow("@ben@acme.test").await;
    let liked = ben.post_status("Worth a star").await;
    let closed = ben.post_status_with(json!({"status": "For followers", "visibility": "private"})).await;
    for post in [&liked, &closed] {
        ada.post(&at(post, "/favourite"), json!({})).await.expect(200);
    }
    // What one may not see any more is not told of either.
    ada.post(&format!("/api/v1/accounts/{}/unfollow", ben.id()), json!({})).await.expect(200);
    let keywords = json!([{"keyword": "butter", "whole_word": true}]);
    let filter = json!({"title": "Lunch", "context": ["home"], "keywords_attributes": keywords});
    ada.post("/api/v2/filters", filter).await.expect(200);
    ada.post("/api/v1/tags/rust/follow", json!({})).await.expect(200);
    let note = json!({"comment": "Met at the fair"});
    ada.post(&format!("/api/v1/accounts/{}/note", ben.id()), note).await.expect(200);
    let page = browser.get("/settings/appearance").await.expect(200);
    let typed = [("theme", "dark"), ("text_size", "normal"), ("motion", "system"), ("time_zone", "Europe/Vienna")];
    browser.submit(&page, "/settings/appearance", &typed).await.expect(303);
    let time = (world.clock.now() + TimeDelta::hours(2)).to_rfc3339_opts(SecondsFormat::Millis, true);
    ada.post("/api/v1/statuses", json!({"status": "Not yet", "scheduled_at": time})).await.expect(200);
    ada.post("/api/v1/collections", json!({"name": "Good readers", "account_ids": []})).await.expect(200);
    let form = browser.get("/settings/invitations").await.expect(200);
    let typed = [("note", "Come along"), ("uses", "1"), ("days", "7")];
    browser.submit(&form, "/settings/invitations", &typed).await.expect(200);
    let edited = ada.post_status("As it was").await;
    ada.put(&at(&edited, ""), json!({"status": "As it is"})).await.expect(200);
    let poll = json!({"options": ["Tea", "Coffee"], "expires_in": 3600});
    let asked = ben.post_status_with(json!({"status": "Which?", "poll": poll})).await;
    let votes = format!("/api/v1/polls/{}/votes", asked["poll"]["id"].as_str().unwrap());
    ada.post(&votes, json!({"choices": [1]})).await.expect(200);
    let message = ben.post_status_with(json!({"status": "@ada For you alone", "visibility": "direct"})).await;
    let act = json!({"type": "none", "text": "Be kinder"});
    mo.post(&format!("/api/v1/admin/accounts/{}/action", ada.id()), act).await.expect(200);

    let files = files(&download(acme, &browser).await.bytes().await.unwrap());
    let of = |name: &str| -> Value { serde_json::from_slice(&files[&format!("{name}.json")]).unwrap() };
    assert_eq!(of("favourites"), json!([uri(&liked)]));
    assert_eq!(of("filters")[0]["keywords"][0]["keyword"], "butter");
    assert_eq!(of("topics"), json!({"followed": ["rust"], "on_profile": []}));
    assert_eq!(of("notes"), json!([{"account": "ben@acme.test", "note": "Met at the fair"}]));
    let chosen = of("preferences");
    assert_eq!((&chosen["pages"]["time_zone"], &chosen["pages"]["theme"]), (&json!("Europe/Vienna"), &json!("dark")));
    assert_eq!(chosen["posting"]["visibility"], "public");
    assert_eq!(chosen["notifications"]["for_new_accounts"], "accept");
    assert_eq!(of("scheduled")[0]["params"]["text"], "Not yet");
    assert_eq!(of("collections")[0]["name"], "Good readers");
    assert_eq!((&of("invitations")[0]["note"], &of("invitations")[0]["came"]), (&json!("Come along"), &json!([])));
    let before = &of("earlier_versions")[0];
    assert_eq!(before["post"], edited["uri"]);
    assert_eq!(before["versions"].as_array().map(Vec::len), Some(1));
    assert_eq!(before["versions"][0]["content"], "<p>As it was</p>");
    assert_eq!((&of("votes")[0]["post"], &of("votes")[0]["answer"]), (&asked["uri"], &json!("Coffee")));
    let received = &of("messages")[0];
    assert_eq!((&received["id"], &received["from"]), (&message["uri"], &json!(ben.account.uri)));
    assert!(received["content"].as_str().unwrap().contains("For you alone"));
    assert_eq!(of("warnings")[0]["text"], "Be kinder");
    // Of others there is nothing in theirs.
    let theirs = download(acme, &Browser::of(&ben).await).await.bytes().await.unwrap();
    let theirs = self::files(&theirs);
    for name in ["favourites", "filters", "notes", "scheduled", "collections", "invitations", "votes", "messages"] {
        assert_eq!(theirs[&format!("{name}.json")], b"[]", "{name}");
    }
    // The poll ends, and the post goes out.
    world.advance(TimeDelta::hours(3)).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_long_comes_in_parts() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    for number in 0..51 {
        ben.post_status_with(json!({"status": format!("@ada Number {number}."), "visibility": "direct"})).await;
    }
    let files = files(&download(acme, &Browser::of(&ada).await).await.bytes().await.unwrap());
    let parts = ["messages.json", "messages-00002.json"].map(|name| String::from_utf8(files[name].clone()).unwrap());
    for number in 0..51 {
        let text = format!("Number {number}.");
        assert_eq!(parts.iter().filter(|part| part.contains(&text)).count(), 1, "{text}");
    }
    assert!(parts[1].contains("Number 0.") && !files.contains_key("messages-00003.json"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_breaks_off_leaves_nothing_and_can_be_begun_anew() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    let form = browser.get("/compose").await.expect(200);
    let typed = [("text", "Look"), ("alt", "A dot"), ("do", "send")];
    browser.submit_files(&form, "/compose", &typed, &[Part::file("file1", png(40, 30))]).await.expect(303);
    // The file is not what its row says: what is sent is no archive, and whoever takes it is told.
    acme.sql("UPDATE media_files SET size = size + 1000 WHERE role = 'original'").await;
    assert!(download(acme, &browser).await.bytes().await.is_err(), "the connection is cut");
    acme.sql("UPDATE media_files SET size = size - 1000 WHERE role = 'original'").await;
    let whole = files(&download(acme, &browser).await.bytes().await.expect("their turn is theirs again"));
    assert_eq!(whole.keys().filter(|name| name.starts_with("media/")).count(), 2, "{:?}", whole.keys());
    // What is gone from the store is left out, and all else is there.
    acme.sql("UPDATE media_files SET path = 'gone' WHERE role = 'original'").await;
    let rest = files(&download(acme, &browser).await.bytes().await.unwrap());
    assert_eq!(rest.keys().filter(|name| name.starts_with("media/")).count(), 1, "{:?}", rest.keys());
    assert!(rest.contains_key("outbox/00001.json"));
    world.finish().await;
}
