//! What an instance outlives: its database restarts or is away, another server is away for good, the disk is full.

use reqwest::Method;
use serde_json::json;
use tokio_postgres::NoTls;

use pollen::db::cluster::{Cluster, ClusterOptions};

use super::crash::{Posting, SHORT, left_in, sorted};
use super::server::{Member, Server, send};
use super::{Home, Process, postmaster, run, until, untouched};
use crate::support::media::{files_below, jpeg, multipart, png};
use crate::support::{Part, TestDatabase};

/// As [`SHORT`], and nobody is waited for longer than two seconds.
const IMPATIENT: &str = "[jobs]\nlease_seconds = 1.0\nfirst_pause_seconds = 0.2\n[delivery]\nlease_seconds = 1.0\n\
                         first_pause_seconds = 0.1\nmost_pause_seconds = 0.3\ngive_up_after_days = 0.00002\n";

/// A Postgres of the test's own, since others would notice when it stops.
async fn start_postgres(home: &Home) -> Cluster {
    let options = ClusterOptions::new(home.path("data"));
    tokio::task::spawn_blocking(|| Cluster::start(options)).await.unwrap().unwrap()
}

async fn stop_postgres(cluster: Cluster) {
    tokio::task::spawn_blocking(|| cluster.stop()).await.unwrap();
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn ready(servers: &mut [Server]) {
    for server in &mut *servers {
        server.start();
    }
    for server in servers {
        server.ready().await;
    }
}

/// Waits until somebody has read it at home.
async fn until_read(reader: &Member, text: &str) {
    until(&format!("{text:?} to arrive"), async || {
        let home = reader.walk("/api/v1/timelines/home").await?;
        (!sorted(&home, text).is_empty()).then_some(())
    })
    .await;
}

#[track_caller]
fn assert_never_fell(server: &Server) {
    let said = server.said();
    assert!(!said.contains("panicked") && !said.contains("a request failed"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_arrives_once_though_postgres_restarts_under_load() {
    let home = Home::new();
    let mut cluster = start_postgres(&home).await;
    let urls = ["acme", "globex"].map(|name| cluster.url(name));
    for name in ["acme", "globex"] {
        cluster.create_database_if_missing(name).await.unwrap();
    }
    let on = |url: &str| format!("url = \"{url}\"");
    let names = [("acme.test", on(&urls[0])), ("globex.test", on(&urls[1]))];
    let mut servers = Server::configure(&home, &names, SHORT);
    ready(&mut servers).await;
    let (ada, ben) = tokio::join!(servers[0].join("ada"), servers[1].join("ben"));
    ada.follow(&ben.handle).await;
    ben.follow(&ada.handle).await;

    let mut posting = Posting::start(&[&ada, &ben], 60);
    posting.until_accepted(20).await;
    stop_postgres(cluster).await;
    cluster = start_postgres(&home).await;
    posting.until_accepted(70).await;
    let killed = postmaster(&home.path("data")).unwrap();
    nix::sys::signal::kill(killed, nix::sys::signal::Signal::SIGKILL).unwrap();
    posting.end().await;

    for (reader, author) in [(&ada, "ben "), (&ben, "ada ")] {
        let expected = posting.of(author);
        let mut found = Vec::new();
        until(&format!("all posts at {}", reader.handle), async || {
            found = sorted(&reader.walk("/api/v1/timelines/home").await?, author);
            (found.len() >= expected.len()).then_some(())
        })
        .await;
        assert_eq!(found, expected, "{} sees each once", reader.handle);
    }
    for url in &urls {
        let client = connect(url).await;
        until("nothing to be left to do", async || left_in(&client).await.is_empty().then_some(())).await;
    }
    for server in &mut servers {
        server.ready().await;
        assert_never_fell(server);
    }
    drop(servers);
    stop_postgres(cluster).await;
}

/// F17
#[tokio::test(flavor = "multi_thread")]
async fn without_postgres_it_says_so_and_goes_on_by_itself_once_it_is_back() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let cluster = start_postgres(&home).await;
    cluster.create_database_if_missing("acme").await.unwrap();
    let on = |url: &str| format!("url = \"{url}\"");
    let names = [("acme.test", on(&cluster.url("acme"))), ("globex.test", on(&database.url))];
    let mut servers = Server::configure(&home, &names, SHORT);
    ready(&mut servers).await;
    let (ada, ben) = tokio::join!(servers[0].join("ada"), servers[1].join("ben"));
    ada.follow(&ben.handle).await;
    ben.follow(&ada.handle).await;
    // What ada posts waits for a server that is down, and then Postgres goes.
    servers[1].process.take().unwrap().kill().await;
    ada.post_until_accepted("Kept while Postgres was away").await;
    stop_postgres(cluster).await;

    let acme = &servers[0];
    let answer = until("/health to notice", async || {
        let answer = acme.get("/health").await;
        (answer.status != 200).then_some(answer)
    })
    .await;
    answer.expect(503);
    let own = format!("/api/v1/accounts/{}", ada.id);
    for path in ["/api/v1/timelines/public", &own, "/users/ada", "/.well-known/webfinger?resource=acct:ada@acme.test"] {
        let answer = acme.get(path).await.expect(503);
        assert!(!answer.body.contains("socket"), "nothing of the inside is told: {}", answer.body);
    }
    let post = acme.request(Method::POST, "/api/v1/statuses").bearer_auth(&ada.token);
    let refused = send(post.json(&json!({"status": "Not kept"}))).await.unwrap().expect(503);
    assert!(refused.text("error").contains("try again"), "{}", refused.body);
    // Other servers are asked to come again, too.
    servers[1].start();
    servers[1].ready().await;
    ben.post_until_accepted("Sent while Postgres was away").await;
    let client = database.client().await;
    let refused = "SELECT FROM instances WHERE domain = 'acme.test' AND failing_since IS NOT NULL";
    until("the delivery to be refused", async || client.query_opt(refused, &[]).await.unwrap().map(drop)).await;

    let cluster = start_postgres(&home).await;
    servers[0].ready().await;
    until_read(&ben, "Kept while Postgres was away").await;
    until_read(&ada, "Sent while Postgres was away").await;
    let own = ada.walk(&format!("{own}/statuses")).await.unwrap();
    assert_eq!(sorted(&own, "").len(), 1, "what was refused was not kept: {own:?}");
    assert_never_fell(&servers[0]);
    drop(servers);
    stop_postgres(cluster).await;
}

/// F72, F75
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_for_too_long_is_given_up_and_heard_again() {
    let (home, databases) = (Home::new(), [TestDatabase::new().await, TestDatabase::new().await]);
    let on = |database: &TestDatabase| format!("url = \"{}\"", database.url);
    let names = [("acme.test", on(&databases[0])), ("globex.test", on(&databases[1]))];
    let mut servers = Server::configure(&home, &names, IMPATIENT);
    ready(&mut servers).await;
    let (ada, ben) = tokio::join!(servers[0].join("ada"), servers[1].join("ben"));
    ada.follow(&ben.handle).await;
    ben.follow(&ada.handle).await;
    servers[1].process.take().unwrap().kill().await;
    ada.post_until_accepted("Lost").await;
    servers[0].process.as_mut().unwrap().until_said("counts as dead").await;
    let file = servers[0].file().to_owned();
    let status = async || run(&["admin", "federation", "status", "--config", &file]).await.ok();
    assert_eq!(status().await, "Nothing waits for anybody.\n");
    // One that is dead is asked once more for each, and nothing piles up.
    ada.post_until_accepted("Lost, too").await;
    until("that to be given up", async || (status().await == "Nothing waits for anybody.\n").then_some(())).await;

    servers[1].start();
    servers[1].ready().await;
    ben.post_until_accepted("Here again").await;
    until_read(&ada, "Here again").await;
    ada.post_until_accepted("Welcome").await;
    until_read(&ben, "Welcome").await;
    let seen = sorted(&ben.walk("/api/v1/timelines/home").await.unwrap(), "");
    assert!(!seen.iter().any(|text| text.starts_with("Lost")), "what was given up is not sent: {seen:?}");
    until("nothing to wait", async || (status().await == "Nothing waits for anybody.\n").then_some(())).await;
    assert_never_fell(&servers[0]);
}

/// A delivery to a server at this address.
fn waits_for(address: std::net::SocketAddr, id: i64) -> String {
    format!(
        "INSERT INTO outgoing_activities (id, account_id, uri, body, created_at)
             SELECT {id}, id, 'http://acme.test/activities/{id}', '{{}}', now() FROM accounts WHERE username = 'ada';
         INSERT INTO deliveries (id, activity_id, host, account_id, inbox_uri, created_at)
             SELECT {id}, {id}, '{address}', id, 'http://{address}/inbox', now() FROM accounts WHERE username = 'ada'"
    )
}

/// F324
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_delays_no_other() {
    let (home, databases) = (Home::new(), [TestDatabase::new().await, TestDatabase::new().await]);
    let on = |database: &TestDatabase| format!("url = \"{}\"", database.url);
    let names = [("acme.test", on(&databases[0])), ("globex.test", on(&databases[1]))];
    let mut servers = Server::configure(&home, &names, "[delivery]\nhosts = 1\n");
    ready(&mut servers).await;
    let (ada, ben) = tokio::join!(servers[0].join("ada"), servers[1].join("ben"));
    ben.follow(&ada.handle).await;
    let client = databases[0].client().await;
    // A server is waited for ten seconds. Where all else takes as long, as on a machine that is busy, it is tried with another one.
    let mut was_before = false;
    for round in 1..=3_i64 {
        let hanging = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        client.batch_execute(&waits_for(hanging.local_addr().unwrap(), round)).await.unwrap();
        let open = tokio::time::timeout(super::PATIENCE, hanging.accept()).await.expect("it is asked").unwrap();
        let text = format!("On time, for the {round}. time");
        ada.post_until_accepted(&text).await;
        until_read(&ben, &text).await;
        let waits = "SELECT count(*) FROM deliveries d JOIN instances i ON i.domain = d.host
             WHERE d.id = $1 AND i.failures = 0";
        let waits: i64 = client.query_one(waits, &[&round]).await.unwrap().get(0);
        was_before = waits == 1;
        drop(open);
        if was_before {
            break;
        }
    }
    assert!(was_before, "a post came only after another server had been waited for");
    assert_never_fell(&servers[0]);
}

/// A server that can write no file above four kilobytes, as on a disk that is full. Everywhere to be had, unlike a small
/// disk. The signal that such a write brings is ignored, so that the write fails.
fn start_without_room(server: &mut Server) {
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" serve --config \"$1\"";
    let shell = untouched("sh", &["-c", script, env!("CARGO_BIN_EXE_pollen"), server.file()]);
    server.process = Some(Process::start_command(shell));
}

async fn upload(server: &Server, by: &Member, picture: &[u8]) -> crate::support::Answer {
    let (content_type, body) = multipart(&[Part::file("file", picture)]);
    let request = server.request(Method::POST, "/api/v2/media").bearer_auth(&by.token);
    send(request.header("content-type", content_type).body(body)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_files_and_nothing_else() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let files = home.path("media");
    let mut acme = Server::alone(&home, &database.url, &format!("[media]\ndirectory = \"{}\"\n", files.display()));
    start_without_room(&mut acme);
    acme.ready().await;
    let ada = acme.join("ada").await;
    let rows = async || -> i64 {
        let count = "SELECT (SELECT count(*) FROM media_attachments) + (SELECT count(*) FROM media_files)";
        database.client().await.query_one(count, &[]).await.unwrap().get(0)
    };
    upload(&acme, &ada, &png(8, 8)).await.expect(200);
    let (before, kept) = (rows().await, files_below(&files).len());
    // Of the first not even the upload can be written down, of the second what is made of it cannot.
    let large = png(2000, 1500);
    let grows = (1..).map(|side| jpeg(side * 20, side * 15)).take_while(|picture| picture.len() < 4000).last().unwrap();
    assert!(large.len() > 10_000, "{}", large.len());
    for picture in [&large, &grows] {
        let refused = upload(&acme, &ada, picture).await.expect(503);
        assert!(refused.text("error").contains("no room"), "{}", refused.body);
        until("what was half-done to be removed", async || {
            (rows().await == before && files_below(&files).len() == kept).then_some(())
        })
        .await;
    }
    let post = ada.post_until_accepted("Texts need no files").await;
    acme.get(&format!("/api/v1/statuses/{post}")).await.expect(200);
    acme.get("/health").await.expect(200);
    assert_never_fell(&acme);

    acme.crash().await;
    acme.ready().await;
    upload(&acme, &ada, &large).await.expect(200);
}
