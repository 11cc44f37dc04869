//! How files are served: in parts, under the type that they are, for ever, and as nothing else.

use reqwest::Method;
use serde_json::json;

use super::{UPLOAD, id, send_form, upload, url};
use crate::support::media::png;
use crate::support::{Answer, Instance, Part, With, World};

const ACME: &str = "acme.test";

async fn ask(instance: &Instance, url: &str, headers: &[(&str, &str)]) -> Answer {
    instance.send(Method::GET, url, With { headers, ..With::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_can_be_had_whole_and_in_parts() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let sent = upload(&ada, &png(64, 64)).await;
    let address = url(&sent, "url");
    let whole = acme.get(address).await.expect(200);
    let size = whole.bytes.len();
    for (name, value) in [
        ("content-type", "image/png"),
        ("cache-control", "private, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("accept-ranges", "bytes"),
        ("content-length", &size.to_string()),
    ] {
        assert_eq!(whole.header(name), value, "{name}");
    }
    for (asked, from, to) in [("bytes=0-9", 0, 10), ("bytes=10-", 10, size), ("bytes=-5", size - 5, size)] {
        let part = ask(acme, address, &[("range", asked)]).await.expect(206);
        assert_eq!(part.bytes, whole.bytes[from..to], "{asked}");
        assert_eq!(part.header("content-range"), format!("bytes {from}-{}/{size}", to - 1));
    }
    let outside = ask(acme, address, &[("range", "bytes=999999-")]).await.expect(416);
    assert_eq!(outside.header("content-range"), format!("bytes */{size}"));
    assert_eq!(ask(acme, address, &[("range", "bytes=0-1,5-6")]).await.expect(200).bytes.len(), size);
    let etag = whole.header("etag");
    assert!(ask(acme, address, &[("if-none-match", etag)]).await.expect(304).bytes.is_empty());
    ask(acme, address, &[("range", "bytes=0-1"), ("if-range", etag)]).await.expect(206);
    ask(acme, address, &[("range", "bytes=0-1"), ("if-range", "\"another\"")]).await.expect(200);
    let head = acme.send(Method::HEAD, address, With::default()).await.expect(200);
    assert_eq!((head.bytes.len(), head.header("content-length")), (0, size.to_string().as_str()));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_what_is_in_it_whatever_it_is_called() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let bytes = png(8, 8);
    let part = Part { name: "file", file: Some(("page.html\"; x=\"../../y", "text/html")), bytes: (&bytes).into() };
    let sent = send_form(&ada, Method::POST, UPLOAD, &[part]).await.expect(200);
    let address = url(&sent.json, "url");
    assert!(address.ends_with(".png"), "{address}");
    assert_eq!(acme.get(address).await.expect(200).header("content-type"), "image/png");
    // What a picture has behind it is not in the file that is served.
    let mut polyglot = png(8, 8);
    polyglot.extend(b"<script>alert(1)</script>");
    let sent = upload(&ada, &polyglot).await;
    let served = acme.get(url(&sent, "url")).await.expect(200);
    assert!(!served.body.contains("script"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_lead_nowhere_are_not_found() {
    let world = World::start([ACME]).await;
    let (acme, ada) = (world.instance(ACME), world.instance(ACME).register("ada").await);
    let sent = upload(&ada, &png(8, 8)).await;
    let name = url(&sent, "url").rsplit('/').next().unwrap().to_owned();
    // Two files, two names: neither leads to the other.
    assert!(name.len() > 40 && !url(&sent, "preview_url").contains(&name[..40]), "{sent}");
    for path in [
        "/media/x.png",
        "/media/..%2f..%2fetc%2fpasswd",
        "/media/incoming",
        "/media/remote/x",
        "/media/remote/x/small",
        "/media/remote/avatar/1/x",
        "/media/remote/avatar/x/x",
        &format!("/media/{}", name.to_uppercase()),
        &format!("/media/remote/{}", id(&sent)),
    ] {
        acme.get(path).await.expect(404);
    }
    // What is for a post of a few is at its address for whoever has it.
    let post = json!({"status": "For me", "visibility": "direct", "media_ids": [id(&sent)]});
    ada.post_status_with(post).await;
    acme.get(url(&sent, "url")).await.expect(200);
    world.finish().await;
}
