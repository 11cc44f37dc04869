//! Fills in a thread from what its server lists (`context`, FEP-7888 and FEP-f228, else `replies`). Nothing that comes so leads to
//! more of it. Whoever lists a thread decides whom we ask, so all that one look can cause is counted beforehand.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use url::Url;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::budget::Budget;
use crate::base::{Error, Result};
use crate::cards;
use crate::federation::policy::is_suspended;
use crate::jobs::Outcome;
use crate::statuses::ops::{self, Arrival};
use crate::statuses::wire::{self, RemoteStatus, threads};
use crate::statuses::{Status, ThreadAwaited, store};

/// Documents that are fetched for one look, at most, and of these from one host.
const MOST: usize = 80;
const MOST_OF_HOST: usize = 40;

/// Pages of a collection that are read, ids in them, and posts that are fetched, at most.
const MOST_PAGES: usize = 5;
const MOST_LISTED: usize = 200;
const MOST_FETCHED: usize = 30;

/// What the author of a post costs who is not known: the actor, and the name.
const AUTHOR: usize = 2;

/// Posts of which also what they quote and link to is fetched, at most, as far as there is so much left.
const MOST_FURTHER: usize = 5;

/// What a quote costs at most: the post, its author, and the stamp.
const QUOTE: usize = 1 + AUTHOR + 1;

/// What a link costs at most: the page, its oEmbed document and picture, and whom it names, an actor and two names on two hosts each.
const CARD: usize = 3 + 5;

/// A post that is listed, as its own host has it.
struct Found {
    object: Value,
    remote: RemoteStatus,
}

/// The authors of what was found, by id. Of those that are not known yet, the fetches are set aside.
type Authors = BTreeMap<String, Option<Account>>;

/// Reads the post again for what it says of its thread, then what is listed there, each post from its own host. Kept are those for
/// everyone that answer a post of this thread; their authors are looked up only then. What cannot be had is left out; whoever looks
/// later has it read again.
pub async fn fill_in(app: &App, job: &ThreadAwaited) -> Result<Outcome> {
    let status = {
        let mut conn = app.db.background().await?;
        store::find_status(&mut conn, job.status_id).await?
    };
    let Some(status) = status.filter(|status| !status.local && status.audience().is_open()) else {
        return Ok(Outcome::drop("the post is deleted, ours, or not for everyone"));
    };
    let mut budget = Budget::new(MOST, MOST_OF_HOST);
    let Some(object) = ask(app, &mut budget, &status.uri, 0).await? else {
        return Ok(Outcome::drop("its server does not answer, or is not asked"));
    };
    let (context, replies) = threads::links(&object);
    // A thread that begins here has its list here, which says nothing new.
    let asked = |link: &&str| askable(app, link).is_some();
    let (context, replies) = (context.filter(asked), replies.filter(asked));
    let Some(start) = context.or(replies) else { return Ok(Outcome::drop("its server lists nothing")) };
    if let Some(context) = context {
        store::set_context(&mut *app.db.background().await?, status.id, context).await?;
    }
    let listed = list(app, &mut budget, start).await?;
    let (found, authors) = look_at(app, &mut budget, listed).await?;
    record(app, &mut budget, &status, found, authors).await?;
    Ok(Outcome::Done)
}

/// The host of an address that may be asked at all.
fn askable(app: &App, uri: &str) -> Option<String> {
    read::host(uri).filter(|host| *host != app.config.instance.domain && !is_suspended(app, host))
}

/// Fetches what is at an address, when there is so much left for its host, and sets `further` fetches aside there. `None` when it is not
/// asked, or cannot be had.
async fn ask(app: &App, budget: &mut Budget, uri: &str, further: usize) -> Result<Option<Value>> {
    let (Some(host), Ok(url)) = (askable(app, uri), Url::parse(uri)) else { return Ok(None) };
    if !budget.take(&host, 1 + further) {
        return Ok(None);
    }
    match accounts::object::get(app, &url).await {
        Ok(object) => Ok(Some(object)),
        Err(error) => {
            budget.give_back(&host, further);
            budget.note_failure(&host, &error);
            unless_ours(error).map(|()| None)
        }
    }
}

/// A fault of ours is worth another try.
fn unless_ours(error: Error) -> Result<()> {
    match error {
        Error::Internal(_) | Error::Unavailable(_) => Err(error),
        error => {
            tracing::debug!(%error, "something of a thread cannot be had");
            Ok(())
        }
    }
}

/// The ids in a collection, page by page, all pages on one host, each once.
async fn list(app: &App, budget: &mut Budget, start: &str) -> Result<Vec<String>> {
    let (host, mut pages) = (read::host(start), Vec::new());
    let (mut found, mut seen, mut next) = (Vec::new(), HashSet::new(), Some(start.to_owned()));
    while let Some(page) = next.take() {
        let enough = pages.len() == MOST_PAGES || found.len() >= MOST_LISTED;
        if enough || pages.contains(&page) || read::host(&page) != host {
            break;
        }
        let Some(document) = ask(app, budget, &page, 0).await? else { break };
        let (items, following) = threads::listed(&document);
        found.extend(items.into_iter().filter(|uri| seen.insert((*uri).to_owned())).map(str::to_owned));
        next = following.map(str::to_owned);
        pages.push(page);
    }
    found.truncate(MOST_LISTED);
    Ok(found)
}

