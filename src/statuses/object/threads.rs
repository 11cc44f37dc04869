//! Fills in a thread from what its server lists (`context`, FEP-7888 and FEP-f228, else `replies`). Nothing that comes so leads to
//! more of it.

use url::Url;

use super::read_post;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::{Error, Result};
use crate::federation::policy::is_suspended;
use crate::jobs::Outcome;
use crate::statuses::ops::{self, Arrival};
use crate::statuses::wire::{RemoteStatus, threads};
use crate::statuses::{Status, ThreadAwaited, store};

/// Pages of a collection that are read, ids in them, and posts that are fetched, at most.
const MOST_PAGES: usize = 5;
const MOST_LISTED: usize = 200;
const MOST_FETCHED: usize = 30;

/// Reads the post again for what it says of its thread, then what is listed there, each post from its own host. Kept are those for
/// everyone that answer a post of this thread. What cannot be had is left out; whoever looks later has it read again.
pub async fn fill_in(app: &App, job: &ThreadAwaited) -> Result<Outcome> {
    let status = {
        let mut conn = app.db.background().await?;
        store::find_status(&mut conn, job.status_id).await?
    };
    let Some(status) = status.filter(|status| !status.local && status.audience().is_open()) else {
        return Ok(Outcome::drop("the post is deleted, ours, or not for everyone"));
    };
    let url = Url::parse(&status.uri).map_err(|_| Error::invalid("uri", "is no URL"))?;
    let object = match accounts::object::get(app, &url).await {
        Ok(object) => object,
        Err(error) => return unless_ours(error),
    };
    let asked = |link: &&str| {
        read::host(link).is_some_and(|host| host != app.config.instance.domain && !is_suspended(app, &host))
    };
    let (context, replies) = threads::links(&object);
    // A thread that begins here has its list here, which says nothing new.
    let (context, replies) = (context.filter(asked), replies.filter(asked));
    let Some(start) = context.or(replies) else { return Ok(Outcome::drop("its server lists nothing")) };
    if let Some(context) = context {
        store::set_context(&mut *app.db.background().await?, status.id, context).await?;
    }
    let (mut waiting, mut fetched) = (Vec::new(), 0);
    for uri in list(app, start).await? {
        if store::find_by_uri(&mut *app.db.background().await?, &uri).await?.is_some() {
            continue;
        }
        if fetched == MOST_FETCHED {
            break;
        }
        fetched += 1;
        match read_post(app, &uri).await {
            Ok((author, remote)) => waiting.push((author, remote)),
            Err(error) => {
                unless_ours(error)?;
            }
        }
    }
    record(app, &status, waiting).await?;
    Ok(Outcome::Done)
}

/// A fault of ours is worth another try.
fn unless_ours(error: Error) -> Result<Outcome> {
    match error {
        Error::Internal(_) | Error::Unavailable(_) => Err(error),
        error => Ok(Outcome::drop(error.to_string())),
    }
}

/// The ids in a collection, page by page, all pages on one host.
async fn list(app: &App, start: &str) -> Result<Vec<String>> {
    let (host, mut pages) = (read::host(start), Vec::new());
    let (mut found, mut next) = (Vec::new(), Some(start.to_owned()));
    while let Some(page) = next.take() {
        let enough = pages.len() == MOST_PAGES || found.len() >= MOST_LISTED;
        if enough || pages.contains(&page) || read::host(&page) != host {
            break;
        }
        let Ok(url) = Url::parse(&page) else { break };
        let document = match accounts::object::get(app, &url).await {
            Ok(document) => document,
            Err(error) => {
                unless_ours(error)?;
                break;
            }
        };
        let (items, following) = threads::listed(&document);
        found.extend(items.into_iter().map(str::to_owned));
        next = following.map(str::to_owned);
        pages.push(page);
    }
    found.truncate(MOST_LISTED);
    Ok(found)
}

/// Records those that answer what is here of the thread, until no further one does.
async fn record(app: &App, status: &Status, mut waiting: Vec<(Account, RemoteStatus)>) -> Result<()> {
    waiting.retain(|(_, remote)| remote.audience.is_open());
    loop {
        let (before, mut left) = (waiting.len(), Vec::new());
        for (author, remote) in waiting {
            if answers(app, status, &remote).await? {
                let arrival = Arrival::Fetched { depth: 0 };
                app.background_transaction(async |conn| ops::record(app, conn, &author, &remote, arrival).await)
                    .await?;
            } else {
                left.push((author, remote));
            }
        }
        if left.is_empty() || left.len() == before {
            return Ok(());
        }
        waiting = left;
    }
}

async fn answers(app: &App, status: &Status, remote: &RemoteStatus) -> Result<bool> {
    let Some(parent) = &remote.in_reply_to else { return Ok(false) };
    let parent = store::find_by_uri(&mut *app.db.background().await?, parent).await?;
    Ok(parent.is_some_and(|parent| parent.thread_id == status.thread_id))
}
