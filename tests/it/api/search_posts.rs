//! Searching for posts by their words.

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use crate::media::picture;
use crate::support::{Answer, Person, World};

const ACME: &str = "acme.test";

async fn found(person: &Person, query: &str, more: &str) -> Answer {
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    person.get(&format!("/api/v2/search?type=statuses&q={query}{more}")).await.expect(200)
}

async fn ids(person: &Person, query: &str) -> Vec<String> {
    let answer = found(person, query, "").await;
    answer["statuses"].as_array().unwrap().iter().map(|status| status["id"].as_str().unwrap().to_owned()).collect()
}

fn id(post: &Value) -> String {
    post["id"].as_str().unwrap().to_owned()
}

async fn wants_to_be_found(person: &Person) {
    person.patch("/api/v1/accounts/update_credentials", json!({"indexable": true})).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_found_in_the_language_of_the_post() {
    let world = World::start([ACME]).await;
    let ada = world.instance(ACME).register("ada").await;
    let post = async |text: &str, language: Value| {
        id(&ada.post_status_with(json!({"status": text, "language": language})).await)
    };
    let english = post("The children are running to the libraries", json!("en")).await;
    let german = post("Die Häuser stehen am Fluss", json!("de")).await;
    let french = post("Les chevaux étaient magnifiques", json!("fr-CA")).await;
    let other = post("Jabłka rosną na drzewach & <b> https://example.com/obst_garten", json!("pl")).await;
    let chinese = post("我们学习日本語", json!("zh")).await;
    for (query, expected) in [
        ("runs", &english),
        ("RUN the library", &english),
        ("\"running to the libraries\"", &english),
        ("haus", &german),
        ("die häuser", &german),
        ("cheval", &french),
        ("magnifique", &french),
        ("jabłka", &other),
        ("example.com", &other),
        ("garten", &other),
        ("日本語", &chinese),
        ("学习", &chinese),
    ] {
        assert_eq!(ids(&ada, query).await, [expected.as_str()], "{query}");
    }
    assert_eq!(ids(&ada, "magnifique -run").await, [french.as_str()]);
    for nothing in ["jabłko", "\"libraries running\"", "本日", "children -running", "the", "-nothing", "amp", "href"]
    {
        assert!(ids(&ada, nothing).await.is_empty(), "{nothing}");
    }
    ada.put(&format!("/api/v1/statuses/{english}"), json!({"status": "A quiet evening"})).await.expect(200);
    assert!(ids(&ada, "running").await.is_empty());
    assert_eq!(ids(&ada, "evenings").await, [english.as_str()]);
    ada.delete(&format!("/api/v1/statuses/{english}")).await.expect(200);
    assert!(ids(&ada, "evening").await.is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_may_look_for_is_ones_own_and_what_is_offered() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let acme = world.instance(ACME);
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    let public = id(&ada.post_status("A compost heap").await);
    let private = ada.post_status_with(json!({"status": "@cleo My compost is private", "visibility": "direct"})).await;
    let unlisted = ada.post_status_with(json!({"status": "Quiet compost", "visibility": "unlisted"})).await;
    assert_eq!(ids(&ada, "compost").await.len(), 3);
    assert_eq!(ids(&cleo, "compost").await, [id(&private)]);
    assert!(ids(&ben, "compost").await.is_empty(), "she did not say that she wants to be found");
    for what in ["favourite", "bookmark", "reblog"] {
        ben.post(&format!("/api/v1/statuses/{}/{what}", id(&unlisted)), json!({})).await.expect(200);
        assert_eq!(ids(&ben, "compost").await, [id(&unlisted)], "{what}");
        ben.post(&format!("/api/v1/statuses/{}/un{what}", id(&unlisted)), json!({})).await.expect(200);
    }
    ben.post(&format!("/api/v1/statuses/{}/favourite", id(&unlisted)), json!({})).await.expect(200);
    wants_to_be_found(&ada).await;
    assert_eq!(ids(&ben, "compost").await, [id(&unlisted), public.clone()]);
    assert_eq!(ids(&ben, "compost in:library").await, [id(&unlisted)]);
    assert_eq!(ids(&ben, "compost in:public").await, std::slice::from_ref(&public));
    let everything = ben.get("/api/v2/search?q=compost").await.expect(200);
    assert_eq!(everything["statuses"].as_array().unwrap().len(), 2);
    let stranger = acme.get("/api/v2/search?q=compost").await.expect(200);
    assert_eq!(stranger["statuses"], json!([]), "strangers look for nobody's words");
    // Whom one hides is not found either.
    ben.post(&format!("/api/v1/accounts/{}/mute", ada.id()), json!({})).await.expect(200);
    assert!(ids(&ben, "compost").await.is_empty());
    ben.post(&format!("/api/v1/accounts/{}/unmute", ada.id()), json!({})).await.expect(200);
    ada.post(&format!("/api/v1/accounts/{}/block", ben.id()), json!({})).await.expect(200);
    assert!(ids(&ben, "compost").await.is_empty());
    // From elsewhere, too: what came because somebody follows its author, and whose author agreed.
    let mal = world.peer("peer.test").actor("mal");
    cleo.follow(&mal.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").pop().unwrap();
    mal.deliver(acme, &mal.activity("Accept", follow)).await;
    mal.deliver(acme, &mal.create(&mal.note("Turning the compost"))).await;
    world.settle().await;
    assert_eq!(ids(&cleo, "turn compost").await.len(), 0);
    acme.sql("UPDATE accounts SET indexable = true WHERE username = 'mal'").await;
    assert_eq!(ids(&cleo, "turning compost").await.len(), 1);
    acme.sql("UPDATE accounts SET silenced_at = now() WHERE username = 'mal'").await;
    assert_eq!(ids(&cleo, "turning").await.len(), 1, "she follows them");
    assert!(ids(&ada, "turning").await.is_empty(), "who is silenced is found by followers alone");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_choose_among_posts() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    for person in [&ada, &ben] {
        wants_to_be_found(person).await;
    }
    let plain = ada.post_status_with(json!({"status": "tools", "language": "en"})).await;
    let link = ada.post_status_with(json!({"status": "tools at https://a.example/x", "language": "de"})).await;
    let attached = picture(&ada).await;
    ada.put(&format!("/api/v1/media/{attached}"), json!({"description": "an adjustable spanner"})).await.expect(200);
    let image = ada.post_status_with(json!({"status": "tools", "media_ids": [attached]})).await;
    let reply = ben.post_status_with(json!({"status": "tools?", "in_reply_to_id": plain["id"]})).await;
    let warned = ben.post_status_with(json!({"status": "more", "spoiler_text": "tools", "sensitive": true})).await;
    let (plain, link, image, reply, warned) = (id(&plain), id(&link), id(&image), id(&reply), id(&warned));
    let asked = json!({"options": ["the chisel", "the plane"], "expires_in": 3600});
    let poll = id(&ben.post_status_with(json!({"status": "which?", "poll": asked})).await);
    for (query, expected) in [
        ("tools from:me", vec![&warned, &reply]),
        ("tools from:@ada", vec![&image, &link, &plain]),
        ("tools from:ada@acme.test has:link", vec![&link]),
        ("tools -from:ada", vec![&warned, &reply]),
        ("has:image", vec![&image]),
        ("has:media", vec![&image]),
        ("has:poll", vec![&poll]),
        ("chisel -has:poll", vec![]),
        ("chisel", vec![&poll]),
        ("spanner", vec![&image]),
        ("tools has:link", vec![&link]),
        ("tools is:reply", vec![&reply]),
        ("tools -is:reply from:me", vec![&warned]),
        ("tools is:sensitive", vec![&warned]),
        ("tools language:de", vec![&link]),
        ("tools -language:de language:en", vec![&plain]),
        ("from:nobody tools", vec![]),
        ("tools has:video", vec![]),
        ("tools has:audio", vec![]),
        ("tools before:2001-01-01", vec![]),
        ("tools after:2001-01-01 is:reply", vec![&reply]),
    ] {
        assert_eq!(ids(&ben, query).await.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let today = acme.app.now().date_naive();
    assert_eq!(ids(&ben, &format!("tools during:{today}")).await.len(), 5);
    assert!(ids(&ben, &format!("tools after:{today}")).await.is_empty());
    assert_eq!(ids(&ben, &format!("tools before:{}", today + TimeDelta::days(1))).await.len(), 5);
    // By account, by offset, and by id.
    let of = found(&ben, "tools", &format!("&account_id={}", ada.id())).await;
    assert_eq!(of["statuses"].as_array().unwrap().len(), 3);
    assert_eq!(found(&ben, "tools", "&account_id=nobody").await["statuses"], json!([]));
    let page = async |more: &str| -> Vec<String> {
        let answer = found(&ben, "tools", more).await;
        answer["statuses"].as_array().unwrap().iter().map(id).collect()
    };
    assert_eq!(page("&limit=2").await, [warned.clone(), reply.clone()]);
    assert_eq!(page("&limit=2&offset=2").await, [image.clone(), link.clone()]);
    assert_eq!(page(&format!("&limit=2&max_id={image}")).await, [link.clone(), plain.clone()]);
    assert_eq!(page(&format!("&limit=2&min_id={plain}")).await, [image.clone(), link.clone()]);
    for odd in ["\"", "-", ":", "has:", "a & b | !c <-> 'd' \\", "'a:1'", "l:english", &"(".repeat(900), "😀"] {
        found(&ben, odd, "").await;
    }
    assert!(ids(&ben, &format!("a:{}", ada.id())).await.is_empty(), "marks are no words");
    // The end of the poll is a job.
    world.clock.advance(TimeDelta::hours(2));
    world.settle().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_from_before_the_index_are_brought_into_it() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let post = id(&ada.post_status("Sharpening chisels").await);
    let more = "INSERT INTO statuses (id, account_id, uri, url, local, audience_kind, thread_id, content, created_at)
        SELECT n, ACCOUNT, 'http://acme.test/old/' || n, 'http://acme.test/old/' || n, true, 1, n, '<p>old chisels</p>', now()
        FROM generate_series(1, 1200) n";
    acme.sql(&more.replace("ACCOUNT", &ada.id())).await;
    acme.sql("TRUNCATE status_search").await;
    assert!(ids(&ada, "chisels").await.is_empty());
    // As the migration does.
    let up = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/2026-11-28-000030_finding/up.sql"));
    let job = up.split("\n\n").find(|part| part.starts_with("INSERT INTO jobs")).unwrap();
    acme.sql(job).await;
    world.settle().await;
    assert_eq!(acme.count("SELECT count(*) FROM status_search").await, 1201);
    assert_eq!(ids(&ada, "sharpening").await, [post]);
    assert_eq!(ids(&ada, "old").await.len(), 20);
    world.finish().await;
}

/// Here, because somebody else holds the index.
#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_takes_too_long_ends_and_says_what_helps() {
    let mut world = World::start([ACME]).await;
    world.expect_warning("answered 503");
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let post = id(&ada.post_status("A slow compost").await);
    let mut conn = acme.app.db.background().await.unwrap();
    conn.batch_execute("BEGIN; LOCK TABLE status_search IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let answer = ada.get("/api/v2/search?type=statuses&q=compost").await.expect(503);
    assert!(answer.text("error").contains("from:"), "{}", answer.body);
    ada.patch("/api/v1/accounts/update_credentials", json!({"display_name": "Compost"})).await.expect(200);
    let all = ada.get("/api/v2/search?q=compost").await.expect(200);
    assert_eq!(
        (&all["accounts"][0]["id"], &all["statuses"]),
        (&json!(ada.id()), &json!([])),
        "people are found all the same"
    );
    conn.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(ids(&ada, "compost").await, [post]);
    drop(conn);
    world.finish().await;
}
