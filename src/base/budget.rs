//! How much may be fetched because of what a stranger says: in all, and of each host. Pure.

use std::collections::HashMap;

use super::Error;

/// A host that failed so often is not asked any more.
const MOST_FAILURES: usize = 3;

/// What is left.
pub struct Budget {
    left: usize,
    /// Of each host, at most.
    of_host: usize,
    hosts: HashMap<String, Host>,
}

#[derive(Default)]
struct Host {
    taken: usize,
    failures: usize,
}

impl Budget {
    /// So many documents in all, and of these so many of one host.
    pub fn new(most: usize, of_host: usize) -> Self {
        Self { left: most, of_host, hosts: HashMap::new() }
    }

    /// Whether so many can be taken.
    pub fn has(&self, host: &str, fetches: usize) -> bool {
        let known = self.hosts.get(host);
        fetches <= self.left
            && known.map_or(0, |host| host.taken) + fetches <= self.of_host
            && known.is_none_or(|host| host.failures < MOST_FAILURES)
    }

    /// Takes so many, or none. Returns whether it did.
    pub fn take(&mut self, host: &str, fetches: usize) -> bool {
        let has = self.has(host, fetches);
        if has {
            self.left -= fetches;
            self.hosts.entry(host.to_owned()).or_default().taken += fetches;
        }
        has
    }

    /// Gives back what was set aside, and is not needed.
    pub fn give_back(&mut self, host: &str, fetches: usize) {
        if let Some(host) = self.hosts.get_mut(host) {
            let given = fetches.min(host.taken);
            host.taken -= given;
            self.left += given;
        }
    }

    /// Counts against a host that it did not answer, or with nonsense. What is deleted is no failure.
    pub fn note_failure(&mut self, host: &str, error: &Error) {
        if !matches!(error, Error::Gone(_) | Error::NotFound(_)) {
            self.hosts.entry(host.to_owned()).or_default().failures += 1;
        }
    }

    /// Whether it failed too often.
    pub fn is_tired_of(&self, host: &str) -> bool {
        self.hosts.get(host).is_some_and(|host| host.failures >= MOST_FAILURES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 80;
    const MOST_OF_HOST: usize = 40;

    /// F340
    #[test]
    fn what_is_taken_ends() {
        let mut budget = Budget::new(MOST, MOST_OF_HOST);
        assert!(budget.take("a.test", MOST_OF_HOST - 2));
        assert!(!budget.take("a.test", 3) && budget.take("a.test", 2) && !budget.has("a.test", 1));
        budget.give_back("a.test", 2);
        assert!(budget.has("a.test", 2) && !budget.has("a.test", 3));
        budget.give_back("a.test", 1000);
        budget.give_back("never.test", 1000);
        assert!(budget.take("a.test", MOST_OF_HOST) && budget.take("b.test", MOST - MOST_OF_HOST));
        assert!(!budget.take("c.test", 1), "there is an end for all together");
    }

    /// F340
    #[test]
    fn who_fails_is_left_alone() {
        let mut budget = Budget::new(MOST, MOST_OF_HOST);
        (0..10).for_each(|_| budget.note_failure("a.test", &Error::Gone("It")));
        (0..2).for_each(|_| budget.note_failure("a.test", &Error::Remote("no answer".into())));
        assert!(budget.has("a.test", 1));
        budget.note_failure("a.test", &Error::Remote("no answer".into()));
        assert!(!budget.has("a.test", 1) && budget.is_tired_of("a.test") && budget.has("b.test", 1));
    }
}
