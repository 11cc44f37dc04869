//! Paging by id, as Mastodon's API does it (https://docs.joinmastodon.org/api/guidelines/#pagination).

use serde::Deserialize;

/// Which page of a list: newest first, bounded by ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    /// Only ids below this one.
    pub below: i64,
    /// Only ids above this one.
    pub above: i64,
    /// The page next above `above` is wanted (`min_id`), not the newest (`since_id`).
    pub upwards: bool,
    /// At most so many.
    pub limit: i64,
}

impl Page {
    /// Rows that were read along a page's direction, in the order in which pages are shown: newest first, whichever way they were
    /// asked for.
    pub fn newest_first<T>(self, mut rows: Vec<T>) -> Vec<T> {
        if self.upwards {
            rows.reverse();
        }
        rows
    }
}

/// The paging parameters of a request's query. Forms send numbers as strings.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct PageQuery {
    pub max_id: Option<String>,
    pub since_id: Option<String>,
    pub min_id: Option<String>,
    pub limit: Option<String>,
}

impl PageQuery {
    /// Reads the parameters. What is no number is ignored, as Mastodon does; `limit` is kept within 1..=`most`.
    pub fn page(&self, usual: i64, most: i64) -> Page {
        let id = |text: &Option<String>| text.as_deref().and_then(|id| id.trim().parse::<i64>().ok());
        let limit = self.limit.as_deref().and_then(|n| n.trim().parse().ok()).unwrap_or(usual).clamp(1, most);
        let min_id = id(&self.min_id);
        Page {
            below: id(&self.max_id).unwrap_or(i64::MAX),
            above: min_id.or_else(|| id(&self.since_id)).unwrap_or(0),
            upwards: min_id.is_some(),
            limit,
        }
    }
}

/// The value of a `Link` header for a page of ids, newest first; `None` for an empty page.
///
/// `url` is the list's own address without paging parameters, with `?` and other parameters already in it or not.
pub fn link_header(url: &str, ids: impl Iterator<Item = i64>, limit: i64) -> Option<String> {
    let (newest, oldest) = ids.fold(None, |range: Option<(i64, i64)>, id| {
        Some(range.map_or((id, id), |(newest, oldest)| (newest.max(id), oldest.min(id))))
    })?;
    let separator = if url.contains('?') { '&' } else { '?' };
    Some(format!(
        "<{url}{separator}limit={limit}&max_id={oldest}>; rel=\"next\", <{url}{separator}limit={limit}&min_id={newest}>; rel=\"prev\""
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_and_bounded() {
        let query = PageQuery { min_id: Some("5".into()), limit: Some("1000".into()), ..PageQuery::default() };
        assert_eq!(query.page(20, 40), Page { below: i64::MAX, above: 5, upwards: true, limit: 40 });
        let query = PageQuery { max_id: Some("x".into()), limit: Some("-3".into()), ..PageQuery::default() };
        assert_eq!(query.page(20, 40), Page { below: i64::MAX, above: 0, upwards: false, limit: 1 });
    }

    #[test]
    fn links_name_the_ends() {
        let link = link_header("https://a.test/api?local=true", [9, 7, 8].into_iter(), 3).unwrap();
        assert!(link.starts_with("<https://a.test/api?local=true&limit=3&max_id=7>; rel=\"next\""));
        assert!(link.contains("&min_id=9>; rel=\"prev\""));
        assert_eq!(link_header("x", std::iter::empty(), 3), None);
    }
}
