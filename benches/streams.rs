//! A thousand people listen, and hear of each post.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::Utc;
use futures_util::StreamExt;
use pollen::net::key::PrivateKey;
use tokio::time::{Instant, interval};
use url::Url;

use crate::Row;
use crate::instance::{DOMAIN, Served};
use crate::rows::create;
use crate::seed::Seeded;

/// Posts a second, and how many.
const RATE: u64 = 50;
const POSTS: usize = 500;

/// Begins a text that says when it was sent, in microseconds.
const SENT: &str = "sent-";

#[derive(Default)]
struct Heard {
    open: AtomicUsize,
    events: AtomicUsize,
    delays: Mutex<Vec<u64>>,
    over: AtomicBool,
}

fn micros() -> u64 {
    u64::try_from(Utc::now().timestamp_micros()).unwrap_or_default()
}

/// Reads a stream, and keeps how old each post was when it came.
async fn listen(client: reqwest::Client, url: String, token: String, heard: Arc<Heard>) {
    let answer = client.get(url).bearer_auth(token).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    heard.open.fetch_add(1, Ordering::Relaxed);
    let (mut chunks, mut rest) = (answer.bytes_stream(), String::new());
    while let Some(Ok(chunk)) = chunks.next().await {
        let now = micros();
        rest.push_str(&String::from_utf8_lossy(&chunk));
        let mut delays = Vec::new();
        while let Some((event, more)) = rest.split_once("\n\n") {
            let sent =
                event.split_once(SENT).map(|(_, after)| after.chars().take_while(char::is_ascii_digit).collect());
            if let Some(sent) = sent.and_then(|digits: String| digits.parse::<u64>().ok()) {
                delays.push(now.saturating_sub(sent));
            }
            rest = more.to_owned();
        }
        heard.events.fetch_add(delays.len(), Ordering::Relaxed);
        heard.delays.lock().unwrap().extend(delays);
        if heard.over.load(Ordering::Relaxed) {
            return;
        }
    }
}

pub async fn measure(served: &Served, seeded: &Seeded) -> Vec<Row> {
    let before = served.memory();
    let (client, heard) = (reqwest::Client::new(), Arc::new(Heard::default()));
    let url = format!("{}/api/v1/streaming/user", served.url);
    for token in &seeded.listeners {
        tokio::spawn(listen(client.clone(), url.clone(), token.clone(), heard.clone()));
    }
    let started = Instant::now();
    while heard.open.load(Ordering::Relaxed) < seeded.listeners.len() {
        assert!(started.elapsed() < Duration::from_secs(60), "the streams did not open");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let each = (served.memory() - before) * 1024.0 / seeded.listeners.len() as f64;
    let wanted = POSTS * seeded.listeners.len();
    let took = post(served, seeded, &heard, wanted).await;
    heard.over.store(true, Ordering::Relaxed);
    let mut delays = std::mem::take(&mut *heard.delays.lock().unwrap());
    delays.sort_unstable();
    let at =
        |hundredths: usize| delays.get(delays.len() * hundredths / 100).copied().unwrap_or_default() as f64 / 1000.0;
    let share = 100.0 * heard.events.load(Ordering::Relaxed) as f64 / wanted as f64;
    let grown = (served.memory() - before) * 1024.0 / seeded.listeners.len() as f64;
    vec![
        Row::plain(
            "1,000 streams, 50 posts/s: delay, p50 / p99",
            format!("{:.0} / {:.0} ms", at(50), at(99)),
            "from the request at the door",
        ),
        Row::plain("1,000 streams: events that came", format!("{share:.1} %"), "of 500,000"),
        Row::plain("1,000 streams: in", format!("{:.1} s", took.as_secs_f64()), "of 10 s"),
        Row::plain("1,000 streams: memory of each, quiet", format!("{each:.0} kB"), ""),
        Row::plain("1,000 streams: memory of each, afterwards", format!("{grown:.0} kB"), ""),
    ]
}

/// Posts for ten seconds, and waits until all was heard, or nothing more comes.
async fn post(served: &Served, seeded: &Seeded, heard: &Arc<Heard>, wanted: usize) -> Duration {
    let key = PrivateKey::from_pem(&seeded.private_key).unwrap();
    let inbox = Url::parse(&format!("http://{DOMAIN}/inbox")).unwrap();
    let (client, url) = (reqwest::Client::new(), format!("{}/inbox", served.url));
    let mut ticks = interval(Duration::from_micros(1_000_000 / RATE));
    let started = Instant::now();
    for index in 0..POSTS {
        ticks.tick().await;
        let (headers, body) = create(&key, &inbox, 1_000_000 + index, &format!("{SENT}{}", micros()));
        let mut request = client.post(&url).header("content-type", "application/activity+json").body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        tokio::spawn(async move { assert!(request.send().await.unwrap().status().is_success()) });
    }
    let (mut last, mut since) = (0, Instant::now());
    loop {
        let events = heard.events.load(Ordering::Relaxed);
        if events >= wanted || since.elapsed() > Duration::from_secs(10) {
            return since.duration_since(started);
        }
        if events > last {
            (last, since) = (events, Instant::now());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
