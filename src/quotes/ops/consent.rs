//! Consent: who is asked, what they answer, and that they take it back.

use chrono::TimeDelta;

use super::{change, restate, tell_quoted, verdict};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::id::StatusId;
use crate::base::secret;
use crate::base::visibility::{Audience, Viewer};
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::db::changes::Change;
use crate::federation::delivery;
use crate::jobs::{self, Outcome};
use crate::quotes::store::{self, Changed};
use crate::quotes::wire::{self, Request};
use crate::quotes::{Choice, Quote, StampStale, State, Verdict};
use crate::relationships;
use crate::statuses::Status;
use crate::statuses::store as posts;

/// A stamp is asked for again after this.
const STAMP_FRESH: TimeDelta = TimeDelta::days(7);

/// Stamps that are asked for in one round of housekeeping, at most.
const STAMPS_AT_ONCE: i64 = 50;

/// Asks who is quoted by a post of ours, if they are elsewhere and have not said yet. The request has the post in it (`note`), so its
/// end must reach that inbox too.
pub async fn ask(
    app: &App,
    conn: &mut Conn,
    author: &Account,
    status: &Status,
    note: &serde_json::Value,
) -> Result<()> {
    let Some(quote) = store::find_of_status(conn, status.id).await? else { return Ok(()) };
    let (State::Pending, Some(uri), Some(quoted)) = (quote.state(), &quote.request_uri, quote.quoted_account_id) else {
        return Ok(());
    };
    let Some(quoted) = accounts::store::find_account(conn, quoted).await?.filter(|quoted| !quoted.is_suspended())
    else {
        return Ok(());
    };
    let request = Request { uri, actor_uri: &author.uri, quoted_uri: &quote.quoted_uri, status_uri: &status.uri };
    let body = wire::request(&request, &quoted.uri, note.clone());
    posts::insert_hosts(conn, status.id, std::slice::from_ref(&quoted.inbox_uri)).await?;
    delivery::send(app, conn, author.id, uri, &body, std::slice::from_ref(&quoted.inbox_uri)).await
}

/// The quote for which one of ours asked this actor, by the request's id or by who quotes what.
pub async fn find_asked(conn: &mut Conn, actor: &Account, request: &serde_json::Value) -> Result<Option<Quote>> {
    let mut found = match read::id_of(request) {
        Some(uri) => store::find_by_request(conn, uri).await?,
        None => None,
    };
    if found.is_none()
        && let (Some(quoted), Some(status)) = (read::id(request, "object"), read::id(request, "instrument"))
        && let Some(status) = posts::find_by_uri(conn, status).await?
    {
        found = store::find_of_status(conn, status.id).await?.filter(|quote| quote.quoted_uri == quoted);
    }
    // Those that others asked for have requests too.
    let Some(quote) = found.filter(|quote| quote.quoted_account_id == Some(actor.id)) else { return Ok(None) };
    let status = posts::find_status(conn, quote.status_id).await?;
    Ok(status.filter(|status| status.local).map(|_| quote))
}

/// Who was asked agrees, with a stamp of their own. Once they have answered, it stays at that.
pub async fn record_accept(
    app: &App,
    conn: &mut Conn,
    actor: &Account,
    quote: &Quote,
    stamp_uri: &str,
) -> Result<Outcome> {
    if !read::same_host(stamp_uri, &actor.uri) {
        return Ok(Outcome::drop("the stamp is not on the host of who gave it"));
    }
    let Some((status, quote)) = lock(conn, quote.status_id).await?.filter(|(_, now)| now.state() == State::Pending)
    else {
        return Ok(Outcome::drop("that quote waits for no answer"));
    };
    let approval_uri = Some(stamp_uri.to_owned());
    change(app, conn, &status, &quote, &Changed { approval_uri, ..Changed::to(&quote, State::Accepted) }).await?;
    Ok(Outcome::Done)
}

/// Who was asked refuses, or takes back what they agreed to.
pub async fn record_refusal(app: &App, conn: &mut Conn, quote: &Quote) -> Result<Outcome> {
    let Some((status, quote)) = lock(conn, quote.status_id).await? else {
        return Ok(Outcome::drop("the quote is gone"));
    };
    let state = match quote.state() {
        State::Pending => State::Rejected,
        State::Accepted => State::Revoked,
        _ => return Ok(Outcome::drop("that quote is refused already")),
    };
    change(app, conn, &status, &quote, &Changed::to(&quote, state)).await?;
    Ok(Outcome::Done)
}

