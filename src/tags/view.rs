//! Loads what a page of hashtags needs, in two queries.

use std::collections::HashMap;

use serde_json::Value;

use super::store::{self, Standing};
use super::{DAYS, Day, Featured, entity};
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, TagId};
use crate::base::visibility::Viewer;
use crate::db::Conn;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Posts that are counted for one hashtag, and for all of a page.
const MOST_OF_ONE: i64 = 1_000;
const MOST_OF_ALL: i64 = 5_000;

/// Hashtags (normalised) as JSON, in their order. A hashtag that nobody uses is one like others.
pub async fn load_many(app: &App, conn: &mut Conn, viewer: Viewer, names: &[String]) -> Result<Vec<Value>> {
    let Some(number) = i64::try_from(names.len()).ok().filter(|number| *number > 0) else { return Ok(Vec::new()) };
    let today = app.now().timestamp().div_euclid(DAY_SECONDS);
    // Ids begin with the time, in milliseconds.
    let above = ((today - DAYS + 1) * DAY_SECONDS * 1000) << 16;
    let most = (MOST_OF_ALL / number).clamp(1, MOST_OF_ONE);
    let mut used: HashMap<(String, i64), (i64, i64)> = HashMap::new();
    for row in store::list_history(conn, viewer, names, above, most).await? {
        used.insert((row.name, row.day), (row.uses, row.accounts));
    }
    let mut standings: HashMap<String, Standing> = HashMap::new();
    if let Some(me) = viewer.0 {
        let found = store::list_standings(conn, me, names).await?;
        standings.extend(found.into_iter().map(|standing| (standing.name.clone(), standing)));
    }
    let one = |name: &String| {
        let history: Vec<Day> = (0..DAYS)
            .map(|ago| {
                let day = today - ago;
                let (uses, accounts) = used.get(&(name.clone(), day)).copied().unwrap_or_default();
                Day { start: day * DAY_SECONDS, uses, accounts }
            })
            .collect();
        let said = |what: fn(&Standing) -> bool| viewer.0.map(|_| standings.get(name).is_some_and(what));
        entity::tag(&app.origin, name, &history, said(|s| s.following), said(|s| s.featuring))
    };
    Ok(names.iter().map(one).collect())
}

/// The hashtags on a profile as JSON, with how often its owner used them; the most used first.
pub async fn load_featured(
    app: &App,
    conn: &mut Conn,
    viewer: Viewer,
    of: AccountId,
    featured: Vec<Featured>,
) -> Result<Vec<Value>> {
    if featured.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<TagId> = featured.iter().map(|featured| featured.tag_id).collect();
    let usage: HashMap<_, _> = store::list_usage(conn, viewer, of, &ids).await?.into_iter().collect();
    let mut rows: Vec<_> = featured
        .into_iter()
        .map(|featured| {
            let usage = usage.get(&featured.tag_id).copied().unwrap_or_default();
            (featured, usage)
        })
        .collect();
    rows.sort_by_key(|(_, usage)| std::cmp::Reverse(usage.statuses_count));
    Ok(rows.iter().map(|(featured, usage)| entity::featured(&app.origin, featured, *usage)).collect())
}
