//! Where posts stand in their threads, and when those of others are read again.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;

use crate::accounts;
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams::host;
use crate::base::id::{AccountId, StatusId};
use crate::db::Conn;
use crate::jobs;
use crate::statuses::store::{Count, ThreadSize};
use crate::statuses::wire::{Place, threads};
use crate::statuses::{Status, ThreadAwaited, store};

/// A thread from elsewhere is read again after this, when somebody looks.
const FRESH: TimeDelta = TimeDelta::minutes(15);

/// Posts of a thread that may always be moved into another (F373).
const FEW: i64 = 100;

/// Posts that are moved at once, so that two threads are one.
const MOST_MOVED: i64 = 5000;

/// Whom an answer to a post answers. As in Mastodon, who goes on with an answer of their own still answers whom that one does.
pub(super) fn whom_it_answers(author: AccountId, parent: &Status) -> Option<AccountId> {
    match parent.account_id == author && parent.in_reply_to_uri.is_some() {
        true => parent.in_reply_to_account_id,
        false => Some(parent.account_id),
    }
}

/// Gives the replies that came before this post their parent, which counts those that are for everyone, and makes one thread of theirs
/// and its own. A second run changes nothing.
pub async fn adopt_replies(conn: &mut Conn, parent: &Status) -> Result<()> {
    let adopted = store::adopt_replies(conn, parent).await?;
    if adopted.is_empty() {
        return Ok(());
    }
    let replies: Vec<StatusId> = adopted.iter().map(|reply| reply.id).collect();
    store::update_continued(conn, &replies).await?;
    let open = i64::try_from(adopted.iter().filter(|reply| reply.open).count()).unwrap_or(i64::MAX);
    store::count_on_status(conn, parent.id, Count::Replies, open).await?;
    let threads = adopted.iter().map(|reply| reply.thread_id).chain([parent.thread_id]).collect();
    join_threads(conn, parent.thread_id, threads).await
}

/// Makes one thread of these. Whoever sends us one parent after the other must not make us write a long thread anew each time.
async fn join_threads(conn: &mut Conn, parents: StatusId, threads: BTreeSet<StatusId>) -> Result<()> {
    if threads.len() < 2 {
        return Ok(());
    }
    let threads: Vec<StatusId> = threads.into_iter().collect();
    let sizes = store::list_thread_sizes(conn, &threads, MOST_MOVED + 1).await?;
    let stays = staying(parents, &sizes);
    let moving = sizes.iter().filter(|thread| thread.thread_id != stays && thread.size <= MOST_MOVED);
    let moving: Vec<StatusId> = moving.map(|thread| thread.thread_id).collect();
    store::move_threads(conn, &moving, stays).await?;
    store::move_thread_mutes(conn, &moving, stays).await?;
    Ok(())
}

/// Which of some threads the others become part of: the parent's, but for one that is long and longer. Of a thread of ours others know
/// the address.
fn staying(parents: StatusId, sizes: &[ThreadSize]) -> StatusId {
    let ours = sizes.iter().any(|thread| thread.thread_id == parents && thread.ours);
    let longest = sizes.iter().max_by_key(|thread| thread.size).filter(|longest| longest.size > FEW && !ours);
    longest.map_or(parents, |longest| longest.thread_id)
}

/// Whose followers a post of ours names besides its author's, and where its thread is: of one that is for everyone, and answers one that
/// is. To name them makes it no wider; their server passes it on to them (ActivityPub §7.1.2).
pub async fn find_place(conn: &mut Conn, status: &Status) -> Result<Place> {
    Ok(list_places(conn, std::slice::from_ref(status)).await?.remove(&status.id).unwrap_or_default())
}

/// As [`find_place`], of some posts. Those that have none are left out.
pub async fn list_places(conn: &mut Conn, statuses: &[Status]) -> Result<HashMap<StatusId, Place>> {
    let open = |status: &&Status| status.local && status.audience().is_open() && status.reblog_of_id.is_none();
    let mut places = HashMap::new();
    let mut replies = Vec::new();
    for status in statuses.iter().filter(open) {
        match status.in_reply_to_id {
            Some(parent) => replies.push((status, parent)),
            None if status.thread_id == status.id => {
                let place = Place { context: Some(threads::context_of(status)), ..Place::default() };
                places.insert(status.id, place);
            }
            None => {}
        }
    }
    if replies.is_empty() {
        return Ok(places);
    }
    let above: Vec<StatusId> = replies.iter().flat_map(|(status, parent)| [*parent, status.thread_id]).collect();
    let above = store::list_statuses(conn, &above).await?;
    let above: HashMap<StatusId, Status> = above.into_iter().map(|status| (status.id, status)).collect();
    let answered = |(status, parent): &(&Status, StatusId)| {
        let parent = above.get(parent).filter(|parent| parent.audience().is_open())?;
        Some(parent.account_id).filter(|author| *author != status.account_id)
    };
    let authors: Vec<AccountId> = replies.iter().filter_map(answered).collect();
    let authors = accounts::store::list_accounts(conn, &authors).await?;
    let root_of = |status: &Status| above.get(&status.thread_id).filter(|root| root.local);
    let elsewhere = replies.iter().filter(|(status, _)| root_of(status).is_none());
    let elsewhere: Vec<StatusId> = elsewhere.flat_map(|(status, parent)| [*parent, status.thread_id]).collect();
    let contexts: HashMap<StatusId, String> = store::list_contexts(conn, &elsewhere).await?.into_iter().collect();
    for reply in &replies {
        let (status, parent) = reply;
        let author = answered(reply).and_then(|id| authors.iter().find(|author| author.id == id));
        let followers = author.map(|author| author.followers_uri.clone());
        let context = match root_of(status) {
            Some(root) => Some(threads::context_of(root)).filter(|_| root.audience().is_open()),
            None => contexts.get(parent).or_else(|| contexts.get(&status.thread_id)).cloned(),
        };
        places.insert(status.id, Place { answered: followers.filter(|uri| !uri.is_empty()), context });
    }
    Ok(places)
}

/// Somebody here looks at a post from elsewhere: has its thread read from its server, if it was not a short while ago. Enqueues
/// [`ThreadAwaited`].
pub async fn ask_anew(app: &App, status: &Status) -> Result<()> {
    let Some(host) = host(&status.uri).filter(|_| !status.local && status.audience().is_open()) else {
        return Ok(());
    };
    let now = app.now();
    app.background_transaction(async |conn| {
        if store::claim_thread(conn, status.id, now, now - FRESH).await? {
            jobs::enqueue(app, conn, &ThreadAwaited { status_id: status.id, host }).await?;
        }
        Ok(())
    })
    .await
}
