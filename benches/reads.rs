//! Rows of what people read.

use reqwest::RequestBuilder;
use serde_json::Value;

use crate::instance::Served;
use crate::more_seed::{COMMON, RARE, REPLIES};
use crate::seed::Seeded;
use crate::{Row, limits, load};

const PAGES: usize = 20_000;
const HEAVY: usize = 2000;

/// Who asks.
#[derive(Clone)]
enum By {
    /// A client, with a token.
    Client(String),
    /// A browser, with the cookie of a session.
    Browser(String),
    Stranger,
}

impl By {
    fn ask(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Client(token) => request.bearer_auth(token),
            Self::Browser(cookie) => request.header("accept", "text/html").header("cookie", cookie),
            Self::Stranger => request.header("accept", "text/html"),
        }
    }
}

/// One page, asked for by one person again and again.
struct Read<'s> {
    served: &'s Served,
    by: By,
    path: String,
}

impl<'s> Read<'s> {
    /// By the reader's client.
    fn new(served: &'s Served, seeded: &Seeded, path: impl Into<String>) -> Self {
        Self { served, by: By::Client(seeded.people[0].1.clone()), path: path.into() }
    }

    async fn page(&self) -> String {
        let request = reqwest::Client::new().get(format!("{}{}", self.served.url, self.path));
        let answer = self.by.ask(request).send().await.unwrap();
        assert!(answer.status().is_success(), "{}: {}", self.path, answer.status());
        answer.text().await.unwrap()
    }

    async fn row(&self, name: &'static str, connections: usize, count: usize) -> Row {
        let client = reqwest::Client::new();
        let (memory, plain) = (limits::serve_bytes(self.page().await), client.clone());
        let limit = load::run(connections, count, move |_| plain.get(&memory)).await;
        let (url, by) = (format!("{}{}", self.served.url, self.path), self.by.clone());
        let run = load::run(connections, count, move |_| by.ask(client.get(&url))).await;
        eprintln!("{name}: p50 {:?}, p99 {:?}", run.p50, run.p99);
        Row::rate(name, run.rate, limit.rate, "the same bytes from memory")
    }
}

/// Home: again and again, and older and older pages, of which none was read before.
pub async fn home(served: &Served, seeded: &Seeded) -> Vec<Row> {
    let read = Read::new(served, seeded, "/api/v1/timelines/home?limit=20");
    let page = read.page().await;
    assert!(page.len() > 10_000, "the home page is empty: {page}");
    let mut rows = vec![
        read.row("home page of 20, 1 connection", 1, PAGES / 2).await,
        read.row("home page of 20, 32 connections", 32, PAGES * 2).await,
    ];
    let ids: Vec<Value> = serde_json::from_str(&page).unwrap();
    let newest: i64 = ids[0]["id"].as_str().unwrap().parse().unwrap();
    let client = reqwest::Client::new();
    let (memory, plain) = (limits::serve_bytes(page), client.clone());
    let limit = load::run(32, PAGES, move |_| plain.get(&memory)).await;
    let (url, by) = (format!("{}{}", served.url, read.path), read.by.clone());
    // Each a second older than the one before.
    let older = move |index| by.ask(client.get(format!("{url}&max_id={}", newest - ((index as i64 * 1000) << 16))));
    let run = load::run(32, HEAVY, older).await;
    eprintln!("home, other pages: p50 {:?}, p99 {:?}", run.p50, run.p99);
    rows.push(Row::rate("home, pages never read before, 32 conn.", run.rate, limit.rate, "the same bytes from memory"));
    rows
}

/// What browsers read: home by whom it belongs to, a profile by somebody who is not signed in.
pub async fn pages(served: &Served, seeded: &Seeded) -> Vec<Row> {
    let home = Read { served, by: By::Browser(seeded.cookie.clone()), path: "/".into() };
    let page = home.page().await;
    assert!(page.contains("<article") && page.len() > 10_000, "the home page is empty: {page}");
    let profile = Read { served, by: By::Stranger, path: "/@person0".into() };
    assert!(profile.page().await.contains("My own words"), "the profile is empty");
    vec![
        home.row("pages: home, 1 connection", 1, HEAVY).await,
        home.row("pages: home, 32 connections", 32, HEAVY).await,
        profile.row("pages: a profile by a stranger, 32 conn.", 32, HEAVY).await,
    ]
}

pub async fn thread(served: &Served, seeded: &Seeded) -> Row {
    let path = format!("/api/v1/statuses/{}/context", seeded.thread);
    let read = Read::new(served, seeded, path);
    let page: Value = serde_json::from_str(&read.page().await).unwrap();
    assert_eq!(page["descendants"].as_array().unwrap().len(), REPLIES);
    read.row("thread of 200 replies, 8 connections", 8, HEAVY).await
}

pub async fn notifications(served: &Served, seeded: &Seeded) -> Row {
    let read = Read::new(served, seeded, "/api/v2/notifications?limit=40");
    let page: Value = serde_json::from_str(&read.page().await).unwrap();
    assert_eq!(page["notification_groups"].as_array().unwrap().len(), 40);
    read.row("40 groups of 200 notifications, 8 connections", 8, HEAVY).await
}

pub async fn search(served: &Served, seeded: &Seeded) -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, (word, _)) in [
        ("search in 200,000 posts, found in 10, 8 conn.", RARE),
        ("search in 200,000 posts, found in 2,000, 8 c.", COMMON),
    ] {
        let path = format!("/api/v2/search?type=statuses&limit=20&q={word}%20in:all");
        let read = Read::new(served, seeded, path);
        let page: Value = serde_json::from_str(&read.page().await).unwrap();
        assert!(page["statuses"].as_array().unwrap().len() >= 10, "{page}");
        rows.push(read.row(name, 8, HEAVY).await);
    }
    rows
}
