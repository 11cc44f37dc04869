//! What changed in the database since something was read from it. So what was read can be kept in memory and used again,
//! permissions included, and never after a change: before each use the process reads which rows changed meanwhile.
//!
//! Triggers write the subjects of changed rows into `row_changes`, in the transaction that changes them. A reading that begins
//! after a request came sees all that was committed before: so of two processes on one database, neither answers from
//! before a change that somebody was told of. One reading serves all requests that wait for it, so it costs little where there
//! are many.

use std::collections::{HashMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use diesel::sql_types::{Array, BigInt};
use diesel::{QueryResult, QueryableByName};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout};

use super::sql::Sql;
use super::{Conn, Db};
use crate::base::Result;

/// Changes that are remembered; what was kept before them is forgotten. Some 3 MB.
const MOST_REMEMBERED: usize = 64 * 1024;

/// Changes that are read at once; where there are more, all that was kept is forgotten, which costs less.
const MOST_READ: i64 = 8 * 1024;

/// A transaction that takes long makes each reading begin before it. When that becomes costly, nothing is kept for so long.
const REST: Duration = Duration::from_secs(2);

/// Changes are read at least so often.
const AT_LEAST_EVERY: Duration = Duration::from_secs(5);

/// Whoever waits for a reading for longer does without.
const PATIENCE: Duration = Duration::from_secs(2);

/// Rows of `row_changes` are kept for at least half of this; a process that did not read for so long forgets what it kept.
const LONGEST_GAP: Duration = Duration::from_secs(300);

/// The longest pause between attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The subject of what concerns everything.
const EVERYTHING: i64 = 0;

/// A moment, counted in changes that this process had read by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub u64);

/// The changes that this process knows of.
pub struct Freshness {
    known: RwLock<Known>,
    /// Requests that asked for a reading, ever.
    asked: AtomicU64,
    due: Notify,
    read: watch::Sender<Reading>,
    reading: AtomicBool,
    stopped: Notify,
}

/// The last reading.
#[derive(Clone, Copy, Debug, Default)]
struct Reading {
    /// It began after so many had asked.
    asked: u64,
    succeeded: bool,
}

impl Default for Freshness {
    fn default() -> Self {
        Self {
            known: RwLock::default(),
            asked: AtomicU64::new(0),
            due: Notify::new(),
            read: watch::Sender::new(Reading::default()),
            reading: AtomicBool::new(false),
            stopped: Notify::new(),
        }
    }
}

/// The last changes, in the order in which they were read.
#[derive(Default)]
struct Known {
    position: u64,
    /// Of what happened before, nothing is known.
    floor: u64,
    last: VecDeque<i64>,
    latest: HashMap<i64, u64>,
}

impl Known {
    fn add(&mut self, subject: i64) {
        self.position += 1;
        if subject == EVERYTHING {
            self.forget();
            return;
        }
        self.last.push_back(subject);
        self.latest.insert(subject, self.position);
        if self.last.len() > MOST_REMEMBERED
            && let Some(oldest) = self.last.pop_front()
        {
            self.floor += 1;
            if self.latest.get(&oldest).is_some_and(|at| *at <= self.floor) {
                self.latest.remove(&oldest);
            }
        }
    }

    fn forget(&mut self) {
        self.position += 1;
        self.floor = self.position;
        self.last.clear();
        self.latest.clear();
    }

    /// Whether none of these, each list sorted, changed after a moment: by looking at the changes or at the subjects, whichever are fewer.
    fn unchanged(&self, since: Position, subjects: &[&[i64]]) -> bool {
        if since.0 < self.floor {
            return false;
        }
        let changes = usize::try_from(self.position.saturating_sub(since.0)).unwrap_or(usize::MAX);
        if changes <= subjects.iter().map(|list| list.len()).sum::<usize>() {
            let concerns = |subject: &i64| subjects.iter().any(|list| list.binary_search(subject).is_ok());
            !self.last.iter().rev().take(changes).any(concerns)
        } else {
            let changed = |subject: &i64| self.latest.get(subject).is_some_and(|at| *at > since.0);
            !subjects.iter().any(|list| list.iter().any(changed))
        }
    }
}

