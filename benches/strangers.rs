//! Those who mean no good, and those who are not there any more.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pollen::net::key::PrivateKey;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::json;
use url::Url;

use crate::instance::{DOMAIN, Served};
use crate::rows::{Signed, create, wait};
use crate::seed::{AUTHORS, CROWD, Seeded};
use crate::{Row, load};

const JUNK: usize = 10_000;
const FANS: usize = 5;

/// Every third host of the crowd is dead: half of those refuse connections, half take them and never answer.
const DEAD_EACH: usize = 3;

fn post(client: &reqwest::Client, url: &str, (headers, body): &Signed) -> RequestBuilder {
    let request = client.post(url).header("content-type", "application/activity+json").body(body.clone());
    headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
}

/// What the door refuses: without a signature; signed by another's key; in the name of another.
pub async fn junk(served: &Served, seeded: &Seeded, verifies: f64) -> Vec<Row> {
    let key = PrivateKey::from_pem(&seeded.private_key).unwrap();
    let (strange, _) = pollen::net::key::generate().unwrap();
    let strange = PrivateKey::from_pem(&strange).unwrap();
    let inbox = Url::parse(&format!("http://{DOMAIN}/inbox")).unwrap();
    let unsigned = (Vec::new(), create(&key, &inbox, 0, "Junk").1);
    let forged: Vec<Signed> = (0..AUTHORS).map(|index| create(&strange, &inbox, index, "Junk")).collect();
    // Signed well, by another author than the one who is said to have written it.
    let claimed: Vec<Signed> = (0..AUTHORS)
        .map(|index| {
            let (headers, _) = create(&key, &inbox, index, "Junk");
            (headers, create(&key, &inbox, index + 1, "Junk").1)
        })
        .collect();
    let mut rows = Vec::new();
    for (name, kinds) in [
        ("junk refused: without a signature, 32 conn.", vec![unsigned]),
        ("junk refused: signed with a wrong key, 32 c.", forged),
        ("junk refused: another body than signed, 32 c.", claimed),
    ] {
        let (client, url) = (reqwest::Client::new(), format!("{}/inbox", served.url));
        // The first that does not fit has the key fetched anew, from a host that is not there. The flood is what comes after it.
        for one in &kinds {
            assert!(post(&client, &url, one).send().await.unwrap().status().is_client_error());
        }
        let request = move |index: usize| post(&client, &url, &kinds[index % kinds.len()]);
        let run = load::run_answered(32, JUNK, request, StatusCode::is_client_error).await;
        eprintln!("{name}: p50 {:?}, p99 {:?}", run.p50, run.p99);
        rows.push(Row::rate(name, run.rate, verifies, "verifications by aws-lc-rs"));
    }
    rows
}

/// Where the hosts of the crowd are: most at `sink`, a third nowhere.
pub struct Crowd {
    /// Takes connections and says nothing.
    silent: TcpListener,
    refusing: SocketAddr,
}

impl Crowd {
    pub fn new() -> Self {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let refusing = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Self { silent, refusing }
    }

    /// Lines of `[federation.names]`.
    pub fn names(&self, sink: SocketAddr) -> String {
        let silent = self.silent.local_addr().unwrap();
        let place = |n: usize| match (n % DEAD_EACH, n % 2) {
            (0, 0) => silent,
            (0, _) => self.refusing,
            _ => sink,
        };
        (0..CROWD).map(|n| format!("\"crowd{n}.test\" = \"{}\"\n", place(n))).collect()
    }
}

/// Posts to followers on so many hosts that have never been heard of, until each that lives has all of them.
pub async fn dead_hosts(served: &Served, seeded: &Seeded, received: &AtomicUsize, signs: f64) -> Row {
    let client = reqwest::Client::new();
    let url = format!("{}/api/v1/statuses", served.url);
    let living = CROWD - CROWD.div_ceil(DEAD_EACH);
    let wanted = received.load(Ordering::Relaxed) + FANS * living;
    let started = Instant::now();
    for index in 0..FANS {
        let body = json!({"status": format!("To a crowd, number {index}")});
        let answer = client.post(&url).bearer_auth(&seeded.people[8].1).json(&body).send().await.unwrap();
        assert!(answer.status().is_success());
    }
    wait("deliveries to a crowd", Duration::from_secs(300), || async { received.load(Ordering::Relaxed) >= wanted })
        .await;
    let rate = (FANS * living) as f64 / started.elapsed().as_secs_f64();
    Row::rate("deliveries to 2,000 hosts, a third dead", rate, signs, "signatures by aws-lc-rs")
}
