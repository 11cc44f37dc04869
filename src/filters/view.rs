//! What a viewer's filters say of the posts of a page: one query for all of them. What was built of keywords is kept, and
//! used for as long as the keywords are the same.

use std::collections::HashMap;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde_json::Value;

use super::store::{self, ActiveRow};
use super::{Filter, Matcher, WholeFilter, entity};
use crate::app::App;
use crate::base::id::{AccountId, FilterId, StatusId};
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;

/// Bytes of matchers that are kept.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

struct Kept {
    keywords: Vec<(String, bool)>,
    matcher: Matcher,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<FilterId, Arc<Kept>> for Bytes {
    fn weight(&self, _: &FilterId, kept: &Arc<Kept>) -> u64 {
        u64::try_from(kept.matcher.size()).unwrap_or(u64::MAX).saturating_add(128)
    }
}

struct Cached(Cache<FilterId, Arc<Kept>, Bytes>);

impl Default for Cached {
    fn default() -> Self {
        Self(Cache::with_weighter(1024, MOST_BYTES, Bytes))
    }
}

/// A viewer's filters that are in force.
#[derive(Default)]
pub struct Active(Vec<ActiveFilter>);

struct ActiveFilter {
    filter: Filter,
    kept: Option<Arc<Kept>>,
    statuses: Vec<StatusId>,
}

/// The filters of a viewer, for a page of these posts. A stranger has none, and is not asked for in the database.
pub async fn load_active(app: &App, conn: &mut Conn, viewer: Viewer, page: &[StatusId]) -> Result<Active> {
    let Some(me) = viewer.0 else { return Ok(Active::default()) };
    let mut found = load_active_of_each(app, conn, &[me], page).await?;
    Ok(found.remove(&me).unwrap_or_default())
}

/// As [`load_active`], for many people at once, in one query. Those who have none are left out.
pub async fn load_active_of_each(
    app: &App,
    conn: &mut Conn,
    people: &[AccountId],
    page: &[StatusId],
) -> Result<HashMap<AccountId, Active>> {
    let mut found: HashMap<AccountId, Active> = HashMap::new();
    if people.is_empty() {
        return Ok(found);
    }
    let cached = app.slot::<Cached>();
    for row in store::list_active(conn, people, page, app.now()).await? {
        found.entry(row.account_id).or_default().0.push(ActiveFilter::new(row, &cached)?);
    }
    Ok(found)
}

impl ActiveFilter {
    fn new(row: ActiveRow, cached: &Cached) -> Result<Self> {
        let keywords: Vec<(String, bool)> = row.keywords.into_iter().zip(row.whole_words).collect();
        let kept = if keywords.is_empty() { None } else { Some(keep(cached, row.id, keywords)?) };
        let filter = Filter {
            id: row.id,
            account_id: row.account_id,
            title: row.title,
            context: row.context,
            action: row.action,
            expires_at: row.expires_at,
            created_at: row.created_at,
        };
        Ok(Self { filter, kept, statuses: row.statuses })
    }
}

fn keep(cached: &Cached, id: FilterId, keywords: Vec<(String, bool)>) -> Result<Arc<Kept>> {
    if let Some(kept) = cached.0.get(&id).filter(|kept| kept.keywords == keywords) {
        return Ok(kept);
    }
    let matcher = Matcher::new(keywords.iter().map(|(keyword, whole)| (keyword.as_str(), *whole)));
    let kept = Arc::new(Kept { matcher: matcher.map_err(Error::internal)?, keywords });
    cached.0.insert(id, kept.clone());
    Ok(kept)
}

impl Active {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What matches a post, as a written list of results. `ids` are the post's and, of a boost, that of what it boosts;
    /// `folded` are the words (see [`super::fold`]) of the post, or of what it boosts.
    pub fn results(&self, ids: &[StatusId], folded: &str) -> String {
        let results = self.0.iter().filter_map(|active| {
            let keywords = active.kept.as_ref().map(|kept| kept.matcher.find(folded)).unwrap_or_default();
            let named = ids.iter().filter(|id| active.statuses.contains(id));
            let statuses: Vec<String> = named.map(ToString::to_string).collect();
            let matches = !keywords.is_empty() || !statuses.is_empty();
            matches.then(|| entity::result(&active.filter, &keywords, &statuses))
        });
        Value::Array(results.collect()).to_string()
    }
}

/// Filters with all that they have, in their order.
pub async fn load_whole(conn: &mut Conn, filters: Vec<Filter>) -> Result<Vec<WholeFilter>> {
    let ids: Vec<FilterId> = filters.iter().map(|filter| filter.id).collect();
    let keywords = store::list_keywords(conn, &ids).await?;
    let statuses = store::list_statuses(conn, &ids).await?;
    let whole = |filter: Filter| WholeFilter {
        keywords: keywords.iter().filter(|keyword| keyword.filter_id == filter.id).cloned().collect(),
        statuses: statuses.iter().filter(|named| named.filter_id == filter.id).copied().collect(),
        filter,
    };
    Ok(filters.into_iter().map(whole).collect())
}