/// The `Delete` of a stamp by who gave it. Returns whether there was such a one.
pub async fn record_withdrawal(app: &App, conn: &mut Conn, actor: &Account, stamp_uri: &str) -> Result<bool> {
    let found = store::list_by_approval(conn, actor.id, stamp_uri).await?;
    for quote in &found {
        record_refusal(app, conn, quote).await?;
    }
    Ok(!found.is_empty())
}

/// Has some stamps asked for that were not for a week: those who gave them may have taken them back without a word, or we were not
/// there to hear it. Enqueues [`StampStale`].
pub async fn check_stamps(app: &App) -> Result<()> {
    let now = app.now();
    app.background_transaction(async |conn| {
        for (quote_id, stamp) in store::claim_stamps(conn, now, now - STAMP_FRESH, STAMPS_AT_ONCE).await? {
            if let Some(host) = read::host(&stamp) {
                jobs::enqueue(app, conn, &StampStale { quote_id, host }).await?;
            }
        }
        Ok(())
    })
    .await
}

/// The stamp of an accepted quote is not there any more. Another one that came meanwhile is another matter.
pub async fn record_lapse(app: &App, conn: &mut Conn, asked: &Quote) -> Result<Outcome> {
    let Some((status, quote)) = lock(conn, asked.status_id).await?.filter(|(_, now)| {
        now.id == asked.id && now.state() == State::Accepted && now.approval_uri == asked.approval_uri
    }) else {
        return Ok(Outcome::drop("it has another stamp by now, or none"));
    };
    change(app, conn, &status, &quote, &Changed::to(&quote, State::Revoked)).await?;
    Ok(Outcome::Done)
}

async fn lock(conn: &mut Conn, status: StatusId) -> Result<Option<(Status, Quote)>> {
    let Some(quote) = store::lock_of_status(conn, status).await? else { return Ok(None) };
    Ok(posts::find_status(conn, status).await?.map(|status| (status, quote)))
}

/// Answers the request of an actor to quote a post of ours in a post of theirs: it is accepted when the policy says so, and was not
/// taken back before. The same request again gets the same answer.
pub async fn agree(
    app: &App,
    conn: &mut Conn,
    actor: &Account,
    status: &Status,
    quoted: &Status,
    request_uri: &str,
) -> Result<Outcome> {
    let Some((status, quote)) = lock(conn, status.id).await? else {
        return Ok(Outcome::drop("the post quotes nothing"));
    };
    let is_it = quote.quoted_status_id == Some(quoted.id) || quote.quoted_uri == quoted.uri;
    if status.account_id != actor.id || !is_it {
        return Ok(Outcome::drop("the post is somebody else's, or quotes something else"));
    }
    let Some(author) = accounts::store::find_account(conn, quoted.account_id).await? else {
        return Ok(Outcome::drop("who is quoted is gone"));
    };
    let request = Request { uri: request_uri, actor_uri: &actor.uri, quoted_uri: &quoted.uri, status_uri: &status.uri };
    let may = verdict(conn, actor.id, quoted).await? == Verdict::Automatic;
    match quote.state() {
        State::Accepted => {}
        State::Pending if may => {
            let changed = Changed {
                quoted_status_id: Some(quoted.id),
                quoted_account_id: Some(quoted.account_id),
                request_uri: Some(request_uri.to_owned()),
                ..Changed::to(&quote, State::Accepted)
            };
            if matches!(status.audience(), Audience::Followers | Audience::Direct) {
                // Who is quoted may see it, and so can take it back. They were sent it by its author.
                posts::insert_mentions(conn, status.id, &[author.id]).await?;
                posts::touch(conn, &[status.id]).await?;
            }
            change(app, conn, &status, &quote, &changed).await?;
            tell_quoted(app, conn, &status, author.id).await?;
        }
        State::Pending => {
            change(app, conn, &status, &quote, &Changed::to(&quote, State::Rejected)).await?;
            return refuse(app, conn, &author, actor, &request).await;
        }
        _ => return refuse(app, conn, &author, actor, &request).await,
    }
    let stamp = wire::stamp_uri(&author, quote.id);
    answer(app, conn, &author, actor, &request, Some(&stamp)).await
}

