//! What shows in which timeline, and how far somebody has read.

use reqwest::Method;
use serde_json::json;

use super::{refused, refused_with_token};
use crate::support::{With, World, plain};

#[tokio::test(flavor = "multi_thread")]
async fn home_shows_whom_one_follows_and_oneself() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    ada.follow("@ben").await;
    let bens = ben.post_status("By Ben").await;
    ben.post_status_with(json!({"status": "Followers", "visibility": "private"})).await;
    cleo.post_status("By Cleo").await;
    let cleos = cleo.post_status("Boosted").await;
    ben.post(&format!("/api/v1/statuses/{}/reblog", cleos["id"].as_str().unwrap()), json!({})).await.expect(200);
    ada.post_status("By Ada").await;
    let reply = json!({"status": "Aside", "in_reply_to_id": cleos["id"]});
    ben.post_status_with(reply).await;
    let shown = ada.home().await;
    let texts: Vec<&str> = shown
        .iter()
        .map(|post| if post["reblog"].is_null() { &post["content"] } else { &post["reblog"]["content"] })
        .map(|content| content.as_str().unwrap())
        .collect();
    assert_eq!(texts, ["<p>By Ada</p>", "<p>Boosted</p>", "<p>Followers</p>", "<p>By Ben</p>"]);
    assert_eq!(shown[3]["id"], bens["id"]);
    // Without boosts, by a setting of the follow.
    ada.post(&format!("/api/v1/accounts/{}/follow", ben.id()), json!({"reblogs": false})).await.expect(200);
    assert_eq!(ada.home().await.len(), 3);
    ada.post(&format!("/api/v1/accounts/{}/unfollow", ben.id()), json!({})).await.expect(200);
    assert_eq!(ada.home_texts().await, ["By Ada"]);
    world.finish().await;
}

