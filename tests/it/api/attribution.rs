//! Pages that name somebody as their author (`fediverse:creator`), and who lets them.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::refused;
use crate::support::{Person, With, World};

const ACME: &str = "acme.test";
const PAGES: &str = "pages.test";
const BLOG: &str = "blog.pages.test";
const PEER: &str = "peer.test";
const CREDENTIALS: &str = "/api/v1/accounts/update_credentials";

async fn world() -> World {
    let builder = World::builder().instance(ACME).peer(PAGES).peer(BLOG).peer(PEER);
    builder.configure(|config| config.posts.preview_cards = true).start().await
}

fn by(handle: &str) -> Vec<u8> {
    format!("<title>Gears</title><meta name=\"fediverse:creator\" content=\"{handle}\">").into_bytes()
}

/// Who wrote the page below a post, as a person sees it.
async fn authors(person: &Person, post: &Value) -> Value {
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let card = person.get(&path).await.expect(200)["card"].clone();
    assert_eq!(card["title"], "Gears");
    card["authors"].clone()
}

async fn domains(person: &Person, domains: Value) -> Value {
    let written = person.patch(CREDENTIALS, json!({"attribution_domains": domains})).await.expect(200);
    written["source"]["attribution_domains"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_names_its_author_where_they_let_it() {
    let world = world().await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let page = world.peer(PAGES).serve_file("/gears", "text/html", &by("@ada@acme.test"));
    let below = world.peer(BLOG).serve_file("/gears", "text/html", &by("ada@acme.test"));
    let away = world.peer(PEER).serve_file("/gears", "text/html", &by("@ada@acme.test"));
    let through = world.peer(PEER).redirect("/through", &page);
    let mut posts = Vec::new();
    for link in [&page, &below, &away, &through] {
        posts.push(ben.post_status(&format!("Read {link}")).await);
    }
    world.settle().await;
    for post in &posts {
        assert_eq!(authors(&ben, post).await, json!([]), "she did not say that it may");
    }
    assert_eq!(domains(&ada, json!([PAGES])).await, json!([PAGES]));
    for post in &posts[..2] {
        let told = authors(&ben, post).await;
        assert_eq!((&told[0]["account"]["acct"], &told[1]), (&json!("ada"), &json!(null)));
        assert_eq!(told[0]["account"]["id"], json!(ada.id()));
    }
    for post in &posts[2..] {
        assert_eq!(authors(&ben, post).await, json!([]), "another's page, or another's address of hers");
    }
    // It is on lists, too, and named by a page with an author of another kind.
    let path = "/api/v1/timelines/home";
    let home = ben.get(path).await.expect(200);
    assert_eq!(home[2]["card"]["authors"][0]["account"]["acct"], "ada");
    let mut both = by("@ada@acme.test");
    both.extend_from_slice(b"<meta name=author content=\"Ada L.\">");
    world.peer(PAGES).serve_file("/gears", "text/html", &both);
    world.advance(TimeDelta::days(15)).await;
    ben.post_status(&format!("Again {page}")).await;
    world.settle().await;
    let told = authors(&ben, &posts[0]).await;
    assert_eq!((&told[0]["name"], &told[0]["account"]["acct"]), (&json!("Ada L."), &json!("ada")));
    // She takes it back; or is not there any more.
    assert_eq!(domains(&ada, json!([])).await, json!([]));
    assert_eq!(authors(&ben, &posts[0]).await[0]["account"], json!(null));
    let home = ben.get(path).await.expect(200);
    assert_eq!(home[3]["card"]["authors"], json!([]));
    world.finish().await;
}

/// F330
#[tokio::test(flavor = "multi_thread")]
async fn who_lets_pages_name_them_is_told_between_servers() {
    let world = world().await;
    let (acme, peer) = (world.instance(ACME), world.peer(PEER));
    let (ada, mal) = (acme.register("ada").await, peer.actor("mal"));
    mal.deliver(acme, &mal.activity("Follow", ada.account.uri.clone())).await;
    world.settle().await;
    assert!(acme.get_activity("/users/ada").await["attributionDomains"].is_null());
    domains(&ada, json!([PAGES, "https://*.Example.com/"])).await;
    world.settle().await;
    let expected = json!([PAGES, "example.com"]);
    assert_eq!(acme.get_activity("/users/ada").await["attributionDomains"], expected);
    let told = peer.received_of_type("Update");
    assert_eq!(told.last().unwrap()["object"]["attributionDomains"], expected);

    let page = world.peer(PAGES).serve_file("/gears", "text/html", &by("@mal@peer.test"));
    let post = ada.post_status(&page).await;
    world.settle().await;
    assert_eq!(authors(&ada, &post).await, json!([]));
    peer.change("/users/mal", "attributionDomains", json!(["com", 5, PAGES, {"id": "x"}, "test"]));
    mal.deliver(acme, &mal.activity("Update", mal.uri.clone())).await;
    world.settle().await;
    assert_eq!(authors(&ada, &post).await[0]["account"]["acct"], "mal@peer.test");
    peer.change("/users/mal", "attributionDomains", json!("test"));
    mal.deliver(acme, &mal.activity("Update", mal.uri.clone())).await;
    world.settle().await;
    assert_eq!(authors(&ada, &post).await, json!([]), "nobody has a whole top-level domain");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn domains_are_few_and_are_domains() {
    let world = World::start([ACME]).await;
    let ada = world.instance(ACME).register("ada").await;
    let many: Vec<String> = (0..11).map(|n| format!("d{n}.example.com")).collect();
    let with = |value: Value| With { json: Some(json!({"attribution_domains": value})), ..With::default() };
    let long = format!("{}.com", "x".repeat(300));
    for wrong in
        [json!(many), json!(["no domain"]), json!(["com"]), json!([long]), json!([{"a": 1}]), json!(["a.com/b"])]
    {
        let answer = refused(&ada, Method::PATCH, CREDENTIALS, with(wrong), 422).await;
        assert!(answer["error"].as_str().unwrap().contains("attribution_domains"), "{}", answer.json);
    }
    assert_eq!(domains(&ada, json!(&many[..10])).await, json!(many[..10]));
    // What is not said stays; a form says by a blank one that there is none.
    ada.patch(CREDENTIALS, json!({"display_name": "Ada"})).await.expect(200);
    let profile = ada.get("/api/v1/profile").await.expect(200);
    assert_eq!(profile["attribution_domains"], json!(many[..10]));
    assert_eq!(domains(&ada, json!(["a.com", "A.com"])).await, json!(["a.com"]));
    assert_eq!(domains(&ada, json!([""])).await, json!([]));
    world.finish().await;
}
