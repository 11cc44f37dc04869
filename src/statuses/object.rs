//! Finds posts and the people they name: in the database, else on their servers.

mod threads;

use serde_json::Value;
use url::Url;

pub use threads::fill_in;

use super::ops::{self, Arrival};
use super::{ParentAwaited, Status, store, wire};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::activitystreams as read;
use crate::base::text;
use crate::base::{Error, Result, why};
use crate::federation::policy::is_suspended;
use crate::jobs::Outcome;
use crate::polls::{self, PollStale};

/// Names in one post that are looked up on other servers, at most. Those of people whom we know are not counted.
const MOST_LOOKUPS: usize = 20;

/// The accounts that a text names; those that cannot be found stay text. A `direct` post is for those whom it names alone, so one that names
/// too many whom we do not know is refused.
///
/// # Errors
/// Also when a name could not be looked for, by a fault of ours: the post would reach fewer people than its author means.
pub async fn resolve_mentions(app: &App, text: &str, markdown: bool, direct: bool) -> Result<Vec<Account>> {
    let found = if markdown { text::extract_markdown(text) } else { text::extract(text) };
    let (accounts, left) = accounts::object::resolve_handles(app, &found.mentions, MOST_LOOKUPS).await?;
    if direct && left > 0 {
        let most = MOST_LOOKUPS;
        let why = why!("A direct post can name at most {most} people whom this server does not know yet", most = most);
        return Err(Error::invalid("", why));
    }
    let mut mentioned: Vec<Account> = Vec::new();
    for account in accounts {
        if !account.is_suspended() && !mentioned.iter().any(|known| known.id == account.id) {
            mentioned.push(account);
        }
    }
    Ok(mentioned)
}

/// The post with this ActivityPub id (or page), fetched from its own host if we don't have it. `depth` generations of
/// parents follow by themselves.
pub async fn resolve_status(app: &App, uri: &str, depth: u8) -> Result<Status> {
    resolve(app, uri, Arrival::Fetched { depth }).await
}

/// As [`resolve_status`], a post that another quotes. Of what it quotes itself so many are fetched at most.
pub async fn resolve_quoted(app: &App, uri: &str, depth: u8) -> Result<Status> {
    resolve(app, uri, Arrival::Quoted { depth }).await
}

async fn resolve(app: &App, uri: &str, arrival: Arrival) -> Result<Status> {
    let known = {
        let mut conn = app.db.background().await?;
        store::find_by_uri(&mut conn, uri).await?
    };
    if let Some(status) = known {
        return Ok(status);
    }
    fetch(app, uri, arrival).await?.ok_or(Error::Gone("The post"))
}

/// Fetches a post that somebody says was made. It is kept if it would be had its author's server sent it.
pub async fn look_at(app: &App, uri: &str) -> Result<Outcome> {
    Ok(match fetch(app, uri, Arrival::Pushed).await? {
        Some(_) => Outcome::Done,
        None => Outcome::drop("nobody here has to do with it, or it is deleted"),
    })
}

/// Fetches a post from its own host. `None` when it is not to be kept. Its author is looked up only when it may be.
async fn fetch(app: &App, uri: &str, arrival: Arrival) -> Result<Option<Status>> {
    let invalid = |why: &str| Error::invalid("uri", why.to_owned());
    let object = read_post(app, uri).await?;
    let seen = wire::parse_status(&object, "").map_err(invalid)?;
    if arrival == Arrival::Pushed && !ops::may_be_wanted(&mut *app.db.background().await?, &seen).await? {
        return Ok(None);
    }
    let author = accounts::object::resolve_author(app, &seen.author_uri).await?;
    if author.is_suspended() {
        return Err(Error::NotFound("Record"));
    }
    let remote = wire::parse_status(&object, &author.followers_uri).map_err(invalid)?;
    app.background_transaction(async |conn| ops::record(app, conn, &author, &remote, arrival).await).await
}

/// Where a post of another server is, with which we speak.
fn place(app: &App, uri: &str) -> Result<Url> {
    let url = Url::parse(uri).map_err(|_| Error::invalid("uri", "is no URL"))?;
    let host = read::host_of(&url).ok_or_else(|| Error::invalid("uri", "is no http(s) URL"))?;
    if host == app.config.instance.domain {
        return Err(Error::NotFound("Record"));
    }
    if is_suspended(app, &host) {
        return Err(Error::Forbidden("This server does not federate with that one".into()));
    }
    Ok(url)
}

