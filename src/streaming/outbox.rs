//! What happened goes out to those who listen. Runs in every process that serves.
//!
//! The work for a batch of changes is proportional to the connections that are concerned, and takes a fixed number of
//! queries: where the posts show, whose homes they come to, what each viewer may see of them (which is the permission), and
//! whether the tokens hold. Nothing of that is kept.

mod notices;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::task::AbortHandle;

use super::hub::{End, Event, Hub, Listener};
use super::store::FormerPost;
use super::{Kind, Stream, store};
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, ListId, StatusId, TagId, TokenId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::changes::{self, Change, Deletion, Heard};
use crate::statuses::PageRow;
use crate::statuses::view;
use crate::{oauth, timelines};

/// How often it is asked whether the tokens of quiet connections hold. Those of others are asked for with each event.
const RECHECK: Duration = Duration::from_secs(30);

/// Changes that are told of at once, at most.
const MOST_AT_ONCE: usize = 256;

/// Viewers' posts that are loaded at once, at most.
const MOST_LOOKS: usize = 1000;

/// What runs for the streams of an instance.
#[derive(Default)]
struct Tasks(Mutex<Vec<AbortHandle>>);

/// Starts telling those who listen here, telling other processes, and listening to them. Call it on the main runtime.
pub fn start(app: &App) {
    let (teller, listener, fan_out) = (app.clone(), app.clone(), app.clone());
    let heard = app.changes.hear();
    let tasks = [
        tokio::spawn(async move { changes::tell_others(&teller.db, &teller.changes).await }).abort_handle(),
        tokio::spawn(async move { changes::listen_to_others(&listener.db, &listener.changes).await }).abort_handle(),
        tokio::spawn(async move { run(&fan_out, heard).await }).abort_handle(),
    ];
    app.slot::<Tasks>().0.lock().unwrap_or_else(PoisonError::into_inner).extend(tasks);
}

/// Ends all streams, and what [`start`] started.
pub fn stop(app: &App) {
    app.slot::<Hub>().stop();
    for task in app.slot::<Tasks>().0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        task.abort();
    }
}

async fn run(app: &App, mut heard: tokio::sync::broadcast::Receiver<Heard>) {
    let hub = app.slot::<Hub>();
    let mut recheck = tokio::time::interval(RECHECK);
    loop {
        let outcome = tokio::select! {
            said = heard.recv() => match said {
                Ok(Heard::Changes(batch)) => {
                    let mut all = batch.to_vec();
                    while all.len() < MOST_AT_ONCE
                        && let Ok(Heard::Changes(more)) = heard.try_recv()
                    {
                        all.extend_from_slice(&more);
                    }
                    tell(app, &hub, &all).await
                }
                // What was missed is what clients ask for when they next do; but tokens may have ended.
                Ok(Heard::Lost) | Err(RecvError::Lagged(_)) => end_unheld(app, &hub).await,
                Err(RecvError::Closed) => return,
            },
            _ = recheck.tick() => end_unheld(app, &hub).await,
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "those who listen could not be told of something");
        }
    }
}

/// Ends the connections whose tokens do not hold any more, whatever was or was not announced.
async fn end_unheld(app: &App, hub: &Hub) -> Result<()> {
    let tokens = hub.tokens();
    for some in tokens.chunks(MOST_LOOKS) {
        let mut conn = app.db.background().await?;
        let held: HashSet<TokenId> = oauth::store::list_holding(&mut conn, some).await?.into_iter().collect();
        if held.len() < some.len() {
            hub.end(End::SignedOut, |one| some.contains(&one.token_id) && !held.contains(&one.token_id));
        }
    }
    Ok(())
}

/// An event for somebody who listens to a stream.
struct Delivery {
    stream: Stream,
    viewer: Viewer,
    kind: Kind,
    payload: Option<Arc<str>>,
}

/// Tells those who listen of these changes, in their order as far as that shows: a post that is gone is gone last.
async fn tell(app: &App, hub: &Hub, changes: &[Change]) -> Result<()> {
    for change in changes {
        match change {
            Change::TokenEnded(token) => hub.end(End::SignedOut, |one| one.token_id == *token),
            Change::SignedOut(account) => hub.end(End::SignedOut, |one| one.account_id == *account),
            _ => {}
        }
    }
    if hub.tokens().is_empty() {
        return Ok(());
    }
    let mut conn = app.db.background().await?;
    let mut deliveries = posts(app, &mut conn, hub, changes).await?;
    deliveries.extend(notices::notifications(app, &mut conn, hub, changes).await?);
    deliveries.extend(notices::conversations(app, &mut conn, hub, changes).await?);
    deliveries.extend(notices::announcements(app, &mut conn, hub, changes).await?);
    deliveries.extend(deletions(&mut conn, hub, changes).await?);
    deliveries.extend(changes.iter().filter_map(notices::wordless));
    send(&mut conn, hub, deliveries).await
}

