//! Posts as other servers read them, and their delivery.

pub mod archive;
pub mod forwarding;
mod parts;
pub mod threads;

use std::collections::BTreeSet;

use activitypub_federation::protocol::tombstone::Tombstone;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use parts::load;

use super::{StatusEdited, StatusPublished, StatusRestated, ops, store, wire};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::activitystreams::host;
use crate::base::id::{AccountId, PollId, StatusId};
use crate::base::visibility::{Audience, Viewer};
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::db::changes::Change;
use crate::edge::negotiate::{activity, activity_with_status, see, wants_activity};
use crate::edge::respond::Answer;
use crate::federation::{delivery, inbox};
use crate::jobs::Outcome;
use crate::polls::{self, PollEnded, PollTallied};
use crate::quotes;
use crate::relationships;

/// Activities on one page of an outbox.
const PAGE: i64 = 20;

/// Delivers a post (its Create, or the Announce of a boost) to whomever its audience names. Everything is one
/// transaction, and the activity's id is its own, so a second run changes nothing.
pub async fn deliver(app: &App, job: &StatusPublished) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let Some(status) = store::find_status(conn, job.status_id).await? else {
            return Ok(Outcome::drop("the post is deleted"));
        };
        let Some(parts) = load(app, conn, status).await?.filter(|parts| !parts.author.is_suspended()) else {
            return Ok(Outcome::drop("the author is gone or suspended"));
        };
        ops::tell_watchers(app, conn, &parts.status).await?;
        let (uri, body, inboxes) = match parts.status.reblog_of_id {
            Some(original) => match announce(conn, &parts, original).await? {
                Some(outgoing) => outgoing,
                None => return Ok(Outcome::drop("what is boosted is deleted, or its author suspended")),
            },
            None => {
                let inboxes = inboxes_of(app, conn, &parts).await?;
                let body = wire::create(&parts, &app.origin, &app.config.instance.domain);
                (format!("{}/activity", parts.status.uri), body, inboxes)
            }
        };
        if !inboxes.is_empty() {
            store::insert_hosts(conn, parts.status.id, &inboxes).await?;
            delivery::send(app, conn, parts.author.id, &uri, &body, &inboxes).await?;
        }
        if let Some(note) = body.get("object").filter(|_| parts.quote.is_some()) {
            quotes::ops::ask(app, conn, &parts.author, &parts.status, note).await?;
        }
        Ok(Outcome::Done)
    })
    .await
}

/// Sends the Update of an edited post to whoever has it. What is not for everyone goes to those who may see it now: who left
/// gets nothing new (AUDIENCE rule 9). A second run, and that of an edit which was edited again meanwhile, change nothing.
pub async fn deliver_edit(app: &App, job: &StatusEdited) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let Some(status) = store::find_status(conn, job.status_id).await? else {
            return Ok(Outcome::drop("the post is deleted"));
        };
        let Some(parts) = load(app, conn, status).await?.filter(|parts| !parts.author.is_suspended()) else {
            return Ok(Outcome::drop("the author is gone or suspended"));
        };
        let edited_at = parts.status.edited_at.unwrap_or(parts.status.created_at);
        let uri = format!("{}#updates/{}", parts.status.uri, edited_at.timestamp_micros());
        send_update(app, conn, &parts, &uri, edited_at, Vec::new()).await?;
        Ok(Outcome::Done)
    })
    .await
}

/// Sends the Update of a post of which something else than its text has changed: see [`StatusRestated`]. It has no new `updated`.
pub async fn deliver_restated(app: &App, job: &StatusRestated) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let Some(status) = store::find_status(conn, job.status_id).await? else {
            return Ok(Outcome::drop("the post is deleted"));
        };
        let Some(parts) = load(app, conn, status).await?.filter(|parts| !parts.author.is_suspended()) else {
            return Ok(Outcome::drop("the author is gone or suspended"));
        };
        let uri = format!("{}#restated/{}", parts.status.uri, job.at);
        send_update(app, conn, &parts, &uri, app.now(), Vec::new()).await?;
        Ok(Outcome::Done)
    })
    .await
}

