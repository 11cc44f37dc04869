//! Requests from several connections at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How a run went.
pub struct Run {
    pub rate: f64,
    pub p50: Duration,
    pub p99: Duration,
}

/// Sends requests 0..`count` over `connections` connections, each its next when the last is answered. Every answer must be
/// a success.
pub async fn run(
    connections: usize,
    count: usize,
    request: impl Fn(usize) -> reqwest::RequestBuilder + Send + Sync + 'static,
) -> Run {
    run_answered(connections, count, request, reqwest::StatusCode::is_success).await
}

/// As [`run`], with answers that are `right`.
pub async fn run_answered(
    connections: usize,
    count: usize,
    request: impl Fn(usize) -> reqwest::RequestBuilder + Send + Sync + 'static,
    right: fn(&reqwest::StatusCode) -> bool,
) -> Run {
    let (request, next) = (Arc::new(request), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let (request, next) = (request.clone(), next.clone());
            tokio::spawn(async move {
                let mut times = Vec::new();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        return times;
                    }
                    let sent = Instant::now();
                    let answer = request(index).send().await.unwrap();
                    assert!(right(&answer.status()), "{}: {}", answer.status(), answer.text().await.unwrap());
                    answer.bytes().await.unwrap();
                    times.push(sent.elapsed());
                }
            })
        })
        .collect();
    let mut times = Vec::with_capacity(count);
    for worker in workers {
        times.extend(worker.await.unwrap());
    }
    let rate = count as f64 / started.elapsed().as_secs_f64();
    times.sort_unstable();
    Run { rate, p50: times[times.len() / 2], p99: times[times.len() * 99 / 100] }
}
