//! Films and sounds, where ffmpeg is installed.

use reqwest::Method;
use serde_json::{Value, json};

use super::{UPLOAD, id, picture, send_form, stored, url};
use crate::support::media::{ffmpeg, have_ffmpeg, moving_gif, png};
use crate::support::{Part, Person, World};

const ACME: &str = "acme.test";

/// A second and a half, with a sound, and with metadata that must not survive.
const FILM: [&str; 14] = [
    "-f",
    "lavfi",
    "-i",
    "testsrc=size=64x48:rate=10:duration=1.5",
    "-f",
    "lavfi",
    "-i",
    "sine=duration=1.5",
    "-shortest",
    "-metadata",
    "comment=GPS 52.37",
    "-metadata",
    "location=+52.37+004.90/",
    "-y",
];

async fn take(person: &Person, bytes: &[u8]) -> Value {
    let taken = send_form(person, Method::POST, UPLOAD, &[Part::file("file", bytes)]).await.expect(202);
    assert_eq!(taken["url"], Value::Null);
    taken.json
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_is_made_playable_by_a_job() {
    if !have_ffmpeg() {
        return;
    }
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let film = ffmpeg(&FILM, "webm");
    let taken = take(&ada, &film).await;
    let path = format!("/api/v1/media/{}", id(&taken));
    ada.get(&path).await.expect(206);
    let waiting = json!({"status": "Too early", "media_ids": [id(&taken)]});
    let refused = ada.post("/api/v1/statuses", waiting).await.expect(422);
    assert!(refused.text("error").contains("not finished processing"), "{}", refused.body);
    world.settle().await;
    let made = ada.get(&path).await.expect(200);
    assert_eq!(made["type"], "video");
    let meta = &made["meta"];
    assert_eq!((&meta["original"]["width"], &meta["size"], &meta["fps"]), (&json!(64), &json!("64x48"), &json!(10.0)));
    assert!((1.3..1.8).contains(&meta["duration"].as_f64().unwrap()), "{meta}");
    assert!(meta["length"].as_str().unwrap().starts_with("0:00:01."), "{meta}");
    assert_eq!(meta["small"]["size"], "64x48");
    assert!(made["blurhash"].is_string());
    let file = acme.get(url(&made.json, "url")).await.expect(200);
    assert_eq!((file.header("content-type"), &file.bytes[4..8]), ("video/mp4", b"ftyp".as_slice()));
    assert!(!file.body.contains("GPS"), "where it was made is still in it");
    assert!(acme.get(url(&made.json, "preview_url")).await.expect(200).header("content-type").starts_with("image/"));
    // The upload itself is gone.
    world.settle().await;
    assert_eq!(stored(acme), 2);

    let mixed = json!({"status": "x", "media_ids": [id(&taken), picture(&ada).await]});
    ada.post("/api/v1/statuses", mixed).await.expect(422);
    let post = ada.post_status_with(json!({"media_ids": [id(&taken)]})).await;
    let page = acme.get(post["url"].as_str().unwrap()).await.expect(200);
    assert!(page.body.contains("<video controls"), "{}", page.body);
    let note = acme.get_activity(post["uri"].as_str().unwrap()).await.expect(200);
    let document = &note["attachment"][0];
    assert_eq!((&document["mediaType"], &document["url"]), (&json!("video/mp4"), &made["url"]));
    assert_eq!(document["icon"]["url"], made["preview_url"]);
    assert!(document["duration"].as_str().unwrap().starts_with("PT1."), "{document}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_that_everyone_plays_is_only_cleaned() {
    if !have_ffmpeg() {
        return;
    }
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let options = [FILM.as_slice(), &["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"]].concat();
    let film = ffmpeg(&options, "mp4");
    assert!(String::from_utf8_lossy(&film).contains("GPS"));
    // The older address waits for it, and takes a picture to stand for it.
    let parts = [Part::file("file", &film), Part::file("thumbnail", png(20, 10))];
    let made = send_form(&ada, Method::POST, "/api/v1/media", &parts).await.expect(200);
    assert_eq!((&made["type"], &made["meta"]["small"]["size"]), (&json!("video"), &json!("20x10")));
    let file = acme.get(url(&made.json, "url")).await.expect(200);
    assert!(!file.body.contains("GPS"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sounds_and_moving_pictures_are_what_clients_know() {
    if !have_ffmpeg() {
        return;
    }
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let sound = |format: &str| ffmpeg(&["-f", "lavfi", "-i", "sine=duration=1", "-metadata", "artist=GPS"], format);
    let uploads = [
        (sound("mp3"), "audio", "audio/mpeg"),
        (sound("wav"), "audio", "audio/mp4"),
        (sound("flac"), "audio", "audio/mp4"),
        (sound("ogg"), "audio", "audio/mp4"),
        (moving_gif(15, 9), "gifv", "video/mp4"),
    ];
    let mut taken = Vec::new();
    for (bytes, ..) in &uploads {
        taken.push(take(&ada, bytes).await);
    }
    world.settle().await;
    for (taken, (_, kind, content_type)) in taken.iter().zip(&uploads) {
        let made = ada.get(&format!("/api/v1/media/{}", id(taken))).await.expect(200);
        assert_eq!(made["type"], *kind, "{}", made.body);
        let file = acme.get(url(&made.json, "url")).await.expect(200);
        assert_eq!(file.header("content-type"), *content_type);
        assert!(!file.body.contains("GPS"), "{kind} {content_type}");
        let small = made["preview_url"].is_string();
        assert_eq!(small, *kind == "gifv");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn films_that_cannot_be_processed_say_so() {
    if !have_ffmpeg() {
        return;
    }
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let whole = ffmpeg(&FILM, "webm");
    // A list of other files, in the clothes of a film, reads none of them.
    let disguised = b"\0\0\0\x18ftypisom\0\0\0\0isommp42\n#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n";
    for bytes in [&whole[..300], disguised.as_slice()] {
        let taken = take(&ada, bytes).await;
        world.settle().await;
        let failed = ada.get(&format!("/api/v1/media/{}", id(&taken))).await.expect(422);
        assert!(!failed.body.contains("passwd"), "{}", failed.body);
        ada.post("/api/v1/statuses", json!({"status": "x", "media_ids": [id(&taken)]})).await.expect(422);
        ada.delete(&format!("/api/v1/media/{}", id(&taken))).await.expect(200);
    }
    world.settle().await;
    assert_eq!(stored(acme), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_survives_the_death_of_its_worker() {
    if !have_ffmpeg() {
        return;
    }
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let taken = take(&ada, &ffmpeg(&FILM, "webm")).await;
    let media_id = id(&taken).parse().unwrap();
    let job = pollen::media::MediaUploaded { media_id };
    // Another worker had done it, and died before it could say so; and two at once.
    let twice =
        tokio::join!(pollen::media::object::process(&acme.app, &job), pollen::media::object::process(&acme.app, &job));
    assert!(twice.0.is_ok() && twice.1.is_ok(), "{twice:?}");
    world.settle().await;
    ada.get(&format!("/api/v1/media/{}", id(&taken))).await.expect(200);
    assert_eq!(stored(acme), 2);
    world.finish().await;
}
