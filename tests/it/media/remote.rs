//! What posts elsewhere have attached: told, fetched once, passed on, kept for a while, replaced and forgotten.

use futures_util::FutureExt;
use image::GenericImageView;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{decoded, id, stored, upload, url};
use crate::api::reports::staff;
use crate::support::media::{bomb, jpeg, png};
use crate::support::{Instance, Peer, PeerActor, Person, World};

const ACME: &str = "acme.test";
const GLOBEX: &str = "globex.test";

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_travels_with_its_post() {
    let world = World::start([ACME, GLOBEX]).await;
    let (acme, globex) = (world.instance(ACME), world.instance(GLOBEX));
    let (ada, ben) = (acme.register("ada").await, globex.register("ben").await);
    ben.follow("@ada@acme.test").await;
    world.settle().await;
    let sent = upload(&ada, &jpeg(1280, 720)).await;
    let path = format!("/api/v1/media/{}", id(&sent));
    ada.put(&path, json!({"description": "A valley", "focus": "0.5,-0.5"})).await.expect(200);
    let post = ada.post_status_with(json!({"status": "Look", "media_ids": [id(&sent)]})).await;
    let note = acme.get_activity(post["uri"].as_str().unwrap()).await.expect(200);
    assert_eq!(
        note["attachment"],
        json!([{
            "type": "Document", "mediaType": "image/jpeg", "url": sent["url"], "name": "A valley", "width": 1280,
            "height": 720, "blurhash": sent["blurhash"], "focalPoint": [0.5, -0.5],
        }])
    );
    world.settle().await;
    let home = ben.home().await;
    let seen = &home[0]["media_attachments"][0];
    for same in ["type", "description", "blurhash", "meta"] {
        assert_eq!(seen[same], post["media_attachments"][0][same], "{same}");
    }
    assert_eq!(seen["remote_url"], sent["url"]);
    assert!(url(seen, "url").starts_with("http://globex.test/media/remote/"), "{seen}");
    assert_eq!(stored(globex), 0, "nobody has looked at it yet");
    assert_eq!(decoded(globex, url(seen, "preview_url")).await.dimensions(), (640, 360));
    assert_eq!(decoded(globex, url(seen, "url")).await.dimensions(), (1280, 720));
    let page = globex.get(url(seen, "url")).await.expect(200);
    assert_eq!((page.header("content-type"), page.header("x-content-type-options")), ("image/jpeg", "nosniff"));

    ada.delete(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
    world.settle().await;
    globex.get(url(seen, "url")).await.expect(404);
    assert_eq!(stored(globex), 0);
    world.finish().await;
}

/// Somebody at Acme who follows somebody on a peer.
async fn ada_and_mal(world: &World) -> (Person, PeerActor) {
    let mal = world.peer("peer.test").actor("mal");
    let ada = world.instance(ACME).register("ada").await;
    ada.follow(&mal.handle()).await;
    world.settle().await;
    let follow = mal.peer().received_of_type("Follow").pop().unwrap();
    mal.deliver(world.instance(ACME), &mal.activity("Accept", follow)).await;
    world.settle().await;
    (ada, mal)
}

async fn world() -> World {
    World::builder()
        .instance(ACME)
        .peer("peer.test")
        .configure(|config| config.media.remote_bytes = 100_000)
        .start()
        .await
}

/// Sends a note with these attachments; what Ada then sees of them.
async fn arrive(world: &World, ada: &Person, mal: &PeerActor, attachment: Value) -> (Value, Vec<Value>) {
    let mut note = mal.note("With files");
    note["attachment"] = attachment;
    mal.peer().serve(note.clone());
    mal.deliver(world.instance(ACME), &mal.create(&note)).await;
    world.settle().await;
    (note, ada.home().await[0]["media_attachments"].as_array().unwrap().clone())
}

fn asked(peer: &Peer, path: &str) -> usize {
    peer.asked().iter().filter(|asked| *asked == path).count()
}

fn document(url: &str) -> Value {
    json!({"type": "Document", "mediaType": "image/png", "url": url})
}

async fn get(acme: &Instance, entity: &Value, status: u16) {
    acme.get(url(entity, "url")).await.expect(status);
}

/// F79
#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_fetched_once_for_all_who_look() {
    let world = world().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (ada, mal) = ada_and_mal(&world).await;
    let file = peer.serve_file("/files/1.png", "image/png", &png(100, 80));
    let (_, seen) = arrive(&world, &ada, &mal, json!([document(&file)])).await;
    let looks = (0..6).map(|look| {
        let address = url(&seen[0], if look % 2 == 0 { "url" } else { "preview_url" });
        acme.get(address)
    });
    for answer in futures_util::future::join_all(looks).await {
        answer.expect(200);
    }
    assert_eq!(asked(peer, "/files/1.png"), 1);
    // It is ours now, whatever becomes of the other server.
    peer.break_down(500);
    get(acme, &seen[0], 200).await;
    peer.break_down(None);
    world.finish().await;
}

