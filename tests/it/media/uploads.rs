//! POST, GET, PUT and DELETE of uploads, with good files and bad.

use image::GenericImageView;
use reqwest::Method;
use serde_json::json;

use super::{UPLOAD, decoded, id, picture, send_form, stored, upload, url};
use crate::support::media::{bomb, jpeg, moving_gif, photograph, png, webp};
use crate::support::{Part, World};

const ACME: &str = "acme.test";

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_ready_at_once_with_all_that_clients_show() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let parts =
        [Part::text("description", " A gradient "), Part::file("file", png(1280, 960)), Part::text("focus", "-0.5, 1")];
    let sent = send_form(&ada, Method::POST, UPLOAD, &parts).await.expect(200);
    assert_eq!((&sent["type"], &sent["description"]), (&json!("image"), &json!("A gradient")));
    assert_eq!(sent["meta"]["focus"], json!({"x": -0.5, "y": 1.0}));
    assert_eq!(sent["meta"]["original"]["size"], "1280x960");
    let small = &sent["meta"]["small"];
    assert!(small["width"].as_u64().unwrap() * small["height"].as_u64().unwrap() <= 231_000, "{small}");
    assert_eq!(sent["blurhash"].as_str().unwrap().len(), 28);
    let original = decoded(acme, url(&sent.json, "url")).await;
    assert_eq!(original.dimensions(), (1280, 960));
    let seen = decoded(acme, url(&sent.json, "preview_url")).await;
    assert_eq!(u64::from(seen.width()), small["width"].as_u64().unwrap());

    let own = ada.get(&format!("/api/v1/media/{}", id(&sent.json))).await.expect(200);
    assert_eq!(own.json, sent.json);
    // The older address does the same.
    send_form(&ada, Method::POST, "/api/v1/media", &[Part::file("file", webp(9, 7))]).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_photograph_only_the_picture_is_left() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let taken = photograph(40, 20);
    assert!(String::from_utf8_lossy(&taken).contains("GPS 52.37"));
    let sent = upload(&ada, &taken).await;
    for name in ["url", "preview_url"] {
        let file = acme.get(url(&sent, name)).await.expect(200);
        for word in ["GPS", "Exif"] {
            assert!(!file.bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{name} has {word} in it");
        }
    }
    // Upright: a quarter turn made it tall.
    assert_eq!(sent["meta"]["original"]["size"], "20x40");
    assert_eq!(decoded(acme, url(&sent, "url")).await.dimensions(), (20, 40));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn large_pictures_are_made_smaller_and_moving_ones_move_on() {
    let world = World::builder().instance(ACME).configure(|config| config.media.ffmpeg = String::new()).start().await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let sent = upload(&ada, &jpeg(4000, 2500)).await;
    let original = &sent["meta"]["original"];
    let pixels = original["width"].as_u64().unwrap() * original["height"].as_u64().unwrap();
    assert!((8_000_000..=8_300_000).contains(&pixels), "{original}");

    let sent = upload(&ada, &moving_gif(12, 8)).await;
    assert_eq!(sent["type"], "image");
    let file = acme.get(url(&sent, "url")).await.expect(200);
    assert_eq!(file.header("content-type"), "image/gif");
    use image::AnimationDecoder;
    let decoder = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(file.bytes)).unwrap();
    assert_eq!(decoder.into_frames().count(), 2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_is_refused_and_leaves_nothing() {
    let world = World::builder()
        .instance(ACME)
        .configure(|config| {
            config.media.image_bytes = 64 * 1024;
            config.media.ffmpeg = String::new();
        })
        .start()
        .await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let before = acme.fingerprint().await;
    let truncated = &png(300, 300)[..200];
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    let film = b"\0\0\0\x18ftypisom\0\0\0\0isommp42";
    for (file, why) in [
        (b"<html><script>alert(1)</script>".as_slice(), "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        (b"#EXTM3U\nfile:///etc/passwd", "kind"),
        (truncated, "damaged"),
        (heic, "image/heic"),
        (film, "ffmpeg is not installed"),
        // Refused for what it claims, before there is room made for it.
        (&bomb(60_000, 60_000), "pixels"),
        (&bomb(16_000, 16_000), "pixels"),
    ] {
        let refused = send_form(&ada, Method::POST, UPLOAD, &[Part::file("file", file)]).await.expect(422);
        assert!(refused.text("error").contains(why), "{}", refused.body);
    }
    let good = png(8, 8);
    let long = "x".repeat(1501);
    for parts in [
        vec![],
        vec![Part::text("description", "No file")],
        vec![Part::file("file", b"")],
        vec![Part::file("file", &good), Part::text("description", &long)],
        vec![Part::file("file", &good), Part::text("focus", "2,0")],
        vec![Part::file("file", &good), Part::text("focus", "NaN,0")],
        vec![Part::file("file", &good), Part::text("focus", "middle")],
        vec![Part::file("file", &good), Part::file("thumbnail", b"no picture")],
        vec![Part::file("file", &good), Part::file("thumbnail", truncated)],
    ] {
        send_form(&ada, Method::POST, UPLOAD, &parts).await.expect(422);
    }
    let noise: Vec<u8> =
        (0..70_000_u32).map(|at| u8::try_from(at.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    let mut large = jpeg(8, 8);
    large.extend(&noise);
    send_form(&ada, Method::POST, UPLOAD, &[Part::file("file", &large)]).await.expect(413);
    let huge = [large.clone(), noise].concat();
    send_form(&ada, Method::POST, UPLOAD, &[Part::file("file", &huge)]).await.expect(413);
    // What was stored before the rest of it turned out to be wrong is removed by a job.
    world.settle().await;
    assert_eq!(acme.fingerprint().await, before, "something was kept");
    assert_eq!(stored(acme), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_write_media_does() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let ben = acme.register("ben").await;
    let reader = ada.with_scopes("read write:statuses").await;
    let good = png(8, 8);
    send_form(&reader, Method::POST, UPLOAD, &[Part::file("file", &good)]).await.expect(403);
    let with = crate::support::With { parts: &[Part::file("file", &good)], ..Default::default() };
    acme.send(Method::POST, UPLOAD, with).await.expect(401);
    let path = format!("/api/v1/media/{}", picture(&ada).await);
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        ben.send(method.clone(), &path, Default::default()).await.expect(404);
        reader.send(method.clone(), &path, Default::default()).await.expect(403);
        for none in ["1", "abc", "99999999999999999999999999"] {
            ada.send(method.clone(), &format!("/api/v1/media/{none}"), Default::default()).await.expect(404);
        }
    }
    ada.get(&path).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_a_picture_can_be_changed_until_it_is_posted() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let sent = upload(&ada, &png(30, 20)).await;
    let path = format!("/api/v1/media/{}", id(&sent));
    let changed = ada.put(&path, json!({"description": "Words", "focus": "0.25,-0.25"})).await.expect(200);
    assert_eq!((&changed["description"], &changed["meta"]["focus"]["y"]), (&json!("Words"), &json!(-0.25)));
    let parts = [Part::file("thumbnail", png(10, 10))];
    let changed = send_form(&ada, Method::PUT, &path, &parts).await.expect(200);
    assert_eq!((&changed["description"], &changed["meta"]["small"]["size"]), (&json!("Words"), &json!("10x10")));
    assert_eq!((&changed["url"], &changed["meta"]["original"]["size"]), (&sent["url"], &json!("30x20")));
    assert_eq!(decoded(acme, url(&changed.json, "preview_url")).await.width(), 10);
    acme.get(url(&sent, "preview_url")).await.expect(404);
    ada.put(&path, json!({"focus": "9,9"})).await.expect(422);

    let post = json!({"status": "With a picture", "media_ids": [id(&sent)]});
    ada.post_status_with(post).await;
    ada.put(&path, json!({"description": "Too late"})).await.expect(422);
    ada.delete(&path).await.expect(422);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_not_used_goes_with_its_files() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let deleted = upload(&ada, &png(8, 8)).await;
    let forgotten = upload(&ada, &png(8, 8)).await;
    let kept = upload(&ada, &png(8, 8)).await;
    ada.post_status_with(json!({"media_ids": [id(&kept)]})).await;
    assert_eq!(stored(acme), 6);
    ada.delete(&format!("/api/v1/media/{}", id(&deleted))).await.expect(200);
    acme.get(url(&deleted, "url")).await.expect(404);
    world.settle().await;
    assert_eq!(stored(acme), 4, "its files are still there");
    world.clock.advance(chrono::TimeDelta::hours(23));
    pollen::housekeeping::sweep(&acme.app).await.unwrap();
    acme.get(url(&forgotten, "url")).await.expect(200);
    world.clock.advance(chrono::TimeDelta::hours(2));
    pollen::housekeeping::sweep(&acme.app).await.unwrap();
    ada.get(&format!("/api/v1/media/{}", id(&forgotten))).await.expect(404);
    acme.get(url(&forgotten, "url")).await.expect(404);
    acme.get(url(&kept, "url")).await.expect(200);
    assert_eq!(stored(acme), 2);
    world.finish().await;
}
