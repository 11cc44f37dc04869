//! The turns that are under way, of jobs and of hosts that get deliveries, each with whose turn it is: whatever becomes of a turn, that
//! is known.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::task::{Id, JoinError, JoinSet};

/// A turn that ended, or was cut short by a panic.
pub(crate) struct Ended<W, T> {
    pub whose: W,
    pub turn: Result<T, JoinError>,
}

/// Turns of `W`, each of which ends with a `T`.
pub(crate) struct Turns<W, T> {
    tasks: JoinSet<T>,
    /// Whose turn a task is, and since when.
    begun: HashMap<Id, (W, Instant)>,
}

impl<W, T: Send + 'static> Turns<W, T> {
    pub fn new() -> Self {
        Self { tasks: JoinSet::new(), begun: HashMap::new() }
    }

    pub fn start(&mut self, whose: W, turn: impl Future<Output = T> + Send + 'static) {
        let id = self.tasks.spawn(turn).id();
        self.begun.insert(id, (whose, Instant::now()));
    }

    pub fn len(&self) -> usize {
        self.begun.len()
    }

    /// How many have lasted for less than so long.
    pub fn count_younger(&self, than: Duration) -> usize {
        self.begun.values().filter(|(_, since)| since.elapsed() < than).count()
    }

    /// Whose turns are under way.
    pub fn all(&self) -> impl Iterator<Item = &W> {
        self.begun.values().map(|(whose, _)| whose)
    }

    /// Whose turns have lasted for so long, or longer.
    pub fn older(&self, than: Duration) -> impl Iterator<Item = &W> {
        self.begun.values().filter(move |(_, since)| since.elapsed() >= than).map(|(whose, _)| whose)
    }

    /// Waits for the next one that ends; `None` when there is none. Nothing is lost when it is not waited for to the end.
    pub async fn next(&mut self) -> Option<Ended<W, T>> {
        let joined = self.tasks.join_next_with_id().await?;
        self.ended(joined)
    }

    /// One that has ended already.
    pub fn try_next(&mut self) -> Option<Ended<W, T>> {
        let joined = self.tasks.try_join_next_with_id()?;
        self.ended(joined)
    }

    fn ended(&mut self, joined: Result<(Id, T), JoinError>) -> Option<Ended<W, T>> {
        let (id, turn) = match joined {
            Ok((id, turn)) => (id, Ok(turn)),
            Err(error) => (error.id(), Err(error)),
        };
        let (whose, _) = self.begun.remove(&id)?;
        Some(Ended { whose, turn })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_turn_that_panics_is_known_by_whose_it_was() {
        let mut turns = Turns::new();
        turns.start("a.test", async { panic!("as a turn may") });
        turns.start("b.test", std::future::pending());
        turns.start("c.test", async { 3 });
        let mut ended = Vec::new();
        for _ in 0..2 {
            let one = turns.next().await.unwrap();
            ended.push((one.whose, one.turn.ok()));
        }
        ended.sort_unstable();
        assert_eq!(ended, [("a.test", None), ("c.test", Some(3))]);
        assert_eq!((turns.all().collect::<Vec<_>>(), turns.len()), (vec![&"b.test"], 1));
        assert!(turns.try_next().is_none());
        assert_eq!((turns.count_younger(Duration::from_secs(600)), turns.count_younger(Duration::ZERO)), (1, 0));
    }
}
