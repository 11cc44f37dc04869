//! Posts from elsewhere that quote.

use super::{change, count};
use crate::accounts::Account;
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams as read;
use crate::base::id::QuoteId;
use crate::base::visibility::{Audience, Viewer};
use crate::db::Conn;
use crate::db::changes::Change;
use crate::jobs;
use crate::quotes::store::{self, Changed};
use crate::quotes::{DEPTH, Policy, Quote, QuoteAwaited, RemoteQuote, State, is_quotable};
use crate::statuses::Status;
use crate::statuses::store as posts;

/// A new post from elsewhere quotes something. Enqueues [`QuoteAwaited`] where another server must be asked.
pub async fn record(
    app: &App,
    conn: &mut Conn,
    author: &Account,
    status: &Status,
    remote: Option<&RemoteQuote>,
    depth: u8,
) -> Result<()> {
    let Some(remote) = remote else { return Ok(()) };
    let quoted = match remote.deleted {
        true => None,
        false => posts::find_by_uri(conn, &remote.uri).await?,
    };
    let state = match &quoted {
        Some(quoted) => judge(conn, author, status, quoted).await?,
        None if remote.deleted => State::Deleted,
        None => State::Pending,
    };
    // What may not be quoted is not tied to the quote at all.
    let quoted = quoted.filter(|_| state != State::Unauthorized);
    let now = app.now();
    let quote = Quote {
        id: QuoteId(app.ids.mint(now)),
        status_id: status.id,
        account_id: author.id,
        quoted_status_id: quoted.as_ref().map(|quoted| quoted.id),
        quoted_account_id: quoted.as_ref().map(|quoted| quoted.account_id),
        quoted_uri: remote.uri.clone(),
        state: state.number(),
        legacy: remote.legacy,
        request_uri: None,
        approval_uri: approval_of(app, remote),
        created_at: now,
    };
    if store::insert_quote(conn, &quote).await? {
        count(conn, status, &quote, 1).await?;
        await_quote(app, conn, author, &quote, quoted.as_ref(), depth).await?;
    }
    Ok(())
}

/// Stamps of ours are in the database, and are not believed when somebody shows them.
fn approval_of(app: &App, remote: &RemoteQuote) -> Option<String> {
    let own = |uri: &String| read::host(uri).is_none_or(|host| host == app.config.instance.domain);
    remote.approval_uri.clone().filter(|uri| !own(uri))
}

/// What of a quote can be said without asking anybody. One's own posts one may quote; what is not for quoting nobody may, nor what
/// one cannot see.
async fn judge(conn: &mut Conn, author: &Account, status: &Status, quoted: &Status) -> Result<State> {
    let own = quoted.account_id == author.id;
    let closed = matches!(quoted.audience(), Audience::Organisation | Audience::Group(_));
    let may = match quoted.audience() {
        _ if quoted.reblog_of_id.is_some() => false,
        Audience::Direct => false,
        _ if own => true,
        audience if closed && status.audience() != audience => false,
        audience => is_quotable(audience),
    };
    let visible = !quoted.local || posts::find_visible(conn, Viewer::account(author.id), quoted.id).await?.is_some();
    Ok(match (may && visible, own) {
        (true, true) => State::Accepted,
        (true, false) => State::Pending,
        (false, _) => State::Unauthorized,
    })
}

async fn await_quote(
    app: &App,
    conn: &mut Conn,
    author: &Account,
    quote: &Quote,
    quoted: Option<&Status>,
    depth: u8,
) -> Result<()> {
    let ask = match quoted {
        Some(quoted) => !quoted.local && quote.approval_uri.is_some(),
        // Without consent only what may be the author's own is worth a look.
        None if quote.legacy => quote.approval_uri.is_some() || read::same_host(&quote.quoted_uri, &author.uri),
        None => read::host(&quote.quoted_uri).is_some_and(|host| host != app.config.instance.domain),
    };
    if ask && depth > 0 && quote.state() == State::Pending {
        jobs::enqueue(app, conn, &QuoteAwaited { status_id: quote.status_id, depth: depth - 1 }).await?;
    }
    Ok(())
}

