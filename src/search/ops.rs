//! Finds posts by their words, and brings posts from before there was an index into it.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use super::query::{Query, Within};
use super::store::{self, Reach};
use super::{CONFIGURATIONS, PostsUnindexed, author_mark};
use crate::accounts;
use crate::app::App;
use crate::base::handle::Handle;
use crate::base::id::{AccountId, StatusId};
use crate::base::page::Page;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::jobs::{self, Outcome};
use crate::statuses::{PageRow, Status};

/// How long a search may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Words that more posts have are looked for among the next posts first: among so many, then among more. To find all that have a word
/// costs for each of these what it costs to look at two of the next.
const MANY: i64 = 10_000;
const NEAR: [i64; 2] = [2_000, 20_000];

/// Posts that are brought into the index at once.
const BITE: i64 = 500;

/// Posts that `me` may look for, newest first: of `author` alone if there is one. In a fixed number of queries, and within a
/// fixed time: `None` when it takes too long, since the words stand in too many posts.
pub async fn find_posts(
    app: &App,
    me: AccountId,
    text: &str,
    author: Option<AccountId>,
    (page, offset): (Page, i64),
) -> Result<Option<Vec<PageRow>>> {
    let query = Query::parse(text);
    if !query.has_wanted() {
        return Ok(Some(Vec::new()));
    }
    let page = Page { below: page.below.min(query.below), above: page.above.max(query.above), ..page };
    let parts = (query.within != Within::Public, query.within != Within::Library);
    let started = Instant::now();
    let found = app.transaction(async |conn| {
        store::limit_time(conn, PATIENCE).await?;
        let Some(query) = compile(app, conn, me, &query, author).await? else { return Ok(Vec::new()) };
        // Words that many posts have are most likely in the newest: then the others need not be counted up.
        if store::estimate_posts(conn, &query).await? > MANY {
            for reach in NEAR {
                let reach = Reach::Next(reach);
                let found = store::list_posts(conn, me, &query, parts, (page, offset), reach, app.now()).await?;
                if i64::try_from(found.len()).is_ok_and(|many| many >= page.limit) {
                    return Ok(found);
                }
            }
        }
        Ok(store::list_posts(conn, me, &query, parts, (page, offset), Reach::All, app.now()).await?)
    });
    let found: Vec<StatusId> = match found.await {
        // By the time that it took, since the database says why in the language that it is set to.
        Err(Error::Internal(cause)) if started.elapsed() >= PATIENCE => {
            tracing::debug!(%cause, "a search was ended");
            return Ok(None);
        }
        found => found?,
    };
    Ok(Some(found.into_iter().map(|id| PageRow { id, reblog_of_id: None }).collect()))
}

/// The `tsquery` for what is asked; `None` when nothing can be found.
///
/// A post is found by the stems that the configuration of its own language makes of the words. So each configuration reads them,
/// and each reading counts in posts of that configuration alone: what one language leaves out as a filler is a word in others.
async fn compile(
    app: &App,
    conn: &mut Conn,
    me: AccountId,
    query: &Query,
    author: Option<AccountId>,
) -> Result<Option<String>> {
    let mut all: Vec<String> = Vec::new();
    let mut mark = |mark: &str, wanted: bool| all.push(format!("{}'{mark}'", if wanted { "" } else { "!" }));
    query.marks.iter().for_each(|(name, wanted)| mark(name, *wanted));
    if let Some(author) = author {
        mark(&author_mark(author.0), true);
    }
    for (name, wanted) in &query.from {
        match find_author(app, conn, me, name).await? {
            Some(id) => mark(&author_mark(id.0), *wanted),
            None if *wanted => return Ok(None),
            None => {}
        }
    }
    if query.terms.is_empty() {
        return Ok(Some(all.join(" & ")));
    }
    let configurations: BTreeSet<&str> = CONFIGURATIONS.iter().map(|(_, name)| *name).collect();
    let configurations: Vec<&str> = configurations.into_iter().collect();
    let terms: Vec<&str> = query.terms.iter().map(|term| term.words.as_str()).collect();
    let mut readings: HashMap<String, (Vec<String>, Vec<String>)> = HashMap::new();
    for reading in store::list_readings(conn, &configurations, &terms).await? {
        let place = usize::try_from(reading.place - 1).map_err(Error::internal)?;
        let wanted = query.terms.get(place).is_some_and(|term| term.wanted);
        if !reading.query.is_empty() {
            let (there, absent) = readings.entry(reading.configuration).or_default();
            if wanted { there } else { absent }.push(format!("({})", reading.query));
        }
    }
    let (mut any, some) = (Vec::new(), query.terms.iter().any(|term| term.wanted));
    for (configuration, (there, absent)) in &readings {
        if some && !there.is_empty() {
            any.push(format!("('l:{configuration}' & {})", there.join(" & ")));
        }
        all.extend(absent.iter().map(|absent| format!("!('l:{configuration}' & {absent})")));
    }
    if some {
        if any.is_empty() {
            return Ok(None);
        }
        all.push(format!("({})", any.join(" | ")));
    }
    Ok(Some(all.join(" & ")))
}

/// Somebody whom we know by this name (`ada`, `ada@acme.com`), or oneself (`me`).
async fn find_author(app: &App, conn: &mut Conn, me: AccountId, name: &str) -> Result<Option<AccountId>> {
    if name.eq_ignore_ascii_case("me") {
        return Ok(Some(me));
    }
    let Ok(handle) = name.parse::<Handle>() else { return Ok(None) };
    let handle = handle.relative_to(&app.config.instance.domain);
    let found = match &handle.domain {
        Some(domain) => accounts::store::find_remote(conn, &handle.username, domain).await?,
        None => accounts::store::find_local(conn, &handle.username).await?,
    };
    Ok(found.map(|account| account.id))
}

/// Brings some posts into the index, and enqueues the next. Each bite is its own transaction, so that nobody waits for it.
pub async fn index_older(app: &App, job: &PostsUnindexed) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let statuses = store::list_below(conn, job.below, BITE).await?;
        let each: Vec<&Status> = statuses.iter().collect();
        store::index(conn, &each).await?;
        if let Some(oldest) = statuses.last() {
            jobs::enqueue(app, conn, &PostsUnindexed { below: oldest.id }).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Outcome::Done)
}
