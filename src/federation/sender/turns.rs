//! The turns that are under way, each with the host whose lane it holds: whatever becomes of a turn, its host is told.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::task::{Id, JoinError, JoinSet};

/// A turn that ended, or was cut short by a panic.
pub(super) struct Ended<H, T> {
    pub host: H,
    pub turn: Result<T, JoinError>,
}

/// Turns of hosts `H`, each of which ends with a `T`.
pub(super) struct Turns<H, T> {
    tasks: JoinSet<T>,
    /// Whose turn a task is, and since when.
    hosts: HashMap<Id, (H, Instant)>,
}

impl<H, T: Send + 'static> Turns<H, T> {
    pub fn new() -> Self {
        Self { tasks: JoinSet::new(), hosts: HashMap::new() }
    }

    pub fn start(&mut self, host: H, turn: impl Future<Output = T> + Send + 'static) {
        let id = self.tasks.spawn(turn).id();
        self.hosts.insert(id, (host, Instant::now()));
    }

    pub fn len(&self) -> usize {
        self.hosts.len()
    }

    /// How many have lasted for less than so long.
    pub fn count_younger(&self, than: Duration) -> usize {
        self.hosts.values().filter(|(_, since)| since.elapsed() < than).count()
    }

    pub fn hosts(&self) -> impl Iterator<Item = &H> {
        self.hosts.values().map(|(host, _)| host)
    }

    /// Waits for the next one that ends; `None` when there is none. Nothing is lost when it is not waited for to the end.
    pub async fn next(&mut self) -> Option<Ended<H, T>> {
        let joined = self.tasks.join_next_with_id().await?;
        self.ended(joined)
    }

    /// One that has ended already.
    pub fn try_next(&mut self) -> Option<Ended<H, T>> {
        let joined = self.tasks.try_join_next_with_id()?;
        self.ended(joined)
    }

    fn ended(&mut self, joined: Result<(Id, T), JoinError>) -> Option<Ended<H, T>> {
        let (id, turn) = match joined {
            Ok((id, turn)) => (id, Ok(turn)),
            Err(error) => (error.id(), Err(error)),
        };
        let (host, _) = self.hosts.remove(&id)?;
        Some(Ended { host, turn })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_turn_that_panics_gives_its_host_back() {
        let mut turns = Turns::new();
        turns.start("a.test", async { panic!("as a turn may") });
        turns.start("b.test", std::future::pending());
        turns.start("c.test", async { 3 });
        let mut ended = Vec::new();
        for _ in 0..2 {
            let one = turns.next().await.unwrap();
            ended.push((one.host, one.turn.ok()));
        }
        ended.sort_unstable();
        assert_eq!(ended, [("a.test", None), ("c.test", Some(3))]);
        assert_eq!((turns.hosts().collect::<Vec<_>>(), turns.len()), (vec![&"b.test"], 1));
        assert!(turns.try_next().is_none());
        assert_eq!((turns.count_younger(Duration::from_secs(600)), turns.count_younger(Duration::ZERO)), (1, 0));
    }
}
