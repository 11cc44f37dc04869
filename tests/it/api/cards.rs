//! What pages say of themselves, below the posts that link to them.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Peer, Person, World, media::png};

const ACME: &str = "acme.test";
const PAGES: &str = "pages.test";

async fn world() -> World {
    let builder = World::builder().instance(ACME).peer(PAGES).peer("peer.test");
    builder.configure(|config| config.posts.preview_cards = true).start().await
}

async fn card(person: &Person, post: &Value) -> Value {
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    person.get(&path).await.expect(200)["card"].clone()
}

fn asked(peer: &Peer, path: &str) -> usize {
    peer.asked().iter().filter(|asked| *asked == path).count()
}

const PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>Plain title</title>
    <meta property=\"og:title\" content=\"How to sharpen &amp; hone\"><meta name=\"description\" content=\"A guide.\">
    <meta property=\"og:image\" content=\"/picture.png\"><meta property=\"og:image:alt\" content=\"A chisel\">
    <meta property=\"og:site_name\" content=\"Tools weekly\"><meta name=\"author\" content=\"Ann Smith\">
    <meta property=\"article:published_time\" content=\"2026-02-03T04:05:06Z\"></head><body>…</body></html>";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_what_it_is_below_the_post() {
    let world = world().await;
    let (acme, pages) = (world.instance(ACME), world.peer(PAGES));
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let page = pages.serve_file("/page", "text/html; charset=utf-8", PAGE.as_bytes());
    pages.serve_file("/picture.png", "image/png", &png(40, 20));
    let post = ada.post_status(&format!("@ben Look, #tools: {page}#part and http://{PAGES}/other")).await;
    assert_eq!(post["card"], json!(null), "nobody waits for another server");
    assert!(ada.get("/api/v2/search?type=statuses&q=has:card").await.expect(200)["statuses"][0].is_null());
    world.settle().await;
    let found = card(&ben, &post).await;
    let image = found["image"].as_str().unwrap().to_owned();
    assert!(image.starts_with("http://acme.test/media/remote/card/"), "{image}");
    let blurhash = found["blurhash"].as_str().unwrap().to_owned();
    let expected = json!({
        "url": page, "title": "How to sharpen & hone", "description": "A guide.", "language": "en", "type": "link",
        "author_name": "Ann Smith", "author_url": "", "authors": [{"name": "Ann Smith", "url": "", "account": null}],
        "provider_name": "Tools weekly", "provider_url": "", "html": "", "width": 40, "height": 20, "image": image,
        "image_description": "A chisel", "embed_url": "", "blurhash": blurhash, "published_at": "2026-02-03T04:05:06.000Z",
    });
    assert_eq!(found, expected);
    assert_eq!(acme.get(&image).await.expect(200).header("content-type"), "image/png");
    acme.get(&format!("{image}0")).await.expect(404);
    acme.get("/media/remote/card/1/0123456789abcdef").await.expect(404);
    assert_eq!(ada.get("/api/v2/search?type=statuses&q=has:card").await.expect(200)["statuses"][0]["id"], post["id"]);
    // It is shared, and asked again only after a while.
    let other = ben.post_status(&format!("Me too: {page}")).await;
    world.settle().await;
    assert_eq!(card(&ada, &other).await, expected);
    assert_eq!((asked(pages, "/page"), asked(pages, "/picture.png")), (1, 1));
    pages.serve_file("/page", "text/html", PAGE.replace("sharpen", "clean").as_bytes());
    world.advance(TimeDelta::days(15)).await;
    ben.post_status(&format!("Again: {page}")).await;
    world.settle().await;
    for post in [&post, &other] {
        assert_eq!(card(&ada, post).await["title"], "How to clean & hone");
        assert_eq!(card(&ada, post).await["blurhash"], json!(blurhash));
    }
    assert_eq!(asked(pages, "/page"), 2);
    // Who cannot be asked at the moment is shown as it was.
    pages.break_down(500);
    world.advance(TimeDelta::days(15)).await;
    ben.post_status(&format!("Once more: {page}")).await;
    world.settle().await;
    assert_eq!(card(&ada, &post).await["title"], "How to clean & hone");
    pages.break_down(None);
    // An edit takes the card away, or brings another one.
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    ada.put(&path, json!({"status": "No link any more"})).await.expect(200);
    world.settle().await;
    assert_eq!(card(&ben, &post).await, json!(null));
    let bare = pages.serve_file("/bare", "text/html", b"<title>Bare</title>");
    ada.put(&path, json!({"status": format!("Another: {bare}")})).await.expect(200);
    world.settle().await;
    assert_eq!(card(&ben, &post).await["title"], "Bare");
    ada.delete(&path).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn photographs_and_names_come_by_oembed_and_markup_does_not() {
    let world = world().await;
    let (acme, pages) = (world.instance(ACME), world.peer(PAGES));
    let ada = acme.register("ada").await;
    let page = |kind: &str| {
        let head = format!("<link rel=alternate type=\"application/json+oembed\" href=\"/oembed?{kind}\">");
        pages.serve_file(&format!("/{kind}"), "text/html", format!("<title>Plain</title>{head}").as_bytes())
    };
    let document = json!({
        "type": "photo", "url": "/photo.png", "width": 30, "height": 30, "title": "A photograph", "author_name": "Ann",
        "author_url": "/ann", "provider_name": "Pictures", "provider_url": format!("http://{PAGES}/"),
    });
    pages.serve_file("/oembed?photo", "application/json", document.to_string().as_bytes());
    pages.serve_file("/photo.png", "image/png", &png(30, 30));
    let film = json!({"type": "video", "html": "<iframe src=x>", "title": "A film", "width": 9, "height": 9});
    pages.serve_file("/oembed?film", "application/json", film.to_string().as_bytes());
    pages.serve_file("/oembed?broken", "application/json", b"{\"type\":");
    pages.serve_file("/oembed?page", "text/html", b"{}");
    let mut cards = Vec::new();
    for kind in ["photo", "film", "broken", "page"] {
        let post = ada.post_status(&page(kind)).await;
        world.settle().await;
        cards.push(card(&ada, &post).await);
    }
    let photo = &cards[0];
    assert_eq!(
        (&photo["type"], &photo["title"], &photo["width"]),
        (&json!("photo"), &json!("A photograph"), &json!(30))
    );
    assert_eq!((&photo["embed_url"], &photo["author_url"]), (&photo["image"], &json!(format!("http://{PAGES}/ann"))));
    assert_eq!(
        (&cards[1]["type"], &cards[1]["title"], &cards[1]["html"]),
        (&json!("link"), &json!("A film"), &json!(""))
    );
    assert_eq!((&cards[2]["title"], &cards[3]["title"]), (&json!("Plain"), &json!("Plain")));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_pages_have_no_card_or_a_small_one() {
    let world = world().await;
    let (acme, pages) = (world.instance(ACME), world.peer(PAGES));
    let ada = acme.register("ada").await;
    let huge = format!("<title>Huge</title>{}", "<p class=x>".repeat(1_000_000));
    let attributes = format!("<title>Wide</title><meta {}>", "a b=c ".repeat(150_000));
    let good = pages.serve_file("/good", "text/html", b"<title>Good</title>");
    let with_picture = |path: &str, picture: &str| {
        let html = format!("<title>Pictured</title><meta property=og:image content=\"{picture}\">");
        pages.serve_file(path, "text/html", html.as_bytes())
    };
    pages.serve_file("/no.png", "image/png", b"no picture");
    for (url, title) in [
        (pages.serve_file("/huge", "text/html", huge.as_bytes()), Some("Huge")),
        (pages.serve_file("/wide", "text/html", attributes.as_bytes()), Some("Wide")),
        (pages.serve_endless("/endless"), Some("Endless")),
        (pages.redirect("/once", &good), Some("Good")),
        (pages.serve_file("/file", "application/octet-stream", b"<title>File</title>"), None),
        (pages.serve_file("/text", "text/plain", b"<title>Text</title>"), None),
        (pages.serve_file("/untitled", "text/html", b"<p>words</p>"), None),
        (pages.redirect("/private", "http://10.0.0.1/secret"), None),
        (pages.redirect("/metadata", "http://169.254.169.254/latest/meta-data"), None),
        (pages.redirect("/round", "/round"), None),
        (pages.redirect("/scheme", "file:///etc/passwd"), None),
        ("http://192.168.1.1/router".to_owned(), None),
        (pages.url("/missing"), None),
        (format!("http://{ACME}/about"), None),
    ] {
        let post = ada.post_status(&format!("See {url}")).await;
        world.settle().await;
        let found = card(&ada, &post).await;
        assert_eq!(found["title"].as_str(), title, "{url}: {found}");
        assert_eq!(found.is_null(), title.is_none(), "{url}");
    }
    for (path, picture) in [("/a", "http://10.0.0.1/x.png"), ("/b", "/no.png"), ("/c", "data:image/png;base64,AAAA")] {
        let post = ada.post_status(&with_picture(path, picture)).await;
        world.settle().await;
        let found = card(&ada, &post).await;
        assert_eq!((&found["title"], &found["image"]), (&json!("Pictured"), &json!(null)), "{picture}");
    }
    assert!(!pages.asked().iter().any(|path| path.contains("secret")));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_from_elsewhere_are_fetched_later_and_in_messages_never() {
    let builder = World::builder().instance(ACME).peer(PAGES).peer("peer.test").configure(|config| {
        config.posts.preview_cards = true;
        config.posts.preview_delay_seconds = 3600;
    });
    let world = builder.start().await;
    let (acme, pages) = (world.instance(ACME), world.peer(PAGES));
    let ada = acme.register("ada").await;
    for path in ["/open", "/closed", "/own"] {
        pages.serve_file(path, "text/html", format!("<title>{path}</title>").as_bytes());
    }
    let mal = world.peer("peer.test").actor("mal");
    let note = |path: &str| {
        let mut note = mal.note(&format!("@ada <a href=\"http://{PAGES}{path}\">page</a>"));
        let mention = json!({"type": "Mention", "href": ada.account.uri, "name": ada.handle()});
        note["tag"] = json!([mention]);
        note["cc"] = json!([ada.account.uri]);
        note
    };
    let open = note("/open");
    mal.deliver(acme, &mal.create(&open)).await;
    let mut closed = note("/closed");
    closed["to"] = json!([ada.account.uri]);
    mal.deliver(acme, &mal.create(&closed)).await;
    let own =
        ada.post_status_with(json!({"status": format!("Mine: http://{PAGES}/own"), "visibility": "direct"})).await;
    world.settle().await;
    assert_eq!(card(&ada, &own).await["title"], "/own", "of one's own message, too");
    assert_eq!(asked(pages, "/open"), 0, "not at once");
    world.advance(TimeDelta::hours(1)).await;
    assert_eq!((asked(pages, "/open"), asked(pages, "/closed")), (1, 0));
    let titles: Vec<Value> = ada
        .get("/api/v1/notifications")
        .await
        .expect(200)
        .list()
        .iter()
        .map(|one| one["status"]["card"]["title"].clone())
        .collect();
    assert_eq!(titles, [json!(null), json!("/open")]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_may_show_no_cards() {
    let world = World::builder().instance(ACME).peer(PAGES).start().await;
    let ada = world.instance(ACME).register("ada").await;
    let page = world.peer(PAGES).serve_file("/page", "text/html", PAGE.as_bytes());
    let post = ada.post_status(&page).await;
    world.settle().await;
    assert_eq!(card(&ada, &post).await, json!(null));
    assert_eq!(asked(world.peer(PAGES), "/page"), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn public_posts_that_link_to_a_page_are_found_by_it() {
    let world = world().await;
    let (acme, pages) = (world.instance(ACME), world.peer(PAGES));
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let page = pages.serve_file("/page?a=1", "text/html", PAGE.as_bytes());
    let mut posts = Vec::new();
    for (n, visibility) in ["public", "unlisted", "private", "direct", "public", "public"].into_iter().enumerate() {
        let post = ada.post_status_with(json!({"status": format!("{n} {page}"), "visibility": visibility})).await;
        posts.push(post["id"].as_str().unwrap().to_owned());
    }
    world.settle().await;
    let query: String = url::form_urlencoded::byte_serialize(format!("{page}#part").as_bytes()).collect();
    let path = format!("/api/v1/timelines/link?url={query}");
    let expected = [posts[5].clone(), posts[4].clone(), posts[0].clone()];
    assert_eq!(acme.get(&path).await.expect(200).ids(), expected);
    let first = ben.get(&format!("{path}&limit=2")).await.expect(200);
    assert_eq!(first.ids(), expected[..2]);
    assert_eq!(ben.get(&first.link("next").unwrap()).await.expect(200).ids(), expected[2..]);
    assert_eq!(ben.get(&format!("{path}&min_id={}", posts[0])).await.expect(200).ids(), expected[..2]);
    assert!(ben.get("/api/v1/timelines/link?url=https://nobody.test/").await.expect(200).list().is_empty());
    for odd in ["", "?url=", "?url=nonsense", "?url=ftp://x.test/", &format!("?url=http://{ACME}/x")] {
        ben.get(&format!("/api/v1/timelines/link{odd}")).await.expect(422);
    }
    ben.post(&format!("/api/v1/accounts/{}/mute", ada.id()), json!({})).await.expect(200);
    assert!(ben.get(&path).await.expect(200).list().is_empty());
    world.finish().await;
}
