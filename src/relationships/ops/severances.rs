//! What people are told of follows that a block of a whole domain ended.

use chrono::{DateTime, Utc};

use super::Severed;
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, SeveranceId};
use crate::db::Conn;
use crate::notifications::{self, Severance};
use crate::relationships::store;

/// The row of what somebody's own block of a domain, made at this moment, ended.
fn row(app: &App, of: AccountId, domain: &str, since: DateTime<Utc>) -> Severance {
    Severance {
        id: SeveranceId(app.mint()),
        account_id: of,
        kind: "user_domain_block".into(),
        target_name: domain.to_owned(),
        followers_count: 0,
        following_count: 0,
        created_at: since,
    }
}

/// Counts follows that ended because somebody blocked a domain, in the transaction that ends them.
pub async fn note_severed(
    app: &App,
    conn: &mut Conn,
    me: AccountId,
    domain: &str,
    since: DateTime<Utc>,
    ended: Severed,
) -> Result<()> {
    if ended.follower || ended.following {
        let (followers_count, following_count) = (i32::from(ended.follower), i32::from(ended.following));
        let severed = Severance { followers_count, following_count, ..row(app, me, domain, since) };
        notifications::store::upsert_severance(conn, &severed).await?;
    }
    Ok(())
}

/// Tells somebody what their block of a domain ended, if anything; once.
pub async fn tell_severed(app: &App, conn: &mut Conn, me: AccountId, domain: &str, since: DateTime<Utc>) -> Result<()> {
    match notifications::store::find_severance(conn, &row(app, me, domain, since)).await? {
        Some(severed) => notifications::ops::notify_of_severance(app, conn, &severed).await,
        None => Ok(()),
    }
}

/// Tells people here of their follows with accounts of servers that the instance shut out at this moment: nothing comes through
/// them any more. Once, however often it is called.
pub async fn note_silent(
    app: &App,
    conn: &mut Conn,
    domain: &str,
    servers: &[String],
    since: DateTime<Utc>,
) -> Result<()> {
    let severed: Vec<Severance> = store::list_tied_to(conn, servers)
        .await?
        .into_iter()
        .map(|tied| Severance {
            kind: "domain_block".into(),
            followers_count: i32::try_from(tied.followers).unwrap_or(i32::MAX),
            following_count: i32::try_from(tied.following).unwrap_or(i32::MAX),
            ..row(app, tied.account_id, domain, since)
        })
        .collect();
    // Postgres takes at most 65,535 parameters in one statement.
    for some in severed.chunks(1000) {
        for one in notifications::store::insert_severances(conn, some).await? {
            notifications::ops::notify_of_severance(app, conn, &one).await?;
        }
    }
    Ok(())
}
