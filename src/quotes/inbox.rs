//! What other servers say of quotes: that they ask for consent, give it, refuse it, or take it back. Each has the verified actor and
//! checks that it may. And the quotes in posts from elsewhere, whose consent is looked up.

use serde_json::Value;
use url::Url;

use super::{Quote, QuoteAwaited, StampStale, State, Verdict, ops, store, wire};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::federation::policy::is_suspended;
use crate::jobs::Outcome;
use crate::statuses::ops::Arrival;
use crate::statuses::{self, Status};

/// `QuoteRequest`: the actor wants to quote a post of ours in a post of their own.
pub async fn request(app: &App, actor: &Account, activity: &Value, object: &Value) -> Result<Outcome> {
    let (Some(uri), Some(target)) = (read::own_id(activity), read::id_of(object)) else {
        return Ok(Outcome::drop("a QuoteRequest for nothing"));
    };
    let instrument = read::one(activity, "instrument").unwrap_or(&Value::Null);
    let Some(status_uri) = read::id_of(instrument).filter(|uri| read::same_host(uri, &actor.uri)) else {
        return Ok(Outcome::drop("a QuoteRequest for a post that is not on the actor's host"));
    };
    let mut conn = app.db.background().await?;
    let quoted = statuses::store::find_by_uri(&mut conn, target).await?.filter(|quoted| quoted.local);
    let quoted = match quoted {
        Some(quoted) => statuses::store::find_visible(&mut conn, Viewer::account(actor.id), quoted.id).await?,
        None => None,
    };
    let Some(quoted) = quoted else { return Ok(Outcome::drop("the actor sees no such post here")) };
    let author = accounts::store::find_account(&mut conn, quoted.account_id).await?;
    let Some(author) = author.filter(|author| !author.is_suspended()) else {
        return Ok(Outcome::drop("who is quoted is gone or suspended"));
    };
    let may = ops::verdict(&mut conn, actor.id, &quoted).await? == Verdict::Automatic;
    drop(conn);
    let status = match may {
        true => Some(find_instrument(app, actor, instrument, status_uri).await?),
        // It is not fetched for a refusal.
        false => statuses::store::find_by_uri(&mut *app.db.background().await?, status_uri).await?,
    };
    app.background_transaction(async |conn| match &status {
        Some(status) => ops::agree(app, conn, actor, status, &quoted, uri).await,
        None => {
            let request = wire::Request { uri, actor_uri: &actor.uri, quoted_uri: &quoted.uri, status_uri };
            ops::refuse(app, conn, &author, actor, &request).await
        }
    })
    .await
}

/// The post that is to quote: known, embedded by its author, or fetched from their server.
async fn find_instrument(app: &App, actor: &Account, instrument: &Value, uri: &str) -> Result<Status> {
    let known = statuses::store::find_by_uri(&mut *app.db.background().await?, uri).await?;
    if let Some(status) = known {
        return Ok(status);
    }
    let embedded = statuses::wire::parse_status(instrument, &actor.followers_uri).ok();
    let Some(remote) = embedded.filter(|remote| remote.author_uri == actor.uri && remote.uri == uri) else {
        return statuses::object::resolve_status(app, uri, 0).await;
    };
    let arrival = Arrival::Fetched { depth: 0 };
    let recorded = app
        .background_transaction(async |conn| statuses::ops::record(app, conn, actor, &remote, arrival).await)
        .await?;
    recorded.ok_or(Error::Gone("The post"))
}

/// `Accept` of a QuoteRequest that one of ours sent, with a stamp: only by the one who was asked.
pub async fn accept(app: &App, actor: &Account, activity: &Value, object: &Value) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let Some(quote) = ops::find_asked(conn, actor, object).await? else {
            return Ok(Outcome::drop("an Accept of no QuoteRequest that was sent"));
        };
        match read::id(activity, "result") {
            Some(stamp) => ops::record_accept(app, conn, actor, &quote, stamp).await,
            None => Ok(Outcome::drop("an Accept of a QuoteRequest without its stamp")),
        }
    })
    .await
}

/// `Reject` of a QuoteRequest that one of ours sent: it is refused, or what was accepted is taken back.
pub async fn reject(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    app.background_transaction(async |conn| match ops::find_asked(conn, actor, object).await? {
        Some(quote) => ops::record_refusal(app, conn, &quote).await,
        None => Ok(Outcome::drop("a Reject of no QuoteRequest that was sent")),
    })
    .await
}

