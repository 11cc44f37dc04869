//! Lists that people bring along: begun here, worked off line by line by a job.

use std::collections::HashSet;

use crate::accounts::Account;
use crate::app::App;
use crate::base::id::ImportId;
use crate::base::{Error, Result};
use crate::jobs;
use crate::portability::entity::parse_list;
use crate::portability::{Entry, Import, ImportBegun, ListKind, store};
use crate::relationships::{self, ops::FollowOptions};

/// Lines that one list can have.
pub const MOST_LINES: usize = 20_000;

/// Lists of one person that may wait to be worked off.
const MOST_OPEN: usize = 5;

/// Takes a list in. Lines that cannot be read are told of as failures; a list without any that can is refused. Enqueues
/// [`ImportBegun`].
pub async fn begin_import(app: &App, me: &Account, kind: ListKind, overwrite: bool, data: &str) -> Result<Import> {
    let (entries, failures) = parse_list(kind, data);
    if entries.is_empty() {
        let why = failures.first().map_or_else(
            || "has nothing in it".to_owned(),
            |failure| format!("has no line that can be read; line {} {}", failure.line, failure.error),
        );
        return Err(Error::invalid("data", why));
    }
    if entries.len() + failures.len() > MOST_LINES {
        return Err(Error::invalid("data", format!("can have at most {MOST_LINES} lines")));
    }
    let now = app.now();
    let number = |many: usize| i32::try_from(many).unwrap_or(i32::MAX);
    let import = Import {
        id: ImportId(app.ids.mint(now)),
        account_id: me.id,
        kind: kind.as_str().to_owned(),
        mode: if overwrite { "overwrite" } else { "merge" }.to_owned(),
        total: number(entries.len()),
        processed: 0,
        imported: 0,
        entries: serde_json::to_value(entries).map_err(Error::internal)?,
        failures: serde_json::to_value(failures).map_err(Error::internal)?,
        created_at: now,
        finished_at: None,
    };
    app.transaction(async |conn| {
        if store::count_open_imports(conn, me.id).await? >= MOST_OPEN {
            return Err(Error::invalid("", "Some lists still wait to be imported; please come back later"));
        }
        store::insert_import(conn, &import).await?;
        jobs::enqueue(app, conn, &ImportBegun { import_id: import.id, account_id: me.id }).await
    })
    .await?;
    Ok(import)
}

/// Carries one line out. `target` is whom it names; of a domain nobody.
pub async fn take_entry(
    app: &App,
    me: &Account,
    kind: ListKind,
    entry: &Entry,
    target: Option<&Account>,
) -> Result<()> {
    let someone = || target.ok_or(Error::NotFound("Account"));
    match kind {
        ListKind::Following => {
            let options = FollowOptions {
                show_reblogs: entry.show_reblogs,
                notify: entry.notify,
                languages: entry.languages.clone(),
            };
            relationships::ops::follow(app, me, someone()?, options).await?;
            Ok(())
        }
        ListKind::Blocks => relationships::ops::block(app, me, someone()?).await,
        ListKind::Mutes => {
            relationships::ops::mute(app, me, someone()?, entry.hide_notifications.unwrap_or(true), 0).await
        }
        ListKind::DomainBlocks => relationships::ops::block_domain(app, me, &entry.name).await,
    }
}

/// Takes away what is there and not in the list, which is to be all that there is.
pub async fn drop_unlisted(app: &App, me: &Account, kind: ListKind, entries: &[Entry]) -> Result<()> {
    let own = &app.config.instance.domain;
    let full =
        |name: &str| if name.contains('@') { name.to_lowercase() } else { format!("{name}@{own}").to_lowercase() };
    let listed: HashSet<String> = match kind {
        ListKind::DomainBlocks => entries.iter().map(|entry| entry.name.clone()).collect(),
        _ => entries.iter().map(|entry| full(&entry.name)).collect(),
    };
    let unlisted = |account: &Account| !listed.contains(&account.full_handle(own).to_lowercase());
    let mut conn = app.db.background().await?;
    match kind {
        ListKind::Following => {
            let there = store::list_following(&mut conn, me.id).await?;
            drop(conn);
            for (_, account) in there.iter().filter(|(_, account)| unlisted(account)) {
                relationships::ops::unfollow(app, me, account).await?;
            }
        }
        ListKind::Blocks => {
            let there = store::list_blocked(&mut conn, me.id).await?;
            drop(conn);
            for account in there.iter().filter(|account| unlisted(account)) {
                relationships::ops::unblock(app, me, account).await?;
            }
        }
        ListKind::Mutes => {
            let there = store::list_muted(&mut conn, me.id, app.now()).await?;
            drop(conn);
            for (_, account) in there.iter().filter(|(_, account)| unlisted(account)) {
                relationships::ops::unmute(app, me, account).await?;
            }
        }
        ListKind::DomainBlocks => {
            let there = store::list_blocked_domains(&mut conn, me.id).await?;
            drop(conn);
            for domain in there.iter().filter(|domain| !listed.contains(*domain)) {
                relationships::ops::unblock_domain(app, me, domain).await?;
            }
        }
    }
    Ok(())
}