/// Tells an actor that they may not quote a post of ours.
pub async fn refuse(
    app: &App,
    conn: &mut Conn,
    author: &Account,
    actor: &Account,
    request: &Request<'_>,
) -> Result<Outcome> {
    answer(app, conn, author, actor, request, None).await
}

async fn answer(
    app: &App,
    conn: &mut Conn,
    author: &Account,
    actor: &Account,
    request: &Request<'_>,
    stamp: Option<&str>,
) -> Result<Outcome> {
    // Named after the request, so that a second run says nothing twice.
    let name: String = secret::hash(request.uri).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let said = if stamp.is_some() { "accepts" } else { "rejects" };
    let uri = format!("{}#{said}/quote_requests/{name}", author.uri);
    let body = wire::answer(author, &uri, request, stamp);
    delivery::send(app, conn, author.id, &uri, &body, std::slice::from_ref(&actor.inbox_uri)).await?;
    Ok(Outcome::Done)
}

/// Takes back that one's own post is quoted there. Whoever has either post is told. Returns the post that quoted.
pub async fn revoke(app: &App, by: &Account, quoted: StatusId, quoting: StatusId) -> Result<Status> {
    app.transaction(async |conn| {
        let quoted = posts::find_status(conn, quoted).await?.filter(|quoted| quoted.account_id == by.id);
        let quoted = quoted.ok_or(Error::NotFound("Record"))?;
        let status = posts::find_visible(conn, Viewer::account(by.id), quoting).await?;
        let status = status.ok_or(Error::NotFound("Record"))?;
        let quote = store::lock_of_status(conn, status.id).await?;
        let quote = quote.filter(|quote| quote.quoted_status_id == Some(quoted.id)).ok_or(Error::NotFound("Record"))?;
        match quote.state() {
            State::Accepted => {
                change(app, conn, &status, &quote, &Changed::to(&quote, State::Revoked)).await?;
                withdraw_stamp(app, conn, by, &quoted, &status, &quote).await?;
            }
            State::Pending => change(app, conn, &status, &quote, &Changed::to(&quote, State::Rejected)).await?,
            _ => {}
        }
        Ok(status)
    })
    .await
}

async fn withdraw_stamp(
    app: &App,
    conn: &mut Conn,
    by: &Account,
    quoted: &Status,
    status: &Status,
    quote: &Quote,
) -> Result<()> {
    let mut inboxes = posts::list_hosts(conn, status.id).await?;
    inboxes.extend(posts::list_hosts(conn, quoted.id).await?);
    if quoted.audience().is_open() {
        inboxes.extend(relationships::store::list_follower_inboxes(conn, by.id).await?);
    }
    if let Some(author) = accounts::store::find_account(conn, status.account_id).await?
        && !author.is_local()
    {
        inboxes.push(author.inbox_uri);
    }
    let stamp = wire::stamp_uri(by, quote.id);
    let body = wire::delete_stamp(by, &stamp);
    delivery::send(app, conn, by.id, &format!("{stamp}#delete"), &body, &inboxes).await
}

/// Says who may quote one's own post; `None`: as one's new posts. What was quoted before stays quoted.
pub async fn change_policy(app: &App, by: &Account, id: StatusId, choice: Option<Choice>) -> Result<Status> {
    app.transaction(async |conn| {
        let status = posts::lock_status(conn, id).await?;
        let status = status
            .filter(|status| status.account_id == by.id && status.reblog_of_id.is_none())
            .ok_or(Error::NotFound("Record"))?;
        let choice = match choice {
            Some(choice) => choice,
            None => super::usual_choice(conn, by.id).await?,
        };
        put_policy(app, conn, &status, choice).await?;
        Ok(status)
    })
    .await
}

/// As [`change_policy`], in an edit.
pub async fn put_policy(app: &App, conn: &mut Conn, status: &Status, choice: Choice) -> Result<()> {
    if store::update_policy(conn, status.id, choice.policy(status.audience())).await? {
        app.announce(Change::Edited(status.id));
        restate(app, conn, status).await?;
    }
    Ok(())
}
