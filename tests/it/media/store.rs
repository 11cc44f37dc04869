//! Where files lie: a store that speaks S3, and stores that do not do their part.

use std::time::Duration;

use serde_json::json;

use super::{UPLOAD, id, send_form, upload, url};
use crate::support::media::{S3Server, files_below, png};
use crate::support::{Part, With, World};
use reqwest::Method;

const ACME: &str = "acme.test";

async fn with_s3(server: &S3Server, public: Option<&str>) -> World {
    let endpoint = url::Url::parse(&format!("http://{}", server.address)).unwrap();
    let public = public.map(|url| url::Url::parse(url).unwrap());
    let configure = move |config: &mut pollen::config::Config| {
        let s3 = &mut config.media.s3;
        s3.endpoint = Some(endpoint.clone());
        s3.bucket = "files".into();
        s3.region = "us-east-1".into();
        s3.access_key = S3Server::KEYS.0.into();
        s3.secret_key = S3Server::KEYS.1.into();
        s3.path_style = true;
        s3.public_url = public.clone();
    };
    World::builder().instance(ACME).configure(configure).start().await
}

fn objects(server: &S3Server) -> usize {
    let found = files_below(&server.bucket);
    found.iter().filter(|path| path.extension().is_some_and(|extension| extension == "png")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_lie_in_a_store_that_speaks_s3() {
    let server = S3Server::start().await;
    let world = with_s3(&server, None).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let sent = upload(&ada, &png(64, 48)).await;
    assert_eq!(objects(&server), 2);
    assert_eq!(files_below(&acme.app.config.media_directory()).len(), 0, "uploads stay on this machine");
    let whole = acme.get(url(&sent, "url")).await.expect(200);
    let headers = [("range", "bytes=3-7")];
    let part =
        acme.send(Method::GET, url(&sent, "url"), With { headers: &headers, ..With::default() }).await.expect(206);
    assert_eq!(part.bytes, whole.bytes[3..8]);
    let post = ada.post_status_with(json!({"media_ids": [id(&sent)]})).await;
    ada.delete(&format!("/api/v1/statuses/{}?delete_media=1", id(&post))).await.expect(200);
    world.settle().await;
    assert_eq!(objects(&server), 0);
    world.finish().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_are_sent_on_to_a_store_that_is_open_to_all() {
    let server = S3Server::start().await;
    let world = with_s3(&server, Some("https://files.acme.com/pollen/")).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let sent = upload(&ada, &png(8, 8)).await;
    let found = acme.get(url(&sent, "url")).await.expect(302);
    assert!(found.header("location").starts_with("https://files.acme.com/pollen/"), "{}", found.header("location"));
    let policy = acme.get("/about").await.expect(200).header("content-security-policy").to_owned();
    assert!(policy.contains("img-src 'self' http://acme.test https://files.acme.com;"), "{policy}");
    world.finish().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_does_not_answer_is_said_to_and_loses_nothing() {
    let server = S3Server::start().await;
    let mut world = with_s3(&server, None).await;
    world.expect_warning("answered 503");
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let sent = upload(&ada, &png(8, 8)).await;
    let before = acme.count("SELECT count(*) FROM media_attachments").await;
    server.stop().await;
    let failed = send_form(&ada, Method::POST, UPLOAD, &[Part::file("file", png(9, 9))]).await.expect(503);
    assert!(failed.text("error").contains("cannot be stored"), "{}", failed.body);
    assert_eq!(acme.count("SELECT count(*) FROM media_attachments").await, before, "an attachment without files");
    acme.get(url(&sent, "url")).await.expect(503);
    // Its rows wait for the store to be back; nobody else waits for them.
    assert_eq!(acme.count("SELECT count(*) FROM media_files WHERE attachment_id IS NULL").await, 2);
    acme.sql("DELETE FROM jobs WHERE kind = 'media_files_released'").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_cannot_be_written_to_is_said_to() {
    let mut world = World::start([ACME]).await;
    world.expect_warning("answered 503");
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let sent = upload(&ada, &png(8, 8)).await;
    let place = acme.app.config.media_directory();
    let aside = place.with_extension("aside");
    std::fs::rename(&place, &aside).unwrap();
    std::fs::write(&place, "in the way").unwrap();
    let before = acme.fingerprint().await;
    send_form(&ada, Method::POST, UPLOAD, &[Part::file("file", png(9, 9))]).await.expect(503);
    assert_eq!(acme.fingerprint().await, before, "something half-done stayed");
    std::fs::remove_file(&place).unwrap();
    std::fs::rename(&aside, &place).unwrap();
    acme.get(url(&sent, "url")).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_can_never_work_stops_the_start() {
    let server = S3Server::start().await;
    let world = with_s3(&server, None).await;
    let mut config = world.instance(ACME).app.config.clone();
    config.media.s3.secret_key = "another".into();
    let refused = pollen::media::storage::Storage::open(&config).await.err().expect("this is not the key");
    assert!(refused.to_string().contains("media:"), "{refused}");
    config.media.s3 = pollen::config::S3::default();
    config.media.directory = Some("/dev/null/media".into());
    let refused = pollen::media::storage::Storage::open(&config).await.err().expect("that is no directory");
    assert!(refused.to_string().contains("/dev/null/media"), "{refused}");
    // One that only does not answer may do so later.
    config.media = world.instance(ACME).app.config.media.clone();
    server.stop().await;
    let opened = tokio::time::timeout(Duration::from_secs(60), pollen::media::storage::Storage::open(&config));
    opened.await.expect("it takes too long").expect("a store that is away is no reason not to start");
    world.finish().await;
}
