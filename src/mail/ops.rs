//! Letters are written by jobs: here they are asked for.

use super::{Letter, Notice};
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::db::Conn;
use crate::jobs;

/// Enqueues a letter, in the transaction that gives the reason for it. Without a mail server nothing happens.
pub async fn write(app: &App, conn: &mut Conn, letter: &Letter) -> Result<()> {
    if app.config.mail.is_set_up() { jobs::enqueue(app, conn, letter).await } else { Ok(()) }
}

/// As [`write`]: tells a person what was changed of their account.
pub async fn tell(app: &App, conn: &mut Conn, account_id: AccountId, notice: Notice) -> Result<()> {
    write(app, conn, &Letter::Notice { account_id, notice, email: None, at: app.now() }).await
}