/// Reads a post on its own host. Where that leads to another one, we speak with that one, too.
async fn read_post(app: &App, uri: &str) -> Result<Value> {
    let url = place(app, uri)?;
    let object = accounts::object::get(app, &url).await?;
    let found_at = read::own_id(&object).and_then(read::host).unwrap_or_default();
    if found_at == app.config.instance.domain || is_suspended(app, &found_at) {
        return Err(Error::Forbidden("This server does not federate with that one".into()));
    }
    Ok(object)
}

/// Deletes a post from elsewhere when its own host says that it is gone (404, 410, or a Tombstone). Of posts that are not for
/// everyone it says so in any case, so don't ask.
pub async fn delete_if_gone(app: &App, status: &Status) -> Result<Outcome> {
    let url = place(app, &status.uri)?;
    match accounts::object::get(app, &url).await {
        Err(Error::Gone(_) | Error::NotFound(_)) => {}
        Ok(object) if read::is_a(&object, "Tombstone") => {}
        Ok(_) => return Ok(Outcome::drop("its server still has it")),
        Err(error) => return Err(error),
    }
    app.background_transaction(async |conn| {
        let author = accounts::store::find_account(conn, status.account_id).await?.ok_or(Error::NotFound("Account"))?;
        ops::delete_remote(app, conn, &author, &status.uri).await
    })
    .await?;
    Ok(Outcome::Done)
}

/// Reads a post from elsewhere again: it is said to have been edited. What its author's server says now is an edit, if it is one.
pub async fn refresh_status(app: &App, status: &Status) -> Result<Outcome> {
    let url = place(app, &status.uri)?;
    let object = accounts::object::get(app, &url).await?;
    let author = {
        let mut conn = app.db.background().await?;
        accounts::store::find_account(&mut conn, status.account_id).await?
    };
    let Some(author) = author.filter(|author| !author.is_suspended()) else {
        return Ok(Outcome::drop("its author is gone or suspended"));
    };
    let remote =
        wire::parse_status(&object, &author.followers_uri).map_err(|why| Error::invalid("uri", why.to_owned()))?;
    if remote.uri != status.uri || remote.author_uri != author.uri {
        return Ok(Outcome::drop("it is another post now"));
    }
    app.background_transaction(async |conn| ops::record_edit(app, conn, &author, &remote).await).await?;
    Ok(Outcome::Done)
}

/// Reads the numbers of a poll from elsewhere again. When its server does not answer, whoever looks next has it asked again.
pub async fn refresh_poll(app: &App, job: &PollStale) -> Result<Outcome> {
    let status = {
        let mut conn = app.db.background().await?;
        match polls::store::find(&mut conn, job.poll_id).await? {
            Some(poll) => store::find_status(&mut conn, poll.status_id).await?,
            None => None,
        }
    };
    let Some(status) = status.filter(|status| !status.local) else {
        return Ok(Outcome::drop("the poll is deleted, or ours"));
    };
    if read::host(&status.uri).is_none_or(|host| is_suspended(app, &host)) {
        return Ok(Outcome::drop("its server is suspended"));
    }
    match refresh_status(app, &status).await {
        Err(Error::Remote(why) | Error::Refused(why)) => Ok(Outcome::drop(why)),
        outcome => outcome,
    }
}

/// Fetches the parent of a reply that arrived before it. Of two that were recorded at the same moment neither saw the other: then the
/// parent is here, and gets its reply now.
pub async fn fetch_parent(app: &App, job: &ParentAwaited) -> Result<Outcome> {
    let parent = resolve_status(app, &job.uri, job.depth).await?;
    app.background_transaction(async |conn| {
        // As it is now: its thread may have become part of another meanwhile.
        match store::find_status(conn, parent.id).await? {
            Some(parent) => ops::adopt_replies(conn, &parent).await,
            None => Ok(()),
        }
    })
    .await?;
    Ok(Outcome::Done)
}
