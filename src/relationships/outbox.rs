//! What other servers, and the person, are told after a person blocked a domain; and whom of theirs we take to be followers.

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};

use super::{DomainBlocked, ops, store, wire};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::activitystreams::host;
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::edge::negotiate::activity;
use crate::edge::respond::Answer;
use crate::federation::inbox;
use crate::jobs::Outcome;

/// Accounts that are looked up at once.
const BATCH: i64 = 200;

/// Ends the follows and requests between a person and the accounts of a domain that they blocked, both ways, one pair in
/// one transaction, and tells the person which follows those were. A second run finds nothing left.
pub async fn end_ties(app: &App, job: &DomainBlocked) -> Result<Outcome> {
    let (me, since, mut tied) = {
        let mut conn = app.db.background().await?;
        let me = accounts::store::find_account(&mut conn, job.account_id).await?;
        let since = store::find_domain_blocked_at(&mut conn, job.account_id, &job.domain).await?;
        (me, since, list_tied(&mut conn, job).await?)
    };
    let Some(me) = me else { return Ok(Outcome::drop("the account is gone")) };
    let Some(since) = since else { return Ok(Outcome::drop("the block was taken back")) };
    while !tied.is_empty() {
        for other in &tied {
            let end = async |conn: &mut Conn| end_tie(app, conn, &me, *other, &job.domain, since).await;
            app.background_transaction(end).await?;
            accounts::view::invalidate(app, *other);
        }
        tied = list_tied(&mut *app.db.background().await?, job).await?;
    }
    accounts::view::invalidate(app, me.id);
    let tell = async |conn: &mut Conn| ops::tell_severed(app, conn, me.id, &job.domain, since).await;
    app.background_transaction(tell).await?;
    Ok(Outcome::Done)
}

/// Nobody, when the block was taken back meanwhile.
async fn list_tied(conn: &mut Conn, job: &DomainBlocked) -> Result<Vec<AccountId>> {
    if !store::is_domain_blocked(conn, job.account_id, Some(&job.domain)).await? {
        return Ok(Vec::new());
    }
    Ok(store::list_tied_on(conn, job.account_id, &job.domain, BATCH).await?)
}

async fn end_tie(
    app: &App,
    conn: &mut Conn,
    me: &Account,
    other: AccountId,
    domain: &str,
    since: DateTime<Utc>,
) -> Result<()> {
    store::lock_pair(conn, me.id, other).await?;
    let Some(other) = accounts::store::find_account(conn, other).await? else { return Ok(()) };
    let ended = ops::sever(app, conn, me, &other).await?;
    ops::note_severed(app, conn, me.id, domain, since, ended).await
}

/// GET /users/{name}/followers_synchronization: whom of the signer's server we take to follow somebody here (FEP-8fcf). Other servers'
/// people are nobody else's business.
pub async fn synchronization(app: web::Data<App>, request: HttpRequest, name: web::Path<String>) -> Answer {
    let account = accounts::outbox::local(&app, &name).await?;
    let Some(signer) = inbox::verify_get(&app, &request).await? else {
        return Err(Error::Unauthenticated("Sign the request: each server is told of its own people alone".into()));
    };
    let asking = host(&signer.uri);
    let mut conn = app.db.get().await?;
    let sums = store::list_follower_digests(&mut conn, account.id).await?;
    let origins: Vec<&str> = sums.iter().map(|sum| sum.origin.as_str()).filter(|at| host(at) == asking).collect();
    let uris = store::list_follower_uris_at(&mut conn, account.id, &origins).await?;
    Ok(activity(&wire::followers::list(&format!("{}/followers_synchronization", account.uri), &uris)))
}
