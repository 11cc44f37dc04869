//! Strangers who send junk from many connections, while people read and other servers' posts arrive. All on this machine, and
//! bounded in number.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, RequestBuilder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::crash::sorted;
use super::server::{Server, send};
use super::{Home, until};
use crate::support::{ACTIVITY, TestDatabase};

const FOLLOW: &str = r#"{"@context": "https://www.w3.org/ns/activitystreams", "id": "http://nobody.test/1", "type": "Follow",
    "actor": "http://nobody.test/users/mal", "object": "http://acme.test/users/ada"}"#;

/// Connections that send one request of junk after another, and how many each sends at most.
const BUSY: usize = 16;
const MOST: usize = 5000;

/// Connections on which a request begins and never ends.
const SLOW: usize = 60;

/// What is sent, and what it is answered with.
const KINDS: [u16; 8] = [401, 400, 400, 415, 401, 401, 413, 400];

fn junk(server: &Server, kind: usize) -> RequestBuilder {
    let inbox = server.request(Method::POST, "/inbox").header("content-type", ACTIVITY);
    let date = chrono::Utc::now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let signature = |covered: &str| {
        format!("keyId=\"http://nobody.test/users/mal#main-key\",headers=\"{covered}\",signature=\"AAAA\"")
    };
    // What is no signature is seen only when the key is there.
    let signed = |body: String| {
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body.as_bytes());
        let signature = signature("(request-target) host date digest");
        let inbox = server.request(Method::POST, "/inbox").header("content-type", ACTIVITY);
        let digest = format!("SHA-256={}", STANDARD.encode(hash));
        inbox.header("date", &date).header("digest", digest).header("signature", signature).body(body)
    };
    match kind {
        // Signed by nobody.
        0 => inbox.body(FOLLOW),
        // No JSON; JSON that is too deep.
        1 => signed("{\"type\": \"Follow\"".to_owned()),
        2 => signed("[".repeat(100_000)),
        3 => server.request(Method::POST, "/inbox").header("content-type", "text/html").body("<p>"),
        // Signed with a key that nobody has; signed for nothing.
        4 => signed(FOLLOW.to_owned()),
        5 => inbox.header("signature", signature("date")).header("date", &date).body(FOLLOW),
        6 => inbox.body(vec![b' '; 2 * 1024 * 1024]),
        _ => signed("\u{0}\u{1}\u{2}".repeat(1000)),
    }
}

/// Answers to junk, by kind.
#[derive(Default)]
struct Flood {
    answered: [AtomicUsize; KINDS.len()],
    stop: AtomicBool,
}

impl Flood {
    /// Sends junk of all kinds in turn until it is told to stop.
    async fn send(self: Arc<Self>, requests: Vec<RequestBuilder>, first: usize) {
        for turn in 0..MOST {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let kind = (first + turn) % KINDS.len();
            match send(requests[kind].try_clone().unwrap()).await {
                Ok(answer) => assert_eq!(answer.status, KINDS[kind], "{kind}: {}", answer.body),
                // Who sends too much is not listened to until the end; it may see that before the answer.
                Err(error) => assert_eq!(KINDS[kind], 413, "{error:?}"),
            }
            self.answered[kind].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often each kind was answered that was answered least.
    fn least(&self) -> usize {
        self.answered.iter().map(|count| count.load(Ordering::Relaxed)).min().unwrap()
    }
}

/// The beginning of a request; every second one ends within the head, the others within the body.
async fn begin(server: &Server, place: usize) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    let head = match place % 2 {
        0 => "POST /inbox HTTP/1.1\r\nHost: acme.test\r\nX-Slow: ".to_owned(),
        _ => format!(
            "POST /inbox HTTP/1.1\r\nHost: acme.test\r\nContent-Type: {ACTIVITY}\r\nContent-Length: 5000\r\n\r\n{{"
        ),
    };
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_pass_and_people_read_through_a_flood_of_junk() {
    let (home, databases) = (Home::new(), [TestDatabase::new().await, TestDatabase::new().await]);
    let on = |database: &TestDatabase| format!("url = \"{}\"", database.url);
    let names = [("acme.test", on(&databases[0])), ("globex.test", on(&databases[1]))];
    let mut servers = Server::configure(&home, &names, "");
    for server in &mut servers {
        server.start();
    }
    for server in &mut servers {
        server.ready().await;
    }
    let [acme, globex] = servers.as_slice() else { panic!() };
    let (ada, ben) = tokio::join!(acme.join("ada"), globex.join("ben"));
    ada.follow(&ben.handle).await;

    let mut slow = Vec::new();
    for place in 0..SLOW {
        slow.push(begin(acme, place).await);
    }
    let flood = Arc::new(Flood::default());
    let requests = || (0..KINDS.len()).map(|kind| junk(acme, kind)).collect();
    let mut busy: Vec<_> = (0..BUSY).map(|first| tokio::spawn(flood.clone().send(requests(), first))).collect();
    until("the flood to be there", async || (flood.least() >= 5).then_some(())).await;
    let before = flood.least();
    for number in 0..5 {
        let text = format!("Through the flood {number}");
        ben.post_until_accepted(&text).await;
        until(&format!("{text:?} to arrive"), async || {
            let read = ada.get("/api/v1/timelines/home").await.expect(200);
            (!sorted(read.list(), &text).is_empty()).then_some(())
        })
        .await;
        acme.get("/health").await.expect(200);
    }
    until("the flood to go on", async || (flood.least() >= before + 5).then_some(())).await;
    flood.stop.store(true, Ordering::Relaxed);
    for task in busy.drain(..) {
        task.await.unwrap();
    }

    // Whoever does not even finish a head is let go.
    for stream in slow.iter_mut().step_by(2) {
        let mut answer = Vec::new();
        let read = tokio::time::timeout(super::PATIENCE, stream.read_to_end(&mut answer)).await;
        read.expect("the connection is closed").unwrap_or_default();
        let said = String::from_utf8_lossy(&answer);
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    }
    drop(slow);
    let strangers = "SELECT count(*) FROM accounts WHERE domain <> 'globex.test'";
    let strangers: i64 = databases[0].client().await.query_one(strangers, &[]).await.unwrap().get(0);
    assert_eq!(strangers, 0, "nothing of the junk was kept");
    let said = acme.said();
    assert!(!said.contains("panicked") && !said.contains("a request failed"), "{said}");
}
