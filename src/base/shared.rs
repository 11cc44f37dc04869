//! Locks, semaphores and the like by a key, each kept for as long as somebody has it: however many keys strangers make up, what is kept
//! of them is what is in use.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Things that several have at once, by a key.
pub struct Shared<K, T>(Mutex<HashMap<K, Weak<T>>>);

impl<K, T> Default for Shared<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, T> Shared<K, T> {
    /// What somebody else has of this key, or else a new one.
    pub fn get(&self, key: K, new: impl FnOnce() -> T) -> Arc<T> {
        let mut things = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thing) = things.get(&key).and_then(Weak::upgrade) {
            return thing;
        }
        things.retain(|_, thing| thing.strong_count() > 0);
        let thing = Arc::new(new());
        things.insert(key, Arc::downgrade(&thing));
        thing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_shared_while_somebody_has_it_and_then_forgotten() {
        let shared = Shared::default();
        let one = shared.get("a", || 1);
        assert_eq!((*shared.get("a", || 2), *shared.get("b", || 3)), (1, 3));
        drop(one);
        assert_eq!(*shared.get("a", || 4), 4);
        assert_eq!(shared.0.lock().unwrap().len(), 1);
    }
}
