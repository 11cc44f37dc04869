//! What stands below the words of a post: what the page says to which it links, and when it was edited, with what it was before.

use serde_json::{Value, json};

use crate::support::media::png;
use crate::support::{Answer, Browser, Part, Person, World};

const ACME: &str = "acme.test";
const PAGES: &str = "pages.test";

fn path(post: &Value) -> String {
    format!("/@ada/{}", post["id"].as_str().unwrap())
}

/// The card on a page, if there is one.
fn card(page: &Answer) -> Option<String> {
    Some(page.body.split("<div class=\"linked\">").nth(1)?.split("</div></div>").next()?.to_owned())
}

async fn shown(browser: &Browser, post: &Value) -> Option<String> {
    card(&browser.get(&path(post)).await.expect(200))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_says_where_it_leads() {
    let builder = World::builder().instance(ACME).peer(PAGES).peer("peer.test");
    let world = builder.configure(|config| config.posts.preview_cards = true).start().await;
    let (acme, pages) = (world.instance(ACME), world.peer(PAGES));
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let html = "<html lang=\"en\"><title>How to &lt;b&gt; hone</title><meta name=\"description\" content=\"A guide.\">
        <meta property=\"og:image\" content=\"/picture.png\"><meta property=\"og:image:alt\" content=\"A chisel\">
        <meta property=\"og:site_name\" content=\"Tools weekly\"><meta name=\"fediverse:creator\" content=\"@ben@acme.test\">
        <meta name=\"author\" content=\"Ann Smith\">";
    let page = pages.serve_file("/page", "text/html", html.as_bytes());
    pages.serve_file("/picture.png", "image/png", &png(40, 20));
    let post = ada.post_status(&format!("Look: {page}")).await;
    let stranger = Browser::new(acme);
    assert_eq!(shown(&stranger, &post).await, None, "nobody waits for another server");
    world.settle().await;
    let found = shown(&stranger, &post).await.expect("a card");
    for part in [
        &format!("<a href=\"{page}\" rel=\"nofollow noopener noreferrer\">How to &#60;b&#62; hone</a>"),
        "A guide.",
        "Tools weekly · pages.test",
        "by <bdi>Ann Smith</bdi>",
        "alt=\"A chisel\"",
        " lang=\"en\"",
    ] {
        assert!(found.contains(part), "{part} is not in {found}");
    }
    // The picture is ours to pass on: the page that shows it lets no other in.
    let image = found.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(image.starts_with("http://acme.test/media/remote/card/"), "{image}");
    assert_eq!(acme.get(image).await.expect(200).header("content-type"), "image/png");
    // Whoever lets the site name them is named as they are known here.
    let credentials = "/api/v1/accounts/update_credentials";
    ben.patch(credentials, json!({"attribution_domains": [PAGES]})).await.expect(200);
    let found = shown(&stranger, &post).await.unwrap();
    assert!(found.contains("href=\"http://acme.test/@ben\"") && !found.contains("Ann Smith"), "{found}");
    ben.patch(credentials, json!({"attribution_domains": []})).await.expect(200);
    assert!(shown(&stranger, &post).await.unwrap().contains("Ann Smith"));
    // On home, in threads, on profiles.
    for place in ["/", "/@ada"] {
        assert!(card(&Browser::of(&ada).await.get(place).await.expect(200)).is_some(), "{place}");
    }
    // Behind a warning there are words alone; what has pictures, or quotes, has no card besides.
    let warned = ada.post_status_with(json!({"status": page, "spoiler_text": "Sharp"})).await;
    let quoting = ada.post_status_with(json!({"status": page, "quoted_status_id": post["id"]})).await;
    let browser = Browser::of(&ada).await;
    let form = browser.get("/compose").await.expect(200);
    let typed = [("text", page.as_str()), ("alt", "A dot"), ("do", "send")];
    let sent = browser.submit_files(&form, "/compose", &typed, &[Part::file("file1", png(8, 8))]).await.expect(303);
    world.settle().await;
    let found = shown(&stranger, &warned).await.unwrap();
    assert!(found.contains("hone") && !found.contains("<img"), "{found}");
    assert_eq!(shown(&stranger, &quoting).await, None);
    let pictured = browser.get(sent.header("location")).await.expect(200);
    assert!(card(&pictured).is_none() && pictured.body.contains("alt=\"A dot\""), "{}", pictured.body);
    world.finish().await;
}

async fn edit(person: &Person, post: &Value, change: Value) {
    person.put(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap()), change).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_see_a_post_reads_what_it_was() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let acme = world.instance(ACME);
    let (ada, ben, eve) = (acme.register("ada").await, acme.register("ben").await, acme.register("eve").await);
    ben.follow("@ada@acme.test").await;
    let poll = json!({"options": ["Tea", "Water"], "expires_in": 3600});
    let draft = json!({"status": "First **words**", "content_type": "text/markdown", "visibility": "private",
        "spoiler_text": "Careful", "language": "en", "poll": poll});
    let post = ada.post_status_with(draft).await;
    let (page, history) = (path(&post), format!("{}/history", path(&post)));
    let reader = Browser::of(&ben).await;
    assert!(!reader.get(&page).await.expect(200).body.contains(&history), "it was not edited so far");
    assert!(reader.get(&history).await.expect(200).body.contains("It has never been edited"));
    world.clock.advance(chrono::TimeDelta::minutes(9));
    edit(&ada, &post, json!({"status": "Second <b>", "content_type": "text/plain"})).await;
    let link = reader.get(&page).await.expect(200);
    assert!(link.body.contains(&format!("<a href=\"{history}\">edited <time")), "{}", link.body);
    let versions = reader.get(&history).await.expect(200);
    let (now, before) = versions.body.split_once("As it was first written").expect("two versions");
    assert!(now.contains("As it is now") && now.contains("Second &lt;b"), "{now}");
    for part in ["First <strong>words</strong>", "Careful", "<li dir=\"auto\">Tea</li>", " lang=\"en\""] {
        assert!(before.contains(part), "{part} is not in {before}");
    }
    assert!(versions.body.contains("content=\"noindex\""), "what was changed is not for search engines");
    // Nobody else: as if there were no such post.
    for browser in [Browser::of(&eve).await, Browser::new(acme)] {
        browser.get(&history).await.expect(404);
    }
    for none in ["/@ada/1/history", "/@ada/x/history", &history.replace("@ada", "@ben")] {
        reader.get(none).await.expect(404);
    }
    ada.delete(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.expect(200);
    reader.get(&history).await.expect(404);
    world.advance(chrono::TimeDelta::hours(2)).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_edited_elsewhere_is_read_here_by_those_who_are_here() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let mal = world.peer("peer.test").actor("mal");
    let mut note = mal.note("@ada Before");
    note["tag"] = json!([{"type": "Mention", "href": ada.account.uri, "name": ada.handle()}]);
    note["cc"] = json!([ada.account.uri]);
    mal.deliver(acme, &mal.create(&note)).await;
    world.settle().await;
    note["content"] = "<p>After <script>x</script></p>".into();
    note["updated"] = json!("2100-01-01T00:00:00Z");
    mal.deliver(acme, &mal.activity("Update", note.clone())).await;
    world.settle().await;
    let id = acme.count("SELECT id FROM statuses").await;
    let history = format!("/@mal@peer.test/{id}/history");
    let page = Browser::of(&ada).await.get(&history).await.expect(200);
    assert!(page.body.contains("Before") && page.body.contains("After"), "{}", page.body);
    assert!(!page.body.contains("<script>x"), "{}", page.body);
    let away = Browser::new(acme).get(&history).await.expect(302);
    assert!(away.header("location").starts_with("http://peer.test/"), "{}", away.header("location"));
    world.finish().await;
}