impl Freshness {
    /// Knows, when it returns, of everything that was committed before it was called. `None`: it cannot; then nothing
    /// that was kept may be used, nor anything be kept.
    pub async fn catch_up(&self) -> Option<Position> {
        if !self.reading.load(Ordering::Acquire) {
            return None;
        }
        let mut read = self.read.subscribe();
        let ticket = self.asked.fetch_add(1, Ordering::AcqRel) + 1;
        self.due.notify_one();
        let reading = timeout(PATIENCE, read.wait_for(|reading| reading.asked >= ticket)).await;
        let succeeded = reading.ok()?.ok()?.succeeded;
        succeeded.then(|| Position(self.known.read().unwrap_or_else(PoisonError::into_inner).position))
    }

    /// Whether none of these subjects changed after a moment, as far as was read. Each list is sorted.
    pub fn unchanged(&self, since: Position, subjects: &[&[i64]]) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).unchanged(since, subjects)
    }

    /// Nothing that was kept holds any more: for what is read from elsewhere than the database.
    pub fn forget(&self) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).forget();
    }

    fn tell(&self, asked: u64, succeeded: bool) {
        self.read.send_replace(Reading { asked, succeeded });
    }

    /// Ends [`Freshness::run`].
    pub fn stop(&self) {
        self.stopped.notify_one();
    }

    /// Reads what changed whenever somebody asks, until it is stopped. A connection that is lost is opened anew.
    pub async fn run(&self, db: &Db) {
        tokio::select! {
            () = self.keep_reading(db) => {}
            () = self.stopped.notified() => {}
        }
        self.reading.store(false, Ordering::Release);
        self.tell(self.asked.load(Ordering::Acquire), false);
    }

    async fn keep_reading(&self, db: &Db) {
        let mut pause = Duration::from_millis(50);
        loop {
            let Err(error) = self.read_on_one_connection(db, &mut pause).await;
            tracing::warn!(%error, "changed rows cannot be read; nothing is kept in memory for now");
            self.reading.store(false, Ordering::Release);
            self.forget();
            self.tell(self.asked.load(Ordering::Acquire), false);
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn read_on_one_connection(&self, db: &Db, pause: &mut Duration) -> Result<Infallible> {
        let mut conn = connect(db).await?;
        let mut reader = Reader { next: read(&mut conn, i64::MAX).await?.next, seen: HashSet::new() };
        self.forget();
        let mut last = Instant::now();
        self.reading.store(true, Ordering::Release);
        *pause = Duration::from_millis(50);
        loop {
            // When nobody asks, changes are read all the same, so that they do not become too many.
            let _ = timeout(AT_LEAST_EVERY, self.due.notified()).await;
            let (asked, now, from) = (self.asked.load(Ordering::Acquire), Instant::now(), reader.next);
            let found = read(&mut conn, from).await?;
            let too_many = found.subjects.len() >= usize::try_from(MOST_READ).unwrap_or(usize::MAX);
            if too_many || now - last > LONGEST_GAP {
                self.forget();
            }
            last = now;
            let subjects = reader.take(found);
            if !subjects.is_empty() {
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                subjects.into_iter().for_each(|subject| known.add(subject));
            }
            self.tell(asked, true);
            if too_many && reader.next == from {
                self.rest().await;
            }
        }
    }

    /// Leaves those who ask without an answer for a while.
    async fn rest(&self) {
        self.reading.store(false, Ordering::Release);
        self.tell(self.asked.load(Ordering::Acquire), false);
        tokio::time::sleep(REST).await;
        self.reading.store(true, Ordering::Release);
    }
}

/// Where a process is in the changes.
struct Reader {
    /// All transactions before this one have ended, and what they changed was read.
    next: i64,
    /// Of the later ones, those that were read.
    seen: HashSet<i64>,
}

impl Reader {
    /// The subjects that were not read before.
    fn take(&mut self, found: Found) -> Vec<i64> {
        let rows = || found.xids.iter().zip(&found.subjects);
        let new: Vec<i64> = rows().filter(|(xid, _)| !self.seen.contains(xid)).map(|(_, subject)| *subject).collect();
        self.next = found.next;
        self.seen.extend(found.xids.iter().copied());
        self.seen.retain(|xid| *xid >= found.next);
        new
    }
}

#[derive(QueryableByName)]
struct Found {
    /// The oldest transaction that goes on.
    #[diesel(sql_type = BigInt)]
    next: i64,
    #[diesel(sql_type = Array<BigInt>)]
    xids: Vec<i64>,
    #[diesel(sql_type = Array<BigInt>)]
    subjects: Vec<i64>,
}

async fn connect(db: &Db) -> Result<Conn> {
    use diesel_async::RunQueryDsl;
    let mut conn = db.connect().await?;
    // Of the ways to find the last rows, the index is the one that never becomes slow.
    diesel::sql_query("SET enable_seqscan = off").execute(&mut conn).await?;
    diesel::sql_query("SET enable_bitmapscan = off").execute(&mut conn).await?;
    // A database that was restored has rows of transactions that are still to come here.
    let future = "DELETE FROM row_changes WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint";
    diesel::sql_query(future).execute(&mut conn).await?;
    Ok(conn)
}

/// What transactions from this one on changed, and which is the oldest of those that still go on: both as of one moment.
async fn read(conn: &mut Conn, from: i64) -> QueryResult<Found> {
    use diesel_async::RunQueryDsl;
    Sql::new(
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS next,
                coalesce(array_agg(c.xid), '{}') AS xids, coalesce(array_agg(c.subject), '{}') AS subjects
         FROM (SELECT r.xid, r.subject FROM row_changes r WHERE r.xid >= $1 ORDER BY r.xid, r.subject LIMIT $2) c",
    )
    .bind::<BigInt, _>(from)
    .bind::<BigInt, _>(MOST_READ)
    .get_result(conn)
    .await
}

/// The oldest transaction that goes on: what those before it changed can be deleted once every process has had the time to read it.
pub async fn find_horizon(conn: &mut Conn) -> QueryResult<i64> {
    Ok(read(conn, i64::MAX).await?.next)
}

/// Deletes what transactions before this one changed.
pub async fn delete_before(conn: &mut Conn, horizon: i64) -> QueryResult<usize> {
    use diesel_async::RunQueryDsl;
    Sql::new("DELETE FROM row_changes WHERE xid < $1").bind::<BigInt, _>(horizon).execute(conn).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(subjects: impl IntoIterator<Item = i64>) -> Known {
        let mut known = Known::default();
        subjects.into_iter().for_each(|subject| known.add(subject));
        known
    }

    #[test]
    fn what_changed_is_told_from_what_did_not() {
        let known = known([5, 7, 5, 9]);
        for others in [&[][..], &[100, 101, 102, 103, 104, 105]] {
            assert!(known.unchanged(Position(4), &[&[5, 7, 9], others]));
            assert!(!known.unchanged(Position(3), &[&[5, 7, 9], others]));
            assert!(known.unchanged(Position(2), &[&[7], others]));
            assert!(!known.unchanged(Position(2), &[others, &[5]]));
            assert!(!known.unchanged(Position(1), &[&[7], others]));
        }
    }

    #[test]
    fn what_concerns_everything_leaves_nothing() {
        let mut known = known([5]);
        assert!(known.unchanged(Position(1), &[&[6]]));
        known.add(EVERYTHING);
        assert!(!known.unchanged(Position(1), &[&[6]]));
        assert!(known.unchanged(Position(known.position), &[&[6]]));
    }

    #[test]
    fn what_is_too_long_ago_is_not_known() {
        let many = i64::try_from(MOST_REMEMBERED).unwrap();
        let known = known(1..=many + 10);
        assert_eq!(known.last.len(), MOST_REMEMBERED);
        assert_eq!(known.latest.len(), MOST_REMEMBERED);
        assert!(!known.unchanged(Position(9), &[&[i64::MAX]]));
        assert!(known.unchanged(Position(10), &[&[i64::MAX]]));
        assert!(!known.unchanged(Position(10), &[&[11]]));
    }

    #[test]
    fn a_transaction_is_read_once_however_late_it_ends() {
        let mut reader = Reader { next: 10, seen: HashSet::new() };
        // 11 ended, 10 goes on.
        let found = Found { next: 10, xids: vec![11, 11], subjects: vec![1, 2] };
        assert_eq!(reader.take(found), [1, 2]);
        let found = Found { next: 12, xids: vec![10, 11, 11], subjects: vec![3, 1, 2] };
        assert_eq!(reader.take(found), [3]);
        assert!(reader.seen.is_empty());
    }
}
