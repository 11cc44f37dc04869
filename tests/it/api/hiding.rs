//! Whom one blocks, mutes or shuts out with their domain is on no timeline and is not heard, by any path.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Browser, Person, With, World, plain};

/// Ada and Cy at Acme, who follow Ben at Globex; and what is theirs to see of him.
struct Scene {
    world: World,
    ada: Person,
    cy: Person,
    /// Ben, as Acme knows him.
    ben_id: String,
    /// Ben's post, as Acme has it.
    post: String,
    /// The first post of the thread in which Ben answered.
    root: String,
    browser: Browser,
}

/// The ways to hide Ben, and to take it back.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Block,
    Mute,
    Domain,
}

fn id(entity: &Value) -> String {
    entity["id"].as_str().unwrap().to_owned()
}

impl Scene {
    async fn new() -> Self {
        let world = World::start(["acme.test", "globex.test"]).await;
        let acme = world.instance("acme.test");
        // Ada comes by a browser, too.
        let browser = Browser::new(acme);
        browser.sign_up("reader").await;
        let (ada, cy) = (acme.register("ada").await, acme.register("cy").await);
        let ben = world.instance("globex.test").register("ben").await;
        for person in [&ada, &cy] {
            person.follow("@ben@globex.test").await;
        }
        ada.follow("@cy").await;
        ben.follow("@cy@acme.test").await;
        world.settle().await;
        let root = id(&cy.post_status("Root #rust").await);
        ben.post_status("By Ben #rust").await;
        world.settle().await;
        let post = cy.home().await.into_iter().find(|post| post["account"]["username"] == "ben").map(|post| id(&post));
        let post = post.expect("Ben's post has arrived");
        cy.post(&format!("/api/v1/statuses/{post}/reblog"), json!({})).await.expect(200);
        cy.post_status("Naming @ben@globex.test #rust").await;
        let above = ben.home().await.into_iter().find(|post| plain(post["content"].as_str().unwrap()) == "Root #rust");
        ben.post_status_with(json!({"status": "@cy@acme.test Reply by Ben", "in_reply_to_id": id(&above.unwrap())}))
            .await;
        world.settle().await;
        let ben_id = id(&ada.resolve("@ben@globex.test").await);
        let scene = Self { world, ada, cy, ben_id, post, root, browser };
        let reply = scene.context().await.into_iter().find(|post| post["account"]["username"] == "ben");
        let under = json!({"status": "Under Ben's", "in_reply_to_id": reply.unwrap()["id"]});
        scene.cy.post_status_with(under).await;
        scene
    }

    async fn context(&self) -> Vec<Value> {
        let found = self.ada.get(&format!("/api/v1/statuses/{}/context", self.root)).await.expect(200);
        found["descendants"].as_array().unwrap().clone()
    }

    async fn hide(&self, way: Way) {
        self.change(way, ["block", "mute"], reqwest::Method::POST).await;
    }

    async fn show(&self, way: Way) {
        self.change(way, ["unblock", "unmute"], reqwest::Method::DELETE).await;
    }

    async fn change(&self, way: Way, [block, mute]: [&str; 2], method: reqwest::Method) {
        let verb = if way == Way::Block { block } else { mute };
        match way {
            Way::Domain => {
                let with = With { json: Some(json!({"domain": "globex.test"})), ..With::default() };
                self.ada.send(method, "/api/v1/domain_blocks", with).await.expect(200);
            }
            _ => {
                self.ada.post(&format!("/api/v1/accounts/{}/{verb}", self.ben_id), json!({})).await.expect(200);
            }
        }
        self.world.settle().await;
    }

    /// The texts that Ada finds by each path.
    async fn shown(&self) -> BTreeMap<&'static str, Vec<String>> {
        let text = |post: &Value| {
            let inner = if post["reblog"].is_null() { post } else { &post["reblog"] };
            plain(inner["content"].as_str().unwrap())
        };
        let mut found = BTreeMap::new();
        for (name, path) in [
            ("home", "/api/v1/timelines/home".to_owned()),
            ("public", "/api/v1/timelines/public".into()),
            ("remote", "/api/v1/timelines/public?remote=true".into()),
            ("tag", "/api/v1/timelines/tag/rust".into()),
            ("profile", format!("/api/v1/accounts/{}/statuses", self.cy.id())),
        ] {
            found.insert(name, self.ada.get(&path).await.expect(200).list().iter().map(text).collect());
        }
        found.insert("context", self.context().await.iter().map(text).collect());
        found
    }

    /// The pages on which the browser's person sees something by Ben.
    async fn pages(&self) -> Vec<String> {
        let mut found = Vec::new();
        for path in ["/tags/rust".to_owned(), format!("/@cy/{}", self.root), "/@cy".into()] {
            let page = self.browser.get(&path).await.expect(200);
            if page.body.contains("By Ben") || page.body.contains("Reply by Ben") {
                found.push(path);
            }
        }
        found
    }
}

