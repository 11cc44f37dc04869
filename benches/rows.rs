//! The rows of the table.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use chrono::Utc;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use pollen::db::cluster::{Cluster, ClusterOptions};
use pollen::net::key::PrivateKey;
use pollen::net::signature::sign_request;
use serde_json::json;
use url::Url;

use crate::instance::{DOMAIN, Served};
use crate::seed::{AUTHORS, HOSTS, Seeded, seed};
use crate::strangers::{self, Crowd};
use crate::{Row, limits, load, reads, streams};

const INCOMING: usize = 6000;
const POSTS: usize = 4000;
const FANS: usize = 30;

/// Measures the rows whose names contain one of `wanted`, or all.
pub async fn measure(wanted: &[String]) -> Vec<Row> {
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    let directory = std::env::temp_dir().join(format!("pollen-bench-{}", std::process::id()));
    let options = ClusterOptions::new(&directory);
    let cluster = tokio::task::spawn_blocking(move || Cluster::start(options).unwrap()).await.unwrap();
    cluster.create_database_if_missing("bench").await.unwrap();
    let database_url = cluster.url("bench");
    eprintln!("seeding …");
    let seeded = seed(&database_url).await;
    let (signs, verifies) = limits::rsa(&seeded.private_key, &seeded.public_key);
    let (sink, received) = sink();
    let crowd = Crowd::new();
    let mut names: String = (0..HOSTS).map(|n| format!("\"follower{n}.test\" = \"{sink}\"\n")).collect();
    names.push_str(&crowd.names(sink));
    let served = Served::start(&database_url, &names).await;
    let idle = served.memory();
    let mut rows = Vec::new();
    if wants("home") {
        rows.extend(reads::home(&served, &seeded).await);
    }
    if wants("pages") {
        rows.extend(reads::pages(&served, &seeded).await);
    }
    if wants("thread") {
        rows.push(reads::thread(&served, &seeded).await);
    }
    if wants("notifications") {
        rows.push(reads::notifications(&served, &seeded).await);
    }
    if wants("search") {
        rows.extend(reads::search(&served, &seeded).await);
    }
    if wants("posts") {
        rows.push(posts(&served, &seeded).await);
        settle(&database_url).await;
    }
    if wants("deliveries") {
        rows.push(deliveries(&served, &seeded, &received, signs).await);
        settle(&database_url).await;
    }
    if wants("incoming") {
        rows.push(incoming(&served, &seeded, &database_url, verifies).await);
    }
    if wants("streams") {
        settle(&database_url).await;
        rows.extend(streams::measure(&served, &seeded).await);
    }
    if wants("junk") {
        rows.extend(strangers::junk(&served, &seeded, verifies).await);
    }
    // Last, since what waits for the dead goes on waiting.
    if wants("dead") {
        settle(&database_url).await;
        rows.push(strangers::dead_hosts(&served, &seeded, &received, signs).await);
    }
    let after = served.memory();
    rows.push(Row::plain("start to first answer", format!("{} ms", served.start.as_millis()), "aim 300 ms"));
    rows.push(Row::plain("resident memory, idle", format!("{idle:.0} MB"), "aim 60 MB"));
    rows.push(Row::plain("resident memory, after this run", format!("{after:.0} MB"), ""));
    drop(served);
    tokio::task::spawn_blocking(move || cluster.stop()).await.unwrap();
    let _ = std::fs::remove_dir_all(directory);
    rows
}

