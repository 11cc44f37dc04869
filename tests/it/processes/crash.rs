//! Nothing that was accepted is lost: two instances post to one another while either is killed at random moments.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::server::{Member, Server, private_postgres};
use super::{Home, postmaster, until, until_as_many};
use crate::support::{TestDatabase, plain};

/// Leases and pauses are short, so that what a dead process held is soon taken up again.
pub const SHORT: &str = "[log]\nfilter = \"info,pollen::jobs=debug\"\n[jobs]\nlease_seconds = 1.0\nfirst_pause_seconds = 0.2\n\
                     [delivery]\nlease_seconds = 1.0\nfirst_pause_seconds = 0.2\nmost_pause_seconds = 1.0\n";

/// Numbers that look like chance, the same for the same seed (splitmix64). `POLLEN_TEST_SEED` gives it.
struct Chance(u64);

impl Chance {
    fn new() -> Self {
        let given = std::env::var("POLLEN_TEST_SEED").ok().map(|seed| seed.parse().unwrap());
        let clock = || std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let seed = given.unwrap_or_else(clock);
        println!("POLLEN_TEST_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(most).unwrap()).unwrap()
    }

    /// Comes after up to so many milliseconds.
    async fn moment(&mut self, most: usize) {
        let at = Instant::now() + Duration::from_millis(self.below(most).try_into().unwrap());
        until("a moment", async || (Instant::now() >= at).then_some(())).await;
    }
}

/// Posts from several connections; counts what was accepted.
pub struct Posting {
    accepted: Arc<AtomicUsize>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
    expected: Vec<String>,
}

impl Posting {
    /// Each of `members` posts `each` times, on two connections.
    pub fn start(members: &[&Member], each: usize) -> Self {
        let mut posting = Self { accepted: Arc::default(), tasks: Vec::new(), expected: Vec::new() };
        for member in members {
            for half in 0..2 {
                let texts: Vec<String> = (0..each)
                    .filter(|n| n % 2 == half)
                    .map(|n| format!("{} {n}", member.handle.replace('@', " ")))
                    .collect();
                posting.expected.extend(texts.iter().cloned());
                let (member, accepted) = ((*member).clone(), posting.accepted.clone());
                posting.tasks.push(tokio::spawn(async move {
                    for text in texts {
                        member.post_until_accepted(&text).await;
                        accepted.fetch_add(1, Ordering::Relaxed);
                    }
                }));
            }
        }
        posting
    }

    pub async fn until_accepted(&self, count: usize) {
        let accepted = async || Some(self.accepted.load(Ordering::Relaxed));
        until_as_many(&format!("{count} posts"), count, accepted).await;
    }

    pub async fn end(&mut self) {
        for task in self.tasks.drain(..) {
            task.await.unwrap();
        }
    }

    /// Of `all` those of this author, in an order of their own.
    pub fn of(&self, author: &str) -> Vec<String> {
        let mut texts: Vec<String> = self.expected.iter().filter(|text| text.contains(author)).cloned().collect();
        texts.sort();
        texts
    }
}

/// The texts of those posts that have these letters in them, in an order of their own.
pub fn sorted(timeline: &[serde_json::Value], from: &str) -> Vec<String> {
    let texts = timeline.iter().map(|status| plain(status["content"].as_str().unwrap()));
    let mut texts: Vec<String> = texts.filter(|text| text.contains(from)).collect();
    texts.sort();
    texts
}

async fn left_to_do(database: &TestDatabase) -> Vec<String> {
    left_in(&database.client().await).await
}

/// Jobs and deliveries, each with what went wrong with it.
pub async fn left_in(client: &tokio_postgres::Client) -> Vec<String> {
    let left = client
        .query(
            "SELECT kind || ': ' || coalesce(last_error, 'not run') FROM jobs UNION ALL
             SELECT 'delivery: ' || coalesce(last_error, 'not sent') FROM deliveries",
            &[],
        )
        .await
        .unwrap();
    left.iter().map(|row| row.get(0)).collect()
}

/// The lanes of the other servers, and what Postgres does for this one.
async fn state_of(database: &TestDatabase) -> Vec<String> {
    let state = database
        .client()
        .await
        .query(
            "SELECT now()::text || ' host ' || i::text FROM instances i UNION ALL
             SELECT 'backend ' || concat_ws(' ', pid, state, wait_event_type, wait_event, now() - state_change, query)
             FROM pg_stat_activity WHERE datname = current_database()",
            &[],
        )
        .await
        .unwrap();
    state.iter().map(|row| row.get(0)).collect()
}

/// F15, F76
#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_arrives_once_though_both_sides_are_killed() {
    let mut chance = Chance::new();
    let (home, databases) = (Home::new(), [TestDatabase::new().await, TestDatabase::new().await]);
    let on = |database: &TestDatabase| format!("url = \"{}\"", database.url);
    let names = [("acme.test", on(&databases[0])), ("globex.test", on(&databases[1]))];
    let mut servers = Server::configure(&home, &names, SHORT);
    for server in &mut servers {
        server.start();
    }
    for server in &mut servers {
        server.ready().await;
    }
    let [acme, globex] = servers.as_slice() else { panic!() };
    let (ada, amir, ben, bea) =
        tokio::join!(acme.join("ada"), acme.join("amir"), globex.join("ben"), globex.join("bea"));
    for (from, to) in [(&ada, &ben), (&ada, &bea), (&amir, &ben), (&ben, &ada), (&ben, &amir), (&bea, &ada)] {
        from.follow(&to.handle).await;
    }

