//! The newest page of home and of lists, which clients ask for again and again.
//!
//! To find it, each followee's posts are walked, a page of each at worst. Where the last look at it ended is kept in memory:
//! if as many posts as a page has are found above that, they are the page, and of most followees nothing had to be walked.
//! Otherwise, since posts have gone or are hidden now, the whole is walked. So what is kept saves work, and decides nothing.

mod kept;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use quick_cache::sync::Cache;

pub use kept::*;

use super::store;
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, ListId};
use crate::base::page::Page;
use crate::db::Conn;
use crate::lists::List;
use crate::statuses::PageRow;

/// Pages whose ends are kept: some 2 MB.
const MOST_ENDS: usize = 32 * 1024;

/// What somebody reads of those whom they follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timeline {
    Home(AccountId),
    List(ListId),
}

/// The oldest id of the newest page, by timeline and length of the page.
struct Ends(Cache<(Timeline, i64), i64>);

impl Default for Ends {
    fn default() -> Self {
        Self(Cache::new(MOST_ENDS))
    }
}

/// See [`store::home`].
pub async fn home(app: &App, conn: &mut Conn, me: AccountId, page: Page, now: DateTime<Utc>) -> Result<Vec<PageRow>> {
    let walk = async |page| store::home(conn, me, page, now).await;
    find_page(app, Timeline::Home(me), page, walk).await
}

/// See [`store::list`].
pub async fn list(
    app: &App,
    conn: &mut Conn,
    me: AccountId,
    list: &List,
    page: Page,
    now: DateTime<Utc>,
) -> Result<Vec<PageRow>> {
    let walk = async |page| store::list(conn, me, list, page, now).await;
    find_page(app, Timeline::List(list.id), page, walk).await
}

async fn find_page(
    app: &App,
    timeline: Timeline,
    page: Page,
    mut walk: impl AsyncFnMut(Page) -> QueryResult<Vec<PageRow>>,
) -> Result<Vec<PageRow>> {
    if page.upwards || page.below != i64::MAX {
        return Ok(walk(page).await?);
    }
    let (ends, key) = (app.slot::<Ends>(), (timeline, page.limit));
    let end_of = |rows: &[PageRow]| {
        let full = i64::try_from(rows.len()).is_ok_and(|found| found >= page.limit);
        rows.last().filter(|_| full).map(|oldest| oldest.id.0)
    };
    if let Some(end) = ends.0.get(&key).filter(|end| *end > page.above) {
        let rows = walk(Page { above: end - 1, ..page }).await?;
        if let Some(end) = end_of(&rows) {
            ends.0.insert(key, end);
            return Ok(rows);
        }
    }
    let rows = walk(page).await?;
    match end_of(&rows) {
        Some(end) => ends.0.insert(key, end),
        None => drop(ends.0.remove(&key)),
    }
    Ok(rows)
}
