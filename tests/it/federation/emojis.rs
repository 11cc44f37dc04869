//! Custom emoji of other servers: which names mean which pictures, when they change, and how they are passed on.

use chrono::TimeDelta;
use image::GenericImageView;
use serde_json::{Value, json};

use super::{ACME, GLOBEX, ada_and_ben, id, newest};
use crate::support::media::{add_emoji, png};
use crate::support::{Instance, PeerActor, Person, World};

fn names(entity: &Value) -> Vec<&str> {
    entity["emojis"].as_array().unwrap().iter().map(|emoji| emoji["shortcode"].as_str().unwrap()).collect()
}

async fn size(instance: &Instance, url: &Value) -> (u32, u32) {
    let bytes = instance.get(url.as_str().unwrap()).await.expect(200).bytes;
    image::load_from_memory(&bytes).unwrap().dimensions()
}

/// F230, F232
#[tokio::test(flavor = "multi_thread")]
async fn emoji_travel_with_posts_and_profiles() {
    let (world, ada, ben) = ada_and_ben().await;
    let (acme, globex) = (world.instance(ACME), world.instance(GLOBEX));
    let blob = add_emoji(acme, "blob", &png(20, 10), Some("Blobs")).await;
    ada.patch("/api/v1/accounts/update_credentials", json!({"display_name": "Ada :blob:"})).await.expect(200);
    let poll = json!({"options": [":blob: yes", "no"], "expires_in": 3600});
    let post = ada.post_status_with(json!({"status": "Hi :blob: :nothing:", "poll": poll})).await;
    let note = acme.get_activity(post["uri"].as_str().unwrap()).await.expect(200);
    let tag = &note["tag"][0];
    assert_eq!((&tag["type"], &tag["name"]), (&json!("Emoji"), &json!(":blob:")));
    assert_eq!(tag["icon"], json!({"type": "Image", "mediaType": "image/png", "url": blob.url("")}));
    let alone = acme.get_activity(tag["id"].as_str().unwrap()).await.expect(200);
    assert_eq!((&alone["id"], &alone["name"]), (&tag["id"], &json!(":blob:")));
    assert_eq!(acme.get_activity("/users/ada").await.expect(200)["tag"][0], *tag);
    world.settle().await;

    let there = newest(&ben).await;
    assert_eq!(
        (names(&there), names(&there["account"]), names(&there["poll"])),
        (vec!["blob"], vec!["blob"], vec!["blob"])
    );
    let seen = &there["emojis"][0];
    assert_eq!((&seen["category"], &seen["visible_in_picker"]), (&Value::Null, &json!(false)));
    assert!(seen["url"].as_str().unwrap().starts_with("http://globex.test/media/remote/emoji/"), "{seen}");
    assert_eq!(globex.count("SELECT count(*) FROM media_files").await, 0, "nobody has looked at it yet");
    assert_eq!((size(globex, &seen["url"]).await, size(globex, &seen["static_url"]).await), ((20, 10), (20, 10)));
    assert_eq!(globex.get("/api/v1/custom_emojis").await.expect(200).json, json!([]), "others' are not offered");
    // Over there the name means nothing when somebody else writes it.
    assert!(names(&ben.post_status("My :blob:").await).is_empty());

    // Another picture comes with the next post, for all that show it.
    world.advance(TimeDelta::minutes(1)).await;
    add_emoji(acme, "blob", &png(30, 40), None).await;
    ada.post_status("New :blob:").await;
    world.settle().await;
    let now = ben.get(&format!("/api/v1/statuses/{}", id(&there))).await.expect(200);
    assert_ne!(now["emojis"][0]["url"], seen["url"]);
    assert_eq!(size(globex, &now["emojis"][0]["url"]).await, (30, 40));
    globex.get(seen["url"].as_str().unwrap()).await.expect(404);
    assert_eq!(globex.count("SELECT count(*) FROM custom_emojis").await, 1);
    // The poll's end.
    world.advance(TimeDelta::hours(2)).await;
    world.finish().await;
}

