//! Writing, reading, liking, boosting and deleting posts.

mod mentions;
mod refusals;
mod replies;
mod taking_back;
mod wording;

use reqwest::Method;
use serde_json::{Value, json};

use super::refused;
use crate::support::{Person, With, World, plain};

/// Whether somebody (nobody, without a person) is shown a post, on every path by its id.
async fn sees(world: &World, person: Option<&Person>, id: &str) -> bool {
    let get = async |path: String| match person {
        Some(person) => person.get(&path).await,
        None => world.instance("acme.test").get(&path).await,
    };
    let shown = get(format!("/api/v1/statuses/{id}")).await.status == 200;
    for part in ["context", "favourited_by", "reblogged_by"] {
        let status = get(format!("/api/v1/statuses/{id}/{part}")).await.status;
        assert_eq!(status == 200, shown, "{part} of {id} answers {status}");
    }
    assert_eq!(get(format!("/api/v1/statuses?id[]={id}")).await.expect(200).list().len() == 1, shown, "{id} by ids");
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_shown_to_its_audience_and_nobody_else() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben, cleo, dan) = (
        acme.register("ada").await,
        acme.register("ben").await,
        acme.register("cleo").await,
        acme.register("dan").await,
    );
    ben.follow("@ada").await;
    // Whether a follower, somebody mentioned, a stranger with an account, and a stranger without see it.
    for (visibility, audience, expected) in [
        ("public", "public", [true, true, true, true]),
        ("unlisted", "unlisted", [true, true, true, true]),
        ("private", "followers", [true, true, false, false]),
        ("direct", "direct", [false, true, false, false]),
    ] {
        let post = ada.post_status_with(json!({"status": "Hello @cleo", "visibility": visibility})).await;
        let id = post["id"].as_str().unwrap();
        assert_eq!((&post["visibility"], &post["pollen"]["audience"]), (&json!(visibility), &json!(audience)));
        assert!(sees(&world, Some(&ada), id).await, "the author sees their {visibility} post");
        let seen = [
            sees(&world, Some(&ben), id).await,
            sees(&world, Some(&cleo), id).await,
            sees(&world, Some(&dan), id).await,
            sees(&world, None, id).await,
        ];
        assert_eq!(seen, expected, "{visibility}");
        let page = acme.get(&format!("/@ada/{id}")).await.status;
        assert_eq!(page == 200, expected[3], "the page of a {visibility} post answers {page}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_what_was_written() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    let post = ada
        .post_status_with(json!({
            "status": "Some **bold** words, `code`, and [a link](https://learn.example/a?b=1&c=2)\n\n- one\n- two",
            "content_type": "text/markdown", "spoiler_text": "A <warning>", "language": "pt-BR", "sensitive": "false",
        }))
        .await;
    let content = post["content"].as_str().unwrap();
    for part in
        ["<strong>bold</strong>", "<code>code</code>", "<li>one</li>", "href=\"https://learn.example/a?b=1&amp;c=2\""]
    {
        assert!(content.contains(part), "{part} is not in {content}");
    }
    assert_eq!(post["spoiler_text"], "A <warning>");
    assert_eq!(post["sensitive"], true, "what has a warning is sensitive");
    assert_eq!(post["language"], "pt-BR");
    assert_eq!(post["application"], json!({"name": "Tests", "website": "https://tests.example/"}));
    assert_eq!(post["url"], format!("http://acme.test/@ada/{}", post["id"].as_str().unwrap()));
    let source = ada.get(&format!("/api/v1/statuses/{}/source", post["id"].as_str().unwrap())).await.expect(200);
    assert!(source.text("text").contains("**bold**"));
    assert_eq!(source["spoiler_text"], "A <warning>");
    let as_text = ada.post_status("Some **bold** & <b>brave</b> words").await;
    assert_eq!(as_text["content"], "<p>Some **bold** &amp; &lt;b&gt;brave&lt;/b&gt; words</p>");
    let form = [("status", "By a form"), ("sensitive", "1"), ("visibility", "unlisted"), ("media_ids[]", "")];
    let by_form = ada.post_form("/api/v1/statuses", &form[..3]).await.expect(200);
    assert_eq!((&by_form["sensitive"], &by_form["visibility"]), (&json!(true), &json!("unlisted")));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kind_of_a_post_shows_as_kind_and_as_hashtag() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    for (draft, kind, hashtag, word) in [
        (json!({"status": "Why? #question"}), "question", "question", "Question"),
        (json!({"status": "Why?", "pollen": {"kind": "question"}}), "question", "question", "Question"),
        (json!({"status": "Look", "pollen": {"kind": "resource"}}), "resource", "resource", ""),
        (json!({"status": "Oh #TodayILearned"}), "today_i_learned", "todayilearned", ""),
        (json!({"status": "Oh", "pollen": {"kind": "today_i_learned"}}), "today_i_learned", "til", ""),
        (json!({"status": "Never #lesson"}), "lesson", "lesson", ""),
    ] {
        let post = ada.post_status_with(draft.clone()).await;
        assert_eq!(post["pollen"]["kind"], kind, "{draft}");
        let tags: Vec<&str> =
            post["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
        assert_eq!(tags, [hashtag], "{draft}");
        assert!(plain(post["content"].as_str().unwrap()).to_lowercase().contains(&format!("#{hashtag}")), "{post:#}");
        let page = acme.get(&format!("/@ada/{}", post["id"].as_str().unwrap())).await.expect(200);
        assert!(
            page.body.contains(&format!("class=\"kind {kind}\"")) && page.body.contains(word),
            "{kind} on the page"
        );
    }
    let by_form = [("status", "Form"), ("pollen[kind]", "lesson")];
    assert_eq!(ada.post_form("/api/v1/statuses", &by_form).await.expect(200)["pollen"]["kind"], "lesson");
    assert_eq!(ada.post_status("Nothing special").await["pollen"]["kind"], "plain");
    refused(
        &ada,
        Method::POST,
        "/api/v1/statuses",
        With { json: Some(json!({"status": "x", "pollen": {"kind": "rumour"}})), ..With::default() },
        422,
    )
    .await;
    world.finish().await;
}

/// F45
#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_never_wider_than_what_it_answers() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ben.follow("@ada").await;
    for (parent, wanted, expected) in [
        ("public", "public", "public"),
        ("public", "direct", "direct"),
        ("unlisted", "public", "unlisted"),
        ("private", "public", "private"),
        ("private", "unlisted", "private"),
        ("direct", "public", "direct"),
        ("direct", "private", "direct"),
    ] {
        let post = ada.post_status_with(json!({"status": "Hello @ben", "visibility": parent})).await;
        let reply = json!({"status": "@ada Yes", "in_reply_to_id": post["id"], "visibility": wanted});
        let reply = ben.post_status_with(reply).await;
        assert_eq!(reply["visibility"], expected, "{wanted} to {parent}");
        assert_eq!((&reply["in_reply_to_id"], &reply["in_reply_to_account_id"]), (&post["id"], &json!(ada.id())));
        let context = ada.get(&format!("/api/v1/statuses/{}/context", post["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(context["descendants"][0]["id"], reply["id"]);
        let context = ben.get(&format!("/api/v1/statuses/{}/context", reply["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(context["ancestors"][0]["id"], post["id"]);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_links_and_tells_whom_it_names() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let post = ada.post_status("Thanks @ben and @ben@acme.test and @nobody and mail@ben").await;
    let mentions = post["mentions"].as_array().unwrap();
    assert_eq!(mentions.len(), 1, "{post:#}");
    assert_eq!(mentions[0]["acct"], "ben");
    let content = post["content"].as_str().unwrap();
    assert_eq!(content.matches("href=\"http://acme.test/@ben\"").count(), 2, "{content}");
    let told = ben.get("/api/v1/notifications").await.expect(200);
    assert_eq!(told.list().len(), 1);
    assert_eq!((&told[0]["type"], &told[0]["status"]["id"]), (&json!("mention"), &post["id"]));
    ada.post_status("I am @ada").await;
    assert!(ada.get("/api/v1/notifications").await.expect(200).list().is_empty(), "nobody is told of themselves");
    world.finish().await;
}

async fn post_with_key(person: &Person, key: &str, text: &str) -> Value {
    let headers = [("idempotency-key", key)];
    let with = With { json: Some(json!({"status": text})), headers: &headers, ..With::default() };
    person.send(Method::POST, "/api/v1/statuses", with).await.expect(200).json
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_makes_one_post() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let first = post_with_key(&ada, "k1", "Once @ben").await;
    assert_eq!(post_with_key(&ada, "k1", "Once @ben").await["id"], first["id"]);
    let both: Vec<Value> =
        futures_util::future::join_all((0..5).map(|_| post_with_key(&ada, "k2", "At once @ben"))).await;
    assert!(both.iter().all(|post| post["id"] == both[0]["id"]), "five requests at once make one post");
    assert_ne!(post_with_key(&ben, "k1", "Mine").await["id"], first["id"], "keys are each person's own");
    assert_eq!(acme.count("SELECT count(*) FROM statuses").await, 3);
    assert_eq!(ben.get("/api/v1/notifications").await.expect(200).list().len(), 2);
    ada.delete(&format!("/api/v1/statuses/{}", first["id"].as_str().unwrap())).await.expect(200);
    let again = post_with_key(&ada, "k1", "Once @ben").await;
    assert_ne!(again["id"], first["id"], "what was deleted can be written again");
    world.clock.advance(chrono::TimeDelta::days(2));
    pollen::housekeeping::sweep(&acme.app).await.unwrap();
    assert_ne!(post_with_key(&ada, "k2", "At once @ben").await["id"], both[0]["id"], "keys hold for a day");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_post_returns_its_text_and_is_gone() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let post = ada.post_status_with(json!({"status": "**Redraft** me", "content_type": "text/markdown"})).await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let page = format!("/@ada/{}", post["id"].as_str().unwrap());
    refused(&ben, Method::DELETE, &path, With::default(), 404).await;
    let deleted = ada.delete(&path).await.expect(200);
    assert_eq!((deleted.text("text"), &deleted["id"]), ("**Redraft** me".to_owned(), &post["id"]));
    ada.get(&path).await.expect(404);
    acme.get(&page).await.expect(410);
    refused(&ada, Method::DELETE, &path, With::default(), 404).await;
    assert_eq!(ada.get("/api/v1/accounts/verify_credentials").await.expect(200)["statuses_count"], 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn liking_and_boosting_twice_is_once() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    let post = ada.post_status("Useful").await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let act = async |what: &str| ben.post(&format!("{path}/{what}"), json!({})).await.expect(200).json;
    for _ in 0..2 {
        let liked = act("favourite").await;
        assert_eq!((&liked["favourited"], &liked["favourites_count"]), (&json!(true), &json!(1)));
    }
    let boost = act("reblog").await;
    assert_ne!(boost["id"], post["id"]);
    assert_eq!(boost["reblog"]["id"], post["id"]);
    assert_eq!(boost["reblog"]["reblogged"], true);
    assert_eq!(act("reblog").await["id"], boost["id"]);
    cleo.post(&format!("{path}/favourite"), json!({})).await.expect(200);
    assert_eq!(ada.get(&path).await.expect(200)["favourites_count"], 2, "the author sees whom they helped");
    assert_eq!(ben.get(&path).await.expect(200)["favourites_count"], 1, "others see themselves");
    assert_eq!(acme.get(&path).await.expect(200)["favourites_count"], 0);
    assert_eq!(ada.get(&format!("{path}/favourited_by")).await.expect(200).list().len(), 2);
    assert_eq!(ben.get(&format!("{path}/favourited_by")).await.expect(200).ids(), [ben.id()]);
    let types: Vec<Value> =
        ada.get("/api/v1/notifications").await.expect(200).list().iter().map(|told| told["type"].clone()).collect();
    assert_eq!(types, ["favourite", "reblog", "favourite"]);
    for _ in 0..2 {
        assert_eq!(act("unfavourite").await["favourited"], false);
        assert_eq!(act("unreblog").await["reblogged"], false);
    }
    let now = ada.get(&path).await.expect(200);
    assert_eq!((&now["favourites_count"], &now["reblogs_count"]), (&json!(1), &json!(0)));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_did_something_with_a_post_comes_in_pages() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let (cleo, dan) = (acme.register("cleo").await, acme.register("dan").await);
    let post = ada.post_status("Useful").await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    for (what, list) in [("favourite", "favourited_by"), ("reblog", "reblogged_by")] {
        for person in [&ben, &cleo, &dan] {
            person.post(&format!("{path}/{what}"), json!({})).await.expect(200);
        }
        let list = format!("{path}/{list}");
        let first = ada.get(&format!("{list}?limit=2")).await.expect(200);
        assert_eq!(first.ids(), [dan.id(), cleo.id()]);
        let rest = ada.get(&first.link("next").unwrap()).await.expect(200);
        assert_eq!(rest.ids(), [ben.id()]);
        assert_eq!(ada.get(&rest.link("prev").unwrap()).await.expect(200).ids(), [dan.id(), cleo.id()]);
        assert!(ada.get(&rest.link("next").unwrap()).await.expect(200).list().is_empty());
        let newest = rest.link("prev").unwrap().replace("min_id", "since_id").replace("limit=2", "limit=1");
        assert_eq!(ada.get(&newest).await.expect(200).ids(), [dan.id()]);
        // Others see themselves alone, however many came after them.
        assert_eq!(ben.get(&format!("{list}?limit=1")).await.expect(200).ids(), [ben.id()]);
        assert!(acme.get(&list).await.expect(200).list().is_empty());
    }
    world.finish().await;
}

/// F46
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_for_everyone_is_boosted_by_its_author_only() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ben.follow("@ada").await;
    let private = ada.post_status_with(json!({"status": "Us", "visibility": "private"})).await;
    let path = format!("/api/v1/statuses/{}/reblog", private["id"].as_str().unwrap());
    refused(&ben, Method::POST, &path, With::default(), 422).await;
    let boost = ada.post(&path, json!({"visibility": "public"})).await.expect(200);
    assert_eq!(boost["visibility"], "private");
    let direct = ada.post_status_with(json!({"status": "You @ben", "visibility": "direct"})).await;
    for person in [&ada, &ben] {
        let path = format!("/api/v1/statuses/{}/reblog", direct["id"].as_str().unwrap());
        refused(person, Method::POST, &path, With::default(), 422).await;
    }
    let public = ada.post_status("All").await;
    let path = format!("/api/v1/statuses/{}/reblog", public["id"].as_str().unwrap());
    for wrong in ["direct", "everyone"] {
        let json = Some(json!({"visibility": wrong}));
        refused(&ben, Method::POST, &path, With { json, ..With::default() }, 422).await;
    }
    world.finish().await;
}