/// A post from elsewhere says anew what it quotes, and by whom it may be quoted. None of it is an edit.
pub async fn record_change(
    app: &App,
    conn: &mut Conn,
    author: &Account,
    status: &Status,
    remote: Option<&RemoteQuote>,
    policy: Policy,
) -> Result<()> {
    if store::update_policy(conn, status.id, policy).await? {
        app.announce(Change::Edited(status.id));
    }
    let known = store::lock_of_status(conn, status.id).await?;
    match (known, remote) {
        (None, None) => {}
        (Some(known), Some(remote)) if known.quoted_uri == remote.uri || remote.deleted => {
            record_approval(app, conn, author, status, &known, remote).await?;
        }
        (known, remote) => {
            if let Some(known) = known {
                count(conn, status, &known, -1).await?;
                store::delete_quote(conn, known.id).await?;
            }
            record(app, conn, author, status, remote, DEPTH).await?;
            app.announce(Change::Edited(status.id));
        }
    }
    Ok(())
}

/// Another stamp, or none any more: what was accepted on the word of the old one is asked for anew. Of a post of ours and of the
/// author's own, no stamp is needed.
async fn record_approval(
    app: &App,
    conn: &mut Conn,
    author: &Account,
    status: &Status,
    known: &Quote,
    remote: &RemoteQuote,
) -> Result<()> {
    if remote.deleted {
        return Ok(());
    }
    let approval_uri = approval_of(app, remote);
    let quoted = match known.quoted_status_id {
        Some(id) => posts::find_status(conn, id).await?,
        None => None,
    };
    let settled = quoted.as_ref().is_some_and(|quoted| quoted.local || quoted.account_id == author.id);
    if settled || known.approval_uri == approval_uri || known.state() == State::Unauthorized {
        return Ok(());
    }
    let changed = Changed { approval_uri, legacy: remote.legacy, ..Changed::to(known, State::Pending) };
    change(app, conn, status, known, &changed).await?;
    let now = Quote { approval_uri: changed.approval_uri, state: changed.state, ..known.clone() };
    await_quote(app, conn, author, &now, quoted.as_ref(), DEPTH).await
}

/// What a waiting quote quotes has been found. Returns the quote if its author's consent must still be asked for.
pub async fn settle(
    app: &App,
    conn: &mut Conn,
    author: &Account,
    status: &Status,
    quoted: &Status,
) -> Result<Option<Quote>> {
    let known = store::lock_of_status(conn, status.id).await?.filter(|quote| quote.state() == State::Pending);
    let Some(known) = known else { return Ok(None) };
    if known.quoted_status_id == Some(quoted.id) {
        return Ok(Some(known));
    }
    let state = judge(conn, author, status, quoted).await?;
    let mut changed = Changed::to(&known, state);
    if state != State::Unauthorized {
        (changed.quoted_status_id, changed.quoted_account_id) = (Some(quoted.id), Some(quoted.account_id));
    }
    change(app, conn, status, &known, &changed).await?;
    let now = Quote {
        quoted_status_id: changed.quoted_status_id,
        quoted_account_id: changed.quoted_account_id,
        state: changed.state,
        ..known
    };
    Ok(Some(now).filter(|now| now.state() == State::Pending))
}

/// The stamp of a waiting quote was looked at: it holds, or there is none. Another stamp that came meanwhile is another matter.
pub async fn approve(app: &App, conn: &mut Conn, status: &Status, asked: &Quote, holds: bool) -> Result<()> {
    let known = store::lock_of_status(conn, status.id).await?;
    let same = |known: &Quote| {
        known.id == asked.id && known.state() == State::Pending && known.approval_uri == asked.approval_uri
    };
    if let Some(known) = known.filter(same) {
        let state = if holds { State::Accepted } else { State::Rejected };
        change(app, conn, status, &known, &Changed::to(&known, state)).await?;
    }
    Ok(())
}