/// A server for all followers' inboxes, which counts what it gets.
fn sink() -> (std::net::SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let received = Arc::new(AtomicUsize::new(0));
    let counter = received.clone();
    let server = HttpServer::new(move || {
        let counter = counter.clone();
        App::new().default_service(web::to(move |_: web::Bytes| {
            counter.fetch_add(1, Ordering::Relaxed);
            async { HttpResponse::Accepted().finish() }
        }))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)
    .unwrap()
    .run();
    tokio::spawn(server);
    (address, received)
}

async fn posts(served: &Served, seeded: &Seeded) -> Row {
    let client = reqwest::Client::new();
    let url = format!("{}/api/v1/statuses", served.url);
    let tokens: Vec<String> = seeded.people[2..8].iter().map(|(_, token)| token.clone()).collect();
    let tokens_of_answer = tokens.clone();
    let post = |client: &reqwest::Client, url: &str, tokens: &[String], index: usize| {
        let text = format!("Number {index}: what I learned today, in a few words, and a little more than that.");
        client.post(url).bearer_auth(&tokens[index % tokens.len()]).json(&json!({"status": text}))
    };
    let answer = post(&client, &url, &tokens_of_answer, 0).send().await.unwrap().text().await.unwrap();
    let memory = limits::serve_bytes(answer);
    let plain = client.clone();
    let limit = load::run(8, POSTS, move |_| plain.get(&memory)).await;
    let run = load::run(8, POSTS, move |index| post(&client, &url, &tokens, index)).await;
    eprintln!("posts: p50 {:?}, p99 {:?}", run.p50, run.p99);
    Row::rate("posts, 8 connections", run.rate, limit.rate, "the same bytes from memory")
}

/// From the first request to publish until the last of the followers' servers has the last post.
async fn deliveries(served: &Served, seeded: &Seeded, received: &AtomicUsize, signs: f64) -> Row {
    let client = reqwest::Client::new();
    let url = format!("{}/api/v1/statuses", served.url);
    let before = received.load(Ordering::Relaxed);
    let started = Instant::now();
    for index in 0..FANS {
        let body = json!({"status": format!("To all followers, number {index}")});
        let answer = client.post(&url).bearer_auth(&seeded.people[1].1).json(&body).send().await.unwrap();
        assert!(answer.status().is_success());
    }
    let wanted = before + FANS * HOSTS;
    wait("deliveries", Duration::from_secs(120), || async { received.load(Ordering::Relaxed) >= wanted }).await;
    let rate = (FANS * HOSTS) as f64 / started.elapsed().as_secs_f64();
    Row::rate("deliveries to 200 hosts", rate, signs, "signatures by aws-lc-rs")
}

/// From the first request at the door until the last post is in the follower's home.
async fn incoming(served: &Served, seeded: &Seeded, database_url: &str, verifies: f64) -> Row {
    eprintln!("signing {INCOMING} activities …");
    let key = PrivateKey::from_pem(&seeded.private_key).unwrap();
    let inbox = Url::parse(&format!("http://{DOMAIN}/inbox")).unwrap();
    let signed: Vec<_> = (0..INCOMING)
        .map(|index| create(&key, &inbox, index, "What I learned today, in a few words, and a little more than that."))
        .collect();
    let last = format!("http://author{}.test/o/{}", (INCOMING - 1) % AUTHORS, INCOMING - 1);
    let client = reqwest::Client::new();
    let url = format!("{}/inbox", served.url);
    let mut conn = pollen::db::connect(database_url, false).await.unwrap();
    let started = Instant::now();
    let run = load::run(32, INCOMING, move |index| {
        let (headers, body) = &signed[index];
        let mut request = client.post(&url).header("content-type", "application/activity+json").body(body.clone());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        request
    })
    .await;
    while count(&mut conn, "SELECT count(*) AS n FROM statuses WHERE uri LIKE 'http://author%'").await < INCOMING as i64
    {
        assert!(started.elapsed() < Duration::from_secs(120), "incoming posts did not arrive");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let rate = INCOMING as f64 / started.elapsed().as_secs_f64();
    eprintln!("incoming: the door alone {:.0} /s (p50 {:?}, p99 {:?})", run.rate, run.p50, run.p99);
    let reader = reqwest::Client::new().get(format!("{}/api/v1/timelines/home?limit=40", served.url));
    let page = reader.bearer_auth(&seeded.people[0].1).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("/o/"), "{last} is not in the follower's home");
    Row::rate("incoming posts, until in a follower's home", rate, verifies, "verifications by aws-lc-rs")
}

pub type Signed = (Vec<(&'static str, String)>, String);

/// A post by one of the authors, signed.
pub fn create(key: &PrivateKey, inbox: &Url, index: usize, text: &str) -> Signed {
    let host = format!("http://author{}.test", index % AUTHORS);
    let actor = format!("{host}/users/author{}", index % AUTHORS);
    let id = format!("{host}/o/{index}");
    let (to, cc) = (["https://www.w3.org/ns/activitystreams#Public"], [format!("{actor}/followers")]);
    let body = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{id}/activity"), "type": "Create",
        "actor": actor, "to": to, "cc": cc, "published": Utc::now().to_rfc3339(),
        "object": {
            "id": id, "type": "Note", "attributedTo": actor, "to": to, "cc": cc, "published": Utc::now().to_rfc3339(),
            "content": format!("<p>{text}</p>"), "sensitive": false, "tag": [],
        },
    })
    .to_string();
    let headers =
        sign_request(key, &format!("{actor}#main-key"), "post", inbox, Utc::now(), Some(body.as_bytes())).unwrap();
    (headers, body)
}

async fn count(conn: &mut AsyncPgConnection, text: &str) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    diesel::sql_query(text).load::<Count>(conn).await.unwrap().iter().map(|row| row.n).sum()
}

/// Waits until the queues are empty, so that one row's work doesn't burden the next.
async fn settle(database_url: &str) {
    let mut conn = pollen::db::connect(database_url, false).await.unwrap();
    let started = Instant::now();
    while count(&mut conn, "SELECT (SELECT count(*) FROM jobs) + (SELECT count(*) FROM deliveries) AS n").await > 0 {
        assert!(started.elapsed() < Duration::from_secs(120), "the queues did not empty");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub async fn wait<F: Future<Output = bool>>(what: &str, most: Duration, happened: impl Fn() -> F) {
    let started = Instant::now();
    while !happened().await {
        assert!(started.elapsed() < most, "{what} did not end");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