/// Sends an Update to whoever has the post, and to `others` when it is for everyone.
async fn send_update(
    app: &App,
    conn: &mut Conn,
    parts: &wire::Parts,
    uri: &str,
    at: DateTime<Utc>,
    others: Vec<String>,
) -> Result<()> {
    let mut inboxes = inboxes_of(app, conn, parts).await?;
    if parts.status.audience().is_open() {
        inboxes.extend(store::list_hosts(conn, parts.status.id).await?);
        inboxes.extend(others);
    }
    let body = wire::update(parts, uri, at, &app.origin, &app.config.instance.domain);
    store::insert_hosts(conn, parts.status.id, &inboxes).await?;
    delivery::send(app, conn, parts.author.id, uri, &body, &inboxes).await
}

/// Tells of the votes that came in since: see [`deliver_numbers`].
pub async fn deliver_tally(app: &App, job: &PollTallied) -> Result<Outcome> {
    deliver_numbers(app, job.poll_id, job.at).await
}

/// Tells that a poll has ended: its people, then everyone who has it.
pub async fn deliver_end(app: &App, job: &PollEnded) -> Result<Outcome> {
    match polls::ops::tell_end(app, job).await? {
        Outcome::Done => deliver_numbers(app, job.poll_id, job.at).await,
        dropped @ Outcome::Drop(_) => Ok(dropped),
    }
}

/// Sends the numbers of a poll of ours to whoever has its post, and tells streams. `at` names the run: a second one sends
/// nothing.
async fn deliver_numbers(app: &App, id: PollId, at: i64) -> Result<Outcome> {
    // By itself, before the numbers are read: votes that come meanwhile are told by another run.
    polls::store::clear_due(&mut *app.db.background().await?, id, app.now()).await?;
    app.background_transaction(async |conn| {
        let Some(poll) = polls::store::find(conn, id).await? else { return Ok(Outcome::drop("the poll is deleted")) };
        let Some(status) = store::find_status(conn, poll.status_id).await? else {
            return Ok(Outcome::drop("the post is deleted"));
        };
        app.announce(Change::Edited(status.id));
        if !status.local {
            return Ok(Outcome::Done);
        }
        let Some(parts) = load(app, conn, status).await?.filter(|parts| !parts.author.is_suspended()) else {
            return Ok(Outcome::drop("the author is gone or suspended"));
        };
        let voters = polls::store::list_voter_inboxes(conn, id).await?;
        let uri = format!("{}#votes/{at}", parts.status.uri);
        send_update(app, conn, &parts, &uri, app.now(), voters).await?;
        Ok(Outcome::Done)
    })
    .await
}

type Outgoing = (String, Value, Vec<String>);

async fn announce(conn: &mut Conn, parts: &wire::Parts, original: StatusId) -> Result<Option<Outgoing>> {
    let Some(original) = store::find_status(conn, original).await? else { return Ok(None) };
    let author = accounts::store::find_account(conn, original.account_id).await?;
    let Some(author) = author.filter(|author| !author.is_suspended()) else { return Ok(None) };
    let mut inboxes = relationships::store::list_follower_inboxes(conn, parts.author.id).await?;
    if !author.is_local() && original.audience().is_open() {
        inboxes.push(author.best_inbox().to_owned());
    }
    let body = wire::announce(&parts.author, &original, &author, &parts.status);
    Ok(Some((parts.status.uri.clone(), body, inboxes)))
}

