//! Moderation: decisions and writes. Every act is written down in its own transaction.

mod accounts;
mod appeals;
mod block_lists;
mod command;
mod instance;
mod reports;
mod rules;

use serde_json::Value;

pub use accounts::*;
pub use appeals::*;
pub use block_lists::*;
pub use command::*;
pub use instance::*;
pub use reports::*;
pub use rules::*;

use super::store::{self, NewAudit};
use crate::accounts::{Account, User};
use crate::app::App;
use crate::base::Result;
use crate::base::id::AuditId;
use crate::db::Conn;

/// Who acts: somebody whose role allows it.
#[derive(Clone, Debug)]
pub struct Moderator {
    pub account: Account,
    pub user: User,
}

impl Moderator {
    /// See [`User::rank`].
    pub fn rank(&self) -> usize {
        self.user.rank()
    }
}

/// Who does something.
#[derive(Clone, Copy)]
pub enum By<'m> {
    Moderator(&'m Moderator),
    /// Whoever may run commands on the server.
    CommandLine,
}

impl By<'_> {
    /// Nobody is above the command line.
    fn rank(self) -> usize {
        match self {
            Self::Moderator(moderator) => moderator.rank(),
            Self::CommandLine => usize::MAX,
        }
    }
}

impl<'m> From<&'m Moderator> for By<'m> {
    fn from(moderator: &'m Moderator) -> Self {
        Self::Moderator(moderator)
    }
}

/// Writes down what was done, inside the transaction that did it.
async fn note<'m>(
    app: &App,
    conn: &mut Conn,
    by: impl Into<By<'m>>,
    action: &'static str,
    target: String,
    details: Value,
) -> Result<()> {
    let now = app.now();
    let (account_id, actor) = match by.into() {
        By::Moderator(moderator) => (Some(moderator.account.id), moderator.account.acct()),
        By::CommandLine => (None, "command line".to_owned()),
    };
    let entry =
        NewAudit { id: AuditId(app.ids.mint(now)), account_id, actor, action, target, details, created_at: now };
    store::insert_audit(conn, &entry).await?;
    Ok(())
}
