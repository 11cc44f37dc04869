//! How far somebody has read, by the same markers that clients move. Pages move them forward when they are looked at, and say
//! calmly where they stood before.

use crate::base::Result;
use crate::base::page::{Page, PageQuery};
use crate::timelines::store;
use crate::web::visitor::Visitor;

/// The first page of a list, or one further down, with how far its reader had come before they looked at the first.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Query {
    pub only: Option<String>,
    max_id: Option<String>,
    /// Where the marker stood.
    seen: Option<String>,
}

impl Query {
    /// All that is older, so many.
    pub fn page(&self, limit: i64) -> Page {
        let asked = PageQuery { max_id: self.max_id.clone(), ..PageQuery::default() };
        Page { above: 0, upwards: false, limit, ..asked.page(limit, limit) }
    }
}

/// How far somebody had read.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The id of what they had read last; 0: it is not known.
    pub last: i64,
    /// When that was, in words, if nothing is new since.
    pub since: Option<String>,
}

impl Seen {
    /// Before which of these ids, newest first, what is not new begins; nowhere, where nothing is new.
    pub fn begins(&self, mut ids: impl Iterator<Item = i64>) -> Option<i64> {
        let old = |id: &i64| *id <= self.last;
        ids.find(old).filter(|_| self.since.is_none())
    }

    /// For the address of what is older, as long as all that was shown is new.
    pub fn onward(&self, oldest: Option<i64>) -> String {
        match oldest {
            Some(oldest) if self.last > 0 && oldest > self.last => format!("&seen={}", self.last),
            _ => String::new(),
        }
    }
}

/// How far the reader of a page of `timeline` had come. `newest`: what the first page shows first; from now on they have read it,
/// unless the page shows a part (`moves` is false).
pub async fn look(visitor: &Visitor, timeline: &str, query: &Query, newest: Option<i64>, moves: bool) -> Result<Seen> {
    if query.max_id.is_some() {
        let last = query.seen.as_deref().and_then(|id| id.parse().ok()).unwrap_or_default();
        return Ok(Seen { last, since: None });
    }
    let (Some(me), Some(newest)) = (visitor.reader().map(|me| me.id), newest) else { return Ok(Seen::default()) };
    let app = &visitor.app;
    let mut conn = app.db.get().await?;
    let markers = store::list_markers(&mut conn, me).await?;
    let marker = markers.iter().find(|marker| marker.timeline == timeline);
    let last = marker.map_or(0, |marker| marker.last_read_id);
    if moves && last < newest {
        store::upsert_marker(&mut conn, me, timeline, newest, false, app.now()).await?;
    }
    let since = marker.filter(|_| newest <= last).map(|marker| visitor.texts.moment(marker.updated_at));
    Ok(Seen { last, since })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_begins_after_what_is_new() {
        let seen = Seen { last: 5, since: None };
        assert_eq!(seen.begins([9, 7, 5, 3].into_iter()), Some(5));
        assert_eq!(seen.begins([9, 7].into_iter()), None);
        assert_eq!((seen.onward(Some(7)).as_str(), seen.onward(Some(3)).as_str()), ("&seen=5", ""));
        assert_eq!(Seen::default().begins([9].into_iter()), None);
        assert_eq!(Seen { since: Some("today".into()), ..seen }.begins([5].into_iter()), None);
    }
}
