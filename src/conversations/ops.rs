//! Conversations follow the posts that they are made of, in the same transactions.

use super::store;
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, ConversationId, StatusId};
use crate::base::visibility::Audience;
use crate::db::Conn;
use crate::db::changes::Change;
use crate::statuses::Status;

/// Posts of one request that was accepted which come to one's conversations, at most.
const MOST_LET_IN: i64 = 100;

/// A direct post was published, or came: it belongs to the conversation of its author, if they are of this instance, and of the
/// people here who were told that it mentions them. So it comes after that. Other posts have no conversation.
pub async fn add(app: &App, conn: &mut Conn, status: &Status) -> Result<()> {
    if status.audience() != Audience::Direct {
        return Ok(());
    }
    let mut people = store::list_told(conn, status.id).await?;
    if status.local {
        people.push(status.account_id);
    }
    let pairs: Vec<(AccountId, StatusId)> = people.into_iter().map(|account| (account, status.id)).collect();
    put(app, conn, &pairs).await
}

/// Direct posts of these accounts were held back from `me`, and are no more.
pub async fn let_in(app: &App, conn: &mut Conn, me: AccountId, from: &[AccountId]) -> Result<()> {
    let held = store::list_let_in(conn, me, from, MOST_LET_IN).await?;
    let pairs: Vec<(AccountId, StatusId)> = held.into_iter().map(|status| (me, status)).collect();
    put(app, conn, &pairs).await
}

/// Puts each post into the conversation of its person, all in one statement.
async fn put(app: &App, conn: &mut Conn, pairs: &[(AccountId, StatusId)]) -> Result<()> {
    let now = app.now();
    let row = |(account, status): &(AccountId, StatusId)| (ConversationId(app.ids.mint(now)), *account, *status);
    let rows: Vec<(ConversationId, AccountId, StatusId)> = pairs.iter().map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    for (id, account) in store::upsert(conn, &rows, now).await? {
        app.announce(Change::Conversed(account, id));
    }
    Ok(())
}

/// A post is about to go: conversations that end with it end with the one before. Those that had no other go with it.
pub async fn remove(app: &App, conn: &mut Conn, status: &Status) -> Result<()> {
    if status.audience() != Audience::Direct {
        return Ok(());
    }
    let (kept, empty) = store::take_out(conn, status.id).await?;
    store::delete_empty(conn, &empty).await?;
    for (id, account) in kept {
        app.announce(Change::Conversed(account, id));
    }
    Ok(())
}
