//! Loads the emoji that a page shows, in one query, or in none: what was lately looked up is kept, also that there is none. It is
//! read again after a second, as accounts are, so that a change which another process made shows by then; or when it is known that it
//! changed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use quick_cache::sync::Cache;
use serde_json::Value;

use super::{CustomEmoji, Named, entity, store, subject};
use crate::app::App;
use crate::base::Result;
use crate::db::Conn;
use crate::db::freshness::Position;
use crate::federation::policy::rejects_media;

/// Names whose emoji are kept, some hundred bytes each.
const MOST_KEPT: usize = 8192;

/// After so long an emoji is read again.
const FRESH: TimeDelta = TimeDelta::seconds(1);

/// A domain and a name.
type Key = (String, String);

#[derive(Clone)]
struct Kept {
    emoji: Option<Arc<CustomEmoji>>,
    /// Under which its changes are known, its coming too.
    subject: i64,
    at: DateTime<Utc>,
    since: Option<Position>,
}

impl Kept {
    fn holds(&self, app: &App, known: Option<Position>) -> bool {
        match known {
            Some(_) => self.since.is_some_and(|since| app.freshness.unchanged(since, &[&[self.subject]])),
            None => app.now() - self.at < FRESH,
        }
    }
}

struct Cached(Cache<Key, Kept>);

impl Default for Cached {
    fn default() -> Self {
        Self(Cache::new(MOST_KEPT))
    }
}

/// Drops what is kept of an emoji; whoever changes one calls this.
pub fn forget(app: &App, domain: &str, shortcode: &str) {
    app.slot::<Cached>().0.remove(&(domain.to_owned(), shortcode.to_owned()));
}

/// Emoji by whose they are and by their names.
#[derive(Clone, Debug, Default)]
pub struct Emojis {
    found: HashMap<Key, Arc<CustomEmoji>>,
    subjects: HashMap<Key, i64>,
    origin: String,
}

impl Emojis {
    fn add(&mut self, key: Key, emoji: Option<Arc<CustomEmoji>>, subject: i64) {
        self.subjects.insert(key.clone(), subject);
        self.found.extend(emoji.map(|emoji| (key, emoji)));
    }

    /// Those that these names mean.
    pub fn list(&self, named: &Named) -> Vec<&CustomEmoji> {
        let find = |name: &String| self.find(&named.domain, name);
        named.names.iter().filter_map(find).collect()
    }

    /// One by name; an empty `domain` is ours.
    pub fn find(&self, domain: &str, name: &str) -> Option<&CustomEmoji> {
        self.found.get(&(domain.to_owned(), name.to_owned())).map(AsRef::as_ref)
    }

    /// Unless one of these changes (see [`Freshness`](crate::db::freshness)), all names mean what they do; sorted.
    pub fn subjects(&self) -> Vec<i64> {
        let mut subjects: Vec<i64> = self.subjects.values().copied().collect();
        subjects.sort_unstable();
        subjects
    }

    /// As [`Emojis::subjects`], of these names alone.
    pub fn subjects_of(&self, named: &Named) -> Vec<i64> {
        let of = |name: &String| self.subjects.get(&(named.domain.clone(), name.clone())).copied();
        let mut subjects: Vec<i64> = named.names.iter().filter_map(of).collect();
        subjects.sort_unstable();
        subjects
    }

    /// As [`Emojis::list`], as JSON of the client API.
    pub fn json(&self, named: &Named) -> Vec<Value> {
        self.list(named).into_iter().map(|emoji| entity::emoji(emoji, &self.origin)).collect()
    }
}

/// The emoji that these names mean: those of the server of whoever wrote them. None of servers whose files an administrator
/// refuses.
pub async fn load<'n>(app: &App, conn: &mut Conn, wanted: impl IntoIterator<Item = &'n Named>) -> Result<Emojis> {
    load_known(app, conn, wanted, None).await
}

/// As [`load`]. With `known` (see [`Freshness`](crate::db::freshness)), as they are after what was known then.
pub async fn load_known<'n>(
    app: &App,
    conn: &mut Conn,
    wanted: impl IntoIterator<Item = &'n Named>,
    known: Option<Position>,
) -> Result<Emojis> {
    let mut emojis = Emojis { origin: app.origin.clone(), ..Emojis::default() };
    let (cached, now) = (app.slot::<Cached>(), app.now());
    let mut missing: HashSet<Key> = HashSet::new();
    for named in wanted {
        if named.is_empty() || !named.domain.is_empty() && rejects_media(app, &named.domain) {
            continue;
        }
        for name in &named.names {
            let key = (named.domain.clone(), name.clone());
            match cached.0.get(&key).filter(|kept| kept.holds(app, known)) {
                Some(kept) => emojis.add(key, kept.emoji, kept.subject),
                None => {
                    missing.insert(key);
                }
            }
        }
    }
    if missing.is_empty() {
        return Ok(emojis);
    }
    let (domains, names): (Vec<&str>, Vec<&str>) =
        missing.iter().map(|(domain, name)| (domain.as_str(), name.as_str())).unzip();
    let mut shown: HashMap<Key, Arc<CustomEmoji>> = HashMap::new();
    for emoji in store::list_shown(conn, &domains, &names).await? {
        shown.insert((emoji.domain.clone(), emoji.shortcode.clone()), Arc::new(emoji));
    }
    for key in missing {
        let (emoji, subject) = (shown.remove(&key), subject(&key.0, &key.1));
        cached.0.insert(key.clone(), Kept { emoji: emoji.clone(), subject, at: now, since: known });
        emojis.add(key, emoji, subject);
    }
    Ok(emojis)
}