/// Fetches those posts that are not here, and keeps in hand what may belong to the thread: for everyone, an answer to something, and on
/// the host that was asked. One query says which are here.
async fn look_at(app: &App, budget: &mut Budget, listed: Vec<String>) -> Result<(Vec<Found>, Authors)> {
    let uris: Vec<&str> = listed.iter().map(String::as_str).collect();
    let known = store::list_known(&mut *app.db.background().await?, &uris).await?;
    let known: HashSet<String> = known.into_iter().map(|(uri, _)| uri).collect();
    let (mut found, mut authors, mut asked) = (Vec::new(), Authors::new(), 0);
    for uri in listed.iter().filter(|uri| !known.contains(*uri)) {
        let Some(host) = askable(app, uri).filter(|host| budget.has(host, 1 + AUTHOR)) else { continue };
        if asked == MOST_FETCHED {
            break;
        }
        asked += 1;
        let Some(object) = ask(app, budget, uri, AUTHOR).await? else { continue };
        let remote = wire::parse_status(&object, "").ok();
        let remote = remote.filter(|remote| {
            remote.audience.is_open() && remote.in_reply_to.is_some() && read::same_host(&remote.uri, uri)
        });
        let Some(remote) = remote else {
            budget.give_back(&host, AUTHOR);
            continue;
        };
        if let std::collections::btree_map::Entry::Vacant(place) = authors.entry(remote.author_uri.clone()) {
            let author = accounts::store::find_by_uri(&mut *app.db.background().await?, &remote.author_uri).await?;
            if place.insert(author).is_some() {
                budget.give_back(&host, AUTHOR);
            }
        } else {
            budget.give_back(&host, AUTHOR);
        }
        found.push(Found { object, remote });
    }
    Ok((found, authors))
}

/// Records those that answer what is here of the thread, until no further one does.
async fn record(
    app: &App,
    budget: &mut Budget,
    status: &Status,
    mut waiting: Vec<Found>,
    mut authors: Authors,
) -> Result<()> {
    let parents: Vec<&str> = waiting.iter().filter_map(|found| found.remote.in_reply_to.as_deref()).collect();
    let known = store::list_known(&mut *app.db.background().await?, &parents).await?;
    let of_thread = known.into_iter().filter(|(_, thread)| *thread == status.thread_id);
    let mut of_thread: HashSet<String> = of_thread.map(|(uri, _)| uri).collect();
    let mut recorded = 0;
    loop {
        let answers = |found: &Found| found.remote.in_reply_to.as_ref().is_some_and(|uri| of_thread.contains(uri));
        let (ready, left): (Vec<Found>, Vec<Found>) = waiting.into_iter().partition(answers);
        if ready.is_empty() {
            return Ok(());
        }
        for Found { object, remote } in ready {
            let Some(author) = author_of(app, budget, &mut authors, &remote).await? else { continue };
            // Who may quote it, only its author's collections tell.
            let Ok(remote) = wire::parse_status(&object, &author.followers_uri) else { continue };
            let arrival = match recorded < MOST_FURTHER {
                true => further(app, budget, &remote),
                false => Arrival::Listed { quote: false, card: false },
            };
            let status = app
                .background_transaction(async |conn| ops::record(app, conn, &author, &remote, arrival).await)
                .await?;
            if status.is_some() {
                recorded += 1;
                of_thread.insert(remote.uri);
            }
        }
        waiting = left;
    }
}

/// What a post that is to be kept may lead to. Jobs see to it later, each by itself, so all that it can cost is taken now: from all, and from
/// the host that it names.
fn further(app: &App, budget: &mut Budget, remote: &RemoteStatus) -> Arrival {
    let own = &app.config.instance.domain;
    let mut take = |uri: &str, fetches| askable(app, uri).is_some_and(|host| budget.take(&host, fetches));
    // What is ours need not be fetched.
    let quoted = remote.quote.as_ref().map(|quote| quote.uri.as_str());
    let quote = quoted.is_some_and(|uri| read::host(uri).is_some_and(|host| host == *own) || take(uri, QUOTE));
    let link = cards::first_link(&remote.content, own, &[]).filter(|_| app.config.posts.preview_cards);
    let card = link.is_some_and(|link| take(link.as_str(), CARD));
    Arrival::Listed { quote, card }
}

/// Who wrote a post that is to be kept, by the fetches that were set aside.
async fn author_of(
    app: &App,
    budget: &mut Budget,
    authors: &mut Authors,
    remote: &RemoteStatus,
) -> Result<Option<Account>> {
    if let Some(Some(known)) = authors.get(&remote.author_uri) {
        return Ok(Some(known.clone()).filter(|author| !author.is_suspended()));
    }
    let Some(host) = askable(app, &remote.author_uri).filter(|host| !budget.is_tired_of(host)) else { return Ok(None) };
    match accounts::object::resolve_author(app, &remote.author_uri).await {
        Ok(author) => {
            authors.insert(remote.author_uri.clone(), Some(author.clone()));
            Ok(Some(author).filter(|author| !author.is_suspended()))
        }
        Err(error) => {
            budget.note_failure(&host, &error);
            unless_ours(error).map(|()| None)
        }
    }
}