/// F79
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_not_passed_on() {
    let world = world().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (ada, mal) = ada_and_mal(&world).await;
    let html = b"<!doctype html><script>alert(1)</script>";
    let large = [jpeg(8, 8), vec![7; 200_000]].concat();
    let files = [
        peer.serve_file("/files/page", "image/png", html),
        peer.serve_file("/files/json", "image/png", b"{\"type\": \"Note\"}"),
        peer.serve_file("/files/svg", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        peer.serve_file("/files/bomb", "image/png", &bomb(50_000, 50_000)),
        peer.serve_file("/files/large", "image/jpeg", &large),
        peer.url("/files/nothing"),
    ];
    let attachment: Vec<Value> = files.iter().map(|file| document(file)).collect();
    let (_, seen) = arrive(&world, &ada, &mal, json!(attachment)).await;
    assert_eq!(seen.len(), files.len());
    for entity in &seen {
        get(acme, entity, 404).await;
        acme.get(url(entity, "preview_url")).await.expect(404);
    }
    assert_eq!(stored(acme), 0);
    assert_eq!(asked(peer, "/files/page"), 1, "what failed is asked for again at once");
    world.advance(chrono::TimeDelta::minutes(6)).await;
    // In time it may have become one.
    peer.serve_file("/files/page", "text/html", &png(9, 9));
    let found = acme.get(url(&seen[0], "url")).await.expect(200);
    assert_eq!(found.header("content-type"), "image/png");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_no_fault_of_ours() {
    let mut world = world().await;
    world.expect_warning("answered 502");
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (ada, mal) = ada_and_mal(&world).await;
    let file = peer.serve_file("/files/1.png", "image/png", &png(10, 10));
    let (_, seen) = arrive(&world, &ada, &mal, json!([document(&file)])).await;
    peer.break_down(503);
    get(acme, &seen[0], 502).await;
    assert_eq!(ada.home().await.len(), 1, "the post is still there");
    peer.break_down(None);
    world.advance(chrono::TimeDelta::minutes(6)).await;
    get(acme, &seen[0], 200).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attachments_change_with_an_edit() {
    let world = world().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (ada, mal) = ada_and_mal(&world).await;
    let one = peer.serve_file("/files/1.png", "image/png", &png(10, 10));
    let two = peer.serve_file("/files/2.png", "image/png", &png(20, 20));
    let (mut note, seen) = arrive(&world, &ada, &mal, json!([document(&one), document(&two)])).await;
    get(acme, &seen[0], 200).await;
    get(acme, &seen[1], 200).await;
    let mut described = document(&two);
    described["name"] = json!("Now with words");
    note["attachment"] = json!([described]);
    note["updated"] = json!((world.clock.now() + chrono::TimeDelta::seconds(1)).to_rfc3339());
    mal.deliver(acme, &mal.activity("Update", note)).await;
    world.settle().await;
    let now = ada.home().await[0]["media_attachments"].as_array().unwrap().clone();
    assert_eq!((now.len(), &now[0]["description"]), (1, &json!("Now with words")));
    assert_eq!(now[0]["url"], seen[1]["url"]);
    get(acme, &now[0], 200).await;
    get(acme, &seen[0], 404).await;
    assert_eq!(asked(peer, "/files/2.png"), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_that_nobody_looks_at_go_first() {
    let world = World::builder()
        .instance(ACME)
        .peer("peer.test")
        .configure(|config| config.media.remote_cache_bytes = 40_000)
        .start()
        .await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (ada, mal) = ada_and_mal(&world).await;
    let mut attachment = Vec::new();
    for name in ["a", "b", "c"] {
        // Small pictures that are large files: what is behind a picture is passed on with it.
        let bytes = [jpeg(8, 8), vec![1; 15_000]].concat();
        attachment.push(document(&peer.serve_file(&format!("/files/{name}"), "image/jpeg", &bytes)));
    }
    let (_, seen) = arrive(&world, &ada, &mal, json!(attachment)).await;
    for entity in &seen {
        get(acme, entity, 200).await;
        world.clock.advance(chrono::TimeDelta::hours(2));
    }
    get(acme, &seen[0], 200).await;
    pollen::housekeeping::sweep(&acme.app).await.unwrap();
    // The second was looked at the longest time ago; it comes again when somebody asks.
    let kept = acme.count("SELECT count(*) FROM media_files WHERE role = 'original'").await;
    assert_eq!(kept, 2);
    get(acme, &seen[0], 200).await;
    get(acme, &seen[2], 200).await;
    assert_eq!((asked(peer, "/files/a"), asked(peer, "/files/c")), (1, 1));
    get(acme, &seen[1], 200).await;
    assert_eq!(asked(peer, "/files/b"), 2);
    world.finish().await;
}

/// F78
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_kind_is_linked_to_and_too_many_are_cut() {
    let world = world().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (ada, mal) = ada_and_mal(&world).await;
    let mut attachment =
        vec![json!({"type": "Document", "mediaType": "application/pdf", "url": peer.url("/paper.pdf")})];
    attachment.extend((0..30).map(|number| document(&peer.url(&format!("/files/{number}")))));
    let (_, seen) = arrive(&world, &ada, &mal, json!(attachment)).await;
    assert_eq!(seen.len(), 16);
    assert_eq!((&seen[0]["type"], &seen[0]["url"]), (&json!("unknown"), &json!(peer.url("/paper.pdf"))));
    let key = acme.database.client().await;
    let key: String =
        key.query_one("SELECT remote_key FROM media_attachments WHERE kind = 'unknown'", &[]).await.unwrap().get(0);
    acme.get(&format!("/media/remote/{key}")).await.expect(404);
    assert_eq!(asked(peer, "/paper.pdf"), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_has_the_still_that_its_server_made() {
    let world = world().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (ada, mal) = ada_and_mal(&world).await;
    let still = peer.serve_file("/files/still.png", "image/png", &png(64, 48));
    let film = json!([{
        "type": "Video", "mediaType": "video/mp4", "url": peer.url("/files/film.mp4"), "duration": "PT90S",
        "icon": {"type": "Image", "mediaType": "image/png", "url": still},
    }]);
    let (_, seen) = arrive(&world, &ada, &mal, film).await;
    assert_eq!((&seen[0]["type"], &seen[0]["preview_remote_url"]), (&json!("video"), &json!(still)));
    assert_eq!(decoded(acme, url(&seen[0], "preview_url")).await.dimensions(), (64, 48));
    assert_eq!(asked(peer, "/files/film.mp4"), 0);
    world.finish().await;
}

/// F79, F162
#[tokio::test(flavor = "multi_thread")]
async fn files_of_servers_whose_media_are_rejected_are_neither_fetched_nor_passed_on() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (ada, mal) = ada_and_mal(&world).await;
    let ruth = staff(acme, "ruth", "admin").await;
    let post = async |name: &str| -> Value {
        let mut note = mal.note(name);
        let file = peer.serve_file(&format!("/files/{name}.png"), "image/png", &png(40, 30));
        note["attachment"] = json!([{"type": "Document", "mediaType": "image/png", "url": file}]);
        peer.serve(note.clone());
        mal.deliver(acme, &mal.create(&note)).await;
        world.settle().await;
        ada.home().await[0].clone()
    };
    let before = post("before").await;
    let known = url(&before["media_attachments"][0], "url").to_owned();
    acme.get(&known).await.expect(200);
    let rule = json!({"domain": "peer.test", "severity": "noop", "reject_media": true});
    let rule = ruth.post("/api/v1/admin/domain_blocks", rule).await.expect(200);
    world.settle().await;
    acme.get(&known).await.expect(404);
    let asked = peer.asked().len();
    let after = post("after").await;
    if let Some(one) = after["media_attachments"].get(0) {
        acme.get(url(one, "url")).await.expect(404);
        acme.get(url(one, "preview_url")).await.expect(404);
    }
    assert!(!peer.asked()[asked..].iter().any(|path| path.starts_with("/files/")));
    ruth.delete(&format!("/api/v1/admin/domain_blocks/{}", rule.text("id"))).await.expect(200);
    world.settle().await;
    acme.get(&known).await.expect(200);
    world.finish().await;
}

/// F79
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_keeps_us_waiting_holds_up_no_other() {
    let slow = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let world =
        World::builder().instance(ACME).peer("peer.test").name("slow.test", slow.local_addr().unwrap()).start().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (ada, mal) = ada_and_mal(&world).await;
    let mut attachment: Vec<Value> = (0..8).map(|number| document(&format!("http://slow.test/{number}.png"))).collect();
    attachment.push(document(&peer.serve_file("/files/1.png", "image/png", &png(100, 80))));
    let (_, seen) = arrive(&world, &ada, &mal, json!(attachment)).await;
    let look = |entity: &Value| {
        let asking = acme.http.get(url(entity, "url"));
        tokio::spawn(async move { asking.send().await.map(|answer| answer.status().as_u16()) })
    };
    let looks: Vec<_> = seen[..8].iter().map(look).collect();
    let mut held = [slow.accept().await.unwrap().0, slow.accept().await.unwrap().0];
    get(acme, &seen[8], 200).await;
    assert!(slow.accept().now_or_never().is_none(), "two are fetched of one host at a time");
    // Whoever asked first does not wait; those who ask next have what comes all the same.
    for look in looks {
        look.abort();
    }
    let mut waiting: Vec<_> = seen[..8].iter().map(look).collect();
    let file = png(10, 10);
    for connection in &mut held {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", file.len());
        assert!(connection.read(&mut [0; 4096]).await.unwrap() > 0);
        connection.write_all(&[head.as_bytes(), &file].concat()).await.unwrap();
    }
    for _ in &held {
        let (status, _, others) = futures_util::future::select_all(waiting).await;
        assert_eq!(status.unwrap().unwrap(), 200);
        waiting = others;
    }
    for look in waiting {
        look.abort();
    }
    world.finish().await;
}
