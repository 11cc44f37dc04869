//! Lists that people bring along: begun here, worked off line by line by a job.

use std::collections::{BTreeSet, HashSet};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{AccountId, BookmarkId, ImportId, StatusId};
use crate::base::{Error, Result, Why, why};
use crate::jobs;
use crate::lists::{self, ListChanges};
use crate::portability::entity::parse_list;
use crate::portability::store::{self, Named};
use crate::portability::{Entry, Import, ImportBegun, ListKind};
use crate::relationships::{self, ops::FollowOptions};
use crate::{bookmarks, statuses};

/// Lines that one list can have.
pub const MOST_LINES: usize = 20_000;

/// Lists of one person that may wait to be worked off.
const MOST_OPEN: usize = 5;

/// Takes a list in. Lines that cannot be read are told of as failures; a list without any that can is refused. Enqueues
/// [`ImportBegun`].
pub async fn begin_import(app: &App, me: &Account, kind: ListKind, overwrite: bool, data: &str) -> Result<Import> {
    let (mut entries, failures) = parse_list(kind, data);
    if kind == ListKind::Bookmarks {
        // As they are written the newest comes first; it is to be the newest again.
        entries.reverse();
    }
    if entries.is_empty() {
        let why = failures.first().map_or_else(
            || Why::from("has nothing in it"),
            |first| {
                let why = Why::from(first.error.as_str());
                why!("has no line that can be read; line {line} {why}", line = first.line, why = why)
            },
        );
        return Err(Error::invalid("data", why));
    }
    if entries.len() + failures.len() > MOST_LINES {
        return Err(Error::invalid("data", why!("can have at most {most} lines", most = MOST_LINES)));
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

/// Keeps a post, if one may see it.
pub async fn take_bookmark(app: &App, me: &Account, status: StatusId) -> Result<()> {
    app.transaction(async |conn| {
        let status = statuses::ops::find_original(conn, me, status).await?;
        let now = app.now();
        bookmarks::store::insert_bookmark(conn, BookmarkId(app.ids.mint(now)), me.id, status.id, now).await?;
        Ok(())
    })
    .await
}

/// Puts somebody on the list of this title, which is made where there is none. Who is not followed yet is, as in Mastodon: else
/// nobody can be on a list.
async fn take_member(app: &App, me: &Account, title: &str, target: &Account) -> Result<()> {
    let (lists, followed) = {
        let mut conn = app.db.background().await?;
        let lists = lists::store::list_lists(&mut conn, me.id).await?;
        (lists, relationships::store::find_follow(&mut conn, me.id, target.id).await?.is_some())
    };
    if target.id != me.id && !followed {
        relationships::ops::follow(app, me, target, FollowOptions::default()).await?;
    }
    let list = match lists.into_iter().find(|list| list.title == title) {
        Some(list) => list,
        None => {
            let changes = ListChanges { title: Some(title.to_owned()), ..ListChanges::default() };
            lists::ops::create(app, me.id, changes).await?
        }
    };
    let there = lists::store::list_among(&mut *app.db.background().await?, list.id, &[target.id]).await?;
    if there.is_empty() {
        lists::ops::add(app, me.id, list.id, &BTreeSet::from([target.id])).await?;
    }
    Ok(())
}

/// Carries one line out. `target` is whom it names; of a domain nobody. Of posts, see [`take_bookmark`].
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
        ListKind::Lists => take_member(app, me, entry.list.as_deref().unwrap_or_default(), someone()?).await,
        ListKind::Bookmarks => Err(Error::NotFound("Record")),
    }
}

/// Takes away lists that are not in the file, and of the others the members that are not.
async fn drop_unlisted_members(app: &App, me: &Account, entries: &[Entry]) -> Result<()> {
    let own = &app.config.instance.domain;
    let full = |entry: &Entry| full_name(&entry.name, own);
    let listed: HashSet<(&str, String)> =
        entries.iter().filter_map(|entry| Some((entry.list.as_deref()?, full(entry)))).collect();
    let titles: HashSet<&str> = listed.iter().map(|(title, _)| *title).collect();
    app.transaction(async |conn| {
        let members = store::list_members(conn, me.id).await?;
        for list in lists::store::list_lists(conn, me.id).await? {
            if !titles.contains(list.title.as_str()) {
                lists::store::delete_list(conn, me.id, list.id).await?;
                continue;
            }
            let gone: Vec<AccountId> = members
                .iter()
                .filter(|((of, _), _)| *of == list.id)
                .map(|(_, account)| account)
                .filter(|account| !listed.contains(&(list.title.as_str(), account.address(own).to_lowercase())))
                .map(|account| account.id)
                .collect();
            lists::store::delete_members(conn, list.id, &gone).await?;
        }
        Ok(())
    })
    .await
}

/// A name with its domain, in lower case.
fn full_name(name: &str, own: &str) -> String {
    if name.contains('@') { name.to_lowercase() } else { format!("{name}@{own}").to_lowercase() }
}

/// All that is known of an account.
async fn whole(app: &App, named: &Named) -> Result<Account> {
    let mut conn = app.db.background().await?;
    accounts::store::find_account(&mut conn, named.id).await?.ok_or(Error::NotFound("Account"))
}

/// Takes away what is there and not in the list, which is to be all that there is.
pub async fn drop_unlisted(app: &App, me: &Account, kind: ListKind, entries: &[Entry]) -> Result<()> {
    let own = &app.config.instance.domain;
    let listed: HashSet<String> = match kind {
        ListKind::DomainBlocks | ListKind::Bookmarks => entries.iter().map(|entry| entry.name.clone()).collect(),
        _ => entries.iter().map(|entry| full_name(&entry.name, own)).collect(),
    };
    let unlisted = |account: &Named| !listed.contains(&account.address(own).to_lowercase());
    let mut conn = app.db.background().await?;
    match kind {
        ListKind::Following => {
            let there = store::list_following(&mut conn, me.id).await?;
            drop(conn);
            for (_, account) in there.iter().filter(|(_, account)| unlisted(account)) {
                relationships::ops::unfollow(app, me, &whole(app, account).await?).await?;
            }
        }
        ListKind::Blocks => {
            let there = store::list_blocked(&mut conn, me.id).await?;
            drop(conn);
            for account in there.iter().filter(|account| unlisted(account)) {
                relationships::ops::unblock(app, me, &whole(app, account).await?).await?;
            }
        }
        ListKind::Mutes => {
            let there = store::list_muted(&mut conn, me.id, app.now()).await?;
            drop(conn);
            for (_, account) in there.iter().filter(|(_, account)| unlisted(account)) {
                relationships::ops::unmute(app, me, &whole(app, account).await?).await?;
            }
        }
        ListKind::DomainBlocks => {
            let there = store::list_blocked_domains(&mut conn, me.id).await?;
            drop(conn);
            for domain in there.iter().filter(|domain| !listed.contains(*domain)) {
                relationships::ops::unblock_domain(app, me, domain).await?;
            }
        }
        ListKind::Lists => {
            drop(conn);
            drop_unlisted_members(app, me, entries).await?;
        }
        ListKind::Bookmarks => {
            let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
            store::delete_other_bookmarks(&mut conn, me.id, &listed).await?;
        }
    }
    Ok(())
}