/// Where a post goes (AUDIENCE, third column).
async fn inboxes_of(app: &App, conn: &mut Conn, parts: &wire::Parts) -> Result<Vec<String>> {
    let wire::Parts { status, author, mentioned, group, .. } = parts;
    let remote = |account: &&Account| !account.is_local() && !account.is_suspended();
    let mut inboxes: BTreeSet<String> = BTreeSet::new();
    match status.audience() {
        // Never leaves the instance; a private group's posts go by the group.
        Audience::Organisation | Audience::Group(_) => return Ok(Vec::new()),
        Audience::Direct => {}
        Audience::Public | Audience::Unlisted | Audience::Followers | Audience::Partners => {
            inboxes.extend(relationships::store::list_follower_inboxes(conn, author.id).await?);
        }
    }
    // Those who block the author get nothing, and are not told so by it.
    let named = mentioned.iter().chain(group).map(|account| account.id).chain(status.in_reply_to_account_id);
    let named: Vec<AccountId> = named.collect();
    let estranged = relationships::store::list_estranged(conn, author.id, &named).await?;
    let remote = |account: &&Account| remote(account) && !estranged.contains(&account.id);
    inboxes.extend(mentioned.iter().filter(remote).map(|account| account.best_inbox().to_owned()));
    if status.audience() == Audience::Public {
        inboxes.extend(group.iter().filter(remote).map(|group| group.best_inbox().to_owned()));
        if let Some(parent_author) = status.in_reply_to_account_id
            && let Some(account) = accounts::store::find_account(conn, parent_author).await?
        {
            inboxes.extend(Some(&account).filter(remote).map(|account| account.best_inbox().to_owned()));
        }
    }
    if status.audience() == Audience::Partners {
        let domains: Vec<String> = inboxes.iter().filter_map(|inbox| host(inbox)).collect();
        let partners = store::list_partner_domains(conn, &domains, app.now()).await?;
        inboxes.retain(|inbox| host(inbox).is_some_and(|host| partners.contains(&host)));
    }
    Ok(inboxes.into_iter().collect())
}

/// With whose eyes a GET looks: of whoever signed it, else of a stranger.
pub async fn signer(app: &App, request: &HttpRequest) -> Result<(Viewer, Option<Account>)> {
    let signer = inbox::verify_get(app, request).await?;
    Ok((Viewer(signer.as_ref().map(|account| account.id)), signer))
}

/// A local post at its address, for whoever asks; signed requests see what their signer may see.
async fn find(app: &App, request: &HttpRequest, name: &str, id: &str) -> Result<Result<wire::Parts, HttpResponse>> {
    let author = accounts::outbox::local(app, name).await?;
    let uri = format!("{}/statuses/{id}", author.uri);
    let id: StatusId = id.parse().map_err(|_| Error::NotFound("Record"))?;
    let (viewer, signer) = signer(app, request).await?;
    let mut conn = app.db.get().await?;
    match store::find_visible(&mut conn, viewer, id).await? {
        Some(status) if status.account_id == author.id => {
            // Whoever has it is told when it is deleted (AUDIENCE rule 6).
            if let Some(inbox) = signer.filter(|signer| !signer.is_local()).map(|signer| signer.best_inbox().to_owned())
            {
                store::insert_hosts(&mut *app.db.background().await?, id, &[inbox]).await?;
            }
            Ok(Ok(load(app, &mut conn, status).await?.ok_or(Error::NotFound("Record"))?))
        }
        _ if store::was_open(&mut conn, &uri, &author.uri).await? => {
            let id = Url::parse(&uri).map_err(Error::internal)?;
            let tombstone = serde_json::to_value(Tombstone::new(id)).map_err(Error::internal)?;
            Ok(Err(activity_with_status(HttpResponse::Gone(), &tombstone)))
        }
        _ => Err(Error::NotFound("Record")),
    }
}

/// GET /users/{name}/statuses/{id}
pub async fn note(app: web::Data<App>, request: HttpRequest, path: web::Path<(String, String)>) -> Answer {
    let (name, id) = path.into_inner();
    let parts = match find(&app, &request, &name, &id).await? {
        Ok(parts) => parts,
        Err(gone) => return Ok(gone),
    };
    if let Some(original) = parts.status.reblog_of_id {
        let mut conn = app.db.get().await?;
        let (_, body, _) = announce(&mut conn, &parts, original).await?.ok_or(Error::NotFound("Record"))?;
        return Ok(activity(&body));
    }
    if !wants_activity(&request) {
        return Ok(see(&parts.status.url));
    }
    Ok(activity(&wire::note(&parts, &app.origin, &app.config.instance.domain)))
}