    let mut posting = Posting::start(&[&ada, &amir, &ben, &bea], 150);
    let all = posting.expected.len();
    let mut moments: Vec<usize> = (0..8).map(|_| chance.below(all)).collect();
    moments.sort_unstable();
    for moment in moments {
        posting.until_accepted(moment).await;
        chance.moment(150).await;
        servers[chance.below(2)].crash().await;
    }
    posting.end().await;
    // What is left is delivered and recorded now, and that is interrupted too.
    for _ in 0..3 {
        chance.moment(400).await;
        servers[chance.below(2)].crash().await;
    }

    for (reader, follows, other) in [
        (&ada, vec!["ben", "bea"], "globex"),
        (&amir, vec!["ben"], "globex"),
        (&ben, vec!["ada", "amir"], "acme"),
        (&bea, vec!["ada"], "acme"),
    ] {
        let mut expected: Vec<String> = follows.iter().flat_map(|name| posting.of(&format!("{name} "))).collect();
        expected.sort();
        let (mut found, mut seen, mut told, started) = (Vec::new(), 0, false, Instant::now());
        until_as_many(&format!("all posts at {}", reader.handle), expected.len(), async || {
            found = sorted(&reader.walk("/api/v1/timelines/home").await?, other);
            // For whoever reads of a failure: whether it was slow, or stood still.
            if seen != found.len() {
                seen = found.len();
                println!("{:?}: {} sees {seen} of {}", started.elapsed(), reader.handle, expected.len());
            }
            if found.len() < expected.len() && started.elapsed() > Duration::from_secs(60) && !told {
                told = true;
                let missing: Vec<&String> = expected.iter().filter(|text| !found.contains(text)).collect();
                println!("missing: {missing:?}");
                for (database, server) in databases.iter().zip(&servers) {
                    println!("{}: {:?}\n{}", server.domain, left_to_do(database).await, server.said());
                    println!("{:#?}", state_of(database).await);
                }
            }
            Some(found.len())
        })
        .await;
        assert_eq!(found, expected, "{} sees each once", reader.handle);
    }
    for database in &databases {
        until("nothing to be left to do", async || left_to_do(database).await.is_empty().then_some(())).await;
    }
    for server in &servers {
        let said = server.said();
        for bad in ["set aside", "given up", "panicked"] {
            assert!(!said.contains(bad), "{}: {bad} in\n{said}", server.domain);
        }
    }
}

/// F17
#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_is_kept_though_postgres_is_killed() {
    let mut chance = Chance::new();
    let home = Home::new();
    let data = home.path("data");
    let mut servers = Server::configure(&home, &[("acme.test", private_postgres(&data))], SHORT);
    let acme = &mut servers[0];
    acme.start();
    acme.ready().await;
    let ada = acme.join("ada").await;
    let mut posting = Posting::start(&[&ada], 120);
    for (moment, with_pollen) in [(20, false), (55, true), (90, false)] {
        posting.until_accepted(moment + chance.below(20)).await;
        let killed = until("Postgres to run", async || postmaster(&data)).await;
        nix::sys::signal::kill(killed, nix::sys::signal::Signal::SIGKILL).unwrap();
        if with_pollen {
            acme.crash().await;
        }
        until("another Postgres", async || postmaster(&data).filter(|pid| *pid != killed)).await;
    }
    posting.end().await;
    let path = format!("/api/v1/accounts/{}/statuses", ada.id);
    let found = until("the posts", async || ada.walk(&path).await).await;
    assert_eq!(sorted(&found, "ada"), posting.of("ada"));
    acme.ready().await;
    let said = acme.said();
    assert!(said.contains("PostgreSQL runs again") && !said.contains("panicked"), "{said}");
    let process = acme.process.as_mut().unwrap();
    process.signal(nix::sys::signal::Signal::SIGTERM);
    assert!(process.ended().await.success(), "{}", process.said());
    assert_eq!(postmaster(&data), None);
}
