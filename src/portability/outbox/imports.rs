//! Lists that people brought along are worked off, line by line.

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::handle::Handle;
use crate::base::{Error, Result};
use crate::jobs::Outcome;
use crate::portability::{Entry, Failure, Import, ImportBegun, ListKind, ops, store};
use crate::statuses;

/// Works a list off from the line where an earlier run stopped. A line that fails is noted, and the others go on.
pub async fn work_off(app: &App, job: &ImportBegun) -> Result<Outcome> {
    let (me, import) = {
        let mut conn = app.db.background().await?;
        let me = accounts::store::find_account(&mut conn, job.account_id).await?;
        (me, store::find_import(&mut conn, job.import_id).await?)
    };
    let (Some(me), Some(import)) = (me.filter(|me| !me.is_suspended()), import) else {
        return Ok(Outcome::drop("the account or its list is gone"));
    };
    if import.finished_at.is_some() {
        return Ok(Outcome::drop("the list is worked off"));
    }
    let kind = ListKind::parse(&import.kind).ok_or_else(|| Error::internal("an import of no kind"))?;
    let entries: Vec<Entry> = serde_json::from_value(import.entries.clone()).map_err(Error::internal)?;
    if import.mode == "overwrite" && import.processed == 0 {
        ops::drop_unlisted(app, &me, kind, &entries).await?;
    }
    work_off_lines(app, &me, kind, &import, &entries).await?;
    store::finish_import(&mut *app.db.background().await?, import.id, app.now()).await?;
    accounts::view::invalidate(app, me.id);
    Ok(Outcome::Done)
}

async fn work_off_lines(app: &App, me: &Account, kind: ListKind, import: &Import, entries: &[Entry]) -> Result<()> {
    let done = usize::try_from(import.processed).unwrap_or(0);
    for (number, entry) in entries.iter().enumerate().skip(done) {
        let failure = match take(app, me, kind, entry).await {
            Ok(()) => None,
            // A fault of ours is no reason to give a line up.
            Err(error) if error.is_our_fault() => return Err(error),
            Err(error) => Some(Failure { line: entry.line, text: entry.name.clone(), error: error.to_string() }),
        };
        let processed = i32::try_from(number + 1).unwrap_or(i32::MAX);
        let mut conn = app.db.background().await?;
        store::update_progress(&mut conn, import.id, processed, failure.as_ref()).await?;
    }
    Ok(())
}

async fn take(app: &App, me: &Account, kind: ListKind, entry: &Entry) -> Result<()> {
    if kind == ListKind::DomainBlocks {
        return ops::take_entry(app, me, kind, entry, None).await;
    }
    if kind == ListKind::Bookmarks {
        let status = statuses::object::resolve_status(app, &entry.name, 0).await?;
        return ops::take_bookmark(app, me, status.id).await;
    }
    let handle: Handle = entry.name.parse().map_err(|_| Error::NotFound("Account"))?;
    let target = accounts::object::resolve_handle(app, &handle).await?;
    ops::take_entry(app, me, kind, entry, Some(&target)).await
}