const NAMING: &str = "Naming @ben #rust";

async fn is_hidden_by(way: Way) {
    let scene = Scene::new().await;
    let before = scene.shown().await;
    for (path, texts) in &before {
        let expected = if *path == "context" { "@cy Reply by Ben" } else { "By Ben #rust" };
        assert!(texts.iter().any(|text| text == expected), "{path}: {texts:?}");
    }
    for path in ["home", "public", "tag", "profile"] {
        assert!(before[path].iter().any(|text| text == NAMING), "{path}: {:?}", before[path]);
    }

    scene.hide(way).await;
    let hidden = scene.shown().await;
    for (path, texts) in &hidden {
        assert!(!texts.iter().any(|text| text.contains("y Ben")), "{way:?}, {path}: {texts:?}");
        let named = texts.iter().any(|text| text == NAMING);
        let expected = match *path {
            "home" | "public" | "tag" => way == Way::Domain,
            "profile" => true,
            _ => false,
        };
        assert_eq!(named, expected, "{way:?}, {path}: {texts:?}");
    }
    // What answers him stands on its own, unless he is not to be seen at all.
    let under = hidden["context"].iter().any(|text| text == "Under Ben's");
    assert_eq!(under, way != Way::Block, "{way:?}");
    let direct = scene.ada.get(&format!("/api/v1/statuses/{}", scene.post)).await;
    assert_eq!(direct.status, if way == Way::Block { 404 } else { 200 }, "{way:?}");
    // Nobody else is spared him.
    let others = scene.cy.get("/api/v1/timelines/public").await.expect(200);
    assert!(others.list().iter().any(|post| post["account"]["username"] == "ben"));

    scene.show(way).await;
    let again = scene.shown().await;
    for path in ["public", "remote", "tag", "profile", "context"] {
        assert_eq!(again[path], before[path], "{way:?}, {path}");
    }
    if way == Way::Mute {
        assert_eq!(again["home"], before["home"], "a mute ends no follow");
    }
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_one_blocks_is_on_no_timeline() {
    is_hidden_by(Way::Block).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_one_mutes_is_on_no_timeline() {
    is_hidden_by(Way::Mute).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_domain_one_blocks_is_on_no_timeline() {
    is_hidden_by(Way::Domain).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_hide_them_too() {
    let scene = Scene::new().await;
    let acme = scene.world.instance("acme.test");
    assert_eq!(scene.pages().await.len(), 3);
    // The browser's person has no token; what a client of theirs would have done is written down.
    let reader = "(SELECT id FROM accounts WHERE username = 'reader')";
    for (table, columns) in [
        ("blocks", format!("SELECT 1, {reader}, {}, 'x', now()", scene.ben_id)),
        ("mutes", format!("SELECT 1, {reader}, {}, true, NULL, now()", scene.ben_id)),
        ("account_domain_blocks", format!("SELECT 1, {reader}, 'globex.test', now()")),
    ] {
        acme.sql(&format!("INSERT INTO {table} {columns}")).await;
        assert_eq!(scene.pages().await, Vec::<String>::new(), "{table}");
        acme.sql(&format!("DELETE FROM {table}")).await;
    }
    assert_eq!(scene.pages().await.len(), 3);
    scene.world.finish().await;
}

/// What Ben does that Ada would be told of, and her notifications of it.
async fn is_unheard_by(way: Way) {
    let world = World::start(["acme.test", "globex.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    let ben = world.instance("globex.test").register("ben").await;
    let ben_id = id(&ada.resolve("@ben@globex.test").await);
    ada.post(&format!("/api/v1/accounts/{ben_id}/follow"), json!({"notify": true})).await.expect(200);
    ben.follow("@ada@acme.test").await;
    world.settle().await;
    ada.post_status("First").await;
    ada.post_status("Second").await;
    world.settle().await;
    let posts: Vec<String> = ben.home().await.iter().map(id).collect();
    // Of which follows ended with the block of the domain, she is told.
    let others = "exclude_types[]=severed_relationships";
    let told = async || -> Vec<String> {
        let found = ada.get(&format!("/api/v1/notifications?{others}")).await.expect(200);
        found.list().iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
    };
    let count = format!("/api/v1/notifications/unread_count?{others}");
    let unread = async || ada.get(&count).await.expect(200)["count"].clone();
    let bother = async |post: &str| {
        for verb in ["favourite", "reblog"] {
            ben.post(&format!("/api/v1/statuses/{post}/{verb}"), json!({})).await;
        }
        ben.post_status("Hello @ada@acme.test").await;
        ben.post_status("Just so").await;
        world.settle().await;
    };
    bother(&posts[0]).await;
    let mut before = told().await;
    before.sort_unstable();
    assert_eq!(before, ["favourite", "follow", "mention", "reblog", "status", "status"]);
    let old = ada.get("/api/v1/notifications").await.expect(200).ids();

    let (path, undo) = match way {
        Way::Block => (format!("/api/v1/accounts/{ben_id}/block"), format!("/api/v1/accounts/{ben_id}/unblock")),
        _ => (format!("/api/v1/accounts/{ben_id}/mute"), format!("/api/v1/accounts/{ben_id}/unmute")),
    };
    match way {
        Way::Domain => ada.post("/api/v1/domain_blocks", json!({"domain": "globex.test"})).await.expect(200),
        _ => ada.post(&path, json!({})).await.expect(200),
    };
    world.settle().await;
    assert_eq!((told().await, unread().await), (Vec::new(), json!(0)), "{way:?}");
    for one in &old {
        ada.get(&format!("/api/v1/notifications/{one}")).await.expect(404);
    }
    let acme = world.instance("acme.test");
    let newest = acme.count("SELECT max(id) FROM notifications").await;
    bother(&posts[1]).await;
    let ada_id = id(&ben.resolve("@ada@acme.test").await);
    for verb in ["unfollow", "follow"] {
        ben.post(&format!("/api/v1/accounts/{ada_id}/{verb}"), json!({})).await;
    }
    world.settle().await;
    assert_eq!(acme.count("SELECT max(id) FROM notifications").await, newest, "{way:?}: nothing is made");
    match way {
        Way::Domain => ada.delete("/api/v1/domain_blocks?domain=globex.test").await.expect(200),
        _ => ada.post(&undo, json!({})).await.expect(200),
    };
    assert!(told().await.contains(&"mention".to_owned()), "{way:?}: what was told before is there again");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_one_blocks_is_not_heard() {
    is_unheard_by(Way::Block).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_one_mutes_is_not_heard() {
    is_unheard_by(Way::Mute).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_domain_one_blocks_is_not_heard() {
    is_unheard_by(Way::Domain).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mute_of_posts_alone_still_rings() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let path = format!("/api/v1/accounts/{}/mute", ben.id());
    let muted = ada.post(&path, json!({"notifications": false})).await.expect(200);
    assert_eq!((&muted["muting"], &muted["muting_notifications"]), (&json!(true), &json!(false)));
    ben.post_status("Hello @ada").await;
    assert!(ada.get("/api/v1/timelines/public").await.expect(200).list().is_empty());
    assert_eq!(ada.get("/api/v1/notifications").await.expect(200).list().len(), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timed_mute_ends_by_itself() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ada.follow("@ben").await;
    ben.post_status("By Ben").await;
    ben.post_status("Hello @ada").await;
    let path = format!("/api/v1/accounts/{}/mute", ben.id());
    let muted = ada.post_form(&path, &[("duration", "3600")]).await.expect(200);
    assert!(muted["muting_expires_at"].is_string() && muted["muting"] == true, "{}", muted.body);
    let list = ada.get("/api/v1/mutes").await.expect(200);
    assert_eq!((list.ids(), &list[0]["mute_expires_at"]), (vec![ben.id()], &muted["muting_expires_at"]));
    world.advance(TimeDelta::seconds(3590)).await;
    let counts = async || {
        let told = ada.get("/api/v1/notifications").await.expect(200).list().len();
        (ada.home().await.len(), told, ada.get("/api/v1/mutes").await.expect(200).list().len())
    };
    assert_eq!(counts().await, (0, 0, 1));
    world.advance(TimeDelta::seconds(20)).await;
    assert_eq!(counts().await, (2, 1, 0));
    let standing = ada.get(&format!("/api/v1/accounts/relationships?id[]={}", ben.id())).await.expect(200);
    assert_eq!((&standing[0]["muting"], &standing[0]["muting_expires_at"]), (&json!(false), &Value::Null));
    // What has ended is swept up, what has not is kept.
    ada.post(&format!("/api/v1/accounts/{}/mute", acme.register("cy").await.id()), json!({})).await.expect(200);
    pollen::housekeeping::sweep(&acme.app).await.unwrap();
    assert_eq!(acme.count("SELECT count(*) FROM mutes").await, 1);
    // Muting anew without an end has none.
    ada.post(&path, json!({"duration": 60})).await.expect(200);
    assert_eq!(ada.post(&path, json!({})).await.expect(200)["muting_expires_at"], Value::Null);
    world.finish().await;
}
