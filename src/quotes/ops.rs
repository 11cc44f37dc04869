//! Decisions and writes about quotes. What must be fetched is fetched by the edges, before.

mod consent;
mod record;

pub use consent::{
    agree, ask, change_policy, check_stamps, find_asked, put_policy, record_accept, record_lapse, record_refusal,
    record_withdrawal, refuse, revoke,
};
pub use record::{approve, record, record_change, settle};

use std::collections::HashMap;

use super::store::{self, Changed};
use super::{Choice, Quote, Standing, State, Verdict, wire};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{AccountId, QuoteId, StatusId};
use crate::base::visibility::{Audience, Viewer};
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::db::changes::Change;
use crate::jobs;
use crate::notifications::{self, Kind as Notice};
use crate::relationships;
use crate::statuses::store::{self as posts, Count};
use crate::statuses::{Status, StatusRestated};

/// Those who are told when what they quoted changes, at most.
const MOST_TOLD: i64 = 200;

/// Whether somebody who may see a post may quote it.
pub async fn verdict(conn: &mut Conn, by: AccountId, quoted: &Status) -> Result<Verdict> {
    if quoted.reblog_of_id.is_some() {
        return Ok(Verdict::Denied);
    }
    let (policy, author) = (quoted.quote_policy(), quoted.account_id);
    let (followers, following) = (super::Policy::FOLLOWERS, super::Policy::FOLLOWING);
    let standing = Standing {
        own: author == by,
        follows: policy.names(followers) && relationships::store::is_following(conn, by, author).await?,
        followed: policy.names(following) && relationships::store::is_following(conn, author, by).await?,
        audience: quoted.audience(),
    };
    Ok(policy.verdict(standing))
}

/// The post that a person here wants to quote, if they may see it, and its author lets them: of a boost, what it boosts.
pub async fn find_quotable(conn: &mut Conn, by: AccountId, id: StatusId) -> Result<Status> {
    let viewer = Viewer::account(by);
    let mut found = posts::find_visible(conn, viewer, id).await?;
    if let Some(original) = found.as_ref().and_then(|status| status.reblog_of_id) {
        found = posts::find_visible(conn, viewer, original).await?;
    }
    let quoted = found.ok_or(Error::NotFound("The quoted post"))?;
    if verdict(conn, by, &quoted).await? == Verdict::Denied {
        return Err(Error::invalid("quoted_status_id", "is of a post that you may not quote"));
    }
    Ok(quoted)
}

/// Whom a person's new posts may be quoted by, unless they say something else.
pub async fn usual_choice(conn: &mut Conn, account: AccountId) -> Result<Choice> {
    let user = accounts::store::find_user(conn, account).await?;
    Ok(user.and_then(|user| Choice::parse(&user.default_quote_policy)).unwrap_or(Choice::Public))
}

/// A new post of somebody here quotes another, which [`find_quotable`] found. Who is quoted here is told; who is quoted elsewhere is
/// asked when the post goes out ([`ask`]). A quote for followers names who is quoted, so that they can see it.
pub async fn add(app: &App, conn: &mut Conn, author: &Account, status: &Status, quoted: &Status) -> Result<()> {
    let own = quoted.account_id == author.id;
    let accepted = own || (quoted.local && verdict(conn, author.id, quoted).await? == Verdict::Automatic);
    let now = app.now();
    let id = QuoteId(app.ids.mint(now));
    let quote = Quote {
        id,
        status_id: status.id,
        account_id: author.id,
        quoted_status_id: Some(quoted.id),
        quoted_account_id: Some(quoted.account_id),
        quoted_uri: quoted.uri.clone(),
        state: if accepted { State::Accepted } else { State::Pending }.number(),
        legacy: false,
        request_uri: (!quoted.local).then(|| format!("{}/quote_requests/{id}", author.uri)),
        approval_uri: None,
        created_at: now,
    };
    store::insert_quote(conn, &quote).await?;
    if own {
        return count(conn, status, &quote, 1).await;
    }
    if status.audience() == Audience::Followers {
        posts::insert_mentions(conn, status.id, &[quoted.account_id]).await?;
    }
    if accepted {
        count(conn, status, &quote, 1).await?;
        tell_quoted(app, conn, status, quoted.account_id).await?;
    }
    Ok(())
}

async fn tell_quoted(app: &App, conn: &mut Conn, status: &Status, quoted: AccountId) -> Result<()> {
    notifications::ops::notify(app, conn, &[quoted], status.account_id, Notice::Quote, Some(status.id)).await
}

