//! Loads the emoji that a page shows, in one query, or in none: what was lately looked up is kept, also that there is none. It is
//! read again after a second, as accounts are, so that a change which another process made shows by then.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use quick_cache::sync::Cache;
use serde_json::Value;

use super::{CustomEmoji, Named, entity, store};
use crate::app::App;
use crate::base::Result;
use crate::db::Conn;
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
    at: DateTime<Utc>,
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
    origin: String,
}

impl Emojis {
    /// Those that these names mean.
    pub fn list(&self, named: &Named) -> Vec<&CustomEmoji> {
        let find = |name: &String| self.find(&named.domain, name);
        named.names.iter().filter_map(find).collect()
    }

    /// One by name; an empty `domain` is ours.
    pub fn find(&self, domain: &str, name: &str) -> Option<&CustomEmoji> {
        self.found.get(&(domain.to_owned(), name.to_owned())).map(AsRef::as_ref)
    }

    /// As [`Emojis::list`], as JSON of the client API.
    pub fn json(&self, named: &Named) -> Vec<Value> {
        self.list(named).into_iter().map(|emoji| entity::emoji(emoji, &self.origin)).collect()
    }
}

/// The emoji that these names mean: those of the server of whoever wrote them. None of servers whose files an administrator
/// refuses.
pub async fn load<'n>(app: &App, conn: &mut Conn, wanted: impl IntoIterator<Item = &'n Named>) -> Result<Emojis> {
    let mut emojis = Emojis { found: HashMap::new(), origin: app.origin.clone() };
    let (cached, now) = (app.slot::<Cached>(), app.now());
    let mut missing: HashMap<Key, Option<Arc<CustomEmoji>>> = HashMap::new();
    for named in wanted {
        if named.is_empty() || !named.domain.is_empty() && rejects_media(app, &named.domain) {
            continue;
        }
        for name in &named.names {
            let key = (named.domain.clone(), name.clone());
            match cached.0.get(&key).filter(|kept| now - kept.at < FRESH) {
                Some(kept) => emojis.found.extend(kept.emoji.map(|emoji| (key, emoji))),
                None => {
                    missing.insert(key, None);
                }
            }
        }
    }
    if missing.is_empty() {
        return Ok(emojis);
    }
    let (domains, names): (Vec<&str>, Vec<&str>) =
        missing.keys().map(|(domain, name)| (domain.as_str(), name.as_str())).unzip();
    for emoji in store::list_shown(conn, &domains, &names).await? {
        missing.insert((emoji.domain.clone(), emoji.shortcode.clone()), Some(Arc::new(emoji)));
    }
    for (key, emoji) in missing {
        cached.0.insert(key.clone(), Kept { emoji: emoji.clone(), at: now });
        emojis.found.extend(emoji.map(|emoji| (key, emoji)));
    }
    Ok(emojis)
}