/// Ada at Acme follows Mal.
async fn scene() -> (World, Person, PeerActor) {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let ada = world.instance(ACME).register("ada").await;
    let mal = world.peer("peer.test").actor("mal");
    ada.follow(&mal.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
    mal.deliver(world.instance(ACME), &mal.activity("Accept", follow)).await;
    world.settle().await;
    (world, ada, mal)
}

fn emoji(name: &str, url: &str, updated: Option<&str>) -> Value {
    let mut tag = json!({"type": "Emoji", "name": name, "icon": {"type": "Image", "url": url}});
    if let Some(updated) = updated {
        tag["updated"] = updated.into();
    }
    tag
}

/// Sends a note with these tags; what Ada then sees.
async fn arrive(world: &World, ada: &Person, mal: &PeerActor, content: &str, tags: Value) -> Value {
    let mut note = mal.note(content);
    note["tag"] = tags;
    mal.peer().serve(note.clone());
    mal.deliver(world.instance(ACME), &mal.create(&note)).await;
    world.settle().await;
    ada.home().await[0].clone()
}

/// F232
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_replaced_by_a_newer_one_alone() {
    let (world, ada, mal) = scene().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let old = peer.serve_file("/e/old.png", "image/png", &png(10, 10));
    let new = peer.serve_file("/e/new.png", "image/png", &png(20, 20));
    let (before, after) = (Some("2020-01-01T00:00:00Z"), Some("2021-01-01T00:00:00Z"));
    let tags = json!([emoji(":blob:", &old, before), emoji(":\"><b>:", &old, None)]);
    let post = arrive(&world, &ada, &mal, "A :blob: and a :cat:", tags).await;
    assert_eq!(names(&post), ["blob"]);
    assert_eq!(acme.count("SELECT count(*) FROM custom_emojis").await, 1);
    let first = post["emojis"][0]["url"].clone();
    assert_eq!(size(acme, &first).await, (10, 10));
    for older in [Some("2019-01-01T00:00:00Z"), None, Some("2999-01-01T00:00:00Z")] {
        let post = arrive(&world, &ada, &mal, "Old :blob:", json!([emoji(":blob:", &new, older)])).await;
        assert_eq!(post["emojis"][0]["url"], first, "{older:?}");
    }
    let post = arrive(&world, &ada, &mal, "New :blob:", json!(emoji("blob", &new, after))).await;
    assert_eq!(size(acme, &post["emojis"][0]["url"]).await, (20, 20));
    // The same address, and another picture behind it; said with an edit that changes no word.
    peer.serve_file("/e/new.png", "image/png", &png(30, 30));
    world.advance(TimeDelta::minutes(1)).await;
    let mut note = mal.note("Edited :blob:");
    mal.deliver(acme, &mal.create(&note)).await;
    note["updated"] = json!(world.clock.now().to_rfc3339());
    note["tag"] = json!([emoji(":blob:", &new, Some("2022-01-01T00:00:00Z"))]);
    mal.deliver(acme, &mal.activity("Update", note)).await;
    world.settle().await;
    let post = ada.home().await[0].clone();
    assert_eq!(size(acme, &post["emojis"][0]["url"]).await, (30, 30));
    world.finish().await;
}

/// F5, F231, F233
#[tokio::test(flavor = "multi_thread")]
async fn emoji_of_actors_are_read_and_what_is_no_picture_is_not_passed_on() {
    let (world, ada, mal) = scene().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let large = [png(9, 9), vec![7; 1_100_000]].concat();
    let tags = json!([
        emoji(":page:", &peer.serve_file("/e/page", "image/png", b"<!doctype html>"), None),
        emoji(":large:", &peer.serve_file("/e/large", "image/png", &large), None),
        emoji(":blob:", &peer.serve_file("/e/blob", "image/png", &png(9, 9)), None),
    ]);
    let path = "/users/mal";
    peer.change(path, "name", "Mal :page: :large: :blob:");
    peer.change(path, "tag", tags);
    mal.deliver(acme, &mal.activity("Update", mal.uri.as_str())).await;
    world.advance(TimeDelta::hours(25)).await;
    let seen = ada.resolve(&mal.handle()).await;
    assert_eq!(names(&seen), ["page", "large", "blob"]);
    for (place, status) in [(0, 404), (1, 404), (2, 200)] {
        acme.get(seen["emojis"][place]["url"].as_str().unwrap()).await.expect(status);
        acme.get(seen["emojis"][place]["static_url"].as_str().unwrap()).await.expect(status);
    }
    // An administrator wants no files of theirs: neither these nor new ones.
    acme.sql(
        "INSERT INTO domain_blocks (id, domain, severity, reject_media, created_at)
             VALUES (1, 'peer.test', 'noop', true, now())",
    )
    .await;
    pollen::federation::policy::reload(&acme.app).await.unwrap();
    let blob = seen["emojis"][2]["url"].as_str().unwrap();
    acme.get(blob).await.expect(404);
    let tags = json!([emoji(":cat:", &peer.url("/e/cat"), None)]);
    assert!(names(&arrive(&world, &ada, &mal, "A :blob: and a :cat:", tags).await).is_empty());
    assert_eq!(acme.count("SELECT count(*) FROM custom_emojis WHERE shortcode = 'cat'").await, 0);
    world.finish().await;
}

/// F36
#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_is_a_favourite() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    let pat = world.peer("peer.test").actor("pat");
    let post = ada.post_status("React to me").await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    let favourites = async || ada.get(&path).await.expect(200)["favourites_count"].clone();
    // As Misskey says it, and as Pleroma does.
    let mut like = mal.activity("Like", post["uri"].clone());
    like["content"] = json!(":blob:");
    like["_misskey_reaction"] = json!(":blob:");
    like["tag"] = json!([emoji(":blob:", "http://peer.test/blob.png", None)]);
    let mut reacts = Vec::new();
    for content in ["👍", "🎉"] {
        let mut react = pat.activity("EmojiReact", post["uri"].clone());
        react["content"] = content.into();
        reacts.push(react);
    }
    mal.deliver(acme, &like).await;
    for react in &reacts {
        pat.deliver(acme, react).await;
    }
    world.settle().await;
    assert_eq!(favourites().await, 2, "one for each actor");
    // The second reaction was no favourite of its own, and takes none with it.
    pat.deliver(acme, &pat.activity("Undo", reacts[1].clone())).await;
    world.settle().await;
    assert_eq!(favourites().await, 2);
    pat.deliver(acme, &pat.activity("Undo", reacts[0].clone())).await;
    mal.deliver(acme, &mal.activity("Undo", like)).await;
    world.settle().await;
    assert_eq!(favourites().await, 0);
    world.finish().await;
}

