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
    put(app, conn, status.id, &people).await
}

/// Direct posts of these accounts were held back from `me`, and are no more.
pub async fn let_in(app: &App, conn: &mut Conn, me: AccountId, from: &[AccountId]) -> Result<()> {
    for status in store::list_let_in(conn, me, from, MOST_LET_IN).await? {
        put(app, conn, status, &[me]).await?;
    }
    Ok(())
}

async fn put(app: &App, conn: &mut Conn, status: StatusId, people: &[AccountId]) -> Result<()> {
    let now = app.now();
    let rows: Vec<(ConversationId, AccountId)> =
        people.iter().map(|account| (ConversationId(app.ids.mint(now)), *account)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    for (id, account) in store::upsert(conn, status, &rows, now).await? {
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
