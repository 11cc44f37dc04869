//! Posts that wait for their time.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused, refused_with_token};
use crate::support::media::png;
use crate::support::{Part, Person, With, World};

const ACME: &str = "acme.test";
const LIST: &str = "/api/v1/scheduled_statuses";

fn ahead(world: &World, by: TimeDelta) -> String {
    (world.clock.now() + by).to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

async fn schedule(world: &World, person: &Person, by: TimeDelta, mut draft: Value) -> Value {
    draft["scheduled_at"] = ahead(world, by).into();
    person.post("/api/v1/statuses", draft).await.expect(200).json
}

fn path(scheduled: &Value) -> String {
    format!("{LIST}/{}", scheduled["id"].as_str().unwrap())
}

async fn upload(person: &Person) -> String {
    let picture = png(8, 6);
    let parts = [Part::file("file", &picture)];
    let sent = person.send(Method::POST, "/api/v2/media", With { parts: &parts, ..With::default() }).await;
    sent.expect(200).text("id")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_post_appears_at_its_time_and_once() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let question = ben.post_status("What is new?").await;
    let picture = upload(&ada).await;
    let draft = json!({"status": "**Later** @ben", "content_type": "text/markdown", "spoiler_text": "News",
        "language": "en", "sensitive": true, "media_ids": [picture], "in_reply_to_id": question["id"], "pollen": {"kind": "lesson"}});
    let waiting = schedule(&world, &ada, TimeDelta::days(3), draft).await;
    let params = &waiting["params"];
    for (key, value) in [
        ("text", json!("**Later** @ben")),
        ("spoiler_text", json!("News")),
        ("visibility", json!("public")),
        ("language", json!("en")),
        ("sensitive", json!(true)),
        ("media_ids", json!([picture])),
        ("in_reply_to_id", question["id"].clone()),
    ] {
        assert_eq!(params[key], value, "{key}");
    }
    assert_eq!(waiting["media_attachments"][0]["id"], picture.as_str());
    assert_eq!(ada.get(&path(&waiting)).await.expect(200).json, waiting);
    assert_eq!(ada.get(LIST).await.expect(200).json, json!([waiting]));
    assert!(ben.get(LIST).await.expect(200).list().is_empty());
    // Its file is kept for it: not swept, not used elsewhere.
    ada.delete(&format!("/api/v1/media/{picture}")).await.expect(422);
    ada.post("/api/v1/statuses", json!({"media_ids": [picture]})).await.expect(422);
    world.advance(TimeDelta::days(2)).await;
    pollen::housekeeping::sweep(&acme.app).await.unwrap();
    let posts = async || ada.get(&format!("/api/v1/accounts/{}/statuses", ada.id())).await.expect(200).list().to_vec();
    assert_eq!(posts().await.len(), 0, "not yet");
    world.advance(TimeDelta::days(1)).await;
    let post = posts().await.remove(0);
    assert!(post["content"].as_str().unwrap().contains("<strong>Later</strong>"), "{post:#}");
    assert_eq!((&post["spoiler_text"], &post["pollen"]["kind"]), (&json!("News"), &json!("lesson")));
    assert_eq!(post["media_attachments"][0]["id"], picture.as_str());
    assert_eq!(post["in_reply_to_id"], question["id"]);
    let told = ben.get("/api/v1/notifications").await.expect(200);
    assert_eq!((told.list().len(), &told[0]["status"]["id"]), (1, &post["id"]));
    assert!(ada.get(LIST).await.expect(200).list().is_empty());
    ada.get(&path(&waiting)).await.expect(404);
    // A job may run twice.
    let id = waiting["id"].as_str().unwrap();
    acme.sql(&format!(
        "INSERT INTO jobs (id, kind, payload, run_at, created_at)
         VALUES (5, 'schedule_due', '{{\"scheduled_status_id\":\"{id}\"}}', now(), now())"
    ))
    .await;
    world.settle().await;
    assert_eq!(posts().await.len(), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_can_be_changed_and_the_post_taken_back() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let picture = upload(&ada).await;
    let first = schedule(&world, &ada, TimeDelta::hours(1), json!({"status": "First"})).await;
    let second = schedule(&world, &ada, TimeDelta::hours(2), json!({"media_ids": [picture]})).await;
    assert_eq!(ada.get(LIST).await.expect(200).ids(), [second["id"].as_str().unwrap(), first["id"].as_str().unwrap()]);
    let page = ada.get(&format!("{LIST}?limit=1")).await.expect(200);
    assert_eq!(ada.get(&page.link("next").unwrap()).await.expect(200).ids(), [first["id"].as_str().unwrap()]);
    let later = ahead(&world, TimeDelta::hours(3));
    let moved = ada.put(&path(&first), json!({"scheduled_at": later})).await.expect(200);
    assert_eq!((&moved["scheduled_at"], &moved["id"]), (&json!(later), &first["id"]));
    assert_eq!(ada.put(&path(&first), json!({})).await.expect(200)["scheduled_at"], json!(later));
    for (method, json) in
        [(Method::GET, None), (Method::PUT, Some(json!({"scheduled_at": later}))), (Method::DELETE, None)]
    {
        refused(&ben, method.clone(), &path(&first), With { json: json.clone(), ..With::default() }, 404).await;
        for id in NO_IDS {
            let with = With { json: json.clone(), ..With::default() };
            refused(&ada, method.clone(), &format!("{LIST}/{id}"), with, 404).await;
        }
        let writer = ada.with_scopes("write:media").await;
        refused(&writer, method.clone(), &path(&first), With { json: json.clone(), ..With::default() }, 403).await;
        refused_with_token(acme, method, &path(&first), With { json, ..With::default() }, 401).await;
    }
    world.advance(TimeDelta::minutes(90)).await;
    assert!(ada.home().await.is_empty(), "it was put off");
    assert_eq!(ada.delete(&path(&second)).await.expect(200).json, json!({}));
    ada.delete(&path(&second)).await.expect(404);
    world.advance(TimeDelta::hours(5)).await;
    assert_eq!(ada.home_texts().await, ["First"]);
    ada.post_status_with(json!({"media_ids": [picture]})).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_scheduled_is_refused() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let (bens, secret) =
        (upload(&ben).await, ben.post_status_with(json!({"status": "x", "visibility": "direct"})).await);
    let day = ahead(&world, TimeDelta::days(1));
    for wrong in [
        json!({"status": "x", "scheduled_at": ahead(&world, TimeDelta::minutes(4))}),
        json!({"status": "x", "scheduled_at": "tomorrow"}),
        json!({"status": "", "scheduled_at": day}),
        json!({"status": "x".repeat(5001), "scheduled_at": day}),
        json!({"status": "x", "media_ids": [bens], "scheduled_at": day}),
    ] {
        refused(&ada, Method::POST, "/api/v1/statuses", With { json: Some(wrong), ..With::default() }, 422).await;
    }
    let json = Some(json!({"status": "x", "in_reply_to_id": secret["id"], "scheduled_at": day}));
    refused(&ada, Method::POST, "/api/v1/statuses", With { json, ..With::default() }, 404).await;
    let waiting = schedule(&world, &ada, TimeDelta::hours(30), json!({"status": "x"})).await;
    for wrong in [ahead(&world, TimeDelta::minutes(1)), ahead(&world, TimeDelta::days(-1)), "never".into()] {
        let json = Some(json!({"scheduled_at": wrong}));
        refused(&ada, Method::PUT, &path(&waiting), With { json, ..With::default() }, 422).await;
    }
    ada.delete(&path(&waiting)).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_meant_for_a_time_that_is_over_is_published_at_once() {
    let world = World::start([ACME]).await;
    let ada = world.instance(ACME).register("ada").await;
    let post = schedule(&world, &ada, TimeDelta::minutes(-1), json!({"status": "Late"})).await;
    assert_eq!(post["visibility"], "public");
    assert_eq!(ada.home_texts().await, ["Late"]);
    assert!(ada.get(LIST).await.expect(200).list().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_a_day_and_in_all_can_be_scheduled() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let fill = async |count: i64, at: &str| {
        acme.sql(&format!(
            "INSERT INTO scheduled_statuses (id, account_id, scheduled_at, draft, job_id, created_at)
             SELECT n + (SELECT count(*) FROM scheduled_statuses), {}, '{at}', '{{}}', 0, now() FROM generate_series(1, {count}) n",
            ada.id()
        ))
        .await;
    };
    let day = ahead(&world, TimeDelta::days(2));
    fill(24, &day).await;
    let draft = |at: &str| With { json: Some(json!({"status": "x", "scheduled_at": at})), ..With::default() };
    let last = ada.send(Method::POST, "/api/v1/statuses", draft(&day)).await.expect(200).json;
    let answer = refused(&ada, Method::POST, "/api/v1/statuses", draft(&day), 422).await;
    assert!(answer.text("error").contains("25"), "{}", answer.body);
    let other = ahead(&world, TimeDelta::days(4));
    let moving = ada.send(Method::POST, "/api/v1/statuses", draft(&other)).await.expect(200).json;
    let json = Some(json!({"scheduled_at": day}));
    refused(&ada, Method::PUT, &path(&moving), With { json, ..With::default() }, 422).await;
    fill(274, &ahead(&world, TimeDelta::days(90))).await;
    let answer = refused(&ada, Method::POST, "/api/v1/statuses", draft(&other), 422).await;
    assert!(answer.text("error").contains("300"), "{}", answer.body);
    for one in [last, moving] {
        ada.delete(&path(&one)).await.expect(200);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_published_no_more_stays_for_its_author_to_see() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let post = ben.post_status("Ask me").await;
    let draft = json!({"status": "@ben Why?", "in_reply_to_id": post["id"]});
    let waiting = schedule(&world, &ada, TimeDelta::hours(1), draft).await;
    ben.delete(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.expect(200);
    world.advance(TimeDelta::hours(2)).await;
    assert!(ada.home().await.is_empty());
    assert_eq!(ada.get(&path(&waiting)).await.expect(200)["params"]["text"], "@ben Why?");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_loses_no_scheduled_post() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    schedule(&world, &ada, TimeDelta::hours(1), json!({"status": "Later"})).await;
    world.clock.advance(TimeDelta::hours(1));
    let (now, lease) = (acme.app.now(), TimeDelta::seconds(30));
    let mut conn = acme.app.db.get().await.unwrap();
    assert_eq!(pollen::jobs::store::claim_jobs(&mut conn, now, now + lease, &[], &[], 10).await.unwrap().len(), 1);
    drop(conn);
    world.settle().await;
    assert!(ada.home().await.is_empty(), "a process has it, and died");
    world.advance(lease).await;
    assert_eq!(ada.home_texts().await, ["Later"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_schedules_once() {
    let world = World::start([ACME]).await;
    let ada = world.instance(ACME).register("ada").await;
    let headers = [("idempotency-key", "k1")];
    let at = ahead(&world, TimeDelta::hours(1));
    let send = || {
        let json = Some(json!({"status": "Once", "scheduled_at": at}));
        ada.send(Method::POST, "/api/v1/statuses", With { json, headers: &headers, ..With::default() })
    };
    let first = send().await.expect(200).json;
    assert_eq!(send().await.expect(200).json["id"], first["id"]);
    assert_eq!(first["params"]["idempotency"], "k1");
    world.advance(TimeDelta::minutes(58)).await;
    assert_eq!(
        send().await.expect(200).json["id"],
        first["id"],
        "also when it is too late to schedule anything for then"
    );
    world.clock.advance(TimeDelta::minutes(3));
    assert_eq!(send().await.expect(200).json, first, "its time has come, its turn has not");
    world.settle().await;
    assert_eq!(ada.home_texts().await, ["Once"]);
    let post = ada.home().await.remove(0);
    assert_eq!(send().await.expect(200)["id"], post["id"], "it is answered with what it became");
    let json = Some(json!({"status": "Once", "scheduled_at": ahead(&world, TimeDelta::hours(1))}));
    let again = ada.send(Method::POST, "/api/v1/statuses", With { json, headers: &headers, ..With::default() }).await;
    assert_eq!(again.expect(200)["id"], post["id"]);
    world.settle().await;
    assert_eq!(ada.home_texts().await, ["Once"]);
    assert!(ada.get(LIST).await.expect(200).list().is_empty());
    world.finish().await;
}