/// F344
#[tokio::test(flavor = "multi_thread")]
async fn emoji_that_are_in_nothing_any_more_are_forgotten() {
    let (world, ada, mal) = scene().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let picture = peer.serve_file("/e/blob.png", "image/png", &png(10, 10));
    let tags = |names: &[&str]| -> Value { names.iter().map(|name| emoji(name, &picture, None)).collect() };
    let post = arrive(&world, &ada, &mal, "A :blob:", tags(&[":blob:", ":never:"])).await;
    arrive(&world, &ada, &mal, "A :cat:", tags(&[":cat:"])).await;
    size(acme, &post["emojis"][0]["url"]).await;
    let known = async || {
        world.advance(TimeDelta::days(31)).await;
        pollen::housekeeping::sweep(&acme.app).await.unwrap();
        world.settle().await;
        let rows = acme.database.client().await.query("SELECT shortcode FROM custom_emojis ORDER BY 1", &[]).await;
        rows.unwrap().iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>()
    };
    assert_eq!(known().await, ["blob", "cat"]);
    let note = json!({"id": post["uri"], "type": "Tombstone"});
    mal.deliver(acme, &mal.activity("Delete", note)).await;
    world.settle().await;
    assert_eq!(known().await, ["cat"]);
    assert_eq!(acme.count("SELECT count(*) FROM media_files").await, 0, "its picture went, too");
    // It comes again with what uses it.
    let post = arrive(&world, &ada, &mal, "Again a :blob:", tags(&[":blob:"])).await;
    assert_eq!(names(&post), ["blob"]);
    world.finish().await;
}

/// F344
#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_here_is_looked_through_a_bite_at_a_time() {
    let (world, ada, mal) = scene().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let picture = peer.serve_file("/e/blob.png", "image/png", &png(10, 10));
    let tags = |names: &[&str]| -> Value { names.iter().map(|name| emoji(name, &picture, None)).collect() };
    arrive(&world, &ada, &mal, "A :late: and :again:", tags(&[":late:", ":again:", ":gone:"])).await;
    // More posts than one round looks at, and the last one of them alone has a name in it.
    acme.sql(
        "INSERT INTO statuses (id, account_id, uri, url, local, audience_kind, thread_id, content, created_at)
         SELECT s.id + n, s.account_id, s.uri || '/' || n, s.url, false, 1, s.id + n,
             CASE WHEN n = 1500 THEN 'A :late:' ELSE 'words' END, now()
         FROM statuses s, generate_series(1, 1500) n WHERE s.content LIKE '%:again:%'",
    )
    .await;
    let forget = async || acme.sql("UPDATE statuses SET content = 'words' WHERE content LIKE '%:again:%'").await;
    forget().await;
    let sweep = async || {
        pollen::housekeeping::sweep(&acme.app).await.unwrap();
        world.settle().await;
        let rows = acme.database.client().await.query("SELECT shortcode FROM custom_emojis ORDER BY 1", &[]).await;
        rows.unwrap().iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>()
    };
    world.advance(TimeDelta::days(31)).await;
    assert_eq!(sweep().await, ["again", "gone", "late"], "this is not the end");
    // What comes meanwhile says itself what it uses: it may be where the walk has been.
    arrive(&world, &ada, &mal, "Now :again:", tags(&[":again:"])).await;
    forget().await;
    assert_eq!(sweep().await, ["again", "late"]);
    world.advance(TimeDelta::days(31)).await;
    assert_eq!(sweep().await, ["again", "late"]);
    assert_eq!(sweep().await, ["late"], "the next walk begins anew");
    world.finish().await;
}
