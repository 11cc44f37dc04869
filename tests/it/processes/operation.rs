//! Starting, stopping, watching: what an operator's tools rely on.

use std::time::Duration;

use chrono::Utc;
use nix::sys::signal::Signal;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::server::{Server, send};
use super::{Home, Process, free_port, run, until};
use crate::support::{TestDatabase, cluster, endpoints};

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_cannot_be_says_which_key_is_to_blame() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let acme = Server::alone(&home, &database.url, "");
    let taken = std::net::TcpListener::bind(("127.0.0.1", acme.port)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    run(&["serve", "--config", acme.file()]).await.refused(&["server.listen", &address, "in use"]);
    drop(taken);
    // Nobody listens on a port that was free a moment ago.
    let nobody = format!("database.url=postgres://pollen:hunter2@127.0.0.1:{}/x", free_port());
    let wrong_password = database.url.replacen("pollen:", "pollen:hunter2", 1);
    let wrong_password = format!("database.url={wrong_password}");
    let wrong_name = format!("database.url={}_not", database.url);
    for (set, why) in [(&nobody, "Connection refused"), (&wrong_password, "password"), (&wrong_name, "does not exist")]
    {
        for command in ["serve", "migrate"] {
            let said = run(&[command, "--config", acme.file(), "--set", set]).await;
            let said = said.refused(&["database.url", why]);
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_together_share_an_empty_database() {
    let (home, database) = (Home::new(), TestDatabase::empty().await);
    let url = format!("url = \"{}\"", database.url);
    let mut servers = Server::configure(&home, &[("acme.test", url.clone()), ("b.acme.test", url)], "");
    // Both are the same instance.
    let (first, second) = (servers[0].file().to_owned(), format!("server.listen=127.0.0.1:{}", servers[1].port));
    let mut migrations =
        [Process::start(&["migrate", "--config", &first]), Process::start(&["migrate", "--config", &first])];
    servers[0].start();
    servers[1].process = Some(Process::start(&["serve", "--config", &first, "--set", &second]));
    for server in &mut servers {
        server.ready().await;
    }
    for migration in &mut migrations {
        assert!(migration.ended().await.success(), "{}", migration.said());
    }
    let said = run(&["migrate", "--config", &first]).await.ok();
    assert_eq!(said, "The schema is up to date.\n");
    let numbers = database.client().await.query("SELECT id FROM nodes", &[]).await.unwrap();
    assert_eq!(numbers.len(), 2, "each has a number of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_ask_for_a_number_at_the_same_moment_get_different_ones() {
    let database = TestDatabase::new().await;
    let all = (0..24).map(|_| async {
        let mut conn = pollen::db::connect(&database.url, false).await.unwrap();
        pollen::db::node::acquire(&mut conn, Utc::now()).await.unwrap().node
    });
    let mut numbers = futures_util::future::join_all(all).await;
    numbers.sort_unstable();
    assert_eq!(numbers, (0..24).collect::<Vec<i16>>());
}

/// A post of which half has arrived: it is in flight for as long as the test likes.
async fn half_a_post(server: &Server, token: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    let head = format!(
        "POST /api/v1/statuses HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        server.domain,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 256];
    let read = stream.read(&mut answer).await.unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 100 "), "{}", String::from_utf8_lossy(&answer[..read]));
    stream.write_all(&body.as_bytes()[..body.len() / 2]).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_flight_is_finished_before_a_stop() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let mut acme = Server::alone(&home, &database.url, "");
    acme.start();
    acme.ready().await;
    let ada = acme.join("ada").await;
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let body = format!("{{\"status\": \"Posted while {signal} came\"}}");
        let mut stream = half_a_post(&acme, &ada.token, &body).await;
        let process = acme.process.as_mut().unwrap();
        process.signal(signal);
        process.until_said("finishing what is in flight").await;
        until("new connections to be refused", async || {
            TcpStream::connect(("127.0.0.1", acme.port)).await.is_err().then_some(())
        })
        .await;
        stream.write_all(&body.as_bytes()[body.len() / 2..]).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let process = acme.process.as_mut().unwrap();
        assert_eq!(process.ended().await.code(), Some(0), "{}", process.said());
        let held: i64 = database.client().await.query_one("SELECT count(*) FROM nodes", &[]).await.unwrap().get(0);
        assert_eq!(held, 0, "the number was given back");
        acme.start();
        acme.ready().await;
    }
    let posts = ada.walk(&format!("/api/v1/accounts/{}/statuses", ada.id)).await.unwrap();
    assert_eq!(posts.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_follows_the_database() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let mut acme = Server::alone(&home, &database.url, "");
    acme.start();
    acme.ready().await;
    let allow = |allowed: bool| {
        let name = database.name.clone();
        async move {
            let url = cluster().url("postgres");
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            // One after the other: before the first is committed, whoever is sent away may come back.
            client.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}")).await.unwrap();
            let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
            client.execute(end, &[&name]).await.unwrap();
        }
    };
    allow(false).await;
    let answer = until("/health to notice", async || {
        let answer = acme.get("/health").await;
        (answer.status != 200).then_some(answer)
    })
    .await;
    let answer = answer.expect(503);
    assert!(!answer.body.contains(&database.name), "nothing of the inside is told: {}", answer.body);
    acme.get("/api/v1/timelines/public").await.expect(503);
    allow(true).await;
    acme.ready().await;
    let ada = acme.join("ada").await;
    ada.post_until_accepted("After it").await;
    let process = acme.process.as_mut().unwrap();
    process.signal(Signal::SIGTERM);
    assert!(process.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_for_the_addresses_that_are_named() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let mut acme = Server::alone(&home, &database.url, "");
    acme.start_with(&["--set", "server.metrics_from=192.0.2.7", "--set", "server.trusted_proxies=127.0.0.1"]);
    acme.ready().await;
    let asked = |forwarded: Option<&'static str>| {
        let mut request = acme.request(Method::GET, "/metrics").timeout(Duration::from_secs(60));
        if let Some(forwarded) = forwarded {
            request = request.header("x-forwarded-for", forwarded);
        }
        async { send(request).await.unwrap() }
    };
    let text = asked(Some("192.0.2.7")).await.expect(200).body;
    endpoints::answered(endpoints::find("GET", "/metrics").unwrap());
    for name in ["pollen_http_requests_total", "pollen_jobs_waiting", "pollen_deliveries_waiting", "# EOF"] {
        assert!(text.contains(name), "{name} is not in\n{text}");
    }
    asked(None).await.expect(404);
    asked(Some("192.0.2.8")).await.expect(404);
    // What a client says of itself stands before what the proxy adds.
    asked(Some("192.0.2.7, 203.0.113.9")).await.expect(404);
}
