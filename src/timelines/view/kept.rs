//! Whole pages of home and of lists, kept as they were written. A page is used again when it is known that nothing changed since
//! that it was made of: not the person, nor whom and which hashtags they follow, nor its posts and their authors (see
//! [`Freshness`](crate::db::freshness)). So it is what the database would say now, permission included.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::Timeline;
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::base::page::Page;
use crate::db::Conn;
use crate::db::freshness::Position;
use crate::statuses::view::Loaded;
use crate::timelines::store::{self, Sources};

/// Bytes of pages that are kept.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// Bytes of sources that are kept.
const MOST_BYTES_OF_SOURCES: u64 = 8 * 1024 * 1024;

/// Of whoever follows more than so many, nothing is kept.
const MOST_SOURCES: usize = 20_000;

/// A page that somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    pub me: AccountId,
    pub timeline: Timeline,
    pub page: Page,
}

/// A page as it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub body: Bytes,
    /// The `Link` header.
    pub link: Option<String>,
}

struct Kept {
    answered: Answered,
    sources: Arc<KeptSources>,
    /// Of its own: the person, the posts, their authors.
    subjects: Vec<i64>,
    until: Option<DateTime<Utc>>,
    /// Up to this position it is known to hold.
    since: AtomicU64,
}

struct KeptSources {
    sources: Sources,
    since: Position,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Asked, Arc<Kept>> for Weight {
    fn weight(&self, _: &Asked, kept: &Arc<Kept>) -> u64 {
        let subjects = 8 * (kept.subjects.len() + kept.sources.sources.subjects.len());
        u64::try_from(kept.answered.body.len() + subjects).unwrap_or(u64::MAX).saturating_add(256)
    }
}

struct Pages(Cache<Asked, Arc<Kept>, Weight>);

impl Default for Pages {
    fn default() -> Self {
        Self(Cache::with_weighter(1024, MOST_BYTES, Weight))
    }
}

impl Weighter<AccountId, Arc<KeptSources>> for Weight {
    fn weight(&self, _: &AccountId, kept: &Arc<KeptSources>) -> u64 {
        u64::try_from(8 * kept.sources.subjects.len()).unwrap_or(u64::MAX).saturating_add(128)
    }
}

struct People(Cache<AccountId, Arc<KeptSources>, Weight>);

impl Default for People {
    fn default() -> Self {
        Self(Cache::with_weighter(1024, MOST_BYTES_OF_SOURCES, Weight))
    }
}

/// A page that was kept, if it holds. `known`: see [`Client::known`](crate::oauth::extract::Client).
pub fn find_kept(app: &App, known: Option<Position>, asked: &Asked) -> Option<Answered> {
    let (known, now) = (known?, app.now());
    let kept = app.slot::<Pages>().0.get(asked)?;
    let since = Position(kept.since.load(Ordering::Acquire));
    let holds = kept.until.is_none_or(|until| until > now)
        && app.freshness.unchanged(since, &[&kept.subjects, &kept.sources.sources.subjects]);
    if !holds {
        app.slot::<Pages>().0.remove(asked);
        return None;
    }
    kept.since.fetch_max(known.0, Ordering::AcqRel);
    Some(kept.answered.clone())
}

/// Keeps a page that was written from what was `known` and what came after it.
pub async fn keep(
    app: &App,
    conn: &mut Conn,
    known: Option<Position>,
    asked: Asked,
    loaded: &Loaded,
    answered: &Answered,
) -> Result<()> {
    let Some(since) = known.filter(|_| loaded.stays) else { return Ok(()) };
    let sources = find_sources(app, conn, since, asked.me).await?;
    if sources.sources.subjects.len() > MOST_SOURCES {
        return Ok(());
    }
    let mut subjects = loaded.subjects.clone();
    if let Err(place) = subjects.binary_search(&asked.me.0) {
        subjects.insert(place, asked.me.0);
    }
    let until = loaded.until.into_iter().chain(sources.sources.until).min();
    let kept = Kept { answered: answered.clone(), sources, subjects, until, since: AtomicU64::new(since.0) };
    app.slot::<Pages>().0.insert(asked, Arc::new(kept));
    Ok(())
}

async fn find_sources(app: &App, conn: &mut Conn, known: Position, me: AccountId) -> Result<Arc<KeptSources>> {
    let (people, now) = (app.slot::<People>(), app.now());
    if let Some(kept) = people.0.get(&me)
        && kept.sources.until.is_none_or(|until| until > now)
        && app.freshness.unchanged(kept.since, &[&[me.0]])
    {
        return Ok(kept);
    }
    let sources = store::find_sources(conn, me, now).await?;
    let kept = Arc::new(KeptSources { sources, since: known });
    people.0.insert(me, kept.clone());
    Ok(kept)
}