/// Posts that are new or were edited, as each who listens sees them.
async fn posts(app: &App, conn: &mut Conn, hub: &Hub, changes: &[Change]) -> Result<Vec<Delivery>> {
    let mut events: Vec<(StatusId, Kind)> = Vec::new();
    for change in changes {
        let event = match change {
            Change::Published(id) => (*id, Kind::Update),
            Change::Edited(id) => (*id, Kind::StatusUpdate),
            _ => continue,
        };
        if !events.contains(&event) {
            events.push(event);
        }
    }
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<StatusId> = events.iter().map(|(id, _)| *id).collect();
    let looks = looks(app, conn, hub, &ids).await?;
    let mut pairs: Vec<(Viewer, PageRow)> = looks.iter().map(|(_, viewer, row)| (*viewer, *row)).collect();
    pairs.sort_unstable_by_key(|(viewer, row)| (viewer.bind(), row.id));
    pairs.dedup();
    let mut written: HashMap<(Viewer, StatusId), Arc<str>> = HashMap::with_capacity(pairs.len());
    for some in pairs.chunks(MOST_LOOKS) {
        let loaded = view::load_for_each(app, conn, some).await?;
        written.extend(loaded.into_iter().map(|(look, json)| (look, json.into())));
    }
    let mut deliveries = Vec::with_capacity(looks.len());
    for (id, kind) in events {
        for (stream, viewer, _) in looks.iter().filter(|(_, _, row)| row.id == id) {
            let Some(payload) = written.get(&(*viewer, id)) else { continue };
            let payload = Some(payload.clone());
            deliveries.push(Delivery { stream: stream.clone(), viewer: *viewer, kind, payload });
        }
    }
    Ok(deliveries)
}

/// The people who listen to a stream.
fn people(hub: &Hub, stream: &Stream) -> Vec<AccountId> {
    hub.viewers(stream).into_iter().filter_map(|viewer| viewer.0).collect()
}

/// Who would be shown which of these posts, on which stream, if they may see it.
async fn looks(app: &App, conn: &mut Conn, hub: &Hub, ids: &[StatusId]) -> Result<Vec<(Stream, Viewer, PageRow)>> {
    let places = store::list_places(conn, ids).await?;
    let mut looks = Vec::new();
    for place in &places {
        let public = Stream::public(place.local, place.media).filter(|_| place.public);
        let tagged = place.tags.iter().flat_map(|tag| Stream::hashtag(tag, place.local));
        for stream in public.chain(tagged) {
            looks.extend(hub.viewers(&stream).into_iter().map(|viewer| (stream.clone(), viewer, place.post)));
        }
    }
    let mut pairs: Vec<(Viewer, StatusId)> = looks.iter().map(|(_, viewer, row)| (*viewer, row.id)).collect();
    pairs.sort_unstable_by_key(|(viewer, id)| (viewer.bind(), *id));
    pairs.dedup();
    let mut shown: HashSet<(Viewer, StatusId)> = HashSet::new();
    for some in pairs.chunks(MOST_LOOKS) {
        shown.extend(store::list_shown(conn, some, app.now()).await?);
    }
    looks.retain(|(_, viewer, row)| shown.contains(&(*viewer, row.id)));
    let people = people(hub, &Stream::User);
    if !people.is_empty() {
        for (viewer, row) in timelines::store::list_homes(conn, &people, ids, app.now()).await? {
            looks.push((Stream::User, Viewer::account(viewer), row));
        }
    }
    let listened: HashMap<ListId, Viewer> = hub.lists().into_iter().collect();
    if !listened.is_empty() {
        let lists: Vec<ListId> = listened.keys().copied().collect();
        for (list, row) in timelines::store::list_lists(conn, &lists, ids, app.now()).await? {
            looks.extend(listened.get(&list).map(|viewer| (Stream::List(list), *viewer, row)));
        }
    }
    Ok(looks)
}

/// Posts that are gone, for those who may have seen them.
async fn deletions(conn: &mut Conn, hub: &Hub, changes: &[Change]) -> Result<Vec<Delivery>> {
    let gone: Vec<&Deletion> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Deleted(gone) => Some(&**gone),
            _ => None,
        })
        .collect();
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let mut told: Vec<(Stream, Viewer, FormerPost)> = former_homes(conn, hub, &gone).await?;
    let public: Vec<&&Deletion> =
        gone.iter().filter(|gone| gone.audience_kind == 1 && gone.boosted_account_id.is_none()).collect();
    let tags: Vec<TagId> = public.iter().flat_map(|gone| gone.tags.iter().copied()).collect();
    let names: HashMap<TagId, String> = match tags.as_slice() {
        [] => HashMap::new(),
        tags => store::list_tag_names(conn, tags).await?.into_iter().collect(),
    };
    for gone in public {
        let tagged = gone.tags.iter().filter_map(|tag| names.get(tag)).flat_map(|tag| Stream::hashtag(tag, gone.local));
        for stream in Stream::public(gone.local, true).chain(tagged) {
            told.extend(hub.viewers(&stream).into_iter().map(|viewer| (stream.clone(), viewer, former(gone))));
        }
    }
    let mut may: HashSet<(Viewer, StatusId)> = HashSet::new();
    let looks: Vec<(Viewer, FormerPost)> = told.iter().map(|(_, viewer, post)| (*viewer, *post)).collect();
    for some in looks.chunks(MOST_LOOKS) {
        may.extend(store::list_former_viewers(conn, some).await?);
    }
    told.retain(|(_, viewer, post)| may.contains(&(*viewer, post.id)));
    withhold_boosts(conn, &gone, &mut told).await?;
    let mut seen = HashSet::new();
    told.retain(|(stream, viewer, post)| seen.insert((stream.clone(), *viewer, post.id)));
    let deliver = |(stream, viewer, post): (Stream, Viewer, FormerPost)| Delivery {
        stream,
        viewer,
        kind: Kind::Delete,
        payload: Some(post.id.to_string().into()),
    };
    Ok(told.into_iter().map(deliver).collect())
}