/// Counts an accepted quote in (1) or out (-1). Quotes for the few are not counted: that there are such is for nobody to see.
async fn count(conn: &mut Conn, status: &Status, quote: &Quote, by: i64) -> Result<()> {
    if let Some(quoted) = quote.quoted_status_id
        && quote.state() == State::Accepted
        && status.audience().is_open()
    {
        posts::count_on_status(conn, quoted, Count::Quotes, by).await?;
    }
    Ok(())
}

/// Changes a quote, counts it, and tells those who look at the post, and the servers that have it if it is ours.
async fn change(app: &App, conn: &mut Conn, status: &Status, quote: &Quote, changed: &Changed) -> Result<()> {
    store::update_quote(conn, quote.id, changed).await?;
    count(conn, status, quote, -1).await?;
    let now = Quote { quoted_status_id: changed.quoted_status_id, state: changed.state, ..quote.clone() };
    count(conn, status, &now, 1).await?;
    app.announce(Change::Edited(status.id));
    if status.local {
        restate(app, conn, status).await?;
    }
    Ok(())
}

/// Whoever has this post of ours is told what is said of it now. Enqueues [`StatusRestated`].
async fn restate(app: &App, conn: &mut Conn, status: &Status) -> Result<()> {
    let at = app.now().timestamp_micros();
    jobs::enqueue(app, conn, &StatusRestated { status_id: status.id, account_id: status.account_id, at }).await
}

/// A post is about to be deleted: what it quotes counts one less, and those who look at posts that quote it are told that it is gone.
pub async fn status_deleted(app: &App, conn: &mut Conn, status: &Status) -> Result<()> {
    for quoting in store::list_quoting(conn, status.id, MOST_TOLD).await? {
        app.announce(Change::Edited(quoting));
    }
    match store::find_of_status(conn, status.id).await? {
        Some(quote) => count(conn, status, &quote, -1).await,
        None => Ok(()),
    }
}

/// What posts of ours quote, as other servers are told. Stamps of people here are at addresses of theirs.
pub async fn list_quoting(conn: &mut Conn, statuses: &[StatusId]) -> Result<HashMap<StatusId, wire::Quoting>> {
    let quotes = store::list_of_statuses(conn, statuses).await?;
    let ids: Vec<StatusId> = quotes.iter().filter_map(|quote| quote.quoted_status_id).collect();
    if quotes.is_empty() {
        return Ok(HashMap::new());
    }
    let quoted = posts::list_statuses(conn, &ids).await?;
    let authors: Vec<AccountId> = quoted.iter().filter(|quoted| quoted.local).map(|quoted| quoted.account_id).collect();
    let authors = accounts::store::list_accounts(conn, &authors).await?;
    let quoting = quotes.into_iter().map(|quote| {
        let quoted = quote.quoted_status_id.and_then(|id| quoted.iter().find(|quoted| quoted.id == id));
        let approval_uri = match (quoted, quote.state()) {
            (Some(quoted), State::Accepted) if quoted.local => {
                let author = authors.iter().find(|author| author.id == quoted.account_id);
                author.map(|author| wire::stamp_uri(author, quote.id))
            }
            (Some(_), State::Accepted) => quote.approval_uri,
            _ => None,
        };
        let quoted = quoted.map(|quoted| (quoted.uri.clone(), quoted.url.clone()));
        (quote.status_id, wire::Quoting { quoted, approval_uri })
    });
    Ok(quoting.collect())
}

/// The page of what a post of ours quotes, with its id, for the link in its text.
pub async fn find_linked(conn: &mut Conn, status: StatusId) -> Result<Option<Status>> {
    match store::find_of_status(conn, status).await?.and_then(|quote| quote.quoted_status_id) {
        Some(quoted) => Ok(posts::find_status(conn, quoted).await?),
        None => Ok(None),
    }
}

/// A post changed: tells the people here who quote it, of the last change, once. What they are shown is their own post.
pub async fn tell_quoters(app: &App, conn: &mut Conn, status: &Status) -> Result<()> {
    let from = status.account_id;
    for (quoter, quoting) in store::list_local_quoters(conn, status.id, MOST_TOLD).await? {
        notifications::store::delete_about_status(conn, from, Notice::QuotedUpdate, quoting).await?;
        notifications::ops::notify(app, conn, &[quoter], from, Notice::QuotedUpdate, Some(quoting)).await?;
    }
    Ok(())
}