/// GET /users/{name}/statuses/{id}/activity
pub async fn create(app: web::Data<App>, request: HttpRequest, path: web::Path<(String, String)>) -> Answer {
    let (name, id) = path.into_inner();
    match find(&app, &request, &name, &id).await? {
        Ok(parts) => match parts.status.reblog_of_id {
            None => Ok(activity(&wire::create(&parts, &app.origin, &app.config.instance.domain))),
            Some(original) => {
                let mut conn = app.db.get().await?;
                let (_, body, _) = announce(&mut conn, &parts, original).await?.ok_or(Error::NotFound("Record"))?;
                Ok(activity(&body))
            }
        },
        Err(gone) => Ok(gone),
    }
}

/// GET /users/{name}/boosts/{id}: the Announce by which a group passed a post on.
pub async fn group_boost(app: web::Data<App>, request: HttpRequest, path: web::Path<(String, String)>) -> Answer {
    let (name, id) = path.into_inner();
    let viewer = signer(&app, &request).await?.0;
    let group = accounts::outbox::local(&app, &name).await?;
    let mut conn = app.db.get().await?;
    let boost = store::find_by_uri(&mut conn, &format!("{}/boosts/{id}", group.uri)).await?;
    let boost = match boost {
        Some(boost) => store::find_visible(&mut conn, viewer, boost.id).await?,
        None => None,
    };
    let (status, original) = match boost.and_then(|boost| Some((boost.reblog_of_id?, boost))) {
        Some((original, boost)) => (boost, store::find_visible(&mut conn, viewer, original).await?),
        None => return Err(Error::NotFound("Record")),
    };
    let original = original.ok_or(Error::NotFound("Record"))?;
    let author = accounts::store::find_account(&mut conn, original.account_id).await?;
    let author = author.ok_or(Error::NotFound("Record"))?;
    Ok(activity(&wire::announce(&group, &original, &author, &status)))
}

#[derive(Deserialize)]
pub struct OutboxQuery {
    page: Option<String>,
    max_id: Option<StatusId>,
}

/// GET /users/{name}/outbox: public posts, newest first. How many there are is left out.
pub async fn outbox(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
    query: web::Query<OutboxQuery>,
) -> Answer {
    let account = accounts::outbox::local(&app, &name).await?;
    let id = &account.outbox_uri;
    if query.page.is_none() {
        return Ok(activity(&json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": id,
            "type": "OrderedCollection",
            "first": format!("{id}?page=true"),
        })));
    }
    let viewer = signer(&app, &request).await?.0;
    let mut conn = app.db.get().await?;
    let below = query.max_id.unwrap_or(StatusId(i64::MAX));
    let mut statuses = store::list_public_of(&mut conn, viewer, account.id, below, PAGE).await?;
    let last = statuses.last().map(|status| status.id);
    let full = i64::try_from(statuses.len()).unwrap_or(0) == PAGE;
    let boosted: Vec<StatusId> = statuses.iter().filter_map(|status| status.reblog_of_id).collect();
    // What strangers may see, and of that what this viewer may: an outbox shows no more to those who may see more.
    let open = store::list_visible(&mut conn, Viewer::ANONYMOUS, &boosted).await?;
    let shown = store::list_visible(&mut conn, viewer, &open).await?;
    statuses.retain(|status| status.reblog_of_id.is_none_or(|original| shown.contains(&original)));
    let items: Vec<Value> = statuses
        .iter()
        .map(|status| match status.reblog_of_id {
            // The activity itself is at its id.
            Some(_) => json!(status.uri),
            None => json!(format!("{}/activity", status.uri)),
        })
        .collect();
    let mut page = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{id}?page=true"),
        "type": "OrderedCollectionPage",
        "partOf": id,
        "orderedItems": items,
    });
    if let (Some(last), true, Some(page)) = (last, full, page.as_object_mut()) {
        page.insert("next".into(), format!("{id}?page=true&max_id={last}").into());
    }
    Ok(activity(&page))
}