/// Where the newest page ended is remembered: it is the right page all the same when posts have come, gone, or are hidden.
#[tokio::test(flavor = "multi_thread")]
async fn the_newest_page_is_whole_whatever_happened_since_the_last_look() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    ada.follow("@ben").await;
    ada.follow("@cleo").await;
    for number in 1..=4 {
        ben.post_status(&format!("Ben {number}")).await;
    }
    let cleos = cleo.post_status("Cleo").await;
    let newest = async || {
        let page = ada.get("/api/v1/timelines/home?limit=3").await.expect(200);
        page.list().iter().map(|post| plain(post["content"].as_str().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(newest().await, ["Cleo", "Ben 4", "Ben 3"]);
    ben.post_status("Ben 5").await;
    assert_eq!(newest().await, ["Ben 5", "Cleo", "Ben 4"]);
    cleo.delete(&format!("/api/v1/statuses/{}", cleos["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(newest().await, ["Ben 5", "Ben 4", "Ben 3"]);
    cleo.post_status("Cleo again").await;
    assert_eq!(newest().await, ["Cleo again", "Ben 5", "Ben 4"]);
    ada.post(&format!("/api/v1/accounts/{}/mute", cleo.id()), json!({})).await.expect(200);
    assert_eq!(newest().await, ["Ben 5", "Ben 4", "Ben 3"]);
    ada.post(&format!("/api/v1/accounts/{}/unfollow", ben.id()), json!({})).await.expect(200);
    assert!(newest().await.is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn public_timelines_show_public_posts_only() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, world.instance("globex.test").register("ben").await);
    ada.follow("@ben@globex.test").await;
    world.settle().await;
    ben.post_status("From Globex #news").await;
    world.settle().await;
    let first = ada.post_status("From Acme #News").await;
    for visibility in ["unlisted", "private", "direct"] {
        ada.post_status_with(json!({"status": "Quiet #news", "visibility": visibility})).await;
    }
    ben.post_status("Reply").await;
    ada.post_status_with(json!({"status": "More #NEWS", "in_reply_to_id": first["id"]})).await;
    let texts = async |path: &str| {
        let page = acme.get(path).await.expect(200);
        page.list().iter().map(|post| crate::support::plain(post["content"].as_str().unwrap())).collect::<Vec<_>>()
    };
    world.settle().await;
    assert_eq!(texts("/api/v1/timelines/public?local=true").await, ["More #NEWS", "From Acme #News"]);
    assert_eq!(texts("/api/v1/timelines/public?remote=1").await, ["Reply", "From Globex #news"]);
    assert_eq!(texts("/api/v1/timelines/public").await.len(), 4);
    assert_eq!(texts("/api/v1/timelines/tag/nEWS").await, ["More #NEWS", "From Acme #News", "From Globex #news"]);
    assert_eq!(texts("/api/v1/timelines/tag/%23news?local=true").await.len(), 2);
    assert!(texts("/api/v1/timelines/tag/nothing").await.is_empty());
    assert!(texts("/api/v1/timelines/public?only_media=true").await.is_empty());
    acme.get("/api/v1/timelines/public?local=perhaps").await.expect(400);
    acme.get("/api/v1/timelines/home").await.expect(401);
    ada.with_scopes("read:accounts").await.get("/api/v1/timelines/home").await.expect(403);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hashtags_in_other_scripts_have_timelines() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    let post = ada.post_status("Grüße #Übung #学び").await;
    for tag in post["tags"].as_array().unwrap() {
        let (name, url) = (tag["name"].as_str().unwrap(), tag["url"].as_str().unwrap());
        let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let found = ada.get(&format!("/api/v1/timelines/tag/{encoded}?limit=1")).await.expect(200);
        assert_eq!(found.ids(), [post["id"].as_str().unwrap()], "{name}");
        let next = found.link("next").unwrap();
        assert!(ada.get(&next).await.expect(200).list().is_empty(), "{next}");
        assert!(world.instance("acme.test").get(url).await.expect(200).body.contains("Grüße"), "{url}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn markers_remember_how_far_somebody_has_read() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    assert_eq!(ada.get("/api/v1/markers?timeline[]=home").await.expect(200).json, json!({}));
    let set = ada.post("/api/v1/markers", json!({"home": {"last_read_id": "17"}})).await.expect(200);
    assert_eq!(set["home"]["last_read_id"], "17");
    assert!(set["notifications"].is_null());
    let form = [("notifications[last_read_id]", "23"), ("home[last_read_id]", "18")];
    let again = ada.post_form("/api/v1/markers", &form).await.expect(200);
    assert!(again["home"]["version"].as_i64() > set["home"]["version"].as_i64());
    let both = ada.get("/api/v1/markers?timeline[]=home&timeline[]=notifications").await.expect(200);
    assert_eq!((&both["home"]["last_read_id"], &both["notifications"]["last_read_id"]), (&json!("18"), &json!("23")));
    assert_eq!(ben.get("/api/v1/markers?timeline[]=home").await.expect(200).json, json!({}));
    for wrong in [json!({"home": {"last_read_id": "x"}}), json!({"home": {}}), json!({"home": 5})] {
        let with = With { json: Some(wrong), ..With::default() };
        refused(&ada, Method::POST, "/api/v1/markers", with, 422).await;
    }
    let with = || With { json: Some(json!({"home": {"last_read_id": "99"}})), ..With::default() };
    refused(&ada.with_scopes("read").await, Method::POST, "/api/v1/markers", with(), 403).await;
    refused_with_token(acme, Method::POST, "/api/v1/markers", with(), 401).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_hashtags_are_joined() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    for text in ["#a", "#b", "#a #b", "#a #c", "#a #b #c", "#d"] {
        ada.post_status(text).await;
    }
    for (query, expected) in [
        ("", vec!["#a #b #c", "#a #c", "#a #b", "#a"]),
        ("any[]=b&any[]=D", vec!["#d", "#a #b #c", "#a #c", "#a #b", "#b", "#a"]),
        ("all[]=%23B", vec!["#a #b #c", "#a #b"]),
        ("all[]=b&all[]=c&all[]=b", vec!["#a #b #c"]),
        ("all[]=b&none[]=c", vec!["#a #b"]),
        ("none[]=b&none[]=c", vec!["#a"]),
        ("any[]=b&none[]=a", vec!["#b"]),
        ("all[]=nosuchtag", vec![]),
        ("none[]=nosuchtag&local=true", vec!["#a #b #c", "#a #c", "#a #b", "#a"]),
        ("none[]=b&remote=true", vec![]),
    ] {
        // Page by page, with what was asked for in the links.
        let (mut texts, mut next) = (Vec::new(), Some(format!("/api/v1/timelines/tag/A?limit=2&{query}")));
        while let Some(path) = next {
            let page = ada.get(&path).await.expect(200);
            texts.extend(page.list().iter().map(|post| crate::support::plain(post["content"].as_str().unwrap())));
            next = page.link("next");
        }
        assert_eq!(texts, expected, "{query}");
    }
    let (mut texts, mut next) = (Vec::new(), Some(format!("/api/v1/accounts/{}/statuses?tagged=B&limit=2", ada.id())));
    while let Some(path) = next {
        let page = ada.get(&path).await.expect(200);
        texts.extend(page.list().iter().map(|post| crate::support::plain(post["content"].as_str().unwrap())));
        next = page.link("next");
    }
    assert_eq!(texts, ["#a #b #c", "#a #b", "#b"]);
    world.finish().await;
}
