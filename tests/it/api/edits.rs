//! Edits: what a post becomes, what it was, who is told, and what an edit cannot do.

use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused, refused_with_token};
use crate::support::media::png;
use crate::support::{Part, Person, With, World, plain};

const ACME: &str = "acme.test";

fn path(post: &Value) -> String {
    format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())
}

async fn edit(person: &Person, post: &Value, change: Value) -> Value {
    person.put(&path(post), change).await.expect(200).json
}

/// The texts of all versions, the first one first.
async fn versions(person: &Person, post: &Value) -> Vec<String> {
    let history = person.get(&format!("{}/history", path(post))).await.expect(200);
    history.list().iter().map(|version| plain(version["content"].as_str().unwrap())).collect()
}

async fn told(person: &Person) -> Vec<(String, String)> {
    let found = person.get("/api/v1/notifications").await.expect(200);
    let of = |one: &Value| (one["type"].as_str().unwrap().to_owned(), one["id"].as_str().unwrap().to_owned());
    found.list().iter().map(of).collect()
}

async fn types(person: &Person) -> Vec<String> {
    told(person).await.into_iter().map(|(kind, _)| kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_changes_a_post_and_keeps_what_it_was() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let draft = json!({"status": "**First** #before", "content_type": "text/markdown", "spoiler_text": "Careful",
        "language": "en", "visibility": "unlisted"});
    let post = ada.post_status_with(draft).await;
    assert_eq!(post["edited_at"], json!(null));
    assert_eq!(versions(&ada, &post).await, ["First #before"]);
    let change = json!({"status": "**Second** #after", "visibility": "public", "in_reply_to_id": "5"});
    let edited = edit(&ada, &post, change.clone()).await;
    for (key, value) in [
        ("id", &post["id"]),
        ("uri", &post["uri"]),
        ("created_at", &post["created_at"]),
        ("visibility", &json!("unlisted")),
        ("in_reply_to_id", &json!(null)),
        ("spoiler_text", &json!("")),
        ("sensitive", &json!(false)),
        ("language", &json!("en")),
    ] {
        assert_eq!(&edited[key], value, "{key}");
    }
    assert!(edited["content"].as_str().unwrap().contains("<strong>Second</strong>"), "it is Markdown still");
    assert_eq!(edited["tags"].as_array().unwrap().len(), 1);
    assert_eq!(edited["tags"][0]["name"], "after");
    let history = acme.get(&format!("{}/history", path(&post))).await.expect(200);
    let [first, second] = history.list() else { panic!("{}", history.body) };
    assert_eq!(plain(first["content"].as_str().unwrap()), "First #before");
    assert_eq!((&first["spoiler_text"], &first["sensitive"]), (&json!("Careful"), &json!(true)));
    assert_eq!((&first["created_at"], &second["created_at"]), (&post["created_at"], &edited["edited_at"]));
    assert_eq!(second["content"], edited["content"]);
    let source = ada.get(&format!("{}/source", path(&post))).await.expect(200);
    assert_eq!((source.text("text"), source.text("spoiler_text")), ("**Second** #after".into(), String::new()));
    let page = acme.get(post["url"].as_str().unwrap()).await.expect(200);
    assert!(page.body.contains("edited <time datetime="), "{}", page.body);
    // What changes nothing is no edit.
    let again = edit(&ada, &post, change).await;
    assert_eq!(again["edited_at"], edited["edited_at"]);
    assert_eq!(versions(&ada, &post).await.len(), 2);
    for n in 0..3 {
        edit(&ada, &post, json!({"status": format!("Plain {n}"), "content_type": "text/plain"})).await;
    }
    assert_eq!(
        versions(&ada, &post).await,
        ["First #before", "Second #after", "Plain 0", "Plain 1", "Plain 2"],
        "edits at one moment are kept in their order"
    );
    ada.delete(&path(&post)).await.expect(200);
    assert_eq!(acme.count("SELECT count(*) FROM status_edits").await, 0);
    world.finish().await;
}

/// F140
#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_versions_are_kept_and_the_first_among_them() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let post = ada.post_status("The first").await;
    edit(&ada, &post, json!({"status": "The second"})).await;
    acme.sql(
        "INSERT INTO status_edits (id, status_id, content, spoiler_text, sensitive, created_at)
         SELECT e.id + n, status_id, 'between', '', false, now() FROM status_edits e, generate_series(1, 150) n",
    )
    .await;
    edit(&ada, &post, json!({"status": "The last"})).await;
    let found = versions(&ada, &post).await;
    assert_eq!(found.len(), 101);
    assert_eq!([&found[0], &found[99], &found[100]], ["The first", "The second", "The last"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_are_newly_named_and_those_who_boosted_are_told() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    let post = ada.post_status("Thanks @ben").await;
    cleo.post(&format!("{}/reblog", path(&post)), json!({})).await.expect(200);
    let edited = edit(&ada, &post, json!({"status": "Thanks @ben and @cleo and @ada"})).await;
    let mentioned: Vec<&str> =
        edited["mentions"].as_array().unwrap().iter().map(|one| one["acct"].as_str().unwrap()).collect();
    assert_eq!(mentioned, ["ada", "ben", "cleo"]);
    assert_eq!(types(&ben).await, ["mention"], "who was named before is not told again");
    assert_eq!(types(&cleo).await, ["update", "mention"]);
    assert_eq!(types(&ada).await, ["reblog"], "nobody is told of themselves");
    let before = told(&cleo).await;
    let edited = edit(&ada, &post, json!({"status": "Thanks @ben"})).await;
    assert_eq!(edited["mentions"].as_array().unwrap().len(), 1, "{edited:#}");
    let after = told(&cleo).await;
    assert_eq!(after[0].0, "update");
    assert_eq!(after.len(), 2, "of the last change, once: {after:?}");
    assert_ne!(after[0].1, before[0].1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_lets_nobody_in_and_nobody_out() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    ben.follow("@ada").await;
    let private = ada.post_status_with(json!({"status": "Us", "visibility": "private"})).await;
    let direct = ada.post_status_with(json!({"status": "You @ben", "visibility": "direct"})).await;
    for post in [&private, &direct] {
        let json = Some(json!({"status": "Us, @ben and @cleo", "visibility": "public"}));
        let answer = refused(&ada, Method::PUT, &path(post), With { json, ..With::default() }, 422).await;
        assert!(answer.text("error").contains("@cleo@acme.test"), "{}", answer.body);
        cleo.get(&path(post)).await.expect(404);
    }
    let edited = edit(&ada, &private, json!({"status": "Us and @ben", "visibility": "public"})).await;
    assert_eq!(edited["visibility"], "private");
    assert_eq!(types(&ben).await, ["mention", "mention"], "a follower may see it, and is told");
    edit(&ada, &direct, json!({"status": "You"})).await;
    ben.get(&path(&direct)).await.expect(200);
    for part in ["", "/history"] {
        cleo.get(&format!("{}{part}", path(&direct))).await.expect(404);
        acme.get(&format!("{}{part}", path(&private))).await.expect(404);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kind_stays_unless_another_is_chosen() {
    let world = World::start([ACME]).await;
    let ada = world.instance(ACME).register("ada").await;
    let post = ada.post_status("Why? #question").await;
    for (change, kind) in [
        (json!({"status": "Why not?"}), "question"),
        (json!({"status": "Oh #til"}), "today_i_learned"),
        (json!({"status": "Oh", "pollen": {"kind": "lesson"}}), "lesson"),
        (json!({"status": "Oh no", "pollen": {"kind": "plain"}}), "plain"),
        (json!({"status": "Or #resource"}), "resource"),
    ] {
        let edited = edit(&ada, &post, change.clone()).await;
        assert_eq!(edited["pollen"]["kind"], kind, "{change}");
    }
    world.finish().await;
}

async fn upload(person: &Person) -> String {
    let picture = png(8, 6);
    let parts = [Part::file("file", &picture)];
    let sent = person.send(Method::POST, "/api/v2/media", With { parts: &parts, ..With::default() }).await;
    sent.expect(200).text("id")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_attached_can_be_changed_and_described() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let (first, second, bens) = (upload(&ada).await, upload(&ada).await, upload(&ben).await);
    let post = ada.post_status_with(json!({"status": "Look", "media_ids": [first]})).await;
    let described = json!({"status": "Look", "media_ids": [first],
        "media_attributes": [{"id": first, "description": "A square", "focus": "0.5,-0.25"}]});
    let edited = edit(&ada, &post, described).await;
    let shown = &edited["media_attachments"][0];
    assert_eq!((&shown["description"], &shown["meta"]["focus"]["x"]), (&json!("A square"), &json!(0.5)));
    assert_eq!(shown["url"], post["media_attachments"][0]["url"], "it stays where it is");
    // As forms send them: two files now, the new one first.
    let form = [
        ("status", "Look"),
        ("media_ids[]", second.as_str()),
        ("media_ids[]", first.as_str()),
        ("media_attributes[][id]", second.as_str()),
        ("media_attributes[][description]", "Another"),
        ("media_attributes[][id]", first.as_str()),
        ("media_attributes[][description]", "A box"),
    ];
    let edited = ada.send(Method::PUT, &path(&post), With { form: Some(&form), ..With::default() }).await.expect(200);
    let shown: Vec<(&str, &str)> = edited["media_attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), one["description"].as_str().unwrap()))
        .collect();
    assert_eq!(shown, [(second.as_str(), "Another"), (first.as_str(), "A box")]);
    let history = ada.get(&format!("{}/history", path(&post))).await.expect(200);
    let said: Vec<&Value> = history
        .list()
        .iter()
        .map(|version| &version["media_attachments"].as_array().unwrap().last().unwrap()["description"])
        .collect();
    assert_eq!(said, [&json!(null), &json!("A square"), &json!("A box")]);
    let with =
        |media: Value, attributes: Value| json!({"status": "x", "media_ids": media, "media_attributes": attributes});
    for wrong in [
        with(json!([bens]), json!([])),
        with(json!(["1"]), json!([])),
        with(json!([first]), json!([{"id": first, "focus": "7,0"}])),
        with(json!([first]), json!([{"id": first, "description": "x".repeat(1501)}])),
        with(json!([first]), json!([{"description": "of nothing"}])),
    ] {
        refused(&ada, Method::PUT, &path(&post), With { json: Some(wrong), ..With::default() }, 422).await;
    }
    // What is taken off is nowhere to be seen any more, also not in what the post was.
    let old = post["media_attachments"][0]["url"].as_str().unwrap();
    acme.get(old).await.expect(200);
    let bare = edit(&ada, &post, json!({"status": "Nothing to see"})).await;
    assert_eq!(bare["media_attachments"], json!([]));
    acme.get(old).await.expect(404);
    let history = ada.get(&format!("{}/history", path(&post))).await.expect(200);
    assert!(history.list().iter().all(|version| version["media_attachments"] == json!([])), "{}", history.body);
    ada.post_status_with(json!({"media_ids": [first]})).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_edit_is_refused() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let post = ada.post_status("Mine").await;
    let boost = ada.post(&format!("{}/reblog", path(&post)), json!({})).await.expect(200).json;
    let draft = || With { json: Some(json!({"status": "Changed"})), ..With::default() };
    refused(&ben, Method::PUT, &path(&post), draft(), 404).await;
    refused(&ada, Method::PUT, &path(&boost), draft(), 404).await;
    ada.get(&format!("{}/history", path(&boost))).await.expect(404);
    for id in NO_IDS {
        refused(&ada, Method::PUT, &format!("/api/v1/statuses/{id}"), draft(), 404).await;
        ada.get(&format!("/api/v1/statuses/{id}/history")).await.expect(404);
    }
    for wrong in [
        json!({}),
        json!({"status": " \n"}),
        json!({"status": "x".repeat(5001)}),
        json!({"status": "x", "content_type": "text/html"}),
        json!({"status": "x", "pollen": {"kind": "rumour"}}),
        json!({"status": "x", "poll": {"options": ["a", "b"]}}),
    ] {
        refused(&ada, Method::PUT, &path(&post), With { json: Some(wrong), ..With::default() }, 422).await;
    }
    for scopes in ["read", "write:accounts"] {
        refused(&ada.with_scopes(scopes).await, Method::PUT, &path(&post), draft(), 403).await;
    }
    refused_with_token(acme, Method::PUT, &path(&post), draft(), 401).await;
    world.finish().await;
}
