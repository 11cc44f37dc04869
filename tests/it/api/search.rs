//! Searching for people, posts and hashtags.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Person, With, World};

async fn search(person: &Person, query: &str, more: &str) -> Answer {
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    person.get(&format!("/api/v2/search?q={query}{more}")).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn people_posts_and_hashtags_are_found() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, world.instance("globex.test").register("ben").await);
    let post = ada.post_status("Learning #Rustlang").await;
    let theirs = ben.post_status("From afar").await;
    for name in ["ad", "@ada", "ADA@acme.test", ada.account.url.as_str(), ada.account.uri.as_str()] {
        assert_eq!(search(&ada, name, "").await["accounts"][0]["id"], ada.id(), "{name}");
    }
    for address in ["url", "uri"] {
        let found = search(&ada, post[address].as_str().unwrap(), "").await;
        assert_eq!(found["statuses"][0]["id"], post["id"], "{address}");
    }
    for tag in ["rust", "#RustLang"] {
        assert_eq!(search(&ada, tag, "").await["hashtags"][0]["name"], "rustlang", "{tag}");
    }
    assert_eq!(search(&ada, "rust", "&type=accounts").await["hashtags"], json!([]));
    assert_eq!(search(&ada, "ada", "&type=statuses").await["accounts"], json!([]));
    let address = theirs["url"].as_str().unwrap();
    assert_eq!(search(&ada, address, "").await["statuses"], json!([]), "nothing is fetched without resolve");
    let found = search(&ada, address, "&resolve=true").await;
    assert_eq!(found["statuses"][0]["uri"], theirs["uri"]);
    assert_eq!(search(&ada, "@ben@globex.test", "&resolve=1").await["accounts"][0]["acct"], "ben@globex.test");
    // Our own pages of people elsewhere, and of their posts.
    let page = format!("{}@globex.test", ada.account.url.replace("@ada", "@ben"));
    assert_eq!(search(&ada, &page, "").await["accounts"][0]["acct"], "ben@globex.test");
    let post = format!("{page}/{}", found["statuses"][0]["id"].as_str().unwrap());
    assert_eq!(search(&ada, &post, "").await["statuses"][0]["uri"], theirs["uri"]);
    for nothing in [post.replace("@ben", "@eve"), format!("{page}/1"), format!("{page}/followers")] {
        let found = search(&ada, &nothing, "&resolve=true").await;
        assert_eq!((&found["accounts"], &found["statuses"]), (&json!([]), &json!([])), "{nothing}");
    }
    // What is found by a name or an address is all on the first page.
    for (kind, query) in [("accounts", "@ben@globex.test"), ("accounts", page.as_str()), ("statuses", address)] {
        assert_eq!(search(&ada, query, "&resolve=true").await[kind].as_array().unwrap().len(), 1, "{query}");
        assert_eq!(search(&ada, query, "&resolve=true&offset=1").await[kind], json!([]), "{query}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_shows_nothing_that_one_may_not_see() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let post = ada.post_status_with(json!({"status": "Hidden #covert", "visibility": "private"})).await;
    for address in [post["url"].as_str().unwrap(), post["uri"].as_str().unwrap()] {
        assert_eq!(search(&ben, address, "&resolve=true").await["statuses"], json!([]));
        assert_eq!(search(&ada, address, "").await["statuses"][0]["id"], post["id"]);
    }
    assert_eq!(search(&ben, "covert", "").await["hashtags"], json!([]), "a hashtag tells of the post that has it");
    world.finish().await;
}

async fn found(person: &Person, query: &str, more: &str) -> Vec<String> {
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let found = person.get(&format!("/api/v1/accounts/search?q={query}{more}")).await.expect(200);
    found.list().iter().map(|account| account["username"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_any_word_of_their_names() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben, cyd) = (acme.register("ada").await, acme.register("ben").await, acme.register("cyd").await);
    let (smith, gus) = (acme.register("smith").await, world.instance("globex.test").register("gus").await);
    for (person, name) in [(&ada, "Ada Maria King-Smith"), (&ben, "Benoît Smithers"), (&gus, "Gus O'Smith")] {
        person.patch("/api/v1/accounts/update_credentials", json!({"display_name": name})).await.expect(200);
    }
    cyd.resolve("@gus@globex.test").await;
    for (query, names) in [
        ("maria", &["ada"][..]),
        ("MAR", &["ada"]),
        ("smith ada", &["ada"]),
        ("king-sm", &["ada"]),
        ("benoît", &["ben"]),
        ("o'smi", &["gus"]),
        ("aria", &[]),
        ("smith", &["smith", "ada", "ben", "gus"]),
        // Half a handle.
        ("@gus@glob", &["gus"]),
        ("gus@", &["gus"]),
        ("@smi@globex.te", &["gus"]),
        ("@smi@acme", &["smith", "ada", "ben"]),
        ("@gus@acme", &[]),
    ] {
        assert_eq!(found(&cyd, query, "").await, names, "{query}");
    }
    // After exactly that name come those whom one follows, also if they do not want to be found.
    ben.patch("/api/v1/accounts/update_credentials", json!({"discoverable": false})).await.expect(200);
    assert_eq!(found(&cyd, "smithers", "").await, Vec::<String>::new());
    cyd.follow("@ben").await;
    assert_eq!(found(&cyd, "smith", "").await, ["smith", "ben", "ada", "gus"]);
    assert_eq!(found(&cyd, "smith", "&limit=2&offset=1").await, ["ben", "ada"]);
    assert_eq!(found(&cyd, "smith", "&limit=1&following=true").await, ["ben"]);
    assert_eq!(found(&cyd, "@smith@acme.test", "&following=true").await, Vec::<String>::new());
    assert_eq!(found(&cyd, "@ben@acme.test", "&following=true").await, ["ben"]);
    let both = search(&cyd, "smith", "&type=accounts&following=true").await;
    assert_eq!(both["accounts"].as_array().unwrap().len(), 1);
    assert_eq!(both["accounts"][0]["id"], ben.id());
    ada.post(&format!("/api/v1/accounts/{}/block", cyd.id()), json!({})).await.expect(200);
    assert_eq!(found(&cyd, "maria", "").await, Vec::<String>::new());
    assert_eq!(found(&smith, "maria", "").await, ["ada"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_searches_are_answered() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    for query in [
        "%",
        "_",
        "\\",
        "'",
        "@",
        "#",
        "##",
        "@@@",
        "http://",
        "https://acme.test/@",
        "http://[::1]:1/",
        "\u{202e}x",
        &"x".repeat(5000),
    ] {
        let found = search(&ada, query, "&resolve=true").await;
        assert_eq!((&found["accounts"], &found["statuses"]), (&json!([]), &json!([])), "{query:?}");
    }
    for wrong in
        ["/api/v2/search", "/api/v2/search?q=", "/api/v2/search?q=a&limit=x", "/api/v2/search?q=a&resolve=perhaps"]
    {
        ada.get(wrong).await.expect(400);
    }
    for odd in ["limit=-5", "limit=0", "limit=1000000", "offset=-1", "offset=9223372036854775807", "type=nonsense"] {
        ada.get(&format!("/api/v2/search?q=ada&{odd}")).await.expect(200);
    }
    acme.get("/api/v2/search?q=ada").await.expect(200);
    for own in ["resolve=true", "offset=20"] {
        acme.get(&format!("/api/v2/search?q=ada&{own}")).await.expect(401);
    }
    let with = With { token: Some("nonsense"), ..With::default() };
    acme.send(Method::GET, "/api/v2/search?q=ada", with).await.expect(401);
    assert_eq!(ada.get("/api/v1/accounts/search?q=ad").await.expect(200).ids(), [ada.id()]);
    assert!(ada.get("/api/v1/accounts/search?q=ad&following=true").await.expect(200).list().is_empty());
    assert!(ada.get("/api/v1/accounts/search").await.expect(200).list().is_empty());
    acme.get("/api/v1/accounts/search?q=ad").await.expect(401);
    world.finish().await;
}