fn former(gone: &Deletion) -> FormerPost {
    FormerPost {
        id: gone.id,
        account_id: gone.account_id,
        audience_kind: gone.audience_kind,
        audience_id: gone.audience_id,
        local: gone.local,
    }
}

/// At whose homes, and on which lists, posts that are gone may have shown: those of who wrote them, of followers, and of who
/// was mentioned, who may have them from a notification.
async fn former_homes(conn: &mut Conn, hub: &Hub, gone: &[&Deletion]) -> Result<Vec<(Stream, Viewer, FormerPost)>> {
    let lists = hub.lists();
    let mut people = people(hub, &Stream::User);
    people.extend(lists.iter().filter_map(|(_, viewer)| viewer.0));
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let authors: Vec<AccountId> = gone.iter().map(|gone| gone.account_id).collect();
    let follows = store::list_follows(conn, &people, &authors).await?;
    let people: HashSet<AccountId> = people.into_iter().collect();
    let mut homes = Vec::new();
    for gone in gone {
        let followers = follows.iter().filter(|(_, author)| *author == gone.account_id).map(|(follower, _)| *follower);
        let own = people.get(&gone.account_id).copied();
        homes.extend(followers.chain(own).map(|viewer| (Stream::User, Viewer::account(viewer), former(gone))));
        // Being mentioned let them see it. All that keeps others from what is for everyone keeps them from it, too.
        let open = FormerPost { audience_kind: 1, audience_id: None, ..former(gone) };
        let mentioned = gone.mentioned.iter().filter(|mentioned| people.contains(mentioned));
        homes.extend(mentioned.map(|mentioned| (Stream::User, Viewer::account(*mentioned), open)));
    }
    let listed = |(_, viewer, post): &(Stream, Viewer, FormerPost)| {
        let own: Vec<_> = lists.iter().filter(|(_, owner)| owner == viewer).collect();
        own.into_iter().map(|(list, owner)| (Stream::List(*list), *owner, *post)).collect::<Vec<_>>()
    };
    let on_lists: Vec<_> = homes.iter().flat_map(listed).collect();
    homes.extend(on_lists);
    Ok(homes)
}

/// Takes out the boosts of what the viewers could not see.
async fn withhold_boosts(
    conn: &mut Conn,
    gone: &[&Deletion],
    told: &mut Vec<(Stream, Viewer, FormerPost)>,
) -> Result<()> {
    let boosts: HashMap<StatusId, FormerPost> = gone
        .iter()
        .filter_map(|gone| {
            let (account_id, audience_kind) = gone.boosted_account_id.zip(gone.boosted_audience_kind)?;
            Some((gone.id, FormerPost { account_id, audience_kind, audience_id: None, ..former(gone) }))
        })
        .collect();
    if boosts.is_empty() {
        return Ok(());
    }
    let looks: Vec<(Viewer, FormerPost)> =
        told.iter().filter_map(|(_, viewer, post)| Some((*viewer, *boosts.get(&post.id)?))).collect();
    let mut may: HashSet<(Viewer, StatusId)> = HashSet::new();
    for some in looks.chunks(MOST_LOOKS) {
        may.extend(store::list_former_viewers(conn, some).await?);
    }
    told.retain(|(_, viewer, post)| !boosts.contains_key(&post.id) || may.contains(&(*viewer, post.id)));
    Ok(())
}

/// Hands over to the connections whose tokens hold at this moment; ends the others.
async fn send(conn: &mut Conn, hub: &Hub, deliveries: Vec<Delivery>) -> Result<()> {
    let mut events: Vec<(Listener, Kind, Option<Arc<str>>)> = Vec::new();
    for delivery in deliveries {
        for listener in hub.listeners(&delivery.stream, delivery.viewer) {
            events.push((listener, delivery.kind, delivery.payload.clone()));
        }
    }
    let tokens: HashSet<TokenId> = events.iter().map(|(listener, _, _)| listener.connection.token_id).collect();
    if tokens.is_empty() {
        return Ok(());
    }
    let tokens: Vec<TokenId> = tokens.into_iter().collect();
    let held: HashSet<TokenId> = oauth::store::list_holding(conn, &tokens).await?.into_iter().collect();
    for (listener, kind, payload) in events {
        if held.contains(&listener.connection.token_id) {
            listener.connection.push(Event { name: listener.name, kind, payload });
        } else {
            listener.connection.end(End::SignedOut);
        }
    }
    Ok(())
}