/// `Delete` of a stamp: only by the one who gave it. Its id is on their host.
pub async fn delete_stamp(app: &App, actor: &Account, object: &Value) -> Result<Outcome> {
    let Some(uri) = read::id_of(object).filter(|uri| read::same_host(uri, &actor.uri)) else {
        return Ok(Outcome::drop("a Delete of something on another host"));
    };
    app.background_transaction(async |conn| match ops::record_withdrawal(app, conn, actor, uri).await? {
        true => Ok(Outcome::Done),
        false => Ok(Outcome::drop("a Delete of no stamp that is known")),
    })
    .await
}

/// Finds what a post from elsewhere quotes, and whether its author agreed. A second run finds nothing that waits.
pub async fn look_up(app: &App, job: &QuoteAwaited) -> Result<Outcome> {
    let mut conn = app.db.background().await?;
    let quote = store::find_of_status(&mut conn, job.status_id).await?;
    let Some(quote) = quote.filter(|quote| quote.state() == State::Pending) else {
        return Ok(Outcome::drop("it waits for nothing any more"));
    };
    let status = statuses::store::find_status(&mut conn, job.status_id).await?;
    let author = accounts::store::find_account(&mut conn, quote.account_id).await?;
    let (Some(status), Some(author)) = (status, author) else { return Ok(Outcome::drop("the post is gone")) };
    let known = match quote.quoted_status_id {
        Some(id) => statuses::store::find_status(&mut conn, id).await?,
        None => None,
    };
    drop(conn);
    let quoted = match known {
        Some(quoted) => quoted,
        None => statuses::object::resolve_quoted(app, &quote.quoted_uri, job.depth).await?,
    };
    let waiting =
        app.background_transaction(async |conn| ops::settle(app, conn, &author, &status, &quoted).await).await?;
    let Some(waiting) = waiting.filter(|_| !quoted.local) else { return Ok(Outcome::Done) };
    let holds = stamp_holds(app, &waiting, &status, &quoted).await?;
    let Some(holds) = holds else { return Ok(Outcome::drop("there is no stamp that its author could have given")) };
    app.background_transaction(async |conn| ops::approve(app, conn, &status, &waiting, holds).await).await?;
    Ok(Outcome::Done)
}

/// Asks for the stamp of an accepted quote again. Only its server's word that it is gone ends the quote; whoever does not answer is asked
/// again another week. Of posts that are not for everyone it would not tell us.
pub async fn look_again(app: &App, job: &StampStale) -> Result<Outcome> {
    let mut conn = app.db.background().await?;
    let quote = store::find_quote(&mut conn, job.quote_id).await?.filter(|quote| quote.state() == State::Accepted);
    let Some((quote, quoted)) = quote.and_then(|quote| quote.quoted_status_id.map(|quoted| (quote, quoted))) else {
        return Ok(Outcome::drop("it is not accepted any more"));
    };
    let found = statuses::store::list_statuses(&mut conn, &[quote.status_id, quoted]).await?;
    drop(conn);
    let find = |id| found.iter().find(|status| status.id == id && status.audience().is_open());
    let (Some(status), Some(quoted)) = (find(quote.status_id), find(quoted).filter(|quoted| !quoted.local)) else {
        return Ok(Outcome::drop("one of the two posts is gone, ours, or not for everyone"));
    };
    match stamp_holds(app, &quote, status, quoted).await {
        Ok(Some(false)) => app.background_transaction(async |conn| ops::record_lapse(app, conn, &quote).await).await,
        Ok(_) => Ok(Outcome::Done),
        Err(error @ (Error::Internal(_) | Error::Unavailable(_))) => Err(error),
        Err(error) => Ok(Outcome::drop(error.to_string())),
    }
}

/// Whether the author of what is quoted says that they agree. `None`: it is not for them to say there.
async fn stamp_holds(app: &App, quote: &Quote, status: &Status, quoted: &Status) -> Result<Option<bool>> {
    let author = accounts::store::find_account(&mut *app.db.background().await?, quoted.account_id).await?;
    let (Some(author), Some(uri)) = (author.filter(|author| !author.is_suspended()), &quote.approval_uri) else {
        return Ok(None);
    };
    let Some(url) = Url::parse(uri).ok().filter(|_| read::same_host(uri, &author.uri)) else { return Ok(None) };
    if read::host(uri).is_none_or(|host| is_suspended(app, &host)) {
        return Ok(None);
    }
    match accounts::object::get(app, &url).await {
        Ok(stamp) if read::is_a(&stamp, "Tombstone") => Ok(Some(false)),
        Ok(stamp) => Ok(wire::is_stamp(&stamp, uri, &author.uri, &quoted.uri, &status.uri).then_some(true)),
        Err(Error::NotFound(_) | Error::Gone(_)) => Ok(Some(false)),
        Err(error) => Err(error),
    }
}
