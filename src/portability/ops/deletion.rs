//! The end of an account. What hangs on it goes by a job, in small bites.

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::db::Conn;
use crate::jobs;
use crate::media::{self, Role};
use crate::portability::{AccountDeleted, store};

/// Ends an account of ours for good, inside the caller's transaction: from now on nobody is behind it, and its name is
/// nobody's. Enqueues [`AccountDeleted`].
pub async fn begin_deletion(app: &App, conn: &mut Conn, account: &Account) -> Result<()> {
    accounts::sign_in::sign_out(app, conn, account.id).await?;
    for role in [Role::Avatar, Role::Header] {
        media::ops::adopt_picture(app, conn, account.id, role, None).await?;
    }
    store::mark_deleted(conn, account.id, app.now()).await?;
    jobs::enqueue(app, conn, &AccountDeleted { account_id: account.id }).await
}

/// Takes out what is here of somebody elsewhere, inside the caller's transaction. Enqueues [`AccountDeleted`].
pub async fn begin_forgetting(app: &App, conn: &mut Conn, account: &Account) -> Result<()> {
    jobs::enqueue(app, conn, &AccountDeleted { account_id: account.id }).await
}

/// Somebody elsewhere has deleted their account, and it goes here, too, inside the caller's transaction: its row when nothing hangs on it any
/// more. Enqueues [`AccountDeleted`].
pub async fn begin_removal(app: &App, conn: &mut Conn, account: &Account) -> Result<()> {
    store::mark_deleted(conn, account.id, app.now()).await?;
    jobs::enqueue(app, conn, &AccountDeleted { account_id: account.id }).await
}
